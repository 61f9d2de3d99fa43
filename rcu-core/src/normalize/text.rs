//! Text as every kind sees it first: stripped, spaces of all kinds made one, full-width forms folded, letters folded.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Whether a character counts as a blank: ASCII blanks, NBSP, narrow and thin spaces, tab.
#[inline]
pub fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Whether a character is dropped wherever it stands: BOM, zero-width and control characters, soft hyphen.
#[inline]
pub fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{ad}')
        || (c.is_control() && !is_blank(c))
}

/// `raw` without outer blanks and ignorable characters, inner blanks of every kind made plain spaces
/// (line ends stay), compatibility forms (full-width letters and digits) folded by NFKC.
///
/// Borrows when nothing had to change, which is the common case for ASCII.
pub fn clean(raw: &str) -> Cow<'_, str> {
    let bytes = raw.as_bytes();
    if bytes.iter().fold(true, |plain, b| plain & (*b >= b' ' && *b < 0x7f)) {
        // Nearly every cell: nothing but printable ASCII, and no blank outside.
        let blank = |b: Option<&u8>| b == Some(&b' ');
        let outside = blank(bytes.first()) || blank(bytes.last());
        return Cow::Borrowed(if outside { raw.trim_matches(' ') } else { raw });
    }
    if raw.is_ascii() {
        let trimmed = raw.trim_matches(|c: char| c.is_ascii_whitespace() || c.is_ascii_control());
        if trimmed.bytes().all(|b| b >= b' ' && b != 0x7f || b == b'\n') {
            return Cow::Borrowed(trimmed);
        }
        let s: String = trimmed
            .chars()
            .filter(|c| !is_ignorable(*c))
            .map(|c| {
                if c == '\n' {
                    c
                } else if is_blank(c) {
                    ' '
                } else {
                    c
                }
            })
            .collect();
        return Cow::Owned(s);
    }
    let mut s = String::with_capacity(raw.len());
    for c in raw.chars() {
        if is_ignorable(c) {
            continue;
        }
        if c == '\n' {
            s.push('\n');
        } else if is_blank(c) {
            s.push(' ');
        } else if c < '\u{2000}'
            && !matches!(c, '\u{a8}' | '\u{aa}' | '\u{af}' | '\u{b2}'..='\u{b5}' | '\u{b8}'..='\u{ba}' | '\u{bc}'..='\u{be}' | '\u{132}' | '\u{133}' | '\u{13f}' | '\u{140}' | '\u{149}' | '\u{17f}' | '\u{1c4}'..='\u{1cc}' | '\u{1f1}'..='\u{1f3}' | '\u{2b0}'..='\u{2ff}' | '\u{300}'..='\u{36f}' | '\u{37a}'..)
        {
            s.push(c);
        } else {
            // Symbols that a rule reads by shape keep it: typographic apostrophes, dashes, the euro sign.
            match c {
                '\u{2010}'..='\u{2015}'
                | '\u{2018}'
                | '\u{2019}'
                | '\u{201a}'
                | '\u{201b}'
                | '\u{2032}'
                | '\u{20ac}'
                | '\u{2212}'
                | '\u{b4}'
                | '\u{b0}'
                | '\u{ba}'
                | '\u{2116}' => s.push(c),
                _ => s.extend(std::iter::once(c).nfkc()),
            }
        }
    }
    // Combining marks join their letter, so that decomposed input equals composed input.
    if s.chars().any(is_combining_mark) {
        s = s.nfc().collect();
    }
    let t = s.trim_matches(|c: char| c == ' ' || c == '\n');
    if t.len() == s.len() { Cow::Owned(s) } else { Cow::Owned(t.to_owned()) }
}

