//! Rows of restricted people in the file: kept, and nothing else.

use super::failure::{Failure, Outcome};
use super::names::Names;
use super::row;
use rcu_core::repository::Aside;
use rusqlite::{Connection, Params, Row, params};

fn read(names: &Names, row: &Row) -> Outcome<Aside> {
    let text =
        |i| row.get_ref(i).ok().and_then(|v| v.as_str().ok()).ok_or(Failure::Damaged("a restricted row"));
    let (is_fact, number): (bool, u32) = (row.get(0)?, row.get(1)?);
    let texts = [text(2)?, text(3)?, text(4)?];
    if row.get::<_, i64>(5)? != row::seal(&[i64::from(is_fact), i64::from(number)], &texts) {
        return Err(Failure::Damaged("a restricted row"));
    }
    let Some(source) = names.sources.to_plan(number) else {
        return Err(Failure::Said(
            "keeps restricted rows of a source that the configuration does not declare".into(),
        ));
    };
    let [id, golden_id, cells] = texts;
    let (source, id, golden_id) = (source as u16, id.to_owned(), golden_id.to_owned());
    Ok(Aside { golden_id, is_fact, source, id, cells: row::parse(cells)? })
}

const COLUMNS: &str = "SELECT is_fact, source, id, golden_id, cells, seal FROM restricted";

fn some(db: &Connection, names: &Names, rest: &str, of: impl Params) -> Outcome<Vec<Aside>> {
    let mut statement = db.prepare_cached(&format!("{COLUMNS} {rest} ORDER BY is_fact, source, id"))?;
    let mut rows = statement.query(of)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read(names, row)?);
    }
    Ok(all)
}

pub(super) fn get(
    db: &Connection,
    names: &Names,
    is_fact: bool,
    source: u16,
    id: &str,
) -> Outcome<Option<Aside>> {
    let number = names.sources.to_file(usize::from(source));
    Ok(some(db, names, "WHERE is_fact = ?1 AND source = ?2 AND id = ?3", params![is_fact, number, id])?.pop())
}

pub(super) fn of(db: &Connection, names: &Names, golden_id: &str) -> Outcome<Vec<Aside>> {
    let mut all = some(db, names, "WHERE golden_id = ?1", [golden_id])?;
    // Positions in the plan, not numbers in the file, say what comes first.
    all.sort_by(|a, b| (a.is_fact, a.source, &a.id).cmp(&(b.is_fact, b.source, &b.id)));
    Ok(all)
}

pub(super) fn each(db: &Connection, names: &Names, each: &mut dyn FnMut(Aside)) -> Outcome<()> {
    some(db, names, "", [])?.into_iter().for_each(each);
    Ok(())
}

pub(super) fn put(db: &Connection, names: &Names, a: &Aside) -> Outcome<()> {
    let number = names.sources.to_file(usize::from(a.source));
    let cells = row::json(&a.cells);
    let seal = row::seal(&[i64::from(a.is_fact), i64::from(number)], &[&a.id, &a.golden_id, &cells]);
    db.prepare_cached(
        "INSERT OR REPLACE INTO restricted (is_fact, source, id, golden_id, cells, seal) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![a.is_fact, number, a.id, a.golden_id, cells, seal])?;
    Ok(())
}

pub(super) fn remove(db: &Connection, names: &Names, is_fact: bool, source: u16, id: &str) -> Outcome<()> {
    let number = names.sources.to_file(usize::from(source));
    db.prepare_cached("DELETE FROM restricted WHERE is_fact = ?1 AND source = ?2 AND id = ?3")?
        .execute(params![is_fact, number, id])?;
    Ok(())
}
