//! How well what is asked agrees with what is known: integers, in thousandths.
//!
//! Each clue is worth its points of `domain.md` §3.4; a person's score is the share of the points asked for that they
//! reach. A value that is not known takes away half of its points' weight; one that differs all of it.

use super::asked::{Asked, Born, Clue, Mail, Name, Number, Reading, Sees};
use super::keys::{Form, figures, forms, mailbox, tail};
use crate::matching::PointsSpec;
use crate::matching::similarity::{osa_within, within_one};
use crate::records::OwnRecord;
use crate::reference::names::NameTables;
use schemars::JsonSchema;
use serde::Serialize;
use std::cell::RefCell;
use std::collections::HashMap;

/// How a value met what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The whole value.
    Exact,
    /// One contains the words of the other.
    Included,
    /// A usual short form of the first name.
    Nickname,
    /// The first letter.
    Initial,
    /// A character more, less, other, or two swapped.
    OneSlip,
    /// Two of these.
    TwoSlips,
    /// It sounds the same.
    Phonetic,
    /// It begins so.
    Prefix,
    /// It ends so.
    Suffix,
    /// The same mailbox at another domain.
    OtherDomain,
    /// Day and month in each other's place.
    Swapped,
    /// The year.
    Year,
    /// The *département*.
    Area,
}

/// A clue that a person met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Met {
    /// What was asked.
    pub clue: Clue,
    /// How the value met it.
    pub how: How,
    /// Whether last and first name stand in each other's place.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub names_swapped: bool,
}

type Level = Option<(u32, How)>;

fn better(a: Level, b: Level) -> Level {
    match (a, b) {
        (Some(x), Some(y)) if (y.0, std::cmp::Reverse(y.1)) > (x.0, std::cmp::Reverse(x.1)) => b,
        (None, _) => b,
        _ => a,
    }
}

fn first_of(levels: &[(bool, u32, How)]) -> Level {
    levels.iter().find(|(is, ..)| *is).map(|(_, quality, how)| (*quality, *how))
}

/// A clue against the values of some records: none when no value is known, 0 when all differ.
enum Found {
    Unknown,
    Differs,
    Meets(u32, How),
}

pub(super) struct Judge<'j> {
    asked: &'j Asked,
    points: &'j PointsSpec,
    names: &'j NameTables,
    /// What texts were found to be, by clue and reading: names and places come again from record to record.
    known: RefCell<HashMap<(Clue, usize), HashMap<String, Level>>>,
}

