//! The five customer files: which columns each has, and how it writes an entry into them.

use super::day::{self, DayLayout, from_civil};
use super::dice::{Dice, scatter};
use super::entry::Entry;
use super::profile::{SOURCES, source_index};
use super::sheet::{Kind, Sheet};
use super::shops::shop_id;

use Kind::{Flag, Text};

/// Columns of the source at `index`; the first is its own customer id.
#[must_use]
pub fn columns(index: usize) -> &'static [(&'static str, Kind)] {
    match SOURCES[index].name {
        "pos" => &[
            ("CUST_NO", Text),
            ("CIV", Text),
            ("NOM_CLIENT", Text),
            ("PRENOM", Text),
            ("TEL", Text),
            ("MAIL", Text),
            ("ADR1", Text),
            ("ADR2", Text),
            ("CP", Text),
            ("VILLE", Text),
            ("DT_NAISS", Text),
            ("MAG", Text),
            ("OPTIN_MAIL", Text),
            ("OPTIN_SMS", Text),
            ("DT_CREA", Text),
            ("DT_MAJ", Text),
        ],
        "web" => &[
            ("customer_id", Text),
            ("gender", Text),
            ("first_name", Text),
            ("last_name", Text),
            ("email", Text),
            ("phone", Text),
            ("street_number", Text),
            ("street", Text),
            ("address_extra", Text),
            ("zip", Text),
            ("city", Text),
            ("country", Text),
            ("birthdate", Text),
            ("newsletter", Flag),
            ("created_at", Text),
            ("updated_at", Text),
        ],
        "crm" => &[
            ("id_contact", Text),
            ("civilite", Text),
            ("nom", Text),
            ("nom_naissance", Text),
            ("prenom", Text),
            ("courriel", Text),
            ("tel_mobile", Text),
            ("tel_fixe", Text),
            ("adresse", Text),
            ("complement", Text),
            ("code_postal", Text),
            ("ville", Text),
            ("date_naissance", Text),
            ("optin_email", Text),
            ("optin_sms", Text),
            ("date_maj", Text),
        ],
        "loyalty" => &[
            ("card_no", Text),
            ("civ", Text),
            ("nom", Text),
            ("prenom", Text),
            ("naissance", Text),
            ("portable", Text),
            ("fixe", Text),
            ("mail", Text),
            ("adresse", Text),
            ("complement", Text),
            ("cp", Text),
            ("ville", Text),
            ("solde_euros", Text),
            ("optin", Text),
            ("maj", Text),
        ],
        _ => &[
            ("call_ref", Text),
            ("sexe", Text),
            ("caller_name", Text),
            ("caller_phone", Text),
            ("caller_email", Text),
            ("caller_address", Text),
            ("caller_birth", Text),
            ("consent", Text),
            ("last_call", Text),
        ],
    }
}

/// The customer ids of one source: all different, in no order that follows the person.
#[derive(Clone, Copy)]
pub struct Numbering {
    source: usize,
    shift: u64,
}

impl Numbering {
    /// The numbering of the source at `source`.
    #[must_use]
    pub fn new(source: usize, seed: u64) -> Self {
        let mut dice = Dice::new(seed, "numbering");
        let shifts = [(); SOURCES.len()].map(|()| dice.below(1_000_000_000) as u64);
        Self { source, shift: shifts[source] }
    }

    /// Id of the record at `index` of its source.
    #[must_use]
    pub fn id(&self, index: usize) -> String {
        let number = scatter(index as u64, 2_147_483_647, 62_089_911, self.shift);
        match SOURCES[self.source].name {
            "pos" => format!("{number:010}"),
            "web" => format!("w{number}"),
            "crm" => format!("C-{number:010}"),
            "loyalty" => format!("290{number:010}"),
            _ => format!("CC{number}"),
        }
    }
}

/// Texts put together from several fields; reused from row to row.
#[derive(Default)]
pub struct Scratch(String);

