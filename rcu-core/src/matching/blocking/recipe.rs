//! Key recipes: what each part of a recipe makes of a record, and whether two records meet in it.

use crate::field::{self, FieldIx};
use crate::intern::{Pool, hash_bytes, mix};
use crate::matching::decide::Part;
use crate::matching::prepare::{Face, Multi, Prepared, numbers};
use crate::normalize::company::company_key_into;
use crate::normalize::phonetic::{phonex_into, soundex_code};
use crate::records::Record;
use crate::time::Day;
use rayon::prelude::*;
use std::borrow::Cow;

/// A key recipe ready to run: its parts, and what they make of each distinct value.
#[derive(Debug)]
pub struct Recipe<'r> {
    /// The parts.
    pub parts: &'r [Part],
    tables: Vec<Option<KeyTable>>,
    /// Field and width of a sorted neighbourhood.
    pub window: Option<(FieldIx, usize)>,
}

impl<'r> Recipe<'r> {
    /// Computes the keys of distinct values.
    pub fn new(parts: &'r [Part], p: &Prepared) -> Recipe<'r> {
        let window = parts.iter().find_map(|part| match part {
            Part::Sorted(f, n) => Some((*f, usize::from(*n))),
            _ => None,
        });
        Recipe { parts, tables: parts.iter().map(|part| KeyTable::new(*part, p)).collect(), window }
    }

    /// Every key of a record; none when a part is missing or makes no key. A key may come twice.
    pub fn keys(&self, p: &Prepared, r: Record, out: &mut dyn FnMut(u64)) {
        self.combine(0, p, r, 0, out);
    }

    fn combine(&self, part: usize, p: &Prepared, r: Record, so_far: u64, out: &mut dyn FnMut(u64)) {
        match self.parts.get(part) {
            None => out(so_far),
            Some(Part::Sorted(..)) => self.combine(part + 1, p, r, mix(so_far, 1), out),
            Some(of) => {
                values(*of, self.tables[part].as_ref(), p, r, |v| {
                    self.combine(part + 1, p, r, mix(so_far, v), &mut *out);
                });
            }
        }
    }

    /// Every key of a record as a number that is the same in every set of records, so that it may be stored. Frozen.
    pub fn stored_keys(&self, p: &Prepared, r: Record, out: &mut Vec<u64>) {
        let start = out.len();
        out.push(0x7263_7501);
        for (part, table) in self.parts.iter().zip(&self.tables) {
            let so_far = out.split_off(start);
            if matches!(part, Part::Sorted(..)) {
                out.extend(so_far);
                continue;
            }
            values(*part, table.as_ref(), p, r, |v| {
                let stored = stored_value(*part, p, r, v);
                out.extend(so_far.iter().map(|key| mix(*key, stored)));
            });
        }
        out[start..].sort_unstable();
        let mut kept = out.split_off(start);
        kept.dedup();
        out.extend(kept);
    }

    /// The values of one part for a record; none when it is missing or barred.
    #[inline]
    pub fn each_value(&self, part: usize, p: &Prepared, r: Record, out: impl FnMut(u64)) {
        values(self.parts[part], self.tables[part].as_ref(), p, r, out);
    }

    /// Whether two records have one part in common. A `sorted` part is common to all.
    pub fn part_meets(&self, part: usize, p: &Prepared, a: Record, b: Record) -> bool {
        parts_meet(self.parts[part], self.tables[part].as_ref(), p, a, b)
    }

    /// Whether the recipe pairs neighbours in the order of a field rather than records with equal parts.
    pub fn is_sorted(&self) -> bool {
        self.window.is_some()
    }

    /// Whether two records have all parts in common. Keys are hashes of their parts, so the parts themselves decide.
    #[inline]
    pub fn meet(&self, p: &Prepared, a: Record, b: Record) -> bool {
        self.parts.iter().zip(&self.tables).all(|(part, table)| parts_meet(*part, table.as_ref(), p, a, b))
    }
}

/// The distinct parts of several recipes, so that each is looked at once for a pair.
///
/// What the first sixteen parts make of a record is kept side by side in one line of a core's cache: whether two records
/// meet in them is found by comparing two lines.
#[derive(Debug)]
pub struct Parts {
    parts: Vec<(Part, Option<KeyTable>)>,
    lines: Vec<Line>,
    /// Bits of the parts whose numbers in a line are only hashes of their values.
    hashed: u32,
}

/// A number for each part: 0 for no value, [`Line::SEVERAL`] for more than one.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Line([u32; Line::PARTS]);

impl Line {
    const PARTS: usize = 16;
    const SEVERAL: u32 = u32::MAX;
}

/// Whether every value of a part is a number of 32 bits.
fn is_number(part: Part) -> bool {
    use Part::{First, MonthDay, Phonex, Prefix, Qgram, Sorted, Soundex, Suffix, Token, Year};
    !matches!(
        part,
        Prefix(..)
            | Suffix(..)
            | First(_)
            | Phonex(_)
            | Soundex(_)
            | Token(_)
            | Qgram(..)
            | Year(_)
            | MonthDay(_)
            | Sorted(..)
    )
}

/// Numbers by record of a part that joins two numbers; 0 where one of them must not be missing and is.
fn joined<'p>(part: Part, p: &'p Prepared) -> Option<Cow<'p, [u32]>> {
    let name_pair = |r: Record| {
        let f = &p.faces[r as usize];
        match (f.last_key.min(f.first_key), f.last_key.max(f.first_key)) {
            (0, _) => 0,
            (low, high) => u64::from(high) << 32 | u64::from(low),
        }
    };
    match part {
        Part::NamePair => Some(Cow::Owned(numbers(p.records.len(), name_pair))),
        Part::Address => Some(Cow::Borrowed(p.addresses())),
        _ => None,
    }
}

