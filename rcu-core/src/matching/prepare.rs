//! What comparisons need, computed once per distinct value: keys of names, phonetic codes, tokens, days, address keys.

use super::comparison::{CompiledComparison, Derived};
use super::pass::{MatchingSpec, MergeScope};
use super::population::Population;
use super::ruling::Rulings;
use crate::field::{self, CompiledField, FieldIx};
use crate::intern::{Pool, mix};
use crate::normalize::address::{is_french, key};
use crate::normalize::name::{name_key_into, split_suffix, without_particles};
use crate::normalize::phonetic::phonex_into;
use crate::normalize::{Context, Country, Status};
use crate::records::{Record, RecordIndex, Records, Slot};
use crate::reference::email::Facts;
use crate::reference::names::NameTables;
use crate::time::Day;
use rayon::prelude::*;
use std::collections::BTreeMap;
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

/// What records are: people and companies are matched apart (`domain.md` §3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// Persons, contacts among them.
    #[default]
    People,
    /// Companies and their establishments.
    Companies,
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
    /// What the records are.
    pub level: Level,
    /// Of companies: distinct SIRET of the record's SIREN, in its postcode when it has one; empty for people.
    pub establishments: Vec<u32>,
    /// Brand or company that identity ends at, by record; empty when it reaches over all.
    scopes: Vec<u32>,
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
    /// What the records are.
    pub level: Level,
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
            level: plan.level,
            establishments: Vec::new(),
            scopes: scopes(plan.spec.merge_scope, records),
            population: plan.population,
            email_keys: Pool::default(),
            street_keys,
            phonex_codes: phonex,
            duplicate_free: Vec::new(),
            kept_apart: Vec::new(),
            tables,
        };
        if p.level == Level::Companies {
            p.establishments = p.count_establishments();
        }
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
        p.content = p.contents();
        p.stand_in = p.stand_ins();
        p
    }

    fn stand_ins(&self) -> Vec<Record> {
        let n = self.records.len();
        let number = numbers(n, |r| self.content[r as usize].max(1));
        let mut stand_in: Vec<Record> = (0..n as Record).collect();
        let mut first: Vec<Option<Record>> = vec![None; n + 1];
        // Records whose content differs from that of the first with their number.
        let mut others: BTreeMap<u32, Vec<Record>> = BTreeMap::new();
        for r in 0..n as Record {
            let at = number[r as usize];
            let Some(known) = first[at as usize] else {
                first[at as usize] = Some(r);
                continue;
            };
            let more = others.get(&at).into_iter().flatten();
            match std::iter::once(&known).chain(more).find(|f| self.same_content(**f, r)) {
                Some(f) => stand_in[r as usize] = *f,
                None => others.entry(at).or_default().push(r),
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

    /// What counts for a comparison beside the values: whether a record stands for itself alone, whether its birth date is
    /// proven, and how its street is read, which depends on the source.
    fn beside_values(&self, r: Record) -> [u64; 2] {
        // Two records of a source without duplicates, and those that a steward keeps apart, never stand for one another.
        let alone = self.is_duplicate_free(r) || self.kept_apart.binary_search(&r).is_ok();
        let proven = u64::from(self.birth_proven[r as usize]) << 32;
        [if alone { u64::from(r) + 1 } else { proven }, u64::from(self.street[r as usize])]
    }

    /// A value as a number that is another one in another brand or company, where these are kept apart.
    #[inline]
    pub(super) fn scoped(&self, r: Record, value: u64) -> u64 {
        match self.scope(r) {
            0 => value,
            scope => mix(value, scope.into()) | 1,
        }
    }

    /// Every column whose values are compared.
    fn compared(&self) -> impl Iterator<Item = &Slot> {
        self.records.fields.iter().chain([&self.records.employer]).flat_map(|f| &f.slots)
    }

    /// Everything that is compared of a record, field by field, as numbers.
    fn content_of(&self, r: Record) -> impl Iterator<Item = u64> + '_ {
        let slots = self.compared();
        self.beside_values(r).into_iter().chain(slots.map(move |s| value_and_use(s, r as usize)))
    }

    /// [`Prepared::content_of`] every record as one number, column by column.
    fn contents(&self) -> Vec<u64> {
        const CHUNK: usize = 1 << 14;
        let mut content = vec![0u64; self.records.len()];
        content.par_chunks_mut(CHUNK).enumerate().for_each(|(c, chunk)| {
            let first = c * CHUNK;
            for (i, all) in chunk.iter_mut().enumerate() {
                *all = self.beside_values((first + i) as Record).into_iter().fold(0, mix);
            }
            for slot in self.compared() {
                for (i, all) in chunk.iter_mut().enumerate() {
                    *all = mix(*all, value_and_use(slot, first + i));
                }
            }
        });
        content
    }

    /// Whether two records are equal in everything that is compared.
    pub fn same_content(&self, a: Record, b: Record) -> bool {
        self.content[a as usize] == self.content[b as usize] && self.content_of(a).eq(self.content_of(b))
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

    /// Whether any source is declared free of duplicates.
    pub fn has_duplicate_free(&self) -> bool {
        self.duplicate_free.contains(&true)
    }

    /// Whether the source of a record is declared free of duplicates.
    pub fn is_duplicate_free(&self, r: Record) -> bool {
        self.duplicate_free.get(usize::from(self.records.sources[r as usize])).copied().unwrap_or(false)
    }

    /// The brand or company that identity ends at; 0 when it reaches over all, or when the record has none.
    #[inline]
    pub fn scope(&self, r: Record) -> u32 {
        self.scopes.get(r as usize).copied().unwrap_or(0)
    }

    /// Scopes by record; empty when identity reaches over all.
    pub fn scopes(&self) -> &[u32] {
        &self.scopes
    }

    /// Whether two contacts have a company in common, by its id or its name.
    pub fn same_employer(&self, a: Record, b: Record) -> bool {
        let employer = &self.records.employer;
        employer.values(a).any(|(x, _)| employer.values(b).any(|(y, _)| x == y))
    }

    /// Which company number says that two records are two establishments or two companies.
    pub fn other_establishment(&self, a: Record, b: Record) -> Option<&'static str> {
        let differ = |f: FieldIx| {
            let column = self.records.field(f);
            let (x, y) = (column.id(a), column.id(b));
            x != 0 && y != 0 && x != y
        };
        if differ(field::SIRET) {
            return Some("siret");
        }
        (self.level == Level::Companies && differ(field::SIREN)).then_some("siren")
    }

    /// Whether an e-mail domain is a public provider's.
    pub fn is_public_domain(&self, domain: &str) -> bool {
        let facts = self.tables.email.facts(domain);
        facts.has(Facts::PROVIDER) || facts.has(Facts::KNOWN)
    }

    fn count_establishments(&self) -> Vec<u32> {
        let (siren, siret) = (self.records.field(field::SIREN), self.records.field(field::SIRET));
        let n = self.records.len() as Record;
        let mut count = vec![0u32; n as usize];
        // Once over the postcodes, once over all of the SIREN for records without one.
        for by_postcode in [true, false] {
            let mut keyed: Vec<(u32, u32, u32, u32, Record)> = (0..n)
                .filter(|r| siren.id(*r) != 0 && (!by_postcode || self.postcode[*r as usize] != 0))
                .map(|r| {
                    let place = if by_postcode { self.postcode[r as usize] } else { 0 };
                    (self.scope(r), siren.id(r), place, siret.id(r), r)
                })
                .collect();
            keyed.par_sort_unstable();
            for same in keyed.chunk_by(|a, b| (a.0, a.1, a.2) == (b.0, b.1, b.2)) {
                let known = same.chunk_by(|a, b| a.3 == b.3).filter(|c| c[0].3 != 0).count() as u32;
                for (.., r) in same {
                    if by_postcode || self.postcode[*r as usize] == 0 {
                        count[*r as usize] = known;
                    }
                }
            }
        }
        count
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
        counts(n, |r| match self.person(r as usize) {
            0 => 0,
            person => self.scoped(r, person),
        })
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
            let mut pairs: Vec<(u32, u32, u64)> = slots
                .iter()
                .flat_map(|s| s.iter().enumerate())
                .filter(|(_, v)| **v != 0 && records[**v as usize] > *cap)
                .map(|(r, v)| (*v, self.scope(r as Record), self.person(r)))
                .collect();
            pairs.sort_unstable();
            let mut barred: Vec<(u32, u32)> = Vec::new();
            for same in pairs.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
                let people = same.chunk_by(|a, b| a.2 == b.2).filter(|c| c[0].2 != 0).count() as u32;
                if people > *cap {
                    let (v, scope, _) = same[0];
                    barred.push((v, scope));
                    let text = texts.as_ref().unwrap_or(&column.pool).get(v).to_owned();
                    let field = plan.fields[f].name.clone();
                    shared.push(SharedValue { field, value: text, people, records: same.len() as u32 });
                }
            }
            let mut touched = vec![false; distinct];
            barred.iter().for_each(|(v, _)| touched[*v as usize] = true);
            for s in &mut slots {
                for (r, v) in s.iter_mut().enumerate().filter(|(_, v)| touched[**v as usize]) {
                    if barred.binary_search(&(*v, self.scope(r as Record))).is_ok() {
                        *v = 0;
                    }
                }
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

/// The brand or company of each record, as a number; empty when identity reaches over all.
fn scopes(scope: MergeScope, records: &Records) -> Vec<u32> {
    let field = match scope {
        MergeScope::Group => return Vec::new(),
        MergeScope::Company => field::COMPANY,
        MergeScope::Brand => field::BRAND,
    };
    let column = records.field(field);
    (0..records.len() as Record).map(|r| column.id(r)).collect()
}

/// One value as a number: what it is, and whether it may make a key.
#[inline]
fn value_and_use(slot: &Slot, r: usize) -> u64 {
    u64::from(slot.ids[r]) << 1 | u64::from(slot.marks[r].makes_keys())
}

/// How many records have the same value as each record; 0 where the value is 0.
pub(super) fn counts(n: usize, value: impl Fn(Record) -> u64 + Sync + Send) -> Vec<u32> {
    let mut numbers = numbers(n, value);
    let mut count = vec![0u32; n + 1];
    numbers.iter().for_each(|v| count[*v as usize] += 1);
    count[0] = 0;
    numbers.iter_mut().for_each(|v| *v = count[*v as usize]);
    numbers
}

/// A number for each record's value, from 1 in order of first sight, equal for equal values; 0 where the value is 0.
pub(super) fn numbers(n: usize, value: impl Fn(Record) -> u64 + Sync + Send) -> Vec<u32> {
    let values: Vec<u64> = (0..n as Record).into_par_iter().map(value).collect();
    let size = (n * 2).next_power_of_two().clamp(16, 1 << 32);
    // Open addressing: a value and its number.
    let mut table: Vec<(u64, u32)> = vec![(0, 0); size];
    let mut last = 0;
    let number = |v: u64| {
        if v == 0 {
            return 0;
        }
        let mut i = (mix(v, 1) >> 20) as usize & (size - 1);
        while table[i].0 != v && table[i].0 != 0 {
            i = (i + 1) & (size - 1);
        }
        if table[i].0 == 0 {
            last += 1;
            table[i] = (v, last);
        }
        table[i].1
    };
    values.into_iter().map(number).collect()
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
