//! A repository in one SQLite file.
//!
//! `schema_1.sql` describes the tables and views; any SQLite client may read them while `rcu` writes. Every change is
//! one transaction, durable once `commit` returns (write-ahead log, `synchronous = FULL`); what is deleted is
//! overwritten (`secure_delete`). Beside the file lie, while it is open, SQLite's `-wal` and `-shm`, and an empty
//! `-lock` that says who writes.

mod asked;
mod books;
mod check;
mod copy;
mod facts;
mod failure;
mod feed;
mod index;
mod links;
mod names;
mod open;
mod people;
mod recent;
mod records;
mod restricted;
mod row;

pub use copy::restore;
pub use open::Options;

use failure::{Failure, Outcome};
use index::{Count, InBlock, Index, Pages};
use names::Names;
use rcu_core::Error;
use rcu_core::config::Plan;
use rcu_core::repository::{Counted, Space};
use recent::Recent;
use rusqlite::{Connection, params};
use std::cell::RefCell;
use std::fs::File;
use std::path::{Path, PathBuf};

/// The row of counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    generation: u64,
    changes: u64,
    record: u32,
    person: u32,
    event: u64,
    fact: u32,
    page: u64,
    purges: u64,
}

impl State {
    fn read(db: &Connection) -> Outcome<State> {
        let mut statement = db.prepare_cached(
            "SELECT generation, changes, record, person, event, page, purges, fact FROM state WHERE id = 1",
        )?;
        Ok(statement.query_row([], |row| {
            let n = |i| row.get::<_, i64>(i).map(|n| n as u64);
            Ok(State {
                generation: n(0)?,
                changes: n(1)?,
                record: row.get(2)?,
                person: row.get(3)?,
                event: n(4)?,
                page: n(5)?,
                purges: n(6)?,
                fact: row.get(7)?,
            })
        })?)
    }

    fn write(&self, db: &Connection) -> Outcome<()> {
        let n = |n: u64| n as i64;
        db.prepare_cached(
            "UPDATE state SET generation = ?1, changes = ?2, record = ?3, person = ?4, event = ?5, page = ?6, \
             purges = ?7, fact = ?8 WHERE id = 1",
        )?
        .execute(params![
            n(self.generation),
            n(self.changes),
            self.record,
            self.person,
            n(self.event),
            n(self.page),
            n(self.purges),
            self.fact
        ])?;
        Ok(())
    }
}

/// What memory knows of the file, as it was after the last change.
#[derive(Debug)]
struct Head {
    state: State,
    blocks: Index<InBlock>,
    clues: Index<InBlock>,
    counts: Index<Count>,
    of_facts: Index<InBlock>,
    of_people: Index<InBlock>,
    /// Pages were removed or rewritten in the change: memory is not what a roll-back leaves.
    astray: bool,
}

impl Head {
    fn of(&self, space: Space) -> &Index<InBlock> {
        match space {
            Space::Blocks => &self.blocks,
            Space::Clues => &self.clues,
            Space::Facts => &self.of_facts,
            Space::People => &self.of_people,
        }
    }

    fn of_mut(&mut self, space: Space) -> &mut Index<InBlock> {
        match space {
            Space::Blocks => &mut self.blocks,
            Space::Clues => &mut self.clues,
            Space::Facts => &mut self.of_facts,
            Space::People => &mut self.of_people,
        }
    }

    fn read(db: &Connection, options: &Options) -> Outcome<Head> {
        let most = options.recent_entries;
        Ok(Head {
            state: State::read(db)?,
            blocks: Index::open(db, 1, most)?,
            clues: Index::open(db, 5, most)?,
            counts: Index::open(db, 2, most)?,
            of_facts: Index::open(db, 3, most)?,
            of_people: Index::open(db, 4, most)?,
            astray: false,
        })
    }
}

/// A repository's file, open.
#[derive(Debug)]
pub struct SqliteStore {
    db: Connection,
    path: PathBuf,
    names: Names,
    head: RefCell<Head>,
    pages: Pages,
    recent: Recent,
    /// Counters before the change that is being written.
    before: Option<State>,
    /// The change is a first load.
    load: bool,
    /// Held while the file is open to write; none when it is open to read.
    lock: Option<File>,
    options: Options,
}

impl SqliteStore {
    /// Opens a file to write; makes it when it is not there. One program at a time may have it open to write.
    ///
    /// # Errors
    /// [`Error::Io`], which says what to do: the file is none of a repository, of a newer version, damaged, read-only, or
    /// another program writes and does not end within `options.wait`.
    pub fn open(path: impl AsRef<Path>, plan: &Plan, options: Options) -> Result<SqliteStore, Error> {
        let path = path.as_ref();
        let opened = || {
            let (db, lock) = open::for_writing(path, &options)?;
            SqliteStore::of(db, path, plan, options.clone(), Some(lock))
        };
        opened().map_err(|f: Failure| f.at(path))
    }

