//! What comparisons need, computed once per distinct value: keys of names, days, address keys, means of contact.

mod columns;
mod companies;
mod contacts;
mod content;
mod counts;
mod face;
mod names;
mod streets;

pub use contacts::{Multi, SharedValue};
pub(super) use counts::{counts, counts_of};
pub(super) use face::shared;
pub use face::{Face, Gender};
pub use names::{NameInfo, NameKeys, Names, Sounds};
pub use streets::Streets;

use super::comparison::{CompiledComparison, Derived};
use super::pass::{MatchingSpec, MergeScope};
use super::population::Population;
use super::ruling::Rulings;
use crate::field::{self, CompiledField, FieldIx};
use crate::intern::mix;
use crate::normalize::{Context, Country};
use crate::records::{Record, RecordIndex, Records};
use crate::reference::email::Facts;
use crate::reference::names::NameTables;
use columns::{Columns, ids};
use counts::MANY;
use rayon::prelude::*;
use std::sync::{Arc, OnceLock};

/// What records are: people and companies are matched apart (`domain.md` §3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// Persons, contacts among them.
    #[default]
    People,
    /// Companies and their establishments.
    Companies,
}

/// Columns ready for blocking and comparing.
#[derive(Debug)]
pub struct Prepared<'a> {
    /// The records.
    pub records: &'a Records,
    /// Last names in use.
    pub last: Names<'a>,
    /// Last names at birth.
    pub birth_name: Names<'a>,
    /// First names.
    pub first: Names<'a>,
    /// Keys and tokens of names.
    pub keys: NameKeys,
    /// One line of numbers by record.
    pub faces: Vec<Face>,
    /// Contact values that make keys, by record: e-mail keys.
    pub email: Multi<'a>,
    /// Mobile numbers.
    pub mobile: Multi<'a>,
    /// Other numbers.
    pub landline: Multi<'a>,
    /// Loyalty cards.
    pub card: Multi<'a>,
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
    /// What is counted over a larger set, of which these records are a part.
    pub population: Option<&'a dyn Population>,
    /// Texts of street keys.
    pub streets: Streets,
    /// Brand or company that identity ends at, by record; empty when it reaches over all.
    scopes: Vec<u32>,
    duplicate_free: Vec<bool>,
    /// Records that a steward keeps apart from another; sorted.
    kept_apart: Vec<Record>,
    tables: Arc<crate::reference::Tables>,
    // What only some passes ask for.
    last_sounds: OnceLock<Sounds>,
    first_sounds: OnceLock<Sounds>,
    name_count: OnceLock<Vec<u32>>,
    addresses: OnceLock<Vec<u32>>,
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
    /// Computes what every comparison needs; the rest is computed when it is first asked for.
    pub fn new(plan: &Setting<'a>, records: &'a Records) -> Prepared<'a> {
        let n = records.len();
        let tables = plan.context.tables.clone();
        let mut keys = NameKeys::default();
        let mut names = |f| keys.column(records, f, &tables.names);
        let last = names(field::LAST_NAME);
        let birth_name = names(field::BIRTH_NAME);
        let first = names(field::FIRST_NAME);
        let scopes = scopes(plan.spec.merge_scope, records);
        let mut contacts = [field::EMAIL, field::MOBILE, field::LANDLINE, field::LOYALTY_CARD]
            .map(|f| (f, Multi::new(records, f)));
        let scope = |r: usize| scopes.get(r).copied().unwrap_or(0);
        let (last_ids, first_ids) = (ids(records, field::LAST_NAME), ids(records, field::FIRST_NAME));
        let key =
            |names: &Names, ids: &[u32], r: usize| names.info[ids.get(r).map_or(0, |id| *id as usize)].key;
        let person = |r: usize| face::person(key(&last, last_ids, r), key(&first, first_ids, r));
        let take_out =
            |(f, values): &mut (FieldIx, Multi)| values.take_out_shared(plan, *f, n, scope, person);
        let shared: Vec<Vec<SharedValue>> = match n {
            ..MANY => contacts.iter_mut().map(take_out).collect(),
            _ => contacts.par_iter_mut().map(take_out).collect(),
        };
        let (streets, lines) = streets::read(&plan.regions, &plan.context, records);
        let columns = Columns::new(plan, records, lines);
        let [email, mobile, landline, card] = contacts.map(|(_, values)| values);
        let (faces, hashes) = face::all(n, |from, faces| {
            for (r, face) in (from..).zip(&mut *faces) {
                *face = columns.face(r);
                face.last_key = last.info[face.last as usize].key;
                face.first_key = first.info[face.first as usize].key;
            }
            for (i, values) in [&email, &mobile, &landline, &card].into_iter().enumerate() {
                values.show(i as u32, from, faces);
            }
        });
        let kept_apart = match plan.rulings.is_empty() {
            true => Vec::new(),
            false => plan.rulings.kept_apart(&RecordIndex::new(records), &plan.sources),
        };
        let mut p = Prepared {
            records,
            last,
            birth_name,
            first,
            keys,
            faces,
            email,
            mobile,
            landline,
            card,
            stand_in: Vec::new(),
            shared: shared.into_iter().flatten().collect(),
            custom: plan.comparisons,
            derived: plan.comparisons.iter().map(|c| Derived::new(c, records)).collect(),
            level: plan.level,
            establishments: Vec::new(),
            population: plan.population,
            streets,
            scopes,
            duplicate_free: plan.duplicate_free.clone(),
            kept_apart,
            tables,
            last_sounds: OnceLock::new(),
            first_sounds: OnceLock::new(),
            name_count: OnceLock::new(),
            addresses: OnceLock::new(),
        };
        if p.level == Level::Companies {
            p.establishments = p.count_establishments();
        }
        p.stand_in = p.stand_ins(&hashes);
        for (face, (r, first)) in p.faces.iter_mut().zip(p.stand_in.iter().enumerate()) {
            if *first as usize != r {
                face.set_copy();
            }
        }
        p
    }

    /// A value as a number that is another one in another brand or company, where these are kept apart.
    #[inline]
    pub(super) fn scoped(&self, r: Record, value: u64) -> u64 {
        match self.scope(r) {
            0 => value,
            scope => mix(value, scope.into()) | 1,
        }
    }

    /// Phonex codes of last names: those in use, then those at birth.
    #[inline]
    pub fn last_sounds(&self) -> &Sounds {
        self.last_sounds.get_or_init(|| Sounds::new(&[&self.last, &self.birth_name], self.name_tables()))
    }

    /// Whether two last names have one Phonex code. Codes of all names are made only where a key asks for them.
    pub(super) fn sound_alike(&self, a: &str, b: &str) -> bool {
        let code = |name| Sounds::code_of(name, self.name_tables());
        let code_of_a = code(a);
        !code_of_a.is_empty() && code_of_a == code(b)
    }

    /// Phonex codes of first names.
    #[inline]
    pub fn first_sounds(&self) -> &Sounds {
        self.first_sounds.get_or_init(|| Sounds::new(&[&self.first], self.name_tables()))
    }

    /// Records with the last and first name of a record, to know which names are common.
    #[inline]
    pub fn name_count(&self, r: Record) -> u32 {
        self.name_count.get_or_init(|| self.count_names())[r as usize]
    }

    /// A number for each record's postcode and street, the same for equal ones; 0 when one is missing.
    #[inline]
    pub fn addresses(&self) -> &[u32] {
        self.addresses.get_or_init(|| streets::address_numbers(&self.faces, self.streets.len()))
    }

    /// The text of a key value of a contact field; empty for other fields.
    pub fn contact_text(&self, f: FieldIx, value: u32) -> &str {
        self.contact(f).map_or("", |values| values.text(value))
    }

    fn contact(&self, f: FieldIx) -> Option<&Multi<'a>> {
        Some(match f {
            field::EMAIL => &self.email,
            field::MOBILE => &self.mobile,
            field::LANDLINE => &self.landline,
            field::LOYALTY_CARD => &self.card,
            _ => return None,
        })
    }

    /// Whether a value of a contact field identifies its bearer: not a role address, not shared by many. Values of other
    /// fields always do.
    pub fn is_usable(&self, f: FieldIx, slot: usize, r: Record) -> bool {
        let values = self.contact(f).filter(|values| f != field::LOYALTY_CARD && values.has_slot(slot));
        values.is_none_or(|values| values.in_slot(slot, r) != 0)
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

    /// Whether an e-mail domain is a public provider's.
    pub fn is_public_domain(&self, domain: &str) -> bool {
        let facts = self.tables.email.facts(domain);
        facts.has(Facts::PROVIDER) || facts.has(Facts::KNOWN)
    }

    /// Reference tables of names.
    pub fn name_tables(&self) -> &NameTables {
        &self.tables.names
    }

    /// (last name, first name) of a record as a text, when it has one of them: what [`Prepared::name_count`] counts by.
    pub fn person_key(&self, r: Record) -> Option<String> {
        let face = &self.faces[r as usize];
        let (last, first) = (self.keys.texts.get(face.last_key), self.keys.texts.get(face.first_key));
        (!last.is_empty() || !first.is_empty()).then(|| format!("{last}\u{1f}{first}"))
    }

    fn count_names(&self) -> Vec<u32> {
        let n = self.records.len();
        if let Some(population) = self.population {
            let count = |r| self.person_key(r).map_or(0, |key| population.named(&key));
            return (0..n as Record).map(count).collect();
        }
        counts(n, |r| match self.faces[r as usize].person() {
            0 => 0,
            person => self.scoped(r, person),
        })
    }

    /// Postcode and street as one number; 0 when one is missing.
    #[inline]
    pub fn address(&self, r: Record) -> u64 {
        self.faces[r as usize].address()
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
