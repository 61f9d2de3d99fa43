//! Where people stand after a change: their facts gathered from the store and judged with the functions of a batch.
//!
//! A change concerns the people whose records or facts changed, those whose facts name a store, product or rate that
//! changed, and those who share with one of these rows what decides between rows: an identifier over several sources, a
//! visitor, a ticket. Their facts, and all that these depend on, are enough to judge them as a batch would.

use super::evaluate::{evaluate, has_facts, nobody, rows_of};
use super::facts::Arrived;
use super::ledger::Ledger;
use super::rulings::Book;
use super::scene::{Frame, Scene};
use super::scores;
use super::standing::{KeptFact, Lives, Standing};
use super::store::{Ordinal, Person, PersonNumber, Space, Store};
use crate::error::Error;
use crate::facts::{RowKeys, owner_key, row_keys};
use crate::matching::cluster::Clusters;
use crate::records::{OwnRecord, Records};
use std::collections::{BTreeMap, BTreeSet};

/// A person before and after a change.
pub(super) type Moved = BTreeMap<PersonNumber, (Standing, Standing)>;

/// Judges everyone anew whom a change concerns, and keeps it. `found` are people who were found anew, `gone` those who
/// are no more, `records` the sources and identifiers of records that came or went.
pub(super) fn settle<S: Store>(
    frame: &Frame,
    store: &mut S,
    book: &Book,
    arrived: &Arrived,
    found: &BTreeMap<PersonNumber, Lives>,
    records: &[(u16, String)],
) -> Result<Moved, Error> {
    let mut around = Around { frame, store: &*store, facts: BTreeMap::new(), keys: BTreeMap::new() };
    let mut people: BTreeSet<PersonNumber> = found.keys().copied().collect();
    let mut changed: BTreeSet<Ordinal> = BTreeSet::new();
    if has_facts(frame.plan, around.store)? {
        changed = around.changed(arrived, records)?;
        for keys in &arrived.old {
            people.extend(around.owner(keys)?);
        }
        people.extend(around.owners(&changed)?);
        let first = around.of_people(&people)?;
        let beside = around.near(&first)?;
        people.extend(around.owners(&beside)?);
        let own = around.of_people(&people)?;
        around.near(&own)?;
        around.needed()?;
        changed.extend(own);
    }
    let Around { facts, keys, .. } = around;
    // Whoever owns a fact at hand has to be there, so that it is not taken for an orphan.
    let mut beside: BTreeSet<PersonNumber> = people.clone();
    for keys in keys.values() {
        beside.extend(owner_of(&*store, keys)?);
    }
    let crowd = Crowd::new(frame, &*store, book, &beside)?;
    let judged = evaluate(frame.plan, &crowd.scene.records, &crowd.clusters, &facts)?;
    let mut ledger = Ledger::default();
    for o in changed {
        if let (Some(fact), Some(tally)) = (facts.get(&o), judged.tallies.get(&o))
            && fact.tally != *tally
        {
            ledger.recount(frame.plan, fact.source, fact.tally, *tally);
            store.put_fact(Some(o), &KeptFact { tally: *tally, ..fact.clone() })?;
        }
    }
    ledger.close(store)?;
    let mut moved = Moved::new();
    let nobody = nobody(frame.plan);
    judged.standings(frame.plan, &crowd.scene.records, &nobody, &mut |c, new| {
        let number = crowd.numbers[c];
        if people.contains(&number) {
            let old = store.standing(number)?.unwrap_or_default();
            // With whom they live is found after this.
            let new = Standing { household: old.household.clone(), lives: old.lives.clone(), ..new };
            keep(store, number, &old, &new)?;
            if old != new {
                moved.insert(number, (old, new));
            }
        }
        Ok(())
    })?;
    Ok(moved)
}

/// The facts of some people, and all that these depend on.
pub(super) fn gather<S: Store>(
    frame: &Frame,
    store: &S,
    people: &BTreeSet<PersonNumber>,
) -> Result<BTreeMap<Ordinal, KeptFact>, Error> {
    let mut around = Around { frame, store, facts: BTreeMap::new(), keys: BTreeMap::new() };
    if has_facts(frame.plan, store)? {
        let own = around.of_people(people)?;
        around.near(&own)?;
        around.needed()?;
    }
    Ok(around.facts)
}

