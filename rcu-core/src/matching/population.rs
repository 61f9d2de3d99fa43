//! Counts over a whole set of records, for judging a part of it as the whole would.

use crate::field::FieldIx;
use std::fmt::Debug;

/// What decisions about two records need to know of all the others. A batch counts it in the records themselves; a kept
/// repository, which looks at the neighbours of a change only, answers from what it has counted so far.
pub trait Population: Sync + Debug {
    /// Customer records in all.
    fn records(&self) -> u64;
    /// Distinct people (last name, first name) that carry a value of a contact field; e-mails by their key.
    fn people(&self, field: FieldIx, value: &str) -> u32;
    /// Records with this last and first name ([`Prepared::person_key`](super::prepare::Prepared::person_key)).
    fn named(&self, person: &str) -> u32;
    /// Records that have a value for a comparison, by its position.
    fn valued(&self, comparison: usize) -> u64;
    /// Records that have this value for a comparison ([`value_key`](super::model::value_key)).
    fn carriers(&self, comparison: usize, value: &str) -> u64;
}
