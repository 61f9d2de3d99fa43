//! Under which keys a record can be found by a part of what is known of it, or by what was mistyped.
//!
//! The keys stand in the index of blocks beside those of matching. They are few, because each costs a row of the index,
//! and narrow: no key is a common last name alone. One slip leaves one half of a text whole, so texts of any letters
//! have a key for each half; of figures, which are ten, the asker tries every slip instead.

use crate::field;
use crate::intern::{hash_bytes, mix};
use crate::normalize::name::{name_key_into, without_particles};
use crate::normalize::phonetic::phonex_into;
use crate::records::OwnRecord;
use crate::reference::names::NameTables;

/// What a key is made of. The numbers are frozen: a kept index is found by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// Sound of a last name, first letter of the first name.
    Sound = 0x7000,
    /// Beginning of a last name, first letter of the first name.
    Head = 0x7001,
    /// End of a last name, first letter of the first name.
    Tail = 0x7002,
    /// Sound of a last name, the two figures of the *département*.
    Place = 0x7003,
    /// Letters and figures of an address before the `@`.
    Mailbox = 0x7004,
    /// Their beginning.
    MailHead = 0x7005,
    /// Their end, and what stands after the `@`.
    MailTail = 0x7006,
    /// Last six figures of a telephone number.
    Phone = 0x7007,
    /// Last six characters of a card's number.
    Card = 0x7008,
    /// Birth date, first letter of the first name.
    Born = 0x7009,
}

impl Key {
    pub fn of(self, a: &str, b: &str) -> u64 {
        mix(mix(self as u64, hash_bytes(a.as_bytes())), hash_bytes(b.as_bytes()))
    }

    /// A key whose low bits are the mark of a first name: one block holds those of every first name side by side, and
    /// part of it those of one.
    pub fn with_first(self, a: &str, b: &str, mark: u64) -> u64 {
        self.of(a, b) & !FIRSTS | mark
    }
}

/// The bits of a key that a first name marks.
pub(super) const FIRSTS: u64 = (1 << 10) - 1;
/// The mark of a first name that is not known.
pub(super) const UNMARKED: u64 = 0;

/// The mark of a first name by its sound; first names that sound alike share it, and some others.
pub(super) fn mark(first_name: &Form) -> u64 {
    1 + hash_bytes(first_name.sound.as_bytes()) % FIRSTS
}

/// In place of the first letter of a first name that is not known.
pub(super) const NOBODY: &str = "_";

/// A name as it is looked for: letters only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Form {
    pub letters: String,
    pub sound: String,
}

impl Form {
    /// Of a text that is letters already; none for an empty one.
    pub fn of_letters(letters: String) -> Option<Form> {
        let mut sound = String::new();
        phonex_into(&letters, &mut sound);
        if sound.is_empty() {
            sound.clone_from(&letters);
        }
        (!letters.is_empty()).then_some(Form { letters, sound })
    }
}

/// The most forms of one name.
const FORMS: usize = 4;

/// The forms of a normalised name: the whole, without its particles, and each of its longer words.
pub(super) fn forms(name: &str, tables: &NameTables) -> Vec<Form> {
    let mut letters = vec![String::new()];
    name_key_into(name, tables, &mut letters[0]);
    if name.contains(' ') {
        let mut bare = String::new();
        without_particles(name, tables, &mut bare);
        let mut key = String::new();
        name_key_into(&bare, tables, &mut key);
        letters.push(key);
        letters.extend(bare.split(' ').filter(|w| w.chars().count() >= 3).map(str::to_owned));
    }
    let mut forms: Vec<Form> = Vec::new();
    for form in letters.into_iter().filter_map(Form::of_letters) {
        if forms.len() < FORMS && forms.iter().all(|f| f.letters != form.letters) {
            forms.push(form);
        }
    }
    forms
}

/// The first letter of a first name.
pub(super) fn initial(first_name: &str) -> String {
    first_name.chars().find(|c| c.is_alphanumeric()).map_or_else(|| NOBODY.to_owned(), String::from)
}

