//! `rcu repo` from the first file to the erasure, as an operator runs it.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used)] // a test may stop at what it did not expect

mod common;

use common::rcu;
use serde_json::Value;
use std::path::Path;

const CONFIG: &str = r#"
[sources.crm]
path = "crm.csv"
id = "id"
updated_at = "maj"
fields = { last_name = "nom", first_name = "prenom", email = "mail", mobile = "portable" }

[sources.till]
path = "till.csv"
id = "id"
updated_at = "maj"
fields = { last_name = "nom", first_name = "prenom", email = "mail", mobile = "portable" }

[sources.sales]
family = "transactions"
path = "sales.csv"
id = "id"
customer = { id = "client", source = "till" }
fields = { date = "date", amount = "montant", store = "magasin" }
"#;

const CRM: &str = "id;nom;prenom;mail;portable;maj\n\
    c1;DUPONTEL;Marie;marie.dupontel@free.fr;0630124578;2025-01-10\n\
    c2;MARTINET;Paul;paul.martinet@orange.fr;0688776655;2025-01-10\n";
const TILL: &str = "id;nom;prenom;mail;portable;maj\n\
    t1;Dupontel;Marie;marie.dupontel@free.fr;;2025-03-01\n\
    t2;LEGOFFIC;Yann;yann.legoffic@laposte.net;0677889911;2025-03-01\n\
    t3;LEROYER;Anne;anne.leroyer@free.fr;0677889922;2025-03-01\n\
    t4;MOREAULT;Luc;luc.moreault@free.fr;0677889933;2025-03-01\n\
    t5;GIRARDIN;Zoe;zoe.girardin@free.fr;0677889944;2025-03-01\n";
const SALES: &str = "id;client;date;montant;magasin\ns1;t1;2026-03-10;90,00;A\ns2;t2;2026-08-01;54,00;B\n";

struct Base {
    folder: tempfile::TempDir,
}

