//! A repository in a file through the one door that every language uses.

use rcu_core::Error;
use rcu_core::config::{Config, Plan, Syntax};
use rcu_core::ingest::Input;
use rcu_core::progress::Silent;
use rcu_core::repository::{Act, Search};
use rcu_core::survivorship::LockKind;
use rcu_core::table::{Column, Table, TextColumn};
use rcu_core::time::Day;
use rcu_io::desk::{Desk, Opening, Secret, record};
use std::path::PathBuf;
use std::time::Duration;

const CONFIG: &str = r#"
rcu = { as_of = "2026-11-21" }
[sources.crm]
id = "id"
fields = { last_name = "nom", first_name = "prenom", email = "mail", mobile = "tel" }
[sources.till]
id = "id"
fields = { last_name = "nom", first_name = "prenom", email = "mail", mobile = "tel" }
"#;
const COLUMNS: [&str; 5] = ["id", "nom", "prenom", "mail", "tel"];

fn plan(more: &str) -> Plan {
    let config = Config::parse(&format!("{CONFIG}{more}"), Syntax::Toml).unwrap();
    Plan::compile(config, Day::parse_iso("2026-11-21").unwrap()).unwrap()
}

fn rows(source: &str, rows: &[[&str; 5]]) -> Input {
    let column = |i: usize| {
        let texts: TextColumn = rows.iter().map(|r| Some(r[i]).filter(|t| !t.is_empty())).collect();
        (COLUMNS[i].to_owned(), Column::Plain(texts))
    };
    Input::new(source, Table::new((0..5).map(column).collect()).unwrap())
}

fn people() -> Vec<Input> {
    vec![
        rows(
            "crm",
            &[
                ["c1", "DUPONTEL", "Marie", "marie.dupontel@free.fr", "0630124578"],
                ["c2", "MARTINET", "Paul", "paul.martinet@orange.fr", "0688776655"],
            ],
        ),
        rows("till", &[["t1", "Dupontel", "Marie", "marie.dupontel@free.fr", "0630124578"]]),
    ]
}

struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Home {
        Home { folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("rcu.db")
    }

    fn to_make(&self) -> Opening {
        Opening { create: true, wait: Duration::from_millis(50), ..Opening::of(self.file()) }
    }

    fn to_read(&self) -> Opening {
        Opening { read_only: true, ..self.to_make() }
    }

    fn filled(&self) -> Desk {
        let mut desk = Desk::open(plan(""), self.to_make()).unwrap();
        desk.upsert(people(), &act()).unwrap();
        desk
    }
}

fn act() -> Act {
    rcu_io::desk::act("odile", "test")
}

fn person(desk: &mut Desk, id: &str) -> String {
    desk.view360(id, "admin", None, &act()).unwrap().golden_id
}

#[test]
fn a_reader_sees_what_a_writer_decided_after_it_was_opened() {
    let home = Home::new();
    let mut writer = home.filled();
    let mut reader = Desk::open(plan(""), home.to_read()).unwrap();
    assert!(reader.decisions().unwrap().is_empty());
    let (a, b) = (record("a", "crm:c1").unwrap(), record("b", "till:t1").unwrap());
    writer.decide(a.clone(), b.clone(), "different", &act()).unwrap();
    assert_eq!(reader.decisions().unwrap().len(), 1);
    let found = reader.search(&Search::parse("dupontel marie"), Some("admin")).unwrap();
    assert_eq!(found.hits.len(), 2);
    // What it would match follows the decision too.
    let foresight =
        reader.match_one(&rows("crm", &[["c1", "DUPONTEL", "Marie", "", "0630124578"]]), None).unwrap();
    assert!(foresight.candidates.iter().any(|c| c.record_id == "t1" && c.steward.is_some()), "{foresight:?}");
    writer.decide(a.clone(), b.clone(), "cancel", &act()).unwrap();
    assert_eq!(reader.search(&Search::parse("dupontel marie"), Some("admin")).unwrap().hits.len(), 1);
    // What an erasure takes out of memory, it takes out of a reader's too.
    writer.decide(a, b, "same", &act()).unwrap();
    writer.lock("crm:c1", "first_name", LockKind::Pin, Some("Marie-Claire".into()), &act()).unwrap();
    assert_eq!((reader.decisions().unwrap().len(), reader.locks().unwrap().len()), (1, 1));
    writer.erase("crm:c1", &act()).unwrap();
    assert!(reader.decisions().unwrap().is_empty());
    let other_day = Day::parse_iso("2026-12-24").unwrap();
    writer.refresh(Some(other_day), &act()).unwrap();
    assert_eq!(reader.repository().unwrap().day(), other_day);
}

