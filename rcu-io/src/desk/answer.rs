//! What callers are answered, in the form in which it is JSON.

use crate::repo::{Restored, Traces};
use rcu_core::ingest::Reject;
use rcu_core::matching::ruling::RecordRef;
use rcu_core::repository::{Applied, Correction, Erasure, Event, EventKind, Finding, Migration};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Rows that are new, changed, and gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// New ones.
    pub new: u64,
    /// Ones that took the place of another.
    pub changed: u64,
    /// Ones that are no more.
    pub gone: u64,
}

impl Counts {
    fn of((new, changed, gone): (u64, u64, u64)) -> Counts {
        Counts { new, changed, gone }
    }
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Done {
    /// The number of the change.
    pub change: u64,
    /// Records of customers.
    pub records: Counts,
    /// Rows of the other families.
    pub facts: Counts,
    /// Entries of the feed, by what happened to the person.
    pub feed: BTreeMap<EventKind, u64>,
    /// Rows that were not kept, and why.
    pub rejects: Vec<Reject>,
}

impl Done {
    pub(super) fn of(applied: Applied) -> Done {
        let mut feed: BTreeMap<EventKind, u64> = BTreeMap::new();
        applied.events.iter().for_each(|e| *feed.entry(e.kind).or_default() += 1);
        Done {
            change: applied.change,
            records: Counts::of(applied.records),
            facts: Counts::of(applied.facts),
            feed,
            rejects: applied.rejects,
        }
    }
}

/// What became of a first base.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Loaded {
    /// The change.
    #[serde(flatten)]
    pub done: Done,
    /// People who are there now.
    pub people: u64,
}

/// What became of a file with all records of a source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Delivered {
    /// The change; nothing when the feed is suspended.
    #[serde(flatten)]
    pub done: Done,
    /// The source.
    pub source: String,
    /// Rows of the delivery.
    pub read: u64,
    /// Of these, rows that were rejected for a fault.
    pub rejected: u64,
    /// Whether too many rows were rejected, so that nothing was applied.
    pub suspended: bool,
    /// Records that the delivery does not have.
    pub missing: u64,
    /// Whether these were too many to be deleted without being confirmed.
    pub withheld: bool,
}

/// A repository that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Made {
    /// Its file.
    pub store: PathBuf,
    /// The file of its secret; none when the caller holds it.
    pub secret_file: Option<PathBuf>,
}

/// Who a record was, or which records a golden id had, at the end of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Then {
    /// The day, `YYYY-MM-DD`.
    pub at: String,
    /// The golden id; none when the record was not there.
    pub golden_id: Option<String>,
    /// The records that had it.
    pub records: Vec<RecordRef>,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Records built anew.
    pub records: u64,
    /// People built anew.
    pub people: u64,
    /// Links and review pairs built anew.
    pub links: u64,
    /// Rows of other families than customers.
    pub facts: u64,
    /// Rows of restricted people, which are kept aside.
    pub aside: u64,
    /// Whether nothing differs and the log is whole.
    pub clean: bool,
    /// The first entry of the log that was altered.
    pub broken_log: Option<u64>,
    /// Where what is kept differs from what is built anew.
    pub findings: Vec<Finding>,
}

/// Who would be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doomed {
    /// The golden id that the person goes by.
    pub golden_id: String,
    /// Their records.
    pub records: u64,
    /// Their rows of the other families.
    pub facts: u64,
}

/// What an erasure did, and what the bytes of the files say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// What was taken out.
    pub erasure: Erasure,
    /// What was found of the values.
    pub traces: Traces,
}

impl Erased {
    /// Whether nothing is left that is not somebody else's too.
    pub fn is_complete(&self) -> bool {
        self.traces.left == 0 && self.erasure.unswept.is_none()
    }
}

/// An erasure that was lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Lifted {
    /// Tombstones that are no more.
    pub lifted: u64,
}

/// What other rules change.
#[derive(Debug, Clone, Serialize)]
pub struct Migrated {
    /// Counts.
    pub migration: Migration,
    /// The first entries of the feed of each kind.
    pub sample: Vec<Event>,
    /// Rows that the new rules refuse, and why.
    pub rejects: Vec<Reject>,
}

impl Migrated {
    pub(super) fn of(mut migration: Migration) -> Migrated {
        let (sample, rejects) =
            (std::mem::take(&mut migration.sample), std::mem::take(&mut migration.rejects));
        Migrated { migration, sample, rejects }
    }
}

/// A copy of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// What it is a copy of.
    pub from: PathBuf,
    /// The file.
    pub to: PathBuf,
}

/// A repository that a copy took the place of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Replaced {
    /// The copy and the repository.
    #[serde(flatten)]
    pub copied: Copied,
    /// What was done about people who were erased since.
    #[serde(flatten)]
    pub restored: Restored,
}

/// What a rectification did, and whom it concerns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Corrected {
    /// The change.
    #[serde(flatten)]
    pub done: Done,
    /// The person.
    pub golden_id: String,
    /// Records that hold another value, whose sources have to correct theirs.
    pub corrections: Vec<Correction>,
}

/// Tables that were written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// Files by name, and their rows.
    pub files: BTreeMap<String, u64>,
    /// The folder that they are in.
    pub folder: PathBuf,
}

/// What a subscriber was served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Served {
    /// The subscriber.
    pub subscriber: String,
    /// Whether it takes the place of all that was sent before.
    pub full: bool,
    /// What the subscriber acknowledges when it has it.
    pub cursor: u64,
    /// Rows of the delivery.
    pub rows: u64,
    /// The file; none when there is nothing new.
    pub file: Option<PathBuf>,
    /// Files beside it, by name of their table: the facts of a star extract, whole each time.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub star: BTreeMap<String, PathBuf>,
    /// Characters that the encoding has none for; they are question marks in the file.
    pub unwritable: u64,
    /// Whether it was taken as acknowledged.
    pub acknowledged: bool,
}

/// What a subscriber was handed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Pushed {
    /// The subscriber.
    pub subscriber: String,
    /// Deliveries that were taken.
    pub deliveries: u64,
    /// Rows in them.
    pub rows: u64,
    /// Deliveries that failed and were tried again.
    pub failures: u64,
    /// What it has acknowledged; 0 when nothing was new.
    pub cursor: u64,
}
