//! A small log-structured index inside SQLite.
//!
//! Block keys and counts are hashes: in a B-tree each new one rewrites a page somewhere else, a hundred pages for one
//! customer. So entries are gathered in memory and in a log (a row for each change), and once there are many they are
//! written as a *run*: pages of sorted entries that are never changed, the first entry of each in memory. A new run
//! takes in those before it that are not much larger, so there are few runs and an entry is rewritten a few times in
//! its life. What an entry says is what its run and all later ones say of it.
//!
//! Everything is written inside the transaction of the change; memory follows when it is committed.

mod entry;
mod merge;
mod pages;

pub(super) use entry::{Count, Entry, InBlock, MOST_RECORDS};
use merge::{Source, merge};
pub(super) use pages::Pages;

use super::failure::{Failure, Outcome};
use rayon::slice::ParallelSliceMut;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// A new run takes in a run of up to so many times its size.
const FACTOR: u64 = 8;

/// Sorted entries that lie on consecutive pages.
#[derive(Debug, Clone)]
pub(super) struct Run<E> {
    run: i64,
    first_page: u64,
    entries: u64,
    /// The first entry of each page.
    fences: Vec<E>,
}

/// What becomes of memory when the transaction is committed.
#[derive(Debug)]
enum Next<E: Entry> {
    /// The entries of the change join the recent ones.
    Log,
    /// All is new.
    All { recent: BTreeMap<E::Id, E>, runs: Vec<Run<E>> },
}

#[derive(Debug)]
pub(super) struct Index<E: Entry> {
    /// Which index of the file it is.
    kind: i64,
    /// Youngest first.
    runs: Vec<Run<E>>,
    recent: BTreeMap<E::Id, E>,
    /// How many of them there may be before they become a run.
    most_recent: usize,
    /// Entries of the change that is being written.
    change: BTreeMap<E::Id, E>,
    /// Entries of a first load, in no order.
    load: Vec<E>,
    /// Ids of which no trace may stay.
    purge: Vec<E>,
    next: Option<Next<E>>,
}

impl<E: Entry + Send> Index<E> {
    /// Reads fences and log.
    pub fn open(db: &Connection, kind: i64, most_recent: usize) -> Outcome<Index<E>> {
        let mut index = Index {
            kind,
            runs: Vec::new(),
            recent: BTreeMap::new(),
            most_recent,
            change: BTreeMap::new(),
            load: Vec::new(),
            purge: Vec::new(),
            next: None,
        };
        let mut runs = db.prepare_cached(
            "SELECT run, first_page, entries, fences FROM index_run WHERE kind = ?1 ORDER BY run DESC",
        )?;
        let mut rows = runs.query([kind])?;
        while let Some(row) = rows.next()? {
            let fences = blob(row.get_ref(3)?)?;
            index.runs.push(Run {
                run: row.get(0)?,
                first_page: row.get::<_, i64>(1)? as u64,
                entries: row.get::<_, i64>(2)? as u64,
                fences: pages::unseal::<E>(fences)?.chunks_exact(E::WIDTH).map(E::read).collect(),
            });
        }
        let mut log = db.prepare_cached("SELECT body FROM index_log WHERE kind = ?1 ORDER BY seq")?;
        let mut rows = log.query([kind])?;
        while let Some(row) = rows.next()? {
            for e in pages::unseal::<E>(blob(row.get_ref(0)?)?)?.chunks_exact(E::WIDTH) {
                join(&mut index.recent, E::read(e));
            }
        }
        Ok(index)
    }

    /// Forgets everything, in the file within the transaction; `page` after which new pages come stays as it is.
    pub fn clear(&mut self, db: &Connection) -> Outcome<()> {
        for run in std::mem::take(&mut self.runs) {
            run.remove(db)?;
        }
        db.prepare_cached("DELETE FROM index_log WHERE kind = ?1")?.execute([self.kind])?;
        self.recent.clear();
        self.forget();
        Ok(())
    }

    /// Says that once the change is written no trace may stay of what was between two entries and is no more.
    pub fn purge_between(&mut self, db: &Connection, low: E, high: E) -> Outcome<()> {
        for run in &self.runs {
            run.between(db, &Pages::default(), low, high, &mut self.purge)?;
        }
        self.purge.extend(self.recent.range(low.id()..=high.id()).map(|(_, e)| *e));
        Ok(())
    }

    /// Adds an entry to the change.
    pub fn put(&mut self, entry: E) {
        join(&mut self.change, entry);
    }

    /// Adds an entry to a first load.
    pub fn put_load(&mut self, entry: E) {
        self.load.push(entry);
    }