/// What a line holds for a part of a record.
fn in_line(part: Part, table: Option<&KeyTable>, p: &Prepared, r: Record) -> u32 {
    let f = &p.faces[r as usize];
    match part {
        // Every two records meet in it, and only the slow way knows.
        Part::Sorted(..) => return Line::SEVERAL,
        Part::LastName if f.birth_name == 0 => return f.last_key,
        Part::PhonexLast if f.birth_name == 0 => return p.last_sounds().code(0, f.last),
        Part::FirstName => return f.first_key,
        Part::Email if !f.has_several(0) => return f.email,
        Part::Mobile if !f.has_several(1) => return f.mobile,
        Part::Landline if !f.has_several(2) => return f.landline,
        Part::Card if !f.has_several(3) => return f.card,
        Part::BirthDate => return f.birth,
        Part::StreetLine => return f.street,
        Part::Way => return f.way,
        _ => {}
    }
    let (mut first, mut several) = (0u64, false);
    values(part, table, p, r, |v| {
        several |= first != 0 && v != first;
        first = v;
    });
    match (several, u32::try_from(first)) {
        (true, _) => Line::SEVERAL,
        (_, Ok(number)) => number,
        (_, Err(_)) => ((first ^ first >> 32) as u32).clamp(1, Line::SEVERAL - 1),
    }
}

impl Parts {
    /// The most distinct parts that recipes can have together.
    pub const MOST: usize = 64;

