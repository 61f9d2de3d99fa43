//! Where the postcode and the locality stand.

use super::super::city::arrondissements;
use super::super::postcode::{self, department};
use super::super::street::is_month;
use super::super::token::Gap;
use super::Words;
use super::town::{self, Scope};
use crate::normalize::Context;
use crate::reference::postal::PostalTables;
use std::ops::Range;

/// Words of the postcode, and what they mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CodeAt {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The postcode as a number; `None` for five digits that are none.
    code: Option<u32>,
}

/// Postcode, locality, and words behind the locality that belong to no line.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    pub(super) postcode: Option<CodeAt>,
    pub(super) city: Range<usize>,
    /// Words that say again what the locality says: `À` before it, its name before the postcode too.
    pub(super) idle: Range<usize>,
    pub(super) dropped: Range<usize>,
}

pub(super) fn find(words: &Words<'_>, cx: &Context) -> Place {
    let base = &cx.tables.postal;
    let Some(at) = find_postcode(words, cx) else {
        let found = town::before(words, words.len(), Scope::Anywhere, cx);
        return Place { idle: found.link..found.city.start, city: found.city, ..Place::default() };
    };
    let mut place = Place { postcode: Some(at), ..Place::default() };
    behind(words, at, base, cx, &mut place);
    if place.city.is_empty() {
        let scope = match at.code {
            Some(code) => Scope::Postcode(code),
            None => Scope::Anywhere,
        };
        let found = town::before(words, at.from, scope, cx);
        place.idle = found.link..found.city.start;
        place.city = found.city;
    } else if let Some(from) = at.from.checked_sub(place.city.len())
        && !words.gap(at.from).has(Gap::LINE)
        && words.texts(from, at.from).eq(words.texts(place.city.start, place.city.end))
        && town::may_end(words, 0, from, 0, true, cx)
    {
        // `GRAND PLACE CAESTRE 59190 CAESTRE`
        place.idle = from..at.from;
    }
    place
}

/// The locality behind the postcode: up to the end of its line, comma or bracket.
fn behind(words: &Words<'_>, at: CodeAt, base: &PostalTables, cx: &Context, place: &mut Place) {
    let from = at.to;
    if from >= words.len() {
        return;
    }
    // A line that begins with the postcode's own is the locality's too; anything after a line end is not.
    if words.gap(from).has(Gap::LINE) && starts_line(words, from, cx) {
        return;
    }
    let mut to = from + 1;
    while to < words.len() && !words.parts_before(to) {
        to += 1;
    }
    let known = |to: usize| at.code.is_some_and(|code| is_name_of(words, from, to, code, base));
    // `Lège - Cap Ferret`: a spaced hyphen may be inside the name.
    if to < words.len() && words.gap(to).is_dash() {
        let mut end = to + 1;
        while end < words.len() && !words.parts_before(end) {
            end += 1;
        }
        if known(end) {
            to = end;
        }
    }
    if starts_line(words, from, cx) && !known(to) {
        // `75008, 12 rue Haute`: the postcode stands before the way.
        return;
    }
    let mut all = to;
    if to < words.len() && words.gap(to).has(Gap::OPEN) {
        // `Bordeaux (Gironde)`
        place.dropped = to..(to + 1..words.len()).find(|at| words.parts_before(*at)).unwrap_or(words.len());
        all = place.dropped.end;
    }
    if !known(to) {
        // The longest beginning that is a commune of the postcode; a short rest is kept as part of the name.
        if let Some(end) = (from + 1..to).rev().find(|end| known(*end))
            && !belongs_to_town(words, from, end, to)
            && (to - end > 3
                || words.text(end).starts_with(|c: char| c.is_ascii_digit())
                || starts_line(words, end, cx))
        {
            to = end;
        }
    }
    place.city = from..to;
    if to < all && place.dropped.is_empty() && !starts_line(words, to, cx) {
        place.dropped = to..all;
    }
}

/// Whether CEDEX or an arrondissement follows the town.
fn belongs_to_town(words: &Words<'_>, from: usize, end: usize, to: usize) -> bool {
    words.texts(end, to).any(|w| w.starts_with("CEDEX"))
        || (arrondissements(words.text(from)) > 0 && to - end <= 3)
}

/// Whether a delivery line begins at the word: a number before a type of way, or a strong type.
fn starts_line(words: &Words<'_>, at: usize, cx: &Context) -> bool {
    super::lines::way_start(words, at, words.len(), cx).is_some_and(|s| s.rank >= 4)
}

/// Whether the words are a name of the postcode, in the normal form of the base.
fn is_name_of(words: &Words<'_>, from: usize, to: usize, code: u32, base: &PostalTables) -> bool {
    let name = town::key(words, from, to);
    base.name(&name).is_some_and(|id| base.rows(code).iter().any(|row| row.name == id))
}

