//! What `match_one` says of a row is what `apply` then does.

use crate::common::{plan, table};
use proptest::prelude::*;
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::matching::Decision;
use rcu_core::matching::ruling::{Answer, RecordRef, Ruling};
use rcu_core::repository::{Change, Event, Foresight, MemoryStore, Repository, RowFate, Store};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const HEAD: &str = "id | updated | last | first | civ | mail | mobile | born | street | cp";
const SOURCES: [&str; 3] = ["crm", "till", "web"];

/// Few values, so that records meet, values become shared, names common, and blocks too large.
const CHOICES: [&[&str]; 8] = [
    &["DUPONT", "DUPOND", "MARTIN", "", "DUPONT MARTIN"],
    &["Marie", "Jean", "Jeanne", "J", "", "Jean-Pierre"],
    &["M", "MME", ""],
    &["", "a@free.fr", "b@orange.fr", "c.d@gmail.com", "cd@gmail.com", "contact@roy.fr"],
    &["", "06 12 34 87 11", "0612348712"],
    &["", "1970-03-12", "1970-12-03", "1985-06-30", "never"],
    &["", "12 rue de la Paix", "3 avenue Foch"],
    &["", "75002", "69006"],
];

#[derive(Debug, Clone)]
enum Step {
    Row { source: usize, id: usize, day: u32, cells: [usize; 8] },
    Delete { source: usize, id: usize },
    Decide { a: (usize, usize), b: (usize, usize), answer: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let record = || (0..SOURCES.len(), 0..6usize);
    prop_oneof![
        12 => (record(), 1..5u32, prop::array::uniform8(0..60usize))
            .prop_map(|((source, id), day, cells)| Step::Row { source, id, day, cells }),
        1 => record().prop_map(|(source, id)| Step::Delete { source, id }),
        2 => (record(), record(), 0..4usize).prop_map(|(a, b, answer)| Step::Decide { a, b, answer }),
    ]
}

fn plans() -> Vec<Plan> {
    let fields = json!({ "last_name": "last", "first_name": "first", "civility": "civ", "email": "mail",
        "mobile": "mobile", "birth_date": "born", "street": "street", "postcode": "cp" });
    let source = |free: bool| {
        json!({ "id": "id", "updated_at": "updated", "fields": fields,
            "reliability": { "default": 0.5, "birth_date": 0.9 }, "duplicate_free": free })
    };
    let config = |more: serde_json::Value| {
        let mut config = json!({
            "sources": { "till": source(false), "web": source(false), "crm": source(true) },
            "matching": { "max_block": 4, "common_name": 2, "max_shared": { "email": 2, "mobile": 2 } },
        });
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        plan(config)
    };
    vec![
        config(json!({})),
        config(json!({ "passes": [
            { "name": "email", "on": ["email"], "guards": ["names_compatible"] },
            { "name": "near", "on": ["postcode", "sorted(birth_date,3)"], "decide": "points" },
            { "name": "name", "on": [["last_name"], ["name_pair"]], "decide": "points" },
        ] })),
    ]
}

fn input(source: usize, id: usize, day: u32, cells: &[usize; 8]) -> Input {
    let text = |(choices, pick): (&&[&'static str], &usize)| choices[pick % choices.len()];
    let cells: Vec<&str> = CHOICES.iter().zip(cells).map(text).collect();
    let row = format!("r{id} | 2026-0{day}-01 | {}", cells.join(" | "));
    Input::new(SOURCES[source], table(&format!("{HEAD}\n{row}")))
}

fn reference((source, id): (usize, usize)) -> RecordRef {
    RecordRef { source: SOURCES[source].into(), record_id: format!("r{id}") }
}

/// The entries of a feed that are to be compared: where they stand in it is not foreseen.
fn told(events: &[Event]) -> Vec<Event> {
    events.iter().map(|e| Event { cursor: 0, change: 0, ..e.clone() }).collect()
}

/// Kept links of a record: the other record, pass, decision, score, reason and what refused it.
fn links(
    repository: &Repository<MemoryStore>,
    of: &RecordRef,
) -> BTreeMap<RecordRef, (Decision, i32, String, Option<String>)> {
    let store = repository.store();
    let source = repository.plan().source(&of.source).unwrap() as u16;
    let me = store.find(source, &of.record_id).unwrap().unwrap();
    let name = |o: u32| {
        let kept = store.record(o).unwrap().unwrap().record;
        let source = repository.plan().sources[usize::from(kept.source)].name.clone();
        RecordRef { source, record_id: kept.id }
    };
    let told = |l: rcu_core::repository::KeptLink| {
        let v = l.link.verdict;
        let other = if l.a == me { l.b } else { l.a };
        (name(other), (v.decision, v.score, v.reason.to_owned(), l.refused.map(str::to_owned)))
    };
    store.links(me).unwrap().into_iter().map(told).collect()
}

/// Links and reviews that were foreseen, without those that only a steward makes.
fn foreseen(f: &Foresight) -> BTreeMap<RecordRef, (Decision, i32, String, Option<String>)> {
    let of = f.candidates.iter().filter(|c| c.decision != Decision::No && c.pass != "steward");
    of.map(|c| {
        let other = RecordRef { source: c.source.clone(), record_id: c.record_id.clone() };
        (other, (c.decision, c.score, c.reason.to_owned(), c.refused.map(str::to_owned)))
    })
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, ..ProptestConfig::default() })]

