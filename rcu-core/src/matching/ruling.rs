//! What a steward decided about two records: kept by their own identifiers, so that it outlives every change of golden
//! ids, and applied on every run.

use crate::error::Error;
use crate::records::{Record, RecordIndex};
use crate::table::Table;
use crate::time::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The four answers to a review pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// One person: linked before anything else.
    Same,
    /// Two people: never in one cluster, whatever links them.
    Different,
    /// Two people of one household.
    Household,
    /// Not decided yet; the pair stays in review.
    Later,
}

impl Answer {
    /// `same`, `different`, `household` or `later`.
    pub fn name(self) -> &'static str {
        match self {
            Answer::Same => "same",
            Answer::Different => "different",
            Answer::Household => "household",
            Answer::Later => "later",
        }
    }

    /// The answer of that name.
    pub fn from_name(name: &str) -> Option<Answer> {
        [Answer::Same, Answer::Different, Answer::Household, Answer::Later]
            .into_iter()
            .find(|a| a.name() == name)
    }
}

/// A record by its source and its own identifier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct RecordRef {
    /// Its source.
    pub source: String,
    /// Its identifier there.
    pub record_id: String,
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ruling {
    /// One record.
    pub a: RecordRef,
    /// The other.
    pub b: RecordRef,
    /// When it was made; of two decisions on one pair the later one counts.
    pub date: Option<Day>,
    /// The answer.
    pub answer: Answer,
    /// Who made it.
    pub author: String,
    /// Why.
    pub comment: String,
}

/// Decisions that stand, one per pair.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rulings {
    by_pair: BTreeMap<(RecordRef, RecordRef), Ruling>,
}

impl Rulings {
    /// Columns of a table of decisions; the last three may be missing.
    pub const COLUMNS: [&'static str; 8] =
        ["source_a", "record_id_a", "source_b", "record_id_b", "decision", "date", "author", "comment"];

    /// Reads a table of decisions. A row with `cancelled` true takes the decision on its pair back.
    ///
    /// # Errors
    /// [`Error::MissingColumn`]; [`Error::Argument`] for the first row that cannot be read, by its number.
    pub fn read(table: &Table) -> Result<Rulings, Error> {
        let need = |name: &str| {
            table.column(name).ok_or_else(|| Error::MissingColumn {
                source_name: "decisions".into(),
                column: name.to_owned(),
                present: table.names().join(", "),
            })
        };
        let [sa, ia, sb, ib, decision] = [
            need("source_a")?,
            need("record_id_a")?,
            need("source_b")?,
            need("record_id_b")?,
            need("decision")?,
        ];
        let mut rulings = Rulings::default();
        for row in 0..table.rows() {
            let bad = |reason: &str| Error::Argument {
                argument: format!("decisions, row {}", row + 1),
                reason: reason.to_owned(),
            };
            let get =
                |name: &str| table.column(name).and_then(|c| c.get(row)).unwrap_or("").trim().to_owned();
            let text = |c: &crate::table::Column| {
                c.get(row).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
            };
            let (Some(source_a), Some(a), Some(source_b), Some(b)) = (text(sa), text(ia), text(sb), text(ib))
            else {
                return Err(bad("names fewer than two records"));
            };
            let answer = text(decision).and_then(|t| Answer::from_name(&t.to_lowercase()));
            let answer =
                answer.ok_or_else(|| bad("`decision` must be same, different, household or later"))?;
            let date = match get("date").as_str() {
                "" => None,
                text => {
                    let day = Day::parse_iso(text.get(..10).unwrap_or(text));
                    Some(day.ok_or_else(|| bad("`date` is not a day; write it as 2026-11-21"))?)
                }
            };
            let ruling = Ruling {
                a: RecordRef { source: source_a, record_id: a },
                b: RecordRef { source: source_b, record_id: b },
                date,
                answer,
                author: get("author"),
                comment: get("comment"),
            };
            if ruling.a == ruling.b {
                return Err(bad("names one record twice"));
            }
            match get("cancelled").to_lowercase().as_str() {
                "" | "0" | "false" | "no" | "non" | "n" => rulings.add(ruling),
                _ => rulings.cancel(&ruling.a, &ruling.b),
            }
        }
        Ok(rulings)
    }

    /// Adds a decision; on a pair that has one, the later of the two stands, and of one day the more cautious one.
    pub fn add(&mut self, mut ruling: Ruling) {
        if ruling.b < ruling.a {
            std::mem::swap(&mut ruling.a, &mut ruling.b);
        }
        let key = (ruling.a.clone(), ruling.b.clone());
        match self.by_pair.get_mut(&key) {
            Some(known) if (known.date, known.answer, &*known) >= (ruling.date, ruling.answer, &ruling) => {}
            Some(known) => *known = ruling,
            None => {
                self.by_pair.insert(key, ruling);
            }
        }
    }

    /// Takes the decision on a pair back.
    pub fn cancel(&mut self, a: &RecordRef, b: &RecordRef) {
        let (low, high) = if a <= b { (a, b) } else { (b, a) };
        self.by_pair.remove(&(low.clone(), high.clone()));
    }

    /// The decisions that stand, by pair.
    pub fn iter(&self) -> impl Iterator<Item = &Ruling> {
        self.by_pair.values()
    }

    /// How many stand.
    pub fn len(&self) -> usize {
        self.by_pair.len()
    }

    /// Whether none stands.
    pub fn is_empty(&self) -> bool {
        self.by_pair.is_empty()
    }

    /// The records that a steward keeps apart from another one, there or not; sorted.
    pub fn kept_apart(&self, index: &RecordIndex, sources: &[&str]) -> Vec<Record> {
        let apart = self.iter().filter(|r| matches!(r.answer, Answer::Different | Answer::Household));
        let find = |x: &RecordRef| index.find(sources.iter().position(|s| *s == x.source)?, &x.record_id);
        let mut records: Vec<Record> = apart.flat_map(|r| [&r.a, &r.b]).filter_map(find).collect();
        records.sort_unstable();
        records
    }

    /// The decisions on records that are there. Those on records that are not there are kept and counted.
    pub fn locate(&self, index: &RecordIndex, sources: &[&str]) -> Located {
        let mut located = Located::default();
        for r in self.iter() {
            let find = |x: &RecordRef| index.find(sources.iter().position(|s| *s == x.source)?, &x.record_id);
            let (Some(a), Some(b)) = (find(&r.a), find(&r.b)) else {
                located.waiting += 1;
                continue;
            };
            let pair = (a.min(b), a.max(b));
            match r.answer {
                Answer::Same => located.same.push(pair),
                Answer::Different => located.apart.push(pair),
                Answer::Household => {
                    located.apart.push(pair);
                    located.household.push(pair);
                }
                Answer::Later => located.later.push(pair),
            }
        }
        for pairs in [&mut located.same, &mut located.apart, &mut located.household, &mut located.later] {
            pairs.sort_unstable();
        }
        located
    }
}

/// Decisions on the records of a run; each list is sorted, lower record first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Located {
    /// One person.
    pub same: Vec<(Record, Record)>,
    /// Two people.
    pub apart: Vec<(Record, Record)>,
    /// Two people of one household.
    pub household: Vec<(Record, Record)>,
    /// Left for later.
    pub later: Vec<(Record, Record)>,
    /// Decisions on records that are not there.
    pub waiting: u64,
}

