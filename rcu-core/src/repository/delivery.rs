//! Deliveries of a feed: a whole file of a source, with the guards that keep a broken one from doing harm
//! (`domain.md` §6.1).

use super::{Act, Applied, Change, Repository, Store, facts, forbid_in};
use crate::config::Family;
use crate::error::Error;
use crate::facts::row_keys;
use crate::ingest::{self, Input, Reject};
use crate::matching::ruling::RecordRef;
use crate::progress::Silent;
use std::collections::BTreeSet;

/// A file that a source delivered.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The source.
    pub source: String,
    /// Its rows.
    pub rows: Vec<Input>,
    /// Whether these are all records or facts that the source has: those that are not among them were deleted there.
    /// Statements of consent are proofs: they are only added to.
    pub full: bool,
    /// Deletes what is missing even when it is more than `most_missing`.
    pub confirmed: bool,
    /// The share of records or facts that may be missing at once, in thousandths.
    pub most_missing: u32,
    /// The share of rows that may be rejected, in thousandths; above it nothing is applied.
    pub most_rejected: u32,
    /// Who delivers, when and why.
    pub act: Act,
}

impl Default for Delivery {
    fn default() -> Self {
        Delivery {
            source: String::new(),
            rows: Vec::new(),
            full: false,
            confirmed: false,
            most_missing: 200,
            most_rejected: 50,
            act: Act::default(),
        }
    }
}

/// What became of a delivery.
#[derive(Debug, Clone, Default)]
pub struct Delivered {
    /// What was applied; nothing when the feed is suspended.
    pub applied: Applied,
    /// Rows of the delivery.
    pub read: u64,
    /// Of these, rows that were rejected for a fault.
    pub rejected: u64,
    /// Whether too many rows were rejected, so that nothing was applied.
    pub suspended: bool,
    /// Records or facts that the delivery does not have.
    pub missing: u64,
    /// Whether these were too many to be deleted without being confirmed.
    pub withheld: bool,
}

impl<S: Store> Repository<S> {
    /// Applies a delivery of one source. The same delivery again changes nothing.
    ///
    /// # Errors
    /// [`Error::UnknownSource`], [`Error::MissingColumn`]; [`Error::Argument`] when `rows` hold another source's; those of
    /// the store.
    pub fn deliver(&mut self, delivery: Delivery) -> Result<Delivered, Error> {
        let source = self.source(&delivery.source)?;
        if let Some(other) = delivery.rows.iter().find(|i| i.source != delivery.source) {
            let reason = format!("holds rows of `{}`; a delivery is of one source", other.source);
            return Err(Error::Argument { argument: "rows".into(), reason });
        }
        let mut loaded = ingest::load_customers(&self.plan, &delivery.rows, &Silent)?;
        let count = |i: &Input| (i.table.rows() + i.rejects.len()) as u64;
        let mut done = Delivered { read: delivery.rows.iter().map(count).sum(), ..Delivered::default() };
        // An id that comes twice is no fault of the file's form.
        let fault = |code: &str| code != "duplicate_id";
        let faults = |rejects: &[Reject]| rejects.iter().filter(|r| !r.excluded && fault(r.code)).count();
        done.rejected = faults(&loaded.rejects) as u64;
        if self.plan.sources.get(source).is_some_and(facts::is_kept) {
            // Lines that could not be read: whether what they held is missing nobody knows.
            done.rejected = delivery.rows.iter().map(|i| faults(&i.rejects) as u64).sum();
            loaded.rejects = delivery.rows.iter().flat_map(|i| i.rejects.iter().cloned()).collect();
        }
        if done.rejected * 1000 > done.read * u64::from(delivery.most_rejected) {
            done.suspended = true;
            done.applied.rejects = loaded.rejects;
            return Ok(done);
        }
        let mut change = Change { act: delivery.act, ..Change::default() };
        if delivery.full {
            let is_fact = self.plan.sources.get(source).is_some_and(facts::is_kept);
            let (here, kept) = match is_fact {
                true => (self.keys_of(source, &delivery.rows)?, self.ended_of(source)?),
                false => {
                    let ids = (0..loaded.records.len()).filter_map(|r| loaded.records.ids.get(r));
                    (ids.map(str::to_owned).collect(), self.store.ids_of_source(source as u16)?)
                }
            };
            let of_kept = kept.len() as u64;
            let missing: Vec<String> = kept.into_iter().filter(|id| !here.contains(id)).collect();
            done.missing = missing.len() as u64;
            done.withheld =
                !delivery.confirmed && done.missing * 1000 > of_kept * u64::from(delivery.most_missing);
            if !done.withheld && is_fact {
                let ended = missing.into_iter().map(|key| (delivery.source.clone(), key));
                change.ended = ended.collect();
            } else if !done.withheld {
                let gone = |record_id| RecordRef { source: delivery.source.clone(), record_id };
                change.deletes = missing.into_iter().map(gone).collect();
            }
        }
        change.rows = delivery.rows;
        done.applied = self.apply(change)?;
        Ok(done)
    }

    /// What tells the rows of a delivery apart, as they would be kept.
    fn keys_of(&self, source: usize, rows: &[Input]) -> Result<BTreeSet<String>, Error> {
        let mut rows = rows.to_vec();
        forbid_in(&self.plan, &mut rows)?;
        let mut keys = BTreeSet::new();
        for input in &rows {
            keys.extend(row_keys(&self.plan, source, input)?.into_iter().map(|k| k.key));
        }
        Ok(keys)
    }

    /// What tells the kept facts of a source apart that end when a full delivery does not have them.
    fn ended_of(&self, source: usize) -> Result<Vec<String>, Error> {
        match self.plan.sources.get(source).map(|s| s.family) {
            Some(Family::Consents) | None => Ok(Vec::new()),
            Some(_) => self.store.keys_of_source(source as u16),
        }
    }
}
