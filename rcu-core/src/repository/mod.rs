//! The living repository: every change applied with all that follows from it, exact after each.
//!
//! The state that a repository keeps is at any moment what a fresh build of the rows that are left would give, whatever
//! the order and the batches in which they came; [`Repository::verify`] proves it. What is not a matter of the set alone
//! is who had which golden id: ids follow the rules of identity.

mod apply;
mod arriving;
mod bulk;
mod change;
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
use crate::config::Plan;
use crate::error::{Error, did_you_mean};
use crate::forbid::{Looked, without_forbidden};
use crate::ingest::{self, Input, Reject};
use crate::matching::MergeScope;
use crate::matching::ruling::{RecordRef, Ruling};
use crate::progress::Progress;
use crate::resolve::check_sources;
use crate::survivorship::Lock;
use crate::table::Table;
use crate::time::Day;
use arriving::{cells, kept_rows};
use rulings::Book;
use scene::Frame;
use std::borrow::Cow;

/// One change to a repository: everything in it is kept together or not at all.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Rows of any source, new or newer. Of several rows with one id the latest stays, whichever comes first; of facts
    /// dated alike the one that is delivered later.
    pub rows: Vec<Input>,
    /// Records that their source deleted. A row of the same change with that id is deleted as well.
    pub deletes: Vec<RecordRef>,
    /// Rows of other families that are no more, by source and by what tells them apart there ([`KeptFact::key`]): a source
    /// that has several rows of one identifier may end one of them. They go before rows come.
    pub ended: Vec<(String, String)>,
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

/// Takes cells with numbers that must not be kept out of rows, and gives these cells.
fn forbid_in(plan: &Plan, rows: &mut Vec<Input>) -> Result<Vec<Reject>, Error> {
    let (without, found) = without_forbidden(plan, rows, Looked::Delivered)?;
    if let Cow::Owned(without) = without {
        *rows = without;
    }
    Ok(found)
}

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
        self.role = Some(self.plan.reading(self.plan.role("role", role)?, None)?);
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
        // Rows are held against erased and restricted people one change at a time.
        let marked = |name| Ok::<_, Error>(self.store.meta(name)?.is_some());
        if self.store.count(Counted::Records, "")? > 0
            || marked(erase::TOMBSTONES)?
            || marked(rights::RESTRICTED)?
        {
            let reason = "the repository had records already; apply the rows as a change".to_owned();
            return Err(Error::Argument { argument: "rows".into(), reason });
        }
        let blocked = forbid_in(&self.plan, &mut rows)?;
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
