//! Rows of the families other than transactions.

use super::catalog::{Catalog, id_column};
use super::cells::{Bound, Cells, amount, boolean, day, moment, normal, thousandths};
use super::money::Money;
use super::owner::{CustomerIndex, Owners};
use super::part::{Part, PartFacts, Rows};
use super::refused::Refusal;
use crate::aggregate::families::{INTERACTIONS, position};
use crate::aggregate::{CellType, EventType, NULL, Owner, Packed};
use crate::config::{Family, OrphanControl, Plan};
use crate::error::Error;
use crate::ingest::Input;
use crate::intern::Pool;
use crate::normalize::Kind;
use crate::normalize::date::Moment;
use crate::normalize::money::Amount;
use crate::table::TextColumn;
use crate::time::Day;
use std::borrow::Cow;
use std::collections::HashSet;

const TYPE: usize = position(INTERACTIONS, "type");
const CHANNEL: usize = position(INTERACTIONS, "channel");
const CONSENT: usize = position(INTERACTIONS, "consent");

/// One column of the family.
enum Column<'r, 'a> {
    Text(Cells<'r, 'a, u32>, Kind),
    Integer(Cells<'r, 'a, i64>),
    Thousandths(Cells<'r, 'a, i64>),
    Money(Cells<'r, 'a, Amount>),
    Day(Cells<'r, 'a, Day>),
    Boolean(Cells<'r, 'a, bool>),
}

