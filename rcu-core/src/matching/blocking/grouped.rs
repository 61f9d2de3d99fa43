//! Records brought together by the hashes of their keys.

use super::recipe::Recipe;
use crate::intern::mix;
use crate::matching::prepare::Prepared;
use crate::records::Record;
use rayon::prelude::*;
use std::ops::Range;

/// Keys and records of the records that have all parts, cut by the highest bits of the key into even parts that fit a
/// core's nearest cache. What is done with equal keys is done part by part.
///
/// An entry holds 32 more bits of the key, then the record. Two keys may share all of these bits by chance. Whoever looks
/// at a pair asks whether the two records really meet; where it matters who else is in the block, [`Few::apart`] sets the
/// keys apart.
pub(super) struct Grouped {
    entries: Vec<u64>,
    /// Where each part starts, and the end.
    starts: Vec<usize>,
    /// How many of the highest bits say the part.
    bits: u32,
}

/// Records whose keys are made in one go.
const CHUNK: usize = 1 << 16;

/// About how many entries a part has.
const PART: usize = 1 << 10;

/// About how many entries one thread walks over in one go.
const WALKED: usize = 1 << 14;

/// The record of an entry.
#[inline]
pub(super) fn record(entry: u64) -> Record {
    entry as Record
}

/// Whether two entries of a part have one key.
#[inline]
pub(super) fn is_same_key(a: &u64, b: &u64) -> bool {
    a >> 32 == b >> 32
}

/// A key of a record as it is grouped by: of another scope, another key.
fn in_scope(p: &Prepared, r: Record, key: u64) -> u64 {
    match p.scope(r) {
        0 => key,
        scope => mix(key, scope.into()),
    }
}

/// The part of a key.
fn part_of(key: u64, bits: u32) -> usize {
    key.checked_shr(64 - bits).unwrap_or(0) as usize
}

/// What an entry holds of a key.
fn held(key: u64, bits: u32) -> u64 {
    (key << bits) >> 32
}

impl Grouped {
    pub(super) fn new(recipe: &Recipe, p: &Prepared) -> Grouped {
        let n = p.records.len();
        let chunk = |c: usize| {
            let records = c * CHUNK..n.min((c + 1) * CHUNK);
            // Whether a record has a key is as good as chance: it is written in any case, and kept when it has.
            let mut out = vec![(0u64, 0 as Record); records.len()];
            let mut len = 0;
            let mut more = Vec::new();
            for r in records {
                let r = r as Record;
                match recipe.one_key(p, r) {
                    Some((key, is_whole)) => {
                        out[len] = (in_scope(p, r, key), r);
                        len += usize::from(is_whole);
                    }
                    None => recipe.keys(p, r, &mut |key| more.push((in_scope(p, r, key), r))),
                }
            }
            out.truncate(len);
            out.extend(more);
            out
        };
        let chunks: Vec<Vec<(u64, Record)>> = match n.div_ceil(CHUNK) {
            0 | 1 => vec![chunk(0)],
            more => (0..more).into_par_iter().map(chunk).collect(),
        };
        let len = chunks.iter().map(Vec::len).sum::<usize>();
        let bits = (len / PART).max(1).next_power_of_two().trailing_zeros();
        let mut starts = vec![0usize; (1 << bits) + 1];
        for (key, _) in chunks.iter().flatten() {
            starts[part_of(*key, bits) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut entries = vec![0u64; len];
        let mut next = starts.clone();
        for chunk in chunks {
            for (key, r) in chunk {
                let at = &mut next[part_of(key, bits)];
                entries[*at] = held(key, bits) << 32 | u64::from(r);
                *at += 1;
            }
        }
        Grouped { entries, starts, bits }
    }

    /// What `walk` makes of every few parts, in order. `memory` is a thread's own, for what it does again and again.
    pub(super) fn in_parts<M, T: Send>(
        &self,
        memory: impl Fn() -> M + Send + Sync,
        walk: impl Fn(&mut M, Few) -> T + Sync,
    ) -> Vec<T> {
        let mut few = Vec::new();
        let mut from = 0;
        for (part, end) in self.starts[1..].iter().enumerate() {
            let entries = end - self.starts[from];
            if entries >= WALKED || (*end == self.entries.len() && entries > 0) {
                few.push(Few { grouped: self, parts: from..part + 1 });
                from = part + 1;
            }
        }
        match few.len() {
            0 | 1 => few.into_iter().map(|few| walk(&mut memory(), few)).collect(),
            _ => few.into_par_iter().map_init(memory, |memory, few| walk(memory, few)).collect(),
        }
    }
}

/// Some parts next to each other.
pub(super) struct Few<'g> {
    grouped: &'g Grouped,
    parts: Range<usize>,
}

impl Few<'_> {
    /// The records of a block by their whole keys, ascending; keys that one record has are left out.
    pub(super) fn apart(
        &self,
        recipe: &Recipe,
        p: &Prepared,
        (part, entry): (usize, u64),
        members: &[Record],
    ) -> Vec<Vec<Record>> {
        let bits = self.grouped.bits;
        let mut keyed: Vec<(u64, Record)> = Vec::with_capacity(members.len());
        for r in members {
            recipe.keys(p, *r, &mut |key| {
                let key = in_scope(p, *r, key);
                if part_of(key, bits) == part && held(key, bits) == entry >> 32 {
                    keyed.push((key, *r));
                }
            });
        }
        keyed.sort_unstable();
        keyed.dedup();
        let blocks = keyed.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1);
        blocks.map(|same| same.iter().map(|(_, r)| *r).collect()).collect()
    }

    /// Calls `of_part` with each part and its entries whose key another entry has too: equal keys together, records of a
    /// key ascending.
    pub(super) fn each_part(&self, mut of_part: impl FnMut(usize, &[u64])) {
        let mut filter = Filter::default();
        let (mut common, mut sorter) = (Vec::new(), Sorter::default());
        for part in self.parts.clone() {
            let (start, end) = (self.grouped.starts[part], self.grouped.starts[part + 1]);
            filter.common(&self.grouped.entries[start..end], &mut common);
            sorter.sort(&mut common);
            let mut kept = 0;
            for i in 0..common.len() {
                let entry = common[i];
                // What was kept before stands where it stood, or before it.
                let before = kept > 0 && is_same_key(&common[kept - 1], &entry);
                let after = i + 1 < common.len() && is_same_key(&common[i + 1], &entry);
                common[kept] = entry;
                kept += usize::from(before | after);
            }
            of_part(part, &common[..kept]);
        }
    }
}

