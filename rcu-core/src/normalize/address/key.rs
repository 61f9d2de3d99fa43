//! Matching keys of an address (`domain.md` §2.6): `postcode|number|words`, and the weaker `postcode|words`.
//!
//! The words are those of the way that tell it from others: without its type, persons' titles, articles, given names
//! and initials. SAINT stays. A shortened delivery line therefore has the key of the full one.

use super::fold::Folded;
use super::shorten::is_saint;
use super::street::Head;
use super::token::Tokens;
use super::whole::{self, Parts};
use super::{is_empty, is_french, postcode};
use crate::normalize::{Code, Context, Output, Status};
use crate::reference::street::StreetTables;

/// Appends the key of a normalised postcode and delivery line; `false`, with nothing appended, when either is blank
/// or the line holds no word beside its number.
///
/// # Examples
/// ```
/// use rcu_core::normalize::address::key::addr_key_into;
/// use rcu_core::normalize::{Context, Country};
/// use rcu_core::time::Day;
/// let cx = Context::new(Country::FR, Day(0));
/// let mut key = String::new();
/// assert!(addr_key_into("75008", "12 BIS AVENUE DU GENERAL LECLERC", &cx, &mut key));
/// assert_eq!(key, "75008|12BIS|LECLERC");
/// ```
pub fn addr_key_into(postcode: &str, street: &str, cx: &Context, out: &mut String) -> bool {
    write_key(postcode, street, true, is_french(cx.region), &cx.tables.street, out)
}

/// The same without the number: `75008|LECLERC`.
pub fn addr_key2_into(postcode: &str, street: &str, cx: &Context, out: &mut String) -> bool {
    write_key(postcode, street, false, is_french(cx.region), &cx.tables.street, out)
}

fn write_key(
    postcode: &str,
    street: &str,
    strong: bool,
    french: bool,
    tables: &StreetTables,
    out: &mut String,
) -> bool {
    let Some(line) = KeyLine::read(street, french, tables).filter(|_| !postcode.is_empty()) else {
        return false;
    };
    out.push_str(postcode);
    out.push('|');
    if strong {
        out.push_str(line.number);
        out.push_str(line.extension);
        out.push('|');
    }
    line.write_way(tables, out);
    true
}

/// A delivery line in the two parts of its key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyLine<'a> {
    /// Number, empty for none.
    pub(crate) number: &'a str,
    /// What follows the number: BIS, A.
    pub(crate) extension: &'a str,
    words: Tokens<'a>,
    /// Whether the number stands last among `words`.
    trailing: bool,
}

impl<'a> KeyLine<'a> {
    /// Takes a line apart; `None` when it holds no word beside its number.
    #[inline]
    pub(crate) fn read(street: &'a str, french: bool, tables: &StreetTables) -> Option<KeyLine<'a>> {
        let tokens = Tokens::new(street);
        let (mut number, extension, words) = match Head::read(tokens, tables) {
            Some(head) => (head.number, head.extension, head.rest),
            None => ("", "", tokens),
        };
        // A bare number tells no way.
        words.peek()?;
        // Abroad the number commonly stands last.
        let trailing = if number.is_empty() && !french { last_number(words) } else { None };
        if let Some(last) = trailing {
            number = last;
        }
        Some(KeyLine { number, extension, words, trailing: trailing.is_some() })
    }

    /// The text that the key's words depend on, alone, when it follows a number: many numbers of a way share it.
    #[inline]
    pub(crate) fn way(&self) -> Option<&'a str> {
        (!self.trailing && self.words.goes_on()).then(|| self.words.rest())
    }

    /// Appends the significant words of the way.
    pub(crate) fn write_way(&self, tables: &StreetTables, out: &mut String) {
        write_words(self.words, self.trailing, tables, out);
    }
}

fn last_number(words: Tokens<'_>) -> Option<&str> {
    let mut words = words;
    words.next()?;
    words.last().map(|t| t.text).filter(|t| t.starts_with(|c: char| c.is_ascii_digit()) && t.len() <= 6)
}

