//! What comparisons need, computed once per distinct value: keys of names, phonetic codes, tokens, days, address keys.

use super::comparison::{CompiledComparison, Derived};
use super::pass::MatchingSpec;
use super::population::Population;
use super::ruling::Rulings;
use crate::field::{self, CompiledField, FieldIx};
use crate::intern::{Pool, mix};
use crate::normalize::address::{is_french, key};
use crate::normalize::name::{name_key_into, split_suffix, without_particles};
use crate::normalize::phonetic::phonex_into;
use crate::normalize::{Context, Country, Status};
use crate::records::{Record, RecordIndex, Records};
use crate::reference::names::NameTables;
use crate::time::Day;
use rayon::prelude::*;
use std::sync::Arc;

/// What is known of a distinct name.
#[derive(Debug, Clone, Copy, Default)]
pub struct NameInfo {
    /// Letters only, as a number: equal names have equal keys, whether last or first.
    pub key: u32,
    /// The key without particles (DE, LA, …).
    pub bare: u32,
    /// Phonex code, as a number.
    pub phonex: u32,
    /// Tokens in `Prepared::tokens`, sorted.
    tokens: (u32, u8),
    /// Whether all tokens are single letters.
    pub initials: bool,
    /// First letter.
    pub initial: u8,
}

/// One name column: distinct names with what is known of each, and the name of each record (0 for none).
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Information by id; entry 0 is "no name".
    pub info: Vec<NameInfo>,
    /// Name by record.
    pub of: Vec<u32>,
}

/// What most comparisons need of a record, side by side in one line of a core's cache: pairs are compared in no order
/// that memory likes. Numbers are pool ids and keys, 0 for none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Face {
    /// Last name.
    pub last: u32,
    /// Its key.
    pub last_key: u32,
    /// First name.
    pub first: u32,
    /// Its key.
    pub first_key: u32,
    /// Last name at birth.
    pub birth_name: u32,
    /// Birth day as the number YYYYMMDD, when it may make a key.
    pub birth: u32,
    /// First e-mail key.
    pub email: u32,
    /// First mobile number.
    pub mobile: u32,
    /// First other number.
    pub landline: u32,
    /// First loyalty card.
    pub card: u32,
    /// Number and way.
    pub street: u32,
    /// Way without number.
    pub way: u32,
    /// Postcode.
    pub postcode: u32,
    /// City.
    pub city: u32,
    /// Suffix of the name.
    pub suffix: u32,
    flags: u32,
}

impl Face {
    const NUMBERED: u32 = 4;
    const SEVERAL: u32 = 8;

    /// Gender by civility: 0 unknown, 1 M, 2 MME.
    #[inline]
    pub fn gender(&self) -> u32 {
        self.flags & 3
    }

    /// Whether the street line has a number.
    #[inline]
    pub fn numbered(&self) -> bool {
        self.flags & Face::NUMBERED != 0
    }

    /// Whether a means of contact (0 e-mail, 1 mobile, 2 landline, 3 card) has more than the one value that is here.
    #[inline]
    pub fn has_several(&self, contact: u32) -> bool {
        self.flags & (Face::SEVERAL << contact) != 0
    }
}

/// A gender taken from the civility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Gender {
    /// Not known.
    Unknown,
    /// M.
    Male,
    /// MME.
    Female,
}

/// Values that many people share, and so make no key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SharedValue {
    /// The field.
    pub field: String,
    /// The value. Listed for the steward in the review outputs; never logged.
    pub value: String,
    /// Distinct people that carry it.
    pub people: u32,
    /// Records that carry it.
    pub records: u32,
}

