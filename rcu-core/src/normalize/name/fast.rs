//! Everyday names in one pass: letters of ASCII and of French, spaces, hyphens, apostrophes.

use crate::reference::names::Triggers;

/// Longer names go to the rules.
const MAX: usize = 72;

/// What a byte does: its upper-case letter, or one of the codes below.
const CLASS: [u8; 256] = class();
const STOP: u8 = 0;
const GAP: u8 = 1;
const APOSTROPHE: u8 = 2;
const LATIN1: u8 = 3;
const LATIN_A: u8 = 4;

const fn class() -> [u8; 256] {
    let mut t = [STOP; 256];
    let mut b = b'A';
    while b <= b'Z' {
        t[b as usize] = b;
        t[(b | 0x20) as usize] = b;
        b += 1;
    }
    t[b' ' as usize] = GAP;
    t[b'-' as usize] = GAP;
    t[b'\'' as usize] = APOSTROPHE;
    t[0xc3] = LATIN1;
    t[0xc5] = LATIN_A;
    t
}

/// Letters U+00C0–U+00FF by their second byte, two at most; `\0` where the rules have to look: × and ÷, and Â Ã Ä Å,
/// with which text in the wrong encoding starts.
const FOLD: &[u8; 128] = b"A\0A\0\0\0\0\0\0\0\0\0AEC\0E\0E\0E\0E\0I\0I\0I\0I\0D\0N\0O\0O\0O\0O\0O\0\0\0O\0U\0U\0U\0U\0Y\0THSSA\0A\0A\0A\0A\0A\0AEC\0E\0E\0E\0E\0I\0I\0I\0I\0D\0N\0O\0O\0O\0O\0O\0\0\0O\0U\0U\0U\0U\0Y\0THY\0";

/// Writes the normal form of `raw`; `false`, with nothing written, when the rules have to look at it.
#[inline]
pub(crate) fn write(raw: &str, triggers: &Triggers, out: &mut String) -> bool {
    let bytes = raw.as_bytes();
    if bytes.len() > MAX {
        return false;
    }
    // One place more than letters can come: a gap is written behind every word.
    let mut buf = [0u8; MAX + 2];
    let (mut n, mut word_start) = (0usize, 0usize);
    let mut packed = 0u64;
    let mut has_word = false;
    let mut i = 0;
    // A gap behind the text closes its last word.
    while i <= bytes.len() {
        let b = bytes.get(i).copied().unwrap_or(b' ');
        i += 1;
        let class = CLASS[b as usize];
        match class {
            STOP => return false,
            GAP | APOSTROPHE => {
                let len = n - word_start;
                if len == 0 {
                    // A name that starts with a hyphen or an apostrophe is none of every day.
                    if b != b' ' && n == 0 {
                        return false;
                    }
                    continue;
                }
                if len == 1 {
                    let particle = matches!(buf[word_start], b'D' | b'L' | b'O');
                    if class == APOSTROPHE && !particle {
                        continue; // N'DIAYE = NDIAYE
                    }
                    if !particle {
                        return false;
                    }
                } else {
                    has_word = true;
                    if triggers.contains(packed) {
                        return false;
                    }
                }
                buf[n] = b' ';
                n += 1;
                word_start = n;
                packed = 0;
            }
            LATIN1 => {
                let second = bytes.get(i).copied().unwrap_or(0) & 0x3f;
                i += 1;
                let at = 2 * second as usize;
                let (x, y) = (FOLD[at], FOLD[at + 1]);
                if x == 0 {
                    return false;
                }
                buf[n] = x;
                n += 1;
                packed = packed << 8 | u64::from(x);
                if y != 0 {
                    buf[n] = y;
                    n += 1;
                    packed = packed << 8 | u64::from(y);
                }
            }
            LATIN_A => {
                // Œ and œ.
                if !matches!(bytes.get(i), Some(0x92 | 0x93)) {
                    return false;
                }
                i += 1;
                buf[n] = b'O';
                buf[n + 1] = b'E';
                n += 2;
                packed = packed << 16 | 0x4f45;
            }
            letter => {
                buf[n] = letter;
                n += 1;
                packed = packed << 8 | u64::from(letter);
            }
        }
        if n > MAX {
            return false;
        }
    }
    // XXX and its like are placeholders; no name starts with three equal letters.
    if !has_word || (buf[0] == buf[1] && buf[1] == buf[2]) {
        return false;
    }
    match std::str::from_utf8(&buf[..n - 1]) {
        Ok(name) => {
            out.push_str(name);
            true
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::names::NameTables;

    fn fast(raw: &str) -> Option<String> {
        let tables = NameTables::default();
        let mut out = String::new();
        write(raw, tables.words().triggers(), &mut out).then_some(out)
    }

    #[test]
    fn everyday_names_pass() {
        assert_eq!(fast(" Dupont-Lefèvre ").as_deref(), Some("DUPONT LEFEVRE"));
        assert_eq!(fast("d'Ormesson").as_deref(), Some("D ORMESSON"));
        assert_eq!(fast("N'Guyen").as_deref(), Some("NGUYEN"));
        assert_eq!(fast("Œuvrard").as_deref(), Some("OEUVRARD"));
        assert_eq!(fast("François  Æneas Weiß").as_deref(), Some("FRANCOIS AENEAS WEISS"));
        assert_eq!(fast("de La Tour d'Auvergne").as_deref(), Some("DE LA TOUR D AUVERGNE"));
    }

    #[test]
    fn the_rest_goes_to_the_rules() {
        for s in [
            "",
            " ",
            "M Dupont",
            "Mme Dupont",
            "J.-P.",
            "DURAND2",
            "INCONNU",
            "SARL ROY",
            "B?NARD",
            "D",
            "N'",
            "L'",
            "-",
            "BÃ©nard",
            "MÃœLLER",
            "XXX",
            "A SUPPRIMER",
            "X NEE Y",
            "Łukasz",
            "l o d",
            "NULL",
            "é",
        ] {
            assert_eq!(fast(s), None, "{s}");
        }
    }
}
