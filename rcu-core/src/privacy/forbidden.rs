//! What free text must not hold (`domain.md` §7.7): numbers of the French social security register and of payment cards.

use crate::normalize::text::fold_upper;

/// A kind of number that is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Forbidden {
    /// A number of the social security register (NIR), with its key or named as one.
    Nir,
    /// The whole number of a payment card.
    Card,
}

impl Forbidden {
    /// The code under which it is reported.
    pub fn code(self) -> &'static str {
        match self {
            Forbidden::Nir => "forbidden_nir",
            Forbidden::Card => "forbidden_card",
        }
    }
}

/// The first forbidden number in a free text.
///
/// A NIR has 15 characters with a key that is right (97 less the remainder by 97; Corsican departments count as 19 and
/// 18), or 13 of its form where the text names it. A card has the length and beginning of a large network and passes
/// Luhn's check. Digits may be set apart by single blanks, dots or hyphens; longer runs of digits are neither.
///
/// # Examples
/// ```
/// use rcu_core::privacy::{Forbidden, forbidden};
/// assert_eq!(forbidden("sécu 2 55 08 14 168 025 38"), Some(Forbidden::Nir));
/// assert_eq!(forbidden("carte 4111-1111-1111-1111"), Some(Forbidden::Card));
/// assert_eq!(forbidden("call back on 06 12 34 87 11"), None);
/// ```
pub fn forbidden(text: &str) -> Option<Forbidden> {
    if text.bytes().filter(u8::is_ascii_digit).count() < 13 {
        return None;
    }
    let folded = fold_upper(text);
    let is_named = ["SECU", "NIR", "INSEE"]
        .iter()
        .any(|w| folded.split(|c: char| !c.is_alphanumeric()).any(|x| x.starts_with(w)));
    for run in runs(&folded) {
        if is_nir(&run, is_named) {
            return Some(Forbidden::Nir);
        }
        if is_card(&run) {
            return Some(Forbidden::Card);
        }
    }
    None
}

/// Runs of digits (and of the letter of a Corsican department) that single separators part.
fn runs(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let mut runs = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        // An IBAN or a reference begins with letters: its digits are its own.
        let after_letter = at > 0 && bytes[at - 1].is_ascii_alphanumeric();
        if !bytes[at].is_ascii_digit() || after_letter {
            at += 1;
            continue;
        }
        let mut run = String::new();
        let mut separated = false;
        while at < bytes.len() {
            let b = bytes[at];
            let corsican = matches!(b, b'A' | b'B') && run.len() == 6 && run.ends_with('2');
            if b.is_ascii_digit() || corsican {
                run.push(char::from(b));
                separated = false;
            } else if matches!(b, b' ' | b'.' | b'-') && !separated {
                separated = true;
            } else {
                break;
            }
            at += 1;
        }
        runs.push(run);
    }
    runs
}

fn is_nir(run: &str, is_named: bool) -> bool {
    if run.len() != 15 && !(run.len() == 13 && is_named) {
        return false;
    }
    let number = |part: Option<&str>| part.and_then(|t| t.parse::<u64>().ok());
    let month = number(run.get(3..5)).unwrap_or(0);
    let is_form = matches!(run.as_bytes()[0], b'1'..=b'4' | b'7' | b'8')
        && matches!(month, 1..=12 | 20..=42 | 50..=99)
        && run.get(5..7).is_some_and(|d| matches!(d, "2A" | "2B") || d.parse::<u8>().is_ok_and(|n| n > 0));
    if !is_form || run.len() == 13 {
        return is_form;
    }
    let body = run.get(..13).unwrap_or("").replace("2A", "19").replace("2B", "18");
    match (body.parse::<u64>(), number(run.get(13..))) {
        (Ok(n), Some(key)) => key == 97 - n % 97,
        _ => false,
    }
}

fn is_card(run: &str) -> bool {
    let starts = |low: u32, high: u32, digits: usize| {
        run.get(..digits).and_then(|t| t.parse::<u32>().ok()).is_some_and(|n| (low..=high).contains(&n))
    };
    let is_network = match run.len() {
        13 | 19 => starts(4, 4, 1),
        15 => starts(34, 34, 2) || starts(37, 37, 2),
        16 => {
            starts(4, 4, 1)
                || starts(51, 55, 2)
                || starts(2221, 2720, 4)
                || starts(6011, 6011, 4)
                || starts(62, 62, 2)
                || starts(65, 65, 2)
        }
        _ => false,
    };
    is_network && luhn(run)
}

/// Luhn's check (ISO/IEC 7812-1, annex B).
fn luhn(digits: &str) -> bool {
    let each = digits.bytes().rev().enumerate().map(|(i, b)| {
        let d = u32::from(b.wrapping_sub(b'0'));
        match i % 2 {
            1 if d > 4 => 2 * d - 9,
            1 => 2 * d,
            _ => d,
        }
    });
    digits.bytes().all(|b| b.is_ascii_digit()) && each.sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_nir_is_known_by_its_key() {
        for text in [
            "255081416802538",
            "n° 2 55 08 14 168 025 38",
            "né le 3, 2.55.08.14.168.025.38.",
            "1840120A00112",
        ] {
            let expected = (text != "1840120A00112").then_some(Forbidden::Nir);
            assert_eq!(forbidden(text), expected, "{text}");
        }
        let key = 97 - 1_840_119_001_122_u64 % 97;
        assert_eq!(forbidden(&format!("184012A001122{key:02}")), Some(Forbidden::Nir), "Corsica");
        assert_eq!(forbidden("255081416802539"), None, "another key");
        assert_eq!(forbidden("2550814168025"), None, "13 digits may be anything");
        assert_eq!(forbidden("sécu : 2550814168025"), Some(Forbidden::Nir), "unless they are named");
    }

    #[test]
    fn a_card_is_known_by_its_network_and_check_digit() {
        for card in ["4111111111111111", "5500 0000 0000 0004", "3782-822463-10005", "6011000000000004"] {
            assert_eq!(forbidden(&format!("paid by {card}.")), Some(Forbidden::Card), "{card}");
        }
        for other in [
            "4111111111111112",
            "44306184100047",
            "FR76 3000 6000 0112 3456 7890 189",
            "ticket 0000000000000000",
            "06 12 34 87 11 then 07 98 76 54 32",
            "2026-03-10 2026-03-11",
        ] {
            assert_eq!(forbidden(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_text_stops_it(text in "\\PC{0,40}|[0-9AB .-]{10,40}") {
            forbidden(&text);
        }
    }
}
