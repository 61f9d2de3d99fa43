//! Opening a file: its format, its steps forward, who may write.

use super::failure::{Failure, Outcome};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How a file is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long to wait for another program that writes.
    pub wait: Duration,
    /// The largest size of the file in bytes; none for what the disk holds.
    pub most_bytes: Option<u64>,
    /// Memory for pages of the file, in bytes; the index has 128 MB of its own.
    pub cache_bytes: u64,
    /// Entries of the index that are kept in memory before they become a run; few in tests, so that there are runs.
    #[doc(hidden)]
    pub recent_entries: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            wait: Duration::from_secs(5),
            most_bytes: None,
            cache_bytes: 96 << 20,
            recent_entries: 1 << 16,
        }
    }
}

/// `RCU1`: says whose file it is.
pub(super) const APPLICATION: i32 = 0x5243_5531;
/// How keys of the index are made: `hash_bytes` of the core for blocks, XXH3 of 128 bits for counts.
const HASH_SCHEME: &str = "blocks: rcu 2; counts: xxh3-128";

/// What makes a file of format n of one of format n - 1, from an empty one on.
const STEPS: &[&str] = &[include_str!("schema_1.sql")];
/// The format that this build writes.
pub(super) const FORMAT: i32 = STEPS.len() as i32;

const PAGE: u64 = 4096;
/// A connection is used by one thread at a time (it is not `Sync`): SQLite need not lock it at each step.
const ALONE: OpenFlags = OpenFlags::SQLITE_OPEN_NO_MUTEX;

/// Opens a file to write, made when it is not there. The second part is held for as long as the file is open.
pub(super) fn for_writing(path: &Path, options: &Options) -> Outcome<(Connection, File)> {
    let lock = lock(path, options.wait)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | ALONE;
    let db = Connection::open_with_flags(path, flags)?;
    if db.is_readonly("main")? {
        let e = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_READONLY);
        return Err(Failure::Sql(rusqlite::Error::SqliteFailure(e, None)));
    }
    db.busy_timeout(options.wait)?;
    db.pragma_update(None, "page_size", PAGE as i64)?;
    let format = recognise(&db)?;
    // From here on the file is ours.
    for (pragma, value) in [("journal_mode", "WAL"), ("synchronous", "FULL"), ("secure_delete", "ON")] {
        db.pragma_update_and_check(None, pragma, value, |_| Ok(())).or_else(|e| match e {
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            e => Err(e),
        })?;
    }
    tune(&db, options)?;
    // The log is written back at 16 MB, and cut to that size after a large change.
    db.pragma_update(None, "wal_autocheckpoint", 4096)?;
    db.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |_| Ok(()))?;
    if let Some(most) = options.most_bytes {
        db.pragma_update_and_check(None, "max_page_count", (most / PAGE) as i64, |_| Ok(()))?;
    }
    for (i, step) in STEPS.iter().enumerate().skip(format as usize) {
        let number = i + 1;
        db.execute_batch("BEGIN IMMEDIATE")?;
        let done = db.execute_batch(step).and_then(|()| {
            if number == 1 {
                db.execute(
                    "INSERT INTO about VALUES ('hash_scheme', ?1), ('created_by', ?2)",
                    [HASH_SCHEME, concat!("rcu ", env!("CARGO_PKG_VERSION"))],
                )?;
            }
            db.execute_batch(&format!(
                "PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {number}; COMMIT"
            ))
        });
        if let Err(e) = done {
            // Already rolled back when the disk is full.
            drop(db.execute_batch("ROLLBACK"));
            return Err(e.into());
        }
    }
    same_hashes(&db)?;
    Ok((db, lock))
}

/// Opens a file to read, while others may write.
pub(super) fn for_reading(path: &Path, options: &Options) -> Outcome<Connection> {
    let open = |immutable: bool| -> Outcome<(Connection, i32)> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | ALONE;
        let db = match immutable {
            false => Connection::open_with_flags(path, flags)?,
            true => Connection::open_with_flags(uri(path), flags)?,
        };
        db.busy_timeout(options.wait)?;
        let format = recognise(&db)?;
        Ok((db, format))
    };
    let (db, format) = match open(false) {
        // Where nothing can be written, not even next to the file, nobody else writes either.
        Err(e)
            if (e.is(ErrorCode::CannotOpen) || e.is(ErrorCode::ReadOnly))
                && path.exists()
                && !beside(path, "-wal").exists() =>
        {
            open(true)
        }
        opened => opened,
    }?;
    if format < FORMAT {
        return Err(Failure::Said(format!(
            "has format {format}; open it once to write, so that it becomes format {FORMAT}"
        )));
    }
    tune(&db, options)?;
    same_hashes(&db)?;
    Ok(db)
}

pub(super) fn tune(db: &Connection, options: &Options) -> Outcome<()> {
    db.pragma_update(None, "cache_size", -((options.cache_bytes >> 10) as i64))?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    // Statements are planned once, whatever they are asked for.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.set_prepared_statement_cache_capacity(256);
    Ok(())
}

fn uri(path: &Path) -> String {
    let escaped: String = path
        .to_string_lossy()
        .chars()
        .map(|c| match c {
            '?' => "%3f".to_owned(),
            '#' => "%23".to_owned(),
            '%' => "%25".to_owned(),
            c => c.to_string(),
        })
        .collect();
    format!("file:{escaped}?immutable=1")
}

/// The format of a file; 0 for an empty one.
fn recognise(db: &Connection) -> Outcome<i32> {
    let application: i32 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let format: i32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (application, format, tables) {
        (0, 0, 0) => Ok(0),
        (APPLICATION, 1..=FORMAT, _) => Ok(format),
        (APPLICATION, FORMAT.., _) => Err(Failure::Said(format!(
            "has format {format}, which is newer than {FORMAT}, the newest that this version reads; use the version \
             that wrote it, or a newer one"
        ))),
        _ => Err(Failure::Said(
            "is a SQLite file of something else than a repository; name another file".into(),
        )),
    }
}

fn same_hashes(db: &Connection) -> Outcome<()> {
    let scheme: String =
        db.query_row("SELECT value FROM about WHERE name = 'hash_scheme'", [], |row| row.get(0))?;
    match scheme == HASH_SCHEME {
        true => Ok(()),
        false => Err(Failure::Said(format!(
            "makes keys by `{scheme}`, this version by `{HASH_SCHEME}`; use the version that wrote it"
        ))),
    }
}

/// A file next to the repository.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// Says that this program writes, for as long as the file that it gives is held. A lock of its own and not SQLite's:
/// a program keeps what it read of the repository in memory, so another one must not write between its changes. It
/// ends with the program, whatever its end.
pub(super) fn lock(path: &Path, wait: Duration) -> Outcome<File> {
    let place = beside(path, "-lock");
    let cannot = |e: std::io::Error| {
        Failure::Said(match e.kind() {
            std::io::ErrorKind::NotFound => "its folder is not there; make it first".to_owned(),
            _ => format!(
                "cannot be written: `{}` cannot be made ({}); nothing was changed",
                place.display(),
                e.kind()
            ),
        })
    };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&place).map_err(cannot)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if start.elapsed() < wait => sleep(Duration::from_millis(10)),
            Err(TryLockError::WouldBlock) => {
                let seconds = wait.as_secs_f64();
                return Err(Failure::Said(format!(
                    "another program has it open to write and kept it for {seconds} s; try again later, allow a \
                     longer wait, or open it to read"
                )));
            }
            Err(TryLockError::Error(e)) => return Err(cannot(e)),
        }
    }
}
