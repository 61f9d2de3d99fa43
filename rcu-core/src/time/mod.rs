//! Calendar days without a clock: a day is an `i32` counted from 1970-01-01.
//!
//! The core never asks what day it is; callers pass `as_of`. Conversions follow Howard Hinnant's
//! `days_from_civil` (proleptic Gregorian calendar).

mod zone;

pub use zone::{Zone, paris_offset_seconds};

use serde::{Deserialize, Serialize};
use std::fmt;

/// A calendar day, counted from 1970-01-01 (day 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Day(pub i32);

impl Day {
    /// The day of a valid calendar date, or `None` (`2023-02-29`, month 13).
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Day> {
        if !(1..=9999).contains(&year)
            || !(1..=12).contains(&month)
            || day == 0
            || day > days_in_month(year, month)
        {
            return None;
        }
        // Years from March, none negative here, so that no era has to be told apart and all divisions are unsigned.
        let (y, mp) = if month <= 2 { (year as u32 - 1, month + 9) } else { (year as u32, month - 3) };
        let doy = (153 * mp + 2) / 5 + day - 1;
        Some(Day((y * 365 + y / 4 - y / 100 + y / 400 + doy) as i32 - 719_468))
    }

    /// Year, month 1–12, day 1–31.
    pub fn ymd(self) -> (i32, u32, u32) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
        let month = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
        (yoe + era * 400 + i32::from(month <= 2), month, day)
    }

    /// Reads exactly `YYYY-MM-DD`.
    pub fn parse_iso(text: &str) -> Option<Day> {
        let b = text.as_bytes();
        if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
            return None;
        }
        let n = |r: std::ops::Range<usize>| {
            b[r].iter().try_fold(0u32, |a, c| c.is_ascii_digit().then(|| a * 10 + u32::from(c - b'0')))
        };
        Day::from_ymd(n(0..4)? as i32, n(5..7)?, n(8..10)?)
    }

    /// This day moved by whole months; the day of the month is clamped (31 Jan + 1 = 28 or 29 Feb).
    pub fn add_months(self, months: i32) -> Day {
        let (y, m, d) = self.ymd();
        let total = y * 12 + m as i32 - 1 + months;
        let (y, m) = (total.div_euclid(12), total.rem_euclid(12) as u32 + 1);
        Day::from_ymd(y, m, d.min(days_in_month(y, m))).unwrap_or(self)
    }

    /// Whole years between this birth day and `on` (negative when `on` is earlier).
    pub fn age_on(self, on: Day) -> i32 {
        let (by, bm, bd) = self.ymd();
        let (y, m, d) = on.ymd();
        y - by - i32::from((m, d) < (bm, bd))
    }

    /// Writes `YYYY-MM-DD` at the end of `out`.
    pub fn write_iso(self, out: &mut String) {
        let (y, m, d) = self.ymd();
        let digits = [
            (y / 1000 % 10) as u8,
            (y / 100 % 10) as u8,
            (y / 10 % 10) as u8,
            (y % 10) as u8,
            (m / 10) as u8,
            (m % 10) as u8,
            (d / 10) as u8,
            (d % 10) as u8,
        ]
        .map(|n| char::from(b'0' + n));
        for (i, c) in digits.into_iter().enumerate() {
            if i == 4 || i == 6 {
                out.push('-');
            }
            out.push(c);
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut s = String::with_capacity(10);
        self.write_iso(&mut s);
        f.write_str(&s)
    }
}

/// Days in a month of the Gregorian calendar.
pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        // Of the years divisible by 4, those of a century are divisible by 25, and by 400 when by 16 too.
        2 if year % 4 == 0 && (year % 25 != 0 || year % 16 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_dates_round_trip() {
        for n in (-700_000..60_000).step_by(13) {
            let (y, m, d) = Day(n).ymd();
            assert_eq!(Day::from_ymd(y, m, d), Some(Day(n)));
        }
        assert_eq!(Day::from_ymd(2026, 11, 21).map(|d| d.to_string()).as_deref(), Some("2026-11-21"));
        assert_eq!(Day::from_ymd(2023, 2, 29), None);
    }

    #[test]
    fn months_clamp_to_the_end() {
        let d = Day::parse_iso("2024-02-29").unwrap();
        assert_eq!(d.add_months(-12).to_string(), "2023-02-28");
        assert_eq!(Day::parse_iso("2026-01-31").unwrap().add_months(1).to_string(), "2026-02-28");
    }
}
