//! A whole person's name in one field, split into its parts.
//!
//! Read are `Prénom NOM`, `NOM Prénom`, `NOM, Prénom`, `ROMARY J` and the Western forms with titles, suffixes, nicknames
//! and birth names. The order is settled, in this order, by a comma, by capitals beside small letters, by particles and
//! the lists of first and family names weighed against the region's custom (`order.rs`).

mod cjk;
mod comma;
mod level;
mod order;
mod parse;
mod person_name;
mod script;
mod suffix;
mod titles;
mod token;

pub use level::{gender_of, suffix_of, swap_if_misfiled};
pub use person_name::normalize;

use super::{Context, Country};
use order::Setting;
use parse::Draft;
use token::{Case, Token};

/// The parts of a name as they were written. A part that is not there is empty; words are apart by single spaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// Civilities and titles, those behind the name too.
    pub title: String,
    /// The first given name, or the two of a couple: `John & Jill`.
    pub given: String,
    /// Further given names and initials.
    pub middle: String,
    /// Family name, particles and all.
    pub family: String,
    /// Generations, degrees and functions; commas between them stay.
    pub suffix: String,
    /// What stood in quotes or brackets.
    pub nickname: String,
    /// Birth name.
    pub maiden: String,
    /// The nickname stood in brackets, where a remark may stand as well.
    pub bracketed: bool,
    /// A comma told the family name from the given name.
    pub comma: bool,
}

/// Splits a whole name. Never fails: what is no name comes out as some part.
pub fn split(raw: &str, cx: &Context) -> Parts {
    let tables = &cx.tables.names;
    let text = token::tidy(raw);
    let (rest, spans) = token::spans(&text);
    let mut parts = Parts::default();
    let mut bracketed_suffix = String::new();
    for (span, bracketed) in &spans {
        let inside = token::tokens(span, tables.words());
        let (slot, content) = match inside.first() {
            Some(t)
                if inside.len() > 1
                    && parse::is_birth_marker(t)
                    && !t.is(crate::reference::names::word::MARRIED) =>
            {
                (&mut parts.maiden, span.get(t.text.len()..).unwrap_or("").trim())
            }
            Some(_)
                if inside
                    .iter()
                    .all(|t| t.is(crate::reference::names::word::GENERATION) && t.case != Case::None) =>
            {
                (&mut bracketed_suffix, span.as_str())
            }
            _ => {
                parts.bracketed = *bracketed;
                (&mut parts.nickname, span.as_str())
            }
        };
        push(slot, &content.replace(['・', '･'], " "));
    }
    // The normal form's own mark for "no given name".
    if let Some(family) = rest.trim_end().strip_suffix(", -") {
        family.trim().clone_into(&mut parts.family);
        parts.comma = true;
        return parts;
    }
    let mut segments = token::segments(&rest, is_french(cx.region), tables.words());
    let setting = setting(&rest, &segments, cx);
    segments.iter_mut().for_each(|s| order::clear_initials(s, &setting));
    let draft = parse::parse(&segments, !parts.nickname.is_empty(), !parts.maiden.is_empty(), &setting);
    fill(&mut parts, &draft);
    if !bracketed_suffix.is_empty() {
        push(&mut parts.suffix, &bracketed_suffix);
    }
    parts
}

fn push(slot: &mut String, text: &str) {
    if !slot.is_empty() && !text.is_empty() {
        slot.push(' ');
    }
    slot.push_str(text);
}

/// Whether the files of a country put the family name first as often as not, in the French way.
fn is_french(country: Country) -> bool {
    const CODES: &[&[u8; 2]] = &[
        b"FR", b"BE", b"CH", b"LU", b"MC", b"RE", b"GP", b"MQ", b"GF", b"YT", b"PM", b"NC", b"PF", b"WF",
        b"MF", b"BL", b"MA", b"DZ", b"TN", b"SN", b"CI",
    ];
    CODES.iter().any(|c| **c == country.bytes())
}

/// What the text and the region say before any word is looked at.
fn setting<'t>(text: &str, segments: &[Vec<Token>], cx: &'t Context) -> Setting<'t> {
    use crate::reference::names::word;
    const FAMILY_FIRST: &[&[u8; 2]] = &[b"HU", b"VN", b"CN", b"TW", b"KR", b"JP"];
    let region = cx.region.bytes();
    // Titles, degrees and particles have a case of their own.
    let weighed = || {
        segments.iter().flatten().filter(|t| {
            t.letters > 1
                && !t.is(word::TITLE
                    | word::CREDENTIAL
                    | word::GENERATION
                    | word::PARTICLE
                    | word::CONJUNCTION
                    | word::BIRTH
                    | word::MARRIED)
        })
    };
    let has = |case: Case| weighed().any(|t| t.case == case);
    let (upper, lower, title) = (has(Case::Upper), has(Case::Lower), has(Case::Title));
    let french = is_french(cx.region);
    let family_first = FAMILY_FIRST.iter().any(|r| **r == region);
    Setting {
        tables: &cx.tables.names,
        french,
        family_first,
        western: !french && !family_first,
        mixed: title || (upper && lower) || segments.iter().flatten().any(|t| script::is_cjk(t.text)),
        upper: upper && !lower && !title,
        transcribed: text.contains('·'),
    }
}

