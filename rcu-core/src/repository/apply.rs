//! One change and all that follows from it.
//!
//! What two records are to each other depends on their values and on counts over all records. So a change is judged by
//! its neighbours: the records that changed, those for whom a count passed a limit (a value became shared, a name
//! common, a frequency another power of two), and those whose blocks are now cut otherwise are *dirty*. Every pair with
//! a dirty record is judged anew among the complete blocks of the dirty records, and the people whose links or records
//! are touched are found anew, with the functions that a batch runs. A value that becomes more frequent can only make
//! its pairs weigh less, so of those who have it only the pairs that a weight decided are judged anew, two by two.

use super::feed::{self, Event, EventKind, Fate};
use super::rulings::Book;
use super::scene::{Counts, Facets, Frame, Profile, Scene, carrier_key, contact_key, named_key};
use super::standing::Lives;
use super::store::{Counted, Kept, KeptLink, KeptValue, Move, Ordinal, Person, PersonNumber, Space, Store};
use super::{household, identity};
use crate::error::Error;
use crate::field::{CompiledField, FieldIx};
use crate::matching::Decision;
use crate::matching::blocking::{self, Link};
use crate::matching::cluster;
use crate::matching::decide::Judge;
use crate::matching::model::Weights;
use crate::matching::model::bits::class;
use crate::matching::pass::Method;
use crate::matching::prepare::Prepared;
use crate::matching::ruling::{Answer, RecordRef};
use crate::records::{OwnRecord, Record, RecordIndex, Records};
use crate::resolve::weigh;
use crate::survivorship::{self, Golden, GoldenField};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// A record before and after a change; both when a decision on it changed.
#[derive(Debug, Clone, Default)]
pub(super) struct Touched {
    pub ordinal: Option<Ordinal>,
    pub old: Option<Kept>,
    pub new: Option<Kept>,
}

/// What a change did to people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effect {
    /// Records whose pairs were judged anew.
    pub judged_anew: usize,
    /// People that are no more, as they were.
    pub before: BTreeMap<PersonNumber, Person>,
    /// People that are new or changed.
    pub after: BTreeMap<PersonNumber, Person>,
    /// Everyone who was found anew, changed or not, and what says with whom they live.
    pub(super) found: BTreeMap<PersonNumber, Lives>,
    /// What became of golden ids.
    pub(super) fates: Vec<Fate>,
    /// Whether who is gone was erased.
    pub(super) erased: bool,
}

impl Effect {
    /// Entries of the feed, without cursor.
    pub(super) fn events(&self, fields: &[CompiledField], sources: &[String], change: u64) -> Vec<Event> {
        let by_id = |people: &BTreeMap<PersonNumber, Person>| -> BTreeMap<String, Person> {
            people.values().map(|p| (p.golden_id.clone(), p.clone())).collect()
        };
        let gone = if self.erased { EventKind::Erased } else { EventKind::Deleted };
        feed::events(fields, &self.fates, &by_id(&self.before), &by_id(&self.after), sources, change, gone)
    }
}

/// Everything that follows from `touched`. `before` and `after` are the decisions of stewards before and after it.
pub(super) fn apply<S: Store>(
    frame: &Frame,
    store: &mut S,
    before: &Book,
    after: &Book,
    touched: Vec<Touched>,
    change: u64,
) -> Result<Effect, Error> {
    let mut work = Work { frame, store, book: after, rows: BTreeMap::new() };
    let step = work.index(before, touched)?;
    let links = work.relink(&step)?;
    let effect = Effect { judged_anew: step.dirty.len(), ..work.regroup(&step, links, change)? };
    for o in step.gone.keys() {
        work.store.remove_record(*o)?;
        work.store.add_move(*o, &Move { change, golden_id: None })?;
    }
    Ok(effect)
}

