//! Civility (`domain.md` §2.3): M, MME, DR, PR, ME, COUPLE.

use super::{Code, Context, Output, begin, text};
pub use crate::reference::names::{Civility, Gender};

/// Civility. `extra`: `gender` (M or F), from M and MME alone: a title proves none.
pub fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    let Some(clean) = begin(raw, out, is_nothing) else { return };
    // The answer's place serves as the buffer of the folded word.
    let found = parse(&clean, cx, &mut out.text);
    out.text.clear();
    match found {
        Some(civility) => {
            if civility == Civility::Mlle {
                out.code(Code::MlleMerged);
            }
            if let Some(gender) = civility.gender() {
                out.extra("gender", if gender == Gender::M { "M" } else { "F" });
            }
            out.text.push_str(civility.as_str());
        }
        None => out.code(Code::UnknownValue),
    }
}

/// The gender that a normalised civility proves.
pub fn gender_of(civility: &str) -> Option<Gender> {
    match civility {
        "M" => Some(Gender::M),
        "MME" => Some(Gender::F),
        _ => None,
    }
}

/// 0 and 9 are "not known" and "not applicable" of ISO/IEC 5218.
fn is_nothing(clean: &str) -> bool {
    matches!(clean, "0" | "9") || text::is_null_literal(clean)
}

fn parse(clean: &str, cx: &Context, upper: &mut String) -> Option<Civility> {
    const LONGEST: usize = 48;
    if clean.len() > LONGEST {
        return None;
    }
    let words = cx.tables.names.words();
    // One word, as nearly always; it may be the long form of an installation's own list.
    text::fold_upper_into(clean.trim_end_matches('.'), upper);
    if let Some(c) = words.civility(upper) {
        return Some(c);
    }
    let mut parts = upper.split([' ', '.', '/', '&', '+', '-', ',', '\n']).filter(|p| !p.is_empty());
    let first = words.civility(parts.next()?)?;
    let second = match parts.next() {
        None => return Some(first),
        Some("ET" | "OU") => parts.next()?,
        Some(other) => other,
    };
    let second = words.civility(second)?;
    let both = (first.gender()?, second.gender()?);
    (parts.next().is_none() && both.0 != both.1).then_some(Civility::Couple)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{Country, Kind, Status, any};
    use crate::time::Day;

    fn value(raw: &str) -> Option<String> {
        let cx = Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap());
        any(Kind::Civility, raw, &cx).value
    }

    #[test]
    fn couples_in_every_writing() {
        for s in [
            "M et Mme",
            "M. et Mme.",
            "M/Mme",
            "Mr ou Mme",
            "MME/M",
            "Monsieur et Madame",
            "M. & Mme",
            "couple",
        ] {
            assert_eq!(value(s).as_deref(), Some("COUPLE"), "{s}");
        }
        assert_eq!(value("M et Dr"), None);
        assert_eq!(value("M et M"), None);
    }

    #[test]
    fn zero_and_nine_are_empty() {
        let cx = Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap());
        for s in ["0", "9", "", "NA"] {
            assert_eq!(any(Kind::Civility, s, &cx).status, Status::Empty, "{s}");
        }
    }

    #[test]
    fn only_m_and_mme_prove_a_gender() {
        assert_eq!(gender_of("M"), Some(Gender::M));
        assert_eq!(gender_of("MME"), Some(Gender::F));
        assert_eq!(gender_of("DR").or(gender_of("COUPLE")), None);
    }
}
