//! Decimal texts compared and added exactly: no binary float takes part.

use std::cmp::Ordering;

/// Order of two decimal texts (`-12.50`, `7`), by size. Texts that are no decimals come first, by letters.
pub fn compare(a: &str, b: &str) -> Ordering {
    match (Parts::of(a), Parts::of(b)) {
        (Some(x), Some(y)) => x.compare(&y),
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (None, None) => a.cmp(b),
    }
}

/// The sum of decimal texts with as many decimals as the longest has; `None` when one is no decimal or the sum has more
/// than 38 digits.
pub fn sum<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let parts = texts.map(Parts::of).collect::<Option<Vec<Parts>>>()?;
    let scale = parts.iter().map(|p| p.written.len()).max()?;
    let mut total: i128 = 0;
    for p in &parts {
        let mut units: i128 = 0;
        let digits = p.whole.bytes().chain(p.written.bytes());
        for d in digits.chain(std::iter::repeat_n(b'0', scale - p.written.len())) {
            units = units.checked_mul(10)?.checked_add(i128::from(d - b'0'))?;
        }
        total = total.checked_add(if p.negative { -units } else { units })?;
    }
    let digits = format!("{:0>width$}", total.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if total < 0 { "-" } else { "" };
    Some(if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

struct Parts<'a> {
    negative: bool,
    /// Without leading zeros.
    whole: &'a str,
    /// Without trailing zeros.
    fraction: &'a str,
    /// The decimals as they are written.
    written: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Parts<'a>> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |t| (true, t));
        let (whole, written) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(written) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = written.trim_end_matches('0');
        Some(Parts {
            negative: negative && !(whole.is_empty() && fraction.is_empty()),
            whole,
            fraction,
            written,
        })
    }

    fn compare(&self, other: &Parts) -> Ordering {
        let size = (self.whole.len(), self.whole, self.fraction);
        let order = size.cmp(&(other.whole.len(), other.whole, other.fraction));
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => order,
            (true, true) => order.reverse(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_that_of_the_numbers() {
        let sorted = ["-12.5", "-12.49", "-0.1", "0", "0.09", "0.1", "2", "12.25", "12.3", "100"];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(compare(a, b), i.cmp(&j), "{a} {b}");
            }
        }
        assert_eq!(compare("1.50", "1.5"), Ordering::Equal);
        assert_eq!(compare("-0", "0.00"), Ordering::Equal);
    }

    #[test]
    fn sums_are_exact() {
        assert_eq!(sum(["0.10", "0.20", "-0.30"].into_iter()).as_deref(), Some("0.00"));
        assert_eq!(sum(["1", "0.5"].into_iter()).as_deref(), Some("1.5"));
        assert_eq!(sum(["-1", "0.25"].into_iter()).as_deref(), Some("-0.75"));
        assert_eq!(sum(["x"].into_iter()), None);
        assert_eq!(sum(["9".repeat(38).as_str(), "9".repeat(38).as_str()].into_iter()), None);
    }
}
