//! How well two records agree, comparison by comparison (`domain.md` §3.3). Levels are ordered: higher agrees better.

pub use super::comparison::MISSING;
use super::comparison::{self, CompiledComparison, MAX_CUSTOM};
use super::prepare::{Face, NameInfo, Prepared};
use super::similarity::{is_close, within_one};
use crate::field;
use crate::intern::mix;
use crate::records::Record;

/// Names of the comparisons that passes can ask for, with their levels from worst to best.
pub const COMPARISONS: &[(&str, &[&str])] = &[
    ("last_name", &["conflict", "close", "phonetic", "included", "equal"]),
    ("first_name", &["conflict", "compatible", "nickname", "equal"]),
    ("birth_date", &["conflict", "one_component", "swapped", "equal"]),
    ("gender", &["conflict", "equal"]),
    ("suffix", &["conflict", "equal"]),
    ("email", &["differs", "equal"]),
    ("mobile", &["differs", "equal"]),
    ("landline", &["differs", "equal"]),
    ("loyalty_card", &["differs", "equal"]),
    ("address", &["differs", "postcode", "street", "equal"]),
];

/// Positions of the built-in comparisons in [`COMPARISONS`]; an installation's own come after them.
#[allow(missing_docs)]
pub mod at {
    pub const LAST_NAME: usize = 0;
    pub const FIRST_NAME: usize = 1;
    pub const BIRTH_DATE: usize = 2;
    pub const GENDER: usize = 3;
    pub const SUFFIX: usize = 4;
    pub const EMAIL: usize = 5;
    pub const MOBILE: usize = 6;
    pub const LANDLINE: usize = 7;
    pub const LOYALTY_CARD: usize = 8;
    pub const ADDRESS: usize = 9;
    pub const CUSTOM: usize = 10;
}

/// Lowest level: the values speak against one person.
pub const CONFLICT: u8 = 1;
/// Last names that a slip of the keyboard sets apart.
pub const CLOSE: u8 = 2;
/// Last names that sound alike and look alike.
pub const PHONETIC: u8 = 3;
/// First names that may be one: part of a compound, an initial, a slip.
pub const COMPATIBLE: u8 = 2;
/// Best level of two-level comparisons.
pub const SAME: u8 = 2;
/// One last name contains the other.
pub const INCLUDED: u8 = 4;
/// Last names with one key.
pub const SAME_NAME: u8 = 5;
/// A usual short form.
pub const NICKNAME: u8 = 3;
/// Best level of four-level comparisons.
pub const EQUAL: u8 = 4;
/// Birth dates that differ in one component.
pub const ONE_COMPONENT: u8 = 2;
/// Day and month in each other's place.
pub const SWAPPED: u8 = 3;
/// Same postcode only.
pub const POSTCODE: u8 = 2;
/// Same way, number unknown or different.
pub const STREET: u8 = 3;

/// Levels of all comparisons of a pair: the built-in ones of [`COMPARISONS`], then the installation's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(missing_docs)]
pub struct Evidence {
    pub last_name: u8,
    pub first_name: u8,
    pub birth_date: u8,
    pub gender: u8,
    pub suffix: u8,
    pub email: u8,
    pub mobile: u8,
    pub landline: u8,
    pub loyalty_card: u8,
    pub address: u8,
    pub custom: [u8; MAX_CUSTOM],
}

impl Evidence {
    /// The level of the comparison at that position: [`COMPARISONS`], then the installation's own.
    #[inline]
    pub fn level(&self, comparison: usize) -> u8 {
        match comparison {
            at::LAST_NAME => self.last_name,
            at::FIRST_NAME => self.first_name,
            at::BIRTH_DATE => self.birth_date,
            at::GENDER => self.gender,
            at::SUFFIX => self.suffix,
            at::EMAIL => self.email,
            at::MOBILE => self.mobile,
            at::LANDLINE => self.landline,
            at::LOYALTY_CARD => self.loyalty_card,
            at::ADDRESS => self.address,
            i => self.custom.get(i - at::CUSTOM).copied().unwrap_or(MISSING),
        }
    }

