//! What a change did to golden records, in the order in which others must follow it.

use super::store::{KeptValue, Person};
use crate::field::CompiledField;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened to a golden id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A person who was not there, or of whom everything is told anew: what was known before of the id is over.
    Created,
    /// Other values; without any, other records, or records that agree otherwise with the golden values.
    Updated,
    /// The person took others in: `others` lead to it from now on.
    Merged,
    /// The person was part of another one, the first of `others`, and goes by an id of its own again or for the first
    /// time.
    Unmerged,
    /// No record of the person is left.
    Deleted,
    /// The person was erased, with everyone it took in: `others`. Who keeps values of theirs must erase them too.
    Erased,
}

/// One entry of the feed. Applied in order to an empty table of golden records, by golden id, entries give the table of
/// the repository; applied twice, an entry changes nothing more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Position in the feed, from 1, ever increasing.
    pub cursor: u64,
    /// The change that made it.
    pub change: u64,
    /// What happened.
    pub kind: EventKind,
    /// The person.
    pub golden_id: String,
    /// Golden ids that the person took in or came out of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
    /// Values that are new or differ, by field; none for a value that is no more. All values of a person who is created
    /// or comes out of another one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Option<String>>,
    /// Aggregates that are new or differ, by column; none for one that is again that of somebody without facts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<String, Option<String>>,
    /// States of consents that are new or differ, by `purpose/channel` or `purpose/channel/brand`; none for one that
    /// nobody says anything of any more.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub consents: BTreeMap<String, Option<String>>,
    /// The household, when it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<String>,
    /// Sources whose rows made the change: they need no echo of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// Why, where the kind does not say: `restricted`, for somebody who is kept and must not be used; `agreement`, when only
    /// records of the person agree otherwise with the golden values; `of_age`, when the person came to the age from which
    /// one may be prospected, or a day before it is meant again.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

impl Event {
    /// An entry that says nothing but what happened to whom.
    pub(super) fn new(change: u64, kind: EventKind, golden_id: String, sources: Vec<String>) -> Event {
        Event {
            cursor: 0,
            change,
            kind,
            golden_id,
            others: Vec::new(),
            values: BTreeMap::new(),
            figures: BTreeMap::new(),
            consents: BTreeMap::new(),
            household: None,
            sources,
            reason: String::new(),
        }
    }
}

/// A golden id before and after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fate {
    pub golden_id: String,
    /// The id of the person that it belonged to; none when it was nobody's.
    pub was: Option<String>,
    /// The id of the person that it belongs to now.
    pub is: Option<String>,
}

/// Entries for what changed, without cursor, in an order that the set of changes decides: people who are gone or taken
/// in come after those who took them in.
pub(super) fn events(
    fields: &[CompiledField],
    fates: &[Fate],
    before: &BTreeMap<String, Person>,
    after: &BTreeMap<String, Person>,
    sources: &[String],
    change: u64,
    gone: EventKind,
) -> Vec<Event> {
    let mut events = Vec::new();
    let fate_of: BTreeMap<&str, &Fate> = fates.iter().rev().map(|f| (f.golden_id.as_str(), f)).collect();
    // By the id of a person: ids that people went by who are part of it now.
    let mut took: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for f in fates.iter().filter(|f| f.was.as_ref() == Some(&f.golden_id)) {
        if let Some(is) = f.is.as_deref().filter(|is| *is != f.golden_id) {
            took.entry(is).or_default().push(f.golden_id.clone());
        }
    }
    for (golden_id, person) in after {
        let event = |kind, others, values| Event {
            others,
            values,
            ..Event::new(change, kind, golden_id.clone(), sources.to_vec())
        };
        let fate = fate_of.get(golden_id.as_str());
        let taken: Vec<String> = took.get(golden_id.as_str()).cloned().unwrap_or_default();
        match before.get(golden_id) {
            Some(old) => {
                let values = difference(fields, &old.values, &person.values);
                if !taken.is_empty() {
                    events.push(event(EventKind::Merged, taken, values));
                } else if !values.is_empty() || old.members != person.members {
                    events.push(event(EventKind::Updated, taken, values));
                }
            }
            None => {
                // Out of whom: the person that the id led to, or that its records were part of.
                let out_of: Vec<String> =
                    fate.and_then(|f| f.was.clone()).into_iter().filter(|id| id != golden_id).collect();
                let values = difference(fields, &[], &person.values);
                let kind = if out_of.is_empty() { EventKind::Created } else { EventKind::Unmerged };
                events.push(event(kind, out_of, values));
                if !taken.is_empty() {
                    events.push(event(EventKind::Merged, taken, BTreeMap::new()));
                }
            }
        }
    }
    for f in fates.iter().filter(|f| f.is.is_none() && f.was.as_ref() == Some(&f.golden_id)) {
        let others = match gone {
            EventKind::Erased => before.get(&f.golden_id).map_or_else(Vec::new, |p| p.aliases.clone()),
            _ => Vec::new(),
        };
        events.push(Event { others, ..Event::new(change, gone, f.golden_id.clone(), sources.to_vec()) });
    }
    events
}

