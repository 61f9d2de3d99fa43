//! A repository in memory: for tests, and for those who keep its state themselves.

use super::feed::Event;
use super::locks::same;
use super::log::Entry;
use super::rights::Aside;
use super::standing::{KeptFact, Standing};
use super::store::{Counted, Kept, KeptLink, Move, Named, Ordinal, Person, PersonNumber, Space, Store};
use super::tombstone::Tombstone;
use crate::error::Error;
use crate::matching::ruling::{RecordRef, Ruling};
use crate::survivorship::Lock;
use std::collections::{BTreeMap, BTreeSet};

/// Keeps everything in ordered maps. A change that fails is taken back whole.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    state: State,
    before: Option<Box<State>>,
}

#[derive(Debug, Clone, Default)]
struct State {
    changes: u64,
    next_ordinal: Ordinal,
    next_person: PersonNumber,
    records: BTreeMap<Ordinal, Kept>,
    /// Of records that are kept or gone, and back.
    by_id: BTreeMap<(u16, String), Ordinal>,
    names: BTreeMap<Ordinal, (u16, String)>,
    counts: BTreeMap<(Counted, String), u64>,
    links: BTreeMap<(Ordinal, Ordinal), KeptLink>,
    /// Both directions of each link.
    linked: BTreeSet<(Ordinal, Ordinal)>,
    rulings: BTreeMap<(RecordRef, RecordRef), Ruling>,
    locks: Vec<Lock>,
    people: BTreeMap<PersonNumber, Person>,
    person_of: BTreeMap<Ordinal, PersonNumber>,
    named: BTreeMap<String, Named>,
    next_fact: Ordinal,
    facts: BTreeMap<Ordinal, KeptFact>,
    fact_by_key: BTreeMap<(u16, String), Ordinal>,
    keyed: BTreeSet<(Space, u64, u32)>,
    standings: BTreeMap<PersonNumber, Standing>,
    moves: BTreeMap<Ordinal, Vec<Move>>,
    log: Vec<Entry>,
    meta: BTreeMap<String, String>,
    tombstones: BTreeMap<[u8; 32], Tombstone>,
    asides: BTreeMap<(bool, u16, String), Aside>,
    events: Vec<Event>,
    acknowledged: BTreeMap<String, u64>,
}