/// The Latin letter `c` without its diacritics, in upper case, as one or two ASCII letters; other ASCII unchanged but
/// upper-cased; `None` for what has no ASCII form here (other scripts, symbols).
#[inline]
pub fn fold_char(c: char) -> Option<&'static str> {
    const ASCII: &str = "\0\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}\t\n\u{b}\u{c}\r\u{e}\u{f}\u{10}\u{11}\u{12}\u{13}\u{14}\u{15}\u{16}\u{17}\u{18}\u{19}\u{1a}\u{1b}\u{1c}\u{1d}\u{1e}\u{1f} !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`ABCDEFGHIJKLMNOPQRSTUVWXYZ{|}~\u{7f}";
    let n = c as u32;
    if n < 0x80 {
        let i = n as usize;
        return Some(&ASCII[i..=i]);
    }
    Some(match c {
        'à'..='å'
        | 'À'..='Å'
        | 'ā'
        | 'Ā'
        | 'ă'
        | 'Ă'
        | 'ą'
        | 'Ą'
        | 'ǎ'
        | 'Ǎ'
        | 'ạ'
        | 'Ạ'
        | 'ả'
        | 'Ả'
        | 'ấ'
        | 'Ấ'
        | 'ầ'
        | 'Ầ'
        | 'ẩ'
        | 'Ẩ'
        | 'ẫ'
        | 'Ẫ'
        | 'ậ'
        | 'Ậ'
        | 'ắ'
        | 'Ắ'
        | 'ằ'
        | 'Ằ'
        | 'ẳ'
        | 'Ẳ'
        | 'ẵ'
        | 'Ẵ'
        | 'ặ'
        | 'Ặ'
        | 'ª' => "A",
        'æ' | 'Æ' | 'ǽ' | 'Ǽ' => "AE",
        'ç' | 'Ç' | 'ć' | 'Ć' | 'ĉ' | 'Ĉ' | 'ċ' | 'Ċ' | 'č' | 'Č' => "C",
        'ď' | 'Ď' | 'đ' | 'Đ' | 'ð' | 'Ð' => "D",
        'è'..='ë'
        | 'È'..='Ë'
        | 'ē'
        | 'Ē'
        | 'ĕ'
        | 'Ĕ'
        | 'ė'
        | 'Ė'
        | 'ę'
        | 'Ę'
        | 'ě'
        | 'Ě'
        | 'ẹ'
        | 'Ẹ'
        | 'ẻ'
        | 'Ẻ'
        | 'ẽ'
        | 'Ẽ'
        | 'ế'
        | 'Ế'
        | 'ề'
        | 'Ề'
        | 'ể'
        | 'Ể'
        | 'ễ'
        | 'Ễ'
        | 'ệ'
        | 'Ệ' => "E",
        'ĝ' | 'Ĝ' | 'ğ' | 'Ğ' | 'ġ' | 'Ġ' | 'ģ' | 'Ģ' | 'ǧ' | 'Ǧ' => "G",
        'ĥ' | 'Ĥ' | 'ħ' | 'Ħ' => "H",
        'ì'..='ï'
        | 'Ì'..='Ï'
        | 'ĩ'
        | 'Ĩ'
        | 'ī'
        | 'Ī'
        | 'ĭ'
        | 'Ĭ'
        | 'į'
        | 'Į'
        | 'ı'
        | 'İ'
        | 'ỉ'
        | 'Ỉ'
        | 'ị'
        | 'Ị' => "I",
        'ĵ' | 'Ĵ' => "J",
        'ķ' | 'Ķ' | 'ĸ' => "K",
        'ĺ' | 'Ĺ' | 'ļ' | 'Ļ' | 'ľ' | 'Ľ' | 'ŀ' | 'Ŀ' | 'ł' | 'Ł' => "L",
        'ñ' | 'Ñ' | 'ń' | 'Ń' | 'ņ' | 'Ņ' | 'ň' | 'Ň' | 'ŋ' | 'Ŋ' => "N",
        'ò'..='ö'
        | 'Ò'..='Ö'
        | 'ø'
        | 'Ø'
        | 'ō'
        | 'Ō'
        | 'ŏ'
        | 'Ŏ'
        | 'ő'
        | 'Ő'
        | 'ơ'
        | 'Ơ'
        | 'ọ'
        | 'Ọ'
        | 'ỏ'
        | 'Ỏ'
        | 'ố'
        | 'Ố'
        | 'ồ'
        | 'Ồ'
        | 'ổ'
        | 'Ổ'
        | 'ỗ'
        | 'Ỗ'
        | 'ộ'
        | 'Ộ'
        | 'ớ'
        | 'Ớ'
        | 'ờ'
        | 'Ờ'
        | 'ở'
        | 'Ở'
        | 'ỡ'
        | 'Ỡ'
        | 'ợ'
        | 'Ợ' => "O",
        'œ' | 'Œ' => "OE",
        'ŕ' | 'Ŕ' | 'ŗ' | 'Ŗ' | 'ř' | 'Ř' => "R",
        'ß' | 'ẞ' => "SS",
        'ś' | 'Ś' | 'ŝ' | 'Ŝ' | 'ş' | 'Ş' | 'š' | 'Š' | 'ș' | 'Ș' => "S",
        'ţ' | 'Ţ' | 'ť' | 'Ť' | 'ŧ' | 'Ŧ' | 'ț' | 'Ț' => "T",
        'þ' | 'Þ' => "TH",
        'ù'..='ü'
        | 'Ù'..='Ü'
        | 'ũ'
        | 'Ũ'
        | 'ū'
        | 'Ū'
        | 'ŭ'
        | 'Ŭ'
        | 'ů'
        | 'Ů'
        | 'ű'
        | 'Ű'
        | 'ų'
        | 'Ų'
        | 'ư'
        | 'Ư'
        | 'ụ'
        | 'Ụ'
        | 'ủ'
        | 'Ủ'
        | 'ứ'
        | 'Ứ'
        | 'ừ'
        | 'Ừ'
        | 'ử'
        | 'Ử'
        | 'ữ'
        | 'Ữ'
        | 'ự'
        | 'Ự' => "U",
        'ŵ' | 'Ŵ' => "W",
        'ý' | 'Ý' | 'ÿ' | 'Ÿ' | 'ŷ' | 'Ŷ' | 'ỳ' | 'Ỳ' | 'ỵ' | 'Ỵ' | 'ỷ' | 'Ỷ' | 'ỹ' | 'Ỹ' => {
            "Y"
        }
        'ź' | 'Ź' | 'ż' | 'Ż' | 'ž' | 'Ž' => "Z",
        _ => return None,
    })
}

