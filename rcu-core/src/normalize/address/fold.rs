//! Raw text to capitals without accents, in a buffer on the stack: what every address kind reads.
//!
//! Punctuation stays, in ASCII: it decides later where a line ends or whether a letter was elided.

use crate::normalize::text;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Marks the degree sign of `N°` in folded text, so that it is told from the word `NO`.
pub(super) const DEGREE: u8 = b'~';

const SIZE: usize = 160;

/// Where folded text lives: on the stack as long as it is short and Latin.
pub(super) struct Folded {
    bytes: [u8; SIZE],
    spill: String,
}

impl Folded {
    pub(super) fn new() -> Folded {
        Folded { bytes: [0; SIZE], spill: String::new() }
    }

    /// `raw` folded, without outer blanks; lines stay apart by `\n`.
    #[inline]
    pub(super) fn fold<'a>(&'a mut self, raw: &'a str) -> &'a str {
        let bytes = raw.as_bytes();
        let (plain, lower) = bytes.iter().fold((true, false), |(plain, lower), b| {
            (plain & (*b >= b' ' && *b < 0x7f), lower | b.is_ascii_lowercase())
        });
        // A line in capitals stays as it is.
        if plain && !lower && bytes.len() <= SIZE {
            return raw.trim_matches(' ');
        }
        let ascii = if plain { fold_ascii(bytes, &mut self.bytes) } else { None };
        match ascii.or_else(|| fold_short(bytes, &mut self.bytes)) {
            Some(n) => {
                let folded = trim(self.bytes.get(..n).unwrap_or(&[]));
                std::str::from_utf8(folded).unwrap_or("")
            }
            None => {
                self.spill.clear();
                fold_any(raw, &mut self.spill);
                self.spill.trim_matches([' ', '\n'])
            }
        }
    }
}

fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\n', rest @ ..] = bytes {
        bytes = rest;
    }
    while let [rest @ .., b' ' | b'\n'] = bytes {
        bytes = rest;
    }
    bytes
}

/// Folds ASCII without control characters: the case of whole words at a time.
#[inline]
fn fold_ascii(raw: &[u8], to: &mut [u8; SIZE]) -> Option<usize> {
    let to = to.get_mut(..raw.len())?;
    to.copy_from_slice(raw);
    to.make_ascii_uppercase();
    Some(raw.len())
}

/// 0 drops the byte, 1 asks for the long way.
const ASCII: [u8; 128] = {
    let mut t = [0u8; 128];
    let mut i = 0;
    while i < 128 {
        t[i] = match i as u8 {
            b'\t' | b'\r' | 0x0b | 0x0c => b' ',
            b'\n' => b'\n',
            0..=31 | 127 => 0,
            b @ b'a'..=b'z' => b - 32,
            b => b,
        };
        i += 1;
    }
    t
};

/// U+00C0 to U+00FF: the first letter, and the second one of a ligature.
const LATIN: [[u8; 2]; 64] = {
    let base = b"AAAAAAACEEEEIIIIDNOOOOO OUUUUYTSAAAAAAACEEEEIIIIDNOOOOO OUUUUYTY";
    let mut t = [[0u8; 2]; 64];
    let mut i = 0;
    while i < 64 {
        t[i][0] = base[i];
        // Æ, Þ and ß, æ and þ.
        t[i][1] = match i {
            0x06 | 0x26 => b'E',
            0x1e | 0x3e => b'H',
            0x1f => b'S',
            _ => 0,
        };
        i += 1;
    }
    t
};

