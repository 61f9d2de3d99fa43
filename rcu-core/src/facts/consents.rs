//! Rows of the family `consents`: statements of people about being contacted (`domain.md` §7.2).

use super::Orphan;
use super::catalog::id_column;
use super::cells::{Bound, Cells, moment, normal};
use super::owner::{CustomerIndex, Owners};
use super::refused::{Counter, Refusal};
use crate::config::{Family, Plan, SourcePlan};
use crate::consent::{CONSENTS, Said, Statement, Status, Subject, When};
use crate::error::Error;
use crate::ingest::{Input, Reject, SourceCounts};
use crate::normalize::date::Moment;
use crate::normalize::text::fold_upper;
use crate::normalize::{Context, Kind};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// Statements of all sources of consents.
#[derive(Debug, Default)]
pub struct LoadedConsents {
    /// The statements.
    pub said: Vec<Said>,
    /// Rows that were not loaded.
    pub rejects: Vec<Reject>,
    /// Counts by source name.
    pub counts: BTreeMap<String, SourceCounts>,
    /// Statements whose customer no record is.
    pub orphans: Vec<Orphan>,
    /// What became of each row: whether it was loaded, and whether a record is its customer.
    pub told: Vec<Told>,
}

/// What became of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Position of its source.
    pub source: u16,
    /// Its row in the input.
    pub row: u32,
    /// Whether it was loaded.
    pub loaded: bool,
    /// Whether a record is its customer.
    pub found: bool,
}

/// Loads the statements of `inputs`. A date that cannot be read is none: a refusal counts all the same, a grant does not.
///
/// # Errors
/// [`Error::MissingColumn`] when a mapped column is not there.
pub fn load_consents(plan: &Plan, inputs: &[Input], people: &CustomerIndex) -> Result<LoadedConsents, Error> {
    let mut loaded = LoadedConsents::default();
    for (position, source) in plan.family(Family::Consents) {
        // A statement delivered twice is one, in whatever file it comes again.
        let mut seen = HashSet::new();
        for input in inputs.iter().filter(|i| i.source == source.name) {
            load(plan, position, source, input, people, &mut seen, &mut loaded)?;
        }
    }
    Ok(loaded)
}

type Seen = HashSet<(String, Option<u32>, Statement)>;

fn load(
    plan: &Plan,
    position: usize,
    source: &SourcePlan,
    input: &Input,
    people: &CustomerIndex,
    seen: &mut Seen,
    loaded: &mut LoadedConsents,
) -> Result<(), Error> {
    let bound = Bound::new(&plan.families, source, input)?;
    let owners = Owners::new(plan, source, input, people)?;
    let ids = id_column(source, input)?;
    let column = |name: &str| -> Cells<u8> {
        bound.cells(CONSENTS.iter().position(|(n, _)| *n == name).unwrap_or(CONSENTS.len()))
    };
    let texts = |name: &str| {
        let cells = column(name);
        move |row: usize| cells.raw(row).and_then(|(t, cx)| normal(Kind::Text, &t, cx))
    };
    let (purpose, channel, brand) = (texts("purpose"), texts("channel"), texts("brand"));
    let (proof, point, version, actor) =
        (texts("proof"), texts("point"), texts("text_version"), texts("actor"));
    let (status, date, expires) = (column("status"), column("date"), column("expires"));
    let zone = source.zone.unwrap_or(plan.zone);
    let mut subjects: HashSet<Arc<Subject>> = HashSet::new();
    let mut counter = Counter::new(source, input);
    let records = owners.records(input.table.rows());
    for (row, record) in records.into_iter().enumerate() {
        let told = Told { source: position as u16, row: row as u32, loaded: false, found: record.is_some() };
        loaded.told.push(told);
        let Some(id) = ids.get(row).map(str::trim).filter(|t| !t.is_empty()) else {
            counter.refuse(row, Refusal::MissingId);
            continue;
        };
        let Some(said) = status.raw(row).and_then(|(t, cx)| status_of(&t, cx)) else {
            counter.refuse(row, Refusal::BadStatus);
            continue;
        };
        let Some(reference) = owners.reference(row) else {
            counter.refuse(row, Refusal::MissingCustomer);
            continue;
        };
        let text = |of: &dyn Fn(usize) -> Option<String>| of(row).unwrap_or_default();
        let subject = Subject::new(&text(&purpose), &text(&channel), &text(&brand));
        let subject = match subjects.get(&subject) {
            Some(known) => known.clone(),
            None => {
                let new = Arc::new(subject);
                subjects.insert(new.clone());
                new
            }
        };
        let at = date.raw(row).and_then(|(t, cx)| moment(&t, cx)).map(|m| match m {
            Moment::Day(day) => When { day, second: None },
            Moment::Local { day, seconds } => When { day, second: Some(zone.instant(day, seconds)) },
            Moment::Instant(instant) => When { day: zone.day_of(instant), second: Some(instant) },
        });
        let mut statement = Statement::new(subject, said, at);
        statement.expires = expires.raw(row).and_then(|(t, cx)| super::cells::day(&t, cx));
        statement.proof = proof(row).map(Arc::from);
        statement.detail([point(row), version(row), actor(row)]);
        if !seen.insert((id.to_owned(), record, statement.clone())) {
            counter.refuse(row, Refusal::RepeatedDelivery);
            continue;
        }
        counter.loaded();
        if let Some(told) = loaded.told.last_mut() {
            told.loaded = true;
        }
        match record {
            Some(record) => loaded.said.push(Said { record, source: position as u16, statement }),
            None => loaded.orphans.push(Orphan {
                family: "consents".to_owned(),
                source: source.name.clone(),
                id: id.to_owned(),
                customer_source: owners.source(row).map_or(String::new(), |s| {
                    plan.sources.get(usize::from(s)).map_or(String::new(), |s| s.name.clone())
                }),
                customer_id: reference.to_owned(),
                day: at.map(|w| w.day),
                net_minor: None,
            }),
        }
    }
    counter.close(&mut loaded.counts, &mut loaded.rejects);
    Ok(())
}

/// A word for a consent, or for one that is over or was not answered.
fn status_of(text: &str, cx: &Context) -> Option<Status> {
    match fold_upper(text.trim()).as_str() {
        "EXPIRED" | "EXPIRE" | "PERIME" | "ECHU" => Some(Status::Expired),
        "UNKNOWN" | "INCONNU" | "INCONNUE" | "NSP" => Some(Status::Unknown),
        "REFUS" | "REFUSE" | "REFUSED" | "OPPOSITION" | "OPPOSED" => Some(Status::Denied),
        _ => normal(Kind::Consent, text, cx).and_then(|n| Status::of(&n)),
    }
}
