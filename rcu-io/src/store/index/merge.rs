//! Several sorted sets of entries made one run.

use super::super::failure::Outcome;
use super::entry::Entry;
use super::{Run, pages};
use rusqlite::Connection;

/// Entries in order, from memory or from a run.
pub(super) enum Source<E> {
    Memory(std::vec::IntoIter<E>),
    Run { page: u64, end: u64, entries: Box<[u8]>, at: usize },
}

impl<E: Entry> Source<E> {
    pub fn of_memory(entries: Vec<E>) -> Source<E> {
        Source::Memory(entries.into_iter())
    }

    pub fn of_run(run: &Run<E>) -> Source<E> {
        let end = run.first_page + run.fences.len() as u64;
        Source::Run { page: run.first_page, end, entries: Box::default(), at: 0 }
    }

    pub fn next(&mut self, db: &Connection) -> Outcome<Option<E>> {
        match self {
            Source::Memory(entries) => Ok(entries.next()),
            Source::Run { page, end, entries, at } => {
                while *at == entries.len() {
                    if page == end {
                        return Ok(None);
                    }
                    (*entries, *at) = (pages::read::<E>(db, *page)?, 0);
                    *page += 1;
                }
                let e = E::read(&entries[*at..]);
                *at += E::WIDTH;
                Ok(Some(e))
            }
        }
    }
}

/// Writes the entries of `sources`, oldest first, as pages. `oldest`: no older run stays. `last` is the last page
/// number that was given. Nothing when nothing is left.
pub(super) fn merge<E: Entry>(
    db: &Connection,
    mut sources: Vec<Source<E>>,
    oldest: bool,
    last: &mut u64,
) -> Outcome<Option<Run<E>>> {
    let mut heads: Vec<Option<E>> = Vec::new();
    for s in &mut sources {
        heads.push(s.next(db)?);
    }
    let mut run = Run { run: 0, first_page: *last + 1, entries: 0, fences: Vec::new() };
    let mut body: Vec<u8> = Vec::new();
    while let Some(id) = heads.iter().flatten().map(E::id).min() {
        let mut merged: Option<E> = None;
        for (head, source) in heads.iter_mut().zip(&mut sources) {
            // More than once in a first load, which nobody has folded.
            while let Some(e) = head.filter(|e| e.id() == id) {
                merged = Some(merged.map_or(e, |m| m.then(e)));
                *head = source.next(db)?;
            }
        }
        let Some(e) = merged.filter(|e| !e.is_nothing(oldest)) else { continue };
        if body.is_empty() {
            run.fences.push(e);
        }
        e.write(&mut body);
        run.entries += 1;
        if body.len() == pages::entries_per_page::<E>() * E::WIDTH {
            *last += 1;
            pages::write(db, *last, std::mem::take(&mut body))?;
        }
    }
    if !body.is_empty() {
        *last += 1;
        pages::write(db, *last, body)?;
    }
    Ok((run.entries > 0).then_some(run))
}
