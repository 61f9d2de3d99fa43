//! Key recipes: what each part of a recipe makes of a record, and whether two records meet in it.

use crate::field::{self, FieldIx};
use crate::intern::{Pool, hash_bytes, mix};
use crate::matching::decide::Part;
use crate::matching::prepare::{Face, Multi, Prepared, shared};
use crate::normalize::company::company_key_into;
use crate::normalize::phonetic::{phonex_into, soundex_code};
use crate::records::Record;
use crate::time::Day;
use rayon::prelude::*;

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

    /// The one key of a record, and whether it has all parts; `None` when there may be several keys, or when its face does
    /// not tell.
    #[inline]
    pub(super) fn one_key(&self, p: &Prepared, r: Record) -> Option<(u64, bool)> {
        let face = &p.faces[r as usize];
        let (mut key, mut is_whole) = (0, true);
        for part in self.parts {
            let value = one_value(*part, p, face)?;
            is_whole &= value != 0;
            key = mix(key, value);
        }
        Some((key, is_whole))
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
/// Most parts are told by comparing two faces. The others are looked at when a recipe hangs on them alone.
#[derive(Debug)]
pub struct Parts {
    others: Vec<Other>,
    /// One number of a record for each of the others that has a column, side by side: 0 for no value, [`SEVERAL`] for more
    /// than one.
    numbers: Vec<u32>,
    /// Numbers of a record.
    width: usize,
    /// What recipes with such parts ask for.
    hanging: Vec<Hanging>,
}

/// Bits of the parts that two records have in common: those that faces tell, then the others.
pub(super) type Met = u128;

/// A part that faces do not tell.
#[derive(Debug)]
struct Other {
    part: Part,
    table: Option<KeyTable>,
    /// Position among the numbers of a record.
    column: Option<usize>,
}

impl Other {
    /// Whether every value of the part is a number of 32 bits, so that equal numbers in a column are equal values.
    fn is_number(&self) -> bool {
        matches!(self.part, Part::Field(_) | Part::Employer | Part::Account)
    }
}

/// A recipe that is met when the faces share `told` and the records have these other parts in common.
#[derive(Debug)]
struct Hanging {
    told: Met,
    others: Vec<usize>,
}

/// In place of a number: there are several.
const SEVERAL: u32 = u32::MAX;

/// The bit of a part that two faces tell.
fn told_by_faces(part: Part, p: &Prepared) -> Option<u32> {
    let one_slot = |f: FieldIx| p.records.field(f).slots.len() == 1;
    Some(match part {
        Part::LastName => shared::LAST_NAME,
        Part::FirstName => shared::FIRST_NAME,
        Part::NamePair => shared::NAME_PAIR,
        Part::BirthDate => shared::BIRTH_DATE,
        Part::BirthYear => shared::BIRTH_YEAR,
        Part::BirthMonthDay => shared::BIRTH_MONTH_DAY,
        Part::Email => shared::CONTACT,
        Part::Mobile => shared::CONTACT << 1,
        Part::Landline => shared::CONTACT << 2,
        Part::Card => shared::CONTACT << 3,
        Part::StreetLine => shared::STREET,
        Part::Way => shared::WAY,
        Part::Address => shared::ADDRESS,
        Part::Field(field::POSTCODE) if one_slot(field::POSTCODE) => shared::POSTCODE,
        Part::Field(field::CITY) if one_slot(field::CITY) => shared::CITY,
        _ => return None,
    })
}

/// Values of a part for a record as one number.
fn as_number(part: Part, table: Option<&KeyTable>, p: &Prepared, r: Record) -> u32 {
    let (mut first, mut several) = (0u64, false);
    values(part, table, p, r, |v| {
        several |= first != 0 && v != first;
        first = v;
    });
    match (several, u32::try_from(first)) {
        (true, _) => SEVERAL,
        (_, Ok(number)) => number,
        (_, Err(_)) => ((first ^ first >> 32) as u32).clamp(1, SEVERAL - 1),
    }
}

impl Parts {
    /// The most distinct parts that recipes can have together.
    pub const MOST: usize = 64;

    /// The distinct parts of `recipes`.
    pub fn new<'r>(recipes: impl IntoIterator<Item = &'r [Part]> + Clone, p: &Prepared) -> Parts {
        let mut parts = Parts { others: Vec::new(), numbers: Vec::new(), width: 0, hanging: Vec::new() };
        for part in recipes.clone().into_iter().flatten() {
            let known = told_by_faces(*part, p).is_some() || parts.others.iter().any(|o| o.part == *part);
            if known || parts.others.len() == Parts::MOST {
                continue;
            }
            // These are found by the name that the face shows, or met by all.
            let found =
                matches!(part, Part::PhonexLast | Part::PhonexFirst | Part::Initial | Part::Sorted(..));
            let column = (!found).then_some(parts.width);
            parts.width += usize::from(!found);
            parts.others.push(Other { part: *part, table: KeyTable::new(*part, p), column });
        }
        for recipe in recipes {
            let told = parts.mask(recipe, p) & ((1 << shared::BITS) - 1);
            let mut others: Vec<usize> = recipe.iter().filter_map(|part| parts.position(part)).collect();
            others.sort_by_key(|i| parts.others[*i].column.is_none());
            if !others.is_empty() {
                parts.hanging.push(Hanging { told, others });
            }
        }
        let with_column: Vec<&Other> = parts.others.iter().filter(|o| o.column.is_some()).collect();
        let (n, width) = (p.records.len(), parts.width);
        let mut numbers = vec![0; n * width];
        let fill = |(r, row): (usize, &mut [u32])| {
            for (number, o) in row.iter_mut().zip(&with_column) {
                *number = as_number(o.part, o.table.as_ref(), p, r as Record);
            }
        };
        const FEW: usize = 1 << 12;
        match n {
            _ if width == 0 => {}
            ..FEW => numbers.chunks_exact_mut(width).enumerate().for_each(fill),
            _ => numbers.par_chunks_exact_mut(width).with_min_len(FEW).enumerate().for_each(fill),
        }
        parts.numbers = numbers;
        parts
    }

    /// The bits of a recipe's parts.
    pub(super) fn mask(&self, recipe: &[Part], p: &Prepared) -> Met {
        let bit = |part: &Part| match told_by_faces(*part, p) {
            Some(bit) => Met::from(bit),
            None => self.position(part).map_or(0, Parts::bit),
        };
        recipe.iter().map(bit).fold(0, |mask, bit| mask | bit)
    }

    /// The bit of one of the others.
    fn bit(other: usize) -> Met {
        1 << (shared::BITS + other)
    }

    fn position(&self, part: &Part) -> Option<usize> {
        self.others.iter().position(|o| o.part == *part)
    }

    /// The bits of the parts that two records have in common. Of the parts that faces do not tell, one is there only when
    /// a recipe with it is met up to it.
    #[inline]
    pub(super) fn met(&self, p: &Prepared, a: Record, b: Record) -> Met {
        let (x, y) = (&p.faces[a as usize], &p.faces[b as usize]);
        let mut told = x.shared_with(y);
        if x.has_more() || y.has_more() {
            told |= shared_by_other_values(told, p, a, b);
        }
        let mut met = Met::from(told);
        for recipe in &self.hanging {
            if met & recipe.told != recipe.told {
                continue;
            }
            for other in &recipe.others {
                let bit = Parts::bit(*other);
                if met & bit == 0 && !self.is_common(*other, p, a, b) {
                    break;
                }
                met |= bit;
            }
        }
        met
    }

    fn is_common(&self, other: usize, p: &Prepared, a: Record, b: Record) -> bool {
        let o = &self.others[other];
        if let Some(column) = o.column {
            let number = |r: Record| self.numbers[r as usize * self.width + column];
            let (x, y) = (number(a), number(b));
            if x != SEVERAL && y != SEVERAL {
                if x != y || x == 0 {
                    return false;
                }
                if o.is_number() {
                    return true;
                }
            }
        }
        parts_meet(o.part, o.table.as_ref(), p, a, b)
    }
}

