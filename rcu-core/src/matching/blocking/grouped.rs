//! Records brought together by the hashes of their keys.

use super::recipe::{Parts, Recipe};
use crate::intern::mix;
use crate::matching::prepare::Prepared;
use crate::records::Record;
use rayon::prelude::*;

/// (key, record) of the records that have all parts: equal keys together, records of a key ascending. Most keys that only
/// one record has are left out.
///
/// Keys are mixed, so their highest bits cut the set into even parts that fit a core's cache and are sorted there.
pub(super) struct Grouped {
    keyed: Vec<(u64, Record)>,
    /// Where each part that is worth a thread's while starts and ends.
    parts: Vec<(usize, usize)>,
}

/// Records whose keys are made in one go.
const CHUNK: usize = 1 << 16;

/// About how many keys are sorted together.
const SORTED: usize = 1 << 10;

/// About how many keys one thread walks over in one go.
const WALKED: usize = 1 << 14;

impl Grouped {
    pub(super) fn new(recipe: &Recipe, parts: Option<&Parts>, p: &Prepared) -> Grouped {
        let n = p.records.len();
        let by_line = parts.map(|parts| parts.keys_of(recipe, p));
        let chunk = |c: usize| {
            let mut out = Vec::with_capacity(CHUNK.min(n));
            for r in c * CHUNK..n.min((c + 1) * CHUNK) {
                let scope = p.scope(r as Record);
                let mut put = |key| {
                    let key = if scope == 0 { key } else { mix(key, scope.into()) };
                    out.push((key, r as Record));
                };
                match &by_line {
                    Some(keys) => keys(r as Record, &mut put),
                    None => recipe.keys(p, r as Record, &mut put),
                }
            }
            out
        };
        let mut chunks: Vec<Vec<(u64, Record)>> = match n.div_ceil(CHUNK) {
            0 | 1 => vec![chunk(0)],
            more => (0..more).into_par_iter().map(chunk).collect(),
        };
        keep_common(&mut chunks);
        let len = chunks.iter().map(Vec::len).sum::<usize>();
        let bits = (len / SORTED).max(1).next_power_of_two().trailing_zeros();
        if bits == 0 {
            let mut keyed = chunks.concat();
            keyed.sort_unstable();
            return Grouped { parts: if len == 0 { Vec::new() } else { vec![(0, len)] }, keyed };
        }
        let cut = |key: u64| (key >> (64 - bits)) as usize;
        let mut starts = vec![0usize; (1 << bits) + 1];
        for (key, _) in chunks.iter().flatten() {
            starts[cut(*key) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut keyed = vec![(0u64, 0 as Record); len];
        let mut next = starts.clone();
        for chunk in chunks {
            for pair in chunk {
                let at = &mut next[cut(pair.0)];
                keyed[*at] = pair;
                *at += 1;
            }
        }
        let mut rest = keyed.as_mut_slice();
        let mut sorted = Vec::with_capacity(1 << bits);
        for w in starts.windows(2) {
            let (part, more) = rest.split_at_mut(w[1] - w[0]);
            sorted.push(part);
            rest = more;
        }
        sorted.into_par_iter().for_each(<[(u64, Record)]>::sort_unstable);
        let mut parts = Vec::new();
        let mut start = 0;
        for end in starts {
            if end - start >= WALKED || (end == len && start < len) {
                parts.push((start, end));
                start = end;
            }
        }
        Grouped { keyed, parts }
    }

    /// What `walk` makes of each part, in order. `memory` is a thread's own, for what it does again and again.
    pub(super) fn in_parts<M, T: Send>(
        &self,
        memory: impl Fn() -> M + Send + Sync,
        walk: impl Fn(&mut M, &[(u64, Record)]) -> T + Sync,
    ) -> Vec<T> {
        let part = |memory: &mut M, (start, end): &(usize, usize)| walk(memory, &self.keyed[*start..*end]);
        match self.parts.as_slice() {
            [] => Vec::new(),
            [one] => vec![part(&mut memory(), one)],
            more => more.par_iter().map_init(memory, part).collect(),
        }
    }
}

/// Leaves out keys that only one record has, but for one in eight at most: keys are counted in a table of bits.
fn keep_common(chunks: &mut [Vec<(u64, Record)>]) {
    let len = chunks.iter().map(Vec::len).sum::<usize>();
    let words = (len / 8).next_power_of_two().max(8);
    let (mut once, mut twice) = (vec![0u64; words], vec![0u64; words]);
    // The highest bits are those that a set is cut by.
    let place = |key: u64| ((key >> 6) as usize & (words - 1), 1u64 << (key & 63));
    for (key, _) in chunks.iter().flatten() {
        let (word, bit) = place(*key);
        twice[word] |= once[word] & bit;
        once[word] |= bit;
    }
    for chunk in chunks {
        chunk.retain(|(key, _)| {
            let (word, bit) = place(*key);
            twice[word] & bit != 0
        });
    }
}
