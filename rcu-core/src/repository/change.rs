//! A change from end to end: what it may do, what it touches, and everything that follows, kept together or not at all.

use super::apply::{self, Touched};
use super::arriving::by_old_name;
use super::follow::{self, Then};
use super::locks::Locking;
use super::log::{self, Action, Entry};
use super::rulings::Book;
use super::scene::Frame;
use super::store::{Ordinal, Store};
use super::{Applied, Change, Repository, SETTLED, facts, forbid_in, rights};
use crate::access::Right;
use crate::config::OBJECTIONS;
use crate::error::Error;
use crate::ingest::Reject;
use crate::matching::ruling::{Answer, RecordRef};
use crate::resolve::check_sources;
use crate::survivorship::Lock;
use std::collections::{BTreeMap, BTreeSet};

impl<S: Store> Repository<S> {
    /// Applies a change and everything that follows from it.
    ///
    /// # Errors
    /// [`Error::UnknownSource`], [`Error::MissingColumn`]; [`Error::Argument`] for decisions that contradict each other;
    /// those of the store. Nothing is kept of a change that fails.
    pub fn apply(&mut self, mut change: Change) -> Result<Applied, Error> {
        self.may_apply(&change)?;
        check_sources(&self.plan, &change.rows)?;
        let blocked = forbid_in(&self.plan, &mut change.rows)?;
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
    pub(super) fn may_apply(&self, change: &Change) -> Result<(), Error> {
        let own = change.rows.iter().any(|i| i.source == OBJECTIONS)
            || change.deletes.iter().any(|r| r.source == OBJECTIONS)
            || change.ended.iter().any(|(source, _)| source == OBJECTIONS);
        if own {
            let reason = format!("`{OBJECTIONS}` is only added to, by objections");
            return Err(Error::Argument { argument: "rows".into(), reason });
        }
        let is_row = !change.rows.is_empty() || !change.deletes.is_empty() || !change.renamed.is_empty();
        if is_row || !change.ended.is_empty() || !change.locks.is_empty() || !change.unlocked.is_empty() {
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

    pub(super) fn apply_begun(
        &mut self,
        change: &Change,
        book: &Book,
        ruled: &BTreeSet<RecordRef>,
        locking: &Locking,
    ) -> Result<Applied, Error> {
        let number = self.next_change()?;
        let mut applied = Applied { change: number, ..Applied::default() };
        self.keep_day()?;
        let recognised = self.recognised(change)?;
        let taken = match recognised.is_empty() {
            true => facts::Arrived::default(),
            false => self.set_aside(&recognised)?,
        };
        let secret = if self.known_rows { &[][..] } else { &self.secret };
        let arrived = facts::arrive(&self.plan, &mut self.store, secret, change, &mut applied)?.and(taken);
        applied.facts = arrived.rows;
        let mut touched: BTreeMap<(u16, String), Touched> = BTreeMap::new();
        let moved = self.rename(change, book, &mut touched)?;
        let recognised = recognised.into_iter().map(|a| (a.source, a.id)).collect();
        for aside in self.rows(change, &recognised, &mut applied, &mut touched)? {
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

    pub(super) fn touch(
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
    pub(super) fn called(
        &self,
        key: &(u16, String),
        moved: &BTreeSet<Ordinal>,
    ) -> Result<Option<Ordinal>, Error> {
        Ok(self.store.find(key.0, &key.1)?.filter(|o| !moved.contains(o)))
    }
}