impl Scratch {
    fn day(&mut self, day: i32, layout: DayLayout) -> &str {
        self.0.clear();
        day::push(&mut self.0, day, layout);
        &self.0
    }

    fn birth(&mut self, entry: &Entry, layout: DayLayout) -> &str {
        self.0.clear();
        if let Some(day) = entry.birth {
            day::push(&mut self.0, day, layout);
        }
        &self.0
    }
}

/// Writes one row of the source at `index`.
pub fn write_row(
    index: usize,
    id: &str,
    entry: &Entry,
    dice: &mut Dice,
    sheet: &mut Sheet,
    scratch: &mut Scratch,
) {
    let write = match SOURCES[index].name {
        "pos" => write_pos,
        "web" => write_web,
        "crm" => write_crm,
        "loyalty" => write_loyalty,
        _ => write_callcenter,
    };
    sheet.text(id);
    write(entry, dice, sheet, scratch);
}

/// The mobile, or else the landline, where a file has one column for both.
fn any_phone(entry: &Entry) -> &str {
    if entry.mobile.is_empty() { &entry.landline } else { &entry.mobile }
}

fn either<'a>(condition: bool, yes: &'a str, no: &'a str) -> &'a str {
    if condition { yes } else { no }
}

fn write_pos(entry: &Entry, dice: &mut Dice, sheet: &mut Sheet, scratch: &mut Scratch) {
    // 1 Mr, 2 Mrs, 3 Miss.
    let miss = dice.chance(0.15);
    sheet.text(entry.woman.map_or("", |woman| either(woman, either(miss, "3", "2"), "1")));
    sheet.text(&entry.last);
    sheet.text(&entry.first);
    sheet.text(any_phone(entry));
    sheet.text(&entry.mail);
    sheet.text(&entry.line);
    sheet.text(&entry.complement);
    sheet.text(&entry.zip);
    sheet.text(&entry.city);
    sheet.text(scratch.birth(entry, DayLayout::Joined));
    sheet.text(&shop_id(entry.shop));
    sheet.text(either(entry.mail_consent, "O", "N"));
    sheet.text(either(entry.sms_consent, "O", "N"));
    sheet.text(scratch.day(entry.created, DayLayout::Slashes));
    sheet.text(scratch.day(entry.updated, DayLayout::Slashes));
}

fn write_web(entry: &Entry, dice: &mut Dice, sheet: &mut Sheet, scratch: &mut Scratch) {
    sheet.text(entry.woman.map_or("", |woman| either(woman, "female", "male")));
    sheet.text(&entry.first);
    sheet.text(&entry.last);
    sheet.text(&entry.mail);
    sheet.text(any_phone(entry));
    sheet.text(&entry.number);
    sheet.text(&entry.street);
    sheet.text(&entry.complement);
    sheet.text(&entry.zip);
    sheet.text(&entry.city);
    sheet.text(either(entry.has_address, "FR", ""));
    sheet.text(scratch.birth(entry, DayLayout::Iso));
    sheet.flag(entry.mail_consent);
    sheet.text(scratch.day(entry.created, DayLayout::Iso));
    let second = dice.below(86_400);
    let date = scratch.day(entry.updated, DayLayout::Iso);
    let time = format!("{date}T{:02}:{:02}:{:02}Z", second / 3_600, second / 60 % 60, second % 60);
    sheet.text(&time);
}

fn write_crm(entry: &Entry, dice: &mut Dice, sheet: &mut Sheet, scratch: &mut Scratch) {
    let (short, miss) = (dice.chance(0.7), dice.chance(0.4));
    let woman = either(short, "Mme", either(miss, "Mlle", "Madame"));
    sheet.text(entry.woman.map_or("", |is_woman| either(is_woman, woman, either(short, "M.", "Monsieur"))));
    sheet.text(&entry.last);
    sheet.text(&entry.birth_name);
    sheet.text(&entry.first);
    sheet.text(&entry.mail);
    sheet.text(&entry.mobile);
    sheet.text(&entry.landline);
    sheet.text(&entry.line);
    sheet.text(&entry.complement);
    sheet.text(&entry.zip);
    sheet.text(&entry.city);
    sheet.text(scratch.birth(entry, DayLayout::Slashes));
    sheet.text(either(entry.mail_consent, "1", "0"));
    sheet.text(either(entry.sms_consent, "1", "0"));
    sheet.text(scratch.day(entry.updated, DayLayout::Iso));
}

