//! Phonetic keys of French names (`domain.md` §3.6). A phonetic equality alone never merges.

mod phonex;
mod soundex;

pub use phonex::{phonex_code, phonex_into};
pub use soundex::{soundex_code, soundex_into};

use super::name;
use super::name::rules::{self, Field};
use super::{Code, Context, Output};
use crate::normalize::text;

/// Soundex for French, 4 characters. No code for a name of another script (R `bad_chars`).
pub fn normalize_soundex(raw: &str, cx: &Context, out: &mut Output) {
    let own = raw.as_bytes();
    if own.len() == 4 && own[0].is_ascii_uppercase() && own[1..].iter().all(u8::is_ascii_digit) {
        return out.text.push_str(raw);
    }
    keyed(raw, cx, out, soundex_into);
}

/// Phonex by F. Brouard.
///
/// A code is no normal form of the name, and this kind is idempotent only as far as codes can be told from names: one
/// of letters and signs (`TUT1`) is accepted as such, one of letters alone is encoded again (TYTI, PETIT's code, is also
/// a name, with the code TITI), and one of signs alone (`1`, of ONT) is no name. Normalise the name, not its code.
pub fn normalize_phonex(raw: &str, cx: &Context, out: &mut Output) {
    let signs = raw.bytes().all(|b| b.is_ascii_uppercase() || (b'1'..=b'5').contains(&b));
    if signs && raw.bytes().any(|b| b.is_ascii_digit()) && raw.bytes().any(|b| b.is_ascii_uppercase()) {
        return out.text.push_str(raw);
    }
    keyed(raw, cx, out, phonex_into);
}

/// Normalises a name, keeps its letters and encodes them. Ç and Œ are read before they are folded.
fn keyed(raw: &str, cx: &Context, out: &mut Output, encode: fn(&str, &mut String)) {
    let tables = &cx.tables.names;
    if raw.contains(['ç', 'Ç', 'œ', 'Œ']) {
        let sounded: String = raw
            .chars()
            .map(|c| match c {
                'ç' | 'Ç' => 'S',
                'œ' | 'Œ' => 'E',
                c => c,
            })
            .collect();
        rules::normalize(&sounded, Field::Key, tables, out);
    } else if !name::write_everyday(raw, cx, &mut out.text) {
        rules::normalize(raw, Field::Key, tables, out);
    }
    if out.value().is_none() {
        return;
    }
    let name = std::mem::take(&mut out.text);
    encode(&name, &mut out.text);
    if out.text.is_empty() || text::is_null_literal_in_name(&out.text) {
        out.code(Code::BadChars);
    }
}
