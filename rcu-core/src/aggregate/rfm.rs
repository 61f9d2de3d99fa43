//! Recency, frequency, monetary value: scores by quintile with ties or by fixed thresholds, and segments
//! (`domain.md` §5.3).

use super::spec::RfmThresholds;

/// Scores 1 to 5 of one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RfmScores {
    /// Recency: 5 bought last.
    pub r: u8,
    /// Frequency: 5 bought most often.
    pub f: u8,
    /// Monetary: 5 spent most.
    pub m: u8,
}

/// What is scored: days since the last purchase, purchases and net revenue inside the RFM window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawRfm {
    /// Days since the last purchase.
    pub recency_days: i64,
    /// Purchases.
    pub frequency: i64,
    /// Net revenue in minor units.
    pub monetary: i64,
}

/// The values from which on each score above 1 is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cuts([i64; 4]);

impl Cuts {
    /// Of a population: `min(5, floor(5 × worse / N) + 1)`, where `worse` counts the values strictly below one's own.
    ///
    /// A value scores more than `k` when at least `k × N / 5` values are below it, which is when it exceeds the value
    /// of that rank. `values` are put into another order.
    fn of(values: &mut [i64]) -> Option<Cuts> {
        let n = values.len();
        if n < 5 {
            return None;
        }
        let mut cuts = [0; 4];
        let mut from = 0;
        for (k, cut) in cuts.iter_mut().enumerate() {
            let rank = ((k + 1) * n).div_ceil(5) - 1;
            let (_, value, _) = values[from..].select_nth_unstable(rank - from);
            *cut = *value;
            from = rank;
        }
        Some(Cuts(cuts))
    }

    fn score(&self, value: i64) -> u8 {
        1 + self.0.iter().filter(|cut| value > **cut).count() as u8
    }
}

/// How a population is scored. A customer alone is scored by it, so that one who buys need not wait for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    recency: Cuts,
    frequency: Cuts,
    monetary: Cuts,
}

impl Scale {
    /// The quintiles of a population; `None` below 5 customers.
    pub fn of_population(raw: impl Iterator<Item = RawRfm> + Clone) -> Option<Scale> {
        let column = |f: fn(RawRfm) -> i64| Cuts::of(&mut raw.clone().map(f).collect::<Vec<_>>());
        Some(Scale {
            // Fewer days are better: negated, "worse" is always the smaller value.
            recency: column(|r| -r.recency_days)?,
            frequency: column(|r| r.frequency)?,
            monetary: column(|r| r.monetary)?,
        })
    }

    /// Fixed thresholds, whatever the population.
    pub fn fixed(t: &RfmThresholds) -> Scale {
        Scale {
            recency: Cuts(t.recency_days.map(|d| (-d).saturating_sub(1))),
            frequency: Cuts(t.frequency.map(|n| n.saturating_sub(1))),
            monetary: Cuts(t.monetary_minor.map(|n| n.saturating_sub(1))),
        }
    }

    /// Scores of one customer.
    pub fn scores(&self, raw: RawRfm) -> RfmScores {
        RfmScores {
            r: self.recency.score(-raw.recency_days),
            f: self.frequency.score(raw.frequency),
            m: self.monetary.score(raw.monetary),
        }
    }
}

/// Score of each value among all of them; `None` below 5 values. Equal values get equal scores.
pub fn quintile_scores(values: &[i64]) -> Option<Vec<u8>> {
    let cuts = Cuts::of(&mut values.to_vec())?;
    Some(values.iter().map(|v| cuts.score(*v)).collect())
}

/// The first segment whose condition holds. `first_purchase_days` is the age of the first purchase.
pub fn segment(s: RfmScores, first_purchase_days: i32) -> &'static str {
    match s {
        RfmScores { r: 4.., f: 4.., m: 4.. } => "champions",
        RfmScores { f: 4.., .. } => "loyal",
        RfmScores { m: 5, .. } => "big_spenders",
        RfmScores { r: 4.., f: ..=2, .. } if first_purchase_days < 90 => "new",
        RfmScores { r: 4.., .. } => "promising",
        RfmScores { r: ..=2, f: 3.., .. } => "at_risk",
        RfmScores { r: 1, f: ..=2, .. } => "lost",
        _ => "standard",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ties_share_a_score() {
        let f = [1, 1, 1, 1, 1, 1, 2, 2, 3, 10];
        assert_eq!(quintile_scores(&f).unwrap(), [1, 1, 1, 1, 1, 1, 4, 4, 5, 5]);
        assert_eq!(quintile_scores(&[1, 2, 3, 4]), None);
    }

    proptest! {
        #[test]
        fn cuts_give_what_the_formula_gives(values in proptest::collection::vec(-20i64..20, 5..60)) {
            let n = values.len();
            let want: Vec<u8> = values
                .iter()
                .map(|v| {
                    let worse = values.iter().filter(|w| *w < v).count();
                    (5 * worse / n + 1).min(5) as u8
                })
                .collect();
            prop_assert_eq!(quintile_scores(&values).unwrap(), want);
        }
    }

    #[test]
    fn fixed_thresholds_are_met_at_their_own_value() {
        let t = RfmThresholds {
            recency_days: [365, 180, 90, 30],
            frequency: [2, 3, 5, 10],
            monetary_minor: [5_000, 10_000, 50_000, 100_000],
        };
        let scale = Scale::fixed(&t);
        let of = |recency_days, frequency, monetary| {
            let s = scale.scores(RawRfm { recency_days, frequency, monetary });
            (s.r, s.f, s.m)
        };
        assert_eq!(of(30, 10, 100_000), (5, 5, 5));
        assert_eq!(of(31, 9, 99_999), (4, 4, 4));
        assert_eq!(of(365, 2, 5_000), (2, 2, 2));
        assert_eq!(of(366, 1, -5), (1, 1, 1));
    }

    #[test]
    fn segments_follow_their_order() {
        let s = |r, f, m| RfmScores { r, f, m };
        assert_eq!(segment(s(5, 4, 5), 400), "champions");
        assert_eq!(segment(s(1, 4, 1), 400), "loyal");
        assert_eq!(segment(s(2, 1, 5), 400), "big_spenders");
        assert_eq!(segment(s(5, 1, 1), 10), "new");
        assert_eq!(segment(s(5, 1, 1), 90), "promising");
        assert_eq!(segment(s(2, 3, 1), 100), "at_risk");
        assert_eq!(segment(s(1, 2, 1), 100), "lost");
        assert_eq!(segment(s(3, 3, 3), 100), "standard");
    }
}