/// What two records share by last names at birth and means of contact of which they have several, beside what is `told`.
fn shared_by_other_values(told: u32, p: &Prepared, a: Record, b: Record) -> u32 {
    let (x, y) = (&p.faces[a as usize], &p.faces[b as usize]);
    let mut more = 0;
    let born = x.birth_name != 0 || y.birth_name != 0;
    if born && told & shared::LAST_NAME == 0 && parts_meet(Part::LastName, None, p, a, b) {
        more |= shared::LAST_NAME;
    }
    for (i, all) in [&p.email, &p.mobile, &p.landline, &p.card].into_iter().enumerate() {
        let several = x.has_several(i as u32) || y.has_several(i as u32);
        if several && told & shared::CONTACT << i == 0 && all.meet(a, b) {
            more |= shared::CONTACT << i;
        }
    }
    more
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

/// The one value of a part that a face tells, 0 for none; `None` when it tells not, or when there are several.
#[inline]
fn one_value(part: Part, p: &Prepared, f: &Face) -> Option<u64> {
    let number = match part {
        Part::LastName if f.birth_name == 0 => f.last_key,
        Part::PhonexLast if f.birth_name == 0 => p.last_sounds().code(0, f.last),
        Part::FirstName => f.first_key,
        Part::PhonexFirst => p.first_sounds().code(0, f.first),
        Part::Email if !f.has_several(0) => f.email,
        Part::Mobile if !f.has_several(1) => f.mobile,
        Part::Landline if !f.has_several(2) => f.landline,
        Part::Card if !f.has_several(3) => f.card,
        Part::BirthDate => f.birth,
        Part::BirthYear => f.birth / 10_000,
        Part::BirthMonthDay => f.birth % 10_000,
        Part::StreetLine => f.street,
        Part::Way => f.way,
        Part::Address => return Some(f.address()),
        Part::NamePair => {
            let (x, y) = (f.last_key.min(f.first_key), f.last_key.max(f.first_key));
            return Some(if x == 0 { 0 } else { u64::from(x) << 32 | u64::from(y) });
        }
        _ => return None,
    };
    Some(number.into())
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
    if let Some(v) = one_value(part, p, f) {
        return some(v);
    }
    let mut names = |last: u32, born: u32| {
        some(last.into());
        if born != last {
            some(born.into());
        }
    };
    match part {
        Part::LastName => names(f.last_key, birth_key(p, f)),
        Part::PhonexLast => {
            let sounds = p.last_sounds();
            names(sounds.code(0, f.last), sounds.code(1, f.birth_name));
        }
        Part::Initial => some(p.first.info[f.first as usize].initial.into()),
        Part::Email => p.email.of(r).for_each(|v| some(v.into())),
        Part::Mobile => p.mobile.of(r).for_each(|v| some(v.into())),
        Part::Landline => p.landline.of(r).for_each(|v| some(v.into())),
        Part::Card => p.card.of(r).for_each(|v| some(v.into())),
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
