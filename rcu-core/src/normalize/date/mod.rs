//! Calendar dates to `YYYY-MM-DD` (`domain.md` §2.4): birth dates, and any other date.
//!
//! Three readers hand over what is written: [`everyday`] for figures at fixed places, [`figures`] for one number that
//! stands for a day, [`free`] for the rest. `verdict` makes a day of it or says why not. Both kinds, and the typed
//! entries for columns, go this one way.

mod clock;
mod everyday;
mod figures;
mod free;
mod names;
mod verdict;

use super::text::is_null_literal;
use super::{Code, Codes, Context, DateOrder, Output};
use crate::time::Day;
use clock::Clock;
use verdict::verdict;

/// Writes a birth date as `YYYY-MM-DD`.
///
/// Day first unless the source declares another order or the region is US. A time of day is dropped
/// (I `time_dropped`); midnight in Paris given in UTC is the day it begins (C `timezone_shifted`). Years of two figures,
/// swapped months and spreadsheet day numbers are repaired with a C code. R `partial_date` notes the year, where there
/// is one, as `extra.year`. Ages are judged on the context's `as_of` day.
pub fn normalize_birth(raw: &str, cx: &Context, out: &mut Output) {
    write(Kind::Birth, raw, cx, out);
}

/// Writes any other calendar date as `YYYY-MM-DD`: a birth date's formats without its judgements on age and future.
///
/// An instant (a time with `Z` or an offset) is brought to the day it was in Paris: C `timezone_shifted` when that is
/// not the written one.
pub fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    write(Kind::Any, raw, cx, out);
}

/// The day that [`normalize`] would write, for columns of millions: no text is formed. `None` when the cell is empty
/// or refused; `codes`, to which the value's codes are added, tells which.
///
/// # Examples
/// ```
/// use rcu_core::normalize::{Code, Codes, Context, Country, date};
/// use rcu_core::time::Day;
/// let cx = Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap());
/// let mut codes = Codes::new();
/// assert_eq!(date::parse_day("2026-07-01T22:00:00Z", &cx, &mut codes), Day::from_ymd(2026, 7, 2));
/// assert_eq!(codes.as_slice(), [Code::TimezoneShifted]);
/// ```
#[inline]
pub fn parse_day(raw: &str, cx: &Context, codes: &mut Codes) -> Option<Day> {
    match read(Kind::Any, raw, cx, codes) {
        Reading::Day(found) => Some(found.day),
        _ => None,
    }
}

/// How exactly a date says when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A calendar day, wherever it was.
    Day(Day),
    /// A day and the seconds since its midnight, on the clock of the place.
    Local {
        /// The day.
        day: Day,
        /// Seconds since midnight, 0 to 86 400.
        seconds: i32,
    },
    /// An instant, in seconds since 1970-01-01T00:00:00Z: the cell names a zone. Its day depends on the place.
    Instant(i64),
}

/// What [`parse_day`] reads, with its time of day and not yet brought to Paris.
///
/// # Examples
/// ```
/// use rcu_core::normalize::{Codes, Context, Country, date};
/// use rcu_core::time::{Day, Zone};
/// let cx = Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap());
/// let moment = date::parse_moment("2026-07-01T22:00:00Z", &cx, &mut Codes::new());
/// let Some(date::Moment::Instant(at)) = moment else { panic!("{moment:?}") };
/// assert_eq!(Zone::named("America/Cayenne").unwrap().day_of(at).to_string(), "2026-07-01");
/// ```
#[inline]
pub fn parse_moment(raw: &str, cx: &Context, codes: &mut Codes) -> Option<Moment> {
    match read(Kind::Any, raw, cx, codes) {
        Reading::Day(found) => Some(found.moment),
        _ => None,
    }
}

/// The day that [`normalize_birth`] would write, in the same way.
#[inline]
pub fn parse_birth_day(raw: &str, cx: &Context, codes: &mut Codes) -> Option<Day> {
    match read(Kind::Birth, raw, cx, codes) {
        Reading::Day(found) => Some(found.day),
        _ => None,
    }
}

/// Which rules a date is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Birth,
    Any,
}

/// What came of a cell.
enum Reading {
    Empty,
    Day(Found),
    /// Refused; the year, when one was written.
    Rejected(Option<i32>),
}

