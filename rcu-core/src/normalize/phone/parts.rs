//! Steps 1 to 4: what stands around a number in its cell (`domain.md` §2.1).

use super::digits::digit_of;
use super::{Note, Notes, Sides};
use crate::normalize::text;

/// Step 1: `tel`, `portable`, … and the colon or dot after it, as often as they come.
pub(super) fn strip_label<'a>(text: &'a str, notes: &mut Notes) -> &'a str {
    const SKIPPED: [char; 5] = [' ', '\n', ':', '.', '-'];
    let mut rest = text.trim_start_matches(SKIPPED);
    let mut body = text;
    loop {
        let word_end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(word_end);
        if !is_label(word) {
            return body;
        }
        notes.add(Note::LabelRemoved);
        rest = after.trim_start_matches(SKIPPED);
        body = rest;
    }
}

fn is_label(word: &str) -> bool {
    (3..=12).contains(&word.len())
        && matches!(
            text::fold_upper(word).as_str(),
            "TEL" | "TELEPHONE" | "MOBILE" | "MOB" | "PORT" | "PORTABLE" | "FIXE" | "FAX" | "GSM"
        )
}

/// Step 2: `poste 204`, `ext. 12`, `x3`, `#5` at the end, 1 to 6 digits.
pub(super) fn strip_extension<'a>(text: &'a str, notes: &mut Notes, sides: &mut Sides) -> &'a str {
    let found = (|| {
        let end = text.trim_end_matches([' ', '\n', ')', '.']);
        let before = end.trim_end_matches(|c: char| c.is_ascii_digit());
        let extension = end.get(before.len()..)?;
        if !(1..=6).contains(&extension.len()) {
            return None;
        }
        let marked = before.trim_end_matches([' ', '.', ':', '-']);
        let number = match marked.strip_suffix('#') {
            Some(number) => number,
            None => {
                let number = marked.trim_end_matches(char::is_alphabetic);
                let word = marked.get(number.len()..)?;
                ["poste", "ext", "extension", "x"]
                    .iter()
                    .any(|w| word.eq_ignore_ascii_case(w))
                    .then_some(number)?
            }
        };
        let number = number.trim_end_matches([' ', '\n', '(', ',', ';', '.', '-']);
        number.contains(|c: char| c.is_ascii_digit()).then_some((number, extension))
    })();
    match found {
        Some((number, extension)) => {
            notes.add(Note::ExtensionExtracted);
            sides.extension = Some(extension.to_owned());
            number
        }
        None => text,
    }
}

/// Step 3: the numbers of a text that holds several, split at `/ ; ,`, a line end or `ou`, each of 9 digits or more.
pub(super) fn split(text: &str) -> Option<Vec<&str>> {
    const FEWEST: usize = 9;
    let digits = |s: &str| s.chars().filter(|c| digit_of(*c).is_some()).count();
    let total = digits(text);
    if total < 2 * FEWEST {
        return None;
    }
    let (mut numbers, mut start, mut seen) = (Vec::new(), 0, 0);
    let mut in_number = 0;
    for (at, width) in separators(text) {
        let piece = text.get(start..at)?;
        let here = digits(piece);
        if here >= FEWEST && total - in_number - here >= FEWEST {
            numbers.push(piece);
            in_number += here;
            start = at + width;
            seen += 1;
        }
    }
    if seen == 0 {
        return None;
    }
    numbers.push(text.get(start..)?);
    Some(numbers)
}

/// Where a separator of numbers stands, and its width in bytes.
fn separators(text: &str) -> impl Iterator<Item = (usize, usize)> {
    text.char_indices().filter_map(|(at, c)| match c {
        '/' | ';' | ',' | '\n' => Some((at, 1)),
        'o' | 'O' => {
            let rest = text.get(at + 1..)?;
            let alone = !text.get(..at)?.ends_with(char::is_alphanumeric)
                && rest.starts_with(['u', 'U'])
                && !rest.get(1..)?.starts_with(char::is_alphabetic);
            alone.then_some((at, 2))
        }
        _ => None,
    })
}

/// Step 4, `6,12E+08`: digits are lost.
pub(super) fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.trim().split_once(['E', 'e']) else { return false };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let mantissa = mantissa.trim_start_matches('+');
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    digits(whole) && digits(fraction) && digits(exponent.trim_start_matches(['+', '-']))
}

/// Step 4, `612345678.0`: a number that a spreadsheet took for a decimal.
pub(super) fn spreadsheet_integer(text: &str) -> Option<&str> {
    let text = text.trim();
    let integer = text.strip_suffix(".0").or_else(|| text.strip_suffix(",0"))?;
    let digits = integer.strip_prefix('+').unwrap_or(integer);
    (digits.len() >= 8 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(integer)
}

/// The number of a `tel:` URI without its parameters (RFC 3966), and the calling code of its `phone-context`.
pub(super) fn split_uri<'a>(
    text: &'a str,
    notes: &mut Notes,
    sides: &mut Sides,
) -> (&'a str, Option<&'a str>) {
    let is_parameter = |tail: &str| {
        let name = tail.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-');
        name.len() < tail.len()
            && name.starts_with('=')
            && tail.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    let Some((number, parameters)) = text
        .match_indices(';')
        .filter_map(|(at, _)| Some((text.get(..at)?, text.get(at + 1..)?)))
        .find(|(_, tail)| is_parameter(tail))
    else {
        return (text, None);
    };
    let mut context = None;
    for parameter in parameters.split(';') {
        match parameter.split_once('=') {
            Some(("phone-context", value)) if value.starts_with('+') => context = Some(value),
            Some(("ext", value)) if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                notes.add(Note::ExtensionExtracted);
                sides.extension = Some(value.to_owned());
            }
            _ => {}
        }
    }
    (number, context)
}
