//! Households after a change: whoever shares an address, a name or a means of contact with somebody it concerns is
//! grouped anew, with the function of a batch.

use super::figures::{Moved, keep};
use super::rulings::Book;
use super::scene::{Frame, contact_values};
use super::standing::{Lives, Standing};
use super::store::{Ordinal, Person, PersonNumber, Space, Store};
use crate::error::Error;
use crate::field;
use crate::household::{self, HouseholdSpec, group};
use crate::identity::household_id;
use crate::intern::{hash_bytes, mix};
use crate::matching::prepare::Prepared;
use crate::matching::ruling::{Answer, RecordRef};
use crate::records::{OwnRecord, Record};
use std::collections::{BTreeMap, BTreeSet};

/// What of a person says with whom they live: the address of the golden record, names and contacts of all its records.
/// `street` is the record that supplied the golden street.
pub(super) fn lives(p: &Prepared, members: &[Record], street: Option<Record>) -> Lives {
    let mut lives = Lives::default();
    let number = |text: &str| hash_bytes(text.as_bytes());
    if let Some(r) = street.filter(|r| p.faces[*r as usize].numbered() && p.address(*r) != 0) {
        let face = &p.faces[r as usize];
        let postcode = p.records.field(field::POSTCODE).pool.get(face.postcode);
        lives.address = mix(number(postcode), number(&p.streets.text(face.street))) | 1;
    }
    for r in members {
        let face = &p.faces[*r as usize];
        for key in [face.last_key, p.birth_name.info[face.birth_name as usize].key] {
            lives.last_names.extend((key != 0).then(|| number(p.keys.texts.get(key))));
        }
        for (f, value) in contact_values(p, *r) {
            if f != field::LOYALTY_CARD {
                lives.contacts.push(mix(f as u64, number(&value)));
            }
        }
    }
    for list in [&mut lives.last_names, &mut lives.contacts] {
        list.sort_unstable();
        list.dedup();
    }
    lives
}

