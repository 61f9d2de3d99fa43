//! The tables a run gives back, as typed columns that files, Python and Node all write in their own form.

mod aggregates;
mod consents;
mod survivorship;

use crate::aggregate::{Aggregates, Texts};
use crate::config::Plan;
use crate::error::Error;
use crate::facts::{Missing, Orphan};
use crate::field::FieldIx;
use crate::identity::household_id;
use crate::ingest::Reject;
use crate::intern::Pool;
use crate::matching::Decision;
use crate::matching::compare::{Comparisons, Evidence};
use crate::normalize::Kind;
use crate::records::Record;
use crate::resolve::Resolution;
use crate::survivorship::GoldenField;
use crate::table::{Column, Table, TextColumn};
use crate::time::Day;
use rayon::prelude::*;
use std::collections::HashMap;

/// One column of an output table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutColumn {
    /// Texts, plain or by dictionary.
    Text(Column),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Decimal numbers: units of `10^-scale`.
    Decimal(Vec<Option<i64>>, u8),
    /// Calendar days.
    Day(Vec<Option<i32>>),
    /// Yes or no.
    Boolean(Vec<Option<bool>>),
}

impl OutColumn {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            OutColumn::Text(c) => c.len(),
            OutColumn::Integer(v) | OutColumn::Decimal(v, _) => v.len(),
            OutColumn::Day(v) => v.len(),
            OutColumn::Boolean(v) => v.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A named output table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutTable {
    /// Name, that of its file: one of [`NAMES`], or `households`.
    pub name: &'static str,
    /// Columns in order.
    pub columns: Vec<(String, OutColumn)>,
}

impl OutTable {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, c)| c.len())
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&OutColumn> {
        self.columns.iter().find(|(n, _)| n == name).map(|(_, c)| c)
    }

    /// The text columns as a table of the kind that is read.
    ///
    /// # Errors
    /// [`Error::Argument`] when column lengths differ, which no output of [`table`] does.
    pub fn into_texts(self) -> Result<Table, Error> {
        let texts = self.columns.into_iter().filter_map(|(name, column)| match column {
            OutColumn::Text(c) => Some((name, c)),
            _ => None,
        });
        Table::new(texts.collect())
    }
}

/// Every output table of a run, in the order of [`NAMES`].
pub fn tables(plan: &Plan, r: &Resolution) -> Vec<OutTable> {
    NAMES.par_iter().filter_map(|name| table(plan, r, name)).collect()
}

/// Names of the output tables that are written to files. `households` can be asked for too: `golden` holds the same.
pub const NAMES: &[&str] = &[
    "golden",
    "crosswalk",
    "links",
    "review",
    "aggregates",
    "profiles",
    "orphans",
    "missing_references",
    "rejects",
    "provenance",
    "alternatives",
    "locks",
    "consents",
    "shared",
];

/// Tables of [`NAMES`] that say where golden values come from; a caller may leave them out.
pub const PROVENANCE: &[&str] = &["provenance", "alternatives"];

/// One output table: those of [`NAMES`], and `households`, which files leave out since the crosswalk holds the same.
/// `None` for an unknown name.
pub fn table(plan: &Plan, r: &Resolution, name: &str) -> Option<OutTable> {
    Some(match name {
        "golden" => golden(plan, r),
        "crosswalk" => crosswalk(plan, r),
        "links" => links(plan, r, "links"),
        "review" => links(plan, r, "review"),
        "provenance" => survivorship::provenance(plan, r),
        "alternatives" => survivorship::alternatives(plan, r),
        "locks" => survivorship::locks(plan, r),
        "consents" => consents::consents(plan, r),
        "shared" => shared(r),
        "households" => households(r),
        other => return figures(plan, &Figures::of(r), other),
    })
}

/// What the tables of figures are made of.
#[derive(Debug, Clone, Copy)]
pub struct Figures<'a> {
    /// Golden id of each customer.
    pub golden_ids: &'a [String],
    /// Their aggregates.
    pub aggregates: &'a Aggregates,
    /// Texts that they name.
    pub texts: &'a Texts,
    /// Facts whose customer no record is.
    pub orphans: &'a [Orphan],
    /// Identifiers that facts name and no row has.
    pub missing: &'a [Missing],
    /// Rows that were not loaded.
    pub rejects: &'a [Reject],
}

