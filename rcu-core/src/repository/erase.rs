//! The right to be forgotten (`domain.md` §7.5): every record of a person, its history and what others were told of it
//! are taken out; keyed hashes stay, so that a file that is sent again does not bring the person back.

use super::apply::{self, Touched};
use super::feed::{Event, EventKind};
use super::follow::{self, Then};
use super::log::{self, Act, Action, Entry};
use super::rights::{forget_notes, held};
use super::scene::{Frame, Nobody};
use super::store::{Kept, Named, Ordinal, Person, Store};
use super::tombstone::{Tombstone, Trace, hash_of, name_of, traces};
use super::{Aside, Repository, cells, facts, kept_rows, moved};
use crate::access::Right;
use crate::config::{Take, Target};
use crate::error::Error;
use crate::ingest::{self, Input, Reject};
use crate::matching::ruling::RecordRef;
use crate::progress::Silent;
use crate::records::OwnRecord;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Whom to erase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The person whom a golden id leads to.
    GoldenId(String),
    /// The person of a record.
    Record(RecordRef),
}

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erasure {
    /// Its number: that of its entry in the log, which lifting it asks for.
    pub number: u64,
    /// The golden ids that the person went by.
    pub golden_ids: Vec<String>,
    /// What was taken out, by place: `records`, `gone_records`, `decisions`, `locks`, `facts`, `feed`, `history`; and
    /// `tombstones`, which were put in.
    pub places: BTreeMap<&'static str, u64>,
    /// What consumers of the feed were told, and must do too.
    pub events: Vec<Event>,
    /// Why the place could not be cleaned of free pages and journals, if it could not: another program reads an older
    /// state, the disk is full. The next erasure does it.
    pub unswept: Option<String>,
    /// The values, as delivered and as normalised, so that the caller can look for them where this library does not
    /// reach. Never written anywhere.
    #[serde(skip)]
    pub values: BTreeSet<String>,
}

impl<S: Store> Repository<S> {
    /// Erases a person.
    ///
    /// # Errors
    /// [`Error::Argument`] when nobody is meant, or the repository has no secret to make keyed hashes with; those of the
    /// store. Nothing is erased then.
    pub fn erase(&mut self, subject: &Subject, act: &Act) -> Result<Erasure, Error> {
        if self.secret.is_empty() {
            let reason = "is needed to know an erased person again; open the repository with one".to_owned();
            return Err(Error::Argument { argument: "secret".into(), reason });
        }
        self.must(Right::Erase)?;
        let person = match subject {
            Subject::GoldenId(id) => self.person(id)?,
            Subject::Record(r) => self.person_of(r)?,
        };
        let nobody = || {
            let reason = "names nobody who is kept".to_owned();
            Error::Argument { argument: "subject".into(), reason }
        };
        let suspended = match person {
            Some(_) => None,
            None => Some(self.suspended(subject)?.ok_or_else(nobody)?),
        };
        self.store.begin()?;
        let person = person.map_or_else(
            || {
                // Whoever is restricted is taken back first, in the same change: what is erased is all of a person.
                let golden_id = suspended.as_deref().unwrap_or_default();
                let rows = self.store.asides_of(golden_id)?;
                self.lift_begun(golden_id, act)?;
                let person = self.person(golden_id)?.ok_or_else(nobody)?;
                self.with_recognised(person, &rows)
            },
            Ok,
        );
        let done = person.and_then(|person| self.erase_begun(&person, act)).and_then(|done| {
            self.store.commit()?;
            Ok(done)
        });
        match done {
            Ok((mut erasure, keys)) => {
                self.book = super::rulings::Book::new(self.store.rulings()?);
                self.take_locks()?;
                // The person is erased whatever becomes of free pages.
                erasure.unswept = self.store.scrub(&keys).err().map(|e| e.to_string());
                Ok(erasure)
            }
            Err(e) => {
                self.store.roll_back();
                Err(e)
            }
        }
    }

    /// A person who was restricted together with records that were known as theirs under other identifiers and are now by
    /// themselves: they are erased with the person, as they would not have been taken after.
    fn with_recognised(&self, mut person: Person, rows: &[Aside]) -> Result<Person, Error> {
        let mut own: BTreeSet<Ordinal> = BTreeSet::new();
        for row in rows.iter().filter(|a| !a.is_fact) {
            own.extend(self.store.find(row.source, &row.id)?);
        }
        for o in &own {
            if person.members.contains(o) {
                continue;
            }
            let other = self.store.person_of(*o)?.map(|n| self.store.person(n)).transpose()?.flatten();
            let Some(other) = other.filter(|p| p.members.iter().all(|m| own.contains(m))) else { continue };
            person.aliases.push(other.golden_id);
            person.aliases.extend(other.aliases);
            person.members.extend(other.members);
        }
        Ok(person)
    }

