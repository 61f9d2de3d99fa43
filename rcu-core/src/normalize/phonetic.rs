//! (filled next)

use crate::normalize::{Context, Output};

/// Not filled yet.
pub fn normalize_soundex(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// Not filled yet.
pub fn normalize_phonex(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// Phonex code.
pub fn phonex_into(value: &str, out: &mut String) {
    out.push_str(value);
}
