//! The locality at the end of a text without separators: which of the last words are it.

use super::super::postcode::department;
use super::super::similar::jaro_winkler;
use super::super::token::Gap;
use super::Words;
use super::place::same_department;
use super::vocabulary::{is_adjective, is_count, is_link, is_ordinary, is_place_noun};
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

/// A locality found before some place.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// First word that goes with it: `À` before the town.
    pub(super) link: usize,
    /// Its own words; empty when there is none.
    pub(super) city: Range<usize>,
}

/// The locality that ends at `end`.
pub(super) fn before(words: &Words<'_>, end: usize, scope: Scope, cx: &Context) -> Found {
    let city = city_before(words, end, scope, cx);
    let link = match city.start.checked_sub(1) {
        Some(a) if !city.is_empty() && words.text(a) == "A" && !words.parts_before(city.start) => a,
        _ => city.start,
    };
    Found { link, city }
}

fn city_before(words: &Words<'_>, end: usize, scope: Scope, cx: &Context) -> Range<usize> {
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
        let Some(name) = known(from) else { continue };
        let size = base.size(name);
        let told = scope != Scope::Anywhere;
        if from == start
            || (may_begin(words, from, end, size, told) && may_end(words, start, from, size, told, cx))
        {
            return with_department(words, start, from, name, base)..end;
        }
    }
    if scope == Scope::Anywhere
        && let Some(from) = hyphenated(words, start, end, cx)
    {
        return from..end;
    }
    if let Scope::Postcode(code) = scope
        && let Some(from) = nearly(words, start, end, code, cx)
    {
        return from..end;
    }
    // A part of its own without a number or a type of way, beside another part that has them.
    if whole_part
        && !words.texts(start, end).any(|w| w.starts_with(|c: char| c.is_ascii_digit()))
        && matches!(scope, Scope::Postcode(_))
    {
        return start..end;
    }
    end..end
}

/// The number of the town's department before it goes with the locality, whose normal form drops it.
fn with_department(words: &Words<'_>, start: usize, from: usize, name: NameId, base: &PostalTables) -> usize {
    let Some(previous) = from.checked_sub(1).filter(|p| *p > start) else { return from };
    let text = words.text(previous);
    let of_department =
        matches!(text.len(), 2 | 3) && base.codes_of(name).any(|code| department(code) == Some(text));
    if of_department { previous } else { from }
}

/// Least similarity of the words before a postcode with one of its names.
const NEAR: f64 = 0.93;

/// Where words begin that are nearly a name of the postcode: `la rochele 17000`.
fn nearly(words: &Words<'_>, start: usize, end: usize, code: u32, cx: &Context) -> Option<usize> {
    let base = &cx.tables.postal;
    let first = start.max(end.saturating_sub(LONGEST));
    let mut best: Option<(f64, usize)> = None;
    for from in first..end {
        if from == start || !may_begin(words, from, end, 0, true) || !may_end(words, start, from, 0, true, cx)
        {
            continue;
        }
        let name = key(words, from, end);
        for row in base.rows(code) {
            let near = jaro_winkler(base.text(row.name), &name);
            if near >= NEAR && name.len() >= 5 && best.is_none_or(|(b, _)| near > b) {
                best = Some((near, from));
            }
        }
    }
    best.map(|(_, from)| from)
}

/// Whether the words at the end are written as only localities are: joined by hyphens, with a little word among them
/// (`Cloyes-sur-le-Loir`). For communes that the base does not hold any more, and for slips of the pen.
fn hyphenated(words: &Words<'_>, start: usize, end: usize, cx: &Context) -> Option<usize> {
    let joined = |at: usize| {
        let gap = words.gap(at);
        (gap.has(Gap::HYPHEN) && !gap.is_dash()) || gap.has(Gap::APOSTROPHE)
    };
    let mut from = end.checked_sub(1)?;
    while from > start && joined(from) {
        from -= 1;
    }
    let little = |w: &str| {
        matches!(w, "SUR" | "SOUS" | "LES" | "LE" | "LA" | "EN" | "DE" | "D" | "DU" | "DES" | "AUX" | "AU")
    };
    let hyphens = (from + 1..end).filter(|at| words.gap(*at).has(Gap::HYPHEN)).count();
    // An article before the group belongs to it: La Queue-en-Brie.
    let with_article =
        from.checked_sub(1).filter(|a| *a > start && matches!(words.text(*a), "LE" | "LA" | "LES"));
    let from = with_article.unwrap_or(from);
    let fits = hyphens >= 2
        && words.texts(from + 1, end.saturating_sub(1)).any(little)
        && words.gap(from).has(Gap::SPACE)
        && may_end(words, start, from, 0, false, cx);
    fits.then_some(from)
}

