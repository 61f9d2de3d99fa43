//! `rcu repo` from the first file to the erasure, as an operator runs it.

use crate::program::rcu_fed;
use rcu_core::repository::{Mirror, Outgoing, SentRow};
use serde_json::Value;
use std::collections::BTreeMap;
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
        self.fed(args, "", code)
    }

    /// The same with something on its standard input.
    fn fed(&self, args: &[&str], input: &str, code: i32) -> String {
        let (config, store) = (self.path("c.toml"), self.path("rcu.db"));
        let mut all = vec!["repo", args[0], &config];
        all.extend(&args[1..]);
        all.extend(["--store", &store, "--by", "odile", "--reason", "test 7", "--as-of", "2026-11-21"]);
        let run = rcu_fed(&all, input);
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

    // The same of facts: a sale that is in the full file no more was taken back.
    let one = format!("{}\n{}\n", SALES.lines().next().unwrap(), SALES.lines().nth(2).unwrap());
    base.write("one.csv", &one);
    let rows = format!("sales={}", base.path("one.csv"));
    let withheld = base.json(&["apply", "--full", "--rows", &rows], 1);
    assert_eq!((&withheld[0]["withheld"], &withheld[0]["missing"]), (&true.into(), &1.into()));
    let done = base.json(&["apply", "--full", "--confirm", "--rows", &rows], 0);
    assert_eq!((&done[0]["facts"]["gone"], &done[0]["facts"]["new"]), (&1.into(), &0.into()));
    assert!(!base.run(&["show", "till:t1"], 0).contains("90.00"));
    base.run(&["apply", "--rows", &format!("sales={}", base.path("sales.csv"))], 0);

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

/// Deliveries of a folder in the order of their cursors, without the tables that come beside.
fn deliveries(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.retain(|p| ["_full_", "_delta_"].iter().any(|kind| p.to_str().unwrap().contains(kind)));
    files.sort_by_key(|p| p.to_str().unwrap().rsplit('_').next().unwrap().to_owned());
    files
}

/// What a subscriber has that read every file of its folder, in the order of their names: deltas come with the cursor.
fn replayed(folder: &Path) -> Mirror {
    let mut mirror = Mirror::default();
    for file in deliveries(folder) {
        let name = file.file_name().unwrap().to_str().unwrap();
        let lines = std::fs::read_to_string(&file).unwrap();
        let rows: Vec<SentRow> = lines.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        mirror.take(&Outgoing { full: name.contains("_full_"), rows, ..Outgoing::default() });
    }
    mirror
}

/// The same of CSV files: a cell counts when its column is among the changed ones.
fn replayed_csv(folder: &Path) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut all: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for file in deliveries(folder) {
        if file.to_str().unwrap().contains("_full_") {
            all.clear();
        }
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(&file).unwrap();
        for row in reader.deserialize::<BTreeMap<String, String>>() {
            let row = row.unwrap();
            row["absorbed"].split_whitespace().for_each(|id| drop(all.remove(id)));
            if row["event"] == "removed" {
                all.remove(&row["golden_id"]);
                continue;
            }
            let own = all.entry(row["golden_id"].clone()).or_default();
            for column in row["changed"].split_whitespace() {
                own.insert(column.to_owned(), row[column].clone());
                own.retain(|_, v| !v.is_empty());
            }
        }
    }
    all
}

