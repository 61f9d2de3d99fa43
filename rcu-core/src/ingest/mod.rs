//! Rows of the customer sources into [`Records`]: sorted by source and id, normalised, duplicates and bad rows set aside.

mod chunk;
mod filling;
mod profile;
mod reader;
mod rows;

pub use profile::{FieldProfile, SourceCounts};
pub(crate) use reader::{Reader, missing_column};
pub(crate) use rows::changed_at;

use crate::company::{self, Companies};
use crate::config::{Family, Plan, Target};
use crate::error::Error;
use crate::normalize::{Kind, Output, into};
use crate::parallel;
use crate::progress::Progress;
use crate::records::{Record, Records};
use crate::reference::internal::InternalContacts;
use crate::table::Table;
use chunk::{Bound, Chunk, Set};
use filling::Filling;
use rows::{in_reading_order, sorted_rows};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of one source as they were read.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// Name of the source.
    pub source: String,
    /// The rows that could be read.
    pub table: Table,
    /// Line or row number of each row of `table` in what was read; empty when rows are simply numbered from 1.
    pub lines: Vec<u64>,
    /// Rows of the file before the first of `table`, when it holds a part and `lines` is empty.
    pub first_row: u64,
    /// Name of the file of each row, by position in `files`; empty when there is one or none.
    pub file_of: Vec<u16>,
    /// Files read, for messages.
    pub files: Vec<String>,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
}

impl Input {
    /// Rows of a source, numbered from 1.
    pub fn new(source: impl Into<String>, table: Table) -> Input {
        Input { source: source.into(), table, ..Input::default() }
    }

    pub(crate) fn line(&self, row: usize) -> u64 {
        self.lines.get(row).copied().unwrap_or(self.first_row + row as u64 + 1)
    }

    pub(crate) fn file(&self, row: usize) -> String {
        let i = self.file_of.get(row).copied().unwrap_or(0);
        self.files.get(usize::from(i)).cloned().unwrap_or_default()
    }
}

/// A row that was not loaded, and why. Holds no cell content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reject {
    /// The source.
    pub source: String,
    /// The file, when there is one.
    pub file: String,
    /// Line of a text file, row of a table, from 1.
    pub line: u64,
    /// The column at fault, when one is.
    pub column: String,
    /// A stable name.
    pub code: &'static str,
    /// What was found and what would be accepted.
    pub reason: String,
    /// Whether a rule left the row out (`excluded`) rather than a fault (`rejected`).
    pub excluded: bool,
}

/// Outcome of loading the customer sources.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The records.
    pub records: Records,
    /// Rows that were not loaded.
    pub rejects: Vec<Reject>,
    /// Counts by source name.
    pub counts: BTreeMap<String, SourceCounts>,
    /// Input and row that each record was read from.
    pub origins: Vec<(u32, u32)>,
    /// The companies that customers are contacts of, when the configuration has any.
    pub companies: Option<Companies>,
}

/// The cell limit: a longer cell is a broken file (an unclosed quote), not a customer's value.
pub const MAX_CELL_BYTES: usize = 1 << 20;

/// Loads the customer sources of `inputs` (several inputs of one source are one), and finds the companies that they are
/// contacts of when the configuration has any.
///
/// # Errors
/// [`Error::MissingColumn`] when a mapped column is not there; [`Error::TooLarge`] above 4 billion records;
/// [`Error::Argument`] when stewards join and keep apart the same companies.
pub fn load_customers(plan: &Plan, inputs: &[Input], progress: &dyn Progress) -> Result<Loaded, Error> {
    let mut loaded = Loaded::default();
    let total: usize = plan
        .sources
        .iter()
        .filter(|s| matches!(s.family, Family::Customers | Family::Companies))
        .flat_map(|s| inputs.iter().filter(move |i| i.source == s.name))
        .map(|i| i.table.rows())
        .sum();
    if total >= u32::MAX as usize {
        return Err(Error::TooLarge {
            what: format!("{total} customer rows"),
            limit: "4 294 967 294 rows".into(),
        });
    }
    progress.stage("normalise", total as u64);
    let internal = Arc::new(store_contacts(plan, inputs)?);
    let mut people = load_family(plan, Family::Customers, inputs, &internal, progress, &mut loaded)?;
    if plan.has_companies() {
        let accounts = load_family(plan, Family::Companies, inputs, &internal, progress, &mut loaded)?;
        let names = plan.source_names();
        let trust: Vec<_> = plan.sources.iter().map(|s| s.trust.clone()).collect();
        let setup = plan.company_setup(&names, &trust);
        loaded.companies = Some(company::resolve(&setup, &accounts, &mut people, progress)?);
    }
    loaded.records = people;
    loaded.rejects.sort();
    Ok(loaded)
}

