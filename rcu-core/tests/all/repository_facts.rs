//! Transactions, statements, rates, shops and whatever else is no customer in the living repository: after any sequence
//! of changes its figures, consents and households are those of a batch over the rows that are left.

use crate::common::{plan, table};
use proptest::prelude::*;
use rcu_core::config::Plan;
use rcu_core::identity::household_id;
use rcu_core::ingest::Input;
use rcu_core::matching::ruling::{Answer, RecordRef, Ruling};
use rcu_core::output;
use rcu_core::progress::Silent;
use rcu_core::repository::{
    Act, Applied, Change, Delivery, Follower, KeptFact, MemoryStore, Repository, Store, Subject,
};
use rcu_core::resolve::{Resolution, resolve};
use rcu_core::table::{Column, Table, TextColumn};
use rcu_core::time::Day;
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Memory = Repository<MemoryStore>;

fn config(more: Value) -> Value {
    let customers = json!({ "id": "id", "updated_at": "updated", "fields": { "last_name": "last",
        "first_name": "first", "email": "mail", "mobile": "mobile", "birth_date": "born", "street": "street",
        "postcode": "cp", "consent_email": "optin" } });
    let of = |source: &str| json!({ "id": "client", "source": source });
    let mut config = json!({
        "sources": {
            "crm": customers, "web": customers,
            "sales": { "family": "transactions", "id": "line", "updated_at": "updated",
                "customer": { "id": "client", "source_column": "system" },
                "fields": { "ticket": "ticket", "date": "date", "amount": "amount", "currency": "currency",
                    "store": "store", "brand": "brand", "product": "product", "status": "status",
                    "original_ticket": "original", "quantity": "quantity", "kind": "kind" } },
            "consents": { "family": "consents", "id": "id", "customer": of("crm"), "fields": { "purpose": "purpose",
                "channel": "channel", "status": "status", "date": "date", "proof": "proof" } },
            "shops": { "family": "stores", "id": "code", "fields": { "timezone": "zone", "brand": "brand",
                "channel": "channel", "phone": "tel" } },
            "articles": { "family": "products", "id": "code", "fields": { "category": "category", "kind": "kind" } },
            "fx": { "family": "rates", "id": "day", "fields": { "date": "day", "currency": "code", "rate": "rate" } },
            "clicks": { "family": "interactions", "id": "id", "customer": of("web"), "fields": { "date": "at",
                "type": "type", "visitor": "visitor", "consent": "consent" } },
            "cards_a": { "family": "cards", "id": "id", "updated_at": "updated", "customer": of("crm"),
                "fields": { "number": "number", "since": "since", "points": "points" } },
            "cards_b": { "family": "cards", "id": "id", "updated_at": "updated", "customer": of("web"),
                "fields": { "number": "number", "since": "since", "points": "points" } },
        },
        "families": { "cards": { "fields": { "number": "identifier", "since": "date", "points": "integer" },
            "key": ["number"], "date": "since" } },
        "aggregates": { "rfm_by_brand": true, "returns_at": "sale_date", "fx_max_age_days": 3,
            "custom": { "card_points": { "family": "cards", "measure": "sum(points)" } } },
        "matching": { "max_block": 4, "common_name": 2, "max_shared": { "email": 2, "mobile": 2 } },
    });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}

const COLUMNS: [(&str, &[&str]); 9] = [
    ("crm", &["id", "updated", "last", "first", "mail", "mobile", "born", "street", "cp", "optin"]),
    ("web", &["id", "updated", "last", "first", "mail", "mobile", "born", "street", "cp", "optin"]),
    (
        "sales",
        &[
            "line", "updated", "client", "system", "ticket", "date", "amount", "currency", "store", "brand",
            "product", "status", "original", "quantity", "kind",
        ],
    ),
    ("consents", &["id", "client", "purpose", "channel", "status", "date", "proof"]),
    ("shops", &["code", "zone", "brand", "channel", "tel"]),
    ("articles", &["code", "category", "kind"]),
    ("fx", &["day", "code", "rate"]),
    ("clicks", &["id", "client", "at", "type", "visitor", "consent"]),
    ("cards_a", &["id", "updated", "client", "number", "since", "points"]),
];

fn columns(source: &str) -> &'static [&'static str] {
    let name = if source == "cards_b" { "cards_a" } else { source };
    COLUMNS.iter().find(|(s, _)| *s == name).unwrap().1
}

