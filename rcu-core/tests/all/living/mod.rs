//! Lives of a repository, for every store: events as proptest makes them, and what must hold after each change.
#![allow(dead_code)]

use crate::common::plan;
use proptest::prelude::*;
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::matching::ruling::{Answer, RecordRef, Ruling};
use rcu_core::progress::Silent;
use rcu_core::repository::{Act, Change, Follower, Objection, Repository, Store, Subject};
use rcu_core::survivorship::{Lock, LockKind};
use rcu_core::table::{Column, Table};
use rcu_core::time::Day;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const COLUMNS: [&str; 11] =
    ["id", "updated", "last", "first", "civ", "mail", "mail2", "mobile", "born", "street", "cp"];

/// Few values, so that records meet, values become shared, names common, and blocks too large.
pub fn choices(column: usize) -> &'static [&'static str] {
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

/// One thing that happens to a repository.
#[derive(Debug, Clone)]
pub enum Event {
    Row { source: usize, id: usize, day: u32, cells: [usize; 9] },
    Delete { source: usize, id: usize },
    Decide { a: (usize, usize), b: (usize, usize), answer: usize },
    Cancel { nth: usize },
    Rename { record: (usize, usize), to: usize },
    Again { nth: usize },
    Erase { record: (usize, usize) },
    Restrict { record: (usize, usize) },
    Lift { nth: usize },
    Object { record: (usize, usize) },
    Readmit,
    Rules { which: usize },
    Lock { record: (usize, usize), field: usize, pick: usize, off: bool },
}

const SOURCES: [&str; 3] = ["crm", "till", "web"];
const ANSWERS: [Answer; 4] = [Answer::Same, Answer::Different, Answer::Household, Answer::Later];

pub fn event() -> impl Strategy<Value = Event> {
    let record = || (0..SOURCES.len(), 0..6usize);
    let cells = prop::array::uniform9(0..60usize);
    prop_oneof![
        10 => (record(), 1..5u32, cells)
            .prop_map(|((source, id), day, cells)| Event::Row { source, id, day, cells }),
        3 => record().prop_map(|(source, id)| Event::Delete { source, id }),
        2 => (record(), record(), 0..4usize).prop_map(|(a, b, answer)| Event::Decide { a, b, answer }),
        1 => (0..9usize).prop_map(|nth| Event::Cancel { nth }),
        1 => (record(), 0..9usize).prop_map(|(record, to)| Event::Rename { record, to }),
        1 => (0..9usize).prop_map(|nth| Event::Again { nth }),
        1 => record().prop_map(|record| Event::Erase { record }),
        1 => record().prop_map(|record| Event::Restrict { record }),
        1 => (0..3usize).prop_map(|nth| Event::Lift { nth }),
        1 => record().prop_map(|record| Event::Object { record }),
        1 => Just(Event::Readmit),
        1 => (0..3usize).prop_map(|which| Event::Rules { which }),
        1 => (record(), 0..3usize, 0..9usize, prop::bool::weighted(0.3))
            .prop_map(|(record, field, pick, off)| Event::Lock { record, field, pick, off }),
    ]
}

pub fn reference((source, id): (usize, usize)) -> RecordRef {
    RecordRef { source: SOURCES[source].into(), record_id: format!("r{id}") }
}

pub fn plan_with(more: serde_json::Value) -> Plan {
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
pub fn plans() -> Vec<Plan> {
    vec![
        plan_with(json!({})),
        plan_with(json!({ "passes": [
            { "name": "email", "on": ["email"], "guards": ["names_compatible"] },
            { "name": "near", "on": ["postcode", "sorted(birth_date,3)"], "decide": "points" },
            { "name": "name", "on": [["last_name"], ["phonex(last_name)", "year(birth_date)"], ["name_pair"],
                ["prefix(last_name,3)", "initial(first_name)"]], "decide": "points" },
        ] })),
        plan_with(
            json!({ "matching": { "max_block": 9, "common_name": 1, "max_shared": { "email": 3, "mobile": 1 } },
            "survivorship": { "default": "most_recent" }, "passes": [
            { "name": "email", "on": ["email"], "guards": ["names_compatible", "birth_date"] },
            { "name": "mobile", "on": ["last_name", "mobile"] },
        ] }),
        ),
    ]
}

pub fn row(source: usize, id: usize, day: u32, cells: &[usize; 9]) -> (usize, Vec<Option<String>>) {
    let mut out = vec![Some(format!("r{id}")), Some(format!("2026-0{day}-01"))];
    for (i, pick) in cells.iter().enumerate() {
        let from = choices(i + 2);
        out.push(Some(from[pick % from.len()]).filter(|t| !t.is_empty()).map(str::to_owned));
    }
    (source, out)
}

pub fn inputs(rows: &[(usize, Vec<Option<String>>)]) -> Vec<Input> {
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
pub fn change(events: &[Event], repository: &Repository<impl Store>, sent: &mut Vec<Event>) -> Change {
    let mut change = Change { act: Act { by: "test".into(), ..Act::default() }, ..Change::default() };
    let mut rows = Vec::new();
    for e in events {
        match e {
            Event::Row { source, id, day, cells } => {
                rows.push(row(*source, *id, *day, cells));
                sent.push(e.clone());
            }
            Event::Again { nth } => {
                if let Some(Event::Row { source, id, day, cells }) = sent.get(*nth) {
                    rows.push(row(*source, *id, *day, cells));
                }
            }
            Event::Lock { record, field, pick, off } => {
                let r = reference(*record);
                let (column, name) = [(2, "last_name"), (5, "email"), (8, "birth_date")][*field];
                let value = choices(column)[*pick % choices(column).len()];
                let lock = Lock {
                    source: Some(r.source),
                    record_id: Some(r.record_id),
                    field: name.into(),
                    kind: if value.is_empty() { LockKind::Clear } else { LockKind::Pin },
                    value: Some(value.to_owned()).filter(|v| !v.is_empty()),
                    author: "steward".into(),
                    reason: "seen the card".into(),
                    ..Lock::default()
                };
                if *off { change.unlocked.push(lock) } else { change.locks.push(lock) }
            }
            Event::Rename { record, to } => change.renamed.push((reference(*record), format!("r{to}"))),
            Event::Erase { .. }
            | Event::Readmit
            | Event::Rules { .. }
            | Event::Restrict { .. }
            | Event::Lift { .. }
            | Event::Object { .. } => {}
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

/// Golden ids by record.
pub type Ids = BTreeMap<(u16, String), String>;

pub fn golden_of(repository: &Repository<impl Store>) -> BTreeMap<(u16, String), String> {
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

pub fn golden_table(repository: &Repository<impl Store>) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut table = BTreeMap::new();
    let field = |f: usize| repository.plan().fields[f].name.clone();
    repository
        .store()
        .each_person(&mut |_, p| {
            table.insert(p.golden_id, p.values.into_iter().map(|v| (field(v.field), v.text)).collect());
        })
        .unwrap();
    table
}

/// Whether a record is kept, or gone and not forgotten.
pub fn holds(repository: &Repository<impl Store>, reference: &RecordRef) -> bool {
    let source = repository.plan().source(&reference.source).unwrap() as u16;
    repository.store().find_ever(source, &reference.record_id).unwrap().is_some()
}

/// Applies events in changes of `cuts` and checks after each what must hold. `again` opens the store anew with a plan:
/// it must when the plan is another one.
pub fn check<S: Store>(
    events: &[Event],
    cuts: &[usize],
    plan: Plan,
    store: S,
    mut again: impl FnMut(S, &Plan, bool) -> S,
) -> Result<(), TestCaseError> {
    let mut repository = Repository::open(plan, store).unwrap().with_secret("not told");
    let mut follower = Follower::default();
    let mut rest = events;
    let mut sent = Vec::new();
    let mut at = 1000;
    // Who every record was at a moment; what was erased or named otherwise since is not asked for.
    let mut then: Vec<(i64, Ids)> = Vec::new();
    let mut erased: BTreeMap<RecordRef, u64> = BTreeMap::new();
    for cut in cuts.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (now, later) = rest.split_at((*cut).min(rest.len()));
        rest = later;
        at += 10;
        for event in now {
            if let Event::Rules { which } = event {
                let store = again(repository.into_store(), &plans().swap_remove(*which), true);
                let act = Act { at, by: "architect".into(), reason: "other rules".into() };
                let migrate = |store, dry_run| {
                    Repository::migrate(
                        plans().swap_remove(*which),
                        store,
                        "not told",
                        &act,
                        dry_run,
                        &Silent,
                    )
                    .unwrap()
                };
                let (tried, dry) = migrate(store, true);
                let before = golden_of(&tried);
                let (migrated, wet) = migrate(tried.into_store(), false);
                prop_assert_eq!(dry.people.0, before.values().collect::<BTreeSet<_>>().len() as u64);
                prop_assert_eq!((&dry.events, &dry.values), (&wet.events, &wet.values));
                prop_assert_eq!(
                    wet.people.1,
                    golden_of(&migrated).values().collect::<BTreeSet<_>>().len() as u64
                );
                let store = migrated.into_store();
                repository =
                    Repository::open(plans().swap_remove(*which), store).unwrap().with_secret("not told");
            }
            if let Event::Readmit = event
                && let Some((_, number)) = erased.pop_first()
            {
                erased.retain(|_, n| *n != number);
                repository.readmit(number, "form 7", &Act::default()).unwrap();
            }
            let act = Act { at, by: "dpo".into(), reason: "request 9".into() };
            if let Event::Restrict { record } = event
                && let Some(person) = repository.person_of(&reference(*record)).unwrap()
            {
                let done = repository.restrict(&Subject::Record(reference(*record)), &act).unwrap();
                prop_assert_eq!(
                    (&done.golden_id, done.records),
                    (&person.golden_id, person.members.len() as u64)
                );
                prop_assert_eq!(repository.person_of(&reference(*record)).unwrap(), None);
                prop_assert_eq!(repository.person(&person.golden_id).unwrap(), None);
            }
            if let Event::Lift { nth } = event
                && let Some(frozen) = repository.restrictions().unwrap().get(*nth)
            {
                let who = Subject::GoldenId(frozen.golden_id.clone());
                match repository.lift_restriction(&who, &act) {
                    Ok(_) => {
                        // Older ids may lead there by now; this one leads to the person again.
                        prop_assert!(repository.person(&frozen.golden_id).unwrap().is_some());
                        prop_assert!(repository.store().asides_of(&frozen.golden_id).unwrap().is_empty());
                    }
                    // A row that holds what was erased with somebody else is not taken back.
                    Err(e) => {
                        prop_assert_eq!(e.code(), "argument");
                        prop_assert!(repository.restrictions().unwrap().contains(frozen));
                    }
                }
            }
            if let Event::Object { record } = event
                && repository.person_of(&reference(*record)).unwrap().is_some()
            {
                let who = Subject::Record(reference(*record));
                let objection = Objection { proof: "letter 3".into(), ..Objection::default() };
                repository.object(&who, &objection, &act).unwrap();
                let person = repository.person_of(&reference(*record)).unwrap().unwrap();
                let standing = repository.standing(&person.golden_id).unwrap().unwrap();
                prop_assert!(
                    standing.consents.iter().any(|c| c.state == "withdrawn" && c.purpose == "marketing")
                );
            }
            if let Event::Erase { record } = event
                && let Some(person) = repository.person_of(&reference(*record)).unwrap()
            {
                let gone: Vec<_> =
                    person.members.iter().map(|o| repository.store().name_of(*o).unwrap().unwrap()).collect();
                let act = Act { at, by: "dpo".into(), reason: "request 12".into() };
                let erasure = repository.erase(&Subject::Record(reference(*record)), &act).unwrap();
                prop_assert!(erasure.golden_ids.contains(&person.golden_id));
                // Records that were once of the person and were gone before are forgotten too.
                let once = |(key, id): (&(u16, String), &String)| {
                    let forgotten = || repository.store().find_ever(key.0, &key.1).unwrap().is_none();
                    (erasure.golden_ids.contains(id) && forgotten()).then(|| key.clone())
                };
                let forgotten: BTreeSet<_> =
                    then.iter().flat_map(|(_, ids)| ids.iter().filter_map(once)).collect();
                then.iter_mut().for_each(|(_, ids)| ids.retain(|key, _| !forgotten.contains(key)));
                for (source, id) in gone {
                    then.iter_mut().for_each(|(_, ids)| drop(ids.remove(&(source, id.clone()))));
                    let source = repository.plan().sources[usize::from(source)].name.clone();
                    let gone = RecordRef { source, record_id: id };
                    prop_assert!(!holds(&repository, &gone));
                    erased.insert(gone, erasure.number);
                }
            }
        }
        let plan = repository.plan().clone();
        let store = again(repository.into_store(), &plan, false);
        repository = Repository::open(plan, store).unwrap().with_secret("not told");
        let before = golden_of(&repository);
        let mut change = change(now, &repository, &mut sent);
        change.act.at = at;
        for (old, _) in &change.renamed {
            let source = repository.plan().source(&old.source).unwrap() as u16;
            let key = (source, old.record_id.clone());
            then.iter_mut().for_each(|(_, ids)| drop(ids.remove(&key)));
        }
        let renamed: BTreeSet<RecordRef> = change
            .renamed
            .iter()
            .map(|(old, new)| RecordRef { source: old.source.clone(), record_id: new.clone() })
            .collect();
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
        // A record is who it was at every moment; who was erased is not there.
        then.push((at, golden_of(&repository)));
        for r in &renamed {
            let key = (repository.plan().source(&r.source).unwrap() as u16, r.record_id.clone());
            let last = then.len() - 1;
            then[..last].iter_mut().for_each(|(_, ids)| drop(ids.remove(&key)));
        }
        for (at, ids) in &then {
            for ((source, id), golden_id) in ids {
                let source = repository.plan().sources[usize::from(*source)].name.clone();
                let r = RecordRef { source, record_id: id.clone() };
                let was = repository.golden_id_at(&r, *at).unwrap();
                prop_assert_eq!(was.as_ref(), Some(golden_id));
                prop_assert!(repository.records_at(golden_id, *at).unwrap().contains(&r));
            }
        }
        for r in erased.keys() {
            prop_assert!(!holds(&repository, r), "{:?} came back", r);
        }
        prop_assert_eq!(repository.broken_log().unwrap(), None);
        let verified = repository.verify().unwrap();
        prop_assert!(verified.is_clean(), "{:?} after {:?}", verified.findings, now);
        // A consumer that follows the feed has the golden table, and knows where every id it ever saw leads.
        let entries = repository.changes("till", usize::MAX).unwrap();
        for e in entries.iter().chain(&entries) {
            follower.apply(e);
        }
        if let Some(last) = entries.last() {
            repository.acknowledge("till", last.cursor).unwrap();
        }
        prop_assert!(repository.changes("till", 9).unwrap().is_empty());
        prop_assert_eq!(&follower.golden, &golden_table(&repository));
        for id in before.values() {
            let person = repository.person(id).unwrap();
            prop_assert_eq!(follower.lead(id), person.as_ref().map(|p| p.golden_id.as_str()));
        }
    }
    Ok(())
}

/// Everything that a repository holds, in words that no order of arrival changes: records, who is one person, golden
/// values and where they come from, links.
pub fn told(repository: &Repository<impl Store>) -> Vec<String> {
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