/// Folds into `to`; `None` when a character or the length asks for [`fold_any`].
#[inline]
fn fold_short(raw: &[u8], to: &mut [u8; SIZE]) -> Option<usize> {
    if raw.len() > SIZE {
        return None;
    }
    let mut n = 0;
    let mut put = |b: u8| {
        // A fold is never longer than the UTF-8 it comes from.
        if b != 0 {
            if let Some(slot) = to.get_mut(n) {
                *slot = b;
            }
            n += 1;
        }
    };
    let mut bytes = raw.iter().copied();
    while let Some(b) = bytes.next() {
        if b < 0x80 {
            put(ASCII[b as usize]);
            continue;
        }
        match b {
            0xc3 => {
                let [first, second] = LATIN[(bytes.next()? & 63) as usize];
                put(first);
                put(second);
            }
            0xc2 => match bytes.next()? {
                0xa0 | 0x85 | 0xab | 0xbb | 0xb7 => put(b' '),
                0xad | 0x80..=0x9f => {}
                0xb0 | 0xba => put(DEGREE),
                0xb4 => put(b'\''),
                _ => return None,
            },
            0xc5 => match bytes.next()? {
                0x92 | 0x93 => {
                    put(b'O');
                    put(b'E');
                }
                0xb8 => put(b'Y'),
                _ => return None,
            },
            0xe2 => match (bytes.next()?, bytes.next()?) {
                (0x80, 0x90..=0x95) => put(b'-'),
                (0x80, 0x98 | 0x99 | 0x9b) => put(b'\''),
                (0x80, 0x9c | 0x9d) => put(b'"'),
                (0x80, 0x80..=0x8a | 0xaf) => put(b' '),
                (0x80, 0x8b..=0x8f | 0xaa..=0xae) => {}
                _ => return None,
            },
            _ => return None,
        }
    }
    Some(n)
}

/// The long way, for any text: what has no ASCII form but is a letter or a digit is kept, other characters part words.
fn fold_any(raw: &str, to: &mut String) {
    for c in text::clean(raw).chars() {
        match c {
            '\n' => to.push('\n'),
            '\u{b0}' | '\u{ba}' => to.push(DEGREE as char),
            '\u{2116}' => to.push_str("N~"),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => to.push('-'),
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' | '\u{b4}' => to.push('\''),
            c => match text::fold_char(c) {
                Some(s) => to.push_str(s),
                // A mark more than the letter's own accent goes with it.
                None if is_combining_mark(c) && to.as_bytes().last().is_none_or(u8::is_ascii) => {}
                None if c.is_alphanumeric() || is_combining_mark(c) => {
                    for upper in c.to_uppercase() {
                        // Some capitals come apart into a letter and its mark: `ǰ` has no composed one.
                        if !(is_combining_mark(upper) && to.as_bytes().last().is_some_and(u8::is_ascii)) {
                            to.push(upper);
                        }
                    }
                }
                None => to.push(' '),
            },
        }
    }
    if !to.is_ascii() {
        // Capitals of other scripts may come apart (`ΐ`): put together again, so that folding twice is folding once.
        *to = to.nfc().collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fold(raw: &str) -> String {
        Folded::new().fold(raw).to_owned()
    }

    #[test]
    fn letters_lose_accents_and_punctuation_stays() {
        assert_eq!(fold("  12, rue de l’Église – Bœrsch\u{a0}"), "12, RUE DE L'EGLISE - BOERSCH");
        assert_eq!(fold("n° 5 Straße ÿ Æ"), "N~ 5 STRASSE Y AE");
        assert_eq!(fold("№ 5 Łódź"), "N~ 5 LODZ");
        assert_eq!(fold("улица 5"), "УЛИЦА 5");
        assert_eq!(fold("ǰ ΐ"), "J Ϊ\u{301}");
        assert_eq!(fold("a\u{200b}b\u{feff}"), "AB");
    }

    proptest! {
        #[test]
        fn short_way_equals_long_way(raw in "[ -~\u{c0}-\u{ff}\u{2010}-\u{201d}œŒŸ°\u{a0}\n]{0,60}") {
            let mut long = String::new();
            fold_any(&raw, &mut long);
            // Typographic quotation marks part words on either way.
            let plain = |s: &str| s.replace('"', " ").trim_matches([' ', '\n']).to_owned();
            prop_assert_eq!(plain(&fold(&raw)), plain(&long));
        }

        #[test]
        fn any_text_folds(raw in any::<String>()) {
            let once = fold(&raw);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
