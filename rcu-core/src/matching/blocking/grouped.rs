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
            let mut out = Vec::with_capacity(CHUNK.min(n));
            for r in c * CHUNK..n.min((c + 1) * CHUNK) {
                let scope = p.scope(r as Record);
                recipe.keys(p, r as Record, &mut |key| {
                    let key = if scope == 0 { key } else { mix(key, scope.into()) };
                    out.push((key, r as Record));
                });
            }
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
        let mut common = Vec::new();
        for part in self.parts {
            let (start, end) = (self.grouped.starts[part], self.grouped.starts[part + 1]);
            filter.common(&self.grouped.entries[start..end], &mut common);
            common.sort_unstable();
            let mut kept = 0;
            for i in 0..common.len() {
                let entry = common[i];
                let same = |other: Option<&u64>| other.is_some_and(|o| is_same_key(o, &entry));
                // What was kept before stands where it stood, or before it.
                let before = kept > 0 && is_same_key(&common[kept - 1], &entry);
                if before || same(common.get(i + 1)) {
                    common[kept] = entry;
                    kept += 1;
                }
            }
            of_part(&common[..kept]);
        }
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
        common.extend(entries.iter().filter(|entry| {
            let (word, bit) = place(**entry);
            self.twice[word] & bit != 0
        }));
    }
}
