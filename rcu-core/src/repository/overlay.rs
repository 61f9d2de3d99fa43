//! A store over another that is only read: what would be written stays in memory and is forgotten with it.

use super::feed::Event;
use super::store::{Counted, Kept, KeptLink, Named, Ordinal, Person, PersonNumber, Store};
use crate::error::Error;
use crate::matching::ruling::{RecordRef, Ruling};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// What a change would leave. Only what the change touches is held; records that were read are held too, so that each
/// is read once.
#[derive(Debug)]
pub(super) struct Overlay<'s, S> {
    under: &'s S,
    read: RefCell<BTreeMap<Ordinal, Option<Kept>>>,
    records: BTreeMap<Ordinal, Option<Kept>>,
    by_id: BTreeMap<(u16, String), Option<Ordinal>>,
    /// Whether a record is in a block.
    blocks: BTreeMap<(u64, Ordinal), bool>,
    counts: BTreeMap<(Counted, String), u64>,
    links: BTreeMap<(Ordinal, Ordinal), Option<KeptLink>>,
    /// Both directions of each pair in `links`.
    linked: BTreeSet<(Ordinal, Ordinal)>,
    people: BTreeMap<PersonNumber, Option<Person>>,
    person_of: BTreeMap<Ordinal, Option<PersonNumber>>,
    named: BTreeMap<String, Named>,
    ids_of: BTreeMap<Ordinal, Vec<String>>,
    /// New numbers are taken from the end, where no store has come to.
    next: u32,
}

/// In place of the number of a change: later than all.
pub(super) const NEXT_CHANGE: u64 = u64::MAX;

impl<'s, S: Store> Overlay<'s, S> {
    pub fn new(under: &'s S) -> Overlay<'s, S> {
        Overlay {
            under,
            read: RefCell::default(),
            records: BTreeMap::new(),
            by_id: BTreeMap::new(),
            blocks: BTreeMap::new(),
            counts: BTreeMap::new(),
            links: BTreeMap::new(),
            linked: BTreeSet::new(),
            people: BTreeMap::new(),
            person_of: BTreeMap::new(),
            named: BTreeMap::new(),
            ids_of: BTreeMap::new(),
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
        if self.by_id.is_empty() {
            return self.under.find(source, id);
        }
        match self.by_id.get(&(source, id.to_owned())) {
            Some(found) => Ok(*found),
            None => self.under.find(source, id),
        }
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
        let ordinal = ordinal.unwrap_or_else(|| self.number());
        self.by_id.insert((kept.record.source, kept.record.id.clone()), Some(ordinal));
        self.records.insert(ordinal, Some(kept.clone()));
        Ok(ordinal)
    }

    fn remove_record(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        if let Some(kept) = self.record(ordinal)? {
            self.by_id.insert((kept.record.source, kept.record.id), None);
        }
        self.records.insert(ordinal, None);
        self.person_of.insert(ordinal, None);
        self.ids_of.insert(ordinal, Vec::new());
        Ok(())
    }

    fn block(&self, key: u64) -> Result<Vec<Ordinal>, Error> {
        let mut block = self.under.block(key)?;
        for ((_, o), is_in) in self.blocks.range((key, 0)..=(key, Ordinal::MAX)) {
            match (block.binary_search(o), is_in) {
                (Err(at), true) => block.insert(at, *o),
                (Ok(at), false) => drop(block.remove(at)),
                _ => {}
            }
        }
        Ok(block)
    }

    fn add_keys(&mut self, ordinal: Ordinal, keys: &[u64]) -> Result<(), Error> {
        self.blocks.extend(keys.iter().map(|k| ((*k, ordinal), true)));
        Ok(())
    }

    fn remove_keys(&mut self, ordinal: Ordinal, keys: &[u64]) -> Result<(), Error> {
        self.blocks.extend(keys.iter().map(|k| ((*k, ordinal), false)));
        Ok(())
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

    fn ids_of_record(&self, ordinal: Ordinal) -> Result<Vec<String>, Error> {
        match self.ids_of.get(&ordinal) {
            Some(ids) => Ok(ids.clone()),
            None => self.under.ids_of_record(ordinal),
        }
    }

    fn add_id_of_record(&mut self, ordinal: Ordinal, golden_id: &str) -> Result<(), Error> {
        let mut ids = self.ids_of_record(ordinal)?;
        if !ids.iter().any(|id| id == golden_id) {
            ids.push(golden_id.to_owned());
            self.ids_of.insert(ordinal, ids);
        }
        Ok(())
    }

    fn add_events(&mut self, events: Vec<Event>) -> Result<Vec<Event>, Error> {
        Ok(events)
    }

    fn events(&self, after: u64, most: usize) -> Result<Vec<Event>, Error> {
        self.under.events(after, most)
    }

    fn acknowledged(&self, consumer: &str) -> Result<u64, Error> {
        self.under.acknowledged(consumer)
    }

    fn acknowledge(&mut self, _: &str, _: u64) -> Result<(), Error> {
        Ok(())
    }
}
