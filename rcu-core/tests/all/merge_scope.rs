//! How far identity reaches: over the group, or within each brand (`domain.md` §3.7).

use crate::common::{plan, run, simple_plan, table};
use proptest::prelude::*;
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::matching::ruling::Rulings;
use rcu_core::output::{self, OutColumn, OutTable};
use rcu_core::progress::Silent;
use rcu_core::resolve::resolve;
use serde_json::json;

const COLUMNS: &[&str] = &[
    "brand",
    "civility",
    "last_name",
    "first_name",
    "email",
    "mobile",
    "birth_date",
    "street",
    "postcode",
    "city",
    "consent_email",
];

fn brands(scope: &str) -> Plan {
    simple_plan(COLUMNS, json!({ "matching": { "merge_scope": scope } }))
}

fn input(rows: &[String]) -> Input {
    Input::new("s", table(&format!("id|updated|{}\n{}", COLUMNS.join("|"), rows.join("\n"))))
}

fn record() -> impl Strategy<Value = Vec<&'static str>> {
    let pick = |v: &'static [&'static str]| proptest::sample::select(v);
    (
        pick(&["", "A", "B"]),
        pick(&["", "M", "MME"]),
        pick(&["", "DUPONT", "DUPOND", "MARTIN"]),
        pick(&["", "MARIE", "PAUL", "JEAN", "J"]),
        pick(&["", "a@free.fr", "b@free.fr", "c@gmail.com"]),
        pick(&["", "06 30 12 45 78", "07 68 22 10 45"]),
        pick(&["", "1985-03-12", "1985-12-03", "1950-02-01"]),
        pick(&["", "12 rue des Lilas", "rue des Lilas"]),
        pick(&["", "69100"]),
        pick(&["", "O", "N"]),
    )
        .prop_map(|(a, b, c, d, e, f, g, h, i, k)| vec![a, b, c, d, e, f, g, h, i, "Villeurbanne", k])
}

