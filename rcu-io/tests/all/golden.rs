//! The golden record from files: consents, locks of stewards, one person's page, the model.

use crate::program::{rcu, refused, write};
use rcu_core::table::Table;
use rcu_io::read::read_table;
use serde_json::Value;
use std::path::Path;

const CONFIG: &str = r#"
[rcu]
as_of = "2026-11-21"
[sources.till]
path = "till.csv"
id = "no"
updated_at = "maj"
reliability = 0.6
fields = { last_name = "nom", first_name = "prenom", email = "mail", mobile = "tel" }
[sources.web]
path = "web.csv"
id = "no"
updated_at = "maj"
reliability = 0.9
fields = { last_name = "nom", first_name = "prenom", email = "mail", mobile = "tel", consent_email = "news" }
[sources.said]
family = "consents"
path = "said.csv"
id = "no"
customer = { id = "who", source_column = "of" }
fields = { purpose = "purpose", channel = "channel", status = "status", date = "date", proof = "proof" }
[sources.tickets]
family = "transactions"
path = "tickets.csv"
id = "no"
customer = { id = "who", source = "till" }
fields = { date = "le", amount = "montant", store = "magasin" }
[survivorship]
locks_file = "locks.csv"
"#;

const FILES: &[(&str, &str)] = &[
    ("rcu.toml", CONFIG),
    (
        "till.csv",
        "no,nom,prenom,mail,tel,maj\n1,DUPONT,Marie,marie@free.fr,0630124578,2024-03-10\n2,MARTIN,Paul,paul@free.fr,,2024-03-10\n",
    ),
    ("web.csv", "no,nom,prenom,mail,tel,maj,news\nw1,DUPONT,Marie,marie@free.fr,0768221045,2025-09-02,oui\n"),
    (
        "said.csv",
        "no,who,of,purpose,channel,status,date,proof\na,1,till,marketing,email,refused,2024-05-01,\nb,w1,web,marketing,email,granted,2026-01-01,form 7\n\
         c,2,till,marketing,sms,granted,2026-01-01,call 9\nd,99,till,marketing,sms,granted,2026-01-01,call 10\n",
    ),
    ("tickets.csv", "no;who;le;montant;magasin\nt1;1;2026-03-10;90,00;A\nt2;1;2026-08-01;54,00;B\n"),
    (
        "locks.csv",
        "source,record_id,field,kind,value,author,reason,date,expires,until_change\n\
         till,1,mobile,ignore,0768221045,odile,number of her son,2026-10-01,,\n\
         till,2,first_name,pin,Jean-Paul,odile,identity card seen,2026-10-01,,\n\
         till,2,last_name,pin,DURAND,luc,call,2023-10-01,,true\n\
         web,w1,first_name,pin,Anne,luc,trial,2025-10-01,2026-01-01,\n",
    ),
];

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    FILES.iter().for_each(|(name, text)| drop(write(dir.path(), name, text)));
    dir
}

fn at(dir: &Path, name: &str) -> String {
    dir.join(name).display().to_string()
}