/// Few values, so that rows meet: the first is the identifier.
fn choices(column: &str) -> &'static [&'static str] {
    match column {
        "updated" => &["2026-01-01", "2026-02-01", "2026-03-01", ""],
        "last" => &["DUPONT", "DUPOND", "MARTIN", "LE GOFF"],
        "first" => &["Marie", "Jean", "Paul", ""],
        "mail" => &["", "a@free.fr", "b@orange.fr", "cd@gmail.com"],
        "mobile" => &["", "0612348711", "0612348713"],
        "born" => &["", "1970-03-12", "1985-06-30"],
        "street" => &["", "12 rue de la Paix", "3 avenue Foch"],
        "cp" => &["75002", "69006", ""],
        "optin" => &["", "oui", "non"],
        "client" => &["r0", "r1", "r2", "r3", "r9", ""],
        "system" => &["crm", "web", "crm", "web", "nowhere"],
        "ticket" => &["T1", "T2", "T3", ""],
        "original" => &["", "", "T1", "T2"],
        "date" | "since" => &[
            "2026-03-10",
            "2026-11-20",
            "2025-01-05",
            "2024-12-01",
            "2026-03-10T23:30:00Z",
            "2026-12-25",
            "",
            "x",
        ],
        "amount" => &["10,00", "250,50", "-20,00", "99,99", "1000", "", "abc"],
        "currency" => &["EUR", "EUR", "", "USD", "GBP"],
        "store" => &["A", "B", ""],
        "brand" => &["", "Maison", "Atelier"],
        "product" => &["", "p0", "p1"],
        "status" => &["", "paid", "cancelled", "granted", "denied", "withdrawn"],
        "quantity" => &["1", "2", "-1", ""],
        "kind" => &["", "", "sale", "return", "gift_card"],
        "purpose" => &["marketing", ""],
        "channel" => &["email", "sms", ""],
        "proof" => &["form", ""],
        "zone" => &["", "Europe/Paris", "America/Martinique", "Nowhere/City"],
        "tel" => &["", "06 12 34 87 11", "0612348713"],
        "category" => &["shoes", "hats", ""],
        "day" => &["2026-03-10", "2026-03-08", "2025-01-05", "2026-11-19"],
        "rate" => &["0.9", "0.8", "0", "1.2"],
        "at" => &["2026-11-01T10:00:00", "2026-11-10T10:00:00", "2026-11-20T10:00:00", "2026-10-15T10:00:00"],
        "type" => &["page", "cart", "click", "order"],
        "visitor" => &["v1", "v2", ""],
        "consent" => &["granted", "granted", "denied"],
        "number" => &["c1", "c2", "c3", ""],
        "points" => &["5", "7", ""],
        _ => &[""],
    }
}

const SOURCES: [&str; 10] =
    ["crm", "web", "sales", "consents", "shops", "articles", "fx", "clicks", "cards_a", "cards_b"];

