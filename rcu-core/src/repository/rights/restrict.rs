//! Restriction (GDPR art. 18): the person is frozen. Every row leaves the repository for a set that is only kept: out of
//! matching, figures, search, feed and exports, until the restriction is lifted. The golden id stays theirs.

use super::super::apply::{self, Touched};
use super::super::erase::Subject;
use super::super::evaluate::rows_of;
use super::super::feed::{Event, EventKind};
use super::super::follow::{self, Then};
use super::super::log::{self, Act, Action, Entry};
use super::super::scene::Frame;
use super::super::store::{Kept, Ordinal, Person, Store};
use super::super::{Applied, Change, Repository, facts, kept_rows};
use super::aside::{Aside, RESTRICTED};
use crate::access::Right;
use crate::config::Family;
use crate::error::Error;
use crate::matching::ruling::RecordRef;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a restriction took out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Restriction {
    /// The golden id, which stays the person's.
    pub golden_id: String,
    /// Records that are kept aside.
    pub records: u64,
    /// Rows of other families.
    pub facts: u64,
    /// What consumers of the feed were told.
    pub events: Vec<Event>,
}

/// Somebody whose processing is restricted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Suspended {
    /// The golden id.
    pub golden_id: String,
    /// Records that are kept aside.
    pub records: u64,
    /// Rows of other families.
    pub facts: u64,
}

fn unknown(reason: &str) -> Error {
    Error::Argument { argument: "subject".into(), reason: reason.into() }
}

impl<S: Store> Repository<S> {
    /// Restricts the processing of a person. Rows that come for them meanwhile are kept aside too, and said to be
    /// `restricted`; what their sources delete stays.
    ///
    /// # Errors
    /// [`Error::Argument`] when nobody is meant, or the role may not; those of the store.
    pub fn restrict(&mut self, subject: &Subject, act: &Act) -> Result<Restriction, Error> {
        self.must(Right::Update)?;
        let person = match subject {
            Subject::GoldenId(id) => self.person(id)?,
            Subject::Record(r) => self.person_of(r)?,
        };
        let Some(person) = person else {
            let reason = match self.suspended(subject)? {
                Some(_) => "is restricted already",
                None => "names nobody who is kept",
            };
            return Err(unknown(reason));
        };
        self.store.begin()?;
        let done = self.restrict_begun(&person, act).and_then(|done| {
            self.store.commit()?;
            Ok(done)
        });
        match done {
            Ok(done) => Ok(done),
            Err(e) => {
                self.store.roll_back();
                Err(e)
            }
        }
    }

    fn restrict_begun(&mut self, person: &Person, act: &Act) -> Result<Restriction, Error> {
        let change = self.next_change()?;
        let golden_id = person.golden_id.clone();
        let mut restriction = Restriction { golden_id: golden_id.clone(), ..Restriction::default() };
        let mut kept: Vec<(Ordinal, Kept)> = Vec::new();
        // Every id that the records ever went by: what was said under it holds their values.
        let mut ever: BTreeSet<String> = BTreeSet::from([golden_id.clone()]);
        for o in &person.members {
            kept.extend(self.store.record(*o)?.map(|k| (*o, k)));
            ever.extend(self.store.moves(*o)?.into_iter().filter_map(|m| m.golden_id));
        }
        self.store.put_meta(RESTRICTED, "1")?;
        for (_, k) in &kept {
            self.store.put_aside(&Aside {
                golden_id: golden_id.clone(),
                is_fact: false,
                source: k.record.source,
                id: k.record.id.clone(),
                cells: k.cells.clone(),
            })?;
            restriction.records += 1;
        }
        let before = log::fingerprint(&self.secret, kept.iter().map(|(_, k)| k));
        let touched: Vec<Touched> =
            kept.into_iter().map(|(o, k)| Touched { ordinal: Some(o), old: Some(k), new: None }).collect();
        let identifiers = follow::identifiers(&touched);
        let (arrived, rows) = facts::take_out(&self.plan, &mut self.store, &identifiers)?;
        for fact in rows {
            let (source, id, cells) = (fact.source, fact.key, fact.cells);
            self.store.put_aside(&Aside {
                golden_id: golden_id.clone(),
                is_fact: true,
                source,
                id,
                cells,
            })?;
            restriction.facts += 1;
        }
        let frame = Frame::new(&self.plan);
        let effect = apply::apply(&frame, &mut self.store, &self.book, &self.book, touched, change)?;
        self.store.blank_events(&ever.iter().cloned().collect::<Vec<_>>())?;
        let events = effect.events(&self.plan.fields, &[], change);
        let then = Then { arrived: &arrived, identifiers: &identifiers, sources: &[], change };
        let book = (&self.book, &self.book);
        let mut events = follow::follow(&frame, &mut self.store, book, &effect, events, &then)?;
        events.extend(self.tell_again(&ever, &events, change)?);
        for event in events.iter_mut().filter(|e| e.kind == EventKind::Deleted) {
            RESTRICTED.clone_into(&mut event.reason);
        }
        restriction.events = self.store.add_events(events)?;
        let about = format!("{golden_id}, {} records, {} facts", restriction.records, restriction.facts);
        let entry = Entry::new(act, Action::Restrict, change, about, before, String::new());
        log::write(&mut self.store, &self.secret, entry)?;
        Ok(restriction)
    }

