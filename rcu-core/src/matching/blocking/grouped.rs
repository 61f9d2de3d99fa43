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
/// An entry holds 32 more bits of the key, then the record. Two keys that share all of these bits come together by chance
/// once in 2^42 and more; whoever looks at a pair asks whether the two records really meet.
pub(super) struct Grouped {
    entries: Vec<u64>,
    /// Where each part starts, and the end.
    starts: Vec<usize>,
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

impl Grouped {
    pub(super) fn new(recipe: &Recipe, p: &Prepared) -> Grouped {
        let n = p.records.len();
        let chunk = |c: usize| {
            let records = c * CHUNK..n.min((c + 1) * CHUNK);
            let in_scope = |key: u64, r: usize| match p.scope(r as Record) {
                0 => key,
                scope => mix(key, scope.into()),
            };
            // Whether a record has a key is as good as chance: it is written in any case, and kept when it has.
            let mut out = vec![(0u64, 0 as Record); records.len()];
            let mut len = 0;
            let mut more = Vec::new();
            for r in records {
                match recipe.one_key(p, r as Record) {
                    Some((key, is_whole)) => {
                        out[len] = (in_scope(key, r), r as Record);
                        len += usize::from(is_whole);
                    }
                    None => {
                        recipe.keys(p, r as Record, &mut |key| more.push((in_scope(key, r), r as Record)))
                    }
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
        let cut = |key: u64| key.checked_shr(64 - bits).unwrap_or(0) as usize;
        let mut starts = vec![0usize; (1 << bits) + 1];
        for (key, _) in chunks.iter().flatten() {
            starts[cut(*key) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut entries = vec![0u64; len];
        let mut next = starts.clone();
        for chunk in chunks {
            for (key, r) in chunk {
                let at = &mut next[cut(key)];
                entries[*at] = (key << bits) >> 32 << 32 | u64::from(r);
                *at += 1;
            }
        }
        Grouped { entries, starts }
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
    /// Calls `of_part` with the entries of each part whose key another entry has too: equal keys together, records of a
    /// key ascending.
    pub(super) fn each_part(self, mut of_part: impl FnMut(&[u64])) {
        let mut filter = Filter::default();
        let (mut common, mut sorter) = (Vec::new(), Sorter::default());
        for part in self.parts {
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
            of_part(&common[..kept]);
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