    /// Says that once the change is written no trace may stay of an id, unless something is left under it.
    pub fn purge(&mut self, entry: E) {
        self.purge.push(entry);
    }

    /// Whether something was said to leave no trace.
    pub fn is_purging(&self) -> bool {
        !self.purge.is_empty()
    }

    /// What is known of the ids between two entries.
    pub fn between(&self, db: &Connection, pages: &Pages, low: E, high: E) -> Outcome<Vec<E>> {
        let mut found: Vec<E> = Vec::new();
        for run in self.runs.iter().rev() {
            run.between(db, pages, low, high, &mut found)?;
        }
        for entries in [&self.recent, &self.change] {
            found.extend(entries.range(low.id()..=high.id()).map(|(_, e)| *e));
        }
        found.extend(self.load.iter().filter(|e| (low..=high).contains(*e)));
        found.sort_by_key(E::id);
        found.dedup_by(|later, earlier| {
            let one = later.id() == earlier.id();
            if one {
                *earlier = earlier.then(*later);
            }
            one
        });
        found.retain(|e| !e.is_nothing(true));
        Ok(found)
    }

    /// Writes the change. `page` is the last page number that was given.
    pub fn write(&mut self, db: &Connection, pages: &Pages, page: &mut u64) -> Outcome<()> {
        let new = self.change.len() + self.load.len();
        if new == 0 && self.purge.is_empty() {
            return Ok(());
        }
        if self.purge.is_empty() && self.load.is_empty() && self.recent.len() + new <= self.most_recent {
            log(db, self.kind, self.change.values())?;
            self.next = Some(Next::Log);
            return Ok(());
        }
        let mut recent = self.recent.clone();
        self.change.values().for_each(|e| join(&mut recent, *e));
        let mut load = std::mem::take(&mut self.load);
        load.par_sort_unstable();
        let mut runs = self.runs.clone();
        let purge = self.gone(db, pages)?;
        for e in &purge {
            recent.remove(&e.id());
        }
        db.prepare_cached("DELETE FROM index_log WHERE kind = ?1")?.execute([self.kind])?;
        if recent.len() + load.len() > self.most_recent {
            let mut size = (recent.len() + load.len()) as u64;
            let taken = runs.iter().take_while(|r| {
                let take = r.entries <= FACTOR * size;
                size += r.entries;
                take
            });
            let taken = taken.count();
            let older = runs.split_off(taken);
            let mut sources: Vec<Source<E>> = runs.iter().rev().map(Source::of_run).collect();
            sources.push(Source::of_memory(load));
            sources.push(Source::of_memory(std::mem::take(&mut recent).into_values().collect()));
            let run = merge(db, sources, older.is_empty(), page)?;
            for old in &runs {
                old.remove(db)?;
            }
            runs = older;
            if let Some(run) = run {
                runs.insert(0, run.keep(db, self.kind)?);
            }
        } else {
            load.into_iter().for_each(|e| join(&mut recent, e));
            log(db, self.kind, recent.values())?;
        }
        if !purge.is_empty() {
            for run in &mut runs {
                run.purge(db, &purge)?;
            }
            pages.forget();
        }
        self.next = Some(Next::All { recent, runs });
        Ok(())
    }

    /// Of the ids to purge, those under which nothing is left, in order.
    fn gone(&self, db: &Connection, pages: &Pages) -> Outcome<Vec<E>> {
        let mut gone = Vec::new();
        for e in &self.purge {
            let (low, high) = e.span();
            if self.between(db, pages, low, high)?.is_empty() {
                gone.push(*e);
            }
        }
        gone.sort_unstable();
        gone.dedup();
        Ok(gone)
    }

    /// The change is committed.
    pub fn settle(&mut self) {
        match self.next.take() {
            Some(Next::Log) => {
                std::mem::take(&mut self.change).into_values().for_each(|e| join(&mut self.recent, e));
            }
            Some(Next::All { recent, runs }) => (self.recent, self.runs) = (recent, runs),
            None => {}
        }
        self.forget();
    }

    /// The change is not kept.
    pub fn forget(&mut self) {
        self.change.clear();
        self.load = Vec::new();
        self.purge.clear();
        self.next = None;
    }

    /// Reads every page and says whether entries are in order and as many as they should be.
    pub fn check(&self, db: &Connection) -> Outcome<()> {
        for run in &self.runs {
            let mut source = Source::of_run(run);
            let mut last: Option<E> = None;
            let mut n = 0u64;
            while let Some(e) = source.next(db)? {
                if last.is_some_and(|l| l.id() >= e.id()) {
                    return Err(Failure::Damaged("the order of the index"));
                }
                last = Some(e);
                n += 1;
            }
            if n != run.entries {
                return Err(Failure::Damaged("entries of the index are missing"));
            }
        }
        Ok(())
    }
}

