//! Companies and contacts (`domain.md` §3.5, §3.7, the company rows of §3.8): two levels, each matched within itself.
#![allow(clippy::unwrap_used)] // a test may stop at what it did not expect

mod common;

use common::{plan, run, table};
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::output::{self, OutColumn, OutTable};
use rcu_core::resolve::Resolution;
use serde_json::{Value, json};

const ACCOUNT: &[&str] =
    &["company_name", "siret", "siren", "vat", "email", "phone", "street", "postcode", "city"];
const CONTACT: &[&str] = &[
    "last_name", "first_name", "email", "phone", "birth_date", "company_name", "siret", "street", "postcode", "city",
    "role", "role_since", "role_until",
];

// Real shapes: the last figure of each is its check digit.
const SIRET_X: &str = "44306184100013";
const SIRET_Y: &str = "44306184100021";
const SIREN: &str = "443061841";
const OTHER_SIRET: &str = "55210055400013";

fn fields(columns: &[&str]) -> Value {
    columns.iter().map(|c| ((*c).to_owned(), json!(c))).collect::<serde_json::Map<_, _>>().into()
}

/// Accounts `erp`, and contacts `crm` that may name an account of it.
fn b2b(more: Value) -> Plan {
    let mut config = json!({ "sources": {
        "erp": { "family": "companies", "id": "id", "fields": fields(ACCOUNT) },
        "crm": { "id": "id", "fields": fields(CONTACT), "account": { "id": "account", "source": "erp" } },
    } });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    plan(config)
}

/// Rows as `id; field=value; …`.
fn rows(columns: &[&str], rows: &[&str]) -> String {
    let mut text = format!("id|account|{}\n", columns.join("|"));
    for row in rows {
        let (id, cells) = row.split_once(';').unwrap_or((row, ""));
        let cell = |c: &str| {
            let found = cells.split(';').map(str::trim).find_map(|p| p.strip_prefix(&format!("{c}=")));
            found.unwrap_or("").to_owned()
        };
        let cells: Vec<String> = columns.iter().map(|c| cell(c)).collect();
        text.push_str(&format!("{id}|{}|{}\n", cell("account"), cells.join("|")));
    }
    text
}

fn resolve(plan: &Plan, accounts: &[&str], contacts: &[&str]) -> Resolution {
    let erp = Input::new("erp", table(&rows(ACCOUNT, accounts)));
    let crm = Input::new("crm", table(&rows(CONTACT, contacts)));
    run(plan, &[erp, crm])
}

fn cell(t: &OutTable, column: &str, row: usize) -> String {
    match t.column(column).unwrap_or_else(|| panic!("no column {column}")) {
        OutColumn::Text(c) => c.get(row).unwrap_or("").to_owned(),
        OutColumn::Integer(v) => v[row].map_or(String::new(), |n| n.to_string()),
        OutColumn::Day(v) => v[row].map_or(String::new(), |d| rcu_core::time::Day(d).to_string()),
        other => panic!("{other:?}"),
    }
}

fn all(t: &OutTable, columns: &[&str]) -> Vec<Vec<String>> {
    (0..t.rows()).map(|r| columns.iter().map(|c| cell(t, c, r)).collect()).collect()
}

fn get(plan: &Plan, r: &Resolution, name: &str) -> OutTable {
    output::table(plan, r, name).unwrap()
}

/// Company and legal unit of a record.
fn company_of(plan: &Plan, r: &Resolution, id: &str) -> (String, String) {
    let t = get(plan, r, "company_crosswalk");
    let row = (0..t.rows()).find(|i| cell(&t, "record_id", *i) == id).unwrap_or_else(|| panic!("no {id}"));
    (cell(&t, "company_id", row), cell(&t, "group_id", row))
}

/// How two accounts end: `company` one establishment, `group` two of one legal unit, `review`, `apart`.
fn ends(a: &str, b: &str, more: &[&str]) -> &'static str {
    let plan = b2b(json!({}));
    let accounts: Vec<String> = [format!("a; {a}"), format!("b; {b}")]
        .into_iter()
        .chain(more.iter().map(|m| (*m).to_owned()))
        .collect();
    let accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
    let r = resolve(&plan, &accounts, &[]);
    let (x, y) = (company_of(&plan, &r, "a"), company_of(&plan, &r, "b"));
    let review = get(&plan, &r, "company_review");
    let waits = (0..review.rows())
        .any(|i| (cell(&review, "record_id_a", i), cell(&review, "record_id_b", i)) == ("a".into(), "b".into()));
    match () {
        _ if x.0 == y.0 => "company",
        _ if waits => "review",
        _ if x.1 == y.1 => "group",
        _ => "apart",
    }
}

#[test]
fn companies_end_as_the_specification_says() {
    let name = "company_name=SARL Garage Roy";
    let place = "street=12 rue des Lilas; postcode=69100; city=Villeurbanne";
    let x = format!("siret={SIRET_X}");
    let y = format!("siret={SIRET_Y}");
    let s = format!("siren={SIREN}");
    let vat = "vat=FR64443061841";
    let cases: Vec<(&str, String, String, &[&str], &str)> = vec![
        ("C1: one SIRET under two names", format!("{name}; {x}"), format!("company_name=Roy Auto; {x}"), &[], "company"),
        ("one SIREN, two SIRET", format!("{name}; {x}; {place}"), format!("{name}; {y}; {place}"), &[], "group"),
        ("C2: SIREN and postcode", format!("{name}; {s}; postcode=69100"), format!("company_name=X; {x}; postcode=69100"), &[], "company"),
        (
            "C2: several establishments in the postcode",
            format!("{name}; {s}; postcode=69100"),
            format!("{name}; {x}; postcode=69100"),
            &["c; siret=44306184100021; postcode=69100"],
            "review",
        ),
        ("SIREN in another postcode", format!("{name}; {s}; postcode=69100"), format!("{name}; {x}; postcode=75008"), &[], "group"),
        (
            "C3: name without its legal form, at one way",
            format!("{name}; {place}"),
            "company_name=ETS GARAGE ROY FRANCE; street=14 r. des Lilas; postcode=69100; city=Villeurbanne".into(),
            &[],
            "company",
        ),
        ("C3: another SIREN", format!("{name}; {place}; {x}"), format!("{name}; {place}; siret={OTHER_SIRET}"), &[], "apart"),
        ("a name in one postcode", format!("{name}; {place}"), format!("{name}; street=3 place Bellecour; postcode=69100; city=Villeurbanne"), &[], "review"),
        ("a name alone", name.into(), name.into(), &[], "apart"),
        ("C4: one VAT number", format!("{name}; {vat}"), format!("company_name=Roy Auto; {vat}; {place}"), &[], "company"),
        ("C4: at two postcodes", format!("{name}; {vat}; postcode=75008"), format!("{name}; {vat}; {place}"), &[], "review"),
        ("a domain is a hint", format!("{name}; email=a@garage-roy.fr; postcode=75008"), format!("{name}; email=b@garage-roy.fr; {place}"), &[], "review"),
        ("a public provider is none", format!("{name}; email=a@orange.fr; postcode=75008"), format!("{name}; email=b@orange.fr; {place}"), &[], "apart"),
    ];
    let mut wrong = Vec::new();
    for (what, a, b, more, want) in &cases {
        for (a, b) in [(a, b), (b, a)] {
            let got = ends(a, b, more);
            if got != *want {
                wrong.push(format!("{what}: want {want}, got {got}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
