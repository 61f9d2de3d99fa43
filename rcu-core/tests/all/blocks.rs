//! Blocks are those of whole keys, whatever bits of them are grouped by.

use crate::common::{plan, table};
use rcu_core::config::Plan;
use rcu_core::ingest::{Input, load_customers};
use rcu_core::intern::mix;
use rcu_core::matching::blocking::{Recipe, each_block, each_candidate};
use rcu_core::matching::prepare::Prepared;
use rcu_core::progress::Silent;
use rcu_core::records::{Record, Records};
use serde_json::json;

/// Records with two fields, numbered as the values of these pairs.
fn loaded(plan: &Plan, pairs: &[(usize, usize)]) -> Records {
    let mut text = String::from("id|one|two\n");
    let rows = pairs.iter().enumerate();
    rows.for_each(|(i, (one, two))| text.push_str(&format!("r{i:04}|one {one}|two {two}\n")));
    load_customers(plan, &[Input::new("s", table(&text))], &Silent).unwrap().records
}

#[test]
fn keys_that_share_their_bits_by_chance_are_blocks_of_their_own() {
    const N: usize = 500;
    let plan = plan(json!({
        "sources": { "s": { "id": "id", "fields": { "one": "one", "two": "two" } } },
        "fields": { "one": { "kind": "text" }, "two": { "kind": "text" } },
        "passes": [{ "name": "both", "on": [["one", "two"]] }],
    }));
    // Every value once, to read off what keys are made of.
    let each: Vec<(usize, usize)> = (0..N).map(|i| (i, i)).collect();
    let records = loaded(&plan, &each);
    let p = Prepared::new(&plan.setting(), &records);
    let recipe = Recipe::new(&plan.passes[0].recipes[0], &p);
    let value = |part: usize, r: usize| {
        let mut value = 0;
        recipe.each_value(part, &p, r as Record, |v| value = v);
        value
    };
    // A small set is grouped by the upper half of a key.
    let half = |one: usize, two: usize| mix(mix(0, value(0, one)), value(1, two)) >> 32;
    let mut keys: Vec<(u64, (usize, usize))> =
        (0..N * N).map(|i| (half(i / N, i % N), (i / N, i % N))).collect();
    keys.sort_unstable();
    let differ =
        |w: &&[(u64, (usize, usize))]| w[0].0 == w[1].0 && w[0].1.0 != w[1].1.0 && w[0].1.1 != w[1].1.1;
    let together =
        keys.windows(2).find(differ).expect("a quarter of a million keys share 32 bits several times");
    let (a, b) = (together[0].1, together[1].1);

    // The same values, then each of the two pairs twice.
    let records = loaded(&plan, &[each, vec![a, b, a, b]].concat());
    let p = Prepared::new(&plan.setting(), &records);
    let recipe = Recipe::new(&plan.passes[0].recipes[0], &p);
    let n = N as Record;
    let key = |r: Record| {
        let mut keys = Vec::new();
        recipe.keys(&p, r, &mut |key| keys.push(key));
        keys[0]
    };
    assert!(key(n) != key(n + 1) && key(n) >> 32 == key(n + 1) >> 32, "they lie together");
    let mut blocks =
        each_block(&recipe, &p, Vec::new, |blocks, members| blocks.push(members.to_vec())).concat();
    blocks.sort_unstable();
    assert_eq!(blocks, [[n, n + 2], [n + 1, n + 3]]);
    let walked =
        each_candidate(&recipe, &p, &plan.config.matching, Vec::new, |pairs, a, b| pairs.push((a, b)));
    let mut pairs = walked.states.concat();
    pairs.sort_unstable();
    assert_eq!((pairs, walked.counts.largest), (vec![(n, n + 2), (n + 1, n + 3)], 2));
}
