//! What a repository needs of the place that keeps it.

use super::feed::Event;
use crate::error::Error;
use crate::field::FieldIx;
use crate::matching::blocking::Link;
use crate::matching::ruling::{RecordRef, Ruling};
use crate::records::OwnRecord;
use crate::survivorship::Rule;

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
}

/// A place that keeps a repository. Reading never changes it; what is written between `begin` and `commit` is kept
/// together or not at all.
pub trait Store {
    /// Begins a change.
    ///
    /// # Errors
    /// When the place cannot be written.
    fn begin(&mut self) -> Result<(), Error>;
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
    /// A record.
    fn record(&self, ordinal: Ordinal) -> Result<Option<Kept>, Error>;
    /// Every record, in no order.
    fn each_record(&self, each: &mut dyn FnMut(Ordinal, Kept)) -> Result<(), Error>;
    /// Keeps a record, in place of the one of that ordinal if one is given.
    fn put_record(&mut self, ordinal: Option<Ordinal>, kept: &Kept) -> Result<Ordinal, Error>;
    /// Forgets a record.
    fn remove_record(&mut self, ordinal: Ordinal) -> Result<(), Error>;

    /// The records of a block key, ascending.
    fn block(&self, key: u64) -> Result<Vec<Ordinal>, Error>;
    /// Records of a block key, ascending, at most so many.
    fn block_within(&self, key: u64, most: usize) -> Result<Vec<Ordinal>, Error> {
        let mut block = self.block(key)?;
        block.truncate(most);
        Ok(block)
    }
    /// Puts a record into blocks.
    fn add_keys(&mut self, ordinal: Ordinal, keys: &[u64]) -> Result<(), Error>;
    /// Takes a record out of blocks.
    fn remove_keys(&mut self, ordinal: Ordinal, keys: &[u64]) -> Result<(), Error>;

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
    /// Golden ids that a record had, in the order in which it got them.
    fn ids_of_record(&self, ordinal: Ordinal) -> Result<Vec<String>, Error>;
    /// Says that a record has a golden id, if it did not have it before.
    fn add_id_of_record(&mut self, ordinal: Ordinal, golden_id: &str) -> Result<(), Error>;

    /// Adds entries to the feed and gives them their cursors.
    fn add_events(&mut self, events: Vec<Event>) -> Result<Vec<Event>, Error>;
    /// Entries after a cursor, in order, at most so many.
    fn events(&self, after: u64, most: usize) -> Result<Vec<Event>, Error>;
    /// The last entry that a consumer acknowledged; 0 for none.
    fn acknowledged(&self, consumer: &str) -> Result<u64, Error>;
    /// Says that a consumer has everything up to a cursor.
    fn acknowledge(&mut self, consumer: &str, cursor: u64) -> Result<(), Error>;
}
