//! A first base, built as a batch and written straight into an empty store.

use super::apply::{Effect, golden_values};
use super::rulings::Book;
use super::scene::{Frame, Scene};
use super::store::{Counted, Kept, KeptLink, Move, Named, Ordinal, Person, Store};
use crate::error::Error;
use crate::identity::id_of_record;
use crate::matching::blocking::Link;
use crate::matching::prepare::{Prepared, Setting};
use crate::progress::Progress;
use crate::records::Record;
use crate::resolve::{Matched, match_records};
use crate::survivorship;
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
    let people = derive(frame, store, &scene, progress)?;
    let mut effect = Effect::default();
    for mut person in people {
        let first = person.members.first().and_then(|o| scene.number.get(o)).copied().unwrap_or(0);
        let source = scene.records.sources.get(first as usize).map_or(0, |s| usize::from(*s));
        let source = frame.plan.sources.get(source).map_or("", |s| s.name.as_str());
        person.golden_id = id_of_record(source, scene.records.ids.get(first as usize).unwrap_or(""));
        let golden_id = person.golden_id.clone();
        for o in &person.members {
            store.add_move(*o, &Move { change, golden_id: Some(golden_id.clone()) })?;
        }
        let number = store.put_person(None, &person)?;
        let (person_number, in_use, erased) = (Some(number), true, false);
        store.put_named(&Named { born: change, golden_id, person: person_number, in_use, erased })?;
        effect.after.insert(number, person);
        progress.advance(1);
    }
    Ok(effect)
}

/// Writes keys, counts and links of a scene that is everything, and finds its people, who have no golden ids yet.
pub(super) fn derive<S: Store>(
    frame: &Frame,
    store: &mut S,
    scene: &Scene,
    progress: &dyn Progress,
) -> Result<Vec<Person>, Error> {
    let plan = frame.plan;
    let setting = Setting { rulings: &scene.rulings, ..plan.setting() };
    let prepared = Prepared::new(&setting, &scene.records);
    let mut counts: BTreeMap<(Counted, String), u64> = BTreeMap::new();
    let mut count = |counted: Counted, value: String| *counts.entry((counted, value)).or_default() += 1;
    for (r, facets) in frame.facets(scene).into_iter().enumerate() {
        store.add_keys(scene.ordinals[r], &facets.index)?;
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
    let Matched { links, clusters, .. } = match_records(plan, &prepared, &scene.rulings, progress)?;
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
    let people = (0..clusters.len()).map(|c| {
        let members = clusters.members(c).iter().map(|r| scene.ordinals[*r as usize]).collect();
        let values = golden_values(&golden, &scene.records, c, &scene.ordinals);
        Person { members, values, ..Person::default() }
    });
    Ok(people.collect())
}