/// Writes the significant words; all of them when none is.
fn write_words(words: Tokens<'_>, skip_last: bool, tables: &StreetTables, out: &mut String) {
    let from = out.len();
    let in_full = |word| full_word(word, tables);
    let after_type = match tables.way_at(words.map(|t| in_full(t.text))) {
        Some((_, n)) => {
            let mut rest = words;
            for _ in 0..n {
                rest.next();
            }
            rest
        }
        None => words,
    };
    let push = |out: &mut String, word: &str| {
        if out.len() > from {
            out.push(' ');
        }
        out.push_str(word);
    };
    let is_last = |rest: &Tokens<'_>| match skip_last {
        false => rest.peek().is_none(),
        true => rest.clone().nth(1).is_none(),
    };
    let mut rest = after_type;
    let mut saint = false;
    while let Some(token) = rest.next() {
        let last = is_last(&rest);
        let word = tables.word(token.text);
        let dropped = !last
            && (word.is_article()
                || token.is_letter()
                || tables.is_person_title(word)
                || (word.is_first_name() && !saint));
        if !dropped {
            push(out, if last { token.text } else { in_full(token.text) });
        }
        saint = is_saint(token.text);
        if last {
            break;
        }
    }
    if out.len() == from {
        let mut rest = words;
        while let Some(token) = rest.next() {
            let last = is_last(&rest);
            push(out, if last { token.text } else { in_full(token.text) });
            if last {
                break;
            }
        }
    }
}

/// A title of a shortened line in full.
fn full_word<'a>(word: &'a str, tables: &'a StreetTables) -> &'a str {
    tables.title_read(tables.word(word)).map_or(word, |t| &t.long)
}

/// Key of `street|postcode`, or of a whole address; its own output stays.
pub fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    normalize_as(raw, true, cx, out);
}

/// Key without the number, of the same inputs.
pub fn normalize_weak(raw: &str, cx: &Context, out: &mut Output) {
    normalize_as(raw, false, cx, out);
}

fn normalize_as(raw: &str, strong: bool, cx: &Context, out: &mut Output) {
    let mut buf = Folded::new();
    let folded = buf.fold(raw);
    if is_empty(folded, out) {
        return;
    }
    if is_key(folded, strong, cx) {
        return out.text.push_str(folded);
    }
    let mut parts = Parts::default();
    match street_and_postcode(folded, cx) {
        Some((street, postcode)) => whole::read_pair(street, postcode, cx, &mut parts),
        None => whole::split_folded(folded, cx, &mut parts),
    }
    for code in parts.codes() {
        out.code(*code);
    }
    if !parts.has_postcode {
        return out.code(Code::MissingPostcode);
    }
    if out.codes().status() == Status::Rejected {
        return;
    }
    // Without a way, the lieu-dit or the box tells the address.
    let line = match parts.street() {
        "" => parts.special(),
        line => line,
    };
    let french = is_french(parts.country().unwrap_or(cx.region));
    if !write_key(parts.postcode(), line, strong, french, &cx.tables.street, &mut out.text) {
        out.code(Code::BadFormat);
    }
}

/// Whether the text is a key already: `75008|12BIS|LECLERC`, without the middle part for the weak one.
fn is_key(folded: &str, strong: bool, cx: &Context) -> bool {
    let mut parts = folded.split('|');
    let code = |s: &str| {
        s.len() >= 4 && s.len() <= 10 && s.bytes().any(|b| b.is_ascii_digit()) && !s.contains(['\n', ','])
    };
    let number = |s: &str| {
        s.len() <= 13
            && s.bytes().all(|b| b.is_ascii_alphanumeric())
            && !s.starts_with(|c: char| c.is_ascii_uppercase())
    };
    let words = |s: &str| {
        !s.is_empty()
            && s.split(' ')
                .all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_alphanumeric() || b >= 0x80))
    };
    let starts_as_code = parts.next().is_some_and(|s| code(s) && !s.contains("  ") && is_code_shape(s, cx));
    starts_as_code
        && (!strong || parts.next().is_some_and(number))
        && parts.next().is_some_and(words)
        && parts.next().is_none()
}

