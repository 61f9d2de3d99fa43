//! Which keys a search looks under, most telling first.

use super::asked::{Asked, Born, Clue, Mail, Reading};
use super::keys::{
    FIRSTS, Form, HALVED, Key, LAST, MAIL_HALF, NAME_HALF, NOBODY, UNMARKED, halves, head, initial, mark,
    tail,
};
use crate::reference::Tables;
use crate::repository::scene::named_key;
use crate::time::Day;
use std::collections::{BTreeMap, BTreeSet};

/// Keys to look under, from one to another, and what they were made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Probe {
    pub keys: (u64, u64),
    pub clues: Vec<Clue>,
}

/// How far a search goes before it looks at what it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// What was asked as it stands.
    Whole,
    /// Names that sound alike, parts of values.
    Near,
    /// Names and mailboxes that begin alike.
    Beginnings,
    /// Every slip.
    Slips,
}

/// One step of a search. `any_first`: among those of any first name with the same first letter; otherwise of those that
/// sound like the one that is asked for, which are some twenty times fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub reach: Reach,
    pub any_first: bool,
}

impl Step {
    pub const ALL: [Step; 7] = [
        Step { reach: Reach::Whole, any_first: false },
        Step { reach: Reach::Near, any_first: false },
        Step { reach: Reach::Beginnings, any_first: false },
        Step { reach: Reach::Slips, any_first: false },
        Step { reach: Reach::Near, any_first: true },
        Step { reach: Reach::Beginnings, any_first: true },
        Step { reach: Reach::Slips, any_first: true },
    ];
}

struct Probes(BTreeMap<(u64, u64), Vec<Clue>>);

impl Probes {
    fn put(&mut self, key: u64, clues: &[Clue]) {
        self.put_all((key, key), clues);
    }

    fn put_all(&mut self, keys: (u64, u64), clues: &[Clue]) {
        self.0.entry(keys).or_insert_with(|| clues.to_vec());
    }

    /// A key of a name, with the letters and marks of the first names that are meant.
    fn put_name(&mut self, key: Key, part: &str, firsts: &[First], clues: &[Clue]) {
        for f in firsts {
            let of = |mark| key.with_first(part, &f.letter, mark);
            self.put_all((of(f.marks.0), of(f.marks.1)), clues);
        }
    }
}

/// First names: the first letter, and from which mark to which.
struct First {
    letter: String,
    marks: (u64, u64),
}

/// The keys of a step of a search; those of a shorter reach come again.
pub(super) fn probes(asked: &Asked, tables: &Tables, step: Step) -> Vec<Probe> {
    let reach = step.reach;
    let mut p = Probes(BTreeMap::new());
    for reading in &asked.readings {
        names(&mut p, asked, reading, tables, step);
        births(&mut p, asked, reading, reach);
    }
    if let Some(mail) = &asked.email {
        emails(&mut p, mail, reach, asked.eyes.clear(Clue::Email));
    }
    if let Some(number) = &asked.phone {
        let slips = reach == Reach::Slips && asked.eyes.clear(Clue::Phone);
        for end in ends(&number.figures, number.figures.len() < 10 && number.whole.is_none(), slips) {
            p.put(Key::Phone.of(&end, ""), &[Clue::Phone]);
        }
    }
    if let Some(card) = &asked.card {
        let slips = reach == Reach::Slips && asked.eyes.clear(Clue::LoyaltyCard);
        for end in ends(card, false, slips) {
            p.put(Key::Card.of(&end, ""), &[Clue::LoyaltyCard]);
        }
    }
    p.0.into_iter().map(|(keys, clues)| Probe { keys, clues }).collect()
}

/// First letters to look under: that of the first name and none, or all.
fn initials(asked: &Asked, reading: &Reading) -> (Vec<String>, bool) {
    match &reading.first {
        // Under a mask the first letter alone must not choose anybody.
        Some(first) if asked.eyes.clear(Clue::FirstName) => {
            (vec![initial(&first.text), NOBODY.to_owned()], true)
        }
        _ => (all_initials().collect(), false),
    }
}

fn all_initials() -> impl Iterator<Item = String> {
    ('A'..='Z').map(String::from).chain([NOBODY.to_owned()])
}