/// A calendar day with its parts, which the text needs and the count of days does not.
struct Found {
    day: Day,
    year: i32,
    month: u32,
    date: u32,
    moment: Moment,
}

/// A date as it was written, its parts told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Written {
    year: i32,
    /// The year had two figures only.
    short_year: bool,
    month: u32,
    date: u32,
    clock: Clock,
}

impl Written {
    fn new(year: i32, month: u32, date: u32) -> Written {
        Written { year, short_year: false, month, date, clock: Clock::None }
    }
}

fn write(kind: Kind, raw: &str, cx: &Context, out: &mut Output) {
    match read(kind, raw, cx, out.codes_mut()) {
        Reading::Empty => out.set_empty(),
        Reading::Day(found) => found.write_iso(&mut out.text),
        Reading::Rejected(Some(year)) => out.extra("year", year.to_string()),
        Reading::Rejected(None) => {}
    }
}

#[inline]
fn read(kind: Kind, raw: &str, cx: &Context, codes: &mut Codes) -> Reading {
    let order = order_of(cx);
    let text = raw.as_bytes();
    if let Some(written) = everyday::read(text, order, codes) {
        return verdict(kind, written, cx, codes);
    }
    if text.len() == 8 && text.iter().all(u8::is_ascii_digit) {
        return verdict(kind, figures::eight(kind, text, cx, order, codes), cx, codes);
    }
    read_slowly(kind, raw, cx, order, codes)
}

#[cold]
fn read_slowly(kind: Kind, raw: &str, cx: &Context, order: DateOrder, codes: &mut Codes) -> Reading {
    let clean = super::text::clean(raw);
    if clean.is_empty() {
        return Reading::Empty;
    }
    if is_null_literal(&clean) {
        codes.push(Code::NullLiteral);
        return Reading::Empty;
    }
    // What was hidden by blanks or full-width figures may be an everyday date.
    if let Some(written) = everyday::read(clean.as_bytes(), order, codes) {
        return verdict(kind, written, cx, codes);
    }
    match figures::read(kind, clean.as_bytes(), cx, order, codes)
        .unwrap_or_else(|| free::read(&clean, order, codes))
    {
        Ok(written) => verdict(kind, written, cx, codes),
        Err(refusal) => {
            codes.push(refusal.code);
            Reading::Rejected(refusal.year)
        }
    }
}

/// Why a text is no date, with the year it gives all the same.
struct Refusal {
    code: Code,
    year: Option<i32>,
}

impl Refusal {
    fn new(code: Code) -> Refusal {
        Refusal { code, year: None }
    }

    fn partial(year: Option<i32>) -> Refusal {
        Refusal { code: Code::PartialDate, year }
    }
}

/// Day and month the other way round when the month is none and the day could be one (C `day_month_swapped`).
#[inline]
fn swap_if_needed(month: u32, date: u32, codes: &mut Codes) -> (u32, u32) {
    if month > 12 && (1..=12).contains(&date) && month <= 31 {
        codes.push(Code::DayMonthSwapped);
        return (date, month);
    }
    (month, date)
}

/// The order of figures: the source's, or month first in a source of the United States that declares none.
#[inline]
fn order_of(cx: &Context) -> DateOrder {
    match cx.options.date_order {
        DateOrder::Dmy if cx.region.bytes() == *b"US" => DateOrder::Mdy,
        declared => declared,
    }
}

/// `00` to `99`: a figure by division took a third of a date's time.
const PAIRS: [[u8; 2]; 100] = {
    let mut t = [[b'0'; 2]; 100];
    let mut n = 0;
    while n < 100 {
        t[n] = [b'0' + (n / 10) as u8, b'0' + (n % 10) as u8];
        n += 1;
    }
    t
};

impl Found {
    fn write_iso(&self, out: &mut String) {
        let pair = |n: u32| PAIRS[(n % 100) as usize];
        let year = self.year.unsigned_abs();
        let ([a, b], [c, d]) = (pair(year / 100), pair(year));
        let ([e, f], [g, h]) = (pair(self.month), pair(self.date));
        let text = [a, b, c, d, b'-', e, f, b'-', g, h];
        out.push_str(std::str::from_utf8(&text).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests;
