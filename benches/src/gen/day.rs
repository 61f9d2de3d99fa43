//! Days since 1970-01-01 and the ways the sources write them.

use std::fmt::Write;

/// How a source writes a day; the example is 5 March 1987.
#[derive(Clone, Copy)]
pub enum DayLayout {
    /// `05031987`
    Joined,
    /// `05/03/1987`
    Slashes,
    /// `05/03/87`
    ShortSlashes,
    /// `05-03-1987`
    Hyphens,
    /// `1987-03-05`
    Iso,
    /// `19870305`
    JoinedIso,
}

/// Days since 1970-01-01 of a date of the Gregorian calendar.
#[must_use]
pub const fn from_civil(year: i32, month: u32, day: u32) -> i32 {
    // Years start in March, so that the leap day ends them.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month as i32 + 9) % 12) + 2) / 5 + day as i32 - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of the month of a day.
#[must_use]
pub fn civil(day: i32) -> (i32, u32, u32) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year_of_era + i32::from(month <= 2);
    (year, month as u32, (day_of_year - (153 * march_month + 2) / 5 + 1) as u32)
}

/// Appends `day` in a layout.
pub fn push(out: &mut String, day: i32, layout: DayLayout) {
    let (year, month, day) = civil(day);
    let written = match layout {
        DayLayout::Joined => write!(out, "{day:02}{month:02}{year:04}"),
        DayLayout::Slashes => write!(out, "{day:02}/{month:02}/{year:04}"),
        DayLayout::ShortSlashes => write!(out, "{day:02}/{month:02}/{:02}", year.rem_euclid(100)),
        DayLayout::Hyphens => write!(out, "{day:02}-{month:02}-{year:04}"),
        DayLayout::Iso => write!(out, "{year:04}-{month:02}-{day:02}"),
        DayLayout::JoinedIso => write!(out, "{year:04}{month:02}{day:02}"),
    };
    debug_assert!(written.is_ok(), "writing to a String does not fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree() {
        assert_eq!(from_civil(1970, 1, 1), 0);
        assert_eq!(from_civil(2000, 3, 1), 11_017);
        for day in (-30_000..40_000).step_by(17) {
            let (year, month, of_month) = civil(day);
            assert_eq!(from_civil(year, month, of_month), day);
        }
    }

    #[test]
    fn layouts_look_as_the_sources_write_them() {
        let mut out = String::new();
        for layout in [DayLayout::Joined, DayLayout::ShortSlashes, DayLayout::Iso, DayLayout::JoinedIso] {
            push(&mut out, from_civil(1987, 3, 5), layout);
            out.push(' ');
        }
        assert_eq!(out, "05031987 05/03/87 1987-03-05 19870305 ");
    }
}
