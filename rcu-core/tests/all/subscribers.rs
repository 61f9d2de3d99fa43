//! What subscribers are sent adds up to what they would be given at once, and holds nobody who must not be contacted.

use crate::common::{plan, table};
use proptest::prelude::*;
use rcu_core::config::{Config, Plan};
use rcu_core::field;
use rcu_core::ingest::Input;
use rcu_core::matching::ruling::{Answer, RecordRef, Ruling};
use rcu_core::progress::Silent;
use rcu_core::repository::{Act, Change, MemoryStore, Mirror, Outgoing, Repository, RowEvent, Store};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const HEAD: &str = "id | updated | last | first | mail | mobile | born | street | cp | city | agrees";
const SOURCES: [&str; 3] = ["crm", "till", "web"];
const CHOICES: [&[&str]; 9] = [
    &["DUPONT", "DUPOND", "MARTIN", ""],
    &["Marie", "Jean", "Paul", ""],
    &["", "a@free.fr", "b@orange.fr", "c.d@gmail.com"],
    &["", "06 12 34 87 11", "0612348712"],
    &["", "1970-03-12", "1985-06-30", "2015-06-30"],
    &["", "12 rue de la Paix", "3 avenue Foch"],
    &["", "75002", "69006"],
    &["", "Paris", "Lyon"],
    &["", "oui", "non", "oui"],
];
/// Subscribers that get no echo of their own: their table is their own business.
const ALONE: [&str; 7] = ["ecommerce", "till", "marketing", "service", "bi", "billing", "parisians"];

fn published() -> Plan {
    ruled(0)
}

/// By other rules a telephone of the CRM is not read, and another source proves what its columns say.
fn ruled(which: usize) -> Plan {
    let fields = json!({ "last_name": "last", "first_name": "first", "email": "mail", "mobile": "mobile",
        "birth_date": "born", "street": "street", "postcode": "cp", "city": "city", "consent_email": "agrees" });
    let source = json!({ "id": "id", "updated_at": "updated", "fields": fields });
    let mut crm = source.clone();
    if which == 1 {
        crm["exclude"] = json!(["mobile"]);
    }
    let proven_by = [json!(["crm", "till", "web"]), json!(["till"])][which].clone();
    let optins = json!({ "family": "consents", "id": "id", "customer": { "id": "client", "source": "crm" },
        "fields": { "purpose": "purpose", "channel": "channel", "status": "status", "date": "date", "proof": "proof",
            "expires": "expires" } });
    plan(json!({
        "sources": { "till": source, "web": source, "crm": crm, "optins": optins },
        "consents": { "proven_by": proven_by },
        "subscribers": {
            "source_feedback": { "source": "crm" },
            "web_shop": { "view": "ecommerce", "source": "web" },
            "parisians": { "view": "service", "filter": [{ "field": "city", "is": ["PARIS"] },
                { "field": "last_name", "present": true }], "fields": ["last_name", "first_name", "city"] },
        },
    }))
}

/// On the second one consents are over, on the third somebody is no minor any more.
const DAYS: [&str; 3] = ["2026-11-21", "2028-01-02", "2030-07-01"];

