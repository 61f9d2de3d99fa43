//! (filled next)

use crate::normalize::{Context, Output};

/// Not filled yet.
pub fn normalize(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// Not filled yet.
pub fn normalize_weak(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// Number and significant words of a normalised street line; returns the length of the number part.
pub fn street_key_into(street: &str, out: &mut String) -> usize {
    let digits = street.bytes().take_while(u8::is_ascii_digit).count();
    out.push_str(&street[..digits]);
    out.push_str(street[digits..].trim());
    digits
}