#[derive(Debug, Clone)]
enum Event {
    Row {
        source: usize,
        id: usize,
        cells: [usize; 14],
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
    Cancel {
        nth: usize,
    },
    Rename {
        source: usize,
        id: usize,
        to: usize,
    },
    Erase {
        source: usize,
        id: usize,
    },
    Refresh {
        day: usize,
    },
    Migrate {
        which: usize,
    },
    /// A source delivers all that it has: of the kept rows those of these bits.
    Full {
        source: usize,
        rows: u16,
    },
}

const DAYS: [&str; 4] = ["2026-11-21", "2026-12-30", "2028-01-15", "2026-03-10"];

/// The identifier of a row of a source.
fn id_of(source: usize, id: usize) -> String {
    match SOURCES[source] {
        "crm" | "web" => format!("r{}", id % 4),
        "shops" => ["A", "B"][id % 2].to_owned(),
        "articles" => format!("p{}", id % 2),
        "fx" => choices("day")[id % 4].to_owned(),
        "consents" => format!("s{}", id % 3),
        _ => format!("f{id}"),
    }
}

fn event() -> impl Strategy<Value = Event> {
    let cells = || prop::array::uniform14(0..120usize);
    let row = |sources: std::ops::Range<usize>| {
        (sources, 0..12usize, cells()).prop_map(|(source, id, cells)| Event::Row { source, id, cells })
    };
    let record = || (0..2usize, 0..4usize);
    prop_oneof![
        4 => row(0..2),
        8 => row(2..3),
        4 => row(3..10),
        3 => (0..SOURCES.len(), 0..12usize).prop_map(|(source, id)| Event::Delete { source, id }),
        1 => (record(), record(), 0..4usize).prop_map(|(a, b, answer)| Event::Decide { a, b, answer }),
        1 => (0..5usize).prop_map(|nth| Event::Cancel { nth }),
        1 => (record(), 0..6usize).prop_map(|((source, id), to)| Event::Rename { source, id, to }),
        1 => record().prop_map(|(source, id)| Event::Erase { source, id }),
        1 => (0..DAYS.len()).prop_map(|day| Event::Refresh { day }),
        1 => (0..2usize).prop_map(|which| Event::Migrate { which }),
        2 => (2..SOURCES.len(), any::<u16>()).prop_map(|(source, rows)| Event::Full { source, rows }),
    ]
}

fn reference(source: usize, id: usize) -> RecordRef {
    RecordRef { source: SOURCES[source].into(), record_id: id_of(source, id) }
}

fn change(events: &[Event], repository: &Memory) -> Change {
    let mut change = Change::default();
    let mut rows: BTreeMap<usize, Vec<Vec<Option<String>>>> = BTreeMap::new();
    for e in events {
        match e {
            Event::Row { source, id, cells } => {
                let cell = |(i, name): (usize, &&str)| match i {
                    0 => Some(id_of(*source, *id)),
                    i => {
                        let from = choices(name);
                        Some(from[cells[i - 1] % from.len()].to_owned()).filter(|t| !t.is_empty())
                    }
                };
                let row = columns(SOURCES[*source]).iter().enumerate().map(cell).collect();
                rows.entry(*source).or_default().push(row);
            }
            Event::Delete { source, id } => change.deletes.push(reference(*source, *id)),
            Event::Decide { a, b, answer } => change.decisions.push(Ruling {
                a: reference(a.0, a.1),
                b: reference(b.0, b.1),
                date: Day::parse_iso("2026-01-01"),
                answer: [Answer::Same, Answer::Different, Answer::Household, Answer::Later][*answer],
                author: "test".into(),
                comment: String::new(),
            }),
            Event::Cancel { nth } => {
                change.cancelled.extend(repository.decisions().nth(*nth).map(|r| (r.a.clone(), r.b.clone())));
            }
            Event::Rename { .. } | Event::Erase { .. } => {}
            Event::Refresh { .. } | Event::Migrate { .. } | Event::Full { .. } => {}
        }
    }
    for (source, rows) in rows {
        let names = columns(SOURCES[source]);
        let column = |c: usize| Column::Plain(rows.iter().map(|r| r[c].as_deref()).collect::<TextColumn>());
        let table = names.iter().enumerate().map(|(c, name)| ((*name).to_owned(), column(c))).collect();
        change.rows.push(Input::new(SOURCES[source], Table::new(table).unwrap()));
    }
    change
}

/// What is no change of rows and decisions. Refusals are no concern of this test: nothing is kept of them.
fn act(event: &Event, repository: &mut Memory) {
    match event {
        Event::Rename { source, id, to } => {
            let renamed = vec![(reference(*source, *id), format!("r{to}"))];
            drop(repository.apply(Change { renamed, ..Change::default() }));
        }
        Event::Erase { source, id } => {
            drop(repository.erase(&Subject::Record(reference(*source, *id)), &Act::default()));
        }
        Event::Refresh { day } => {
            repository.refresh(Day::parse_iso(DAYS[*day]).unwrap(), &Act::default()).unwrap();
        }
        Event::Migrate { which } => {
            let store = repository.store().clone();
            let plan = plans().swap_remove(*which);
            let (new, _) =
                Repository::migrate(plan, store, "secret", &Act::default(), false, &Silent).unwrap();
            *repository = new;
        }
        Event::Full { source, rows } => full(SOURCES[*source], *rows, repository),
        _ => {}
    }
}

/// The kept rows of a source, as lines.
fn lines(repository: &Memory, source: &str) -> Vec<Vec<(String, String)>> {
    let source = repository.plan().source(source).unwrap() as u16;
    let mut rows = Vec::new();
    let mut keep = |f: KeptFact| rows.extend((f.source == source).then_some(f.cells));
    repository.store().each_fact(&mut |_, f| keep(f)).unwrap();
    rows.sort();
    rows
}

/// A source delivers some of its kept rows as all that it has: these stay and no others, but for statements.
fn full(source: &str, bits: u16, repository: &mut Memory) {
    let all = lines(repository, source);
    let some: Vec<_> =
        all.iter().enumerate().filter(|(i, _)| bits >> (i % 16) & 1 == 1).map(|(_, r)| r.clone()).collect();
    let cell = |r: &Vec<(String, String)>, name: &str| -> Option<String> {
        r.iter().find(|(n, _)| n == name).map(|(_, t)| t.clone())
    };
    let column = |name: &&str| {
        let texts: Vec<Option<String>> = some.iter().map(|r| cell(r, name)).collect();
        ((*name).to_owned(), Column::Plain(texts.iter().map(Option::as_deref).collect::<TextColumn>()))
    };
    let table = Table::new(columns(source).iter().map(column).collect()).unwrap();
    let rows = vec![Input::new(source, table)];
    let delivery =
        Delivery { source: source.into(), rows, full: true, confirmed: true, ..Delivery::default() };
    let done = repository.deliver(delivery).unwrap();
    assert!(!done.suspended && !done.withheld);
    let left = if source == "consents" { all } else { some };
    assert_eq!(lines(repository, source), left, "{source}");
}

/// A batch over everything that the repository keeps.
fn batch(repository: &Memory) -> Resolution {
    let plan = repository.plan();
    let mut inputs = repository.fact_rows().unwrap();
    let mut kept = Vec::new();
    repository.store().each_record(&mut |_, k| kept.push(k)).unwrap();
    for (position, source) in plan.sources.iter().enumerate() {
        let rows: Vec<_> = kept.iter().filter(|k| usize::from(k.record.source) == position).collect();
        if rows.is_empty() {
            continue;
        }
        let column = |name: &str| -> TextColumn {
            let cell = |k: &&rcu_core::repository::Kept| -> Option<String> {
                k.cells.iter().find(|(n, _)| n == name).map(|(_, t)| t.clone())
            };
            let texts: Vec<Option<String>> = rows.iter().map(cell).collect();
            texts.iter().map(|t| t.as_deref()).collect()
        };
        let names = columns(&source.name);
        let table = names.iter().map(|n| ((*n).to_owned(), Column::Plain(column(n)))).collect();
        inputs.push(Input::new(source.name.clone(), Table::new(table).unwrap()));
    }
    let mut plan = plan.clone();
    repository.decisions().for_each(|r| plan.rulings.add(r.clone()));
    resolve(&plan, &inputs, &Silent).unwrap()
}

fn text(column: &output::OutColumn, row: usize) -> Option<String> {
    match column {
        output::OutColumn::Text(c) => c.get(row).map(str::to_owned),
        output::OutColumn::Integer(v) => v[row].map(|n| n.to_string()),
        output::OutColumn::Decimal(v, scale) => v[row].map(|n| {
            let one = 10i64.pow(u32::from(*scale));
            let sign = if n < 0 { "-" } else { "" };
            format!("{sign}{}.{:0w$}", n.abs() / one, n.abs() % one, w = usize::from(*scale))
        }),
        output::OutColumn::Day(v) => v[row].map(|d| Day(d).to_string()),
        output::OutColumn::Boolean(v) => v[row].map(|b| b.to_string()),
    }
}

/// Figures, scores, consents, households and money: those that are read are those of a batch.
fn same_as_batch(repository: &Memory) -> Result<(), TestCaseError> {
    let r = batch(repository);
    let plan = repository.plan();
    let aggregates = output::table(plan, &r, "aggregates").unwrap();
    let profiles = output::table(plan, &r, "profiles").unwrap();
    let golden_id = |c: usize| {
        let first = r.clusters.members(c)[0] as usize;
        let source = plan.sources[usize::from(r.records.sources[first])].name.clone();
        let record_id = r.records.ids.get(first).unwrap().to_owned();
        repository.person_of(&RecordRef { source, record_id }).unwrap().unwrap().golden_id
    };
    for c in 0..r.clusters.len() {
        let id = golden_id(c);
        let figures = repository.figures(&id).unwrap().unwrap();
        for (name, column) in aggregates.columns.iter().filter(|(n, _)| n != "golden_id") {
            prop_assert_eq!(figures.get(name).cloned(), text(column, c), "{}", name);
        }
        let of = |row: usize| text(profiles.column("golden_id").unwrap(), row).unwrap() == r.golden_ids[c];
        let mut scores = BTreeMap::new();
        for row in (0..profiles.rows()).filter(|row| of(*row)) {
            if text(profiles.column("dimension").unwrap(), row).unwrap() == "brand" {
                let name = text(profiles.column("name").unwrap(), row).unwrap();
                scores.extend(text(profiles.column("rfm").unwrap(), row).map(|s| (name, s)));
            }
        }
        prop_assert_eq!(repository.brand_scores(&id).unwrap(), scores);
        let standing = repository.standing(&id).unwrap().unwrap();
        let head = golden_id(r.households[c] as usize);
        prop_assert_eq!(&standing.household, &household_id(&head));
        let kept: Vec<_> =
            standing.consents.iter().map(|c| (c.name(), c.state.clone(), c.statements)).collect();
        let said = r.consents.of(c as u32).iter().map(|p| {
            let s = &p.subject;
            let brand = if s.brand.is_empty() { String::new() } else { format!("/{}", s.brand) };
            (format!("{}/{}{brand}", s.purpose, s.channel), p.state.name().to_owned(), p.statements)
        });
        prop_assert_eq!(kept, said.collect::<Vec<_>>());
    }
    let money = repository.revenue().unwrap();
    let mut want = r.summary.revenue;
    want.returns_without_sale = 0;
    prop_assert_eq!(money, want);
    prop_assert!(money.reconciles());
    Ok(())
}

fn check(events: &[Event], cuts: &[usize], plan: Plan) -> Result<(), TestCaseError> {
    let mut repository = Repository::open(plan, MemoryStore::default()).unwrap().with_secret("secret");
    let mut follower = Follower::default();
    let mut rest = events;
    for cut in cuts.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (now, later) = rest.split_at((*cut).min(rest.len()));
        rest = later;
        let change = change(now, &repository);
        // Decisions that contradict each other are refused.
        drop(repository.apply(change));
        let verified = repository.verify().unwrap();
        prop_assert!(verified.is_clean(), "{:?} after {:?}", verified.findings, now);
        for event in now {
            act(event, &mut repository);
        }
        let verified = repository.verify().unwrap();
        prop_assert!(verified.is_clean(), "{:?} after {:?}", verified.findings, now);
        for e in repository.changes("bi", usize::MAX).unwrap() {
            follower.apply(&e);
            repository.acknowledge("bi", e.cursor).unwrap();
        }
        follows(&repository, &follower)?;
    }
    same_as_batch(&repository)
}

