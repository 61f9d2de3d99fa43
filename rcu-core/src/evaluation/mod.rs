//! How right a run is: against labels, in all and pass by pass, with a threshold chart and examples of mistakes; without
//! labels an estimate by the model, with its assumptions.

mod estimate;
mod examples;
mod pairs;
mod thresholds;

pub use estimate::Estimate;
pub use examples::{Examples, Pattern};
pub use thresholds::{ThresholdChart, ThresholdPoint};

use crate::config::Plan;
use crate::matching::blocking::{self, Link};
use crate::matching::cluster::{self, Clusters};
use crate::matching::decide::Judge;
use crate::matching::labels::{Judged, Labels, Named};
use crate::matching::pass::Decision;
use crate::matching::prepare::Prepared;
use crate::matching::ruling::Located;
use crate::progress::{Progress, Silent};
use crate::records::{Record, RecordIndex};
use crate::resolve::{People, in_scene};
use pairs::Truth;
use serde::Serialize;
use std::collections::BTreeMap;

/// How right a run is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Records loaded.
    pub records: u64,
    /// People found.
    pub people: u64,
    /// What the labels hold; none when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelCounts>,
    /// The whole run against the labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<Judged>,
    /// True pairs that share a key of some pass, whatever became of them: recall cannot be higher but for chains of links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reachable: Option<Reachable>,
    /// Pass by pass; empty without labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passes: Vec<PassQuality>,
    /// Quality at each threshold, for passes decided by a model and by points.
    pub thresholds: Vec<ThresholdChart>,
    /// What the model expects, without looking at any label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
    /// Missed and wrong pairs, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub examples: Option<Examples>,
}

/// What labels hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabelCounts {
    /// `people` or `pairs`.
    pub kind: &'static str,
    /// Records that they name.
    pub records: u64,
    /// Of them, records that were not loaded; they count as people of their own.
    pub records_not_loaded: u64,
    /// Pairs of one person.
    pub true_pairs: u64,
}

/// True pairs within reach of the keys.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reachable {
    /// Pairs of one person whose records were loaded.
    pub true_pairs: u64,
    /// Of them, pairs that share a key.
    pub with_a_key: u64,
    /// Their share, 0 to 1; 1 when there is none.
    pub share: f64,
}

/// One pass.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PassQuality {
    /// Its name.
    pub pass: String,
    /// People made by its links alone.
    pub alone: Judged,
    /// People made by its links, those of all passes before it, and the decisions of stewards.
    pub cumulative: Judged,
    /// Its links one by one.
    pub links: PairCounts,
    /// Its review pairs one by one.
    pub review: PairCounts,
}

/// Pairs and what the labels say of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PairCounts {
    /// Pairs of one person.
    pub same: u64,
    /// Pairs of two people.
    pub different: u64,
    /// Pairs that the labels do not know.
    pub unknown: u64,
}

/// Evaluates people found among prepared records. `examples` is how many patterns of missed and of wrong pairs are shown.
pub fn evaluate_people(
    plan: &Plan,
    p: &Prepared,
    people: &People,
    labels: Option<&Labels>,
    examples: usize,
    progress: &dyn Progress,
) -> Evaluation {
    let index = RecordIndex::new(p.records);
    let find = |(source, id): &Named| plan.source(source).and_then(|s| index.find(s, id));
    let judge = Judge { spec: &plan.config.matching, model: people.weights.as_ref() };
    let truth = labels.map(|l| Truth::new(l, p.records.len(), find));
    let judged = |clusters: &Clusters| labels.map(|l| l.judge(|r| find(r).map(|r| clusters.of[r as usize])));
    let quality = judged(&people.clusters);
    let counts = labels.zip(truth.as_ref()).zip(quality).map(|((l, t), q)| LabelCounts {
        kind: match l {
            Labels::People(_) => "people",
            Labels::Pairs(_) => "pairs",
        },
        records: t.named,
        records_not_loaded: t.not_loaded,
        true_pairs: q.true_pairs(),
    });
    let passes = match (labels, &truth) {
        (Some(labels), Some(truth)) => {
            let nobody = Located::default();
            by_pass(plan, p, &judge, truth, progress, &|links, alone| {
                // What stewards decided is no merit of a pass.
                let rulings = if alone { &nobody } else { &people.rulings };
                let clusters = cluster::resolve(p, links, people.weights.as_ref(), rulings);
                labels.judge(|r| find(r).map(|r| clusters.of[r as usize]))
            })
        }
        _ => Vec::new(),
    };
    progress.stage("thresholds", 0);
    let thresholds = thresholds::charts(plan, p, &judge, truth.as_ref());
    let estimate = people.weights.as_ref().map(|w| estimate::of(plan, p, w, people));
    Evaluation {
        records: p.records.len() as u64,
        people: people.clusters.len() as u64,
        labels: counts,
        quality,
        reachable: truth.as_ref().map(|t| reachable(plan, p, t)),
        passes,
        thresholds,
        estimate,
        examples: truth.as_ref().filter(|_| examples > 0).map(|t| {
            in_scene(plan, p, people.weights.as_ref(), &people.rulings, |scene| {
                examples::of(scene, t, people, examples)
            })
        }),
    }
}

fn by_pass(
    plan: &Plan,
    p: &Prepared,
    judge: &Judge,
    truth: &Truth,
    progress: &dyn Progress,
    judged: &dyn Fn(&[Link], bool) -> Judged,
) -> Vec<PassQuality> {
    progress.stage("pass by pass", plan.passes.len() as u64);
    let mut so_far: Vec<Link> = Vec::new();
    let mut passes = Vec::new();
    for (i, pass) in plan.passes.iter().enumerate() {
        let (mut found, _) = blocking::run(std::slice::from_ref(pass), p, judge, &Silent);
        found.iter_mut().for_each(|l| l.pass = i as u16);
        let (mut links, mut review) = (PairCounts::default(), PairCounts::default());
        for l in &found {
            let counts = if l.verdict.decision == Decision::Link { &mut links } else { &mut review };
            match truth.same(l.a, l.b) {
                Some(true) => counts.same += 1,
                Some(false) => counts.different += 1,
                None => counts.unknown += 1,
            }
        }
        let alone = judged(&found, true);
        so_far.extend(found);
        so_far.sort_unstable_by_key(|l| (l.a, l.b, std::cmp::Reverse(l.verdict.decision), l.pass));
        so_far.dedup_by_key(|l| (l.a, l.b));
        let cumulative = judged(&so_far, false);
        passes.push(PassQuality { pass: pass.name.clone(), alone, cumulative, links, review });
        progress.advance(1);
    }
    passes
}

fn reachable(plan: &Plan, p: &Prepared, truth: &Truth) -> Reachable {
    let recipes = pairs::recipes(plan, p, |_| true);
    let (mut all, mut met) = (0u64, 0u64);
    truth.each_true_pair(|a, b| {
        all += 1;
        met += u64::from(recipes.iter().any(|(_, r)| !r.is_sorted() && r.meet(p, a, b)));
    });
    Reachable {
        true_pairs: all,
        with_a_key: met,
        share: if all == 0 { 1.0 } else { met as f64 / all as f64 },
    }
}

/// Pairs by score: of one person and of two.
type ByScore = BTreeMap<i32, (u64, u64)>;

/// A pair in record order.
fn ordered(a: Record, b: Record) -> (Record, Record) {
    (a.min(b), a.max(b))
}
