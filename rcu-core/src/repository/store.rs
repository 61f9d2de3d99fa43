//! What a repository needs of the place that keeps it.

use super::feed::Event;
use super::log::Entry;
use super::rights::Aside;
use super::standing::{KeptFact, Standing};
use super::tombstone::Tombstone;
use crate::error::Error;
use crate::field::FieldIx;
use crate::matching::blocking::Link;
use crate::matching::ruling::{RecordRef, Ruling};
use crate::records::OwnRecord;
use crate::survivorship::{Lock, Rule};

/// A kept record's number, given once and never again. It says nothing about the order of records.
pub type Ordinal = u32;

/// A kept person's number, never seen outside.
pub type PersonNumber = u32;

/// A source record as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// Its normalised values.
    pub record: OwnRecord,
    /// The row as it was delivered: column and text, by column; columns without a value are left out.
    pub cells: Vec<(String, String)>,
}

/// A link or a review pair between two kept records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptLink {
    /// The record that comes first in the order of records.
    pub a: Ordinal,
    /// The other.
    pub b: Ordinal,
    /// Pass, decision, score, reason and evidence; its record numbers are 0.
    pub link: Link,
    /// Why the people that it would have joined cannot be one, if they cannot.
    pub refused: Option<&'static str>,
}

/// What is counted over all records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// Records.
    Records,
    /// Records by last and first name.
    Named,
    /// People by value of a field.
    People(u16),
    /// Records by value of a field and person: a person counts once for the value.
    Bearers(u16),
    /// Records that have a value for a comparison.
    Valued(u16),
    /// Records by value of a comparison.
    Carriers(u16),
    /// Rows by what they count for, a name of [`super::Whose`].
    Rows,
    /// Lines of sales by what they count for.
    Lines,
    /// People with a score, by brand (empty for all) and leading digits of what is scored: recency.
    Recency,
    /// The same for frequency.
    Frequency,
    /// The same for money.
    Monetary,
}

/// What an index finds: numbers of records, of facts, or of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// Records, by the blocks in which they meet others. Every change reads them.
    Blocks,
    /// Records, by values and parts of values: read by searches, and by a change when a count passes a limit.
    Clues,
    /// Facts, by what they name and share.
    Facts,
    /// People, by what households share.
    People,
}

/// A golden value as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptValue {
    /// The field.
    pub field: FieldIx,
    /// The value.
    pub text: String,
    /// The record that supplied it.
    pub from: Ordinal,
    /// Its score in thousandths.
    pub score: u16,
    /// Other values it was preferred to.
    pub beaten: u16,
    /// The rule that chose.
    pub rule: Rule,
}

/// A kept person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// The golden id.
    pub golden_id: String,
    /// Ids of people that it took in, ascending: they lead to it.
    pub aliases: Vec<String>,
    /// Records, in the order of records.
    pub members: Vec<Ordinal>,
    /// Golden values, by field.
    pub values: Vec<KeptValue>,
}

/// A golden id and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// The change in which it was first given.
    pub born: u64,
    /// The id.
    pub golden_id: String,
    /// The person who has it now; of an id that a merge took in, the person who took it.
    pub person: Option<PersonNumber>,
    /// Whether the person goes by this id.
    pub in_use: bool,
    /// Whether the person who went by it was erased: nobody is ever called so again.
    pub erased: bool,
}

/// A golden id that a record came to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The change in which it did.
    pub change: u64,
    /// The id; none when the record was gone.
    pub golden_id: Option<String>,
}

/// A place that keeps a repository. Reading never changes it; what is written between `begin` and `commit` is kept
/// together or not at all.
pub trait Store {
    /// Begins a change.
    ///
    /// # Errors
    /// When the place cannot be written.
    fn begin(&mut self) -> Result<(), Error>;
    /// Begins the change that fills an empty place: keys and counts are only added in it, each once, and not looked up
    /// before `commit`; what `add` gives back says nothing.
    ///
    /// # Errors
    /// Those of [`Store::begin`].
    fn begin_load(&mut self) -> Result<(), Error> {
        self.begin()
    }
    /// Keeps what was written since `begin`.
    ///
    /// # Errors
    /// When it could not be kept; then nothing of it is.
    fn commit(&mut self) -> Result<(), Error>;
    /// Forgets what was written since `begin`.
    fn roll_back(&mut self);
    /// The number of the next change, from 1.
    ///
    /// # Errors
    /// Those of the place, here and below.
    fn next_change(&mut self) -> Result<u64, Error>;