#[derive(Debug, Clone)]
enum Step {
    Row {
        source: usize,
        id: usize,
        day: u32,
        cells: [usize; 9],
    },
    Delete {
        source: usize,
        id: usize,
    },
    Decide {
        a: (usize, usize),
        b: (usize, usize),
        answer: usize,
    },
    /// A record of the CRM says yes or no, for ever or for some years.
    Say {
        id: usize,
        channel: usize,
        yes: bool,
        until: usize,
    },
    /// The repository comes to another day.
    Refresh {
        day: usize,
    },
    /// Other rules.
    Rules {
        which: usize,
    },
    /// Subscribers of these bits are sent what a number of entries says, twice if asked.
    Send {
        who: u16,
        most: usize,
        again: bool,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let record = || (0..SOURCES.len(), 0..5usize);
    prop_oneof![
        10 => (record(), 1..5u32, prop::array::uniform9(0..60usize))
            .prop_map(|((source, id), day, cells)| Step::Row { source, id, day, cells }),
        3 => record().prop_map(|(source, id)| Step::Delete { source, id }),
        3 => (record(), record(), 0..3usize).prop_map(|(a, b, answer)| Step::Decide { a, b, answer }),
        3 => (0..5usize, 0..2usize, any::<bool>(), 0..3usize)
            .prop_map(|(id, channel, yes, until)| Step::Say { id, channel, yes, until }),
        2 => (0..DAYS.len()).prop_map(|day| Step::Refresh { day }),
        1 => (0..2usize).prop_map(|which| Step::Rules { which }),
        5 => (any::<u16>(), 1..6usize, any::<bool>()).prop_map(|(who, most, again)| Step::Send { who, most, again }),
    ]
}

fn input(source: usize, id: usize, day: u32, cells: &[usize; 9]) -> Input {
    let text = |(choices, pick): (&&[&'static str], &usize)| choices[pick % choices.len()];
    let cells: Vec<&str> = CHOICES.iter().zip(cells).map(text).collect();
    Input::new(SOURCES[source], table(&format!("{HEAD}\nr{id} | 2026-0{day}-01 | {}", cells.join(" | "))))
}

fn reference((source, id): (usize, usize)) -> RecordRef {
    RecordRef { source: SOURCES[source].into(), record_id: format!("r{id}") }
}

fn everybody(repository: &Repository<MemoryStore>, name: &str) -> Mirror {
    let mut mirror = Mirror::default();
    mirror.take(&repository.export(name).unwrap());
    mirror
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn deliveries_add_up_to_everybody(steps in prop::collection::vec(step(), 1..50)) {
        let mut repository = Repository::open(published(), MemoryStore::default()).unwrap();
        let mut mirrors: BTreeMap<&str, Mirror> = BTreeMap::new();
        let names: Vec<&str> = ALONE.iter().copied().chain(["source_feedback", "web_shop"]).collect();
        // Values that the web shop ever sent: it knows them, even of records that it has deleted since.
        let mut sent: BTreeSet<String> = BTreeSet::new();
        // At the end everybody is sent all that is left.
        let rest = Step::Send { who: u16::MAX, most: usize::MAX, again: false };
        for step in steps.iter().chain([&rest]) {
            match step {
                Step::Row { source, id, day, cells } => {
                    let rows = vec![input(*source, *id, *day, cells)];
                    repository.apply(Change { rows, ..Change::default() }).unwrap();
                    let web = repository.plan().source("web").unwrap() as u16;
                    let store = repository.store();
                    if SOURCES[*source] == "web"
                        && let Some(o) = store.find(web, &format!("r{id}")).unwrap()
                    {
                        sent.extend(store.record(o).unwrap().unwrap().record.values.into_iter().map(|v| v.text));
                    }
                }
                Step::Delete { source, id } => {
                    let deletes = vec![reference((*source, *id))];
                    repository.apply(Change { deletes, ..Change::default() }).unwrap();
                }
                Step::Decide { a, b, answer } => {
                    let answer = [Answer::Same, Answer::Different, Answer::Later][*answer];
                    let decisions = vec![Ruling { a: reference(*a), b: reference(*b), date: None, answer,
                        author: "test".into(), comment: String::new() }];
                    // Decisions that contradict each other are refused.
                    drop(repository.apply(Change { decisions, ..Change::default() }));
                }
                Step::Say { id, channel, yes, until } => {
                    let (channel, until) = (["email", "sms"][*channel], ["", "2028-01-01", "2030-06-30"][*until]);
                    let status = if *yes { "yes" } else { "no" };
                    let text = format!(
                        "id | client | purpose | channel | status | date | proof | expires
                        s{id}{channel}{yes}{until} | r{id} | marketing | {channel} | {status} | 2026-02-0{} | form | {until}",
                        1 + id % 9
                    );
                    let rows = vec![Input::new("optins", table(&text))];
                    repository.apply(Change { rows, ..Change::default() }).unwrap();
                }
                Step::Refresh { day } => {
                    let day = rcu_core::time::Day::parse_iso(DAYS[*day]).unwrap();
                    repository.refresh(day, &Act::default()).unwrap();
                }
                Step::Rules { which } => {
                    let store = repository.into_store();
                    let (plan, act) = (ruled(*which), Act::default());
                    repository = Repository::migrate(plan, store, "", &act, false, &Silent).unwrap().0;
                }
                Step::Send { who, most, again } => {
                    for (i, name) in names.iter().enumerate().filter(|(i, _)| who >> i & 1 == 1) {
                        let delivery = repository.outgoing(name, *most).unwrap();
                        prop_assert_eq!(delivery.table().unwrap().rows(), delivery.rows.len());
                        let mirror = mirrors.entry(name).or_default();
                        mirror.take(&delivery);
                        if *again && i % 2 == 0 {
                            // It was lost on the way back: it comes again, later.
                            continue;
                        }
                        repository.acknowledge(name, delivery.cursor).unwrap();
                    }
                }
            }
        }
        for name in ALONE.iter().chain(["source_feedback"].iter()) {
            prop_assert_eq!(&mirrors[name], &everybody(&repository, name), "{}", name);
        }
        // Nothing but what it sent itself is kept from the web shop.
        let (shop, all) = (&mirrors["web_shop"], everybody(&repository, "web_shop"));
        prop_assert!(shop.rows.keys().all(|id| all.rows.contains_key(id)));
        for (id, rows) in &all.rows {
            for (column, value) in &rows[""] {
                if repository.plan().subscribers["web_shop"].figures.contains(column) {
                    // What it sent itself brings no figures of facts that are not there.
                    continue;
                }
                let there = shop.rows.get(id).and_then(|r| r[""].get(column)) == Some(value);
                prop_assert!(there || column == "records" || sent.contains(value), "{} of {}", column, id);
            }
        }
    }
}

fn rows(of: &[(&str, &str)]) -> Vec<Input> {
    of.iter().map(|(source, text)| Input::new(*source, table(&format!("{HEAD}\n{text}")))).collect()
}

fn with(of: &[(&str, &str)]) -> Repository<MemoryStore> {
    let mut repository = Repository::open(published(), MemoryStore::default()).unwrap();
    repository.apply(Change { rows: rows(of), ..Change::default() }).unwrap();
    repository
}

fn told(d: &Outgoing) -> Vec<(RowEvent, &str)> {
    d.rows.iter().map(|r| (r.event, r.reason.as_str())).collect()
}

#[test]
fn nobody_without_consent_is_in_the_audience() {
    let mut repository = with(&[(
        "crm",
        "yes | 2026-01-01 | Roy | Anne | anne@free.fr | | 1980-01-01 | | | | oui\n\
         no | 2026-01-01 | Petit | Luc | luc@free.fr | | 1980-01-01 | | | | non\n\
         silent | 2026-01-01 | Moreau | Eva | eva@free.fr | | 1980-01-01 | | | |\n\
         child | 2026-01-01 | Girard | Leo | leo@free.fr | | 2015-01-01 | | | | oui",
    )]);
    let audience = repository.outgoing("marketing", 99).unwrap();
    assert_eq!(audience.rows.len(), 1);
    let values = &audience.rows[0].values;
    assert_eq!(values["email"].as_deref(), Some("anne@free.fr"));
    assert_eq!(values["birth_date"].as_deref(), Some("1980"), "the role sees a mask");
    assert_eq!(
        (&values["contactable_email"], &values["contactable_sms"]),
        (&Some("true".into()), &Some("false".into()))
    );
    repository.acknowledge("marketing", audience.cursor).unwrap();
    // She takes it back: she goes.
    let change = rows(&[("crm", "yes | 2026-02-01 | Roy | Anne | anne@free.fr | | 1980-01-01 | | | | non")]);
    repository.apply(Change { rows: change, ..Change::default() }).unwrap();
    let then = repository.outgoing("marketing", 99).unwrap();
    assert_eq!(told(&then), [(RowEvent::Removed, "no_consent")]);
    assert!(!then.full && then.rows[0].golden_id == audience.rows[0].golden_id);
}

#[test]
fn a_merge_carries_the_ids_that_it_took_in_and_a_change_only_what_changed() {
    let mut repository = with(&[
        ("till", "t1 | 2026-01-01 | Roy | Anne | anne@free.fr | | | | 75002 | Paris |"),
        ("web", "w1 | 2026-01-01 | Roy | Anne | | 06 12 34 87 11 | | | | |"),
    ]);
    for name in ["till", "parisians"] {
        let d = repository.outgoing(name, 99).unwrap();
        repository.acknowledge(name, d.cursor).unwrap();
    }
    let change = rows(&[("crm", "c1 | 2026-02-01 | Roy | Anne | anne@free.fr | 06 12 34 87 11 | | | | |")]);
    repository.apply(Change { rows: change, ..Change::default() }).unwrap();
    let d = repository.outgoing("till", 99).unwrap();
    assert_eq!(told(&d), [(RowEvent::Merged, "same_person")]);
    assert_eq!(d.rows[0].absorbed.len(), 1);
    repository.acknowledge("till", d.cursor).unwrap();
    let change = rows(&[("till", "t1 | 2026-03-01 | Roy | Anne | anne@free.fr | | | | 69006 | Lyon |")]);
    repository.apply(Change { rows: change, ..Change::default() }).unwrap();
    let d = repository.outgoing("till", 99).unwrap();
    assert_eq!(told(&d), [(RowEvent::Updated, "values_changed")]);
    // It is no source here, so that it has no records of its own to keep or to merge.
    assert_eq!(d.rows[0].values.keys().collect::<Vec<_>>(), ["postcode"]);
    // Who moves away is no Parisian any more.
    let d = repository.outgoing("parisians", 99).unwrap();
    assert!(told(&d).contains(&(RowEvent::Removed, "left_view")), "{:?}", told(&d));
}

#[test]
fn a_source_is_told_what_to_correct_and_hears_no_echo() {
    let mut repository = with(&[
        ("crm", "c1 | 2026-01-01 | Roy | Anne | anne@free.fr | 06 12 34 87 11 | | | 75002 | Paris |"),
        ("web", "w1 | 2026-02-01 | Roy | Anne | anne@free.fr | 06 12 34 87 12 | | | 75002 | Paris |"),
    ]);
    let d = repository.outgoing("source_feedback", 99).unwrap();
    let told: Vec<_> =
        d.rows.iter().map(|r| (r.record_id.as_deref(), r.values.keys().collect::<Vec<_>>())).collect();
    assert!(d.rows.len() <= 1 && told.iter().all(|(id, _)| *id == Some("c1")), "{told:?}");
    // What it corrected needs no correction any more, though no golden value changed.
    repository.acknowledge("source_feedback", d.cursor).unwrap();
    let d = repository.outgoing("web_shop", 99).unwrap();
    repository.acknowledge("web_shop", d.cursor).unwrap();
    let c1 = RecordRef { source: "crm".into(), record_id: "c1".into() };
    let golden = repository.person_of(&c1).unwrap().unwrap();
    let mobile = &golden.values.iter().find(|v| v.field == field::MOBILE).unwrap().text;
    let line = format!("c1 | 2026-02-10 | Roy | Anne | anne@free.fr | {mobile} | | | 75002 | Paris |");
    repository.apply(Change { rows: rows(&[("crm", &line)]), ..Change::default() }).unwrap();
    assert_eq!(repository.person_of(&c1).unwrap().unwrap().values.len(), golden.values.len());
    let d = repository.outgoing("source_feedback", 99).unwrap();
    assert_eq!(d.rows.iter().map(|r| r.event).collect::<Vec<_>>(), [RowEvent::Removed], "{:?}", d.rows);
    assert_eq!(repository.outgoing("web_shop", 99).unwrap().rows, [], "nothing changed for others");
    let d = repository.outgoing("web_shop", 99).unwrap();
    repository.acknowledge("web_shop", d.cursor).unwrap();
    let change = rows(&[("web", "w9 | 2026-03-01 | Petit | Luc | luc@free.fr | | | | | |")]);
    repository.apply(Change { rows: change, ..Change::default() }).unwrap();
    assert_eq!(repository.outgoing("web_shop", 99).unwrap().rows, []);
    let change = rows(&[("till", "t9 | 2026-03-01 | Petit | Luc | luc@free.fr | | | | 75002 | Paris |")]);
    repository.apply(Change { rows: change, ..Change::default() }).unwrap();
    let d = repository.outgoing("web_shop", 99).unwrap();
    assert_eq!(d.rows.len(), 1, "what another source adds is sent");
}

#[test]
fn other_rules_by_which_a_record_agrees_no_more_are_told_though_no_golden_value_is_another() {
    let mut repository = with(&[
        ("crm", "r1 | 2026-01-01 | Roy | Anne | anne@free.fr | 0612348711 | 1980-01-01 | | | |"),
        ("web", "r2 | 2026-02-01 | Roy | Anne | anne@free.fr | 0612348711 | 1980-01-01 | | | |"),
    ]);
    let first = repository.outgoing("source_feedback", 99).unwrap();
    assert!(first.rows.is_empty(), "{:?}", told(&first));
    repository.acknowledge("source_feedback", first.cursor).unwrap();
    // The CRM's own telephone is not read any more: it is told that of the web.
    let mut store = repository.into_store();
    let mut migrate = |which| {
        let kept = std::mem::take(&mut store);
        let migrated =
            Repository::migrate(ruled(which), kept, "", &Act::default(), false, &Silent).unwrap().0;
        let told = migrated.outgoing("source_feedback", 99).unwrap();
        store = migrated.into_store();
        told
    };
    let corrections = migrate(1);
    let row = corrections.rows.iter().find(|r| r.event != RowEvent::Removed).unwrap();
    assert_eq!(
        (row.record_id.as_deref(), row.values["mobile"].as_deref()),
        (Some("r1"), Some("+33612348711"))
    );
    assert!(migrate(0).rows.iter().all(|r| r.event == RowEvent::Removed), "it agrees again");
}

#[test]
fn a_consent_that_the_calendar_ends_and_somebody_who_comes_of_age_are_told() {
    let mut repository = with(&[
        ("crm", "r1 | 2026-01-01 | Roy | Anne | anne@free.fr | | 1980-01-01 | | | |"),
        ("till", "r2 | 2026-01-01 | Girard | Leo | leo@free.fr | | 2015-06-30 | | | | oui"),
    ]);
    let said = "id | client | purpose | channel | status | date | proof | expires
        s1 | r1 | marketing | email | yes | 2026-02-01 | form | 2028-01-01";
    repository.apply(Change { rows: vec![Input::new("optins", table(said))], ..Change::default() }).unwrap();
    let audience = |r: &mut Repository<MemoryStore>| {
        let delivery = r.outgoing("marketing", 99).unwrap();
        r.acknowledge("marketing", delivery.cursor).unwrap();
        delivery.rows.iter().map(|row| (row.event, row.reason.clone())).collect::<Vec<_>>()
    };
    assert_eq!(audience(&mut repository), [(RowEvent::Present, String::new())]);
    let refresh = |r: &mut Repository<MemoryStore>, day: &str| {
        r.refresh(rcu_core::time::Day::parse_iso(day).unwrap(), &Act::default()).unwrap();
    };
    refresh(&mut repository, "2028-01-02");
    assert_eq!(audience(&mut repository), [(RowEvent::Removed, "no_consent".to_owned())]);
    refresh(&mut repository, "2030-06-29");
    assert!(audience(&mut repository).is_empty());
    refresh(&mut repository, "2030-06-30");
    assert_eq!(audience(&mut repository), [(RowEvent::Updated, "values_changed".to_owned())]);
}

#[test]
fn statistics_hold_nobody_in_particular() {
    let repository = with(&[(
        "crm",
        "c1 | 2026-01-01 | Roy | Anne | anne@free.fr | 0612348711 | 1980-05-05 | | 75002 | Paris |",
    )]);
    let d = repository.export("bi").unwrap();
    let text = serde_json::to_string(&d).unwrap();
    for value in ["ROY", "ANNE", "anne", "+336", "1980-05", "c1"] {
        assert!(!text.contains(value), "{value} in {text}");
    }
    assert!(text.contains("75002") && text.contains("1980"));
}

#[test]
fn a_subscriber_is_checked_with_all_others() {
    let config = json!({
        "sources": { "crm": { "id": "id", "fields": { "last_name": "last" } } },
        "subscribers": {
            "marketin": {},
            "shop": { "view": "ecommerce", "source": "crmm", "role": "sale" },
            "list": { "view": "bi", "fields": ["emial"], "figures": ["net_revenu"],
                "filter": [{ "field": "email", "present": true }, { "field": "city" }] },
        },
    });
    let compiled = Plan::compile(Config::from_value(config).unwrap(), crate::common::today());
    let text = compiled.unwrap_err().to_string();
    for part in [
        "subscribers.marketin",
        "did you mean `marketing`",
        "subscribers.shop.role",
        "subscribers.list.fields[0]",
        "did you mean `email`",
        "did you mean `net_revenue`",
        "subscribers.list.filter[0]",
        "not see in clear",
        "subscribers.list.filter[1]",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let repository = with(&[]);
    assert_eq!(repository.export("marketin").unwrap_err().code(), "argument");
}

#[test]
fn whoever_took_a_first_base_is_sent_what_changed_since() {
    let mut repository = Repository::open(published(), MemoryStore::default()).unwrap();
    // Nobody is everybody of an empty repository; its base comes whole all the same.
    let nobody = repository.outgoing("service", 9).unwrap();
    repository.acknowledge("service", nobody.cursor).unwrap();
    let base = rows(&[
        ("crm", "c1 | 2026-01-01 | DUPONT | Marie | a@free.fr | | | | | |"),
        ("till", "t1 | 2026-01-01 | MARTIN | Paul | b@orange.fr | | | | | |"),
    ]);
    repository.load(base, &Default::default(), &Silent).unwrap();
    let all = repository.outgoing("service", 9).unwrap();
    assert_eq!((all.full, all.cursor), (true, 0));
    assert!(repository.outgoing("service", 9).unwrap().full, "until it is acknowledged");
    repository.acknowledge("service", all.cursor).unwrap();
    let none = repository.outgoing("service", 9).unwrap();
    assert_eq!((none.full, none.rows.len()), (false, 0));
    let gone = RecordRef { source: "crm".into(), record_id: "c1".into() };
    repository.apply(Change { deletes: vec![gone], ..Change::default() }).unwrap();
    let delta = repository.outgoing("service", 9).unwrap();
    assert!(!delta.full && delta.cursor > 0);
    let mut mirror = Mirror::default();
    [&all, &none, &delta].into_iter().for_each(|d| mirror.take(d));
    assert_eq!(mirror, everybody(&repository, "service"));
}