fn names(p: &mut Probes, asked: &Asked, reading: &Reading, tables: &Tables, step: Step) {
    let reach = step.reach;
    let Some(last) = &reading.last else { return };
    let (letters, by_letter) = initials(asked, reading);
    let sound = reading.first.as_ref().and_then(|f| f.forms.first()).filter(|_| by_letter && !step.any_first);
    // Whose first name is not known may bear the one that is asked for.
    let marks = |letter: &str| match sound {
        Some(_) if letter == NOBODY => (UNMARKED, UNMARKED),
        Some(first) => (mark(first), mark(first)),
        None => (0, FIRSTS),
    };
    let firsts: Vec<First> =
        letters.into_iter().map(|letter| First { marks: marks(&letter), letter }).collect();
    let clues: &[Clue] = if by_letter { &[Clue::LastName, Clue::FirstName] } else { &[Clue::LastName] };
    if let Some(first) = &reading.first
        && let (Some(l), Some(f)) = (last.forms.first(), first.forms.first())
    {
        let person = format!("{}\u{1f}{}", l.letters, f.letters);
        p.put(named_key(&person), &[Clue::LastName, Clue::FirstName]);
    }
    // A last name alone is looked for at once when nothing more is said, and late when it is a doubtful reading.
    let alone = reading.first.is_none();
    let both = asked.readings.iter().any(|r| r.last.is_some() && r.first.is_some());
    let doubtful = alone && (both || reading.swapped);
    let least = match alone {
        false => Reach::Near,
        true if doubtful => Reach::Beginnings,
        true => Reach::Whole,
    };
    if reach < least || doubtful && !step.any_first {
        return;
    }
    let Some(whole) = last.forms.first() else { return };
    // With a place the letter is not needed, and a common name stays narrow.
    let areas = areas(asked, reading, tables);
    let has_area = !areas.is_empty();
    let clue = if asked.postcode.is_some() { Clue::Postcode } else { Clue::City };
    let marks: BTreeSet<(u64, u64)> = firsts.iter().map(|f| f.marks).collect();
    for area in areas {
        let of_area: Vec<First> = marks.iter().map(|m| First { letter: area.clone(), marks: *m }).collect();
        for form in &last.forms {
            p.put_name(Key::Place, &form.sound, &of_area, &[Clue::LastName, clue]);
        }
    }
    if alone && has_area && reach < Reach::Beginnings {
        return;
    }
    for form in &last.forms {
        p.put_name(Key::Sound, &form.sound, &firsts, clues);
    }
    if !asked.eyes.clear(Clue::LastName) || reach < Reach::Beginnings {
        return;
    }
    beginnings(p, whole, &firsts, clues, by_letter);
    if reach < Reach::Slips {
        return;
    }
    let length = whole.letters.chars().count();
    let half = |n: usize| halves(n, NAME_HALF);
    for n in length.saturating_sub(1).max(HALVED)..=length + 1 {
        p.put_name(Key::Tail, tail(&whole.letters, half(n).1), &firsts, clues);
    }
    for swapped in swaps(&whole.letters) {
        if let Some(form) = Form::of_letters(swapped) {
            p.put_name(Key::Sound, &form.sound, &firsts, clues);
        }
    }
    // A slip in the first letter of the first name.
    if sound.is_none() {
        let all: Vec<First> = all_initials().map(|letter| First { letter, marks: (0, FIRSTS) }).collect();
        p.put_name(Key::Sound, &whole.sound, &all, &[Clue::LastName]);
    }
}

/// Names that begin so, and those that a slip at their end sets apart.
fn beginnings(p: &mut Probes, form: &Form, firsts: &[First], clues: &[Clue], by_letter: bool) {
    let length = form.letters.chars().count();
    for half in 2..=NAME_HALF.min(length) {
        p.put_name(Key::Head, head(&form.letters, half), firsts, clues);
    }
    // Three letters of a longer name: the fourth is tried.
    if length == NAME_HALF - 1 && by_letter {
        for next in 'A'..='Z' {
            p.put_name(Key::Head, &format!("{}{next}", form.letters), firsts, clues);
        }
    }
}

/// The first two figures of postcodes that are asked for.
fn areas(asked: &Asked, reading: &Reading, tables: &Tables) -> BTreeSet<String> {
    if let Some(postcode) = &asked.postcode {
        return (postcode.len() >= 2).then(|| head(postcode, 2).to_owned()).into_iter().collect();
    }
    let city = asked.city.as_ref().or(reading.city.as_ref());
    let name = city.and_then(|c| tables.postal.name(c));
    name.into_iter()
        .flat_map(|n| tables.postal.codes_of(n))
        .map(|code| format!("{:02}", code / 1000))
        .collect()
}