    /// Erases several people in one change, and cleans the place once.
    pub(super) fn erase_all(&mut self, golden_ids: &[String], act: &Act) -> Result<Vec<Erasure>, Error> {
        if self.secret.is_empty() {
            let reason = "is needed to know an erased person again; open the repository with one".to_owned();
            return Err(Error::Argument { argument: "secret".into(), reason });
        }
        let book = self.book.clone();
        self.store.begin()?;
        let done = self.erase_each(golden_ids, act).and_then(|done| {
            self.store.commit()?;
            Ok(done)
        });
        match done {
            Ok((mut erasures, keys)) => {
                self.take_locks()?;
                if !keys.is_empty() {
                    let unswept = self.store.scrub(&keys).err().map(|e| e.to_string());
                    erasures.iter_mut().for_each(|e| e.unswept.clone_from(&unswept));
                }
                Ok(erasures)
            }
            Err(e) => {
                self.store.roll_back();
                self.book = book;
                Err(e)
            }
        }
    }

    pub(super) fn erase_each(
        &mut self,
        golden_ids: &[String],
        act: &Act,
    ) -> Result<(Vec<Erasure>, Vec<u64>), Error> {
        let (mut erasures, mut all) = (Vec::new(), Vec::new());
        for id in golden_ids {
            let rows = self.store.asides_of(id)?;
            if !rows.is_empty() {
                self.lift_begun(id, act)?;
            }
            let Some(person) = self.person(id)? else { continue };
            let person = self.with_recognised(person, &rows)?;
            let (erasure, keys) = self.erase_begun(&person, act)?;
            self.book = super::rulings::Book::new(self.store.rulings()?);
            erasures.push(erasure);
            all.extend(keys);
        }
        Ok((erasures, all))
    }