fn find_postcode(words: &Words<'_>, cx: &Context) -> Option<CodeAt> {
    let base = &cx.tables.postal;
    let five = (0..words.len()).rev().filter_map(|i| five_digits(words, i)).collect::<Vec<_>>();
    // The last one that the base knows, else the last one that may be a postcode, else the last five digits.
    let in_base = five.iter().find(|c| c.code.is_some_and(|code| !base.rows(code).is_empty()));
    let allocated = || five.iter().find(|c| c.code.is_some());
    if let Some(at) = in_base.or_else(allocated).or_else(|| five.first()) {
        return Some(*at);
    }
    (0..words.len())
        .rev()
        .find_map(|i| parted(words, i, base))
        .or_else(|| (1..words.len()).rev().find_map(|i| four_digits(words, i, base, cx)))
}

/// Five digits that are no number of a box, with a prefix F or FR.
fn five_digits(words: &Words<'_>, at: usize) -> Option<CodeAt> {
    let text = words.text(at);
    let bare = text.strip_prefix("FR").or_else(|| text.strip_prefix('F')).unwrap_or(text);
    let digits = bare.bytes().filter(u8::is_ascii_digit).count();
    // A letter O among the figures.
    let fits = bare.len() == 5 && digits >= 3 && bare.bytes().all(|b| b.is_ascii_digit() || b == b'O');
    if !fits || !bare.starts_with(|c: char| c.is_ascii_digit()) || is_box(words, at) {
        return None;
    }
    let prefix = at > 0 && matches!(words.text(at - 1), "F" | "FR") && words.gap(at).has(Gap::HYPHEN);
    let from = at - usize::from(prefix);
    let code = postcode::parse_french(&bare.replace('O', "0"));
    Some(CodeAt { from, to: at + 1, code })
}

/// `75 008`: two digits, three digits, and a commune of that postcode behind them.
fn parted(words: &Words<'_>, at: usize, base: &PostalTables) -> Option<CodeAt> {
    let (head, tail) = (words.text(at), words.text(at + 1));
    let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(head, 2) || !digits(tail, 3) || is_box(words, at) {
        return None;
    }
    let code = postcode::parse_french(&format!("{head}{tail}"))?;
    let named = (at + 3..=words.len().min(at + 10)).any(|to| is_name_of(words, at + 2, to, code, base));
    let prefix = at > 0 && matches!(words.text(at - 1), "F" | "FR") && words.gap(at).has(Gap::HYPHEN);
    named.then_some(CodeAt { from: at - usize::from(prefix), to: at + 2, code: Some(code) })
}

/// A postcode that lost its zero: four digits at the end, or before a locality.
fn four_digits(words: &Words<'_>, at: usize, base: &PostalTables, cx: &Context) -> Option<CodeAt> {
    let text = words.text(at);
    if text.len() != 4
        || text.starts_with('0')
        || !text.bytes().all(|b| b.is_ascii_digit())
        || is_box(words, at)
    {
        return None;
    }
    let code = postcode::parse_french(&format!("0{text}"))?;
    let previous = words.tokens.get(at.checked_sub(1)?)?;
    // RUE DU 8 MAI 1945, ROUTE NATIONALE 1234.
    let dated = is_month(previous)
        || matches!(
            previous.text,
            "NATIONALE"
                | "DEPARTEMENTALE"
                | "RN"
                | "RD"
                | "D"
                | "N"
                | "CD"
                | "EN"
                | "DE"
                | "DU"
                | "DES"
                | "LA"
                | "LE"
                | "AN"
        );
    let last = at + 1 == words.len();
    let named = || (at + 2..=words.len().min(at + 10)).any(|to| is_name_of(words, at + 1, to, code, base));
    let apart =
        words.parts_before(at) && !last && !starts_line(words, at + 1, cx) && !base.rows(code).is_empty();
    let undated = !dated && (last || town::is_near_name(words, at + 1, code, base));
    let fits = undated || apart || named();
    fits.then_some(CodeAt { from: at, to: at + 1, code: Some(code) })
}

/// Whether the word is the number of a post office box.
pub(super) fn is_box(words: &Words<'_>, at: usize) -> bool {
    let Some(previous) = at.checked_sub(1) else { return false };
    match words.text(previous) {
        "BP" | "CS" | "TSA" | "POSTALE" => true,
        "P" => previous > 0 && words.text(previous - 1) == "B",
        "S" => previous > 0 && words.text(previous - 1) == "C",
        _ => false,
    }
}

/// Whether a name has a postcode in the department of `code`.
pub(super) fn same_department(codes: impl Iterator<Item = u32>, code: u32) -> bool {
    let mut codes = codes;
    codes.any(|c| department(c) == department(code))
}
