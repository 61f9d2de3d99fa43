//! Objection to prospecting (GDPR art. 21): withdrawals for every record of the person, in force at once, only ever added
//! to. They are rows of a source that the repository keeps itself, so figures, audiences, feed, erasure, restriction and
//! verification treat them as any statement.

use super::super::erase::Subject;
use super::super::evaluate::rows_of;
use super::super::log::{self, Act, Action, Entry};
use super::super::store::{Person, Store};
use super::super::{Applied, Change, Repository};
use crate::access::Right;
use crate::config::OBJECTIONS;
use crate::consent::{Status, Subject as About};
use crate::error::Error;
use crate::identity::id_of_record;
use crate::ingest::Input;
use crate::time::Day;
use serde::Serialize;
use std::collections::BTreeSet;

/// What a person objects to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Objection {
    /// Channels; empty: all, those that nobody named yet among them.
    pub channels: Vec<String>,
    /// Purposes; empty: all of prospecting.
    pub purposes: Vec<String>,
    /// Brand; empty: all.
    pub brand: String,
    /// Reference of the proof: the letter, the call, the form.
    pub proof: String,
}

/// Channels of prospecting.
const CHANNELS: [&str; 5] = ["email", "phone", "post", "push", "sms"];

impl<S: Store> Repository<S> {
    /// Keeps a person's objection to prospecting: nobody has to say why. It stands for all their records until they say
    /// something else at a later moment; an opt-in of an older date that comes late does not lift it.
    ///
    /// # Errors
    /// [`Error::Argument`] when nobody is meant, without a moment or a proof, or the role may not; those of the store.
    pub fn object(&mut self, subject: &Subject, objection: &Objection, act: &Act) -> Result<Applied, Error> {
        self.must(Right::Update)?;
        if act.at <= 0 {
            let reason = "says no moment; what is said later than an objection lifts it".to_owned();
            return Err(Error::Argument { argument: "act".into(), reason });
        }
        if objection.proof.trim().is_empty() {
            let reason =
                "is empty; an objection is kept with the reference of what the person said".to_owned();
            return Err(Error::Argument { argument: "proof".into(), reason });
        }
        let person = self.meant(subject)?;
        let about = format!(
            "{}, {}, {}",
            person.golden_id,
            if objection.purposes.is_empty() {
                "prospecting".to_owned()
            } else {
                objection.purposes.join(" ")
            },
            if objection.channels.is_empty() {
                "every channel".to_owned()
            } else {
                objection.channels.join(" ")
            },
        );
        self.state(&person, objection, Status::Withdrawn, act, (Action::Object, about))
    }

    /// The person that is meant.
    pub(in super::super) fn meant(&self, subject: &Subject) -> Result<Person, Error> {
        let person = match subject {
            Subject::GoldenId(id) => self.person(id)?,
            Subject::Record(r) => self.person_of(r)?,
        };
        person.ok_or_else(|| {
            let reason = "names nobody who is kept, or somebody who is restricted".to_owned();
            Error::Argument { argument: "subject".into(), reason }
        })
    }

    /// Adds statements about a person to those that the repository keeps itself.
    pub(in super::super) fn state(
        &mut self,
        person: &Person,
        objection: &Objection,
        status: Status,
        act: &Act,
        (action, about): (Action, String),
    ) -> Result<Applied, Error> {
        self.store.begin()?;
        let done = self.state_begun(person, objection, status, act).and_then(|applied| {
            let entry = Entry::new(act, action, applied.change, about, String::new(), String::new());
            log::write(&mut self.store, &self.secret, entry)?;
            self.store.commit()?;
            Ok(applied)
        });
        if done.is_err() {
            self.store.roll_back();
        }
        done
    }

    pub(in super::super) fn state_begun(
        &mut self,
        person: &Person,
        objection: &Objection,
        status: Status,
        act: &Act,
    ) -> Result<Applied, Error> {
        let rows = self.statements(person, objection, status, act)?;
        self.store.put_meta(OBJECTIONS, "1")?;
        let change = Change { rows: vec![rows], act: act.clone(), ..Change::default() };
        let locking = self.locking(&change)?;
        let book = self.book.clone();
        self.apply_begun(&change, &book, &BTreeSet::new(), &locking)
    }

    /// One row for each record, purpose and channel, under an identifier that the same objection has again.
    fn statements(
        &self,
        person: &Person,
        objection: &Objection,
        status: Status,
        act: &Act,
    ) -> Result<Input, Error> {
        let position = self.source(OBJECTIONS)?;
        let source = &self.plan.sources[position];
        let purposes: BTreeSet<String> = match objection.purposes.is_empty() {
            true => self.plan.purposes.of_prospecting().map(|p| p.name.clone()).collect(),
            false => objection.purposes.iter().map(|p| About::new(p, "", "").purpose).collect(),
        };
        let mut channels: BTreeSet<String> =
            objection.channels.iter().map(|c| About::new("", c, "").channel).collect();
        if objection.channels.is_empty() {
            channels.extend(CHANNELS.iter().map(|c| (*c).to_owned()));
            let said = self.standing(&person.golden_id)?.unwrap_or_default().consents;
            channels.extend(said.into_iter().filter(|c| purposes.contains(&c.purpose)).map(|c| c.channel));
            // A blank one refuses those that nobody spoke of yet.
            channels.insert(String::new());
        }
        let brand = About::new("", "", &objection.brand).brand;
        // A day that the repository has not come to is not known yet: until it has, the day that it is at stands for it.
        let mut dates = vec![instant(act.at)];
        if self.plan.zone.day_of(act.at) > self.plan.as_of {
            dates.push(self.plan.as_of.to_string());
        }
        let subjects: Vec<(&String, &String, &String)> = purposes
            .iter()
            .flat_map(|p| channels.iter().map(move |c| (p, c)))
            .flat_map(|(p, c)| dates.iter().map(move |d| (p, c, d)))
            .collect();
        let mut rows: Vec<Vec<(String, String)>> = Vec::new();
        for o in &person.members {
            let Some(record) = self.reference(*o)? else { continue };
            for (purpose, channel, at) in &subjects {
                let parts =
                    [&record.source, &record.record_id, *purpose, *channel, &brand, *at, &objection.proof];
                let id = id_of_record(OBJECTIONS, &parts.map(String::as_str).join("\u{1f}"));
                let cells = [
                    ("id", id.as_str()),
                    ("source", &record.source),
                    ("record_id", &record.record_id),
                    ("purpose", purpose),
                    ("channel", channel),
                    ("brand", &brand),
                    ("status", status.name()),
                    ("date", at),
                    ("point", &act.reason),
                    ("proof", &objection.proof),
                    ("actor", &act.by),
                ];
                let said = cells.iter().filter(|(_, text)| !text.is_empty());
                let mut row: Vec<(String, String)> =
                    said.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
                row.sort();
                rows.push(row);
            }
        }
        rows_of(source, rows.iter().map(Vec::as_slice))
    }
}

/// A moment in seconds since 1970-01-01T00:00:00Z as `2026-11-21T09:30:00Z`.
pub(in super::super) fn instant(at: i64) -> String {
    let (day, seconds) =
        (Day(at.div_euclid(86_400).clamp(-700_000, 2_000_000) as i32), at.rem_euclid(86_400));
    format!("{day}T{:02}:{:02}:{:02}Z", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