    fn erase_begun(&mut self, person: &Person, act: &Act) -> Result<(Erasure, Vec<u64>), Error> {
        let members = &person.members;
        let change = self.next_change()?;
        let number = self.store.entry_at(i64::MAX)?.map_or(1, |e| e.number + 1);
        let frame = Frame::new(&self.plan);
        let mut erasure = Erasure {
            number,
            golden_ids: Vec::new(),
            places: BTreeMap::new(),
            events: Vec::new(),
            unswept: None,
            values: BTreeSet::new(),
        };
        let mut kept: Vec<(Ordinal, Kept)> = Vec::new();
        for o in members {
            kept.extend(self.store.record(*o)?.map(|k| (*o, k)));
        }
        // Every id that the records ever went by: what was said under it may hold their values.
        let mut ever: BTreeSet<String> = BTreeSet::new();
        for o in members {
            ever.extend(self.store.moves(*o)?.into_iter().filter_map(|m| m.golden_id));
        }
        let (keys, tombstones) = self.bury(&frame, &kept, number, act, &mut erasure);
        self.store.put_meta(TOMBSTONES, "1")?;
        for (hash, tombstone) in tombstones {
            self.store.put_tombstone(&hash, &tombstone)?;
        }

        for id in person.aliases.iter().chain([&person.golden_id]) {
            if let Some(named) = self.store.named(id)? {
                self.store.put_named(&Named { erased: true, ..named })?;
            }
        }
        let mut book = self.book.clone();
        let mut decisions = 0;
        for (_, k) in &kept {
            let me = frame.reference(&k.record);
            for r in self.book.of(&me).cloned().collect::<Vec<_>>() {
                if book.remove(&r.a, &r.b).is_some() {
                    self.store.remove_ruling(&r.a, &r.b)?;
                    decisions += 1;
                }
            }
        }
        let mut locks = 0;
        for lock in self.store.locks()? {
            let follows = |(_, k): &(Ordinal, Kept)| {
                let me = frame.reference(&k.record);
                lock.source.as_ref() == Some(&me.source) && lock.record_id.as_ref() == Some(&me.record_id)
            };
            if kept.iter().any(follows) {
                self.store.remove_lock(&lock)?;
                locks += 1;
            }
        }
        if decisions + locks > 0 {
            self.store.put_meta(super::SETTLED, &change.to_string())?;
        }
        let before = log::fingerprint(&self.secret, kept.iter().map(|(_, k)| k));
        let touched: Vec<Touched> = kept
            .iter()
            .map(|(o, k)| Touched { ordinal: Some(*o), old: Some(k.clone()), new: None })
            .collect();
        let identifiers = follow::identifiers(&touched);
        let (arrived, facts) = facts::unlink(&self.plan, &mut self.store, &identifiers)?;
        let mut effect = apply::apply(&frame, &mut self.store, &self.book, &book, touched, change)?;
        effect.erased = true;
        erasure.golden_ids =
            effect.fates.iter().filter(|f| f.is.is_none()).map(|f| f.golden_id.clone()).collect();
        erasure.golden_ids.sort_unstable();

        // Records of the person that their sources deleted before.
        let mut gone: BTreeSet<Ordinal> = BTreeSet::new();
        for id in &erasure.golden_ids {
            gone.extend(self.store.ever_had(id)?);
        }
        gone.retain(|o| !members.contains(o));
        let mut forgotten = 0;
        for o in gone {
            let aside = match self.store.name_of(o)? {
                Some((source, id)) => held(&self.store, source, &id)?,
                None => None,
            };
            // Who once was the same person and is restricted now stays.
            if self.store.record(o)?.is_none() && aside.is_none() {
                self.bury_name(o, number, act, &mut erasure)?;
                self.store.forget_record(o)?;
                forgotten += 1;
            }
        }
        for o in members {
            self.store.forget_record(*o)?;
        }

        let all_ids: Vec<String> =
            ever.union(&erasure.golden_ids.iter().cloned().collect()).cloned().collect();
        forget_notes(&mut self.store, &erasure.golden_ids)?;
        let blanked = self.store.blank_events(&all_ids)?;
        let events = effect.events(&self.plan.fields, &[], change);
        let frame = Frame::new(&self.plan);
        let then = Then { arrived: &arrived, identifiers: &identifiers, sources: &[], change };
        let mut events =
            follow::follow(&frame, &mut self.store, (&self.book, &book), &effect, events, &then)?;
        events.extend(self.tell_again(&ever, &events, change)?);
        erasure.events = self.store.add_events(events)?;
        erasure.places.extend([
            ("records", members.len() as u64),
            ("gone_records", forgotten),
            ("history", members.len() as u64 + forgotten),
            ("decisions", decisions),
            ("locks", locks),
            ("feed", blanked),
            ("facts", facts),
        ]);
        let about = format!("{} records of {}", members.len(), erasure.golden_ids.join(" "));
        let entry = Entry::new(act, Action::Erase, change, about, before, String::new());
        log::write(&mut self.store, &self.secret, entry)?;
        Ok((erasure, keys))
    }

    /// Block keys of records, and a tombstone for everything by which they would be known again.
    fn bury(
        &self,
        frame: &Frame,
        kept: &[(Ordinal, Kept)],
        number: u64,
        act: &Act,
        erasure: &mut Erasure,
    ) -> (Vec<u64>, Vec<([u8; 32], Tombstone)>) {
        let scene = frame.scene(kept.iter().map(|(o, k)| (*o, &k.record)), &self.book);
        let keys = frame.facets(&scene).into_iter().flat_map(|f| [f.blocks, f.clues]).flatten().collect();
        let prepared = frame.prepare(&scene, &Nobody);
        let all = 0..scene.records.len() as u32;
        let mut names: Vec<[u8; 32]> =
            all.clone().filter_map(|r| name_of(&self.secret, &prepared, r)).collect();
        names.sort_unstable();
        names.dedup();
        let mut hashes: BTreeMap<[u8; 32], Trace> = BTreeMap::new();
        for r in all {
            let source = usize::from(scene.records.sources[r as usize]);
            let source = self.plan.sources.get(source).map_or("", |s| s.name.as_str());
            hashes.extend(traces(&self.secret, source, &prepared, r).into_iter().map(|(t, h)| (h, t)));
        }
        *erasure.places.entry("tombstones").or_default() += hashes.len() as u64;
        for (_, k) in kept {
            erasure.values.insert(k.record.id.clone());
            erasure.values.extend(k.record.values.iter().map(|v| v.text.clone()));
            erasure.values.extend(k.cells.iter().map(|(_, text)| text.clone()));
        }
        let tombstone =
            |(hash, trace)| (hash, Tombstone { erasure: number, at: act.at, trace, names: names.clone() });
        (keys, hashes.into_iter().map(tombstone).collect())
    }

