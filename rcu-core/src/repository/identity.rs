//! Golden ids over time (`design.md` §5.5): a person keeps its id, a merge keeps the older one, an un-merge gives the
//! old ids back.

use super::apply::Effect;
use super::feed::Fate;
use super::rights::RESTRICTED;
use super::standing::Lives;
use super::store::{Move, Named, Ordinal, Person, PersonNumber, Store};
use crate::config::Plan;
use crate::error::Error;
use crate::identity::id_of_record;
use crate::records::OwnRecord;
use std::collections::{BTreeMap, BTreeSet};

/// Gives ids to the people `found` among the records of people `before`, keeps them, and says what changed.
///
/// Each id goes, oldest first, to the person with most of the records that were given it as their first; of as many, to
/// the one with the first record. When none of these records is left, records that had it later count. A person takes
/// one id; an id whose person has an older one leads to that person. A person without any is named after its first
/// record. `lives`: with whom each of `found` may live.
pub(super) fn name<S: Store>(
    store: &mut S,
    plan: &Plan,
    rows: &BTreeMap<Ordinal, OwnRecord>,
    before: &BTreeMap<PersonNumber, Person>,
    (found, lives): (&mut [Person], Vec<Lives>),
    change: u64,
) -> Result<Effect, Error> {
    let mut had: BTreeMap<Ordinal, Vec<String>> = BTreeMap::new();
    let mut returned: BTreeSet<Ordinal> = BTreeSet::new();
    let mut ids: BTreeSet<String> =
        before.values().flat_map(|p| p.aliases.iter().chain([&p.golden_id])).cloned().collect();
    for o in found.iter().flat_map(|p| &p.members) {
        let moves = store.moves(*o)?;
        if moves.last().is_some_and(|m| m.golden_id.is_none()) {
            returned.insert(*o);
        }
        let of: Vec<String> = moves.into_iter().filter_map(|m| m.golden_id).collect();
        ids.extend(of.iter().cloned());
        had.insert(*o, of);
    }
    let claimants = claimants(found, &had);
    // Oldest first; of one age, the id whose person has the first record. What a person elsewhere goes by is not touched.
    let mut claims: Vec<(u64, usize, Named)> = Vec::new();
    let restricted = store.meta(RESTRICTED)?.is_some();
    // The id of somebody who is restricted waits for them.
    let mut waiting: BTreeSet<String> = BTreeSet::new();
    for id in ids {
        if let Some(named) = store.named(&id)?
            && named.person.is_none_or(|n| before.contains_key(&n))
        {
            if restricted && !store.asides_of(&id)?.is_empty() {
                waiting.insert(id.clone());
            }
            let claimant = claimants.get(&id).copied().filter(|_| !named.erased && !waiting.contains(&id));
            claims.push((named.born, claimant.unwrap_or(usize::MAX), named));
        }
    }
    claims.sort_by(|a, b| (a.0, a.1, &a.2.golden_id).cmp(&(b.0, b.1, &b.2.golden_id)));
    let mut given: Vec<Named> = Vec::new();
    for (_, claim, named) in &claims {
        if let Some(person) = found.get_mut(*claim)
            && person.golden_id.is_empty()
        {
            person.golden_id.clone_from(&named.golden_id);
        }
    }
    // An id that no record of today ever had leads to where the person's own id went.
    let went: BTreeMap<String, usize> = claims.iter().map(|(_, c, n)| (n.golden_id.clone(), *c)).collect();
    for (_, claim, named) in &mut claims {
        if *claim == usize::MAX
            && !named.erased
            && !waiting.contains(&named.golden_id)
            && let Some(owner) = named.person.and_then(|n| before.get(&n))
        {
            *claim = went.get(&owner.golden_id).copied().unwrap_or(usize::MAX);
        }
    }
    for (_, claim, named) in &claims {
        if let Some(person) = found.get_mut(*claim)
            && person.golden_id != named.golden_id
        {
            person.aliases.push(named.golden_id.clone());
        }
    }
    found.iter_mut().for_each(|p| p.aliases.sort_unstable());
    for person in found.iter_mut().filter(|p| p.golden_id.is_empty()) {
        person.golden_id = fresh(store, plan, rows, person)?;
        given.push(Named {
            born: change,
            golden_id: person.golden_id.clone(),
            person: None,
            in_use: true,
            erased: false,
        });
    }
    // Keep the people whose id is the same under their number; the others are gone or new.
    let number_of: BTreeMap<&str, PersonNumber> =
        before.iter().map(|(n, p)| (p.golden_id.as_str(), *n)).collect();
    let mut effect = Effect::default();
    let kept: BTreeSet<PersonNumber> =
        found.iter().filter_map(|p| number_of.get(p.golden_id.as_str()).copied()).collect();
    for (n, person) in before {
        if !kept.contains(n) {
            store.remove_person(*n)?;
            effect.before.insert(*n, person.clone());
        }
    }
    let mut numbers: Vec<PersonNumber> = Vec::with_capacity(found.len());
    for person in found.iter() {
        let number = number_of.get(person.golden_id.as_str()).copied();
        if let Some(old) = number.and_then(|n| before.get(&n))
            && old == person
        {
            numbers.extend(number);
            continue;
        }
        let n = store.put_person(number, person)?;
        if let Some(old) = number.and_then(|n| before.get(&n)) {
            effect.before.insert(n, old.clone());
        }
        effect.after.insert(n, person.clone());
        numbers.push(n);
        for o in &person.members {
            if had.get(o).and_then(|ids| ids.last()) != Some(&person.golden_id) || returned.contains(o) {
                store.add_move(*o, &Move { change, golden_id: Some(person.golden_id.clone()) })?;
            }
        }
    }
    effect.found = numbers.iter().copied().zip(lives).collect();
    let id_of = |n: PersonNumber| before.get(&n).map(|p| p.golden_id.clone());
    let was_of: BTreeMap<Ordinal, &str> =
        before.values().flat_map(|p| p.members.iter().map(|o| (*o, p.golden_id.as_str()))).collect();
    let place: BTreeMap<String, usize> =
        found.iter().enumerate().map(|(c, p)| (p.golden_id.clone(), c)).collect();
    for person in given.iter().filter_map(|n| found.get(*place.get(&n.golden_id)?)) {
        // A new id for records that had others: they come out of the person they were.
        let first = person.members.iter().find_map(|o| was_of.get(o).map(|id| (*id).to_owned()));
        let is = Some(person.golden_id.clone());
        effect.fates.push(Fate { golden_id: person.golden_id.clone(), was: first, is });
    }
    for (_, claim, named) in &claims {
        let is = found.get(*claim).map(|p| p.golden_id.clone());
        effect.fates.push(Fate { golden_id: named.golden_id.clone(), was: named.person.and_then(id_of), is });
    }
    for (_, claim, mut named) in claims {
        let person = numbers.get(claim).copied();
        let in_use = found.get(claim).is_some_and(|p| p.golden_id == named.golden_id);
        if (named.person, named.in_use) != (person, in_use) {
            (named.person, named.in_use) = (person, in_use);
            store.put_named(&named)?;
        }
    }
    for mut named in given {
        named.person = place.get(&named.golden_id).and_then(|c| numbers.get(*c)).copied();
        store.put_named(&named)?;
    }
    Ok(effect)
}

