//! Postal addresses after NF Z10-011 (`domain.md` §2.5–2.6).

mod abroad;
pub mod city;
mod country;
mod fold;
pub mod key;
pub mod postcode;
pub mod postcode_city;
pub mod shorten;
mod similar;
mod split;
pub mod street;
mod token;
pub mod whole;

use crate::normalize::{Code, Country, Output, text};

/// Longest postal line, in characters (NF Z10-011).
pub const LINE_MAX: usize = 38;

/// Whether addresses of a country have the French format: France, its overseas countries, Monaco.
pub fn is_french(region: Country) -> bool {
    matches!(
        &region.bytes(),
        b"FR"
            | b"MC"
            | b"RE"
            | b"GP"
            | b"MQ"
            | b"GF"
            | b"YT"
            | b"PM"
            | b"BL"
            | b"MF"
            | b"NC"
            | b"PF"
            | b"WF"
            | b"TF"
    )
}

/// Whether a folded text is a word for "nothing"; those have at most 5 letters, or 10 (SANS OBJET).
#[inline]
fn is_null(folded: &str) -> bool {
    (folded.len() <= 5 || folded.len() == 10) && text::is_null_literal(folded)
}

/// The same for what was written: `N.A.` says nothing once its points are gone.
#[inline]
fn is_empty_once_written(out: &mut Output) {
    if is_null(&out.text) && out.codes().is_empty() {
        out.set_empty();
        out.code(Code::NullLiteral);
    }
}

/// Notes that nothing was there, when so: blank, or a word for "nothing".
#[inline]
fn is_empty(folded: &str, out: &mut Output) -> bool {
    if folded.is_empty() {
        out.set_empty();
        return true;
    }
    if is_null(folded) {
        out.set_empty();
        out.code(Code::NullLiteral);
        return true;
    }
    false
}
