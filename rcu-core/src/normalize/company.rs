//! Company names and their matching key (`domain.md` §2.8).

use super::name::mojibake;
use super::{Code, Context, Output, begin, text};
use crate::reference::names::Words;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words of a company name that do not tell it from another.
const NOT_IN_KEY: &[&str] = &[
    "SA",
    "SARL",
    "SAS",
    "SASU",
    "EURL",
    "SCI",
    "SNC",
    "EARL",
    "GAEC",
    "SCOP",
    "SCP",
    "SELARL",
    "ETABLISSEMENTS",
    "SOCIETE",
    "ET",
    "LE",
    "LA",
    "LES",
    "L",
    "DE",
    "DU",
    "DES",
    "D",
    "FRANCE",
];

/// The written-out form of an abbreviated word.
fn expanded(word: &str) -> Option<&'static str> {
    Some(match word {
        "ETS" => "ETABLISSEMENTS",
        "STE" => "SOCIETE",
        "CIE" => "COMPAGNIE",
        _ => return None,
    })
}

/// Company name: letters and digits in words, `&` written ET, `S.A.R.L.` joined, ETS, STE and CIE written out.
pub fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    let repaired = mojibake::repair(raw);
    let Some(clean) = begin(repaired.as_deref().unwrap_or(raw), out, text::is_null_literal_in_name) else {
        return;
    };
    if repaired.is_some() {
        out.code(Code::MojibakeRepaired);
    }
    if clean.contains('\u{fffd}') {
        return out.code(Code::EncodingLost);
    }
    let mut writer = Writer { text: &mut out.text, start: 0, last: 0, initials: None, abbreviated: false };
    writer.write(&clean);
    let abbreviated = writer.abbreviated;
    if out.text.is_empty() {
        return out.code(Code::NotAName);
    }
    if abbreviated {
        out.code(Code::AbbrevExpanded);
    }
    if !out.text.is_ascii() {
        out.code(Code::NonLatin);
    }
    if is_nobody(&out.text, cx.tables.names.words()) {
        out.code(Code::Placeholder);
    }
}

/// Matching key: letters and digits of the words that are no legal form, article or FRANCE; of all words when none is
/// left.
pub fn normalize_key(raw: &str, cx: &Context, out: &mut Output) {
    normalize(raw, cx, out);
    if out.value().is_none() {
        return;
    }
    let name = out.text.len();
    append_key(&mut out.text, name);
    out.text.drain(..name);
    if is_nobody(&out.text, cx.tables.names.words()) {
        // The words together are a placeholder: the key would not be accepted again.
        out.code(Code::Placeholder);
    }
}

/// Appends the matching key of a normalised company name.
pub fn company_key_into(name: &str, key: &mut String) {
    let mut text = String::with_capacity(2 * name.len());
    text.push_str(name);
    append_key(&mut text, name.len());
    key.push_str(text.get(name.len()..).unwrap_or(""));
}

/// Appends to `text` the key of the name that its first `start` bytes are.
fn append_key(text: &mut String, start: usize) {
    for every_word in [false, true] {
        let mut at = 0;
        while at < start {
            let word = text.get(at..start).and_then(|rest| rest.split(' ').next()).unwrap_or("");
            let end = at + word.len();
            if every_word || !NOT_IN_KEY.contains(&word) {
                text.extend_from_within(at..end);
            }
            at = end + 1;
        }
        if text.len() > start {
            break;
        }
    }
    if !text.is_ascii() {
        // Letters of some scripts compose when the space between them goes.
        let composed: String = text.get(start..).unwrap_or("").nfc().collect();
        text.truncate(start);
        text.push_str(&composed);
    }
    // Two words that come together as an abbreviation, so that the key is its own key.
    if let Some(long) = text.get(start..).and_then(expanded) {
        text.truncate(start);
        text.push_str(long);
    }
}