#[test]
fn files_of_everybody_and_of_changes_add_up_to_everybody() {
    let base = Base::new();
    let subscribers = ["ecommerce", "till", "marketing", "service", "bi", "billing"];
    let serve = |format: &str, name: &str, folder: &str, more: &[&str]| {
        let out = base.path(&format!("{folder}/{name}"));
        let mut args = vec!["feed", name, "--out", out.as_str(), "--format", format];
        args.extend(more);
        base.json(&args, 0)
    };
    let all = |more: &[&str]| {
        for name in subscribers {
            serve("jsonl", name, "lines", more);
        }
        serve("csv", "service", "csv", &["--full"]);
    };
    base.run(&["load"], 0);
    // The first delivery is of everybody.
    all(&["--ack"]);
    let steps: [&[&str]; 6] = [
        &["decide", "crm:c1", "till:t1", "different"],
        &["lock", "crm:c2", "first_name", "--pin", "Pablo"],
        &["delete", "till:t5", "sales:s2"],
        &["decide", "crm:c1", "till:t1", "cancel"],
        &["rename", "till:t4", "t9"],
        &["erase", "till:t3", "--yes"],
    ];
    for step in steps {
        base.run(step, 0);
        all(&["--ack"]);
    }
    base.write("more.csv", "id;nom;prenom;mail;portable;maj\nc7;MARTINET;Paul;;0688776655;2025-09-10\n");
    base.run(&["apply", "--rows", &format!("crm={}", base.path("more.csv"))], 0);
    all(&["--ack"]);
    for name in subscribers {
        let served = serve("jsonl", name, "end", &["--full"]);
        assert_eq!((&served["full"], &served["acknowledged"]), (&true.into(), &false.into()), "{served}");
        let (lines, end) = (base.path(&format!("lines/{name}")), base.path(&format!("end/{name}")));
        assert_eq!(replayed(Path::new(&lines)), replayed(Path::new(&end)), "{name}");
        let files = deliveries(Path::new(&lines)).len();
        assert!(name == "marketing" || files > 2, "{name} has {files} files");
    }
    let service = replayed(Path::new(&base.path("lines/service")));
    assert_eq!(service.rows.len(), 4);
    let flat = replayed_csv(Path::new(&base.path("csv/service")));
    let nested: BTreeMap<String, BTreeMap<String, String>> =
        service.rows.into_iter().map(|(id, own)| (id, own.into_values().next().unwrap())).collect();
    assert_eq!(flat, nested);
    // Statistics get the facts beside the customers, whole each time, and the keys join.
    let star = &serve("csv", "bi", "star", &["--full"])["star"];
    let rows = |table: &str| {
        let file = star[table].as_str().unwrap_or_else(|| panic!("no {table} in {star}"));
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(file).unwrap();
        reader.deserialize().map(|r| r.unwrap()).collect::<Vec<BTreeMap<String, String>>>()
    };
    let customers: Vec<String> = replayed(Path::new(&base.path("end/bi"))).rows.into_keys().collect();
    let sales = rows("transactions");
    assert_eq!(sales.len(), 1);
    assert!(customers.contains(&sales[0]["golden_id"]), "{sales:?}");
    assert_eq!(sales[0]["net_minor"], "9000");
    assert!(rows("aliases").iter().all(|a| customers.contains(&a["golden_id"])));
    // Nothing new makes no file.
    let again = serve("jsonl", "service", "lines", &["--ack"]);
    assert_eq!((&again["file"], &again["rows"]), (&Value::Null, &0.into()));
    // The log says what was handed out, and holds nobody's name.
    let log = base.run(&["log", "--most", "1000"], 0);
    assert!(log.contains("feed of service: everybody"), "{log}");
    assert!(!log.contains("MARTINET"));
}

#[test]
fn changes_are_flat_in_csv_and_parquet_too() {
    let base = Base::new();
    base.run(&["load"], 0);
    let folder = base.path("csv");
    base.run(&["feed", "service", "--out", &folder, "--ack"], 0);
    base.run(&["decide", "crm:c1", "till:t1", "different"], 0);
    base.run(&["feed", "service", "--out", &folder, "--ack"], 0);
    base.run(&["decide", "crm:c1", "till:t1", "cancel"], 0);
    base.run(&["feed", "service", "--out", &folder, "--ack"], 0);
    let end = base.path("end");
    base.run(&["feed", "service", "--out", &end, "--full"], 0);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 3);
    assert_eq!(replayed_csv(Path::new(&folder)), replayed_csv(Path::new(&end)));
    let file = base.path("service.parquet");
    base.run(&["feed", "service", "--out", &file, "--full"], 0);
    let table = rcu_io::read::read_table(Path::new(&file)).unwrap();
    assert_eq!(table.rows(), 6);
    assert_eq!(table.names()[..6], rcu_core::repository::Sheet::HEAD);
}

