//! Erasures done again after a backup was restored: a list of keyed hashes, kept apart from the backups, says whom.

use super::apply::Effect;
use super::erase::{Erasure, TOMBSTONES};
use super::follow::{self, Then};
use super::log::{self, Act, Action, Entry, hex};
use super::scene::Frame;
use super::secret;
use super::store::{Ordinal, Store};
use super::tombstone::{Tombstone, Trace, hash_of};
use super::{Repository, facts};
use crate::access::Right;
use crate::error::Error;
use crate::records::OwnRecord;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everybody whom a repository was told to erase, as keyed hashes: nobody is known by it without the secret.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erased {
    /// Says whether a secret is the one that the hashes were made with.
    pub secret_check: String,
    /// Tombstones, by erasure and hash.
    pub tombstones: Vec<Buried>,
}

/// One tombstone and its keyed hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Buried {
    /// The hash, in hexadecimal digits.
    pub hash: String,
    /// What it stands for.
    pub tombstone: Tombstone,
}

/// What was erased again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Replayed {
    /// Erasures of the list that the repository did not know.
    pub erasures: u64,
    /// Those that it knew already.
    pub known: u64,
    /// What was erased.
    pub done: Vec<Erasure>,
    /// Rows of other families that named somebody erased whose record is not here.
    pub facts: u64,
}

impl Erased {
    /// The list of a store, whatever the rules that it was made by.
    ///
    /// # Errors
    /// Those of the store.
    pub fn of<S: Store>(store: &S) -> Result<Erased, Error> {
        let mut tombstones = Vec::new();
        store
            .each_tombstone(&mut |hash, tombstone| tombstones.push(Buried { hash: hex(hash), tombstone }))?;
        tombstones.sort_by(|a, b| (a.tombstone.erasure, &a.hash).cmp(&(b.tombstone.erasure, &b.hash)));
        Ok(Erased { secret_check: store.meta(secret::CHECK)?.unwrap_or_default(), tombstones })
    }
}

fn bytes(hex: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u8>> = hex.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect();
    let pairs: Vec<u8> = digits?.chunks(2).map(|p| p.iter().fold(0, |n, d| n << 4 | d)).collect();
    <[u8; 32]>::try_from(pairs).ok().filter(|_| hex.len() == 64)
}

impl<S: Store> Repository<S> {
    /// Everybody who was erased and did not come back, to be kept apart from the backups.
    ///
    /// # Errors
    /// Those of the store.
    pub fn erased(&self) -> Result<Erased, Error> {
        Erased::of(&self.store)
    }

    /// Erases again whoever a list names and is here: after a backup from before their erasure was restored. The marks of
    /// those who are not here are kept, so that they do not come back later.
    ///
    /// # Errors
    /// [`Error::Argument`] for a list that was made with another secret or is no list, without a secret, or when the role
    /// may not; those of the store. Nothing is done then.
    pub fn replay(&mut self, list: &Erased, act: &Act) -> Result<Replayed, Error> {
        self.must(Right::Erase)?;
        let mut replayed = Replayed::default();
        if list.tombstones.is_empty() {
            return Ok(replayed);
        }
        let refuse = |reason: &str| Error::Argument { argument: "erasures".into(), reason: reason.into() };
        if self.secret.is_empty() || !secret::is_of(&self.secret, &list.secret_check) {
            return Err(refuse(
                "were listed with another secret than the one at hand; with it nobody would be found",
            ));
        }
        let mut of: BTreeMap<u64, Vec<([u8; 32], Tombstone)>> = BTreeMap::new();
        for b in &list.tombstones {
            let hash = bytes(&b.hash).ok_or_else(|| refuse("hold something that is no keyed hash"))?;
            of.entry(b.tombstone.erasure).or_default().push((hash, b.tombstone.clone()));
        }
        let book = self.book.clone();
        self.store.begin()?;
        let done = self.replay_begun(of, act, &mut replayed).and_then(|keys| {
            self.store.commit()?;
            Ok(keys)
        });
        match done {
            Ok(keys) => {
                self.take_locks()?;
                let unswept = self.store.scrub(&keys).err().map(|e| e.to_string());
                replayed.done.iter_mut().for_each(|e| e.unswept.clone_from(&unswept));
                Ok(replayed)
            }
            Err(e) => {
                self.store.roll_back();
                self.book = book;
                Err(e)
            }
        }
    }