    /// Puts a tombstone for a record that is gone.
    fn bury_name(&mut self, o: Ordinal, number: u64, act: &Act, erasure: &mut Erasure) -> Result<(), Error> {
        if let Some(r) = self.reference(o)? {
            let hash = hash_of(&self.secret, Trace::Record, &[&r.source, &r.record_id]);
            let t = Tombstone { erasure: number, at: act.at, trace: Trace::Record, names: Vec::new() };
            self.store.put_tombstone(&hash, &t)?;
            *erasure.places.entry("tombstones").or_default() += 1;
            erasure.values.insert(r.record_id);
        }
        Ok(())
    }

    /// All values of people who are left and once went by the same ids: what was said of them before was taken out of the
    /// feed.
    pub(super) fn tell_again(
        &self,
        ever: &BTreeSet<String>,
        told: &[Event],
        change: u64,
    ) -> Result<Vec<Event>, Error> {
        let mut again: BTreeMap<String, Event> = BTreeMap::new();
        for id in ever {
            let Some(person) = self.person(id)? else { continue };
            let golden_id = person.golden_id.clone();
            if told.iter().any(|e| e.golden_id == golden_id && e.kind == EventKind::Created) {
                continue;
            }
            let name = |f: usize| self.plan.fields.get(f).map_or_else(String::new, |f| f.name.clone());
            let values = person.values.into_iter().map(|v| (name(v.field), Some(v.text))).collect();
            // What is no more was perhaps said in an entry that is blank now: who is told all starts anew.
            let kind = EventKind::Created;
            let standing = self.standing(&golden_id)?.unwrap_or_default();
            let event = Event { values, ..Event::new(change, kind, golden_id, Vec::new()) };
            let event = moved::whole(event, &standing);
            again.insert(event.golden_id.clone(), event);
        }
        Ok(again.into_values().collect())
    }

    /// Lifts an erasure, with the proof that the person came back by an act of their own. Rows that come from now on are
    /// taken again; nothing that was erased comes back by itself.
    ///
    /// # Errors
    /// [`Error::Argument`] for an empty proof or an erasure that is not there; those of the store.
    pub fn readmit(&mut self, erasure: u64, proof: &str, act: &Act) -> Result<u64, Error> {
        self.must(Right::Erase)?;
        if proof.trim().is_empty() {
            let reason = "is empty; an erasure is lifted only with the reference of a proof".to_owned();
            return Err(Error::Argument { argument: "proof".into(), reason });
        }
        self.store.begin()?;
        let done = self.readmit_begun(erasure, proof, act).and_then(|lifted| {
            self.store.commit()?;
            Ok(lifted)
        });
        if done.is_err() {
            self.store.roll_back();
        }
        done
    }

    fn readmit_begun(&mut self, erasure: u64, proof: &str, act: &Act) -> Result<u64, Error> {
        let lifted = self.store.lift_tombstones(erasure)?;
        if lifted == 0 {
            let reason = format!("no erasure has the number {erasure}, or it was lifted before");
            return Err(Error::Argument { argument: "erasure".into(), reason });
        }
        let change = self.store.entry_at(i64::MAX)?.map_or(0, |e| e.change);
        let about = format!("erasure {erasure}, proof {proof}");
        let entry = Entry::new(act, Action::Readmit, change, about, String::new(), String::new());
        log::write(&mut self.store, &self.secret, entry)?;
        Ok(lifted)
    }

    /// Whether people were erased here.
    fn has_tombstones(&self) -> Result<bool, Error> {
        if self.known_rows || self.store.meta(TOMBSTONES)?.is_none() {
            return Ok(false);
        }
        if self.secret.is_empty() {
            let reason =
                "is needed: people were erased here, and only it tells whether a row is one of theirs"
                    .to_owned();
            return Err(Error::Argument { argument: "secret".into(), reason });
        }
        Ok(true)
    }

    /// Whether an identifier was that of somebody who was erased.
    pub(super) fn is_erased_name(&self, source: &str, record_id: &str) -> Result<bool, Error> {
        let hash = || hash_of(&self.secret, Trace::Record, &[source, record_id]);
        Ok(self.has_tombstones()? && self.store.tombstone(&hash())?.is_some())
    }

