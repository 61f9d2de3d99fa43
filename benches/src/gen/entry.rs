//! What one source writes down about one person on one day, before the source's own columns.

use super::day::from_civil;
use super::dice::{Dice, Weights};
use super::habits::{
    complement, drop_article, respell_compound_first, respell_compound_surname, shorten_titles, type_freely,
    wrong_birth,
};
use super::mail::{SHARED_BY_ALL, misspelt};
use super::people::{DAYS, FIRST_DAY, Person, Population};
use super::phone::{self, LAYOUTS};
use super::profile::{Letters, Source, Wrong};
use super::reference::STREET_TYPES;
use super::shops::{Shop, shop_mail};
use super::slips::{Origin, short_form, slip};
use super::text::{misread, plain};

/// Mobiles that people invent: nine national digits.
const INVENTED_MOBILES: [u32; 6] =
    [600_000_000, 606_060_606, 612_345_678, 611_111_111, 699_999_999, 700_000_000];
/// Birth dates that people invent.
const INVENTED_BIRTHS: [i32; 4] =
    [from_civil(1900, 1, 1), from_civil(1901, 1, 1), from_civil(1970, 1, 1), from_civil(1980, 1, 1)];

/// The fields of one record; an absent one is empty. Reused from record to record.
#[derive(Default)]
pub struct Entry {
    /// Surname.
    pub last: String,
    /// Given name.
    pub first: String,
    /// Birth name, for a quarter of the women.
    pub birth_name: String,
    /// E-mail.
    pub mail: String,
    /// Mobile.
    pub mobile: String,
    /// Landline.
    pub landline: String,
    /// Whether any address was given.
    pub has_address: bool,
    /// House number with its `bis`.
    pub number: String,
    /// Type and name of the street.
    pub street: String,
    /// House number and street on one line.
    pub line: String,
    /// Second address line.
    pub complement: String,
    /// Postal code.
    pub zip: String,
    /// City.
    pub city: String,
    /// Days since 1970-01-01.
    pub birth: Option<i32>,
    /// What the title says: `Some(true)` for a woman.
    pub woman: Option<bool>,
    /// Day on which the record was made, since 1970-01-01.
    pub created: i32,
    /// Day of its last change.
    pub updated: i32,
    /// Agrees to e-mails.
    pub mail_consent: bool,
    /// Agrees to text messages.
    pub sms_consent: bool,
    /// Index of the shop.
    pub shop: usize,
}

/// Writes the entries of one source.
pub struct Clerk<'a> {
    population: &'a Population,
    shops: &'a [Shop],
    source: &'a Source,
    noise: f64,
    wrong: Wrong,
    layouts: Weights,
    /// The stream of this source's records.
    pub dice: Dice,
    entry: Entry,
}

impl<'a> Clerk<'a> {
    /// The clerk of `source`.
    #[must_use]
    pub fn new(
        population: &'a Population,
        shops: &'a [Shop],
        source: &'a Source,
        noise: f64,
        seed: u64,
    ) -> Self {
        Self {
            population,
            shops,
            source,
            noise,
            wrong: source.wrong.times(noise),
            layouts: Weights::new(source.phone_layouts),
            dice: Dice::new(seed, source.name),
            entry: Entry::default(),
        }
    }

    /// A new record of a person.
    pub fn record(&mut self, person: &Person) -> (&Entry, &mut Dice) {
        // The square root makes records denser towards the end, as a growing retailer's are.
        let created = (f64::from(DAYS) * self.dice.unit().sqrt()) as i32;
        let later = if self.dice.chance(0.5) { self.dice.between(0, 900) } else { 0 };
        let updated = (created + later).min(DAYS);
        self.entry.created = FIRST_DAY + created;
        self.entry.updated = FIRST_DAY + updated;
        self.entry.shop = self.dice.below(self.shops.len());

        let [mail, mut mobile, landline, address, birth] =
            self.source.fill.map(|rate| self.dice.chance(rate));
        // Nobody keeps a record by which the customer cannot be found again: most get a mobile then.
        mobile |= !(mail || mobile || address || birth) && self.dice.chance(0.75);
        self.write_mail(person, mail);
        self.write_phones(person, updated, mobile, landline);
        self.write_birth(person, birth);
        self.write_names(person);
        self.write_address(person, updated, address);
        self.write_title_and_consents(person);
        (&self.entry, &mut self.dice)
    }

