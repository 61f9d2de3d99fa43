//! What loading one table gives: facts with ids of their own, to be joined with those of the other tables.

use super::refused::Refusal;
use crate::aggregate::{CellType, Dims, Extra, Owner, Packed};
use crate::ingest::Input;
use crate::intern::{Pool, mix};
use crate::normalize::text::trimmed;
use crate::table::{Column, TextColumn};
use crate::time::Day;
use std::borrow::Cow;

/// The facts of one table.
pub struct Part<'a> {
    /// Position of the source in the plan.
    pub(super) source: usize,
    /// What was read; of a table that is not kept, its identifiers alone.
    pub(super) input: Cow<'a, Input>,
    /// Name of the column of its identifiers.
    pub(super) id_name: String,
    /// What tells rows apart when it is not the source's id.
    pub(super) keys: Option<TextColumn>,
    /// By row: why it is not loaded.
    pub(super) fates: Vec<Option<Refusal>>,
    /// By row: date of last change; empty when the source has none.
    pub(super) updated: Vec<Option<Day>>,
    /// Texts of this table; ids of facts are these until all tables are joined.
    pub(super) texts: Pool,
    /// Orphan rows with the position of the source they name and their reference.
    pub(super) orphans: Vec<(u32, Option<u16>, Box<str>)>,
    /// Facts by row.
    pub(super) facts: PartFacts,
}

/// Facts of one table by row.
pub(super) enum PartFacts {
    Sales(Sales),
    Rows(Rows),
}

/// Lines of sales.
#[derive(Default)]
pub(super) struct Sales {
    pub(super) lines: Vec<Packed>,
    pub(super) dims: DimsPool,
    /// The first is that of a line that says nothing rare.
    pub(super) extras: Vec<Extra>,
    /// Ticket numbers; `None` when every row is a ticket.
    pub(super) tickets: Option<Pool>,
    /// Whether lines have the ticket numbers of all tables.
    pub(super) numbered: bool,
    /// Returns that count on their sale's day and do not name it.
    pub(super) undated_returns: Vec<u32>,
}

/// Rows of a family other than transactions.
pub(super) struct Rows {
    /// Position in the plan's families.
    pub(super) family: usize,
    pub(super) types: Vec<CellType>,
    pub(super) owners: Vec<Owner>,
    pub(super) days: Vec<Day>,
    pub(super) instants: Vec<i64>,
    pub(super) cells: Vec<i64>,
}

impl Part<'_> {
    /// Identifier that tells a row apart within its scope; `column` is that of [`Part::id_column`].
    #[inline]
    pub(super) fn id<'s>(&'s self, column: Option<&'s Column>, row: usize) -> Option<&'s str> {
        match &self.keys {
            Some(keys) => keys.get(row),
            None => column?.get(row).map(trimmed),
        }
    }

    /// The column of the source's identifiers.
    pub(super) fn id_column(&self) -> Option<&Column> {
        self.input.table.column(&self.id_name)
    }

    /// Rows of one scope that have one identifier are one fact: those of a source, or, with a key, of a family.
    pub(super) fn scope(&self) -> u64 {
        match (&self.keys, &self.facts) {
            (Some(_), PartFacts::Rows(r)) => 1 << 32 | r.family as u64,
            _ => self.source as u64,
        }
    }
}

/// Distinct combinations by number, in the order of first sight.
#[derive(Default)]
pub(super) struct DimsPool {
    pub(super) all: Vec<Dims>,
    slots: Vec<u32>,
    last: Option<(Dims, u32)>,
}

impl DimsPool {
    #[inline]
    pub(super) fn intern(&mut self, d: Dims) -> u32 {
        if let Some((known, id)) = self.last
            && known == d
        {
            return id;
        }
        if self.all.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut i = DimsPool::hash(&d) as usize & mask;
        let id = loop {
            match self.slots[i] {
                0 => {
                    self.all.push(d);
                    self.slots[i] = self.all.len() as u32;
                    break self.all.len() as u32 - 1;
                }
                n if self.all[n as usize - 1] == d => break n - 1,
                _ => i = (i + 1) & mask,
            }
        };
        self.last = Some((d, id));
        id
    }

    fn hash(d: &Dims) -> u64 {
        let two = |a: u32, b: u32| u64::from(a) << 32 | u64::from(b);
        let places = mix(two(d.store, d.channel), two(d.company, d.brand));
        mix(places, two(d.category, d.product) ^ (d.kind as u64) << 63) >> 20
    }

    #[cold]
    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(256);
        self.slots = vec![0; size];
        for (n, d) in self.all.iter().enumerate() {
            let mut i = DimsPool::hash(d) as usize & (size - 1);
            while self.slots[i] != 0 {
                i = (i + 1) & (size - 1);
            }
            self.slots[i] = n as u32 + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_combinations_have_one_number() {
        let mut pool = DimsPool::default();
        let of = |n: u32| Dims { store: n % 700, channel: n % 3, ..Dims::default() };
        let ids: Vec<u32> = (0..5000).map(|n| pool.intern(of(n))).collect();
        assert_eq!(pool.all.len(), 2100);
        for (n, id) in ids.iter().enumerate() {
            assert_eq!(pool.all[*id as usize], of(n as u32));
        }
    }
}