    /// Holds new rows against the tombstones: rows of erased people are refused; from rows of others who share a number
    /// or a mailbox with one, that value is taken out.
    pub(super) fn admit(&self, rows: Vec<Arrival>, rejects: &mut Vec<Reject>) -> Result<Vec<Arrival>, Error> {
        if !self.has_tombstones()? {
            return Ok(rows);
        }
        let mut admitted = Vec::with_capacity(rows.len());
        for mut row in rows {
            let found = self.found(&row.kept.record)?;
            if found.iter().any(|f| f.is_the_person) {
                rejects.push(row.refused("erased_subject", "", "the person was erased"));
                continue;
            }
            if !found.is_empty() {
                let Some(kept) = self.strip(&row, found.len(), rejects)? else {
                    rejects.push(row.refused("erased_subject", "", "the person was erased"));
                    continue;
                };
                row.kept = kept;
            }
            admitted.push(row);
        }
        Ok(admitted)
    }

    /// Whether a record is of somebody who was erased.
    pub(super) fn is_erased(&self, record: &OwnRecord) -> Result<bool, Error> {
        Ok(self.found(record)?.iter().any(|f| f.is_the_person))
    }

    fn found(&self, record: &OwnRecord) -> Result<Vec<Found>, Error> {
        let frame = Frame::new(&self.plan);
        let scene = frame.scene([(0, record)], &self.book);
        let prepared = frame.prepare(&scene, &Nobody);
        let name = name_of(&self.secret, &prepared, 0);
        let source = self.plan.sources.get(usize::from(record.source)).map_or("", |s| s.name.as_str());
        let mut found = Vec::new();
        for (trace, hash) in traces(&self.secret, source, &prepared, 0) {
            if let Some(t) = self.store.tombstone(&hash)? {
                let same_name = name.is_none_or(|n| t.names.contains(&n));
                found.push(Found { is_the_person: trace.is_personal() || same_name });
            }
        }
        Ok(found)
    }

    /// The row without the cells that hold an erased person's number or address; none when that cannot be done.
    fn strip(
        &self,
        row: &Arrival,
        mut left: usize,
        rejects: &mut Vec<Reject>,
    ) -> Result<Option<Kept>, Error> {
        let source = &self.plan.sources[usize::from(row.kept.record.source)];
        let columns: BTreeSet<&String> = source
            .inputs
            .iter()
            .filter(|i| matches!(i.target, Target::Field(_) | Target::Phone))
            .filter_map(|i| match &i.take {
                Take::Column(c) if *c != source.spec.id => Some(c),
                _ => None,
            })
            .collect();
        let mut kept = row.kept.clone();
        for column in columns {
            if left == 0 {
                break;
            }
            let mut without = kept.clone();
            without.cells.retain(|(name, _)| name != column);
            if without.cells.len() == kept.cells.len() {
                continue;
            }
            let input = kept_rows(source, std::slice::from_ref(&without))?;
            let rows = self.with_shops(std::slice::from_ref(&input))?;
            let loaded = ingest::load_customers(&self.plan, &rows, &Silent)?;
            if loaded.records.is_empty() {
                continue;
            }
            without = Kept { record: loaded.records.own(0), cells: cells(&input.table, 0) };
            let now = self.found(&without.record)?.len();
            if now < left {
                left = now;
                kept = without;
                rejects.push(row.refused(
                    "erased_value",
                    column,
                    "the value was erased with a person; the row is kept without it",
                ));
            }
        }
        Ok((left == 0).then_some(kept))
    }
}

/// A trace of an erased person that a row holds.
struct Found {
    is_the_person: bool,
}

/// Says in the store that there are tombstones.
pub(super) const TOMBSTONES: &str = "tombstones";

/// A row that came, normalised.
pub(super) struct Arrival {
    pub kept: Kept,
    pub source: String,
    pub file: String,
    pub line: u64,
}

impl Arrival {
    pub fn new(input: &Input, row: usize, kept: Kept) -> Arrival {
        Arrival { kept, source: input.source.clone(), file: input.file(row), line: input.line(row) }
    }

    pub fn refused(&self, code: &'static str, column: &str, reason: &str) -> Reject {
        Reject {
            source: self.source.clone(),
            file: self.file.clone(),
            line: self.line,
            column: column.to_owned(),
            code,
            reason: reason.to_owned(),
            excluded: matches!(code, "duplicate_delivery" | "erased_subject" | "restricted_subject"),
        }
    }
}
