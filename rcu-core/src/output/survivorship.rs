//! Where golden values come from, what they beat, and what stewards decided.

use super::{OutColumn, OutTable, source_column, text};
use crate::config::Plan;
use crate::field::FieldIx;
use crate::resolve::Resolution;
use crate::survivorship::{LockState, Rule};
use crate::table::{Column, TextColumn};

/// A column with the name of a field on each row.
fn field_column(plan: &Plan, fields: impl Iterator<Item = FieldIx>) -> OutColumn {
    let codes = fields.map(|f| f as u32).collect();
    let values = plan.fields.iter().map(|f| Some(f.name.as_str())).collect();
    OutColumn::Text(Column::Dictionary { codes, values })
}

/// One row per golden value: which record supplied it, by which rule, and how many values it beat.
pub(super) fn provenance(plan: &Plan, r: &Resolution) -> OutTable {
    let mut rows = Vec::new();
    for c in 0..r.clusters.len() {
        let of = r.golden.fields.iter().enumerate();
        rows.extend(of.filter_map(|(ix, g)| g.provenance(c).map(|from| (c, ix, from))));
    }
    let mut rules: Vec<Rule> = Vec::new();
    let rule_codes = rows.iter().map(|(.., from)| match rules.iter().position(|r| *r == from.rule) {
        Some(i) => i as u32,
        None => {
            rules.push(from.rule);
            rules.len() as u32 - 1
        }
    });
    let rule_codes = rule_codes.collect();
    let rule_names: TextColumn = rules.iter().map(|r| Some(r.name())).collect();
    let day = |(c, ix, from): &(usize, FieldIx, crate::survivorship::Provenance)| {
        if from.rule == Rule::Locked {
            return lock_date(r, *c, *ix);
        }
        r.records.updated[from.record as usize].map(|d| d.0)
    };
    let record = |i: &(usize, FieldIx, crate::survivorship::Provenance)| i.2.record as usize;
    OutTable {
        name: "provenance",
        columns: vec![
            ("golden_id".into(), text(rows.iter().map(|(c, ..)| Some(r.golden_ids[*c].as_str())))),
            ("field".into(), field_column(plan, rows.iter().map(|(_, ix, _)| *ix))),
            ("source".into(), source_column(plan, rows.iter().map(|x| Some(r.records.sources[record(x)])))),
            ("record_id".into(), text(rows.iter().map(|x| r.records.ids.get(record(x))))),
            ("updated_at".into(), OutColumn::Day(rows.iter().map(day).collect())),
            ("rule".into(), OutColumn::Text(Column::Dictionary { codes: rule_codes, values: rule_names })),
            (
                "score".into(),
                OutColumn::Integer(rows.iter().map(|(.., from)| Some(i64::from(from.score))).collect()),
            ),
            (
                "beaten".into(),
                OutColumn::Integer(rows.iter().map(|(.., from)| Some(i64::from(from.beaten))).collect()),
            ),
        ],
    }
}

/// The day on which the value of a field was locked.
fn lock_date(r: &Resolution, cluster: usize, field: FieldIx) -> Option<i32> {
    let place = (Some(cluster as u32), field);
    let locks = r.golden.locks.iter();
    let mut of = locks.filter(|l| l.state == LockState::InForce && (l.cluster, l.lock.field) == place);
    of.find_map(|l| l.lock.date).map(|d| d.0)
}

/// One row per value that lost: what the golden value beat, from rank 2 on. Of contact fields these are the secondary
/// values.
pub(super) fn alternatives(plan: &Plan, r: &Resolution) -> OutTable {
    let mut rows = Vec::new();
    let mut values = TextColumn::new();
    for c in 0..r.clusters.len() {
        for ix in 0..plan.fields.len() {
            for (i, (value, beaten)) in r.golden.others(&r.records, ix, c).enumerate() {
                rows.push((c, ix, i as i64 + 2, beaten));
                values.push(Some(value));
            }
        }
    }
    let integer = |f: &dyn Fn(&(usize, FieldIx, i64, crate::survivorship::Beaten)) -> i64| {
        OutColumn::Integer(rows.iter().map(|x| Some(f(x))).collect())
    };
    OutTable {
        name: "alternatives",
        columns: vec![
            ("golden_id".into(), text(rows.iter().map(|(c, ..)| Some(r.golden_ids[*c].as_str())))),
            ("field".into(), field_column(plan, rows.iter().map(|(_, ix, ..)| *ix))),
            ("rank".into(), integer(&|x| x.2)),
            ("value".into(), OutColumn::Text(Column::Plain(values))),
            (
                "source".into(),
                source_column(plan, rows.iter().map(|x| Some(r.records.sources[x.3.record as usize]))),
            ),
            ("record_id".into(), text(rows.iter().map(|x| r.records.ids.get(x.3.record as usize)))),
            (
                "updated_at".into(),
                OutColumn::Day(
                    rows.iter().map(|x| r.records.updated[x.3.record as usize].map(|d| d.0)).collect(),
                ),
            ),
            ("score".into(), integer(&|x| i64::from(x.3.score))),
            (
                "secondary".into(),
                OutColumn::Boolean(rows.iter().map(|x| Some(plan.fields[x.1].contact)).collect()),
            ),
        ],
    }
}

/// One row per lock: what became of it, and what the sources say in its place.
pub(super) fn locks(plan: &Plan, r: &Resolution) -> OutTable {
    let all = &r.golden.locks;
    let alert = i64::from(plan.config.survivorship.lock_divergence_days);
    let days = |l: &crate::survivorship::LockOutcome| l.diverging_days(plan.as_of);
    let record = |l: &crate::survivorship::LockOutcome| {
        l.divergence.as_ref().map(|d| d.record).or(l.record).map(|r| r as usize)
    };
    OutTable {
        name: "locks",
        columns: vec![
            (
                "golden_id".into(),
                text(all.iter().map(|l| l.cluster.map(|c| r.golden_ids[c as usize].as_str()))),
            ),
            ("field".into(), field_column(plan, all.iter().map(|l| l.lock.field))),
            ("kind".into(), text(all.iter().map(|l| Some(l.lock.lock.kind.name())))),
            ("value".into(), text(all.iter().map(|l| l.lock.value.as_deref()))),
            ("state".into(), text(all.iter().map(|l| Some(l.state.name())))),
            ("author".into(), text(all.iter().map(|l| Some(l.lock.lock.author.as_str())))),
            ("reason".into(), text(all.iter().map(|l| Some(l.lock.lock.reason.as_str())))),
            ("date".into(), OutColumn::Day(all.iter().map(|l| l.lock.date.map(|d| d.0)).collect())),
            ("sources_say".into(), text(all.iter().map(|l| l.divergence.as_ref().map(|d| d.value.as_str())))),
            (
                "source".into(),
                source_column(plan, all.iter().map(|l| record(l).map(|i| r.records.sources[i]))),
            ),
            ("record_id".into(), text(all.iter().map(|l| record(l).and_then(|i| r.records.ids.get(i))))),
            ("diverging_days".into(), OutColumn::Integer(all.iter().map(days).collect())),
            (
                "alert".into(),
                OutColumn::Boolean(all.iter().map(|l| Some(days(l).is_some_and(|d| d >= alert))).collect()),
            ),
        ],
    }
}
