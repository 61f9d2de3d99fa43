//! Estimates a model without labels: u from pairs of all records, m and the prior by expectation–maximisation over
//! candidate pairs (Dempster, Laird & Rubin 1977; Winkler 1988). No random number is drawn: the pairs that are looked at
//! depend on the set of records alone.

use super::threshold;
use super::{Frequency, Model, ModelComparison, ModelLevel, ModelSpec, Weights};
use crate::intern::{hash_bytes, mix};
use crate::matching::blocking::{Recipe, each_candidate};
use crate::matching::compare::{Comparisons, Evidence, at, compare};
use crate::matching::decide::Part;
use crate::matching::pass::MatchingSpec;
use crate::matching::prepare::Prepared;
use crate::records::Record;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Up to this many pairs, all pairs of records are looked at; beyond, about as many spread evenly.
const PAIRS: u64 = 6_000_000;
/// EM stops when no probability moves by more than this, or after [`ROUNDS`].
const STILL: f64 = 1e-7;
const ROUNDS: usize = 300;
/// Share of the pairs of one person whose level EM is not asked about and is spread evenly: no field is free of mistakes,
/// even where none was seen.
const NOBODY_IS_PERFECT: f64 = 0.02;
/// Bits per level in a packed pattern.
const BITS: usize = 4;

/// How a model was trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrainingReport {
    /// Records.
    pub records: u64,
    /// Pairs from which u was estimated.
    pub pairs_for_u: u64,
    /// Candidate pairs from which m was estimated.
    pub pairs_for_m: u64,
    /// Rounds of EM, the longest run.
    pub rounds: u64,
    /// Precision that the model expects of its links among the candidates, 0 to 1.
    pub expected_precision: f64,
    /// Share of the candidates' pairs of one person that it expects to link, 0 to 1.
    pub expected_recall: f64,
}

/// Pairs by pattern of levels, in a fixed order.
type Patterns = BTreeMap<u64, u64>;

/// Levels of the weighed comparisons of a pair, packed.
fn pack(which: &[usize], e: &Evidence) -> u64 {
    which.iter().enumerate().fold(0, |packed, (i, c)| packed | u64::from(e.level(*c)) << (i * BITS))
}

fn level_of(pattern: u64, i: usize) -> usize {
    (pattern >> (i * BITS) & ((1 << BITS) - 1)) as usize
}

fn merge(mut a: Patterns, b: Patterns) -> Patterns {
    for (k, n) in b {
        *a.entry(k).or_default() += n;
    }
    a
}

/// Chances of the levels of each comparison; entry 0, the missing value, is not used.
type Chances = Vec<Vec<f64>>;

