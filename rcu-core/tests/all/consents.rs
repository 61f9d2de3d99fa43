//! Consents by purpose, channel and brand, from rows and from customers' columns (`domain.md` §4.3, §7.2).

use crate::common::{plan, run, table};
use proptest::prelude::*;
use rcu_core::config::Plan;
use rcu_core::consent::State;
use rcu_core::ingest::Input;
use rcu_core::matching::ruling::Rulings;
use rcu_core::output::{OutColumn, OutTable};
use rcu_core::resolve::Resolution;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn config(consents: Value) -> Plan {
    let customers = json!({
        "id": "id", "updated_at": "updated",
        "fields": { "last_name": "name", "email": "email", "consent_email": "news", "form": "form" },
    });
    plan(json!({
        "fields": { "form": { "kind": "identifier" } },
        "sources": {
            "web": customers.clone(), "till": customers,
            "consents": {
                "family": "consents", "id": "id", "customer": { "id": "who", "source_column": "source" },
                "fields": {
                    "purpose": "purpose", "channel": "channel", "brand": "brand", "status": "status", "date": "date",
                    "proof": "proof", "expires": "expires", "actor": "actor",
                },
            },
        },
        "consents": consents,
    }))
}

const NONE: &str = "id|who|source|purpose|channel|brand|status|date|proof|expires|actor\n";

fn resolved(plan: &Plan, web: &str, till: &str, consents: &str) -> Resolution {
    let customers = |rows: &str| table(&format!("id|updated|name|email|news|form\n{rows}"));
    run(
        plan,
        &[
            Input::new("web", customers(web)),
            Input::new("till", customers(till)),
            Input::new("consents", table(&format!("{NONE}{consents}"))),
        ],
    )
}

/// States of all people as `person purpose/channel/brand state`.
fn states(r: &Resolution) -> Vec<String> {
    let line = |p: &rcu_core::consent::PersonConsent| {
        let s = &p.subject;
        format!("{} {}/{}/{} {}", p.cluster, s.purpose, s.channel, s.brand, p.state.name())
    };
    r.consents.people.iter().map(line).collect()
}

const MARIE: &str = "w1|2026-01-01|DUPONT|m@free.fr||\n";
const MARIE_AT_TILL: &str = "t1|2025-01-01|DUPONT|m@free.fr||\n";

#[test]
fn a_column_without_proof_is_no_grant() {
    let plan = config(json!({}));
    let r = resolved(&plan, "w1|2026-01-01|DUPONT|m@free.fr|O|\nw2|2026-01-01|MARTIN|n@free.fr|N|\n", "", "");
    assert_eq!(states(&r), ["0 marketing/email/ unproven", "1 marketing/email/ denied"]);
    assert_eq!(r.summary.consents["marketing/email"]["unproven"], 1);
}

#[test]
fn a_column_with_proof_or_of_a_source_that_vouches_is_a_grant() {
    let of = |consents: Value| {
        states(&resolved(&config(consents), "w1|2026-01-01|DUPONT|m@free.fr|O|F-7\n", "", ""))
    };
    let column = json!({ "columns": { "consent_email": { "purpose": "News", "channel": "e-mail", "proof": "form" } } });
    assert_eq!(of(column), ["0 news/email/ granted"]);
    assert_eq!(of(json!({ "proven_by": ["web"] })), ["0 marketing/email/ granted"]);
}

#[test]
fn rows_are_kept_apart_by_purpose_channel_and_brand() {
    let rows = "1|w1|web|marketing|email|a|granted|2026-01-01 10:00|form 1||web\n\
                2|w1|web|marketing|email|b|refusé|2026-01-01|||\n\
                3|w1|web|marketing|sms|a|O|2026-01-01|||\n\
                4|w1|web|survey|email|a|granted|2026-01-01|call 9|2026-06-01|\n";
    let r = resolved(&config(json!({})), MARIE, "", rows);
    assert_eq!(
        states(&r),
        [
            "0 marketing/email/a granted",
            "0 marketing/email/b denied",
            "0 marketing/sms/a unproven",
            "0 survey/email/a expired",
        ]
    );
}

