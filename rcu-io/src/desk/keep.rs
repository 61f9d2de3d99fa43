//! What whoever answers for the repository does: erasure, other rules, copies.

use super::answer::{Copied, Doomed, Erased, Lifted, Migrated, Replaced};
use super::word::{nobody, subject};
use super::{Desk, Opening};
use crate::repo;
use crate::store::SqliteStore;
use rcu_core::Error;
use rcu_core::config::Plan;
use rcu_core::progress::Progress;
use rcu_core::repository::{self, Act, Repository, Subject};
use std::path::Path;

impl Desk {
    /// Who would be erased.
    ///
    /// # Errors
    /// [`Error::Argument`] for nobody; those of the store, here and below.
    pub fn doomed(&mut self, id: &str) -> Result<Doomed, Error> {
        self.see(|r| {
            let person = match subject(id) {
                Subject::Record(record) => r.person_of(&record)?,
                Subject::GoldenId(id) => r.person(&id)?,
            };
            let person = person.ok_or_else(|| nobody("names nobody who is kept"))?;
            let facts = r.facts_of(&person)?.len() as u64;
            Ok(Doomed { golden_id: person.golden_id, records: person.members.len() as u64, facts })
        })
    }

    /// Erases a person, then looks for their values in the bytes of the repository's files.
    ///
    /// # Errors
    /// Those of [`Repository::erase`] and [`repo::scan`].
    pub fn erase(&mut self, id: &str, act: &Act) -> Result<Erased, Error> {
        let files = repo::files_of(self.store());
        let repository = self.writer()?;
        let erasure = repository.erase(&subject(id), act)?;
        let traces = repo::scan(repository, &files, &erasure.values)?;
        Ok(Erased { erasure, traces })
    }

    /// Lifts an erasure, with the reference of the proof that the person came back.
    ///
    /// # Errors
    /// Those of [`Repository::readmit`].
    pub fn readmit(&mut self, erasure: u64, proof: &str, act: &Act) -> Result<Lifted, Error> {
        Ok(Lifted { lifted: self.writer()?.readmit(erasure, proof, act)? })
    }

    /// Opens a repository under other rules than those it was built by, and applies them to everything; a dry run says the
    /// same, changes nothing, and gives no open repository.
    ///
    /// # Errors
    /// Those of [`Desk::open`] and [`Repository::migrate`].
    pub fn migrate(
        plan: Plan,
        opening: Opening,
        act: &Act,
        dry_run: bool,
        progress: &dyn Progress,
    ) -> Result<(Option<Desk>, Migrated), Error> {
        if !opening.store.exists() {
            let place = format!("repository `{}`", opening.store.display());
            return Err(Error::Io { place, reason: "is not there; make one with `rcu repo init`".into() });
        }
        let secret = opening.secret.read(&opening.store)?;
        let store = SqliteStore::open(&opening.store, &plan, opening.options())?;
        let given = plan.clone();
        let (repository, migration) =
            Repository::migrate(plan, store, secret.clone(), act, dry_run, progress)?;
        let migrated = Migrated::of(migration);
        if dry_run {
            return Ok((None, migrated));
        }
        let opening = Opening { read_only: false, ..opening };
        let repository = match &opening.role {
            Some(role) => repository.acting_as(role)?,
            None => repository,
        };
        Ok((
            Some(Desk {
                opening,
                plan: given,
                secret,
                repository: Some(repository),
                seen: Default::default(),
            }),
            migrated,
        ))
    }

    /// Applies other rules to everything that is kept and goes on under them; a dry run says what they would change and
    /// goes on under the old ones.
    ///
    /// # Errors
    /// Those of [`Desk::migrate`]; then the old rules stay.
    pub fn change_rules(
        &mut self,
        plan: Plan,
        act: &Act,
        dry_run: bool,
        progress: &dyn Progress,
    ) -> Result<Migrated, Error> {
        self.writer()?;
        // One at a time has it open to write: this one goes first, and comes back whatever happens.
        self.repository = None;
        match Desk::migrate(plan, self.opening.clone(), act, dry_run, progress) {
            Ok((Some(desk), migrated)) => {
                *self = desk;
                Ok(migrated)
            }
            Ok((None, migrated)) => {
                self.reopen()?;
                Ok(migrated)
            }
            Err(e) => {
                // What is wrong now was not wrong before; the next call says it if it is.
                drop(self.reopen());
                Err(e)
            }
        }
    }

    /// Writes a copy of the state of this moment to a new file, while others may write.
    ///
    /// # Errors
    /// [`Error::Io`] when the place is taken or cannot be written.
    pub fn backup(&mut self, to: &Path) -> Result<Copied, Error> {
        let repository = self.repository()?;
        repository.must_see_all()?;
        repository.store().backup(to)?;
        Ok(Copied { from: self.store().to_owned(), to: to.to_owned() })
    }

    /// Puts a backup in the place of a repository that nobody has open, once it was found undamaged, and erases again
    /// whoever was erased since: those of the repository that it replaces, and those of `lists`.
    ///
    /// # Errors
    /// Those of [`repo::restore`].
    pub fn restore(
        plan: &Plan,
        opening: &Opening,
        from: &Path,
        lists: Vec<repository::Erased>,
        act: &Act,
    ) -> Result<Replaced, Error> {
        let to = &opening.store;
        let secret = || opening.secret.read(to);
        let restored = repo::restore(plan, from, to, lists, secret, &opening.options(), act)?;
        Ok(Replaced { copied: Copied { from: from.to_owned(), to: to.clone() }, restored })
    }
}
