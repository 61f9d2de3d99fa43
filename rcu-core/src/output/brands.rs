//! What a person is to each brand. Identity may be the group's; consents and cards stay the brand's (`domain.md` §3.7).

use super::{OutColumn, OutTable, text};
use crate::config::Plan;
use crate::field::{self, FieldIx};
use crate::records::Record;
use crate::resolve::Resolution;
use crate::survivorship::restriction;
use crate::table::{Column, TextColumn};
use std::collections::BTreeMap;

/// One row per person, brand and company of the group that hold records of theirs: number of records, the most
/// restrictive of the consents given to that brand, and its loyalty cards, ` | ` between. No row when no source says
/// whose its records are.
pub(super) fn brands(plan: &Plan, r: &Resolution) -> OutTable {
    type Unit<'a> = (Option<&'a str>, Option<&'a str>);
    let mut rows: Vec<(usize, Unit, Vec<Record>)> = Vec::new();
    if plan.maps(field::BRAND) || plan.maps(field::COMPANY) {
        for c in 0..r.clusters.len() {
            let mut units: BTreeMap<Unit, Vec<Record>> = BTreeMap::new();
            for m in r.clusters.members(c) {
                let of = |f: FieldIx| r.records.field(f).text(*m);
                units.entry((of(field::BRAND), of(field::COMPANY))).or_default().push(*m);
            }
            rows.extend(units.into_iter().map(|(unit, members)| (c, unit, members)));
        }
    }
    let consent = |f: FieldIx| {
        text(rows.iter().map(|(.., members)| {
            let given = members.iter().filter_map(|m| r.records.field(f).text(*m));
            given.max_by_key(|t| (restriction(t), *t))
        }))
    };
    let cards: Vec<Option<String>> = rows
        .iter()
        .map(|(.., members)| {
            let column = r.records.field(field::LOYALTY_CARD);
            let mut cards: Vec<&str> =
                members.iter().flat_map(|m| column.values(*m)).map(|(id, _)| column.pool.get(id)).collect();
            cards.sort_unstable();
            cards.dedup();
            (!cards.is_empty()).then(|| cards.join(" | "))
        })
        .collect();
    OutTable {
        name: "brands",
        columns: vec![
            ("golden_id".into(), text(rows.iter().map(|(c, ..)| Some(r.golden_ids[*c].as_str())))),
            ("brand".into(), text(rows.iter().map(|(_, unit, _)| unit.0))),
            ("company".into(), text(rows.iter().map(|(_, unit, _)| unit.1))),
            ("records".into(), OutColumn::Integer(rows.iter().map(|(.., m)| Some(m.len() as i64)).collect())),
            ("consent_email".into(), consent(field::CONSENT_EMAIL)),
            ("consent_sms".into(), consent(field::CONSENT_SMS)),
            (
                "loyalty_cards".into(),
                OutColumn::Text(Column::Plain(cards.iter().map(Option::as_deref).collect::<TextColumn>())),
            ),
        ],
    }
}
