//! Thresholds from the model's own error rates, without labels.

use super::bits::probability;
use std::collections::BTreeMap;

/// Odds of one to nine, thousandths of a bit.
const ONE_IN_TEN: i32 = -3170;

/// The weights (thousandths of a bit) from which to link and to review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    /// Highest expected F1.
    pub link_at: i32,
    /// Pairs from here on are more likely one person than one in ten.
    pub review_at: i32,
}

/// Expected precision, recall and F1 of linking from a weight on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// Weight, thousandths of a bit.
    pub at: i32,
    /// Expected share of linked pairs that are one person.
    pub precision: f64,
    /// Expected share of the candidates that are one person that are linked.
    pub recall: f64,
    /// Harmonic mean.
    pub f1: f64,
}

/// Expected quality at each weight that occurs, from high to low. `counts`: candidate pairs by weight.
pub fn expected(counts: &BTreeMap<i32, u64>) -> Vec<Expected> {
    let all: f64 = counts.iter().map(|(w, n)| *n as f64 * probability(*w)).sum();
    let (mut linked, mut right) = (0.0, 0.0);
    counts
        .iter()
        .rev()
        .map(|(w, n)| {
            linked += *n as f64;
            right += *n as f64 * probability(*w);
            let (precision, recall) = (right / linked, if all > 0.0 { right / all } else { 1.0 });
            let f1 = 2.0 * precision * recall / (precision + recall);
            Expected { at: *w, precision, recall, f1 }
        })
        .collect()
}

/// Proposes thresholds for candidate pairs counted by weight: the one to link at has the highest expected F1.
///
/// Pairs alone are weighed here. That a chain of links joins two people is prevented where clusters are made: two groups
/// whose pairs speak against each other as a whole are not joined.
pub fn propose(counts: &BTreeMap<i32, u64>) -> (Proposal, Expected) {
    let mut best = Expected { at: 0, precision: 1.0, recall: 1.0, f1: -1.0 };
    for e in expected(counts) {
        if e.f1 > best.f1 {
            best = e;
        }
    }
    (Proposal { link_at: best.at, review_at: best.at.min(ONE_IN_TEN) }, best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proposed_threshold_parts_the_two_humps() {
        let counts: BTreeMap<i32, u64> =
            [(-12_000, 5000), (-8_000, 300), (-1_000, 3), (9_000, 40), (15_000, 60)].into_iter().collect();
        let (p, e) = propose(&counts);
        assert!((-1_000..=9_000).contains(&p.link_at), "{p:?}");
        assert!(p.review_at < p.link_at && e.precision > 0.98, "{e:?}");
    }
}
