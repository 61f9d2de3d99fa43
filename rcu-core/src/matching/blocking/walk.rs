//! A walk over a recipe's blocks: every two records with a common key, blocks over the limit split and counted.

use super::grouped::{Grouped, is_same_key, record};
use super::recipe::{Recipe, values};
use crate::field::{self, FieldIx};
use crate::matching::compare::Memo;
use crate::matching::decide::Part;
use crate::matching::model::Weights;
use crate::matching::pass::MatchingSpec;
use crate::matching::prepare::Prepared;
use crate::records::Record;

/// What a walk over a recipe's blocks met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BlockCounts {
    /// Pairs with a common key.
    pub candidates: u64,
    /// Blocks over the limit.
    pub split: u64,
    /// Records in the largest block.
    pub largest: u64,
    /// Pairs of split blocks that were not compared.
    pub skipped: u64,
}

impl BlockCounts {
    /// Adds what another walk met.
    pub fn add(&mut self, other: BlockCounts) {
        self.candidates += other.candidates;
        self.split += other.split;
        self.largest = self.largest.max(other.largest);
        self.skipped += other.skipped;
    }
}

/// What came of a walk.
#[derive(Debug)]
pub struct Walked<T> {
    /// The states, in a fixed order.
    pub states: Vec<T>,
    /// What was met.
    pub counts: BlockCounts,
    /// Records of blocks over the limit, whose pairs were not all met.
    pub in_split: Vec<Record>,
}

/// Calls `pair` for every two records with a common key, lower record first. Work is cut into parts, each with a state of
/// its own made by `new`; the states come back in a fixed order.
pub fn each_candidate<T: Send>(
    recipe: &Recipe,
    p: &Prepared,
    spec: &MatchingSpec,
    new: impl Fn() -> T + Sync,
    pair: impl Fn(&mut T, Record, Record) + Sync,
) -> Walked<T> {
    each_pair(recipe, p, spec, None, new, |state, _, a, b| {
        let met = recipe.meet(p, a, b);
        if met {
            pair(state, a, b);
        }
        met
    })
}

/// [`each_candidate`] by hashes of keys: `pair` says whether the two records really have the key in common. `model` is what
/// it weighs pairs by.
pub fn each_pair<T: Send>(
    recipe: &Recipe,
    p: &Prepared,
    spec: &MatchingSpec,
    model: Option<&Weights>,
    new: impl Fn() -> T + Sync,
    pair: impl Fn(&mut T, &mut Memo, Record, Record) -> bool + Sync,
) -> Walked<T> {
    let grouped = Grouped::new(recipe, p);
    let duplicate_free = p.has_duplicate_free();
    let walked: Vec<Walked<T>> = grouped.in_parts(
        || Memo::of(p.records.len()),
        |memo, few| {
            let mut state = new();
            let mut walk = Walk {
                recipe,
                p,
                spec,
                counts: BlockCounts::default(),
                in_split: Vec::new(),
                duplicate_free,
                pair: |a, b| pair(&mut state, memo, a, b),
            };
            let mut members = Vec::new();
            few.each_part(|part, entries| {
                let (mut at, mut touched) = (0, 0);
                for block in entries.chunk_by(is_same_key) {
                    if at >= touched {
                        let soon = &entries[touched..entries.len().min(touched + AHEAD)];
                        touch(p, model, soon);
                        touched += AHEAD;
                    }
                    at += block.len();
                    members.clear();
                    members.extend(block.iter().map(|e| record(*e)));
                    members.dedup();
                    match walk.depends_on_all(&members) {
                        false => walk.block(&members),
                        true => few
                            .apart(recipe, p, (part, block[0]), &members)
                            .iter()
                            .for_each(|members| walk.block(members)),
                    }
                }
            });
            let (counts, in_split) = (walk.counts, walk.in_split);
            Walked { states: vec![state], counts, in_split }
        },
    );
    let mut all = Walked { states: Vec::new(), counts: BlockCounts::default(), in_split: Vec::new() };
    for part in walked {
        all.states.extend(part.states);
        all.counts.add(part.counts);
        all.in_split.extend(part.in_split);
    }
    all
}

/// Calls `block` with the records of every key that two records or more have, lower records first, without walking their
/// pairs. Work is cut into parts, each with a state of its own made by `new`; the states come back in a fixed order.
pub fn each_block<T: Send>(
    recipe: &Recipe,
    p: &Prepared,
    new: impl Fn() -> T + Sync,
    block: impl Fn(&mut T, &[Record]) + Sync,
) -> Vec<T> {
    Grouped::new(recipe, p).in_parts(Vec::new, |members, few| {
        let mut state = new();
        few.each_part(|part, entries| {
            for same in entries.chunk_by(is_same_key) {
                members.clear();
                members.extend(same.iter().map(|e| record(*e)));
                members.dedup();
                few.apart(recipe, p, (part, same[0]), members).iter().for_each(|b| block(&mut state, b));
            }
        });
        state
    })
}

/// Calls `pair` for every candidate pair inside one block; splits it when it is over the limit.
pub fn walk_block(
    recipe: &Recipe,
    p: &Prepared,
    spec: &MatchingSpec,
    members: &[Record],
    mut pair: impl FnMut(Record, Record),
) -> BlockCounts {
    let one = |a, b| {
        let met = recipe.meet(p, a, b);
        if met {
            pair(a, b);
        }
        met
    };
    let counts = BlockCounts::default();
    let duplicate_free = p.has_duplicate_free();
    let mut walk = Walk { recipe, p, spec, counts, in_split: Vec::new(), duplicate_free, pair: one };
    walk.block(members);
    walk.counts
}

