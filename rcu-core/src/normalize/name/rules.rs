//! The full rules of name fields, for what is not an everyday name. Slower, and complete.

use super::fold::{Folded, Word};
use super::mojibake;
use crate::normalize::{Code, Output, begin, text};
use crate::reference::names::{Civility, NameTables, Words, word};

/// Longest name, in letters and spaces.
const LONGEST: usize = 80;

/// Which field a name stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// Family name.
    Last,
    /// Given name.
    First,
    /// Matching key: a family or a given name, so a single letter is let through.
    Key,
}

/// Normalises one name by all rules of `domain.md` §2.3, in their order.
pub(crate) fn normalize(raw: &str, field: Field, tables: &NameTables, out: &mut Output) {
    let repaired = mojibake::repair(raw);
    let Some(clean) = begin(repaired.as_deref().unwrap_or(raw), out, text::is_null_literal_in_name) else {
        return;
    };
    if repaired.is_some() {
        out.code(Code::MojibakeRepaired);
    }
    if encoding_lost(&clean) {
        return out.code(Code::EncodingLost);
    }
    let (clean, commented) = without_comments(&clean);
    if commented {
        out.code(Code::CommentRemoved);
    }
    let (name, others) = match field {
        Field::First => first_of_list(&clean),
        _ => (&*clean, ""),
    };
    let folded = Folded::of(name);
    let letters = folded.letters();
    if letters == 0 || (letters < 2 && folded.cased && folded.digits) {
        return out.code(Code::NotAName);
    }
    if folded.digits {
        out.code(Code::DigitsRemoved);
    }
    let words = tables.words();
    if is_company(name, &folded, words) {
        out.extra("company_name", clean.trim().to_owned());
        return out.code(Code::CompanyInName);
    }

    let mut rest = folded.words.as_slice();
    let mut ands = folded.words.iter().filter(|w| w.letters == 0).count();
    let civility = strip_civilities(&folded, &mut rest, field, words, &mut ands);
    if folded.symbols || ands > 0 {
        out.code(Code::CharSubstituted);
    }
    if civility == Some(Civility::Couple) {
        out.code(Code::Couple);
    }
    if let Some(c) = civility {
        out.code(Code::CivilityExtracted);
        out.extra("civility", c.as_str());
    }
    let kept: Vec<Word> = rest.iter().copied().filter(|w| w.letters > 0).collect();
    let kept =
        if field == Field::First { kept.as_slice() } else { usage_name(&folded, &kept, field, words, out) };
    if !others.is_empty() {
        let others = Folded::of(others);
        if others.letters() > 0 {
            out.code(Code::OtherFirstNames);
            out.extra("other_first_names", others.join(&others.words));
        }
    }
    if kept.len() > 1 && kept.first().is_some_and(|w| folded.str(*w) == "STE") {
        out.extra("company_name", clean.trim().to_owned());
        return out.code(Code::CompanyInName);
    }
    folded.join_into(kept, &mut out.text);
    verdict(&folded, kept, field, words, out);
}

/// The checks of the whole value, in the order of `domain.md` §2.3.
fn verdict(folded: &Folded, kept: &[Word], field: Field, words: &Words, out: &mut Output) {
    if folded.non_latin {
        out.code(Code::NonLatin);
    }
    let letters: usize = kept.iter().map(|w| w.letters).sum();
    let initials = kept.iter().all(|w| w.letters == 1) && folded.cased;
    if field == Field::First && initials && !words.is_placeholder(&out.text) {
        out.code(Code::Initials);
    }
    if field == Field::Last && letters == 1 && folded.cased && !is_civility_alone(&out.text, words) {
        out.code(Code::TooShort);
    } else if is_nobody(&out.text, field, words) {
        out.code(Code::Placeholder);
    } else if out.text.chars().count() > LONGEST {
        out.code(Code::TooLong);
    }
}

/// Whether a whole folded value is no name: a placeholder, a word for nothing, a civility alone.
pub(crate) fn is_nobody(value: &str, field: Field, words: &Words) -> bool {
    words.is_placeholder(value)
        || text::is_null_literal_in_name(value)
        || (is_civility_alone(value, words) && !(field != Field::Last && value.len() == 1))
}

