//! What changes what is kept.

use super::answer::{Delivered, Done, Loaded};
use super::{Desk, word};
use crate::clock::today;
use rcu_core::Error;
use rcu_core::ingest::Input;
use rcu_core::matching::ruling::{Answer, RecordRef, Ruling};
use rcu_core::progress::Progress;
use rcu_core::repository::{Act, Change, Delivery};
use rcu_core::survivorship::{Lock, LockKind};
use rcu_core::time::Day;

impl Desk {
    /// Loads a first base into an empty repository, as a batch.
    ///
    /// # Errors
    /// Those of [`rcu_core::repository::Repository::load`].
    pub fn load(&mut self, rows: Vec<Input>, act: &Act, progress: &dyn Progress) -> Result<Loaded, Error> {
        let applied = self.writer()?.load(rows, act, progress)?;
        let people = applied.effect.after.len() as u64;
        Ok(Loaded { done: Done::of(applied), people })
    }

    /// Applies a change of any kind; all of it is kept or nothing.
    ///
    /// # Errors
    /// Those of [`rcu_core::repository::Repository::apply`], here and below.
    pub fn apply(&mut self, change: Change) -> Result<Done, Error> {
        self.writer()?.apply(change).map(Done::of)
    }

    /// Keeps rows of any source, new or newer.
    ///
    /// # Errors
    /// [`Error::UnknownSource`], [`Error::MissingColumn`]; those of the store.
    pub fn upsert(&mut self, rows: Vec<Input>, act: &Act) -> Result<Done, Error> {
        self.apply(Change { rows, act: act.clone(), ..Change::default() })
    }

    /// Takes rows as all records or facts that a source has: what is not among them was deleted there, but for statements of
    /// consent. More than a fifth of them at once is deleted only when `confirmed`.
    ///
    /// # Errors
    /// Those of [`rcu_core::repository::Repository::deliver`].
    pub fn deliver(
        &mut self,
        source: &str,
        rows: Vec<Input>,
        confirmed: bool,
        act: &Act,
    ) -> Result<Delivered, Error> {
        let (act, source) = (act.clone(), source.to_owned());
        let delivery =
            Delivery { source: source.clone(), rows, full: true, confirmed, act, ..Delivery::default() };
        let d = self.writer()?.deliver(delivery)?;
        Ok(Delivered {
            done: Done::of(d.applied),
            source,
            read: d.read,
            rejected: d.rejected,
            suspended: d.suspended,
            missing: d.missing,
            withheld: d.withheld,
        })
    }

    /// Deletes records or facts that their source deleted.
    ///
    /// # Errors
    /// [`Error::UnknownSource`]; those of the store.
    pub fn delete(&mut self, records: Vec<RecordRef>, act: &Act) -> Result<Done, Error> {
        self.apply(Change { deletes: records, act: act.clone(), ..Change::default() })
    }

    /// Gives a record the identifier that its source gave it. It stays who it is.
    ///
    /// # Errors
    /// [`Error::Argument`] when it is not kept or the identifier is another record's.
    pub fn rename(&mut self, record: RecordRef, to: &str, act: &Act) -> Result<Done, Error> {
        self.apply(Change { renamed: vec![(record, to.to_owned())], act: act.clone(), ..Change::default() })
    }

    /// Keeps a steward's decision on a pair: `same`, `different`, `household` or `later`; `cancel` takes it back.
    ///
    /// # Errors
    /// [`Error::Argument`] for another word, and for a decision that contradicts others.
    pub fn decide(&mut self, a: RecordRef, b: RecordRef, answer: &str, act: &Act) -> Result<Done, Error> {
        let mut change = Change { act: act.clone(), ..Change::default() };
        if answer == "cancel" {
            change.cancelled.push((a, b));
        } else {
            let answer = Answer::from_name(answer).ok_or_else(|| Error::Argument {
                argument: "answer".into(),
                reason: format!("`{answer}` is none of same, different, household, later, cancel"),
            })?;
            let (author, comment) = (act.by.clone(), act.reason.clone());
            change.decisions.push(Ruling { a, b, date: Some(today()), answer, author, comment });
        }
        self.apply(change)
    }

    /// Pins, ignores or clears a value of a person, found by a golden id or by a record, `SOURCE:ID`, which the lock then
    /// follows.
    ///
    /// # Errors
    /// [`Error::Config`] for a field or a value that cannot be; [`Error::Argument`] for nobody.
    pub fn lock(
        &mut self,
        id: &str,
        field: &str,
        kind: LockKind,
        value: Option<String>,
        act: &Act,
    ) -> Result<Done, Error> {
        let lock = lock(id, field, kind, value, act, self.writer()?.day());
        self.apply(Change { locks: vec![lock], act: act.clone(), ..Change::default() })
    }

    /// Takes a lock back.
    ///
    /// # Errors
    /// Those of [`Desk::lock`].
    pub fn unlock(
        &mut self,
        id: &str,
        field: &str,
        kind: LockKind,
        value: Option<String>,
        act: &Act,
    ) -> Result<Done, Error> {
        let lock = lock(id, field, kind, value, act, self.writer()?.day());
        self.apply(Change { unlocked: vec![lock], act: act.clone(), ..Change::default() })
    }

    /// Brings ages, periods and consents to a day, by default today.
    ///
    /// # Errors
    /// Those of [`rcu_core::repository::Repository::refresh`].
    pub fn refresh(&mut self, day: Option<Day>, act: &Act) -> Result<Done, Error> {
        self.writer()?.refresh(day.unwrap_or_else(today), act).map(Done::of)
    }
}

fn lock(id: &str, field: &str, kind: LockKind, value: Option<String>, act: &Act, kept_on: Day) -> Lock {
    // It holds at once, also where the repository was not brought to today yet.
    let date = today().min(kept_on);
    let mut lock = Lock {
        field: field.to_owned(),
        kind,
        value,
        author: act.by.clone(),
        reason: act.reason.clone(),
        date: Some(date.to_string()),
        ..Lock::default()
    };
    match word::record("id", id) {
        Ok(r) => (lock.source, lock.record_id) = (Some(r.source), Some(r.record_id)),
        Err(_) => lock.golden_id = Some(id.to_owned()),
    }
    lock
}
