//! Whose fact a row is.

use crate::aggregate::Packed;
use crate::config::{Plan, SourcePlan};
use crate::error::Error;
use crate::ingest::{Input, missing_column};
use crate::intern::Pool;
use crate::normalize::text::trimmed;
use crate::records::{Record, RecordIndex};
use crate::table::{Column, Table, TextColumn};
use rayon::prelude::*;

/// Records by source and identifier, and the cluster of each.
#[derive(Debug)]
pub struct CustomerIndex<'a> {
    index: RecordIndex<'a>,
    cluster_of: &'a [u32],
    clusters: usize,
}

impl<'a> CustomerIndex<'a> {
    /// `cluster_of` gives the cluster, below `clusters`, of each indexed record.
    pub fn new(index: RecordIndex<'a>, cluster_of: &'a [u32], clusters: usize) -> CustomerIndex<'a> {
        CustomerIndex { index, cluster_of, clusters }
    }

    /// Number of clusters.
    pub fn clusters(&self) -> usize {
        self.clusters
    }
}

/// Who is who, read back from a crosswalk.
#[derive(Debug, Default)]
pub struct Crosswalk {
    sources: Vec<u16>,
    ids: TextColumn,
    cluster_of: Vec<u32>,
    /// Golden ids in text order: the number of a cluster is its place here.
    pub golden_ids: Vec<String>,
}

impl Crosswalk {
    /// Reads the columns `source`, `record_id`, `golden_id`. Rows of a source that the plan does not declare are left
    /// out; their facts could not be told apart from orphans.
    ///
    /// # Errors
    /// [`Error::MissingColumn`] when one of the three is not there.
    pub fn new(plan: &Plan, table: &Table) -> Result<Crosswalk, Error> {
        let find = |name: &str| table.column(name).ok_or_else(|| missing_column("crosswalk", name, table));
        let (source, record, golden) = (find("source")?, find("record_id")?, find("golden_id")?);
        let mut crosswalk = Crosswalk::default();
        let mut pool = Pool::default();
        let mut last = (None, None);
        for row in 0..table.rows() {
            let (Some(s), Some(id), Some(g)) = (source.get(row), record.get(row), golden.get(row)) else {
                continue;
            };
            if last.0 != Some(s) {
                last = (Some(s), plan.source(s));
            }
            let Some(s) = last.1 else { continue };
            crosswalk.sources.push(s as u16);
            crosswalk.ids.push(Some(id));
            crosswalk.cluster_of.push(pool.intern(g));
        }
        let mut order: Vec<u32> = (1..pool.len() as u32).collect();
        order.par_sort_unstable_by_key(|id| pool.get(*id));
        let mut rank = vec![0u32; pool.len()];
        order.iter().enumerate().for_each(|(n, id)| rank[*id as usize] = n as u32);
        crosswalk.cluster_of.iter_mut().for_each(|c| *c = rank[*c as usize]);
        crosswalk.golden_ids = order.iter().map(|id| pool.get(*id).to_owned()).collect();
        Ok(crosswalk)
    }

    /// Its records, to be found by their source and identifier.
    pub fn people(&self) -> CustomerIndex<'_> {
        let index = RecordIndex::of_columns(&self.sources, &self.ids);
        CustomerIndex::new(index, &self.cluster_of, self.golden_ids.len())
    }
}

/// The references to customers of one table.
pub(super) struct Owners<'a> {
    people: &'a CustomerIndex<'a>,
    ids: Option<&'a Column>,
    sources: Sources<'a>,
}

/// The source that references belong to.
enum Sources<'a> {
    /// Always the same.
    Fixed(Option<u16>),
    /// By code of a dictionary.
    Coded(&'a [u32], Vec<Option<u16>>),
    /// By name.
    Named(&'a Column, &'a Plan),
}

impl<'a> Owners<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        source: &'a SourcePlan,
        input: &'a Input,
        people: &'a CustomerIndex<'a>,
    ) -> Result<Owners<'a>, Error> {
        let find = |name: &str| {
            input.table.column(name).ok_or_else(|| missing_column(&source.name, name, &input.table))
        };
        let position = |name: &str| plan.source(name.trim()).map(|p| p as u16);
        let Some(c) = &source.spec.customer else {
            return Ok(Owners { people, ids: None, sources: Sources::Fixed(None) });
        };
        let sources = match &c.source_column {
            None => Sources::Fixed(c.source.as_deref().and_then(position)),
            Some(name) => match find(name)? {
                Column::Dictionary { codes, values } => {
                    Sources::Coded(codes, values.iter().map(|v| v.and_then(position)).collect())
                }
                column => Sources::Named(column, plan),
            },
        };
        Ok(Owners { people, ids: Some(find(&c.id)?), sources })
    }

    /// Trimmed customer reference of a row.
    #[inline]
    pub(super) fn reference(&self, row: usize) -> Option<&'a str> {
        self.ids?.get(row).map(trimmed).filter(|t| !t.is_empty())
    }

    /// Position of the source that the reference of a row belongs to.
    #[inline]
    pub(super) fn source(&self, row: usize) -> Option<u16> {
        match &self.sources {
            Sources::Fixed(s) => *s,
            Sources::Coded(codes, by_code) => by_code.get(*codes.get(row)? as usize).copied().flatten(),
            Sources::Named(column, plan) => {
                column.get(row).and_then(|t| plan.source(t.trim())).map(|p| p as u16)
            }
        }
    }

    /// For each of the first `rows` rows the record that its reference names.
    pub(super) fn records(&self, rows: usize) -> Vec<Option<Record>> {
        let key = |row: usize| {
            let id = self.reference(row)?;
            Some((usize::from(self.source(row)?), id))
        };
        let mut found = Vec::new();
        self.people.index.find_all(rows, key, &mut found);
        found
    }

    /// For each of the first `rows` rows the cluster, [`Packed::ORPHAN`] or [`Packed::ANONYMOUS`].
    pub(super) fn all(&self, rows: usize) -> Vec<u32> {
        let found = self.records(rows);
        let of = |(row, record): (usize, Option<Record>)| match record {
            Some(r) => self.people.cluster_of.get(r as usize).copied().unwrap_or(Packed::ORPHAN),
            None if self.reference(row).is_some() => Packed::ORPHAN,
            None => Packed::ANONYMOUS,
        };
        found.into_iter().enumerate().map(of).collect()
    }
}