/// Civilities and nothing else. MAITRE, ME, PR and DR alone are surnames (`domain.md` §2.3).
fn is_civility_alone(value: &str, words: &Words) -> bool {
    let civility = |w| (words.flags(w) & word::LEADING != 0).then(|| words.civility(w)).flatten();
    value.split(' ').any(|w| civility(w).is_some_and(|c| c.gender().is_some()))
        && value.split(' ').all(|w| civility(w).is_some() || matches!(w, "ET" | "OU"))
}

/// A letter that the sender's encoding could not write: `B?NARD`.
pub(crate) fn encoding_lost(clean: &str) -> bool {
    clean.contains(['?', '\u{fffd}'])
}

/// The text without what stands in parentheses or brackets, and whether something was dropped. A birth name in
/// parentheses stays: `DUPONT (née MARTIN)`.
fn without_comments(clean: &str) -> (std::borrow::Cow<'_, str>, bool) {
    if !clean.contains(['(', '[', '{']) {
        return (clean.into(), false);
    }
    let mut kept = String::with_capacity(clean.len());
    let mut rest = clean;
    let mut dropped = false;
    while let Some(open) = rest.find(['(', '[', '{']) {
        kept.push_str(rest.get(..open).unwrap_or(""));
        let inside = rest.get(open + 1..).unwrap_or("");
        let close = inside.find([')', ']', '}']);
        let content = inside.get(..close.unwrap_or(inside.len())).unwrap_or("");
        rest = close.and_then(|c| inside.get(c + 1..)).unwrap_or("");
        kept.push(' ');
        if opens_birth_name(content) {
            kept.push_str(content);
            kept.push(' ');
        } else {
            dropped = true;
        }
    }
    kept.push_str(rest);
    (kept.into(), dropped)
}

/// Whether a comment starts with *née*.
fn opens_birth_name(content: &str) -> bool {
    let first = content.trim_start().split([' ', '.', ':']).next().unwrap_or("");
    // `ne` without its accent is a word: (ne plus appeler).
    text::fold_upper(first) == "NEE" || matches!(first, "né" | "Né" | "NÉ")
}

/// A comma list of given names: the first that is not blank, and the rest.
fn first_of_list(clean: &str) -> (&str, &str) {
    let head = clean.trim_start_matches([',', ' ']);
    head.split_once(',').unwrap_or((head, ""))
}

/// Company words: a token of the list, `STE` in front, `S.A.` with its dots, `S.A.R.L.` letter by letter.
pub(crate) fn is_company(text: &str, folded: &Folded, words: &Words) -> bool {
    let mut dotted = String::new();
    for (i, w) in folded.words.iter().enumerate() {
        let s = folded.str(*w);
        if words.is_company_word(s) || (s == "STE" && i == 0 && folded.words.len() > 1) {
            return true;
        }
        // Letters in a row, each with its dot but the last.
        let joined = i > 0 && folded.words.get(i - 1).is_some_and(|p| p.letters == 1 && p.dot);
        if w.letters != 1 || !joined {
            dotted.clear();
        }
        if w.letters == 1 {
            dotted.push_str(s);
            let ends = !w.dot || folded.words.get(i + 1).is_none_or(|n| n.letters != 1);
            if dotted.len() > 1
                && ends
                && (words.is_company_word(&dotted) || (dotted == "SA" && has_dotted_sa(text)))
            {
                return true;
            }
        }
    }
    false
}

/// `S.A.` without a space between: `S. A. DUPONT` are initials.
fn has_dotted_sa(text: &str) -> bool {
    let b = text.as_bytes();
    b.windows(3).any(|w| w.eq_ignore_ascii_case(b"S.A"))
}

