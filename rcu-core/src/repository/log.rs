//! What was done to a repository, by whom, when and why: entries that are only ever added, each sealed over the one
//! before it. No entry holds a value of anybody.

use super::store::{Kept, Store};
use crate::error::Error;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Who does something, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Act {
    /// When, in seconds since 1970-01-01T00:00:00Z. The log never goes back: an earlier moment counts as the last one.
    pub at: i64,
    /// The person or program.
    pub by: String,
    /// Why: a ticket, a request, a run.
    pub reason: String,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A first base was loaded.
    Load,
    /// Rows, deletions or decisions were applied.
    Change,
    /// A person was erased.
    Erase,
    /// An erasure was lifted: the person came back.
    Readmit,
    /// Other rules were applied to everything.
    Migrate,
    /// Values were read.
    Read,
    /// Values were handed out.
    Export,
    /// A person was restricted: kept and not used.
    Restrict,
    /// A restriction was lifted.
    Lift,
    /// A person objected to prospecting.
    Object,
    /// A value was rectified at the person's request.
    Rectify,
    /// The person was given what is kept of them.
    Access,
    /// Terms of retention were applied.
    Retention,
    /// Old entries were made bare. `about` is the number of the last one that may be.
    Thin,
}

impl Action {
    /// Whether an entry proves how a right was answered or a term kept, and so stays as it is.
    fn is_proof(self) -> bool {
        !matches!(self, Action::Load | Action::Change | Action::Migrate | Action::Read | Action::Export)
    }
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// From 1, without gaps.
    pub number: u64,
    /// Who, when and why.
    pub act: Act,
    /// What.
    pub action: Action,
    /// The last change when it was done, itself included.
    pub change: u64,
    /// What it was about: counts, golden ids, the name of a role. No value of anybody.
    pub about: String,
    /// Keyed hash of the records concerned as they were, in hexadecimal digits; empty when none was.
    pub before: String,
    /// The same as they are.
    pub after: String,
    /// Seal of the entry before; empty for the first.
    pub previous: String,
    /// Keyed hash over all of the above.
    pub seal: String,
}

impl Entry {
    /// An entry to be written.
    pub(super) fn new(
        act: &Act,
        action: Action,
        change: u64,
        about: String,
        before: String,
        after: String,
    ) -> Entry {
        let (previous, seal) = (String::new(), String::new());
        Entry { number: 0, act: act.clone(), action, change, about, before, after, previous, seal }
    }

    /// The same without who, why and whom: that something was done, and when. It keeps its seal, over which the next
    /// entry is sealed.
    fn bare(&self) -> Entry {
        let act = Act { at: self.act.at, ..Act::default() };
        let (about, before, after) = Default::default();
        Entry { act, about, before, after, ..self.clone() }
    }

    pub(super) fn is_bare(&self) -> bool {
        !self.action.is_proof() && *self == self.bare()
    }

    fn sealed(&self, secret: &[u8]) -> String {
        let open = Entry { seal: String::new(), ..self.clone() };
        keyed(secret, [serde_json::to_vec(&open).unwrap_or_default().as_slice()])
            .map_or_else(String::new, hex)
    }
}

/// Adds an entry after the last one.
pub(super) fn write<S: Store>(store: &mut S, secret: &[u8], mut entry: Entry) -> Result<Entry, Error> {
    super::secret::hold(store, secret)?;
    if let Some(last) = store.entry_at(i64::MAX)? {
        entry.number = last.number + 1;
        entry.act.at = entry.act.at.max(last.act.at);
        entry.previous = last.seal;
    } else {
        entry.number = 1;
    }
    entry.seal = entry.sealed(secret);
    store.add_entry(&entry)?;
    Ok(entry)
}

/// Entries before a moment that [`thin`] would make bare: how many, and the moment of the first.
pub(super) fn thinnable<S: Store>(store: &S, before: i64) -> Result<Option<(u64, i64)>, Error> {
    let mut found: Option<(u64, i64)> = None;
    each_before(store, before, |e| {
        found = Some((found.map_or(0, |f| f.0) + 1, found.map_or(e.act.at, |f| f.1)));
    })?;
    Ok(found)
}

/// Makes entries before a moment bare that prove nothing, and writes that down.
pub(super) fn thin<S: Store>(store: &mut S, secret: &[u8], before: i64, act: &Act) -> Result<u64, Error> {
    let mut old = Vec::new();
    each_before(store, before, |e| old.push(e.bare()))?;
    let Some(last) = old.last() else { return Ok(0) };
    let (about, change) = (last.number.to_string(), store.entry_at(i64::MAX)?.map_or(0, |e| e.change));
    for e in &old {
        store.replace_entry(e)?;
    }
    write(store, secret, Entry::new(act, Action::Thin, change, about, String::new(), String::new()))?;
    Ok(old.len() as u64)
}

fn each_before<S: Store>(store: &S, before: i64, mut each: impl FnMut(&Entry)) -> Result<(), Error> {
    let mut next = 1u64;
    loop {
        let entries = store.entries(next, 1000)?;
        let Some(last) = entries.last() else { return Ok(()) };
        next = last.number + 1;
        // The log never goes back.
        let over = last.act.at >= before;
        let old = entries.iter().take_while(|e| e.act.at < before);
        old.filter(|e| !e.action.is_proof() && !e.is_bare()).for_each(&mut each);
        if over {
            return Ok(());
        }
    }
}