/// Sorts the entries of a part, most of which are of keys of their own and in the order of records.
#[derive(Default)]
struct Sorter {
    starts: Vec<u32>,
    sorted: Vec<u64>,
}

impl Sorter {
    /// Every entry goes to about where its key belongs, and from there a few places to where it does.
    fn sort(&mut self, entries: &mut Vec<u64>) {
        const SMALL: usize = 32;
        const LARGE: usize = 1 << 14;
        if !(SMALL..LARGE).contains(&entries.len()) {
            return entries.sort_unstable();
        }
        let bits = entries.len().next_power_of_two().trailing_zeros();
        let cut = |entry: u64| (entry >> (64 - bits)) as usize;
        self.starts.clear();
        self.starts.resize((1 << bits) + 1, 0);
        entries.iter().for_each(|e| self.starts[cut(*e) + 1] += 1);
        for i in 1..self.starts.len() {
            self.starts[i] += self.starts[i - 1];
        }
        self.sorted.clear();
        self.sorted.resize(entries.len(), 0);
        for entry in &*entries {
            let at = &mut self.starts[cut(*entry)];
            self.sorted[*at as usize] = *entry;
            *at += 1;
        }
        for i in 1..self.sorted.len() {
            let entry = self.sorted[i];
            let mut at = i;
            while at > 0 && self.sorted[at - 1] > entry {
                self.sorted[at] = self.sorted[at - 1];
                at -= 1;
            }
            self.sorted[at] = entry;
        }
        std::mem::swap(entries, &mut self.sorted);
    }
}

/// Which keys were seen once, and which twice, by some of their bits.
#[derive(Default)]
struct Filter {
    once: Vec<u64>,
    twice: Vec<u64>,
}

impl Filter {
    /// Takes most entries out whose key no other entry has: all but one in eight.
    fn common(&mut self, entries: &[u64], common: &mut Vec<u64>) {
        let words = (entries.len() / 8).next_power_of_two().max(8);
        for bits in [&mut self.once, &mut self.twice] {
            bits.clear();
            bits.resize(words, 0);
        }
        let place = |entry: u64| ((entry >> 38) as usize & (words - 1), 1u64 << (entry >> 32 & 63));
        for entry in entries {
            let (word, bit) = place(*entry);
            self.twice[word] |= self.once[word] & bit;
            self.once[word] |= bit;
        }
        common.clear();
        common.resize(entries.len(), 0);
        let mut len = 0;
        for entry in entries {
            let (word, bit) = place(*entry);
            common[len] = *entry;
            len += usize::from(self.twice[word] & bit != 0);
        }
        common.truncate(len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_sorted_whatever_their_number_and_order() {
        let mut sorter = Sorter::default();
        for n in [0u64, 1, 31, 32, 100, 1_500, 20_000] {
            for keys in [1, 2, 50, 5_000] {
                let entry = |i: u64| mix(i % keys, 7) >> 32 << 32 | (i * 7919 % n);
                let mut entries: Vec<u64> = (0..n).map(entry).collect();
                let mut expected = entries.clone();
                expected.sort_unstable();
                sorter.sort(&mut entries);
                assert_eq!(entries, expected);
            }
        }
    }

    #[test]
    fn an_entry_is_left_out_only_when_its_key_is_its_own() {
        let entries: Vec<u64> =
            (0..3_000u64).map(|i| mix(i / 2 * 2 + i % 3 / 2, 3) >> 32 << 32 | i).collect();
        let mut common = Vec::new();
        Filter::default().common(&entries, &mut common);
        let has_other = |e: &u64| entries.iter().filter(|o| is_same_key(o, e)).count() > 1;
        let needed: Vec<&u64> = entries.iter().filter(|e| has_other(e)).collect();
        assert!(!needed.is_empty() && needed.len() < entries.len());
        assert!(needed.iter().all(|e| common.contains(e)));
    }
}
