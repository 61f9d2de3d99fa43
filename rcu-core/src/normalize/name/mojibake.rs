//! UTF-8 that somebody read as Latin-1 or Windows-1252 (`BÃ©nard`), put right.
//!
//! Works on the raw text: NFKC, which the other steps start with, destroys the traces (`domain.md` §2.3).

/// The text put right, or `None` when nothing was wrong. Text that went through the mill twice is read twice.
pub(crate) fn repair(raw: &str) -> Option<String> {
    let mut text = repair_once(raw)?;
    for _ in 0..2 {
        match repair_once(&text) {
            Some(t) => text = t,
            None => break,
        }
    }
    Some(text)
}

fn repair_once(raw: &str) -> Option<String> {
    if !raw.chars().any(|c| matches!(c, '\u{c2}'..='\u{c5}' | '\u{e1}' | '\u{e2}')) {
        return None;
    }
    let chars: Vec<char> = raw.chars().collect();
    let mut out = String::with_capacity(raw.len());
    let mut repaired = false;
    let mut i = 0;
    while i < chars.len() {
        match decode(&chars[i..]) {
            Some((c, n)) => {
                out.push(c);
                i += n;
                repaired = true;
            }
            None => {
                out.push(chars[i]);
                i += 1;
            }
        }
    }
    repaired.then_some(out)
}

/// The character whose UTF-8 bytes the first characters are, and how many they are.
///
/// Only letters of the Latin blocks and typographic marks are believed in: `É–` (an É and a dash) must stay.
fn decode(chars: &[char]) -> Option<(char, usize)> {
    let lead = *chars.first()? as u32;
    let tail = |i: usize| chars.get(i).copied().and_then(continuation);
    let (code, n) = match lead {
        0xc2..=0xc5 => (((lead & 0x1f) << 6) | tail(1)?, 2),
        0xe1 | 0xe2 => (((lead & 0x0f) << 12) | (tail(1)? << 6) | tail(2)?, 3),
        _ => return None,
    };
    let c = char::from_u32(code)?;
    // The signs are there for text that went through the mill twice: `Â§` is the second half of a ç.
    let plausible = matches!(
        c,
        '\u{a0}'..='\u{17f}' | '\u{1e00}'..='\u{1eff}' | '\u{2010}'..='\u{203a}' | '\u{20ac}' | '\u{2122}'
    );
    plausible.then_some((c, n))
}

/// The six low bits of the continuation byte that Windows-1252 or Latin-1 shows as `c`.
fn continuation(c: char) -> Option<u32> {
    const CP1252: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let code = c as u32;
    if (0x80..=0xbf).contains(&code) {
        return Some(code & 0x3f);
    }
    CP1252.iter().position(|x| *x == c).map(|i| i as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_readings_are_put_right() {
        assert_eq!(repair("BÃ©nard").as_deref(), Some("Bénard"));
        assert_eq!(repair("LefÃ¨vre").as_deref(), Some("Lefèvre"));
        assert_eq!(repair("MÃœLLER").as_deref(), Some("MÜLLER"), "Windows-1252");
        assert_eq!(repair("M\u{c3}\u{9c}LLER").as_deref(), Some("MÜLLER"), "Latin-1");
        assert_eq!(repair("Dâ€™ORMESSON").as_deref(), Some("D’ORMESSON"));
        assert_eq!(repair("SÅ“ur").as_deref(), Some("Sœur"));
        assert_eq!(repair("FranÃƒÂ§ois").as_deref(), Some("François"), "twice");
        assert_eq!(repair("Lefèvre-BÃ©nard").as_deref(), Some("Lefèvre-Bénard"), "in part");
    }

    #[test]
    fn real_letters_stay() {
        for s in
            ["São", "JOÃO", "ANDRÉ–MARIE", "Ågren", "Bénard", "Ângelo", "ΠΑ", "DUPONT", "Ã", "âgé", "CHÂTEAU"]
        {
            assert_eq!(repair(s), None, "{s}");
        }
    }
}
