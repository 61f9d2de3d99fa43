//! From the parts of a date to a day, or to the reason why there is none.

use super::clock::Clock;
use super::{Found, Kind, Moment, Reading, Written};
use crate::normalize::{Code, Codes, Context};
use crate::time::{Day, paris_offset_seconds};

const SECONDS_A_DAY: i64 = 86_400;

/// A person older than this is no customer (`domain.md` §2.4).
const OLDEST: i32 = 120;

#[inline]
pub(super) fn verdict(kind: Kind, written: Written, cx: &Context, codes: &mut Codes) -> Reading {
    let Written { mut year, month, date, clock, short_year } = written;
    if short_year {
        match whole_year(kind, written, cx) {
            Ok(whole) => {
                codes.push(Code::CenturyInferred);
                year = whole;
            }
            Err(code) => return refuse(code, None, codes),
        }
    }
    if is_placeholder(kind, year, month, date) {
        return refuse(Code::Placeholder, None, codes);
    }
    let found = if year >= 1000 { Day::from_ymd(year, month, date) } else { None };
    let Some(day) = found else {
        // 00/00/1985 and 00/03/1985 say no more than 1985 and 03/1985 do.
        let partial = date == 0 && month <= 12 && year >= 1000;
        let code = if partial { Code::PartialDate } else { Code::InvalidDate };
        return refuse(code, partial.then_some(year), codes);
    };
    let mut found = Found { day, year, month, date, moment: Moment::Day(day) };
    if clock != Clock::None {
        found = local(kind, found, clock, codes);
        // The first second of 1970 in Paris is the last hour of 1969 in UTC.
        if is_placeholder(kind, found.year, found.month, found.date) {
            return refuse(Code::Placeholder, None, codes);
        }
    }
    match kind {
        Kind::Any => Reading::Day(found),
        Kind::Birth => of_a_person(found, cx, codes),
    }
}

fn refuse(code: Code, year: Option<i32>, codes: &mut Codes) -> Reading {
    codes.push(code);
    Reading::Rejected(year)
}

/// Defaults of databases and forms. A birth date has more of them than a date of the business, which may well be the
/// first day of 1901.
#[inline]
fn is_placeholder(kind: Kind, year: i32, month: u32, date: u32) -> bool {
    match (year, month, date) {
        (0, 0, 0) | (1, 1, 1) | (1111, 11, 11) | (1899, 12, 30 | 31) | (9999, 12, 31) => true,
        (1900 | 1970, 1, 1) => true,
        (1901, 1, 1) => kind == Kind::Birth,
        _ => false,
    }
}

/// The century of a year of two figures. A person is 15 or more, and 105 or less; any other date lies at most twenty
/// years ahead.
fn whole_year(kind: Kind, written: Written, cx: &Context) -> Result<i32, Code> {
    let (recent, old) = (2000 + written.year, 1900 + written.year);
    if written.date == 0 || written.month == 0 {
        let zero = written.date == 0 && written.month == 0 && written.year == 0;
        return Err(if zero { Code::Placeholder } else { Code::PartialDate });
    }
    if kind == Kind::Any {
        return Ok(if recent <= cx.as_of.ymd().0 + 20 { recent } else { old });
    }
    let age = |year: i32| Day::from_ymd(year, written.month, written.date).map(|d| d.age_on(cx.as_of));
    match (age(recent), age(old)) {
        (Some(age), _) if age >= 15 => Ok(recent),
        (_, Some(age)) if age <= 105 => Ok(old),
        (None, None) => Err(Code::InvalidDate),
        _ => Err(Code::AmbiguousCentury),
    }
}

/// Drops the time of day. An instant is brought to Paris: always for a date of the business; for a birth date only
/// when it is midnight there, which is how a program in Paris writes a bare day in UTC.
#[cold]
fn local(kind: Kind, mut found: Found, clock: Clock, codes: &mut Codes) -> Found {
    if let Clock::Local { seconds } = clock {
        found.moment = Moment::Local { day: found.day, seconds };
    }
    if let Clock::Instant { seconds, offset } = clock {
        let instant = i64::from(found.day.0) * SECONDS_A_DAY + i64::from(seconds) - i64::from(offset);
        found.moment = Moment::Instant(instant);
        let there = instant + i64::from(paris_offset_seconds(instant) as i32);
        let day = Day(there.div_euclid(SECONDS_A_DAY) as i32);
        let midnight = there.rem_euclid(SECONDS_A_DAY) == 0 && day.0 == found.day.0 + 1 && offset == 0;
        if day != found.day && (kind == Kind::Any || midnight) {
            codes.push(Code::TimezoneShifted);
            let (year, month, date) = day.ymd();
            return Found { day, year, month, date, moment: found.moment };
        }
    }
    codes.push(Code::TimeDropped);
    found
}

/// The rules of a birth date alone.
#[inline]
fn of_a_person(found: Found, cx: &Context, codes: &mut Codes) -> Reading {
    // Between these bounds no rule on age speaks, whatever the leap years.
    let days = cx.as_of.0.wrapping_sub(found.day.0);
    if matches!((found.year, found.month, found.date), (1980 | 2000, 1, 1)) && days >= 0 {
        codes.push(Code::SuspectDefault);
    }
    if !(18 * 366..=105 * 365).contains(&days) {
        let age = found.day.age_on(cx.as_of);
        let refusal = match age {
            _ if found.day > cx.as_of => Some(Code::FutureDate),
            _ if age > OLDEST => Some(Code::TooOld),
            _ => None,
        };
        if let Some(code) = refusal {
            return refuse(code, None, codes);
        }
        if age > 105 {
            codes.push(Code::VeryOld);
        }
        if age < 18 {
            codes.push(Code::Minor);
        }
        if age < 15 {
            codes.push(Code::MinorUnder15);
        }
    }
    Reading::Day(found)
}