#[test]
fn a_reader_keeps_up_with_one_who_writes_without_pause() {
    let home = Home::new();
    let mut writer = home.filled();
    let (a, b) = (record("a", "crm:c1").unwrap(), record("b", "till:t1").unwrap());
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let mut reader = Desk::open(plan(""), home.to_read()).unwrap();
            let mut seen = std::collections::BTreeSet::new();
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                // One call sees one state: as many people as the decision that stands says.
                let found = reader.search(&Search::parse("dupontel marie"), Some("admin")).unwrap();
                seen.insert(found.hits.len());
                reader.decisions().unwrap();
            }
            seen
        });
        for i in 0..60 {
            let answer = if i % 2 == 0 { "different" } else { "cancel" };
            writer.decide(a.clone(), b.clone(), answer, &act()).unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        let seen = reading.join().unwrap();
        assert!(seen.iter().all(|n| [1, 2].contains(n)), "{seen:?}");
    });
}

#[test]
fn who_reads_only_writes_nothing_not_even_into_the_log() {
    let home = Home::new();
    let mut writer = home.filled();
    let entries = writer.log(1, 100).unwrap().len();
    let mut reader = Desk::open(plan(""), home.to_read()).unwrap();
    let refused = [
        reader.upsert(people(), &act()).unwrap_err(),
        reader.view360("crm:c1", "admin", None, &act()).unwrap_err(),
        reader.tables(&act()).unwrap_err(),
        reader.acknowledge("shop", 1).unwrap_err(),
    ];
    assert!(refused.iter().all(|e| e.to_string().contains("open it to write")), "{refused:?}");
    assert_eq!(writer.log(1, 100).unwrap().len(), entries);
    person(&mut writer, "crm:c1");
    assert_eq!(reader.log(1, 100).unwrap().len(), entries + 1, "a reading is an entry");
}

#[test]
fn one_program_writes_and_the_next_is_told_so() {
    let home = Home::new();
    let first = home.filled();
    let refused = Desk::open(plan(""), home.to_make()).unwrap_err();
    assert!(refused.to_string().contains("another program"), "{refused}");
    drop(first);
    assert_eq!(Desk::open(plan(""), home.to_make()).unwrap().log(1, 9).unwrap().len(), 1);
}

#[test]
fn a_repository_is_made_only_when_asked_for_and_its_secret_only_once() {
    let home = Home::new();
    let absent = Desk::open(plan(""), Opening { create: false, ..home.to_make() }).unwrap_err();
    assert!(absent.to_string().contains("`create`"), "{absent}");
    assert!(Desk::open(plan(""), home.to_read()).is_err(), "who reads makes nothing");
    assert!(!home.file().exists());
    drop(home.filled());
    std::fs::remove_file(home.folder.path().join("rcu.db.secret")).unwrap();
    assert!(matches!(Desk::open(plan(""), home.to_make()), Err(Error::Io { .. })));
    // Readers need it only for what it proves.
    let mut reader = Desk::open(plan(""), home.to_read()).unwrap();
    assert_eq!(reader.history("crm:c2").unwrap().passages.len(), 1);
    assert!(reader.verify().is_err());
}

#[test]
fn a_secret_may_be_held_by_the_caller() {
    let home = Home::new();
    let opening = |bytes: &[u8]| Opening { secret: Secret::Bytes(bytes.to_vec()), ..home.to_make() };
    assert!(Desk::open(plan(""), opening(b"short")).unwrap_err().to_string().contains("16 bytes"));
    let mut desk = Desk::open(plan(""), opening(b"sixteen bytes it is")).unwrap();
    desk.upsert(people(), &act()).unwrap();
    assert!(desk.verify().unwrap().clean);
    assert!(!home.folder.path().join("rcu.db.secret").exists());
    drop(desk);
    let other = Desk::open(plan(""), opening(b"another secret altogether")).unwrap_err();
    assert!(other.to_string().contains("not the one"), "{other}");
    assert!(Desk::open(plan(""), opening(b"sixteen bytes it is")).unwrap().verify().unwrap().clean);
}