    fn write_mail(&mut self, person: &Person, given: bool) {
        let (dice, wrong, mail) = (&mut self.dice, &self.wrong, &mut self.entry.mail);
        mail.clear();
        if given {
            let second = person.writes_second_mail && dice.chance(0.35);
            self.population.push_mail(person, second, mail);
        }
        if dice.chance(wrong.shop_mail) {
            *mail = shop_mail(self.entry.shop);
        }
        if dice.chance(wrong.no_mail) {
            mail.clear();
            mail.push_str(dice.pick(&SHARED_BY_ALL));
        }
        if mail.is_empty() {
            return;
        }
        if dice.chance(wrong.mail)
            && let Some((local, domain)) = mail.split_once('@')
        {
            let mut local = local.to_owned();
            slip(&mut local, Origin::Typing, dice);
            *mail = format!("{local}@{domain}");
        }
        if dice.chance(wrong.mail)
            && let Some((local, domain)) = mail.split_once('@')
        {
            *mail = format!("{local}@{}", misspelt(domain, dice));
        }
        if dice.chance(self.source.capital_mail) {
            mail.make_ascii_uppercase();
        }
        if dice.chance(0.01) {
            mail.insert(0, ' ');
        }
    }

    fn write_phones(&mut self, person: &Person, updated: i32, has_mobile: bool, has_landline: bool) {
        let (dice, wrong) = (&mut self.dice, &self.wrong);
        let changed = usize::from(updated >= person.second_mobile_from);
        let mut mobile = has_mobile.then_some(person.mobiles[changed]);
        if dice.chance(wrong.invented_mobile) {
            mobile = Some(dice.pick(&INVENTED_MOBILES));
        }
        if dice.chance(wrong.mobile) {
            let off_by = dice.pick(&[1, -1, 10, -10, 1_000, 90]);
            mobile = mobile.map(|number| number.saturating_add_signed(off_by));
        }
        let household = &self.population.households[person.household as usize];
        let mut landline = has_landline.then_some(household.landline);
        if dice.chance(wrong.shop_landline) {
            landline = Some(self.shops[self.entry.shop].landline);
        }
        for (number, text) in [(mobile, &mut self.entry.mobile), (landline, &mut self.entry.landline)] {
            text.clear();
            if let Some(number) = number {
                phone::push(text, number, LAYOUTS[self.layouts.draw(dice)]);
            }
        }
    }

    fn write_birth(&mut self, person: &Person, given: bool) {
        let dice = &mut self.dice;
        let mut birth = given.then_some(person.birth);
        if dice.chance(self.wrong.birth) {
            birth = birth.map(|day| wrong_birth(day, dice));
        }
        if dice.chance(self.wrong.invented_birth) {
            birth = Some(dice.pick(&INVENTED_BIRTHS));
        }
        self.entry.birth = birth;
    }

    fn write_names(&mut self, person: &Person) {
        let reference = &self.population.reference;
        let (dice, wrong, noise) = (&mut self.dice, &self.wrong, self.noise);
        let Entry { last, first, birth_name, .. } = &mut self.entry;
        let own_birth_name = &reference.last[usize::from(person.birth_last)];
        birth_name.clear();
        if person.woman && dice.chance(0.25) {
            birth_name.push_str(&own_birth_name.written);
        }
        let uses_birth_name = person.woman && dice.chance(0.06 * noise);
        let surname =
            if uses_birth_name { own_birth_name } else { &reference.last[usize::from(person.last)] };
        let given = self.population.first(person);
        let (surname, given) = match self.source.letters {
            Letters::Capitals => (&surname.capitals, &given.capitals),
            Letters::CapitalSurname | Letters::CapitalsButFirst => (&surname.capitals, &given.written),
            Letters::Proper | Letters::AsTyped => (&surname.written, &given.written),
        };
        last.clone_from(surname);
        first.clone_from(given);
        if self.source.letters == Letters::AsTyped {
            type_freely(last, first, dice);
        }
        if dice.chance(wrong.last) {
            slip(last, self.source.origin, dice);
        }
        if dice.chance(wrong.first) {
            slip(first, self.source.origin, dice);
        }
        // Written otherwise for a third of those who have one: a habit rather than a mistake.
        let otherwise = 0.35 * noise.min(1.0);
        if dice.chance(otherwise) {
            respell_compound_surname(last, dice);
        }
        if dice.chance(otherwise) {
            respell_compound_first(first, dice);
        }
        if dice.chance(0.03 * noise)
            && let Some(short) = short_form(first)
        {
            short.clone_into(first);
        }
        if dice.chance(wrong.initial)
            && let Some(initial) = first.chars().next()
        {
            first.clear();
            first.push(initial);
            first.push_str(if dice.chance(0.5) { "." } else { "" });
        }
        if dice.chance(wrong.swapped) {
            std::mem::swap(last, first);
        }
        if dice.chance(wrong.no_name) {
            dice.pick(&["INCONNU", "CLIENT", "XXX", "TEST", "NC", "."]).clone_into(last);
            if dice.chance(0.7) {
                dice.pick(&["", "X", "CLIENT", "."]).clone_into(first);
            }
        }
        if dice.chance(wrong.misread) {
            *last = misread(last);
            *first = misread(first);
        }
    }

