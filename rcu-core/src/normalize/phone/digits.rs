//! Steps 5 and 6: the digits of one number (`domain.md` §2.1).

use super::{Note, Notes};
use crate::normalize::Code;

/// Digits of one number, at most [`Digits::MOST`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Digits {
    bytes: [u8; Digits::MOST],
    len: u8,
}

impl Digits {
    const MOST: usize = 40;

    fn none() -> Digits {
        Digits { bytes: [0; Digits::MOST], len: 0 }
    }

    /// The ASCII digits of `text`; further ones are dropped, a number that long being refused anyway.
    pub(super) fn of(text: &str) -> Digits {
        Digits::none().then(text)
    }

    /// These digits, then those of `text`.
    pub(super) fn then(mut self, text: &str) -> Digits {
        for b in text.bytes().filter(u8::is_ascii_digit) {
            self.push(b - b'0');
        }
        self
    }

    fn push(&mut self, digit: u8) {
        if let Some(slot) = self.bytes.get_mut(usize::from(self.len)) {
            *slot = b'0' + digit;
            self.len += 1;
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        usize::from(self.len)
    }

    pub(super) fn as_str(&self) -> &str {
        self.bytes.get(..usize::from(self.len)).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default()
    }

    /// All but the first `n`.
    pub(super) fn skip(&self, n: usize) -> Digits {
        Digits::of(self.as_str().get(n..).unwrap_or_default())
    }

    /// Their value when they are at most 15 digits, the most that E.164 allows.
    pub(super) fn value(&self) -> Option<u64> {
        if self.len == 0 || self.len > 15 { None } else { self.as_str().parse().ok() }
    }
}

/// A number as typed: whether a plus stands before it, and its digits.
pub(super) struct Number {
    pub(super) plus: bool,
    pub(super) digits: Digits,
}

impl Number {
    /// Steps 5 and 6: letters that were meant as digits, separators dropped, anything else refused.
    pub(super) fn collect(text: &str, notes: &mut Notes) -> Result<Number, Code> {
        // Quotes, stars and the like around a number say nothing; an apostrophe is how spreadsheets mark text.
        let text = text
            .trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '+' | '#' | '*'))
            .trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '#' | '*'));
        let mut number = Number { plus: false, digits: Digits::none() };
        let mut letters = 0;
        for c in text.chars() {
            if let Some(digit) = digit_of(c) {
                number.digits.push(digit);
                continue;
            }
            match c {
                'O' | 'o' => {
                    letters += 1;
                    number.digits.push(0);
                }
                'l' | 'I' => {
                    letters += 1;
                    number.digits.push(1);
                }
                ' ' | '\n' | '.' | '-' | '/' | '_' | '(' | ')' | '[' | ']' => {}
                '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
                '+' if number.digits.len == 0 => number.plus = true,
                _ => return Err(Code::BadChars),
            }
        }
        // Read as digits only inside a number: `lO` alone is a word.
        if letters > 0 {
            if 2 * letters >= usize::from(number.digits.len) {
                return Err(Code::BadChars);
            }
            notes.add(Note::CharSubstituted);
        }
        Ok(number)
    }
}

/// The value of a decimal digit of any script that libphonenumber reads.
pub(super) fn digit_of(c: char) -> Option<u8> {
    /// Digit zero of the scripts of the basic plane (Unicode category Nd); their other digits follow.
    const ZEROS: [u32; 36] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50,
        0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40,
        0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    ];
    if c.is_ascii() {
        return c.to_digit(10).map(|d| d as u8);
    }
    let n = c as u32;
    ZEROS.iter().find(|z| (**z..**z + 10).contains(&n)).map(|z| (n - z) as u8)
}
