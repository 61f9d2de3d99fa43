//! The living repository: after any sequence of changes it is what a fresh build of the rows that are left would be.
#![allow(clippy::unwrap_used)] // a test may stop at what it did not expect

mod common;

use common::plan;
use proptest::prelude::*;
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::matching::ruling::{Answer, RecordRef, Ruling};
use rcu_core::progress::Silent;
use rcu_core::repository::{Change, MemoryStore, Repository, Store};
use rcu_core::table::{Column, Table};
use rcu_core::time::Day;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const COLUMNS: [&str; 11] =
    ["id", "updated", "last", "first", "civ", "mail", "mail2", "mobile", "born", "street", "cp"];

/// Few values, so that records meet, values become shared, names common, and blocks too large.
fn choices(column: usize) -> &'static [&'static str] {
    match column {
        2 => &["DUPONT", "DUPOND", "MARTIN", "LE GOFF", "", "DUPONT MARTIN"],
        3 => &["Marie", "Jean", "Paul", "Jeanne", "J", "", "Jean-Pierre"],
        4 => &["M", "MME", ""],
        5 | 6 => &["", "a@free.fr", "b@orange.fr", "c.d@gmail.com", "cd@gmail.com", "contact@roy.fr"],
        7 => &["", "06 12 34 87 11", "0612348712", "+33612348713"],
        8 => &["", "1970-03-12", "1970-12-03", "1985-06-30", "1971-03-12"],
        9 => &["", "12 rue de la Paix", "12 bis rue de la Paix", "3 avenue Foch"],
        _ => &["", "75002", "69006"],
    }
}

#[derive(Debug, Clone)]
enum Event {
    Row { source: usize, id: usize, day: u32, cells: [usize; 9] },
    Delete { source: usize, id: usize },
    Decide { a: (usize, usize), b: (usize, usize), answer: usize },
    Cancel { nth: usize },
}

const SOURCES: [&str; 3] = ["crm", "till", "web"];
const ANSWERS: [Answer; 4] = [Answer::Same, Answer::Different, Answer::Household, Answer::Later];

fn event() -> impl Strategy<Value = Event> {
    let record = || (0..SOURCES.len(), 0..6usize);
    let cells = prop::array::uniform9(0..60usize);
    prop_oneof![
        10 => (record(), 1..5u32, cells)
            .prop_map(|((source, id), day, cells)| Event::Row { source, id, day, cells }),
        3 => record().prop_map(|(source, id)| Event::Delete { source, id }),
        2 => (record(), record(), 0..4usize).prop_map(|(a, b, answer)| Event::Decide { a, b, answer }),
        1 => (0..9usize).prop_map(|nth| Event::Cancel { nth }),
    ]
}

fn reference((source, id): (usize, usize)) -> RecordRef {
    RecordRef { source: SOURCES[source].into(), record_id: format!("r{id}") }
}

fn plan_with(more: serde_json::Value) -> Plan {
    let fields = json!({ "last_name": "last", "first_name": "first", "civility": "civ", "email": ["mail", "mail2"],
        "mobile": "mobile", "birth_date": "born", "street": "street", "postcode": "cp" });
    let source = |reliability: f64, free: bool| {
        json!({ "id": "id", "updated_at": "updated", "fields": fields,
        "reliability": { "default": 0.5, "birth_date": reliability }, "duplicate_free": free })
    };
    let mut config = json!({
        "sources": { "till": source(0.3, false), "web": source(0.9, false), "crm": source(0.9, true) },
        "matching": { "max_block": 4, "common_name": 2, "max_shared": { "email": 2, "mobile": 2 } },
    });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    plan(config)
}

/// The shipped passes; and some with keys of every kind, a sorted neighbourhood among them.
fn plans() -> Vec<Plan> {
    vec![
        plan_with(json!({})),
        plan_with(json!({ "passes": [
            { "name": "email", "on": ["email"], "guards": ["names_compatible"] },
            { "name": "near", "on": ["postcode", "sorted(birth_date,3)"], "decide": "points" },
            { "name": "name", "on": [["last_name"], ["phonex(last_name)", "year(birth_date)"], ["name_pair"],
                ["prefix(last_name,3)", "initial(first_name)"]], "decide": "points" },
        ] })),
    ]
}

fn row(source: usize, id: usize, day: u32, cells: &[usize; 9]) -> (usize, Vec<Option<String>>) {
    let mut out = vec![Some(format!("r{id}")), Some(format!("2026-0{day}-01"))];
    for (i, pick) in cells.iter().enumerate() {
        let from = choices(i + 2);
        out.push(Some(from[pick % from.len()]).filter(|t| !t.is_empty()).map(str::to_owned));
    }
    (source, out)
}

fn inputs(rows: &[(usize, Vec<Option<String>>)]) -> Vec<Input> {
    let mut by_source: BTreeMap<usize, Vec<&Vec<Option<String>>>> = BTreeMap::new();
    rows.iter().for_each(|(s, r)| by_source.entry(*s).or_default().push(r));
    let table = |rows: Vec<&Vec<Option<String>>>| {
        let column = |c: usize| Column::Plain(rows.iter().map(|r| r[c].as_deref()).collect());
        Table::new(COLUMNS.iter().enumerate().map(|(c, name)| ((*name).to_owned(), column(c))).collect())
            .unwrap()
    };
    by_source.into_iter().map(|(s, rows)| Input::new(SOURCES[s], table(rows))).collect()
}