/// Everything that two people of one household may share, as they are grouped by it.
pub(super) fn keys(spec: &HouseholdSpec, lives: &Lives) -> Vec<u64> {
    let mut keys = Vec::new();
    if !spec.enabled {
        return keys;
    }
    if lives.address != 0 {
        keys.extend(lives.last_names.iter().map(|n| mix(lives.address, mix(1, *n))));
        keys.extend(lives.contacts.iter().map(|c| mix(lives.address, mix(2, *c))));
    }
    for c in &lives.contacts {
        keys.extend(lives.last_names.iter().map(|n| mix(mix(3, *c), *n)));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// A person for [`group`].
pub(super) fn resident(lives: &Lives) -> household::Person {
    household::Person {
        address: lives.address,
        last_names: lives.last_names.clone(),
        contacts: lives.contacts.clone(),
    }
}

/// The record that supplied the golden street.
pub(super) fn street_of(person: &Person) -> Option<Ordinal> {
    person.values.iter().find(|v| v.field == field::STREET).map(|v| v.from)
}

/// Groups everyone anew whom a change concerns: `found` are people who were found anew, `gone` what was known of those
/// who are no more, `beside` people whom a decision put into one household with a record that came or went. What it
/// changes is added to `moved`.
pub(super) fn settle<S: Store>(
    frame: &Frame,
    store: &mut S,
    book: &Book,
    found: &BTreeMap<PersonNumber, Lives>,
    gone: &[(PersonNumber, Standing)],
    beside: &BTreeSet<PersonNumber>,
    moved: &mut Moved,
) -> Result<(), Error> {
    let spec = &frame.plan.config.households;
    let mut around: BTreeSet<u64> = BTreeSet::new();
    for (number, standing) in gone {
        let had = keys(spec, &standing.lives);
        store.remove_keyed(Space::People, *number, &had)?;
        around.extend(had);
    }
    for (number, new) in found {
        let old = store.standing(*number)?.unwrap_or_default();
        let (had, has) = (keys(spec, &old.lives), keys(spec, new));
        let lost: Vec<u64> = had.iter().copied().filter(|k| has.binary_search(k).is_err()).collect();
        let won: Vec<u64> = has.iter().copied().filter(|k| had.binary_search(k).is_err()).collect();
        store.remove_keyed(Space::People, *number, &lost)?;
        store.add_keyed(Space::People, *number, &won)?;
        keep(store, *number, &old, &Standing { lives: new.clone(), ..old.clone() })?;
        around.extend(lost);
    }
    let mut people: BTreeMap<PersonNumber, Neighbour> = BTreeMap::new();
    let mut to_do: Vec<PersonNumber> = found.keys().chain(beside).copied().collect();
    for key in around {
        to_do.extend(store.keyed(Space::People, key)?);
    }
    let mut seen: BTreeSet<u64> = BTreeSet::new();
    while let Some(number) = to_do.pop() {
        if people.contains_key(&number) {
            continue;
        }
        let Some(n) = Neighbour::read(frame, store, book, number)? else { continue };
        for key in keys(spec, &n.standing.lives) {
            if seen.insert(key) {
                to_do.extend(store.keyed(Space::People, key)?);
            }
        }
        to_do.extend(&n.decided);
        people.insert(number, n);
    }
    let mut order: Vec<(PersonNumber, Neighbour)> = people.into_iter().collect();
    order.sort_by(|a, b| a.1.first.rank().cmp(&b.1.first.rank()));
    let at: BTreeMap<PersonNumber, u32> = order.iter().zip(0u32..).map(|((n, _), i)| (*n, i)).collect();
    let pairs = order.iter().flat_map(|(n, p)| p.decided.iter().map(move |other| (n, other)));
    let decided: Vec<(u32, u32)> = pairs.filter_map(|(a, b)| Some((*at.get(a)?, *at.get(b)?))).collect();
    let residents: Vec<household::Person> = order.iter().map(|(_, p)| resident(&p.standing.lives)).collect();
    for (i, first) in group(&residents, spec, &decided).into_iter().enumerate() {
        let Some((number, neighbour)) = order.get(i) else { continue };
        let id = order.get(first as usize).map(|(_, p)| household_id(&p.golden_id)).unwrap_or_default();
        let old = &neighbour.standing;
        if old.household != id {
            let new = Standing { household: id.clone(), ..old.clone() };
            keep(store, *number, old, &new)?;
            moved.entry(*number).or_insert_with(|| (old.clone(), old.clone())).1.household = id;
        }
    }
    Ok(())
}

/// People whom a decision on a record puts into its household.
pub(super) fn decided_with<S: Store>(
    frame: &Frame,
    store: &S,
    book: &Book,
    record: &RecordRef,
    out: &mut Vec<PersonNumber>,
) -> Result<(), Error> {
    for r in book.of(record).filter(|r| r.answer == Answer::Household) {
        let other = if r.a == *record { &r.b } else { &r.a };
        let Some(source) = frame.plan.source(&other.source) else { continue };
        if let Some(other) = store.find(source as u16, &other.record_id)? {
            out.extend(store.person_of(other)?);
        }
    }
    Ok(())
}

/// What is known of one of the people to be grouped.
struct Neighbour {
    golden_id: String,
    first: OwnRecord,
    standing: Standing,
    /// People whom a steward put into the same household.
    decided: Vec<PersonNumber>,
}

impl Neighbour {
    fn read<S: Store>(
        frame: &Frame,
        store: &S,
        book: &Book,
        number: PersonNumber,
    ) -> Result<Option<Neighbour>, Error> {
        let Some(person) = store.person(number)? else { return Ok(None) };
        let mut decided = Vec::new();
        let mut first = None;
        for o in &person.members {
            // Without decisions the first record is enough.
            if first.is_some() && book.is_empty() {
                break;
            }
            let Some(row) = store.values(*o)? else { continue };
            decided_with(frame, store, book, &frame.reference(&row), &mut decided)?;
            first.get_or_insert(row);
        }
        let standing = store.standing(number)?.unwrap_or_default();
        Ok(first.map(|first| Neighbour { golden_id: person.golden_id, first, standing, decided }))
    }
}