    #[test]
    fn what_is_foreseen_comes(steps in prop::collection::vec(step(), 1..40), which in 0..2usize) {
        let mut repository = Repository::open(plans().swap_remove(which), MemoryStore::default()).unwrap();
        for step in &steps {
            let (source, id, day, cells) = match step {
                Step::Delete { source, id } => {
                    let deletes = vec![reference((*source, *id))];
                    repository.apply(Change { deletes, ..Change::default() }).unwrap();
                    continue;
                }
                Step::Decide { a, b, answer } => {
                    let answers = [Answer::Same, Answer::Different, Answer::Household, Answer::Later];
                    let decisions = vec![Ruling { a: reference(*a), b: reference(*b), date: None,
                        answer: answers[*answer], author: "test".into(), comment: String::new() }];
                    // Decisions that contradict each other are refused.
                    drop(repository.apply(Change { decisions, ..Change::default() }));
                    continue;
                }
                Step::Row { source, id, day, cells } => (*source, *id, *day, cells),
            };
            let row = input(source, id, day, cells);
            let record = reference((source, id));
            let known_before = repository.person_of(&record).unwrap();
            let f = repository.match_one(&row).unwrap();
            prop_assert_eq!(&repository.match_one(&row).unwrap(), &f, "asking changes nothing");
            let applied = repository.apply(Change { rows: vec![row.clone()], ..Change::default() }).unwrap();
            prop_assert_eq!(&applied.rejects, &f.rejects);
            let fate = match applied.records {
                (1, 0, 0) => RowFate::New,
                (0, 1, 0) => RowFate::Changed,
                _ => RowFate::Unchanged,
            };
            prop_assert_eq!(fate, f.fate);
            prop_assert_eq!(told(&applied.events), told(&f.events));
            let person = repository.person_of(&record).unwrap().unwrap();
            prop_assert_eq!(Some(&person.golden_id), f.golden_id.as_ref());
            prop_assert!(f.known || known_before.is_none_or(|p| p.golden_id != person.golden_id));
            for id in &f.merges {
                prop_assert!(person.aliases.contains(id));
            }
            prop_assert_eq!(links(&repository, &record), foreseen(&f));
            // Now that it is kept, nothing more would come of it, and its candidates are the same.
            let again = repository.match_one(&row).unwrap();
            prop_assert_eq!(again.fate, RowFate::Unchanged);
            prop_assert!(again.events.is_empty());
            prop_assert_eq!(foreseen(&again), foreseen(&f));
        }
    }
}

fn small() -> Repository<MemoryStore> {
    let mut repository = Repository::open(plans().swap_remove(0), MemoryStore::default()).unwrap();
    let rows = "w1 | 2026-01-01 | Dupont | Marie | MME | m.dupont@free.fr | | 1970-03-12 | |\n\
                w2 | 2026-01-01 | Dupont | Paul | M | m.dupont@free.fr | | | |\n\
                w3 | 2026-01-01 | Dupont | Marie | MME | | 06 12 34 87 11 | | |";
    let rows = vec![Input::new("web", table(&format!("{HEAD}\n{rows}")))];
    repository.apply(Change { rows, ..Change::default() }).unwrap();
    repository
}

fn till(cells: &str) -> Input {
    Input::new("till", table(&format!("{HEAD}\n{cells}")))
}

#[test]
fn a_row_that_joins_two_people_is_said_to_merge_them() {
    let repository = small();
    let f = repository
        .match_one(&till("t1 | 2026-02-01 | DUPONT | Marie | | m.dupont@free.fr | 0612348711 | | |"))
        .unwrap();
    assert_eq!((f.fate, f.known), (RowFate::New, true));
    let of = |id: &str| {
        repository
            .person_of(&RecordRef { source: "web".into(), record_id: id.into() })
            .unwrap()
            .unwrap()
            .golden_id
    };
    let one: BTreeSet<String> = f.merges.iter().cloned().chain(f.golden_id.clone()).collect();
    assert_eq!(one, BTreeSet::from([of("w1"), of("w3")]));
    let told: Vec<_> = f.candidates.iter().map(|c| (c.record_id.as_str(), c.decision, c.reason)).collect();
    // One of the couple shares the box and is refused by name.
    assert_eq!(
        told,
        [("w1", Decision::Link, ""), ("w3", Decision::Link, ""), ("w2", Decision::No, "first_name")]
    );
    assert_eq!(f.candidates[2].golden_id, Some(of("w2")));
}

#[test]
fn a_row_of_nobody_known_would_make_a_person() {
    let f = small().match_one(&till("t9 | 2026-02-01 | Roy | Anne | | | | 31/02/1990 | | 75002")).unwrap();
    assert_eq!((f.fate, f.known, f.candidates.len()), (RowFate::New, false, 0));
    assert_eq!(f.events.len(), 1);
    assert_eq!(f.findings["birth_date"].rejected, 1, "{:?}", f.findings);
}

#[test]
fn a_row_without_id_is_rejected_and_several_rows_are_refused() {
    let repository = small();
    let f = repository.match_one(&till(" | 2026-02-01 | Roy | Anne | | | | | |")).unwrap();
    assert_eq!((f.fate, f.golden_id.as_deref()), (RowFate::Rejected, None));
    assert_eq!(f.rejects[0].code, "missing_id");
    let two = till("a | 2026-02-01 | Roy | Anne | | | | | |\nb | 2026-02-01 | Roy | Anne | | | | | |");
    assert_eq!(repository.match_one(&two).unwrap_err().code(), "argument");
    let unknown = Input { source: "tilll".into(), ..till("a | | Roy | | | | | | |") };
    assert_eq!(repository.match_one(&unknown).unwrap_err().code(), "unknown_source");
}
