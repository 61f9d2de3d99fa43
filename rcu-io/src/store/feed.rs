//! The feed, how far its consumers have it, and decisions of stewards.

use super::failure::{Failure, Outcome};
use super::row;
use rcu_core::matching::ruling::{Answer, RecordRef, Ruling};
use rcu_core::repository::Event;
use rcu_core::time::Day;
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) fn add(db: &Connection, e: &Event) -> Outcome<()> {
    let (kind, body) = (row::json(&e.kind), row::json(e));
    let seal = row::seal(&[e.cursor as i64, e.change as i64], &[&body]);
    db.prepare_cached(
        "INSERT OR REPLACE INTO event (cursor, change, kind, golden_id, body, seal) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![e.cursor as i64, e.change as i64, kind.trim_matches('"'), e.golden_id, body, seal])?;
    Ok(())
}

pub(super) fn after(db: &Connection, cursor: u64, most: usize) -> Outcome<Vec<Event>> {
    let mut statement = db.prepare_cached(
        "SELECT cursor, change, body, seal FROM event WHERE cursor > ?1 ORDER BY cursor LIMIT ?2",
    )?;
    let mut rows = statement.query([whole(cursor), whole(most as u64)])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(read(row)?);
    }
    Ok(events)
}

/// A number as SQLite has it; the largest stands for all beyond.
pub(super) fn whole(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn read(row: &Row) -> Outcome<Event> {
    let damaged = Failure::Damaged("the feed");
    let Some(body) = row.get_ref(2)?.as_str().ok() else { return Err(damaged) };
    match row.get::<_, i64>(3)? == row::seal(&[row.get(0)?, row.get(1)?], &[body]) {
        true => row::parse(body),
        false => Err(damaged),
    }
}

/// Takes the values out of every entry on these people. Says how many there were.
pub(super) fn blank(db: &Connection, golden_ids: &[String]) -> Outcome<u64> {
    let mut entries: Vec<Event> = Vec::new();
    {
        // One walk for all: there is no index for what is rare.
        let mut statement = db.prepare_cached("SELECT cursor, change, body, seal, golden_id FROM event")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let about = row.get_ref(4)?.as_str().unwrap_or_default();
            if golden_ids.iter().any(|id| id == about) {
                entries.push(read(row)?);
            }
        }
    }
    for e in &mut entries {
        e.values.clear();
        e.figures.clear();
        e.consents.clear();
        e.household = None;
        add(db, e)?;
    }
    Ok(entries.len() as u64)
}

pub(super) fn acknowledged(db: &Connection, consumer: &str) -> Outcome<u64> {
    let mut statement = db.prepare_cached("SELECT cursor FROM consumer WHERE consumer = ?1")?;
    Ok(statement.query_row([consumer], |row| row.get::<_, i64>(0)).optional()?.unwrap_or(0) as u64)
}

pub(super) fn acknowledge(db: &Connection, consumer: &str, cursor: u64) -> Outcome<()> {
    db.prepare_cached("INSERT OR REPLACE INTO consumer (consumer, cursor) VALUES (?1, ?2)")?
        .execute(params![consumer, cursor as i64])?;
    Ok(())
}

pub(super) fn rulings(db: &Connection) -> Outcome<Vec<Ruling>> {
    let mut statement = db.prepare_cached(
        "SELECT source_a, record_id_a, source_b, record_id_b, decision, date, author, comment, seal FROM ruling \
         ORDER BY source_a, record_id_a, source_b, record_id_b",
    )?;
    let mut rows = statement.query([])?;
    let mut rulings = Vec::new();
    while let Some(row) = rows.next()? {
        let answer: String = row.get(4)?;
        let ruling = Ruling {
            a: RecordRef { source: row.get(0)?, record_id: row.get(1)? },
            b: RecordRef { source: row.get(2)?, record_id: row.get(3)? },
            answer: Answer::from_name(&answer).ok_or(Failure::Damaged("a decision"))?,
            date: row.get::<_, Option<i32>>(5)?.map(Day),
            author: row.get(6)?,
            comment: row.get(7)?,
        };
        if row.get::<_, i64>(8)? != seal_of(&ruling) {
            return Err(Failure::Damaged("a decision"));
        }
        rulings.push(ruling);
    }
    Ok(rulings)
}

fn seal_of(r: &Ruling) -> i64 {
    let date = r.date.map_or(i64::MIN, |d| i64::from(d.0));
    let texts: [&str; 7] =
        [&r.a.source, &r.a.record_id, &r.b.source, &r.b.record_id, r.answer.name(), &r.author, &r.comment];
    row::seal(&[date], &texts)
}

pub(super) fn put_ruling(db: &Connection, r: &Ruling) -> Outcome<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO ruling \
         (source_a, record_id_a, source_b, record_id_b, decision, date, author, comment, seal) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        r.a.source,
        r.a.record_id,
        r.b.source,
        r.b.record_id,
        r.answer.name(),
        r.date.map(|d| d.0),
        r.author,
        r.comment,
        seal_of(r)
    ])?;
    Ok(())
}

pub(super) fn remove_ruling(db: &Connection, a: &RecordRef, b: &RecordRef) -> Outcome<()> {
    db.prepare_cached(
        "DELETE FROM ruling WHERE source_a = ?1 AND record_id_a = ?2 AND source_b = ?3 AND record_id_b = ?4",
    )?
    .execute([&a.source, &a.record_id, &b.source, &b.record_id])?;
    Ok(())
}
