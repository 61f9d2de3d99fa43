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

/// The everyday case, told from all others byte by byte: letters, with blanks, hyphens and apostrophes between, and no
/// word that another rule knows. `false`, with nothing written, for anything else.
#[inline]
fn write_simple(folded: &str, to: &mut String) -> bool {
    let mut name = [0u8; 48];
    let (mut n, mut word) = (0, 0);
    let mut marked = false;
    for b in folded.bytes() {
        let letter = match b {
            b'A'..=b'Z' => b,
            b' ' | b'-' | b'\'' => {
                marked |= b != b' ';
                if n == word {
                    continue;
                }
                if is_known(name.get(word..n).unwrap_or(&[]), word == 0) {
                    return false;
                }
                word = n + 1;
                b' '
            }
            _ => return false,
        };
        let Some(slot) = name.get_mut(n) else { return false };
        *slot = letter;
        n += 1;
    }
    let Some(written) = name.get(..n) else { return false };
    // A mark at the end, or a last word that may be CEDEX: the other way knows what to do.
    if n == word || name.get(word..n) == Some(b"CEDEX") {
        return false;
    }
    // Letters and single blanks stand as they are.
    let written = if marked || n != folded.len() { std::str::from_utf8(written) } else { Ok(folded) };
    match written {
        Ok(written) => {
            let fits = !super::is_null(written);
            if fits {
                to.push_str(written);
            }
            fits
        }
        Err(_) => false,
    }
}

/// Whether a rule looks at this word: ST, STE, `S/`, CEDEX, the towns with arrondissements.
#[inline]
fn is_known(word: &[u8], first: bool) -> bool {
    match word.len() {
        1 => word == b"S",
        2 => word == b"ST",
        3 => word == b"STE",
        4 => first && word == b"LYON",
        5 => word == b"CEDEX" || (first && word == b"PARIS"),
        9 => first && word == b"MARSEILLE",
        _ => false,
    }
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

impl Seen {
    fn any(self) -> bool {
        self.abbreviation || self.arrondissement || self.cedex || self.comment || self.digits
    }
}

/// Appends the locality of a folded text to `out.text`.
pub(super) fn write(folded: &str, region: Country, out: &mut Output) {
    if write_simple(folded, &mut out.text) {
        return;
    }
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
    if !seen.any() {
        return check_letters(from, out);
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
    check_letters(from, out);
}

fn check_letters(from: usize, out: &mut Output) {
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
    if french && folded.bytes().any(|b| b.is_ascii_digit()) {
        return write_special(tokens, from, seen, out);
    }
    if write_plain(tokens, from, saints, seen, out) && french {
        // An office, or a town with arrondissements and more: begin again with more care.
        out.text.truncate(from);
        seen.abbreviation = false;
        write_special(tokens, from, seen, out);
    }
}

/// Writes the words; says whether one of them asks for [`write_special`].
#[inline]
fn write_plain<'a>(
    tokens: impl Iterator<Item = Token<'a>>,
    from: usize,
    saints: bool,
    seen: &mut Seen,
    out: &mut Output,
) -> bool {
    let mut tokens = tokens;
    let mut next = tokens.next();
    let mut special = false;
    while let Some(token) = next {
        next = tokens.next();
        let mut word = token.text;
        let first = out.text.len() == from;
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
        if first {
            special = next.is_some() && arrondissements(word) > 0;
        } else {
            special |= word == "CEDEX";
            out.text.push(' ');
        }
        out.text.push_str(word);
    }
    special
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