    /// The ordinal of a record.
    fn find(&self, source: u16, id: &str) -> Result<Option<Ordinal>, Error>;
    /// The ordinal of a record that is kept or is gone but not forgotten.
    fn find_ever(&self, source: u16, id: &str) -> Result<Option<Ordinal>, Error>;
    /// Source and identifier of a record that is kept or is gone but not forgotten.
    fn name_of(&self, ordinal: Ordinal) -> Result<Option<(u16, String)>, Error>;
    /// Identifiers of the kept records of a source, ascending.
    fn ids_of_source(&self, source: u16) -> Result<Vec<String>, Error>;
    /// A record.
    fn record(&self, ordinal: Ordinal) -> Result<Option<Kept>, Error>;
    /// The normalised values of a record, without the row as it was delivered.
    fn values(&self, ordinal: Ordinal) -> Result<Option<OwnRecord>, Error> {
        Ok(self.record(ordinal)?.map(|kept| kept.record))
    }
    /// Every record, in no order.
    fn each_record(&self, each: &mut dyn FnMut(Ordinal, Kept)) -> Result<(), Error>;
    /// Keeps a record. With an ordinal it takes the place of the one there, whose source and identifier may have been
    /// others; without one it gets the ordinal that a record of its source and identifier had before it was gone, or a new
    /// one.
    fn put_record(&mut self, ordinal: Option<Ordinal>, kept: &Kept) -> Result<Ordinal, Error>;
    /// Takes a record away. Its ordinal, source and identifier and its moves stay, for its history, and for when it comes
    /// back.
    fn remove_record(&mut self, ordinal: Ordinal) -> Result<(), Error>;
    /// Forgets a record that was taken away, its identifier and its moves: nothing of it is left.
    fn forget_record(&mut self, ordinal: Ordinal) -> Result<(), Error>;

    /// Forgets all keys, of records, facts and people, all counts and all links: they are made anew.
    fn clear_derived(&mut self) -> Result<(), Error>;
    /// A count.
    fn count(&self, counted: Counted, value: &str) -> Result<u64, Error>;
    /// Adds to a count and gives what it was before and is now.
    fn add(&mut self, counted: Counted, value: &str, more: i64) -> Result<(u64, u64), Error>;

    /// Links and review pairs of a record.
    fn links(&self, ordinal: Ordinal) -> Result<Vec<KeptLink>, Error>;
    /// Keeps a link.
    fn put_link(&mut self, link: &KeptLink) -> Result<(), Error>;
    /// Forgets a link.
    fn remove_link(&mut self, a: Ordinal, b: Ordinal) -> Result<(), Error>;

    /// Decisions of stewards, all of them.
    fn rulings(&self) -> Result<Vec<Ruling>, Error>;
    /// Keeps a decision in place of the one on its pair.
    fn put_ruling(&mut self, ruling: &Ruling) -> Result<(), Error>;
    /// Forgets the decision on a pair, lower record first.
    fn remove_ruling(&mut self, a: &RecordRef, b: &RecordRef) -> Result<(), Error>;

    /// Locks of stewards, all of them. Each follows a record.
    fn locks(&self) -> Result<Vec<Lock>, Error>;
    /// Keeps a lock in place of one of the same source, record id, field, kind and value.
    fn put_lock(&mut self, lock: &Lock) -> Result<(), Error>;
    /// Forgets the lock of the same source, record id, field, kind and value.
    fn remove_lock(&mut self, lock: &Lock) -> Result<(), Error>;

    /// The person of a record.
    fn person_of(&self, ordinal: Ordinal) -> Result<Option<PersonNumber>, Error>;
    /// A person.
    fn person(&self, person: PersonNumber) -> Result<Option<Person>, Error>;
    /// Every person, in no order.
    fn each_person(&self, each: &mut dyn FnMut(PersonNumber, Person)) -> Result<(), Error>;
    /// Keeps a person, in place of the one of that number if one is given; its records are no one else's.
    fn put_person(&mut self, number: Option<PersonNumber>, person: &Person) -> Result<PersonNumber, Error>;
    /// Forgets a person.
    fn remove_person(&mut self, number: PersonNumber) -> Result<(), Error>;

    /// What became of a golden id.
    fn named(&self, golden_id: &str) -> Result<Option<Named>, Error>;
    /// Says what became of a golden id.
    fn put_named(&mut self, named: &Named) -> Result<(), Error>;
    /// Golden ids that a record had, in the order of changes.
    fn moves(&self, ordinal: Ordinal) -> Result<Vec<Move>, Error>;
    /// Says that a record has another golden id from a change on. A move of the same change is replaced.
    fn add_move(&mut self, ordinal: Ordinal, moved: &Move) -> Result<(), Error>;
    /// Records, kept or gone, that ever had a golden id, ascending.
    fn ever_had(&self, golden_id: &str) -> Result<Vec<Ordinal>, Error>;

    /// Adds an entry to the log.
    fn add_entry(&mut self, entry: &Entry) -> Result<(), Error>;
    /// Puts an entry in place of the one of its number.
    fn replace_entry(&mut self, entry: &Entry) -> Result<(), Error>;
    /// Entries of the log from a number on, in order, at most so many.
    fn entries(&self, from: u64, most: usize) -> Result<Vec<Entry>, Error>;
    /// The last entry of the log that is not later than a moment, in seconds since 1970-01-01T00:00:00Z.
    fn entry_at(&self, at: i64) -> Result<Option<Entry>, Error>;
    /// The first entry of the log that names a change.
    fn entry_of(&self, change: u64) -> Result<Option<Entry>, Error>;

