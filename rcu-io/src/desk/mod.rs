//! A repository kept in a file, as callers in any language use it: one call for each thing that is wanted, one plain
//! answer for each call, the same as JSON whoever asks.

mod answer;
mod change;
mod feed;
mod keep;
mod rights;
mod row;
mod see;
mod sink;
mod word;

pub use answer::{
    Copied, Corrected, Counts, Delivered, Done, Doomed, Erased, Exported, Lifted, Loaded, Made, Migrated,
    Pushed, Replaced, Served, Then, Verified,
};
pub use feed::{BackOff, Door, Serving, Stopped, bytes, push};
pub use row::{row_of_json, row_of_text, rows_of_json, search_of_json};
pub use sink::{table_of, texts};
pub use word::{record, reference, subject};

use crate::clock::now;
use crate::repo;
use crate::store::{Options, SqliteStore};
use rcu_core::Error;
use rcu_core::config::Plan;
use rcu_core::repository::{Act, Repository};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the secret of an installation is: it seals the log and makes the keyed hashes of erased people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Secret {
    /// In the file of the repository's name with `.secret`.
    #[default]
    Beside,
    /// In this file.
    File(PathBuf),
    /// These bytes, at least 16.
    Bytes(Vec<u8>),
}

impl Secret {
    /// The file that holds it; none when the caller does.
    pub fn file(&self, store: &Path) -> Option<PathBuf> {
        match self {
            Secret::Beside => Some(repo::secret_file(store)),
            Secret::File(path) => Some(path.clone()),
            Secret::Bytes(_) => None,
        }
    }

    fn read(&self, store: &Path) -> Result<Vec<u8>, Error> {
        match (self, self.file(store)) {
            (_, Some(path)) => repo::read_secret(&path),
            (Secret::Bytes(bytes), _) if bytes.len() >= 16 => Ok(bytes.clone()),
            _ => {
                let reason =
                    "is shorter than 16 bytes; give the one that the repository was made with".into();
                Err(Error::Argument { argument: "secret".into(), reason })
            }
        }
    }
}

/// How a repository is opened.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The file that it is kept in.
    pub store: PathBuf,
    /// Its secret.
    pub secret: Secret,
    /// Makes the file, and the secret's, when the repository is not there.
    pub create: bool,
    /// Only to read, while another program may write. Needs no secret but to know erased people again and to check the
    /// log.
    pub read_only: bool,
    /// How long to wait for another program that writes.
    pub wait: Duration,
    /// The role as which it is used: what it may not do is refused, what it may not see is left out.
    pub role: Option<String>,
}

impl Opening {
    /// To write, with the secret beside the file.
    pub fn of(store: impl Into<PathBuf>) -> Opening {
        let (secret, wait) = (Secret::default(), Options::default().wait);
        Opening { store: store.into(), secret, create: false, read_only: false, wait, role: None }
    }

    fn options(&self) -> Options {
        Options { wait: self.wait, ..Options::default() }
    }
}

/// Who does something and why, now by this machine's clock.
pub fn act(by: impl Into<String>, reason: impl Into<String>) -> Act {
    Act { at: now(), by: by.into(), reason: reason.into() }
}

/// An open repository. One program at a time may have it open to write; any number read meanwhile, each call the state
/// after some change.
#[derive(Debug)]
pub struct Desk {
    opening: Opening,
    /// The plan that was given; the repository may be kept for another day.
    plan: Plan,
    secret: Vec<u8>,
    /// None when it could not be opened again.
    repository: Option<Repository<SqliteStore>>,
    /// For a reader: what `repository` keeps in memory.
    seen: [Option<String>; 3],
}

