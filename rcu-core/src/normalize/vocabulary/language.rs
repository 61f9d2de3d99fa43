//! Language, to ISO 639-1 (`domain.md` §2.8).

use super::key::{is_nothing, join_folded};
use crate::normalize::text::is_null_literal;
use crate::normalize::{Code, Context, Output, begin};

/// Writes the two-letter code, in small letters, of the language that `raw` names in French, English or the language
/// itself, or by ISO 639-1, ISO 639-2 or BCP 47 tag (`fr-FR`, `fr_FR`).
///
/// R `unknown_value` for the rest, languages without a two-letter code included. `NA` is the word for "nothing", so
/// Nauruan is read from its name or `NAU` only.
pub fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    let Some(clean) = begin(raw, out, is_null_literal) else { return };
    let tables = &cx.tables.vocabulary;
    join_folded(&clean, &mut out.text);
    if is_nothing(out) {
        return;
    }
    let mut found = tables.language(&out.text);
    if found.is_none()
        && let Some(primary) = primary_subtag(&clean)
    {
        out.text.clear();
        join_folded(primary, &mut out.text);
        found = tables.language(&out.text).filter(|l| l.is_code);
    }
    out.text.clear();
    match found {
        Some(language) => out.text.extend(language.code.map(|c| char::from(c.to_ascii_lowercase()))),
        None => out.code(Code::UnknownValue),
    }
}

/// The language part of a tag of RFC 5646: two or three letters, then subtags of 1 to 8 letters and digits.
fn primary_subtag(clean: &str) -> Option<&str> {
    let (primary, rest) = clean.split_once(['-', '_'])?;
    let letters = matches!(primary.len(), 2 | 3) && primary.bytes().all(|b| b.is_ascii_alphabetic());
    // A POSIX locale ends in its character set (fr_FR.UTF-8) or a modifier (ca_ES@valencia).
    let rest = rest.split(['.', '@']).next().unwrap_or(rest);
    let subtag = |s: &str| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric());
    (letters && rest.split(['-', '_']).all(subtag)).then_some(primary)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{Country, Kind, any, text};
    use crate::time::Day;

    #[test]
    fn every_line_of_the_table_is_in_its_own_form_and_read_as_it_says() {
        let cx = Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap());
        let table = include_str!("../../../data/vocabulary/languages.tsv");
        let mut lines = 0;
        for line in table.lines().filter(|l| !l.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            lines += 1;
            for name in columns[1].split('|').chain(columns[2].split('|')).filter(|n| !n.is_empty()) {
                let mut key = String::new();
                join_folded(&text::clean(name), &mut key);
                assert_eq!(key, name.replace(' ', ""), "{line}");
                let got = any(Kind::Language, name, &cx);
                match name {
                    "NA" => assert_eq!(got.codes, [Code::NullLiteral]),
                    _ => assert_eq!(got.value.as_deref(), Some(columns[0]), "{name}"),
                }
            }
        }
        assert_eq!(lines, 183);
    }
}