    /// The levels of all comparisons, by position.
    #[inline]
    pub fn levels(&self) -> [u8; at::CUSTOM + MAX_CUSTOM] {
        let mut levels = [MISSING; at::CUSTOM + MAX_CUSTOM];
        levels[at::LAST_NAME] = self.last_name;
        levels[at::FIRST_NAME] = self.first_name;
        levels[at::BIRTH_DATE] = self.birth_date;
        levels[at::GENDER] = self.gender;
        levels[at::SUFFIX] = self.suffix;
        levels[at::EMAIL] = self.email;
        levels[at::MOBILE] = self.mobile;
        levels[at::LANDLINE] = self.landline;
        levels[at::LOYALTY_CARD] = self.loyalty_card;
        levels[at::ADDRESS] = self.address;
        levels[at::CUSTOM..].copy_from_slice(&self.custom);
        levels
    }

    /// The same evidence with another level of one comparison.
    pub fn with(mut self, comparison: usize, level: u8) -> Evidence {
        match comparison {
            at::LAST_NAME => self.last_name = level,
            at::FIRST_NAME => self.first_name = level,
            at::BIRTH_DATE => self.birth_date = level,
            at::GENDER => self.gender = level,
            at::SUFFIX => self.suffix = level,
            at::EMAIL => self.email = level,
            at::MOBILE => self.mobile = level,
            at::LANDLINE => self.landline = level,
            at::LOYALTY_CARD => self.loyalty_card = level,
            at::ADDRESS => self.address = level,
            i => {
                if let Some(own) = self.custom.get_mut(i - at::CUSTOM) {
                    *own = level;
                }
            }
        }
        self
    }

    /// Comparisons with a value on both sides, as `name=level`, separated by spaces.
    pub fn describe(&self, comparisons: &Comparisons) -> String {
        let mut text = String::new();
        for (i, (name, levels)) in comparisons.0.iter().enumerate() {
            let level = self.level(i) as usize;
            if level > 0 {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(name);
                text.push('=');
                text.push_str(levels.get(level - 1).map_or("?", String::as_str));
            }
        }
        text
    }
}

/// Names of all comparisons with their levels from worst to best.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparisons(pub Vec<(String, Vec<String>)>);

impl Comparisons {
    /// The built-in ones and the installation's own.
    pub fn new(custom: &[CompiledComparison]) -> Comparisons {
        let own = |l: &[&str]| l.iter().map(|s| (*s).to_owned()).collect();
        let built_in = COMPARISONS.iter().map(|(n, l)| ((*n).to_owned(), own(l)));
        Comparisons(built_in.chain(custom.iter().map(|c| (c.name.clone(), c.levels.clone()))).collect())
    }

    /// Position of a comparison.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(n, _)| n == name)
    }

    /// Names of all.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(|(n, _)| n.as_str())
    }

    /// Levels of the comparison at a position, from worst to best.
    pub fn levels(&self, position: usize) -> &[String] {
        self.0.get(position).map_or(&[], |(_, l)| l)
    }
}

/// Levels of names compared before. Few pairs of names make up most pairs of records, so a small table that forgets
/// is enough; it never changes an answer.
#[derive(Debug, Default)]
pub struct Memo {
    /// Entries of each table once there is one: a power of two, 0 to remember nothing.
    size: usize,
    last: Vec<(u64, u8)>,
    first: Vec<(u64, u8)>,
}

impl Memo {
    const MOST: usize = 1 << 13;

    /// An empty table for work on about so many records.
    pub fn of(records: usize) -> Memo {
        let size = (records * 2).next_power_of_two().clamp(16, Memo::MOST);
        Memo { size, ..Memo::default() }
    }

    #[inline]
    fn level(table: &mut Vec<(u64, u8)>, size: usize, x: u32, y: u32, compute: impl FnOnce() -> u8) -> u8 {
        if table.is_empty() {
            if size == 0 {
                return compute();
            }
            table.resize(size, (0, 0));
        }
        let key = u64::from(x) << 32 | u64::from(y);
        let at = mix(key, 1) as usize & (table.len() - 1);
        let slot = &mut table[at];
        if slot.0 != key {
            *slot = (key, compute());
        }
        slot.1
    }
}

/// Compares two records. `a` is the lower record number, so that the answer never depends on who asked.
pub fn compare(p: &Prepared, a: Record, b: Record) -> Evidence {
    compare_with(p, &mut Memo::default(), a, b)
}

/// [`compare`], remembering names.
pub fn compare_with(p: &Prepared, memo: &mut Memo, a: Record, b: Record) -> Evidence {
    let names = names(p, memo, a, b);
    compare_rest(p, names, a, b)
}