/// A postcode of any country we know: digits, or a British, Dutch or Portuguese one. Where we know no pattern, digits in
/// groups too; letters would take the lines of an address for a key.
fn is_code_shape(text: &str, cx: &Context) -> bool {
    let mut scratch = Output::new();
    let unknown = postcode::pattern(cx.region).is_none();
    text.bytes().all(|b| b.is_ascii_digit() || (unknown && b == b' '))
        || postcode::Pattern::Dutch.write(text, &mut scratch)
        || postcode::Pattern::Portuguese.write(text, &mut scratch)
        || postcode::Pattern::British.write(text, &mut scratch)
}

/// The two parts of `street|postcode`, when the second is nothing but a postcode.
fn street_and_postcode<'a>(folded: &'a str, cx: &Context) -> Option<(&'a str, &'a str)> {
    let (street, code) = folded.split_once('|')?;
    let code = code.trim_matches([' ', '\n']);
    let mut scratch = Output::new();
    postcode::write(code, cx.region, &mut scratch);
    (!code.contains('|') && scratch.value().is_some()).then_some((street, code))
}

#[cfg(test)]
mod tests {
    use super::super::shorten::shorten;
    use super::*;
    use crate::normalize::{self, Country, Kind};
    use crate::time::Day;
    use proptest::prelude::*;

    fn cx() -> Context {
        Context::new(Country::FR, Day(20_000))
    }

    fn key(street: &str) -> String {
        let mut out = String::new();
        addr_key_into("75008", street, &cx(), &mut out);
        out
    }

    #[test]
    fn what_does_not_tell_ways_apart_is_left_out() {
        assert_eq!(key("12 BIS AVENUE DU GENERAL LECLERC"), "75008|12BIS|LECLERC");
        assert_eq!(key("3A RUE DE L EGLISE SAINT PIERRE"), "75008|3A|EGLISE SAINT PIERRE");
        assert_eq!(key("RUE VICTOR HUGO"), "75008||HUGO");
        assert_eq!(key("12 RUE V HUGO"), "75008|12|HUGO");
        assert_eq!(key("12 GRANDE RUE"), "75008|12|GRANDE RUE");
        assert_eq!(key("12 RUE"), "75008|12|RUE");
        assert_eq!(key("12"), "");
        assert_eq!(key(""), "");
    }

    proptest! {
        /// What shortening does to a line does not change its key.
        #[test]
        fn a_shortened_line_keeps_its_key(
            number in "([1-9][0-9]{0,3}( BIS|B)? )?",
            way in prop::sample::select(vec!["RUE", "AVENUE", "BOULEVARD", "ROND POINT", "CHEMIN", "LOTISSEMENT", "GRANDE RUE", "SOUS"]),
            words in prop::collection::vec(prop::sample::select(vec![
                "DE", "DU", "LA", "L", "ET", "GENERAL", "MARECHAL", "DOCTEUR", "SAINT", "SAINTE", "NOTRE DAME", "VIEUX", "GRANDE",
                "JEAN", "MARIE", "PIERRE", "VICTOR", "MARTIN", "LATTRE", "TASSIGNY", "EGLISE", "REPUBLIQUE", "8", "MAI", "1945", "J", "COL",
            ]), 1..9),
            max in 10usize..50,
        ) {
            let full = format!("{number}{way} {}", words.join(" "));
            let short = shorten(&full, max, &cx().tables.street);
            prop_assert_eq!(key(&short.text), key(&full), "{} / {}", short.text, full);
        }

        #[test]
        fn no_text_panics_and_the_output_is_stable(
            raw in prop_oneof![
                any::<String>(),
                "([0-9]{1,4}(bis|B)? )?(rue|av|bd|place|) ?(du|de la|) ?(Gal|St|Jean|Lilas|[a-z]{1,9})( [a-z]{1,6}){0,2}[|, \n](75008|1400|69003|9999|)( Paris| Lyon)?",
            ],
            region in prop::sample::select(vec!["FR", "BE", "NL", "GB"]),
        ) {
            let cx = Context::new(Country::new(region).unwrap(), Day(20_000));
            for kind in [Kind::AddrKey, Kind::AddrKey2] {
                let once = normalize::any(kind, &raw, &cx);
                if let Some(value) = &once.value {
                    let twice = normalize::any(kind, value, &cx);
                    prop_assert_eq!(twice.value.as_ref(), Some(value));
                    prop_assert_eq!(twice.codes, vec![]);
                }
            }
        }
    }
}
