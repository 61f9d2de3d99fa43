//! A repository in a file with its secret, and what an erasure leaves to do outside of the library: looking for the
//! values in the bytes of files.

use crate::store::{Options, SqliteStore};
use aho_corasick::AhoCorasick;
use rcu_core::Error;
use rcu_core::config::Plan;
use rcu_core::repository::{Act, Erased, Replayed, Repository, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes of a new secret.
const SECRET_BYTES: usize = 32;

/// The secret file of a repository when none is named. Keep backups of the two apart.
pub fn secret_file(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".secret");
    PathBuf::from(name)
}

/// Makes a secret of the system's randomness, readable by its owner only. A file that is there stays as it is.
///
/// # Errors
/// [`Error::Io`] when it cannot be written.
pub fn make_secret(path: &Path) -> Result<(), Error> {
    if path.exists() {
        return Ok(());
    }
    let io = |e: std::io::Error| Error::Io {
        place: format!("secret `{}`", path.display()),
        reason: e.to_string(),
    };
    let mut bytes = [0u8; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|e| Error::Io {
        place: format!("secret `{}`", path.display()),
        reason: format!("no randomness: {e}"),
    })?;
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(io)?;
    let text: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io)
}

/// Reads a secret.
///
/// # Errors
/// [`Error::Io`] when it is not there or too short to keep anything secret.
pub fn read_secret(path: &Path) -> Result<Vec<u8>, Error> {
    let fail = |reason: String| Error::Io { place: format!("secret `{}`", path.display()), reason };
    let text = std::fs::read(path).map_err(|e| fail(e.to_string()))?;
    let secret = text.trim_ascii().to_vec();
    match secret.len() {
        0..16 => {
            Err(fail("is shorter than 16 bytes; restore the one that the repository was made with".into()))
        }
        _ => Ok(secret),
    }
}

/// Opens the repository in a file, to write.
///
/// # Errors
/// Those of [`SqliteStore::open`] and [`Repository::open`].
pub fn open(
    plan: Plan,
    store: &Path,
    secret: Vec<u8>,
    options: Options,
) -> Result<Repository<SqliteStore>, Error> {
    let store = SqliteStore::open(store, &plan, options)?;
    Repository::open_with(plan, store, secret)
}

/// Opens the repository in a file to read, while another program may write to it.
///
/// # Errors
/// Those of [`SqliteStore::open_read_only`] and [`Repository::open`].
pub fn open_read_only(plan: Plan, store: &Path, options: Options) -> Result<Repository<SqliteStore>, Error> {
    let store = SqliteStore::open_read_only(store, &plan, options)?;
    Repository::open(plan, store)
}

/// Writes a list of erased people, readable by its owner only, whole or not at all.
///
/// # Errors
/// [`Error::Io`] when it cannot be written.
pub fn write_erased(path: &Path, list: &Erased) -> Result<(), Error> {
    let io = |e: std::io::Error| Error::Io {
        place: format!("list of erasures `{}`", path.display()),
        reason: e.to_string(),
    };
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let json = serde_json::to_string(list).unwrap_or_default();
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&part).and_then(|mut file| {
        file.write_all((json + "\n").as_bytes())?;
        file.sync_all()
    });
    written.and_then(|()| std::fs::rename(&part, path)).map_err(io)
}

/// Reads a list of erased people.
///
/// # Errors
/// [`Error::Io`] when it is not there or is something else.
pub fn read_erased(path: &Path) -> Result<Erased, Error> {
    let fail = |reason: String| Error::Io { place: format!("list of erasures `{}`", path.display()), reason };
    let text = std::fs::read_to_string(path).map_err(|e| fail(e.to_string()))?;
    serde_json::from_str(&text).map_err(|_| fail("is no list that `rcu repo erasures` wrote".into()))
}

/// What a restore did about people who were erased since the backup.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Restored {
    /// What each list of erasures did.
    pub replayed: Vec<Replayed>,
    /// Why the repository that was replaced could not be asked whom it erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
}

/// Puts a backup in the place of a repository and erases again whoever was erased since: those of the repository that it
/// replaces, as far as that can be read, and those of `lists`.
///
/// # Errors
/// Those of [`crate::store::restore`]; with somebody to erase those of [`open`] and [`Repository::replay`]. When the
/// backup was made by other rules than the plan's, or with another secret, nothing is replaced.
pub fn restore(
    plan: &Plan,
    from: &Path,
    to: &Path,
    mut lists: Vec<Erased>,
    secret: impl FnOnce() -> Result<Vec<u8>, Error>,
    options: &Options,
    act: &Act,
) -> Result<Restored, Error> {
    let mut restored = Restored::default();
    if to.exists() {
        let read = SqliteStore::open_read_only(to, plan, options.clone()).and_then(|s| Erased::of(&s));
        restored.unread = read.as_ref().err().map(ToString::to_string);
        lists.extend(read.ok());
    }
    lists.retain(|list| !list.tombstones.is_empty());
    if lists.is_empty() {
        crate::store::restore(from, to, plan, options)?;
        return Ok(restored);
    }
    let secret = secret()?;
    // What could not be erased again must not come back.
    open_read_only(plan.clone(), from, options.clone())?.with_secret(secret.clone()).broken_log()?;
    crate::store::restore(from, to, plan, options)?;
    let mut repository = open(plan.clone(), to, secret, options.clone())?;
    for list in &lists {
        restored.replayed.push(repository.replay(list, act)?);
    }
    Ok(restored)
}

