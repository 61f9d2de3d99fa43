//! Promise 1: the set decides. Order of rows, split into inputs and number of threads change no byte of any output.
//! Promise 3: nothing is lost in silence.

use crate::common::{run, simple_plan, table};
use proptest::prelude::*;
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::output::{self, OutTable};
use serde_json::json;

const COLUMNS: &[&str] =
    &["civility", "last_name", "first_name", "email", "mobile", "birth_date", "street", "postcode", "city"];

/// Few distinct values, so that records meet in every way.
fn record() -> impl Strategy<Value = Vec<String>> {
    let pick = |v: &'static [&'static str]| proptest::sample::select(v).prop_map(str::to_owned);
    (
        pick(&["", "M", "MME"]),
        pick(&["", "DUPONT", "DUPOND", "DUPONT-MARTIN", "MARTIN", "INCONNU"]),
        pick(&["", "MARIE", "PAUL", "JEAN", "JEAN PIERRE", "J", "LEA", "LEO"]),
        pick(&["", "a@free.fr", "b@free.fr", "c@gmail.com", "contact@x.fr"]),
        pick(&["", "06 30 12 45 78", "07 68 22 10 45", "0600000000"]),
        pick(&["", "1985-03-12", "1985-12-03", "1950-02-01", "1985-03-13"]),
        pick(&["", "12 rue des Lilas", "12 r. des Lilas", "rue des Lilas"]),
        pick(&["", "69100", "75008"]),
        pick(&["", "Villeurbanne", "Paris"]),
    )
        .prop_map(|(a, b, c, d, e, f, g, h, i)| vec![a, b, c, d, e, f, g, h, i])
}

fn rows(records: &[Vec<String>]) -> Vec<String> {
    records
        .iter()
        .enumerate()
        .map(|(i, r)| format!("r{i:03}|{}-0{}-11|{}", 2020 + i % 6, i % 9 + 1, r.join("|")))
        .collect()
}

fn input(rows: &[&String]) -> Input {
    let mut text = format!("id|updated|{}\n", COLUMNS.join("|"));
    rows.iter().for_each(|r| text.push_str(&format!("{r}\n")));
    Input::new("s", table(&text))
}

