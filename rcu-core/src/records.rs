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

    /// The mark as a number, the same in every version.
    pub fn to_bits(self) -> u8 {
        self.0
    }

    /// The mark of a number that [`Mark::to_bits`] gave.
    pub fn from_bits(bits: u8) -> Mark {
        Mark(bits)
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
    /// The account each record says that it is a contact of; empty when no source says.
    pub accounts: Accounts,
    /// The company that each record is a contact of, once companies were found: its id in the first slot when more than
    /// a name is known of it, the key of its name in the second. No slots when there is no company.
    pub employer: FieldColumn,
}

/// References to rows of company sources, by record.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    /// Position of the company source; [`u16::MAX`] for none.
    pub sources: Vec<u16>,
    /// Identifier of its row.
    pub ids: TextColumn,
}

impl Accounts {
    /// The account of a record: the position of its source and its identifier there.
    pub fn of(&self, record: Record) -> Option<(usize, &str)> {
        let source = self.sources.get(record as usize).filter(|s| **s != u16::MAX)?;
        Some((usize::from(*source), self.ids.get(record as usize)?))
    }
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

/// One normalised value of a record that stands alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnValue {
    /// The field.
    pub field: FieldIx,
    /// Which of the record's values of the field it is, from 0.
    pub slot: usize,
    /// Its status, and whether it may make a key.
    pub mark: Mark,
    /// The value.
    pub text: String,
}

/// A record that stands alone, with its values as texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnRecord {
    /// Position of its source in the plan.
    pub source: u16,
    /// Its identifier there.
    pub id: String,
    /// Date of last change, when known.
    pub updated: Option<Day>,
    /// Its values, by field and slot.
    pub values: Vec<OwnValue>,
}

impl OwnRecord {
    /// What records are ordered by: source, then identifier.
    pub fn rank(&self) -> (u16, &str) {
        (self.source, &self.id)
    }
}

impl Records {
    /// A record by itself.
    pub fn own(&self, r: Record) -> OwnRecord {
        let i = r as usize;
        let mut values = Vec::new();
        for (field, column) in self.fields.iter().enumerate() {
            for (slot, s) in column.slots.iter().enumerate().filter(|(_, s)| s.ids[i] != 0) {
                let text = column.pool.get(s.ids[i]).to_owned();
                values.push(OwnValue { field, slot, mark: s.marks[i], text });
            }
        }
        OwnRecord {
            source: self.sources[i],
            id: self.ids.get(i).unwrap_or("").to_owned(),
            updated: self.updated[i],
            values,
        }
    }

    /// The columns of records that stand alone, of which each comes once; they are put in order. `fields` is how many
    /// fields the plan has.
    pub fn gather<'r>(fields: usize, rows: impl IntoIterator<Item = &'r OwnRecord>) -> Records {
        let mut rows: Vec<&OwnRecord> = rows.into_iter().collect();
        rows.sort_unstable_by_key(|r| r.rank());
        let mut records = Records { fields: vec![FieldColumn::default(); fields], ..Records::default() };
        for (i, row) in rows.iter().enumerate() {
            records.sources.push(row.source);
            records.ids.push(Some(&row.id));
            records.updated.push(row.updated);
            for v in row.values.iter().filter(|v| v.field < fields) {
                let column = &mut records.fields[v.field];
                while column.slots.len() <= v.slot {
                    column
                        .slots
                        .push(Slot { ids: vec![0; rows.len()], marks: vec![Mark::default(); rows.len()] });
                }
                column.slots[v.slot].ids[i] = column.pool.intern(&v.text);
                column.slots[v.slot].marks[i] = v.mark;
            }
        }
        records
    }
}

/// Finds records by source and identifier.
#[derive(Debug)]
pub struct RecordIndex<'a> {
    sources: &'a [u16],
    ids: &'a TextColumn,
    /// Part of the hash and the record plus one; 0 for an empty slot. Equal parts are looked up in `ids`.
    slots: Vec<(u32, u32)>,
}