fn fill(parts: &mut Parts, d: &Draft) {
    let join = |tokens: &[&Token]| tokens.iter().map(|t| t.text).collect::<Vec<_>>().join(" ");
    parts.title = join(&d.titles);
    parts.given = join(&d.given);
    parts.middle = join(&d.middle);
    parts.family = join(&d.family);
    parts.suffix = d.suffixes.iter().map(|s| join(s)).collect::<Vec<_>>().join(", ");
    if !d.birth.is_empty() {
        parts.maiden = join(&d.birth);
    }
    parts.comma = d.comma;
    if let Some((given, family, suffix)) = d.cut {
        for (slot, piece) in [(&mut parts.given, given), (&mut parts.family, family)] {
            if !piece.is_empty() {
                piece.clone_into(slot);
            }
        }
        if !suffix.is_empty() {
            let behind = std::mem::take(&mut parts.suffix);
            suffix.clone_into(&mut parts.suffix);
            if !behind.is_empty() {
                // Glued to the name, so in front of what a space or a comma parts from it.
                parts.suffix.push_str(if d.suffix_after_comma { ", " } else { " " });
                parts.suffix.push_str(&behind);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Day;

    /// `title|given|middle|family|suffix|nickname|maiden`
    fn line(raw: &str, region: &str) -> String {
        let cx = Context::new(Country::new(region).unwrap(), Day::from_ymd(2026, 11, 21).unwrap());
        let p = split(raw, &cx);
        [p.title, p.given, p.middle, p.family, p.suffix, p.nickname, p.maiden].join("|")
    }

    #[test]
    fn capitals_show_the_family_name_at_either_end() {
        assert_eq!(line("DUPONT Jean-Pierre", "FR"), "|Jean-Pierre||DUPONT|||");
        assert_eq!(line("Jean-Pierre DUPONT", "FR"), "|Jean-Pierre||DUPONT|||");
        assert_eq!(line("Valéry GISCARD d'ESTAING", "FR"), "|Valéry||GISCARD d'ESTAING|||");
        assert_eq!(line("de LA TOUR Marie", "FR"), "|Marie||de LA TOUR|||");
        assert_eq!(line("JP Dupont", "FR"), "|JP||Dupont|||", "two letters are initials");
    }

    #[test]
    fn lists_show_it_where_the_case_does_not() {
        assert_eq!(line("MARTIN JEAN", "FR"), "|JEAN||MARTIN|||");
        assert_eq!(line("JEAN MARTIN", "FR"), "|JEAN||MARTIN|||");
        assert_eq!(line("ROMARY J", "FR"), "|J||ROMARY|||");
        assert_eq!(line("Glowacki Julie", "US"), "|Julie||Glowacki|||");
        assert_eq!(line("Ray P.", "US"), "|Ray||P.|||");
    }

    #[test]
    fn birth_and_usage_names_are_told_apart() {
        assert_eq!(line("Mme DUPONT née MARTIN Marie", "FR"), "Mme|Marie||DUPONT|||MARTIN");
        assert_eq!(line("Marie MARTIN épouse DUPONT", "FR"), "|Marie||DUPONT|||MARTIN");
        assert_eq!(line("Jane Smith (née Jones)", "US"), "|Jane||Smith|||Jones");
    }

    #[test]
    fn western_forms_are_read() {
        assert_eq!(line("Lt. Gen. John A. Kenneth Doe IV", "US"), "Lt. Gen.|John|A. Kenneth|Doe|IV||");
        assert_eq!(line("de la Vega, Dr. Juan Q. III", "US"), "Dr.|Juan|Q.|de la Vega|III||");
        assert_eq!(line("Mr. & Mrs. John Smith", "US"), "Mr. & Mrs.|John||Smith|||");
        assert_eq!(line("John \"Jack\" Kennedy, MD, PhD", "US"), "|John||Kennedy|MD, PhD|Jack|");
        assert_eq!(line("Secretary of State John Smith", "US"), "Secretary of State|John||Smith|||");
    }

    #[test]
    fn nothing_is_a_name_of_no_parts() {
        assert_eq!(line("", "FR"), "||||||");
        assert_eq!(line(" , ;", "FR"), "||||||");
        assert_eq!(line("\"\" '", "FR"), "||||||");
    }
}
