//! Row filters (`domain.md` §7.6): what a role that is limited to brands or companies sees of a person who has records of
//! others too is what its own brands' records know.

use super::super::Repository;
use super::super::store::{Ordinal, Person, Store};
use crate::access::{Right, Role, RolePlan};
use crate::error::Error;
use crate::field;
use crate::matching::ruling::RecordRef;
use crate::records::OwnRecord;
use std::collections::BTreeSet;

/// Whether a role sees a record.
pub(in super::super) fn sees_record(role: &RolePlan, record: &OwnRecord) -> bool {
    let of = |f: usize| record.values.iter().find(|v| v.field == f).map(|v| v.text.as_str());
    !role.is_limited() || role.sees_record_of(of(field::BRAND), of(field::COMPANY))
}

/// A record as far as a role may read it, for its brands and its purposes; none when not at all.
pub(in super::super) fn seen_record(role: &RolePlan, mut record: OwnRecord) -> Option<OwnRecord> {
    if !sees_record(role, &record) || role.closed.has_source(record.source) {
        return None;
    }
    if !role.closed.is_empty() {
        let source = record.source;
        record.values.retain(|v| !role.closed.has(source, v.field));
    }
    Some(record)
}

/// What a limited role sees of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The records that it sees.
    pub records: BTreeSet<RecordRef>,
    /// Values that these hold, or that were pinned on them: position of the field and value.
    pub values: BTreeSet<(usize, String)>,
    /// Whether these are all of the person's records.
    pub whole: bool,
}

impl<S: Store> Repository<S> {
    /// The person as far as a role's brands know it and its purposes may use it; none when not at all.
    pub(in super::super) fn within(
        &self,
        role: Option<&RolePlan>,
        person: &Person,
    ) -> Result<Option<Person>, Error> {
        let Some(role) = role.filter(|r| r.sees_a_part()) else { return Ok(Some(person.clone())) };
        let mut seen: Vec<(Ordinal, OwnRecord)> = Vec::new();
        for o in &person.members {
            seen.extend(self.store.values(*o)?.and_then(|r| seen_record(role, r)).map(|r| (*o, r)));
        }
        if seen.is_empty() {
            return Ok(None);
        }
        let mut part = person.clone();
        part.members = seen.iter().map(|(o, _)| *o).collect();
        part.values.retain(|v| {
            let held = |r: &OwnRecord| r.values.iter().any(|x| x.field == v.field && x.text == v.text);
            let gave = |o: Ordinal, r: &OwnRecord| o == v.from && !role.closed.has(r.source, v.field);
            seen.iter().any(|(o, r)| gave(*o, r) || held(r))
        });
        Ok(Some(part))
    }

    /// What a limited role sees of the person of a golden id; none when nothing. A role without limits sees the whole.
    ///
    /// # Errors
    /// Those of the store.
    pub fn part_of(&self, golden_id: &str, role: &RolePlan) -> Result<Option<Part>, Error> {
        let Some(person) = self.person(golden_id)? else { return Ok(None) };
        let Some(seen) = self.within(Some(role), &person)? else { return Ok(None) };
        let mut part =
            Part { records: BTreeSet::new(), values: BTreeSet::new(), whole: seen.members == person.members };
        part.values.extend(seen.values.iter().map(|v| (v.field, v.text.clone())));
        for o in &seen.members {
            let Some(record) = self.store.values(*o)?.and_then(|r| seen_record(role, r)) else { continue };
            part.records.insert(self.named_record(&record));
            part.values.extend(record.values.into_iter().map(|v| (v.field, v.text)));
        }
        Ok(Some(part))
    }

    /// Rows of other families that name some records of a person: source and identifier.
    ///
    /// # Errors
    /// Those of the store.
    pub fn rows_of_records(
        &self,
        golden_id: &str,
        records: &BTreeSet<RecordRef>,
    ) -> Result<BTreeSet<(String, String)>, Error> {
        let mut rows = BTreeSet::new();
        let Some(person) = self.person(golden_id)? else { return Ok(rows) };
        for fact in self.facts_of(&person)? {
            let keys = super::super::facts::keys_of(&self.plan, &fact)?;
            let Some((Some(source), record_id)) = keys.owner else { continue };
            let named = self.plan.sources.get(usize::from(source)).map(|s| s.name.clone());
            let owner = named.map(|source| RecordRef { source, record_id });
            if owner.is_some_and(|o| records.contains(&o))
                && let Some(source) = self.plan.sources.get(usize::from(fact.source))
            {
                rows.insert((source.name.clone(), fact.id));
            }
        }
        Ok(rows)
    }

    /// A role that something may be shown to for a purpose; without one, for those that it works for.
    ///
    /// # Errors
    /// [`Error::Argument`] for a purpose that is not there or that is not the role's, and for a role that is not there, may not read, or sees more than the role that the repository is used
    /// as.
    pub fn reader(&self, role: &str, purpose: Option<&str>) -> Result<RolePlan, Error> {
        let role = self.eyes(Some(role), purpose)?;
        role.ok_or_else(|| Error::Argument { argument: "role".into(), reason: "is missing".into() })
    }

    /// The role that something is shown to: the one that the repository is used as, or a named one that sees no more.
    pub(in super::super) fn eyes(
        &self,
        named: Option<&str>,
        purpose: Option<&str>,
    ) -> Result<Option<RolePlan>, Error> {
        let role = match (&self.role, named) {
            (None, None) if purpose.is_none() => return Ok(None),
            // Whoever sees everything, and reads for one thing.
            (None, None) => RolePlan::shipped(Role::Admin),
            (Some(own), None) => own.clone(),
            (None, Some(name)) => self.plan.role("role", name)?.clone(),
            (Some(own), Some(name)) => {
                if own.name != name {
                    self.must_see_all()?;
                }
                self.plan.role("role", name)?.clone()
            }
        };
        if !role.may(Right::ReadClear) {
            role.must(Right::ReadMasked)?;
        }
        self.plan.reading(&role, purpose).map(Some)
    }
}
