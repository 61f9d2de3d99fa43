//! French VAT numbers, with Monaco's, and the shapes of the other members of the Union (`domain.md` §2.8).

use super::siren::is_siren;
use super::{Compact, all_figures, push_ascii, strip_label};
use crate::normalize::text::is_null_literal;
use crate::normalize::{Code, Context, Output, begin};

/// Writes `FR`, the two characters of the key and the 9 figures of the SIREN.
///
/// C `country_code_inferred` when `FR` was missing and the rest is valid; I `monaco` (the SIREN part starts with 000),
/// `foreign_unchecked` for another member of the Union, of which only the shape is looked at. R `bad_checksum`,
/// `bad_length`, `bad_chars` (I or O in the key), `bad_format`, `placeholder` (a SIREN of zeros).
pub fn normalize(raw: &str, _cx: &Context, out: &mut Output) {
    let Some(clean) = begin(raw, out, is_null_literal) else { return };
    let text = strip_label(&clean, &["TVA", "VAT", "N° TVA", "NO TVA", "TVA FR"], out);
    let Some(number) = Compact::read(text) else { return out.code(Code::BadFormat) };
    let number = number.bytes();
    match number {
        [b'F', b'R', rest @ ..] => {
            if rest.len() != 11 {
                return out.code(Code::BadLength);
            }
            french(rest, out);
        }
        [a, b, rest @ ..] if union_pattern([*a, *b]).is_some() => {
            let shapes = union_pattern([*a, *b]).unwrap_or_default();
            if !shapes.iter().any(|s| fits(s, rest)) {
                return out.code(Code::BadFormat);
            }
            // The Union writes Greece EL; GR is ISO's code.
            out.text.push_str(if [*a, *b] == *b"GR" { "EL" } else { "" });
            push_ascii(if [*a, *b] == *b"GR" { rest } else { number }, &mut out.text);
            out.code(Code::ForeignUnchecked);
        }
        _ if number.len() == 11 && check(number) == Ok(()) => {
            out.code(Code::CountryCodeInferred);
            french(number, out);
        }
        _ if number.len() != 13 => out.code(Code::BadLength),
        _ => out.code(Code::BadFormat),
    }
}

fn french(rest: &[u8], out: &mut Output) {
    match check(rest) {
        Ok(()) => {
            if is_monegasque(rest) {
                out.code(Code::Monaco);
            }
            out.text.push_str("FR");
            push_ascii(rest, &mut out.text);
        }
        Err(code) => out.code(code),
    }
}

/// The SIREN inside a valid French VAT number, `FR` included; none for Monaco, whose companies have no SIREN.
pub(super) fn siren_of(number: &[u8]) -> Option<&[u8]> {
    let rest = number.strip_prefix(b"FR").filter(|r| r.len() == 11)?;
    (check(rest) == Ok(()) && !is_monegasque(rest)).then(|| rest.get(2..))?
}

fn is_monegasque(rest: &[u8]) -> bool {
    rest.get(2..5) == Some(b"000")
}

/// Checks the 11 characters after `FR`: key, then SIREN.
fn check(rest: &[u8]) -> Result<(), Code> {
    let (Some(key), Some(siren)) = (rest.get(..2), rest.get(2..)) else { return Err(Code::BadLength) };
    if !all_figures(siren) {
        return Err(Code::BadFormat);
    }
    let (Some(a), Some(b)) = (key_value(key[0]), key_value(key[1])) else { return Err(Code::BadChars) };
    let number = siren.iter().fold(0u64, |n, c| n * 10 + u64::from(c - b'0'));
    if number == 0 {
        return Err(Code::Placeholder);
    }
    if !is_monegasque(rest) && !is_siren(siren) {
        return Err(Code::BadChecksum);
    }
    let fits = if all_figures(key) {
        // Directorate-General for Taxation: key = (12 + 3 × (SIREN mod 97)) mod 97.
        a * 10 + b == (12 + 3 * (number % 97)) % 97
    } else {
        // The published algorithm for keys with a letter: one number is made of the two characters, its rest by 11
        // is that of the SIREN increased by one and by its quotient.
        let s = if key[0].is_ascii_digit() {
            (a * 24 + b).checked_sub(10)
        } else {
            (a * 34 + b).checked_sub(100)
        };
        s.is_some_and(|s| (number + 1 + s / 11) % 11 == s % 11)
    };
    if fits { Ok(()) } else { Err(Code::BadChecksum) }
}

/// Rank of a character of the key among figures and letters, I and O left out because they look like figures.
fn key_value(c: u8) -> Option<u64> {
    match c {
        b'0'..=b'9' => Some(u64::from(c - b'0')),
        b'I' | b'O' => None,
        b'A'..=b'Z' => Some(u64::from(c - b'A') + 10 - u64::from(c > b'I') - u64::from(c > b'O')),
        _ => None,
    }
}

/// Shapes of the numbers of the other members of the Union and of Northern Ireland, as VIES lists them: `9` a figure,
/// `A` a letter, `*` either, other capitals themselves.
fn union_pattern(prefix: [u8; 2]) -> Option<&'static [&'static str]> {
    Some(match &prefix {
        b"AT" => &["U99999999"],
        b"BE" => &["9999999999"],
        b"BG" => &["999999999", "9999999999"],
        b"CY" => &["99999999A"],
        b"CZ" => &["99999999", "999999999", "9999999999"],
        b"DE" | b"EE" | b"EL" | b"GR" | b"PT" => &["999999999"],
        b"DK" | b"FI" | b"HU" | b"LU" | b"MT" | b"SI" => &["99999999"],
        b"ES" => &["*9999999*"],
        b"HR" | b"IT" | b"LV" => &["99999999999"],
        b"IE" => &["9999999A", "9999999AA", "9*99999A"],
        b"LT" => &["999999999", "999999999999"],
        b"NL" => &["999999999B99"],
        b"PL" | b"SK" => &["9999999999"],
        b"RO" => &["99", "999", "9999", "99999", "999999", "9999999", "99999999", "999999999", "9999999999"],
        b"SE" => &["999999999999"],
        b"XI" => &["999999999", "999999999999", "GD999", "HA999"],
        _ => return None,
    })
}

fn fits(shape: &str, number: &[u8]) -> bool {
    shape.len() == number.len()
        && shape.bytes().zip(number).all(|(s, c)| match s {
            b'9' => c.is_ascii_digit(),
            b'A' => c.is_ascii_uppercase(),
            b'*' => c.is_ascii_alphanumeric(),
            _ => s == *c,
        })
}