impl<'a> Figures<'a> {
    /// Those of a run.
    pub fn of(r: &'a Resolution) -> Figures<'a> {
        Figures {
            golden_ids: &r.golden_ids,
            aggregates: &r.aggregates,
            texts: &r.texts,
            orphans: &r.orphans,
            missing: &r.missing,
            rejects: &r.rejects,
        }
    }
}

/// Names of the tables of figures.
pub const FIGURES: &[&str] = &["aggregates", "profiles", "orphans", "missing_references", "rejects"];

/// One table of [`FIGURES`]; `None` for another name.
pub fn figures(plan: &Plan, f: &Figures, name: &str) -> Option<OutTable> {
    Some(match name {
        "aggregates" => aggregates::customers(plan, f),
        "profiles" => aggregates::profiles(plan, f),
        "orphans" => aggregates::orphans(f),
        "missing_references" => aggregates::missing(f),
        "rejects" => rejects(f),
        _ => return None,
    })
}

fn text<'a>(values: impl Iterator<Item = Option<&'a str>>) -> OutColumn {
    OutColumn::Text(Column::Plain(values.collect()))
}

fn source_names(plan: &Plan) -> TextColumn {
    plan.sources.iter().map(|s| Some(s.name.as_str())).collect()
}

fn source_column(plan: &Plan, sources: impl Iterator<Item = Option<u16>>) -> OutColumn {
    let codes = sources.map(|s| s.map_or(Column::NULL_CODE, u32::from)).collect();
    OutColumn::Text(Column::Dictionary { codes, values: source_names(plan) })
}

fn golden_ids(ids: &[String]) -> TextColumn {
    ids.iter().map(|g| Some(g.as_str())).collect()
}

fn household_ids(r: &Resolution) -> TextColumn {
    let ids: Vec<String> = r.households.iter().map(|h| household_id(&r.golden_ids[*h as usize])).collect();
    ids.iter().map(|h| Some(h.as_str())).collect()
}

fn golden(plan: &Plan, r: &Resolution) -> OutTable {
    let n = r.clusters.len();
    let mut columns = vec![
        ("golden_id".to_owned(), OutColumn::Text(Column::Plain(golden_ids(&r.golden_ids)))),
        ("household_id".to_owned(), OutColumn::Text(Column::Plain(household_ids(r)))),
        (
            "records".to_owned(),
            OutColumn::Integer((0..n).map(|c| Some(r.clusters.members(c).len() as i64)).collect()),
        ),
        ("sources".to_owned(), sources_of(plan, r)),
    ];
    for (ix, f) in plan.fields.iter().enumerate() {
        let g = &r.golden.fields[ix];
        let column = match f.kind {
            Kind::BirthDate | Kind::Date => OutColumn::Day(
                (0..n).map(|c| g.text(&r.records, ix, c).and_then(Day::parse_iso).map(|d| d.0)).collect(),
            ),
            _ => golden_column(g, &r.records.field(ix).pool, n),
        };
        columns.push((f.name.clone(), column));
        if f.contact && matches!(f.kind, Kind::Email | Kind::Phone) {
            columns.push((format!("other_{}s", f.name), others(r, ix)));
        }
    }
    OutTable { name: "golden", columns }
}

/// The values of a golden column, some of which may be texts of its own.
fn golden_column(g: &GoldenField, pool: &Pool, n: usize) -> OutColumn {
    if g.ids.is_empty() {
        return pool_column(pool, std::iter::repeat_n(0, n));
    }
    if g.own.is_empty() {
        return pool_column(pool, g.ids.iter().copied());
    }
    let own = |id: &u32| id & GoldenField::OWN != 0;
    if g.ids.iter().all(|id| *id == 0 || own(id)) {
        return pool_column(&g.own, g.ids.iter().map(|id| id & !GoldenField::OWN));
    }
    text(g.ids.iter().map(|id| match id {
        0 => None,
        id if own(id) => Some(g.own.get(id & !GoldenField::OWN)),
        id => Some(pool.get(*id)),
    }))
}

/// Further values of a contact field, best first, ` | ` between.
fn others(r: &Resolution, field: FieldIx) -> OutColumn {
    let mut pool = Pool::default();
    let mut line = String::new();
    let mut ids = Vec::with_capacity(r.clusters.len());
    for c in 0..r.clusters.len() {
        line.clear();
        for (value, _) in r.golden.others(&r.records, field, c) {
            if !line.is_empty() {
                line.push_str(" | ");
            }
            line.push_str(value);
        }
        ids.push(if line.is_empty() { 0 } else { pool.intern(&line) });
    }
    pool_column(&pool, ids.into_iter())
}