#[test]
fn a_delivery_is_acknowledged_only_once_it_is_there() {
    let base = Base::new();
    base.run(&["load"], 0);
    // Where nothing can be written, nothing is acknowledged.
    base.write("taken", "a file");
    base.run(&["feed", "till", "--out", &base.path("taken/till.csv"), "--ack"], 2);
    let file = base.path("till.csv");
    assert_eq!(base.json(&["feed", "till", "--out", &file, "--ack"], 0)["full"], true);
    base.run(&["delete", "till:t5"], 0);
    // Changes are not written over what may not have been read.
    assert!(base.run(&["feed", "till", "--out", &file, "--ack"], 2).contains("name a folder"));
    // A command that fails is tried again, and is acknowledged when it ends well.
    let out = base.path("got.jsonl");
    let fails_once = format!("if test -e {out}.tried; then cat > {out}; else touch {out}.tried; exit 3; fi");
    base.run(&["feed", "till", "--exec", "exit 7", "--tries", "2", "--pause", "0"], 2);
    let pushed = base.json(&["feed", "till", "--exec", &fails_once, "--pause", "0", "--format", "jsonl"], 0);
    assert_eq!((&pushed["deliveries"], &pushed["failures"]), (&1.into(), &1.into()), "{pushed}");
    let row: SentRow = serde_json::from_str(std::fs::read_to_string(&out).unwrap().trim()).unwrap();
    assert_eq!(row.reason, "deleted");
    assert!(base.run(&["feed", "till", "--exec", "exit 7"], 0).contains("nothing new"));
    base.run(&["feed", "nobody", "--out", &base.path("x")], 2);
}

#[test]
fn a_row_is_matched_before_it_is_kept() {
    let base = Base::new();
    base.run(&["load"], 0);
    let marie = base.golden_id("crm:c1");
    let before = base.run(&["log", "--most", "1000"], 0);
    let row = r#"{"id": "c8", "nom": "Dupontel", "prenom": "MARIE", "portable": "06 30 12 45 78"}"#;
    let text = base.fed(&["match", "--source", "crm", "--json"], row, 0);
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&told["fate"], &told["golden_id"]), (&"new".into(), &marie.as_str().into()), "{told}");
    assert_eq!(told["candidates"][0]["decision"], "link", "{told}");
    let csv = "id;nom;prenom;mail;portable;maj\nc8;Dupontel;MARIE;;0630124578;\n";
    assert_eq!(base.fed(&["match", "--source", "crm", "--json"], csv, 0), text, "a row is a row in any form");
    let said = base.fed(&["match", "--source", "crm"], csv, 0);
    assert!(said.contains(&marie) && said.contains("who is there already"), "{said}");
    base.fed(&["match", "--source", "crm"], "{\"name\": \"Dupontel\"}", 2);
    base.fed(&["match", "--source", "web"], row, 2);
    base.fed(&["match", "--source", "crm"], "id;nom\n1;A\n2;B\n", 2);
    assert_eq!(base.run(&["log", "--most", "1000"], 0), before, "nothing was written");
}

#[test]
fn a_person_is_told_what_is_kept_and_takes_along_what_they_gave() {
    let base = Base::new();
    base.run(&["load"], 0);
    let text = base.run(&["access", "crm:c1"], 0);
    assert!(text.contains("marie.dupontel@free.fr") && text.contains("Who receives it"), "{text}");
    assert!(!text.contains("MARTINET"));
    let out = base.path("dossier");
    base.run(&["access", "crm:c1", "--out", &out], 0);
    let file = |name: &str| std::fs::read_to_string(Path::new(&out).join(name)).unwrap();
    assert!(file("access.txt").contains("90,00") && file("access.html").starts_with("<!"));
    let json: Value = serde_json::from_str(&file("access.json")).unwrap();
    assert_eq!(json["facts"].as_array().unwrap().len(), 1);
    base.run(&["portability", "crm:c1", "--out", &out], 0);
    assert!(file("sales.csv").contains("2026-03-10") && file("crm.csv").contains("0630124578"));
    let json: Value = serde_json::from_str(&file("portability.json")).unwrap();
    assert_eq!(json["till"][0]["mail"], "marie.dupontel@free.fr");
    let done = base.json(&["rectify", "crm:c1", "first_name", "Marie-Claire"], 0);
    assert_eq!(done["corrections"].as_array().unwrap().len(), 2);
    assert!(base.run(&["show", "crm:c1"], 0).contains("MARIE CLAIRE"));
    let log = base.run(&["log"], 0);
    for action in ["\"access\"", "\"rectify\"", "portability"] {
        assert!(log.contains(action), "{action}");
    }
    let touched = base.json(&["breach", "--from", "2020-01-01", "--to", "2100-01-01", "--who", "odile"], 1);
    assert_eq!(touched["subjects"].as_object().unwrap().len(), 1);
}

