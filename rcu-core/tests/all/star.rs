//! The star extract: keys join, money adds up, nobody is named.

use crate::common::{plan, table};
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::matching::ruling::RecordRef;
use rcu_core::repository::{Change, MemoryStore, Repository, StarTable};
use rcu_core::table::Table;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

fn shop() -> Plan {
    let fields = json!({ "last_name": "last", "first_name": "first", "email": "mail" });
    let customer = json!({ "id": "client", "source": "crm" });
    plan(json!({
        "sources": {
            "crm": { "id": "id", "fields": fields },
            "sales": { "family": "transactions", "id": "id", "customer": customer,
                "fields": { "date": "day", "amount": "amount", "store": "shop" } },
            "shops": { "family": "stores", "id": "id", "fields": { "name": "name", "city": "city" } },
            "visits": { "family": "interactions", "id": "id", "customer": customer,
                "fields": { "date": "day", "visitor": "visitor" } },
            "cards": { "family": "loyalty", "id": "card", "customer": customer, "fields": { "card": "card", "date": "day" } },
        },
    }))
}

fn rows() -> Vec<Input> {
    let input = |source: &str, text: &str| Input::new(source, table(text));
    vec![
        input(
            "crm",
            "id | last | first | mail
             c1 | DUPONT | Marie | marie.dupont@free.fr
             c2 | DUPONT | Marie | marie.dupont@free.fr
             c3 | MARTIN | Paul | paul.martin@orange.fr",
        ),
        input(
            "sales",
            "id | client | day | amount | shop
             s1 | c1 | 2026-01-10 | 90,00 | A
             s2 | c2 | 2026-02-10 | 10,50 | A
             s3 | c3 | 2026-03-10 | 7,00 | A
             s4 | c9 | 2026-03-10 | 3,00 | A
             s5 |  | 2026-03-11 | 2,00 | A",
        ),
        input("shops", "id | name | city\nA | La Halle | Lyon"),
        input("visits", "id | client | day | visitor\nv1 | c1 | 2026-05-01 | cookie77"),
        input("cards", "card | client | day\n2900286872131 | c1 | 2026-01-02"),
    ]
}

fn star(repository: &Repository<MemoryStore>) -> BTreeMap<String, Table> {
    repository.star("bi").unwrap().into_iter().map(|StarTable { name, table }| (name, table)).collect()
}

fn texts<'t>(table: &'t Table, column: &str) -> Vec<Option<&'t str>> {
    let column = table.column(column).unwrap();
    (0..table.rows()).map(|row| column.get(row)).collect()
}

#[test]
fn facts_join_their_customers_and_money_adds_up() {
    let mut repository = Repository::open(shop(), MemoryStore::default()).unwrap();
    repository.apply(Change { rows: rows(), ..Change::default() }).unwrap();
    let all = star(&repository);
    let customers: BTreeSet<String> =
        repository.export("bi").unwrap().rows.into_iter().map(|r| r.golden_id).collect();
    assert_eq!(customers.len(), 2);
    let sales = &all["transactions"];
    assert_eq!(
        texts(sales, "id"),
        [Some("s1"), Some("s2"), Some("s3"), Some("s4"), Some("s5")],
        "in the order of identifiers"
    );
    let people = texts(sales, "golden_id");
    assert_eq!(people[0], people[1], "two records of one person");
    assert!(people[..3].iter().all(|p| customers.contains(p.unwrap())));
    assert_eq!(people[3..], [None, None]);
    assert_eq!(texts(sales, "counts")[2..], [Some("customer"), Some("orphan"), Some("anonymous")]);
    let net: i64 = texts(sales, "net_minor").iter().map(|n| n.unwrap().parse::<i64>().unwrap()).sum();
    assert_eq!(net, repository.revenue().unwrap().revenue_in_minor);
    assert_eq!(texts(sales, "date")[0], Some("2026-01-10"));
    let shops = &all["stores"];
    assert_eq!((texts(shops, "id"), texts(shops, "city")), (vec![Some("A")], vec![Some("LYON")]));
    assert!(shops.column("golden_id").is_none());
    assert!(repository.star("till").unwrap().is_empty(), "who is no statistician takes no facts");

    // The same whatever the order of the rows.
    let mut other = Repository::open(shop(), MemoryStore::default()).unwrap();
    let mut pieces = Vec::new();
    for input in rows().into_iter().rev() {
        for row in (0..input.table.rows()).rev() {
            let cells = input.table.names().iter().zip(input.table.columns()).map(|(name, c)| {
                (name.clone(), rcu_core::table::Column::Plain([c.get(row)].into_iter().collect()))
            });
            pieces.push(Input::new(input.source.clone(), Table::new(cells.collect()).unwrap()));
        }
    }
    other.apply(Change { rows: pieces, ..Change::default() }).unwrap();
    assert!(star(&other) == all);
}

#[test]
fn nobody_is_named_and_former_ids_lead_on() {
    let mut repository = Repository::open(shop(), MemoryStore::default()).unwrap();
    repository.apply(Change { rows: rows(), ..Change::default() }).unwrap();
    let all = star(&repository);
    assert_eq!(all["interactions"].names(), ["source", "id", "golden_id", "date"]);
    assert!(all["loyalty"].column("card").is_none());
    assert_eq!(texts(&all["loyalty"], "id"), [None], "the identifier is the card's number");
    let written = format!("{all:?}");
    for value in ["DUPONT", "marie", "cookie77", "2900286872131"] {
        assert!(!written.contains(value), "{value}");
    }
    // Apart for a while: the other id was given, and leads back once they are one again.
    let r = |id: &str| RecordRef { source: "crm".into(), record_id: id.into() };
    let ruling = rcu_core::matching::ruling::Ruling {
        a: r("c1"),
        b: r("c2"),
        date: None,
        answer: rcu_core::matching::ruling::Answer::Different,
        author: "odile".into(),
        comment: String::new(),
    };
    repository.apply(Change { decisions: vec![ruling], ..Change::default() }).unwrap();
    let apart = texts(&star(&repository)["transactions"], "golden_id")[1].unwrap().to_owned();
    repository.apply(Change { cancelled: vec![(r("c1"), r("c2"))], ..Change::default() }).unwrap();
    let all = star(&repository);
    let former = texts(&all["aliases"], "former_id").iter().position(|f| *f == Some(apart.as_str())).unwrap();
    assert_eq!(texts(&all["aliases"], "golden_id")[former], texts(&all["transactions"], "golden_id")[1]);
}
