//! When people were last in contact (`domain.md` §7.4): what they bought, asked, answered, clicked or visited; not what was
//! sent to them, nor an e-mail opened. Days of contacts are kept when their rows go with a term of their own.

use super::super::Repository;
use super::super::evaluate::rows_of;
use super::super::store::{Ordinal, PersonNumber, Store};
use super::retention::Due;
use crate::aggregate::EventType;
use crate::config::{Family, SourcePlan};
use crate::consent::Status;
use crate::error::Error;
use crate::facts::{read_rows, row_keys};
use crate::field;
use crate::normalize::Kind;
use crate::time::Day;
use std::collections::BTreeMap;

/// What is known of a person's contacts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Contact {
    pub last: Option<Day>,
    pub bought: bool,
}

/// What rows tell of contacts, and of their own terms.
#[derive(Default)]
pub(super) struct Contacts {
    pub of: BTreeMap<PersonNumber, Contact>,
    /// Rows that are due.
    pub due: Vec<Due>,
    /// Of rows that are due, the last day on which they say that the person did something.
    pub ending: BTreeMap<PersonNumber, Day>,
}

/// Says in a store that rows went that told of somebody's last contact.
pub(super) const CONTACTS: &str = "contacts";

/// Name in the store of a person's last contact, of which the row went when its own term was over.
pub(super) fn last_contact(golden_id: &str) -> String {
    format!("contact {golden_id}")
}

/// A value of a row: its field, kind and text.
pub(super) type RowValue = (String, Kind, String);

/// What is made of a row: of its source, identifier, day and values.
pub(super) type DueRow<'d> = dyn FnMut(&SourcePlan, &str, Day, &[RowValue]) -> Option<Due> + 'd;

/// The value of a row's field.
pub(super) fn value_of(values: &[RowValue], name: &str) -> Option<String> {
    values.iter().find(|(field, ..)| field == name).map(|(_, _, text)| text.clone())
}

/// Rows read at once.
const RUN: usize = 4096;

impl<S: Store> Repository<S> {
    /// The last contact of a person of which the row went, under whatever id it was noted.
    pub(super) fn noted_contact(&self, ids: &[String]) -> Result<Option<Day>, Error> {
        let mut last = None;
        for id in ids {
            let said = self.store.meta(&last_contact(id))?;
            last = last.max(said.and_then(|text| Day::parse_iso(&text)));
        }
        Ok(last)
    }

    /// Takes note of contacts of which the rows are about to go: their day counts for the term of the person.
    pub(super) fn note_contacts(&mut self, ending: &BTreeMap<PersonNumber, Day>) -> Result<(), Error> {
        for (number, day) in ending {
            let Some(person) = self.store.person(*number)? else { continue };
            let known = self.noted_contact(std::slice::from_ref(&person.golden_id))?;
            if known.is_none_or(|known| known < *day) {
                self.store.put_meta(CONTACTS, "1")?;
                self.store.put_meta(&last_contact(&person.golden_id), &day.to_string())?;
            }
        }
        Ok(())
    }

    /// The last contact of everybody, and what `each` makes of the rows: source, identifier, day, values.
    pub(super) fn contacts(&self, each: &mut DueRow) -> Result<Contacts, Error> {
        let mut cells: BTreeMap<u16, Vec<Vec<(String, String)>>> = BTreeMap::new();
        self.store.each_fact(&mut |_, f| cells.entry(f.source).or_default().push(f.cells))?;
        let mut contacts = Contacts::default();
        for (position, all) in cells {
            let Some(source) = self.plan.sources.get(usize::from(position)) else { continue };
            if matches!(source.family, Family::Stores | Family::Products | Family::Rates) {
                continue;
            }
            for run in all.chunks(RUN) {
                let input = rows_of(source, run.iter().map(Vec::as_slice))?;
                let keys = row_keys(&self.plan, usize::from(position), &input)?;
                for (values, keys) in read_rows(&self.plan, source, &input)?.into_iter().zip(keys) {
                    let dated = values.iter().find(|(_, kind, _)| *kind == Kind::Date);
                    let Some(day) = dated.and_then(|(_, _, v)| Day::parse_iso(v.get(..10).unwrap_or(v)))
                    else {
                        continue;
                    };
                    let due = if keys.id.is_empty() { None } else { each(source, &keys.id, day, &values) };
                    let ends = due.is_some();
                    contacts.due.extend(due);
                    if !is_own_act(source, &values) {
                        continue;
                    }
                    let Some((Some(s), id)) = &keys.owner else { continue };
                    let ordinal = self.store.find(*s, id)?;
                    let Some(number) = ordinal.map(|o| self.store.person_of(o)).transpose()?.flatten() else {
                        continue;
                    };
                    let day = day.min(self.plan.as_of);
                    if ends {
                        let last = contacts.ending.entry(number).or_insert(day);
                        *last = day.max(*last);
                    }
                    let contact = contacts.of.entry(number).or_default();
                    contact.last = contact.last.max(Some(day));
                    contact.bought |= source.family == Family::Transactions;
                }
            }
        }
        Ok(contacts)
    }

    /// When a person without any contact came to be known: the latest creation of a record, else its last change.
    pub(super) fn first_known(&self, members: &[Ordinal]) -> Result<Option<Day>, Error> {
        let (mut created, mut changed) = (None, None);
        for o in members {
            let Some(record) = self.store.values(*o)? else { continue };
            changed = changed.max(record.updated);
            let days = record.values.iter().filter(|v| {
                [field::CREATED_AT, field::FIRST_PURCHASE_DATE].contains(&v.field) && !v.text.is_empty()
            });
            created = days
                .filter_map(|v| Day::parse_iso(&v.text))
                .fold(created, |c: Option<Day>, d| c.max(Some(d)));
        }
        Ok(created.or(changed))
    }
}

/// Whether a row says that the person did something themselves.
fn is_own_act(source: &SourcePlan, values: &[(String, Kind, String)]) -> bool {
    let of = |name: &str| values.iter().find(|(n, ..)| n == name).map_or("", |(_, _, v)| v.as_str());
    match source.spec.family.as_str() {
        "interactions" => !matches!(EventType::of(of("type")).0, EventType::Open | EventType::Contact),
        // Points that end end by themselves.
        "loyalty" => !of("type").to_lowercase().starts_with("expir"),
        "consents" => Status::of(of("status")) != Some(Status::Expired) && !of("status").is_empty(),
        _ => true,
    }
}
