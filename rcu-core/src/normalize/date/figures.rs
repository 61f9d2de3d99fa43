//! One number that stands for a day: eight figures, a year alone, the day number of a spreadsheet.

use super::clock;
use super::{Kind, Refusal, Written, swap_if_needed};
use crate::normalize::{Code, Codes, Context, DateOrder};
use crate::time::Day;

/// Day 0 of a spreadsheet, 1899-12-30, in days from 1970-01-01: Lotus 1-2-3 took 1900 for a leap year.
const SPREADSHEET_EPOCH: i32 = -25_569;
/// A spreadsheet's day numbers are told from other numbers by their five figures.
const FIRST_SERIAL: i32 = 10_000;
/// The last day of 2099, for dates that may lie ahead.
const LAST_SERIAL: i32 = 73_050;

/// Reads a text of figures only (a decimal fraction or an ISO time may follow). `None` when it is something else.
pub(super) fn read(
    kind: Kind,
    text: &[u8],
    cx: &Context,
    order: DateOrder,
    codes: &mut Codes,
) -> Option<Result<Written, Refusal>> {
    let figures = text.iter().take_while(|c| c.is_ascii_digit()).count();
    let (head, tail) = text.split_at_checked(figures)?;
    match (figures, tail) {
        (8, []) => Some(Ok(eight(kind, head, cx, order, codes))),
        (8, [b'T' | b't' | b' ', time @ ..]) => timed(head, time),
        (14, []) => timed(head.get(..8)?, head.get(8..)?),
        (5, []) => Some(serial(kind, head, cx, codes)),
        (5, [b'.' | b',', fraction @ ..])
            if !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit) =>
        {
            let midnight = fraction.iter().all(|c| *c == b'0');
            let written = serial(kind, head, cx, codes);
            codes.push(if midnight { Code::ExcelArtifact } else { Code::TimeDropped });
            Some(written)
        }
        (4, []) => {
            let year = number(head);
            Some(Err(if (1000..=2999).contains(&year) {
                Refusal::partial(Some(year))
            } else {
                Refusal::new(if year == 0 { Code::Placeholder } else { Code::BadFormat })
            }))
        }
        (_, []) => Some(Err(Refusal::new(Code::BadFormat))),
        _ => None,
    }
}

/// `YYYYMMDD` when its year is possible and its month and day are valid, else `DDMMYYYY` (or the declared order).
pub(super) fn eight(kind: Kind, text: &[u8], cx: &Context, order: DateOrder, codes: &mut Codes) -> Written {
    let n = number(text);
    let (year, month, date) = (n / 10_000, n / 100 % 100, n % 100);
    let last = if kind == Kind::Birth { cx.as_of.ymd().0 } else { 2099 };
    let possible = (1900..=last).contains(&year) && Day::from_ymd(year, month as u32, date as u32).is_some();
    // Defaults of databases, which the range of years would leave out.
    if possible || matches!(n, 0 | 10_101 | 18_991_230 | 18_991_231 | 99_991_231) {
        return Written::new(year, month as u32, date as u32);
    }
    let (first, second, year) = (n / 1_000_000, n / 10_000 % 100, n % 10_000);
    let (month, date) = if order == DateOrder::Mdy { (first, second) } else { (second, first) };
    let (month, date) = swap_if_needed(month as u32, date as u32, codes);
    Written::new(year, month, date)
}

/// The basic form of ISO 8601, `20261121T101500Z`, or fourteen figures.
fn timed(head: &[u8], time: &[u8]) -> Option<Result<Written, Refusal>> {
    let n = number(head);
    let mut written = Written::new(n / 10_000, (n / 100 % 100) as u32, (n % 100) as u32);
    written.clock = clock::read(time)?;
    Some(Ok(written))
}

/// A spreadsheet's day number.
fn serial(kind: Kind, text: &[u8], cx: &Context, codes: &mut Codes) -> Result<Written, Refusal> {
    let n = number(text);
    let day = Day(n + SPREADSHEET_EPOCH);
    let last = if kind == Kind::Birth { cx.as_of } else { Day(LAST_SERIAL + SPREADSHEET_EPOCH) };
    if n < FIRST_SERIAL || day > last {
        return Err(Refusal::new(Code::BadFormat));
    }
    codes.push(Code::ExcelSerial);
    let (year, month, date) = day.ymd();
    Ok(Written::new(year, month, date))
}

/// At most eight figures.
fn number(figures: &[u8]) -> i32 {
    figures.iter().take(8).fold(0, |n, c| n * 10 + i32::from(c - b'0'))
}