/// Columns ready for blocking and comparing.
#[derive(Debug)]
pub struct Prepared<'a> {
    /// The records.
    pub records: &'a Records,
    /// Last names in use.
    pub last: Names,
    /// Last names at birth.
    pub birth_name: Names,
    /// First names.
    pub first: Names,
    /// Texts of name keys.
    pub keys: Pool,
    tokens: Vec<u32>,
    /// One line of numbers by record.
    pub faces: Vec<Face>,
    /// Birth day, when known.
    pub birth: Vec<Option<Day>>,
    /// Whether the birth day may make a key.
    pub birth_key: Vec<bool>,
    /// Whether the birth day is proven: written clean, no usual default, from a trusted source.
    pub birth_proven: Vec<bool>,
    /// Gender by civility.
    pub gender: Vec<Gender>,
    /// Suffix, as a pool id.
    pub suffix: Vec<u32>,
    /// Contact values that make keys, by record: e-mail keys.
    pub email: Multi,
    /// Mobile numbers.
    pub mobile: Multi,
    /// Other numbers.
    pub landline: Multi,
    /// Loyalty cards.
    pub card: Multi,
    /// Number and way, 0 for none.
    pub street: Vec<u32>,
    /// Way without number, 0 for none.
    pub way: Vec<u32>,
    /// Whether the street line has a number.
    pub numbered: Vec<bool>,
    /// Postcode pool id.
    pub postcode: Vec<u32>,
    /// City pool id.
    pub city: Vec<u32>,
    /// Records by (last key, first key), to know which names are common.
    pub name_count: Vec<u32>,
    /// A number for everything that is compared: records equal in it are checked by [`Prepared::same_content`].
    pub content: Vec<u64>,
    /// The lowest record that is equal in everything that is compared: it meets other records in place of all of them.
    pub stand_in: Vec<Record>,
    /// Shared values found.
    pub shared: Vec<SharedValue>,
    /// Comparisons of the installation's own.
    pub custom: &'a [CompiledComparison],
    /// What they need of each distinct value.
    pub derived: Vec<Derived>,
    /// What is counted over a larger set, of which these records are a part.
    pub population: Option<&'a dyn Population>,
    /// Texts of e-mail keys, which are not values of a field.
    pub email_keys: Pool,
    /// Texts of street keys.
    pub street_keys: Pool,
    /// Texts of phonetic codes.
    pub phonex_codes: Pool,
    duplicate_free: Vec<bool>,
    /// Records that a steward keeps apart from another; sorted.
    kept_apart: Vec<Record>,
    tables: Arc<crate::reference::Tables>,
}

/// Zero, one or several key values per record.
#[derive(Debug, Clone, Default)]
pub struct Multi {
    slots: Vec<Vec<u32>>,
}

impl Multi {
    /// The values of a record.
    #[inline]
    pub fn of(&self, r: Record) -> impl Iterator<Item = u32> + '_ {
        self.slots.iter().map(move |s| s[r as usize]).filter(|v| *v != 0)
    }

    /// Whether the record has none.
    #[inline]
    pub fn is_none(&self, r: Record) -> bool {
        self.of(r).next().is_none()
    }

    /// Whether two records have a value in common.
    #[inline]
    pub fn meet(&self, a: Record, b: Record) -> bool {
        self.of(a).any(|x| self.of(b).any(|y| x == y))
    }
}

/// What comparing depends on besides the records.
#[derive(Debug, Clone)]
pub struct Setting<'a> {
    /// Canonical fields.
    pub fields: &'a [CompiledField],
    /// Caps, points and thresholds.
    pub spec: &'a MatchingSpec,
    /// Region, reference day and tables.
    pub context: Context,
    /// Country of each source, by position.
    pub regions: Vec<Country>,
    /// Whether each source is declared free of duplicates, by position.
    pub duplicate_free: Vec<bool>,
    /// Trust in each source's birth dates, in thousandths, by position.
    pub birth_reliability: Vec<u32>,
    /// Comparisons of the installation's own.
    pub comparisons: &'a [CompiledComparison],
    /// Names of the sources, by position.
    pub sources: Vec<&'a str>,
    /// Decisions of stewards.
    pub rulings: &'a Rulings,
    /// Counts of the whole set when the records at hand are a part of it; none when they are the whole.
    pub population: Option<&'a dyn Population>,
}

