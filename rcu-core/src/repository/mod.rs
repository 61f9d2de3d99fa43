//! The living repository: every change applied with all that follows from it, exact after each.
//!
//! The state that a repository keeps is at any moment what a fresh build of the rows that are left would give, whatever
//! the order and the batches in which they came; [`Repository::verify`] proves it. What is not a matter of the set alone
//! is who had which golden id: ids follow the rules of identity.

mod apply;
mod bulk;
mod delivery;
mod erase;
mod evaluate;
mod export;
mod facts;
mod feed;
mod figures;
mod follow;
mod history;
mod household;
mod identity;
mod ledger;
mod locks;
mod log;
mod match_one;
mod memory;
mod migrate;
mod moved;
mod outbound;
mod overlay;
mod portrait;
mod read;
mod refresh;
mod replay;
mod rights;
mod rules;
mod rulings;
mod scene;
mod scores;
mod search;
mod secret;
mod standing;
mod star;
mod store;
mod tombstone;
mod verify;
mod verify_facts;

pub use apply::Effect;
pub use delivery::{Delivered, Delivery};
pub use erase::{Erasure, Subject};
pub use feed::{Event, EventKind, Follower};
pub use history::{History, Passage};
pub use log::{Act, Action, Entry};
pub use match_one::{Candidate, Foresight, RowFate};
pub use memory::MemoryStore;
pub use migrate::Migration;
pub use outbound::{Mirror, Outgoing, RowEvent, SentRow, Sheet};
pub use portrait::Portrait;
pub use replay::{Buried, Erased, Replayed};
pub use rights::{
    Aside, Breach, Correction, Dossier, Due, Exposed, HandedOut, LinkHeld, Objection, Part, Portable,
    Recipient, Rectified, Remedy, Restriction, Retained, RowHeld, Suspended, ValueHeld,
};
pub use search::{Clue, Cut, Found, Hit, How, Ignored, Met, Search, Shown};
pub use standing::{KeptConsent, KeptFact, Lives, Scored, Standing, Tally, Whose};
pub use star::StarTable;
pub use store::{
    Counted, Kept, KeptLink, KeptValue, Move, Named, Ordinal, Person, PersonNumber, Space, Store,
};
pub use tombstone::{Tombstone, Trace};
pub use verify::{Finding, Verification};

use crate::access::{Right, RolePlan};
use crate::config::{OBJECTIONS, Plan, SourcePlan, Take};
use crate::error::{Error, did_you_mean};
use crate::ingest::{self, Input, Reject};
use crate::matching::MergeScope;
use crate::matching::ruling::{Answer, RecordRef, Ruling};
use crate::progress::{Progress, Silent};
use crate::resolve::check_sources;
use crate::survivorship::Lock;
use crate::table::{Column, Table, TextColumn};
use crate::time::Day;
use apply::Touched;
use erase::Arrival;
use follow::Then;
use locks::Locking;
use rulings::Book;
use scene::Frame;
use std::collections::{BTreeMap, BTreeSet};

/// One change to a repository: everything in it is kept together or not at all.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Rows of any source, new or newer. Of several rows with one id the latest stays, whichever comes first; of facts
    /// dated alike the one that is delivered later.
    pub rows: Vec<Input>,
    /// Records that their source deleted. A row of the same change with that id is deleted as well.
    pub deletes: Vec<RecordRef>,
    /// Decisions of stewards; each stands in place of the one on its pair.
    pub decisions: Vec<Ruling>,
    /// Pairs whose decision is taken back.
    pub cancelled: Vec<(RecordRef, RecordRef)>,
    /// Records whose source gave them another identifier. They stay who they are; rows and decisions of the same change
    /// name them by the new one.
    pub renamed: Vec<(RecordRef, String)>,
    /// Values that stewards pin, ignore or clear; each stands in place of the one on the same value of the same record.
    pub locks: Vec<Lock>,
    /// Locks that are taken back.
    pub unlocked: Vec<Lock>,
    /// Who makes the change, when and why.
    pub act: Act,
}