/// Levels of last and first name.
#[inline]
pub(super) fn names(p: &Prepared, memo: &mut Memo, a: Record, b: Record) -> (u8, u8) {
    let (x, y) = (&p.faces[a as usize], &p.faces[b as usize]);
    let (last, first) = (last_name(p, memo, x, y), first_name(p, memo, x, y));
    if last <= CONFLICT && first <= CONFLICT && names_swapped(x, y) {
        return (INCLUDED, EQUAL);
    }
    (last, first)
}

/// [`compare`] when the levels of the names are known.
#[inline]
pub(super) fn compare_rest(p: &Prepared, (last, first): (u8, u8), a: Record, b: Record) -> Evidence {
    let (x, y) = (&p.faces[a as usize], &p.faces[b as usize]);
    let mut evidence = Evidence {
        last_name: last,
        first_name: first,
        birth_date: birth_date(x.birth, y.birth),
        gender: either(x.gender(), y.gender()),
        suffix: either(x.suffix, y.suffix),
        email: either(x.email, y.email),
        mobile: either(x.mobile, y.mobile),
        landline: either(x.landline, y.landline),
        loyalty_card: either(x.card, y.card),
        address: address(x, y),
        custom: if p.custom.is_empty() { [MISSING; MAX_CUSTOM] } else { own(p, a, b) },
    };
    if x.has_several_of_any() || y.has_several_of_any() {
        look_at_all_contacts(p, &mut evidence, a, b);
    }
    evidence
}

// What a record has and what it lacks is as good as chance to a processor: levels of plain values are computed without a
// branch.

/// Missing, conflict or same for two numbers.
#[inline]
fn either(x: u32, y: u32) -> u8 {
    u8::from((x != 0) & (y != 0)) * (CONFLICT + u8::from(x == y))
}

/// Of means of contact of which a record has several, any may be the same.
fn look_at_all_contacts(p: &Prepared, e: &mut Evidence, a: Record, b: Record) {
    let levels = [&mut e.email, &mut e.mobile, &mut e.landline, &mut e.loyalty_card];
    for (i, (level, all)) in levels.into_iter().zip([&p.email, &p.mobile, &p.landline, &p.card]).enumerate() {
        let several = |r: Record| p.faces[r as usize].has_several(i as u32);
        if *level == CONFLICT && (several(a) || several(b)) && all.meet(a, b) {
            *level = SAME;
        }
    }
}

fn own(p: &Prepared, a: Record, b: Record) -> [u8; MAX_CUSTOM] {
    let mut levels = [MISSING; MAX_CUSTOM];
    for ((c, d), level) in p.custom.iter().zip(&p.derived).zip(&mut levels) {
        *level = comparison::level(c, d, p.records, p.name_tables(), a, b);
    }
    levels
}

#[inline]
fn address(x: &Face, y: &Face) -> u8 {
    let no_postcode = (x.postcode == 0) | (y.postcode == 0);
    let is_missing = no_postcode & ((x.way == 0) | (y.way == 0));
    let same_city = (x.city != 0) & (x.city == y.city);
    let same_place = if no_postcode { same_city } else { x.postcode == y.postcode };
    let same_number = (x.street == y.street) & x.numbered();
    let same_way = (x.way != 0) & (x.way == y.way) & same_place;
    // One of postcode and city may hold a slip when way, number and the other agree.
    let is_equal = same_number & (same_way | (x.way != 0) & same_city);
    let level = CONFLICT + u8::from(same_place) + u8::from(same_way);
    u8::from(!is_missing) * if is_equal { EQUAL } else { level }
}

/// Usage and birth names are both tried; the best level counts.
fn last_name(p: &Prepared, memo: &mut Memo, x: &Face, y: &Face) -> u8 {
    if x.last == y.last && x.last != 0 {
        return SAME_NAME;
    }
    let level = |a: LastName, b: LastName| last_name_level(p, a, b);
    let of = LastName::InUse;
    let mut best = match x.last == 0 || y.last == 0 {
        true => MISSING,
        false => Memo::level(&mut memo.last, memo.size, x.last, y.last, || level(of(x.last), of(y.last))),
    };
    if (x.birth_name != 0 || y.birth_name != 0) && best < SAME_NAME {
        let born = LastName::AtBirth;
        best = best
            .max(level(of(x.last), born(y.birth_name)))
            .max(level(born(x.birth_name), of(y.last)))
            .max(level(born(x.birth_name), born(y.birth_name)));
    }
    best
}

/// A last name by its id in its column.
#[derive(Debug, Clone, Copy)]
enum LastName {
    InUse(u32),
    AtBirth(u32),
}

