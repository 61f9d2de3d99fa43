//! What a change did to golden records, in the order in which others must follow it.

use super::store::{KeptValue, Person};
use crate::field::CompiledField;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened to a golden id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A person who was not there.
    Created,
    /// Other values; without any, other records.
    Updated,
    /// The person took others in: `others` lead to it from now on.
    Merged,
    /// The person was part of another one, the first of `others`, and goes by an id of its own again or for the first
    /// time.
    Unmerged,
    /// No record of the person is left.
    Deleted,
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
    /// Sources whose rows made the change: they need no echo of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
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
) -> Vec<Event> {
    let mut events = Vec::new();
    for (golden_id, person) in after {
        let event = |kind, others, values| Event {
            cursor: 0,
            change,
            kind,
            golden_id: golden_id.clone(),
            others,
            values,
            sources: sources.to_vec(),
        };
        let fate = fates.iter().find(|f| f.golden_id == *golden_id);
        let taken: Vec<String> = fates
            .iter()
            .filter(|f| f.golden_id != *golden_id && f.is.as_ref() == Some(golden_id))
            .filter(|f| f.was.as_ref() == Some(&f.golden_id))
            .map(|f| f.golden_id.clone())
            .collect();
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
        events.push(Event {
            cursor: 0,
            change,
            kind: EventKind::Deleted,
            golden_id: f.golden_id.clone(),
            others: Vec::new(),
            values: BTreeMap::new(),
            sources: sources.to_vec(),
        });
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
        if event.kind == EventKind::Deleted {
            self.golden.remove(&event.golden_id);
            return;
        }
        if event.kind == EventKind::Merged {
            for id in &event.others {
                self.golden.remove(id);
                self.taken.insert(id.clone(), event.golden_id.clone());
            }
        }
        self.taken.remove(&event.golden_id);
        let values = self.golden.entry(event.golden_id.clone()).or_default();
        for (field, value) in &event.values {
            match value {
                Some(text) => values.insert(field.clone(), text.clone()),
                None => values.remove(field),
            };
        }
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
