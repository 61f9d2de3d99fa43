//! What each comparison adds to the weight or the points of a pair, from the prior to the total.

use super::Scene;
use crate::matching::compare::{Evidence, MISSING, at};
use crate::matching::decide::points;
use crate::matching::model::bits::probability;
use crate::records::Record;
use serde::Serialize;

/// What a waterfall adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Points of the points table.
    Points,
    /// Thousandths of a bit: 1000 more doubles the odds.
    ThousandthsOfABit,
}

/// One comparison's share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaterfallStep {
    /// The comparison.
    pub comparison: String,
    /// Its level.
    pub level: String,
    /// What it adds.
    pub weight: i32,
}

/// From the prior to the total.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Waterfall {
    /// What is added up.
    pub unit: Unit,
    /// Where it begins: the prior of the model; 0 for points.
    pub prior: i32,
    /// What each comparison with a value on both sides adds.
    pub steps: Vec<WaterfallStep>,
    /// The sum.
    pub total: i32,
    /// Total from which the pair is linked.
    pub link_at: i32,
    /// Total from which it goes to review.
    pub review_at: i32,
    /// Probability of one person that the total stands for, 0 to 1; none for points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub match_probability: Option<f64>,
}

impl Scene<'_> {
    fn step(&self, comparison: usize, level: u8, weight: i32) -> WaterfallStep {
        let name = self.comparisons.0.get(comparison).map_or_else(String::new, |(n, _)| n.clone());
        WaterfallStep { comparison: name, level: self.level_name(comparison, level), weight }
    }

    /// Points of each comparison.
    pub fn points(&self, e: &Evidence, a: Record, b: Record) -> Waterfall {
        let (p, spec) = (self.prepared, self.judge.spec);
        let total = points(p, e, &spec.points, a, b);
        let mut shares: Vec<(usize, i32)> = (0..at::CUSTOM)
            .filter(|c| e.level(*c) != MISSING)
            .map(|c| (c, points(p, &Evidence::default().with(c, e.level(c)), &spec.points, a, b)))
            .collect();
        // A probable marriage is seen in several comparisons at once and changes what the last name costs.
        let rest = total - shares.iter().map(|(_, w)| w).sum::<i32>();
        if let Some((_, last)) = shares.iter_mut().find(|(c, _)| *c == at::LAST_NAME) {
            *last += rest;
        }
        Waterfall {
            unit: Unit::Points,
            prior: 0,
            steps: shares.into_iter().map(|(c, w)| self.step(c, e.level(c), w)).collect(),
            total,
            link_at: spec.link_at,
            review_at: spec.review_at,
            match_probability: None,
        }
    }

    /// Match weights of each comparison; none without a model.
    pub fn weights(&self, e: &Evidence, a: Record, b: Record) -> Option<Waterfall> {
        let model = self.judge.model?;
        let total = model.weight(e, a, b);
        let shares = model.shares(e, a, b);
        Some(Waterfall {
            unit: Unit::ThousandthsOfABit,
            prior: model.prior(a),
            steps: shares
                .into_iter()
                .filter(|s| s.level != MISSING)
                .map(|s| self.step(s.comparison, s.level, s.weight))
                .collect(),
            total,
            link_at: model.link_at(),
            review_at: model.review_at(),
            match_probability: Some(probability(total)),
        })
    }
}