fn text(args: &[&str]) -> String {
    let out = rcu(args);
    assert_eq!(out.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

fn rows(table: &Table, columns: &[&str]) -> Vec<String> {
    let cell = |c: &str, row| table.column(c).unwrap().get(row).unwrap_or("").to_owned();
    let mut rows: Vec<String> =
        (0..table.rows()).map(|r| columns.iter().map(|c| cell(c, r)).collect::<Vec<_>>().join(" ")).collect();
    rows.sort();
    rows
}

#[test]
fn consents_and_locks_of_files_reach_the_outputs() {
    let dir = folder();
    let out = at(dir.path(), "out");
    let summary: Value =
        serde_json::from_str(&text(&["resolve", &at(dir.path(), "rcu.toml"), "--out", &out, "--json"]))
            .unwrap();
    let table = |name: &str| read_table(&Path::new(&out).join(name)).unwrap();
    let consents = table("consents.parquet");
    assert_eq!(
        rows(&consents, &["purpose", "channel", "state", "date", "proof", "said_by", "source", "record_id"]),
        [
            "marketing email denied 2024-05-01  said till 1",
            "marketing sms granted 2026-01-01 call 9 said till 2",
        ],
        "her till record refused, so the web's yes does not count"
    );
    assert_eq!(summary["consents"]["marketing/email"]["denied"], 1);
    assert_eq!(rows(&table("orphans.parquet"), &["family", "customer_id"]), ["consents 99"]);
    assert_eq!(
        rows(&table("locks.parquet"), &["field", "kind", "value", "state", "author", "reason"]),
        [
            "first_name pin ANNE expired luc trial",
            "first_name pin JEAN PAUL in_force odile identity card seen",
            "last_name pin DURAND lifted luc call",
            "mobile ignore +33768221045 in_force odile number of her son",
        ]
    );
    assert_eq!(summary["locks"]["in_force"], 2);
    assert_eq!(
        rows(&table("golden.parquet"), &["last_name", "first_name", "mobile"]),
        ["DUPONT MARIE +33630124578", "MARTIN JEAN PAUL "]
    );
    let provenance = table("provenance.parquet");
    let locked =
        rows(&provenance, &["rule", "field", "source", "record_id", "updated_at", "author", "reason"]);
    let locked: Vec<&String> = locked.iter().filter(|r| r.starts_with("locked")).collect();
    assert_eq!(locked, ["locked first_name till 2 2026-10-01 odile identity card seen"]);
}

#[test]
fn a_bad_file_of_locks_is_said_with_every_row_and_no_value() {
    let dir = folder();
    let config = at(dir.path(), "rcu.toml");
    write(
        dir.path(),
        "locks.csv",
        "source,record_id,field,kind,value,author,reason,until\ntill,1,mobil,pin,0768221045,,x,\ntill,2,mobile,hold,0768221046,a,,\n",
    );
    let err = refused(&["check", &config]);
    assert!(err.contains("row 2, kind") && err.contains("until"), "{err}");
    assert!(!err.contains("07682210"), "{err}");
    std::fs::remove_file(dir.path().join("locks.csv")).unwrap();
    assert!(refused(&["check", &config]).contains("survivorship.locks_file"));
}

#[test]
fn the_model_is_written_in_every_form() {
    let dir = folder();
    let config = at(dir.path(), "rcu.toml");
    assert!(text(&["model", &config, "--format", "mermaid"]).contains("consents }o--|| customers"));
    assert!(text(&["model", &config]).contains("## Data dictionary"));
    let model: Value = serde_json::from_str(&text(&["model", &config, "--format", "json"])).unwrap();
    let csv = write(dir.path(), "dictionary.csv", text(&["model", &config, "--format", "csv"]));
    assert_eq!(read_table(&csv).unwrap().rows(), model["fields"].as_array().unwrap().len());
}

#[test]
fn a_person_is_shown_by_any_id_as_a_role_sees_them() {
    let dir = folder();
    let config = at(dir.path(), "rcu.toml");
    let page: Value = serde_json::from_str(&text(&["show", &config, "web/w1", "--json"])).unwrap();
    assert_eq!(page["contacts"][0]["value"], "marie@free.fr");
    assert_eq!(page["aggregates"]["net_revenue"], "144.00");
    assert_eq!(page["facts"]["transactions"].as_array().unwrap().len(), 2);
    assert_eq!(page["history"]["links"][0]["pass"], "email");
    let golden = page["golden_id"].as_str().unwrap();
    let html = at(dir.path(), "page.html");
    let printed = text(&["show", &config, golden, "--role", "marketing", "--html", &html]);
    assert!(printed.is_empty());
    let html = std::fs::read_to_string(html).unwrap();
    assert!(html.contains("m***@free.fr") && html.contains("54.00"), "{html}");
    assert!(!html.contains("marie@") && !html.contains("30124578"), "{html}");
    let lines = text(&["show", &config, "till:1", "--role", "store"]);
    assert!(lines.contains("+336****4578") && !lines.contains("30124578"), "{lines}");
    assert!(refused(&["show", &config, "till:1", "--role", "stores"]).contains("did you mean `store`"));
    assert!(refused(&["show", &config, "till:77"]).contains("no loaded record of `till`"));
}