#[test]
fn a_restricted_person_stays_in_the_file_and_out_of_use() {
    let base = Base::new();
    base.run(&["load"], 0);
    let marie = base.golden_id("crm:c1");
    base.run(&["restrict", "till:t1"], 0);
    base.run(&["show", &marie], 2);
    let rows = format!("till={}", base.path("till.csv"));
    let again = base.json(&["apply", "--rows", &rows], 0);
    let codes: Vec<&str> =
        again["rejects"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect();
    assert_eq!(codes.iter().filter(|c| **c == "restricted").count(), 1, "{codes:?}");
    assert_eq!(base.json(&["restrict"], 0)[0]["golden_id"], marie.as_str());
    assert_eq!(base.json(&["verify"], 0)["aside"], 3);
    // A copy holds her too, restricted.
    let copy = base.path("copy.db");
    base.run(&["backup", &copy], 0);
    base.run(&["restrict", &marie, "--lift"], 0);
    assert_eq!(base.golden_id("crm:c1"), marie);
    base.run(&["restore", &copy], 0);
    base.run(&["show", &marie], 2);
    // Erased, nothing of her is left in the bytes.
    let erased = base.json(&["erase", &marie, "--yes"], 0);
    assert_eq!(erased["traces"]["left"], 0, "{erased}");
    let bytes = std::fs::read(base.path("rcu.db")).unwrap();
    for value in ["dupontel", "DUPONTEL", "0630124578"] {
        assert!(!bytes.windows(value.len()).any(|w| w == value.as_bytes()), "{value}");
    }
    assert!(base.run(&["verify"], 0).contains("the log is whole"));
}

#[test]
fn whoever_was_erased_since_the_backup_is_erased_again_by_the_restore() {
    let base = Base::new();
    base.run(&["load"], 0);
    let copy = base.path("copy.db");
    base.run(&["backup", &copy], 0);
    base.run(&["erase", "crm:c1", "--yes"], 0);
    let list = base.path("erased.json");
    base.run(&["erasures", "--out", &list], 0);
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&list).unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "nobody else may read the list");
    }
    let gone = |base: &Base| {
        base.run(&["show", "crm:c1"], 2);
        for end in ["rcu.db", "rcu.db-wal"] {
            let bytes = std::fs::read(base.path(end)).unwrap_or_default();
            for value in ["dupontel", "DUPONTEL", "Dupontel", "0630124578", "+33630124578"] {
                assert!(
                    !bytes.windows(value.len()).any(|w| w == value.as_bytes()),
                    "{value} is left in {end}"
                );
            }
        }
        assert!(base.run(&["verify"], 0).contains("the log is whole"));
    };
    // The repository that goes says whom it erased.
    assert_eq!(base.json(&["restore", &copy], 0)["replayed"][0]["done"].as_array().unwrap().len(), 1);
    gone(&base);
    // One that is lost does not; the list that was kept apart does.
    for end in ["rcu.db", "rcu.db-wal", "rcu.db-shm"] {
        drop(std::fs::remove_file(base.path(end)));
    }
    base.run(&["restore", &copy, "--replay", &list], 0);
    gone(&base);
    std::fs::write(base.path("rcu.db"), b"damaged").unwrap();
    drop(std::fs::remove_file(base.path("rcu.db-wal")));
    assert!(base.run(&["restore", &copy], 1).contains("--replay"));
    // Other rules or another secret: nothing is replaced before it is clear that the list can be done again.
    std::fs::write(base.path("rcu.db.secret"), "0123456789abcdef0123456789abcdef").unwrap();
    assert!(base.run(&["restore", &copy, "--replay", &list], 2).contains("secret"));
    assert!(base.run(&["load"], 2).contains("not the one"), "a wrong secret is refused");
}