/// Size (bits of the population) from which a town is believed beside words that could also be its name's beginning.
const TOWN: u8 = 13;

/// Whether the words `from..to` can be a locality by themselves. `told`: the postcode says so already.
fn may_begin(words: &Words<'_>, from: usize, to: usize, size: u8, told: bool) -> bool {
    // Inside a hyphenated name: Noisyle-GRAND, Belle-VUE.
    let gap = words.gap(from);
    if gap.has(Gap::HYPHEN) && !gap.is_dash() {
        return false;
    }
    told || to - from > 1 || !is_ordinary(words.text(from)) || size > TOWN
}

/// Whether the words `from..to` can be a whole line before a locality of that size: they do not break off after an
/// article, a title, an adjective or a given name.
pub(super) fn may_end(words: &Words<'_>, from: usize, to: usize, size: u8, told: bool, cx: &Context) -> bool {
    if to == from {
        return false;
    }
    let tables = &cx.tables.street;
    // `10 rue Richelieu à Tours`, not `rue du Four à Chaux`.
    let to_town = words.text(to - 1) == "A" && size > TOWN && to >= from + 2;
    let stop = if to_town { to - 1 } else { to };
    let (last, before) = (words.text(stop - 1), if stop >= from + 2 { words.text(stop - 2) } else { "" });
    let last_word = tables.word(last);
    let after_article = tables.word(before).is_article();
    if last_word.is_article()
        || tables.is_person_title(last_word)
        || is_link(last)
        || (last == "PRES" && !after_article)
        || (is_adjective(last) && (after_article || is_count(before)))
    {
        return false;
    }
    // A place noun takes a saint's name, a cross anyone's: VALLEE SAINTE GENEVIEVE, CROIX FAUCON. A town of some size
    // is believed.
    let name = words.text(to);
    let saint = matches!(name, "SAINT" | "SAINTE" | "ST" | "STE");
    let alone = words.len() == to + 1;
    if !told && size < TOWN && ((saint && is_place_noun(last)) || (alone && last == "CROIX")) {
        return false;
    }
    let mut at = from;
    while at < stop && words.text(at).starts_with(|c: char| c.is_ascii_digit()) {
        at += 1;
    }
    if let Some((way, n)) = tables.way_at(words.texts(at, stop)) {
        if at + n == stop {
            // GRANDE RUE is a whole name, though a saint may follow; a type alone is none.
            return way.whole && (told || !saint || size > TOWN);
        }
        at += n;
    } else if at == stop {
        // `51 LA ROCHELLE` may be a farm of that name.
        return told;
    }
    // Something beside given names; of given names two (VICTOR HUGO), or one before a town that is no family name.
    let mut names = 0;
    for i in at..stop {
        let text = words.text(i);
        let word = tables.word(text);
        let noun = i > at && tables.word(words.text(i - 1)).is_article();
        if word.is_first_name() && !noun {
            names += 1;
        } else if !(word.is_article() || tables.is_person_title(word) || text.len() == 1) {
            return true;
        }
    }
    names > 1 || (names == 1 && (told || (!alone && !saint) || size > TOWN + 1))
}

/// Whether the words from `from` on are nearly a name of the postcode.
pub(super) fn is_near_name(words: &Words<'_>, from: usize, code: u32, base: &PostalTables) -> bool {
    let name = key(words, from, words.len());
    base.rows(code).iter().any(|row| jaro_winkler(base.text(row.name), &name) >= 0.9)
}