impl Desk {
    /// Opens a repository.
    ///
    /// # Errors
    /// [`Error::Io`] when it is not there and is not to be made, when another program writes for longer than `wait`, for a
    /// damaged or foreign file, for a secret that is not there; [`Error::Argument`] for a plan with other rules than those
    /// that it was built by ([`Desk::migrate`]).
    pub fn open(plan: Plan, opening: Opening) -> Result<Desk, Error> {
        if !opening.store.exists() {
            if !opening.create || opening.read_only {
                let place = format!("repository `{}`", opening.store.display());
                let reason = "is not there; make one with `rcu repo init`, or open it with `create`".into();
                return Err(Error::Io { place, reason });
            }
            if let Some(file) = opening.secret.file(&opening.store) {
                repo::make_secret(&file)?;
            }
        }
        let secret = match (opening.secret.read(&opening.store), opening.read_only) {
            (Ok(secret), _) => secret,
            (Err(_), true) => Vec::new(),
            (Err(e), false) => return Err(e),
        };
        let mut desk = Desk { opening, plan, secret, repository: None, seen: Default::default() };
        desk.reopen()?;
        Ok(desk)
    }

    /// The file that the repository is kept in.
    pub fn store(&self) -> &Path {
        &self.opening.store
    }

    /// Whether it is open to read only.
    pub fn is_read_only(&self) -> bool {
        self.opening.read_only
    }

    /// The plan: sources, fields, roles, subscribers.
    pub fn plan(&self) -> &Plan {
        self.repository.as_ref().map_or(&self.plan, Repository::plan)
    }

    /// The repository itself, for what has no call of its own here.
    ///
    /// # Errors
    /// Those of [`Desk::open`], when it had to be opened again.
    pub fn repository(&mut self) -> Result<&Repository<SqliteStore>, Error> {
        self.freshen()?;
        self.repository.as_ref().ok_or_else(closed)
    }

    /// The repository itself, to change it.
    ///
    /// # Errors
    /// [`Error::Argument`] when it is open to read only.
    pub fn writer(&mut self) -> Result<&mut Repository<SqliteStore>, Error> {
        if self.opening.read_only {
            let reason =
                "is open to read only, and this writes, be it that someone was read; open it to write";
            return Err(Error::Argument { argument: "repository".into(), reason: reason.into() });
        }
        self.freshen()?;
        self.repository.as_mut().ok_or_else(closed)
    }

    /// Gives the file back, and forgets a change that was not kept; the next call opens it again.
    pub fn let_go(&mut self) {
        self.repository = None;
    }

    /// Reads the state after one and the same change.
    fn see<T>(&mut self, see: impl FnOnce(&Repository<SqliteStore>) -> Result<T, Error>) -> Result<T, Error> {
        let mut see = Some(see);
        loop {
            self.freshen()?;
            let repository = self.repository.as_ref().ok_or_else(closed)?;
            let done = repository.store().snapshot(|store| {
                // Another program may have written since.
                if store.is_read_only() && Repository::standpoint(store)? != self.seen {
                    return Ok(None);
                }
                see.take().map(|see| see(repository)).transpose()
            })?;
            if let Some(done) = done {
                return Ok(done);
            }
        }
    }

    /// For a reader: takes up what another program decided since, decisions, locks, the day. Opens again what could not be
    /// opened.
    fn freshen(&mut self) -> Result<(), Error> {
        let Some(repository) = &self.repository else { return self.reopen() };
        if !self.opening.read_only || Repository::standpoint(repository.store())? == self.seen {
            return Ok(());
        }
        if let Some(repository) = self.repository.take() {
            let store = repository.into_store();
            self.take(store)?;
        }
        Ok(())
    }

    fn reopen(&mut self) -> Result<(), Error> {
        let (file, options) = (&self.opening.store, self.opening.options());
        let store = match self.opening.read_only {
            true => SqliteStore::open_read_only(file, &self.plan, options)?,
            false => SqliteStore::open(file, &self.plan, options)?,
        };
        self.take(store)
    }

    fn take(&mut self, store: SqliteStore) -> Result<(), Error> {
        self.seen = Repository::standpoint(&store)?;
        let repository = match self.secret.is_empty() {
            true => Repository::open(self.plan.clone(), store)?,
            false => Repository::open_with(self.plan.clone(), store, self.secret.clone())?,
        };
        self.repository = Some(match &self.opening.role {
            Some(role) => repository.acting_as(role)?,
            None => repository,
        });
        Ok(())
    }
}

fn closed() -> Error {
    Error::Argument { argument: "repository".into(), reason: "is closed; open it again".into() }
}