/// Rows of a table as text, those about the records of `ids`.
fn lines(t: &OutTable, keep: impl Fn(&str) -> bool) -> Vec<String> {
    let cell = |c: &OutColumn, r: usize| match c {
        OutColumn::Text(c) => c.get(r).unwrap_or("").to_owned(),
        OutColumn::Integer(v) | OutColumn::Decimal(v, _) => format!("{:?}", v[r]),
        OutColumn::Day(v) => format!("{:?}", v[r]),
        OutColumn::Boolean(v) => format!("{:?}", v[r]),
    };
    (0..t.rows())
        .map(|r| t.columns.iter().map(|(n, c)| format!("{n}={}", cell(c, r))).collect::<Vec<_>>())
        .filter(|row| {
            row.iter().filter(|c| c.starts_with("record_id") || c.starts_with("golden_id")).all(|c| keep(c))
        })
        .map(|row| row.join("|"))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn a_brand_among_others_is_resolved_as_it_is_alone(
        records in proptest::collection::vec(record(), 1..40),
        order in any::<u64>(),
    ) {
        let plan = brands("brand");
        let of = |i: usize, r: &[&str]| format!("{}{i:03}|202{}-01-11|{}", r[0], i % 6, r.join("|"));
        let rows: Vec<String> = records.iter().enumerate().map(|(i, r)| of(i, r)).collect();
        let whole = run(&plan, &[input(&rows)]);
        prop_assert!(whole.summary.reconciles());
        for brand in ["", "A", "B"] {
            let own: Vec<String> =
                records.iter().enumerate().filter(|(_, r)| r[0] == brand).map(|(i, r)| of(i, r)).collect();
            if own.is_empty() {
                continue;
            }
            let alone = run(&plan, &[input(&own)]);
            let people: Vec<String> = alone.golden_ids.clone();
            let starts = |id: &str| match brand {
                "" => id.starts_with(|c: char| c.is_ascii_digit()),
                other => id.starts_with(other),
            };
            let keep = |cell: &str| match cell.split_once('=') {
                Some((name, id)) if name.starts_with("golden_id") => people.iter().any(|p| p == id),
                Some((_, id)) => starts(id),
                None => true,
            };
            for name in ["golden", "crosswalk", "links", "review", "provenance", "brands"] {
                let of = |r| output::table(&plan, r, name).unwrap();
                prop_assert_eq!(lines(&of(&whole), keep), lines(&of(&alone), |_| true), "{} of {}", name, brand);
            }
        }

        let mut turned = rows.clone();
        turned.sort_by_key(|r| r.bytes().fold(order, |h, b| (h ^ u64::from(b)).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        let three = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        let again = three.install(|| output::tables(&plan, &run(&plan, &[input(&turned)])));
        prop_assert_eq!(again, output::tables(&plan, &whole));
    }
}

const PERSON: &str =
    "|MME|DUPONT|MARIE|m.dupont@free.fr|06 30 12 45 78|1985-03-12|12 rue des Lilas|69100|Villeurbanne|";

fn of_two_brands() -> Vec<String> {
    vec![
        format!("1|2026-01-01|Roy{PERSON}O"),
        format!("2|2026-01-02|Petit{PERSON}N"),
        format!("3|2026-01-03|Roy{PERSON}O"),
    ]
}

#[test]
fn in_the_group_identity_is_one_and_consents_stay_the_brands() {
    let plan = brands("group");
    let r = run(&plan, &[input(&of_two_brands())]);
    assert_eq!(r.clusters.len(), 1);
    let t = output::table(&plan, &r, "brands").unwrap();
    let rows = lines(&t, |_| true);
    let id = &r.golden_ids[0];
    let row = |brand: &str, n: u32, consent: &str| {
        format!(
            "golden_id={id}|brand={brand}|company=|records=Some({n})|consent_email={consent}|consent_sms=|loyalty_cards="
        )
    };
    assert_eq!(rows, [row("Petit", 1, "denied"), row("Roy", 2, "granted")]);
}

#[test]
fn within_brands_the_same_person_is_one_in_each() {
    let plan = brands("brand");
    let r = run(&plan, &[input(&of_two_brands())]);
    assert_eq!((r.clusters.len(), r.summary.households, r.summary.review_pairs), (2, 2, 0));
    assert_eq!(r.clusters.of, [0, 1, 0]);
    let explained =
        rcu_core::explain::explain(&plan, &r, ("s", "1"), ("s", "2"), Default::default()).unwrap();
    let text = serde_json::to_string(&explained).unwrap();
    assert!(text.contains("\"scope\""), "{text}");
}

#[test]
fn a_source_declares_its_brand_and_a_column_may_say_otherwise() {
    let fields = json!({ "last_name": "last_name", "email": "email" });
    let config = json!({
        "matching": { "merge_scope": "company" },
        "sources": {
            "a": { "id": "id", "company": "Nord", "fields": fields },
            "b": { "id": "id", "company": "Nord", "fields": { "last_name": "last_name", "email": "email", "company": "company" } },
            "c": { "id": "id", "fields": fields },
        },
    });
    let plan = plan(config);
    let one = "id|last_name|email|company\n";
    let r = run(
        &plan,
        &[
            Input::new("a", table(&format!("{one}1|DUPONT|m@free.fr|"))),
            Input::new("b", table(&format!("{one}2|DUPONT|m@free.fr|\n3|DUPONT|m@free.fr|Sud"))),
            Input::new("c", table(&format!("{one}4|DUPONT|m@free.fr|"))),
        ],
    );
    assert_eq!(r.clusters.of, [0, 0, 1, 2]);
}

#[test]
fn a_steward_cannot_join_what_the_scope_keeps_apart() {
    let mut plan = brands("brand");
    let text = "source_a|record_id_a|source_b|record_id_b|decision\ns|1|s|2|same\n";
    plan.rulings = Rulings::read(&table(text)).unwrap();
    let e = resolve(&plan, &[input(&of_two_brands())], &Silent).unwrap_err();
    assert!(e.to_string().contains("merge_scope") && e.to_string().contains("s:1 and s:2"), "{e}");
}

#[test]
fn a_value_shared_in_several_brands_is_listed_the_same_in_any_order_of_rows() {
    let plan = brands("brand");
    // Four people of each brand give one address, those of the second twice.
    let row = |i: usize| {
        let (brand, name) = (["Roy", "Petit", "Petit"][i / 4], ["MARIE", "PAUL", "JEAN", "ZOE"][i % 4]);
        format!("{i:02}|2026-01-01|{brand}||DUPONT|{name}|a@free.fr||||||")
    };
    let rows: Vec<String> = (0..12).map(row).collect();
    let turned: Vec<String> = rows.iter().rev().cloned().collect();
    let [shared, again] = [&rows, &turned]
        .map(|rows| lines(&output::table(&plan, &run(&plan, &[input(rows)]), "shared").unwrap(), |_| true));
    assert_eq!(shared.len(), 2);
    assert_ne!(shared[0], shared[1]);
    assert_eq!(shared, again);
}
