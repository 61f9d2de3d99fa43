//! What was read last, as it is now: a change, and a look at what a change would do, read most of what they need several
//! times over.
//!
//! The program that writes remembers always, since nobody else changes the file then; one that reads remembers as long as
//! it sees one and the same state.

use rcu_core::records::OwnRecord;
use rcu_core::repository::{KeptLink, Ordinal, Person, PersonNumber, Space};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::Hash;

/// Answers to one question, forgotten all at once when they are many.
#[derive(Debug)]
pub(super) struct Answers<K, V> {
    known: RefCell<HashMap<K, V>>,
    most: usize,
    on: Cell<bool>,
}

impl<K: Copy + Eq + Hash, V: Clone> Answers<K, V> {
    fn new(most: usize) -> Answers<K, V> {
        Answers { known: RefCell::default(), most, on: Cell::new(false) }
    }

    /// What is known, or what `read` finds.
    pub fn get<E>(&self, key: K, read: impl FnOnce() -> Result<V, E>) -> Result<V, E> {
        if !self.on.get() {
            return read();
        }
        if let Some(known) = self.known.borrow().get(&key) {
            return Ok(known.clone());
        }
        let found = read()?;
        self.is(key, found.clone());
        Ok(found)
    }

    /// The answer is another one now.
    pub fn is(&self, key: K, now: V) {
        let mut known = self.known.borrow_mut();
        if known.len() >= self.most {
            *known = HashMap::new();
        }
        known.insert(key, now);
    }

    /// The answer, if it is known, changes in place.
    pub fn change(&self, key: K, how: impl FnOnce(&mut V)) {
        self.known.borrow_mut().get_mut(&key).map(how);
    }

    pub fn forget(&self, key: K) {
        self.known.borrow_mut().remove(&key);
    }

    fn clear(&self) {
        self.known.borrow_mut().clear();
    }
}

/// Answers of the store, about 60 MB when they are most.
#[derive(Debug)]
pub(super) struct Recent {
    pub keyed: Answers<(Space, u64), Vec<u32>>,
    /// By the hash of what is counted.
    pub counts: Answers<u128, u64>,
    pub values: Answers<Ordinal, Option<OwnRecord>>,
    pub people: Answers<PersonNumber, Option<Person>>,
    pub person_of: Answers<Ordinal, Option<PersonNumber>>,
    pub links: Answers<Ordinal, Vec<KeptLink>>,
}

impl Recent {
    /// `on`: for who writes.
    pub fn new(on: bool) -> Recent {
        let recent = Recent {
            keyed: Answers::new(1 << 16),
            counts: Answers::new(1 << 18),
            values: Answers::new(1 << 14),
            people: Answers::new(1 << 13),
            person_of: Answers::new(1 << 16),
            links: Answers::new(1 << 15),
        };
        recent.turn(on);
        recent
    }

    /// Whether what is read from now on is remembered, and what is remembered answers.
    pub fn turn(&self, on: bool) {
        self.keyed.on.set(on);
        self.counts.on.set(on);
        self.values.on.set(on);
        self.people.on.set(on);
        self.person_of.on.set(on);
        self.links.on.set(on);
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.keyed.clear();
        self.counts.clear();
        self.values.clear();
        self.people.clear();
        self.person_of.clear();
        self.links.clear();
    }
}