/// The records of all sources of a family, in the order of sources and ids.
fn load_family(
    plan: &Plan,
    family: Family,
    inputs: &[Input],
    internal: &Arc<InternalContacts>,
    progress: &dyn Progress,
    loaded: &mut Loaded,
) -> Result<Records, Error> {
    let mut records = Records::default();
    let mut sets: Vec<Set> = Vec::new();
    for (position, source) in plan.family(family) {
        let of_source: Vec<&Input> = inputs.iter().filter(|i| i.source == source.name).collect();
        if of_source.is_empty() {
            continue;
        }
        let numbers: Vec<u32> =
            inputs.iter().zip(0u32..).filter(|(i, _)| i.source == source.name).map(|(_, n)| n).collect();
        let rows = sorted_rows(source, plan.zone, &of_source, loaded)?;
        loaded.counts.entry(source.name.clone()).or_default().loaded = rows.len() as u64;
        loaded.origins.extend(rows.iter().map(|(n, row)| (numbers[*n as usize], *row)));
        let tables: Vec<Bound> =
            of_source.iter().map(|i| Bound::new(source, &i.table)).collect::<Result<_, _>>()?;
        let first = records.len() as Record;
        for (n, row) in &rows {
            records.ids.push(tables[*n as usize].ids.get(*row as usize).map(str::trim));
        }
        records.sources.resize(records.ids.len(), position as u16);
        sets.push(Set { source, rows: in_reading_order(&rows, first, &of_source), tables });
    }
    let mut filling = Filling::new(plan, records);
    for set in &sets {
        let counts = loaded.counts.entry(set.source.name.clone()).or_default();
        for rows in set.rows.chunks(CHUNK * AT_ONCE * parallel::threads(set.rows.len())) {
            let chunks = parallel::of_each(rows.chunks(CHUNK).collect(), rows.len(), |rows| {
                let chunk = Chunk::normalize(plan, set, rows, internal);
                progress.advance(rows.len() as u64);
                chunk
            });
            for chunk in &chunks {
                for (field, profile) in &chunk.profile {
                    counts.fields.entry(plan.fields[*field].name.clone()).or_default().add(profile);
                }
                for (kind, profile) in &chunk.wholes {
                    counts.fields.entry((*kind).to_owned()).or_default().add(profile);
                }
            }
            filling.take(&chunks);
        }
    }
    filling.into_records(plan)
}

/// Rows that are normalised in one go.
const CHUNK: usize = 1 << 14;

/// Chunks that each thread normalises before they go into the columns of all records: few, since memory that is used again
/// costs less than memory that is new.
const AT_ONCE: usize = 4;

/// Telephone numbers and addresses of the shops: the till's own number is no customer's.
fn store_contacts(plan: &Plan, inputs: &[Input]) -> Result<InternalContacts, Error> {
    let mut contacts = InternalContacts::default();
    let mut out = Output::new();
    let fields = plan.families.fields(Family::Stores);
    for (_, source) in plan.family(Family::Stores) {
        for input in inputs.iter().filter(|i| i.source == source.name) {
            for column in &source.inputs {
                let Target::Fact(ix) = column.target else { continue };
                let is_email = match fields.get(ix) {
                    Some((_, Kind::Email)) => true,
                    Some((_, Kind::Phone)) => false,
                    _ => continue,
                };
                let reader = Reader::bind(column, &source.name, &input.table)?;
                for row in 0..input.table.rows() {
                    let Some(raw) = reader.get(row) else { continue };
                    into(
                        if is_email { Kind::EmailKey } else { Kind::Phone },
                        &raw,
                        &column.context,
                        &mut out,
                    );
                    match out.value() {
                        Some(key) if is_email => contacts.add_email(key),
                        Some(number) => contacts.add_phone(number),
                        None => {}
                    }
                }
            }
        }
    }
    Ok(contacts)
}
