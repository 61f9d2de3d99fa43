//! Rows of people whose processing is restricted: they are stored, and nothing else is done with them.

use super::super::store::Store;
use crate::error::Error;
use serde::{Deserialize, Serialize};

/// A row that is kept aside.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Aside {
    /// The golden id of the person, which nobody else is given meanwhile.
    pub golden_id: String,
    /// Whether it is of another family than customers.
    pub is_fact: bool,
    /// Position of its source in the plan.
    pub source: u16,
    /// Its identifier there; of a fact what tells it apart, as [`super::super::KeptFact::key`].
    pub id: String,
    /// The row as it was delivered: column and text, by column; columns without a value are left out.
    pub cells: Vec<(String, String)>,
}

/// Says in a store that somebody is, or was, restricted.
pub(in super::super) const RESTRICTED: &str = "restricted";

/// The record of a restricted person, when a source and identifier are of one.
pub(in super::super) fn held<S: Store>(store: &S, source: u16, id: &str) -> Result<Option<Aside>, Error> {
    match store.meta(RESTRICTED)? {
        None => Ok(None),
        Some(_) => store.aside(false, source, id),
    }
}