impl<'a> RecordIndex<'a> {
    /// Indexes all records.
    pub fn new(records: &'a Records) -> RecordIndex<'a> {
        RecordIndex::of_columns(&records.sources, &records.ids)
    }

    /// Indexes rows by the position of their source and their identifier. Of a pair that comes twice the first is
    /// found.
    pub fn of_columns(sources: &'a [u16], ids: &'a TextColumn) -> RecordIndex<'a> {
        let size = (ids.len() * 2).next_power_of_two().max(16);
        let mut index = RecordIndex { sources, ids, slots: vec![(0, 0); size] };
        for (r, (source, id)) in sources.iter().zip(ids.iter()).enumerate() {
            let (mut i, part) = index.start(usize::from(*source), id.unwrap_or(""));
            while index.slots[i].1 != 0 {
                i = (i + 1) & (size - 1);
            }
            index.slots[i] = (part, r as u32 + 1);
        }
        index
    }

    #[inline]
    fn start(&self, source: usize, id: &str) -> (usize, u32) {
        let hash = mix(source as u64 + 1, hash_bytes(id.as_bytes()));
        ((hash >> 20) as usize & (self.slots.len() - 1), hash as u32)
    }

    /// The record of that identifier in the source at position `source`.
    #[inline]
    pub fn find(&self, source: usize, id: &str) -> Option<Record> {
        let (mut i, part) = self.start(source, id);
        loop {
            let (found, r) = self.slots[i];
            let r = r.checked_sub(1)?;
            let at = r as usize;
            if found == part && usize::from(self.sources[at]) == source && self.ids.get(at) == Some(id) {
                return Some(r);
            }
            i = (i + 1) & (self.slots.len() - 1);
        }
    }

    /// [`RecordIndex::find`] for many keys at once, `None` for keys that are `None`.
    ///
    /// Each lookup waits for memory several times. Done step by step for a block of keys, the waits of a block overlap:
    /// ten million lookups in a million records took a third of the time.
    pub fn find_all<'k>(
        &self,
        count: usize,
        key: impl Fn(usize) -> Option<(usize, &'k str)>,
        out: &mut Vec<Option<Record>>,
    ) {
        const BLOCK: usize = 64;
        let mut keys: [Option<(usize, &str)>; BLOCK] = [None; BLOCK];
        let mut starts = [(0usize, 0u32); BLOCK];
        let mut found = [(0u32, 0u32); BLOCK];
        let mut texts: [Option<&str>; BLOCK] = [None; BLOCK];
        let mut sources = [u16::MAX; BLOCK];
        out.clear();
        out.reserve(count);
        for first in (0..count).step_by(BLOCK) {
            let n = BLOCK.min(count - first);
            for i in 0..n {
                keys[i] = key(first + i);
                starts[i] = keys[i].map_or((0, 0), |(source, id)| self.start(source, id));
            }
            for i in 0..n {
                found[i] = self.slots[starts[i].0];
            }
            for i in 0..n {
                let at = (found[i].1 as usize).saturating_sub(1);
                texts[i] = self.ids.get(at);
                sources[i] = self.sources.get(at).copied().unwrap_or(u16::MAX);
            }
            for i in 0..n {
                let Some((source, id)) = keys[i] else {
                    out.push(None);
                    continue;
                };
                let here = found[i].1 != 0
                    && found[i].0 == starts[i].1
                    && usize::from(sources[i]) == source
                    && texts[i] == Some(id);
                // An empty slot settles it; another record in the slot does not.
                out.push(match (here, found[i].1) {
                    (true, r) => Some(r - 1),
                    (false, 0) => None,
                    (false, _) => self.find(source, id),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_lookups_give_what_one_gives() {
        let texts: Vec<String> = (0..1000).map(|i| format!("id{}", i % 700)).collect();
        let ids: TextColumn = texts.iter().map(|t| Some(t.as_str())).collect();
        let sources: Vec<u16> = (0..1000).map(|i| u16::from(i >= 700)).collect();
        let index = RecordIndex::of_columns(&sources, &ids);
        let wanted: Vec<String> = (0..777).map(|i| format!("id{i}")).collect();
        let key = |i: usize| (i % 10 != 3).then(|| (i % 3, wanted[i].as_str()));
        let mut got = Vec::new();
        index.find_all(777, key, &mut got);
        let want: Vec<Option<Record>> =
            (0..777).map(|i| key(i).and_then(|(s, id)| index.find(s, id))).collect();
        assert_eq!(got, want);
        assert!(want.iter().filter(|r| r.is_some()).count() > 250);
    }
}
