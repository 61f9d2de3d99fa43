//! Matching keys of names, and what is left out of them.

use super::rules::{self, Field};
use super::{Context, Output, fast};
use crate::normalize::Code;
use crate::reference::names::{NameTables, word};
use unicode_normalization::UnicodeNormalization;

/// Matching key of a family or given name: letters only (`domain.md` §2.3), a suffix such as FILS left out (§3.3).
pub fn normalize_key(raw: &str, cx: &Context, out: &mut Output) {
    let tables = &cx.tables.names;
    if fast::write(raw, tables.words().triggers(), &mut out.text) {
        if !out.text.contains(' ') {
            return;
        }
        let (name, _) = split_suffix(&out.text, tables);
        let end = name.len();
        out.text.truncate(end);
        out.text.retain(|c| c != ' ');
    } else {
        rules::normalize(raw, Field::Key, tables, out);
        if out.value().is_none() {
            return;
        }
        let name = std::mem::take(&mut out.text);
        name_key_into(&name, tables, &mut out.text);
    }
    // Letters that come together can make a word that is no name: then the key would not be accepted again.
    if rules::is_nobody(&out.text, Field::Key, tables.words()) || tables.words().is_company_word(&out.text) {
        out.code(Code::Placeholder);
    }
}

/// Appends the matching key of a normalised name: its letters without spaces, without a suffix.
#[inline]
pub fn name_key_into(name: &str, tables: &NameTables, key: &mut String) {
    let (name, _) = split_suffix(name, tables);
    if name.is_ascii() {
        name.split(' ').for_each(|part| key.push_str(part));
    } else {
        // Letters of some scripts compose when the space between them goes.
        key.extend(name.chars().filter(|c| *c != ' ').nfc());
    }
}

/// The generation that a normalised family or full name ends with, in its normal form (PERE, FILS, JR, SENIOR, II…),
/// and the name before it. `LE PERE` is a name: something that is no particle must stand before a suffix.
pub fn split_suffix<'a>(name: &'a str, tables: &NameTables) -> (&'a str, Option<&'static str>) {
    // No such word is longer than SENIOR: a blank further ahead is of no interest.
    let from = name.len().saturating_sub("SENIOR".len() + 1);
    let end = name.as_bytes().get(from..).unwrap_or(&[]);
    if let Some(at) = end.iter().rposition(|b| *b == b' ').map(|at| from + at)
        && let (Some(before), Some(last)) = (name.get(..at), name.get(at + 1..))
        && let Some(suffix) = suffix_form(last)
        && !before.split(' ').all(|w| tables.words().is_particle(w))
    {
        return (before, Some(suffix));
    }
    (name, None)
}

/// Normal form of a generation's word (`domain.md` §3.3).
pub(crate) fn suffix_form(word: &str) -> Option<&'static str> {
    Some(match word {
        "PERE" => "PERE",
        "FILS" => "FILS",
        "JR" | "JNR" | "JUNIOR" => "JR",
        "SR" | "SNR" | "SENIOR" => "SENIOR",
        "II" | "2ND" => "II",
        "III" | "3RD" => "III",
        "IV" | "4TH" => "IV",
        "V" => "V",
        "VI" => "VI",
        "VII" => "VII",
        "VIII" => "VIII",
        "IX" => "IX",
        "AINE" => "AINE",
        "CADET" => "CADET",
        _ => return None,
    })
}

/// Appends a normalised family name without its particles (`DE LA TOUR` gives `TOUR`); a name of particles alone is
/// appended whole.
pub fn without_particles(name: &str, tables: &NameTables, out: &mut String) {
    let start = out.len();
    for w in name.split(' ').filter(|w| tables.words().flags(w) & word::KEY_PARTICLE == 0) {
        if out.len() > start {
            out.push(' ');
        }
        out.push_str(w);
    }
    if out.len() == start {
        out.push_str(name);
    }
}
