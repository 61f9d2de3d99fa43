//! Search before create (`domain.md` §3.7): whoever may be meant by what is known of a person, mistyped as it may be.
//!
//! Keys lead to records, records to people, and each person's score says what share of what was asked they meet. No
//! field that the role may not read finds anybody or moves a score; one that it reads under a mask does so by its whole
//! value only.

mod agree;
mod asked;
mod keys;
mod probes;
mod query;

pub use agree::{How, Met};
pub use asked::Clue;
pub(super) use keys::keys;
pub use query::Search;

use super::Repository;
use super::rights::seen_record;
use super::store::{Ordinal, Person, PersonNumber, Space, Store};
use crate::access::{RolePlan, Sight, area_of, masked};
use crate::error::Error;
use crate::records::OwnRecord;
use agree::Judge;
use asked::{Asked, Eyes, Sees};
use probes::{Probe, Reach, Step, probes};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// A person who may be meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Hit {
    /// The golden id.
    pub golden_id: String,
    /// The share of what was asked that the person meets, in thousandths.
    pub score: u32,
    /// What was met, and how.
    pub met: Vec<Met>,
    /// Golden values as the role sees them, in the order of the fields; those that it may not see are left out.
    pub values: Vec<Shown>,
}

/// A golden value as a role sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Shown {
    /// The field.
    pub field: String,
    /// The value, or its mask; null when nothing of it may be shown.
    pub value: Option<String>,
    /// Whether it is under a mask.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub masked: bool,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Found {
    /// People, best first.
    pub hits: Vec<Hit>,
    /// People beyond those that were wanted.
    pub more: u64,
    /// Records looked at.
    pub scored: u64,
    /// Keys that lead to too many records and were left out. More clues make the search whole.
    pub cut: Vec<Cut>,
    /// Clues that were not looked for, and why: `hidden` or `masked` for the role, `too_short`, `not_a_date`, `alone` for
    /// one that too many people share.
    pub ignored: Vec<Ignored>,
}

/// A kind of key that leads to too many records.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Cut {
    /// What the key is made of.
    pub clues: Vec<Clue>,
    /// Keys of that kind that were left out.
    pub keys: u64,
}

/// A clue that was not looked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Ignored {
    /// The clue.
    pub clue: Clue,
    /// Why.
    pub why: &'static str,
}

/// Lowest score of a hit: a third of what was asked.
const LEAST: u32 = 333;
/// A score with which nothing near needs to be looked for.
const SURE: u32 = 950;
/// A score with which no slips need to be tried.
const GOOD: u32 = 850;
/// A score with which other first names need not be looked at: a name that is asked for by its beginning has more.
const FAIR: u32 = 800;
/// Records whose people are looked at whole.
const LOOKED_AT: usize = 60;

impl<S: Store> Repository<S> {
    /// People who may be meant by what is known of one, best first, as a role sees them; without a role, in clear.
    ///
    /// # Errors
    /// [`Error::Argument`] when nothing is asked, for an unknown role, and for a purpose that is unknown or not the role's;
    /// those of the store.
    pub fn search(&self, search: &Search, role: Option<&str>) -> Result<Found, Error> {
        let role = self.eyes(role, search.purpose.as_deref())?;
        let role = role.as_ref();
        let eyes = Eyes::new(&self.plan, role);
        let asked = Asked::new(&self.plan, search, eyes);
        let mut found = Found::default();
        let ignored = asked.ignored.iter().map(|(clue, why)| Ignored { clue: *clue, why });
        found.ignored.extend(ignored);
        let by_id = self.by_id(search, &asked, role, &mut found)?;
        if by_id.is_none() && asked.is_empty() && search.id.is_none() && found.ignored.is_empty() {
            let reason = "is empty; give a name, e-mail, phone, card, birth date, postcode or id".to_owned();
            return Err(Error::Argument { argument: "search".into(), reason });
        }
        let points = &self.plan.config.matching.points;
        let judge = Judge::new(&asked, points, &self.plan.tables.names);
        let mut looked = Looked {
            rows: BTreeMap::new(),
            unseen: BTreeSet::new(),
            tried: BTreeSet::new(),
            left: search.scored,
        };
        for step in Step::ALL {
            let allowed = || looked.rows.values().filter(|r| r.allowed).map(|r| r.score);
            let best = allowed().max().unwrap_or(0);
            let sure = allowed().filter(|score| *score >= SURE).count();
            let enough = match step.reach {
                _ if step.any_first => best >= FAIR,
                Reach::Whole => false,
                Reach::Near => sure > 0 && (asked.identifies() || sure >= search.most),
                Reach::Beginnings | Reach::Slips => best >= GOOD,
            };
            if enough {
                break;
            }
            found.cut = self.look(&asked, &judge, (step, role), &mut looked)?;
        }
        if looked.tried.is_empty() && by_id.is_none() {
            for clue in [Clue::FirstName, Clue::Postcode, Clue::City] {
                let there = match clue {
                    Clue::Postcode => asked.postcode.is_some(),
                    Clue::City => asked.city.is_some(),
                    _ => asked.readings.iter().any(|r| r.first.is_some()),
                };
                if there {
                    found.ignored.push(Ignored { clue, why: "alone" });
                }
            }
        }
        found.scored = looked.rows.len() as u64;
        let mut hits = self.people(&judge, &looked, role)?;
        if let Some(person) = by_id {
            hits.retain(|h| h.golden_id != person.golden_id);
            let met = vec![Met { clue: Clue::Id, how: How::Exact, names_swapped: false }];
            hits.push(Hit {
                score: 1000,
                met,
                values: self.shown(&person, role),
                golden_id: person.golden_id,
            });
        }
        hits.sort_by(|a, b| (b.score, &a.golden_id).cmp(&(a.score, &b.golden_id)));
        found.more = hits.len().saturating_sub(search.most) as u64;
        hits.truncate(search.most);
        found.hits = hits;
        Ok(found)
    }

