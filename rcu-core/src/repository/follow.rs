//! What follows from a change to people and facts: who is no more, where everybody concerned stands, and with whom they
//! live.

use super::apply::{Effect, Touched};
use super::facts::Arrived;
use super::feed::Event;
use super::rulings::Book;
use super::scene::Frame;
use super::store::Store;
use super::{figures, household, moved};
use crate::error::Error;

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
/// those of `events` completed.
pub(super) fn follow<S: Store>(
    frame: &Frame,
    store: &mut S,
    book: &Book,
    effect: &Effect,
    mut events: Vec<Event>,
    then: &Then,
) -> Result<Vec<Event>, Error> {
    let mut gone = Vec::new();
    for number in effect.before.keys().filter(|n| !effect.after.contains_key(n)) {
        gone.push((*number, figures::forget(store, *number)?));
    }
    let mut all = figures::settle(frame, store, book, then.arrived, &effect.found, then.identifiers)?;
    household::settle(frame, store, book, &effect.found, &gone, &mut all)?;
    moved::tell(store, &all, &mut events, then.sources, then.change)?;
    Ok(events)
}
