//! Consents by purpose, channel and brand, from rows and from customers' columns (`domain.md` §4.3, §7.2).
#![allow(clippy::unwrap_used)] // a test may stop at what it did not expect

mod common;

use common::{plan, run, table};
use rcu_core::config::Plan;
use rcu_core::consent::State;
use rcu_core::ingest::Input;
use rcu_core::resolve::Resolution;
use serde_json::{Value, json};

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
    let rows = rows.replace("refus|", "denied|");
    let merged = resolved(&plan, MARIE, MARIE_AT_TILL, &rows);
    assert_eq!(states(&merged), ["0 marketing/email/ denied"]);
    let apart = resolved(&plan, MARIE, "t1|2025-01-01|MARTIN|other@free.fr||\n", &rows);
    assert_eq!(states(&apart), ["0 marketing/email/ denied", "1 marketing/email/ granted"]);
    let latest = resolved(&config(json!({ "across_records": "latest" })), MARIE, MARIE_AT_TILL, &rows);
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