fn write_loyalty(entry: &Entry, dice: &mut Dice, sheet: &mut Sheet, scratch: &mut Scratch) {
    let miss = dice.chance(0.2);
    sheet.text(entry.woman.map_or("", |woman| either(woman, either(miss, "MLLE", "MME"), "MR")));
    sheet.text(&entry.last);
    sheet.text(&entry.first);
    // Two digits only where they leave no doubt about the century.
    let two_digits = dice.chance(0.12) && entry.birth.is_some_and(|day| day > from_civil(1946, 1, 1));
    let layout = if two_digits { DayLayout::ShortSlashes } else { DayLayout::Slashes };
    sheet.text(scratch.birth(entry, layout));
    sheet.text(&entry.mobile);
    sheet.text(&entry.landline);
    sheet.text(&entry.mail);
    sheet.text(&entry.line);
    sheet.text(&entry.complement);
    // A spreadsheet took the postal code for a number.
    sheet.text(entry.zip.strip_prefix('0').unwrap_or(&entry.zip));
    sheet.text(&entry.city);
    sheet.text(&amount(balance_cents(dice), ','));
    sheet.text(match (entry.mail_consent, entry.sms_consent) {
        (true, true) => "ES",
        (true, false) => "E",
        (false, true) => "S",
        (false, false) => "",
    });
    sheet.text(scratch.day(entry.updated, DayLayout::JoinedIso));
}

fn write_callcenter(entry: &Entry, _: &mut Dice, sheet: &mut Sheet, scratch: &mut Scratch) {
    sheet.text(entry.woman.map_or("", |woman| either(woman, "F", "H")));
    let text = &mut scratch.0;
    text.clear();
    text.push_str(&entry.last.to_uppercase());
    text.push(' ');
    text.push_str(&entry.first);
    sheet.text(text.trim());
    sheet.text(any_phone(entry));
    sheet.text(&entry.mail);
    text.clear();
    if entry.has_address {
        text.extend([entry.line.as_str(), ", ", &entry.zip, " ", &entry.city]);
    }
    sheet.text(text);
    sheet.text(scratch.birth(entry, DayLayout::Hyphens));
    sheet.text(either(entry.mail_consent, "yes", "no"));
    sheet.text(scratch.day(entry.updated, DayLayout::Hyphens));
}

/// A loyalty balance: most are small, a few large; 9.80 euros on average.
fn balance_cents(dice: &mut Dice) -> i64 {
    (865.0 * dice.exponential(1.0).powf(1.25)) as i64
}

/// An amount of cents with a decimal point or comma and no needless zero: `12,5`, `3,0`.
#[must_use]
pub fn amount(cents: i64, point: char) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let (euros, cents) = (cents.abs() / 100, cents.abs() % 100);
    if cents % 10 == 0 {
        format!("{sign}{euros}{point}{}", cents / 10)
    } else {
        format!("{sign}{euros}{point}{cents:02}")
    }
}

/// The numbering of a source by its name.
#[must_use]
pub fn numbering(name: &str, seed: u64) -> Numbering {
    Numbering::new(source_index(name), seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_no_needless_zero() {
        let written = [0, 150, -1_551, 7, 1_000_000].map(|cents| amount(cents, ','));
        assert_eq!(written, ["0,0", "1,5", "-15,51", "0,07", "10000,0"]);
    }

    #[test]
    fn ids_differ_within_a_source() {
        for source in 0..SOURCES.len() {
            let numbering = Numbering::new(source, 1);
            let ids: std::collections::HashSet<_> = (0..5_000).map(|index| numbering.id(index)).collect();
            assert_eq!(ids.len(), 5_000);
        }
    }
}