/// Finds the people of some records anew, whose links are as they were.
pub(super) fn regroup<S: Store>(
    frame: &Frame,
    store: &mut S,
    book: &Book,
    records: BTreeSet<Ordinal>,
    change: u64,
) -> Result<Effect, Error> {
    let mut work = Work { frame, store, book, rows: BTreeMap::new() };
    let step = Step { changed: records.clone(), ..Step::default() };
    work.regroup(&step, records, change)
}

/// What indexing a change found.
#[derive(Default)]
struct Step {
    /// Records that are new or differ, or for whom a value became shared or is so no more.
    changed: BTreeSet<Ordinal>,
    /// Records to be judged anew: these, and whoever meets others or weighs more by them.
    dirty: BTreeSet<Ordinal>,
    /// Records with a value that is more frequent now: their pairs can only weigh less than before.
    weaker: BTreeSet<Ordinal>,
    /// Of their pairs those that the weight decided, to be judged anew where neither record is dirty.
    weighed: BTreeSet<(Ordinal, Ordinal)>,
    /// Records that are gone, and the people whose they were.
    gone: BTreeMap<Ordinal, Option<PersonNumber>>,
}

struct Work<'w, 'p, S> {
    frame: &'w Frame<'p>,
    store: &'w mut S,
    book: &'w Book,
    /// Records read so far, as they are now.
    rows: BTreeMap<Ordinal, OwnRecord>,
}

impl<S: Store> Work<'_, '_, S> {
    fn load(&mut self, ordinals: impl IntoIterator<Item = Ordinal>) -> Result<(), Error> {
        for o in ordinals {
            if !self.rows.contains_key(&o)
                && let Some(row) = self.store.values(o)?
            {
                self.rows.insert(o, row);
            }
        }
        Ok(())
    }