/// Loads one table of a family of facts.
///
/// # Errors
/// [`Error::MissingColumn`] when a mapped column is not there.
pub(super) fn load<'a>(
    plan: &Plan,
    catalog: &Catalog,
    people: &CustomerIndex,
    position: usize,
    input: Cow<'a, Input>,
) -> Result<Part<'a>, Error> {
    let source = &plan.sources[position];
    let table: &Input = &input;
    let Family::Facts(number) = source.family else {
        // Asked for facts only; another family has none.
        return Err(Error::Argument { argument: "family".into(), reason: "is no family of facts".into() });
    };
    let family = &plan.families.facts[usize::from(number)];
    let bound = Bound::new(&plan.families, source, table)?;
    let owners = Owners::new(plan, source, table, people)?;
    let ids = id_column(source, table)?;
    let mut columns: Vec<Column> = family
        .fields
        .iter()
        .enumerate()
        .map(|(i, (_, kind))| match CellType::of(*kind) {
            CellType::Money => Column::Money(bound.cells(i)),
            CellType::Thousandths => Column::Thousandths(bound.cells(i)),
            CellType::Integer => Column::Integer(bound.cells(i)),
            CellType::Boolean => Column::Boolean(bound.cells(i)),
            CellType::Day => Column::Day(bound.cells(i)),
            _ => Column::Text(bound.cells(i), *kind),
        })
        .collect();
    let mut dates = family.date.map(|d| bound.cells::<Moment>(d));
    let mut updates = Cells::<Day>::new(bound.updated.as_ref());
    let must_exist: Vec<(usize, &HashSet<String>)> = plan
        .families
        .relations
        .iter()
        .zip(&catalog.targets)
        .filter(|(r, _)| r.from == source.family && r.orphans == OrphanControl::Reject)
        .filter_map(|(r, t)| Some((r.field, t.as_ref()?)))
        .collect();
    let is_interactions = family.name == "interactions";
    let rows = table.table.rows();
    let mut facts = Rows {
        family: usize::from(number),
        types: family.fields.iter().map(|(_, k)| CellType::of(*k)).collect(),
        owners: Vec::with_capacity(rows),
        days: Vec::with_capacity(rows),
        instants: Vec::with_capacity(rows),
        cells: Vec::with_capacity(rows * columns.len()),
    };
    let mut keys = (!family.key.is_empty()).then(TextColumn::new);
    let mut texts = Pool::default();
    let (mut fates, mut updated, mut orphans) = (Vec::with_capacity(rows), Vec::new(), Vec::new());
    let clusters = owners.all(rows);
    for (row, cluster) in clusters.into_iter().enumerate() {
        let mut fate = ids.get(row).is_none_or(|t| t.trim().is_empty()).then_some(Refusal::MissingId);
        let (mut on, mut at) = (Day(i32::MIN), NULL);
        if let Some(cells) = &mut dates {
            let zone = source.zone.unwrap_or(plan.zone);
            match cells.get(row, moment) {
                Some(Moment::Day(day)) => (on, at) = (day, zone.instant(day, 0)),
                Some(Moment::Local { day, seconds }) => (on, at) = (day, zone.instant(day, seconds)),
                Some(Moment::Instant(instant)) => (on, at) = (zone.day_of(instant), instant),
                None if cells.is_written(row) => fate = fate.or(Some(Refusal::BadDate)),
                None => fate = fate.or(Some(Refusal::MissingDate)),
            }
            if on > plan.as_of {
                fate = fate.or(Some(Refusal::FutureDate));
            }
        }
        let money = Money { plan, catalog, day: on, currency: None };
        let first = facts.cells.len();
        for column in &mut columns {
            let cell = match column {
                Column::Text(c, kind) => {
                    let id = c.get(row, |t, cx| match kind {
                        Kind::Identifier | Kind::Category => Some(texts.intern(t.trim())),
                        _ => normal(*kind, t, cx).map(|n| texts.intern(&n)),
                    });
                    id.map_or(NULL, i64::from)
                }
                Column::Integer(c) => {
                    let n = c.get(row, |t, cx| normal(Kind::Integer, t, cx)?.parse().ok());
                    n.unwrap_or(NULL)
                }
                Column::Thousandths(c) => c.get(row, thousandths).unwrap_or(NULL),
                Column::Money(c) => match money.ours(c.get(row, amount)) {
                    Ok(minor) => minor.unwrap_or(NULL),
                    Err(why) => {
                        fate = fate.or(Some(why));
                        NULL
                    }
                },
                Column::Day(c) => c.get(row, day).map_or(NULL, |d| i64::from(d.0)),
                Column::Boolean(c) => c.get(row, boolean).map_or(NULL, i64::from),
            };
            facts.cells.push(cell);
        }
        let cells = &mut facts.cells[first..];
        if must_exist
            .iter()
            .any(|(f, known)| cells[*f] != NULL && !known.contains(texts.get(cells[*f] as u32)))
        {
            fate = fate.or(Some(Refusal::UnknownReference));
        }
        if is_interactions {
            let word = texts.get(u32::try_from(cells[TYPE]).unwrap_or(0));
            let (kind, channel) = EventType::of(word);
            if let Some(channel) = channel.filter(|_| cells[CHANNEL] == NULL) {
                cells[CHANNEL] = i64::from(texts.intern(channel));
            }
            let granted = texts.get(u32::try_from(cells[CONSENT]).unwrap_or(0)) == "granted";
            if plan.config.aggregates.tracker_consent && kind.is_tracked() && !granted {
                fate = fate.or(Some(Refusal::NoConsent));
            }
        }
        if let Some(keys) = &mut keys {
            let part = |k: &usize| match (facts.types[*k], facts.cells[first + *k]) {
                (_, NULL) => String::new(),
                (CellType::Text, id) => texts.get(id as u32).to_owned(),
                (_, number) => number.to_string(),
            };
            let parts: Vec<String> = family.key.iter().map(part).collect();
            let empty = parts.iter().all(String::is_empty);
            keys.push((!empty).then(|| parts.join("\u{1f}")).as_deref());
        }
        let loaded = fate.is_none_or(Refusal::is_excluded);
        let owner = match cluster {
            _ if !loaded => Owner::Anonymous,
            Packed::ANONYMOUS => Owner::Anonymous,
            Packed::ORPHAN => Owner::Orphan,
            customer => Owner::Customer(customer),
        };
        if owner == Owner::Orphan {
            orphans.push((row as u32, owners.source(row), owners.reference(row).unwrap_or("").into()));
        }
        facts.owners.push(owner);
        facts.days.push(on);
        facts.instants.push(at);
        fates.push(fate);
        if bound.updated.is_some() {
            updated.push(updates.get(row, day));
        }
    }
    drop((columns, dates, updates, owners));
    drop(bound);
    let id_name = source.spec.id.clone();
    let facts = PartFacts::Rows(facts);
    Ok(Part { source: position, input, id_name, keys, fates, updated, texts, orphans, facts })
}
