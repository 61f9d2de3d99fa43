//! What others read of the file with SQL, and a plan that numbers its sources and fields otherwise.

use super::{numbered, open, options, the_plan};
use crate::living::{change, golden_table, plan_with, told};
use rcu_core::progress::Silent;
use rcu_core::repository::{Act, Repository, Store};
use rcu_io::store::SqliteStore;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

fn filled(path: &Path) -> Repository<SqliteStore> {
    let mut repository = open(path);
    for n in 0..10 {
        let events: Vec<_> = (8 * n..8 * n + 8).map(numbered).collect();
        let change = change(&events, &repository, &mut Vec::new());
        repository.apply(change).unwrap();
    }
    repository
}

fn rows(db: &rusqlite::Connection, sql: &str) -> Vec<Vec<String>> {
    let mut statement = db.prepare(sql).unwrap();
    let columns = statement.column_count();
    let text = |row: &rusqlite::Row, i| match row.get_ref(i).unwrap() {
        rusqlite::types::ValueRef::Text(t) => String::from_utf8(t.to_vec()).unwrap(),
        rusqlite::types::ValueRef::Integer(n) => n.to_string(),
        _ => String::new(),
    };
    let rows = statement.query_map([], |row| Ok((0..columns).map(|i| text(row, i)).collect())).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn views_say_what_the_repository_says_while_it_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rcu.db");
    let repository = filled(&path);
    let db =
        rusqlite::Connection::open_with_flags(&path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut golden: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for row in rows(&db, "SELECT golden_id, field, value, source, record_id FROM golden") {
        assert!(!row[3].is_empty() && row[4].starts_with('r'), "{row:?}");
        golden.entry(row[0].clone()).or_default().insert(row[1].clone(), row[2].clone());
    }
    let mut table = golden_table(&repository);
    table.retain(|_, values| !values.is_empty());
    assert_eq!(golden, table);
    let mut records = 0;
    repository.store().each_record(&mut |_, _| records += 1).unwrap();
    let crosswalk = rows(&db, "SELECT source, record_id, golden_id FROM crosswalk");
    assert_eq!(crosswalk.len(), records);
    assert!(crosswalk.iter().all(|row| row.iter().all(|cell| !cell.is_empty())), "{crosswalk:?}");
    let events = repository.changes("nobody", usize::MAX).unwrap();
    assert_eq!(rows(&db, "SELECT * FROM feed").len(), events.len());
    for (view, some) in [
        ("links_readable", "decision IN ('link', 'review') AND pass IS NOT NULL"),
        ("records_readable", "status = 'ok' AND makes_keys"),
        ("cells_readable", "\"column\" = 'last' AND value = 'DUPONT'"),
        ("golden_ids", "leads_to = golden_id"),
    ] {
        assert!(!rows(&db, &format!("SELECT * FROM {view} WHERE {some}")).is_empty(), "{view}");
    }
}

/// The plan of the tests with one source and one field more.
fn wider() -> rcu_core::config::Plan {
    let base = the_plan();
    let mut sources = serde_json::to_value(&base.config.sources).unwrap();
    let one = sources["till"].clone();
    sources["desk"] = one;
    plan_with(json!({ "sources": sources, "fields": { "aa_colour": { "kind": "text" } } }))
}

#[test]
fn a_source_and_a_field_that_are_new_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rcu.db");
    let repository = filled(&path);
    let names = |repository: &Repository<SqliteStore>| -> Vec<String> {
        // By name, as positions are those of the plan.
        let plan = repository.plan();
        let mut all = Vec::new();
        repository
            .store()
            .each_record(&mut |_, k| {
                let values: Vec<_> =
                    k.record.values.iter().map(|v| (&plan.fields[v.field].name, v.slot, &v.text)).collect();
                all.push(format!(
                    "{} {} {values:?}",
                    plan.sources[usize::from(k.record.source)].name,
                    k.record.id
                ));
            })
            .unwrap();
        all.sort();
        all
    };
    let (before, golden, whole) = (names(&repository), golden_table(&repository), told(&repository));
    drop(repository);
    let wide = wider();
    assert_ne!(wide.source("till"), the_plan().source("till"));
    let store = SqliteStore::open(&path, &wide, options()).unwrap();
    let (repository, m) =
        Repository::migrate(wide, store, "not told", &Act::default(), true, &Silent).unwrap();
    assert_eq!((m.changed_records, m.events.len()), (0, 0), "a dry run");
    assert_eq!(names(&repository), before);
    assert_eq!(golden_table(&repository), golden);
    drop(repository);
    // And back: the source has no records.
    assert_eq!(told(&open(&path)), whole);
}

#[test]
fn a_source_that_is_no_more_is_refused_while_there_are_records_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rcu.db");
    drop(filled(&path));
    let mut sources = serde_json::to_value(&the_plan().config.sources).unwrap();
    sources.as_object_mut().unwrap().remove("crm");
    let narrow = plan_with(json!({ "sources": sources }));
    let said = SqliteStore::open(&path, &narrow, options()).unwrap_err().to_string();
    assert!(said.contains("keeps records of source `crm`"), "{said}");
}