/// What became of a change.
#[derive(Debug, Clone, Default)]
pub struct Applied {
    /// The number of the change.
    pub change: u64,
    /// Records that are new, changed, and gone.
    pub records: (u64, u64, u64),
    /// The same for rows of the other families.
    pub facts: (u64, u64, u64),
    /// Rows that were not kept, and why.
    pub rejects: Vec<Reject>,
    /// What it did to people.
    pub effect: Effect,
    /// What it added to the feed.
    pub events: Vec<Event>,
}

/// A repository over a store.
#[derive(Debug)]
pub struct Repository<S> {
    plan: Plan,
    store: S,
    book: Book,
    secret: Vec<u8>,
    /// Locks in the plan that come from the store.
    locked: Vec<Lock>,
    /// The day of the plan that was given; everything is kept for the day of `plan`.
    wanted: Day,
    /// As whom it is used; none: nothing is refused or hidden.
    role: Option<RolePlan>,
    /// Whether rows are those of people who are kept already: they were held against the erased ones when they came.
    known_rows: bool,
}

/// Name of the rules in the store.
const RULES: &str = "rules";
/// Name in the store of the last change that made or took back decisions or locks.
const SETTLED: &str = "settled";

fn check_plan(plan: &Plan) -> Result<(), Error> {
    let kept_only_in_batches = [
        ("companies", plan.has_companies()),
        ("matching.merge_scope", plan.config.matching.merge_scope != MergeScope::Group),
    ];
    if let Some((what, _)) = kept_only_in_batches.iter().find(|(_, there)| *there) {
        let reason = "is resolved in batches only so far; a repository cannot keep it".to_owned();
        return Err(Error::Argument { argument: (*what).to_owned(), reason });
    }
    Ok(())
}

impl<S: Store> Repository<S> {
    /// Opens what a store keeps. Decisions that the plan names are added when the store has none on their pair.
    ///
    /// # Errors
    /// [`Error::Argument`] for a plan with companies or a merge scope, which a repository does not keep, and for one with
    /// other rules than those that the state was made by: [`Repository::migrate`] applies them; those of the store.
    pub fn open(plan: Plan, store: S) -> Result<Repository<S>, Error> {
        let mut repository = Repository::look_at(plan, store)?;
        repository.take_decisions()?;
        Ok(repository)
    }

    /// The same with the secret of this installation, which seals the log and makes the keyed hashes of erased people. It
    /// must not be kept where the repository is, and stay the same for as long as the repository lives: the first change
    /// made with one binds it, and whatever needs it refuses another. [`Repository::open_with`] refuses it at once.
    #[must_use]
    pub fn with_secret(mut self, secret: impl Into<Vec<u8>>) -> Repository<S> {
        self.secret = secret.into();
        self
    }

    /// The same as somebody of a role: what the role may not do is refused, and what it may not see is left out of what is
    /// made to be shown or handed out: searches, pages, tables, subscribers' rows, the feed. What gives the kept state
    /// itself ([`Repository::person`], [`Repository::portrait`], [`Repository::store`]) is for the program, not for people.
    ///
    /// # Errors
    /// [`Error::Argument`] for a role that is not there.
    pub fn acting_as(mut self, role: &str) -> Result<Repository<S>, Error> {
        self.role = Some(self.plan.role("role", role)?.clone());
        Ok(self)
    }

    /// The role as which it is used.
    pub fn role(&self) -> Option<&RolePlan> {
        self.role.as_ref()
    }

    /// Refuses what the role may not do.
    fn must(&self, right: Right) -> Result<(), Error> {
        self.role.as_ref().map_or(Ok(()), |role| role.must(right))
    }

    /// The number of the first entry of the log that was altered, taken out or put in; none when the log is whole.
    ///
    /// # Errors
    /// [`Error::Argument`] for a secret that is not that of the store; those of the store.
    pub fn broken_log(&self) -> Result<Option<u64>, Error> {
        secret::check(&self.store, &self.secret)?;
        log::broken(&self.store, &self.secret)
    }

    /// Entries of the log from a number on, in order, at most so many.
    ///
    /// # Errors
    /// Those of the store.
    pub fn log(&self, from: u64, most: usize) -> Result<Vec<Entry>, Error> {
        self.store.entries(from, most)
    }

