//! Logarithms to base 2 from sums and products alone: the same bits on every machine and in every language.

/// Logarithm to base 2. `x` must be finite and above 0; others give the lowest value, -1074.
pub fn log2(x: f64) -> f64 {
    if !(x.is_finite() && x > 0.0) {
        return -1074.0;
    }
    let mut exponent = 0i32;
    let mut m = x;
    while m >= std::f64::consts::SQRT_2 {
        m /= 2.0;
        exponent += 1;
    }
    while m < std::f64::consts::FRAC_1_SQRT_2 {
        m *= 2.0;
        exponent -= 1;
    }
    // ln m = 2 artanh((m - 1) / (m + 1)); the argument is below 0.1716, so 12 terms leave less than 1e-19.
    let z = (m - 1.0) / (m + 1.0);
    let z2 = z * z;
    let series = (0..12).rev().fold(0.0, |sum, k| sum * z2 + 1.0 / f64::from(2 * k + 1));
    f64::from(exponent) + 2.0 * z * series * std::f64::consts::LOG2_E
}

/// Logarithm to base 2 in thousandths, rounded.
pub fn milli_log2(x: f64) -> i32 {
    (log2(x) * 1000.0).round() as i32
}

/// Position of the highest set bit: the power of two at or below `n`; 0 for 0.
pub fn class(n: u64) -> i32 {
    63 - (n.max(1).leading_zeros() as i32)
}

/// 2 to the power of `milli` thousandths, for weights from -100 to 100 bits; beyond, the bound.
pub fn exp2_milli(milli: i32) -> f64 {
    let milli = milli.clamp(-100_000, 100_000);
    let (whole, rest) = (milli.div_euclid(1000), milli.rem_euclid(1000));
    let x = f64::from(rest) / 1000.0 * std::f64::consts::LN_2;
    // Taylor series of the exponential on 0..0.694: 16 terms leave less than 1e-16.
    let fraction = (1..=16).rev().fold(1.0, |sum, k| 1.0 + sum * x / f64::from(k));
    let base = if whole >= 0 { 2.0 } else { 0.5 };
    (0..whole.abs()).fold(fraction, |v, _| v * base)
}

/// Probability that a weight (prior included) stands for, 0.0 to 1.0.
pub fn probability(milli: i32) -> f64 {
    let odds = exp2_milli(milli);
    odds / (1.0 + odds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_library() {
        for x in [1e-9, 0.003, 0.5, 0.71, 1.0, 1.5, 2.0, 3.0, 1e6, 7.7e12] {
            assert!((log2(x) - f64::log2(x)).abs() < 1e-12, "{x}");
        }
        for w in [-20_500, -1, 0, 1, 999, 1000, 12_345] {
            let wanted = (f64::from(w) / 1000.0).exp2();
            assert!((exp2_milli(w) / wanted - 1.0).abs() < 1e-12, "{w}");
        }
        assert_eq!((class(0), class(1), class(3), class(4), class(1 << 40)), (0, 0, 1, 2, 40));
        assert!((probability(0) - 0.5).abs() < 1e-15);
    }
}
