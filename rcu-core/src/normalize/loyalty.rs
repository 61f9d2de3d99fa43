//! Loyalty cards (`domain.md` §2.8): the plain kind, and those whose last figure is a check digit.

use crate::normalize::text::is_null_literal;
use crate::normalize::{Code, Context, Output, begin};

/// Writes the card number in capitals without spaces and hyphens, leading zeros kept: 6 to 20 of A–Z and 0–9.
///
/// C `excel_artifact` for a trailing `.0`; R `excel_scientific`, `bad_chars`, `bad_length`, `placeholder` (one character
/// repeated).
pub fn normalize(raw: &str, _cx: &Context, out: &mut Output) {
    read(raw, out, |_| None);
}

/// The same for a card of 13 figures whose last one is an EAN-13 check digit; R `bad_checksum`.
pub fn normalize_ean13(raw: &str, _cx: &Context, out: &mut Output) {
    read(raw, out, |card| {
        if !card.iter().all(u8::is_ascii_digit) {
            return Some(Code::BadChars);
        }
        if card.len() != 13 {
            return Some(Code::BadLength);
        }
        // GS1 General Specifications §7.9: weights 1 and 3 from the left, the sum a multiple of 10.
        let sum: u32 = card.iter().zip([1, 3].iter().cycle()).map(|(c, w)| u32::from(c - b'0') * w).sum();
        (!sum.is_multiple_of(10)).then_some(Code::BadChecksum)
    });
}

/// The same for a card of figures whose last one is a Luhn check digit; R `bad_checksum`.
pub fn normalize_luhn(raw: &str, _cx: &Context, out: &mut Output) {
    read(raw, out, |card| {
        if !card.iter().all(u8::is_ascii_digit) {
            return Some(Code::BadChars);
        }
        (!super::company_id::passes_luhn(card)).then_some(Code::BadChecksum)
    });
}

fn read(raw: &str, out: &mut Output, check: impl Fn(&[u8]) -> Option<Code>) {
    let Some(clean) = begin(raw, out, is_null_literal) else { return };
    let mut card: &str = &clean;
    if super::company_id::is_scientific(card) {
        return out.code(Code::ExcelScientific);
    }
    if let Some(head) = card.strip_suffix(".0").filter(|h| h.bytes().all(|b| b.is_ascii_digit())) {
        out.code(Code::ExcelArtifact);
        card = head;
    }
    for c in card.chars() {
        match c {
            ' ' | '-' | '\u{2010}'..='\u{2015}' => {}
            '0'..='9' | 'A'..='Z' | 'a'..='z' => out.text.push(c.to_ascii_uppercase()),
            _ => return out.code(Code::BadChars),
        }
    }
    let kept = out.text.as_bytes();
    let refused = if !(6..=20).contains(&kept.len()) {
        Some(Code::BadLength)
    } else if kept.iter().all(|b| Some(b) == kept.first()) {
        Some(Code::Placeholder)
    } else {
        check(kept)
    };
    if let Some(code) = refused {
        out.code(code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{Country, Kind, any};
    use crate::time::Day;
    use proptest::prelude::*;

    const KINDS: [Kind; 3] = [Kind::LoyaltyCard, Kind::LoyaltyCardEan13, Kind::LoyaltyCardLuhn];

    #[test]
    fn one_wrong_figure_fails_either_check() {
        let cx = Context::new(Country::FR, Day::default());
        for (kind, card) in [(KINDS[1], "4006381333931"), (KINDS[2], "79927398713")] {
            assert_eq!(any(kind, card, &cx).value.as_deref(), Some(card));
            for i in 0..card.len() {
                let mut wrong = card.as_bytes().to_vec();
                wrong[i] = b'0' + (wrong[i] - b'0' + 1) % 10;
                let got = any(kind, std::str::from_utf8(&wrong).unwrap(), &cx);
                assert_eq!(got.codes, [Code::BadChecksum], "{card} at {i}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived_and_values_are_stable(raw in "\\PC{0,24}|[0-9A-Za-z -]{5,24}(\\.0)?") {
            let cx = Context::new(Country::FR, Day::default());
            for kind in KINDS {
                if let Some(value) = any(kind, &raw, &cx).value {
                    let again = any(kind, &value, &cx);
                    prop_assert_eq!(again.value, Some(value));
                    prop_assert!(again.codes.is_empty());
                }
            }
        }
    }
}
