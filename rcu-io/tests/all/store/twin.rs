//! Two stores that must say the same.

use rcu_core::Error;
use rcu_core::matching::ruling::{RecordRef, Ruling};
use rcu_core::records::OwnRecord;
use rcu_core::repository::{
    Aside, Counted, Entry, Event, Kept, KeptFact, KeptLink, MemoryStore, Move, Named, Ordinal, Person,
    PersonNumber, Space, Standing, Store, Tombstone,
};
use rcu_core::survivorship::Lock;
use rcu_io::store::SqliteStore;
use std::collections::BTreeMap;

/// Writes go to both; every answer is compared.
#[derive(Debug)]
pub struct Twin {
    pub memory: MemoryStore,
    pub file: SqliteStore,
    /// A first load: what `add` gives back says nothing.
    pub load: bool,
}

macro_rules! both {
    ($self:ident . $call:ident ( $($argument:expr),* )) => {{
        let in_memory = $self.memory.$call($($argument),*)?;
        let in_file = $self.file.$call($($argument),*)?;
        assert_eq!(in_memory, in_file, stringify!($call));
        Ok(in_file)
    }};
}

impl Store for Twin {
    fn begin(&mut self) -> Result<(), Error> {
        both!(self.begin())
    }
    fn begin_load(&mut self) -> Result<(), Error> {
        self.load = true;
        both!(self.begin_load())
    }
    fn commit(&mut self) -> Result<(), Error> {
        self.load = false;
        both!(self.commit())
    }
    fn roll_back(&mut self) {
        self.load = false;
        self.memory.roll_back();
        self.file.roll_back();
    }
    fn next_change(&mut self) -> Result<u64, Error> {
        both!(self.next_change())
    }
    fn find(&self, source: u16, id: &str) -> Result<Option<Ordinal>, Error> {
        both!(self.find(source, id))
    }
    fn record(&self, ordinal: Ordinal) -> Result<Option<Kept>, Error> {
        both!(self.record(ordinal))
    }
    fn values(&self, ordinal: Ordinal) -> Result<Option<OwnRecord>, Error> {
        both!(self.values(ordinal))
    }
    fn each_record(&self, each: &mut dyn FnMut(Ordinal, Kept)) -> Result<(), Error> {
        let (mut a, mut b) = (BTreeMap::new(), BTreeMap::new());
        self.memory.each_record(&mut |o, k| assert!(a.insert(o, k).is_none()))?;
        self.file.each_record(&mut |o, k| assert!(b.insert(o, k).is_none()))?;
        assert_eq!(a, b);
        b.into_iter().for_each(|(o, k)| each(o, k));
        Ok(())
    }
    fn put_record(&mut self, ordinal: Option<Ordinal>, kept: &Kept) -> Result<Ordinal, Error> {
        both!(self.put_record(ordinal, kept))
    }
    fn remove_record(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        both!(self.remove_record(ordinal))
    }
    fn count(&self, counted: Counted, value: &str) -> Result<u64, Error> {
        both!(self.count(counted, value))
    }
    fn add(&mut self, counted: Counted, value: &str, more: i64) -> Result<(u64, u64), Error> {
        if self.load && !matches!(counted, Counted::Rows | Counted::Lines) {
            self.file.add(counted, value, more)?;
            return self.memory.add(counted, value, more);
        }
        both!(self.add(counted, value, more))
    }
    fn links(&self, ordinal: Ordinal) -> Result<Vec<KeptLink>, Error> {
        both!(self.links(ordinal))
    }
    fn put_link(&mut self, link: &KeptLink) -> Result<(), Error> {
        both!(self.put_link(link))
    }
    fn remove_link(&mut self, a: Ordinal, b: Ordinal) -> Result<(), Error> {
        both!(self.remove_link(a, b))
    }
    fn rulings(&self) -> Result<Vec<Ruling>, Error> {
        both!(self.rulings())
    }
    fn put_ruling(&mut self, ruling: &Ruling) -> Result<(), Error> {
        both!(self.put_ruling(ruling))
    }
    fn remove_ruling(&mut self, a: &RecordRef, b: &RecordRef) -> Result<(), Error> {
        both!(self.remove_ruling(a, b))
    }
    fn person_of(&self, ordinal: Ordinal) -> Result<Option<PersonNumber>, Error> {
        both!(self.person_of(ordinal))
    }
    fn person(&self, person: PersonNumber) -> Result<Option<Person>, Error> {
        both!(self.person(person))
    }
    fn each_person(&self, each: &mut dyn FnMut(PersonNumber, Person)) -> Result<(), Error> {
        let (mut a, mut b) = (BTreeMap::new(), BTreeMap::new());
        self.memory.each_person(&mut |n, p| assert!(a.insert(n, p).is_none()))?;
        self.file.each_person(&mut |n, p| assert!(b.insert(n, p).is_none()))?;
        assert_eq!(a, b);
        b.into_iter().for_each(|(n, p)| each(n, p));
        Ok(())
    }
    fn put_person(&mut self, number: Option<PersonNumber>, person: &Person) -> Result<PersonNumber, Error> {
        both!(self.put_person(number, person))
    }
    fn remove_person(&mut self, number: PersonNumber) -> Result<(), Error> {
        both!(self.remove_person(number))
    }
    fn named(&self, golden_id: &str) -> Result<Option<Named>, Error> {
        both!(self.named(golden_id))
    }
    fn put_named(&mut self, named: &Named) -> Result<(), Error> {
        both!(self.put_named(named))
    }
    fn find_ever(&self, source: u16, id: &str) -> Result<Option<Ordinal>, Error> {
        both!(self.find_ever(source, id))
    }
    fn name_of(&self, ordinal: Ordinal) -> Result<Option<(u16, String)>, Error> {
        both!(self.name_of(ordinal))
    }
    fn ids_of_source(&self, source: u16) -> Result<Vec<String>, Error> {
        both!(self.ids_of_source(source))
    }
    fn forget_record(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        both!(self.forget_record(ordinal))
    }
    fn clear_derived(&mut self) -> Result<(), Error> {
        both!(self.clear_derived())
    }
    fn locks(&self) -> Result<Vec<Lock>, Error> {
        both!(self.locks())
    }
    fn put_lock(&mut self, lock: &Lock) -> Result<(), Error> {
        both!(self.put_lock(lock))
    }
    fn remove_lock(&mut self, lock: &Lock) -> Result<(), Error> {
        both!(self.remove_lock(lock))
    }
    fn moves(&self, ordinal: Ordinal) -> Result<Vec<Move>, Error> {
        both!(self.moves(ordinal))
    }
    fn add_move(&mut self, ordinal: Ordinal, moved: &Move) -> Result<(), Error> {
        both!(self.add_move(ordinal, moved))
    }
    fn ever_had(&self, golden_id: &str) -> Result<Vec<Ordinal>, Error> {
        both!(self.ever_had(golden_id))
    }
    fn add_entry(&mut self, entry: &Entry) -> Result<(), Error> {
        both!(self.add_entry(entry))
    }
    fn replace_entry(&mut self, entry: &Entry) -> Result<(), Error> {
        both!(self.replace_entry(entry))
    }
    fn entries(&self, from: u64, most: usize) -> Result<Vec<Entry>, Error> {
        both!(self.entries(from, most))
    }
    fn entry_at(&self, at: i64) -> Result<Option<Entry>, Error> {
        both!(self.entry_at(at))
    }
    fn entry_of(&self, change: u64) -> Result<Option<Entry>, Error> {
        both!(self.entry_of(change))
    }
    fn meta(&self, name: &str) -> Result<Option<String>, Error> {
        both!(self.meta(name))
    }
    fn put_meta(&mut self, name: &str, value: &str) -> Result<(), Error> {
        both!(self.put_meta(name, value))
    }
    fn tombstone(&self, hash: &[u8; 32]) -> Result<Option<Tombstone>, Error> {
        both!(self.tombstone(hash))
    }
    fn put_tombstone(&mut self, hash: &[u8; 32], tombstone: &Tombstone) -> Result<(), Error> {
        both!(self.put_tombstone(hash, tombstone))
    }
    fn lift_tombstones(&mut self, erasure: u64) -> Result<u64, Error> {
        both!(self.lift_tombstones(erasure))
    }
    fn each_tombstone(&self, each: &mut dyn FnMut([u8; 32], Tombstone)) -> Result<(), Error> {
        let (mut a, mut b) = (BTreeMap::new(), BTreeMap::new());
        self.memory.each_tombstone(&mut |h, t| assert!(a.insert(h, t).is_none()))?;
        self.file.each_tombstone(&mut |h, t| assert!(b.insert(h, t).is_none()))?;
        assert_eq!(a, b);
        b.into_iter().for_each(|(h, t)| each(h, t));
        Ok(())
    }
    fn aside(&self, is_fact: bool, source: u16, id: &str) -> Result<Option<Aside>, Error> {
        both!(self.aside(is_fact, source, id))
    }
    fn asides_of(&self, golden_id: &str) -> Result<Vec<Aside>, Error> {
        both!(self.asides_of(golden_id))
    }
    fn each_aside(&self, each: &mut dyn FnMut(Aside)) -> Result<(), Error> {
        let (mut a, mut b) = (BTreeMap::new(), BTreeMap::new());
        self.memory
            .each_aside(&mut |x| assert!(a.insert((x.is_fact, x.source, x.id.clone()), x).is_none()))?;
        self.file.each_aside(&mut |x| assert!(b.insert((x.is_fact, x.source, x.id.clone()), x).is_none()))?;
        assert_eq!(a, b);
        b.into_values().for_each(each);
        Ok(())
    }
    fn put_aside(&mut self, aside: &Aside) -> Result<(), Error> {
        both!(self.put_aside(aside))
    }
    fn remove_aside(&mut self, is_fact: bool, source: u16, id: &str) -> Result<(), Error> {
        both!(self.remove_aside(is_fact, source, id))
    }
    fn find_fact(&self, source: u16, key: &str) -> Result<Option<Ordinal>, Error> {
        both!(self.find_fact(source, key))
    }
    fn fact(&self, ordinal: Ordinal) -> Result<Option<KeptFact>, Error> {
        both!(self.fact(ordinal))
    }
    fn put_fact(&mut self, ordinal: Option<Ordinal>, fact: &KeptFact) -> Result<Ordinal, Error> {
        both!(self.put_fact(ordinal, fact))
    }
    fn remove_fact(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        both!(self.remove_fact(ordinal))
    }
    fn keyed(&self, space: Space, key: u64) -> Result<Vec<u32>, Error> {
        both!(self.keyed(space, key))
    }
    fn keyed_between(&self, space: Space, low: u64, high: u64) -> Result<Vec<(u64, u32)>, Error> {
        both!(self.keyed_between(space, low, high))
    }
    fn add_keyed(&mut self, space: Space, number: u32, keys: &[u64]) -> Result<(), Error> {
        both!(self.add_keyed(space, number, keys))
    }
    fn remove_keyed(&mut self, space: Space, number: u32, keys: &[u64]) -> Result<(), Error> {
        both!(self.remove_keyed(space, number, keys))
    }
    fn standing(&self, person: PersonNumber) -> Result<Option<Standing>, Error> {
        both!(self.standing(person))
    }
    fn put_standing(&mut self, person: PersonNumber, standing: Option<&Standing>) -> Result<(), Error> {
        both!(self.put_standing(person, standing))
    }
    fn blank_events(&mut self, golden_ids: &[String]) -> Result<u64, Error> {
        both!(self.blank_events(golden_ids))
    }
    fn scrub(&mut self, keys: &[u64]) -> Result<(), Error> {
        both!(self.scrub(keys))
    }
    fn each_fact(&self, each: &mut dyn FnMut(Ordinal, KeptFact)) -> Result<(), Error> {
        let (mut a, mut b) = (BTreeMap::new(), BTreeMap::new());
        self.memory.each_fact(&mut |o, f| assert!(a.insert(o, f).is_none()))?;
        self.file.each_fact(&mut |o, f| assert!(b.insert(o, f).is_none()))?;
        assert_eq!(a, b);
        b.into_iter().for_each(|(o, f)| each(o, f));
        Ok(())
    }
    fn add_events(&mut self, events: Vec<Event>) -> Result<Vec<Event>, Error> {
        both!(self.add_events(events.clone()))
    }
    fn events(&self, after: u64, most: usize) -> Result<Vec<Event>, Error> {
        both!(self.events(after, most))
    }
    fn acknowledged(&self, consumer: &str) -> Result<u64, Error> {
        both!(self.acknowledged(consumer))
    }
    fn acknowledge(&mut self, consumer: &str, cursor: u64) -> Result<(), Error> {
        both!(self.acknowledge(consumer, cursor))
    }
}
