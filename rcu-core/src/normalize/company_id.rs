//! (filled next)

use crate::normalize::{Context, Output};

/// Not filled yet.
pub fn normalize_siren(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// Not filled yet.
pub fn normalize_siret(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// Not filled yet.
pub fn normalize_vat(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// Not filled yet.
pub fn normalize_iban(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// Not filled yet.
pub fn normalize_iban_mask(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}
