//! Other rules for everything that is kept: what they would change, and the change itself.

use super::apply::Effect;
use super::bulk;
use super::feed::{Event, EventKind};
use super::figures::Moved;
use super::follow::{self, Altered};
use super::log::{self, Act, Action, Entry};
use super::rulings::Book;
use super::scene::Frame;
use super::standing::Standing;
use super::store::{Kept, Move, Ordinal, Person, PersonNumber, Store};
use super::{RULES, Repository, kept_rows, rules};
use super::{facts, identity, moved, refresh};
use crate::config::Plan;
use crate::error::Error;
use crate::ingest::{self, Reject};
use crate::progress::Progress;
use crate::records::OwnRecord;
use serde::Serialize;
use std::collections::BTreeMap;

/// What other rules change.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Migration {
    /// Records kept before and after.
    pub records: (u64, u64),
    /// Records with other normalised values.
    pub changed_records: u64,
    /// People before and after.
    pub people: (u64, u64),
    /// People who took others in, by the number of entries of the feed; and so on for the other kinds.
    pub events: BTreeMap<EventKind, u64>,
    /// Golden values that are other ones, by field.
    pub values: BTreeMap<String, u64>,
    /// Rows that the new rules refuse, and why.
    #[serde(skip)]
    pub rejects: Vec<Reject>,
    /// The first entries of the feed of each kind.
    #[serde(skip)]
    pub sample: Vec<Event>,
    /// Whether it was only tried.
    pub dry_run: bool,
}

/// How many entries of each kind a migration shows.
const SAMPLE: usize = 50;

impl<S: Store> Repository<S> {
    /// Opens what a store keeps under other rules than those it was made by, and applies them to everything. Golden ids
    /// follow the rules of identity; the feed says what changed. A dry run says the same and changes nothing: the
    /// repository that it gives still has to be migrated.
    ///
    /// # Errors
    /// As [`Repository::open`]; those of the store.
    pub fn migrate(
        plan: Plan,
        store: S,
        secret: impl Into<Vec<u8>>,
        act: &Act,
        dry_run: bool,
        progress: &dyn Progress,
    ) -> Result<(Repository<S>, Migration), Error> {
        let (plan, secret) = (plan.kept(), secret.into());
        super::check_plan(&plan)?;
        super::secret::check(&store, &secret)?;
        let book = Book::new(store.rulings()?);
        let (wanted, plan) = (plan.as_of, refresh::on_kept_day(plan, &store)?);
        let mut repository = Repository {
            plan,
            store,
            book,
            secret,
            locked: Vec::new(),
            wanted,
            role: None,
            known_rows: false,
        };
        repository.take_locks()?;
        repository.store.begin()?;
        let done = repository.migrate_begun(act, dry_run, progress);
        match done {
            Ok(migration) if dry_run => {
                repository.store.roll_back();
                Ok((repository, migration))
            }
            Ok(migration) => {
                repository.store.commit()?;
                Ok((repository, migration))
            }
            Err(e) => {
                repository.store.roll_back();
                Err(e)
            }
        }
    }

