//! Decisions on numbers of the French plan, +33 and its overseas calling codes (`domain.md` §2.1, steps 9 and 10).

use super::plan::{self, Class};
use super::{Found, Note, Notes};
use crate::normalize::{Code, Country};

/// Calling code of a source whose national numbers follow the French plan; `None` for another country.
#[inline]
pub(super) fn home(region: Country) -> Option<u16> {
    match &region.bytes() {
        b"FR" => Some(33),
        b"RE" | b"YT" => Some(262),
        b"GP" | b"BL" | b"MF" => Some(590),
        b"GF" => Some(594),
        b"MQ" => Some(596),
        b"PM" => Some(508),
        _ => None,
    }
}

/// Calling codes of the French plan. No other country's code starts with one of them.
pub(super) const CALLING_CODES: [(u16, &str); 6] =
    [(33, "33"), (262, "262"), (508, "508"), (590, "590"), (594, "594"), (596, "596")];

/// The calling code that `digits` start with, when it belongs to the French plan, and the digits after it.
pub(super) fn split_calling_code(digits: &str) -> Option<(u16, &str)> {
    CALLING_CODES.iter().find_map(|(code, text)| Some((*code, digits.strip_prefix(text)?)))
}

/// How the nine digits were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    /// In national form, by a source whose own calling code this is.
    National(u16),
    /// After +33.
    Plus33,
}

/// A number of nine digits of the national plan, below 1 000 000 000.
#[inline]
pub(super) fn decide(nsn: u64, given: Given, special: bool, notes: &mut Notes) -> Result<Found, Code> {
    if is_placeholder(nsn) {
        return Err(Code::Placeholder);
    }
    let mut class = plan::national(nsn);
    if let Given::National(home) = given
        && home != 33
    {
        class = of_the_source(class, home, nsn);
    }
    let Some((line_type, calling_code, country)) = class.line() else {
        return refused(class, nsn, 33, special);
    };
    let subscriber = match class {
        Class::PmFixed | Class::PmEither | Class::PmMobile if nsn / 1_000_000 == 508 => nsn % 1_000_000,
        _ => nsn,
    };
    if calling_code == 508 && subscriber < 1_000_000 {
        if subscriber.is_multiple_of(111_111) {
            return Err(Code::Placeholder);
        }
        return Ok(moved(Found { digits: 508_000_000 + subscriber, line_type, country }, given, notes));
    }
    if calling_code == 33 {
        match class {
            Class::Mobile if is_sequence(nsn) => notes.add(Note::SuspectSequence),
            Class::PlatformFixed | Class::PlatformVoip => notes.add(Note::Platform),
            _ => {}
        }
        return Ok(Found { digits: 33_000_000_000 + nsn, line_type, country });
    }
    Ok(moved(
        Found { digits: u64::from(calling_code) * 1_000_000_000 + nsn, line_type, country },
        given,
        notes,
    ))
}

/// Nine digits after an overseas calling code.
pub(super) fn decide_overseas(
    calling_code: u16,
    nsn: u64,
    special: bool,
    notes: &mut Notes,
) -> Result<Found, Code> {
    if is_placeholder(nsn) {
        return Err(Code::Placeholder);
    }
    let class = plan::overseas(calling_code, nsn);
    let Some((line_type, calling_code, country)) = class.line() else {
        return refused(class, nsn, calling_code, special);
    };
    // 09475 to 09479, one block of the automated callers for each overseas plan.
    if (94_750..=94_799).contains(&(nsn / 10_000)) {
        notes.add(Note::Platform);
    }
    Ok(Found { digits: u64::from(calling_code) * 1_000_000_000 + nsn, line_type, country })
}

/// Six digits of Saint-Pierre-et-Miquelon.
pub(super) fn decide_saint_pierre(nsn: u64) -> Result<Found, Code> {
    if nsn.is_multiple_of(111_111) {
        return Err(Code::Placeholder);
    }
    match plan::saint_pierre_local(nsn).line() {
        Some((line_type, code, country)) => {
            Ok(Found { digits: u64::from(code) * 1_000_000 + nsn, line_type, country })
        }
        None => Err(Code::UnallocatedRange),
    }
}

/// An overseas source may write a national number that §2.1 does not map but its own plan has (0598 70 in
/// Guadeloupe, 0708 in Saint-Pierre). 08 and 09 are not moved: §2.1 keeps them in +33.
fn of_the_source(class: Class, home: u16, nsn: u64) -> Class {
    if !matches!(class, Class::Closed | Class::Fixed) {
        return class;
    }
    match plan::overseas(home, nsn) {
        own if own.line().is_some() => own,
        _ => class,
    }
}

#[inline]
fn moved(found: Found, given: Given, notes: &mut Notes) -> Found {
    if given == Given::Plus33 {
        notes.add(Note::CountryCodeReplaced);
    }
    found
}

#[cold]
fn refused(class: Class, nsn: u64, calling_code: u16, special: bool) -> Result<Found, Code> {
    if class == Class::Fictional {
        return Err(Code::FictionalNumber);
    }
    if nsn / 100_000_000 == 8 {
        if !special {
            return Err(Code::SpecialNumber);
        }
        if class == Class::Special {
            let country = match calling_code {
                262 => *b"RE",
                590 => *b"GP",
                594 => *b"GF",
                596 => *b"MQ",
                508 => *b"PM",
                _ => *b"FR",
            };
            let digits = u64::from(calling_code) * 1_000_000_000 + nsn;
            return Ok(Found { digits, line_type: super::LineType::Special, country });
        }
    }
    Err(Code::UnallocatedRange)
}

/// Last eight digits the same, or one of the three rows of keys.
#[inline]
pub(super) fn is_placeholder(nsn: u64) -> bool {
    (nsn % 100_000_000).is_multiple_of(11_111_111) || matches!(nsn, 123_456_789 | 987_654_321 | 102_030_405)
}

/// 06 or 07 followed by a row of keys.
#[inline]
fn is_sequence(nsn: u64) -> bool {
    matches!(nsn % 100_000_000, 12_345_678 | 87_654_321 | 1_020_304 | 5_040_302)
}
