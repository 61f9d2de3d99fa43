//! Localities (`domain.md` §2.5, `city`).

use super::fold::Folded;
use super::token::{Gap, Token, Tokens};
use super::{is_empty, is_empty_once_written, is_french};
use crate::normalize::{Code, Context, Country, Output};

/// Locality in capitals without punctuation: SAINT in full, no arrondissement, CEDEX kept.
pub fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    let mut buf = Folded::new();
    let folded = buf.fold(raw);
    if is_empty(folded, out) {
        return;
    }
    write(folded, cx.region, out);
    is_empty_once_written(out);
}

/// What happened on the way, noted in the order of the steps.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    abbreviation: bool,
    arrondissement: bool,
    cedex: bool,
    comment: bool,
    digits: bool,
}

/// Appends the locality of a folded text to `out.text`.
pub(super) fn write(folded: &str, region: Country, out: &mut Output) {
    let from = out.text.len();
    let mut seen = Seen::default();
    if folded.bytes().any(|b| matches!(b, b'(' | b'[')) {
        let (kept, article) = without_comments(folded);
        seen.comment = true;
        let text = match article {
            Some(article) => format!("{article} {kept}"),
            None => kept,
        };
        write_words(&text, from, region, &mut seen, out);
    } else {
        write_words(folded, from, region, &mut seen, out);
    }
    for (happened, code) in [
        (seen.abbreviation, Code::AbbrevExpanded),
        (seen.arrondissement, Code::ArrondissementRemoved),
        (seen.cedex, Code::Cedex),
        (seen.comment, Code::CommentRemoved),
        (seen.digits, Code::DigitsRemoved),
    ] {
        if happened {
            out.code(code);
        }
    }
    let written = out.text.get(from..).unwrap_or("");
    if !written.chars().any(char::is_alphabetic) {
        out.code(Code::BadFormat);
    }
}

/// The text without what stands in brackets, and the article of an inverted name: `ROCHELLE (LA)`.
fn without_comments(folded: &str) -> (String, Option<&str>) {
    let mut kept = String::with_capacity(folded.len());
    let mut article = None;
    let mut rest = folded;
    while let Some((before, after)) = rest.split_once(['(', '[']) {
        kept.push_str(before);
        kept.push(' ');
        let (inside, next) = after.split_once([')', ']']).unwrap_or((after, ""));
        let word = inside.trim_matches([' ', '\'']);
        if matches!(word, "LA" | "LE" | "LES" | "L") && article.is_none() {
            article = Some(word);
        }
        rest = next;
    }
    kept.push_str(rest);
    (kept, article)
}

fn write_words(folded: &str, from: usize, region: Country, seen: &mut Seen, out: &mut Output) {
    let french = is_french(region);
    let saints = french || matches!(&region.bytes(), b"BE" | b"CH" | b"LU");
    let tokens = Tokens::new(folded);
    if french && is_special(tokens) {
        return write_special(tokens, from, seen, out);
    }
    write_plain(tokens, from, saints, seen, out);
}

/// Whether the name holds a digit or CEDEX, or is one of the three towns with arrondissements and more.
fn is_special(tokens: Tokens<'_>) -> bool {
    if tokens.rest().bytes().any(|b| b.is_ascii_digit()) {
        return true;
    }
    let mut words = tokens.map(|t| t.text);
    let town = words.next().is_some_and(|w| arrondissements(w) > 0);
    match words.next() {
        None => false,
        Some(second) => town || second == "CEDEX" || words.any(|w| w == "CEDEX"),
    }
}

#[inline]
fn write_plain<'a>(
    tokens: impl Iterator<Item = Token<'a>> + Clone,
    from: usize,
    saints: bool,
    seen: &mut Seen,
    out: &mut Output,
) {
    let mut tokens = tokens;
    let mut next = tokens.next();
    while let Some(token) = next {
        next = tokens.next();
        let mut word = token.text;
        if saints
            && word.len() <= 3
            && let Some(after) = next
            && let Some(long) = long_form(word, after)
        {
            seen.abbreviation = true;
            word = long;
            if long == "SOUS" {
                next = tokens.next();
            }
        }
        if out.text.len() > from {
            out.text.push(' ');
        }
        out.text.push_str(word);
    }
}

