//! Pages of the index: sorted entries and a checksum, about 4 KB, one SQLite page each.

use super::super::failure::{Failure, Outcome};
use super::entry::Entry;
use rusqlite::{Connection, OptionalExtension, params};
use std::cell::RefCell;
use twox_hash::XxHash3_64;

/// Bytes of entries on a page: with its checksum and SQLite's own bytes a row fills one page of 4 096 and no more.
const FULL: usize = 4036;
const SEAL: usize = 8;
/// Pages kept in memory: 128 MB.
const SLOTS: u64 = 32768;

/// Entries that a page holds.
pub(super) const fn entries_per_page<E: Entry>() -> usize {
    FULL / E::WIDTH
}

/// Adds the checksum of a body.
pub(super) fn seal(body: &mut Vec<u8>) {
    let sum = XxHash3_64::oneshot(body);
    body.extend_from_slice(&sum.to_le_bytes());
}

/// The entries of a body, when its checksum is right.
pub(super) fn unseal<E: Entry>(body: &[u8]) -> Outcome<&[u8]> {
    let damaged = Failure::Damaged("a page of the index");
    let Some((entries, sum)) = body.split_last_chunk::<SEAL>() else { return Err(damaged) };
    match entries.len() % E::WIDTH == 0 && XxHash3_64::oneshot(entries).to_le_bytes() == *sum {
        true => Ok(entries),
        false => Err(damaged),
    }
}

/// A page and its number.
type Slot = (u64, Box<[u8]>);

/// The pages read last, each in the one place that its number gives it.
#[derive(Debug, Default)]
pub(in crate::store) struct Pages {
    slots: RefCell<Vec<Option<Slot>>>,
}

impl Pages {
    /// Shows the entries of a page.
    pub fn with<E: Entry, R>(&self, db: &Connection, page: u64, see: impl FnOnce(&[u8]) -> R) -> Outcome<R> {
        let mut slots = self.slots.borrow_mut();
        if slots.is_empty() {
            slots.resize_with(SLOTS as usize, || None);
        }
        let slot = &mut slots[(page % SLOTS) as usize];
        match slot {
            Some((number, entries)) if *number == page => Ok(see(entries)),
            _ => {
                let entries = read::<E>(db, page)?;
                let (_, entries) = slot.insert((page, entries));
                Ok(see(entries))
            }
        }
    }

    /// Forgets every page: some were rewritten.
    pub fn forget(&self) {
        self.slots.borrow_mut().clear();
    }
}

/// The entries of a page, from the file.
pub(super) fn read<E: Entry>(db: &Connection, page: u64) -> Outcome<Box<[u8]>> {
    let mut statement = db.prepare_cached("SELECT body FROM index_page WHERE page = ?1")?;
    let body = statement.query_row([page as i64], |row| {
        Ok(row.get_ref(0)?.as_blob().map(|b| unseal::<E>(b).map(Box::from)).ok())
    });
    match body.optional()?.flatten() {
        Some(entries) => entries,
        None => Err(Failure::Damaged("a page of the index")),
    }
}

/// Writes a page, in place of the one of that number if there is one.
pub(super) fn write(db: &Connection, page: u64, mut body: Vec<u8>) -> Outcome<()> {
    seal(&mut body);
    db.prepare_cached("INSERT OR REPLACE INTO index_page (page, body) VALUES (?1, ?2)")?
        .execute(params![page as i64, body])?;
    Ok(())
}

/// The number of the first entry not below `low`.
pub(super) fn at_least<E: Entry>(entries: &[u8], low: &E) -> usize {
    let (mut from, mut to) = (0, entries.len() / E::WIDTH);
    while from < to {
        let middle = (from + to) / 2;
        match E::read(&entries[middle * E::WIDTH..]) < *low {
            true => from = middle + 1,
            false => to = middle,
        }
    }
    from
}