    /// What stands for all that [`Repository::open`] keeps in memory of a store: decisions, locks, the day, the rules. Who
    /// reads what another program writes opens it again when this is another one.
    ///
    /// # Errors
    /// Those of the store.
    pub fn standpoint(store: &S) -> Result<[Option<String>; 3], Error> {
        Ok([store.meta(SETTLED)?, store.meta(refresh::DAY)?, store.meta(RULES)?])
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The store, to be opened otherwise.
    pub fn into_store(self) -> S {
        self.store
    }

    /// Decisions of stewards that stand.
    pub fn decisions(&self) -> impl Iterator<Item = &Ruling> {
        self.book.iter()
    }

    /// Applies a change and everything that follows from it.
    ///
    /// # Errors
    /// [`Error::UnknownSource`], [`Error::MissingColumn`]; [`Error::Argument`] for decisions that contradict each other;
    /// those of the store. Nothing is kept of a change that fails.
    pub fn apply(&mut self, mut change: Change) -> Result<Applied, Error> {
        self.may_apply(&change)?;
        check_sources(&self.plan, &change.rows)?;
        let blocked = self.forbid(&mut change.rows)?;
        let mut book = self.book.clone();
        let mut ruled: BTreeSet<RecordRef> = BTreeSet::new();
        for (old, new) in &change.renamed {
            ruled.extend(book.rename(old, new));
        }
        for (a, b) in &change.cancelled {
            let (a, b) = if a <= b { (a, b) } else { (b, a) };
            if book.remove(a, b).is_some() {
                ruled.extend([a.clone(), b.clone()]);
            }
        }
        for r in &change.decisions {
            let mut r = r.clone();
            if r.b < r.a {
                std::mem::swap(&mut r.a, &mut r.b);
            }
            ruled.extend([r.a.clone(), r.b.clone()]);
            book.put(r);
        }
        for r in &change.decisions {
            if r.a == r.b {
                return Err(Error::Argument {
                    argument: "decision".into(),
                    reason: "names one record twice".into(),
                });
            }
            if r.answer != Answer::Later && book.contradicts(&r.a) {
                let name = |x: &RecordRef| format!("{}:{}", x.source, x.record_id);
                let reason = format!(
                    "`{}` on {} and {} contradicts other decisions that join or keep apart the same people; cancel one \
                     of them",
                    r.answer.name(),
                    name(&r.a),
                    name(&r.b)
                );
                return Err(Error::Argument { argument: "decision".into(), reason });
            }
        }
        if let Some((old, _)) =
            change.renamed.iter().find(|(old, _)| ruled.contains(old) || change.deletes.contains(old))
        {
            return Err(by_old_name(old));
        }
        let locking = self.locking(&change)?;
        if let Some((old, _)) = change.renamed.iter().find(|(old, _)| {
            let follows = |l: &Lock| {
                l.source.as_ref() == Some(&old.source) && l.record_id.as_ref() == Some(&old.record_id)
            };
            change.locks.iter().chain(&change.unlocked).any(follows)
        }) {
            return Err(by_old_name(old));
        }
        ruled.extend(locking.about.iter().cloned());
        let locks = std::mem::replace(&mut self.plan.survivorship.locks, locking.plans.clone());
        let begun = self.store.begin();
        let done = begun.and_then(|()| {
            let mut applied = self.apply_begun(&change, &book, &ruled, &locking)?;
            applied.rejects.extend(blocked);
            applied.rejects.sort();
            self.store.commit()?;
            Ok(applied)
        });
        match &done {
            Ok(_) => {
                self.book = book;
                self.take_locks()?;
            }
            Err(_) => {
                self.store.roll_back();
                self.plan.survivorship.locks = locks;
            }
        }
        done
    }

    /// Refuses a change that the role may not make, and one of what only the repository writes.
    fn may_apply(&self, change: &Change) -> Result<(), Error> {
        let own = change.rows.iter().any(|i| i.source == OBJECTIONS)
            || change.deletes.iter().any(|r| r.source == OBJECTIONS);
        if own {
            let reason = format!("`{OBJECTIONS}` is only added to, by objections");
            return Err(Error::Argument { argument: "rows".into(), reason });
        }
        let is_row = !change.rows.is_empty() || !change.deletes.is_empty() || !change.renamed.is_empty();
        if is_row || !change.locks.is_empty() || !change.unlocked.is_empty() {
            self.must(Right::Update)?;
        }
        for ruling in &change.decisions {
            self.must(if ruling.answer == Answer::Same { Right::Merge } else { Right::Decide })?;
        }
        if !change.cancelled.is_empty() {
            self.must(Right::Decide)?;
        }
        Ok(())
    }

    fn apply_begun(
        &mut self,
        change: &Change,
        book: &Book,
        ruled: &BTreeSet<RecordRef>,
        locking: &Locking,
    ) -> Result<Applied, Error> {
        let number = self.next_change()?;
        let mut applied = Applied { change: number, ..Applied::default() };
        self.keep_day()?;
        let secret = if self.known_rows { &[][..] } else { &self.secret };
        let arrived = facts::arrive(&self.plan, &mut self.store, secret, change, &mut applied)?;
        applied.facts = arrived.rows;
        let mut touched: BTreeMap<(u16, String), Touched> = BTreeMap::new();
        let moved = self.rename(change, book, &mut touched)?;
        for aside in self.rows(change, &mut applied, &mut touched)? {
            self.store.put_aside(&aside)?;
        }
        if arrived.shops {
            self.renormalise_all(&mut touched)?;
        }
        for r in change.deletes.iter().chain(ruled) {
            self.touch(r, &moved, &mut touched)?;
        }
        for r in &change.deletes {
            let source = self.source(&r.source)? as u16;
            if rights::held(&self.store, source, &r.record_id)?.is_some() {
                applied.rejects.push(Reject {
                    source: r.source.clone(),
                    file: String::new(),
                    line: 0,
                    column: String::new(),
                    code: "restricted",
                    reason: "the person's data are restricted; the record is kept aside, not deleted".into(),
                    excluded: true,
                });
            }
            if let Some(t) = touched.get_mut(&(source, r.record_id.clone())) {
                t.new = None;
            }
        }
        for lock in &locking.gone {
            self.store.remove_lock(lock)?;
        }
        for lock in &locking.put {
            self.store.put_lock(lock)?;
        }
        for (a, b) in &change.cancelled {
            let (a, b) = if a <= b { (a, b) } else { (b, a) };
            self.store.remove_ruling(a, b)?;
        }
        if !ruled.is_empty() {
            self.store.put_meta(SETTLED, &number.to_string())?;
        }
        for r in ruled {
            for ruling in book.of(r) {
                self.store.put_ruling(ruling)?;
            }
        }
        for t in touched.values() {
            match (&t.old, &t.new) {
                (None, Some(_)) => applied.records.0 += 1,
                (Some(old), Some(new)) if old != new => applied.records.1 += 1,
                (Some(_), None) => applied.records.2 += 1,
                _ => {}
            }
        }
        let touched = touched.into_values().filter(|t| t.old.is_some() || t.new.is_some()).collect();
        let touched: Vec<Touched> = touched;
        let before = log::fingerprint(&self.secret, touched.iter().filter_map(|t| t.old.as_ref()));
        let after = log::fingerprint(&self.secret, touched.iter().filter_map(|t| t.new.as_ref()));
        let frame = Frame::new(&self.plan);
        let mut sources: Vec<String> = Vec::new();
        for t in &touched {
            let record = t.new.as_ref().or(t.old.as_ref()).map(|k| frame.reference(&k.record).source);
            sources.extend(record.filter(|s| t.old != t.new && !sources.contains(s)));
        }
        sources.extend(
            arrived
                .sources
                .iter()
                .filter_map(|s| self.plan.sources.get(usize::from(*s)))
                .map(|s| s.name.clone()),
        );
        sources.sort_unstable();
        sources.dedup();
        let identifiers = follow::identifiers(&touched);
        let altered = follow::altered(&touched);
        if !touched.is_empty() {
            applied.effect = apply::apply(&frame, &mut self.store, &self.book, book, touched, number)?;
        }
        let events = applied.effect.events(&self.plan.fields, &sources, number);
        let then = Then { arrived: &arrived, identifiers: &identifiers, sources: &sources, change: number };
        let mut events =
            follow::follow(&frame, &mut self.store, (&self.book, book), &applied.effect, events, &then)?;
        follow::tell_agreement(&self.store, &altered, &mut events, &sources, number)?;
        applied.events = self.store.add_events(events)?;
        let (new, changed, gone) = applied.records;
        let decided = change.decisions.len() + change.cancelled.len();
        let about = format!("{new} new, {changed} changed, {gone} gone, {decided} decisions");
        let entry = Entry::new(&change.act, Action::Change, number, about, before, after);
        log::write(&mut self.store, &self.secret, entry)?;
        Ok(applied)
    }

    /// Puts the locks that are kept into the plan.
    fn take_locks(&mut self) -> Result<(), Error> {
        let locks = self.store.locks()?;
        self.plan.survivorship.locks = self.compiled(&locks)?;
        self.locked = locks;
        Ok(())
    }

    /// The number of the next change; with the first one the rules are kept.
    fn next_change(&mut self) -> Result<u64, Error> {
        secret::hold(&mut self.store, &self.secret)?;
        let number = self.store.next_change()?;
        if number == 1 {
            self.store.put_meta(RULES, &rules::number(&self.plan))?;
        }
        Ok(number)
    }

    fn source(&self, name: &str) -> Result<usize, Error> {
        self.plan.source(name).ok_or_else(|| {
            let names = self.plan.source_names();
            let hint = did_you_mean(name, names.iter().copied());
            Error::UnknownSource {
                source_name: name.to_owned(),
                declared: format!("{}{hint}", names.join(", ")),
            }
        })
    }

    fn touch(
        &self,
        r: &RecordRef,
        moved: &BTreeSet<Ordinal>,
        touched: &mut BTreeMap<(u16, String), Touched>,
    ) -> Result<(), Error> {
        let Some(source) = self.plan.source(&r.source) else { return Ok(()) };
        let key = (source as u16, r.record_id.clone());
        if !touched.contains_key(&key)
            && let Some(ordinal) = self.called(&key, moved)?
        {
            let kept = self.store.record(ordinal)?;
            touched.insert(key, Touched { ordinal: Some(ordinal), old: kept.clone(), new: kept });
        }
        Ok(())
    }

    /// The record that goes by an identifier, unless the change gave it another one: then it is among those `moved`.
    fn called(&self, key: &(u16, String), moved: &BTreeSet<Ordinal>) -> Result<Option<Ordinal>, Error> {
        Ok(self.store.find(key.0, &key.1)?.filter(|o| !moved.contains(o)))
    }

    /// Loads a first base: what [`Repository::apply`] would keep of these rows, built as a batch.
    ///
    /// # Errors
    /// [`Error::Argument`] when the repository has records, or had some of people who were erased; else those of [`Repository::apply`].
    pub fn load(
        &mut self,
        mut rows: Vec<Input>,
        act: &Act,
        progress: &dyn Progress,
    ) -> Result<Applied, Error> {
        self.must(Right::Update)?;
        check_sources(&self.plan, &rows)?;
        // Rows are held against erased people one change at a time.
        if self.store.count(Counted::Records, "")? > 0 || self.store.meta(erase::TOMBSTONES)?.is_some() {
            let reason = "the repository had records already; apply the rows as a change".to_owned();
            return Err(Error::Argument { argument: "rows".into(), reason });
        }
        let blocked = self.forbid(&mut rows)?;
        self.store.begin_load()?;
        let done = self.load_begun(rows, act, progress).and_then(|mut applied| {
            applied.rejects.extend(blocked);
            applied.rejects.sort();
            self.store.commit()?;
            Ok(applied)
        });
        if done.is_err() {
            self.store.roll_back();
        }
        done
    }

    fn load_begun(&mut self, rows: Vec<Input>, act: &Act, progress: &dyn Progress) -> Result<Applied, Error> {
        let mut applied = Applied { change: self.next_change()?, ..Applied::default() };
        self.keep_day()?;
        let change = Change { rows, ..Change::default() };
        applied.facts = facts::arrive(&self.plan, &mut self.store, &self.secret, &change, &mut applied)?.rows;
        let rows = self.with_shops(&change.rows)?;
        let loaded = ingest::load_customers(&self.plan, &rows, progress)?;
        applied.rejects.extend(loaded.rejects);
        applied.records.0 = loaded.records.len() as u64;
        let kept = loaded.origins.iter().enumerate().map(|(r, (input, row))| Kept {
            record: loaded.records.own(r as u32),
            cells: cells(&rows[*input as usize].table, *row as usize),
        });
        let kept: Vec<Kept> = kept.collect();
        let after = log::fingerprint(&self.secret, &kept);
        let frame = Frame::new(&self.plan);
        applied.effect = bulk::load(&frame, &mut self.store, &self.book, kept, applied.change, progress)?;
        let about = format!("{} new", applied.records.0);
        let entry = Entry::new(act, Action::Load, applied.change, about, String::new(), after);
        log::write(&mut self.store, &self.secret, entry)?;
        Ok(applied)
    }

    /// Gives records other identifiers.
    fn rename(
        &mut self,
        change: &Change,
        book: &Book,
        touched: &mut BTreeMap<(u16, String), Touched>,
    ) -> Result<BTreeSet<Ordinal>, Error> {
        let mut moved = BTreeSet::new();
        for (old, new) in &change.renamed {
            let (source, to) = (self.source(&old.source)?, new.trim());
            let number = source as u16;
            let refuse = |reason: &str| {
                let reason = format!("{}:{} {reason}", old.source, old.record_id);
                Err(Error::Argument { argument: "renamed".into(), reason })
            };
            if to.is_empty() {
                return refuse("needs an identifier that is not empty");
            }
            if rights::held(&self.store, number, to)?.is_some() {
                return refuse("cannot take the identifier of a record whose person is restricted");
            }
            if self.store.find(number, to)?.is_some() || touched.contains_key(&(number, to.to_owned())) {
                return refuse("cannot take the identifier of another record; delete one of the two");
            }
            if self.is_erased_name(&old.source, to)? {
                return refuse("cannot take the identifier of somebody who was erased");
            }
            let ordinal = self.called(&(number, old.record_id.clone()), &moved)?;
            let Some((ordinal, kept)) = ordinal.map(|o| Ok((o, self.store.record(o)?))).transpose()? else {
                return refuse("is not kept");
            };
            let Some(kept) = kept else { return refuse("is not kept") };
            let mut renamed = kept.clone();
            to.clone_into(&mut renamed.record.id);
            let id = &self.plan.sources[source].spec.id;
            renamed.cells.iter_mut().filter(|(c, _)| c == id).for_each(|(_, t)| to.clone_into(t));
            // What else a row has of that column is made anew.
            let input = kept_rows(&self.plan.sources[source], std::slice::from_ref(&renamed))?;
            let rows = self.with_shops(std::slice::from_ref(&input))?;
            let loaded = ingest::load_customers(&self.plan, &rows, &Silent)?;
            if loaded.records.is_empty() {
                return refuse("could not be read again under its new identifier");
            }
            let new = Kept { record: loaded.records.own(0), cells: cells(&input.table, 0) };
            moved.insert(ordinal);
            touched.insert(
                (number, to.to_owned()),
                Touched { ordinal: Some(ordinal), old: Some(kept), new: Some(new) },
            );
        }
        for (a, b) in self.book.pairs_without(book) {
            self.store.remove_ruling(&a, &b)?;
        }
        Ok(moved)
    }

    /// The rows of a change, each as it was and as it will be; those of restricted people, to be kept aside. A row takes
    /// the place of the kept one unless it is older; of equally old ones the later delivery counts.
    fn rows(
        &self,
        change: &Change,
        applied: &mut Applied,
        touched: &mut BTreeMap<(u16, String), Touched>,
    ) -> Result<Vec<Aside>, Error> {
        let mut asides = Vec::new();
        let rows = self.with_shops(&change.rows)?;
        let loaded = ingest::load_customers(&self.plan, &rows, &Silent)?;
        applied.rejects.extend(loaded.rejects);
        let arrivals = loaded.origins.iter().enumerate().map(|(r, (input, row))| {
            let (input, row) = (&rows[*input as usize], *row as usize);
            let kept = Kept { record: loaded.records.own(r as u32), cells: cells(&input.table, row) };
            Arrival::new(input, row, kept)
        });
        for row in self.admit(arrivals.collect(), &mut applied.rejects)? {
            let key = (row.kept.record.source, row.kept.record.id.clone());
            let renamed =
                |(old, _): &&(RecordRef, String)| old.source == row.source && old.record_id == key.1;
            if let Some((old, _)) = change.renamed.iter().find(renamed) {
                return Err(by_old_name(old));
            }
            if let Some(aside) = rights::held(&self.store, key.0, &key.1)? {
                let source = &self.plan.sources[usize::from(key.0)];
                let reason = "the person's data are restricted; the row is kept aside";
                applied.rejects.push(row.refused("restricted", &source.spec.id, reason));
                let at = |cells: &[(String, String)]| -> Result<Option<i64>, Error> {
                    let kept = Kept { cells: cells.to_vec(), ..Kept::default() };
                    let kept = kept_rows(source, std::slice::from_ref(&kept))?;
                    Ok(ingest::changed_at(source, self.plan.zone, &kept.table, 0))
                };
                if at(&row.kept.cells)? >= at(&aside.cells)? {
                    asides.push(Aside { cells: row.kept.cells, ..aside });
                }
                continue;
            }
            let (ordinal, first, old) = match touched.remove(&key) {
                Some(t) => (t.ordinal, t.old.clone(), t.new),
                None => {
                    let ordinal = self.store.find(key.0, &key.1)?;
                    let old = ordinal.map(|o| self.store.record(o)).transpose()?.flatten();
                    (ordinal, old.clone(), old)
                }
            };
            let mut new = Some(row.kept.clone());
            if let Some(old) = &old {
                let source = &self.plan.sources[usize::from(key.0)];
                let at = |k: &Kept| -> Result<Option<i64>, Error> {
                    let kept = kept_rows(source, std::slice::from_ref(k))?;
                    Ok(ingest::changed_at(source, self.plan.zone, &kept.table, 0))
                };
                if old.cells == row.kept.cells {
                    let reason = "the same row is kept already";
                    applied.rejects.push(row.refused("duplicate_delivery", &source.spec.id, reason));
                    new = Some(old.clone());
                } else if at(&row.kept)? < at(old)? {
                    let reason = "the kept row of this record is newer";
                    applied.rejects.push(row.refused("older_delivery", &source.spec.id, reason));
                    new = Some(old.clone());
                }
            }
            if first != new {
                touched.insert(key, Touched { ordinal, old: first, new });
            }
        }
        applied.rejects.sort();
        Ok(asides)
    }

    /// Entries of the feed that a consumer has not acknowledged, oldest first, at most so many. They come again until
    /// they are acknowledged: at least once.
    ///
    /// # Errors
    /// Those of the store.
    pub fn changes(&self, consumer: &str, most: usize) -> Result<Vec<Event>, Error> {
        // Entries hold values as they are.
        self.must_see_all()?;
        self.store.events(self.store.acknowledged(consumer)?, most)
    }

    /// The last entry of the feed that a consumer, or a subscriber, acknowledged; 0 for none.
    ///
    /// # Errors
    /// Those of the store.
    pub fn acknowledged(&self, consumer: &str) -> Result<u64, Error> {
        self.store.acknowledged(consumer)
    }

    /// Says that a consumer has everything up to a cursor. An older cursor than the one it gave changes nothing; 0 says
    /// that a subscriber has everybody of before the first entry.
    ///
    /// # Errors
    /// [`Error::Argument`] for a cursor that the feed has not reached; those of the store.
    pub fn acknowledge(&mut self, consumer: &str, cursor: u64) -> Result<(), Error> {
        let known = self.store.acknowledged(consumer)?;
        // Whoever has everybody of an empty repository does not have its first base, which makes no entries.
        let first = cursor == 0
            && known == 0
            && self.plan.subscribers.contains_key(consumer)
            && self.store.entry_at(i64::MAX)?.is_some_and(|e| e.change > 0)
            && self.store.meta(&outbound::taken(consumer))?.is_none();
        if cursor <= known && !first {
            return Ok(());
        }
        if !first && self.store.events(cursor - 1, 1)?.is_empty() {
            let reason = format!("{cursor} is beyond the last entry of the feed");
            return Err(Error::Argument { argument: "cursor".into(), reason });
        }
        self.store.begin()?;
        let done = match first {
            true => self.store.put_meta(&outbound::taken(consumer), "0"),
            false => self.store.acknowledge(consumer, cursor),
        };
        let done = done.and_then(|()| self.store.commit());
        if done.is_err() {
            self.store.roll_back();
        }
        done
    }

    /// The person that a golden id leads to today, whoever took it in since.
    ///
    /// # Errors
    /// Those of the store.
    pub fn person(&self, golden_id: &str) -> Result<Option<Person>, Error> {
        match self.store.named(golden_id)?.and_then(|n| n.person) {
            Some(number) => self.store.person(number),
            None => Ok(None),
        }
    }

    /// The person of a record.
    ///
    /// # Errors
    /// [`Error::UnknownSource`]; those of the store.
    pub fn person_of(&self, record: &RecordRef) -> Result<Option<Person>, Error> {
        let source = self.source(&record.source)? as u16;
        let Some(ordinal) = self.store.find(source, &record.record_id)? else { return Ok(None) };
        match self.store.person_of(ordinal)? {
            Some(number) => self.store.person(number),
            None => Ok(None),
        }
    }

    /// Builds everything anew from the kept rows and says where it differs from what is kept.
    ///
    /// # Errors
    /// Those of the store and of [`crate::resolve::resolve`].
    pub fn verify(&self) -> Result<Verification, Error> {
        verify::verify(&self.plan, &self.store, &self.book)
    }
}

/// A change that gives a record another identifier and names it by the one that it had.
fn by_old_name(old: &RecordRef) -> Error {
    let reason = format!(
        "{}:{} is given another identifier in this change; name it by that one, or send the rest after it",
        old.source, old.record_id
    );
    Error::Argument { argument: "renamed".into(), reason }
}

/// A row as it was delivered, by column; columns without a value are left out.
fn cells(table: &Table, row: usize) -> Vec<(String, String)> {
    let each = table.names().iter().zip(table.columns());
    let mut cells: Vec<(String, String)> =
        each.filter_map(|(name, c)| Some((name.clone(), c.get(row)?.to_owned()))).collect();
    cells.sort();
    cells
}

/// Kept rows as a table of their source, with all columns that are mapped or were delivered.
fn kept_rows(source: &SourcePlan, kept: &[Kept]) -> Result<Input, Error> {
    let mut names: BTreeSet<String> = BTreeSet::from([source.spec.id.clone()]);
    for input in source.inputs.iter().chain(&source.updated_at) {
        match &input.take {
            Take::Column(c) => drop(names.insert(c.clone())),
            Take::Join(list) => names.extend(list.iter().cloned()),
            Take::Constant(_) => {}
        }
    }
    names.extend(kept.iter().flat_map(|k| k.cells.iter().map(|(name, _)| name.clone())));
    let columns = names.into_iter().map(|name| {
        let cell = |k: &Kept| -> Option<usize> { k.cells.binary_search_by(|(n, _)| n.cmp(&name)).ok() };
        let texts: TextColumn = kept.iter().map(|k| cell(k).map(|i| k.cells[i].1.as_str())).collect();
        (name, Column::Plain(texts))
    });
    let table = Table::new(columns.collect())?;
    Ok(Input::new(source.name.clone(), table))
}