impl LastName {
    fn info<'p>(self, p: &'p Prepared) -> &'p NameInfo {
        match self {
            LastName::InUse(id) => &p.last.info[id as usize],
            LastName::AtBirth(id) => &p.birth_name.info[id as usize],
        }
    }

    /// The name as it is written.
    fn text<'p>(self, p: &'p Prepared) -> &'p str {
        match self {
            LastName::InUse(id) => p.last.text(id),
            LastName::AtBirth(id) => p.birth_name.text(id),
        }
    }
}

fn last_name_level(p: &Prepared, a: LastName, b: LastName) -> u8 {
    let (x, y) = (a.info(p), b.info(p));
    let (tx, ty) = (p.keys.texts.get(x.key), p.keys.texts.get(y.key));
    if x.key == 0 || y.key == 0 {
        MISSING
    } else if x.key == y.key {
        SAME_NAME
    } else if x.bare == y.bare && x.bare != 0 || includes(p.keys.tokens(x), p.keys.tokens(y)) {
        INCLUDED
    } else if is_close(tx, ty, 0.92) && p.sound_alike(a.text(p), b.text(p)) {
        PHONETIC
    } else if is_slip(tx, ty) {
        CLOSE
    } else {
        CONFLICT
    }
}

/// Whether one slip (a letter more, less, other, or two swapped) sets two words apart. Short words differ too easily.
fn is_slip(a: &str, b: &str) -> bool {
    a.len().min(b.len()) >= 4 && within_one(a, b)
}

/// Whether one sorted token set is inside the other.
fn includes(a: &[u32], b: &[u32]) -> bool {
    let (small, large) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    !small.is_empty() && small.len() < large.len() && small.iter().all(|t| large.binary_search(t).is_ok())
}

fn first_name(p: &Prepared, memo: &mut Memo, x: &Face, y: &Face) -> u8 {
    if x.first == 0 || y.first == 0 {
        return MISSING;
    }
    if x.first == y.first {
        return EQUAL;
    }
    Memo::level(&mut memo.first, memo.size, x.first, y.first, || first_name_level(p, x.first, y.first))
}

fn first_name_level(p: &Prepared, a: u32, b: u32) -> u8 {
    let (x, y) = (&p.first.info[a as usize], &p.first.info[b as usize]);
    if x.key == 0 || y.key == 0 {
        return MISSING;
    }
    if x.key == y.key {
        return EQUAL;
    }
    let names = &p.records.field(field::FIRST_NAME).pool;
    let (nx, ny) = (names.get(a), names.get(b));
    let tables = p.name_tables();
    if tables.are_nicknames(nx, ny) {
        return NICKNAME;
    }
    if x.initials || y.initials {
        // J or J P against JEAN PIERRE: the initials there must be those of the name.
        return if initials_agree(p, x, y) { COMPATIBLE } else { CONFLICT };
    }
    if includes(p.keys.tokens(x), p.keys.tokens(y)) {
        return COMPATIBLE;
    }
    let (tx, ty) = (p.keys.texts.get(x.key), p.keys.texts.get(y.key));
    if (is_close(tx, ty, 0.90) || is_slip(tx, ty)) && !tables.distinct_first_names(nx, ny) {
        return COMPATIBLE;
    }
    CONFLICT
}

fn initials_agree(p: &Prepared, x: &NameInfo, y: &NameInfo) -> bool {
    x.initial == y.initial && {
        let count = |n: &NameInfo| p.keys.tokens(n).len();
        count(x) <= 1 || count(y) <= 1 || count(x) == count(y)
    }
}

/// Last and first name in each other's place.
fn names_swapped(x: &Face, y: &Face) -> bool {
    x.last_key != 0 && x.first_key != 0 && x.last_key == y.first_key && x.first_key == y.last_key
}

/// Days as numbers YYYYMMDD.
fn birth_date(a: u32, b: u32) -> u8 {
    if (a == b) | (a == 0) | (b == 0) {
        return EQUAL * u8::from((a == b) & (a != 0));
    }
    let parts = |day: u32| (day / 10_000, day / 100 % 100, day % 100);
    let ((ya, ma, da), (yb, mb, db)) = (parts(a), parts(b));
    if ya == yb && ma == db && da == mb {
        return SWAPPED;
    }
    let differ = u8::from(ya != yb) + u8::from(ma != mb) + u8::from(da != db);
    // Fifteen years apart with all else equal: a parent and a child with one name.
    if differ == 1 && ya.abs_diff(yb) < 15 { ONE_COMPONENT } else { CONFLICT }
}