    /// The distinct parts of `recipes`.
    pub fn new<'r>(recipes: impl IntoIterator<Item = &'r [Part]>, p: &Prepared) -> Parts {
        let mut parts: Vec<(Part, Option<KeyTable>)> = Vec::new();
        for part in recipes.into_iter().flatten() {
            if !parts.iter().any(|(known, _)| known == part) && parts.len() < Parts::MOST {
                parts.push((*part, KeyTable::new(*part, p)));
            }
        }
        let in_lines = &parts[..parts.len().min(Line::PARTS)];
        let n = p.records.len();
        let joined: Vec<Option<Cow<[u32]>>> = in_lines.iter().map(|(part, _)| joined(*part, p)).collect();
        let line = |r: usize| {
            let mut line = Line([0; Line::PARTS]);
            for ((of, (part, table)), number) in line.0.iter_mut().zip(in_lines).zip(&joined) {
                *of = match number {
                    Some(numbers) => numbers[r],
                    None => in_line(*part, table.as_ref(), p, r as Record),
                };
            }
            line
        };
        const FEW: usize = 1 << 12;
        let lines = match n {
            ..FEW => (0..n).map(line).collect(),
            _ => (0..n).into_par_iter().with_min_len(FEW).map(line).collect(),
        };
        let bit = |(i, (part, _)): (usize, &(Part, _))| u32::from(!is_number(*part)) << i;
        let hashed = in_lines.iter().enumerate().map(bit).fold(0, |all, b| all | b);
        Parts { parts, lines, hashed }
    }

    /// The bits of a recipe's parts.
    pub fn mask(&self, recipe: &[Part]) -> u64 {
        recipe.iter().filter_map(|part| self.position(part)).fold(0, |mask, i| mask | 1 << i)
    }

    fn position(&self, part: &Part) -> Option<usize> {
        self.parts.iter().position(|(known, _)| known == part)
    }

    /// The bits of the parts that two records have in common.
    #[inline]
    pub fn met(&self, p: &Prepared, a: Record, b: Record) -> u64 {
        let (x, y) = (&self.lines[a as usize].0, &self.lines[b as usize].0);
        let (mut equal, mut several) = (0u32, 0u32);
        for i in 0..Line::PARTS {
            equal |= u32::from((x[i] == y[i]) & (x[i] != 0)) << i;
            several |= u32::from((x[i] == Line::SEVERAL) | (y[i] == Line::SEVERAL)) << i;
        }
        // What a line cannot tell the values themselves decide.
        let mut unsure = several | equal & self.hashed;
        let mut mask = u64::from(equal & !unsure);
        while unsure != 0 {
            let i = unsure.trailing_zeros() as usize;
            mask |= self.look(i, p, a, b);
            unsure &= unsure - 1;
        }
        for i in Line::PARTS..self.parts.len() {
            mask |= self.look(i, p, a, b);
        }
        mask
    }

    fn look(&self, part: usize, p: &Prepared, a: Record, b: Record) -> u64 {
        let Some((of, table)) = self.parts.get(part) else { return 0 };
        u64::from(parts_meet(*of, table.as_ref(), p, a, b)) << part
    }

    /// The keys of a record, equal where those of [`Recipe::keys`] are, by its line where that tells.
    pub(super) fn keys_of<'k>(
        &'k self,
        recipe: &'k Recipe,
        p: &'k Prepared,
    ) -> impl Fn(Record, &mut dyn FnMut(u64)) + 'k {
        let positions: Vec<usize> = recipe.parts.iter().filter_map(|part| self.position(part)).collect();
        let told = positions.len() == recipe.parts.len() && positions.iter().all(|i| *i < Line::PARTS);
        move |r, out| {
            if !told {
                return recipe.keys(p, r, out);
            }
            let line = &self.lines[r as usize].0;
            let mut key = 0;
            for (k, i) in positions.iter().enumerate() {
                match line[*i % Line::PARTS] {
                    0 => return,
                    number if number != Line::SEVERAL && self.hashed >> i & 1 == 0 => {
                        key = mix(key, number.into())
                    }
                    _ => return self.combine(&positions[k..], &recipe.parts[k..], p, r, key, out),
                }
            }
            out(key);
        }
    }

    /// Keys of a record from these parts on.
    fn combine(
        &self,
        positions: &[usize],
        parts: &[Part],
        p: &Prepared,
        r: Record,
        so_far: u64,
        out: &mut dyn FnMut(u64),
    ) {
        let (Some((i, positions)), Some((part, parts))) = (positions.split_first(), parts.split_first())
        else {
            return out(so_far);
        };
        let number = self.lines[r as usize].0[*i % Line::PARTS];
        if matches!(part, Part::Sorted(..)) {
            self.combine(positions, parts, p, r, mix(so_far, 1), out);
        } else if number != Line::SEVERAL && self.hashed >> i & 1 == 0 {
            if number != 0 {
                self.combine(positions, parts, p, r, mix(so_far, number.into()), out);
            }
        } else {
            values(*part, self.parts[*i].1.as_ref(), p, r, |v| {
                self.combine(positions, parts, p, r, mix(so_far, v), &mut *out);
            });
        }
    }

    /// Reads the lines of records that will be compared soon, so that waits for memory overlap.
    #[inline]
    pub(super) fn touch(&self, p: &Prepared, records: impl Iterator<Item = Record>) {
        let sum = records.fold(0u32, |sum, r| {
            sum.wrapping_add(self.lines[r as usize].0[0]).wrapping_add(p.faces[r as usize].last)
        });
        std::hint::black_box(sum);
    }
}