/// The number of the first entry that was altered, taken out or put in; none when the log is whole. Entries that were cut
/// off its end do not show here: keep the last seal elsewhere. An entry is bare by right when a later one says so.
pub(super) fn broken<S: Store>(store: &S, secret: &[u8]) -> Result<Option<u64>, Error> {
    let (mut number, mut previous) = (0u64, String::new());
    let (mut bare, mut thinned): (Vec<u64>, u64) = (Vec::new(), 0);
    let mut altered = None;
    'log: loop {
        let entries = store.entries(number + 1, 1000)?;
        if entries.is_empty() {
            break;
        }
        for e in entries {
            number += 1;
            let is_sealed = e.seal == e.sealed(secret);
            if e.number != number || e.previous != previous || !is_sealed && !e.is_bare() {
                altered = Some(number);
                break 'log;
            }
            if !is_sealed {
                bare.push(number);
            } else if e.action == Action::Thin {
                thinned = thinned.max(e.about.parse().unwrap_or(0));
            }
            previous = e.seal;
        }
    }
    // What says that entries before it are bare by right may stand after the one that was altered.
    Ok(altered.or_else(|| bare.into_iter().find(|n| *n > thinned)))
}

/// HMAC-SHA-256 (RFC 2104) of parts, each told apart from the next.
pub(super) fn keyed<'a>(secret: &[u8], parts: impl IntoIterator<Item = &'a [u8]>) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    for part in parts {
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part);
    }
    Some(mac.finalize().into_bytes().into())
}

pub(super) fn hex(bytes: [u8; 32]) -> String {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

/// Keyed hash of records, in the order in which they come; empty for none.
pub(super) fn fingerprint<'k>(secret: &[u8], records: impl IntoIterator<Item = &'k Kept>) -> String {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for k in records {
        parts.push(k.record.source.to_le_bytes().to_vec());
        parts.push(k.record.id.clone().into_bytes());
        for (column, text) in &k.cells {
            parts.push(column.clone().into_bytes());
            parts.push(text.clone().into_bytes());
        }
    }
    if parts.is_empty() {
        return String::new();
    }
    keyed(secret, parts.iter().map(Vec::as_slice)).map_or_else(String::new, hex)
}

#[cfg(test)]
mod tests {
    use super::super::MemoryStore;
    use super::*;

    fn entry(about: &str, at: i64) -> Entry {
        let act = Act { at, by: "jean".into(), reason: "test".into() };
        Entry::new(&act, Action::Change, 1, about.into(), String::new(), String::new())
    }

    #[test]
    fn an_entry_that_was_altered_or_taken_out_breaks_the_chain() {
        let mut store = MemoryStore::default();
        let secret = b"a secret";
        for (n, about) in ["one", "two", "three"].into_iter().enumerate() {
            write(&mut store, secret, entry(about, 100 - n as i64)).unwrap();
        }
        assert_eq!(broken(&store, secret).unwrap(), None);
        assert_eq!(broken(&store, b"another").unwrap(), Some(1));
        let all = store.entries(1, 9).unwrap();
        assert!(all.iter().all(|e| e.act.at == 100), "the log does not go back");
        let mut altered = MemoryStore::default();
        for e in &all {
            altered.add_entry(&Entry { about: e.about.replace("two", "2"), ..e.clone() }).unwrap();
        }
        assert_eq!(broken(&altered, secret).unwrap(), Some(2));
        let mut without = MemoryStore::default();
        without.add_entry(&all[0]).unwrap();
        without.add_entry(&all[2]).unwrap();
        assert_eq!(broken(&without, secret).unwrap(), Some(2));
    }

    #[test]
    fn old_entries_are_made_bare_and_the_chain_holds() {
        let mut store = MemoryStore::default();
        let secret = b"a secret";
        for (action, at) in
            [(Action::Change, 10), (Action::Access, 20), (Action::Read, 30), (Action::Read, 40)]
        {
            write(&mut store, secret, Entry { action, ..entry("golden id g1", at) }).unwrap();
        }
        let act = Act { at: 50, by: "dpo".into(), reason: "term".into() };
        assert_eq!(thinnable(&store, 40).unwrap(), Some((2, 10)));
        assert_eq!(thin(&mut store, secret, 40, &act).unwrap(), 2);
        assert_eq!(broken(&store, secret).unwrap(), None);
        let all = store.entries(1, 9).unwrap();
        let said: Vec<bool> = all.iter().map(|e| e.about.contains("g1")).collect();
        assert_eq!(said, [false, true, false, true, false], "a proof stays, and what is recent");
        assert!(all[0].act.by.is_empty() && all[0].act.at == 10 && all[0].action == Action::Change);
        assert_eq!((thinnable(&store, 40).unwrap(), thin(&mut store, secret, 40, &act).unwrap()), (None, 0));
        // An entry that was made bare by somebody else is found, as is one that was bare and says something again.
        let with = |n: usize, e: Entry| {
            let mut other = MemoryStore::default();
            all.iter().enumerate().for_each(|(i, of)| {
                other.add_entry(if i == n { &e } else { of }).unwrap();
            });
            broken(&other, secret).unwrap()
        };
        assert_eq!(with(3, all[3].bare()), Some(4));
        assert_eq!(with(1, all[1].bare()), Some(2));
        assert_eq!(with(0, Entry { about: "golden id g2".into(), ..all[0].clone() }), Some(1));
    }

    #[test]
    fn a_keyed_hash_is_that_of_rfc_4231() {
        // Test case 2 of RFC 4231 has one message; here a message is preceded by its length.
        let mut mac = Hmac::<Sha256>::new_from_slice(b"Jefe").unwrap();
        mac.update(b"what do ya want for nothing?");
        let hash: [u8; 32] = mac.finalize().into_bytes().into();
        assert_eq!(hex(hash), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert_ne!(keyed(b"k", [&b"ab"[..], b"c"]), keyed(b"k", [&b"a"[..], b"bc"]));
    }
}
