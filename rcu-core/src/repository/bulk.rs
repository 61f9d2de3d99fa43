//! A first base, built as a batch and written straight into an empty store.

use super::apply::{Effect, golden_values};
use super::figures::{self, Housed};
use super::household::{self, lives};
use super::rulings::Book;
use super::scene::{Frame, Scene};
use super::standing::Lives;
use super::store::{Counted, Kept, KeptLink, Move, Named, Ordinal, Person, PersonNumber, Space, Store};
use crate::error::Error;
use crate::identity::{household_id, id_of_record};
use crate::matching::blocking::Link;
use crate::matching::cluster::Clusters;
use crate::matching::prepare::{Prepared, Setting};
use crate::progress::Progress;
use crate::records::Record;
use crate::resolve::{Matched, match_records};
use crate::survivorship;
use crate::{field, household as homes};
use std::collections::BTreeMap;

/// Writes records and all that follows from them into an empty store.
pub(super) fn load<S: Store>(
    frame: &Frame,
    store: &mut S,
    book: &Book,
    kept: Vec<Kept>,
    change: u64,
    progress: &dyn Progress,
) -> Result<Effect, Error> {
    let mut rows: Vec<(Ordinal, Kept)> = Vec::with_capacity(kept.len());
    for k in kept {
        rows.push((store.put_record(None, &k)?, k));
    }
    let scene: Scene = frame.scene(rows.iter().map(|(o, k)| (*o, &k.record)), book);
    drop(rows);
    let mut derived = derive(frame, store, &scene, progress)?;
    let mut numbers: Vec<PersonNumber> = Vec::with_capacity(derived.people.len());
    let mut effect = Effect::default();
    for person in &mut derived.people {
        let first = person.members.first().and_then(|o| scene.number.get(o)).copied().unwrap_or(0);
        let source = scene.records.sources.get(first as usize).map_or(0, |s| usize::from(*s));
        let source = frame.plan.sources.get(source).map_or("", |s| s.name.as_str());
        person.golden_id = id_of_record(source, scene.records.ids.get(first as usize).unwrap_or(""));
        let golden_id = person.golden_id.clone();
        for o in &person.members {
            store.add_move(*o, &Move { change, golden_id: Some(golden_id.clone()) })?;
        }
        let number = store.put_person(None, person)?;
        let (owner, in_use, erased) = (Some(number), true, false);
        store.put_named(&Named { born: change, golden_id, person: owner, in_use, erased })?;
        numbers.push(number);
        effect.after.insert(number, person.clone());
        progress.advance(1);
    }
    settle(frame, store, &scene, &derived, &numbers, progress)?;
    Ok(effect)
}

/// Who is who among all records.
pub(super) struct Derived {
    /// People in the order of `clusters`; they have no golden ids yet.
    pub people: Vec<Person>,
    clusters: Clusters,
    /// With whom each could live.
    lives: Vec<Lives>,
    /// Household of each, as the smallest cluster in it.
    households: Vec<u32>,
}

/// Finds where everybody stands, once people have golden ids and `numbers`.
pub(super) fn settle<S: Store>(
    frame: &Frame,
    store: &mut S,
    scene: &Scene,
    derived: &Derived,
    numbers: &[PersonNumber],
    progress: &dyn Progress,
) -> Result<(), Error> {
    progress.stage("figures", derived.people.len() as u64);
    let spec = &frame.plan.config.households;
    let mut housed: Vec<Housed> = Vec::with_capacity(numbers.len());
    for (c, number) in numbers.iter().enumerate() {
        let lives = derived.lives[c].clone();
        store.add_keyed(Space::People, *number, &household::keys(spec, &lives))?;
        let first = &derived.people[derived.households[c] as usize];
        housed.push(Housed { number: *number, household: household_id(&first.golden_id), lives });
    }
    figures::settle_all(frame, store, &scene.records, &derived.clusters, &housed)
}

/// Writes keys, counts and links of a scene that is everything, and finds its people, who have no golden ids yet.
pub(super) fn derive<S: Store>(
    frame: &Frame,
    store: &mut S,
    scene: &Scene,
    progress: &dyn Progress,
) -> Result<Derived, Error> {
    let plan = frame.plan;
    let setting = Setting { rulings: &scene.rulings, ..plan.setting() };
    let prepared = Prepared::new(&setting, &scene.records);
    let mut counts: BTreeMap<(Counted, String), u64> = BTreeMap::new();
    let mut count = |counted: Counted, value: String| *counts.entry((counted, value)).or_default() += 1;
    for (r, facets) in frame.facets(scene).into_iter().enumerate() {
        store.add_keyed(Space::Blocks, scene.ordinals[r], &facets.blocks)?;
        store.add_keyed(Space::Clues, scene.ordinals[r], &facets.clues)?;
        facets
            .bears
            .into_iter()
            .for_each(|b| count(Counted::Bearers(b.0 as u16), super::apply::bearer(&b.1, &b.2)));
    }
    for profile in frame.profiles(scene, &prepared) {
        profile.counted.into_iter().for_each(|(counted, value)| count(counted, value));
    }
    let mut people: BTreeMap<(Counted, String), u64> = BTreeMap::new();
    for (counted, value) in counts.keys() {
        if let (Counted::Bearers(f), Some((value, _))) = (counted, value.split_once('\u{1e}')) {
            *people.entry((Counted::People(*f), value.to_owned())).or_default() += 1;
        }
    }
    store.add(Counted::Records, "", scene.records.len() as i64)?;
    for ((counted, value), n) in counts.into_iter().chain(people) {
        store.add(counted, &value, n as i64)?;
    }
    let Matched { links, clusters, rulings, .. } = match_records(plan, &prepared, &scene.rulings, progress)?;
    let refused: BTreeMap<(Record, Record), &'static str> =
        clusters.refused.iter().map(|r| ((r.link.a, r.link.b), r.reason)).collect();
    for link in links {
        let (a, b) = (scene.ordinals[link.a as usize], scene.ordinals[link.b as usize]);
        let refused = refused.get(&(link.a, link.b)).copied();
        store.put_link(&KeptLink { a, b, link: Link { a: 0, b: 0, ..link }, refused })?;
    }
    progress.stage("golden records", clusters.len() as u64);
    let trust: Vec<_> = plan.sources.iter().map(|s| s.trust.clone()).collect();
    let golden = survivorship::build(&plan.survivorship(&trust), &prepared, &clusters);
    let households =
        homes::of_clusters(&plan.config.households, &prepared, &clusters, &golden, &rulings.household);
    let (mut people, mut homes) = (Vec::with_capacity(clusters.len()), Vec::with_capacity(clusters.len()));
    for c in 0..clusters.len() {
        let members = clusters.members(c).iter().map(|r| scene.ordinals[*r as usize]).collect();
        let values = golden_values(&golden, &scene.records, c, &scene.ordinals);
        people.push(Person { members, values, ..Person::default() });
        let street = golden.fields[field::STREET].provenance(c).map(|p| p.record);
        homes.push(lives(&prepared, clusters.members(c), street));
    }
    drop(prepared);
    Ok(Derived { people, clusters, lives: homes, households })
}
