//! What a steward decided over the sources: a value pinned, ignored or cleared, by whom, why, and for how long.
//!
//! A lock names a record, or a golden id, which is the record that the person was named after. It follows that record:
//! whatever merges and un-merges happen, the lock is on the person who has it.

use crate::error::{Error, Problem, did_you_mean};
use crate::field::{CompiledField, FieldIx};
use crate::identity::id_of_record;
use crate::matching::cluster::Clusters;
use crate::normalize::{Context, Kind, any};
use crate::records::{Record, RecordIndex, Records};
use crate::table::Table;
use crate::time::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// One decision of a steward on one field of one person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Lock {
    /// The person, by golden id; else give `source` and `record_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub golden_id: Option<String>,
    /// Source of the record that the lock follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Identifier of that record in its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    /// The field.
    pub field: String,
    /// What is decided.
    pub kind: LockKind,
    /// The value that is pinned or ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Who decided.
    pub author: String,
    /// Why.
    pub reason: String,
    /// The day from which it holds, `YYYY-MM-DD`; absent: since ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The first day on which it holds no more, `YYYY-MM-DD`; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Whether it holds only until the source says something new: another value than `was`, or, without `was`, a date of
    /// change after `date`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub until_change: bool,
    /// With `until_change`: what the source said when the lock was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
}

/// What a lock decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LockKind {
    /// This is the value, whatever the sources say.
    #[default]
    Pin,
    /// This value of a source never survives.
    Ignore,
    /// There is no value, whatever the sources say.
    Clear,
}

impl LockKind {
    /// The name in configurations and outputs.
    pub fn name(self) -> &'static str {
        match self {
            LockKind::Pin => "pin",
            LockKind::Ignore => "ignore",
            LockKind::Clear => "clear",
        }
    }
}

/// Columns of a file of locks.
const COLUMNS: [&str; 12] = [
    "golden_id",
    "source",
    "record_id",
    "field",
    "kind",
    "value",
    "author",
    "reason",
    "date",
    "expires",
    "until_change",
    "was",
];

/// Reads locks from the rows of a file whose columns are named as the keys of [`Lock`]; columns may be left out.
///
/// # Errors
/// [`Error::Config`] with every unknown column and every cell that is no kind or no yes or no. Messages name the row and
/// never hold a cell of `value` or `was`.
pub fn read_locks(table: &Table) -> Result<Vec<Lock>, Error> {
    let mut problems = Vec::new();
    for name in table.names() {
        if !COLUMNS.contains(&name.as_str()) {
            let hint = did_you_mean(name, COLUMNS);
            let listed = COLUMNS.join(", ");
            let what = format!("column `{name}` is not known{hint}; columns are {listed}");
            problems.push(Problem::new("survivorship.locks_file", what));
        }
    }
    let mut locks = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let cell = |name: &str| {
            let text = table.column(name).and_then(|c| c.get(row)).map(str::trim);
            text.filter(|t| !t.is_empty()).map(str::to_owned)
        };
        let place = |column: &str| format!("survivorship.locks_file row {}, {column}", row + 1);
        let kind = match cell("kind").as_deref() {
            None | Some("pin") => LockKind::Pin,
            Some("ignore") => LockKind::Ignore,
            Some("clear") => LockKind::Clear,
            Some(_) => {
                problems.push(Problem::new(place("kind"), "is not known; use pin, ignore, clear"));
                LockKind::Pin
            }
        };
        let until_change = match cell("until_change").as_deref() {
            None | Some("false" | "0") => false,
            Some("true" | "1") => true,
            Some(_) => {
                problems.push(Problem::new(place("until_change"), "is not known; use true, false"));
                false
            }
        };
        locks.push(Lock {
            golden_id: cell("golden_id"),
            source: cell("source"),
            record_id: cell("record_id"),
            field: cell("field").unwrap_or_default(),
            kind,
            value: cell("value"),
            author: cell("author").unwrap_or_default(),
            reason: cell("reason").unwrap_or_default(),
            date: cell("date"),
            expires: cell("expires"),
            until_change,
            was: cell("was"),
        });
    }
    if problems.is_empty() { Ok(locks) } else { Err(Error::Config { problems }) }
}

/// What a lock is on.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Anchor {
    Golden(String),
    Record(usize, String),
}

/// A lock whose names were found and whose values were normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockPlan {
    /// As it was written.
    pub lock: Lock,
    /// The field.
    pub field: FieldIx,
    /// The value pinned or ignored, normalised.
    pub value: Option<String>,
    /// First day on which it holds.
    pub date: Option<Day>,
    anchor: Anchor,
    was: Option<String>,
    expires: Option<Day>,
}

