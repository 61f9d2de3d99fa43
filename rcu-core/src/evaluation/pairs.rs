//! Truth by record number, and every candidate pair once.

use super::ordered;
use crate::config::Plan;
use crate::matching::blocking::{Recipe, each_candidate};
use crate::matching::compare::Evidence;
use crate::matching::decide::{CompiledPass, Judge, Verdict};
use crate::matching::labels::{Labels, Named};
use crate::matching::model::Weights;
use crate::matching::pass::MatchingSpec;
use crate::matching::prepare::Prepared;
use crate::records::Record;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What labels say of records that were loaded.
pub(super) struct Truth {
    /// Person of each record, 0 for unknown; used when labels name people.
    person: Vec<u32>,
    /// Labelled pairs; used when labels name pairs.
    pairs: Option<BTreeMap<(Record, Record), bool>>,
    /// Records that the labels name.
    pub named: u64,
    /// Of them, those that were not loaded.
    pub not_loaded: u64,
}

impl Truth {
    /// Finds the records that labels name.
    pub fn new(labels: &Labels, records: usize, find: impl Fn(&Named) -> Option<Record>) -> Truth {
        let mut t = Truth { person: Vec::new(), pairs: None, named: 0, not_loaded: 0 };
        match labels {
            Labels::People(people) => {
                t.person = vec![0; records];
                let mut numbers: HashMap<&str, u32> = HashMap::new();
                for (name, person) in people {
                    let next = numbers.len() as u32 + 1;
                    let number = *numbers.entry(person).or_insert(next);
                    t.named += 1;
                    match find(name) {
                        Some(r) => t.person[r as usize] = number,
                        None => t.not_loaded += 1,
                    }
                }
            }
            Labels::Pairs(pairs) => {
                let names: BTreeSet<&Named> = pairs.keys().flat_map(|(a, b)| [a, b]).collect();
                t.named = names.len() as u64;
                t.not_loaded = names.iter().filter(|n| find(n).is_none()).count() as u64;
                let found = pairs.iter().filter_map(|((a, b), same)| {
                    let (a, b) = (find(a)?, find(b)?);
                    (a != b).then_some((ordered(a, b), *same))
                });
                t.pairs = Some(found.collect());
            }
        }
        t
    }

    /// Whether two records are one person, as far as the labels say.
    pub fn same(&self, a: Record, b: Record) -> Option<bool> {
        match &self.pairs {
            Some(pairs) => pairs.get(&ordered(a, b)).copied(),
            None => {
                let (x, y) = (self.person[a as usize], self.person[b as usize]);
                (x != 0 && y != 0).then_some(x == y)
            }
        }
    }

    /// Calls `f` for every pair of one person, in the order of people, then records.
    pub fn each_true_pair(&self, mut f: impl FnMut(Record, Record)) {
        if let Some(pairs) = &self.pairs {
            pairs.iter().filter(|(_, same)| **same).for_each(|((a, b), _)| f(*a, *b));
            return;
        }
        let mut by_person: Vec<(u32, Record)> = (0..self.person.len() as Record)
            .map(|r| (self.person[r as usize], r))
            .filter(|(p, _)| *p != 0)
            .collect();
        by_person.sort_unstable();
        for same in by_person.chunk_by(|x, y| x.0 == y.0) {
            for (i, (_, a)) in same.iter().enumerate() {
                same[i + 1..].iter().for_each(|(_, b)| f(*a, *b));
            }
        }
    }

    /// Number of pairs of one person among records that were loaded.
    pub fn true_pairs(&self) -> u64 {
        let mut n = 0;
        self.each_true_pair(|_, _| n += 1);
        n
    }
}

/// Recipes of the passes that are wanted, each with the position of its pass.
pub(super) fn recipes<'a>(
    plan: &'a Plan,
    p: &Prepared,
    wanted: impl Fn(&CompiledPass) -> bool,
) -> Vec<(usize, Recipe<'a>)> {
    let passes = plan.passes.iter().enumerate().filter(|(_, pass)| wanted(pass));
    passes.flat_map(|(i, pass)| pass.recipes.iter().map(move |r| (i, Recipe::new(r, p)))).collect()
}

/// Folds every candidate of `recipes` once: under the first recipe that proposes it. Pairs that only a sorted
/// neighbourhood proposes may come more than once.
pub(super) fn each_once<T: Send>(
    recipes: &[(usize, Recipe)],
    plan: &Plan,
    p: &Prepared,
    new: impl Fn() -> T + Sync,
    fold: impl Fn(&mut T, usize, Record, Record) + Sync,
) -> Vec<T> {
    let mut states = Vec::new();
    for (k, (pass, recipe)) in recipes.iter().enumerate() {
        let walked = each_candidate(recipe, p, &plan.config.matching, Vec::new, |pairs, a, b| {
            if !recipes[..k].iter().any(|(_, r)| !r.is_sorted() && r.meet(p, a, b)) {
                pairs.push((a, b));
            }
        });
        // Two common values of one part propose a pair twice.
        let mut pairs: Vec<(Record, Record)> = walked.states.concat();
        pairs.par_sort_unstable();
        pairs.dedup();
        let folded: Vec<T> = pairs
            .par_chunks(1 << 14)
            .map(|chunk| {
                let mut state = new();
                chunk.iter().for_each(|(a, b)| fold(&mut state, *pass, *a, *b));
                state
            })
            .collect();
        states.extend(folded);
    }
    states
}

/// Passes with thresholds below every score: what they do not link was refused by a level or a guard.
pub(super) struct Open {
    spec: MatchingSpec,
    model: Option<Weights>,
}

impl Open {
    pub fn new<'w>(plan: &Plan, weights: impl Into<Option<&'w Weights>>) -> Open {
        Open {
            spec: MatchingSpec { link_at: i32::MIN, review_at: i32::MIN, ..plan.config.matching.clone() },
            model: weights.into().map(|m| m.with_thresholds(i32::MIN, i32::MIN)),
        }
    }

    pub fn judge(&self, pass: &CompiledPass, p: &Prepared, e: &Evidence, a: Record, b: Record) -> Verdict {
        pass.judge(p, &Judge { spec: &self.spec, model: self.model.as_ref() }, e, a, b)
    }
}