/// Estimates a model over the candidates of `recipes` (the key recipes of the passes that the model decides).
pub fn train(
    p: &Prepared,
    comparisons: &Comparisons,
    spec: &ModelSpec,
    matching: &MatchingSpec,
    recipes: &[&[Part]],
) -> Model {
    let which = weighed(p, comparisons, spec);
    let sizes: Vec<usize> = which.iter().map(|c| comparisons.levels(*c).len() + 1).collect();
    let eligible = |a: Record, b: Record| {
        let sources = &p.records.sources;
        sources[a as usize] != sources[b as usize] || !p.is_duplicate_free(a)
    };
    let n = p.records.len() as u64;
    let total = pairs_in_all(p);
    let (everywhere, complete) = look_around(p, &which, total, eligible);
    let seen: u64 = everywhere.values().sum();
    let mut u = shares(&everywhere, &sizes);
    let mut m: Chances = sizes.iter().map(|s| first_guess(*s)).collect();
    let mut rounds = 0;
    let mut for_m = seen;
    let mut pairs_expected;
    if complete {
        let mut lambda = (n as f64 / 4.0 / total.max(1) as f64).min(0.5);
        let all = vec![true; which.len()];
        rounds = em(&everywhere, &all, &mut m, &mut u, &mut lambda, true);
        pairs_expected = lambda * seen as f64;
    } else {
        let mut sums: Chances = sizes.iter().map(|s| vec![0.0; *s]).collect();
        let mut weight = vec![0.0; which.len()];
        for_m = 0;
        for parts in recipes {
            let recipe = Recipe::new(parts, p);
            let patterns = of_candidates(&recipe, p, matching, &which);
            for_m += patterns.values().sum::<u64>();
            // What the key already says cannot be learned from pairs that share it.
            let active: Vec<bool> = which.iter().map(|c| !is_fixed(parts, p, *c)).collect();
            let (mut mine, mut others, mut lambda) = (m.clone(), u.clone(), 0.5);
            rounds = rounds.max(em(&patterns, &active, &mut mine, &mut others, &mut lambda, true));
            let found = lambda * patterns.values().sum::<u64>() as f64;
            for i in (0..which.len()).filter(|i| active[*i]) {
                weight[i] += found;
                for (s, v) in sums[i].iter_mut().zip(&mine[i]) {
                    *s += v * found;
                }
            }
        }
        for i in 0..which.len() {
            if weight[i] > 0.0 {
                m[i] = sums[i].iter().map(|s| s / weight[i]).collect();
            }
        }
        pairs_expected = n as f64 / 4.0;
    }
    for levels in &mut m {
        let even = NOBODY_IS_PERFECT / (levels.len() - 1) as f64;
        levels[1..].iter_mut().for_each(|l| *l = (*l + even) / (1.0 + NOBODY_IS_PERFECT));
    }
    let levels = |i: usize, c: usize| {
        let named = comparisons.levels(c).iter().zip(m[i][1..].iter().zip(&u[i][1..]));
        named
            .map(|(name, (m, u))| {
                let (m, u) = (rounded(*m), rounded(*u));
                let match_weight_bits =
                    f64::from(super::bits::milli_log2(m) - super::bits::milli_log2(u)) / 1000.0;
                ModelLevel { name: name.clone(), m, u, match_weight_bits }
            })
            .collect()
    };
    let mut model = Model {
        format: 1,
        matches_per_record: 1.0,
        smallest_population: 0,
        link_at_bits: 0.0,
        review_at_bits: 0.0,
        comparisons: which
            .iter()
            .enumerate()
            .map(|(i, c)| ModelComparison {
                name: comparisons.0[*c].0.clone(),
                term_frequency: frequency(p, *c),
                levels: levels(i, *c),
            })
            .collect(),
        training: None,
    };
    // The prior and the thresholds come from the candidates of all recipes, weighed as they will be.
    let candidates = union_of_candidates(recipes, p, matching);
    let mut counts = BTreeMap::new();
    for _ in 0..20 {
        model.matches_per_record = rounded((pairs_expected / n.max(1) as f64).max(1e-3));
        let weights = Weights::new(&model, &ModelSpec::default(), comparisons, p);
        counts = by_weight(&weights, &candidates, p);
        if complete {
            break;
        }
        let next: f64 = counts.iter().map(|(w, n)| *n as f64 * super::bits::probability(*w)).sum();
        if (next - pairs_expected).abs() <= 1e-3 * pairs_expected {
            break;
        }
        pairs_expected = next;
    }
    let (proposal, expected) = threshold::propose(&counts);
    model.link_at_bits = f64::from(proposal.link_at) / 1000.0;
    model.review_at_bits = f64::from(proposal.review_at) / 1000.0;
    model.training = Some(TrainingReport {
        records: n,
        pairs_for_u: seen,
        pairs_for_m: for_m,
        rounds: rounds as u64,
        expected_precision: rounded(expected.precision),
        expected_recall: rounded(expected.recall),
    });
    model
}

/// Nine digits are enough, and read the same everywhere.
fn rounded(x: f64) -> f64 {
    (x * 1e9).round().max(1.0) / 1e9
}

/// Positions of the comparisons that weigh.
fn weighed(p: &Prepared, comparisons: &Comparisons, spec: &ModelSpec) -> Vec<usize> {
    let named: Vec<usize> = spec.comparisons.iter().filter_map(|n| comparisons.position(n)).collect();
    let all = if !named.is_empty() {
        named
    } else if p.custom.is_empty() {
        (0..at::CUSTOM).collect()
    } else {
        (at::CUSTOM..comparisons.0.len()).collect()
    };
    all.into_iter().take(64 / BITS).collect()
}

/// Names weigh by their share, means of contact by their count, an installation's own comparisons where they ask for it.
fn frequency(p: &Prepared, c: usize) -> Option<Frequency> {
    match c {
        at::LAST_NAME | at::FIRST_NAME => Some(Frequency::Share),
        at::EMAIL | at::MOBILE | at::LANDLINE | at::LOYALTY_CARD | at::ADDRESS => Some(Frequency::Count),
        own => {
            let own = own.checked_sub(at::CUSTOM).and_then(|i| p.custom.get(i));
            own.filter(|c| c.term_frequency).map(|_| Frequency::Share)
        }
    }
}

