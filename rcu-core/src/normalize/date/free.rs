//! Dates in words, in any order that leaves no doubt: numbers, a month's name, weekdays, a time somewhere.

use super::clock::{self, Clock};
use super::{Refusal, Written, names, swap_if_needed};
use crate::normalize::text::fold_char;
use crate::normalize::{Code, Codes, DateOrder};

/// Longest date in words: what `Date.toString` of a browser gives, its zone's name included.
const CAPACITY: usize = 96;

/// What was found while reading from left to right.
struct Found {
    numbers: [Number; 3],
    count: usize,
    month: Option<u32>,
    /// Numbers read before the month's name.
    before_month: usize,
    /// The month's name is also short for a weekday.
    may_be_weekday: bool,
    clock: Clock,
    /// Time of day, in seconds.
    seconds: i32,
}

#[derive(Clone, Copy, Default)]
struct Number {
    value: u32,
    figures: usize,
}

/// Reads a cleaned text. `codes` receives C `day_month_swapped` when the figures leave no other reading.
pub(super) fn read(clean: &str, order: DateOrder, codes: &mut Codes) -> Result<Written, Refusal> {
    let mut buffer = [0u8; CAPACITY];
    let bad = || Refusal::new(Code::BadFormat);
    let text = fold(clean, &mut buffer).ok_or_else(bad)?;
    let found = scan(text).ok_or_else(bad)?;
    let mut written = match found.month {
        Some(month) => with_name(&found, month, order)?,
        None => in_figures(&found, order, codes)?,
    };
    written.clock = found.clock;
    Ok(written)
}

/// Capitals without diacritics; what has no such form ends the reading.
fn fold<'a>(clean: &str, buffer: &'a mut [u8; CAPACITY]) -> Option<&'a [u8]> {
    let mut len = 0;
    for c in clean.chars() {
        let folded = match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
            '\u{2018}' | '\u{2019}' => "'",
            '\u{ba}' | '\u{b0}' => "O",
            '\n' => " ",
            _ => fold_char(c)?,
        };
        buffer.get_mut(len..len + folded.len())?.copy_from_slice(folded.as_bytes());
        len += folded.len();
    }
    buffer.get(..len)
}

fn scan(text: &[u8]) -> Option<Found> {
    let mut found = Found {
        numbers: [Number::default(); 3],
        count: 0,
        month: None,
        before_month: 0,
        may_be_weekday: false,
        clock: Clock::None,
        seconds: 0,
    };
    let mut at = 0;
    while let Some(c) = text.get(at) {
        let rest = text.get(at..)?;
        match c {
            b'0'..=b'9' => at += number_or_time(rest, &mut found)?,
            b'A'..=b'Z' => at += word(rest, &mut found)?,
            // After the time, brackets hold the name of its zone.
            b'(' if found.clock != Clock::None => break,
            b' ' | b'/' | b'-' | b'.' | b',' | b'_' | b'\\' | b'\'' | b'[' | b']' | b'(' | b')' | b'|'
            | b'@' | b';' => at += 1,
            _ => return None,
        }
    }
    Some(found)
}

/// Reads a number, or the time that begins with it; how many bytes were read.
fn number_or_time(text: &[u8], found: &mut Found) -> Option<usize> {
    let figures = text.iter().take_while(|c| c.is_ascii_digit()).count();
    let rest = text.get(figures..)?;
    if figures <= 2
        && let Some(used) = time(text, figures, found)?
    {
        return Some(used);
    }
    let value = text
        .get(..figures)?
        .iter()
        .try_fold(0u32, |n, c| n.checked_mul(10)?.checked_add(u32::from(c - b'0')))?;
    *found.numbers.get_mut(found.count)? = Number { value, figures };
    found.count += 1;
    let letters = rest.iter().take_while(|c| c.is_ascii_uppercase()).count();
    Some(figures + if names::is_ordinal(rest.get(..letters)?) { letters } else { 0 })
}

/// Reads a time at the start of `text`, if there is one, with its zone. `None` for a time that cannot be, or a second
/// one.
#[allow(clippy::option_option)]
fn time(text: &[u8], figures: usize, found: &mut Found) -> Option<Option<usize>> {
    let Some((mut seconds, mut at)) = hours_and_minutes(text, figures)? else { return Some(None) };
    if found.clock != Clock::None {
        return None;
    }
    let after = skip_blanks(text, at);
    if let Some((afternoon, used)) = half(text.get(after..)?) {
        match (afternoon, seconds / 3600) {
            (_, hours) if hours > 12 => return None,
            (true, ..12) => seconds += 12 * 3600,
            (false, 12) => seconds -= 12 * 3600,
            _ => {}
        }
        at = after + used;
    }
    found.clock = Clock::Local { seconds };
    found.seconds = seconds;
    let after = skip_blanks(text, at);
    if let Some((offset, used)) = clock::zone(text.get(after..)?) {
        found.clock = Clock::Instant { seconds, offset };
        at = after + used;
    }
    Some(Some(at))
}

