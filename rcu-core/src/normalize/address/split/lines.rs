//! What remains of an address without its locality, parted into the lines L2 to L5.

use super::super::street::is_elided;
use super::super::token::{Gap, Tokens};
use super::super::whole::{Part, Parts};
use super::place::is_box;
use super::{Words, vocabulary, write_street};
use crate::normalize::{Code, Context, Output};
use std::ops::Range;

/// Which line a run of words is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// L2: apartment, floor, door, staircase, c/o.
    Inside,
    /// L3: building, residence, entrance, tower.
    Building,
    /// L5: lieu-dit.
    Place,
    /// A way, or what may be one.
    Way,
    /// Nothing tells.
    Other,
}

/// A run of words for one line.
#[derive(Debug, Clone)]
struct Piece {
    line: Line,
    words: Range<usize>,
    /// How much it looks like a delivery line.
    rank: u8,
}

/// The beginning of a delivery line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WayStart {
    /// 5 a number and a type of way; 4 a type that needs no number; 3 a number; 2 another type.
    pub(super) rank: u8,
    /// Words of the number, its extension and the type.
    words: usize,
}

/// Reads the beginning of a delivery line at a word.
pub(super) fn way_start(words: &Words<'_>, at: usize, end: usize, cx: &Context) -> Option<WayStart> {
    let tables = &cx.tables.street;
    let number = number_at(words, at, end, cx);
    let way = tables.way_at(words.texts(at + number, end));
    let rank = match (number > 0, way) {
        (true, Some(_)) => 5,
        (false, Some((way, _))) if way.strong => 4,
        (true, None) => 3,
        (false, Some(_)) => 2,
        (false, None) => return None,
    };
    Some(WayStart { rank, words: number + way.map_or(0, |(_, n)| n) })
}

/// How many words a number takes at `at`, with its extension and the rest of its range.
fn number_at(words: &Words<'_>, at: usize, end: usize, cx: &Context) -> usize {
    let is_number = |at: usize| {
        let text = words.text(at);
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let suffix = text.get(digits..).unwrap_or("");
        at < end
            && (1..=4).contains(&digits)
            && (suffix.is_empty()
                || matches!(suffix, "BIS" | "TER" | "QUATER" | "QUINQUIES")
                || (suffix.len() == 1 && suffix.as_bytes().iter().all(u8::is_ascii_uppercase)))
    };
    if !is_number(at) {
        return 0;
    }
    let mut n = 1;
    loop {
        let next = at + n;
        if next >= end {
            return n;
        }
        let gap = words.gap(next);
        let text = words.text(next);
        let extension = matches!(text, "BIS" | "TER" | "QUATER" | "QUINQUIES")
            || (text.len() == 1
                && text.as_bytes().iter().all(u8::is_ascii_uppercase)
                && !is_elided(text, words.text(next + 1))
                && cx.tables.street.way_at(words.texts(next + 1, end)).is_some());
        let range = is_number(next) && gap.has(Gap::HYPHEN.or(Gap::SLASH).or(Gap::AND).or(Gap::COMMA));
        let linked = matches!(text, "A" | "ET") && is_number(next + 1) && n == 1;
        if extension || range {
            n += 1;
        } else if linked {
            n += 2;
        } else {
            return n;
        }
    }
}

