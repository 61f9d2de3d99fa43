//! (filled next)

use crate::normalize::{Context, Output};

/// Not filled yet.
pub fn normalize_last(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// Not filled yet.
pub fn normalize_first(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// Not filled yet.
pub fn normalize_key(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// The generation suffix at the end of a name.
pub fn suffix_of(_name: &str) -> Option<&'static str> {
    None
}

/// Letters of a normalised name, no space.
pub fn name_key_into(value: &str, out: &mut String) {
    out.extend(value.chars().filter(|c| c.is_alphabetic()));
}

/// A name without its particles.
pub fn without_particles(value: &str) -> String {
    value.to_owned()
}