impl Located {
    /// Whether a steward keeps two records apart.
    #[inline]
    pub fn are_apart(&self, a: Record, b: Record) -> bool {
        !self.apart.is_empty() && self.apart.binary_search(&(a.min(b), a.max(b))).is_ok()
    }

    /// The pairs that a steward joined among `members`, which are ascending.
    pub fn same_in(&self, members: &[Record]) -> Vec<(Record, Record)> {
        let inside = |r: &Record| members.binary_search(r).is_ok();
        match (self.same.is_empty(), members.first()) {
            (false, Some(first)) => {
                let from = self.same.partition_point(|(a, _)| a < first);
                let end = members.last().map_or(from, |l| self.same.partition_point(|(a, _)| a <= l));
                self.same[from..end].iter().filter(|(a, b)| inside(a) && inside(b)).copied().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Pairs that a steward keeps apart although other decisions of theirs join them.
    pub fn contradictions(&self) -> Vec<(Record, Record)> {
        let mut roots: BTreeMap<Record, Record> = BTreeMap::new();
        fn root(roots: &BTreeMap<Record, Record>, mut r: Record) -> Record {
            while let Some(up) = roots.get(&r).filter(|up| **up != r) {
                r = *up;
            }
            r
        }
        for (a, b) in &self.same {
            let (x, y) = (root(&roots, *a), root(&roots, *b));
            roots.insert(x.max(y), x.min(y));
        }
        self.apart.iter().filter(|(a, b)| root(&roots, *a) == root(&roots, *b)).copied().collect()
    }

    /// Whether a steward left a pair for later.
    pub fn is_later(&self, a: Record, b: Record) -> bool {
        self.later.binary_search(&(a.min(b), a.max(b))).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ruling(a: &str, b: &str, date: &str, answer: Answer) -> Ruling {
        let record = |id: &str| RecordRef { source: "s".into(), record_id: id.into() };
        Ruling {
            a: record(a),
            b: record(b),
            date: Day::parse_iso(date),
            answer,
            author: String::new(),
            comment: String::new(),
        }
    }

    #[test]
    fn the_later_decision_stands_in_any_order() {
        let (old, new) =
            (ruling("1", "2", "2026-01-01", Answer::Same), ruling("2", "1", "2026-02-01", Answer::Different));
        for order in [[old.clone(), new.clone()], [new, old]] {
            let mut rulings = Rulings::default();
            order.into_iter().for_each(|r| rulings.add(r));
            assert_eq!(rulings.iter().map(|r| r.answer).collect::<Vec<_>>(), [Answer::Different]);
        }
    }
}