/// Writes L2 to L5 of the words that no other part took.
pub(super) fn write(words: &mut Words<'_>, cx: &Context, parts: &mut Parts, out: &mut Output) {
    let boxes = take_boxes(words);
    let mut pieces = Vec::new();
    let mut from = 0;
    while from < words.len() {
        if words.is_taken(from) {
            from += 1;
            continue;
        }
        let mut to = from + 1;
        while to < words.len()
            && !words.is_taken(to)
            && !(words.parts_before(to) && ends_part(words, from, to, cx))
        {
            to += 1;
        }
        cut(words, from..to, cx, &mut pieces);
        from = to;
    }
    let way = pieces.iter().enumerate().rev().max_by_key(|(_, p)| p.rank).map(|(i, _)| i);
    let way = way.filter(|i| pieces.get(*i).is_some_and(|p| p.rank > 0));
    for (i, piece) in pieces.iter().enumerate() {
        if matches!(piece.line, Line::Inside) && Some(i) != way {
            write_complement(words, piece, out);
            parts.take(out, Part::Inside);
        }
    }
    for (i, piece) in pieces.iter().enumerate() {
        let before = way.is_some_and(|w| i < w);
        let other = matches!(piece.line, Line::Way | Line::Other) && before;
        if (matches!(piece.line, Line::Building) || other) && Some(i) != way {
            write_complement(words, piece, out);
            parts.take(out, Part::Building);
        }
    }
    // `rue Haute, 12`: a bare number right behind a way without one is its number.
    let number = way.and_then(|i| match (pieces.get(i), pieces.get(i + 1)) {
        (Some(w), Some(n)) if matches!(w.rank, 2 | 4) && w.words.end == n.words.start => {
            let whole = number_at(words, n.words.start, n.words.end, cx) == n.words.len();
            whole.then_some(i + 1)
        }
        _ => None,
    });
    if let Some(piece) = way.and_then(|i| pieces.get(i)) {
        write_way(words, number.and_then(|i| pieces.get(i)), piece, cx, parts, out);
    }
    for (i, piece) in pieces.iter().enumerate() {
        let behind = matches!(piece.line, Line::Way | Line::Other) && way.is_some_and(|w| i > w);
        if (matches!(piece.line, Line::Place) || behind) && Some(i) != way && Some(i) != number {
            write_complement(words, piece, out);
            parts.take(out, Part::Special);
        }
    }
    for (label, number) in boxes {
        out.text.push_str(label);
        out.text.push(' ');
        out.text.push_str(&number);
        parts.take(out, Part::Special);
    }
}

/// Whether a mark before `to` ends the part that began at `from`: not between a number and its way.
fn ends_part(words: &Words<'_>, from: usize, to: usize, cx: &Context) -> bool {
    if words.gap(to).has(Gap::LINE) {
        return true;
    }
    // `12, rue`, `12 bis - rue`, `12, 14 rue`: the part so far ends in a number that a way follows.
    let number = (from..to).find(|at| number_at(words, *at, words.len(), cx) >= to - at);
    match number {
        Some(at) if at > from && keyword(words, at - 1).is_some() => true,
        Some(at) => {
            let n = number_at(words, at, words.len(), cx);
            let way = cx.tables.street.way_at(words.texts(at + n, words.len()));
            !(at == from || way.is_some())
        }
        None => true,
    }
}

/// Post office boxes: label and number. Their words are taken.
fn take_boxes(words: &mut Words<'_>) -> Vec<(&'static str, String)> {
    let mut boxes = Vec::new();
    let mut at = 1;
    while at < words.len() {
        let text = words.text(at);
        let digits = !text.is_empty() && text.len() <= 6 && text.bytes().all(|b| b.is_ascii_digit());
        if digits && is_box(words, at) && !words.is_taken(at) && !words.is_taken(at - 1) {
            let (label, from) = match words.text(at - 1) {
                "CS" => ("CS", at - 1),
                "TSA" => ("TSA", at - 1),
                "S" => ("CS", at - 2),
                "P" => ("BP", at - 2),
                "POSTALE" if at >= 2 && words.text(at - 2) == "BOITE" => ("BP", at - 2),
                _ => ("BP", at - 1),
            };
            let mut number = text.to_owned();
            let mut to = at + 1;
            // `CS 12 345`: figures in groups.
            let next = words.text(to);
            if text.len() <= 2
                && next.len() == 3
                && next.bytes().all(|b| b.is_ascii_digit())
                && !words.is_taken(to)
            {
                number.push_str(next);
                to += 1;
            }
            words.take(from, to);
            boxes.push((label, number));
            at = to;
        }
        at += 1;
    }
    boxes
}

