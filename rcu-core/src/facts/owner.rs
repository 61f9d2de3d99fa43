//! Whose fact a row is.

use crate::aggregate::{Owner, Packed};
use crate::config::{Plan, SourcePlan};
use crate::error::Error;
use crate::ingest::{Input, missing_column};
use crate::records::RecordIndex;
use crate::table::Column;

/// Records by source and identifier, and the cluster of each.
#[derive(Debug)]
pub struct People<'a> {
    index: RecordIndex<'a>,
    cluster_of: &'a [u32],
    clusters: usize,
}

impl<'a> People<'a> {
    /// `cluster_of` gives the cluster, below `clusters`, of each indexed record.
    pub fn new(index: RecordIndex<'a>, cluster_of: &'a [u32], clusters: usize) -> People<'a> {
        People { index, cluster_of, clusters }
    }

    /// Number of clusters.
    pub fn clusters(&self) -> usize {
        self.clusters
    }

    #[inline]
    fn find(&self, source: usize, id: &str) -> Option<u32> {
        self.index.find(source, id).and_then(|r| self.cluster_of.get(r as usize).copied())
    }
}

/// The references to customers of one table.
pub(super) struct Owners<'a> {
    people: &'a People<'a>,
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
        people: &'a People<'a>,
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
        self.ids?.get(row).map(str::trim).filter(|t| !t.is_empty())
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

    /// The cluster, [`Packed::ORPHAN`] or [`Packed::ANONYMOUS`].
    #[inline]
    pub(super) fn packed(&self, row: usize) -> u32 {
        let Some(id) = self.reference(row) else { return Packed::ANONYMOUS };
        let found = self.source(row).and_then(|s| self.people.find(usize::from(s), id));
        found.unwrap_or(Packed::ORPHAN)
    }

    /// The same as an [`Owner`].
    pub(super) fn owner(&self, row: usize) -> Owner {
        match self.packed(row) {
            Packed::ORPHAN => Owner::Orphan,
            Packed::ANONYMOUS => Owner::Anonymous,
            customer => Owner::Customer(customer),
        }
    }
}