impl<'a> Prepared<'a> {
    /// Computes everything comparisons need.
    pub fn new(plan: &Setting<'a>, records: &'a Records) -> Prepared<'a> {
        let mut keys = Pool::default();
        let mut phonex = Pool::default();
        let mut tokens = Vec::new();
        let tables = plan.context.tables.clone();
        let mut names =
            |f: FieldIx| name_column(records, f, &tables.names, &mut keys, &mut phonex, &mut tokens);
        let last = names(field::LAST_NAME);
        let birth_name = names(field::BIRTH_NAME);
        let first = names(field::FIRST_NAME);
        let n = records.len();
        let birth_column = records.field(field::BIRTH_DATE);
        let days: Vec<Option<Day>> = days_of(&birth_column.pool);
        let proven_at = (plan.spec.proven_at * 1000.0).round() as u32;
        let mut birth = vec![None; n];
        let mut birth_key = vec![false; n];
        let mut birth_proven = vec![false; n];
        for r in 0..n {
            if let Some((id, mark)) = birth_column.values(r as Record).next() {
                birth[r] = days[id as usize];
                birth_key[r] = mark.makes_keys();
                let trusted =
                    plan.birth_reliability.get(usize::from(records.sources[r])).copied().unwrap_or(0);
                birth_proven[r] = mark.makes_keys() && mark.status() == Status::Ok && trusted >= proven_at;
            }
        }
        let civility = records.field(field::CIVILITY);
        let genders: Vec<Gender> = (0..civility.pool.len() as u32)
            .map(|id| match civility.pool.get(id) {
                "M" => Gender::Male,
                "MME" => Gender::Female,
                _ => Gender::Unknown,
            })
            .collect();
        let gender = (0..n).map(|r| genders[civility.id(r as Record) as usize]).collect();
        let (street, way, numbered, street_keys) = streets(plan, records);
        let mut p = Prepared {
            records,
            last,
            birth_name,
            first,
            keys,
            tokens,
            faces: Vec::new(),
            birth,
            birth_key,
            birth_proven,
            gender,
            suffix: (0..n).map(|r| records.field(field::SUFFIX).id(r as Record)).collect(),
            email: Multi::default(),
            mobile: Multi::default(),
            landline: Multi::default(),
            card: Multi::default(),
            street,
            way,
            numbered,
            postcode: (0..n).map(|r| records.field(field::POSTCODE).id(r as Record)).collect(),
            city: (0..n).map(|r| records.field(field::CITY).id(r as Record)).collect(),
            name_count: Vec::new(),
            content: Vec::new(),
            stand_in: Vec::new(),
            shared: Vec::new(),
            custom: plan.comparisons,
            derived: plan.comparisons.iter().map(|c| Derived::new(c, records)).collect(),
            population: plan.population,
            email_keys: Pool::default(),
            street_keys,
            phonex_codes: phonex,
            duplicate_free: Vec::new(),
            kept_apart: Vec::new(),
            tables,
        };
        p.name_count = p.count_names();
        let contacts = [field::EMAIL, field::MOBILE, field::LANDLINE, field::LOYALTY_CARD];
        let made: Vec<(Multi, Pool, Vec<SharedValue>)> =
            contacts.par_iter().map(|f| p.contact(plan, *f)).collect();
        let mut made = made.into_iter();
        for target in [&mut p.email, &mut p.mobile, &mut p.landline, &mut p.card] {
            if let Some((multi, texts, shared)) = made.next() {
                *target = multi;
                p.shared.extend(shared);
                if !texts.is_empty() {
                    p.email_keys = texts;
                }
            }
        }
        p.duplicate_free.clone_from(&plan.duplicate_free);
        if !plan.rulings.is_empty() {
            p.kept_apart = plan.rulings.kept_apart(&RecordIndex::new(records), &plan.sources);
        }
        p.faces = (0..n).into_par_iter().map(|r| p.face(r)).collect();
        p.content =
            (0..n).into_par_iter().map(|r| p.content_of(r as Record).into_iter().fold(0, mix)).collect();
        p.stand_in = p.stand_ins();
        p
    }

    fn stand_ins(&self) -> Vec<Record> {
        let mut stand_in: Vec<Record> = (0..self.records.len() as Record).collect();
        let mut by_content: Vec<(u64, Record)> =
            self.content.iter().zip(&stand_in).map(|(c, r)| (*c, *r)).collect();
        by_content.par_sort_unstable();
        let mut firsts: Vec<Record> = Vec::new();
        for same in by_content.chunk_by(|a, b| a.0 == b.0).filter(|s| s.len() > 1) {
            firsts.clear();
            for (_, r) in same {
                match firsts.iter().find(|first| self.same_content(**first, *r)) {
                    Some(first) => stand_in[*r as usize] = *first,
                    None => firsts.push(*r),
                }
            }
        }
        stand_in
    }

    fn face(&self, r: usize) -> Face {
        let mut flags = match self.gender[r] {
            Gender::Unknown => 0,
            Gender::Male => 1,
            Gender::Female => 2,
        };
        if self.numbered[r] {
            flags |= Face::NUMBERED;
        }
        let mut contacts = [0; 4];
        for (i, multi) in [&self.email, &self.mobile, &self.landline, &self.card].into_iter().enumerate() {
            let mut values = multi.of(r as Record);
            contacts[i] = values.next().unwrap_or(0);
            if values.next().is_some() {
                flags |= Face::SEVERAL << i;
            }
        }
        let [email, mobile, landline, card] = contacts;
        let (last, first, birth_name) = (self.last.of[r], self.first.of[r], self.birth_name.of[r]);
        let birth = match (self.birth[r], self.birth_key[r]) {
            (Some(day), true) => {
                let (y, m, d) = day.ymd();
                y.unsigned_abs() * 10_000 + m * 100 + d
            }
            _ => 0,
        };
        Face {
            last,
            last_key: self.last.info[last as usize].key,
            first,
            first_key: self.first.info[first as usize].key,
            birth_name,
            birth,
            email,
            mobile,
            landline,
            card,
            street: self.street[r],
            way: self.way[r],
            postcode: self.postcode[r],
            city: self.city[r],
            suffix: self.suffix[r],
            flags,
        }
    }

    /// Everything that is compared of a record, field by field, as numbers.
    fn content_of(&self, r: Record) -> Vec<u64> {
        let source = usize::from(self.records.sources[r as usize]);
        // Two records of a source without duplicates, and those that a steward keeps apart, never stand for one another.
        let alone = self.duplicate_free.get(source).copied().unwrap_or(false)
            || self.kept_apart.binary_search(&r).is_ok();
        let proven = u64::from(self.birth_proven[r as usize]) << 32;
        let own = if alone { u64::from(r) + 1 } else { proven };
        // What depends on the source as well: how a street is read.
        [own, u64::from(self.street[r as usize])]
            .into_iter()
            .chain(self.records.fields.iter().flat_map(|f| {
                let slots = f.slots.iter().map(move |s| (s.ids[r as usize], s.marks[r as usize]));
                slots.map(|(id, m)| u64::from(id) << 1 | u64::from(m.makes_keys()))
            }))
            .collect()
    }

    /// Whether two records are equal in everything that is compared.
    pub fn same_content(&self, a: Record, b: Record) -> bool {
        self.content[a as usize] == self.content[b as usize] && self.content_of(a) == self.content_of(b)
    }

    /// Whether a value of a contact field identifies its bearer: not a role address, not shared by many. Values of other
    /// fields always do.
    pub fn is_usable(&self, f: FieldIx, slot: usize, r: Record) -> bool {
        let multi = match f {
            field::EMAIL => &self.email,
            field::MOBILE => &self.mobile,
            field::LANDLINE => &self.landline,
            _ => return true,
        };
        multi.slots.get(slot).is_none_or(|s| s[r as usize] != 0)
    }

    /// Whether the source of a record is declared free of duplicates.
    pub fn is_duplicate_free(&self, r: Record) -> bool {
        self.duplicate_free.get(usize::from(self.records.sources[r as usize])).copied().unwrap_or(false)
    }

    /// Reference tables of names.
    pub fn name_tables(&self) -> &NameTables {
        &self.tables.names
    }

    /// Tokens of a name, sorted.
    #[inline]
    pub fn tokens(&self, info: &NameInfo) -> &[u32] {
        let start = info.tokens.0 as usize;
        &self.tokens[start..start + usize::from(info.tokens.1)]
    }

    /// A number for (last name, first name) of a record; 0 when both are missing.
    #[inline]
    fn person(&self, r: usize) -> u64 {
        let (l, f) =
            (self.last.info[self.last.of[r] as usize].key, self.first.info[self.first.of[r] as usize].key);
        if l == 0 && f == 0 { 0 } else { u64::from(l) << 32 | u64::from(f) }
    }

    /// (last name, first name) of a record as a text, when it has one of them: what [`Prepared::name_count`] counts by.
    pub fn person_key(&self, r: Record) -> Option<String> {
        let i = r as usize;
        let key = |names: &Names| self.keys.get(names.info[names.of[i] as usize].key);
        let (last, first) = (key(&self.last), key(&self.first));
        (!last.is_empty() || !first.is_empty()).then(|| format!("{last}\u{1f}{first}"))
    }

    fn count_names(&self) -> Vec<u32> {
        let n = self.records.len();
        if let Some(population) = self.population {
            let count = |r| self.person_key(r).map_or(0, |key| population.named(&key));
            return (0..n as Record).map(count).collect();
        }
        let mut people: Vec<(u64, u32)> = (0..n).map(|r| (self.person(r), r as u32)).collect();
        people.par_sort_unstable();
        let mut count = vec![0u32; n];
        for same in people.chunk_by(|a, b| a.0 == b.0) {
            if same[0].0 != 0 {
                same.iter().for_each(|(_, r)| count[*r as usize] = same.len() as u32);
            }
        }
        count
    }

    /// Key values of a contact field; values carried by more than the cap of distinct people are taken out and listed.
    fn contact(&self, plan: &Setting, f: FieldIx) -> (Multi, Pool, Vec<SharedValue>) {
        let column = self.records.field(f);
        // E-mails are compared by their key, everything else as it is.
        let (key_of, texts): (Vec<u32>, Option<Pool>) = if f == field::EMAIL {
            let mut pool = Pool::default();
            let mut text = String::new();
            let ids = std::iter::once(0)
                .chain(column.pool.iter().map(|(_, v)| {
                    text.clear();
                    crate::normalize::email::key_into(v, &mut text);
                    pool.intern(&text)
                }))
                .collect();
            (ids, Some(pool))
        } else {
            ((0..column.pool.len() as u32).collect(), None)
        };
        let mut slots: Vec<Vec<u32>> = column
            .slots
            .iter()
            .map(|s| {
                s.ids
                    .iter()
                    .zip(&s.marks)
                    .map(|(id, m)| if m.makes_keys() { key_of[*id as usize] } else { 0 })
                    .collect()
            })
            .collect();
        let mut shared = Vec::new();
        let cap = plan.spec.max_shared.get(&plan.fields[f].name);
        if let (Some(cap), Some(population)) = (cap, self.population) {
            let pool = texts.as_ref().unwrap_or(&column.pool);
            let barred: Vec<bool> = std::iter::once(false)
                .chain(pool.iter().map(|(_, text)| population.people(f, text) > *cap))
                .collect();
            for s in &mut slots {
                s.iter_mut().filter(|v| barred[**v as usize]).for_each(|v| *v = 0);
            }
        } else if let Some(cap) = cap {
            let distinct = texts.as_ref().map_or(column.pool.len(), Pool::len);
            let mut records = vec![0u32; distinct];
            for s in &slots {
                s.iter().for_each(|v| records[*v as usize] += 1);
            }
            // Only values on more records than the cap can be on more people than the cap.
            let mut pairs: Vec<(u32, u64)> = slots
                .iter()
                .flat_map(|s| s.iter().enumerate())
                .filter(|(_, v)| **v != 0 && records[**v as usize] > *cap)
                .map(|(r, v)| (*v, self.person(r)))
                .filter(|(_, person)| *person != 0)
                .collect();
            pairs.sort_unstable();
            pairs.dedup();
            let mut barred = vec![false; distinct];
            for same in pairs.chunk_by(|a, b| a.0 == b.0) {
                if same.len() as u32 > *cap {
                    let v = same[0].0;
                    barred[v as usize] = true;
                    let text = texts.as_ref().unwrap_or(&column.pool).get(v).to_owned();
                    let field = plan.fields[f].name.clone();
                    let people = same.len() as u32;
                    shared.push(SharedValue { field, value: text, people, records: records[v as usize] });
                }
            }
            for s in &mut slots {
                s.iter_mut().filter(|v| barred[**v as usize]).for_each(|v| *v = 0);
            }
            shared.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.value.cmp(&b.value)));
        }
        (Multi { slots }, texts.unwrap_or_default(), shared)
    }

    /// Postcode and street as one number; 0 when one is missing.
    #[inline]
    pub fn address(&self, r: Record) -> u64 {
        let (p, s) = (self.postcode[r as usize], self.street[r as usize]);
        if p == 0 || s == 0 { 0 } else { mix(u64::from(p), u64::from(s)) | 1 }
    }
}

