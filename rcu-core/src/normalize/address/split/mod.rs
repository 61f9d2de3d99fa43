//! A French address in one text, with or without separators, taken apart.
//!
//! From the outside in: country, postcode, locality, post office box; what remains is parted into the lines L2 to L5.

pub(super) mod lines;
mod place;
mod town;
mod vocabulary;

use super::token::{Gap, Token, Tokens};
use super::whole::{Part, Parts};
use super::{abroad, city, country, is_french, postcode, street};
use crate::normalize::{Code, Context, Country, Output};
use std::ops::Range;

/// The words of an address under way, each with whether a part took it already.
pub(super) struct Words<'a> {
    tokens: Vec<Token<'a>>,
    /// Where each word ends in the folded text.
    ends: Vec<usize>,
    taken: Vec<bool>,
}

impl<'a> Words<'a> {
    fn new(folded: &'a str, cx: &Context) -> Words<'a> {
        let mut tokens = Vec::with_capacity(24);
        let mut ends = Vec::with_capacity(24);
        let mut rest = Tokens::new(folded);
        while let Some(token) = rest.next() {
            let end = folded.len() - rest.rest().len();
            match glued(token.text, rest.peek(), cx).and_then(|at| token.text.split_at_checked(at)) {
                Some((head, tail)) => {
                    tokens.push(Token { text: head, gap: token.gap });
                    tokens.push(Token { text: tail, gap: Gap::SPACE });
                    ends.extend([end - tail.len(), end]);
                }
                None => {
                    tokens.push(token);
                    ends.push(end);
                }
            }
        }
        Words { taken: vec![false; tokens.len()], tokens, ends }
    }

    fn text(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |t| t.text)
    }

    fn gap(&self, at: usize) -> Gap {
        self.tokens.get(at).map_or(Gap::LINE, |t| t.gap)
    }

    fn len(&self) -> usize {
        self.tokens.len()
    }

    fn is_taken(&self, at: usize) -> bool {
        self.taken.get(at).copied().unwrap_or(true)
    }

    fn take(&mut self, from: usize, to: usize) {
        for slot in self.taken.iter_mut().take(to).skip(from) {
            *slot = true;
        }
    }

    fn texts(&self, from: usize, to: usize) -> impl Iterator<Item = &'a str> + Clone + '_ {
        self.tokens.iter().take(to).skip(from).map(|t| t.text)
    }

    /// Whether a new line, a comma, a bracket or a spaced hyphen stands before the word.
    fn parts_before(&self, at: usize) -> bool {
        let gap = self.gap(at);
        gap.has(Gap::LINE.or(Gap::COMMA).or(Gap::OPEN).or(Gap::CLOSE)) || gap.is_dash()
    }

    /// The words `from..to` in one text, one blank between them.
    fn join(&self, from: usize, to: usize, text: &mut String) {
        for (i, word) in self.texts(from, to).enumerate() {
            if i > 0 {
                text.push(' ');
            }
            text.push_str(word);
        }
    }
}

/// Where a word is really two: `26000VALENCE`, `BP12`, `MICHEL35` before a type of way.
fn glued(word: &str, next: Option<Token<'_>>, cx: &Context) -> Option<usize> {
    let bytes = word.as_bytes();
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 5 && bytes.len() >= 8 && bytes.iter().skip(5).all(u8::is_ascii_uppercase) {
        return Some(5);
    }
    if digits > 0 || !bytes.last().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let letters = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    if !bytes.iter().skip(letters).all(u8::is_ascii_digit) {
        return None;
    }
    let boxed = matches!(word.get(..letters), Some("BP" | "CS" | "TSA"));
    let number = letters >= 4
        && bytes.len() - letters <= 4
        && next.is_some_and(|t| {
            cx.tables.street.way_at(std::iter::once(t.text)).is_some_and(|(way, _)| way.strong)
        });
    (boxed || number).then_some(letters)
}

