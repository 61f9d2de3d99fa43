//! How right a run is by the model's own chances, without looking at any label.

use super::pairs::{Open, each_once, recipes};
use crate::config::Plan;
use crate::matching::cluster::conflict;
use crate::matching::compare::compare;
use crate::matching::model::Weights;
use crate::matching::model::bits::probability;
use crate::matching::pass::Decision;
use crate::matching::prepare::Prepared;
use crate::resolve::People;
use serde::Serialize;
use std::collections::BTreeMap;

/// What the model expects.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// Distinct candidate pairs.
    pub candidates: u64,
    /// Of them, pairs that ended in one cluster.
    pub together: u64,
    /// Pairs of one person that the model expects among the candidates.
    pub expected_matches: f64,
    /// Expected share of the pairs together that are one person.
    pub precision: f64,
    /// Expected share of the candidates' pairs of one person that are together.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
    /// What has to be true for these figures to be.
    pub assumptions: Vec<&'static str>,
}

/// Said with every estimate.
const ASSUMPTIONS: [&str; 5] = [
    "the model's chances are right: m and u hold for these records, and so does the prior",
    "comparisons are independent among pairs of one person and among pairs of two; people of one household break this, \
     so the true precision may be lower",
    "only candidate pairs are seen: a pair of one person that shares no key is missing from the recall, which is \
     therefore an upper bound",
    "pairs are counted, not people: a pair that other records join counts when it is a candidate",
    "what no pass would link or review at any score, because of its levels or guards, is two people",
];

/// Estimates from the chance of every candidate pair.
pub(super) fn of(plan: &Plan, p: &Prepared, weights: &Weights, people: &People) -> Estimate {
    let recipes = recipes(plan, p, |_| true);
    let open = Open::new(plan, weights);
    // Pairs by weight, so that chances are added up in one order on any number of threads.
    type Counts = BTreeMap<i32, (u64, u64)>;
    let states = each_once(&recipes, plan, p, Counts::new, |counts, _, a, b| {
        let e = compare(p, a, b);
        let refused = plan.passes.iter().all(|pass| open.judge(pass, p, &e, a, b).decision == Decision::No);
        let weight =
            if refused || conflict(p, &e, a, b).is_some() { i32::MIN } else { weights.weight_here(&e, a, b) };
        let together = people.clusters.of[a as usize] == people.clusters.of[b as usize];
        let n = counts.entry(weight).or_default();
        n.0 += 1;
        n.1 += u64::from(together);
    });
    let mut counts = Counts::new();
    for (weight, (all, together)) in states.into_iter().flatten() {
        let n = counts.entry(weight).or_default();
        n.0 += all;
        n.1 += together;
    }
    let candidates = counts.values().map(|n| n.0).sum();
    let together: u64 = counts.values().map(|n| n.1).sum();
    let matches: f64 = counts.iter().map(|(w, n)| probability(*w) * n.0 as f64).sum();
    let right: f64 = counts.iter().map(|(w, n)| probability(*w) * n.1 as f64).sum();
    let share = |whole: f64| if whole > 0.0 { right / whole } else { 1.0 };
    let (precision, recall) = (share(together as f64), share(matches));
    let sum = precision + recall;
    Estimate {
        candidates,
        together,
        expected_matches: (matches * 10.0).round() / 10.0,
        precision,
        recall,
        f1: if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 },
        assumptions: ASSUMPTIONS.to_vec(),
    }
}