/// ST, STE and S/ in full; `S/S` is SOUS and takes the second S with it.
fn long_form(word: &str, next: Token<'_>) -> Option<&'static str> {
    match word {
        "ST" => Some("SAINT"),
        "STE" => Some("SAINTE"),
        "S" if next.gap.has(Gap::SLASH) => Some(if next.text == "S" { "SOUS" } else { "SUR" }),
        _ => None,
    }
}

/// Highest arrondissement of the three towns that have them; 0 for any other.
pub(super) fn arrondissements(town: &str) -> u32 {
    match town {
        "PARIS" => 20,
        "LYON" => 9,
        "MARSEILLE" => 16,
        _ => 0,
    }
}

fn write_special(tokens: Tokens<'_>, from: usize, seen: &mut Seen, out: &mut Output) {
    let words: Vec<Token<'_>> = tokens.collect();
    let mut name = words.as_slice();
    // A postcode typed before the name.
    while let [first, rest @ ..] = name
        && first.is_digits()
        && !rest.is_empty()
    {
        name = rest;
        seen.digits = true;
    }
    let cedex = name.iter().position(|t| cedex_number(t.text).is_some()).filter(|i| *i > 0);
    let (mut town, office) = name.split_at(cedex.unwrap_or(name.len()));
    // Digits of a department, or an arrondissement, behind the name; one may hide the other (`PARIS 16 75`).
    loop {
        if let [first, rest @ ..] = town
            && !rest.is_empty()
            && rest.iter().all(|t| is_arrondissement_word(t.text, arrondissements(first.text)))
        {
            seen.arrondissement = true;
            town = town.get(..1).unwrap_or(town);
        } else if let [kept @ .., last] = town
            && !kept.is_empty()
            && (last.is_digits() || matches!(last.text, "2A" | "2B"))
        {
            seen.digits = true;
            town = kept;
        } else {
            break;
        }
    }
    write_plain(town.iter().copied(), from, true, seen, out);
    if let [first, rest @ ..] = office {
        seen.cedex = true;
        let glued = cedex_number(first.text).unwrap_or("");
        let (number, rest) = match rest {
            [next, rest @ ..] if glued.is_empty() && next.is_digits() => (next.text, rest),
            _ => (glued, rest),
        };
        if out.text.len() > from {
            out.text.push(' ');
        }
        out.text.push_str("CEDEX");
        if !number.is_empty() {
            out.text.push_str(if number.len() == 1 { " 0" } else { " " });
            out.text.push_str(number);
        }
        for token in rest {
            out.text.push(' ');
            out.text.push_str(token.text);
        }
    }
}

/// Digits glued to the word CEDEX, or nothing; `None` for another word.
fn cedex_number(word: &str) -> Option<&str> {
    word.strip_prefix("CEDEX").filter(|n| n.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a word behind the town belongs to its arrondissement: 16, 16EME, 1ER, XVI, ARRONDISSEMENT.
fn is_arrondissement_word(word: &str, highest: u32) -> bool {
    if matches!(
        word,
        "E" | "EME" | "ER" | "IEME" | "EM" | "ARRONDISSEMENT" | "ARR" | "ARRDT" | "ARROND" | "ARDT" | "ART"
    ) {
        return highest > 0;
    }
    let number = ["EME", "IEME", "ER", "EM", "ND", "E"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .filter(|n| !n.is_empty())
        .unwrap_or(word);
    let value = number.parse().ok().or_else(|| roman(number));
    value.is_some_and(|n| (1..=highest).contains(&n))
}

/// A roman number up to 39.
fn roman(word: &str) -> Option<u32> {
    let (tens, ones) = word.split_at(word.bytes().take_while(|b| *b == b'X').count());
    let ones = match ones {
        "" if !tens.is_empty() => 0,
        "I" => 1,
        "II" => 2,
        "III" => 3,
        "IV" => 4,
        "V" => 5,
        "VI" => 6,
        "VII" => 7,
        "VIII" => 8,
        "IX" => 9,
        _ => return None,
    };
    (tens.len() <= 3).then_some(tens.len() as u32 * 10 + ones)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{self, Class, Kind};
    use crate::time::Day;
    use proptest::prelude::*;

    #[test]
    fn roman_numbers() {
        for (word, want) in
            [("I", Some(1)), ("XVI", Some(16)), ("XX", Some(20)), ("IX", Some(9)), ("IXX", None), ("", None)]
        {
            assert_eq!(roman(word), want, "{word}");
        }
        // XIX: nineteen ends in IX after one X.
        assert_eq!(roman("XIX"), Some(19));
    }

    proptest! {
        #[test]
        fn no_text_panics_and_the_output_is_stable(
            raw in prop_oneof![
                any::<String>(),
                "([0-9]{5} )?(Paris|Lyon|St|Ste|S/|S/S|L'|Cedex|[A-Z]{1,5}|\\(93\\)|\\(LA\\))([ -](16|7eme|XVI|St|S/|Cedex|8|[a-z]{0,4}|75|\\(La\\)?)){0,4}",
            ],
            region in prop::sample::select(vec!["FR", "BE", "DE"]),
        ) {
            let cx = Context::new(Country::new(region).unwrap(), Day(20_000));
            let once = normalize::any(Kind::City, &raw, &cx);
            if let Some(value) = &once.value {
                let twice = normalize::any(Kind::City, value, &cx);
                prop_assert_eq!(twice.value.as_ref(), Some(value));
                prop_assert!(twice.codes.iter().all(|c| once.codes.contains(c) && c.class() == Class::Inform));
            }
        }
    }
}