fn days_of(pool: &Pool) -> Vec<Option<Day>> {
    (0..pool.len() as u32).map(|id| Day::parse_iso(pool.get(id))).collect()
}

fn name_column(
    records: &Records,
    f: FieldIx,
    tables: &NameTables,
    keys: &mut Pool,
    phonex: &mut Pool,
    tokens: &mut Vec<u32>,
) -> Names {
    let column = records.field(f);
    let (mut text, mut bare) = (String::new(), String::new());
    let mut info = vec![NameInfo::default()];
    for (_, value) in column.pool.iter() {
        let mut of_name = |value: &str, keys: &mut Pool| {
            text.clear();
            name_key_into(value, tables, &mut text);
            if text.is_empty() { 0 } else { keys.intern(&text) }
        };
        // A suffix (FILS, PERE) is kept out of the key; it is compared on its own.
        let (value, _) = split_suffix(value, tables);
        let key = of_name(value, keys);
        bare.clear();
        without_particles(value, tables, &mut bare);
        let bare = of_name(&bare, keys);
        let start = tokens.len();
        for t in value.split(' ').filter(|t| !t.is_empty()).take(u8::MAX as usize) {
            tokens.push(of_name(t, keys));
        }
        tokens[start..].sort_unstable();
        let count = (tokens.len() - start) as u8;
        let initials = count > 0 && value.split(' ').all(|t| t.len() == 1);
        let mut code = String::new();
        phonex_into(value, &mut code);
        info.push(NameInfo {
            key,
            bare,
            phonex: if code.is_empty() { 0 } else { phonex.intern(&code) },
            tokens: (start as u32, count),
            initials,
            initial: value.bytes().next().unwrap_or(0),
        });
    }
    Names { info, of: column.slots.first().map_or_else(|| vec![0; records.len()], |s| s.ids.clone()) }
}