    /// The person of an id.
    fn by_id(
        &self,
        search: &Search,
        asked: &Asked,
        role: Option<&RolePlan>,
        found: &mut Found,
    ) -> Result<Option<Person>, Error> {
        let Some(id) = search.id.as_deref().map(str::trim).filter(|id| !id.is_empty()) else {
            return Ok(None);
        };
        if let Some(person) = self.person(id)? {
            return self.within(role, &person);
        }
        let cut =
            |at: char| id.split_once(at).and_then(|(s, r)| Some((self.plan.source(s.trim())?, r.trim())));
        let Some((source, record)) = cut(':').or_else(|| cut('/')) else { return Ok(None) };
        if asked.eyes.records == Sees::Nothing {
            found.ignored.push(Ignored { clue: Clue::Id, why: "hidden" });
            return Ok(None);
        }
        let Some(ordinal) = self.store.find(source as u16, record)? else { return Ok(None) };
        if let (Some(role), Some(record)) = (role, self.store.values(ordinal)?)
            && seen_record(role, record).is_none()
        {
            return Ok(None);
        }
        let person = self.store.person_of(ordinal)?.map(|n| self.store.person(n)).transpose()?.flatten();
        person.map_or(Ok(None), |p| self.within(role, &p))
    }

    /// Looks at the records of every key of a reach, small blocks first. Blocks that would go beyond the bound are left
    /// out whole, so that what is found does not depend on the order in which records came.
    fn look(
        &self,
        asked: &Asked,
        judge: &Judge,
        (step, role): (Step, Option<&RolePlan>),
        looked: &mut Looked,
    ) -> Result<Vec<Cut>, Error> {
        let mut blocks: Vec<(usize, Probe, Vec<Ordinal>)> = Vec::new();
        for probe in probes(asked, &self.plan.tables, step) {
            if looked.tried.contains(&probe.keys) {
                continue;
            }
            let mut block = self.under(probe.keys)?;
            if let Some(role) = role.filter(|r| r.sees_a_part()) {
                block = self.visible(block, &probe.clues, role, looked)?;
            }
            match block.is_empty() {
                true => drop(looked.tried.insert(probe.keys)),
                false => blocks.push((block.len(), probe, block)),
            }
        }
        blocks.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let mut cut: BTreeMap<Vec<Clue>, u64> = BTreeMap::new();
        for (_, probe, block) in blocks {
            let new = block.iter().filter(|o| !looked.rows.contains_key(o)).count();
            if new > looked.left {
                *cut.entry(probe.clues).or_default() += 1;
                continue;
            }
            looked.left -= new;
            looked.tried.insert(probe.keys);
            for o in block {
                if let Entry::Vacant(place) = looked.rows.entry(o) {
                    let Some(record) = self.store.values(o)? else { continue };
                    let Some(record) = seen_by(role, record) else { continue };
                    let (score, _) = judge.score(&[&record]);
                    place.insert(Row { score, record, allowed: false });
                }
                if let Some(row) = looked.rows.get_mut(&o)
                    && !row.allowed
                    && row.score > 0
                {
                    // What the role may not read in clear must not have chosen anybody by a part of it.
                    let mut hidden = probe.clues.iter().filter(|c| !asked.eyes.clear(**c));
                    row.allowed = hidden.all(|c| judge.meets(*c, &row.record));
                }
            }
        }
        Ok(cut.into_iter().map(|(clues, keys)| Cut { clues, keys }).collect())
    }