/// Keys of each distinct value of a field, for parts that are made from texts. Entry 0 is "no value".
#[derive(Debug)]
pub(super) struct KeyTable {
    field: FieldIx,
    starts: Vec<u32>,
    keys: Vec<u64>,
}

impl KeyTable {
    fn new(part: Part, p: &Prepared) -> Option<KeyTable> {
        let field = match part {
            Part::Prefix(f, _) | Part::Suffix(f, _) | Part::Phonex(f) | Part::Soundex(f) | Part::Token(f) => {
                f
            }
            Part::Qgram(f, _) | Part::Year(f) | Part::MonthDay(f) | Part::First(f) => f,
            Part::CompanyKey(f) | Part::Domain(f) => f,
            _ => return None,
        };
        let mut table = KeyTable { field, starts: vec![0, 0], keys: Vec::new() };
        let mut code = String::new();
        for (_, text) in p.records.field(field).pool.iter() {
            let public = matches!(part, Part::Domain(_)) && {
                let domain = text.rsplit_once('@').map_or("", |(_, d)| d);
                p.is_public_domain(domain)
            };
            if !public {
                text_keys(part, text, &mut code, &mut table.keys);
            }
            table.starts.push(table.keys.len() as u32);
        }
        Some(table)
    }

    fn of(&self, id: u32) -> &[u64] {
        let i = id as usize;
        match (self.starts.get(i), self.starts.get(i + 1)) {
            (Some(s), Some(e)) => &self.keys[*s as usize..*e as usize],
            _ => &[],
        }
    }
}

/// Keys that a part makes of a text.
fn text_keys(part: Part, text: &str, code: &mut String, out: &mut Vec<u64>) {
    let start = out.len();
    let mut put = |t: &str| out.push(hash_bytes(t.as_bytes()) | 1);
    let cut = |n: u8| text.char_indices().nth(usize::from(n)).map_or(text.len(), |(at, _)| at);
    match part {
        Part::Prefix(_, n) => put(&text[..cut(n)]),
        Part::First(_) => put(&text[..cut(1)]),
        Part::Suffix(_, n) => {
            let from =
                text.char_indices().rev().nth(usize::from(n.saturating_sub(1))).map_or(0, |(at, _)| at);
            put(&text[from..]);
        }
        Part::Phonex(_) => {
            code.clear();
            phonex_into(&text.to_uppercase(), code);
            if !code.is_empty() {
                put(code);
            }
        }
        Part::Soundex(_) => {
            let soundex = soundex_code(&text.to_uppercase());
            if soundex != 0 {
                out.push(u64::from(soundex) << 1 | 1);
            }
        }
        Part::Token(_) => text.split_whitespace().for_each(put),
        Part::CompanyKey(_) => {
            code.clear();
            company_key_into(text, code);
            if !code.is_empty() {
                put(code);
            }
        }
        Part::Domain(_) => {
            if let Some((_, domain)) = text.rsplit_once('@') {
                put(domain);
            }
        }
        Part::Qgram(_, n) => {
            let marks: Vec<usize> =
                text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len())).collect();
            let n = usize::from(n);
            if marks.len() <= n {
                put(text);
            } else {
                marks.windows(n + 1).for_each(|w| put(&text[w[0]..w[n]]));
            }
        }
        Part::Year(_) | Part::MonthDay(_) => {
            if let Some(day) = Day::parse_iso(text) {
                let (y, m, d) = day.ymd();
                out.push(match part {
                    Part::Year(_) => (y as u64) << 1 | 1,
                    _ => u64::from(m * 100 + d) << 1 | 1,
                });
            }
        }
        _ => {}
    }
    out[start..].sort_unstable();
    let mut kept = start;
    for i in start..out.len() {
        if i == start || out[i] != out[kept - 1] {
            out[kept] = out[i];
            kept += 1;
        }
    }
    out.truncate(kept);
}