/// A person of a first base, and with whom they live.
pub(super) struct Housed {
    pub number: PersonNumber,
    pub household: String,
    pub lives: Lives,
}

/// Judges all facts of a first base at once. `people` are in the order of `clusters`.
pub(super) fn settle_all<S: Store>(
    frame: &Frame,
    store: &mut S,
    records: &Records,
    clusters: &Clusters,
    people: &[Housed],
) -> Result<(), Error> {
    let mut facts: BTreeMap<Ordinal, KeptFact> = BTreeMap::new();
    store.each_fact(&mut |o, f| {
        facts.insert(o, f);
    })?;
    let judged = evaluate(frame.plan, records, clusters, &facts)?;
    let mut ledger = Ledger::default();
    for (o, fact) in facts {
        if let Some(tally) = judged.tallies.get(&o).filter(|t| **t != fact.tally) {
            ledger.recount(frame.plan, fact.source, fact.tally, *tally);
            store.put_fact(Some(o), &KeptFact { tally: *tally, ..fact })?;
        }
    }
    ledger.close(store)?;
    let nothing = Standing::default();
    judged.standings(frame.plan, records, &nobody(frame.plan), &mut |c, new| {
        let Some(person) = people.get(c) else { return Ok(()) };
        let (household, lives) = (person.household.clone(), person.lives.clone());
        keep(store, person.number, &nothing, &Standing { household, lives, ..new })
    })
}

/// Keeps where a person stands, and counts it.
pub(super) fn keep<S: Store>(
    store: &mut S,
    number: PersonNumber,
    old: &Standing,
    new: &Standing,
) -> Result<(), Error> {
    if old != new {
        scores::recount(store, old, new)?;
        store.put_standing(number, Some(new))?;
    }
    Ok(())
}

/// Forgets where a person stood who is no more; gives it.
pub(super) fn forget<S: Store>(store: &mut S, number: PersonNumber) -> Result<Standing, Error> {
    let old = store.standing(number)?.unwrap_or_default();
    scores::recount(store, &old, &Standing::default())?;
    store.put_standing(number, None)?;
    Ok(old)
}

/// Facts read so far.
struct Around<'a, 'p, S> {
    frame: &'a Frame<'p>,
    store: &'a S,
    facts: BTreeMap<Ordinal, KeptFact>,
    keys: BTreeMap<Ordinal, RowKeys>,
}

impl<S: Store> Around<'_, '_, S> {
    fn load(&mut self, ordinals: impl IntoIterator<Item = Ordinal>) -> Result<(), Error> {
        let mut new: BTreeMap<u16, Vec<Ordinal>> = BTreeMap::new();
        for o in ordinals {
            if !self.facts.contains_key(&o)
                && let Some(fact) = self.store.fact(o)?
            {
                new.entry(fact.source).or_default().push(o);
                self.facts.insert(o, fact);
            }
        }
        for (position, ordinals) in new {
            let Some(source) = self.frame.plan.sources.get(usize::from(position)) else { continue };
            let input = rows_of(source, ordinals.iter().map(|o| self.facts[o].cells.as_slice()))?;
            let keys = row_keys(self.frame.plan, usize::from(position), &input)?;
            self.keys.extend(ordinals.into_iter().zip(keys));
        }
        Ok(())
    }

    fn under(&mut self, keys: impl IntoIterator<Item = u64>) -> Result<BTreeSet<Ordinal>, Error> {
        let mut found = BTreeSet::new();
        for key in keys.into_iter().collect::<BTreeSet<u64>>() {
            found.extend(self.store.keyed(Space::Facts, key)?);
        }
        self.load(found.iter().copied())?;
        Ok(found)
    }

    /// Facts that a change may count otherwise.
    fn changed(&mut self, arrived: &Arrived, records: &[(u16, String)]) -> Result<BTreeSet<Ordinal>, Error> {
        let mut changed = arrived.put.clone();
        self.load(changed.iter().copied())?;
        let now = changed.iter().filter_map(|o| self.keys.get(o));
        let needed: Vec<u64> = now.chain(&arrived.old).flat_map(|k| k.needed_by.iter().copied()).collect();
        changed.extend(self.under(needed)?);
        changed.extend(self.under(records.iter().map(|(source, id)| owner_key(*source, id)))?);
        changed.extend(self.under(arrived.old.iter().flat_map(|k| k.near.iter().copied()))?);
        let near = self.near(&changed)?;
        changed.extend(near);
        Ok(changed)
    }

