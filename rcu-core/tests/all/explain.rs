//! Every link, review pair and non-link can be explained: keys, guards, weights, what would turn it, the chain.

use crate::common::{run, simple_plan, table};
use rcu_core::config::Plan;
use rcu_core::explain::explain;
use rcu_core::ingest::Input;
use rcu_core::mask::Show;
use rcu_core::matching::Decision;
use rcu_core::matching::explain::{Explanation, Held, Outcome};
use rcu_core::report;
use rcu_core::resolve::Resolution;
use serde_json::{Value, json};

const COLUMNS: &[&str] =
    &["civility", "last_name", "first_name", "email", "mobile", "birth_date", "street", "postcode", "city"];

/// Records as `id: field=value; …`, one a line.
fn found(text: &str, more: Value) -> (Plan, Resolution) {
    let plan = simple_plan(COLUMNS, more);
    let mut rows = format!("id|updated|{}\n", COLUMNS.join("|"));
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let (id, values) = line.split_once(':').unwrap();
        let value = |c: &str| {
            values.split(';').map(str::trim).find_map(|p| p.strip_prefix(&format!("{c}="))).unwrap_or("")
        };
        let cells: Vec<&str> = COLUMNS.iter().map(|c| value(c)).collect();
        rows.push_str(&format!("{id}|2026-01-01|{}\n", cells.join("|")));
    }
    let r = run(&plan, &[Input::new("s", table(&rows))]);
    (plan, r)
}

fn why(text: &str, a: &str, b: &str) -> Explanation {
    let (plan, r) = found(text, json!({}));
    explain(&plan, &r, ("s", a), ("s", b), Show::Masked).unwrap()
}

#[test]
fn a_pair_without_a_common_key_says_what_is_missing_and_what_would_join_it() {
    let x = why(
        "a: last_name=DUPONT; first_name=MARIE; mobile=06 30 12 45 78
         b: last_name=DURAND; first_name=MARIE; email=m.dupont@free.fr",
        "a",
        "b",
    );
    assert_eq!(x.outcome, Outcome::TwoPeople);
    assert!(x.because.contains("share no key"), "{}", x.because);
    let email = &x.passes[0].recipes[0].parts[0];
    assert_eq!((email.common, email.a, email.b), (false, Held::Missing, Held::Value));
    assert!(!x.changes.is_empty());
    // Two last names at one mobile are left to a steward at best: two changes are needed for a link.
    assert!(x.changes.iter().any(|c| c.gives == Decision::Link), "{:?}", x.changes);
}

#[test]
fn the_smallest_change_really_turns_the_decision() {
    // First names in conflict at one e-mail: a couple. The explanation says the first name would do; then it does.
    let couple = "a: last_name=DUPONT; first_name=MARIE; email=box@orange.fr
                  b: last_name=DUPONT; first_name=LUC; email=box@orange.fr";
    let x = why(couple, "a", "b");
    assert_eq!(x.outcome, Outcome::TwoPeople);
    let guard = &x.passes[0].guards[0];
    assert_eq!((guard.decision, guard.reason.as_str()), (Decision::No, "first_name"));
    let change =
        x.changes.iter().find(|c| c.steps.len() == 1 && c.steps[0].comparison == "first_name").unwrap();
    assert_eq!((change.gives, change.steps[0].from.as_str()), (Decision::Link, "conflict"));
    assert_eq!(change.steps[0].to, "missing", "a missing first name is the smallest change");
    let turned = why(&couple.replace("first_name=LUC", ""), "a", "b");
    assert_eq!(turned.outcome, Outcome::OnePerson);
    assert_eq!(turned.passes.iter().find(|p| p.decision == Decision::Link).unwrap().pass, change.pass);
}

#[test]
fn a_link_says_what_would_break_it() {
    let x = why(
        "a: last_name=DUPONT; first_name=MARIE; email=m.dupont@free.fr
         b: last_name=DUPONT; first_name=MARIE; email=m.dupont@free.fr",
        "a",
        "b",
    );
    assert_eq!(x.outcome, Outcome::OnePerson);
    assert!(x.changes.iter().all(|c| c.gives < Decision::Link));
    assert!(x.changes.iter().any(|c| c.what == "first name only conflict"), "{:?}", x.changes);
}

