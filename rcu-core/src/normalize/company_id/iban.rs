//! Bank account numbers of ISO 13616 (`domain.md` §2.8).

use super::{Compact, all_figures, push_ascii, strip_label};
use crate::normalize::text::is_null_literal;
use crate::normalize::{Code, Context, Output, begin};

/// Writes the account number in capitals without spaces, dots and hyphens.
///
/// R `bad_chars`, `bad_length` for its country, `bad_checksum`, `unknown_value` for a country that has no such numbers.
/// `extra.country` is its country.
pub fn normalize(raw: &str, _cx: &Context, out: &mut Output) {
    let Some(clean) = begin(raw, out, is_null_literal) else { return };
    let text = strip_label(&clean, &["IBAN"], out);
    let Some(number) = Compact::read(text) else { return out.code(Code::BadChars) };
    let number = number.bytes();
    if let Some(code) = refusal(number) {
        return out.code(code);
    }
    push_ascii(number, &mut out.text);
    note_country(number, out);
}

/// Writes the first four and the last four characters with `*` between them, at the number's own length, for display.
/// Refuses what [`normalize`] refuses; a mask stays as it is.
pub fn normalize_mask(raw: &str, cx: &Context, out: &mut Output) {
    if let Some((start, len)) = mask_shape(raw)
        && length_of([start[0], start[1]]) == Some(len)
    {
        out.text.push_str(raw);
        return note_country(&start, out);
    }
    normalize(raw, cx, out);
    let hidden = out.text.len().saturating_sub(8);
    if hidden > 0 {
        let stars = "*".repeat(hidden);
        out.text.replace_range(4..4 + hidden, &stars);
    }
}

fn note_country(number: &[u8], out: &mut Output) {
    if let Some(country) = number.get(..2).and_then(|c| std::str::from_utf8(c).ok()) {
        out.extra("country", country.to_owned());
    }
}

/// The first four characters and the length of a mask.
fn mask_shape(raw: &str) -> Option<([u8; 4], usize)> {
    let b = raw.as_bytes();
    let (head, rest) = b.split_first_chunk::<4>()?;
    let (stars, tail) = rest.split_last_chunk::<4>()?;
    let plain = |c: &u8| c.is_ascii_uppercase() || c.is_ascii_digit();
    let masked = !stars.is_empty() && stars.iter().all(|c| *c == b'*');
    (masked && head.iter().all(plain) && tail.iter().all(plain)).then_some((*head, b.len()))
}

fn refusal(number: &[u8]) -> Option<Code> {
    let [a, b, check @ ..] = number else { return Some(Code::BadLength) };
    if !a.is_ascii_uppercase() || !b.is_ascii_uppercase() || !all_figures(check.get(..2).unwrap_or_default())
    {
        return Some(Code::BadChars);
    }
    let Some(length) = length_of([*a, *b]) else { return Some(Code::UnknownValue) };
    if number.len() != length {
        return Some(Code::BadLength);
    }
    (remainder(number) != 1).then_some(Code::BadChecksum)
}

/// ISO 7064 MOD 97-10: the first four characters moved to the end, letters read as 10 to 35.
fn remainder(number: &[u8]) -> u64 {
    let (head, tail) = number.split_at_checked(4).unwrap_or((number, &[]));
    tail.iter().chain(head).fold(0, |rest, c| match c {
        b'0'..=b'9' => (rest * 10 + u64::from(c - b'0')) % 97,
        _ => (rest * 100 + u64::from(c.wrapping_sub(b'A')) + 10) % 97,
    })
}

/// Length of the numbers of a country, by the registry of ISO 13616 that SWIFT keeps.
fn length_of(country: [u8; 2]) -> Option<usize> {
    Some(match &country {
        b"NO" => 15,
        b"BE" => 16,
        b"DK" | b"FI" | b"FK" | b"FO" | b"GL" | b"NL" | b"SD" => 18,
        b"MK" | b"SI" => 19,
        b"AT" | b"BA" | b"EE" | b"KZ" | b"LT" | b"LU" | b"MN" | b"XK" => 20,
        b"CH" | b"HR" | b"LI" | b"LV" => 21,
        b"BG" | b"BH" | b"CR" | b"DE" | b"GB" | b"GE" | b"IE" | b"ME" | b"RS" | b"VA" => 22,
        b"AE" | b"GI" | b"IL" | b"IQ" | b"OM" | b"SO" | b"TL" => 23,
        b"AD" | b"CZ" | b"ES" | b"MD" | b"PK" | b"RO" | b"SA" | b"SE" | b"SK" | b"TN" | b"VG" => 24,
        b"LY" | b"PT" | b"ST" => 25,
        b"IS" | b"TR" => 26,
        b"BI" | b"DJ" | b"FR" | b"GR" | b"IT" | b"MC" | b"MR" | b"SM" => 27,
        b"AL" | b"AZ" | b"BY" | b"CY" | b"DO" | b"GT" | b"HN" | b"HU" | b"LB" | b"NI" | b"PL" | b"SV" => 28,
        b"BR" | b"EG" | b"PS" | b"QA" | b"UA" => 29,
        b"JO" | b"KW" | b"MU" | b"YE" => 30,
        b"MT" | b"SC" => 31,
        b"LC" => 32,
        b"RU" => 33,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{Country, Kind, any};
    use crate::time::Day;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_survived_and_values_are_stable(
            raw in "\\PC{0,40}|FR[0-9]{2}[0-9A-Z ]{20,28}|(FR|DE|BE)[0-9]{2}\\*{4,30}[0-9]{4}",
        ) {
            let cx = Context::new(Country::FR, Day::default());
            for kind in [Kind::Iban, Kind::IbanMask] {
                if let Some(value) = any(kind, &raw, &cx).value {
                    let again = any(kind, &value, &cx);
                    prop_assert_eq!(&again.value, &Some(value));
                    prop_assert!(again.codes.is_empty());
                }
            }
        }

        #[test]
        fn a_number_made_valid_is_read_and_masked(account in "[0-9]{10}[0-9A-Z]{11}[0-9]{2}") {
            let cx = Context::new(Country::FR, Day::default());
            let check = 98 - remainder(format!("FR00{account}").as_bytes());
            let iban = format!("FR{check:02}{account}");
            let spaced: Vec<&str> = iban.as_bytes().chunks(4).map(|c| std::str::from_utf8(c).unwrap()).collect();
            let spaced = spaced.join(" ");
            prop_assert_eq!(any(Kind::Iban, &spaced.to_lowercase(), &cx).value, Some(iban.clone()));
            let mask = any(Kind::IbanMask, &spaced, &cx).value.unwrap();
            prop_assert_eq!(mask, format!("{}*******************{}", &iban[..4], &iban[23..]));
        }
    }
}
