//! Scores that depend on everybody, read from counts: how many people stand below somebody.
//!
//! What is scored is written as digits whose order is that of the numbers: two for the sign and the length, then the
//! number's own after the leading bit. People are counted under every beginning of these digits, so that those below
//! somebody are the sums of a few counts beside the path, whatever the number of people.

use super::standing::{Scored, Standing};
use super::store::{Counted, Store};
use crate::aggregate::{AggregateSpec, RfmScores, Scale, segment};
use crate::error::Error;
use std::collections::BTreeMap;

/// What is counted, and as which number; of two people the one with the larger number is better.
const DIMENSIONS: [(Counted, fn(&Scored) -> i64); 3] = [
    (Counted::Recency, |s| s.recency_days.saturating_neg()),
    (Counted::Frequency, |s| s.frequency),
    (Counted::Monetary, |s| s.monetary_minor),
];

/// A number as digits from 0 to 15; numbers compare as their digits do.
fn digits(n: i64) -> Vec<u8> {
    // Of a negative number the complement, which is larger the further below zero it is.
    let size = if n < 0 { !n } else { n } as u64;
    let bits = 64 - size.leading_zeros();
    let class = if n < 0 { 63 - bits } else { 64 + bits } as u8;
    let body = bits.saturating_sub(1);
    let rest = size & (1u64 << body).wrapping_sub(1);
    let rest = if n < 0 { !rest & (1u64 << body).wrapping_sub(1) } else { rest };
    let mut digits = vec![class >> 4, class & 15];
    for k in (0..body.div_ceil(4)).rev() {
        digits.push((rest >> (4 * k) & 15) as u8);
    }
    digits
}

/// The count of those of a brand whose digits begin so.
fn place(brand: &str, digits: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut name = String::with_capacity(brand.len() + 1 + digits.len());
    name.push_str(brand);
    name.push('\u{1e}');
    name.extend(digits.iter().map(|d| char::from(HEX[usize::from(d & 15)])));
    name
}

/// Counts a person as it is, no more as it was.
pub(super) fn recount<S: Store>(store: &mut S, old: &Standing, new: &Standing) -> Result<(), Error> {
    let mut moved: BTreeMap<(Counted, String), i64> = BTreeMap::new();
    for (standing, more) in [(old, -1), (new, 1)] {
        for ((counted, of), (brand, scored)) in
            standing.rfm.iter().flat_map(|s| DIMENSIONS.iter().map(move |d| (*d, s)))
        {
            let digits = digits(of(scored));
            for end in 0..=digits.len() {
                *moved.entry((counted, place(brand, &digits[..end]))).or_default() += more;
            }
        }
        for (kind, counted) in [("brand", Counted::Brands), ("company", Counted::Companies)] {
            for name in standing.units.get(kind).into_iter().flat_map(BTreeMap::keys) {
                *moved.entry((counted, name.clone())).or_default() += more;
            }
        }
    }
    for ((counted, place), more) in moved.into_iter().filter(|(_, more)| *more != 0) {
        store.add(counted, &place, more)?;
    }
    Ok(())
}

/// Scores of a person of whom that much is known: among all, or among the customers of a brand.
pub(super) fn scores<S: Store>(
    store: &S,
    spec: &AggregateSpec,
    brand: &str,
    scored: &Scored,
) -> Result<Option<RfmScores>, Error> {
    if let Some(thresholds) = &spec.rfm_thresholds {
        return Ok(Some(Scale::fixed(thresholds).scores(scored.raw())));
    }
    let mut found = [0u8; 3];
    for ((counted, of), score) in DIMENSIONS.iter().zip(&mut found) {
        let all = store.count(*counted, &place(brand, &[]))?;
        if all < 5 {
            return Ok(None);
        }
        let worse = below(store, *counted, brand, &digits(of(scored)), all)?;
        *score = (5 * u128::from(worse) / u128::from(all) + 1).min(5) as u8;
    }
    Ok(Some(RfmScores { r: found[0], f: found[1], m: found[2] }))
}

/// How many people have smaller digits.
fn below<S: Store>(store: &S, counted: Counted, brand: &str, digits: &[u8], all: u64) -> Result<u64, Error> {
    let (mut worse, mut here) = (0, all);
    for end in 0..digits.len() {
        let inside = store.count(counted, &place(brand, &digits[..=end]))?;
        // Nobody stands beside the path where all of those above go on.
        if inside != here {
            let mut beside = digits[..=end].to_vec();
            for d in 0..digits[end] {
                beside[end] = d;
                worse += store.count(counted, &place(brand, &beside))?;
            }
        }
        here = inside;
    }
    Ok(worse)
}

/// The columns `rfm` and `rfm_segment` of a person.
pub(super) fn columns(scores: RfmScores, scored: &Scored) -> [(&'static str, String); 2] {
    let code = format!("{}{}{}", scores.r, scores.f, scores.m);
    [("rfm", code), ("rfm_segment", segment(scores, scored.first_purchase_days).to_owned())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::quintile_scores;
    use crate::repository::MemoryStore;
    use proptest::prelude::*;

    fn any_number() -> impl Strategy<Value = i64> {
        prop_oneof![
            -20..20i64,
            any::<i64>(),
            proptest::sample::select(&[i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX][..]),
        ]
    }

    proptest! {
        #[test]
        fn digits_compare_as_numbers(a in any_number(), b in any_number()) {
            prop_assert_eq!(digits(a).cmp(&digits(b)), a.cmp(&b));
        }

        #[test]
        fn counts_give_the_scores_of_the_whole_population(
            values in proptest::collection::vec(any_number(), 1..40),
            gone in proptest::collection::vec(any_number(), 0..9),
        ) {
            let mut store = MemoryStore::default();
            let standing = |n: i64| {
                let scored = Scored { monetary_minor: n, ..Scored::default() };
                Standing { rfm: BTreeMap::from([(String::new(), scored)]), ..Standing::default() }
            };
            for v in values.iter().chain(&gone) {
                recount(&mut store, &Standing::default(), &standing(*v)).unwrap();
            }
            for v in &gone {
                recount(&mut store, &standing(*v), &Standing::default()).unwrap();
            }
            let want = quintile_scores(&values);
            for (i, v) in values.iter().enumerate() {
                let scored = Scored { monetary_minor: *v, ..Scored::default() };
                let got = scores(&store, &AggregateSpec::default(), "", &scored).unwrap();
                prop_assert_eq!(got.map(|s| s.m), want.as_ref().map(|w| w[i]));
            }
        }
    }
}