/// Takes leading civilities and titles off `rest` as long as a word of two letters remains, and says which it was:
/// the one that tells a gender before a title, the first of equals. `ands` counts down by the signs of "and" that
/// joined a couple.
fn strip_civilities(
    folded: &Folded,
    rest: &mut &[Word],
    field: Field,
    words: &Words,
    ands: &mut usize,
) -> Option<Civility> {
    let mut found: Option<Civility> = None;
    loop {
        // An "and" without a left side.
        while rest.first().is_some_and(|w| w.letters == 0) {
            *rest = &rest[1..];
        }
        let Some((civility, n)) = leading_civility(folded, rest, field, words) else { return found };
        if !rest.get(n..).is_some_and(|r| r.iter().any(|w| w.letters >= 2)) {
            return found;
        }
        *ands -= rest[..n].iter().filter(|w| w.letters == 0).count().min(*ands);
        *rest = &rest[n..];
        found = match found {
            Some(f) if f == Civility::Couple || f.gender().is_some() || civility.gender().is_none() => {
                if civility == Civility::Couple {
                    Some(civility)
                } else {
                    Some(f)
                }
            }
            _ => Some(civility),
        };
    }
}

/// The civility that the words start with, and how many words it is: one, or a couple's two or three.
fn leading_civility(
    folded: &Folded,
    rest: &[Word],
    field: Field,
    words: &Words,
) -> Option<(Civility, usize)> {
    let civility = |i: usize| {
        let s = folded.str(*rest.get(i)?);
        (words.flags(s) & word::LEADING != 0).then(|| words.civility(s)).flatten()
    };
    let first = civility(0)?;
    let (second, n) = match rest.get(1).map(|w| folded.str(*w)) {
        Some("&" | "ET" | "OU") => (civility(2), 3),
        _ => (civility(1), 2),
    };
    let woman = |c| matches!(c, Some(Civility::Mme | Civility::Mlle));
    // `M/Mme` needs no "and"; `Mme M. Paule` is one person.
    if (first == Civility::M && woman(second))
        || (n == 3 && woman(Some(first)) && second == Some(Civility::M))
    {
        return Some((Civility::Couple, n));
    }
    let w = rest.first()?;
    // A lone M is an initial unless it is written as a civility.
    (w.letters > 1 || w.dot || (field != Field::First && rest.len() > 1)).then_some((first, 1))
}

/// `X NEE Y` is X; `X EPOUSE Y` and `X VEUVE Y` are Y. The other one goes to `extra.birth_name`.
fn usage_name<'a>(
    folded: &Folded,
    words_: &'a [Word],
    field: Field,
    words: &Words,
    out: &mut Output,
) -> &'a [Word] {
    let mut kept = words_;
    let mut birth: Option<&[Word]> = None;
    while let Some((i, married)) = marker(folded, kept, words) {
        let (before, after) = (&kept[..i], &kept[i + 1..]);
        let (usage, other) = if married { (after, before) } else { (before, after) };
        birth = birth.or(Some(other));
        kept = usage;
        strip_civilities(folded, &mut kept, field, words, &mut 0);
    }
    if let Some(mut birth) = birth {
        while let Some((i, married)) = marker(folded, birth, words) {
            birth = if married { &birth[i + 1..] } else { &birth[..i] };
        }
        strip_civilities(folded, &mut birth, field, words, &mut 0);
        out.code(Code::BirthNameExtracted);
        let birth = folded.join(birth);
        // As a family name of its own it would be refused.
        let long = birth.chars().count() > LONGEST;
        if birth.len() > 1 && !long && !birth.starts_with("STE ") && !is_nobody(&birth, Field::Last, words) {
            out.extra("birth_name", birth);
        }
    }
    kept
}

/// Place of the first marker of a birth or usage name, and whether the usage name follows. First or last it is a name.
fn marker(folded: &Folded, words_: &[Word], words: &Words) -> Option<(usize, bool)> {
    let inner = words_.len().checked_sub(1)?;
    (1..inner).find_map(|i| {
        let s = folded.str(words_[i]);
        match s {
            "NEE" => Some((i, false)),
            "NE" if words_[i].accented => Some((i, false)),
            _ if words.flags(s) & word::MARRIED != 0 => Some((i, true)),
            _ => None,
        }
    })
}
