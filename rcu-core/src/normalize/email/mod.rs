//! (filled next)

use crate::normalize::{Context, Output};

/// Not filled yet.
pub fn normalize(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// Not filled yet.
pub fn normalize_key(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}
