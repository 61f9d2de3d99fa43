//! The living repository: every change applied with all that follows from it, exact after each.
//!
//! The state that a repository keeps is at any moment what a fresh build of the rows that are left would give, whatever
//! the order and the batches in which they came; [`Repository::verify`] proves it. What is not a matter of the set alone
//! is who had which golden id: ids follow the rules of identity.

mod apply;
mod bulk;
mod feed;
mod identity;
mod match_one;
mod memory;
mod outbound;
mod overlay;
mod rulings;
mod scene;
mod search;
mod store;
mod verify;

pub use apply::Effect;
pub use feed::{Event, EventKind, Follower};
pub use match_one::{Candidate, Foresight, RowFate};
pub use memory::MemoryStore;
pub use outbound::{Delivery, Mirror, RowEvent, SentRow};
pub use search::{Clue, Cut, Found, Hit, How, Ignored, Met, Search, Shown};
pub use store::{Counted, Kept, KeptLink, KeptValue, Named, Ordinal, Person, PersonNumber, Store};
pub use verify::{Finding, Verification};

use crate::config::{Family, Plan, SourcePlan, Take};
use crate::error::{Error, did_you_mean};
use crate::ingest::{self, Input, Reject};
use crate::matching::MergeScope;
use crate::matching::ruling::{Answer, RecordRef, Ruling};
use crate::progress::{Progress, Silent};
use crate::resolve::check_sources;
use crate::table::{Column, Table, TextColumn};
use apply::Touched;
use rulings::Book;
use scene::Frame;
use std::collections::{BTreeMap, BTreeSet};

/// One change to a repository: everything in it is kept together or not at all.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Rows of customer sources, new or newer. Of several rows with one id the latest stays, whichever comes first.
    pub rows: Vec<Input>,
    /// Records that their source deleted. A row of the same change with that id is deleted as well.
    pub deletes: Vec<RecordRef>,
    /// Decisions of stewards; each stands in place of the one on its pair.
    pub decisions: Vec<Ruling>,
    /// Pairs whose decision is taken back.
    pub cancelled: Vec<(RecordRef, RecordRef)>,
}

/// What became of a change.
#[derive(Debug, Clone, Default)]
pub struct Applied {
    /// The number of the change.
    pub change: u64,
    /// Records that are new, changed, and gone.
    pub records: (u64, u64, u64),
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
}

/// In place of a file's name: the row is the one that is kept already.
const KEPT: &str = "\u{0}kept";