    fn scene_of<'r>(&'r self, ordinals: impl IntoIterator<Item = &'r Ordinal>) -> Scene {
        let rows = ordinals.into_iter().filter_map(|o| Some((*o, self.rows.get(o)?)));
        self.frame.scene(rows, self.book)
    }

    /// Profiles of some records at the counts of the moment, by ordinal.
    fn known(&self, scene: &Scene) -> Result<BTreeMap<Ordinal, Profile>, Error> {
        let counts = self.frame.counts(self.store, scene)?;
        let profiles = self.frame.profiles(scene, &self.frame.prepare(scene, &counts));
        Ok(scene.ordinals.iter().copied().zip(profiles).collect())
    }

    /// Writes records, keys and counts; finds who is dirty.
    fn index(&mut self, before: &Book, mut touched: Vec<Touched>) -> Result<Step, Error> {
        let mut gone = BTreeMap::new();
        // Those that are kept first: one of them may have left its identifier to a new one.
        touched.sort_by_key(|t| t.ordinal.is_none());
        for t in &mut touched {
            match (&t.new, t.ordinal) {
                (Some(new), ordinal) => t.ordinal = Some(self.store.put_record(ordinal, new)?),
                (None, Some(o)) => {
                    gone.insert(o, self.store.person_of(o)?);
                }
                (None, None) => {}
            }
        }
        let ordinal = |t: &Touched| t.ordinal.unwrap_or(0);
        let own = |k: &Option<Kept>| k.as_ref().map(|k| k.record.clone());
        let old_rows: BTreeMap<Ordinal, OwnRecord> =
            touched.iter().filter_map(|t| Some((ordinal(t), own(&t.old)?))).collect();
        let new_rows: BTreeMap<Ordinal, OwnRecord> =
            touched.iter().filter_map(|t| Some((ordinal(t), own(&t.new)?))).collect();
        self.rows.extend(new_rows.clone());
        let old_scene = self.frame.scene(old_rows.iter().map(|(o, r)| (*o, r)), before);
        let new_scene = self.scene_of(new_rows.keys());
        let by_ordinal = |scene: &Scene| -> BTreeMap<Ordinal, Facets> {
            scene.ordinals.iter().copied().zip(self.frame.facets(scene)).collect()
        };
        let (old_facets, new_facets) = (by_ordinal(&old_scene), by_ordinal(&new_scene));

        // Values that become shared, or are so no more, and everyone who bears one.
        let flipped = self.bearers(&old_facets, &new_facets)?;
        let mut bearing: BTreeSet<Ordinal> = BTreeSet::new();
        for (f, value) in &flipped {
            bearing.extend(self.store.keyed(Space::Clues, contact_key(*f, value))?);
        }
        bearing.retain(|o| !old_rows.contains_key(o) && !new_rows.contains_key(o));
        self.load(bearing.iter().copied())?;

        // As it was: profiles, sizes of blocks, who stood for whom.
        let old_scene = {
            let others = bearing.iter().filter_map(|o| Some((*o, self.rows.get(o)?)));
            self.frame.scene(old_rows.iter().map(|(o, r)| (*o, r)).chain(others), before)
        };
        let old_known = self.known(&old_scene)?;
        let mut blocks: BTreeMap<(bool, u64), BTreeSet<Ordinal>> = BTreeMap::new();
        for profile in old_known.values() {
            self.blocks(&profile.blocks, &mut blocks)?;
        }
        let contents: BTreeSet<u64> =
            old_facets.values().chain(new_facets.values()).map(|f| f.content).collect();
        let firsts = self.firsts(before, &contents, &old_rows)?;

        // Write.
        self.settle_bearers(&old_facets, &new_facets)?;
        for (space, of) in [(Space::Blocks, blocks_of as KeysOf), (Space::Clues, clues_of)] {
            for (o, facets) in &old_facets {
                let lost = without(of(facets), new_facets.get(o).map(of));
                self.store.remove_keyed(space, *o, &lost)?;
            }
            for (o, facets) in &new_facets {
                let won = without(of(facets), old_facets.get(o).map(of));
                self.store.add_keyed(space, *o, &won)?;
            }
        }
        let records = new_rows.len() as i64 - old_rows.len() as i64;
        let (was, now) = self.store.add(Counted::Records, "", records)?;
        let mut all =
            self.frame.plan.model.is_some() && self.population_class(was) != self.population_class(now);

        // As it is: profiles and counts.
        let new_scene = self.scene_of(new_rows.keys().chain(&bearing));
        let new_known = self.known(&new_scene)?;
        let mut moved: BTreeMap<(Counted, String), i64> = BTreeMap::new();
        for profile in old_known.values() {
            profile.counted.iter().for_each(|c| *moved.entry(c.clone()).or_default() -= 1);
        }
        for profile in new_known.values() {
            profile.counted.iter().for_each(|c| *moved.entry(c.clone()).or_default() += 1);
        }
        let changed: BTreeSet<Ordinal> = new_rows.keys().copied().chain(bearing).collect();
        let mut dirty = changed.clone();
        let mut weaker: BTreeSet<Ordinal> = BTreeSet::new();
        for ((counted, value), more) in moved.into_iter().filter(|(_, more)| *more != 0) {
            let (was, now) = self.store.add(counted, &value, more)?;
            match counted {
                Counted::Named => {
                    let common = |n: u64| n > u64::from(self.frame.plan.config.matching.common_name);
                    if common(was) != common(now) {
                        dirty.extend(self.store.keyed(Space::Clues, named_key(&value))?);
                    }
                }
                Counted::Carriers(position) if class(was) != class(now) => {
                    let carriers =
                        self.store.keyed(Space::Clues, carrier_key(usize::from(position), &value))?;
                    if now > was { weaker.extend(carriers) } else { dirty.extend(carriers) }
                }
                Counted::Valued(position) => {
                    let at_least = |(w, n): &(usize, u64)| (*w == usize::from(position)).then_some(*n);
                    let at_least = self.frame.weighted.iter().find_map(at_least).unwrap_or(0);
                    all |= class(was.max(at_least)) != class(now.max(at_least));
                }
                _ => {}
            }
        }
        // Blocks that are cut, or pair neighbours only: who meets whom may change for all their records.
        let max_block = self.frame.plan.config.matching.max_block as usize;
        let mut after: BTreeMap<(bool, u64), BTreeSet<Ordinal>> = BTreeMap::new();
        for profile in new_known.values() {
            self.blocks(&profile.blocks, &mut after)?;
        }
        for key in blocks.keys().copied().collect::<Vec<_>>() {
            if let Entry::Vacant(block) = after.entry(key) {
                block.insert(self.store.keyed(Space::Blocks, key.1)?.into_iter().collect());
            }
        }
        for ((sorted, key), members) in after {
            let was = blocks.get(&(sorted, key)).map_or(0, BTreeSet::len);
            if sorted || members.len().max(was) > max_block {
                dirty.extend(members);
            }
        }
        // Records of one content meet others through the first of them.
        let firsts_now = self.firsts(self.book, &contents, &BTreeMap::new())?;
        for content in &contents {
            let (was, now) = (firsts.get(content), firsts_now.get(content));
            if was != now {
                dirty.extend([was, now].into_iter().flatten());
            }
        }
        if all {
            self.store.each_record(&mut |o, _| {
                dirty.insert(o);
            })?;
        }
        let weighed = self.decided_by_weight(&mut weaker)?;
        dirty.extend(self.in_cut_blocks(&weighed)?);
        dirty.retain(|o| !gone.contains_key(o));
        weaker.retain(|o| !gone.contains_key(o) && !dirty.contains(o));
        self.load(dirty.iter().copied())?;
        Ok(Step { changed, dirty, weaker, weighed, gone })
    }

    /// Of records whose pairs weigh less than before: the links and review pairs that the weight decided. What was
    /// decided by other means stays as it is, and what was nothing is not more now. Records whom no link joins to
    /// anybody are left out.
    fn decided_by_weight(
        &self,
        weaker: &mut BTreeSet<Ordinal>,
    ) -> Result<BTreeSet<(Ordinal, Ordinal)>, Error> {
        let passes = &self.frame.plan.passes;
        let mut weighed = BTreeSet::new();
        for o in std::mem::take(weaker) {
            let links = self.store.links(o)?;
            let weighs = |l: &&KeptLink| {
                passes.get(usize::from(l.link.pass)).is_none_or(|p| p.method == Method::Model)
            };
            weighed.extend(links.iter().filter(weighs).map(|l| (l.a, l.b)));
            if links.iter().any(|l| l.link.verdict.decision == Decision::Link) {
                weaker.insert(o);
            }
        }
        Ok(weighed)
    }

    /// Records of pairs that meet in a block which is cut or pairs neighbours only: whether they meet depends on others,
    /// so they are judged among all of them. Everybody else is judged the same two by two.
    fn in_cut_blocks(&mut self, pairs: &BTreeSet<(Ordinal, Ordinal)>) -> Result<BTreeSet<Ordinal>, Error> {
        if pairs.is_empty() {
            return Ok(BTreeSet::new());
        }
        let records: BTreeSet<Ordinal> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
        self.load(records.iter().copied())?;
        let known = self.known(&self.scene_of(&records))?;
        let most = self.frame.plan.config.matching.max_block as usize;
        let mut cut = BTreeSet::new();
        for (a, b) in pairs {
            let (Some(x), Some(y)) = (known.get(a), known.get(b)) else { continue };
            for (sorted, key) in &x.blocks {
                // Neighbours by a sorted key need not have it in common.
                if *sorted
                    || y.blocks.contains(&(false, *key))
                        && self.store.keyed(Space::Blocks, *key)?.len() > most
                {
                    cut.extend([*a, *b]);
                }
            }
        }
        Ok(cut)
    }

    fn population_class(&self, records: u64) -> (i32, i32) {
        let smallest = self.frame.plan.model.as_ref().map_or(0, |m| m.smallest_population);
        (class(records.max(smallest).max(2)), class(records.max(2)))
    }

    fn blocks(
        &self,
        keys: &[(bool, u64)],
        into: &mut BTreeMap<(bool, u64), BTreeSet<Ordinal>>,
    ) -> Result<(), Error> {
        for key in keys {
            if let Entry::Vacant(block) = into.entry(*key) {
                block.insert(self.store.keyed(Space::Blocks, key.1)?.into_iter().collect());
            }
        }
        Ok(())
    }

    /// By how much each person bears each value more or less.
    fn moved_bearers(
        old: &BTreeMap<Ordinal, Facets>,
        new: &BTreeMap<Ordinal, Facets>,
    ) -> BTreeMap<(FieldIx, String, String), i64> {
        let mut moved: BTreeMap<(FieldIx, String, String), i64> = BTreeMap::new();
        for (facets, more) in old.values().map(|f| (f, -1)).chain(new.values().map(|f| (f, 1))) {
            facets.bears.iter().for_each(|b| *moved.entry(b.clone()).or_default() += more);
        }
        moved.retain(|_, more| *more != 0);
        moved
    }

    /// Values whose being shared changes.
    fn bearers(
        &self,
        old: &BTreeMap<Ordinal, Facets>,
        new: &BTreeMap<Ordinal, Facets>,
    ) -> Result<Vec<(FieldIx, String)>, Error> {
        let mut people: BTreeMap<(FieldIx, String), i64> = BTreeMap::new();
        for ((f, value, person), more) in Self::moved_bearers(old, new) {
            let was = self.store.count(Counted::Bearers(f as u16), &bearer(&value, &person))?;
            let now = was.saturating_add_signed(more);
            *people.entry((f, value)).or_default() += i64::from(now > 0) - i64::from(was > 0);
        }
        let mut flipped = Vec::new();
        for ((f, value), more) in people {
            let was = self.store.count(Counted::People(f as u16), &value)?;
            let now = was.saturating_add_signed(more);
            let cap =
                self.frame.capped.iter().find(|(c, _)| *c == f).map_or(u64::MAX, |(_, n)| u64::from(*n));
            if (was > cap) != (now > cap) {
                flipped.push((f, value));
            }
        }
        Ok(flipped)
    }

    fn settle_bearers(
        &mut self,
        old: &BTreeMap<Ordinal, Facets>,
        new: &BTreeMap<Ordinal, Facets>,
    ) -> Result<(), Error> {
        for ((f, value, person), more) in Self::moved_bearers(old, new) {
            let (was, now) = self.store.add(Counted::Bearers(f as u16), &bearer(&value, &person), more)?;
            let people = i64::from(now > 0) - i64::from(was > 0);
            if people != 0 {
                self.store.add(Counted::People(f as u16), &value, people)?;
            }
        }
        Ok(())
    }

    /// The first record of each content among those that may stand for others. `old`: records as they were, where they
    /// are no more what the store holds.
    fn firsts(
        &mut self,
        book: &Book,
        contents: &BTreeSet<u64>,
        old: &BTreeMap<Ordinal, OwnRecord>,
    ) -> Result<BTreeMap<u64, Ordinal>, Error> {
        let mut firsts = BTreeMap::new();
        for content in contents {
            let members = self.store.keyed(Space::Blocks, *content)?;
            self.load(members.iter().copied().filter(|o| !old.contains_key(o)))?;
            let row = |o: &Ordinal| old.get(o).or_else(|| self.rows.get(o));
            let stands = |r: &&OwnRecord| {
                let alone = self.frame.plan.sources.get(usize::from(r.source));
                !alone.is_some_and(|s| s.spec.duplicate_free) && !book.keeps_apart(&self.frame.reference(r))
            };
            let first = members.iter().filter_map(|o| Some((row(o).filter(stands)?, *o)));
            if let Some((_, o)) = first.min_by(|a, b| a.0.rank().cmp(&b.0.rank())) {
                firsts.insert(*content, o);
            }
        }
        Ok(firsts)
    }

    /// Judges every pair with a dirty record anew. Gives the records whose links changed.
    fn relink(&mut self, step: &Step) -> Result<BTreeSet<Ordinal>, Error> {
        let scene = self.scene_of(&step.dirty);
        let mut members: BTreeSet<Ordinal> = step.dirty.clone();
        for profile in self.known(&scene)?.values() {
            for (_, key) in &profile.blocks {
                members.extend(self.store.keyed(Space::Blocks, *key)?);
            }
        }
        let weighed: BTreeSet<(Ordinal, Ordinal)> = step
            .weighed
            .iter()
            .filter(|(a, b)| [a, b].iter().all(|o| !step.dirty.contains(*o) && !step.gone.contains_key(*o)))
            .copied()
            .collect();
        members.extend(weighed.iter().flat_map(|(a, b)| [*a, *b]));
        self.load(members.iter().copied())?;
        let scene = self.scene_of(&members);
        let counts = self.frame.counts(self.store, &scene)?;
        let prepared = self.frame.prepare(&scene, &counts);
        let weights = self.weights(&prepared)?;
        let judge = Judge { spec: &self.frame.plan.config.matching, model: weights.as_ref() };
        let dirty: Vec<bool> = scene.ordinals.iter().map(|o| step.dirty.contains(o)).collect();
        let pair = |a: Record, b: Record| (scene.ordinals[a as usize], scene.ordinals[b as usize]);
        let is_weighed = |(a, b)| weighed.contains(&(a, b)) || weighed.contains(&(b, a));
        let wanted = |a: Record, b: Record| {
            dirty[a as usize] || dirty[b as usize] || !weighed.is_empty() && is_weighed(pair(a, b))
        };
        let found = blocking::run_some(&self.frame.plan.passes, &prepared, &judge, wanted);
        let mut now: BTreeMap<(Ordinal, Ordinal), Link> = BTreeMap::new();
        for link in found {
            now.insert(pair(link.a, link.b), Link { a: 0, b: 0, ..link });
        }
        let mut touched: BTreeSet<Ordinal> = BTreeSet::new();
        let mut was: BTreeMap<(Ordinal, Ordinal), KeptLink> = BTreeMap::new();
        for o in step.dirty.iter().chain(step.gone.keys()) {
            was.extend(self.store.links(*o)?.into_iter().map(|l| ((l.a, l.b), l)));
        }
        for (a, b) in &weighed {
            let links = self.store.links(*a)?;
            was.extend(links.into_iter().filter(|l| (l.a, l.b) == (*a, *b)).map(|l| ((l.a, l.b), l)));
        }
        for (pair, old) in &was {
            if now.get(pair) != Some(&old.link) {
                self.store.remove_link(pair.0, pair.1)?;
                touched.extend([pair.0, pair.1]);
            }
        }
        for (pair, link) in now {
            if was.get(&pair).is_none_or(|old| old.link != link) {
                self.store.put_link(&KeptLink { a: pair.0, b: pair.1, link, refused: None })?;
                touched.extend([pair.0, pair.1]);
            }
        }
        touched.retain(|o| !step.gone.contains_key(o));
        Ok(touched)
    }

    fn weights(&self, prepared: &Prepared) -> Result<Option<Weights>, Error> {
        let plan = self.frame.plan;
        match (&plan.model, plan.wants_model()) {
            (Some(model), _) => Ok(Some(weigh(plan, model, prepared))),
            (None, false) => Ok(None),
            (None, true) => Err(Error::Argument {
                argument: "model".into(),
                reason: "a kept repository needs a model that is settled: train one (`rcu train`) and name its file \
                         in [model], or use the shipped one"
                    .into(),
            }),
        }
    }

    /// Finds people anew wherever links or records changed.
    fn regroup(&mut self, step: &Step, relinked: BTreeSet<Ordinal>, change: u64) -> Result<Effect, Error> {
        let mut people: BTreeMap<PersonNumber, Person> = BTreeMap::new();
        let mut starts: BTreeSet<Ordinal> = &step.dirty | &relinked;
        starts.extend(&step.weaker);
        for number in step.gone.values().flatten() {
            self.person(*number, &mut people)?;
        }
        // People that the change concerns itself, and whoever was or is connected with them.
        let mut concerned: BTreeSet<Ordinal> =
            people.values().flat_map(|p| p.members.iter().copied()).collect();
        concerned.extend(&step.changed);
        starts.extend(&concerned);
        let mut seen: BTreeSet<Ordinal> = BTreeSet::new();
        let mut links: BTreeMap<(Ordinal, Ordinal), KeptLink> = BTreeMap::new();
        // Records that are connected, by their first, and whether the change concerns one of them.
        let mut groups: BTreeMap<Ordinal, Ordinal> = BTreeMap::new();
        let mut touched: BTreeSet<Ordinal> = BTreeSet::new();
        for start in starts {
            if !seen.insert(start) {
                continue;
            }
            let mut to_do = vec![start];
            while let Some(o) = to_do.pop() {
                groups.insert(o, start);
                if concerned.contains(&o) {
                    touched.insert(start);
                }
                if step.gone.contains_key(&o) {
                    continue;
                }
                let next = self.connected(o, &mut links, &mut people)?;
                to_do.extend(next.into_iter().filter(|n| seen.insert(*n)));
            }
        }
        seen.retain(|o| !step.gone.contains_key(o));
        let scene = self.scene_of(&seen);
        let counts: Counts = self.frame.counts(self.store, &scene)?;
        let prepared = self.frame.prepare(&scene, &counts);
        let weights = self.weights(&prepared)?;
        let plan = self.frame.plan;
        let located = scene.rulings.locate(&RecordIndex::new(&scene.records), &plan.source_names());
        let number = |o: Ordinal| scene.number.get(&o).copied().unwrap_or(0);
        let accepted: Vec<Link> =
            links.values().map(|l| Link { a: number(l.a), b: number(l.b), ..l.link }).collect();
        let clusters = cluster::resolve(&prepared, &accepted, weights.as_ref(), &located);
        let refused: BTreeMap<(Ordinal, Ordinal), &'static str> = clusters
            .refused
            .iter()
            .map(|r| ((scene.ordinals[r.link.a as usize], scene.ordinals[r.link.b as usize]), r.reason))
            .collect();
        for (pair, link) in &links {
            let refused = refused.get(pair).copied();
            if link.refused != refused {
                self.store.put_link(&KeptLink { refused, ..*link })?;
            }
        }
        let trust: Vec<_> = plan.sources.iter().map(|s| s.trust.clone()).collect();
        let golden = survivorship::build(&plan.survivorship(&trust), &prepared, &clusters);
        let found: Vec<Person> = (0..clusters.len())
            .map(|c| {
                let members = clusters.members(c).iter().map(|r| scene.ordinals[*r as usize]).collect();
                let values = golden_values(&golden, &scene.records, c, &scene.ordinals);
                Person { members, values, ..Person::default() }
            })
            .collect();
        // Whoever is connected with nobody that the change concerns, and is as before, keeps id and all.
        let group = |p: &Person| p.members.first().and_then(|o| groups.get(o)).copied();
        let (was, is) = (grouped(people.values(), group), grouped(found.iter(), group));
        let as_before =
            |(g, of): &(&Ordinal, &BTreeMap<_, _>)| !touched.contains(*g) && is.get(*g) == Some(*of);
        let as_before: BTreeSet<Ordinal> = was.iter().filter(as_before).map(|(g, _)| *g).collect();
        let concerns = |p: &Person| group(p).is_none_or(|g| !as_before.contains(&g));
        let (mut anew, mut lives) = (Vec::new(), Vec::new());
        for (c, person) in found.iter().enumerate().filter(|(_, p)| concerns(p)) {
            let street = household::street_of(person).map(number);
            lives.push(household::lives(&prepared, clusters.members(c), street));
            anew.push(person.clone());
        }
        people.retain(|_, p| concerns(p));
        identity::name(self.store, plan, &self.rows, &people, (&mut anew, lives), change)
    }

    /// Records that are connected with one: by a link, a decision, or as the same person.
    fn connected(
        &mut self,
        o: Ordinal,
        links: &mut BTreeMap<(Ordinal, Ordinal), KeptLink>,
        people: &mut BTreeMap<PersonNumber, Person>,
    ) -> Result<Vec<Ordinal>, Error> {
        self.load([o])?;
        let mut next: Vec<Ordinal> = Vec::new();
        for l in self.store.links(o)? {
            if l.link.verdict.decision == Decision::Link {
                next.extend([l.a, l.b]);
                links.insert((l.a, l.b), l);
            }
        }
        if let Some(row) = self.rows.get(&o) {
            let me = self.frame.reference(row);
            for r in self.book.of(&me).filter(|r| r.answer == Answer::Same) {
                next.extend(self.ordinal_of(if r.a == me { &r.b } else { &r.a })?);
            }
        }
        if let Some(number) = self.store.person_of(o)?
            && !people.contains_key(&number)
        {
            self.person(number, people)?;
            next.extend(people.get(&number).into_iter().flat_map(|p| p.members.iter().copied()));
        }
        Ok(next)
    }

    fn person(&self, number: PersonNumber, people: &mut BTreeMap<PersonNumber, Person>) -> Result<(), Error> {
        if let Some(person) = self.store.person(number)? {
            people.insert(number, person);
        }
        Ok(())
    }

    fn ordinal_of(&self, r: &RecordRef) -> Result<Option<Ordinal>, Error> {
        match self.frame.plan.source(&r.source) {
            Some(source) => self.store.find(source as u16, &r.record_id),
            None => Ok(None),
        }
    }
}