fn outputs(plan: &Plan, inputs: &[Input]) -> Vec<OutTable> {
    let r = run(plan, inputs);
    assert!(r.summary.reconciles());
    output::tables(plan, &r)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_set_decides(
        records in proptest::collection::vec(record(), 1..40),
        order in any::<u64>(),
        cut in 0usize..40,
    ) {
        let plan = simple_plan(COLUMNS, json!({}));
        let rows = rows(&records);
        let all: Vec<&String> = rows.iter().collect();
        let want = outputs(&plan, &[input(&all)]);

        let mut turned = all.clone();
        turned.sort_by_key(|r| r.bytes().fold(order, |h, b| (h ^ u64::from(b)).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        prop_assert_eq!(&outputs(&plan, &[input(&turned)]), &want);

        let cut = cut.min(turned.len());
        let (left, right) = turned.split_at(cut);
        prop_assert_eq!(&outputs(&plan, &[input(right), input(left)]), &want);

        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        prop_assert_eq!(&one.install(|| outputs(&plan, &[input(&all)])), &want);
        let three = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        prop_assert_eq!(&three.install(|| outputs(&plan, &[input(&turned)])), &want);
    }

    /// A row delivered twice is loaded once, and changes nothing else.
    #[test]
    fn repeated_rows_change_nothing(records in proptest::collection::vec(record(), 1..20), again in 0usize..20) {
        let plan = simple_plan(COLUMNS, json!({}));
        let rows = rows(&records);
        let all: Vec<&String> = rows.iter().collect();
        let mut more = all.clone();
        more.push(all[again % all.len()]);
        let (want, got) = (run(&plan, &[input(&all)]), run(&plan, &[input(&more)]));
        prop_assert_eq!(got.summary.sources["s"].excluded, 1);
        prop_assert!(got.summary.reconciles());
        for name in ["golden", "crosswalk", "links", "review", "provenance"] {
            prop_assert_eq!(output::table(&plan, &got, name), output::table(&plan, &want, name));
        }
    }

    /// Promise 5: a person is never more contactable than the most restrictive of their records.
    #[test]
    fn a_merge_never_widens_a_consent(
        consents in proptest::collection::vec(proptest::sample::select(&["", "O", "N", "DESABONNE"][..]), 1..6),
    ) {
        let plan = simple_plan(&["last_name", "email", "consent_email"], json!({}));
        let mut text = String::from("id|updated|last_name|email|consent_email\n");
        for (i, c) in consents.iter().enumerate() {
            text.push_str(&format!("r{i}|202{i}-01-01|DUPONT|a@free.fr|{c}\n"));
        }
        let r = run(&plan, &[Input::new("s", table(&text))]);
        prop_assert_eq!(r.clusters.len(), 1);
        let golden = r.golden.fields[rcu_core::field::CONSENT_EMAIL].text(&r.records, rcu_core::field::CONSENT_EMAIL, 0);
        let has = |c: &str| consents.contains(&c);
        let want = match (has("DESABONNE"), has("N"), has("O")) {
            (true, ..) => Some("withdrawn"),
            (_, true, _) => Some("denied"),
            (.., true) => Some("granted"),
            _ => None,
        };
        prop_assert_eq!(golden, want);
    }

    /// Every golden value is a value of a record of its cluster, and no cluster holds two who cannot be one person.
    #[test]
    fn golden_values_come_from_members(records in proptest::collection::vec(record(), 1..30)) {
        let plan = simple_plan(COLUMNS, json!({}));
        let rows = rows(&records);
        let all: Vec<&String> = rows.iter().collect();
        let r = run(&plan, &[input(&all)]);
        let prepared = rcu_core::matching::prepare::Prepared::new(&plan.setting(), &r.records);
        for c in 0..r.clusters.len() {
            let members = r.clusters.members(c);
            for (ix, g) in r.golden.fields.iter().enumerate() {
                let Some(text) = g.text(&r.records, ix, c) else { continue };
                let from = g.provenance(c).expect("a value has a provenance").record;
                prop_assert!(members.contains(&from));
                if !g.is_own(c) {
                    let column = r.records.field(ix);
                    prop_assert!(column.values(from).any(|(id, _)| column.pool.get(id) == text));
                } else {
                    // A declared combination of values of the members.
                    prop_assert!(g.provenance(c).is_some_and(|p| p.rule.combines()));
                    let column = r.records.field(ix);
                    let all = members.iter().flat_map(|m| column.values(*m).map(|(id, _)| column.pool.get(id)));
                    let all: Vec<&str> = all.collect();
                    prop_assert!(text.split(" | ").all(|part| all.contains(&part)));
                }
            }
            for (i, a) in members.iter().enumerate() {
                for b in &members[i + 1..] {
                    prop_assert_eq!(rcu_core::matching::cluster::cannot_be_one(&prepared, *a, *b), None);
                }
            }
        }
    }
}

/// With a model estimated from the records themselves: order, files and threads change no byte, and a row that comes
/// again in another file changes nothing but the count of rows.
#[test]
fn a_model_estimated_from_the_set_depends_on_the_set_alone() {
    const LAST: [&str; 8] = ["DUPONT", "DUPOND", "MARTIN", "BERNARD", "THOMAS", "PETIT", "MOREAU", "GIRARD"];
    const FIRST: [&str; 8] = ["MARIE", "PAUL", "JEAN", "LEA", "HUGO", "ALICE", "LOUIS", "EMMA"];
    let plan = simple_plan(COLUMNS, json!({ "model": { "from": "estimate" } }));
    let rows: Vec<String> = (0..400usize)
        .map(|i| {
            // Person p has two records or three; the later ones lack a field or hold a slip.
            let (p, again) = (i * 2 / 5, i % 5);
            let (last, first) = (LAST[p % 8], FIRST[p / 8 % 8]);
            let last = if again == 3 { &last[1..] } else { last };
            let email = if again == 1 { String::new() } else { format!("c{}@free.fr", p % 90) };
            let mobile = if again == 4 { String::new() } else { format!("06301{:05}", p * 7919 % 100_000) };
            let born = format!("{}-0{}-1{}", 1950 + p % 40, p % 9 + 1, p % 10);
            let at = format!("{} rue des Lilas|69{:03}|Villeurbanne", p % 30 + 1, p % 40 + 100);
            format!("r{i:03}|2026-01-01||{last}|{first}|{email}|{mobile}|{born}|{at}")
        })
        .collect();
    let all: Vec<&String> = rows.iter().collect();
    let inputs = [input(&all)];
    let whole = run(&plan, &inputs);
    assert!(whole.model.as_ref().is_some_and(|m| m.training.is_some()));
    assert!(whole.summary.passes.iter().any(|p| p.name == "weighed" && p.candidates > 0));
    let want = output::tables(&plan, &whole);

    let mut turned = all.clone();
    turned.sort_by_key(|r| r.bytes().rev().collect::<Vec<u8>>());
    let files: Vec<Input> = turned.chunks(57).map(input).collect();
    for threads in [1, 2, 4] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(|| outputs(&plan, &files)), want, "{threads} threads");
    }

    let mut more = files;
    more.push(input(&all[100..130]));
    let repeated = run(&plan, &more);
    assert_eq!(repeated.summary.sources["s"].excluded, 30);
    for name in ["golden", "crosswalk", "links", "review", "provenance"] {
        assert_eq!(output::table(&plan, &repeated, name), output::table(&plan, &whole, name), "{name}");
    }
}

/// `domain.md` §7.7: a social security number or a card number in free text is in no output; the row is.
#[test]
fn numbers_that_free_text_must_not_hold_reach_no_output() {
    let plan = crate::common::plan(json!({
        "fields": { "note": { "kind": "text" } },
        "sources": { "s": { "id": "id", "fields": { "last_name": "last_name", "email": "email", "note": "note" } } },
    }));
    let rows = "id | last_name | email | note
        1 | DUPONT | a@free.fr | sécu 2 55 08 14 168 025 38
        2 | MARTIN | b@free.fr | call back in the evening";
    let done = run(&plan, &[Input::new("s", table(rows))]);
    let told: Vec<(&str, u64, &str)> =
        done.rejects.iter().map(|r| (r.column.as_str(), r.line, r.code)).collect();
    assert_eq!(told, [("note", 1, "forbidden_nir")]);
    assert!(done.summary.reconciles() && done.summary.records == 2);
    let all = format!("{:?} {:?}", done.records, done.rejects);
    assert!(!all.contains("168 025") && all.to_lowercase().contains("call back"));
}