/// The line that a keyword opens, and its form in full.
fn keyword(words: &Words<'_>, at: usize) -> Option<(Line, &'static str)> {
    Some(match words.text(at) {
        "BATIMENT" | "BAT" => (Line::Building, "BATIMENT"),
        "RESIDENCE" | "RES" | "RESID" => (Line::Building, "RESIDENCE"),
        "IMMEUBLE" | "IMM" => (Line::Building, "IMMEUBLE"),
        "ENTREE" => (Line::Building, "ENTREE"),
        "TOUR" => (Line::Building, "TOUR"),
        "APPARTEMENT" | "APPT" | "APT" => (Line::Inside, "APPARTEMENT"),
        "ETAGE" | "ETG" => (Line::Inside, "ETAGE"),
        "PORTE" => (Line::Inside, "PORTE"),
        "ESCALIER" | "ESC" => (Line::Inside, "ESCALIER"),
        "LOGEMENT" | "LOGT" => (Line::Inside, "LOGEMENT"),
        "RDC" => (Line::Inside, "RDC"),
        "CHEZ" => (Line::Inside, "CHEZ"),
        _ => return None,
    })
}

/// The short form of a keyword in full, for a line that is too long.
pub(in crate::normalize::address) fn short_keyword(word: &str) -> &str {
    match word {
        "APPARTEMENT" => "APT",
        "ESCALIER" => "ESC",
        "ETAGE" => "ETG",
        "LOGEMENT" => "LOGT",
        "BATIMENT" => "BAT",
        "RESIDENCE" => "RES",
        "IMMEUBLE" => "IMM",
        word => word,
    }
}

/// A piece that begins at a word: its line, how many words its label takes.
fn opening(words: &Words<'_>, at: usize, end: usize) -> Option<(Line, usize)> {
    let text = words.text(at);
    let next = words.text(at + 1);
    if let Some((line, _)) = keyword(words, at) {
        return Some((line, 1));
    }
    match text {
        "C" if next == "O" && words.gap(at + 1).has(Gap::SLASH) => Some((Line::Inside, 2)),
        "LD" | "LIEUDIT" | "LIEUDITS" if at + 1 < end => Some((Line::Place, 1)),
        "LIEU" | "LIEUX" if matches!(next, "DIT" | "DITS") && at + 2 < end => Some((Line::Place, 2)),
        _ if is_ordinal(text) && matches!(next, "ETAGE" | "ETG") => Some((Line::Inside, 2)),
        _ if text.bytes().all(|b| b.is_ascii_digit())
            && matches!(next, "E" | "EME" | "ER")
            && matches!(words.text(at + 2), "ETAGE" | "ETG") =>
        {
            Some((Line::Inside, 3))
        }
        _ => None,
    }
}

fn is_ordinal(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0
        && matches!(word.get(digits..), Some("E" | "EME" | "ER" | "ND" | "IEME" | "EM" | "NDE" | "" | "RE"))
        || matches!(word, "PREMIER" | "DEUXIEME" | "TROISIEME" | "QUATRIEME" | "CINQUIEME" | "DERNIER")
}

/// Cuts a part into pieces: at keywords, and where a way begins behind something else.
fn cut(words: &Words<'_>, part: Range<usize>, cx: &Context, pieces: &mut Vec<Piece>) {
    let mut from = part.start;
    while from < part.end {
        let (line, label) = opening(words, from, part.end).unwrap_or((Line::Other, 0));
        let start = if label == 0 { way_start(words, from, part.end, cx) } else { None };
        let line = if start.is_some() { Line::Way } else { line };
        let mut to = from + label.max(start.map_or(1, |s| s.words)).max(1);
        // The identifier of a keyword is never a house number: BATIMENT 3 RUE HAUTE.
        if label > 0 && to < part.end && matches!(line, Line::Inside | Line::Building) {
            let bare = words.text(to).starts_with(|c: char| c.is_ascii_digit());
            let named =
                matches!(words.text(from), "RESIDENCE" | "RES" | "RESID" | "TOUR" | "IMMEUBLE" | "IMM");
            if bare && !named && !is_ordinal_label(words, from) {
                to += 1;
            }
        }
        while to < part.end && !opens(words, from, to, part.end, line, start, cx) {
            to += 1;
        }
        let rank = start.map_or(u8::from(label == 0), |s| s.rank);
        pieces.push(Piece { line, words: from..to, rank });
        from = to;
    }
}

fn is_ordinal_label(words: &Words<'_>, at: usize) -> bool {
    is_ordinal(words.text(at))
}