    fn replay_begun(
        &mut self,
        of: BTreeMap<u64, Vec<([u8; 32], Tombstone)>>,
        act: &Act,
        replayed: &mut Replayed,
    ) -> Result<Vec<u64>, Error> {
        let change = self.next_change()?;
        for (erasure, tombstones) in of {
            let mut new = false;
            for (hash, _) in &tombstones {
                new |= self.store.tombstone(hash)?.is_none();
            }
            if !new {
                replayed.known += 1;
                continue;
            }
            replayed.erasures += 1;
            // Its number in the log that is lost may be another entry's here.
            let about = format!("erasure {erasure} of a list, {} marks", tombstones.len());
            let entry = Entry::new(act, Action::Erase, change, about, String::new(), String::new());
            let number = log::write(&mut self.store, &self.secret, entry)?.number;
            self.store.put_meta(TOMBSTONES, "1")?;
            for (hash, tombstone) in tombstones {
                self.store.put_tombstone(&hash, &Tombstone { erasure: number, ..tombstone })?;
            }
        }
        if replayed.erasures == 0 {
            return Ok(Vec::new());
        }
        let mut rows: Vec<(Ordinal, OwnRecord)> = Vec::new();
        self.store.each_record(&mut |o, k| rows.push((o, k.record)))?;
        let mut golden_ids: BTreeSet<String> = BTreeSet::new();
        for (o, record) in rows {
            if self.is_erased(&record)?
                && let Some(number) = self.store.person_of(o)?
            {
                golden_ids.extend(self.store.person(number)?.map(|p| p.golden_id));
            }
        }
        let mut asides = Vec::new();
        self.store.each_aside(&mut |a| asides.push(a))?;
        for a in asides.into_iter().filter(|a| !a.is_fact) {
            let record = self.read_aside(a.source, &a.id, &a.cells)?;
            if self.is_erased(&record)? {
                golden_ids.insert(a.golden_id);
            }
        }
        let golden_ids: Vec<String> = golden_ids.into_iter().collect();
        let (done, keys) = self.erase_each(&golden_ids, act)?;
        replayed.done = done;
        replayed.facts = self.unlink_rest(change)?;
        Ok(keys)
    }

    /// Takes erased people out of rows that name a record of theirs which is not here.
    fn unlink_rest(&mut self, change: u64) -> Result<u64, Error> {
        let mut named: BTreeSet<(u16, String)> = BTreeSet::new();
        let mut kept = Vec::new();
        self.store.each_fact(&mut |_, f| kept.push(f))?;
        for fact in kept {
            if let Some((Some(source), id)) = facts::keys_of(&self.plan, &fact)?.owner {
                named.insert((source, id));
            }
        }
        let mut erased: Vec<(u16, String)> = Vec::new();
        for (source, id) in named {
            let name = self.plan.sources.get(usize::from(source)).map_or("", |s| s.name.as_str());
            let hash = hash_of(&self.secret, Trace::Record, &[name, &id]);
            if self.store.tombstone(&hash)?.is_some() {
                erased.push((source, id));
            }
        }
        if erased.is_empty() {
            return Ok(0);
        }
        let (arrived, rows) = facts::unlink(&self.plan, &mut self.store, &erased)?;
        let frame = Frame::new(&self.plan);
        let then = Then { arrived: &arrived, identifiers: &[], sources: &[], change };
        let (book, effect) = ((&self.book, &self.book), Effect::default());
        let events = follow::follow(&frame, &mut self.store, book, &effect, Vec::new(), &then)?;
        self.store.add_events(events)?;
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_as_it_is_written() {
        let hash: [u8; 32] = std::array::from_fn(|i| (i * 37) as u8);
        assert_eq!(bytes(&hex(hash)), Some(hash));
        assert_eq!(bytes("00"), None);
        assert_eq!(bytes(&"0g".repeat(32)), None);
        assert_eq!(bytes(&"é".repeat(32)), None);
    }
}