#[test]
fn terms_and_roles_and_extracts_by_hand() {
    let base = Base::new();
    base.run(&["load"], 0);
    let due = base.json(&["retention"], 0);
    assert_eq!(due["due"].as_array().unwrap().len(), 0);
    base.write("c.toml", &format!("{CONFIG}\n[retention]\nprospects_months = 12\n[roles.crm_only]\nlike = \"steward\"\nbrands = [\"x\"]\n"));
    let due = base.json(&["retention"], 1);
    assert_eq!(due["due"].as_array().unwrap().len(), 4, "terms are no rules of what is kept: {due}");
    assert!(base.run(&["retention", "--apply", "--as", "steward"], 2).contains("`erase`"));
    base.run(&["show", "crm:c1", "--as", "crm_only"], 2);
    assert!(!base.run(&["show", "crm:c1", "--as", "store"], 0).contains("marie.dupontel@"));
    assert!(base.run(&["show", "crm:c1", "--as", "store", "--role", "admin"], 2).contains("role"));
    assert!(base.run(&["delete", "crm:c1", "--as", "marketing"], 2).contains("`update`"));
    // Read for a purpose; one that is not there reads nothing.
    assert!(base.run(&["show", "crm:c1", "--purpose", "service"], 0).contains("for service"));
    assert!(base.run(&["log"], 0).contains("as admin for service"));
    let search = |purpose: &str, code| base.run(&["search", "dupontel", "marie", "--purpose", purpose], code);
    assert!(search("servise", 2).contains("did you mean `service`"));
    assert!(search("service", 0).contains("DUPONTEL"));
    assert!(search("trackers", 2).contains("`store` does not work for `trackers`"));
    let out = base.path("bi");
    base.run(&["pseudonymise", "--out", &out, "--extract", "bi"], 0);
    let people = std::fs::read_to_string(Path::new(&out).join("people.csv")).unwrap();
    assert!(people.starts_with("pseudonym,") && !people.contains("DUPONTEL"));
    // The same as Parquet, by the ending of a name or as asked.
    base.run(&["pseudonymise", "--out", &base.path("star/bi.parquet"), "--extract", "bi"], 0);
    base.run(&["pseudonymise", "--out", &out, "--extract", "bi", "--format", "parquet"], 0);
    for (file, csv) in
        [("star/bi.people.parquet", "people.csv"), ("bi/transactions.parquet", "transactions.csv")]
    {
        let text = std::fs::read_to_string(Path::new(&out).join(csv)).unwrap();
        let file = std::fs::File::open(base.path(file)).unwrap();
        let mut rows = 0;
        for batch in parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file)
            .unwrap()
            .build()
            .unwrap()
        {
            let batch = batch.unwrap();
            let names: Vec<String> = batch.schema().fields().iter().map(|f| f.name().clone()).collect();
            assert_eq!(names.join(","), text.lines().next().unwrap());
            rows += batch.num_rows();
        }
        assert_eq!(rows, text.lines().count() - 1);
    }
    assert_eq!(base.json(&["retention", "--apply"], 0)["erasures"].as_array().unwrap().len(), 4);
    assert!(base.run(&["verify"], 0).contains("all as kept"));
    assert!(base.run(&["processing", "--format", "csv"], 0).contains("\"accounting\",\"legal_obligation\""));
    base.run(&["object", "till:t2", "--proof", "letter 3", "--channel", "email"], 0);
    assert!(base.run(&["show", "till:t2"], 0).contains("withdrawn"));
}