/// Records whose faces are read together before their blocks are walked.
const AHEAD: usize = 256;

/// Reads what will be compared soon, so that waits for memory overlap.
fn touch(p: &Prepared, model: Option<&Weights>, soon: &[u64]) {
    let faces = soon.iter().map(|e| p.faces[record(*e) as usize].last);
    let mut sum = faces.fold(0u32, u32::wrapping_add);
    if let Some(model) = model {
        sum = soon.iter().fold(sum, |sum, e| sum.wrapping_add(model.touch(record(*e)).into()));
    }
    std::hint::black_box(sum);
}

struct Walk<'w, 'p, F> {
    recipe: &'w Recipe<'w>,
    p: &'w Prepared<'p>,
    spec: &'w MatchingSpec,
    counts: BlockCounts,
    in_split: Vec<Record>,
    /// Whether any source is free of duplicates.
    duplicate_free: bool,
    pair: F,
}

impl<F: FnMut(Record, Record) -> bool> Walk<'_, '_, F> {
    /// Whether what becomes of a pair, or what is told of the block, depends on who else is in it.
    fn depends_on_all(&self, members: &[Record]) -> bool {
        self.recipe.is_sorted()
            || members.len() > self.spec.max_block as usize
            || members.len() as u64 > self.counts.largest
    }

    fn block(&mut self, members: &[Record]) {
        self.counts.largest = self.counts.largest.max(members.len() as u64);
        if let Some((field, window)) = self.recipe.window {
            return self.neighbours(members, field, window);
        }
        // Records equal in everything that is compared stand for one another.
        if members.len() <= self.spec.max_block as usize
            && members.iter().all(|r| !self.p.faces[*r as usize].is_copy())
        {
            return self.all_pairs(members);
        }
        let stand_in = &self.p.stand_in;
        let mut distinct = Vec::with_capacity(members.len());
        for r in members {
            match stand_in[*r as usize] {
                first if first == *r => distinct.push(*r),
                first => self.pair(first, *r),
            }
        }
        if distinct.len() <= self.spec.max_block as usize {
            self.all_pairs(&distinct);
        } else {
            self.counts.split += 1;
            self.in_split.extend_from_slice(members);
            self.split(
                &distinct,
                &[Part::FirstName, Part::BirthDate, Part::Field(field::POSTCODE), Part::LastName],
            );
        }
    }

    /// Each record with those next to it in the order of a field's texts (sorted neighbourhood).
    fn neighbours(&mut self, members: &[Record], field: FieldIx, window: usize) {
        let column = self.p.records.field(field);
        let mut sorted: Vec<(&str, Record)> =
            members.iter().filter_map(|r| Some((column.text(*r)?, *r))).collect();
        sorted.sort_unstable();
        for (i, (_, a)) in sorted.iter().enumerate() {
            for (_, b) in &sorted[i + 1..sorted.len().min(i + window)] {
                self.pair(*a.min(b), *a.max(b));
            }
        }
    }

    /// Splits by the first of `by`; what is still too large by the next; at last each record meets its neighbours.
    fn split(&mut self, members: &[Record], by: &[Part]) {
        let n = members.len() as u64;
        if n <= u64::from(self.spec.max_block) {
            return self.all_pairs(members);
        }
        let Some((part, rest)) = by.split_first() else {
            let window = self.spec.max_block as usize / 2;
            for (i, a) in members.iter().enumerate() {
                for b in &members[i + 1..members.len().min(i + 1 + window)] {
                    self.pair(*a, *b);
                }
            }
            let compared: u64 = (0..members.len()).map(|i| (members.len() - 1 - i).min(window) as u64).sum();
            self.counts.skipped += n * (n - 1) / 2 - compared;
            return;
        };
        let mut keyed: Vec<(u64, Record)> = members
            .iter()
            .map(|r| {
                let mut key = 0;
                values(*part, None, self.p, *r, |v| key = v);
                (key, *r)
            })
            .collect();
        keyed.sort_unstable();
        let mut inside = 0;
        let mut group = Vec::new();
        for same in keyed.chunk_by(|a, b| a.0 == b.0) {
            inside += same.len() as u64 * (same.len() as u64 - 1) / 2;
            group.clear();
            group.extend(same.iter().map(|(_, r)| *r));
            self.split(&group, rest);
        }
        self.counts.skipped += n * (n - 1) / 2 - inside;
    }

    fn all_pairs(&mut self, members: &[Record]) {
        for (i, a) in members.iter().enumerate() {
            for b in &members[i + 1..] {
                self.pair(*a, *b);
            }
        }
    }

    fn pair(&mut self, a: Record, b: Record) {
        // Two records of a source without duplicates are never one person: no candidates.
        if self.p.scope(a) != self.p.scope(b) {
            return;
        }
        let sources = &self.p.records.sources;
        if self.duplicate_free && sources[a as usize] == sources[b as usize] && self.p.is_duplicate_free(a) {
            return;
        }
        self.counts.candidates += u64::from((self.pair)(a, b));
    }
}