    /// Opens a file to read, while another program may write to it. Each call sees the state after some change; use
    /// [`SqliteStore::snapshot`] for several calls that see the same.
    ///
    /// # Errors
    /// Those of [`SqliteStore::open`].
    pub fn open_read_only(
        path: impl AsRef<Path>,
        plan: &Plan,
        options: Options,
    ) -> Result<SqliteStore, Error> {
        let path = path.as_ref();
        let opened = || {
            let db = open::for_reading(path, &options)?;
            SqliteStore::of(db, path, plan, options.clone(), None)
        };
        opened().map_err(|f: Failure| f.at(path))
    }

    fn of(
        db: Connection,
        path: &Path,
        plan: &Plan,
        options: Options,
        lock: Option<File>,
    ) -> Outcome<SqliteStore> {
        let names = Names::settle(&db, plan, lock.is_some())?;
        let head = RefCell::new(Head::read(&db, &options)?);
        let pages = Pages::default();
        let recent = Recent::new(lock.is_some());
        Ok(SqliteStore {
            db,
            path: path.to_owned(),
            names,
            head,
            pages,
            recent,
            before: None,
            load: false,
            lock,
            options,
        })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file is open to read only.
    pub fn is_read_only(&self) -> bool {
        self.lock.is_none()
    }

    /// The number of the last change.
    ///
    /// # Errors
    /// Those of the store.
    pub fn changes(&self) -> Result<u64, Error> {
        self.said(self.indexed(|head| Ok(head.state.changes)))
    }

    /// Several reads that see the state after one and the same change.
    ///
    /// # Errors
    /// Those of `see` and of the store.
    pub fn snapshot<T>(&self, see: impl FnOnce(&SqliteStore) -> Result<T, Error>) -> Result<T, Error> {
        let pinned = self.said(self.pin())?;
        if pinned.is_none() {
            return see(self);
        }
        self.recent.turn(true);
        let _off = Off(&self.recent);
        see(self)
    }

    /// Takes what is left of removed entries under these block keys out of the index.
    fn purge(&mut self, keys: &[u64]) -> Outcome<()> {
        self.begin_change(false)?;
        let Head { blocks, clues, .. } = self.head.get_mut();
        for key in keys {
            let (low, high) = InBlock::of(*key);
            blocks.purge_between(&self.db, low, high)?;
            clues.purge_between(&self.db, low, high)?;
        }
        self.commit_change()
    }

    /// Says that no trace of keys of a record, fact or person may stay in the index once the change is kept, unless they
    /// are its keys then.
    pub fn purge_keys(&mut self, space: Space, number: u32, keys: &[u64]) {
        let index = self.head.get_mut().of_mut(space);
        keys.iter().for_each(|k| index.purge(InBlock::new(*k, number, true)));
    }

    /// Says that no trace of a count may stay once the change is kept, when it is zero then.
    pub fn purge_count(&mut self, counted: Counted, value: &str) {
        self.head.get_mut().counts.purge(Count::new(counted, value, 0));
    }

    /// Rewrites the file from what is kept and empties the log, so that no byte of what was deleted stays. SQLite
    /// overwrites deleted rows, but not the copies that it left where it moved rows from one page to another. Takes the
    /// time and, for its duration, the space of two copies of the file, one of them in the folder of temporary files: once
    /// for many erasures.
    ///
    /// # Errors
    /// Those of the store; when another program reads an older state at the moment. What is kept stays as it is.
    pub fn sweep(&self) -> Result<(), Error> {
        // First, so that who reads an older state is known before the work.
        self.empty_log()?;
        // The new copy lies in a file without a name while it is made: in memory it would take as much as the file.
        let swept = self.db.execute_batch("PRAGMA temp_store = FILE; VACUUM");
        let as_before = self.db.execute_batch("PRAGMA temp_store = MEMORY");
        self.said(swept.and(as_before).map_err(Failure::from))?;
        self.empty_log()
    }

    /// Writes the log back into the file and empties it.
    ///
    /// # Errors
    /// Those of the store; when another program reads an older state at the moment.
    pub fn empty_log(&self) -> Result<(), Error> {
        let busy: Result<i64, _> = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        self.said(busy.map_err(Failure::from).and_then(|busy| match busy {
            0 => Ok(()),
            _ => Err(Failure::Said(
                "another program reads an older state, so the log could not be emptied; try again when it is done"
                    .into(),
            )),
        }))
    }

    fn said<T>(&self, done: Outcome<T>) -> Result<T, Error> {
        done.map_err(|f| f.at(&self.path))
    }

    /// For a reader: keeps the state of this moment in sight until the guard goes, and brings the index to it.
    fn pin(&self) -> Outcome<Option<Pinned<'_>>> {
        if self.lock.is_some() || !self.db.is_autocommit() {
            return Ok(None);
        }
        self.db.prepare_cached("BEGIN")?.execute([])?;
        let pinned = Pinned(&self.db);
        let state = State::read(&self.db)?;
        let mut head = self.head.borrow_mut();
        if head.state != state {
            if head.state.purges != state.purges {
                self.pages.forget();
            }
            *head = Head::read(&self.db, &self.options)?;
            self.recent.clear();
        }
        Ok(Some(pinned))
    }