#[test]
fn steps_add_up_to_the_total() {
    for (a, b) in [
        ("last_name=LEROY; birth_date=1985-03-12", "last_name=MARTIN; birth_date=1985-03-12"),
        ("last_name=LEROY; mobile=06 30 12 45 78", "last_name=LEROY; mobile=06 30 12 45 78"),
    ] {
        let e = "email=m.dupont@free.fr; first_name=MARIE";
        let x = why(&format!("a: {a}; {e}\nb: {b}; {e}"), "a", "b");
        let sum: i32 = x.points.steps.iter().map(|s| s.weight).sum();
        assert_eq!(sum, x.points.total);
        let weights = x.weights.as_ref().unwrap();
        assert_eq!(weights.prior + weights.steps.iter().map(|s| s.weight).sum::<i32>(), weights.total);
        let weighed = x.passes.iter().find(|p| p.pass == "weighed").unwrap();
        assert_eq!(weighed.score, weights.total);
    }
}

#[test]
fn a_chain_names_its_weakest_link() {
    let text = "a: last_name=DUPONT; first_name=MARIE; email=m.dupont@free.fr
                b: last_name=DUPONT; first_name=MARIE; email=m.dupont@free.fr; mobile=06 30 12 45 78
                c: last_name=DUPONT; first_name=M; mobile=06 30 12 45 78";
    // Without the passes that compare everything, two records are joined only through the one between them.
    let passes = json!({ "passes": [
        { "name": "email", "on": ["email"] },
        { "name": "mobile", "on": ["last_name", "mobile"] },
    ] });
    let (plan, r) = found(text, passes);
    let x = explain(&plan, &r, ("s", "c"), ("s", "a"), Show::Masked).unwrap();
    assert_eq!(x.outcome, Outcome::OnePerson);
    assert!(x.because.contains("2 links"), "{}", x.because);
    let chain = x.chain.unwrap();
    let names: Vec<&str> = chain.links.iter().map(|l| l.b.record_id.as_str()).collect();
    assert_eq!(names, ["b", "c"]);
    assert_eq!((chain.links[chain.weakest].pass.as_str(), chain.only_way), ("mobile", true));
}

#[test]
fn a_link_that_its_cluster_refuses_names_the_two_that_cannot_be_one() {
    // Through the e-mail all three would be one; two proven birth dates forbid it.
    let config = json!({ "sources": { "s": {
        "id": "id", "updated_at": "updated", "reliability": 0.9,
        "fields": COLUMNS.iter().map(|c| ((*c).to_owned(), json!(c))).collect::<serde_json::Map<_, _>>(),
    } } });
    let (plan, r) = found(
        "a: last_name=DUPONT; first_name=JEAN; email=j.dupont@free.fr; birth_date=1950-02-01
         b: last_name=DUPONT; first_name=JEAN; email=j.dupont@free.fr; mobile=06 30 12 45 78
         c: last_name=DUPONT; first_name=JEAN; mobile=06 30 12 45 78; birth_date=1978-05-09",
        config,
    );
    let x = explain(&plan, &r, ("s", "b"), ("s", "c"), Show::Masked).unwrap();
    let refused = x.refused.as_ref().unwrap();
    assert_eq!((x.outcome, refused.reason.as_str()), (Outcome::Review, "birth_date"));
    let (p, q) = refused.pair.as_ref().unwrap();
    let mut pair = [p.record_id.as_str(), q.record_id.as_str()];
    pair.sort_unstable();
    assert_eq!(pair, ["a", "c"]);
    let direct = explain(&plan, &r, ("s", "a"), ("s", "c"), Show::Masked).unwrap();
    assert_eq!(direct.cannot_be_one.as_deref(), Some("birth_date"));
    assert!(direct.changes.iter().all(|c| c.gives != Decision::Link || c.what.contains("birth date")));
}