impl Base {
    fn new() -> Base {
        let base = Base { folder: tempfile::tempdir().unwrap() };
        for (name, text) in [("c.toml", CONFIG), ("crm.csv", CRM), ("till.csv", TILL), ("sales.csv", SALES)] {
            base.write(name, text);
        }
        base.run(&["init"], 0);
        base
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// Runs `rcu repo WHAT CONFIG REST --store …`.
    fn run(&self, args: &[&str], code: i32) -> String {
        let (config, store) = (self.path("c.toml"), self.path("rcu.db"));
        let mut all = vec!["repo", args[0], &config];
        all.extend(&args[1..]);
        all.extend(["--store", &store, "--by", "odile", "--reason", "test 7", "--as-of", "2026-11-21"]);
        let run = rcu(&all);
        let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        assert_eq!(run.status.code(), Some(code), "{args:?}\n{out}\n{err}");
        format!("{out}{err}")
    }

    fn json(&self, args: &[&str], code: i32) -> Value {
        let mut all = args.to_vec();
        all.push("--json");
        let text = self.run(&all, code);
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{args:?}: {e}\n{text}"))
    }

    fn golden_id(&self, record: &str) -> String {
        self.json(&["show", record], 0)["golden_id"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_repository_lives_from_its_first_file_to_an_erasure() {
    let base = Base::new();
    let loaded = base.json(&["load"], 0);
    assert_eq!((&loaded["records"]["new"], &loaded["people"]), (&7.into(), &6.into()));
    assert!(base.run(&["verify"], 0).contains("all as kept"));
    let marie = base.golden_id("crm:c1");
    assert_eq!(base.golden_id("till:t1"), marie);

    // Found by half of what is known of her, mistyped, under the masks of the role.
    let found = base.json(&["search", "dupontle", "marie", "--role", "store"], 0);
    assert_eq!(found["hits"][0]["golden_id"], marie.as_str(), "{found}");
    assert_eq!(
        base.json(&["search", "06 30 12 45 78", "--role", "admin"], 0)["hits"][0]["golden_id"],
        marie.as_str()
    );
    assert!(base.run(&["search", "nobody.of.them@free.fr"], 1).contains("nobody"));

    // The same files again change nothing, and that is said.
    let again = base.json(&["apply"], 0);
    assert_eq!(again["records"]["new"], 0);
    assert_eq!(again["rejects"].as_array().unwrap().len(), 9, "{again}");

    // A steward takes Marie apart, and the feed says so.
    base.run(&["decide", "crm:c1", "till:t1", "different"], 0);
    let other = base.golden_id("till:t1");
    assert_ne!(other, marie);
    let feed = base.run(&["changes", "--consumer", "shop"], 0);
    assert!(feed.contains("\"unmerged\"") && feed.contains(&other), "{feed}");
    base.run(&["decide", "crm:c1", "till:t1", "cancel"], 0);
    assert_eq!(base.golden_id("till:t1"), marie);
    let history = base.json(&["history", &other], 0);
    assert_eq!(history["leads_to"], marie.as_str());

    // A lock wins over the sources.
    base.run(&["lock", &marie, "first_name", "--pin", "Marie-Claire"], 0);
    assert!(base.run(&["show", "crm:c1"], 0).contains("MARIE CLAIRE"));

    // Another identifier, the same person.
    base.run(&["rename", "crm:c1", "c9"], 0);
    assert_eq!(base.golden_id("crm:c9"), marie);

    // A full file that lacks most records is not believed; one that lacks a record is.
    base.write("half.csv", &TILL.lines().take(3).map(|l| format!("{l}\n")).collect::<String>());
    let rows = format!("till={}", base.path("half.csv"));
    let withheld = base.json(&["apply", "--full", "--rows", &rows], 1);
    assert_eq!((&withheld[0]["withheld"], &withheld[0]["records"]["gone"]), (&true.into(), &0.into()));
    base.write("most.csv", &TILL.lines().take(5).map(|l| format!("{l}\n")).collect::<String>());
    let rows = format!("till={}", base.path("most.csv"));
    assert_eq!(base.json(&["apply", "--full", "--rows", &rows], 0)[0]["records"]["gone"], 1);

    // Erased: gone from every byte of the file, and a file that is sent again does not bring her back.
    assert!(base.run(&["erase", &marie], 1).contains("--yes"));
    let erased = base.json(&["erase", &marie, "--yes"], 0);
    assert_eq!(erased["traces"]["left"], 0, "{erased}");
    for end in ["rcu.db", "rcu.db-wal"] {
        let bytes = std::fs::read(base.path(end)).unwrap_or_default();
        for value in ["dupontel", "DUPONTEL", "Dupontel", "0630124578", "+33630124578", "MARIE CLAIRE"] {
            let found = bytes.windows(value.len()).any(|w| w == value.as_bytes());
            assert!(!found, "{value} is left in {end}");
        }
    }
    base.run(&["show", &marie], 2);
    let again = base.json(&["apply"], 0);
    assert_eq!(again["records"]["new"], 1, "t5 comes back, and c1 and t1 do not: {again}");
    let codes: Vec<&str> =
        again["rejects"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect();
    assert_eq!(
        codes.iter().filter(|c| **c == "erased_subject").count(),
        3,
        "her records and her sale: {codes:?}"
    );
    let number = erased["erasure"]["number"].to_string();
    base.run(&["readmit", &number, "--proof", "form 12"], 0);
    assert_eq!(base.json(&["apply"], 0)["records"]["new"], 2);
    assert!(base.run(&["verify"], 0).contains("the log is whole"));
    assert!(base.run(&["log", "--most", "1000"], 0).contains("\"by\":\"odile\""));
}

#[test]
fn other_rules_are_tried_before_they_are_applied() {
    let base = Base::new();
    base.run(&["load"], 0);
    base.write("c.toml", &format!("{CONFIG}\n[[passes]]\nname = \"none\"\non = [\"birth_date\"]\n"));
    assert!(base.run(&["show", "crm:c1"], 2).contains("migrate"));
    let tried = base.json(&["migrate", "--dry-run"], 0);
    assert_eq!(tried["migration"]["people"], serde_json::json!([6, 7]));
    assert!(base.run(&["show", "crm:c1"], 2).contains("migrate"), "a dry run changes nothing");
    assert_eq!(base.json(&["migrate"], 0)["migration"]["events"]["unmerged"], 1);
    assert!(base.run(&["verify"], 0).contains("all as kept"));
}

#[test]
fn a_backup_brings_back_what_was() {
    let base = Base::new();
    base.run(&["load"], 0);
    let marie = base.golden_id("crm:c1");
    let copy = base.path("copy.db");
    base.run(&["backup", &copy], 0);
    base.run(&["delete", "crm:c1", "till:t1"], 0);
    base.run(&["show", &marie], 2);
    base.run(&["restore", &copy], 0);
    assert_eq!(base.golden_id("crm:c1"), marie);
    std::fs::write(Path::new(&copy), b"nothing").unwrap();
    base.run(&["restore", &copy], 2);
    assert_eq!(base.golden_id("crm:c1"), marie, "a damaged backup changes nothing");
}

#[test]
fn what_is_missing_is_said() {
    let base = Base { folder: tempfile::tempdir().unwrap() };
    base.write("c.toml", CONFIG);
    assert!(base.run(&["show", "crm:c1"], 2).contains("rcu repo init"));
    let base = Base::new();
    assert!(base.run(&["init"], 2).contains("is there already"));
    assert!(base.run(&["delete", "crm"], 2).contains("SOURCE:ID"));
    assert!(base.run(&["decide", "crm:c1", "till:t1", "maybe"], 2).contains("household"));
    std::fs::remove_file(base.path("rcu.db.secret")).unwrap();
    assert!(base.run(&["load"], 2).contains("secret"));
}