    fn migrate_begun(
        &mut self,
        act: &Act,
        dry_run: bool,
        progress: &dyn Progress,
    ) -> Result<Migration, Error> {
        let change = self.store.next_change()?;
        let mut migration = Migration { dry_run, ..Migration::default() };
        let mut old: Vec<(Ordinal, Kept)> = Vec::new();
        self.store.each_record(&mut |o, k| old.push((o, k)))?;
        old.sort_by(|a, b| a.1.record.rank().cmp(&b.1.record.rank()));
        migration.records.0 = old.len() as u64;
        let new = self.read_again(&old, &mut migration, progress)?;
        migration.records.1 = new.len() as u64;
        let mut rows: BTreeMap<Ordinal, OwnRecord> = BTreeMap::new();
        let mut altered: Vec<Altered> = Vec::new();
        for ((o, before), after) in old.iter().zip(new) {
            let Some(after) = after else {
                self.store.remove_record(*o)?;
                self.store.add_move(*o, &Move { change, golden_id: None })?;
                migration.records.1 -= 1;
                continue;
            };
            if before.record != after.record {
                migration.changed_records += 1;
                self.store.put_record(Some(*o), &after)?;
            }
            if before.record.values != after.record.values {
                let (old, new) = (before.record.clone(), after.record.clone());
                altered.push(Altered { ordinal: *o, old, new });
            }
            rows.insert(*o, after.record);
        }
        drop(old);
        self.store.clear_derived()?;
        facts::index_again(&self.plan, &mut self.store)?;
        let frame = Frame::new(&self.plan);
        let scene = frame.scene(rows.iter().map(|(o, r)| (*o, r)), &self.book);
        let mut derived = bulk::derive(&frame, &mut self.store, &scene, progress)?;
        let mut before: BTreeMap<PersonNumber, Person> = BTreeMap::new();
        self.store.each_person(&mut |n, p| drop(before.insert(n, p)))?;
        migration.people = (before.len() as u64, derived.people.len() as u64);
        let effect: Effect = identity::name(
            &mut self.store,
            &self.plan,
            &rows,
            &before,
            (&mut derived.people, Vec::new()),
            change,
        )?;
        let stood = self.stood(&before)?;
        for number in before.keys() {
            self.store.put_standing(*number, None)?;
        }
        let mut numbers: Vec<PersonNumber> = Vec::with_capacity(derived.people.len());
        for person in &derived.people {
            numbers.extend(self.store.named(&person.golden_id)?.and_then(|n| n.person));
        }
        bulk::settle(&frame, &mut self.store, &scene, &derived, &numbers, progress)?;
        let mut all = Moved::new();
        for number in numbers {
            let old = stood.get(&number).cloned().unwrap_or_default();
            let new = self.store.standing(number)?.unwrap_or_default();
            if old != new {
                all.insert(number, (old, new));
            }
        }
        let mut events = effect.events(&self.plan.fields, &[], change);
        moved::tell(&self.store, &all, &mut events, &[], change)?;
        follow::tell_agreement(&self.store, &altered, &mut events, &[], change)?;
        let events = self.store.add_events(events)?;
        for e in events {
            let n = migration.events.entry(e.kind).or_default();
            *n += 1;
            e.values.keys().for_each(|f| *migration.values.entry(f.clone()).or_default() += 1);
            if *n <= SAMPLE as u64 {
                migration.sample.push(e);
            }
        }
        self.store.put_meta(RULES, &rules::number(&self.plan))?;
        let (records, people) = (migration.records, migration.people);
        let about = format!("records {} to {}, people {} to {}", records.0, records.1, people.0, people.1);
        let entry = Entry::new(act, Action::Migrate, change, about, String::new(), String::new());
        log::write(&mut self.store, &self.secret, entry)?;
        Ok(migration)
    }

    /// Where people stood.
    fn stood(
        &self,
        people: &BTreeMap<PersonNumber, Person>,
    ) -> Result<BTreeMap<PersonNumber, Standing>, Error> {
        let mut stood = BTreeMap::new();
        for number in people.keys() {
            stood.extend(self.store.standing(*number)?.map(|s| (*number, s)));
        }
        Ok(stood)
    }

    /// Every kept row normalised by the plan's rules; none for one that they refuse.
    fn read_again(
        &self,
        old: &[(Ordinal, Kept)],
        migration: &mut Migration,
        progress: &dyn Progress,
    ) -> Result<Vec<Option<Kept>>, Error> {
        let mut inputs = Vec::new();
        let mut place: Vec<Vec<usize>> = Vec::new();
        for (position, source) in self.plan.sources.iter().enumerate() {
            let (mut kept, mut places) = (Vec::new(), Vec::new());
            for (i, (_, k)) in
                old.iter().enumerate().filter(|(_, (_, k))| usize::from(k.record.source) == position)
            {
                kept.push(k.clone());
                places.push(i);
            }
            if !kept.is_empty() {
                inputs.push(kept_rows(source, &kept)?);
                place.push(places);
            }
        }
        inputs.extend(refresh::shops(&self.plan, &self.store)?);
        let loaded = ingest::load_customers(&self.plan, &inputs, progress)?;
        migration.rejects = loaded.rejects;
        let mut new: Vec<Option<Kept>> = vec![None; old.len()];
        for (r, (input, row)) in loaded.origins.iter().enumerate() {
            let i = place[*input as usize][*row as usize];
            new[i] = Some(Kept { record: loaded.records.own(r as u32), cells: old[i].1.cells.clone() });
        }
        Ok(new)
    }
}