/// The country that the last words name, and how many words that takes.
fn country_of(words: &[Token<'_>]) -> (Option<Country>, usize) {
    let Some((country, n)) = country::at_end(words) else { return (None, 0) };
    let at = words.len() - n;
    if at == 0 {
        return (None, 0);
    }
    let gap = words.get(at).map_or(Gap::SPACE, |t| t.gap);
    let previous = words.get(at - 1).map_or("", |t| t.text);
    let apart = gap.has(Gap::LINE.or(Gap::COMMA).or(Gap::OPEN)) || gap.is_dash();
    // Right behind a postcode it is the locality: `98000 MONACO`, `L-1009 LUXEMBOURG`.
    let is_code = |t: &Token<'_>| t.is_digits() && matches!(t.text.len(), 4 | 5);
    if words.get(at - 1).is_some_and(is_code) && !gap.has(Gap::LINE) {
        return (None, 0);
    }
    // Without a mark before it, only behind `postcode locality`: not RUE DE FRANCE, not ROISSY EN FRANCE.
    let behind_locality = words.iter().take(at).any(is_code)
        && !matches!(previous, "EN" | "DE" | "DU" | "LA" | "D" | "L" | "MENDES" | "ANATOLE");
    if apart || behind_locality { (Some(country), n) } else { (None, 0) }
}

/// The line without the country at its end.
pub(super) fn without_country(line: &str) -> &str {
    let (country, n) = country_of(&Tokens::new(line).collect::<Vec<_>>());
    if country.is_none() {
        return line;
    }
    let mut end = line.len();
    for _ in 0..n {
        let head = line.get(..end).unwrap_or("").trim_end_matches(|c: char| !c.is_alphanumeric());
        end = head.trim_end_matches(|c: char| c.is_alphanumeric()).len();
    }
    line.get(..end).unwrap_or(line).trim_end_matches([' ', ',', ';', '-', '(', '\n', '|'])
}

/// Splits a folded address, of France unless it names another country.
pub(super) fn split(folded: &str, cx: &Context, parts: &mut Parts) {
    let mut words = Words::new(folded, cx);
    let (country, n) = country_of(&words.tokens);
    let region = country.unwrap_or(cx.region);
    if !is_french(region) {
        return abroad::split(folded, region, parts);
    }
    parts.country = country;
    words.tokens.truncate(words.tokens.len().saturating_sub(n));
    words.taken.truncate(words.tokens.len());
    let mut out = Output::new();
    let place = place::find(&words, cx);
    if let Some(code) = place.postcode {
        words.take(code.from, code.to);
    }
    words.take(place.city.start, place.city.end);
    words.take(place.idle.start, place.idle.end);
    words.take(place.dropped.start, place.dropped.end);
    lines::write(&mut words, cx, parts, &mut out);
    parts.has_postcode = place.postcode.is_some();
    parts.has_city = !place.city.is_empty();
    if let Some(code) = place.postcode {
        let mut text = String::with_capacity(8);
        words.join(code.from, code.to, &mut text);
        postcode::write(&text, Country::FR, &mut out);
        parts.take(&mut out, Part::Postcode);
    }
    if !place.city.is_empty() {
        // With its punctuation: `S/` and brackets mean something to the locality.
        let text = words.source(folded, &place.city);
        city::write(text, Country::FR, &mut out);
        parts.take(&mut out, Part::City);
    }
    if !place.dropped.is_empty() {
        parts.codes.push(Code::CommentRemoved);
    }
}

impl<'a> Words<'a> {
    /// The text of a run of words as it stands in `folded`, which they were read from.
    fn source(&self, folded: &'a str, range: &Range<usize>) -> &'a str {
        let last = range.end.saturating_sub(1);
        let (Some(end), Some(last)) = (self.ends.get(range.start), self.ends.get(last)) else { return "" };
        folded.get(end - self.text(range.start).len()..*last).unwrap_or("")
    }
}

/// Writes a delivery line and keeps its number apart.
fn write_street(tokens: Tokens<'_>, cx: &Context, parts: &mut Parts, out: &mut Output) {
    let tables = &cx.tables.street;
    if let Some(head) = street::Head::read(tokens, tables) {
        parts.number.push_str(head.number);
        parts.extension.push_str(head.extension);
    }
    street::write_line(tokens, tables, out);
    parts.take(out, Part::Street);
}
