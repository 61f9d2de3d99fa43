//! The delivery line, L4: number, extension, type and name of the way (`domain.md` §2.5, `street`).

use super::fold::Folded;
use super::shorten;
use super::token::{Gap, Token, Tokens};
use super::{LINE_MAX, is_empty, is_empty_once_written, is_french};
use crate::normalize::{Code, Context, Output, Status};
use crate::reference::street::{StreetTables, Title, WayType};

/// Delivery line in capitals without punctuation, abbreviations in full, at most 38 characters.
pub fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    let mut buf = Folded::new();
    let folded = buf.fold(raw);
    if is_empty(folded, out) {
        return;
    }
    if is_french(cx.region) {
        write_line(Tokens::new(folded), &cx.tables.street, out);
    } else {
        write_abroad(folded, out);
    }
    is_empty_once_written(out);
    if out.text.is_empty() && out.codes().status() != Status::Rejected {
        out.code(Code::BadFormat);
    }
}

/// A line abroad: blanks tidied, commas and line ends dropped, other punctuation kept (no RNVP there).
pub(super) fn write_abroad(folded: &str, out: &mut Output) {
    for word in folded.split([' ', '\n', '|', ',', ';']).filter(|w| !w.is_empty()) {
        if !out.text.is_empty() {
            out.text.push(' ');
        }
        out.text.push_str(word);
    }
    if !out.text.chars().any(char::is_alphanumeric) {
        out.code(Code::BadFormat);
    }
}

/// Appends the line of `tokens` to `out.text`, which is empty or ends before this line.
pub(super) fn write_line(tokens: Tokens<'_>, tables: &StreetTables, out: &mut Output) {
    let from = out.text.len();
    let Some(head) = Head::read(tokens, tables) else { return out.code(Code::BadFormat) };
    if head.zero {
        out.code(Code::NumberZeroRemoved);
    }
    if head.range {
        out.code(Code::NumberRangeReduced);
    }
    head.write(&mut out.text);
    write_name(head.rest, tables, from, out);
    if out.text.len() - from > LINE_MAX {
        shorten_line(from, tables, out);
    }
}

/// Appends the name of the way, abbreviations in full.
fn write_name(tokens: Tokens<'_>, tables: &StreetTables, from: usize, out: &mut Output) {
    // What an abbreviation may become, once it is known that another word follows: where it starts, and its meaning.
    let mut open: Option<(usize, Abbreviation<'_>)> = None;
    let mut expanded = false;
    let mut first = true;
    let mut previous = "";
    for token in tokens {
        if let Some((at, abbreviation)) = open.take()
            && abbreviation.stands_before(token.text)
        {
            out.text.truncate(at);
            out.text.push_str(abbreviation.long());
            expanded = true;
        }
        if out.text.len() > from {
            out.text.push(' ');
        }
        if tables.may_be_read(token.text) {
            let word = tables.word(token.text);
            let meaning = match tables.way_read(word) {
                Some(way) if first => Some(Abbreviation::Way(way)),
                _ => tables.title_read(word).map(Abbreviation::Title),
            };
            open = meaning.filter(|m| m.stands_after(previous)).map(|m| (out.text.len(), m));
        }
        out.text.push_str(token.text);
        previous = token.text;
        first = false;
    }
    if expanded {
        out.code(Code::AbbrevExpanded);
    }
}

enum Abbreviation<'t> {
    Way(&'t WayType),
    Title(&'t Title),
}

impl<'t> Abbreviation<'t> {
    fn long(&self) -> &'t str {
        match self {
            Abbreviation::Way(way) => &way.long,
            Abbreviation::Title(title) => &title.long,
        }
    }

    fn stands_after(&self, previous: &str) -> bool {
        match self {
            Abbreviation::Way(_) => true,
            Abbreviation::Title(title) => !title.not_after.iter().any(|w| w == previous),
        }
    }

    fn stands_before(&self, next: &str) -> bool {
        match self {
            Abbreviation::Way(_) => true,
            Abbreviation::Title(title) => !title.not_before.iter().any(|w| w == next),
        }
    }
}

#[cold]
fn shorten_line(from: usize, tables: &StreetTables, out: &mut Output) {
    let line = out.text.get(from..).unwrap_or("");
    if line.chars().count() <= LINE_MAX {
        return;
    }
    let short = shorten::shorten(line, LINE_MAX, tables);
    if short.fits {
        out.code(Code::LineShortened);
    } else {
        out.code(Code::LineTooLong);
    }
    out.text.truncate(from);
    out.text.push_str(&short.text);
}

/// What a delivery line begins with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head<'a> {
    /// 1 to 9999 without leading zeros; empty when there is none.
    pub(super) number: &'a str,
    /// `BIS`, `TER`, `QUATER`, `QUINQUIES` or one letter; empty when there is none.
    pub(super) extension: &'a str,
    /// The words after it.
    pub(super) rest: Tokens<'a>,
    /// A number 0 was dropped.
    zero: bool,
    /// Further numbers of a range were dropped.
    range: bool,
}

