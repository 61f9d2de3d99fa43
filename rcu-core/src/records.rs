//! Customer records in canonical columns: values as numbers, one status byte each, in an order that only the set decides.

use crate::field::FieldIx;
use crate::intern::{Pool, hash_bytes, mix};
use crate::normalize::{Codes, Status};
use crate::table::TextColumn;
use crate::time::Day;

/// A record's number in a run: its rank by (source name, record id).
pub type Record = u32;

/// One value of one record: status and whether it may make a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark(u8);

impl Mark {
    const BARRED: u8 = 4;
    const SHARED: u8 = 8;
    const CLEARS: u8 = 16;

    /// Of a normalised value.
    pub fn new(status: Status, codes: &Codes) -> Mark {
        let barred = codes.as_slice().iter().any(|c| c.bars_keys());
        Mark(status as u8 | if barred { Mark::BARRED } else { 0 })
    }

    /// Of a value that the source, as master of the field, erased.
    pub fn erasure() -> Mark {
        Mark(Mark::CLEARS)
    }

    /// Whether the source, as master of the field, erased the value.
    pub fn clears(self) -> bool {
        self.0 & Mark::CLEARS != 0
    }

    /// The value's status.
    pub fn status(self) -> Status {
        match self.0 & 3 {
            1 => Status::Rejected,
            2 => Status::Corrected,
            3 => Status::Ok,
            _ => Status::Empty,
        }
    }

    /// Whether the value may make a matching key.
    pub fn makes_keys(self) -> bool {
        self.0 & (Mark::BARRED | Mark::SHARED) == 0
    }

    /// Says that the value is shared by too many people.
    pub fn set_shared(&mut self) {
        self.0 |= Mark::SHARED;
    }

    /// Whether the value is shared by too many people.
    pub fn is_shared(self) -> bool {
        self.0 & Mark::SHARED != 0
    }
}

/// One value column: a pool id (0 for none) and a mark per record.
#[derive(Debug, Clone, Default)]
pub struct Slot {
    /// Pool id per record.
    pub ids: Vec<u32>,
    /// Mark per record.
    pub marks: Vec<Mark>,
}

/// All values of one field: several slots when records may hold several.
#[derive(Debug, Clone, Default)]
pub struct FieldColumn {
    /// Distinct values.
    pub pool: Pool,
    /// Value columns; the first is the main one.
    pub slots: Vec<Slot>,
}

impl FieldColumn {
    /// The main value's id, 0 when there is none.
    #[inline]
    pub fn id(&self, record: Record) -> u32 {
        self.slots.first().map_or(0, |s| s.ids[record as usize])
    }

    /// The main value, if any.
    #[inline]
    pub fn text(&self, record: Record) -> Option<&str> {
        match self.id(record) {
            0 => None,
            id => Some(self.pool.get(id)),
        }
    }

    /// Every value of a record with its mark.
    pub fn values(&self, record: Record) -> impl Iterator<Item = (u32, Mark)> + '_ {
        let i = record as usize;
        self.slots.iter().map(move |s| (s.ids[i], s.marks[i])).filter(|(id, _)| *id != 0)
    }
}

/// The customer records of a run.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// Position of each record's source in the plan.
    pub sources: Vec<u16>,
    /// Each record's own identifier.
    pub ids: TextColumn,
    /// Date of last change, when known.
    pub updated: Vec<Option<Day>>,
    /// Columns by field.
    pub fields: Vec<FieldColumn>,
}

impl Records {
    /// Number of records.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// The column of a field.
    #[inline]
    pub fn field(&self, field: FieldIx) -> &FieldColumn {
        &self.fields[field]
    }
}

/// Finds records by source and identifier.
#[derive(Debug)]
pub struct RecordIndex<'a> {
    records: &'a Records,
    slots: Vec<u32>,
}

impl<'a> RecordIndex<'a> {
    /// Indexes all records.
    pub fn new(records: &'a Records) -> RecordIndex<'a> {
        let size = (records.len() * 2).next_power_of_two().max(16);
        let mut index = RecordIndex { records, slots: vec![0; size] };
        for r in 0..records.len() {
            let mut i = index.start(usize::from(records.sources[r]), records.ids.get(r).unwrap_or(""));
            while index.slots[i] != 0 {
                i = (i + 1) & (size - 1);
            }
            index.slots[i] = r as u32 + 1;
        }
        index
    }

    fn start(&self, source: usize, id: &str) -> usize {
        (mix(source as u64 + 1, hash_bytes(id.as_bytes())) >> 20) as usize & (self.slots.len() - 1)
    }

    /// The record of that identifier in the source at position `source`.
    pub fn find(&self, source: usize, id: &str) -> Option<Record> {
        let mut i = self.start(source, id);
        loop {
            let r = self.slots[i].checked_sub(1)?;
            let at = r as usize;
            if usize::from(self.records.sources[at]) == source && self.records.ids.get(at) == Some(id) {
                return Some(r);
            }
            i = (i + 1) & (self.slots.len() - 1);
        }
    }
}