/// Whether another piece begins at `at`, inside a part whose present piece began at `from`.
fn opens(
    words: &Words<'_>,
    from: usize,
    at: usize,
    end: usize,
    line: Line,
    start: Option<WayStart>,
    cx: &Context,
) -> bool {
    let tables = &cx.tables.street;
    let previous = words.text(at - 1);
    let before = if at >= from + 2 { words.text(at - 2) } else { "" };
    // The letter behind a keyword names a building, not an article: BAT A APT 3.
    let letter = previous.len() == 1 && at >= from + 2 && keyword(words, at - 2).is_some();
    let bound = (!letter && (tables.word(previous).is_article() || vocabulary::is_link(previous)))
        || (vocabulary::is_adjective(previous) && tables.word(before).is_article());
    // A way whose name has not begun yet: 26 RESIDENCE DE LA POSTE.
    let bare = start.is_some_and(|s| at < from + s.words.max(1));
    if bare || bound {
        return false;
    }
    let weak = start.is_none_or(|s| s.rank <= 2);
    if weak
        && let Some(way) = way_start(words, at, end, cx)
        && (way.rank == 5 || (way.rank == 4 && at + way.words < end))
    {
        return true;
    }
    // A way already: a second number and type begin another (12 RUE HAUTE 3 PLACE BASSE is rare and left whole).
    let named = start.is_none_or(|s| at > from + s.words);
    let next = words.text(at + 1);
    let short = |w: &str| w.len() <= 3 && !w.is_empty();
    let more = at + 1 < end;
    match words.text(at) {
        "BATIMENT" | "BAT" | "IMMEUBLE" | "APPARTEMENT" | "APPT" | "APT" | "ESCALIER" | "ESC"
        | "LOGEMENT" => more && named,
        "RESIDENCE" | "RES" | "RESID" => more && named && line == Line::Way,
        "QUARTIER" | "HAMEAU" if line == Line::Way => more && named,
        "PORTE" => more && named && (short(next) || matches!(next, "GAUCHE" | "DROITE")),
        "TOUR" | "ENTREE" => more && named && short(next) && !tables.word(next).is_article(),
        "RDC" => named,
        "CHEZ" => more && named,
        _ => {
            opening(words, at, end).is_some_and(|(kind, label)| {
                named
                    && matches!(kind, Line::Inside | Line::Place)
                    && (label > 1 || matches!(words.text(at), "LD" | "LIEUDIT"))
            }) || (matches!(words.text(at), "ETAGE" | "ETG")
                && next.bytes().all(|b| b.is_ascii_digit())
                && more
                && named)
        }
    }
}

/// Writes a piece of L2, L3 or L5, its keyword in full.
fn write_complement(words: &Words<'_>, piece: &Piece, out: &mut Output) {
    let mut at = piece.words.start;
    let mut expanded = false;
    let push = |word: &str, out: &mut Output| {
        if !out.text.is_empty() {
            out.text.push(' ');
        }
        out.text.push_str(word);
    };
    if let Some((line, label)) = opening(words, at, piece.words.end) {
        match (line, words.text(at)) {
            (_, "C") => {
                push("CHEZ", out);
                expanded = true;
                at += label;
            }
            (Line::Place, text) => {
                push("LIEU DIT", out);
                expanded = text == "LD";
                at += label;
            }
            _ => {}
        }
    }
    for i in at..piece.words.end {
        let text = words.text(i);
        let full = match keyword(words, i) {
            Some((_, full)) if i == piece.words.start || text == "ETG" => full,
            _ => text,
        };
        expanded |= full != text;
        push(full, out);
    }
    if expanded {
        out.code(Code::AbbrevExpanded);
    }
}

/// Writes the delivery line; `number` is a piece that stands behind it.
fn write_way(
    words: &Words<'_>,
    number: Option<&Piece>,
    way: &Piece,
    cx: &Context,
    parts: &mut Parts,
    out: &mut Output,
) {
    // Marks between words matter to the number only; they are written back from what stood before each word.
    let mut text = String::with_capacity(64);
    for piece in number.into_iter().chain([way]) {
        for at in piece.words.clone() {
            if !text.is_empty() {
                text.push_str(if at == piece.words.start { " " } else { words.gap(at).as_text() });
            }
            text.push_str(words.text(at));
        }
    }
    write_street(Tokens::new(&text), cx, parts, out);
}