/// A part's value, which is a number of this set of records, as one that every set gives it.
fn stored_value(part: Part, p: &Prepared, r: Record, v: u64) -> u64 {
    let text = |pool: &Pool, id: u64| hash_bytes(pool.get(id as u32).as_bytes());
    let field = |f: FieldIx| text(&p.records.field(f).pool, v);
    match part {
        Part::LastName | Part::FirstName => text(&p.keys.texts, v),
        Part::NamePair => {
            let (x, y) = (text(&p.keys.texts, v >> 32), text(&p.keys.texts, v & 0xffff_ffff));
            mix(x.min(y), x.max(y))
        }
        Part::PhonexLast => text(&p.last_sounds().texts, v),
        Part::PhonexFirst => text(&p.first_sounds().texts, v),
        Part::Email => hash_bytes(p.contact_text(field::EMAIL, v as u32).as_bytes()),
        Part::Mobile => field(field::MOBILE),
        Part::Landline => field(field::LANDLINE),
        Part::Card => field(field::LOYALTY_CARD),
        Part::Address => {
            let face = &p.faces[r as usize];
            let postcode = text(&p.records.field(field::POSTCODE).pool, face.postcode.into());
            mix(postcode, hash_bytes(p.streets.text(face.street).as_bytes()))
        }
        Part::StreetLine => hash_bytes(p.streets.text(v as u32).as_bytes()),
        Part::Field(f) => field(f),
        // Dates, letters, and hashes of texts.
        _ => v,
    }
}

/// Whether a record speaks of a person: by a name, or by an e-mail of one's own.
fn names_person(p: &Prepared, r: Record) -> bool {
    let f = &p.faces[r as usize];
    f.last != 0 || f.first != 0 || f.email != 0
}

/// Key of the last name at birth, 0 for none.
#[inline]
fn birth_key(p: &Prepared, f: &Face) -> u32 {
    if f.birth_name == 0 { 0 } else { p.birth_name.info[f.birth_name as usize].key }
}

/// Whether two records have a value of a part in common.
#[inline]
fn parts_meet(part: Part, table: Option<&KeyTable>, p: &Prepared, a: Record, b: Record) -> bool {
    let (x, y) = (&p.faces[a as usize], &p.faces[b as usize]);
    let same = |x: u32, y: u32| x != 0 && x == y;
    let names = |last: &dyn Fn(&Face) -> u32, born: &dyn Fn(&Face) -> u32| {
        if same(last(x), last(y)) {
            return true;
        }
        (x.birth_name != 0 || y.birth_name != 0)
            && (same(last(x), born(y)) || same(born(x), last(y)) || same(born(x), born(y)))
    };
    let contact = |which: u32, i: u32, j: u32, all: &Multi| {
        same(i, j) || ((x.has_several(which) || y.has_several(which)) && all.meet(a, b))
    };
    match part {
        Part::Sorted(..) => true,
        Part::LastName => names(&|f| f.last_key, &|f| birth_key(p, f)),
        Part::PhonexLast => {
            let sounds = p.last_sounds();
            names(&|f| sounds.code(0, f.last), &|f| sounds.code(1, f.birth_name))
        }
        Part::FirstName => same(x.first_key, y.first_key),
        Part::Email => contact(0, x.email, y.email, &p.email),
        Part::Mobile => contact(1, x.mobile, y.mobile, &p.mobile),
        Part::Landline => contact(2, x.landline, y.landline, &p.landline),
        Part::Card => contact(3, x.card, y.card, &p.card),
        Part::BirthDate => same(x.birth, y.birth),
        Part::BirthYear => same(x.birth / 10_000, y.birth / 10_000),
        Part::BirthMonthDay => same(x.birth % 10_000, y.birth % 10_000),
        Part::NamePair => {
            let pair = |f: &Face| (f.last_key.min(f.first_key), f.last_key.max(f.first_key));
            pair(x) == pair(y) && pair(x).0 != 0
        }
        Part::Address => same(x.postcode, y.postcode) && same(x.street, y.street),
        Part::StreetLine => same(x.street, y.street),
        Part::Way => same(x.way, y.way),
        Part::Employer => p.same_employer(a, b),
        Part::Account => !names_person(p, a) && !names_person(p, b) && p.same_employer(a, b),
        Part::PhonexFirst => {
            let sounds = p.first_sounds();
            let code = |f: &Face| sounds.code(0, f.first);
            same(code(x), code(y))
        }
        Part::Field(f) if p.records.field(f).slots.len() == 1 => {
            let slot = &p.records.field(f).slots[0];
            let (i, j) = (a as usize, b as usize);
            same(slot.ids[i], slot.ids[j]) && slot.marks[i].makes_keys() && slot.marks[j].makes_keys()
        }
        _ => {
            let mut met = false;
            values(part, table, p, a, |v| {
                if !met {
                    values(part, table, p, b, |w| met |= v == w);
                }
            });
            met
        }
    }
}

