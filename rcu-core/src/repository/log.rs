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

/// The number of the first entry that was altered, taken out or put in; none when the log is whole. Entries that were cut
/// off its end do not show here: keep the last seal elsewhere.
pub(super) fn broken<S: Store>(store: &S, secret: &[u8]) -> Result<Option<u64>, Error> {
    let (mut number, mut previous) = (0u64, String::new());
    loop {
        let entries = store.entries(number + 1, 1000)?;
        if entries.is_empty() {
            return Ok(None);
        }
        for e in entries {
            number += 1;
            if e.number != number || e.previous != previous || e.seal != e.sealed(secret) {
                return Ok(Some(number));
            }
            previous = e.seal;
        }
    }
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
    fn a_keyed_hash_is_that_of_rfc_4231() {
        // Test case 2 of RFC 4231 has one message; here a message is preceded by its length.
        let mut mac = Hmac::<Sha256>::new_from_slice(b"Jefe").unwrap();
        mac.update(b"what do ya want for nothing?");
        let hash: [u8; 32] = mac.finalize().into_bytes().into();
        assert_eq!(hex(hash), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert_ne!(keyed(b"k", [&b"ab"[..], b"c"]), keyed(b"k", [&b"a"[..], b"bc"]));
    }
}