impl Store for MemoryStore {
    fn begin(&mut self) -> Result<(), Error> {
        self.before = Some(Box::new(self.state.clone()));
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Error> {
        self.before = None;
        Ok(())
    }

    fn roll_back(&mut self) {
        if let Some(before) = self.before.take() {
            self.state = *before;
        }
    }

    fn next_change(&mut self) -> Result<u64, Error> {
        self.state.changes += 1;
        Ok(self.state.changes)
    }

    fn find(&self, source: u16, id: &str) -> Result<Option<Ordinal>, Error> {
        let s = &self.state;
        Ok(s.by_id.get(&(source, id.to_owned())).copied().filter(|o| s.records.contains_key(o)))
    }

    fn find_ever(&self, source: u16, id: &str) -> Result<Option<Ordinal>, Error> {
        Ok(self.state.by_id.get(&(source, id.to_owned())).copied())
    }

    fn name_of(&self, ordinal: Ordinal) -> Result<Option<(u16, String)>, Error> {
        Ok(self.state.names.get(&ordinal).cloned())
    }

    fn ids_of_source(&self, source: u16) -> Result<Vec<String>, Error> {
        let of_source =
            self.state.by_id.range((source, String::new())..).take_while(|((s, _), _)| *s == source);
        let kept = of_source.filter(|(_, o)| self.state.records.contains_key(o));
        Ok(kept.map(|((_, id), _)| id.clone()).collect())
    }

    fn record(&self, ordinal: Ordinal) -> Result<Option<Kept>, Error> {
        Ok(self.state.records.get(&ordinal).cloned())
    }

    fn each_record(&self, each: &mut dyn FnMut(Ordinal, Kept)) -> Result<(), Error> {
        self.state.records.iter().for_each(|(o, k)| each(*o, k.clone()));
        Ok(())
    }

    fn put_record(&mut self, ordinal: Option<Ordinal>, kept: &Kept) -> Result<Ordinal, Error> {
        let s = &mut self.state;
        let name = (kept.record.source, kept.record.id.clone());
        let ordinal = ordinal.or_else(|| s.by_id.get(&name).copied()).unwrap_or_else(|| {
            s.next_ordinal += 1;
            s.next_ordinal
        });
        if let Some(old) = s.names.insert(ordinal, name.clone())
            && old != name
        {
            s.by_id.remove(&old);
        }
        if let Some(gone) = s.by_id.insert(name, ordinal).filter(|o| *o != ordinal) {
            s.names.remove(&gone);
        }
        s.records.insert(ordinal, kept.clone());
        Ok(ordinal)
    }

    fn remove_record(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        self.state.records.remove(&ordinal);
        self.state.person_of.remove(&ordinal);
        Ok(())
    }

    fn forget_record(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        if let Some(name) = self.state.names.remove(&ordinal) {
            self.state.by_id.remove(&name);
        }
        self.state.moves.remove(&ordinal);
        Ok(())
    }

    fn clear_derived(&mut self) -> Result<(), Error> {
        let s = &mut self.state;
        s.counts.clear();
        s.links.clear();
        s.linked.clear();
        s.keyed.clear();
        Ok(())
    }

    fn count(&self, counted: Counted, value: &str) -> Result<u64, Error> {
        Ok(self.state.counts.get(&(counted, value.to_owned())).copied().unwrap_or(0))
    }

    fn add(&mut self, counted: Counted, value: &str, more: i64) -> Result<(u64, u64), Error> {
        let key = (counted, value.to_owned());
        let before = self.state.counts.get(&key).copied().unwrap_or(0);
        let now = before.saturating_add_signed(more);
        match now {
            0 => self.state.counts.remove(&key),
            _ => self.state.counts.insert(key, now),
        };
        Ok((before, now))
    }

    fn links(&self, ordinal: Ordinal) -> Result<Vec<KeptLink>, Error> {
        let others = self.state.linked.range((ordinal, 0)..=(ordinal, Ordinal::MAX));
        let link = |other: Ordinal| {
            let either = self.state.links.get(&(ordinal, other));
            either.or_else(|| self.state.links.get(&(other, ordinal))).copied()
        };
        Ok(others.filter_map(|(_, other)| link(*other)).collect())
    }

    fn put_link(&mut self, link: &KeptLink) -> Result<(), Error> {
        self.state.links.insert((link.a, link.b), *link);
        self.state.linked.extend([(link.a, link.b), (link.b, link.a)]);
        Ok(())
    }

    fn remove_link(&mut self, a: Ordinal, b: Ordinal) -> Result<(), Error> {
        for pair in [(a, b), (b, a)] {
            self.state.links.remove(&pair);
            self.state.linked.remove(&pair);
        }
        Ok(())
    }

    fn rulings(&self) -> Result<Vec<Ruling>, Error> {
        Ok(self.state.rulings.values().cloned().collect())
    }

    fn put_ruling(&mut self, ruling: &Ruling) -> Result<(), Error> {
        self.state.rulings.insert((ruling.a.clone(), ruling.b.clone()), ruling.clone());
        Ok(())
    }

    fn remove_ruling(&mut self, a: &RecordRef, b: &RecordRef) -> Result<(), Error> {
        self.state.rulings.remove(&(a.clone(), b.clone()));
        Ok(())
    }

    fn locks(&self) -> Result<Vec<Lock>, Error> {
        Ok(self.state.locks.clone())
    }

    fn put_lock(&mut self, lock: &Lock) -> Result<(), Error> {
        self.remove_lock(lock)?;
        self.state.locks.push(lock.clone());
        Ok(())
    }

    fn remove_lock(&mut self, lock: &Lock) -> Result<(), Error> {
        self.state.locks.retain(|l| !same(l, lock));
        Ok(())
    }

    fn person_of(&self, ordinal: Ordinal) -> Result<Option<PersonNumber>, Error> {
        Ok(self.state.person_of.get(&ordinal).copied())
    }

    fn person(&self, person: PersonNumber) -> Result<Option<Person>, Error> {
        Ok(self.state.people.get(&person).cloned())
    }

    fn each_person(&self, each: &mut dyn FnMut(PersonNumber, Person)) -> Result<(), Error> {
        self.state.people.iter().for_each(|(n, p)| each(*n, p.clone()));
        Ok(())
    }

    fn put_person(&mut self, number: Option<PersonNumber>, person: &Person) -> Result<PersonNumber, Error> {
        let s = &mut self.state;
        let number = number.unwrap_or_else(|| {
            s.next_person += 1;
            s.next_person
        });
        person.members.iter().for_each(|m| {
            s.person_of.insert(*m, number);
        });
        s.people.insert(number, person.clone());
        Ok(number)
    }

    fn remove_person(&mut self, number: PersonNumber) -> Result<(), Error> {
        let s = &mut self.state;
        if let Some(person) = s.people.remove(&number) {
            for m in person.members {
                if s.person_of.get(&m) == Some(&number) {
                    s.person_of.remove(&m);
                }
            }
        }
        Ok(())
    }

    fn named(&self, golden_id: &str) -> Result<Option<Named>, Error> {
        Ok(self.state.named.get(golden_id).cloned())
    }

    fn put_named(&mut self, named: &Named) -> Result<(), Error> {
        self.state.named.insert(named.golden_id.clone(), named.clone());
        Ok(())
    }

    fn moves(&self, ordinal: Ordinal) -> Result<Vec<Move>, Error> {
        Ok(self.state.moves.get(&ordinal).cloned().unwrap_or_default())
    }

    fn add_move(&mut self, ordinal: Ordinal, moved: &Move) -> Result<(), Error> {
        let moves = self.state.moves.entry(ordinal).or_default();
        moves.retain(|m| m.change != moved.change);
        moves.push(moved.clone());
        Ok(())
    }

    fn find_fact(&self, source: u16, key: &str) -> Result<Option<Ordinal>, Error> {
        Ok(self.state.fact_by_key.get(&(source, key.to_owned())).copied())
    }

    fn fact(&self, ordinal: Ordinal) -> Result<Option<KeptFact>, Error> {
        Ok(self.state.facts.get(&ordinal).cloned())
    }

    fn each_fact(&self, each: &mut dyn FnMut(Ordinal, KeptFact)) -> Result<(), Error> {
        self.state.facts.iter().for_each(|(o, f)| each(*o, f.clone()));
        Ok(())
    }

    fn put_fact(&mut self, ordinal: Option<Ordinal>, fact: &KeptFact) -> Result<Ordinal, Error> {
        let s = &mut self.state;
        let ordinal = ordinal.unwrap_or_else(|| {
            s.next_fact += 1;
            s.next_fact
        });
        if let Some(old) = s.facts.insert(ordinal, fact.clone()) {
            s.fact_by_key.remove(&(old.source, old.key));
        }
        s.fact_by_key.insert((fact.source, fact.key.clone()), ordinal);
        Ok(ordinal)
    }

    fn remove_fact(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        if let Some(fact) = self.state.facts.remove(&ordinal) {
            self.state.fact_by_key.remove(&(fact.source, fact.key));
        }
        Ok(())
    }

    fn keyed_between(&self, space: Space, low: u64, high: u64) -> Result<Vec<(u64, u32)>, Error> {
        let all = self.state.keyed.range((space, low, 0)..=(space, high, u32::MAX));
        Ok(all.map(|(_, key, n)| (*key, *n)).collect())
    }

    fn add_keyed(&mut self, space: Space, number: u32, keys: &[u64]) -> Result<(), Error> {
        self.state.keyed.extend(keys.iter().map(|k| (space, *k, number)));
        Ok(())
    }

    fn remove_keyed(&mut self, space: Space, number: u32, keys: &[u64]) -> Result<(), Error> {
        keys.iter().for_each(|k| {
            self.state.keyed.remove(&(space, *k, number));
        });
        Ok(())
    }

    fn standing(&self, person: PersonNumber) -> Result<Option<Standing>, Error> {
        Ok(self.state.standings.get(&person).cloned())
    }

    fn put_standing(&mut self, person: PersonNumber, standing: Option<&Standing>) -> Result<(), Error> {
        match standing {
            Some(standing) => self.state.standings.insert(person, standing.clone()),
            None => self.state.standings.remove(&person),
        };
        Ok(())
    }

    fn ever_had(&self, golden_id: &str) -> Result<Vec<Ordinal>, Error> {
        let had = |moves: &Vec<Move>| moves.iter().any(|m| m.golden_id.as_deref() == Some(golden_id));
        Ok(self.state.moves.iter().filter(|(_, m)| had(m)).map(|(o, _)| *o).collect())
    }

    fn add_entry(&mut self, entry: &Entry) -> Result<(), Error> {
        self.state.log.push(entry.clone());
        Ok(())
    }

    fn replace_entry(&mut self, entry: &Entry) -> Result<(), Error> {
        self.state.log.iter_mut().filter(|e| e.number == entry.number).for_each(|e| e.clone_from(entry));
        Ok(())
    }

    fn entries(&self, from: u64, most: usize) -> Result<Vec<Entry>, Error> {
        Ok(self.state.log.iter().filter(|e| e.number >= from).take(most).cloned().collect())
    }

    fn entry_at(&self, at: i64) -> Result<Option<Entry>, Error> {
        Ok(self.state.log.iter().rev().find(|e| e.act.at <= at).cloned())
    }

    fn entry_of(&self, change: u64) -> Result<Option<Entry>, Error> {
        Ok(self.state.log.iter().find(|e| e.change == change).cloned())
    }

    fn meta(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(self.state.meta.get(name).cloned())
    }

    fn put_meta(&mut self, name: &str, value: &str) -> Result<(), Error> {
        self.state.meta.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    fn tombstone(&self, hash: &[u8; 32]) -> Result<Option<Tombstone>, Error> {
        Ok(self.state.tombstones.get(hash).cloned())
    }

    fn put_tombstone(&mut self, hash: &[u8; 32], tombstone: &Tombstone) -> Result<(), Error> {
        self.state.tombstones.insert(*hash, tombstone.clone());
        Ok(())
    }

    fn lift_tombstones(&mut self, erasure: u64) -> Result<u64, Error> {
        let before = self.state.tombstones.len();
        self.state.tombstones.retain(|_, t| t.erasure != erasure);
        Ok((before - self.state.tombstones.len()) as u64)
    }

    fn each_tombstone(&self, each: &mut dyn FnMut([u8; 32], Tombstone)) -> Result<(), Error> {
        self.state.tombstones.iter().for_each(|(hash, t)| each(*hash, t.clone()));
        Ok(())
    }

    fn aside(&self, is_fact: bool, source: u16, id: &str) -> Result<Option<Aside>, Error> {
        Ok(self.state.asides.get(&(is_fact, source, id.to_owned())).cloned())
    }

    fn asides_of(&self, golden_id: &str) -> Result<Vec<Aside>, Error> {
        Ok(self.state.asides.values().filter(|a| a.golden_id == golden_id).cloned().collect())
    }

    fn each_aside(&self, each: &mut dyn FnMut(Aside)) -> Result<(), Error> {
        self.state.asides.values().cloned().for_each(each);
        Ok(())
    }

    fn put_aside(&mut self, aside: &Aside) -> Result<(), Error> {
        self.state.asides.insert((aside.is_fact, aside.source, aside.id.clone()), aside.clone());
        Ok(())
    }

    fn remove_aside(&mut self, is_fact: bool, source: u16, id: &str) -> Result<(), Error> {
        self.state.asides.remove(&(is_fact, source, id.to_owned()));
        Ok(())
    }

    fn add_events(&mut self, mut events: Vec<Event>) -> Result<Vec<Event>, Error> {
        for e in &mut events {
            e.cursor = self.state.events.len() as u64 + 1;
            self.state.events.push(e.clone());
        }
        Ok(events)
    }

    fn events(&self, after: u64, most: usize) -> Result<Vec<Event>, Error> {
        Ok(self.state.events.iter().skip(after as usize).take(most).cloned().collect())
    }

    fn blank_events(&mut self, golden_ids: &[String]) -> Result<u64, Error> {
        let about = |e: &&mut Event| golden_ids.contains(&e.golden_id);
        let mut blanked = 0;
        for e in self.state.events.iter_mut().filter(about) {
            e.values.clear();
            e.figures.clear();
            e.consents.clear();
            e.household = None;
            blanked += 1;
        }
        Ok(blanked)
    }

    fn scrub(&mut self, _: &[u64]) -> Result<(), Error> {
        Ok(())
    }

    fn acknowledged(&self, consumer: &str) -> Result<u64, Error> {
        Ok(self.state.acknowledged.get(consumer).copied().unwrap_or(0))
    }

    fn acknowledge(&mut self, consumer: &str, cursor: u64) -> Result<(), Error> {
        self.state.acknowledged.insert(consumer.to_owned(), cursor);
        Ok(())
    }
}
