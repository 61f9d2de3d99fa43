//! Recency, frequency, monetary value: scores by quintile with ties, and segments (`domain.md` §5.3).

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

/// Score of each value: `min(5, floor(5 × worse / N) + 1)`, where `worse` counts the values strictly below it.
///
/// Equal values get equal scores. With fewer than 5 values there are no scores.
pub fn quintile_scores(values: &[i64]) -> Option<Vec<u8>> {
    let n = values.len();
    if n < 5 {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    Some(
        values
            .iter()
            .map(|v| {
                let worse = sorted.partition_point(|w| w < v);
                (5 * worse / n + 1).min(5) as u8
            })
            .collect(),
    )
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

    #[test]
    fn ties_share_a_score() {
        let f = [1, 1, 1, 1, 1, 1, 2, 2, 3, 10];
        assert_eq!(quintile_scores(&f).unwrap(), [1, 1, 1, 1, 1, 1, 4, 4, 5, 5]);
        assert_eq!(quintile_scores(&[1, 2, 3, 4]), None);
    }

    #[test]
    fn segments_follow_their_order() {
        let s = |r, f, m| RfmScores { r, f, m };
        assert_eq!(segment(s(5, 4, 5), 400), "champions");
        assert_eq!(segment(s(1, 4, 1), 400), "loyal");
        assert_eq!(segment(s(2, 1, 5), 400), "big_spenders");
        assert_eq!(segment(s(5, 1, 1), 10), "new");
        assert_eq!(segment(s(5, 1, 1), 100), "promising");
        assert_eq!(segment(s(2, 3, 1), 100), "at_risk");
        assert_eq!(segment(s(1, 2, 1), 100), "lost");
        assert_eq!(segment(s(3, 3, 3), 100), "standard");
    }
}
