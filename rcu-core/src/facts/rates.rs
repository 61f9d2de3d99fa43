//! Stored exchange rates, and amounts brought to the currency of all sums.

use super::cells::scaled;
use crate::aggregate::RatesAre;
use crate::time::Day;
use std::collections::BTreeMap;

/// Decimals of a rate that are kept.
const RATE_SCALE: u32 = 12;

/// Rates by currency code, days ascending.
#[derive(Debug, Clone, Default)]
pub struct Rates {
    by_code: BTreeMap<String, Vec<(Day, i64)>>,
    /// Whether every currency is worth ours on every day.
    all: bool,
}

impl Rates {
    /// A rate for whatever is asked, to tell what else is wrong with a row.
    pub(super) fn of_all() -> Rates {
        Rates { all: true, ..Rates::default() }
    }

    /// Adds a rate, a plain decimal number. Of several for one day the last in content order counts, so that the order
    /// of rows does not.
    pub(super) fn add(&mut self, code: &str, day: Day, rate: &str) -> bool {
        match scaled(rate, RATE_SCALE as usize).filter(|r| *r > 0) {
            Some(rate) => {
                self.by_code.entry(code.to_owned()).or_default().push((day, rate));
                true
            }
            None => false,
        }
    }

    pub(super) fn sort(&mut self) {
        self.by_code.values_mut().for_each(|v| v.sort_unstable());
    }

    /// The rate of a day, or the latest of at most `max_age` days before it.
    fn of(&self, code: &str, day: Day, max_age: u32) -> Option<i64> {
        if self.all {
            return Some(10i64.pow(RATE_SCALE));
        }
        let list = self.by_code.get(code)?;
        let (at, rate) = list.get(list.partition_point(|(d, _)| *d <= day).checked_sub(1)?)?;
        (day.0 - at.0 <= max_age as i32).then_some(*rate)
    }

    /// An amount of `minor` units of `10^-digits` in hundredths of our currency, half away from zero. `None` when no
    /// rate is stored for the day.
    pub(super) fn convert(
        &self,
        minor: i64,
        digits: u32,
        code: &str,
        day: Day,
        rates_are: RatesAre,
        max_age: u32,
    ) -> Option<i64> {
        let rate = i128::from(self.of(code, day, max_age)?);
        let one = 10i128.pow(RATE_SCALE);
        let (times, by) = match rates_are {
            RatesAre::OursForOne => (rate, one),
            RatesAre::TheirsForOne => (one, rate),
        };
        let numerator = i128::from(minor).checked_mul(times)?.checked_mul(100)?;
        round_div(numerator, by.checked_mul(10i128.pow(digits))?)
    }
}

/// Quotient half away from zero, when it fits. `d` is positive.
pub(super) fn round_div(n: i128, d: i128) -> Option<i64> {
    let q = n.checked_abs()?.checked_mul(2)?.checked_add(d)? / (2 * d);
    i64::try_from(if n < 0 { -q } else { q }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(s: &str) -> Day {
        Day::parse_iso(s).unwrap()
    }

    #[test]
    fn an_amount_takes_the_rate_of_its_day() {
        let mut r = Rates::default();
        assert!(r.add("USD", day("2026-03-02"), "0.92"));
        assert!(r.add("USD", day("2026-03-03"), "0.9"));
        assert!(!r.add("USD", day("2026-03-04"), "0"));
        r.sort();
        let to = |minor, d: &str, age| r.convert(minor, 2, "USD", day(d), RatesAre::OursForOne, age);
        assert_eq!(to(1_000, "2026-03-02", 0), Some(920));
        assert_eq!(to(1_005, "2026-03-03", 0), Some(905), "9.045 goes up");
        assert_eq!(to(-1_005, "2026-03-03", 0), Some(-905));
        assert_eq!(to(1_000, "2026-03-05", 0), None);
        assert_eq!(to(1_000, "2026-03-05", 2), Some(900));
        assert_eq!(to(1_000, "2026-03-01", 9), None, "a later rate is none");
        assert_eq!(r.convert(1_000, 2, "GBP", day("2026-03-02"), RatesAre::OursForOne, 0), None);
    }

    #[test]
    fn rates_of_the_central_bank_are_the_other_way_round() {
        let mut r = Rates::default();
        assert!(r.add("JPY", day("2026-03-02"), "160.5"));
        r.sort();
        let got = r.convert(16_050, 0, "JPY", day("2026-03-02"), RatesAre::TheirsForOne, 0);
        assert_eq!(got, Some(10_000));
    }
}