/// What was found of erased values in the bytes of files.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Traces {
    /// Values looked for: those of four bytes and more.
    pub values: usize,
    /// Bytes looked at, by file.
    pub bytes: BTreeMap<String, u64>,
    /// Values that are there, since other people's rows hold them too.
    pub of_others: usize,
    /// Values that are there and nobody's: what the erasure left.
    pub left: usize,
}

/// Values shorter than this are found everywhere and say nothing.
const SHORTEST: usize = 4;

/// Looks for values in the bytes of files, as they are and as JSON writes them. A value that a kept row holds is its own.
///
/// # Errors
/// [`Error::Io`] when a file cannot be read; those of the store.
pub fn scan<S: Store>(
    repository: &Repository<S>,
    files: &[PathBuf],
    values: &BTreeSet<String>,
) -> Result<Traces, Error> {
    let mut patterns: Vec<(String, &str)> = Vec::new();
    for value in values.iter().filter(|v| v.trim().len() >= SHORTEST) {
        patterns.push((value.clone(), value));
        let json = serde_json::Value::from(value.as_str()).to_string();
        let inner = json.trim_matches('"').to_owned();
        if inner != *value {
            patterns.push((inner, value));
        }
    }
    let fail = |e: String| Error::Argument { argument: "values".into(), reason: e };
    let finder = AhoCorasick::new(patterns.iter().map(|(p, _)| p)).map_err(|e| fail(e.to_string()))?;
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut traces =
        Traces { values: values.iter().filter(|v| v.trim().len() >= SHORTEST).count(), ..Traces::default() };
    for path in files.iter().filter(|p| p.exists()) {
        let io = |e: std::io::Error| Error::Io {
            place: format!("file `{}`", path.display()),
            reason: e.to_string(),
        };
        let file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        let reader = std::io::BufReader::with_capacity(1 << 20, file.take(length));
        let mut beside = File::open(path).map_err(io)?;
        for hit in finder.stream_find_iter(reader) {
            let hit = hit.map_err(io)?;
            let (pattern, value) = &patterns[hit.pattern().as_usize()];
            if found.contains(value) {
                continue;
            }
            let digits = pattern.bytes().all(|b| b.is_ascii_digit());
            if !digits || !within_number(&mut beside, hit.start() as u64, pattern.len()).map_err(io)? {
                found.insert(value);
            }
        }
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        traces.bytes.insert(name, length);
    }
    if found.is_empty() {
        return Ok(traces);
    }
    let mut of_others: BTreeSet<String> = BTreeSet::new();
    let holds = |text: &str, of_others: &mut BTreeSet<String>| {
        for value in found.iter().filter(|v| text.contains(**v)) {
            if !of_others.contains(*value) {
                of_others.insert((*value).to_owned());
            }
        }
    };
    let store = repository.store();
    store.each_record(&mut |_, k| {
        holds(&k.record.id, &mut of_others);
        k.record.values.iter().for_each(|v| holds(&v.text, &mut of_others));
        k.cells.iter().for_each(|(name, text)| {
            holds(name, &mut of_others);
            holds(text, &mut of_others);
        });
    })?;
    store.each_fact(&mut |_, f| {
        holds(&f.id, &mut of_others);
        f.cells.iter().for_each(|(_, text)| holds(text, &mut of_others));
    })?;
    store.each_aside(&mut |a| {
        holds(&a.id, &mut of_others);
        a.cells.iter().for_each(|(_, text)| holds(text, &mut of_others));
    })?;
    // Words of the rules and of the file's own structure are nobody's values.
    let rules = serde_json::to_string(&repository.plan().config).unwrap_or_default();
    holds(&rules, &mut of_others);
    traces.of_others = of_others.len();
    traces.left = found.len() - of_others.len();
    Ok(traces)
}

/// Digits of a number that JSON may hold beyond those that were found: hashes of the repository have twenty.
const AROUND: u64 = 24;

/// Whether digits that were found at a place are a part of a longer number, as JSON writes it: the same digits by chance.
/// Digits that merely touch others, as cells of a row do in SQLite's pages, are not.
fn within_number(file: &mut (impl Read + Seek), at: u64, length: usize) -> std::io::Result<bool> {
    let from = at.saturating_sub(AROUND);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(at - from + length as u64 + AROUND).read_to_end(&mut bytes)?;
    let (before, rest) = bytes.split_at(((at - from) as usize).min(bytes.len()));
    let after = rest.get(length..).unwrap_or(&[]);
    let digits_before = before.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let digits_after = after.iter().take_while(|b| b.is_ascii_digit()).count();
    let opens = before.iter().rev().nth(digits_before).is_some_and(|b| b"[,:".contains(b));
    let closes = after.get(digits_after).is_some_and(|b| b"],}".contains(b));
    Ok(digits_before + digits_after > 0 && opens && closes)
}

/// The files that a repository is made of on the disk.
pub fn files_of(store: &Path) -> Vec<PathBuf> {
    ["", "-wal", "-shm"]
        .iter()
        .map(|end| {
            let mut name = store.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn digits_inside_a_number_are_not_the_value_and_digits_beside_others_are() {
        let within = |text: &str| {
            let at = text.find("87480").unwrap() as u64;
            within_number(&mut Cursor::new(text.as_bytes()), at, 5).unwrap()
        };
        assert!(within(r#"{"last_names":[8187480700258392108],"x":1}"#));
        assert!(within(r#"{"address":1874807,"y":2}"#));
        assert!(!within(r#"{"cp":"87480"}"#));
        assert!(!within(r#"{"cp":87480}"#));
        assert!(!within("8748012 RUE DE LA PAIX"), "cells of a row touch each other");
        assert!(!within("Limoges8748006"));
        assert!(!within("1234567890123456789012345678901234567890187480999,"), "too long for a number");
    }
}
