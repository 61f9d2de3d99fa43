//! Dates as nearly every source writes them: figures at fixed places, read without a second look.

use super::clock::{self, Clock};
use super::{Written, swap_if_needed};
use crate::normalize::{Codes, DateOrder};

/// Reads `DD/MM/YYYY` (also with `-`, `.` or a space), `YYYY-MM-DD`, `YYYY/MM/DD`, each with an ISO time or none, and
/// `D/M/YYYY`, `DD/MM/YY`. Anything else is left to the other readers.
#[inline]
pub(super) fn read(raw: &[u8], order: DateOrder, codes: &mut Codes) -> Option<Written> {
    let (head, tail) = match raw.split_first_chunk::<10>() {
        Some((head, tail)) => (head, tail),
        None => return short(raw, order, codes),
    };
    let clock = match tail {
        [] => Clock::None,
        [b'T' | b't' | b' ', time @ ..] => clock::read(time)?,
        _ => return None,
    };
    match fixed(head, order, codes) {
        Some(written) => Some(Written { clock, ..written }),
        None if clock == Clock::None => short(raw, order, codes),
        None => None,
    }
}

/// Ten characters.
#[inline]
fn fixed(b: &[u8; 10], order: DateOrder, codes: &mut Codes) -> Option<Written> {
    // Each figure is told by its distance from '0'; a larger one shows in the sum of the high parts.
    let f = |i: usize| u32::from(b[i].wrapping_sub(b'0'));
    if b[2] == b[5] && matches!(b[2], b'/' | b'-' | b'.' | b' ') {
        let all = [f(0), f(1), f(3), f(4), f(6), f(7), f(8), f(9)];
        if all.iter().fold(0, |most, d| most.max(*d)) > 9 {
            return None;
        }
        let year = all[4] * 1000 + all[5] * 100 + all[6] * 10 + all[7];
        return Some(day_first(all[0] * 10 + all[1], all[2] * 10 + all[3], year, order, codes));
    }
    if b[4] == b[7] && matches!(b[4], b'-' | b'/' | b'.') {
        let all = [f(0), f(1), f(2), f(3), f(5), f(6), f(8), f(9)];
        if all.iter().fold(0, |most, d| most.max(*d)) > 9 {
            return None;
        }
        let year = all[0] * 1000 + all[1] * 100 + all[2] * 10 + all[3];
        let (month, date) = swap_if_needed(all[4] * 10 + all[5], all[6] * 10 + all[7], codes);
        return Some(Written::new(year as i32, month, date));
    }
    None
}

/// One figure for the day, the month or both, or two for the year.
fn short(b: &[u8], order: DateOrder, codes: &mut Codes) -> Option<Written> {
    let (first, at) = upto_two(b, 0)?;
    let mark = *b.get(at).filter(|c| matches!(c, b'/' | b'-' | b'.' | b' '))?;
    let (second, at) = upto_two(b, at + 1)?;
    if b.get(at) != Some(&mark) {
        return None;
    }
    let year = b.get(at + 1..)?;
    let short_year = year.len() == 2;
    if !(year.len() == 4 || short_year && order != DateOrder::Ymd) {
        return None;
    }
    let mut n = 0;
    for c in year {
        n = n * 10 + c.is_ascii_digit().then(|| u32::from(c - b'0'))?;
    }
    Some(Written { short_year, ..day_first(first, second, n, order, codes) })
}

/// One or two figures at a place, and the place after them.
#[inline]
fn upto_two(b: &[u8], at: usize) -> Option<(u32, usize)> {
    let figure = |i: usize| b.get(i).filter(|c| c.is_ascii_digit()).map(|c| u32::from(c - b'0'));
    let a = figure(at)?;
    Some(figure(at + 1).map_or((a, at + 1), |b| (a * 10 + b, at + 2)))
}

#[inline]
fn day_first(first: u32, second: u32, year: u32, order: DateOrder, codes: &mut Codes) -> Written {
    let (month, date) = if order == DateOrder::Mdy { (first, second) } else { (second, first) };
    let (month, date) = swap_if_needed(month, date, codes);
    Written { year: year as i32, short_year: false, month, date, clock: Clock::None }
}
