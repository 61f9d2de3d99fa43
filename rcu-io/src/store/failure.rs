//! What went wrong with the file, in words that say what to do. No message of SQLite is passed on: it might hold a
//! value.

use rcu_core::Error;
use rusqlite::ErrorCode;
use std::path::Path;

/// What a part of the store could not do.
#[derive(Debug)]
pub(super) enum Failure {
    /// SQLite said so.
    Sql(rusqlite::Error),
    /// Something in the file is not what was written.
    Damaged(&'static str),
    /// Anything else, in words.
    Said(String),
}

pub(super) type Outcome<T> = Result<T, Failure>;

impl From<rusqlite::Error> for Failure {
    fn from(e: rusqlite::Error) -> Failure {
        Failure::Sql(e)
    }
}

impl Failure {
    /// The error for the caller.
    pub fn at(self, path: &Path) -> Error {
        let reason = match self {
            Failure::Said(reason) => reason,
            Failure::Damaged(what) => damaged(what),
            Failure::Sql(e) => match e.sqlite_error_code() {
                Some(code) => words(code),
                // A column of another type than the one that was written, or a row that is not there.
                None => damaged("a row"),
            },
        };
        Error::Io { place: format!("repository `{}`", path.display()), reason }
    }

    pub fn is(&self, code: ErrorCode) -> bool {
        matches!(self, Failure::Sql(e) if e.sqlite_error_code() == Some(code))
    }
}

fn damaged(what: &str) -> String {
    format!(
        "the file is damaged ({what}); restore the last backup into a new file, and keep this one for inspection"
    )
}

fn words(code: ErrorCode) -> String {
    match code {
        ErrorCode::DatabaseCorrupt => damaged("a page"),
        ErrorCode::NotADatabase => {
            "is not a repository file, or its first page is damaged; check the path, or restore \
             the last backup"
                .into()
        }
        ErrorCode::DiskFull => {
            "the disk is full, or the file has the largest size that is allowed; nothing of the \
             change was kept: make room and apply it again"
                .into()
        }
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied => {
            "cannot be written: the file, its folder or the opening is read-only; nothing was changed".into()
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            "another program is writing to it; try again, or allow a longer wait".into()
        }
        ErrorCode::SystemIoFailure => {
            "the disk could not be read or written; nothing of the change was kept: check \
             the disk, then `check` the file"
                .into()
        }
        ErrorCode::CannotOpen => {
            "cannot be opened: the file or its folder is missing or not accessible".into()
        }
        ErrorCode::OutOfMemory => "there is not enough memory".into(),
        ErrorCode::TooBig => "a row is too large".into(),
        code => format!("the store failed ({code:?}); nothing of the change was kept"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_to_do_and_nothing_of_the_rows() {
        let db = rusqlite::Connection::open_in_memory().unwrap();
        db.execute_batch("CREATE TABLE t (a TEXT CHECK (a <> 'DUPONT'))").unwrap();
        let e = db.execute("INSERT INTO t VALUES ('DUPONT')", []).unwrap_err();
        let text = Failure::Sql(e).at(Path::new("rcu.db")).to_string();
        assert!(text.starts_with("repository `rcu.db`: the store failed"), "{text}");
        assert!(!text.contains("DUPONT"));
    }
}
