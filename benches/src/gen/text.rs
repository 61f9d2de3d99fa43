//! Letters: accents off, capitals, e-mail keys, and the two encodings that old tools mix up.

/// The letter without its accent, as one or two ASCII letters; `None` for a character that has none.
fn plain_letter(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        'œ' => "oe",
        'æ' => "ae",
        'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' => "A",
        'Ç' => "C",
        'È' | 'É' | 'Ê' | 'Ë' => "E",
        'Ì' | 'Í' | 'Î' | 'Ï' => "I",
        'Ñ' => "N",
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' => "O",
        'Ù' | 'Ú' | 'Û' | 'Ü' => "U",
        'Ý' | 'Ÿ' => "Y",
        'Œ' => "OE",
        'Æ' => "AE",
        _ => return None,
    })
}

/// `text` without accents: `Lœtitia Béraud` gives `Loetitia Beraud`.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match plain_letter(letter) {
            Some(ascii) => out.push_str(ascii),
            None => out.push(letter),
        }
    }
    out
}

/// `text` in capitals without accents, as tills and old files write it.
#[must_use]
pub fn capitals(text: &str) -> String {
    plain(text).to_ascii_uppercase()
}

/// What is left of a name in an e-mail address: small ASCII letters, digits and hyphens.
#[must_use]
pub fn mail_key(text: &str) -> String {
    let keep = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '-';
    plain(text).to_ascii_lowercase().chars().filter(keep).collect()
}

/// Windows-1252, bytes 0x80 to 0x9F; U+FFFD where the code page has no character.
const CP1252_UPPER_CONTROLS: [char; 32] = [
    '€', '\u{FFFD}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{FFFD}', 'Ž', '\u{FFFD}',
    '\u{FFFD}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{FFFD}', 'ž', 'Ÿ',
];

/// UTF-8 read as Windows-1252: `é` becomes `Ã©`.
#[must_use]
pub fn misread(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            0x80..=0x9F => CP1252_UPPER_CONTROLS[usize::from(byte - 0x80)],
            _ => char::from(byte),
        })
        .collect()
}

/// Appends `text` in Windows-1252; `?` stands for what the code page lacks.
pub fn push_cp1252(text: &str, out: &mut Vec<u8>) {
    if text.is_ascii() {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    for letter in text.chars() {
        let direct = u8::try_from(letter).ok().filter(|byte| !(0x80..=0x9F).contains(byte));
        let place =
            || CP1252_UPPER_CONTROLS.iter().position(|&other| other == letter && letter != '\u{FFFD}');
        out.push(direct.or_else(|| place().map(|index| 0x80 + index as u8)).unwrap_or(b'?'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_small_ascii() {
        assert_eq!(capitals("Noël Œuvrard"), "NOEL OEUVRARD");
        assert_eq!(mail_key("Jean-Noël d'Été"), "jean-noeldete");
    }

    #[test]
    fn mojibake_is_what_a_wrong_code_page_shows() {
        assert_eq!(misread("Éléonore"), "Ã‰lÃ©onore");
        assert_eq!(misread("Martin"), "Martin");
        let mut bytes = Vec::new();
        push_cp1252("é€\u{FFFD}Ã", &mut bytes);
        assert_eq!(bytes, [0xE9, 0x80, b'?', 0xC3]);
    }
}
