//! One pass over the bytes of the common French writings: national, +33, 0033, with blanks or punctuation.
//!
//! Whatever is in doubt answers `None` and takes the long way of `written.rs`, which gives the same result for
//! what is read here (`tests/oracle.rs` compares the two).

use super::french::{self, Given};
use super::{Found, Note, Notes};
use crate::normalize::Code;

/// Reads `raw` when it is a plain writing of a French number; `home` is the source's calling code when its
/// national numbers follow the French plan.
#[inline]
pub(super) fn read(
    raw: &str,
    home: Option<u16>,
    special: bool,
    notes: &mut Notes,
) -> Option<Result<Found, Code>> {
    let (plus, count, value) = scan(raw.as_bytes())?;
    // Of the digits read, the last nine are the number and the rest its prefix.
    let (prefix, nsn) = (value / 1_000_000_000, value % 1_000_000_000);
    if nsn < 100_000_000 {
        return None;
    }
    let given = match (plus, count, prefix, home) {
        (false, 10, 0, Some(home)) => Given::National(home),
        (true, 11, 33, _) | (false, 13, 33, Some(_)) => Given::Plus33,
        (true, 12, 330, _) | (false, 14, 330, Some(_)) => {
            notes.add(Note::TrunkZeroRemoved);
            Given::Plus33
        }
        (false, 11, 33, Some(_)) => {
            notes.add(Note::CountryCodeInferred);
            Given::Plus33
        }
        (false, 9, 0, Some(home)) if nsn / 100_000_000 != 8 => {
            notes.add(Note::LeadingZeroRestored);
            Given::National(home)
        }
        (true, 12, 262 | 590 | 594 | 596, _) | (false, 14, 262 | 590 | 594 | 596, Some(_)) => {
            return Some(french::decide_overseas(prefix as u16, nsn, special, notes));
        }
        _ => return None,
    };
    Some(french::decide(nsn, given, special, notes))
}

/// Whether a plus stands before the digits, how many digits there are (9 to 14), and their value.
#[inline]
fn scan(raw: &[u8]) -> Option<(bool, u32, u64)> {
    // +33 (0)6 30 12 45 78 has 20 bytes; with a no-break space of three bytes between all pairs, 30.
    if raw.len() > 32 {
        return None;
    }
    let (mut plus, mut count, mut value) = (false, 0u32, 0u64);
    let mut count_at_dot = u32::MAX;
    let mut bytes = raw.iter();
    while let Some(&b) = bytes.next() {
        let digit = b.wrapping_sub(b'0');
        if digit < 10 {
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            count += 1;
            continue;
        }
        match b {
            b' ' | b'-' | b'/' | b'_' | b'(' | b')' => {}
            b'.' => count_at_dot = count,
            b'+' if count == 0 && !plus => plus = true,
            // U+00A0 and U+202F, which spreadsheets and French typography write.
            0xC2 if bytes.as_slice().first() == Some(&0xA0) => {
                bytes.next();
            }
            0xE2 if bytes.as_slice().starts_with(&[0x80, 0xAF]) => {
                bytes.next();
                bytes.next();
            }
            _ => return None,
        }
    }
    // A last dot before a single digit may be a spreadsheet's `612345678.0`.
    if count_at_dot.wrapping_add(1) == count || !(9..=14).contains(&count) {
        return None;
    }
    Some((plus, count, value))
}