/// Who follows the feed has the figures and the consents of everybody.
fn follows(repository: &Memory, follower: &Follower) -> Result<(), TestCaseError> {
    let (mut figures, mut consents, mut households) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut ids = Vec::new();
    repository.store().each_person(&mut |_, p| ids.push(p.golden_id)).unwrap();
    for id in ids {
        let mut standing = repository.standing(&id).unwrap().unwrap();
        standing.figures.remove("recency_days");
        figures.insert(id.clone(), standing.figures);
        households.insert(id.clone(), standing.household);
        let states = standing.consents.iter().map(|c| (c.name(), c.state.clone())).collect();
        consents.insert(id, states);
    }
    prop_assert_eq!(&follower.figures, &figures);
    prop_assert_eq!(&follower.consents, &consents);
    prop_assert_eq!(&follower.households, &households);
    Ok(())
}

fn plans() -> Vec<Plan> {
    let custom = json!({ "card_points": { "family": "cards", "measure": "sum(points)" } });
    vec![
        plan(config(json!({}))),
        plan(config(json!({
            "aggregates": { "custom": custom, "rfm_thresholds": { "recency_days": [365, 180, 90, 30],
                "frequency": [2, 3, 5, 10], "monetary_minor": [5_000, 10_000, 50_000, 100_000] } },
            "consents": { "across_records": "latest" },
            "families": { "cards": { "fields": { "number": "identifier", "since": "date", "points": "integer" },
                "key": ["number"], "date": "since" },
                "transactions": { "relations": [{ "field": "store", "to": "stores", "orphans": "reject" }] } },
        }))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_changes_gives_the_figures_of_a_batch(
        events in prop::collection::vec(event(), 1..60),
        cuts in prop::collection::vec(1..8usize, 1..6),
        which in 0..2usize,
    ) {
        check(&events, &cuts, plans().swap_remove(which))?;
    }
}

/// Rows as events, every one of them once.
fn rows_only(events: Vec<Event>) -> Vec<Event> {
    let mut seen = BTreeMap::new();
    for e in events {
        if let Event::Row { source, id, .. } = e {
            seen.entry((source, id_of(source, id))).or_insert(e);
        }
    }
    seen.into_values().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_base_loaded_at_once_goes_on_like_one_that_grew(
        events in prop::collection::vec(event(), 1..50),
        more in prop::collection::vec(event(), 0..8),
        which in 0..2usize,
    ) {
        let rows = rows_only(events);
        let open = || Repository::open(plans().swap_remove(which), MemoryStore::default()).unwrap();
        let mut at_once = open();
        at_once.load(change(&rows, &at_once).rows, &Act::default(), &Silent).unwrap();
        prop_assert_eq!(at_once.verify().unwrap().findings, vec![]);
        same_as_batch(&at_once)?;
        for event in &more {
            let change = change(std::slice::from_ref(event), &at_once);
            drop(at_once.apply(change));
            prop_assert_eq!(at_once.verify().unwrap().findings, vec![]);
        }
        same_as_batch(&at_once)?;
        let mut one_by_one = open();
        for event in &rows {
            let change = change(std::slice::from_ref(event), &one_by_one);
            one_by_one.apply(change).unwrap();
        }
        let mut again = open();
        again.load(change(&rows, &again).rows, &Act::default(), &Silent).unwrap();
        prop_assert_eq!(facts_told(&again), facts_told(&one_by_one));
    }
}

/// What is kept of rows whose identifier tells them apart: of two others that are dated alike the later delivery stays.
fn facts_told(repository: &Memory) -> Vec<String> {
    let mut all = Vec::new();
    let keyed = |source: u16| repository.plan().sources[usize::from(source)].name.starts_with("cards");
    let each = &mut |_, f: KeptFact| all.extend((!keyed(f.source)).then(|| format!("{f:?}")));
    repository.store().each_fact(each).unwrap();
    all.sort();
    all
}

fn open() -> Memory {
    Repository::open(plans().swap_remove(0), MemoryStore::default()).unwrap()
}

fn apply(repository: &mut Memory, rows: &[(&str, &str)]) -> Applied {
    let rows = rows.iter().map(|(source, text)| Input::new(*source, table(text))).collect();
    let applied = repository.apply(Change { rows, ..Change::default() }).unwrap();
    assert_eq!(repository.verify().unwrap().findings, []);
    applied
}

fn delete(repository: &mut Memory, source: &str, id: &str) {
    let gone = RecordRef { source: source.into(), record_id: id.into() };
    repository.apply(Change { deletes: vec![gone], ..Change::default() }).unwrap();
    assert_eq!(repository.verify().unwrap().findings, []);
}

fn golden_id(repository: &Memory, source: &str, id: &str) -> String {
    let r = RecordRef { source: source.into(), record_id: id.into() };
    repository.person_of(&r).unwrap().unwrap().golden_id
}

fn figure(repository: &Memory, source: &str, id: &str, name: &str) -> Option<String> {
    repository.figures(&golden_id(repository, source, id)).unwrap().unwrap().remove(name)
}

const PERSON: &str = "id|updated|last|first|mail|mobile|born|street|cp|optin\n";
const SALE: &str = "line|updated|client|system|ticket|date|amount|currency|store|brand|product|status|original|quantity|kind\n";

#[test]
fn an_orphan_sale_finds_its_customer_when_the_record_comes() {
    let mut r = open();
    let applied = apply(&mut r, &[("sales", &format!("{SALE}1||r1|crm|T1|2026-03-10|10,00|||||||1|"))]);
    assert_eq!((applied.facts, applied.records), ((1, 0, 0), (0, 0, 0)));
    assert_eq!(r.revenue().unwrap().orphans_minor, 1000);
    apply(&mut r, &[("crm", &format!("{PERSON}r1|2026-01-01|DUPONT|Marie|a@free.fr||||75002|"))]);
    assert_eq!((r.revenue().unwrap().orphans_minor, r.revenue().unwrap().attributed_minor), (0, 1000));
    assert_eq!(figure(&r, "crm", "r1", "net_revenue").unwrap(), "10.00");
    delete(&mut r, "crm", "r1");
    assert_eq!((r.revenue().unwrap().orphans_minor, r.revenue().unwrap().orphan_lines), (1000, 1));
}

#[test]
fn a_rate_that_comes_later_makes_its_sales_count() {
    let mut r = open();
    let people = format!("{PERSON}r1|2026-01-01|DUPONT|Marie|a@free.fr||||75002|");
    let sale = format!("{SALE}1||r1|crm|T1|2026-03-10|10,00|USD||||||1|");
    let applied = apply(&mut r, &[("crm", &people), ("sales", &sale)]);
    assert_eq!(applied.rejects.iter().map(|x| x.code).collect::<Vec<_>>(), ["fx_missing"]);
    assert_eq!(
        (figure(&r, "crm", "r1", "net_revenue").unwrap(), r.revenue().unwrap().fx_missing),
        ("0.00".into(), 1)
    );
    let applied = apply(&mut r, &[("fx", "day|code|rate\n2026-03-08|USD|0.9")]);
    assert_eq!(figure(&r, "crm", "r1", "net_revenue").unwrap(), "9.00");
    let event = &applied.events[0];
    assert_eq!((event.golden_id.clone(), applied.events.len()), (golden_id(&r, "crm", "r1"), 1));
    assert_eq!(event.figures["net_revenue"], Some("9.00".to_owned()));
    assert!(!event.figures.contains_key("recency_days") && event.values.is_empty());
    // A nearer rate replaces it; without any, the sale waits again.
    apply(&mut r, &[("fx", "day|code|rate\n2026-03-10|USD|0.8")]);
    assert_eq!(figure(&r, "crm", "r1", "net_revenue").unwrap(), "8.00");
    delete(&mut r, "fx", "2026-03-10");
    delete(&mut r, "fx", "2026-03-08");
    assert_eq!(figure(&r, "crm", "r1", "net_revenue").unwrap(), "0.00");
}

#[test]
fn a_sale_is_kept_once_and_moves_to_the_customer_it_names_now() {
    let mut r = open();
    let people = format!(
        "{PERSON}r1|2026-01-01|DUPONT|Marie|a@free.fr||||75002|\nr2|2026-01-01|MARTIN|Paul|b@orange.fr||||69006|"
    );
    let sale = |updated: &str, client: &str, amount: &str| {
        format!("{SALE}1|{updated}|{client}|crm|T1|2026-03-10|{amount}|||||||1|")
    };
    apply(&mut r, &[("crm", &people), ("sales", &sale("2026-03-10", "r1", "10,00"))]);
    let again = apply(&mut r, &[("sales", &sale("2026-03-10", "r1", "10,00"))]);
    assert_eq!(again.rejects[0].code, "duplicate_delivery");
    assert!(again.events.is_empty());
    let moved = apply(&mut r, &[("sales", &sale("2026-03-12", "r2", "12,00"))]);
    assert_eq!((moved.facts, moved.events.len()), ((0, 1, 0), 2));
    let revenue = |r: &Memory, id: &str| figure(r, "crm", id, "net_revenue").unwrap();
    assert_eq!((revenue(&r, "r1"), revenue(&r, "r2")), ("0.00".into(), "12.00".into()));
    // An older version that comes late changes nothing.
    let late = apply(&mut r, &[("sales", &sale("2026-03-11", "r1", "99,00"))]);
    assert_eq!((late.rejects[0].code, late.events.len()), ("duplicate_id", 0));
    delete(&mut r, "sales", "1");
    assert_eq!((revenue(&r, "r2"), r.revenue().unwrap().revenue_in_minor), ("0.00".into(), 0));
}

#[test]
fn a_row_that_cannot_be_read_is_reported_and_not_kept() {
    let mut r = open();
    let rows = format!(
        "{SALE}1||r1|crm|T1|2026-03-10|abc|||||||1|\n2||r1|crm|T1||10,00|||||||1|\n|||||||||||||||\n3||r1|crm|T1|2026-03-10|10,00|||||||1|"
    );
    let applied = apply(&mut r, &[("sales", &rows)]);
    let codes: Vec<_> = applied.rejects.iter().map(|x| (x.line, x.code)).collect();
    assert_eq!(codes, [(1, "bad_amount"), (2, "missing_date"), (3, "missing_id")]);
    assert_eq!(applied.facts, (1, 0, 0));
}

#[test]
fn a_merge_never_widens_a_consent_and_an_unmerge_gives_it_back() {
    let mut r = open();
    let said = |id: &str, client: &str, status: &str| {
        format!(
            "id|client|purpose|channel|status|date|proof\n{id}|{client}|marketing|email|{status}|2026-03-01|form"
        )
    };
    let people = format!(
        "{PERSON}r1|2026-01-01|DUPONT|Marie|a@free.fr||||75002|\nr2|2026-01-01|DUPONT|Marie|b@orange.fr||||69006|"
    );
    apply(&mut r, &[("crm", &people), ("consents", &said("s1", "r1", "granted"))]);
    apply(&mut r, &[("consents", &said("s2", "r2", "denied"))]);
    let state = |r: &Memory, id: &str| {
        let standing = r.standing(&golden_id(r, "crm", id)).unwrap().unwrap();
        standing.consents.iter().find(|c| c.name() == "marketing/email").unwrap().state.clone()
    };
    assert_eq!((state(&r, "r1"), state(&r, "r2")), ("granted".into(), "denied".into()));
    let record = |id: &str| RecordRef { source: "crm".into(), record_id: id.into() };
    let same = Ruling {
        a: record("r1"),
        b: record("r2"),
        date: None,
        answer: Answer::Same,
        author: "test".into(),
        comment: String::new(),
    };
    r.apply(Change { decisions: vec![same], ..Change::default() }).unwrap();
    assert_eq!((state(&r, "r1"), state(&r, "r2")), ("denied".into(), "denied".into()));
    r.apply(Change { cancelled: vec![(record("r1"), record("r2"))], ..Change::default() }).unwrap();
    assert_eq!((state(&r, "r1"), state(&r, "r2")), ("granted".into(), "denied".into()));
    assert_eq!(r.verify().unwrap().findings, []);
}

#[test]
fn another_day_moves_periods_and_lets_facts_count_that_were_to_come() {
    let mut r = open();
    let people = format!("{PERSON}r1|2026-01-01|DUPONT|Marie|a@free.fr||||75002|");
    let sales = format!(
        "{SALE}1||r1|crm|T1|2025-12-01|10,00|||||||1|\n2||r1|crm|T2|2026-12-24|7,00|||||||1|\n3||r9|crm|T3|2026-12-24|5,00|||||||1|"
    );
    let applied = apply(&mut r, &[("crm", &people), ("sales", &sales)]);
    assert_eq!((applied.rejects[0].code, applied.facts), ("future_date", (3, 0, 0)));
    assert_eq!(figure(&r, "crm", "r1", "net_revenue").unwrap(), "10.00");
    let moved = r.refresh(Day::parse_iso("2026-12-25").unwrap(), &Act::default()).unwrap();
    assert_eq!(r.verify().unwrap().findings, []);
    assert_eq!(
        (figure(&r, "crm", "r1", "net_revenue").unwrap(), r.revenue().unwrap().orphans_minor),
        ("7.00".into(), 500)
    );
    assert_eq!(moved.events[0].figures["net_revenue"], Some("7.00".to_owned()));
    // Opened with the plan of another day, the repository stays on its own until it is brought there.
    let again = Repository::open(plans().swap_remove(0), r.store().clone()).unwrap();
    assert_eq!((again.day().to_string(), again.due()), ("2026-12-25".into(), Some(crate::common::today())));
    assert_eq!(again.verify().unwrap().findings, []);
}

#[test]
fn a_shop_takes_its_own_number_from_customers_who_gave_it() {
    let mut r = open();
    let people = format!(
        "{PERSON}r1|2026-01-01|DUPONT|Marie||06 12 34 87 11|||75002|\nr2|2026-01-01|DUPONT|Marie||0612348711|||69006|"
    );
    apply(&mut r, &[("crm", &people)]);
    assert_eq!(golden_id(&r, "crm", "r1"), golden_id(&r, "crm", "r2"));
    apply(&mut r, &[("shops", "code|zone|brand|channel|tel\nA||||0612348711")]);
    assert_ne!(golden_id(&r, "crm", "r1"), golden_id(&r, "crm", "r2"));
    delete(&mut r, "shops", "A");
    assert_eq!(golden_id(&r, "crm", "r1"), golden_id(&r, "crm", "r2"));
}

#[test]
fn a_record_keeps_its_sales_under_another_identifier() {
    let mut r = open();
    let people = format!("{PERSON}r1|2026-01-01|DUPONT|Marie|a@free.fr||||75002|");
    apply(&mut r, &[("crm", &people), ("sales", &format!("{SALE}1||r1|crm|T1|2026-03-10|10,00|||||||1|"))]);
    let old = RecordRef { source: "crm".into(), record_id: "r1".into() };
    let renamed = r.apply(Change { renamed: vec![(old, "r7".into())], ..Change::default() }).unwrap();
    assert_eq!(r.verify().unwrap().findings, []);
    assert_eq!(figure(&r, "crm", "r7", "net_revenue").unwrap(), "10.00");
    assert!(renamed.events.iter().all(|e| e.figures.is_empty()), "{:?}", renamed.events);
}

#[test]
fn an_erased_person_leaves_sales_without_a_customer_and_nothing_else() {
    let mut r = open().with_secret("secret");
    let people = format!("{PERSON}r1|2026-01-01|DUPONT|Marie|a@free.fr||||75002|");
    let sale = format!("{SALE}1||r1|crm|T1|2026-03-10|10,00|||||||1|");
    let said = "id|client|purpose|channel|status|date|proof\ns1|r1|marketing|email|granted|2026-03-01|form";
    apply(&mut r, &[("crm", &people), ("sales", &sale), ("consents", said)]);
    let who = Subject::Record(RecordRef { source: "crm".into(), record_id: "r1".into() });
    let erased = r.erase(&who, &Act::default()).unwrap();
    assert_eq!((erased.places["facts"], r.verify().unwrap().findings), (2, vec![]));
    let money = r.revenue().unwrap();
    assert_eq!((money.revenue_in_minor, money.anonymous_minor), (1000, 1000));
    // The old files again change nothing and are reported.
    let again = apply(&mut r, &[("crm", &people), ("sales", &sale), ("consents", said)]);
    assert_eq!((again.records, again.facts, again.events.len()), ((0, 0, 0), (0, 0, 0), 0));
    let codes: Vec<_> = again.rejects.iter().map(|x| (x.source.as_str(), x.code)).collect();
    let erased = "erased_subject";
    assert_eq!(
        codes,
        [("consents", erased), ("crm", erased), ("sales", erased), ("sales", "duplicate_delivery")]
    );
}

#[test]
fn a_household_by_decision_ends_with_the_record_that_it_was_about() {
    let mut r = open();
    let people = format!(
        "{PERSON}r1|2026-01-01|DUPONT|Marie|a@free.fr||||75002|\nr3|2026-01-01|MARTIN|Paul|b@orange.fr||||69006|"
    );
    apply(&mut r, &[("crm", &people)]);
    let record = |id: &str| RecordRef { source: "crm".into(), record_id: id.into() };
    let household = Ruling {
        a: record("r1"),
        b: record("r3"),
        date: None,
        answer: Answer::Household,
        author: "test".into(),
        comment: String::new(),
    };
    r.apply(Change { decisions: vec![household], ..Change::default() }).unwrap();
    let of = |r: &Memory, id: &str| r.standing(&golden_id(r, "crm", id)).unwrap().unwrap().household;
    assert_eq!(of(&r, "r1"), of(&r, "r3"));
    let shared = of(&r, "r1");
    delete(&mut r, "crm", "r1");
    assert_ne!(of(&r, "r3"), shared);
    // The decision waits for the record.
    apply(&mut r, &[("crm", &people)]);
    assert_eq!(of(&r, "r1"), of(&r, "r3"));
}