#[test]
fn rules_are_tried_and_changed_without_closing() {
    let home = Home::new();
    let mut desk = home.filled();
    let other = || plan("[[passes]]\nname = \"none\"\non = [\"birth_date\"]\n");
    let tried = desk.change_rules(other(), &act(), true, &Silent).unwrap();
    assert_eq!(tried.migration.people, (2, 3));
    assert_eq!(person(&mut desk, "till:t1"), person(&mut desk, "crm:c1"), "a dry run changes nothing");
    desk.upsert(vec![rows("crm", &[["c3", "MOREAULT", "Luc", "", "0677889933"]])], &act()).unwrap();
    let changed = desk.change_rules(other(), &act(), false, &Silent).unwrap();
    assert_eq!(changed.migration.people, (3, 4));
    assert_ne!(person(&mut desk, "till:t1"), person(&mut desk, "crm:c1"));
    assert!(desk.verify().unwrap().clean);
    drop(desk);
    assert!(Desk::open(plan(""), home.to_make()).is_err(), "the old rules are no more");
}

#[test]
fn answers_are_plain_and_say_what_was_done() {
    let home = Home::new();
    let mut desk = Desk::open(plan(""), home.to_make()).unwrap();
    let done = serde_json::to_value(desk.upsert(people(), &act()).unwrap()).unwrap();
    assert_eq!(done["records"], serde_json::json!({ "new": 3, "changed": 0, "gone": 0 }));
    assert_eq!(done["feed"], serde_json::json!({ "created": 2 }));
    let pin = |desk: &mut Desk| {
        desk.lock("crm:c1", "first_name", LockKind::Pin, Some("Marie-Claire".into()), &act()).unwrap()
    };
    assert_eq!(pin(&mut desk).feed.len(), 1);
    assert_eq!(desk.locks().unwrap().len(), 1);
    desk.unlock("crm:c1", "first_name", LockKind::Pin, Some("Marie-Claire".into()), &act()).unwrap();
    assert!(desk.locks().unwrap().is_empty());
    let delivered = desk.deliver("crm", vec![rows("crm", &[])], false, &act()).unwrap();
    assert_eq!((delivered.missing, delivered.withheld, delivered.done.records.gone), (2, true, 0));
    let deleted = desk.delete(vec![record("id", "crm:c2").unwrap()], &act()).unwrap();
    assert_eq!(deleted.records.gone, 1);
    let doomed = desk.doomed("crm:c1").unwrap();
    assert_eq!((doomed.records, doomed.facts), (2, 0));
    let erased = desk.erase("crm:c1", &act()).unwrap();
    assert!(erased.is_complete(), "{erased:?}");
    let back = desk.upsert(people(), &act()).unwrap();
    assert_eq!(back.rejects.iter().filter(|r| r.code == "erased_subject").count(), 2);
    assert!(desk.readmit(erased.erasure.number, "form 12", &act()).unwrap().lifted > 0);
}

#[test]
fn what_a_person_was_read_for_is_in_the_log_and_a_purpose_that_is_none_reads_nothing() {
    let home = Home::new();
    let mut desk = home.filled();
    let page = desk.view360("crm:c1", "steward", Some("contract"), &act()).unwrap();
    assert_eq!(page.purpose.as_deref(), Some("contract"));
    let about = desk.log(1, 99).unwrap().pop().unwrap().about;
    assert_eq!(about, format!("{} as steward for contract", page.golden_id));
    let entries = desk.log(1, 99).unwrap().len();
    let refused = desk.view360("crm:c1", "steward", Some("contrat"), &act()).unwrap_err();
    assert!(refused.to_string().contains("did you mean `contract`"), "{refused}");
    assert_eq!(desk.log(1, 99).unwrap().len(), entries);
}