/// Whether two records with these parts in common cannot but agree in a comparison.
fn is_fixed(parts: &[Part], p: &Prepared, c: usize) -> bool {
    parts.iter().any(|part| match c.checked_sub(at::CUSTOM) {
        None => part.comparisons().contains(&c),
        Some(i) => part.field().is_some() && part.field() == p.custom.get(i).map(|c| c.field),
    })
}

fn pairs_in_all(p: &Prepared) -> u64 {
    let n = p.records.len() as u64;
    let mut by_source: BTreeMap<u16, u64> = BTreeMap::new();
    for r in 0..p.records.len() {
        if p.is_duplicate_free(r as Record) {
            *by_source.entry(p.records.sources[r]).or_default() += 1;
        }
    }
    let barred: u64 = by_source.values().map(|k| k * (k - 1) / 2).sum();
    n * n.saturating_sub(1) / 2 - barred
}

/// Patterns of all pairs when they are few, else of pairs spread over the set in an order that a record's own
/// identifier decides. The second value says whether all were seen.
fn look_around(
    p: &Prepared,
    which: &[usize],
    total: u64,
    eligible: impl Fn(Record, Record) -> bool + Sync,
) -> (Patterns, bool) {
    let n = p.records.len();
    let mut order: Vec<(u64, Record)> = (0..n as Record)
        .map(|r| {
            let id = p.records.ids.get(r as usize).unwrap_or("");
            (mix(u64::from(p.records.sources[r as usize]), hash_bytes(id.as_bytes())), r)
        })
        .collect();
    order.sort_unstable();
    let all = total <= PAIRS;
    let reach = if all { n } else { (PAIRS as usize / n.max(1)).max(1) + 1 };
    let patterns = (0..n)
        .into_par_iter()
        .fold(Patterns::new, |mut patterns, i| {
            let a = order[i].1;
            for (_, b) in &order[i + 1..n.min(i + reach)] {
                if eligible(a, *b) {
                    let e = compare(p, a.min(*b), a.max(*b));
                    *patterns.entry(pack(which, &e)).or_default() += 1;
                }
            }
            patterns
        })
        .reduce(Patterns::new, merge);
    (patterns, all)
}

fn of_candidates(recipe: &Recipe, p: &Prepared, matching: &MatchingSpec, which: &[usize]) -> Patterns {
    let walked = each_candidate(recipe, p, matching, Patterns::new, |patterns, a, b| {
        *patterns.entry(pack(which, &compare(p, a, b))).or_default() += 1;
    });
    walked.states.into_iter().fold(Patterns::new(), merge)
}

