//! A repository in one SQLite file.
//!
//! `schema_1.sql` describes the tables and views; any SQLite client may read them while `rcu` writes. Every change is
//! one transaction, durable once `commit` returns (write-ahead log, `synchronous = FULL`); what is deleted is
//! overwritten (`secure_delete`). Beside the file lie, while it is open, SQLite's `-wal` and `-shm`, and an empty
//! `-lock` that says who writes.

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
use index::{Count, InBlock, Index, MOST_RECORDS, Pages};
use names::Names;
use rcu_core::Error;
use rcu_core::config::Plan;
use rcu_core::matching::ruling::{RecordRef, Ruling};
use rcu_core::records::OwnRecord;
use rcu_core::repository::{
    Aside, Counted, Entry, Event, Kept, KeptFact, KeptLink, Move, Named, Ordinal, Person, PersonNumber,
    Space, Standing, Store, Tombstone,
};
use rcu_core::survivorship::Lock;
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
    keys: Index<InBlock>,
    counts: Index<Count>,
    of_facts: Index<InBlock>,
    of_people: Index<InBlock>,
    /// Pages were removed or rewritten in the change: memory is not what a roll-back leaves.
    astray: bool,
}

impl Head {
    fn of(&self, space: Space) -> &Index<InBlock> {
        match space {
            Space::Facts => &self.of_facts,
            Space::People => &self.of_people,
        }
    }

    fn of_mut(&mut self, space: Space) -> &mut Index<InBlock> {
        match space {
            Space::Facts => &mut self.of_facts,
            Space::People => &mut self.of_people,
        }
    }