    /// Facts that decide with some others which of them counts.
    fn near(&mut self, facts: &BTreeSet<Ordinal>) -> Result<BTreeSet<Ordinal>, Error> {
        let keys: Vec<u64> =
            facts.iter().filter_map(|o| self.keys.get(o)).flat_map(|k| k.near.iter().copied()).collect();
        self.under(keys)
    }

    /// Reads the rows that those at hand need.
    fn needed(&mut self) -> Result<(), Error> {
        let mut seen: BTreeSet<u64> = BTreeSet::new();
        loop {
            let wanted = self.keys.values().flat_map(|k| k.needs.iter().copied());
            let new: Vec<u64> = wanted.filter(|k| seen.insert(*k)).collect();
            if new.is_empty() {
                return Ok(());
            }
            self.under(new)?;
        }
    }

    fn owner(&self, keys: &RowKeys) -> Result<Option<PersonNumber>, Error> {
        owner_of(self.store, keys)
    }

    fn owners(&self, facts: &BTreeSet<Ordinal>) -> Result<BTreeSet<PersonNumber>, Error> {
        let mut people = BTreeSet::new();
        for keys in facts.iter().filter_map(|o| self.keys.get(o)) {
            people.extend(self.owner(keys)?);
        }
        Ok(people)
    }

    /// The facts of some people.
    fn of_people(&mut self, people: &BTreeSet<PersonNumber>) -> Result<BTreeSet<Ordinal>, Error> {
        let mut keys = Vec::new();
        for number in people {
            for o in self.store.person(*number)?.into_iter().flat_map(|p| p.members) {
                if let Some(row) = self.store.values(o)? {
                    keys.push(owner_key(row.source, &row.id));
                }
            }
        }
        self.under(keys)
    }
}

/// The person whom a row names, when one of the records does.
fn owner_of<S: Store>(store: &S, keys: &RowKeys) -> Result<Option<PersonNumber>, Error> {
    let Some((Some(source), id)) = &keys.owner else { return Ok(None) };
    match store.find(*source, id)? {
        Some(o) => store.person_of(o),
        None => Ok(None),
    }
}

/// Some people in the order in which a batch numbers them.
pub(super) struct Crowd {
    pub scene: Scene,
    pub clusters: Clusters,
    /// By cluster.
    pub numbers: Vec<PersonNumber>,
}

impl Crowd {
    pub fn new<S: Store>(
        frame: &Frame,
        store: &S,
        book: &Book,
        numbers: &BTreeSet<PersonNumber>,
    ) -> Result<Crowd, Error> {
        let mut rows: BTreeMap<Ordinal, OwnRecord> = BTreeMap::new();
        let mut people: Vec<(PersonNumber, Person)> = Vec::new();
        for number in numbers {
            let Some(person) = store.person(*number)? else { continue };
            for o in &person.members {
                if let Some(row) = store.values(*o)? {
                    rows.insert(*o, row);
                }
            }
            people.push((*number, person));
        }
        let scene = frame.scene(rows.iter().map(|(o, r)| (*o, r)), book);
        let first = |p: &Person| p.members.first().and_then(|o| scene.number.get(o)).copied();
        people.sort_by_key(|(_, p)| first(p));
        let clusters = clusters(&scene, people.iter().map(|(_, p)| p));
        Ok(Crowd { scene, clusters, numbers: people.into_iter().map(|(n, _)| n).collect() })
    }
}

/// People as clusters of the records of a scene.
pub(super) fn clusters<'p>(scene: &Scene, people: impl Iterator<Item = &'p Person>) -> Clusters {
    let mut clusters = Clusters { of: vec![0; scene.records.len()], starts: vec![0], ..Clusters::default() };
    for (c, person) in people.enumerate() {
        for r in person.members.iter().filter_map(|o| scene.number.get(o)) {
            clusters.of[*r as usize] = c as u32;
            clusters.members.push(*r);
        }
        clusters.starts.push(clusters.members.len() as u32);
    }
    clusters
}
