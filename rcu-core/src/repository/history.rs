//! Who a record was at a moment of the past, and what became of a golden id.

use super::store::{Move, Ordinal, Store};
use super::{Person, Repository};
use crate::error::Error;
use crate::matching::ruling::RecordRef;
use serde::Serialize;

/// A record that came to have a golden id, or lost it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Passage {
    /// The change in which it did.
    pub change: u64,
    /// When that was, in seconds since 1970-01-01T00:00:00Z; none when the log does not say.
    pub at: Option<i64>,
    /// The record.
    pub record: RecordRef,
    /// The golden id that it had from then on; none: the record was gone.
    pub golden_id: Option<String>,
}

/// What became of a golden id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct History {
    /// The id.
    pub golden_id: String,
    /// The change in which it was first given.
    pub born: u64,
    /// The id that it leads to today; none when nobody is left.
    pub leads_to: Option<String>,
    /// Everything that happened to the records that ever had it, oldest first.
    pub passages: Vec<Passage>,
}

impl<S: Store> Repository<S> {
    /// The golden id that a record had at a moment, in seconds since 1970-01-01T00:00:00Z; none when it was not there.
    ///
    /// # Errors
    /// [`Error::UnknownSource`]; those of the store.
    pub fn golden_id_at(&self, record: &RecordRef, at: i64) -> Result<Option<String>, Error> {
        let source = self.source(&record.source)? as u16;
        let (Some(ordinal), Some(change)) =
            (self.store.find_ever(source, &record.record_id)?, self.change_at(at)?)
        else {
            return Ok(None);
        };
        Ok(then(&self.store.moves(ordinal)?, change).map(str::to_owned))
    }

    /// The records that had a golden id at a moment, in the order of records.
    ///
    /// # Errors
    /// Those of the store.
    pub fn records_at(&self, golden_id: &str, at: i64) -> Result<Vec<RecordRef>, Error> {
        let Some(change) = self.change_at(at)? else { return Ok(Vec::new()) };
        let mut records = Vec::new();
        for o in self.store.ever_had(golden_id)? {
            if then(&self.store.moves(o)?, change) == Some(golden_id) {
                records.extend(self.reference(o)?);
            }
        }
        records.sort_unstable();
        Ok(records)
    }

    /// What became of a golden id; none when it was never given.
    ///
    /// # Errors
    /// Those of the store.
    pub fn history(&self, golden_id: &str) -> Result<Option<History>, Error> {
        let Some(named) = self.store.named(golden_id)? else { return Ok(None) };
        let person: Option<Person> = self.person(golden_id)?;
        let mut passages = Vec::new();
        let mut ordinals = self.store.ever_had(golden_id)?;
        ordinals.extend(person.iter().flat_map(|p| p.members.iter().copied()));
        ordinals.sort_unstable();
        ordinals.dedup();
        for o in ordinals {
            let Some(record) = self.reference(o)? else { continue };
            for m in self.store.moves(o)? {
                let at = self.store.entry_of(m.change)?.map(|e| e.act.at);
                let record = record.clone();
                passages.push(Passage { change: m.change, at, record, golden_id: m.golden_id });
            }
        }
        passages.sort();
        let leads_to = person.map(|p| p.golden_id);
        Ok(Some(History { golden_id: golden_id.to_owned(), born: named.born, leads_to, passages }))
    }

    /// The record of an ordinal, kept or gone.
    pub(super) fn reference(&self, ordinal: Ordinal) -> Result<Option<RecordRef>, Error> {
        Ok(self.store.name_of(ordinal)?.and_then(|(source, record_id)| {
            let source = self.plan.sources.get(usize::from(source))?.name.clone();
            Some(RecordRef { source, record_id })
        }))
    }

    /// The last change that was done at a moment; none before the first.
    fn change_at(&self, at: i64) -> Result<Option<u64>, Error> {
        Ok(self.store.entry_at(at)?.map(|e| e.change))
    }
}

/// The golden id of a record once a change was done.
fn then(moves: &[Move], change: u64) -> Option<&str> {
    moves.iter().rev().find(|m| m.change <= change)?.golden_id.as_deref()
}