#[test]
fn a_merge_never_widens_and_an_unmerge_gives_back() {
    let plan = config(json!({}));
    let rows = "1|t1|till|marketing|email||refus|2020-01-01|||\n2|w1|web|marketing|email||granted|2026-01-01|form||\n";
    let merged = resolved(&plan, MARIE, MARIE_AT_TILL, rows);
    assert_eq!(states(&merged), ["0 marketing/email/ denied"]);
    let apart = resolved(&plan, MARIE, "t1|2025-01-01|MARTIN|other@free.fr||\n", rows);
    assert_eq!(states(&apart), ["0 marketing/email/ denied", "1 marketing/email/ granted"]);
    let latest = resolved(&config(json!({ "across_records": "latest" })), MARIE, MARIE_AT_TILL, rows);
    assert_eq!(states(&latest), ["0 marketing/email/ granted"], "only where a configuration asks for it");
}

#[test]
fn a_later_yes_of_the_same_record_counts() {
    let rows = "1|w1|web|marketing|email||withdrawn|2020-01-01|||\n2|w1|web|marketing|email||granted|2026-01-01|form||\n";
    assert_eq!(states(&resolved(&config(json!({})), MARIE, "", rows)), ["0 marketing/email/ granted"]);
}

#[test]
fn every_row_is_accounted_for() {
    let rows = "1|w1|web|marketing|email||granted|2026-01-01|form||\n\
                1|w1|web|marketing|email||granted|2026-01-01|form||\n\
                2|w1|web|marketing|email||perhaps|2026-01-01|form||\n\
                3||web|marketing|email||granted|2026-01-01|form||\n\
                4|nobody|web|marketing|email||denied|2026-01-01|||\n\
                |w1|web|marketing|email||denied|2026-01-01|||\n\
                5|w1|web|marketing|sms||withdrawn|not a day|||\n";
    let r = resolved(&config(json!({})), MARIE, "", rows);
    let c = &r.summary.sources["consents"];
    assert_eq!((c.read, c.loaded, c.rejected, c.excluded), (7, 3, 3, 1));
    assert!(r.summary.reconciles());
    let mut codes: Vec<&str> = r.rejects.iter().map(|x| x.code).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["bad_status", "duplicate_delivery", "missing_customer", "missing_id"]);
    assert_eq!((r.orphans.len(), r.orphans[0].family.as_str()), (1, "consents"));
    assert_eq!(
        states(&r),
        ["0 marketing/email/ granted", "0 marketing/sms/ withdrawn"],
        "a refusal without a day counts"
    );
}

#[test]
fn only_a_grant_with_proof_may_be_used() {
    let all =
        [State::Granted, State::Unproven, State::Unknown, State::Expired, State::Denied, State::Withdrawn];
    assert_eq!(all.map(State::allows), [true, false, false, false, false, false]);
}

fn cell(t: &OutTable, column: &str, row: usize) -> String {
    match t.column(column).unwrap() {
        OutColumn::Text(c) => c.get(row).unwrap_or("").to_owned(),
        OutColumn::Integer(v) => v[row].map_or(String::new(), |n| n.to_string()),
        OutColumn::Day(v) => v[row].map_or(String::new(), |d| rcu_core::time::Day(d).to_string()),
        OutColumn::Boolean(v) => v[row].map_or(String::new(), |b| b.to_string()),
        OutColumn::Decimal(..) => unreachable!("no decimals"),
    }
}

#[test]
fn the_table_names_the_statement_that_decides_and_its_proof() {
    let plan = config(json!({}));
    let rows = "1|w1|web|marketing|email|a|granted|2026-01-01 10:00|form 1|2027-01-01|web\n\
                2|w1|web|marketing|email|a|granted|2026-03-01|form 2|2027-03-01|call\n";
    let r = resolved(&plan, MARIE, "", rows);
    let t = rcu_core::output::table(&plan, &r, "consents").unwrap();
    assert_eq!(t.rows(), 1);
    let row: Vec<String> = t.columns[1..].iter().map(|(n, _)| cell(&t, n, 0)).collect();
    assert_eq!(
        row,
        [
            "marketing",
            "email",
            "a",
            "granted",
            "true",
            "2026-03-01",
            "2027-03-01",
            "form 2",
            "consents",
            "web",
            "w1",
            "2"
        ]
    );
    assert_eq!(cell(&t, "golden_id", 0), r.golden_ids[0]);
}

