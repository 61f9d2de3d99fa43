//! What follows from a change to people and facts: who is no more, where everybody concerned stands, and with whom they
//! live.

use super::apply::{Effect, Touched};
use super::facts::Arrived;
use super::feed::{Event, EventKind};
use super::outbound::PROSPECTED_FROM;
use super::rulings::Book;
use super::scene::Frame;
use super::store::{KeptValue, Ordinal, PersonNumber, Store};
use super::{figures, household, moved};
use crate::error::Error;
use crate::field;
use crate::matching::ruling::RecordRef;
use crate::records::OwnRecord;
use crate::time::Day;
use std::collections::BTreeSet;

/// What else is known of a change.
pub(super) struct Then<'a> {
    /// What it did to facts.
    pub arrived: &'a Arrived,
    /// Sources and identifiers that records have or had and that some now have no more, or for the first time.
    pub identifiers: &'a [(u16, String)],
    /// Sources whose rows made the change.
    pub sources: &'a [String],
    /// Its number.
    pub change: u64,
}

/// Identifiers that came or went: facts that name one change their owner.
pub(super) fn identifiers(touched: &[Touched]) -> Vec<(u16, String)> {
    let mut all = Vec::new();
    for t in touched {
        let name = |k: &super::Kept| (k.record.source, k.record.id.clone());
        let (old, new) = (t.old.as_ref().map(name), t.new.as_ref().map(name));
        if old != new {
            all.extend(old.into_iter().chain(new));
        }
    }
    all
}

/// Brings figures, consents and households after what a change did to people and facts. Gives the entries of the feed,
/// those of `events` completed. The books are those of before and after the change.
pub(super) fn follow<S: Store>(
    frame: &Frame,
    store: &mut S,
    (before, book): (&Book, &Book),
    effect: &Effect,
    mut events: Vec<Event>,
    then: &Then,
) -> Result<Vec<Event>, Error> {
    let mut gone = Vec::new();
    for number in effect.before.keys().filter(|n| !effect.after.contains_key(n)) {
        gone.push((*number, figures::forget(store, *number)?));
    }
    let mut all = figures::settle(frame, store, book, then.arrived, &effect.found, then.identifiers)?;
    let mut beside = Vec::new();
    for (source, record_id) in then.identifiers {
        let source = frame.plan.sources.get(usize::from(*source)).map_or("", |s| s.name.as_str());
        let record = RecordRef { source: source.to_owned(), record_id: record_id.clone() };
        for book in [before, book] {
            household::decided_with(frame, &*store, book, &record, &mut beside)?;
        }
    }
    let beside = beside.into_iter().collect();
    household::settle(frame, store, book, &effect.found, &gone, &beside, &mut all)?;
    moved::tell(store, &all, &mut events, then.sources, then.change)?;
    Ok(events)
}

/// Reason of an entry that concerns only who corrects their records by the golden ones.
pub(super) const AGREEMENT: &str = "agreement";

/// Reason of an entry that concerns only who prospects: the person came to the age for it, or is no more of it.
const OF_AGE: &str = "of_age";

/// Adds entries for people who are old enough on one day to be prospected and not on the other, whatever else is said of
/// them: nothing of theirs changed.
pub(super) fn tell_of_age<S: Store>(
    store: &S,
    found: impl Iterator<Item = PersonNumber>,
    (before, after): (Day, Day),
    events: &mut Vec<Event>,
    change: u64,
) -> Result<(), Error> {
    let mut told: BTreeSet<String> = events.iter().map(|e| e.golden_id.clone()).collect();
    for number in found {
        let Some(person) = store.person(number)? else { continue };
        let born = person.values.iter().find(|v| v.field == field::BIRTH_DATE);
        let Some(born) = born.and_then(|v| Day::parse_iso(&v.text)) else { continue };
        let old_enough = |day: Day| born.age_on(day) >= PROSPECTED_FROM;
        if old_enough(before) != old_enough(after) && told.insert(person.golden_id.clone()) {
            let event = Event::new(change, EventKind::Updated, person.golden_id, Vec::new());
            events.push(Event { reason: OF_AGE.into(), ..event });
        }
    }
    Ok(())
}

/// A kept record whose values differ: as it was, as it is.
pub(super) struct Altered {
    pub ordinal: Ordinal,
    pub old: OwnRecord,
    pub new: OwnRecord,
}

/// Those of a change.
pub(super) fn altered(touched: &[Touched]) -> Vec<Altered> {
    let one = |t: &Touched| {
        let (ordinal, old, new) = (t.ordinal?, &t.old.as_ref()?.record, &t.new.as_ref()?.record);
        (old.values != new.values).then(|| Altered { ordinal, old: old.clone(), new: new.clone() })
    };
    touched.iter().filter_map(one).collect()
}

/// Adds entries for people whose golden record is as before while a record of theirs came to agree with it, or agrees no
/// more: what its source has to correct is another thing now.
pub(super) fn tell_agreement<S: Store>(
    store: &S,
    altered: &[Altered],
    events: &mut Vec<Event>,
    sources: &[String],
    change: u64,
) -> Result<(), Error> {
    let mut told: BTreeSet<String> = events.iter().map(|e| e.golden_id.clone()).collect();
    for a in altered {
        let Some(person) = store.person_of(a.ordinal)?.map(|n| store.person(n)).transpose()?.flatten() else {
            continue;
        };
        let agrees = |record: &OwnRecord, v: &KeptValue| {
            record.values.iter().any(|own| own.field == v.field && own.text == v.text)
        };
        if person.values.iter().any(|v| agrees(&a.old, v) != agrees(&a.new, v))
            && told.insert(person.golden_id.clone())
        {
            let event = Event::new(change, EventKind::Updated, person.golden_id, sources.to_vec());
            events.push(Event { reason: AGREEMENT.into(), ..event });
        }
    }
    Ok(())
}