/// A column of pool ids; few distinct values become a dictionary. It holds the values that are used, in the order of
/// their use: pools also hold values that lost, and may number them in the order in which rows came.
fn pool_column(pool: &Pool, ids: impl Iterator<Item = u32>) -> OutColumn {
    if pool.len() <= 4096 {
        let mut code_of = vec![Column::NULL_CODE; pool.len() + 1];
        let mut values = TextColumn::new();
        let codes = ids
            .map(|id| {
                let code = &mut code_of[id as usize];
                if id != 0 && *code == Column::NULL_CODE {
                    *code = values.len() as u32;
                    values.push(Some(pool.get(id)));
                }
                *code
            })
            .collect();
        return OutColumn::Text(Column::Dictionary { codes, values });
    }
    text(ids.map(|i| (i != 0).then(|| pool.get(i))))
}

/// Names of the sources that a person's records come from, ` | ` between.
fn sources_of(plan: &Plan, r: &Resolution) -> OutColumn {
    let mut pool = Pool::default();
    let mut codes = Vec::with_capacity(r.clusters.len());
    let mut line = String::new();
    for c in 0..r.clusters.len() {
        line.clear();
        let mut last = None;
        for m in r.clusters.members(c) {
            // Members are in source order, so equal sources stand together.
            let s = r.records.sources[*m as usize];
            if last != Some(s) {
                if last.is_some() {
                    line.push_str(" | ");
                }
                line.push_str(&plan.sources[usize::from(s)].name);
                last = Some(s);
            }
        }
        codes.push(pool.intern(&line) - 1);
    }
    OutColumn::Text(Column::Dictionary { codes, values: pool.iter().map(|(_, t)| Some(t)).collect() })
}

/// The people of each household, households together.
fn households(r: &Resolution) -> OutTable {
    let mut order: Vec<usize> = (0..r.clusters.len()).collect();
    order.sort_unstable_by_key(|c| (r.households[*c], *c));
    let ids = household_ids(r);
    OutTable {
        name: "households",
        columns: vec![
            ("household_id".into(), text(order.iter().map(|c| ids.get(*c)))),
            ("golden_id".into(), text(order.iter().map(|c| Some(r.golden_ids[*c].as_str())))),
        ],
    }
}

fn crosswalk(plan: &Plan, r: &Resolution) -> OutTable {
    let households = household_ids(r);
    let of = |rec: usize| r.clusters.of[rec] as usize;
    let n = r.records.len();
    OutTable {
        name: "crosswalk",
        columns: vec![
            ("source".into(), source_column(plan, r.records.sources.iter().map(|s| Some(*s)))),
            ("record_id".into(), OutColumn::Text(Column::Plain(r.records.ids.clone()))),
            ("golden_id".into(), text((0..n).map(|i| Some(r.golden_ids[of(i)].as_str())))),
            ("household_id".into(), text((0..n).map(|i| households.get(of(i))))),
        ],
    }
}