/// `10:06`, `10 h 30`, `10h`, `10.30 pm`, `10 am`: seconds since midnight, and the place after them.
#[allow(clippy::option_option)]
fn hours_and_minutes(text: &[u8], figures: usize) -> Option<Option<(i32, usize)>> {
    let number = |from: usize, to: usize| {
        text.get(from..to).map(|t| t.iter().fold(0, |n, c| n * 10 + i32::from(c.wrapping_sub(b'0'))))
    };
    let two = |from: usize| {
        let count = text.get(from..).map_or(0, |t| t.iter().take_while(|c| c.is_ascii_digit()).count());
        let date = matches!(text.get(from + 2), Some(b'/' | b'-' | b'.'));
        (count == 2 && !date).then_some(from + 2)
    };
    let next = skip_blanks(text, figures);
    let (minutes_from, end) = match text.get(figures..)? {
        [b':', ..] => return clock::time(text).map(Some),
        // Only the half of the day tells `9.15 am` from a date.
        [b'.', ..] if two(figures + 1).is_some_and(|end| half_follows(text, end)) => {
            (figures + 1, two(figures + 1))
        }
        _ if text.get(next) == Some(&b'H') && !text.get(next + 1).is_some_and(u8::is_ascii_uppercase) => {
            let from = skip_blanks(text, next + 1);
            (from, two(from).or(Some(next + 1)))
        }
        _ if half_follows(text, figures) => (figures, Some(figures)),
        _ => return Some(None),
    };
    let end = end?;
    let (hours, minutes) =
        (number(0, figures)?, if end > minutes_from { number(minutes_from, end)? } else { 0 });
    (hours <= 24 && minutes <= 59).then_some(Some((hours * 3600 + minutes * 60, end)))
}

fn skip_blanks(text: &[u8], at: usize) -> usize {
    at + text.get(at..).map_or(0, |t| t.iter().take_while(|c| **c == b' ').count())
}

fn half_follows(text: &[u8], at: usize) -> bool {
    text.get(skip_blanks(text, at)..).is_some_and(|t| half(t).is_some())
}

/// Reads AM, PM, A.M. or P.M.: whether it is the afternoon, and how many bytes were read.
fn half(text: &[u8]) -> Option<(bool, usize)> {
    let used = match text {
        [b'A' | b'P', b'M', ..] => 2,
        [b'A' | b'P', b'.', b'M', b'.', ..] => 4,
        _ => return None,
    };
    let ends = !text.get(used).is_some_and(u8::is_ascii_alphanumeric);
    ends.then_some((text.first() == Some(&b'P'), used))
}

fn word(text: &[u8], found: &mut Found) -> Option<usize> {
    let len = text.iter().take_while(|c| c.is_ascii_uppercase()).count();
    let word = text.get(..len)?;
    match (names::month(word), found.month) {
        // MAR. is mardi beside another month's name, on either side of it.
        (Some(_), Some(_)) if names::is_weekday(word) => {}
        (Some(_), Some(_)) if !found.may_be_weekday => return None,
        (Some(month), _) => {
            found.month = Some(month);
            found.before_month = found.count;
            found.may_be_weekday = names::is_weekday(word);
        }
        // A zone apart from its time: Sat Nov 21 10:15:00 2026 GMT+1.
        (None, _) if matches!(found.clock, Clock::Local { .. }) && clock::zone(text).is_some() => {
            let (offset, used) = clock::zone(text)?;
            found.clock = Clock::Instant { seconds: found.seconds, offset };
            return Some(used);
        }
        // The T of ISO 8601 before a time.
        (None, _) if word == b"T" && text.get(1).is_some_and(u8::is_ascii_digit) => {}
        (None, _) if names::is_first(word) => {
            *found.numbers.get_mut(found.count)? = Number { value: 1, figures: 1 };
            found.count += 1;
        }
        (None, _) if names::is_weekday(word) || names::is_filler(word) => {}
        _ => return None,
    }
    Some(len)
}

/// A date with its month's name: the year is the number of four figures, or the one that can be no day, or the second
/// (the first in a source that writes the year first).
fn with_name(found: &Found, month: u32, order: DateOrder) -> Result<Written, Refusal> {
    let [first, second, _] = found.numbers;
    let (year, date) = match found.count {
        1 if first.figures == 4 => return Err(Refusal::partial(Some(first.value as i32))),
        1 if first.figures <= 2 => return Err(Refusal::partial(None)),
        2 => {
            let year_first = second.figures != 4
                && (first.figures == 4
                    || first.value > 31
                    || (order == DateOrder::Ymd && found.before_month == 1 && first.figures == 2));
            if year_first { (first, second) } else { (second, first) }
        }
        _ => return Err(Refusal::new(Code::BadFormat)),
    };
    parts(year, Number { value: month, figures: 2 }, date)
}

fn in_figures(found: &Found, order: DateOrder, codes: &mut Codes) -> Result<Written, Refusal> {
    let [a, b, c] = found.numbers;
    let (year, month, date) = match (found.count, order) {
        (2, _) if a.figures == 4 && b.figures <= 2 => return Err(partial(a, b)),
        (2, _) if b.figures == 4 && a.figures <= 2 => return Err(partial(b, a)),
        (2, _) if a.figures <= 2 && b.figures <= 2 => return Err(Refusal::partial(None)),
        (3, _) if a.figures == 4 => (a, b, c),
        (3, DateOrder::Ymd) if c.figures != 4 => (a, b, c),
        (3, DateOrder::Mdy) => (c, a, b),
        (3, _) => (c, b, a),
        _ => return Err(Refusal::new(Code::BadFormat)),
    };
    let mut written = parts(year, month, date)?;
    (written.month, written.date) = swap_if_needed(written.month, written.date, codes);
    Ok(written)
}

/// A month and a year.
fn partial(year: Number, month: Number) -> Refusal {
    match month.value {
        0..=12 => Refusal::partial(Some(year.value as i32)),
        _ => Refusal::new(Code::InvalidDate),
    }
}

fn parts(year: Number, month: Number, date: Number) -> Result<Written, Refusal> {
    if !matches!(year.figures, 2 | 4) || month.figures > 2 || date.figures > 2 {
        return Err(Refusal::new(Code::BadFormat));
    }
    let mut written = Written::new(year.value as i32, month.value, date.value);
    written.short_year = year.figures == 2;
    Ok(written)
}