    /// A small thing by its name.
    fn meta(&self, name: &str) -> Result<Option<String>, Error>;
    /// Keeps a small thing.
    fn put_meta(&mut self, name: &str, value: &str) -> Result<(), Error>;

    /// Whether something about an erased person has this keyed hash, and what was said of it.
    fn tombstone(&self, hash: &[u8; 32]) -> Result<Option<Tombstone>, Error>;
    /// Keeps the keyed hash of something about an erased person.
    fn put_tombstone(&mut self, hash: &[u8; 32], tombstone: &Tombstone) -> Result<(), Error>;
    /// Lifts the tombstones of an erasure. Says how many there were.
    fn lift_tombstones(&mut self, erasure: u64) -> Result<u64, Error>;

    /// Every tombstone, in no order.
    fn each_tombstone(&self, each: &mut dyn FnMut([u8; 32], Tombstone)) -> Result<(), Error>;

    /// The row that is kept aside, when it is.
    fn aside(&self, is_fact: bool, source: u16, id: &str) -> Result<Option<Aside>, Error>;
    /// Rows that are kept aside for a person, records first, by source and identifier.
    fn asides_of(&self, golden_id: &str) -> Result<Vec<Aside>, Error>;
    /// Every row that is kept aside, in no order.
    fn each_aside(&self, each: &mut dyn FnMut(Aside)) -> Result<(), Error>;
    /// Keeps a row aside, in place of the one of the same kind, source and identifier.
    fn put_aside(&mut self, aside: &Aside) -> Result<(), Error>;
    /// Forgets a row that is kept aside.
    fn remove_aside(&mut self, is_fact: bool, source: u16, id: &str) -> Result<(), Error>;

    /// The ordinal of a fact; facts have ordinals of their own. `key` is [`KeptFact::key`].
    fn find_fact(&self, source: u16, key: &str) -> Result<Option<Ordinal>, Error>;
    /// A fact.
    fn fact(&self, ordinal: Ordinal) -> Result<Option<KeptFact>, Error>;
    /// What tells the kept facts of a source apart, ascending: [`KeptFact::key`].
    fn keys_of_source(&self, source: u16) -> Result<Vec<String>, Error> {
        let mut keys = Vec::new();
        self.each_fact(&mut |_, f| keys.extend((f.source == source).then_some(f.key)))?;
        keys.sort_unstable();
        Ok(keys)
    }
    /// Every fact, in no order.
    fn each_fact(&self, each: &mut dyn FnMut(Ordinal, KeptFact)) -> Result<(), Error>;
    /// Keeps a fact, in place of the one of that ordinal if one is given.
    fn put_fact(&mut self, ordinal: Option<Ordinal>, fact: &KeptFact) -> Result<Ordinal, Error>;
    /// Forgets a fact.
    fn remove_fact(&mut self, ordinal: Ordinal) -> Result<(), Error>;

    /// Records, facts or people of a key, ascending.
    fn keyed(&self, space: Space, key: u64) -> Result<Vec<u32>, Error> {
        Ok(self.keyed_between(space, key, key)?.into_iter().map(|(_, n)| n).collect())
    }
    /// The same of all keys from one to another, both included, with their keys, ascending.
    fn keyed_between(&self, space: Space, low: u64, high: u64) -> Result<Vec<(u64, u32)>, Error>;
    /// Puts a record, a fact or a person under keys.
    fn add_keyed(&mut self, space: Space, number: u32, keys: &[u64]) -> Result<(), Error>;
    /// Takes a record, a fact or a person away from keys.
    fn remove_keyed(&mut self, space: Space, number: u32, keys: &[u64]) -> Result<(), Error>;

    /// Where a person stands.
    fn standing(&self, person: PersonNumber) -> Result<Option<Standing>, Error>;
    /// Says where a person stands, or that nothing is known of them any more.
    fn put_standing(&mut self, person: PersonNumber, standing: Option<&Standing>) -> Result<(), Error>;

    /// Adds entries to the feed and gives them their cursors.
    fn add_events(&mut self, events: Vec<Event>) -> Result<Vec<Event>, Error>;
    /// Entries after a cursor, in order, at most so many.
    fn events(&self, after: u64, most: usize) -> Result<Vec<Event>, Error>;
    /// Takes the values and names of people out of entries of the feed that are about them. Says how many there were.
    fn blank_events(&mut self, golden_ids: &[String]) -> Result<u64, Error>;
    /// Makes what was removed unreadable in the place itself, under these block keys too: free pages, journals. Called
    /// after the change was kept.
    fn scrub(&mut self, keys: &[u64]) -> Result<(), Error>;
    /// The last entry that a consumer acknowledged; 0 for none.
    fn acknowledged(&self, consumer: &str) -> Result<u64, Error>;
    /// Says that a consumer has everything up to a cursor.
    fn acknowledge(&mut self, consumer: &str, cursor: u64) -> Result<(), Error>;
}