fn difference(
    fields: &[CompiledField],
    old: &[KeptValue],
    new: &[KeptValue],
) -> BTreeMap<String, Option<String>> {
    let name = |v: &KeptValue| fields.get(v.field).map_or_else(String::new, |f| f.name.clone());
    let old: BTreeMap<String, &str> = old.iter().map(|v| (name(v), v.text.as_str())).collect();
    let new: BTreeMap<String, &str> = new.iter().map(|v| (name(v), v.text.as_str())).collect();
    let mut values: BTreeMap<String, Option<String>> = BTreeMap::new();
    for (field, text) in &new {
        if old.get(field) != Some(text) {
            values.insert(field.clone(), Some((*text).to_owned()));
        }
    }
    for field in old.keys().filter(|f| !new.contains_key(*f)) {
        values.insert(field.clone(), None);
    }
    values
}

/// A table of golden records that follows a feed: what a consumer keeps, and the proof that the feed says everything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Follower {
    /// Values by golden id and field.
    pub golden: BTreeMap<String, BTreeMap<String, String>>,
    /// Aggregates by golden id and column.
    #[serde(default)]
    pub figures: BTreeMap<String, BTreeMap<String, String>>,
    /// States of consents by golden id and subject.
    #[serde(default)]
    pub consents: BTreeMap<String, BTreeMap<String, String>>,
    /// Household by golden id.
    #[serde(default)]
    pub households: BTreeMap<String, String>,
    /// Ids of people who were taken in, and by whom.
    pub taken: BTreeMap<String, String>,
    /// Position of the last entry that was applied.
    pub cursor: u64,
}

impl Follower {
    /// Applies an entry; one that was applied before changes nothing.
    pub fn apply(&mut self, event: &Event) {
        if event.cursor <= self.cursor {
            return;
        }
        self.cursor = event.cursor;
        if matches!(event.kind, EventKind::Deleted | EventKind::Erased) {
            self.forget(&event.golden_id);
            return;
        }
        if event.kind == EventKind::Merged {
            for id in &event.others {
                self.forget(id);
                self.taken.insert(id.clone(), event.golden_id.clone());
            }
        }
        self.taken.remove(&event.golden_id);
        if matches!(event.kind, EventKind::Created | EventKind::Unmerged) {
            self.forget(&event.golden_id);
        }
        let parts = [
            (&mut self.golden, &event.values),
            (&mut self.figures, &event.figures),
            (&mut self.consents, &event.consents),
        ];
        for (table, changed) in parts {
            let values = table.entry(event.golden_id.clone()).or_default();
            for (name, value) in changed {
                match value {
                    Some(text) => values.insert(name.clone(), text.clone()),
                    None => values.remove(name),
                };
            }
        }
        if let Some(household) = &event.household {
            self.households.insert(event.golden_id.clone(), household.clone());
        }
    }

    fn forget(&mut self, golden_id: &str) {
        for table in [&mut self.golden, &mut self.figures, &mut self.consents] {
            table.remove(golden_id);
        }
        self.households.remove(golden_id);
    }

    /// Where an id leads today.
    pub fn lead<'a>(&'a self, golden_id: &'a str) -> Option<&'a str> {
        let mut id = golden_id;
        for _ in 0..=self.taken.len() {
            match self.taken.get(id) {
                Some(next) => id = next,
                None => return self.golden.contains_key(id).then_some(id),
            }
        }
        None
    }
}