impl LockPlan {
    /// Checks a lock against the fields and sources of a configuration.
    pub fn compile(
        lock: &Lock,
        path: &str,
        fields: &[CompiledField],
        sources: &[&str],
        context: &Context,
        problems: &mut Vec<Problem>,
    ) -> Option<LockPlan> {
        let before = problems.len();
        let mut problem = |key: &str, what: String| problems.push(Problem::new(format!("{path}{key}"), what));
        let field = fields.iter().position(|f| f.name == lock.field);
        if field.is_none() {
            let names = fields.iter().map(|f| f.name.as_str());
            let hint = did_you_mean(&lock.field, names.clone());
            let listed = names.collect::<Vec<_>>().join(", ");
            problem(".field", format!("`{}` is not a field{hint}; fields are {listed}", lock.field));
        }
        let anchor = match (&lock.golden_id, &lock.source, &lock.record_id) {
            (Some(id), None, None) => Some(Anchor::Golden(id.clone())),
            (None, Some(source), Some(id)) => match sources.iter().position(|s| s == source) {
                Some(s) => Some(Anchor::Record(s, id.clone())),
                None => {
                    let hint = did_you_mean(source, sources.iter().copied());
                    problem(".source", format!("source `{source}` is not declared{hint}"));
                    None
                }
            },
            _ => {
                problem("", "names its person either by `golden_id` or by `source` and `record_id`".into());
                None
            }
        };
        for (key, text) in [(".author", &lock.author), (".reason", &lock.reason)] {
            if text.trim().is_empty() {
                problem(key, "is missing; a lock says who decided and why".into());
            }
        }
        let mut day = |key: &str, text: &Option<String>| {
            let text = text.as_deref()?;
            let day = Day::parse_iso(text);
            if day.is_none() {
                problem(key, "is not a calendar day; write it as 2026-11-21".into());
            }
            day
        };
        let (date, expires) = (day(".date", &lock.date), day(".expires", &lock.expires));
        if lock.until_change && lock.was.is_none() && lock.date.is_none() {
            problem(".until_change", "needs `date` or `was`, to know what is new".into());
        }
        match (lock.kind, &lock.value) {
            (LockKind::Clear, Some(_)) => problem(".value", "is not for a lock that clears".into()),
            (LockKind::Pin | LockKind::Ignore, None) => {
                problem(".value", format!("is missing; {} needs one", lock.kind.name()));
            }
            _ => {}
        }
        let mut normal = |key: &str, text: &Option<String>| {
            let (text, field) = (text.as_deref()?, &fields[field?]);
            let value = any(field.kind, text, context).value;
            if value.is_none() {
                problem(key, format!("is not a {} that can be kept", field.kind.name()));
            }
            value
        };
        let (value, was) = (normal(".value", &lock.value), normal(".was", &lock.was));
        if let Some(f) = field
            && fields[f].kind == Kind::Consent
            && (lock.kind != LockKind::Pin || value.as_deref() == Some("granted"))
        {
            let what =
                "would widen a consent; a grant is recorded with its proof, a lock can only pin a refusal";
            problem("", what.into());
        }
        if problems.len() > before {
            return None;
        }
        Some(LockPlan { lock: lock.clone(), field: field?, value, date, anchor: anchor?, was, expires })
    }
}

/// What became of a lock in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockState {
    /// It decides.
    InForce,
    /// Another lock on the same person and field, made later, decides.
    Overruled,
    /// The source said something new since.
    Lifted,
    /// Its last day is over.
    Expired,
    /// Its first day has not come.
    Future,
    /// No record of this run is the one it names.
    NotFound,
}

impl LockState {
    /// The name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            LockState::InForce => "in_force",
            LockState::Overruled => "overruled",
            LockState::Lifted => "lifted",
            LockState::Expired => "expired",
            LockState::Future => "future",
            LockState::NotFound => "not_found",
        }
    }
}

/// A lock in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockOutcome {
    /// The lock.
    pub lock: LockPlan,
    /// What became of it.
    pub state: LockState,
    /// The person, when there is one.
    pub cluster: Option<u32>,
    /// The record it follows.
    pub record: Option<Record>,
    /// What the sources say in its place, when they say something else.
    pub divergence: Option<Divergence>,
}

/// The value that would have survived without the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Divergence {
    /// The value.
    pub value: String,
    /// The record that has it.
    pub record: Record,
    /// Since when it is known that the sources say so; the later of the record's date and the lock's.
    pub since: Option<Day>,
}

impl LockOutcome {
    /// Days for which the sources have said something else.
    pub fn diverging_days(&self, as_of: Day) -> Option<i64> {
        let since = self.divergence.as_ref()?.since?;
        Some(i64::from(as_of.0) - i64::from(since.0))
    }
}

/// The locks that decide about one field, by person: positions in the list of outcomes.
pub(super) type ByCluster = HashMap<u32, Vec<usize>>;