fn emails(p: &mut Probes, mail: &Mail, reach: Reach, clear: bool) {
    let clues = &[Clue::Email];
    let length = mail.mailbox.chars().count();
    let end = |n: usize| tail(&mail.mailbox, halves(n, MAIL_HALF).1);
    p.put(Key::Mailbox.of(&mail.mailbox, ""), clues);
    if mail.key.is_some() && length >= HALVED {
        p.put(Key::MailTail.of(end(length), &mail.domain), clues);
    }
    if !clear || reach < Reach::Beginnings && mail.key.is_some() {
        return;
    }
    for half in 2..=MAIL_HALF.min(length) {
        p.put(Key::MailHead.of(head(&mail.mailbox, half), ""), clues);
    }
    if reach == Reach::Slips {
        for n in length.saturating_sub(1).max(HALVED)..=length + 1 {
            p.put(Key::MailTail.of(end(n), &mail.domain), clues);
        }
        for swapped in swaps(&mail.mailbox) {
            p.put(Key::Mailbox.of(&swapped, ""), clues);
        }
    }
}

fn births(p: &mut Probes, asked: &Asked, reading: &Reading, reach: Reach) {
    let Some(Born::Day(day)) = &asked.born else { return };
    let (letters, by_letter) = initials(asked, reading);
    let clues: &[Clue] = if by_letter { &[Clue::BirthDate, Clue::FirstName] } else { &[Clue::BirthDate] };
    let mut days = vec![day.clone()];
    if reach > Reach::Whole && asked.eyes.clear(Clue::BirthDate) {
        days.extend(swapped_day(day));
    }
    if reach == Reach::Slips && asked.eyes.clear(Clue::BirthDate) {
        days.extend(slips(day).filter(|d| Day::parse_iso(d).is_some()));
    }
    for day in &days {
        for letter in &letters {
            p.put(Key::Born.of(day, letter), clues);
        }
    }
}

/// Day and month in each other's place.
fn swapped_day(day: &str) -> Option<String> {
    let swapped = format!("{}-{}-{}", day.get(..4)?, day.get(8..)?, day.get(5..7)?);
    Day::parse_iso(&swapped).map(|_| swapped)
}

/// Every text with two neighbouring characters in each other's place.
fn swaps(text: &str) -> impl Iterator<Item = String> {
    let all: Vec<char> = text.chars().collect();
    (1..all.len()).filter_map(move |i| {
        let mut swapped = all.clone();
        swapped.swap(i - 1, i);
        (swapped != all).then(|| swapped.into_iter().collect())
    })
}

/// Every text with one figure other, or two neighbours in each other's place.
fn slips(text: &str) -> impl Iterator<Item = String> {
    let all: Vec<char> = text.chars().collect();
    let figures = (0..all.len()).filter({
        let all = all.clone();
        move |i| all.get(*i).is_some_and(char::is_ascii_digit)
    });
    let others = figures.flat_map(move |i| {
        let all = all.clone();
        ('0'..='9').filter_map(move |c| {
            let mut other = all.clone();
            let old = std::mem::replace(other.get_mut(i)?, c);
            (old != c).then(|| other.into_iter().collect::<String>())
        })
    });
    others.chain(swaps(text))
}

/// Last figures to look under. `open`: figures may be missing before the ones that are given.
fn ends(number: &str, open: bool, with_slips: bool) -> BTreeSet<String> {
    let length = number.chars().count();
    let mut ends = BTreeSet::new();
    match length {
        0..4 => {}
        4 | 5 if open => {
            let missing = LAST - length;
            let count = 10usize.pow(missing as u32);
            ends.extend((0..count).map(|n| format!("{n:0missing$}{number}")));
        }
        _ => {
            ends.insert(tail(number, LAST).to_owned());
        }
    }
    if with_slips && length >= LAST {
        ends.extend(slips(tail(number, LAST)));
        // A figure too much among the last, or one too few.
        let seven: Vec<char> = tail(number, LAST + 1).chars().collect();
        let five: Vec<char> = tail(number, LAST - 1).chars().collect();
        if seven.len() == LAST + 1 {
            ends.extend((0..=LAST).map(|i| without(&seven, i)));
        }
        for i in 0..five.len() + 1 {
            for c in '0'..='9' {
                let mut longer = five.clone();
                longer.insert(i, c);
                ends.insert(longer.into_iter().collect());
            }
        }
        // Two neighbours across the border of the last six.
        if let [a, b, rest @ ..] = seven.as_slice() {
            ends.insert([*b, *a].iter().skip(1).chain(rest).collect());
        }
    }
    ends
}

fn without(text: &[char], at: usize) -> String {
    text.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, c)| *c).collect()
}
