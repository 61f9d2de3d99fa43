//! What a run will cost is known before it compares: the same counts that it reports afterwards.

use crate::common::{plan, run, simple_plan, table};
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::preview::{Options, RunPlan, plan_run};
use rcu_core::progress::Silent;
use serde_json::json;

fn preview(plan: &Plan, inputs: &[Input], propose: bool) -> RunPlan {
    plan_run(plan, inputs, &Options { propose, clock: None }, &Silent).unwrap()
}

/// Rows with few values each, so that blocks are large, some split, and some records equal in all.
fn rows(source: &str, count: u64) -> String {
    let names = ["DUPONT", "DURAND", "LEROY", "MOREAU", "PETIT"];
    let firsts = ["MARIE", "JEAN", "PAUL", "ANNE"];
    let mut text = String::from("id|updated|last|first|mail1|mail2|born|cp\n");
    let mut seed = 17u64;
    for i in 0..count {
        let mut pick = |n: u64| {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (seed >> 33) % n
        };
        let (last, first) = (names[pick(5) as usize], firsts[pick(4) as usize]);
        let mail = |k: u64| if k < 12 { format!("box{k}@orange.fr") } else { String::new() };
        let (m1, m2) = (mail(pick(24)), mail(pick(40)));
        let born = format!("19{}-0{}-1{}", 60 + pick(9), 1 + pick(3), pick(3));
        text.push_str(&format!("{source}{i}|2026-01-01|{last}|{first}|{m1}|{m2}|{born}|7500{}\n", pick(4)));
    }
    text
}

fn crowded(max_block: u32) -> (Plan, Vec<Input>) {
    let passes = json!([
        { "name": "email", "on": [["email"], ["last_name", "email"]] },
        { "name": "name", "on": [["last_name"], ["phonex(last_name)", "year(birth_date)"], ["name_pair"]] },
        { "name": "near", "on": ["postcode", "sorted(birth_date,5)"] },
        { "name": "scored", "on": [["birth_date"], ["prefix(postcode,2)", "first_name"]], "decide": "points" },
    ]);
    with_passes(max_block, passes)
}

fn with_passes(max_block: u32, passes: serde_json::Value) -> (Plan, Vec<Input>) {
    let fields = json!({ "last_name": "last", "first_name": "first", "email": ["mail1", "mail2"],
        "birth_date": "born", "postcode": "cp" });
    let config = json!({
        "sources": {
            "a": { "id": "id", "updated_at": "updated", "fields": fields },
            "b": { "id": "id", "updated_at": "updated", "duplicate_free": true, "fields": fields },
        },
        "matching": { "max_block": max_block, "max_shared": { "email": 1000 } },
        "passes": passes,
    });
    let inputs = vec![Input::new("a", table(&rows("a", 260))), Input::new("b", table(&rows("b", 140)))];
    (plan(config), inputs)
}

#[test]
fn counts_before_comparing_are_those_that_resolve_reports() {
    for max_block in [10, 40, 1000] {
        let (plan, inputs) = crowded(max_block);
        let before = preview(&plan, &inputs, false);
        let after = run(&plan, &inputs).summary;
        assert!(max_block == 1000 || before.split_blocks > 0);
        for (pass, report) in before.passes.iter().zip(&after.passes) {
            assert_eq!((&pass.pass, pass.candidates), (&report.name, report.candidates), "limit {max_block}");
            assert_eq!(pass.split_blocks, report.split_blocks);
            assert_eq!(pass.pairs_not_compared, report.pairs_not_compared);
            assert_eq!(pass.largest_block, report.largest_block);
            // A recipe alone proposes no more than its pass, where no block was split. Their sum may be less: in a large block
            // records of equal content stand for one another, and a pair of them may meet through another recipe.
            let most = pass.recipes.iter().map(|r| r.candidates).max().unwrap_or(0);
            assert!(before.split_blocks > 0 || most <= pass.candidates, "{} <= {}", most, pass.candidates);
        }
        assert_eq!(before.candidates, after.passes.iter().map(|p| p.candidates).sum::<u64>());
    }
}

#[test]
fn a_recipe_is_counted_from_its_blocks_as_a_walk_would_count_it() {
    for max_block in [10, 40, 1000] {
        for recipe in [
            json!(["email"]),
            json!(["last_name", "email"]),
            json!(["last_name"]),
            json!(["phonex(last_name)", "year(birth_date)"]),
            json!(["postcode", "sorted(birth_date,5)"]),
            json!(["prefix(postcode,2)", "first_name"]),
            json!(["birth_date"]),
        ] {
            let (plan, inputs) = with_passes(max_block, json!([{ "name": "one", "on": recipe }]));
            let pass = &preview(&plan, &inputs, false).passes[0];
            let r = &pass.recipes[0];
            let (own, walked) = (
                (r.candidates, r.split_blocks, r.pairs_not_compared),
                (pass.candidates, pass.split_blocks, pass.pairs_not_compared),
            );
            assert_eq!(own, walked, "{recipe} at {max_block}");
            assert!(r.candidates > 0);
        }
    }
}

