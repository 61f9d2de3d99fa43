//! Names that stand in the file as numbers: sources, fields, passes, reasons. The plan numbers them its own way, and
//! differently once one is added in the middle; the file gives each a number for life.

use super::failure::{Failure, Outcome};
use rcu_core::config::Plan;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Both ways between positions in the plan and numbers in the file.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// By position in the plan.
    in_file: Vec<u32>,
    /// By number in the file; none for what the plan does not have.
    in_plan: Vec<Option<u32>>,
}

impl Numbers {
    /// Reads the table, and adds what it does not have when it may be written.
    fn settle(db: &Connection, table: &'static str, names: &[&str], write: bool) -> Outcome<Numbers> {
        let mut known: BTreeMap<String, u32> = BTreeMap::new();
        let mut statement = db.prepare(&format!("SELECT name, number FROM {table}"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            known.insert(row.get(0)?, row.get(1)?);
        }
        let mut numbers = Numbers::default();
        let mut last = known.values().max().map_or(0, |n| n + 1);
        for name in names {
            let number = known.get(*name).copied().unwrap_or(last);
            if number == last {
                last += 1;
                if write {
                    db.execute(
                        &format!("INSERT INTO {table} (number, name) VALUES (?1, ?2)"),
                        params![number, name],
                    )?;
                }
            }
            numbers.in_file.push(number);
        }
        numbers.in_plan = vec![None; last as usize];
        for (position, number) in numbers.in_file.iter().enumerate() {
            numbers.in_plan[*number as usize] = Some(position as u32);
        }
        Ok(numbers)
    }

    /// The number in the file of a position in the plan; a position that the plan does not have keeps its number.
    pub fn to_file(&self, position: usize) -> u32 {
        self.in_file.get(position).copied().unwrap_or(position as u32)
    }

    /// The position in the plan of a number in the file.
    pub fn to_plan(&self, number: u32) -> Option<u32> {
        *self.in_plan.get(number as usize)?
    }

    /// Whether both go up together, so that what is sorted by one is sorted by the other.
    pub fn in_order(&self) -> bool {
        self.in_file.is_sorted()
    }
}

/// All names of a plan.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub sources: Numbers,
    pub fields: Numbers,
    pub passes: Numbers,
    reasons: Mutex<Reasons>,
}

impl Names {
    pub fn settle(db: &Connection, plan: &Plan, write: bool) -> Outcome<Names> {
        let fields: Vec<&str> = plan.fields.iter().map(|f| f.name.as_str()).collect();
        let passes: Vec<&str> = plan.passes.iter().map(|p| p.name.as_str()).collect();
        let names = Names {
            sources: Numbers::settle(db, "source", &plan.kept_sources(), write)?,
            fields: Numbers::settle(db, "field", &fields, write)?,
            passes: Numbers::settle(db, "pass", &passes, write)?,
            reasons: Mutex::default(),
        };
        let mut statement = db.prepare("SELECT number, name FROM source ORDER BY number")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (number, name): (u32, String) = (row.get(0)?, row.get(1)?);
            let kept = "SELECT EXISTS (SELECT 1 FROM record WHERE source = ?1) OR EXISTS (SELECT 1 FROM fact WHERE source = ?1) \
                OR EXISTS (SELECT 1 FROM restricted WHERE source = ?1)";
            if names.sources.to_plan(number).is_none()
                && db.query_row(kept, [number], |row| row.get::<_, bool>(0))?
            {
                return Err(Failure::Said(format!(
                    "keeps records of source `{name}`, which the configuration does not declare; declare it, or \
                     delete its records first"
                )));
            }
        }
        Ok(names)
    }

    /// The number of a reason, given when it has none.
    pub fn number_of_reason(&self, db: &Connection, reason: &'static str) -> Outcome<u32> {
        let mut reasons = self.reasons();
        if let Some((number, _)) = reasons.known.iter().find(|(_, name)| *name == reason) {
            return Ok(*number);
        }
        db.prepare_cached(
            "INSERT OR IGNORE INTO reason (number, name) \
             VALUES ((SELECT coalesce(max(number), 0) + 1 FROM reason), ?1)",
        )?
        .execute([reason])?;
        let number = db
            .prepare_cached("SELECT number FROM reason WHERE name = ?1")?
            .query_row([reason], |row| row.get(0))?;
        reasons.known.push((number, reason));
        Ok(number)
    }

    /// The reason of a number.
    pub fn reason(&self, db: &Connection, number: u32) -> Outcome<&'static str> {
        let mut reasons = self.reasons();
        if let Some((_, name)) = reasons.known.iter().find(|(n, _)| *n == number) {
            return Ok(name);
        }
        let name: String = db
            .prepare_cached("SELECT name FROM reason WHERE number = ?1")?
            .query_row([number], |row| row.get(0))?;
        let name = for_good(name);
        reasons.known.push((number, name));
        Ok(name)
    }

    /// Forgets numbers that a change gave and did not keep.
    pub fn forget_reasons(&self) {
        self.reasons().known.clear();
    }

    fn reasons(&self) -> std::sync::MutexGuard<'_, Reasons> {
        self.reasons.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
struct Reasons {
    known: Vec<(u32, &'static str)>,
}

/// A text that stays for the life of the process. Reasons are names of guards and comparisons: a few dozen in all.
fn for_good(name: String) -> &'static str {
    static ALL: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
    let mut all = ALL.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    match all.iter().find(|known| **known == name) {
        Some(known) => known,
        None => {
            let name: &'static str = Box::leak(name.into_boxed_str());
            all.push(name);
            name
        }
    }
}