/// Finds the person of every lock, and which locks are in force.
pub(super) fn place(
    locks: &[LockPlan],
    sources: &[&str],
    records: &Records,
    clusters: &Clusters,
    as_of: Day,
) -> Vec<LockOutcome> {
    if locks.is_empty() {
        return Vec::new();
    }
    let index = RecordIndex::new(records);
    let founders = founders(locks, sources, records);
    let mut outcomes: Vec<LockOutcome> = locks
        .iter()
        .map(|lock| {
            let record = match &lock.anchor {
                Anchor::Golden(id) => founders.get(id.as_str()).copied(),
                Anchor::Record(source, id) => index.find(*source, id),
            };
            let cluster = record.map(|r| clusters.of[r as usize]);
            let state = match cluster {
                _ if lock.date.is_some_and(|d| d > as_of) => LockState::Future,
                _ if lock.expires.is_some_and(|d| d <= as_of) => LockState::Expired,
                None => LockState::NotFound,
                Some(c) if lock.lock.until_change => {
                    let members = clusters.members(c as usize);
                    let own = record.map(|r| vec![r]).unwrap_or_default();
                    let seen = if matches!(lock.anchor, Anchor::Golden(_)) { members } else { &own };
                    if says_something_new(lock, records, seen) {
                        LockState::Lifted
                    } else {
                        LockState::InForce
                    }
                }
                Some(_) => LockState::InForce,
            };
            LockOutcome { lock: lock.clone(), state, cluster, record, divergence: None }
        })
        .collect();
    // The set of locks decides, not their order.
    outcomes.sort_by(|a, b| {
        let key = |o: &LockOutcome| {
            let l = &o.lock;
            (
                o.cluster,
                l.field,
                std::cmp::Reverse(l.date),
                l.lock.kind,
                l.value.clone(),
                l.lock.author.clone(),
            )
        };
        key(a).cmp(&key(b)).then_with(|| a.lock.lock.reason.cmp(&b.lock.lock.reason))
    });
    let mut decided: Option<(Option<u32>, FieldIx)> = None;
    for o in &mut outcomes {
        // Of pins and clears on one value the latest decides; values that are ignored are ignored together.
        if o.state == LockState::InForce && o.lock.lock.kind != LockKind::Ignore {
            let place = (o.cluster, o.lock.field);
            if decided == Some(place) {
                o.state = LockState::Overruled;
            }
            decided = Some(place);
        }
    }
    outcomes
}

/// The record behind each golden id that a lock names.
fn founders<'a>(locks: &'a [LockPlan], sources: &[&str], records: &Records) -> HashMap<&'a str, Record> {
    let mut wanted: HashMap<&str, Option<Record>> = HashMap::new();
    for l in locks {
        if let Anchor::Golden(id) = &l.anchor {
            wanted.insert(id, None);
        }
    }
    if !wanted.is_empty() {
        use rayon::prelude::*;
        let named: Vec<(Record, String)> = (0..records.len() as Record)
            .into_par_iter()
            .map(|r| {
                let source = sources.get(usize::from(records.sources[r as usize])).copied().unwrap_or("");
                (r, id_of_record(source, records.ids.get(r as usize).unwrap_or("")))
            })
            .filter(|(_, id)| wanted.contains_key(id.as_str()))
            .collect();
        for (r, id) in &named {
            if let Some(found) = wanted.get_mut(id.as_str()) {
                *found = Some(*r);
            }
        }
    }
    wanted.into_iter().filter_map(|(id, r)| Some((id, r?))).collect()
}

fn says_something_new(lock: &LockPlan, records: &Records, seen: &[Record]) -> bool {
    let column = records.field(lock.field);
    let has = |r: Record, text: &str| column.values(r).any(|(id, _)| column.pool.get(id) == text);
    match &lock.was {
        Some(was) => !seen.iter().any(|r| has(*r, was)),
        None => seen.iter().any(|r| records.updated[*r as usize] > lock.date && column.id(*r) != 0),
    }
}

/// Locks in force by field, then by person.
pub(super) fn by_field(outcomes: &[LockOutcome]) -> BTreeMap<FieldIx, ByCluster> {
    let mut map: BTreeMap<FieldIx, ByCluster> = BTreeMap::new();
    for (i, o) in outcomes.iter().enumerate() {
        if let (LockState::InForce, Some(c)) = (o.state, o.cluster) {
            map.entry(o.lock.field).or_default().entry(c).or_default().push(i);
        }
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;

    fn table(cells: &[(&str, &str)]) -> Table {
        let columns =
            cells.iter().map(|(n, c)| ((*n).to_owned(), Column::Plain([Some(*c)].into_iter().collect())));
        Table::new(columns.collect()).unwrap()
    }

    #[test]
    fn a_file_of_locks_is_read_by_the_names_of_its_columns() {
        let rows = table(&[
            ("source", "crm"),
            ("record_id", "7"),
            ("field", "email"),
            ("kind", "ignore"),
            ("value", "a@b.fr"),
        ]);
        let locks = read_locks(&rows).unwrap();
        assert_eq!((locks[0].kind, locks[0].value.as_deref()), (LockKind::Ignore, Some("a@b.fr")));
        let e = read_locks(&table(&[("feild", "email"), ("kind", "pine"), ("until_change", "perhaps")]))
            .unwrap_err();
        assert_eq!(e.problems().len(), 3);
        assert!(e.to_string().contains("did you mean `field`") && !e.to_string().contains("pine"));
    }
}