    /// Those of a block that a role sees with what the key is made of, as if there were no others: what it does not see must
    /// not be told by what is cut. One more than are still looked at is enough to know that they are too many.
    fn visible(
        &self,
        block: Vec<Ordinal>,
        clues: &[Clue],
        role: &RolePlan,
        looked: &mut Looked,
    ) -> Result<Vec<Ordinal>, Error> {
        let bound = looked.rows.len().saturating_add(looked.left);
        let mut seen = Vec::new();
        for o in block {
            if looked.unseen.contains(&o) {
                continue;
            }
            let known = looked.rows.get(&o).map(|row| row.record.source);
            let source = match known {
                Some(source) => Some(source),
                None => self.store.values(o)?.and_then(|r| seen_record(role, r)).map(|r| r.source),
            };
            let Some(source) = source else {
                looked.unseen.insert(o);
                continue;
            };
            let closed = |clue: &Clue| clue.fields().iter().any(|f| role.closed.has(source, *f));
            if !clues.iter().any(closed) {
                seen.push(o);
            }
            if seen.len() > bound {
                break;
            }
        }
        Ok(seen)
    }

    /// Records under some keys, ascending.
    fn under(&self, (low, high): (u64, u64)) -> Result<Vec<Ordinal>, Error> {
        if low == high {
            return self.store.keyed(Space::Clues, low);
        }
        let mut all: Vec<Ordinal> =
            self.store.keyed_between(Space::Clues, low, high)?.into_iter().map(|(_, o)| o).collect();
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    /// The people of the best records, each judged by all of their records.
    fn people(&self, judge: &Judge, looked: &Looked, role: Option<&RolePlan>) -> Result<Vec<Hit>, Error> {
        let mut best: Vec<(&Ordinal, &Row)> = looked.rows.iter().filter(|(_, r)| r.allowed).collect();
        best.sort_by(|(_, a), (_, b)| (b.score, a.record.rank()).cmp(&(a.score, b.record.rank())));
        let mut numbers: Vec<PersonNumber> = Vec::new();
        for (o, _) in best.into_iter().take(LOOKED_AT) {
            if let Some(n) = self.store.person_of(*o)?
                && !numbers.contains(&n)
            {
                numbers.push(n);
            }
        }
        let mut hits = Vec::with_capacity(numbers.len());
        for n in numbers {
            let Some(person) = self.store.person(n)? else { continue };
            let Some(person) = self.within(role, &person)? else { continue };
            let mut rows: Vec<OwnRecord> = Vec::new();
            for o in &person.members {
                match looked.rows.get(o) {
                    Some(row) => rows.push(row.record.clone()),
                    None => rows.extend(self.store.values(*o)?.and_then(|r| seen_by(role, r))),
                }
            }
            let (score, met) = judge.score(&rows.iter().collect::<Vec<_>>());
            if score >= LEAST {
                let values = self.shown(&person, role);
                hits.push(Hit { golden_id: person.golden_id, score, met, values });
            }
        }
        Ok(hits)
    }

    /// Golden values as a role sees them. What it sees where the person agreed stays under its mask here.
    fn shown(&self, person: &Person, role: Option<&RolePlan>) -> Vec<Shown> {
        let mut shown = Vec::with_capacity(person.values.len());
        for v in &person.values {
            let Some(f) = self.plan.fields.get(v.field) else { continue };
            let area = area_of(v.field, f.kind);
            let (value, masked) = match role.map_or(Sight::Clear, |r| r.sees_field(&f.name, area)) {
                Sight::Hidden => continue,
                Sight::Clear => (Some(v.text.clone()), false),
                Sight::Masked | Sight::Consented => (masked(area, f.kind, &v.text), true),
            };
            shown.push(Shown { field: f.name.clone(), value, masked });
        }
        shown
    }
}

/// A record as far as a role may read it.
fn seen_by(role: Option<&RolePlan>, record: OwnRecord) -> Option<OwnRecord> {
    match role {
        Some(role) => seen_record(role, record),
        None => Some(record),
    }
}

/// Records that were looked at, and their scores.
struct Looked {
    rows: BTreeMap<Ordinal, Row>,
    /// Records that the role does not see.
    unseen: BTreeSet<Ordinal>,
    /// Keys whose records were all looked at.
    tried: BTreeSet<(u64, u64)>,
    left: usize,
}

/// A record that was looked at.
struct Row {
    score: u32,
    record: OwnRecord,
    /// Whether a key led to it that the role may use.
    allowed: bool,
}
