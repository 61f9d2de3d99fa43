//! A store over another that is only read: what would be written stays in memory and is forgotten with it.

use super::feed::Event;
use super::locks::same;
use super::log::Entry;
use super::rights::Aside;
use super::standing::{KeptFact, Standing};
use super::store::{Counted, Kept, KeptLink, Move, Named, Ordinal, Person, PersonNumber, Space, Store};
use super::tombstone::Tombstone;
use crate::error::Error;
use crate::matching::ruling::{RecordRef, Ruling};
use crate::records::OwnRecord;
use crate::survivorship::Lock;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// What a change would leave. Only what the change touches is held; records that were read are held too, so that each
/// is read once.
#[derive(Debug)]
pub(super) struct Overlay<'s, S> {
    under: &'s S,
    read: RefCell<BTreeMap<Ordinal, Option<Kept>>>,
    seen: RefCell<BTreeMap<Ordinal, Option<OwnRecord>>>,
    records: BTreeMap<Ordinal, Option<Kept>>,
    /// Of records that are kept or gone, and back.
    by_id: BTreeMap<(u16, String), Option<Ordinal>>,
    names: BTreeMap<Ordinal, Option<(u16, String)>>,
    /// Whether a record is in a block.
    counts: BTreeMap<(Counted, String), u64>,
    links: BTreeMap<(Ordinal, Ordinal), Option<KeptLink>>,
    /// Both directions of each pair in `links`.
    linked: BTreeSet<(Ordinal, Ordinal)>,
    people: BTreeMap<PersonNumber, Option<Person>>,
    person_of: BTreeMap<Ordinal, Option<PersonNumber>>,
    named: BTreeMap<String, Named>,
    moves: BTreeMap<Ordinal, Vec<Move>>,
    locks: Option<Vec<Lock>>,
    log: Vec<Entry>,
    meta: BTreeMap<String, String>,
    tombstones: BTreeMap<[u8; 32], Tombstone>,
    /// Erasures whose tombstones are lifted.
    lifted: BTreeSet<u64>,
    asides: BTreeMap<(bool, u16, String), Option<Aside>>,
    facts: BTreeMap<Ordinal, Option<KeptFact>>,
    fact_by_key: BTreeMap<(u16, String), Option<Ordinal>>,
    /// Whether a fact or a person is under a key.
    keyed: BTreeMap<(Space, u64, u32), bool>,
    standings: BTreeMap<PersonNumber, Option<Standing>>,
    /// New numbers are taken from the end, where no store has come to.
    next: u32,
}

/// In place of the number of a change: later than all.
const NEXT_CHANGE: u64 = u64::MAX;

