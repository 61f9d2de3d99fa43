//! Precision, recall and F1 at each threshold of a score.

use super::ByScore;
use super::pairs::{Open, Truth, each_once, recipes};
use crate::config::Plan;
use crate::matching::compare::compare;
use crate::matching::decide::Judge;
use crate::matching::explain::Unit;
use crate::matching::model::threshold::expected;
use crate::matching::pass::{Decision, Method};
use crate::matching::prepare::Prepared;
use serde::Serialize;
use std::collections::BTreeMap;

/// Thresholds of a chart, about.
const POINTS: usize = 120;

/// Quality at each threshold of the score of one kind of pass.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ThresholdChart {
    /// What is compared with the threshold: points, or weights in thousandths of a bit.
    pub unit: Unit,
    /// The threshold in use.
    pub link_at: i32,
    /// The review threshold in use.
    pub review_at: i32,
    /// `labels`, or `model` when there are none and the model's own chances stand for them.
    pub by: &'static str,
    /// From the lowest threshold to the highest.
    pub points: Vec<ThresholdPoint>,
    /// The threshold with the highest F1.
    pub best: ThresholdPoint,
}

/// Quality of linking every candidate from a score on that no guard refuses, pair by pair, before people are made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ThresholdPoint {
    /// The score.
    pub at: i32,
    /// Pairs linked.
    pub linked: u64,
    /// Share of them that are right.
    pub precision: f64,
    /// Share of all pairs of one person that are linked; with `by` = `model`, of those among the candidates.
    pub recall: f64,
    /// Harmonic mean.
    pub f1: f64,
}

/// A chart for passes decided by a model and one for passes decided by points, when there are such passes.
pub(super) fn charts(plan: &Plan, p: &Prepared, judge: &Judge, truth: Option<&Truth>) -> Vec<ThresholdChart> {
    let open = Open::new(plan, judge.model);
    let model = judge.model.filter(|_| plan.passes.iter().any(|x| x.method == Method::Model));
    let mut charts = Vec::new();
    if let Some(model) = model {
        let scores = scores(plan, p, &open, Method::Model, truth);
        let unit = Unit::ThousandthsOfABit;
        charts.extend(chart(unit, (model.link_at(), model.review_at()), &scores, truth));
    }
    if let Some(truth) = truth.filter(|_| plan.passes.iter().any(|x| x.method == Method::Points)) {
        let scores = scores(plan, p, &open, Method::Points, Some(truth));
        charts.extend(chart(Unit::Points, (judge.spec.link_at, judge.spec.review_at), &scores, Some(truth)));
    }
    charts
}

/// Candidates of the passes of a method by score: (same, different) by the labels, (all, 0) without.
fn scores(plan: &Plan, p: &Prepared, open: &Open, method: Method, truth: Option<&Truth>) -> ByScore {
    let recipes = recipes(plan, p, |pass| pass.method == method);
    let states = each_once(&recipes, plan, p, ByScore::new, |scores, pass, a, b| {
        let same = match truth.map(|t| t.same(a, b)) {
            Some(None) => return,
            Some(Some(same)) => same,
            None => true,
        };
        let e = compare(p, a, b);
        let verdict = open.judge(&plan.passes[pass], p, &e, a, b);
        if verdict.decision == Decision::Link {
            let counts = scores.entry(verdict.score).or_default();
            *(if same { &mut counts.0 } else { &mut counts.1 }) += 1;
        }
    });
    let mut all = ByScore::new();
    for (score, (same, different)) in states.into_iter().flatten() {
        let counts = all.entry(score).or_default();
        counts.0 += same;
        counts.1 += different;
    }
    all
}

fn chart(
    unit: Unit,
    (link_at, review_at): (i32, i32),
    scores: &ByScore,
    truth: Option<&Truth>,
) -> Option<ThresholdChart> {
    let points: Vec<ThresholdPoint> = match truth {
        Some(truth) => by_labels(scores, truth.true_pairs()),
        None => {
            let counts: BTreeMap<i32, u64> = scores.iter().map(|(s, (n, _))| (*s, *n)).collect();
            let mut linked = 0;
            expected(&counts)
                .into_iter()
                .map(|e| {
                    linked += counts.get(&e.at).copied().unwrap_or(0);
                    ThresholdPoint { at: e.at, linked, precision: e.precision, recall: e.recall, f1: e.f1 }
                })
                .collect()
        }
    };
    // From high to low: of equals the strictest threshold is best.
    let best = *points.iter().reduce(|x, y| if y.f1 > x.f1 { y } else { x })?;
    let every = points.len().div_ceil(POINTS).max(1);
    let last = points.len() - 1;
    let mut shown: Vec<ThresholdPoint> = points
        .into_iter()
        .enumerate()
        .filter(|(i, point)| i % every == 0 || *i == last || point.at == best.at)
        .map(|(_, point)| point)
        .collect();
    shown.reverse();
    let by = if truth.is_some() { "labels" } else { "model" };
    Some(ThresholdChart { unit, link_at, review_at, by, points: shown, best })
}

/// Quality at each score that occurs, from high to low.
fn by_labels(scores: &ByScore, true_pairs: u64) -> Vec<ThresholdPoint> {
    let (mut linked, mut right) = (0u64, 0u64);
    scores
        .iter()
        .rev()
        .map(|(at, (same, different))| {
            linked += same + different;
            right += same;
            let precision = right as f64 / linked.max(1) as f64;
            let recall = if true_pairs == 0 { 1.0 } else { right as f64 / true_pairs as f64 };
            let sum = precision + recall;
            let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
            ThresholdPoint { at: *at, linked, precision, recall, f1 }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_falls_and_rises_with_the_threshold() {
        let scores: ByScore = [(10, (1, 8)), (50, (3, 1)), (90, (4, 0))].into_iter().collect();
        let points = by_labels(&scores, 10);
        let all: Vec<(i32, u64)> = points.iter().map(|p| (p.at, p.linked)).collect();
        assert_eq!(all, [(90, 4), (50, 8), (10, 17)]);
        assert_eq!((points[0].precision, points[0].recall), (1.0, 0.4));
        assert!((points[1].precision - 7.0 / 8.0).abs() < 1e-12 && (points[2].recall - 0.8).abs() < 1e-12);
    }
}
