//! References between families, checked over the facts that were loaded.

use super::catalog::Catalog;
use crate::aggregate::families::{TRANSACTIONS, position};
use crate::aggregate::{Dims, Facts};
use crate::config::{Cardinality, Family, Plan};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a reference was found to be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct RelationReport {
    /// Family that is referred to.
    pub to: String,
    /// Facts that name something.
    pub references: u64,
    /// Of them, those that name nothing that is there.
    pub orphans: u64,
    /// Different identifiers that are not there.
    pub missing: u64,
    /// Facts beyond the first of one identifier, where one at most may name it.
    pub over_cardinality: u64,
}

/// An identifier that facts name and no row has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// Name of the reference, `transactions.store`.
    pub relation: String,
    /// Family that is referred to.
    pub to: String,
    /// The identifier.
    pub id: String,
    /// Facts that name it.
    pub rows: u64,
}

type DimsField = fn(&Dims) -> u32;

/// The column of lines that holds a field's text, when they keep it.
fn dims_field(field: usize) -> Option<DimsField> {
    const FIELDS: [(usize, DimsField); 6] = [
        (position(TRANSACTIONS, "store"), |d| d.store),
        (position(TRANSACTIONS, "channel"), |d| d.channel),
        (position(TRANSACTIONS, "company"), |d| d.company),
        (position(TRANSACTIONS, "brand"), |d| d.brand),
        (position(TRANSACTIONS, "category"), |d| d.category),
        (position(TRANSACTIONS, "product"), |d| d.product),
    ];
    FIELDS.iter().find(|(f, _)| *f == field).map(|(_, of)| *of)
}

/// Checks every reference whose target has rows. `lines_by_dims` counts the loaded lines of each combination.
pub(super) fn check(
    plan: &Plan,
    catalog: &Catalog,
    facts: &Facts,
    lines_by_dims: &[u64],
) -> (BTreeMap<String, RelationReport>, Vec<Missing>) {
    let mut reports = BTreeMap::new();
    let mut missing = Vec::new();
    for (relation, known) in plan.families.relations.iter().zip(&catalog.targets) {
        let Some(known) = known else { continue };
        let mut rows = vec![0u64; facts.texts.len()];
        match relation.from {
            Family::Transactions => {
                let Some(of) = dims_field(relation.field) else { continue };
                for (d, n) in facts.dims.iter().zip(lines_by_dims) {
                    rows[of(d) as usize] += n;
                }
            }
            Family::Facts(_) => {
                let Some(table) = facts.table(plan.families.name(relation.from)) else { continue };
                for i in 0..table.rows() {
                    rows[table.row(i).text(relation.field) as usize] += 1;
                }
            }
            _ => continue,
        }
        let mut report = RelationReport { to: relation.to_name.clone(), ..RelationReport::default() };
        for (id, n) in rows.into_iter().enumerate().skip(1).filter(|(_, n)| *n > 0) {
            report.references += n;
            let text = facts.texts.get(id as u32);
            if !known.contains(text) {
                report.orphans += n;
                report.missing += 1;
                missing.push(Missing {
                    relation: relation.name.clone(),
                    to: relation.to_name.clone(),
                    id: text.to_owned(),
                    rows: n,
                });
            }
            if relation.cardinality == Cardinality::OneToOne {
                report.over_cardinality += n - 1;
            }
        }
        reports.insert(format!("{} → {}", relation.name, relation.to_name), report);
    }
    missing.sort();
    (reports, missing)
}