    fn read(db: &Connection, options: &Options) -> Outcome<Head> {
        let most = options.recent_entries;
        Ok(Head {
            state: State::read(db)?,
            keys: Index::open(db, 1, most)?,
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
        let index = &mut self.head.get_mut().keys;
        for key in keys {
            let (low, high) = InBlock::of(*key);
            index.purge_between(&self.db, low, high)?;
        }
        self.commit_change()
    }

    /// Says that no trace of block keys of a record may stay in the index once the change is kept, unless the record
    /// has them then.
    pub fn purge_keys(&mut self, ordinal: Ordinal, keys: &[u64]) {
        let head = self.head.get_mut();
        keys.iter().for_each(|k| head.keys.purge(InBlock::new(*k, ordinal, true)));
    }

    /// Says that no trace of a count may stay once the change is kept, when it is zero then.
    pub fn purge_count(&mut self, counted: Counted, value: &str) {
        self.head.get_mut().counts.purge(Count::new(counted, value, 0));
    }

    /// Rewrites the file from what is kept and empties the log, so that no byte of what was deleted stays. SQLite
    /// overwrites deleted rows, but not the copies that it left where it moved rows from one page to another. Takes the
    /// time and, for its duration, the space of two copies of the file: once for many erasures.
    ///
    /// # Errors
    /// Those of the store; when another program reads an older state at the moment. What is kept stays as it is.
    pub fn sweep(&self) -> Result<(), Error> {
        // First, so that who reads an older state is known before the work.
        self.empty_log()?;
        self.said(self.db.execute_batch("VACUUM").map_err(Failure::from))?;
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
        let Head { state, keys, counts, of_facts, of_people, astray } = self.head.get_mut();
        let mut now = State { generation: state.generation + 1, ..*state };
        now.purges += u64::from(keys.is_purging() || counts.is_purging());
        keys.write(&self.db, &self.pages, &mut now.page)?;
        counts.write(&self.db, &self.pages, &mut now.page)?;
        of_facts.write(&self.db, &self.pages, &mut now.page)?;
        of_people.write(&self.db, &self.pages, &mut now.page)?;
        now.write(&self.db)?;
        self.db.prepare_cached("COMMIT")?.execute([])?;
        *state = now;
        keys.settle();
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

impl Store for SqliteStore {
    fn begin(&mut self) -> Result<(), Error> {
        let begun = self.begin_change(false);
        self.said(begun)
    }

    fn begin_load(&mut self) -> Result<(), Error> {
        let begun = self.begin_change(true);
        self.said(begun)
    }

    fn commit(&mut self) -> Result<(), Error> {
        let done = self.commit_change();
        self.said(done)
    }

    fn roll_back(&mut self) {
        // SQLite has rolled back already when the disk was full.
        if !self.db.is_autocommit() {
            drop(self.db.execute_batch("ROLLBACK"));
        }
        let head = self.head.get_mut();
        if let Some(before) = self.before.take() {
            head.state = before;
        }
        head.keys.forget();
        head.counts.forget();
        head.of_facts.forget();
        head.of_people.forget();
        if std::mem::take(&mut head.astray) {
            // The file is as it was before; a file that cannot be read now says so at the next reading.
            if let Ok(before) = Head::read(&self.db, &self.options) {
                *head = before;
            }
        }
        self.names.forget_reasons();
        self.pages.forget();
        self.recent.clear();
        self.ended();
    }

    fn next_change(&mut self) -> Result<u64, Error> {
        let state = &mut self.head.get_mut().state;
        state.changes += 1;
        Ok(state.changes)
    }

    fn find(&self, source: u16, id: &str) -> Result<Option<Ordinal>, Error> {
        self.said(records::find(&self.db, &self.names, source, id, false))
    }

    fn find_ever(&self, source: u16, id: &str) -> Result<Option<Ordinal>, Error> {
        self.said(records::find(&self.db, &self.names, source, id, true))
    }

    fn name_of(&self, ordinal: Ordinal) -> Result<Option<(u16, String)>, Error> {
        self.said(records::name_of(&self.db, &self.names, ordinal))
    }

    fn ids_of_source(&self, source: u16) -> Result<Vec<String>, Error> {
        self.said(records::ids_of_source(&self.db, &self.names, source))
    }

    fn record(&self, ordinal: Ordinal) -> Result<Option<Kept>, Error> {
        self.said(records::record(&self.db, &self.names, ordinal))
    }

    fn values(&self, ordinal: Ordinal) -> Result<Option<OwnRecord>, Error> {
        self.said(self.recent.values.get(ordinal, || records::values(&self.db, &self.names, ordinal)))
    }

    fn each_record(&self, each: &mut dyn FnMut(Ordinal, Kept)) -> Result<(), Error> {
        self.said(records::each(&self.db, &self.names, each))
    }

    fn put_record(&mut self, ordinal: Option<Ordinal>, kept: &Kept) -> Result<Ordinal, Error> {
        let known = match ordinal {
            Some(number) => {
                self.said(records::free_name(&self.db, &self.names, number, kept))?;
                Some(number)
            }
            None if self.load => None,
            None => self.find_ever(kept.record.source, &kept.record.id)?,
        };
        let state = &mut self.head.get_mut().state;
        let number = match known {
            Some(number) => number,
            None if state.record == MOST_RECORDS => {
                let limit = MOST_RECORDS.to_string();
                return Err(Error::TooLarge { what: "the number of records".into(), limit });
            }
            None => {
                state.record += 1;
                state.record
            }
        };
        self.recent.values.forget(number);
        self.said(records::put(&self.db, &self.names, number, kept, known.is_none()))?;
        Ok(number)
    }

    fn remove_record(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        self.recent.values.forget(ordinal);
        self.recent.person_of.forget(ordinal);
        self.said(records::remove(&self.db, ordinal))
    }

    fn forget_record(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        self.recent.values.forget(ordinal);
        self.recent.person_of.forget(ordinal);
        self.said(records::forget(&self.db, ordinal))
    }

    fn clear_derived(&mut self) -> Result<(), Error> {
        self.recent.clear();
        let head = self.head.get_mut();
        head.astray = true;
        let cleared = head
            .keys
            .clear(&self.db)
            .and_then(|()| head.counts.clear(&self.db))
            .and_then(|()| head.of_facts.clear(&self.db))
            .and_then(|()| head.of_people.clear(&self.db))
            .and_then(|()| Ok(self.db.execute_batch("DELETE FROM link; DELETE FROM tally")?));
        self.said(cleared)
    }

    fn block(&self, key: u64) -> Result<Vec<Ordinal>, Error> {
        let (low, high) = InBlock::of(key);
        self.said(self.recent.blocks.get(key, || {
            let found = self.indexed(|head| head.keys.between(&self.db, &self.pages, low, high))?;
            Ok(found.into_iter().map(InBlock::record).collect())
        }))
    }

    fn add_keys(&mut self, ordinal: Ordinal, keys: &[u64]) -> Result<(), Error> {
        for key in keys {
            self.recent.blocks.change(*key, |block| {
                if let Err(at) = block.binary_search(&ordinal) {
                    block.insert(at, ordinal);
                }
            });
        }
        let index = &mut self.head.get_mut().keys;
        let entries = keys.iter().map(|k| InBlock::new(*k, ordinal, true));
        match self.load {
            true => entries.for_each(|e| index.put_load(e)),
            false => entries.for_each(|e| index.put(e)),
        }
        Ok(())
    }

    fn remove_keys(&mut self, ordinal: Ordinal, keys: &[u64]) -> Result<(), Error> {
        for key in keys {
            self.recent.blocks.change(*key, |block| block.retain(|o| *o != ordinal));
        }
        let index = &mut self.head.get_mut().keys;
        keys.iter().for_each(|k| index.put(InBlock::new(*k, ordinal, false)));
        Ok(())
    }

    fn count(&self, counted: Counted, value: &str) -> Result<u64, Error> {
        if let Some(kind) = books::listed(counted) {
            return self.said(books::tally(&self.db, kind, value));
        }
        let entry = Count::new(counted, value, 0);
        self.said(
            self.recent.counts.get(index::Entry::id(&entry), || {
                self.indexed(|head| total(head, &self.db, &self.pages, entry))
            }),
        )
    }

    fn add(&mut self, counted: Counted, value: &str, more: i64) -> Result<(u64, u64), Error> {
        let added = self.add_count(counted, value, more);
        self.said(added)
    }

    fn links(&self, ordinal: Ordinal) -> Result<Vec<KeptLink>, Error> {
        self.said(links::of(&self.db, &self.names, ordinal))
    }

    fn put_link(&mut self, link: &KeptLink) -> Result<(), Error> {
        self.said(links::put(&self.db, &self.names, link))
    }

    fn remove_link(&mut self, a: Ordinal, b: Ordinal) -> Result<(), Error> {
        self.said(links::remove(&self.db, a, b))
    }

    fn rulings(&self) -> Result<Vec<Ruling>, Error> {
        self.said(feed::rulings(&self.db))
    }

    fn put_ruling(&mut self, ruling: &Ruling) -> Result<(), Error> {
        self.said(feed::put_ruling(&self.db, ruling))
    }

    fn remove_ruling(&mut self, a: &RecordRef, b: &RecordRef) -> Result<(), Error> {
        self.said(feed::remove_ruling(&self.db, a, b))
    }

    fn person_of(&self, ordinal: Ordinal) -> Result<Option<PersonNumber>, Error> {
        self.said(self.recent.person_of.get(ordinal, || people::of(&self.db, ordinal)))
    }

    fn person(&self, person: PersonNumber) -> Result<Option<Person>, Error> {
        self.said(self.recent.people.get(person, || people::get(&self.db, &self.names, person)))
    }

    fn each_person(&self, each: &mut dyn FnMut(PersonNumber, Person)) -> Result<(), Error> {
        self.said(people::each(&self.db, &self.names, each))
    }

    fn put_person(&mut self, number: Option<PersonNumber>, person: &Person) -> Result<PersonNumber, Error> {
        let state = &mut self.head.get_mut().state;
        let number = number.unwrap_or_else(|| {
            state.person += 1;
            state.person
        });
        self.recent.people.forget(number);
        person.members.iter().for_each(|m| self.recent.person_of.forget(*m));
        self.said(people::put(&self.db, &self.names, number, person))?;
        Ok(number)
    }

    fn remove_person(&mut self, number: PersonNumber) -> Result<(), Error> {
        self.recent.people.forget(number);
        let members = self.said(people::remove(&self.db, number))?;
        members.into_iter().for_each(|m| self.recent.person_of.forget(m));
        Ok(())
    }

    fn named(&self, golden_id: &str) -> Result<Option<Named>, Error> {
        self.said(people::named(&self.db, golden_id))
    }

    fn put_named(&mut self, named: &Named) -> Result<(), Error> {
        self.said(people::put_named(&self.db, named))
    }

    fn moves(&self, ordinal: Ordinal) -> Result<Vec<Move>, Error> {
        self.said(people::moves(&self.db, ordinal))
    }

    fn add_move(&mut self, ordinal: Ordinal, moved: &Move) -> Result<(), Error> {
        self.said(people::add_move(&self.db, ordinal, moved))
    }

    fn ever_had(&self, golden_id: &str) -> Result<Vec<Ordinal>, Error> {
        self.said(people::ever_had(&self.db, golden_id))
    }

    fn locks(&self) -> Result<Vec<Lock>, Error> {
        self.said(books::locks(&self.db))
    }

    fn put_lock(&mut self, lock: &Lock) -> Result<(), Error> {
        self.said(books::put_lock(&self.db, lock))
    }

    fn remove_lock(&mut self, lock: &Lock) -> Result<(), Error> {
        self.said(books::remove_lock(&self.db, lock))
    }

    fn add_entry(&mut self, entry: &Entry) -> Result<(), Error> {
        self.said(books::add_entry(&self.db, entry))
    }

    fn entries(&self, from: u64, most: usize) -> Result<Vec<Entry>, Error> {
        self.said(books::entries(&self.db, from, most))
    }

    fn entry_at(&self, at: i64) -> Result<Option<Entry>, Error> {
        self.said(books::entry_at(&self.db, at))
    }

    fn entry_of(&self, change: u64) -> Result<Option<Entry>, Error> {
        self.said(books::entry_of(&self.db, change))
    }

    fn meta(&self, name: &str) -> Result<Option<String>, Error> {
        self.said(books::meta(&self.db, name))
    }

    fn put_meta(&mut self, name: &str, value: &str) -> Result<(), Error> {
        self.said(books::put_meta(&self.db, name, value))
    }

    fn tombstone(&self, hash: &[u8; 32]) -> Result<Option<Tombstone>, Error> {
        self.said(books::tombstone(&self.db, hash))
    }

    fn put_tombstone(&mut self, hash: &[u8; 32], tombstone: &Tombstone) -> Result<(), Error> {
        self.said(books::put_tombstone(&self.db, hash, tombstone))
    }

    fn lift_tombstones(&mut self, erasure: u64) -> Result<u64, Error> {
        self.said(books::lift_tombstones(&self.db, erasure))
    }

    fn each_tombstone(&self, each: &mut dyn FnMut([u8; 32], Tombstone)) -> Result<(), Error> {
        self.said(books::each_tombstone(&self.db, each))
    }

    fn aside(&self, is_fact: bool, source: u16, id: &str) -> Result<Option<Aside>, Error> {
        self.said(restricted::get(&self.db, &self.names, is_fact, source, id))
    }

    fn asides_of(&self, golden_id: &str) -> Result<Vec<Aside>, Error> {
        self.said(restricted::of(&self.db, &self.names, golden_id))
    }

    fn each_aside(&self, each: &mut dyn FnMut(Aside)) -> Result<(), Error> {
        self.said(restricted::each(&self.db, &self.names, each))
    }

    fn put_aside(&mut self, aside: &Aside) -> Result<(), Error> {
        self.said(restricted::put(&self.db, &self.names, aside))
    }

    fn remove_aside(&mut self, is_fact: bool, source: u16, id: &str) -> Result<(), Error> {
        self.said(restricted::remove(&self.db, &self.names, is_fact, source, id))
    }

    fn find_fact(&self, source: u16, key: &str) -> Result<Option<Ordinal>, Error> {
        self.said(facts::find(&self.db, &self.names, source, key))
    }

    fn fact(&self, ordinal: Ordinal) -> Result<Option<KeptFact>, Error> {
        self.said(facts::get(&self.db, &self.names, ordinal))
    }

    fn each_fact(&self, each: &mut dyn FnMut(Ordinal, KeptFact)) -> Result<(), Error> {
        self.said(facts::each(&self.db, &self.names, each))
    }

    fn put_fact(&mut self, ordinal: Option<Ordinal>, fact: &KeptFact) -> Result<Ordinal, Error> {
        let state = &mut self.head.get_mut().state;
        let number = ordinal.unwrap_or_else(|| {
            state.fact += 1;
            state.fact
        });
        self.said(facts::put(&self.db, &self.names, number, fact))?;
        Ok(number)
    }

    fn remove_fact(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        self.said(facts::remove(&self.db, ordinal))
    }

    fn keyed(&self, space: Space, key: u64) -> Result<Vec<u32>, Error> {
        let (low, high) = InBlock::of(key);
        let found = self.indexed(|head| head.of(space).between(&self.db, &self.pages, low, high));
        Ok(self.said(found)?.into_iter().map(InBlock::record).collect())
    }

    fn add_keyed(&mut self, space: Space, number: u32, keys: &[u64]) -> Result<(), Error> {
        let index = self.head.get_mut().of_mut(space);
        keys.iter().for_each(|k| index.put(InBlock::new(*k, number, true)));
        Ok(())
    }

    fn remove_keyed(&mut self, space: Space, number: u32, keys: &[u64]) -> Result<(), Error> {
        let index = self.head.get_mut().of_mut(space);
        keys.iter().for_each(|k| index.put(InBlock::new(*k, number, false)));
        Ok(())
    }

    fn standing(&self, person: PersonNumber) -> Result<Option<Standing>, Error> {
        self.said(people::standing(&self.db, person))
    }

    fn put_standing(&mut self, person: PersonNumber, standing: Option<&Standing>) -> Result<(), Error> {
        self.said(people::put_standing(&self.db, person, standing))
    }

    fn blank_events(&mut self, golden_ids: &[String]) -> Result<u64, Error> {
        self.said(feed::blank(&self.db, golden_ids))
    }

    fn scrub(&mut self, keys: &[u64]) -> Result<(), Error> {
        let purged = self.purge(keys);
        if purged.is_err() {
            self.roll_back();
        }
        self.said(purged)?;
        self.sweep()
    }

    fn add_events(&mut self, mut events: Vec<Event>) -> Result<Vec<Event>, Error> {
        for e in &mut events {
            let state = &mut self.head.get_mut().state;
            state.event += 1;
            e.cursor = state.event;
            self.said(feed::add(&self.db, e))?;
        }
        Ok(events)
    }

    fn events(&self, after: u64, most: usize) -> Result<Vec<Event>, Error> {
        self.said(feed::after(&self.db, after, most))
    }

    fn acknowledged(&self, consumer: &str) -> Result<u64, Error> {
        self.said(feed::acknowledged(&self.db, consumer))
    }

    fn acknowledge(&mut self, consumer: &str, cursor: u64) -> Result<(), Error> {
        self.said(feed::acknowledge(&self.db, consumer, cursor))
    }
}
