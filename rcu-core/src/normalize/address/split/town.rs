//! The locality at the end of a text without separators: which of the last words are it.

use super::super::similar::jaro_winkler;
use super::super::token::Gap;
use super::Words;
use super::place::same_department;
use crate::normalize::Context;
use crate::reference::postal::{NameId, PostalTables};
use std::ops::Range;

/// Where a locality may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Among the names of this postcode, or of its department when the postcode is not in the base.
    Postcode(u32),
    /// Among all names.
    Anywhere,
}

/// Most words a name of the base has.
const LONGEST: usize = 9;

/// Words `from..to` in the normal form of the base: SAINT and `S/` in full.
pub(super) fn key(words: &Words<'_>, from: usize, to: usize) -> String {
    let mut key = String::with_capacity(32);
    let mut at = from;
    while at < to {
        if at > from {
            key.push(' ');
        }
        let slash = at + 1 < to && words.gap(at + 1).has(Gap::SLASH);
        key.push_str(match words.text(at) {
            "ST" if at + 1 < to => "SAINT",
            "STE" if at + 1 < to => "SAINTE",
            "S" if slash && at + 2 < to && words.text(at + 1) == "S" => {
                at += 1;
                "SOUS"
            }
            "S" if slash => "SUR",
            word => word,
        });
        at += 1;
    }
    key
}

/// The locality that ends at `end`; empty when there is none.
pub(super) fn before(words: &Words<'_>, end: usize, scope: Scope, cx: &Context) -> Range<usize> {
    let base = &cx.tables.postal;
    // Back to the last mark: a name does not go over it.
    let mut start = end;
    while start > 0 && !words.is_taken(start - 1) {
        start -= 1;
        if words.parts_before(start) {
            break;
        }
    }
    if start == end {
        return end..end;
    }
    let whole_part = start > 0 && super::lines::way_start(words, start, end, cx).is_none();
    let known = |from: usize| -> Option<NameId> {
        let name = base.name(&key(words, from, end))?;
        let fits = match scope {
            Scope::Anywhere => true,
            Scope::Postcode(code) if base.rows(code).is_empty() => same_department(base.codes_of(name), code),
            Scope::Postcode(code) => base.rows(code).iter().any(|row| row.name == name),
        };
        fits.then_some(name)
    };
    let first = start.max(end.saturating_sub(LONGEST));
    for from in first..end {
        if known(from).is_some() && (from == start || may_end(words, start, from, cx)) {
            return from..end;
        }
    }
    // A part of its own without a number or a type of way, beside another part that has them.
    if whole_part
        && !words.text(start).starts_with(|c: char| c.is_ascii_digit())
        && matches!(scope, Scope::Postcode(_))
    {
        return start..end;
    }
    end..end
}

/// Whether the words `from..to` can be a whole line: they do not break off after an article, a title or a type.
fn may_end(words: &Words<'_>, from: usize, to: usize, cx: &Context) -> bool {
    let tables = &cx.tables.street;
    let last = words.text(to - 1);
    let last_word = tables.word(last);
    if last_word.is_article()
        || tables.is_person_title(last_word)
        || matches!(
            last,
            "A" | "EN"
                | "SUR"
                | "SOUS"
                | "LEZ"
                | "LES"
                | "PRES"
                | "CHEZ"
                | "PAR"
                | "VERS"
                | "SAINT"
                | "SAINTE"
                | "ST"
                | "STE"
                | "S"
        )
    {
        return false;
    }
    // A number, a type, and something that is not a first name only.
    let mut at = from;
    while at < to && words.text(at).starts_with(|c: char| c.is_ascii_digit()) {
        at += 1;
    }
    if let Some((_, n)) = tables.way_at(words.texts(at, to)) {
        at += n;
    }
    words.texts(at, to).any(|w| {
        let word = tables.word(w);
        !(word.is_article() || word.is_first_name() || tables.is_person_title(word) || w.len() == 1)
    })
}

/// Whether the words from `from` on are nearly a name of the postcode.
pub(super) fn is_near_name(words: &Words<'_>, from: usize, code: u32, base: &PostalTables) -> bool {
    let name = key(words, from, words.len());
    base.rows(code).iter().any(|row| jaro_winkler(base.text(row.name), &name) >= 0.9)
}
