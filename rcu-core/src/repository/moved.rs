//! What a change did to where people stand, told in the feed.

use super::feed::{Event, EventKind};
use super::figures::Moved;
use super::standing::Standing;
use super::store::Store;
use crate::error::Error;
use std::collections::BTreeMap;

/// Figures that differ from one day to the next though nothing happened: a consumer knows the day.
const DAILY: [&str; 1] = ["recency_days"];

type Values = BTreeMap<String, String>;
type Difference = BTreeMap<String, Option<String>>;

fn figures(standing: &Standing) -> Values {
    let told = standing.figures.iter().filter(|(name, _)| !DAILY.contains(&name.as_str()));
    told.map(|(name, text)| (name.clone(), text.clone())).collect()
}

fn consents(standing: &Standing) -> Values {
    standing.consents.iter().map(|c| (c.name(), c.state.clone())).collect()
}

fn difference(old: &Values, new: &Values) -> Difference {
    let mut values: Difference = BTreeMap::new();
    for (name, text) in new.iter().filter(|(name, text)| old.get(*name) != Some(text)) {
        values.insert(name.clone(), Some(text.clone()));
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        values.insert(name.clone(), None);
    }
    values
}

/// Adds to the entries of a change what it did to figures, consents and households. A person whose golden record did not
/// change gets an entry of their own.
pub(super) fn tell<S: Store>(
    store: &S,
    moved: &Moved,
    events: &mut Vec<Event>,
    sources: &[String],
    change: u64,
) -> Result<(), Error> {
    let mut people: BTreeMap<String, (&Standing, &Standing)> = BTreeMap::new();
    for (number, (old, new)) in moved {
        people.extend(store.person(*number)?.map(|p| (p.golden_id, (old, new))));
    }
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    for (i, e) in events.iter().enumerate().filter(|(_, e)| e.kind != EventKind::Deleted) {
        at.entry(e.golden_id.clone()).or_insert(i);
    }
    let mut own = Vec::new();
    for (golden_id, (old, new)) in people {
        let figures = difference(&figures(old), &figures(new));
        let consents = difference(&consents(old), &consents(new));
        let household = (old.household != new.household).then(|| new.household.clone());
        if figures.is_empty() && consents.is_empty() && household.is_none() {
            continue;
        }
        match at.get(&golden_id).and_then(|i| events.get_mut(*i)) {
            Some(event) => (event.figures, event.consents, event.household) = (figures, consents, household),
            None => own.push(Event {
                figures,
                consents,
                household,
                ..Event::new(change, EventKind::Updated, golden_id, sources.to_vec())
            }),
        }
    }
    events.extend(own);
    Ok(())
}

/// An entry that says everything of where a person stands.
pub(super) fn whole(event: Event, standing: &Standing) -> Event {
    let nothing = Values::new();
    Event {
        figures: difference(&nothing, &figures(standing)),
        consents: difference(&nothing, &consents(standing)),
        household: Some(standing.household.clone()),
        ..event
    }
}