fn is_nobody(value: &str, words: &Words) -> bool {
    words.is_placeholder(value) || text::is_null_literal_in_name(value)
}

/// Writes words apart by single spaces.
struct Writer<'a> {
    text: &'a mut String,
    /// Where the word begins that is being written.
    start: usize,
    /// Where its last letter begins.
    last: usize,
    /// While the word is initials with dots: whether a dot stands behind the last letter.
    initials: Option<bool>,
    abbreviated: bool,
}

impl Writer<'_> {
    fn write(&mut self, clean: &str) {
        for c in clean.chars() {
            match c {
                // A vowel sign of another script belongs to its letter; a Latin letter has lost its own marks already.
                c if is_combining_mark(c) => {
                    if self.initials.is_none()
                        && !self.word().ends_with(|l: char| l.is_ascii())
                        && !self.word().is_empty()
                    {
                        self.text.push(c);
                    }
                }
                '.' if self.word().chars().count() == 1 || self.initials == Some(false) => {
                    self.initials = Some(true)
                }
                '&' => {
                    self.close();
                    self.text.push_str("ET");
                    self.close();
                }
                'º' | '°' => self.close(),
                c if c.is_alphanumeric() => {
                    match self.initials {
                        // The letter behind `S.` goes on with the initials; a second one shows that it opened a word.
                        Some(true) if c.is_alphabetic() => self.initials = Some(false),
                        Some(true) => self.close(),
                        Some(false) => self.part(),
                        None => {}
                    }
                    self.last = self.text.len();
                    text::fold_upper_into(c.encode_utf8(&mut [0; 4]), self.text);
                }
                _ => self.close(),
            }
        }
        self.close();
        self.text.truncate(self.text.trim_end().len());
    }

    fn word(&self) -> &str {
        self.text.get(self.start..).unwrap_or("")
    }

    /// `J.Dupont`: what looked like the next initial is the first letter of a word.
    fn part(&mut self) {
        let letter = self.text.split_off(self.last.max(self.start));
        self.close();
        self.text.push_str(&letter);
    }

    fn close(&mut self) {
        self.initials = None;
        if self.word().is_empty() {
            return;
        }
        if let Some(long) = expanded(self.word()) {
            self.text.truncate(self.start);
            self.text.push_str(long);
            self.abbreviated = true;
        } else if !self.word().is_ascii() {
            let composed: String = self.word().nfc().collect();
            self.text.truncate(self.start);
            self.text.push_str(&composed);
        }
        self.text.push(' ');
        self.start = self.text.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{Country, Kind, any};
    use crate::time::Day;

    fn value(kind: Kind, raw: &str) -> String {
        let cx = Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap());
        any(kind, raw, &cx).value.unwrap_or_default()
    }

    #[test]
    fn initials_join_and_words_do_not() {
        for (raw, want) in [
            ("S.A.R.L. Dupont & Fils", "SARL DUPONT ET FILS"),
            ("S.A.R.L Dupont", "SARL DUPONT"),
            ("E.D.F.", "EDF"),
            ("J.Dupont", "J DUPONT"),
            ("J.P.Dupont", "JP DUPONT"),
            ("J. P. Dupont", "J P DUPONT"),
            ("3.14 Conseil", "3 14 CONSEIL"),
            ("L'Oréal", "L OREAL"),
            ("H&M", "H ET M"),
        ] {
            assert_eq!(value(Kind::CompanyName, raw), want, "{raw}");
        }
    }

    #[test]
    fn a_key_keeps_what_tells_companies_apart() {
        assert_eq!(value(Kind::CompanyKey, "S.A.R.L. Dupont & Fils"), "DUPONTFILS");
        assert_eq!(value(Kind::CompanyKey, "Société de France"), "SOCIETEDEFRANCE", "nothing else is left");
        assert_eq!(value(Kind::CompanyKey, "E TS"), "ETABLISSEMENTS");
    }
}