/// The person that each id goes to. `found` is in the order of records.
fn claimants(found: &[Person], had: &BTreeMap<Ordinal, Vec<String>>) -> BTreeMap<String, usize> {
    // By id: how many records of each person had it as their first, and how many had it at all.
    let mut counts: BTreeMap<&str, BTreeMap<usize, (u32, u32)>> = BTreeMap::new();
    for (c, person) in found.iter().enumerate() {
        for ids in person.members.iter().filter_map(|o| had.get(o)) {
            for (n, id) in ids.iter().enumerate().filter(|(n, id)| !ids[..*n].contains(*id)) {
                let (first, ever) = counts.entry(id).or_default().entry(c).or_default();
                *first += u32::from(n == 0);
                *ever += 1;
            }
        }
    }
    let most = |of: &BTreeMap<usize, (u32, u32)>| {
        let by = |count: fn(&(u32, u32)) -> u32| {
            let some = of.iter().map(|(c, n)| (count(n), std::cmp::Reverse(*c))).filter(|(n, _)| *n > 0);
            some.max().map(|(_, c)| c.0)
        };
        by(|n| n.0).or_else(|| by(|n| n.1))
    };
    counts.iter().filter_map(|(id, of)| Some(((*id).to_owned(), most(of)?))).collect()
}

/// An id that nobody ever had, made from the person's first record.
fn fresh<S: Store>(
    store: &S,
    plan: &Plan,
    rows: &BTreeMap<Ordinal, OwnRecord>,
    person: &Person,
) -> Result<String, Error> {
    let first = person.members.first().and_then(|o| rows.get(o));
    let (source, id) = first.map_or(("", ""), |r| {
        (plan.sources.get(usize::from(r.source)).map_or("", |s| s.name.as_str()), r.id.as_str())
    });
    let mut golden_id = id_of_record(source, id);
    let mut again = 1u32;
    while store.named(&golden_id)?.is_some() {
        again += 1;
        golden_id = id_of_record(source, &format!("{id}\u{1f}{again}"));
    }
    Ok(golden_id)
}
