//! A repository in memory: for tests, and for those who keep its state themselves.

use super::feed::Event;
use super::store::{Counted, Kept, KeptLink, Named, Ordinal, Person, PersonNumber, Store};
use crate::error::Error;
use crate::matching::ruling::{RecordRef, Ruling};
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
    by_id: BTreeMap<(u16, String), Ordinal>,
    blocks: BTreeSet<(u64, Ordinal)>,
    counts: BTreeMap<(Counted, String), u64>,
    links: BTreeMap<(Ordinal, Ordinal), KeptLink>,
    /// Both directions of each link.
    linked: BTreeSet<(Ordinal, Ordinal)>,
    rulings: BTreeMap<(RecordRef, RecordRef), Ruling>,
    people: BTreeMap<PersonNumber, Person>,
    person_of: BTreeMap<Ordinal, PersonNumber>,
    named: BTreeMap<String, Named>,
    ids_of: BTreeMap<Ordinal, Vec<String>>,
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
        Ok(self.state.by_id.get(&(source, id.to_owned())).copied())
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
        let ordinal = ordinal.unwrap_or_else(|| {
            s.next_ordinal += 1;
            s.next_ordinal
        });
        s.by_id.insert((kept.record.source, kept.record.id.clone()), ordinal);
        s.records.insert(ordinal, kept.clone());
        Ok(ordinal)
    }

    fn remove_record(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        let s = &mut self.state;
        if let Some(kept) = s.records.remove(&ordinal) {
            s.by_id.remove(&(kept.record.source, kept.record.id));
        }
        s.person_of.remove(&ordinal);
        s.ids_of.remove(&ordinal);
        Ok(())
    }

    fn block(&self, key: u64) -> Result<Vec<Ordinal>, Error> {
        Ok(self.state.blocks.range((key, 0)..=(key, Ordinal::MAX)).map(|(_, o)| *o).collect())
    }

    fn block_within(&self, key: u64, most: usize) -> Result<Vec<Ordinal>, Error> {
        let block = self.state.blocks.range((key, 0)..=(key, Ordinal::MAX));
        Ok(block.take(most).map(|(_, o)| *o).collect())
    }

    fn add_keys(&mut self, ordinal: Ordinal, keys: &[u64]) -> Result<(), Error> {
        self.state.blocks.extend(keys.iter().map(|k| (*k, ordinal)));
        Ok(())
    }

    fn remove_keys(&mut self, ordinal: Ordinal, keys: &[u64]) -> Result<(), Error> {
        keys.iter().for_each(|k| {
            self.state.blocks.remove(&(*k, ordinal));
        });
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

    fn ids_of_record(&self, ordinal: Ordinal) -> Result<Vec<String>, Error> {
        Ok(self.state.ids_of.get(&ordinal).cloned().unwrap_or_default())
    }

    fn add_id_of_record(&mut self, ordinal: Ordinal, golden_id: &str) -> Result<(), Error> {
        let ids = self.state.ids_of.entry(ordinal).or_default();
        if !ids.iter().any(|id| id == golden_id) {
            ids.push(golden_id.to_owned());
        }
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

    fn acknowledged(&self, consumer: &str) -> Result<u64, Error> {
        Ok(self.state.acknowledged.get(consumer).copied().unwrap_or(0))
    }

    fn acknowledge(&mut self, consumer: &str, cursor: u64) -> Result<(), Error> {
        self.state.acknowledged.insert(consumer.to_owned(), cursor);
        Ok(())
    }
}
