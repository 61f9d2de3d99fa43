//! A part of the kept records, judged as the whole set would judge it.

use super::rulings::Book;
use super::search;
use super::store::{Counted, Ordinal, Store};
use crate::config::Plan;
use crate::error::Error;
use crate::field::{self, FieldIx};
use crate::intern::{hash_bytes, mix};
use crate::matching::blocking::Recipe;
use crate::matching::compare::at;
use crate::matching::decide::Part;
use crate::matching::model::{Frequency, Model, value_key};
use crate::matching::population::Population;
use crate::matching::prepare::Prepared;
use crate::matching::ruling::{RecordRef, Rulings};
use crate::records::{OwnRecord, Record, Records};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// What every change needs of a plan.
#[derive(Debug)]
pub(super) struct Frame<'p> {
    pub plan: &'p Plan,
    /// The distinct key recipes of all passes.
    pub recipes: Vec<&'p [Part]>,
    /// Comparisons whose rare values weigh more, by position, and the smallest number of records to reckon with.
    pub weighted: Vec<(usize, u64)>,
    /// Contact fields with a cap, and the cap.
    pub capped: Vec<(FieldIx, u32)>,
}

/// Contact fields and their comparisons.
const CONTACTS: [(FieldIx, usize); 4] = [
    (field::EMAIL, at::EMAIL),
    (field::MOBILE, at::MOBILE),
    (field::LANDLINE, at::LANDLINE),
    (field::LOYALTY_CARD, at::LOYALTY_CARD),
];

impl<'p> Frame<'p> {
    pub fn new(plan: &'p Plan) -> Frame<'p> {
        let mut recipes: Vec<&[Part]> = Vec::new();
        for recipe in plan.passes.iter().flat_map(|p| &p.recipes) {
            if !recipes.contains(&recipe.as_slice()) {
                recipes.push(recipe);
            }
        }
        let names = plan.comparison_names();
        let weighted = |m: &Model| {
            let of = m.comparisons.iter().filter_map(|c| {
                let at_least = match c.term_frequency? {
                    Frequency::Share => 0,
                    Frequency::Count => m.smallest_population,
                };
                Some((names.position(&c.name)?, at_least))
            });
            of.collect()
        };
        let cap = |f: FieldIx| Some((f, *plan.config.matching.max_shared.get(&plan.fields[f].name)?));
        Frame {
            plan,
            recipes,
            weighted: plan.model.as_ref().map(weighted).unwrap_or_default(),
            capped: CONTACTS.iter().filter_map(|(f, _)| cap(*f)).collect(),
        }
    }

    pub fn reference(&self, record: &OwnRecord) -> RecordRef {
        let source = self.plan.sources.get(usize::from(record.source)).map_or("", |s| s.name.as_str());
        RecordRef { source: source.to_owned(), record_id: record.id.clone() }
    }

    /// Columns of some records, and the decisions on them.
    pub fn scene<'r>(&self, rows: impl IntoIterator<Item = (Ordinal, &'r OwnRecord)>, book: &Book) -> Scene {
        let mut rows: Vec<(Ordinal, &OwnRecord)> = rows.into_iter().collect();
        rows.sort_unstable_by_key(|(_, r)| r.rank());
        Scene {
            records: Records::gather(self.plan.fields.len(), rows.iter().map(|(_, r)| *r)),
            rulings: book.among(rows.iter().map(|(_, r)| self.reference(r))),
            number: rows.iter().enumerate().map(|(r, (o, _))| (*o, r as Record)).collect(),
            ordinals: rows.into_iter().map(|(o, _)| o).collect(),
        }
    }

    /// Prepares a scene with counts that are known.
    pub fn prepare<'a>(&'a self, scene: &'a Scene, population: &'a dyn Population) -> Prepared<'a> {
        let setting = crate::matching::prepare::Setting {
            rulings: &scene.rulings,
            population: Some(population),
            ..self.plan.setting()
        };
        Prepared::new(&setting, &scene.records)
    }

    /// Fetches what [`Frame::prepare`] needs of all other records.
    pub fn counts<S: Store>(&self, store: &S, scene: &Scene) -> Result<Counts, Error> {
        let raw = self.prepare(scene, &Nobody);
        let mut counts = Counts { records: store.count(Counted::Records, "")?, ..Counts::default() };
        for (position, _) in &self.weighted {
            counts.valued.insert(*position, store.count(Counted::Valued(*position as u16), "")?);
        }
        for r in 0..scene.records.len() as Record {
            if let Some(person) = raw.person_key(r)
                && !counts.named.contains_key(&person)
            {
                let n = store.count(Counted::Named, &person)?;
                counts.named.insert(person, n as u32);
            }
            for (f, value) in contact_values(&raw, r) {
                let key = (f, value);
                if !counts.people.contains_key(&key) {
                    let n = store.count(Counted::People(f as u16), &key.1)?;
                    counts.people.insert(key.clone(), n as u32);
                }
                if let Some((_, position)) = CONTACTS.iter().find(|(c, _)| *c == f)
                    && self.weighted.iter().any(|(w, _)| w == position)
                {
                    counts.fetch(store, *position, key.1)?;
                }
            }
            for (position, _) in self.weighted.iter().filter(|(p, _)| !is_contact(*p)) {
                if let Some(value) = value_key(&raw, *position, r) {
                    counts.fetch(store, *position, value)?;
                }
            }
        }
        Ok(counts)
    }
}