/// The values of a part for a record; none when it is missing or makes no key.
#[inline]
pub(super) fn values(
    part: Part,
    table: Option<&KeyTable>,
    p: &Prepared,
    r: Record,
    mut out: impl FnMut(u64),
) {
    let f = &p.faces[r as usize];
    let mut some = |v: u64| {
        if v != 0 {
            out(v);
        }
    };
    let mut names = |last: u32, born: u32| {
        some(last.into());
        if born != last {
            some(born.into());
        }
    };
    let contact = |which: u32, first: u32, all: &Multi, some: &mut dyn FnMut(u64)| match f.has_several(which)
    {
        true => all.of(r).for_each(|v| some(v.into())),
        false => some(first.into()),
    };
    match part {
        Part::LastName => names(f.last_key, birth_key(p, f)),
        Part::PhonexLast => {
            let sounds = p.last_sounds();
            names(sounds.code(0, f.last), sounds.code(1, f.birth_name));
        }
        Part::FirstName => some(f.first_key.into()),
        Part::PhonexFirst => some(p.first_sounds().code(0, f.first).into()),
        Part::Initial => some(p.first.info[f.first as usize].initial.into()),
        Part::NamePair => {
            let (x, y) = (f.last_key.min(f.first_key), f.last_key.max(f.first_key));
            if x != 0 {
                some(u64::from(x) << 32 | u64::from(y));
            }
        }
        Part::Email => contact(0, f.email, &p.email, &mut some),
        Part::Mobile => contact(1, f.mobile, &p.mobile, &mut some),
        Part::Landline => contact(2, f.landline, &p.landline, &mut some),
        Part::Card => contact(3, f.card, &p.card, &mut some),
        Part::BirthDate => some(f.birth.into()),
        Part::BirthYear => some((f.birth / 10_000).into()),
        Part::BirthMonthDay => some((f.birth % 10_000).into()),
        Part::Address => some(p.address(r)),
        Part::StreetLine => some(f.street.into()),
        Part::Way => some(f.way.into()),
        Part::Employer => p.records.employer.values(r).for_each(|(id, _)| some(id.into())),
        Part::Account if names_person(p, r) => {}
        Part::Account => p.records.employer.values(r).for_each(|(id, _)| some(id.into())),
        Part::Field(f) => {
            for (id, mark) in p.records.field(f).values(r) {
                if mark.makes_keys() {
                    some(id.into());
                }
            }
        }
        _ => {
            let Some(table) = table else { return };
            for (id, mark) in p.records.field(table.field).values(r) {
                if mark.makes_keys() {
                    table.of(id).iter().for_each(|k| some(*k));
                }
            }
        }
    }
}