impl<'a> Head<'a> {
    /// Reads the head of a line; `None` when its number is above 9999.
    pub(super) fn read(tokens: Tokens<'a>, tables: &StreetTables) -> Option<Head<'a>> {
        let mut head = Head::read_once(tokens, tables)?;
        let mut zero = false;
        // A dropped 0 leaves the line to begin anew behind it.
        while head.zero {
            zero = true;
            head = Head::read_once(head.rest, tables)?;
        }
        head.zero = zero;
        Some(head)
    }

    fn read_once(tokens: Tokens<'a>, tables: &StreetTables) -> Option<Head<'a>> {
        let none = Head { number: "", extension: "", rest: tokens, zero: false, range: false };
        let mut rest = tokens;
        let Some(first) = rest.next() else { return Some(none) };
        let Some((digits, suffix)) = split_number(first.text) else { return Some(none) };
        let mut extension = "";
        if is_extension(suffix) {
            extension = suffix;
        } else if !suffix.is_empty() {
            // 12RUE DES LILAS: the way begins right behind the number. 1ER, 4TERRE: not a number.
            let word = tables.word(suffix);
            if suffix.len() < 3 || word.is_unknown() || tables.way_at(std::iter::once(suffix)).is_none() {
                return Some(none);
            }
            rest = Tokens::new(tokens.rest().get(tokens.rest().len() - rest.rest().len() - suffix.len()..)?);
        }
        let number = digits.trim_start_matches('0');
        if number.len() > 4 {
            return None;
        }
        // The everyday case: a way begins right behind the number.
        if !number.is_empty() && !goes_on(rest) {
            return Some(Head { number, extension, rest, zero: false, range: false });
        }
        if extension.is_empty()
            && suffix.is_empty()
            && let Some(found) = extension_at(rest, tables)
        {
            extension = found;
            rest.next();
        }
        let mut head = Head { number, extension, rest, zero: number.is_empty(), range: false };
        while let Some(after) = after_range(head.rest, tables) {
            head.rest = after;
            head.range = true;
        }
        if head.zero {
            head.range = false;
        }
        Some(head)
    }

    /// Appends `12 BIS` or `12B`.
    #[inline]
    fn write(&self, text: &mut String) {
        text.push_str(self.number);
        if self.extension.len() > 1 {
            text.push(' ');
        }
        text.push_str(self.extension);
    }
}

/// Whether an extension or a range may follow the number: the next word is one letter, a digit's, or one of a few.
#[inline]
fn goes_on(rest: Tokens<'_>) -> bool {
    // Most words are told by their first letters; `N` may be a mark of number, which is no word.
    if let (b'A' | b'C' | b'D' | b'F'..=b'M' | b'O' | b'P' | b'R' | b'S' | b'U'..=b'Z', 1..) = rest.ahead() {
        return false;
    }
    let Some(next) = rest.peek() else { return false };
    match next.text.as_bytes() {
        [_] => true,
        [first, ..] => {
            first.is_ascii_digit() || matches!(next.text, "ET" | "BIS" | "TER" | "QUATER" | "QUINQUIES")
        }
        [] => false,
    }
}

/// Digits and what is glued to them; `None` when the word does not begin with a digit.
#[inline]
fn split_number(word: &str) -> Option<(&str, &str)> {
    let n = word.bytes().take_while(u8::is_ascii_digit).count();
    if n == 0 { None } else { word.split_at_checked(n) }
}

/// Whether a word glued to a number, or a longer one after it, is an extension.
fn is_extension(word: &str) -> bool {
    matches!(word, "BIS" | "TER" | "QUATER" | "QUINQUIES")
        || (word.len() == 1 && word.as_bytes().iter().all(u8::is_ascii_uppercase))
}

/// The extension that stands apart after a number. A lone letter counts only before a type of way.
fn extension_at<'a>(mut rest: Tokens<'a>, tables: &StreetTables) -> Option<&'a str> {
    let token = rest.next()?;
    if !is_extension(token.text) {
        return None;
    }
    if token.text.len() > 1 {
        return Some(token.text);
    }
    let next = rest.peek()?;
    (starts_way(rest, tables) && !is_elided(token.text, next.text)).then_some(token.text)
}

