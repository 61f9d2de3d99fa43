//! Source records in the file.

use super::failure::{Failure, Outcome};
use super::names::Names;
use super::row;
use rcu_core::records::OwnRecord;
use rcu_core::repository::{Kept, Ordinal};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The number of a record; of one that is gone when `ever`.
pub(super) fn find(
    db: &Connection,
    names: &Names,
    source: u16,
    id: &str,
    ever: bool,
) -> Outcome<Option<Ordinal>> {
    let mut statement = db.prepare_cached(
        "SELECT record FROM record WHERE source = ?1 AND record_id = ?2 AND (?3 OR fields IS NOT NULL)",
    )?;
    let number = names.sources.to_file(usize::from(source));
    Ok(statement.query_row(params![number, id, ever], |row| row.get(0)).optional()?)
}

pub(super) fn name_of(db: &Connection, names: &Names, ordinal: Ordinal) -> Outcome<Option<(u16, String)>> {
    let mut statement = db.prepare_cached("SELECT source, record_id FROM record WHERE record = ?1")?;
    let name: Option<(u32, String)> =
        statement.query_row([ordinal], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(name.and_then(|(source, id)| Some((names.sources.to_plan(source)? as u16, id))))
}

pub(super) fn ids_of_source(db: &Connection, names: &Names, source: u16) -> Outcome<Vec<String>> {
    let mut statement = db.prepare_cached(
        "SELECT record_id FROM record WHERE source = ?1 AND fields IS NOT NULL ORDER BY record_id",
    )?;
    let ids = statement.query_map([names.sources.to_file(usize::from(source))], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

const COLUMNS: &str = "record, source, record_id, updated, seal, fields, cells";

/// The record of a row of [`COLUMNS`], and its cells when they are wanted.
fn read(names: &Names, row: &Row, with_cells: bool) -> Outcome<(Ordinal, Kept)> {
    let text = |i| row.get_ref(i).ok().and_then(|v| v.as_str().ok()).ok_or(Failure::Damaged("a record"));
    let (ordinal, source): (u32, u32) = (row.get(0)?, row.get(1)?);
    let updated: Option<i32> = row.get(3)?;
    let (id, fields, cells) = (text(2)?, text(5)?, text(6)?);
    if row.get::<_, i64>(4)? != seal(ordinal, source, updated, id, fields, cells) {
        return Err(Failure::Damaged("a record"));
    }
    let record = row::record(names, source, id.to_owned(), updated, fields)?;
    let cells = if with_cells { row::cells(cells)? } else { Vec::new() };
    Ok((ordinal, Kept { record, cells }))
}

fn seal(ordinal: Ordinal, source: u32, updated: Option<i32>, id: &str, fields: &str, cells: &str) -> i64 {
    let updated = updated.map_or(i64::MIN, i64::from);
    row::seal(&[i64::from(ordinal), i64::from(source), updated], &[id, fields, cells])
}

fn get(db: &Connection, names: &Names, ordinal: Ordinal, with_cells: bool) -> Outcome<Option<Kept>> {
    const ONE: &str = "SELECT record, source, record_id, updated, seal, fields, cells FROM record \
        WHERE record = ?1 AND fields IS NOT NULL";
    let mut statement = db.prepare_cached(ONE)?;
    let mut rows = statement.query([ordinal])?;
    match rows.next()? {
        Some(row) => Ok(Some(read(names, row, with_cells)?.1)),
        None => Ok(None),
    }
}

pub(super) fn record(db: &Connection, names: &Names, ordinal: Ordinal) -> Outcome<Option<Kept>> {
    get(db, names, ordinal, true)
}

pub(super) fn values(db: &Connection, names: &Names, ordinal: Ordinal) -> Outcome<Option<OwnRecord>> {
    Ok(get(db, names, ordinal, false)?.map(|k| k.record))
}

pub(super) fn each(db: &Connection, names: &Names, each: &mut dyn FnMut(Ordinal, Kept)) -> Outcome<()> {
    let mut statement = db.prepare(&format!("SELECT {COLUMNS} FROM record WHERE fields IS NOT NULL"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (ordinal, kept) = read(names, row, true)?;
        each(ordinal, kept);
    }
    Ok(())
}

pub(super) fn put(db: &Connection, names: &Names, ordinal: Ordinal, kept: &Kept, new: bool) -> Outcome<()> {
    let r = &kept.record;
    let source = names.sources.to_file(usize::from(r.source));
    let updated = r.updated.map(|d| d.0);
    let (fields, cells) = (row::values_to_json(names, &r.values), row::cells_to_json(&kept.cells));
    let seal = seal(ordinal, source, updated, &r.id, &fields, &cells);
    let sql = match new {
        true => {
            "INSERT INTO record (record, source, record_id, updated, seal, fields, cells) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        }
        false => {
            "UPDATE record SET source = ?2, record_id = ?3, updated = ?4, seal = ?5, fields = ?6, cells = ?7 \
             WHERE record = ?1"
        }
    };
    db.prepare_cached(sql)?.execute(params![ordinal, source, r.id, updated, seal, fields, cells])?;
    Ok(())
}

/// Takes the content of a record away; its name stays.
pub(super) fn remove(db: &Connection, ordinal: Ordinal) -> Outcome<()> {
    db.prepare_cached(
        "UPDATE record SET updated = NULL, seal = 0, fields = NULL, cells = NULL WHERE record = ?1",
    )?
    .execute([ordinal])?;
    db.prepare_cached("DELETE FROM member WHERE record = ?1")?.execute([ordinal])?;
    Ok(())
}

/// Takes the name of a record away from whoever is gone and had it, for another one.
pub(super) fn free_name(db: &Connection, names: &Names, ordinal: Ordinal, kept: &Kept) -> Outcome<()> {
    db.prepare_cached("DELETE FROM record WHERE source = ?1 AND record_id = ?2 AND record <> ?3")?
        .execute(params![names.sources.to_file(usize::from(kept.record.source)), kept.record.id, ordinal])?;
    Ok(())
}

pub(super) fn forget(db: &Connection, ordinal: Ordinal) -> Outcome<()> {
    db.prepare_cached("DELETE FROM record WHERE record = ?1")?.execute([ordinal])?;
    db.prepare_cached("DELETE FROM move WHERE record = ?1")?.execute([ordinal])?;
    Ok(())
}
