//! The day for which everything is kept, and what the shops say of themselves: both change how rows are read.

use super::apply::{self, Touched};
use super::evaluate::tables;
use super::facts::Arrived;
use super::follow::{self, Then};
use super::log::{self, Act, Action, Entry};
use super::scene::Frame;
use super::standing::{KeptFact, Whose};
use super::store::{Kept, Ordinal, Space, Store};
use super::{Applied, Repository, cells, kept_rows};
use crate::access::Right;
use crate::config::{Family, Plan, Target};
use crate::error::Error;
use crate::facts::SHOPS;
use crate::ingest::{self, Input};
use crate::normalize::Kind;
use crate::progress::Silent;
use crate::time::Day;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Under which name the day is kept.
pub(super) const DAY: &str = "day";

/// Records read at once.
const RUN: usize = 1 << 12;

/// A plan on the day for which a store keeps everything, when it keeps anything.
pub(super) fn on_kept_day<S: Store>(plan: Plan, store: &S) -> Result<Plan, Error> {
    match store.meta(DAY)?.and_then(|text| Day::parse_iso(&text)) {
        Some(day) if day != plan.as_of => plan.on(day),
        _ => Ok(plan),
    }
}

/// Whether a plan reads how customers reach its shops: what a shop has is no customer's.
pub(super) fn knows_shops(plan: &Plan) -> bool {
    let fields = plan.families.fields(Family::Stores);
    let reaches = |t: Target| match t {
        Target::Fact(at) => fields.get(at).is_some_and(|(_, k)| matches!(k, Kind::Phone | Kind::Email)),
        _ => false,
    };
    plan.family(Family::Stores).any(|(_, s)| s.inputs.iter().any(|i| reaches(i.target)))
}

/// Kept rows of shops, when they change how customers are read.
pub(super) fn shops<S: Store>(plan: &Plan, store: &S) -> Result<Vec<Input>, Error> {
    if !knows_shops(plan) {
        return Ok(Vec::new());
    }
    let mut facts: BTreeMap<Ordinal, KeptFact> = BTreeMap::new();
    for o in store.keyed(Space::Facts, SHOPS)? {
        facts.extend(store.fact(o)?.map(|f| (o, f)));
    }
    Ok(tables(plan, &facts)?.0)
}

impl<S: Store> Repository<S> {
    /// The day for which everything is kept: ages, periods and consents are those of this day.
    pub fn day(&self) -> Day {
        self.plan.as_of
    }

    /// The day of the plan that was given, when it is another one: [`Repository::refresh`] brings everything there. Until
    /// then facts of later days wait.
    pub fn due(&self) -> Option<Day> {
        Some(self.wanted).filter(|day| *day != self.plan.as_of)
    }

    pub(super) fn keep_day(&mut self) -> Result<(), Error> {
        if self.store.meta(DAY)?.is_none() {
            self.store.put_meta(DAY, &self.plan.as_of.to_string())?;
        }
        Ok(())
    }