/// Statements about three records that share an e-mail address: two of `web`, one of `till`.
const RECORDS: [(&str, &str); 3] = [("web", "w1"), ("web", "w2"), ("till", "t1")];

type States = BTreeMap<(String, String), (&'static str, bool)>;

/// States by record and subject, each record taking those of its person.
fn by_record(r: &Resolution) -> States {
    let mut states = States::new();
    for p in &r.consents.people {
        for m in r.clusters.members(p.cluster as usize) {
            let subject = format!("{}/{}/{}", p.subject.purpose, p.subject.channel, p.subject.brand);
            let record = r.records.ids.get(*m as usize).unwrap().to_owned();
            states.insert((record, subject), (p.state.name(), p.state.allows()));
        }
    }
    states
}

fn statement() -> impl Strategy<Value = String> {
    let pick = |of: &'static [&'static str]| proptest::sample::select(of);
    (
        0..3usize,
        pick(&["marketing", "survey", ""]),
        pick(&["email", "sms", ""]),
        pick(&["", "a", "b"]),
        pick(&["granted", "granted", "denied", "withdrawn", "expired", "unknown"]),
        pick(&["", "2025-01-01", "2026-01-01", "2026-01-01 10:00", "2026-06-01", "2027-01-01"]),
        pick(&["", "form 1", "form 2"]),
        pick(&["", "2026-11-21", "2027-01-01"]),
    )
        .prop_map(|(r, purpose, channel, brand, status, date, proof, expires)| {
            let (source, id) = RECORDS[r];
            format!("{id}|{source}|{purpose}|{channel}|{brand}|{status}|{date}|{proof}|{expires}|")
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Promise 5, over whole runs: merging records never widens what any of them allows; keeping them apart again gives
    /// each its own states back, the same as if the others had never been there; the order of rows does not show.
    #[test]
    fn a_merge_never_widens_and_an_unmerge_restores(said in proptest::collection::vec(statement(), 0..10)) {
        let plan = config(json!({}));
        let customer = |id: &str| format!("{id}|2026-01-01|DUPONT|m@free.fr||\n");
        let rows = |of: Option<&str>| -> String {
            let all = said.iter().enumerate().filter(|(_, s)| of.is_none_or(|id| s.starts_with(id)));
            all.map(|(i, s)| format!("{i}|{s}\n")).collect()
        };
        let web = customer("w1") + &customer("w2");
        let merged = resolved(&plan, &web, &customer("t1"), &rows(None));
        prop_assert_eq!(merged.clusters.len(), 1);
        let mut apart = config(json!({}));
        let head = "source_a|record_id_a|source_b|record_id_b|decision|date|author\n";
        let decisions = "web|w1|web|w2|different|2026-02-01|anne\nweb|w1|till|t1|different|2026-02-01|anne\n\
                         web|w2|till|t1|different|2026-02-01|anne\n";
        apart.rulings = Rulings::read(&table(&format!("{head}{decisions}"))).unwrap();
        let unmerged = resolved(&apart, &web, &customer("t1"), &rows(None));
        prop_assert_eq!(unmerged.clusters.len(), 3);
        let (together, own) = (by_record(&merged), by_record(&unmerged));
        for (at, (_, allowed)) in &together {
            let before = own.get(at).is_some_and(|(_, allowed)| *allowed);
            let said_itself = own.contains_key(at);
            prop_assert!(!allowed || before || !said_itself, "{at:?} became contactable by a merge");
        }
        for ((_, subject), (_, allowed)) in &own {
            let person = &together[&("w1".to_owned(), subject.clone())];
            prop_assert!(*allowed || !person.1, "{subject} is wider than one of its records");
        }
        for (source, id) in RECORDS {
            let mine = |other: &str| if other == id { customer(id) } else { String::new() };
            let web = mine("w1") + &mine("w2");
            let alone = resolved(&plan, if source == "web" { &web } else { "" }, &mine("t1"), &rows(Some(id)));
            let kept: States = own.iter().filter(|((r, _), _)| r == id).map(|(k, v)| (k.clone(), *v)).collect();
            prop_assert_eq!(by_record(&alone), kept);
        }
        let mut turned: Vec<String> = rows(None).lines().map(|l| format!("{l}\n")).collect();
        turned.reverse();
        prop_assert_eq!(by_record(&resolved(&plan, &web, &customer("t1"), &turned.concat())), together);
    }
}