/// Gathers events into one change. A record is named once in it: a row after its deletion would be deleted too.
fn change(events: &[Event], repository: &Repository<MemoryStore>) -> Change {
    let mut change = Change::default();
    let mut rows = Vec::new();
    for e in events {
        match e {
            Event::Row { source, id, day, cells } => rows.push(row(*source, *id, *day, cells)),
            Event::Delete { source, id } => change.deletes.push(reference((*source, *id))),
            Event::Decide { a, b, answer } => change.decisions.push(Ruling {
                a: reference(*a),
                b: reference(*b),
                date: Day::parse_iso("2026-01-01"),
                answer: ANSWERS[*answer],
                author: "test".into(),
                comment: String::new(),
            }),
            Event::Cancel { nth } => {
                change.cancelled.extend(repository.decisions().nth(*nth).map(|r| (r.a.clone(), r.b.clone())));
            }
        }
    }
    change.rows = inputs(&rows);
    change
}

fn golden_of(repository: &Repository<MemoryStore>) -> BTreeMap<(u16, String), String> {
    let mut ids = BTreeMap::new();
    repository
        .store()
        .each_person(&mut |_, p| {
            for o in p.members {
                let kept = repository.store().record(o).unwrap().unwrap().record;
                ids.insert((kept.source, kept.id), p.golden_id.clone());
            }
        })
        .unwrap();
    ids
}

fn check(events: &[Event], cuts: &[usize], plan: Plan) -> Result<(), TestCaseError> {
    let mut repository = Repository::open(plan, MemoryStore::default()).unwrap();
    let mut rest = events;
    for cut in cuts.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (now, later) = rest.split_at((*cut).min(rest.len()));
        rest = later;
        let before = golden_of(&repository);
        let change = change(now, &repository);
        match repository.apply(change) {
            // Decisions that contradict each other are refused, and nothing of their change is kept.
            Err(e) => {
                prop_assert_eq!(e.code(), "argument");
                prop_assert_eq!(&golden_of(&repository), &before);
            }
            Ok(_) => {
                let after = golden_of(&repository);
                // A golden id that records had stays with a person who has one of them, or leads to one.
                for (record, id) in &before {
                    if after.contains_key(record) {
                        let named = repository.store().named(id).unwrap().unwrap();
                        let person = repository.store().person(named.person.unwrap()).unwrap().unwrap();
                        prop_assert_eq!(named.in_use, person.golden_id == *id);
                        prop_assert!(named.in_use || person.aliases.contains(id));
                    }
                }
            }
        }
        let verified = repository.verify().unwrap();
        prop_assert!(verified.is_clean(), "{:?} after {:?}", verified.findings, now);
    }
    Ok(())
}

/// Everything that a repository holds, in words that no order of arrival changes: records, who is one person, golden
/// values and where they come from, links.
fn told(repository: &Repository<MemoryStore>) -> Vec<String> {
    let store = repository.store();
    let mut all = Vec::new();
    let name = |o: u32| {
        let kept = store.record(o).unwrap().unwrap().record;
        format!("{}:{}", kept.source, kept.id)
    };
    store
        .each_record(&mut |o, k| all.push(format!("record {} {:?} {:?}", name(o), k.cells, k.record)))
        .unwrap();
    store
        .each_person(&mut |_, p| {
            let members: Vec<String> = p.members.iter().map(|o| name(*o)).collect();
            let values: Vec<String> = p
                .values
                .iter()
                .map(|v| format!("{} {} {} {}", v.field, v.text, name(v.from), v.score))
                .collect();
            all.push(format!("person {members:?} {values:?}"));
            for o in &p.members {
                for l in store.links(*o).unwrap() {
                    all.push(format!("link {} {} {:?} {:?}", name(l.a), name(l.b), l.link, l.refused));
                }
            }
        })
        .unwrap();
    all.sort();
    all.dedup();
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_changes_is_a_fresh_build(
        events in prop::collection::vec(event(), 1..40),
        cuts in prop::collection::vec(1..6usize, 1..6),
        which in 0..2usize,
    ) {
        check(&events, &cuts, plans().swap_remove(which))?;
    }

    #[test]
    fn a_base_loaded_at_once_is_that_of_its_events(
        events in prop::collection::vec(event(), 1..30),
        more in prop::collection::vec(event(), 0..6),
        which in 0..2usize,
    ) {
        let rows: Vec<Event> = events.into_iter().filter(|e| matches!(e, Event::Row { .. })).collect();
        let open = || Repository::open(plans().swap_remove(which), MemoryStore::default()).unwrap();
        let (mut at_once, mut one_by_one) = (open(), open());
        let loaded = at_once.load(change(&rows, &at_once).rows, &Silent).unwrap();
        prop_assert_eq!(loaded.effect.after.len(), golden_of(&at_once).values().collect::<BTreeSet<_>>().len());
        for event in &rows {
            let change = change(std::slice::from_ref(event), &one_by_one);
            one_by_one.apply(change).unwrap();
        }
        prop_assert_eq!(told(&at_once), told(&one_by_one));
        // Both go on alike.
        for event in &more {
            for repository in [&mut at_once, &mut one_by_one] {
                let change = change(std::slice::from_ref(event), repository);
                // Decisions that contradict each other are refused by both.
                drop(repository.apply(change));
            }
        }
        prop_assert_eq!(told(&at_once), told(&one_by_one));
        prop_assert!(at_once.verify().unwrap().is_clean());
    }
}