/// Each candidate once, whatever recipe proposes it.
fn union_of_candidates(recipes: &[&[Part]], p: &Prepared, matching: &MatchingSpec) -> Vec<(Record, Record)> {
    let mut pairs = Vec::new();
    for parts in recipes {
        let recipe = Recipe::new(parts, p);
        let walked = each_candidate(&recipe, p, matching, Vec::new, |pairs, a, b| pairs.push((a, b)));
        walked.states.into_iter().for_each(|s| pairs.extend(s));
    }
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

fn by_weight(weights: &Weights, pairs: &[(Record, Record)], p: &Prepared) -> BTreeMap<i32, u64> {
    pairs
        .par_iter()
        .fold(BTreeMap::new, |mut counts: BTreeMap<i32, u64>, (a, b)| {
            *counts.entry(weights.weight(&compare(p, *a, *b), *a, *b)).or_default() += 1;
            counts
        })
        .reduce(BTreeMap::new, |mut a, b| {
            b.into_iter().for_each(|(w, n)| *a.entry(w).or_default() += n);
            a
        })
}

/// Nine pairs of one person in ten agree fully; the rest is spread over the other levels.
fn first_guess(size: usize) -> Vec<f64> {
    let others = size.saturating_sub(2).max(1) as f64;
    (0..size).map(|l| if l + 1 == size { 0.9 } else { 0.1 / others }).collect()
}

/// Share of each level among the pairs with both values, with half a pair added so that nothing is impossible.
fn shares(patterns: &Patterns, sizes: &[usize]) -> Chances {
    let mut sums: Chances = sizes.iter().map(|s| vec![0.5; *s]).collect();
    for (pattern, n) in patterns {
        for (i, s) in sums.iter_mut().enumerate() {
            s[level_of(*pattern, i)] += *n as f64;
        }
    }
    sums.iter_mut().for_each(|l| normalize(l));
    sums
}

fn normalize(levels: &mut [f64]) {
    let sum: f64 = levels[1..].iter().sum();
    levels[0] = 0.0;
    levels[1..].iter_mut().for_each(|l| *l /= sum);
}

/// Expectation–maximisation over patterns; returns the rounds it took. Comparisons that are not `active` weigh nothing.
fn em(
    patterns: &Patterns,
    active: &[bool],
    m: &mut Chances,
    u: &mut Chances,
    lambda: &mut f64,
    free_u: bool,
) -> usize {
    let total: f64 = patterns.values().map(|n| *n as f64).sum();
    if total == 0.0 {
        *lambda = 0.0;
        return 0;
    }
    let used: Vec<usize> = (0..active.len()).filter(|i| active[*i]).collect();
    for round in 1..=ROUNDS {
        let mut sum_m: Chances = m.iter().map(|l| vec![0.0; l.len()]).collect();
        let mut sum_u = sum_m.clone();
        let mut matched = 0.0;
        for (pattern, n) in patterns {
            let (mut yes, mut no) = (*lambda, 1.0 - *lambda);
            for i in &used {
                let l = level_of(*pattern, *i);
                if l > 0 {
                    yes *= m[*i][l];
                    no *= u[*i][l];
                }
            }
            let posterior = if yes + no > 0.0 { yes / (yes + no) } else { 0.0 };
            let (in_m, in_u) = (*n as f64 * posterior, *n as f64 * (1.0 - posterior));
            matched += in_m;
            for i in &used {
                let l = level_of(*pattern, *i);
                sum_m[*i][l] += in_m;
                sum_u[*i][l] += in_u;
            }
        }
        let mut moved = (matched / total - *lambda).abs();
        *lambda = (matched / total).clamp(1e-12, 1.0 - 1e-12);
        for i in &used {
            let mut update = |old: &mut Vec<f64>, sums: &[f64]| {
                // A trace of the even spread keeps a level that was never seen from being impossible.
                let seen = sums[1..].iter().sum::<f64>() + 1e-6;
                let trace = 1e-6 / (old.len() - 1) as f64;
                for (o, s) in old[1..].iter_mut().zip(&sums[1..]) {
                    let new = (s + trace) / seen;
                    moved = moved.max((new - *o).abs());
                    *o = new;
                }
            };
            update(&mut m[*i], &sum_m[*i]);
            if free_u {
                update(&mut u[*i], &sum_u[*i]);
            }
        }
        if moved < STILL {
            return round;
        }
    }
    ROUNDS
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Patterns in the exact proportions of a model with independent comparisons.
    fn generated(m: &Chances, u: &Chances, lambda: f64, total: f64) -> Patterns {
        let mut patterns = Patterns::new();
        let sizes: Vec<usize> = m.iter().map(Vec::len).collect();
        let count: usize = sizes.iter().map(|s| s - 1).product();
        for mut k in 0..count {
            let (mut yes, mut no, mut packed) = (lambda, 1.0 - lambda, 0u64);
            for (i, size) in sizes.iter().enumerate() {
                let l = k % (size - 1) + 1;
                k /= size - 1;
                packed |= (l as u64) << (i * BITS);
                yes *= m[i][l];
                no *= u[i][l];
            }
            patterns.insert(packed, ((yes + no) * total).round() as u64);
        }
        patterns
    }

    #[test]
    fn em_recovers_what_made_the_data() {
        let m =
            vec![vec![0.0, 0.05, 0.15, 0.8], vec![0.0, 0.1, 0.9], vec![0.0, 0.3, 0.7], vec![0.0, 0.02, 0.98]];
        let u = vec![
            vec![0.0, 0.95, 0.04, 0.01],
            vec![0.0, 0.9, 0.1],
            vec![0.0, 0.97, 0.03],
            vec![0.0, 0.5, 0.5],
        ];
        let patterns = generated(&m, &u, 0.002, 1e9);
        let mut guess: Chances = m.iter().map(|l| first_guess(l.len())).collect();
        let sizes: Vec<usize> = m.iter().map(Vec::len).collect();
        let (mut found_u, mut lambda) = (shares(&patterns, &sizes), 0.001);
        em(&patterns, &[true; 4], &mut guess, &mut found_u, &mut lambda, true);
        assert!((lambda - 0.002).abs() < 1e-4, "{lambda}");
        for (found, wanted) in guess.iter().chain(&found_u).zip(m.iter().chain(&u)) {
            for (f, w) in found[1..].iter().zip(&wanted[1..]) {
                assert!((f - w).abs() < 5e-3, "{guess:?} {found_u:?}");
            }
        }
    }
}
