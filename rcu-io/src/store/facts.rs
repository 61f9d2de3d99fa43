//! Facts in the file.

use super::failure::{Failure, Outcome};
use super::names::Names;
use super::row;
use rcu_core::repository::{KeptFact, Ordinal};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) fn find(db: &Connection, names: &Names, source: u16, key: &str) -> Outcome<Option<Ordinal>> {
    let mut statement = db.prepare_cached("SELECT fact FROM fact WHERE source = ?1 AND key = ?2")?;
    let source = names.sources.to_file(usize::from(source));
    Ok(statement.query_row(params![source, key], |row| row.get(0)).optional()?)
}

fn read(names: &Names, row: &Row) -> Outcome<(Ordinal, KeptFact)> {
    let text = |i| row.get_ref(i).ok().and_then(|v| v.as_str().ok()).ok_or(Failure::Damaged("a fact"));
    let (number, source): (u32, u32) = (row.get(0)?, row.get(1)?);
    let texts = [text(2)?, text(3)?, text(5)?, text(6)?];
    if row.get::<_, i64>(4)? != row::seal(&[i64::from(number), i64::from(source)], &texts) {
        return Err(Failure::Damaged("a fact"));
    }
    let Some(source) = names.sources.to_plan(source) else {
        return Err(Failure::Said("keeps facts of a source that the configuration does not declare".into()));
    };
    let [key, id, cells, tally] = texts;
    let fact = KeptFact {
        source: source as u16,
        id: id.to_owned(),
        key: key.to_owned(),
        cells: row::parse(cells)?,
        tally: row::parse(tally)?,
    };
    Ok((number, fact))
}

pub(super) fn get(db: &Connection, names: &Names, ordinal: Ordinal) -> Outcome<Option<KeptFact>> {
    let mut statement =
        db.prepare_cached("SELECT fact, source, key, id, seal, cells, tally FROM fact WHERE fact = ?1")?;
    let mut rows = statement.query([ordinal])?;
    match rows.next()? {
        Some(row) => Ok(Some(read(names, row)?.1)),
        None => Ok(None),
    }
}

pub(super) fn keys_of_source(db: &Connection, names: &Names, source: u16) -> Outcome<Vec<String>> {
    let source = names.sources.to_file(usize::from(source));
    let mut statement = db.prepare_cached("SELECT key FROM fact WHERE source = ?1 ORDER BY key")?;
    let keys = statement.query_map([source], |row| row.get(0))?;
    Ok(keys.collect::<Result<_, _>>()?)
}

pub(super) fn each(db: &Connection, names: &Names, each: &mut dyn FnMut(Ordinal, KeptFact)) -> Outcome<()> {
    let mut statement = db.prepare("SELECT fact, source, key, id, seal, cells, tally FROM fact")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (number, fact) = read(names, row)?;
        each(number, fact);
    }
    Ok(())
}

pub(super) fn put(db: &Connection, names: &Names, ordinal: Ordinal, fact: &KeptFact) -> Outcome<()> {
    let source = names.sources.to_file(usize::from(fact.source));
    let (cells, tally) = (row::json(&fact.cells), row::json(&fact.tally));
    let seal = row::seal(&[i64::from(ordinal), i64::from(source)], &[&fact.key, &fact.id, &cells, &tally]);
    db.prepare_cached(
        "INSERT OR REPLACE INTO fact (fact, source, key, id, seal, cells, tally) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![ordinal, source, fact.key, fact.id, seal, cells, tally])?;
    Ok(())
}

pub(super) fn remove(db: &Connection, ordinal: Ordinal) -> Outcome<()> {
    db.prepare_cached("DELETE FROM fact WHERE fact = ?1")?.execute([ordinal])?;
    Ok(())
}