impl<S: Store> Repository<S> {
    /// Opens what a store keeps. Decisions that the plan names are added when the store has none on their pair.
    ///
    /// # Errors
    /// [`Error::Argument`] for a plan with companies or a merge scope, which a repository does not keep; those of the
    /// store.
    pub fn open(plan: Plan, store: S) -> Result<Repository<S>, Error> {
        let kept_only_in_batches = [
            ("companies", plan.has_companies()),
            ("matching.merge_scope", plan.config.matching.merge_scope != MergeScope::Group),
        ];
        if let Some((what, _)) = kept_only_in_batches.iter().find(|(_, there)| *there) {
            let reason = "is resolved in batches only so far; a repository cannot keep it".to_owned();
            return Err(Error::Argument { argument: (*what).to_owned(), reason });
        }
        let book = Book::new(store.rulings()?);
        let mut repository = Repository { plan, store, book };
        let missing = |r: &&Ruling| repository.book.get(&r.a, &r.b).is_none();
        let decisions: Vec<Ruling> = repository.plan.rulings.iter().filter(missing).cloned().collect();
        if !decisions.is_empty() {
            repository.apply(Change { decisions, ..Change::default() })?;
        }
        Ok(repository)
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
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
    pub fn apply(&mut self, change: Change) -> Result<Applied, Error> {
        check_sources(&self.plan, &change.rows)?;
        let mut book = self.book.clone();
        let mut ruled: BTreeSet<RecordRef> = BTreeSet::new();
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
        self.store.begin()?;
        let done = self.apply_begun(&change, &book, &ruled).and_then(|applied| {
            self.store.commit()?;
            Ok(applied)
        });
        match &done {
            Ok(_) => self.book = book,
            Err(_) => self.store.roll_back(),
        }
        done
    }

    fn apply_begun(
        &mut self,
        change: &Change,
        book: &Book,
        ruled: &BTreeSet<RecordRef>,
    ) -> Result<Applied, Error> {
        let number = self.store.next_change()?;
        let mut applied = Applied { change: number, ..Applied::default() };
        let mut touched = self.rows(change, &mut applied)?;
        for r in change.deletes.iter().chain(ruled) {
            self.touch(r, &mut touched)?;
        }
        for r in &change.deletes {
            let source = self.source(&r.source)? as u16;
            if let Some(t) = touched.get_mut(&(source, r.record_id.clone())) {
                t.new = None;
            }
        }
        for (a, b) in &change.cancelled {
            let (a, b) = if a <= b { (a, b) } else { (b, a) };
            self.store.remove_ruling(a, b)?;
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
        let frame = Frame::new(&self.plan);
        let touched: Vec<Touched> = touched;
        let mut sources: Vec<String> = Vec::new();
        for t in &touched {
            let record = t.new.as_ref().or(t.old.as_ref()).map(|k| frame.reference(&k.record).source);
            sources.extend(record.filter(|s| t.old != t.new && !sources.contains(s)));
        }
        sources.sort_unstable();
        applied.effect = apply::apply(&frame, &mut self.store, &self.book, book, touched, number)?;
        applied.events = self.store.add_events(applied.effect.events(&self.plan.fields, &sources, number))?;
        Ok(applied)
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

    fn touch(&self, r: &RecordRef, touched: &mut BTreeMap<(u16, String), Touched>) -> Result<(), Error> {
        let Some(source) = self.plan.source(&r.source) else { return Ok(()) };
        let key = (source as u16, r.record_id.clone());
        if !touched.contains_key(&key)
            && let Some(ordinal) = self.store.find(key.0, &key.1)?
        {
            let kept = self.store.record(ordinal)?;
            touched.insert(key, Touched { ordinal: Some(ordinal), old: kept.clone(), new: kept });
        }
        Ok(())
    }

    /// Loads a first base: what [`Repository::apply`] would keep of these rows, built as a batch.
    ///
    /// # Errors
    /// [`Error::Argument`] when the repository has records; else those of [`Repository::apply`].
    pub fn load(&mut self, rows: Vec<Input>, progress: &dyn Progress) -> Result<Applied, Error> {
        check_sources(&self.plan, &rows)?;
        if self.store.count(Counted::Records, "")? > 0 {
            let reason = "the repository has records already; apply the rows as a change".to_owned();
            return Err(Error::Argument { argument: "rows".into(), reason });
        }
        self.store.begin()?;
        let done = self.load_begun(rows, progress).and_then(|applied| {
            self.store.commit()?;
            Ok(applied)
        });
        if done.is_err() {
            self.store.roll_back();
        }
        done
    }

    fn load_begun(&mut self, rows: Vec<Input>, progress: &dyn Progress) -> Result<Applied, Error> {
        let mut applied = Applied { change: self.store.next_change()?, ..Applied::default() };
        let loaded = ingest::load_customers(&self.plan, &rows, progress)?;
        applied.rejects = loaded.rejects;
        applied.records.0 = loaded.records.len() as u64;
        let kept = loaded.origins.iter().enumerate().map(|(r, (input, row))| Kept {
            record: loaded.records.own(r as u32),
            cells: cells(&rows[*input as usize].table, *row as usize),
        });
        let kept: Vec<Kept> = kept.collect();
        let frame = Frame::new(&self.plan);
        applied.effect = bulk::load(&frame, &mut self.store, &self.book, kept, applied.change, progress)?;
        Ok(applied)
    }

    /// The rows of a change, each as it was and as it will be.
    fn rows(
        &self,
        change: &Change,
        applied: &mut Applied,
    ) -> Result<BTreeMap<(u16, String), Touched>, Error> {
        let mut touched: BTreeMap<(u16, String), Touched> = BTreeMap::new();
        let mut inputs: Vec<Input> = Vec::new();
        for (position, source) in self.plan.family(Family::Customers) {
            let of_source: Vec<&Input> = change.rows.iter().filter(|i| i.source == source.name).collect();
            let mut kept: Vec<Kept> = Vec::new();
            for input in &of_source {
                let Some(ids) = input.table.column(&source.spec.id) else { continue };
                for id in (0..input.table.rows()).filter_map(|row| ids.get(row)).map(str::trim) {
                    let key = (position as u16, id.to_owned());
                    if touched.contains_key(&key) || id.is_empty() {
                        continue;
                    }
                    let ordinal = self.store.find(key.0, id)?;
                    let old = ordinal.map(|o| self.store.record(o)).transpose()?.flatten();
                    kept.extend(old.clone());
                    touched.insert(key, Touched { ordinal, new: old.clone(), old });
                }
            }
            if !kept.is_empty() {
                // First, so that of equal rows the kept one stays.
                inputs.push(kept_rows(source, &kept, &of_source)?);
            }
            inputs.extend(of_source.into_iter().cloned());
        }
        let loaded = ingest::load_customers(&self.plan, &inputs, &Silent)?;
        applied.rejects = loaded.rejects;
        applied.rejects.retain(|r| r.file != KEPT);
        for (r, (input, row)) in loaded.origins.iter().enumerate() {
            let input = &inputs[*input as usize];
            if input.files.first().is_some_and(|f| f == KEPT) {
                continue;
            }
            let record = loaded.records.own(r as u32);
            let cells = cells(&input.table, *row as usize);
            if let Some(t) = touched.get_mut(&(record.source, record.id.clone())) {
                t.new = Some(Kept { record, cells });
            }
        }
        touched.retain(|_, t| t.old != t.new);
        Ok(touched)
    }

    /// Entries of the feed that a consumer has not acknowledged, oldest first, at most so many. They come again until
    /// they are acknowledged: at least once.
    ///
    /// # Errors
    /// Those of the store.
    pub fn changes(&self, consumer: &str, most: usize) -> Result<Vec<Event>, Error> {
        self.store.events(self.store.acknowledged(consumer)?, most)
    }

    /// Says that a consumer has everything up to a cursor. An older cursor than the one it gave changes nothing.
    ///
    /// # Errors
    /// [`Error::Argument`] for a cursor that the feed has not reached; those of the store.
    pub fn acknowledge(&mut self, consumer: &str, cursor: u64) -> Result<(), Error> {
        let known = self.store.acknowledged(consumer)?;
        if cursor <= known {
            return Ok(());
        }
        if self.store.events(cursor - 1, 1)?.is_empty() {
            let reason = format!("{cursor} is beyond the last entry of the feed");
            return Err(Error::Argument { argument: "cursor".into(), reason });
        }
        self.store.begin()?;
        let done = self.store.acknowledge(consumer, cursor).and_then(|()| self.store.commit());
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

/// A row as it was delivered, by column; columns without a value are left out.
fn cells(table: &Table, row: usize) -> Vec<(String, String)> {
    let each = table.names().iter().zip(table.columns());
    let mut cells: Vec<(String, String)> =
        each.filter_map(|(name, c)| Some((name.clone(), c.get(row)?.to_owned()))).collect();
    cells.sort();
    cells
}

/// Kept rows as a table of their source, with all columns that are mapped or delivered.
fn kept_rows(source: &SourcePlan, kept: &[Kept], delivered: &[&Input]) -> Result<Input, Error> {
    let mut names: BTreeSet<String> = BTreeSet::from([source.spec.id.clone()]);
    for input in source.inputs.iter().chain(&source.updated_at) {
        match &input.take {
            Take::Column(c) => drop(names.insert(c.clone())),
            Take::Join(list) => names.extend(list.iter().cloned()),
            Take::Constant(_) => {}
        }
    }
    names.extend(delivered.iter().flat_map(|i| i.table.names().iter().cloned()));
    names.extend(kept.iter().flat_map(|k| k.cells.iter().map(|(name, _)| name.clone())));
    let columns = names.into_iter().map(|name| {
        let cell = |k: &Kept| -> Option<usize> { k.cells.binary_search_by(|(n, _)| n.cmp(&name)).ok() };
        let texts: TextColumn = kept.iter().map(|k| cell(k).map(|i| k.cells[i].1.as_str())).collect();
        (name, Column::Plain(texts))
    });
    let table = Table::new(columns.collect())?;
    Ok(Input { files: vec![KEPT.to_owned()], ..Input::new(source.name.clone(), table) })
}
