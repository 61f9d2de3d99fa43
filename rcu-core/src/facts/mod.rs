//! Rows of transactions and of the other families into [`Facts`], each with its customer (`domain.md` §5.1).
//!
//! [`load_facts`] does all tables at once. [`Loader`] does one at a time and can let go of each table's rows, for files
//! larger than memory: its [`Part`]s are joined at the end, in any order.

mod attach;
mod catalog;
mod cells;
mod consents;
mod join;
mod kept;
mod money;
mod owner;
mod part;
mod person;
mod rates;
mod refused;
mod relations;
mod repeat;
mod rows;
mod sale;

pub use catalog::Catalog;
pub use consents::{LoadedConsents, Told, load_consents};
pub use join::Outcome;
pub use kept::{RowDate, RowKeys, SHOPS, columns_of, id_key, owner_key, repeated, row_keys, with_all_needs};
pub use owner::{Crosswalk, CustomerIndex};
pub use part::Part;
pub use person::{FactIndex, FactReader, PersonFact, RowValues, read_rows};
pub use rates::Rates;
pub use relations::{Missing, RelationReport};

use crate::aggregate::Facts;
use crate::config::{Family, Plan};
use crate::error::Error;
use crate::ingest::{Input, Reject, SourceCounts};
use crate::progress::Progress;
use crate::table::Table;
use crate::time::Day;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Facts of all sources that are not customers.
#[derive(Debug, Default)]
pub struct LoadedFacts {
    /// The facts.
    pub facts: Facts,
    /// Rows that were not loaded.
    pub rejects: Vec<Reject>,
    /// Counts by source name.
    pub counts: BTreeMap<String, SourceCounts>,
    /// Facts whose customer no record is; they find their owner when the record arrives.
    pub orphans: Vec<Orphan>,
    /// What references between families were found to be, by name.
    pub relations: BTreeMap<String, RelationReport>,
    /// Identifiers that facts name and no row has.
    pub missing: Vec<Missing>,
    /// Anonymous events given to a person who was known later.
    pub attached_events: u64,
}

/// A fact that names a customer whom no record is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Orphan {
    /// Family of the fact.
    pub family: String,
    /// Source of the fact.
    pub source: String,
    /// Identifier of the fact in its source.
    pub id: String,
    /// Source that the reference names; empty when it names none that is declared.
    pub customer_source: String,
    /// The reference.
    pub customer_id: String,
    /// Day of the fact.
    pub day: Option<Day>,
    /// Net amount of a sale's line, in minor units.
    pub net_minor: Option<i64>,
}

/// Loads tables of facts one by one.
#[derive(Debug)]
pub struct Loader<'a> {
    plan: &'a Plan,
    catalog: &'a Catalog,
    people: &'a CustomerIndex<'a>,
}

impl<'a> Loader<'a> {
    /// A loader of the plan's facts. `catalog` holds what they refer to, `people` whose they are.
    pub fn new(plan: &'a Plan, catalog: &'a Catalog, people: &'a CustomerIndex<'a>) -> Loader<'a> {
        Loader { plan, catalog, people }
    }

    /// Whether the rows of a source are facts.
    pub fn takes(&self, source: &str) -> bool {
        self.plan.source(source).is_some_and(|s| is_fact(self.plan.sources[s].family))
    }

    /// Loads a table and keeps it at hand; `None` when its source holds no facts.
    ///
    /// # Errors
    /// [`Error::MissingColumn`] when a mapped column is not there.
    pub fn load<'i>(&self, input: &'i Input) -> Result<Option<Part<'i>>, Error> {
        self.part(Cow::Borrowed(input))
    }

    /// Loads a table and lets go of all its columns but the identifiers.
    ///
    /// # Errors
    /// As [`Loader::load`].
    pub fn take(&self, input: Input) -> Result<Option<Part<'static>>, Error> {
        let Some(mut part) = self.part(Cow::Owned(input))? else { return Ok(None) };
        let id = &self.plan.sources[part.source].spec.id;
        let input = part.input.to_mut();
        let table = std::mem::take(&mut input.table);
        input.table = Table::new(table.into_columns().filter(|(n, _)| n == id).collect())?;
        Ok(Some(part))
    }

    fn part<'i>(&self, input: Cow<'i, Input>) -> Result<Option<Part<'i>>, Error> {
        let Some(source) = self.plan.source(&input.source) else { return Ok(None) };
        match self.plan.sources[source].family {
            Family::Transactions => sale::load(self.plan, self.catalog, self.people, source, input).map(Some),
            Family::Facts(_) => rows::load(self.plan, self.catalog, self.people, source, input).map(Some),
            _ => Ok(None),
        }
    }

    /// Joins the parts. Their order does not matter.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond 4 billion lines, or when amounts could add up to more than 64 bits hold.
    pub fn join(&self, parts: Vec<Part>) -> Result<LoadedFacts, Error> {
        join::join(self.plan, self.catalog, self.people.clusters(), parts, None)
    }

    /// [`Loader::join`], and what became of every row.
    ///
    /// # Errors
    /// Those of [`Loader::join`].
    pub fn join_told(&self, parts: Vec<Part>) -> Result<(LoadedFacts, Vec<Outcome>), Error> {
        let mut told = Vec::new();
        let loaded = join::join(self.plan, self.catalog, self.people.clusters(), parts, Some(&mut told))?;
        Ok((loaded, told))
    }
}

/// Whether rows of a family are facts of customers.
pub fn is_fact(family: Family) -> bool {
    matches!(family, Family::Transactions | Family::Facts(_))
}

/// Loads the facts of `inputs`.
///
/// # Errors
/// [`Error::MissingColumn`] when a mapped column is not there; [`Error::TooLarge`] as [`Loader::join`].
pub fn load_facts(
    plan: &Plan,
    inputs: &[Input],
    people: &CustomerIndex,
    progress: &dyn Progress,
) -> Result<LoadedFacts, Error> {
    let catalog = Catalog::load(plan, inputs)?;
    let loader = Loader::new(plan, &catalog, people);
    let of_facts: Vec<&Input> = inputs.iter().filter(|i| loader.takes(&i.source)).collect();
    progress.stage("facts", of_facts.iter().map(|i| i.table.rows() as u64).sum());
    let parts: Result<Vec<Option<Part>>, Error> = of_facts
        .into_par_iter()
        .map(|input| {
            let part = loader.load(input);
            progress.advance(input.table.rows() as u64);
            part
        })
        .collect();
    loader.join(parts?.into_iter().flatten().collect())
}
