//! What became of the rows and values of a source.

use crate::normalize::{Code, Codes, Status};
use serde::Serialize;
use std::collections::BTreeMap;

/// What became of the values of one field of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FieldProfile {
    /// Values kept as they were.
    pub ok: u64,
    /// Values repaired.
    pub corrected: u64,
    /// Values refused.
    pub rejected: u64,
    /// Nothing there.
    pub empty: u64,
    /// How often each code was given.
    pub codes: BTreeMap<&'static str, u64>,
}

/// What a profile counts, by number.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    statuses: [u32; Status::ALL.len()],
    codes: [u32; Code::ALL.len()],
}

impl Tally {
    pub fn new() -> Tally {
        Tally { statuses: [0; Status::ALL.len()], codes: [0; Code::ALL.len()] }
    }

    pub fn count(&mut self, status: Status, codes: &Codes) {
        self.statuses[status as usize] += 1;
        codes.as_slice().iter().for_each(|c| self.codes[*c as usize] += 1);
    }

    pub fn profile(&self) -> FieldProfile {
        let of = |status: Status| u64::from(self.statuses[status as usize]);
        let codes = Code::ALL.iter().map(|c| (c.name(), u64::from(self.codes[*c as usize])));
        FieldProfile {
            ok: of(Status::Ok),
            corrected: of(Status::Corrected),
            rejected: of(Status::Rejected),
            empty: of(Status::Empty),
            codes: codes.filter(|(_, n)| *n > 0).collect(),
        }
    }
}

impl FieldProfile {
    pub(super) fn add(&mut self, other: &FieldProfile) {
        self.ok += other.ok;
        self.corrected += other.corrected;
        self.rejected += other.rejected;
        self.empty += other.empty;
        for (k, n) in &other.codes {
            *self.codes.entry(k).or_default() += n;
        }
    }
}

/// Rows read, loaded, rejected and excluded for one source, and the profile of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SourceCounts {
    /// Rows read.
    pub read: u64,
    /// Rows loaded.
    pub loaded: u64,
    /// Rows rejected for a fault.
    pub rejected: u64,
    /// Rows left out by a rule.
    pub excluded: u64,
    /// Profile by field name. `postcode_city` counts the addresses whose postcode and locality, each well formed, do
    /// not go together.
    pub fields: BTreeMap<String, FieldProfile>,
}

impl SourceCounts {
    /// Whether every row is somewhere.
    pub fn reconciles(&self) -> bool {
        self.read == self.loaded + self.rejected + self.excluded
    }
}