    /// Reads the index at the state of the moment.
    fn indexed<T>(&self, see: impl FnOnce(&Head) -> Outcome<T>) -> Outcome<T> {
        let _pinned = self.pin()?;
        see(&self.head.borrow())
    }

    fn begin_change(&mut self, load: bool) -> Outcome<()> {
        if self.lock.is_none() {
            return Err(Failure::Said("is open to read only; open it to write".into()));
        }
        // Records that are gone but not forgotten keep their numbers: then it is a change as any other.
        let load = load && self.head.get_mut().state.record == 0;
        if load {
            // A first load is written straight into the file, not through the log: new pages need no copy. When someone
            // reads it stays as it is.
            drop(self.db.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())));
            self.db.pragma_update(None, "cache_size", -(256 << 10))?;
        }
        self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        self.before = Some(self.head.get_mut().state);
        self.load = load;
        Ok(())
    }

    fn commit_change(&mut self) -> Outcome<()> {
        let Head { state, blocks, clues, counts, of_facts, of_people, astray } = self.head.get_mut();
        let mut now = State { generation: state.generation + 1, ..*state };
        now.purges += u64::from(blocks.is_purging() || clues.is_purging() || counts.is_purging());
        blocks.write(&self.db, &self.pages, &mut now.page)?;
        clues.write(&self.db, &self.pages, &mut now.page)?;
        counts.write(&self.db, &self.pages, &mut now.page)?;
        of_facts.write(&self.db, &self.pages, &mut now.page)?;
        of_people.write(&self.db, &self.pages, &mut now.page)?;
        now.write(&self.db)?;
        self.db.prepare_cached("COMMIT")?.execute([])?;
        *state = now;
        blocks.settle();
        clues.settle();
        counts.settle();
        of_facts.settle();
        of_people.settle();
        *astray = false;
        self.ended();
        Ok(())
    }

    /// Back to what holds between changes.
    fn ended(&mut self) {
        self.before = None;
        if std::mem::take(&mut self.load) {
            // While someone reads, the file stays as it is until it is opened again: slower, and as safe.
            drop(self.db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())));
            drop(open::tune(&self.db, &self.options));
        }
    }

    fn add_count(&mut self, counted: Counted, value: &str, more: i64) -> Outcome<(u64, u64)> {
        if let Some(kind) = books::listed(counted) {
            let was = books::tally(&self.db, kind, value)?;
            let now = was.saturating_add_signed(more);
            books::put_tally(&self.db, kind, value, now)?;
            return Ok((was, now));
        }
        let head = self.head.get_mut();
        let by = i32::try_from(more).map_err(|_| Failure::Said("holds as many records as it can".into()))?;
        let entry = Count::new(counted, value, by);
        if self.load {
            head.counts.put_load(entry);
            return Ok((0, more.max(0) as u64));
        }
        let was =
            self.recent.counts.get(index::Entry::id(&entry), || total(head, &self.db, &self.pages, entry))?;
        let now = was.saturating_add_signed(more);
        // What a count cannot lose is not taken from it.
        head.counts.put(entry.by((now as i64 - was as i64) as i32));
        self.recent.counts.is(index::Entry::id(&entry), now);
        Ok((was, now))
    }
}

fn total(head: &Head, db: &Connection, pages: &Pages, entry: Count) -> Outcome<u64> {
    let (low, high) = index::Entry::span(entry);
    let found = head.counts.between(db, pages, low, high)?;
    Ok(found.first().map_or(0, |c| c.more.max(0) as u64))
}

/// Ends remembering.
struct Off<'s>(&'s Recent);

impl Drop for Off<'_> {
    fn drop(&mut self) {
        self.0.turn(false);
    }
}

/// A state that is kept in sight.
struct Pinned<'d>(&'d Connection);

impl Drop for Pinned<'_> {
    fn drop(&mut self) {
        // Nothing was written: an end that fails leaves nothing behind but an older sight, which the next one replaces.
        drop(self.0.execute_batch("ROLLBACK"));
    }
}