impl<'j> Judge<'j> {
    pub fn new(asked: &'j Asked, points: &'j PointsSpec, names: &'j NameTables) -> Judge<'j> {
        Judge { asked, points, names, known: RefCell::default() }
    }

    /// The score of some records of one person, and the clues that they meet, in the reading that suits them best.
    pub fn score(&self, records: &[&OwnRecord]) -> (u32, Vec<Met>) {
        let mut best: Option<(u32, Vec<Met>)> = None;
        for reading in 0..self.asked.readings.len() {
            let this = self.score_in(reading, records);
            if best
                .as_ref()
                .is_none_or(|b| (this.0, std::cmp::Reverse(&this.1)) > (b.0, std::cmp::Reverse(&b.1)))
            {
                best = Some(this);
            }
        }
        best.unwrap_or_default()
    }

    fn score_in(&self, number: usize, records: &[&OwnRecord]) -> (u32, Vec<Met>) {
        let reading = &self.asked.readings[number];
        let (mut gained, mut asked) = (0u64, 0u64);
        let mut met = Vec::new();
        for (clue, points) in self.clues(reading) {
            let names_swapped = reading.swapped && matches!(clue, Clue::LastName | Clue::FirstName);
            match self.find(clue, number, records) {
                Found::Unknown => asked += points * 500,
                Found::Differs => asked += points * 1000,
                Found::Meets(quality, how) => {
                    asked += points * 1000;
                    let quality = if names_swapped { quality * 9 / 10 } else { quality };
                    gained += points * u64::from(quality);
                    met.push(Met { clue, how, names_swapped });
                }
            }
        }
        let score = (gained * 1000 + asked / 2).checked_div(asked).unwrap_or(0);
        (score as u32, met)
    }

    /// What is asked, with its points.
    fn clues(&self, reading: &Reading) -> Vec<(Clue, u64)> {
        let (a, p) = (self.asked, self.points);
        let city = a.city.is_some() || reading.city.is_some();
        [
            (a.email.is_some(), Clue::Email, p.email),
            (a.phone.is_some(), Clue::Phone, p.mobile),
            (a.card.is_some(), Clue::LoyaltyCard, p.loyalty_card),
            (a.born.is_some(), Clue::BirthDate, p.birth_date_equal),
            (reading.last.is_some(), Clue::LastName, p.last_name_equal),
            (reading.first.is_some(), Clue::FirstName, p.first_name_equal),
            (a.postcode.is_some(), Clue::Postcode, p.postcode),
            (city, Clue::City, p.postcode),
        ]
        .into_iter()
        .filter(|(is, ..)| *is)
        // A clue without points of its own still tells people apart.
        .map(|(_, clue, points)| (clue, points.max(1) as u64))
        .collect()
    }

    /// Whether records meet a clue in any reading, as far as the role may know.
    pub fn meets(&self, clue: Clue, record: &OwnRecord) -> bool {
        (0..self.asked.readings.len()).any(|r| matches!(self.find(clue, r, &[record]), Found::Meets(..)))
    }

    fn find(&self, clue: Clue, reading: usize, records: &[&OwnRecord]) -> Found {
        let mut found = Found::Unknown;
        for v in records.iter().flat_map(|r| &r.values).filter(|v| clue.fields().contains(&v.field)) {
            let sees = self.asked.eyes.on(v.field);
            if sees == Sees::Nothing {
                continue;
            }
            let level = self.level(clue, reading, &v.text);
            let level = level.filter(|(_, how)| sees == Sees::Any || *how == How::Exact);
            found = match (found, level) {
                (Found::Meets(q, h), level) => {
                    let (q, h) = better(Some((q, h)), level).unwrap_or((q, h));
                    Found::Meets(q, h)
                }
                (_, Some((q, h))) => Found::Meets(q, h),
                (_, None) => Found::Differs,
            };
        }
        found
    }

    fn level(&self, clue: Clue, reading: usize, value: &str) -> Level {
        let mut known = self.known.borrow_mut();
        let of = known.entry((clue, reading)).or_default();
        if let Some(level) = of.get(value) {
            return *level;
        }
        let level = self.find_level(clue, &self.asked.readings[reading], value);
        of.insert(value.to_owned(), level);
        level
    }

    fn find_level(&self, clue: Clue, reading: &Reading, value: &str) -> Level {
        let a = self.asked;
        match clue {
            Clue::Id => None,
            Clue::Email => a.email.as_ref().and_then(|m| email(m, value)),
            Clue::Phone => a.phone.as_ref().and_then(|n| phone(n, value)),
            Clue::LoyaltyCard => a.card.as_ref().and_then(|c| card(c, value)),
            Clue::BirthDate => a.born.as_ref().and_then(|b| born(b, value)),
            Clue::LastName => reading.last.as_ref().and_then(|n| last_name(n, value, self.names)),
            Clue::FirstName => reading.first.as_ref().and_then(|n| first_name(n, value, self.names)),
            Clue::Postcode => a.postcode.as_ref().and_then(|p| postcode(p, value)),
            Clue::City => a.city.as_ref().or(reading.city.as_ref()).and_then(|c| city(c, value)),
        }
    }
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

/// Whether one slip sets two texts apart; short ones differ too easily.
fn slip(a: &str, b: &str) -> bool {
    chars(a).min(chars(b)) >= 4 && within_one(a, b)
}

fn two_slips(a: &str, b: &str) -> bool {
    chars(a).min(chars(b)) >= 6 && osa_within(a, b, 2).is_some()
}

fn email(asked: &Mail, value: &str) -> Level {
    let mut key = String::new();
    crate::normalize::email::key_into(value, &mut key);
    let (local, domain) = mailbox(value);
    let whole = asked.key.is_some();
    first_of(&[
        (asked.key.as_ref() == Some(&key), 1000, How::Exact),
        (whole && asked.mailbox == local && asked.domain == domain, 950, How::OneSlip),
        (asked.mailbox == local && chars(&local) >= 4, 850, How::OtherDomain),
        (whole && slip(&asked.text, value), 850, How::OneSlip),
        (!whole && local.starts_with(&asked.mailbox), 750, How::Prefix),
        (slip(&asked.mailbox, &local) && asked.domain == domain, 800, How::OneSlip),
        (whole && two_slips(&asked.text, value), 700, How::TwoSlips),
    ])
}

fn phone(asked: &Number, value: &str) -> Level {
    let digits = figures(value);
    let part = chars(&asked.figures);
    // What a number's beginning says of the country may be the slip: 06 97 is Martinique.
    let (mine, own) = (tail(&asked.figures, 9), tail(&digits, 9));
    first_of(&[
        (asked.whole.as_deref() == Some(value), 1000, How::Exact),
        (part >= 9 && digits.ends_with(&asked.figures), 950, How::Suffix),
        (part >= 4 && digits.ends_with(&asked.figures), 500 + 50 * part as u32, How::Suffix),
        (part >= 8 && within_one(mine, own), 850, How::OneSlip),
        (part >= 9 && osa_within(mine, own, 2).is_some(), 600, How::TwoSlips),
    ])
}

fn card(asked: &str, value: &str) -> Level {
    let value = figures(value);
    let part = chars(asked);
    first_of(&[
        (asked == value, 1000, How::Exact),
        (part >= 4 && value.ends_with(asked), 500 + 40 * part.min(10) as u32, How::Suffix),
        (part >= 6 && within_one(asked, &value), 850, How::OneSlip),
        (part >= 8 && osa_within(asked, &value, 2).is_some(), 600, How::TwoSlips),
    ])
}

fn born(asked: &Born, value: &str) -> Level {
    let day = match asked {
        Born::Year(year) => return value.starts_with(year.as_str()).then_some((500, How::Year)),
        Born::Day(day) => day,
    };
    let parts = |t: &str| Some((t.get(..4)?.to_owned(), t.get(5..7)?.to_owned(), t.get(8..)?.to_owned()));
    let (Some((y, m, d)), Some((vy, vm, vd))) = (parts(day), parts(value)) else { return None };
    let differ = u8::from(y != vy) + u8::from(m != vm) + u8::from(d != vd);
    first_of(&[
        (day == value, 1000, How::Exact),
        (y == vy && m == vd && d == vm, 750, How::Swapped),
        (differ == 1 && within_one(&figures(day), &figures(value)), 700, How::OneSlip),
        (y == vy, 200, How::Year),
    ])
}

fn last_name(asked: &Name, value: &str, tables: &NameTables) -> Level {
    let mine = asked.forms.first()?;
    let mut best = None;
    for (n, form) in forms(value, tables).iter().enumerate() {
        let exact = if n == 0 { (1000, How::Exact) } else { (900, How::Included) };
        let of_part = |quality: u32| if n == 0 { quality } else { quality * 9 / 10 };
        let level = letters(mine, form, exact, of_part);
        best = better(best, level);
        // DUPONT MARTIN is asked for, MARTIN is known.
        if asked.forms.get(1..).is_some_and(|parts| parts.iter().any(|p| p.letters == form.letters)) {
            best = better(best, Some((850, How::Included)));
        }
    }
    best
}

fn letters(asked: &Form, form: &Form, exact: (u32, How), of: impl Fn(u32) -> u32) -> Level {
    let (a, b) = (asked.letters.as_str(), form.letters.as_str());
    first_of(&[
        (a == b, exact.0, exact.1),
        (slip(a, b), of(850), How::OneSlip),
        (asked.sound == form.sound, of(800), How::Phonetic),
        (chars(a) >= 2 && b.starts_with(a), of(700), How::Prefix),
        (two_slips(a, b), of(650), How::TwoSlips),
    ])
}

fn first_name(asked: &Name, value: &str, tables: &NameTables) -> Level {
    let theirs = forms(value, tables);
    let (Some(mine), Some(form)) = (asked.forms.first(), theirs.first()) else { return None };
    let (a, b) = (mine.letters.as_str(), form.letters.as_str());
    let includes = |all: &[Form], one: &Form| all.iter().skip(1).any(|f| f.letters == one.letters);
    let one_letter = chars(a).min(chars(b)) == 1;
    // PAUL and PAULE, MARTIN and MARTINE are two people.
    let distinct = tables.distinct_first_names(&asked.text, value);
    let of = |quality: u32| if distinct { quality / 2 } else { quality };
    first_of(&[
        (a == b, 1000, How::Exact),
        (tables.are_nicknames(&asked.text, value), 900, How::Nickname),
        (one_letter && a.chars().next() == b.chars().next(), 600, How::Initial),
        (includes(&theirs, mine) || includes(&asked.forms, form), 800, How::Included),
        (slip(a, b), of(800), How::OneSlip),
        (mine.sound == form.sound, of(750), How::Phonetic),
        (chars(a) >= 2 && b.starts_with(a), of(700), How::Prefix),
        (two_slips(a, b), of(550), How::TwoSlips),
    ])
}

fn postcode(asked: &str, value: &str) -> Level {
    first_of(&[
        (asked == value, 1000, How::Exact),
        (chars(asked) < 5 && value.starts_with(asked), 800, How::Prefix),
        (slip(asked, value), 600, How::OneSlip),
        (chars(asked) >= 2 && asked.get(..2) == value.get(..2), 400, How::Area),
    ])
}

fn city(asked: &str, value: &str) -> Level {
    let words = |t: &str| t.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let (mine, theirs) = (words(asked), words(value));
    first_of(&[
        (asked == value, 1000, How::Exact),
        (
            mine.iter().all(|w| theirs.contains(w)) || theirs.iter().all(|w| mine.contains(w)),
            800,
            How::Included,
        ),
        (slip(asked, value), 800, How::OneSlip),
        (chars(asked) >= 2 && value.starts_with(asked), 700, How::Prefix),
        (two_slips(asked, value), 600, How::TwoSlips),
    ])
}
