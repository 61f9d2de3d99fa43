//! Freshness of contact data: `F = 2^(−age/365)`, in whole numbers so that it is the same on every machine.

/// `1000 × 2^(−age_days/365)`, rounded. Ages below zero (dates in the future) count as zero.
///
/// Computed in 64-bit fixed point: the fraction of a half-life is the product of precomputed roots
/// `2^(−2^k/365)`, so no floating-point library takes part.
pub fn freshness_thousandths(age_days: i64) -> u32 {
    freshness_millionths(age_days).div_ceil(500).div_euclid(2)
}

/// The same in millionths, truncated.
pub(super) fn freshness_millionths(age_days: i64) -> u32 {
    let age = age_days.max(0) as u64;
    let halvings = age / 365;
    if halvings >= 32 {
        return 0;
    }
    let mut rest = age % 365;
    let mut value: u64 = 1 << 32;
    for root in ROOTS {
        if rest & 1 == 1 {
            value = ((u128::from(value) * u128::from(root)) >> 32) as u64;
        }
        rest >>= 1;
    }
    ((u128::from(value >> halvings) * 1_000_000) >> 32) as u32
}

/// `2^32 · 2^(−2^k/365)` for k = 0..8, rounded to the nearest integer.
const ROOTS: [u64; 9] = [
    4_286_818_749,
    4_278_685_662,
    4_262_465_750,
    4_230_210_156,
    4_166_429_388,
    4_041_738_306,
    3_803_439_562,
    3_368_163_598,
    2_641_353_296,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_those_of_the_formula() {
        for (k, root) in ROOTS.iter().enumerate() {
            let exact = 4_294_967_296.0 * f64::powf(2.0, -(f64::powi(2.0, k as i32)) / 365.0);
            assert!((exact - *root as f64).abs() <= 1.0, "k = {k}: {exact} against {root}");
        }
    }

    #[test]
    fn matches_the_worked_example() {
        assert_eq!(freshness_thousandths(0), 1000);
        assert_eq!(freshness_thousandths(365), 500);
        assert_eq!(freshness_thousandths(986), 154);
        assert_eq!(freshness_thousandths(445), 430);
        assert_eq!(freshness_thousandths(-3), 1000);
        assert_eq!(freshness_thousandths(40_000), 0);
    }
}