/// The first characters of a text.
pub(super) fn head(text: &str, characters: usize) -> &str {
    let end = text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// The last characters of a text.
pub(super) fn tail(text: &str, characters: usize) -> &str {
    let skip = text.chars().count().saturating_sub(characters);
    let from = text.char_indices().nth(skip).map_or(text.len(), |(at, _)| at);
    &text[from..]
}

/// Shortest text with keys of its halves: of a shorter one a half says too little.
pub(super) const HALVED: usize = 4;
/// The most characters of a half of a name.
pub(super) const NAME_HALF: usize = 4;
/// The most characters of a half of a mailbox.
pub(super) const MAIL_HALF: usize = 6;

/// Characters of the two halves of a text of that length, and of at most so many.
pub(super) fn halves(length: usize, most: usize) -> (usize, usize) {
    (length.div_ceil(2).min(most), (length / 2).min(most))
}

/// Mailbox and domain of a normalised address: letters and figures before the `@` without a `+tag`, and what is after.
pub(super) fn mailbox(email: &str) -> (String, &str) {
    let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    let local = local.split('+').next().unwrap_or(local);
    (local.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect(), domain)
}

/// Letters and figures of a number.
pub(super) fn figures(number: &str) -> String {
    number.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Figures at the end of telephone numbers and cards that make a key.
pub(super) const LAST: usize = 6;

/// The search keys of a record, ascending.
pub fn keys(record: &OwnRecord, tables: &NameTables) -> Vec<u64> {
    let mut keys = Vec::with_capacity(12);
    let texts = |f| record.values.iter().filter(move |v| v.field == f).map(|v| v.text.as_str());
    let first_name = texts(field::FIRST_NAME).next();
    let letter = first_name.map_or_else(|| NOBODY.to_owned(), initial);
    let mark = first_name.and_then(|f| forms(f, tables).first().map(mark)).unwrap_or(UNMARKED);
    for name in texts(field::LAST_NAME).chain(texts(field::BIRTH_NAME)) {
        for form in forms(name, tables) {
            keys.push(Key::Sound.with_first(&form.sound, &letter, mark));
            let length = form.letters.chars().count();
            if length >= HALVED {
                let (first, last) = halves(length, NAME_HALF);
                keys.push(Key::Head.with_first(head(&form.letters, first), &letter, mark));
                keys.push(Key::Tail.with_first(tail(&form.letters, last), &letter, mark));
            }
            let place = |cp| Key::Place.with_first(&form.sound, head(cp, 2), mark);
            keys.extend(texts(field::POSTCODE).map(place));
        }
    }
    for email in texts(field::EMAIL) {
        let (local, domain) = mailbox(email);
        keys.push(Key::Mailbox.of(&local, ""));
        let length = local.chars().count();
        if length >= HALVED {
            let (first, last) = halves(length, MAIL_HALF);
            keys.push(Key::MailHead.of(head(&local, first), ""));
            keys.push(Key::MailTail.of(tail(&local, last), domain));
        }
    }
    for number in texts(field::MOBILE).chain(texts(field::LANDLINE)) {
        keys.push(Key::Phone.of(tail(&figures(number), LAST), ""));
    }
    keys.extend(texts(field::LOYALTY_CARD).map(|card| Key::Card.of(tail(&figures(card), LAST), "")));
    keys.extend(texts(field::BIRTH_DATE).map(|day| Key::Born.of(day, &letter)));
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{Mark, OwnValue};
    use crate::reference::Tables;

    fn record(values: &[(usize, &str)]) -> OwnRecord {
        let value = |(field, text): &(usize, &str)| OwnValue {
            field: *field,
            slot: 0,
            mark: Mark::default(),
            text: (*text).to_owned(),
        };
        OwnRecord { values: values.iter().map(value).collect(), ..OwnRecord::default() }
    }

    /// A kept index was written with these.
    #[test]
    fn keys_are_frozen() {
        let tables = Tables::embedded();
        let values = [
            (field::LAST_NAME, "LE GOFF"),
            (field::FIRST_NAME, "MARIE"),
            (field::BIRTH_DATE, "1970-03-12"),
            (field::EMAIL, "m.legoff+fid@orange.fr"),
            (field::MOBILE, "+33612348711"),
            (field::POSTCODE, "29200"),
            (field::LOYALTY_CARD, "2900278135080"),
        ];
        let found = keys(&record(&values), &tables.names);
        let mut hash = 0;
        found.iter().for_each(|k| hash = mix(hash, *k));
        assert_eq!((found.len(), format!("{hash:016x}")), (14, "6839ca7e19e5ace1".to_owned()));
    }

    #[test]
    fn a_usual_record_has_few() {
        let tables = Tables::embedded();
        let values = [
            (field::LAST_NAME, "DUPONT"),
            (field::FIRST_NAME, "JEAN"),
            (field::BIRTH_DATE, "1970-03-12"),
            (field::EMAIL, "jean.dupont@free.fr"),
            (field::MOBILE, "+33612348711"),
            (field::POSTCODE, "75011"),
        ];
        assert_eq!(keys(&record(&values), &tables.names).len(), 9);
        assert!(keys(&record(&[]), &tables.names).is_empty());
    }

    #[test]
    fn no_text_panics() {
        let tables = Tables::embedded();
        for text in ["", "é", "漢字", "@", "+", "a@b@c", "ÉÉÉÉÉ ÉÉÉ É", "'"] {
            let all: Vec<(usize, &str)> = (0..20).map(|f| (f, text)).collect();
            keys(&record(&all), &tables.names);
            assert_eq!(format!("{}{}", head(text, 1), tail(text, text.chars().count().max(1) - 1)), text);
        }
    }
}