impl<'s, S: Store> Overlay<'s, S> {
    pub fn new(under: &'s S) -> Overlay<'s, S> {
        Overlay {
            under,
            read: RefCell::default(),
            seen: RefCell::default(),
            records: BTreeMap::new(),
            by_id: BTreeMap::new(),
            counts: BTreeMap::new(),
            links: BTreeMap::new(),
            linked: BTreeSet::new(),
            people: BTreeMap::new(),
            person_of: BTreeMap::new(),
            named: BTreeMap::new(),
            names: BTreeMap::new(),
            moves: BTreeMap::new(),
            locks: None,
            log: Vec::new(),
            meta: BTreeMap::new(),
            tombstones: BTreeMap::new(),
            lifted: BTreeSet::new(),
            asides: BTreeMap::new(),
            facts: BTreeMap::new(),
            fact_by_key: BTreeMap::new(),
            keyed: BTreeMap::new(),
            standings: BTreeMap::new(),
            next: u32::MAX,
        }
    }

    fn number(&mut self) -> u32 {
        self.next -= 1;
        self.next
    }

    fn set_link(&mut self, a: Ordinal, b: Ordinal, link: Option<KeptLink>) {
        self.links.insert((a, b), link);
        self.linked.extend([(a, b), (b, a)]);
    }

    fn set_person_of(&mut self, members: &[Ordinal], number: Option<PersonNumber>) {
        self.person_of.extend(members.iter().map(|m| (*m, number)));
    }
}

impl<S: Store> Store for Overlay<'_, S> {
    fn begin(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn roll_back(&mut self) {}

    fn next_change(&mut self) -> Result<u64, Error> {
        Ok(NEXT_CHANGE)
    }

    fn find(&self, source: u16, id: &str) -> Result<Option<Ordinal>, Error> {
        let found = match self.by_id.get(&(source, id.to_owned())) {
            Some(found) => *found,
            None => self.under.find(source, id)?,
        };
        Ok(found.filter(|o| !matches!(self.records.get(o), Some(None))))
    }

    fn find_ever(&self, source: u16, id: &str) -> Result<Option<Ordinal>, Error> {
        match self.by_id.get(&(source, id.to_owned())) {
            Some(found) => Ok(*found),
            None => self.under.find_ever(source, id),
        }
    }

    fn name_of(&self, ordinal: Ordinal) -> Result<Option<(u16, String)>, Error> {
        match self.names.get(&ordinal) {
            Some(name) => Ok(name.clone()),
            None => self.under.name_of(ordinal),
        }
    }

    fn ids_of_source(&self, source: u16) -> Result<Vec<String>, Error> {
        let mut ids: BTreeSet<String> = self.under.ids_of_source(source)?.into_iter().collect();
        for (s, id) in self.by_id.keys().filter(|(s, _)| *s == source) {
            match self.find(*s, id)? {
                Some(_) => ids.insert(id.clone()),
                None => ids.remove(id),
            };
        }
        for o in self.records.iter().filter(|(_, k)| k.is_none()).map(|(o, _)| *o) {
            if let Some((s, id)) = self.name_of(o)?
                && s == source
            {
                ids.remove(&id);
            }
        }
        Ok(ids.into_iter().collect())
    }

    fn record(&self, ordinal: Ordinal) -> Result<Option<Kept>, Error> {
        if let Some(kept) = self.records.get(&ordinal) {
            return Ok(kept.clone());
        }
        if let Some(kept) = self.read.borrow().get(&ordinal) {
            return Ok(kept.clone());
        }
        let kept = self.under.record(ordinal)?;
        self.read.borrow_mut().insert(ordinal, kept.clone());
        Ok(kept)
    }

    fn values(&self, ordinal: Ordinal) -> Result<Option<OwnRecord>, Error> {
        if let Some(kept) = self.records.get(&ordinal) {
            return Ok(kept.as_ref().map(|k| k.record.clone()));
        }
        if let Some(values) = self.seen.borrow().get(&ordinal) {
            return Ok(values.clone());
        }
        let values = self.under.values(ordinal)?;
        self.seen.borrow_mut().insert(ordinal, values.clone());
        Ok(values)
    }

    fn each_record(&self, each: &mut dyn FnMut(Ordinal, Kept)) -> Result<(), Error> {
        self.under.each_record(&mut |o, kept| {
            if !self.records.contains_key(&o) {
                each(o, kept);
            }
        })?;
        self.records.iter().for_each(|(o, kept)| kept.iter().for_each(|k| each(*o, k.clone())));
        Ok(())
    }

    fn put_record(&mut self, ordinal: Option<Ordinal>, kept: &Kept) -> Result<Ordinal, Error> {
        let name = (kept.record.source, kept.record.id.clone());
        let there = self.find_ever(name.0, &name.1)?;
        let ordinal = match ordinal.or(there) {
            Some(ordinal) => ordinal,
            None => self.number(),
        };
        if let Some(old) = self.name_of(ordinal)?.filter(|old| *old != name) {
            self.by_id.insert(old, None);
        }
        if let Some(gone) = there.filter(|o| *o != ordinal) {
            self.names.insert(gone, None);
        }
        self.names.insert(ordinal, Some(name.clone()));
        self.by_id.insert(name, Some(ordinal));
        self.records.insert(ordinal, Some(kept.clone()));
        Ok(ordinal)
    }

    fn remove_record(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        self.records.insert(ordinal, None);
        self.person_of.insert(ordinal, None);
        Ok(())
    }

    fn forget_record(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        if let Some(name) = self.name_of(ordinal)? {
            self.by_id.insert(name, None);
        }
        self.names.insert(ordinal, None);
        self.moves.insert(ordinal, Vec::new());
        Ok(())
    }

    fn clear_derived(&mut self) -> Result<(), Error> {
        let reason = "a look at what a change would do cannot build everything anew".to_owned();
        Err(Error::Argument { argument: "change".into(), reason })
    }

    fn count(&self, counted: Counted, value: &str) -> Result<u64, Error> {
        match self.counts.get(&(counted, value.to_owned())) {
            Some(n) => Ok(*n),
            None => self.under.count(counted, value),
        }
    }

    fn add(&mut self, counted: Counted, value: &str, more: i64) -> Result<(u64, u64), Error> {
        let before = self.count(counted, value)?;
        let now = before.saturating_add_signed(more);
        self.counts.insert((counted, value.to_owned()), now);
        Ok((before, now))
    }

    fn links(&self, ordinal: Ordinal) -> Result<Vec<KeptLink>, Error> {
        let mut links = self.under.links(ordinal)?;
        links.retain(|l| !self.links.contains_key(&(l.a, l.b)));
        let others = self.linked.range((ordinal, 0)..=(ordinal, Ordinal::MAX)).map(|(_, other)| *other);
        let link = |other: Ordinal| {
            let either = self.links.get(&(ordinal, other));
            either.or_else(|| self.links.get(&(other, ordinal))).copied().flatten()
        };
        links.extend(others.filter_map(link));
        Ok(links)
    }

    fn put_link(&mut self, link: &KeptLink) -> Result<(), Error> {
        self.set_link(link.a, link.b, Some(*link));
        Ok(())
    }

    fn remove_link(&mut self, a: Ordinal, b: Ordinal) -> Result<(), Error> {
        self.set_link(a, b, None);
        Ok(())
    }

    fn rulings(&self) -> Result<Vec<Ruling>, Error> {
        self.under.rulings()
    }

    fn put_ruling(&mut self, _: &Ruling) -> Result<(), Error> {
        Ok(())
    }

    fn remove_ruling(&mut self, _: &RecordRef, _: &RecordRef) -> Result<(), Error> {
        Ok(())
    }

    fn locks(&self) -> Result<Vec<Lock>, Error> {
        match &self.locks {
            Some(locks) => Ok(locks.clone()),
            None => self.under.locks(),
        }
    }

    fn put_lock(&mut self, lock: &Lock) -> Result<(), Error> {
        self.remove_lock(lock)?;
        self.locks.get_or_insert_default().push(lock.clone());
        Ok(())
    }

    fn remove_lock(&mut self, lock: &Lock) -> Result<(), Error> {
        let mut locks = self.locks()?;
        locks.retain(|l| !same(l, lock));
        self.locks = Some(locks);
        Ok(())
    }

    fn person_of(&self, ordinal: Ordinal) -> Result<Option<PersonNumber>, Error> {
        match self.person_of.get(&ordinal) {
            Some(number) => Ok(*number),
            None => self.under.person_of(ordinal),
        }
    }

    fn person(&self, number: PersonNumber) -> Result<Option<Person>, Error> {
        match self.people.get(&number) {
            Some(person) => Ok(person.clone()),
            None => self.under.person(number),
        }
    }

    fn each_person(&self, each: &mut dyn FnMut(PersonNumber, Person)) -> Result<(), Error> {
        self.under.each_person(&mut |n, person| {
            if !self.people.contains_key(&n) {
                each(n, person);
            }
        })?;
        self.people.iter().for_each(|(n, person)| person.iter().for_each(|p| each(*n, p.clone())));
        Ok(())
    }

    fn put_person(&mut self, number: Option<PersonNumber>, person: &Person) -> Result<PersonNumber, Error> {
        let number = number.unwrap_or_else(|| self.number());
        self.set_person_of(&person.members, Some(number));
        self.people.insert(number, Some(person.clone()));
        Ok(number)
    }

    fn remove_person(&mut self, number: PersonNumber) -> Result<(), Error> {
        if let Some(person) = self.person(number)? {
            for m in person.members {
                if self.person_of(m)? == Some(number) {
                    self.set_person_of(&[m], None);
                }
            }
        }
        self.people.insert(number, None);
        Ok(())
    }

    fn named(&self, golden_id: &str) -> Result<Option<Named>, Error> {
        match self.named.get(golden_id) {
            Some(named) => Ok(Some(named.clone())),
            None => self.under.named(golden_id),
        }
    }

    fn put_named(&mut self, named: &Named) -> Result<(), Error> {
        self.named.insert(named.golden_id.clone(), named.clone());
        Ok(())
    }

    fn moves(&self, ordinal: Ordinal) -> Result<Vec<Move>, Error> {
        match self.moves.get(&ordinal) {
            Some(moves) => Ok(moves.clone()),
            None => self.under.moves(ordinal),
        }
    }

    fn add_move(&mut self, ordinal: Ordinal, moved: &Move) -> Result<(), Error> {
        let mut moves = self.moves(ordinal)?;
        moves.retain(|m| m.change != moved.change);
        moves.push(moved.clone());
        self.moves.insert(ordinal, moves);
        Ok(())
    }

    fn ever_had(&self, golden_id: &str) -> Result<Vec<Ordinal>, Error> {
        let mut had = self.under.ever_had(golden_id)?;
        had.retain(|o| !self.moves.contains_key(o));
        let has = |moves: &Vec<Move>| moves.iter().any(|m| m.golden_id.as_deref() == Some(golden_id));
        had.extend(self.moves.iter().filter(|(_, m)| has(m)).map(|(o, _)| *o));
        had.sort_unstable();
        Ok(had)
    }

    fn add_entry(&mut self, entry: &Entry) -> Result<(), Error> {
        self.log.push(entry.clone());
        Ok(())
    }

    fn replace_entry(&mut self, _: &Entry) -> Result<(), Error> {
        let reason = "a look at what a change would do leaves the log as it is".to_owned();
        Err(Error::Argument { argument: "log".into(), reason })
    }

    fn entries(&self, from: u64, most: usize) -> Result<Vec<Entry>, Error> {
        let mut entries = self.under.entries(from, most)?;
        entries.extend(self.log.iter().filter(|e| e.number >= from).cloned());
        entries.truncate(most);
        Ok(entries)
    }

    fn entry_at(&self, at: i64) -> Result<Option<Entry>, Error> {
        match self.log.iter().rev().find(|e| e.act.at <= at) {
            Some(entry) => Ok(Some(entry.clone())),
            None => self.under.entry_at(at),
        }
    }

    fn entry_of(&self, change: u64) -> Result<Option<Entry>, Error> {
        match self.log.iter().find(|e| e.change == change) {
            Some(entry) => Ok(Some(entry.clone())),
            None => self.under.entry_of(change),
        }
    }

    fn meta(&self, name: &str) -> Result<Option<String>, Error> {
        match self.meta.get(name) {
            Some(value) => Ok(Some(value.clone())),
            // A trial seals nothing that is kept.
            None if name == super::secret::CHECK => Ok(None),
            None => self.under.meta(name),
        }
    }

    fn put_meta(&mut self, name: &str, value: &str) -> Result<(), Error> {
        self.meta.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    fn tombstone(&self, hash: &[u8; 32]) -> Result<Option<Tombstone>, Error> {
        match self.tombstones.get(hash) {
            Some(tombstone) => Ok(Some(tombstone.clone())),
            None => Ok(self.under.tombstone(hash)?.filter(|t| !self.lifted.contains(&t.erasure))),
        }
    }

    fn put_tombstone(&mut self, hash: &[u8; 32], tombstone: &Tombstone) -> Result<(), Error> {
        self.tombstones.insert(*hash, tombstone.clone());
        Ok(())
    }

    /// How many tombstones of the store below are lifted is not counted.
    fn lift_tombstones(&mut self, erasure: u64) -> Result<u64, Error> {
        let before = self.tombstones.len();
        self.tombstones.retain(|_, t| t.erasure != erasure);
        self.lifted.insert(erasure);
        Ok((before - self.tombstones.len()) as u64)
    }

    fn each_tombstone(&self, each: &mut dyn FnMut([u8; 32], Tombstone)) -> Result<(), Error> {
        self.under.each_tombstone(&mut |hash, t| {
            if !self.tombstones.contains_key(&hash) && !self.lifted.contains(&t.erasure) {
                each(hash, t);
            }
        })?;
        self.tombstones.iter().for_each(|(hash, t)| each(*hash, t.clone()));
        Ok(())
    }

    fn aside(&self, is_fact: bool, source: u16, id: &str) -> Result<Option<Aside>, Error> {
        match self.asides.get(&(is_fact, source, id.to_owned())) {
            Some(aside) => Ok(aside.clone()),
            None => self.under.aside(is_fact, source, id),
        }
    }

    fn asides_of(&self, golden_id: &str) -> Result<Vec<Aside>, Error> {
        let mut all: BTreeMap<(bool, u16, String), Aside> = BTreeMap::new();
        let own = self.asides.values().flatten().filter(|a| a.golden_id == golden_id).cloned();
        for a in self.under.asides_of(golden_id)?.into_iter().chain(own) {
            let place = (a.is_fact, a.source, a.id.clone());
            if !matches!(self.asides.get(&place), Some(None)) {
                all.insert(place, a);
            }
        }
        Ok(all.into_values().collect())
    }

    fn each_aside(&self, each: &mut dyn FnMut(Aside)) -> Result<(), Error> {
        self.under.each_aside(&mut |a| {
            if !self.asides.contains_key(&(a.is_fact, a.source, a.id.clone())) {
                each(a);
            }
        })?;
        self.asides.values().flatten().cloned().for_each(each);
        Ok(())
    }

    fn put_aside(&mut self, aside: &Aside) -> Result<(), Error> {
        self.asides.insert((aside.is_fact, aside.source, aside.id.clone()), Some(aside.clone()));
        Ok(())
    }

    fn remove_aside(&mut self, is_fact: bool, source: u16, id: &str) -> Result<(), Error> {
        self.asides.insert((is_fact, source, id.to_owned()), None);
        Ok(())
    }

    fn find_fact(&self, source: u16, key: &str) -> Result<Option<Ordinal>, Error> {
        match self.fact_by_key.get(&(source, key.to_owned())) {
            Some(found) => Ok(*found),
            None => self.under.find_fact(source, key),
        }
    }

    fn fact(&self, ordinal: Ordinal) -> Result<Option<KeptFact>, Error> {
        match self.facts.get(&ordinal) {
            Some(fact) => Ok(fact.clone()),
            None => self.under.fact(ordinal),
        }
    }

    fn each_fact(&self, each: &mut dyn FnMut(Ordinal, KeptFact)) -> Result<(), Error> {
        self.under.each_fact(&mut |o, fact| {
            if !self.facts.contains_key(&o) {
                each(o, fact);
            }
        })?;
        self.facts.iter().for_each(|(o, fact)| fact.iter().for_each(|f| each(*o, f.clone())));
        Ok(())
    }

    fn put_fact(&mut self, ordinal: Option<Ordinal>, fact: &KeptFact) -> Result<Ordinal, Error> {
        let ordinal = ordinal.unwrap_or_else(|| self.number());
        self.fact_by_key.insert((fact.source, fact.key.clone()), Some(ordinal));
        self.facts.insert(ordinal, Some(fact.clone()));
        Ok(ordinal)
    }

    fn remove_fact(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        if let Some(fact) = self.fact(ordinal)? {
            self.fact_by_key.insert((fact.source, fact.key), None);
        }
        self.facts.insert(ordinal, None);
        Ok(())
    }

    fn keyed(&self, space: Space, key: u64) -> Result<Vec<u32>, Error> {
        let mut all = self.under.keyed(space, key)?;
        for ((_, _, n), is_in) in self.keyed.range((space, key, 0)..=(space, key, u32::MAX)) {
            match (all.binary_search(n), is_in) {
                (Err(at), true) => all.insert(at, *n),
                (Ok(at), false) => drop(all.remove(at)),
                _ => {}
            }
        }
        Ok(all)
    }

    fn keyed_between(&self, space: Space, low: u64, high: u64) -> Result<Vec<(u64, u32)>, Error> {
        let under = self.under.keyed_between(space, low, high)?;
        let mut all: BTreeSet<(u64, u32)> = under.into_iter().collect();
        for ((_, key, n), is_in) in self.keyed.range((space, low, 0)..=(space, high, u32::MAX)) {
            match is_in {
                true => all.insert((*key, *n)),
                false => all.remove(&(*key, *n)),
            };
        }
        Ok(all.into_iter().collect())
    }

    fn add_keyed(&mut self, space: Space, number: u32, keys: &[u64]) -> Result<(), Error> {
        self.keyed.extend(keys.iter().map(|k| ((space, *k, number), true)));
        Ok(())
    }

    fn remove_keyed(&mut self, space: Space, number: u32, keys: &[u64]) -> Result<(), Error> {
        self.keyed.extend(keys.iter().map(|k| ((space, *k, number), false)));
        Ok(())
    }

    fn standing(&self, person: PersonNumber) -> Result<Option<Standing>, Error> {
        match self.standings.get(&person) {
            Some(standing) => Ok(standing.clone()),
            None => self.under.standing(person),
        }
    }

    fn put_standing(&mut self, person: PersonNumber, standing: Option<&Standing>) -> Result<(), Error> {
        self.standings.insert(person, standing.cloned());
        Ok(())
    }

    fn add_events(&mut self, events: Vec<Event>) -> Result<Vec<Event>, Error> {
        Ok(events)
    }

    fn events(&self, after: u64, most: usize) -> Result<Vec<Event>, Error> {
        self.under.events(after, most)
    }

    fn blank_events(&mut self, _: &[String]) -> Result<u64, Error> {
        Ok(0)
    }

    fn scrub(&mut self, _: &[u64]) -> Result<(), Error> {
        Ok(())
    }

    fn acknowledged(&self, consumer: &str) -> Result<u64, Error> {
        self.under.acknowledged(consumer)
    }

    fn acknowledge(&mut self, _: &str, _: u64) -> Result<(), Error> {
        Ok(())
    }
}
