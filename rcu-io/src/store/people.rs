//! People, golden ids, and whose each record is.

use super::failure::{Failure, Outcome};
use super::names::Names;
use super::row;
use rcu_core::repository::{Move, Named, Ordinal, Person, PersonNumber, Standing};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) fn of(db: &Connection, ordinal: Ordinal) -> Outcome<Option<PersonNumber>> {
    let mut statement = db.prepare_cached("SELECT person FROM member WHERE record = ?1")?;
    Ok(statement.query_row([ordinal], |row| row.get(0)).optional()?)
}

fn read(names: &Names, row: &Row) -> Outcome<(PersonNumber, Person)> {
    let text = |i| row.get_ref(i).ok().and_then(|v| v.as_str().ok()).ok_or(Failure::Damaged("a person"));
    let number: u32 = row.get(0)?;
    let texts = [text(1)?, text(3)?, text(4)?, text(5)?];
    if row.get::<_, i64>(2)? != row::seal(&[i64::from(number)], &texts) {
        return Err(Failure::Damaged("a person"));
    }
    let [golden_id, aliases, members, fields] = texts;
    Ok((number, row::person(names, golden_id.to_owned(), aliases, members, fields)?))
}

pub(super) fn get(db: &Connection, names: &Names, number: PersonNumber) -> Outcome<Option<Person>> {
    let mut statement = db.prepare_cached(
        "SELECT person, golden_id, seal, aliases, members, fields FROM person WHERE person = ?1",
    )?;
    let mut rows = statement.query([number])?;
    match rows.next()? {
        Some(row) => Ok(Some(read(names, row)?.1)),
        None => Ok(None),
    }
}

pub(super) fn each(
    db: &Connection,
    names: &Names,
    each: &mut dyn FnMut(PersonNumber, Person),
) -> Outcome<()> {
    let mut statement = db.prepare("SELECT person, golden_id, seal, aliases, members, fields FROM person")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (number, person) = read(names, row)?;
        each(number, person);
    }
    Ok(())
}

pub(super) fn put(db: &Connection, names: &Names, number: PersonNumber, person: &Person) -> Outcome<()> {
    let (aliases, members) = (row::json(&person.aliases), row::json(&person.members));
    let fields = row::golden_to_json(names, &person.values);
    let seal = row::seal(&[i64::from(number)], &[&person.golden_id, &aliases, &members, &fields]);
    db.prepare_cached(
        "INSERT OR REPLACE INTO person (person, golden_id, seal, aliases, members, fields) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![number, person.golden_id, seal, aliases, members, fields])?;
    let mut member = db.prepare_cached(
        "INSERT INTO member (record, person) VALUES (?1, ?2) ON CONFLICT (record) DO UPDATE SET person = ?2 \
         WHERE person <> ?2",
    )?;
    for m in &person.members {
        member.execute([*m, number])?;
    }
    Ok(())
}

/// Forgets a person; gives its records.
pub(super) fn remove(db: &Connection, number: PersonNumber) -> Outcome<Vec<Ordinal>> {
    let members: Option<String> = db
        .prepare_cached("DELETE FROM person WHERE person = ?1 RETURNING members")?
        .query_row([number], |row| row.get(0))
        .optional()?;
    let Some(members) = members else { return Ok(Vec::new()) };
    let mut member = db.prepare_cached("DELETE FROM member WHERE record = ?1 AND person = ?2")?;
    let members: Vec<Ordinal> = row::parse(&members)?;
    for m in &members {
        member.execute([*m, number])?;
    }
    Ok(members)
}

pub(super) fn named(db: &Connection, golden_id: &str) -> Outcome<Option<Named>> {
    let mut statement =
        db.prepare_cached("SELECT born, person, in_use, erased FROM golden_id WHERE golden_id = ?1")?;
    let named = statement.query_row([golden_id], |row| {
        Ok(Named {
            born: row.get::<_, i64>(0)? as u64,
            golden_id: golden_id.to_owned(),
            person: row.get(1)?,
            in_use: row.get(2)?,
            erased: row.get(3)?,
        })
    });
    Ok(named.optional()?)
}

pub(super) fn put_named(db: &Connection, named: &Named) -> Outcome<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO golden_id (golden_id, born, person, in_use, erased) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![named.golden_id, named.born as i64, named.person, named.in_use, named.erased])?;
    Ok(())
}

pub(super) fn moves(db: &Connection, ordinal: Ordinal) -> Outcome<Vec<Move>> {
    let mut statement =
        db.prepare_cached("SELECT change, golden_id FROM move WHERE record = ?1 ORDER BY change")?;
    let moves = statement.query_map([ordinal], |row| {
        Ok(Move { change: row.get::<_, i64>(0)? as u64, golden_id: row.get(1)? })
    })?;
    Ok(moves.collect::<Result<_, _>>()?)
}

pub(super) fn add_move(db: &Connection, ordinal: Ordinal, moved: &Move) -> Outcome<()> {
    db.prepare_cached("INSERT OR REPLACE INTO move (record, change, golden_id) VALUES (?1, ?2, ?3)")?
        .execute(params![ordinal, moved.change as i64, moved.golden_id])?;
    Ok(())
}

pub(super) fn ever_had(db: &Connection, golden_id: &str) -> Outcome<Vec<Ordinal>> {
    let mut statement =
        db.prepare_cached("SELECT DISTINCT record FROM move WHERE golden_id = ?1 ORDER BY record")?;
    let records = statement.query_map([golden_id], |row| row.get(0))?;
    Ok(records.collect::<Result<_, _>>()?)
}

pub(super) fn standing(db: &Connection, person: PersonNumber) -> Outcome<Option<Standing>> {
    let mut statement = db.prepare_cached("SELECT body, seal FROM standing WHERE person = ?1")?;
    let found: Option<(String, i64)> =
        statement.query_row([person], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    match found {
        Some((body, seal)) if seal != row::seal(&[i64::from(person)], &[&body]) => {
            Err(Failure::Damaged("where a person stands"))
        }
        found => found.map(|(body, _)| row::parse(&body)).transpose(),
    }
}

pub(super) fn put_standing(
    db: &Connection,
    person: PersonNumber,
    standing: Option<&Standing>,
) -> Outcome<()> {
    match standing {
        Some(standing) => {
            let body = row::json(standing);
            let seal = row::seal(&[i64::from(person)], &[&body]);
            db.prepare_cached("INSERT OR REPLACE INTO standing (person, body, seal) VALUES (?1, ?2, ?3)")?
                .execute(params![person, body, seal])?;
        }
        None => {
            db.prepare_cached("DELETE FROM standing WHERE person = ?1")?.execute([person])?;
        }
    }
    Ok(())
}