    /// Rows of a change with the kept rows of shops in place of those in it, which are kept already.
    pub(super) fn with_shops<'r>(&self, rows: &'r [Input]) -> Result<Cow<'r, [Input]>, Error> {
        if !knows_shops(&self.plan) {
            return Ok(Cow::Borrowed(rows));
        }
        let family = |i: &Input| self.plan.source(&i.source).map(|s| self.plan.sources[s].family);
        let mut all: Vec<Input> =
            rows.iter().filter(|i| family(i) == Some(Family::Customers)).cloned().collect();
        all.extend(shops(&self.plan, &self.store)?);
        Ok(Cow::Owned(all))
    }

    /// Reads all kept rows again and adds those that now say something else.
    pub(super) fn renormalise_all(
        &self,
        touched: &mut BTreeMap<(u16, String), Touched>,
    ) -> Result<(), Error> {
        if !knows_shops(&self.plan) {
            return Ok(());
        }
        let mut ordinals = Vec::new();
        self.store.each_record(&mut |o, _| ordinals.push(o))?;
        for run in ordinals.chunks(RUN) {
            for (o, old, new) in self.renormalised(run)? {
                let t = touched.entry((old.record.source, old.record.id.clone())).or_insert_with(|| {
                    Touched { ordinal: Some(o), old: Some(old.clone()), new: Some(old.clone()) }
                });
                if t.new.as_ref() == Some(&old) {
                    t.new = Some(new);
                }
            }
        }
        Ok(())
    }

    /// Kept rows that say something else when they are read again: as they were and as they are.
    fn renormalised(&self, ordinals: &[Ordinal]) -> Result<Vec<(Ordinal, Kept, Kept)>, Error> {
        let mut by_source: BTreeMap<u16, Vec<(Ordinal, Kept)>> = BTreeMap::new();
        for o in ordinals {
            if let Some(kept) = self.store.record(*o)? {
                by_source.entry(kept.record.source).or_default().push((*o, kept));
            }
        }
        let shops = shops(&self.plan, &self.store)?;
        let mut changed = Vec::new();
        for (position, rows) in by_source {
            let Some(source) = self.plan.sources.get(usize::from(position)) else { continue };
            let kept: Vec<Kept> = rows.iter().map(|(_, k)| k.clone()).collect();
            let mut inputs = vec![kept_rows(source, &kept)?];
            inputs.extend(shops.iter().cloned());
            let loaded = ingest::load_customers(&self.plan, &inputs, &Silent)?;
            for (r, (_, row)) in loaded.origins.iter().enumerate() {
                let Some((o, old)) = rows.get(*row as usize) else { continue };
                let record = loaded.records.own(r as u32);
                if record != old.record {
                    let cells = cells(&inputs[0].table, *row as usize);
                    changed.push((*o, old.clone(), Kept { record, cells }));
                }
            }
        }
        Ok(changed)
    }

    /// Brings everything to another day: ages, periods, consents that are over, facts that were still to come.
    ///
    /// # Errors
    /// Those of the store; then everything stays on the day it was.
    pub fn refresh(&mut self, day: Day, act: &Act) -> Result<Applied, Error> {
        self.must(Right::Update)?;
        let plan = self.plan.on(day)?;
        let before = std::mem::replace(&mut self.plan, plan);
        let begun = self.take_locks().and_then(|()| self.store.begin());
        let done = begun.and_then(|()| self.refresh_begun(before.as_of, act)).and_then(|applied| {
            self.store.commit()?;
            Ok(applied)
        });
        if done.is_err() {
            self.store.roll_back();
            self.plan = before;
        }
        done
    }

    fn refresh_begun(&mut self, from: Day, act: &Act) -> Result<Applied, Error> {
        let change = self.next_change()?;
        let mut applied = Applied { change, ..Applied::default() };
        let day = self.plan.as_of.to_string();
        self.store.put_meta(DAY, &day)?;
        let mut ordinals: Vec<Ordinal> = Vec::new();
        self.store.each_record(&mut |o, _| ordinals.push(o))?;
        for run in ordinals.chunks(RUN) {
            let changed = self.renormalised(run)?;
            applied.records.1 += changed.len() as u64;
            let touched: Vec<Touched> = changed
                .into_iter()
                .map(|(o, old, new)| Touched { ordinal: Some(o), old: Some(old), new: Some(new) })
                .collect();
            let records = run.iter().copied().collect();
            self.refresh_run(touched, records, &Arrived::default(), from, &mut applied)?;
        }
        // Facts of nobody: what is to come may have come.
        let mut waiting: Vec<Ordinal> = Vec::new();
        self.store.each_fact(&mut |o, f| {
            waiting.extend((!matches!(f.tally.whose, Whose::Customer | Whose::Nobody)).then_some(o));
        })?;
        for run in waiting.chunks(RUN) {
            let arrived = Arrived { put: run.iter().copied().collect(), ..Arrived::default() };
            self.refresh_run(Vec::new(), BTreeSet::new(), &arrived, from, &mut applied)?;
        }
        let about = format!("day {day}");
        let entry = Entry::new(act, Action::Change, change, about, String::new(), String::new());
        log::write(&mut self.store, &self.secret, entry)?;
        Ok(applied)
    }

    fn refresh_run(
        &mut self,
        touched: Vec<Touched>,
        records: BTreeSet<Ordinal>,
        arrived: &Arrived,
        from: Day,
        applied: &mut Applied,
    ) -> Result<(), Error> {
        let (frame, change) = (Frame::new(&self.plan), applied.change);
        let altered = follow::altered(&touched);
        let mut effects = Vec::new();
        if !touched.is_empty() {
            effects.push(apply::apply(&frame, &mut self.store, &self.book, &self.book, touched, change)?);
        }
        if !records.is_empty() || effects.is_empty() {
            effects.push(apply::regroup(&frame, &mut self.store, &self.book, records, change)?);
        }
        for effect in effects {
            let events = effect.events(&self.plan.fields, &[], change);
            let then = Then { arrived, identifiers: &[], sources: &[], change };
            let mut events =
                follow::follow(&frame, &mut self.store, (&self.book, &self.book), &effect, events, &then)?;
            follow::tell_agreement(&self.store, &altered, &mut events, &[], change)?;
            let (found, days) = (effect.found.keys().copied(), (from, self.plan.as_of));
            follow::tell_of_age(&self.store, found, days, &mut events, change)?;
            applied.events.extend(self.store.add_events(events)?);
        }
        Ok(())
    }
}
