//! Copies of a repository: a backup while it is in use, and back.

use super::failure::{Failure, Outcome};
use super::{Options, SqliteStore, open};
use rcu_core::Error;
use rcu_core::config::Plan;
use std::fs::{self, File};
use std::path::Path;

impl SqliteStore {
    /// Writes a copy of the state of this moment to a new file, while others may go on to write. It holds what the
    /// repository holds and no trace of what was deleted. It appears whole or not at all.
    ///
    /// # Errors
    /// [`Error::Io`] when the place is taken or cannot be written.
    pub fn backup(&self, to: impl AsRef<Path>) -> Result<(), Error> {
        let to = to.as_ref();
        if to.exists() {
            return Err(Failure::Said("is there already; name a new file".into()).at(to));
        }
        let part = open::beside(to, ".part");
        let written = self.write_copy(&part).and_then(|()| placed(&part, to));
        if written.is_err() {
            drop(fs::remove_file(&part));
        }
        written.map_err(|f| f.at(to))
    }

    fn write_copy(&self, to: &Path) -> Outcome<()> {
        drop(fs::remove_file(to));
        let name = to.to_str().ok_or_else(|| Failure::Said("its name is not text".into()))?;
        self.db.execute("VACUUM INTO ?1", [name])?;
        Ok(())
    }
}

/// Gives a file that is whole its name.
fn placed(part: &Path, to: &Path) -> Outcome<()> {
    let io = |e: std::io::Error| Failure::Said(format!("cannot be written ({})", e.kind()));
    File::open(part).and_then(|f| f.sync_all()).map_err(io)?;
    fs::rename(part, to).map_err(io)?;
    // The name is durable once the folder is; not every system opens folders.
    if let Some(folder) = to.parent()
        && let Ok(folder) = File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
    {
        drop(folder.sync_all());
    }
    Ok(())
}

/// Puts a backup in the place of a repository, once it was read whole and found undamaged. What was there before is
/// replaced; when the backup is damaged nothing is changed.
///
/// # Errors
/// [`Error::Io`] when the backup is not a whole repository of this format, or when the repository is in use.
pub fn restore(
    backup: impl AsRef<Path>,
    to: impl AsRef<Path>,
    plan: &Plan,
    options: &Options,
) -> Result<(), Error> {
    let (backup, to) = (backup.as_ref(), to.as_ref());
    let from = SqliteStore::open_read_only(backup, plan, options.clone())?;
    from.check()?;
    let _lock = open::lock(to, options.wait).map_err(|f| f.at(to))?;
    let part = open::beside(to, ".part");
    let checked = || {
        from.write_copy(&part).map_err(|f| f.at(&part))?;
        SqliteStore::open_read_only(&part, plan, options.clone())?.check()
    };
    let done = checked().and_then(|()| {
        for end in ["-wal", "-shm"] {
            drop(fs::remove_file(open::beside(&part, end)));
            // The log of the file that goes: it must not be read into the one that comes.
            match fs::remove_file(open::beside(to, end)) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Failure::Said(format!("its log cannot be removed ({})", e.kind())).at(to));
                }
                _ => {}
            }
        }
        placed(&part, to).map_err(|f| f.at(to))
    });
    if done.is_err() {
        drop(fs::remove_file(&part));
    }
    done
}
