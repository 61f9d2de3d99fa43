//! Who may be contacted for what, and on which statement that rests.

use super::{OutColumn, OutTable, source_column, text};
use crate::config::Plan;
use crate::resolve::Resolution;

/// One row per person and subject.
pub(super) fn consents(plan: &Plan, r: &Resolution) -> OutTable {
    let all = &r.consents.people;
    OutTable {
        name: "consents",
        columns: vec![
            ("golden_id".into(), text(all.iter().map(|p| Some(r.golden_ids[p.cluster as usize].as_str())))),
            ("purpose".into(), text(all.iter().map(|p| Some(p.subject.purpose.as_str())))),
            ("channel".into(), text(all.iter().map(|p| Some(p.subject.channel.as_str())))),
            ("brand".into(), text(all.iter().map(|p| Some(p.subject.brand.as_str())))),
            ("state".into(), text(all.iter().map(|p| Some(p.state.name())))),
            ("contactable".into(), OutColumn::Boolean(all.iter().map(|p| Some(p.state.allows())).collect())),
            ("date".into(), OutColumn::Day(all.iter().map(|p| p.by.statement.at.map(|w| w.day.0)).collect())),
            (
                "expires".into(),
                OutColumn::Day(all.iter().map(|p| p.by.statement.expires.map(|d| d.0)).collect()),
            ),
            ("proof".into(), text(all.iter().map(|p| p.by.statement.proof.as_deref()))),
            ("source".into(), source_column(plan, all.iter().map(|p| Some(p.by.source)))),
            ("record_id".into(), text(all.iter().map(|p| r.records.ids.get(p.by.record as usize)))),
            (
                "statements".into(),
                OutColumn::Integer(all.iter().map(|p| Some(i64::from(p.statements))).collect()),
            ),
        ],
    }
}