    fn write_address(&mut self, person: &Person, updated: i32, given: bool) {
        let entry = &mut self.entry;
        for text in [&mut entry.number, &mut entry.street, &mut entry.line] {
            text.clear();
        }
        for text in [&mut entry.complement, &mut entry.zip, &mut entry.city] {
            text.clear();
        }
        entry.has_address = given;
        if !given {
            return;
        }
        let (dice, noise) = (&mut self.dice, self.noise);
        let capital = matches!(self.source.letters, Letters::Capitals | Letters::CapitalsButFirst);
        let place = self.population.households[person.household as usize].place(updated);
        let commune = &self.population.reference.communes[usize::from(place.commune)];
        let (kind, name) = self.population.reference.street(place.commune, place.street);

        let mut number = i32::from(place.number);
        if dice.chance(0.02 * noise) {
            number = (number + dice.pick(&[-1, 1, 10, -10])).max(1);
        }
        if !dice.chance(0.02 * noise) {
            entry.number.push_str(&number.to_string());
            entry.number.push_str(["", " bis", " ter", "B"][usize::from(place.suffix)]);
        }

        let (long, _, shorts) = STREET_TYPES[kind];
        entry.street.push_str(if dice.chance(self.source.short_street_type) {
            dice.pick(shorts)
        } else {
            long
        });
        entry.street.push(' ');
        let mut street = if capital { name.capitals.clone() } else { name.written.clone() };
        if !capital && dice.chance(0.3) {
            street = plain(&street);
        }
        if dice.chance(self.wrong.street) {
            slip(&mut street, Origin::Typing, dice);
        }
        if dice.chance(0.04 * noise) {
            drop_article(&mut street);
        }
        if dice.chance(0.25) {
            street = shorten_titles(&street);
        }
        entry.street.push_str(&street);
        if !entry.number.is_empty() {
            entry.line.push_str(&entry.number);
            entry.line.push_str(if dice.chance(0.2) { ", " } else { " " });
        }
        entry.line.push_str(&entry.street);
        if capital {
            entry.line = entry.line.to_uppercase();
        }

        if dice.chance(0.18) {
            entry.complement = complement(dice);
        }
        let written = if capital { &commune.capitals } else { &commune.city };
        entry.city.push_str(match dice.unit() {
            0.0..0.22 => &commune.shortened,
            0.22..0.34 => &commune.capitals,
            _ => written,
        });
        if dice.chance(0.015 * noise) {
            slip(&mut entry.city, Origin::Typing, dice);
        }
        if dice.chance(0.006) {
            entry.city.push_str(" CEDEX");
        }
        entry.zip.push_str(&commune.zip);
        if dice.chance(0.01 * noise) {
            let digit = dice.below(10).to_string();
            entry.zip.replace_range(3..4, &digit);
        }
    }

    fn write_title_and_consents(&mut self, person: &Person) {
        let (dice, entry) = (&mut self.dice, &mut self.entry);
        let woman = person.woman != dice.chance(0.02);
        entry.woman = (!dice.chance(0.06)).then_some(woman);
        entry.mail_consent = dice.chance(0.45);
        entry.sms_consent = dice.chance(0.30);
    }
}
