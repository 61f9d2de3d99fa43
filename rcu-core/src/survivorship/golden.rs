//! Golden records in columns: each value, where it comes from, and what it beat.

use super::lock::LockOutcome;
use super::spec::Rule;
use crate::field::FieldIx;
use crate::intern::Pool;
use crate::records::{Record, Records};

/// Where a golden value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provenance {
    /// The record that supplied it; of a value made of several, the best of them; of a locked one, the record that has
    /// it, else the record that the lock names.
    pub record: Record,
    /// Score in thousandths, whatever the rule; 1000 for a locked value.
    pub score: u16,
    /// Other values it was preferred to.
    pub beaten: u16,
    /// The rule that chose: the first of its chain.
    pub rule: Rule,
}

/// A value that did not survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beaten {
    /// The best record that has it.
    pub record: Record,
    /// Which of the record's values of the field it is.
    pub slot: u16,
    /// Its score in thousandths.
    pub score: u16,
}

/// What the values of a choice beat, by cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BeatenList {
    starts: Vec<u32>,
    all: Vec<Beaten>,
}

impl BeatenList {
    /// Lists one after the other; `counts` has the length of each cluster's.
    pub(super) fn new(counts: impl Iterator<Item = u32>, all: Vec<Beaten>) -> BeatenList {
        let mut end = 0;
        let starts = std::iter::once(0).chain(counts.map(|n| {
            end += n;
            end
        }));
        BeatenList { starts: starts.collect(), all }
    }

    /// The values that lost in a cluster, best first, each once.
    pub fn of(&self, cluster: usize) -> &[Beaten] {
        match (self.starts.get(cluster), self.starts.get(cluster + 1)) {
            (Some(a), Some(b)) => &self.all[*a as usize..*b as usize],
            _ => &[],
        }
    }

    /// How many there are in all.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether no value lost.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// One golden column.
#[derive(Debug, Clone, Default)]
pub struct GoldenField {
    /// Value of each cluster: an id of the field's pool, or of `own` when [`GoldenField::OWN`] is set; 0 for none. Empty
    /// when no record has a value.
    pub ids: Vec<u32>,
    /// Provenance of each cluster's value. Empty when no record has a value.
    pub from: Vec<Option<Provenance>>,
    /// Texts that are no record's: made of several values, or set by a steward.
    pub own: Pool,
    /// Position of what its values beat in [`Golden::beaten`].
    pub list: usize,
}

impl GoldenField {
    /// Says that an id is one of `own`.
    pub const OWN: u32 = 1 << 31;

    /// The value of a cluster.
    pub fn text<'a>(&'a self, records: &'a Records, field: FieldIx, cluster: usize) -> Option<&'a str> {
        match self.ids.get(cluster).copied().unwrap_or(0) {
            0 => None,
            id if id & Self::OWN != 0 => Some(self.own.get(id & !Self::OWN)),
            id => Some(records.field(field).pool.get(id)),
        }
    }

    /// Whether a cluster's value is no record's: made of several values, or set by a steward.
    pub fn is_own(&self, cluster: usize) -> bool {
        self.ids.get(cluster).is_some_and(|id| id & Self::OWN != 0)
    }

    /// Where the value of a cluster comes from.
    pub fn provenance(&self, cluster: usize) -> Option<Provenance> {
        self.from.get(cluster).copied().flatten()
    }
}

/// The golden records, by field.
#[derive(Debug, Clone, Default)]
pub struct Golden {
    /// One column per canonical field.
    pub fields: Vec<GoldenField>,
    /// What golden values beat, by choice.
    pub beaten: Vec<BeatenList>,
    /// What became of each lock, by person and field.
    pub locks: Vec<LockOutcome>,
}

impl Golden {
    /// What the value of a field in a cluster beat, best first. Of a group, what its record beat.
    pub fn beaten(&self, field: FieldIx, cluster: usize) -> &[Beaten] {
        self.beaten.get(self.fields[field].list).map_or(&[], |l| l.of(cluster))
    }

    /// The distinct values of a field that lost in a cluster, best first, each with the record that has it.
    pub fn others<'a>(
        &'a self,
        records: &'a Records,
        field: FieldIx,
        cluster: usize,
    ) -> impl Iterator<Item = (&'a str, Beaten)> {
        let column = records.field(field);
        let kept = self.fields[field].text(records, field, cluster);
        let mut seen: Vec<u32> = Vec::new();
        self.beaten(field, cluster).iter().filter_map(move |b| {
            let id = column.slots.get(usize::from(b.slot)).map_or(0, |s| s.ids[b.record as usize]);
            let text = column.pool.get(id);
            if id == 0 || seen.contains(&id) || kept == Some(text) {
                return None;
            }
            seen.push(id);
            Some((text, *b))
        })
    }
}