/// Accepted links, or the pairs that wait for a steward; ids of a pair stand in record order.
fn links(plan: &Plan, r: &Resolution, name: &'static str) -> OutTable {
    struct Row {
        a: Record,
        b: Record,
        pass: u16,
        score: i32,
        reason: &'static str,
        evidence: Evidence,
    }
    let review = name == "review";
    let wanted = if review { Decision::Review } else { Decision::Link };
    let refused: Vec<(Record, Record)> = r.clusters.refused.iter().map(|f| (f.link.a, f.link.b)).collect();
    let refused: std::collections::HashSet<(Record, Record)> = refused.into_iter().collect();
    let mut rows: Vec<Row> = r
        .links
        .iter()
        .filter(|l| l.verdict.decision == wanted && !refused.contains(&(l.a, l.b)))
        .map(|l| Row {
            a: l.a,
            b: l.b,
            pass: l.pass,
            score: l.verdict.score,
            reason: l.verdict.reason,
            evidence: l.evidence,
        })
        .collect();
    if review {
        rows.extend(r.clusters.refused.iter().map(|f| Row {
            a: f.link.a,
            b: f.link.b,
            pass: f.link.pass,
            score: f.link.verdict.score,
            reason: f.reason,
            evidence: f.link.evidence,
        }));
        rows.sort_unstable_by_key(|x| (x.pass, std::cmp::Reverse(x.score), x.a, x.b));
    }
    let id = |rec: Record| r.records.ids.get(rec as usize);
    let source = |rec: Record| Some(r.records.sources[rec as usize]);
    let named = plan.passes.iter().map(|p| Some(p.name.as_str()));
    let pass_names: TextColumn = named.chain(std::iter::once(Some("steward"))).collect();
    let passes = rows.iter().map(|x| u32::from(x.pass).min(plan.passes.len() as u32)).collect();
    let mut columns = vec![
        ("source_a".to_owned(), source_column(plan, rows.iter().map(|x| source(x.a)))),
        ("record_id_a".to_owned(), text(rows.iter().map(|x| id(x.a)))),
        ("source_b".to_owned(), source_column(plan, rows.iter().map(|x| source(x.b)))),
        ("record_id_b".to_owned(), text(rows.iter().map(|x| id(x.b)))),
        ("pass".to_owned(), OutColumn::Text(Column::Dictionary { codes: passes, values: pass_names })),
        ("score".to_owned(), OutColumn::Integer(rows.iter().map(|x| Some(i64::from(x.score))).collect())),
        ("evidence".to_owned(), evidence_column(&r.comparisons, rows.iter().map(|x| x.evidence))),
    ];
    if review {
        columns.push(("reason".to_owned(), text(rows.iter().map(|x| Some(x.reason)))));
        let person = |rec: Record| Some(r.golden_ids[r.clusters.of[rec as usize] as usize].as_str());
        columns.push(("golden_id_a".to_owned(), text(rows.iter().map(|x| person(x.a)))));
        columns.push(("golden_id_b".to_owned(), text(rows.iter().map(|x| person(x.b)))));
    }
    OutTable { name, columns }
}

/// Comparisons and their levels, as `last_name=equal mobile=equal`; few texts, many rows.
fn evidence_column(comparisons: &Comparisons, rows: impl Iterator<Item = Evidence>) -> OutColumn {
    let mut known: HashMap<Evidence, u32> = HashMap::new();
    let mut distinct = Vec::new();
    let codes = rows
        .map(|e| {
            *known.entry(e).or_insert_with(|| {
                distinct.push(e);
                distinct.len() as u32 - 1
            })
        })
        .collect();
    let texts: Vec<String> = distinct.iter().map(|e| e.describe(comparisons)).collect();
    let values = texts.iter().map(|t| Some(t.as_str())).collect();
    OutColumn::Text(Column::Dictionary { codes, values })
}

fn rejects(r: &Figures) -> OutTable {
    let all = r.rejects;
    OutTable {
        name: "rejects",
        columns: vec![
            ("source".into(), text(all.iter().map(|x| Some(x.source.as_str())))),
            ("file".into(), text(all.iter().map(|x| Some(x.file.as_str())))),
            ("line".into(), OutColumn::Integer(all.iter().map(|x| Some(x.line as i64)).collect())),
            ("column".into(), text(all.iter().map(|x| Some(x.column.as_str())))),
            ("code".into(), text(all.iter().map(|x| Some(x.code)))),
            ("reason".into(), text(all.iter().map(|x| Some(x.reason.as_str())))),
            ("excluded".into(), OutColumn::Boolean(all.iter().map(|x| Some(x.excluded)).collect())),
        ],
    }
}

fn shared(r: &Resolution) -> OutTable {
    let all = &r.shared;
    OutTable {
        name: "shared",
        columns: vec![
            ("field".into(), text(all.iter().map(|s| Some(s.field.as_str())))),
            ("value".into(), text(all.iter().map(|s| Some(s.value.as_str())))),
            ("people".into(), OutColumn::Integer(all.iter().map(|s| Some(i64::from(s.people))).collect())),
            ("records".into(), OutColumn::Integer(all.iter().map(|s| Some(i64::from(s.records))).collect())),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dictionary_holds_what_is_used_in_the_order_of_its_use() {
        let mut pool = Pool::default();
        let ids: Vec<u32> = ["lost", "b", "a"].iter().map(|t| pool.intern(t)).collect();
        let column = pool_column(&pool, [ids[2], 0, ids[1], ids[2]].into_iter());
        let values: TextColumn = [Some("a"), Some("b")].into_iter().collect();
        let codes = vec![0, Column::NULL_CODE, 1, 0];
        assert_eq!(column, OutColumn::Text(Column::Dictionary { codes, values }));
    }
}