#[test]
fn every_record_equal_is_one_star_and_is_counted_as_such() {
    let plan = simple_plan(&["last_name", "email"], json!({}));
    let mut text = String::from("id|updated|last_name|email\n");
    (0..3000).for_each(|i| text.push_str(&format!("{i}|2026-01-01|DUPONT|m.dupont@free.fr\n")));
    let inputs = [Input::new("s", table(&text))];
    let before = preview(&plan, &inputs, false);
    assert_eq!(before.passes[0].candidates, 2999);
    assert_eq!(run(&plan, &inputs).summary.passes[0].candidates, 2999);
}

#[test]
fn costly_values_are_named_and_masked() {
    let (plan, inputs) = crowded(1000);
    let p = preview(&plan, &inputs, true);
    let last = &p.passes[1].recipes[0];
    assert_eq!(last.recipe, ["last_name"]);
    assert_eq!(last.costliest.len(), 5);
    assert!(last.costliest.windows(2).all(|w| w[0].pairs >= w[1].pairs));
    assert!(last.costliest.iter().all(|k| k.value.ends_with("***")));
    let text = serde_json::to_string(&p).unwrap();
    for secret in ["DUPONT", "DURAND", "MARIE", "box1", "-01-"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn the_order_of_rows_changes_no_figure() {
    let (plan, inputs) = crowded(40);
    let want = preview(&plan, &inputs, true);
    let turned: Vec<Input> = ["b", "a"]
        .iter()
        .map(|s| {
            let text = rows(s, if *s == "a" { 260 } else { 140 });
            let mut lines: Vec<&str> = text.lines().collect();
            lines[1..].reverse();
            Input::new(*s, table(&lines.join("\n")))
        })
        .collect();
    assert_eq!(preview(&plan, &turned, true), want);
}

/// 60 people twice, with another e-mail each time and the same name and mobile; 200 people once.
fn two_mails() -> Vec<Input> {
    let names = [
        "DUPONT", "LEFEVRE", "MOREAU", "GARCIA", "ROUSSEL", "PERRIN", "MASSON", "BOYER", "GIRARD", "LAMBERT",
    ];
    let firsts = ["MARIE", "JEAN", "PAUL", "ANNE", "LUCIE", "HUGO", "EMMA", "LOUIS", "JULES", "ALICE"];
    let mut text = String::from("id|updated|last_name|first_name|email|mobile\n");
    let mut add = |id: String, i: usize, k: usize| {
        let (last, first) = (names[i / 3 % 10], firsts[(i * 7 + i / 10) % 10]);
        let mobile = 12_000_000 + i * 98_761;
        text.push_str(&format!("{id}|2026-01-01|{last}|{first}|{first}.{i}.{k}@free.fr|06{mobile:08}\n"));
    };
    for i in 0..260 {
        add(format!("x{i}"), i, 1);
        if i < 60 {
            add(format!("y{i}"), i, 2);
        }
    }
    vec![Input::new("s", table(&text))]
}

#[test]
fn a_key_that_finds_likely_matches_is_proposed() {
    let columns = ["last_name", "first_name", "email", "mobile"];
    let of = |passes| simple_plan(&columns, json!({ "passes": passes }));
    let poor = of(json!([{ "name": "email", "on": ["email"] }]));
    let found = preview(&poor, &two_mails(), true).proposals.unwrap();
    assert_eq!((found.model, found.found.records_sampled), ("shipped", 320));
    let best = &found.found.recipes[0];
    assert!(best.recipe.contains(&"mobile".to_owned()), "{:?}", found.found.recipes);
    assert!((50.0..=60.5).contains(&best.expected_matches), "{best:?}");
    // Once it is there, it is not proposed again, nor anything that finds the same pairs.
    let rich = of(json!([{ "name": "email", "on": [["email"], ["mobile"]] }]));
    let again = preview(&rich, &two_mails(), true).proposals.unwrap();
    assert!(again.found.recipes.iter().map(|r| r.expected_matches).sum::<f64>() < 5.0, "{again:?}");
}

#[test]
fn time_is_estimated_with_a_clock_only() {
    let (plan, inputs) = crowded(40);
    assert_eq!(preview(&plan, &inputs, false).estimate.matching_core_seconds, None);
    let ticks = std::cell::Cell::new(0.0);
    let clock = || {
        ticks.set(ticks.get() + 0.5);
        ticks.get()
    };
    let options = Options { propose: false, clock: Some(&clock) };
    let timed = plan_run(&plan, &inputs, &options, &Silent).unwrap();
    assert!(timed.estimate.matching_core_seconds.unwrap() > 0.0);
    assert!(
        timed.estimate.memory_bytes > 10_000 && timed.estimate.kept_pairs <= timed.estimate.distinct_pairs
    );
}