/// Appends `text` upper-cased and without Latin diacritics; characters without an ASCII form are kept, upper-cased.
pub fn fold_upper_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        let from = out.len();
        out.push_str(text);
        out[from..].make_ascii_uppercase();
        return;
    }
    for c in text.chars() {
        match fold_char(c) {
            Some(s) => out.push_str(s),
            None => {
                // A letter of the Latin script that the table does not list: take its base letter.
                let mut base = std::iter::once(c).nfd();
                match base.next() {
                    Some(b) if b.is_ascii_alphabetic() => out.push(b.to_ascii_uppercase()),
                    // Some capitals come apart into a letter and its marks: only the letter is kept.
                    _ => out
                        .extend(c.to_uppercase().filter(|u| is_combining_mark(c) || !is_combining_mark(*u))),
                }
            }
        }
    }
}

/// [`str::trim`], at once for a text that begins and ends with a visible ASCII character.
#[inline]
pub(crate) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if (b'!'..=b'~').contains(first) && (b'!'..=b'~').contains(last) => text,
        _ => text.trim(),
    }
}

/// See [`fold_upper_into`].
pub fn fold_upper(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_upper_into(text, &mut out);
    out
}

/// Whether a cleaned text is a word for "nothing" (`domain.md` §2, status `empty`).
pub fn is_null_literal(clean: &str) -> bool {
    // Nearly every value is told from these words by its first letter.
    let starts = |b: u8| {
        matches!(b | 0x20, b'n' | b'a' | b'v' | b's') || matches!(b, b'#' | b'-' | b'.' | b'?') || b >= 0x80
    };
    if clean.len() > 11 || !clean.as_bytes().first().is_some_and(|b| starts(*b)) {
        return false;
    }
    let mut buf = [0u8; 12];
    let Some(upper) = ascii_upper(clean, &mut buf) else {
        return matches!(fold_upper(clean).as_str(), "NEANT");
    };
    matches!(
        upper,
        "NULL"
            | "N/A"
            | "NA"
            | "NONE"
            | "NIL"
            | "NAN"
            | "#N/A"
            | "-"
            | "--"
            | "."
            | "?"
            | "NEANT"
            | "AUCUN"
            | "VIDE"
            | "SANS OBJET"
    )
}

/// The shorter list that holds for names of persons and companies, where NA, NIL or AUCUN may be real names.
pub fn is_null_literal_in_name(clean: &str) -> bool {
    let mut buf = [0u8; 12];
    clean.len() <= 4
        && matches!(
            ascii_upper(clean, &mut buf),
            Some("NULL" | "N/A" | "#N/A" | "NAN" | "-" | "--" | "." | "?")
        )
}

fn ascii_upper<'a>(text: &str, buf: &'a mut [u8; 12]) -> Option<&'a str> {
    let n = text.len();
    if n > buf.len() || !text.is_ascii() {
        return None;
    }
    buf[..n].copy_from_slice(text.as_bytes());
    buf[..n].make_ascii_uppercase();
    std::str::from_utf8(&buf[..n]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_invisible_characters_go() {
        assert_eq!(clean("\u{feff} 06\u{a0}30\u{202f}12\u{200b} "), "06 30 12");
        assert_eq!(clean("ＡＢ１２"), "AB12");
        assert_eq!(clean("e\u{301}"), "é");
        assert_eq!(clean("  plain  "), "plain");
    }

    #[test]
    fn letters_fold_to_ascii() {
        assert_eq!(
            fold_upper("Éloïse Œuvrard-Łukasz Strauß Đặng Ærø"),
            "ELOISE OEUVRARD-LUKASZ STRAUSS DANG AERO"
        );
        assert_eq!(fold_upper("ǻ"), "A");
        assert_eq!(fold_upper("Иван"), "ИВАН");
    }

    #[test]
    fn words_for_nothing() {
        for w in ["null", "N/A", "-", "néant", "Sans objet", "?"] {
            assert!(is_null_literal(w), "{w}");
        }
        assert!(!is_null_literal("nana"));
        assert!(is_null_literal_in_name("nan") && !is_null_literal_in_name("NA"));
    }
}
