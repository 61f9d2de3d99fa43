//! The columns of all records, filled chunk by chunk.

use super::MAX_CELL_BYTES;
use super::chunk::Chunk;
use crate::config::Plan;
use crate::error::Error;
use crate::intern::Pool;
use crate::parallel;
use crate::records::{FieldColumn, Mark, Records, Slot};

/// The columns of all records, filled chunk by chunk.
pub(super) struct Filling {
    /// Sources and identifiers are there from the start.
    records: Records,
    columns: Vec<FieldColumn>,
    accounts: Vec<(u16, Option<String>)>,
}

impl Filling {
    pub fn new(plan: &Plan, mut records: Records) -> Filling {
        records.updated = vec![None; records.len()];
        let empty = || FieldColumn { pool: Pool::default(), slots: Vec::new() };
        Filling { columns: plan.fields.iter().map(|_| empty()).collect(), accounts: Vec::new(), records }
    }

    /// Puts the values of chunks where their records are; distinct values are numbered.
    pub fn take(&mut self, chunks: &[Chunk]) {
        let total = self.records.len();
        for c in chunks {
            c.records.iter().zip(&c.updated).for_each(|(r, day)| self.records.updated[*r as usize] = *day);
            if !c.accounts.sources.is_empty() {
                self.accounts.resize(total, (u16::MAX, None));
                let named = c.accounts.sources.iter().copied().zip(c.accounts.ids.iter());
                for (r, (source, id)) in c.records.iter().zip(named) {
                    self.accounts[*r as usize] = (source, id.map(str::to_owned));
                }
            }
        }
        let rows = chunks.iter().map(|c| c.records.len()).sum();
        let columns = self.columns.iter_mut().enumerate().collect();
        parallel::of_each(columns, rows, |(field, column)| {
            for c in chunks {
                for ((_, slot), (texts, marks)) in c.columns.range((field, 0)..(field + 1, 0)) {
                    while column.slots.len() <= *slot {
                        column.slots.push(Slot { ids: vec![0; total], marks: vec![Mark::default(); total] });
                    }
                    let s = &mut column.slots[*slot];
                    let filled = texts.iter().zip(&c.records).filter_map(|(text, r)| Some((text?, *r)));
                    column.pool.intern_all(filled, |id, r| s.ids[r as usize] = id);
                    c.records.iter().zip(marks).for_each(|(r, mark)| s.marks[*r as usize] = *mark);
                }
            }
        });
    }

    pub fn into_records(self, plan: &Plan) -> Result<Records, Error> {
        let mut records = self.records;
        for (source, id) in self.accounts {
            records.accounts.sources.push(source);
            records.accounts.ids.push(id.as_deref());
        }
        for (field, c) in self.columns.iter().enumerate() {
            if c.pool.text_bytes() > u32::MAX as usize - MAX_CELL_BYTES {
                let what = format!("distinct values of `{}`", plan.fields[field].name);
                return Err(Error::TooLarge { what, limit: "4 GiB of text".into() });
            }
        }
        records.fields = self.columns;
        Ok(records)
    }
}