#[test]
fn barred_and_shared_values_are_told_from_missing_ones() {
    let mut text = String::from(
        "a: last_name=ROY; first_name=PAUL; email=contact@garage-roy.fr; mobile=06 12 34 56 78\n",
    );
    for (i, name) in ["ABADIE", "BLANC", "COSTE", "DELMAS", "ESCOFFIER"].iter().enumerate() {
        text.push_str(&format!("p{i}: last_name={name}; first_name=LUC; email=famille@free.fr\n"));
    }
    let (plan, r) = found(&text, json!({}));
    let x = explain(&plan, &r, ("s", "a"), ("s", "p0"), Show::Masked).unwrap();
    let part = |pass: &str, recipe: usize| {
        x.passes.iter().find(|p| p.pass == pass).unwrap().recipes[recipe].parts[0].clone()
    };
    let email = part("email", 0);
    assert_eq!((email.a, email.b), (Held::Barred, Held::Shared));
    let mobile = part("scored", 1);
    assert_eq!((mobile.a, mobile.b), (Held::Barred, Held::Missing));
}

#[test]
fn a_block_split_between_two_records_is_said() {
    let mut text = String::new();
    for i in 0..40 {
        let letter = |k: u8| char::from(b'A' + k);
        let (x, y) = (letter(i % 20), letter(i / 20 + 3));
        text.push_str(&format!(
            "r{i}: last_name=DUPONT; first_name=XA{x}{y}O; birth_date=19{}-02-01\n",
            40 + i
        ));
    }
    let more = json!({ "matching": { "max_block": 4 }, "passes": [{ "name": "last", "on": ["last_name"] }] });
    let (plan, r) = found(&text, more);
    let x = explain(&plan, &r, ("s", "r0"), ("s", "r39"), Show::Masked).unwrap();
    let recipe = &x.passes[0].recipes[0];
    assert!(recipe.parts[0].common && !recipe.candidate);
    assert_eq!(recipe.kept_apart_by, Some("split_block"));
    assert!(x.text().contains("split between them"));
}

#[test]
fn values_are_masked_unless_asked_for_in_clear() {
    let text = "a: last_name=DUPONT; first_name=MARIE; email=m.dupont@free.fr; birth_date=1985-03-12
                b: last_name=LEROY; first_name=MARIE; email=m.dupont@free.fr; birth_date=1985-03-12";
    let (plan, r) = found(text, json!({}));
    let of = |show| explain(&plan, &r, ("s", "a"), ("s", "b"), show).unwrap();
    for secret in ["DUPONT", "m.dupont", "1985-03-12", "MARIE"] {
        let masked = of(Show::Masked);
        let all = [masked.text(), report::of_explanation(&masked), serde_json::to_string(&masked).unwrap()];
        assert!(all.iter().all(|t| !t.contains(secret)), "{secret}");
        assert!(of(Show::Clear).text().contains(secret));
    }
    assert!(of(Show::Masked).text().contains("m***@free.fr"));
}

#[test]
fn review_pairs_in_the_report_are_masked_and_do_not_depend_on_the_order_of_rows() {
    let lines = [
        "a: civility=MME; last_name=DUPONT; first_name=MARIE; email=m.dupont@free.fr; birth_date=1985-03-12",
        "b: civility=MME; last_name=LEROY; first_name=MARIE; email=m.dupont@free.fr; birth_date=1985-03-12",
        "c: last_name=GARCIA; first_name=PAUL; email=p.garcia@free.fr",
        "d: last_name=LOPEZ; first_name=JEAN; email=p.garcia@free.fr",
    ];
    let (plan, r) = found(&lines.join("\n"), json!({}));
    let mut turned = lines;
    turned.reverse();
    let (_, again) = found(&turned.join("\n"), json!({}));
    assert_eq!(r.review_samples.len(), 2);
    assert_eq!(r.review_samples, again.review_samples);
    let page = report::html(&plan, &r);
    assert!(page.contains("<svg") && page.contains("m***@free.fr") && !page.contains("m.dupont"));
}

#[test]
fn a_record_that_is_not_there_is_an_error_without_its_id() {
    let (plan, r) = found("a: last_name=DUPONT\nb: last_name=ROY", json!({}));
    let e = explain(&plan, &r, ("s", "zzz"), ("s", "b"), Show::Masked).unwrap_err();
    assert_eq!(e.code(), "argument");
    assert!(!e.to_string().contains("zzz"));
    assert_eq!(
        explain(&plan, &r, ("t", "a"), ("s", "b"), Show::Masked).unwrap_err().code(),
        "unknown_source"
    );
    assert_eq!(explain(&plan, &r, ("s", "b"), ("s", "b"), Show::Masked).unwrap_err().code(), "argument");
}