/// `8 L IMPASSE` is `l'impasse`. The apostrophe itself is not asked for: our own output has none.
pub(super) fn is_elided(letter: &str, next: &str) -> bool {
    letter == "L" && next.starts_with(['A', 'E', 'I', 'O', 'U', 'Y', 'H'])
}

fn starts_way(tokens: Tokens<'_>, tables: &StreetTables) -> bool {
    tables.way_at(tokens.map(|t| t.text)).is_some()
}

/// The words after the next number of a range (`/14`, `- 14 BIS`, `A 14`), or `None` when no range goes on here.
fn after_range<'a>(mut rest: Tokens<'a>, tables: &StreetTables) -> Option<Tokens<'a>> {
    let mut token = rest.next()?;
    let mut gap = token.gap;
    // `12 À 14`, `12 ET 14`: words that a street name may hold too, so a type of way must follow.
    let mut loose = false;
    if matches!(token.text, "A" | "ET") {
        token = rest.next()?;
        gap = token.gap.or(Gap::COMMA);
        loose = true;
    }
    let (digits, suffix) = split_number(token.text)?;
    if digits.len() > 4 || !(suffix.is_empty() || is_extension(suffix)) {
        return None;
    }
    if suffix.is_empty() && extension_at(rest, tables).is_some() {
        rest.next();
    }
    let next = rest.peek();
    let marked = gap.has(Gap::HYPHEN.or(Gap::SLASH).or(Gap::AND));
    let listed =
        gap.has(Gap::COMMA) && (starts_way(rest, tables) || (!loose && after_range(rest, tables).is_some()));
    // `12-8 MAI`: a month makes it a date, not a range.
    if !(marked || listed) || next.is_some_and(|t| is_month(&t)) {
        return None;
    }
    Some(rest)
}

pub(super) fn is_month(token: &Token<'_>) -> bool {
    matches!(
        token.text,
        "JANVIER"
            | "FEVRIER"
            | "MARS"
            | "AVRIL"
            | "MAI"
            | "JUIN"
            | "JUILLET"
            | "AOUT"
            | "SEPTEMBRE"
            | "OCTOBRE"
            | "NOVEMBRE"
            | "DECEMBRE"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{self, Country, Kind};
    use crate::time::Day;
    use proptest::prelude::*;

    fn cx() -> Context {
        Context::new(Country::FR, Day(20_000))
    }

    fn street(raw: &str) -> String {
        normalize::any(Kind::Street, raw, &cx()).value.unwrap_or_default()
    }

    #[test]
    fn elided_letters_are_no_extension() {
        assert_eq!(street("5, l'Esperance"), "5 L ESPERANCE");
        assert_eq!(street("12 B rue Haute"), "12B RUE HAUTE");
        assert_eq!(street("12 R des Lilas"), "12 RUE DES LILAS");
        assert_eq!(street("12rue des Lilas"), "12 RUE DES LILAS");
    }

    #[test]
    fn a_date_is_no_range() {
        assert_eq!(street("Rue du 8 Mai 1945"), "RUE DU 8 MAI 1945");
        assert_eq!(street("12, 14 et 16 rue Haute"), "12 RUE HAUTE");
        assert_eq!(street("2 à 8 av Foch"), "2 AVENUE FOCH");
    }

    proptest! {
        #[test]
        fn no_text_panics_and_the_output_is_stable(raw in any::<String>()) {
            stable(&raw)?;
        }

        #[test]
        fn lines_are_stable(raw in "[0-9]{0,4}[ /-]?(bis|ter|B|0)?[ ,]{1,2}(r|rue|av\\.?|bd|pl|grande rue|)( du| de la| l')?( gal| st| dr| jean| col| nd)?( [a-zé]{0,12}){0,4}") {
            stable(&raw)?;
        }
    }

    fn stable(raw: &str) -> Result<(), TestCaseError> {
        let cx = cx();
        let once = normalize::any(Kind::Street, raw, &cx);
        let Some(value) = &once.value else { return Ok(()) };
        let twice = normalize::any(Kind::Street, value, &cx);
        if once.codes.contains(&Code::LineShortened) {
            // The one exception: its key is stable instead.
            let key = |street: &str| normalize::any(Kind::AddrKey, &format!("{street}|75008"), &cx).value;
            prop_assert_eq!(key(value), key(&twice.value.unwrap_or_default()));
            return Ok(());
        }
        prop_assert_eq!(twice.value.as_ref(), Some(value));
        prop_assert_eq!(twice.status, Status::Ok);
        Ok(())
    }
}
