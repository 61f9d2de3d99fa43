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
            value = times(value, root);
        }
        rest >>= 1;
    }
    ((u128::from(value >> halvings) * 1_000_000) >> 32) as u32
}

/// `1 000 000 × 2^(−age_days/half_life_days)`, truncated, for any half-life. Ages below zero count as zero.
pub(super) fn halved_millionths(age_days: i64, half_life_days: u32) -> u32 {
    let (age, half) = (age_days.max(0) as u64, u64::from(half_life_days.max(1)));
    let halvings = age / half;
    if halvings >= 32 {
        return 0;
    }
    // The part of a half-life that is left, as 32 binary digits after the point.
    let part = ((u128::from(age % half) << 32) / u128::from(half)) as u32;
    let mut value: u64 = 1 << 32;
    for (k, root) in HALVES.iter().enumerate() {
        if part >> (31 - k) & 1 == 1 {
            value = times(value, *root);
        }
    }
    ((u128::from(value >> halvings) * 1_000_000) >> 32) as u32
}

fn times(a: u64, b: u64) -> u64 {
    ((u128::from(a) * u128::from(b)) >> 32) as u64
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

/// `2^32 · 2^(−2^−k)` for k = 1..24, rounded to the nearest integer; smaller parts of a half-life change no millionth.
const HALVES: [u64; 24] = [
    3_037_000_500,
    3_611_622_603,
    3_938_502_376,
    4_112_874_773,
    4_202_935_003,
    4_248_701_965,
    4_271_771_996,
    4_283_353_945,
    4_289_156_690,
    4_292_061_010,
    4_293_513_907,
    4_294_240_540,
    4_294_603_903,
    4_294_785_595,
    4_294_876_445,
    4_294_921_870,
    4_294_944_583,
    4_294_955_939,
    4_294_961_618,
    4_294_964_457,
    4_294_965_876,
    4_294_966_586,
    4_294_966_941,
    4_294_967_119,
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
        for (k, root) in HALVES.iter().enumerate() {
            let exact = 4_294_967_296.0 * f64::powf(2.0, -(f64::powi(2.0, -(k as i32 + 1))));
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

    #[test]
    fn any_half_life_follows_the_formula() {
        for half in [1, 7, 90, 365, 730, 10_000] {
            for age in [0, 1, 10, 89, 90, 365, 986, 5000] {
                let exact = 1e6 * f64::powf(2.0, -f64::from(age) / f64::from(half));
                let got = f64::from(halved_millionths(i64::from(age), half));
                assert!((exact - got).abs() <= 2.0, "{age} of {half}: {exact} against {got}");
            }
        }
    }
}
