//! What is kept of the repository as a whole: the log, locks, tombstones, small things, counts whose values are listed.

use super::failure::{Failure, Outcome};
use super::feed::whole;
use super::row;
use rcu_core::repository::{Counted, Entry, Tombstone};
use rcu_core::survivorship::Lock;
use rusqlite::{Connection, OptionalExtension, Params, params};
use serde::de::DeserializeOwned;

/// JSON bodies of some rows.
fn bodies<T: DeserializeOwned>(db: &Connection, sql: &str, of: impl Params) -> Outcome<Vec<T>> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(of)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(row::parse(&row.get::<_, String>(0)?)?);
    }
    Ok(all)
}

pub(super) fn add_entry(db: &Connection, e: &Entry) -> Outcome<()> {
    db.prepare_cached("INSERT INTO log (number, at, change, body) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![e.number as i64, e.act.at, e.change as i64, row::json(e)])?;
    Ok(())
}

pub(super) fn replace_entry(db: &Connection, e: &Entry) -> Outcome<()> {
    db.prepare_cached("UPDATE log SET body = ?2 WHERE number = ?1")?
        .execute(params![e.number as i64, row::json(e)])?;
    Ok(())
}

pub(super) fn entries(db: &Connection, from: u64, most: usize) -> Outcome<Vec<Entry>> {
    let sql = "SELECT body FROM log WHERE number >= ?1 ORDER BY number LIMIT ?2";
    bodies(db, sql, [whole(from), whole(most as u64)])
}

pub(super) fn entry_at(db: &Connection, at: i64) -> Outcome<Option<Entry>> {
    let sql = "SELECT body FROM log WHERE at <= ?1 ORDER BY at DESC, number DESC LIMIT 1";
    Ok(bodies(db, sql, [at])?.pop())
}

pub(super) fn entry_of(db: &Connection, change: u64) -> Outcome<Option<Entry>> {
    let sql = "SELECT body FROM log WHERE change = ?1 ORDER BY number LIMIT 1";
    Ok(bodies(db, sql, [whole(change)])?.pop())
}

pub(super) fn meta(db: &Connection, name: &str) -> Outcome<Option<String>> {
    let mut statement = db.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

pub(super) fn put_meta(db: &Connection, name: &str, value: &str) -> Outcome<()> {
    db.prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?.execute([name, value])?;
    Ok(())
}

pub(super) fn tombstone(db: &Connection, hash: &[u8; 32]) -> Outcome<Option<Tombstone>> {
    Ok(bodies(db, "SELECT body FROM tombstone WHERE hash = ?1", [&hash[..]])?.pop())
}

pub(super) fn each_tombstone(db: &Connection, each: &mut dyn FnMut([u8; 32], Tombstone)) -> Outcome<()> {
    let mut statement = db.prepare("SELECT hash, body FROM tombstone")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let hash: Vec<u8> = row.get(0)?;
        let hash = <[u8; 32]>::try_from(hash).map_err(|_| Failure::Damaged("a tombstone"))?;
        each(hash, row::parse(&row.get::<_, String>(1)?)?);
    }
    Ok(())
}

pub(super) fn put_tombstone(db: &Connection, hash: &[u8; 32], tombstone: &Tombstone) -> Outcome<()> {
    db.prepare_cached("INSERT OR REPLACE INTO tombstone (hash, erasure, body) VALUES (?1, ?2, ?3)")?
        .execute(params![&hash[..], whole(tombstone.erasure), row::json(tombstone)])?;
    Ok(())
}

pub(super) fn lift_tombstones(db: &Connection, erasure: u64) -> Outcome<u64> {
    let gone = db.prepare_cached("DELETE FROM tombstone WHERE erasure = ?1")?.execute([whole(erasure)])?;
    Ok(gone as u64)
}

pub(super) fn locks(db: &Connection) -> Outcome<Vec<Lock>> {
    bodies(db, "SELECT body FROM lock ORDER BY lock", [])
}

pub(super) fn put_lock(db: &Connection, lock: &Lock) -> Outcome<()> {
    remove_lock(db, lock)?;
    db.prepare_cached("INSERT INTO lock (body) VALUES (?1)")?.execute([row::json(lock)])?;
    Ok(())
}

pub(super) fn remove_lock(db: &Connection, lock: &Lock) -> Outcome<()> {
    let key = |l: &Lock| {
        (l.source.clone(), l.record_id.clone(), l.field.clone(), row::json(&l.kind), l.value.clone())
    };
    let mut gone = Vec::new();
    {
        let mut statement = db.prepare_cached("SELECT lock, body FROM lock")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if key(&row::parse(&row.get::<_, String>(1)?)?) == key(lock) {
                gone.push(row.get::<_, i64>(0)?);
            }
        }
    }
    for number in gone {
        db.prepare_cached("DELETE FROM lock WHERE lock = ?1")?.execute([number])?;
    }
    Ok(())
}

/// The number of a kind of count that is kept in a table: of few names, and grown large.
pub(super) fn listed(counted: Counted) -> Option<i64> {
    match counted {
        Counted::Rows => Some(2),
        Counted::Lines => Some(3),
        _ => None,
    }
}

pub(super) fn tally(db: &Connection, kind: i64, value: &str) -> Outcome<u64> {
    let mut statement = db.prepare_cached("SELECT n FROM tally WHERE kind = ?1 AND value = ?2")?;
    Ok(statement.query_row(params![kind, value], |row| row.get::<_, i64>(0)).optional()?.unwrap_or(0) as u64)
}

pub(super) fn put_tally(db: &Connection, kind: i64, value: &str, n: u64) -> Outcome<()> {
    match n {
        0 => db
            .prepare_cached("DELETE FROM tally WHERE kind = ?1 AND value = ?2")?
            .execute(params![kind, value])?,
        n => db
            .prepare_cached("INSERT OR REPLACE INTO tally (kind, value, n) VALUES (?1, ?2, ?3)")?
            .execute(params![kind, value, whole(n)])?,
    };
    Ok(())
}