type KeysOf = fn(&Facets) -> &[u64];

fn blocks_of(facets: &Facets) -> &[u64] {
    &facets.blocks
}

fn clues_of(facets: &Facets) -> &[u64] {
    &facets.clues
}

/// Keys that are not among others; both ascend.
fn without(keys: &[u64], others: Option<&[u64]>) -> Vec<u64> {
    let others = others.unwrap_or_default();
    keys.iter().copied().filter(|k| others.binary_search(k).is_err()).collect()
}

/// Members and golden values of people, by group.
fn grouped<'p>(
    people: impl Iterator<Item = &'p Person>,
    group: impl Fn(&Person) -> Option<Ordinal>,
) -> BTreeMap<Ordinal, BTreeMap<&'p [Ordinal], &'p [KeptValue]>> {
    let mut all: BTreeMap<Ordinal, BTreeMap<&[Ordinal], &[KeptValue]>> = BTreeMap::new();
    for person in people {
        if let Some(group) = group(person) {
            all.entry(group).or_default().insert(&person.members, &person.values);
        }
    }
    all
}

pub(super) fn bearer(value: &str, person: &str) -> String {
    format!("{value}\u{1e}{person}")
}

/// Golden values of a cluster, by field.
pub(super) fn golden_values(
    golden: &Golden,
    records: &Records,
    cluster: usize,
    ordinals: &[Ordinal],
) -> Vec<KeptValue> {
    let value = |(field, column): (FieldIx, &GoldenField)| {
        let from = column.provenance(cluster)?;
        let text = column.text(records, field, cluster)?.to_owned();
        let record = ordinals[from.record as usize];
        Some(KeptValue { field, text, from: record, score: from.score, beaten: from.beaten, rule: from.rule })
    };
    golden.fields.iter().enumerate().filter_map(value).collect()
}