fn is_contact(position: usize) -> bool {
    CONTACTS.iter().any(|(_, c)| *c == position)
}

/// Some records in columns.
#[derive(Debug)]
pub(super) struct Scene {
    pub records: Records,
    pub rulings: Rulings,
    /// By record.
    pub ordinals: Vec<Ordinal>,
    pub number: BTreeMap<Ordinal, Record>,
}

/// Nobody else is there: no value is shared.
#[derive(Debug)]
pub(super) struct Nobody;

impl Population for Nobody {
    fn records(&self) -> u64 {
        0
    }
    fn people(&self, _: FieldIx, _: &str) -> u32 {
        0
    }
    fn named(&self, _: &str) -> u32 {
        0
    }
    fn valued(&self, _: usize) -> u64 {
        0
    }
    fn carriers(&self, _: usize, _: &str) -> u64 {
        0
    }
}

/// Counts that were fetched for a scene.
#[derive(Debug, Default)]
pub(super) struct Counts {
    records: u64,
    people: HashMap<(FieldIx, String), u32>,
    named: HashMap<String, u32>,
    valued: HashMap<usize, u64>,
    carriers: HashMap<usize, HashMap<String, u64>>,
}

impl Counts {
    fn fetch<S: Store>(&mut self, store: &S, position: usize, value: String) -> Result<(), Error> {
        let of = self.carriers.entry(position).or_default();
        if let Entry::Vacant(count) = of.entry(value) {
            let n = store.count(Counted::Carriers(position as u16), count.key())?;
            count.insert(n);
        }
        Ok(())
    }
}

impl Population for Counts {
    fn records(&self) -> u64 {
        self.records
    }
    fn people(&self, f: FieldIx, value: &str) -> u32 {
        self.people.get(&(f, value.to_owned())).copied().unwrap_or(0)
    }
    fn named(&self, person: &str) -> u32 {
        self.named.get(person).copied().unwrap_or(0)
    }
    fn valued(&self, comparison: usize) -> u64 {
        self.valued.get(&comparison).copied().unwrap_or(0)
    }
    fn carriers(&self, comparison: usize, value: &str) -> u64 {
        self.carriers.get(&comparison).and_then(|of| of.get(value)).copied().unwrap_or(0)
    }
}

/// Contact values of a record that make keys, each once; e-mails by their key.
pub(super) fn contact_values(p: &Prepared, r: Record) -> Vec<(FieldIx, String)> {
    let mut found: Vec<(FieldIx, String)> = Vec::new();
    for (f, values) in CONTACTS.iter().map(|(f, _)| *f).zip([&p.email, &p.mobile, &p.landline, &p.card]) {
        for v in values.of(r) {
            let value = (f, values.text(v).to_owned());
            if !found.contains(&value) {
                found.push(value);
            }
        }
    }
    found
}

/// What a record gives to the index and to the counts that say which values are shared. Nothing here depends on other
/// records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facets {
    /// Keys under which it may meet others, and that of records with the same content.
    pub blocks: Vec<u64>,
    /// Every other key under which it may have to be found.
    pub clues: Vec<u64>,
    /// Contact values with a cap and who bears them.
    pub bears: Vec<(FieldIx, String, String)>,
    /// The key of records with the same content.
    pub content: u64,
}

