//! What is read of what is kept.

use super::Desk;
use super::answer::{Exported, Then, Verified};
use super::word::{nobody, subject};
use crate::write;
use rcu_core::Error;
use rcu_core::ingest::Input;
use rcu_core::matching::ruling::Ruling;
use rcu_core::output::OutTable;
use rcu_core::repository::{Act, Entry, Event, Foresight, Found, History, Search, Store, Subject};
use rcu_core::survivorship::Lock;
use rcu_core::time::Day;
use rcu_core::view360::{View360, view_for_purpose};
use std::path::Path;

impl Desk {
    /// People by whatever is known of them, best first, as a role sees them; none for everything in clear.
    ///
    /// # Errors
    /// [`Error::Argument`] for a search for nothing and for an unknown role or purpose; those of the store, here and below.
    pub fn search(&mut self, search: &Search, role: Option<&str>) -> Result<Found, Error> {
        self.see(|r| r.search(search, role))
    }

    /// What an upsert of one row would do, as it is told for a purpose. Nothing is written.
    ///
    /// # Errors
    /// Those of [`rcu_core::repository::Repository::match_one_for`].
    pub fn match_one(&mut self, row: &Input, purpose: Option<&str>) -> Result<Foresight, Error> {
        self.see(|r| r.match_one_for(row, purpose))
    }

    /// Everything known of one person, found by a golden id or a record, `SOURCE:ID`, as a role sees it that reads for a
    /// purpose, or for those that it works for. The log says that it was read, and for what.
    ///
    /// # Errors
    /// [`Error::Argument`] for nobody, an unknown role or purpose, a repository open to read only.
    pub fn view360(
        &mut self,
        id: &str,
        role: &str,
        purpose: Option<&str>,
        act: &Act,
    ) -> Result<View360, Error> {
        let repository = self.writer()?;
        let unseen = || nobody("names nobody who is kept, or nobody whom the role sees for that purpose");
        let view = view_for_purpose(repository, id, role, purpose)?.ok_or_else(unseen)?;
        repository.note_read(&view.golden_id, role, view.purpose.as_deref(), act)?;
        Ok(view)
    }

    /// What became of a golden id, or of the one that a record, `SOURCE:ID`, has today.
    ///
    /// # Errors
    /// [`Error::Argument`] when it was never given.
    pub fn history(&mut self, id: &str) -> Result<History, Error> {
        self.see(|r| {
            // Identifiers of records, of whatever brand.
            r.must_see_all()?;
            let nobody = || nobody("was never given");
            let golden_id = match subject(id) {
                Subject::Record(record) => r.person_of(&record)?.map(|p| p.golden_id).ok_or_else(nobody)?,
                Subject::GoldenId(id) => id,
            };
            r.history(&golden_id)?.ok_or_else(nobody)
        })
    }

    /// Who a record was, or which records a golden id had, at the end of a day.
    ///
    /// # Errors
    /// [`Error::UnknownSource`].
    pub fn records_at(&mut self, id: &str, day: Day) -> Result<Then, Error> {
        self.see(|r| {
            let end = r.plan().zone.instant(day, 86_400) - 1;
            let golden_id = match subject(id) {
                Subject::Record(record) => r.golden_id_at(&record, end)?,
                Subject::GoldenId(id) => Some(id),
            };
            let records = golden_id.as_deref().map_or(Ok(Vec::new()), |id| r.records_at(id, end))?;
            Ok(Then { at: day.to_string(), golden_id, records })
        })
    }

    /// Entries of the feed that a consumer has not acknowledged, oldest first, at most so many.
    ///
    /// # Errors
    /// Those of the store.
    pub fn changes(&mut self, consumer: &str, most: usize) -> Result<Vec<Event>, Error> {
        self.see(|r| r.changes(consumer, most))
    }

    /// Says that a consumer, or a subscriber, has everything up to a cursor.
    ///
    /// # Errors
    /// [`Error::Argument`] for a cursor that the feed has not reached.
    pub fn acknowledge(&mut self, consumer: &str, cursor: u64) -> Result<(), Error> {
        self.writer()?.acknowledge(consumer, cursor)
    }

    /// Decisions of stewards that stand.
    ///
    /// # Errors
    /// Those of the store.
    pub fn decisions(&mut self) -> Result<Vec<Ruling>, Error> {
        self.see(|r| Ok(r.decisions().cloned().collect()))
    }

    /// Values that stewards pinned, ignored or cleared.
    ///
    /// # Errors
    /// Those of the store.
    pub fn locks(&mut self) -> Result<Vec<Lock>, Error> {
        self.see(|r| r.store().locks())
    }

    /// Entries of the log from a number on, in order, at most so many.
    ///
    /// # Errors
    /// Those of the store.
    pub fn log(&mut self, from: u64, most: usize) -> Result<Vec<Entry>, Error> {
        self.see(|r| r.log(from, most))
    }

    /// Builds everything anew from the kept rows and compares; checks the log and the file.
    ///
    /// # Errors
    /// [`Error::Io`] for a damaged file, and when the secret that the log is checked with is not there.
    pub fn verify(&mut self) -> Result<Verified, Error> {
        self.opening.secret.read(&self.opening.store)?;
        self.see(|r| {
            r.store().check()?;
            let v = r.verify()?;
            let broken_log = r.broken_log()?;
            let clean = v.is_clean() && broken_log.is_none();
            let (records, people, links, facts) = (v.records, v.people, v.links, v.facts);
            let (aside, findings) = (v.aside, v.findings);
            Ok(Verified { records, people, links, facts, aside, clean, broken_log, findings })
        })
    }

    /// The tables `golden`, one row per person, and `crosswalk`, one row per record. The log says that they were handed
    /// out.
    ///
    /// # Errors
    /// [`Error::Argument`] for a repository open to read only.
    pub fn tables(&mut self, act: &Act) -> Result<[OutTable; 2], Error> {
        let repository = self.writer()?;
        let tables = repository.tables()?;
        repository.note_export("golden, crosswalk", act)?;
        Ok(tables)
    }

    /// Writes these tables as Parquet into a folder, which is made when it is not there.
    ///
    /// # Errors
    /// [`Error::Io`] when a file cannot be written; those of [`Desk::tables`].
    pub fn export(&mut self, folder: &Path, act: &Act) -> Result<Exported, Error> {
        let io = |e: std::io::Error| Error::Io {
            place: format!("folder `{}`", folder.display()),
            reason: e.to_string(),
        };
        std::fs::create_dir_all(folder).map_err(io)?;
        let mut exported = Exported { files: Default::default(), folder: folder.to_owned() };
        for table in &self.tables(act)? {
            write::write_parquet(table, folder)?;
            exported.files.insert(format!("{}.parquet", table.name), table.rows() as u64);
        }
        Ok(exported)
    }
}