    /// Lifts the restriction of a person: their rows, those that came meanwhile among them, are taken as any others are,
    /// and give the same golden id.
    ///
    /// # Errors
    /// [`Error::Argument`] when nobody of that id or record is restricted, when the rules of today refuse one of the rows,
    /// or the role may not; those of the store. Everything stays as it was then.
    pub fn lift_restriction(&mut self, subject: &Subject, act: &Act) -> Result<Applied, Error> {
        self.must(Right::Update)?;
        let golden_id = self.suspended(subject)?.ok_or_else(|| unknown("names nobody who is restricted"))?;
        self.store.begin()?;
        let done = self.lift_begun(&golden_id, act).and_then(|done| {
            self.store.commit()?;
            Ok(done)
        });
        if done.is_err() {
            self.store.roll_back();
        }
        done
    }

    pub(in super::super) fn lift_begun(&mut self, golden_id: &str, act: &Act) -> Result<Applied, Error> {
        let asides = self.store.asides_of(golden_id)?;
        let mut of_source: BTreeMap<u16, Vec<Kept>> = BTreeMap::new();
        for aside in asides {
            self.store.remove_aside(aside.is_fact, aside.source, &aside.id)?;
            of_source.entry(aside.source).or_default().push(Kept { cells: aside.cells, ..Kept::default() });
        }
        let mut rows = Vec::new();
        for (source, kept) in of_source {
            let Some(source) = self.plan.sources.get(usize::from(source)) else { continue };
            rows.push(match source.family {
                Family::Customers => kept_rows(source, &kept)?,
                _ => rows_of(source, kept.iter().map(|k| k.cells.as_slice()))?,
            });
        }
        let change = Change { rows, act: act.clone(), ..Change::default() };
        let book = self.book.clone();
        let locking = self.locking(&change)?;
        self.known_rows = true;
        let applied = self.apply_begun(&change, &book, &BTreeSet::new(), &locking);
        self.known_rows = false;
        let applied = applied?;
        if let Some(refused) = applied.rejects.iter().find(|r| r.code != "duplicate_delivery") {
            let reason = format!(
                "has a row of `{}` that cannot be taken back as it is ({}); the restriction stays",
                refused.source, refused.code
            );
            return Err(unknown(&reason));
        }
        let about = format!("{golden_id}, {} records, {} facts", applied.records.0, applied.facts.0);
        let entry = Entry::new(act, Action::Lift, applied.change, about, String::new(), String::new());
        log::write(&mut self.store, &self.secret, entry)?;
        Ok(applied)
    }

    /// The golden id of a restricted person, by that id or by a record.
    pub(in super::super) fn suspended(&self, subject: &Subject) -> Result<Option<String>, Error> {
        if self.store.meta(RESTRICTED)?.is_none() {
            return Ok(None);
        }
        match subject {
            Subject::GoldenId(id) => Ok((!self.store.asides_of(id)?.is_empty()).then(|| id.clone())),
            Subject::Record(RecordRef { source, record_id }) => {
                let source = self.source(source)? as u16;
                Ok(self.store.aside(false, source, record_id)?.map(|a| a.golden_id))
            }
        }
    }

    /// Everybody whose processing is restricted, by golden id.
    ///
    /// # Errors
    /// Those of the store.
    pub fn restrictions(&self) -> Result<Vec<Suspended>, Error> {
        let mut all: BTreeMap<String, Suspended> = BTreeMap::new();
        self.store.each_aside(&mut |aside| {
            let golden_id = aside.golden_id;
            let s = all
                .entry(golden_id.clone())
                .or_insert_with(|| Suspended { golden_id, ..Suspended::default() });
            if aside.is_fact { s.facts += 1 } else { s.records += 1 }
        })?;
        Ok(all.into_values().collect())
    }
}