/// The key of records that bear a contact value.
pub(super) fn contact_key(f: FieldIx, value: &str) -> u64 {
    mix(0x1000 + f as u64, hash_bytes(value.as_bytes()))
}

/// The key of records of that last and first name.
pub(super) fn named_key(person: &str) -> u64 {
    mix(0x2000, hash_bytes(person.as_bytes()))
}

/// The key of records that may have this value for a comparison.
pub(super) fn carrier_key(position: usize, value: &str) -> u64 {
    match CONTACTS.iter().find(|(_, c)| *c == position) {
        Some((f, _)) => contact_key(*f, value),
        None => mix(0x3000 + position as u64, hash_bytes(value.as_bytes())),
    }
}

fn recipe_key(recipe: usize, key: u64) -> u64 {
    mix(0x4000 + recipe as u64, key)
}

impl Frame<'_> {
    /// Facets of every record of a scene.
    pub fn facets(&self, scene: &Scene) -> Vec<Facets> {
        let raw = self.prepare(scene, &Nobody);
        let recipes: Vec<Recipe> = self.recipes.iter().map(|parts| Recipe::new(parts, &raw)).collect();
        let mut keys = Vec::new();
        (0..scene.records.len() as Record)
            .map(|r| {
                let mut facets = Facets { content: self.content(&raw, r), ..Facets::default() };
                for (i, recipe) in recipes.iter().enumerate() {
                    keys.clear();
                    recipe.stored_keys(&raw, r, &mut keys);
                    facets.blocks.extend(keys.iter().map(|k| recipe_key(i, *k)));
                }
                let person = raw.person_key(r);
                for (f, value) in contact_values(&raw, r) {
                    facets.clues.push(contact_key(f, &value));
                    if let Some(person) = &person
                        && self.capped.iter().any(|(c, _)| *c == f)
                    {
                        facets.bears.push((f, value, person.clone()));
                    }
                }
                facets.clues.extend(person.map(|p| named_key(&p)));
                for (position, _) in self.weighted.iter().filter(|(p, _)| !is_contact(*p)) {
                    facets.clues.extend(value_key(&raw, *position, r).map(|v| carrier_key(*position, &v)));
                }
                facets.blocks.push(facets.content);
                facets.clues.extend(search::keys(&raw.records.own(r), &self.plan.tables.names));
                for keys in [&mut facets.blocks, &mut facets.clues] {
                    keys.sort_unstable();
                    keys.dedup();
                }
                facets
            })
            .collect()
    }

    /// A number for everything that is compared of a record, whoever keeps it apart from whom.
    fn content(&self, p: &Prepared, r: Record) -> u64 {
        let face = &p.faces[r as usize];
        let street = p.streets.text(face.street);
        let mut content = mix(0x5000 + u64::from(face.birth_proven()), hash_bytes(street.as_bytes()));
        for v in p.records.own(r).values {
            let place = (v.field as u64) << 32 | (v.slot as u64) << 1 | u64::from(v.mark.makes_keys());
            content = mix(content, mix(place, hash_bytes(v.text.as_bytes())));
        }
        content
    }

    /// What the records of a prepared scene are counted under, and the block keys that they have at present.
    pub fn profiles(&self, scene: &Scene, p: &Prepared) -> Vec<Profile> {
        let recipes: Vec<Recipe> = self.recipes.iter().map(|parts| Recipe::new(parts, p)).collect();
        let mut keys = Vec::new();
        (0..scene.records.len() as Record)
            .map(|r| {
                let mut profile = Profile::default();
                profile.counted.extend(p.person_key(r).map(|person| (Counted::Named, person)));
                for (position, _) in &self.weighted {
                    if let Some(value) = value_key(p, *position, r) {
                        profile.counted.push((Counted::Valued(*position as u16), String::new()));
                        profile.counted.push((Counted::Carriers(*position as u16), value));
                    }
                }
                for (i, recipe) in recipes.iter().enumerate() {
                    keys.clear();
                    recipe.stored_keys(p, r, &mut keys);
                    profile.blocks.extend(keys.iter().map(|k| (recipe.is_sorted(), recipe_key(i, *k))));
                }
                profile
            })
            .collect()
    }
}

/// What a record counts for, and where it is met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Profile {
    /// Counts that it is one of.
    pub counted: Vec<(Counted, String)>,
    /// Block keys, and whether the block pairs neighbours only.
    pub blocks: Vec<(bool, u64)>,
}
