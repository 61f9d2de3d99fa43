//! (filled next)

use crate::normalize::{Context, Output};

/// Not filled yet.
pub fn normalize_country(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// Not filled yet.
pub fn normalize_language(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// Not filled yet.
pub fn normalize_boolean(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// Not filled yet.
pub fn normalize_consent(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}