impl<E: Entry> Run<E> {
    fn between(&self, db: &Connection, pages: &Pages, low: E, high: E, found: &mut Vec<E>) -> Outcome<()> {
        let first = self.fences.partition_point(|f| *f <= low).saturating_sub(1);
        for (p, _) in self.fences.iter().enumerate().skip(first).take_while(|(_, f)| **f <= high) {
            pages.with::<E, _>(db, self.first_page + p as u64, |entries| {
                let from = pages::at_least(entries, &low) * E::WIDTH;
                let entries = entries[from..].chunks_exact(E::WIDTH).map(E::read);
                found.extend(entries.take_while(|e| *e <= high));
            })?;
        }
        Ok(())
    }

    /// Keeps the run in the file.
    fn keep(mut self, db: &Connection, kind: i64) -> Outcome<Run<E>> {
        db.prepare_cached(
            "INSERT INTO index_run (kind, first_page, entries, fences) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![kind, self.first_page as i64, self.entries as i64, self.fences()])?;
        self.run = db.last_insert_rowid();
        Ok(self)
    }

    fn fences(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity((self.fences.len() + 1) * E::WIDTH);
        self.fences.iter().for_each(|f| f.write(&mut bytes));
        pages::seal(&mut bytes);
        bytes
    }

    fn remove(&self, db: &Connection) -> Outcome<()> {
        db.prepare_cached("DELETE FROM index_run WHERE run = ?1")?.execute([self.run])?;
        let last = self.first_page + self.fences.len() as u64 - 1;
        db.prepare_cached("DELETE FROM index_page WHERE page BETWEEN ?1 AND ?2")?
            .execute([self.first_page as i64, last as i64])?;
        Ok(())
    }

    /// Rewrites the pages that hold one of these ids. `gone` is sorted.
    fn purge(&mut self, db: &Connection, gone: &[E]) -> Outcome<()> {
        let before = self.entries;
        for p in 0..self.fences.len() {
            let low = self.fences[p];
            let next = self.fences.get(p + 1).copied();
            let from = gone.partition_point(|e| e.id() < low.id());
            if gone.get(from).is_none_or(|e| next.is_some_and(|n| e.id() >= n.id())) {
                continue;
            }
            let page = self.first_page + p as u64;
            let entries = pages::read::<E>(db, page)?;
            let all = entries.chunks_exact(E::WIDTH).map(E::read);
            let left: Vec<E> =
                all.filter(|e| gone.binary_search_by(|g| g.id().cmp(&e.id())).is_err()).collect();
            let removed = entries.len() / E::WIDTH - left.len();
            if removed > 0 {
                self.entries -= removed as u64;
                // Nothing is looked for on an empty page: its fence is that of the next one.
                self.fences[p] = left.first().copied().or(next).unwrap_or_else(|| E::read(&[0xff; 32]));
                let mut body = Vec::with_capacity(entries.len());
                left.iter().for_each(|e| e.write(&mut body));
                pages::write(db, page, body)?;
            }
        }
        if self.entries != before {
            db.prepare_cached("UPDATE index_run SET entries = ?2, fences = ?3 WHERE run = ?1")?
                .execute(params![self.run, self.entries as i64, self.fences()])?;
        }
        Ok(())
    }
}

fn join<E: Entry>(entries: &mut BTreeMap<E::Id, E>, e: E) {
    entries.entry(e.id()).and_modify(|known| *known = known.then(e)).or_insert(e);
}

fn log<'e, E: Entry + 'e>(db: &Connection, kind: i64, entries: impl Iterator<Item = &'e E>) -> Outcome<()> {
    let mut body = Vec::new();
    entries.for_each(|e| e.write(&mut body));
    pages::seal(&mut body);
    db.prepare_cached("INSERT INTO index_log (kind, body) VALUES (?1, ?2)")?.execute(params![kind, body])?;
    Ok(())
}

fn blob(value: rusqlite::types::ValueRef<'_>) -> Outcome<&[u8]> {
    value.as_blob().map_err(|_| Failure::Damaged("the index"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcu_core::repository::Counted;
    use std::collections::BTreeSet;

    fn db() -> Connection {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(include_str!("../schema_1.sql")).unwrap();
        db
    }

    /// Numbers that no one chose.
    fn dice() -> impl FnMut(u64) -> u64 {
        let mut seed = 7u64;
        move |below| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % below
        }
    }

    #[test]
    fn blocks_are_those_of_a_plain_set_through_runs_roll_backs_and_openings() {
        let (db, pages, mut dice) = (db(), Pages::default(), dice());
        let mut index: Index<InBlock> = Index::open(&db, 1, 700).unwrap();
        let (mut kept, mut page, mut most_runs) = (BTreeSet::new(), 0, 0);
        for change in 0..400 {
            let mut now: BTreeSet<(u64, u32)> = kept.clone();
            for _ in 0..dice(200) {
                // Some blocks are larger than a page.
                let key = if dice(4) == 0 { dice(3) } else { dice(3000).wrapping_mul(0x9E37_79B9_7F4A_7C15) };
                let record = dice(2000) as u32;
                let there = dice(5) > 0;
                index.put(InBlock::new(key, record, there));
                if there {
                    now.insert((key, record))
                } else {
                    now.remove(&(key, record))
                };
            }
            if dice(40) == 0 && change > 20 {
                now = BTreeSet::new();
                kept.iter().for_each(|(k, r)| index.put(InBlock::new(*k, *r, false)));
                // What the change added before is taken back too.
                let added: Vec<InBlock> = index.change.values().copied().collect();
                added.iter().for_each(|e| index.put(InBlock::new(e.key, e.record(), false)));
            }
            db.execute_batch("BEGIN").unwrap();
            let mut last = page;
            index.write(&db, &pages, &mut last).unwrap();
            if dice(5) == 0 {
                db.execute_batch("ROLLBACK").unwrap();
                index.forget();
            } else {
                db.execute_batch("COMMIT").unwrap();
                index.settle();
                (kept, page) = (now, last);
            }
            if dice(10) == 0 {
                index = Index::open(&db, 1, 700).unwrap();
            }
            index.check(&db).unwrap();
            most_runs = most_runs.max(index.runs.len());
            for key in
                [0, 1, 2].into_iter().chain((0..8).map(|_| dice(3000).wrapping_mul(0x9E37_79B9_7F4A_7C15)))
            {
                let (low, high) = InBlock::of(key);
                let found: Vec<u32> =
                    index.between(&db, &pages, low, high).unwrap().into_iter().map(InBlock::record).collect();
                let expected: Vec<u32> = kept.range((key, 0)..=(key, u32::MAX)).map(|(_, r)| *r).collect();
                assert_eq!(found, expected);
            }
        }
        assert!(most_runs > 1);
        // Runs and pages that were taken in are gone.
        let pages_of_runs: usize = index.runs.iter().map(|r| r.fences.len()).sum();
        let in_file: i64 = db.query_row("SELECT count(*) FROM index_page", [], |row| row.get(0)).unwrap();
        assert_eq!(in_file, pages_of_runs as i64);
    }

    #[test]
    fn counts_are_sums_whatever_was_loaded_first() {
        let (db, pages, mut dice) = (db(), Pages::default(), dice());
        let mut index: Index<Count> = Index::open(&db, 2, 300).unwrap();
        let (mut sums, mut page) = (BTreeMap::<u64, i64>::new(), 0);
        for change in 0..200 {
            for _ in 0..if change == 0 { 5000 } else { dice(60) } {
                let (value, more) = (dice(2000), dice(5) as i64 - 1);
                *sums.entry(value).or_default() += more;
                let entry = Count::new(Counted::Carriers(3), &value.to_string(), more as i32);
                if change == 0 { index.put_load(entry) } else { index.put(entry) }
            }
            index.write(&db, &pages, &mut page).unwrap();
            index.settle();
            if dice(10) == 0 {
                index = Index::open(&db, 2, 300).unwrap();
                index.check(&db).unwrap();
            }
            for value in (0..20).map(|_| dice(2100)) {
                let (low, high) = Count::new(Counted::Carriers(3), &value.to_string(), 0).span();
                let found = index.between(&db, &pages, low, high).unwrap();
                let sum: i64 = found.iter().map(|c| i64::from(c.more)).sum();
                assert_eq!(sum, sums.get(&value).copied().unwrap_or(0));
                assert!(found.len() <= 1);
            }
        }
    }

    /// A leaf of SQLite holds a page of the index and no part of another.
    #[test]
    fn a_page_of_the_index_is_a_page_of_the_file() {
        let db = db();
        let before: i64 = db.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        for page in 0..100 {
            let body = vec![0; pages::entries_per_page::<InBlock>() * InBlock::WIDTH];
            pages::write(&db, page, body).unwrap();
        }
        let after: i64 = db.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        assert!(after - before <= 102, "{} pages for 100", after - before);
    }
}
