//! What facts refer to: stores, products, exchange rates, and the identifiers of every family that is pointed at.

use super::cells::{Bound, normal};
use super::rates::Rates;
use super::refused::{Counter, Refusal};
use crate::aggregate::families::{PRODUCTS, RATES, STORES, position};
use crate::config::{Family, OrphanControl, Plan, SourcePlan};
use crate::error::Error;
use crate::ingest::{Input, Reject, SourceCounts, missing_column};
use crate::normalize::Kind;
use crate::normalize::text::fold_upper;
use crate::table::Column;
use crate::time::Zone;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a store or product tells of the lines that name it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// Zone of its local times.
    pub(super) zone: Option<Zone>,
    /// Company, brand, channel, category, kind of line; empty when not said.
    pub(super) company: String,
    pub(super) brand: String,
    pub(super) channel: String,
    pub(super) category: String,
    pub(super) kind: String,
}

/// Stores, products, rates and identifiers.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    pub(super) stores: HashMap<String, Entry>,
    pub(super) products: HashMap<String, Entry>,
    pub(super) rates: Rates,
    /// By position in the plan's relations: identifiers of the target; `None` when it has no rows to check against.
    pub(super) targets: Vec<Option<HashSet<String>>>,
    /// Rows that were not loaded.
    pub rejects: Vec<Reject>,
    /// Counts by source name.
    pub counts: BTreeMap<String, SourceCounts>,
}

impl Catalog {
    /// Nothing but a rate for every currency and day.
    pub(super) fn of_all_rates() -> Catalog {
        Catalog { rates: Rates::of_all(), ..Catalog::default() }
    }

    /// Loads what facts refer to. Inputs of other families are looked at for their identifiers alone.
    ///
    /// # Errors
    /// [`Error::MissingColumn`] when a mapped column is not there.
    pub fn load(plan: &Plan, inputs: &[Input]) -> Result<Catalog, Error> {
        let mut catalog = Catalog::default();
        for source in &plan.sources {
            for input in inputs.iter().filter(|i| i.source == source.name) {
                match source.family {
                    Family::Stores | Family::Products => catalog.entries(plan, source, input)?,
                    Family::Rates => catalog.rates(plan, source, input)?,
                    _ => {}
                }
            }
        }
        catalog.rates.sort();
        for r in &plan.families.relations {
            let mut ids: Option<HashSet<String>> = None;
            for (_, source) in plan.family(r.to) {
                for input in inputs.iter().filter(|i| i.source == source.name) {
                    let known = ids.get_or_insert_default();
                    let column = id_column(source, input)?;
                    known
                        .extend((0..column.len()).filter_map(|i| column.get(i)).map(|t| t.trim().to_owned()));
                }
            }
            // A reference that must be refused has nowhere to point when no target was delivered.
            if r.orphans == OrphanControl::Reject {
                ids.get_or_insert_default();
            }
            catalog.targets.push(ids);
        }
        Ok(catalog)
    }

    fn entries(&mut self, plan: &Plan, source: &SourcePlan, input: &Input) -> Result<(), Error> {
        let bound = Bound::new(&plan.families, source, input)?;
        let ids = id_column(source, input)?;
        let stores = source.family == Family::Stores;
        let fields = if stores { STORES } else { PRODUCTS };
        let text = |field: &str, row: usize| -> String {
            let at = fields.iter().position(|(n, _)| *n == field);
            let read = at.and_then(|at| bound.cells::<u8>(at).reader_text(row));
            read.unwrap_or_default()
        };
        let mut counter = Counter::new(source, input);
        for row in 0..input.table.rows() {
            let Some(id) = ids.get(row).map(str::trim).filter(|t| !t.is_empty()) else {
                counter.refuse(row, Refusal::MissingId);
                continue;
            };
            let mut entry = Entry {
                brand: text("brand", row),
                company: text("company", row),
                channel: text("channel", row),
                category: text("category", row),
                kind: text("kind", row),
                zone: source.zone,
            };
            if stores {
                let named = text("timezone", row);
                if !named.is_empty() {
                    let Some(zone) = Zone::named(&named) else {
                        counter.refuse(row, Refusal::BadZone);
                        continue;
                    };
                    entry.zone = Some(zone);
                } else if let Some((raw, cx)) = bound.cells::<u8>(position(STORES, "postcode")).raw(row) {
                    let overseas =
                        normal(Kind::Postcode, &raw, cx).and_then(|p| Zone::of_french_postcode(&p));
                    entry.zone = overseas.or(entry.zone);
                }
            }
            let map = if stores { &mut self.stores } else { &mut self.products };
            // Of two rows with one id the larger content counts, so that the order of rows does not.
            match map.get_mut(id) {
                None => {
                    map.insert(id.to_owned(), entry);
                    counter.loaded();
                }
                Some(known) => {
                    counter.refuse(
                        row,
                        if *known == entry { Refusal::RepeatedDelivery } else { Refusal::RepeatedId },
                    );
                    if entry > *known {
                        *known = entry;
                    }
                }
            }
        }
        counter.close(&mut self.counts, &mut self.rejects);
        Ok(())
    }

    fn rates(&mut self, plan: &Plan, source: &SourcePlan, input: &Input) -> Result<(), Error> {
        let bound = Bound::new(&plan.families, source, input)?;
        let mut days = bound.cells(position(RATES, "date"));
        let mut counter = Counter::new(source, input);
        for row in 0..input.table.rows() {
            let day = days.get(row, super::cells::day);
            let code =
                bound.cells::<u8>(position(RATES, "currency")).reader_text(row).map(|c| fold_upper(&c));
            let rate = bound.cells::<u8>(position(RATES, "rate")).raw(row);
            let rate = rate.and_then(|(t, cx)| normal(Kind::Decimal, &t, cx));
            match (day, code, rate) {
                (None, ..) => counter.refuse(row, Refusal::BadDate),
                (Some(day), Some(code), Some(rate)) if self.rates.add(&code, day, &rate) => counter.loaded(),
                _ => counter.refuse(row, Refusal::BadRate),
            }
        }
        counter.close(&mut self.counts, &mut self.rejects);
        Ok(())
    }
}

/// The column of a source's identifiers.
pub(super) fn id_column<'i>(source: &SourcePlan, input: &'i Input) -> Result<&'i Column, Error> {
    let id = &source.spec.id;
    input.table.column(id).ok_or_else(|| missing_column(&source.name, id, &input.table))
}