/// Street key, way key and whether there is a number, by record; and the texts of street keys. A street is read as its
/// record's country writes it, or as its source's where the record names none.
fn streets(plan: &Setting, records: &Records) -> (Vec<u32>, Vec<u32>, Vec<bool>, Pool) {
    let column = records.field(field::STREET);
    let (mut streets, mut ways) = (Pool::default(), Pool::default());
    let (mut strong, mut weak) = (String::new(), String::new());
    let mut read = |region: Country| {
        let cx = Context { region, ..plan.context.clone() };
        let mut by_value = vec![(0u32, 0u32, false)];
        for (_, value) in column.pool.iter() {
            strong.clear();
            weak.clear();
            // The postcode is a part of its own; a fixed one stands for it here.
            let known = key::addr_key_into("-", value, &cx, &mut strong)
                && key::addr_key2_into("-", value, &cx, &mut weak);
            by_value.push(match known {
                true => (streets.intern(&strong), ways.intern(&weak), strong.len() > weak.len() + 1),
                false => (0, 0, false),
            });
        }
        by_value
    };
    let n = records.len();
    let countries = records.field(field::COUNTRY);
    let mut named = vec![None];
    named.extend(countries.pool.iter().map(|(_, name)| Country::new(name)));
    let region = |r: usize| {
        let named = named[countries.id(r as Record) as usize];
        named.or_else(|| plan.regions.get(usize::from(records.sources[r])).copied())
    };
    let of: Vec<Country> = (0..n).map(|r| region(r).unwrap_or(plan.context.region)).collect();
    let mut first =
        |french| of.iter().find(|c| is_french(**c) == french).map(|c| read(*c)).unwrap_or_default();
    let (french, abroad) = (first(true), first(false));
    let get = |r: usize| {
        let by_value = if is_french(of[r]) { &french } else { &abroad };
        by_value[column.id(r as Record) as usize]
    };
    (
        (0..n).map(|r| get(r).0).collect(),
        (0..n).map(|r| get(r).1).collect(),
        (0..n).map(|r| get(r).2).collect(),
        streets,
    )
}
