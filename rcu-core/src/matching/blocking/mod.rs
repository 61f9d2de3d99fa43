//! Candidate pairs of all passes: every two records with a common key, each pair compared once, blocks over the limit
//! split and reported.

mod grouped;
mod recipe;
mod walk;

pub use recipe::{Parts, Recipe};
pub use walk::{BlockCounts, Walked, each_block, each_candidate, walk_block};

use super::compare::{self, CONFLICT, Evidence, Memo};
use super::decide::{CompiledPass, Judge, Verdict};
use super::pass::{Decision, MatchingSpec, Method};
use super::prepare::Prepared;
use crate::progress::{Progress, Silent};
use crate::records::Record;
use recipe::Met;
use serde::Serialize;
use walk::each_pair;

/// An accepted or doubtful pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The lower record number.
    pub a: Record,
    /// The higher record number.
    pub b: Record,
    /// Position of the pass.
    pub pass: u16,
    /// Decision, score, reason.
    pub verdict: Verdict,
    /// How well each comparison agrees.
    pub evidence: Evidence,
}

impl Link {
    /// In place of a pass: a steward joined the two.
    pub const STEWARD: u16 = u16::MAX;
}

/// What a pass did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct PassReport {
    /// Name of the pass.
    pub name: String,
    /// Candidate pairs compared, each counted once.
    pub candidates: u64,
    /// Pairs linked.
    pub linked: u64,
    /// Pairs left to review.
    pub review: u64,
    /// Pairs refused.
    pub refused: u64,
    /// Blocks over the limit, which were split by a second key.
    pub split_blocks: u64,
    /// Records in the largest block.
    pub largest_block: u64,
    /// Pairs inside split blocks that differ in the second keys too and were not compared.
    pub pairs_not_compared: u64,
}

/// A distinct recipe of all passes, and which passes it belongs to.
struct Shared<'r> {
    recipe: Recipe<'r>,
    /// Its parts in [`Parts`].
    mask: Met,
    /// Bit i: pass i.
    passes: u64,
    /// Records whose blocks were split, so that meeting here does not mean having been compared; sorted.
    in_split: Vec<Record>,
}

impl Shared<'_> {
    /// Whether the walk over this recipe has met a pair with these parts in common for certain.
    #[inline]
    fn compared(&self, met: Met, a: Record, b: Record) -> bool {
        met & self.mask == self.mask
            && self.recipe.window.is_none()
            && (self.in_split.is_empty()
                || self.in_split.binary_search(&a).is_err()
                || self.in_split.binary_search(&b).is_err())
    }

    /// Whether every pair of `other` was met on the walk over this recipe.
    fn covers(&self, other: &Shared) -> bool {
        self.mask & other.mask == self.mask
            && self.recipe.window.is_none()
            && other.recipe.window.is_none()
            && self.in_split.is_empty()
    }
}

/// What a thread found.
struct Found {
    links: Vec<Link>,
    /// Pairs refused, linked and left to review, by pass.
    counts: Vec<[u64; 3]>,
}

/// What [`run`] does with a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    /// Compares and decides it.
    Comparing,
    /// Only counts it.
    Counting,
}

/// Runs all passes (at most 64) over all records. Every pass sees every pair that has a key of its own in common; a pair
/// is compared once, whatever keys and passes propose it, and of the passes' decisions the one of best rank is kept:
/// links before reviews, then pass order.
pub fn run(
    passes: &[CompiledPass],
    p: &Prepared,
    judge: &Judge,
    progress: &dyn Progress,
) -> (Vec<Link>, Vec<PassReport>) {
    walk_all(passes, p, judge, Doing::Comparing, |_, _| true, progress)
}

/// [`run`] for the pairs that `wanted` asks for, lower record first.
pub fn run_some(
    passes: &[CompiledPass],
    p: &Prepared,
    judge: &Judge,
    wanted: impl Fn(Record, Record) -> bool + Sync,
) -> Vec<Link> {
    let (mut links, _) = walk_all(passes, p, judge, Doing::Comparing, wanted, &Silent);
    links.sort_unstable_by_key(|l| (l.a, l.b, std::cmp::Reverse(l.verdict.decision), l.pass));
    links.dedup_by_key(|l| (l.a, l.b));
    links
}

/// The candidates of each pass, as [`run`] will report them, without a comparison.
pub fn count(
    passes: &[CompiledPass],
    p: &Prepared,
    spec: &MatchingSpec,
    progress: &dyn Progress,
) -> Vec<PassReport> {
    walk_all(passes, p, &Judge { spec, model: None }, Doing::Counting, |_, _| true, progress).1
}

fn distinct_recipes<'r>(passes: &'r [CompiledPass], parts: &Parts, p: &Prepared) -> Vec<Shared<'r>> {
    let mut recipes: Vec<Shared> = Vec::new();
    for (i, pass) in passes.iter().enumerate() {
        for of in &pass.recipes {
            match recipes.iter_mut().find(|s| s.recipe.parts == of.as_slice()) {
                Some(known) => known.passes |= 1 << i,
                None => recipes.push(Shared {
                    recipe: Recipe::new(of, p),
                    mask: parts.mask(of, p),
                    passes: 1 << i,
                    in_split: Vec::new(),
                }),
            }
        }
    }
    // Broad keys first: a walk over them meets the pairs of narrower ones as well.
    recipes.sort_by_key(|s| s.recipe.parts.len());
    recipes
}

fn walk_all(
    passes: &[CompiledPass],
    p: &Prepared,
    judge: &Judge,
    doing: Doing,
    wanted: impl Fn(Record, Record) -> bool + Sync,
    progress: &dyn Progress,
) -> (Vec<Link>, Vec<PassReport>) {
    let parts = Parts::new(passes.iter().flat_map(|pass| pass.recipes.iter().map(Vec::as_slice)), p);
    let mut recipes = distinct_recipes(passes, &parts, p);
    let mut reports: Vec<PassReport> =
        passes.iter().map(|pass| PassReport { name: pass.name.clone(), ..PassReport::default() }).collect();
    let mut links: Vec<Link> = Vec::new();
    progress.stage("match", recipes.len() as u64);
    for k in 0..recipes.len() {
        if recipes[..k].iter().any(|s| s.covers(&recipes[k])) {
            progress.advance(1);
            continue;
        }
        let new = || Found { links: Vec::new(), counts: vec![[0; 3]; passes.len()] };
        // Whole walks by their parts alone; of those that met split blocks the records decide too.
        let (whole, split): (Vec<&Shared>, Vec<&Shared>) =
            recipes[..k].iter().filter(|s| s.recipe.window.is_none()).partition(|s| s.in_split.is_empty());
        let whole: Vec<Met> = whole.into_iter().map(|s| s.mask).collect();
        let weighs = |(i, pass): (usize, &CompiledPass)| {
            recipes[k].passes >> i & 1 == 1 && pass.method == Method::Model
        };
        let model = judge.model.filter(|_| passes.iter().enumerate().any(weighs));
        let walked = each_pair(&recipes[k].recipe, p, judge.spec, model, new, |found, memo, a, b| {
            if !wanted(a, b) {
                return false;
            }
            let met = parts.met(p, a, b);
            let here = &recipes[k];
            if met & here.mask != here.mask {
                return false;
            }
            // Who is whose neighbour only the walk knows, so its pairs are always looked at.
            let known = here.recipe.window.is_none();
            let compared =
                || whole.iter().any(|m| met & m == *m) || split.iter().any(|s| s.compared(met, a, b));
            if known && compared() {
                return true;
            }
            let mine = recipes[k + 1..].iter().fold(here.passes, |mine, s| {
                let meet = met & s.mask == s.mask && s.recipe.window.is_none();
                if meet { mine | s.passes } else { mine }
            });
            found.pair(passes, mine, p, judge, (doing, memo), (a, b));
            true
        });
        links.reserve(walked.states.iter().map(|found| found.links.len()).sum());
        for found in walked.states {
            links.extend(found.links);
            for (r, [refused, linked, review]) in reports.iter_mut().zip(found.counts) {
                r.candidates += refused + linked + review;
                r.refused += refused;
                r.linked += linked;
                r.review += review;
            }
        }
        let walks_for = recipes[k + 1..]
            .iter()
            .filter(|s| recipes[k].mask & s.mask == recipes[k].mask)
            .fold(recipes[k].passes, |all, s| all | s.passes);
        for (_, r) in reports.iter_mut().enumerate().filter(|(i, _)| walks_for >> i & 1 == 1) {
            r.split_blocks += walked.counts.split;
            r.largest_block = r.largest_block.max(walked.counts.largest);
            r.pairs_not_compared += walked.counts.skipped;
        }
        recipes[k].in_split = walked.in_split;
        recipes[k].in_split.sort_unstable();
        progress.advance(1);
    }
    // Sorted neighbourhoods and split blocks may propose a pair again.
    if recipes.iter().any(|s| s.recipe.window.is_some() || !s.in_split.is_empty()) {
        links.sort_unstable_by_key(|l| (l.a, l.b, std::cmp::Reverse(l.verdict.decision), l.pass));
        links.dedup_by_key(|l| (l.a, l.b));
    }
    (links, reports)
}

/// The positions of the bits that are set.
fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let i = bits.trailing_zeros() as usize;
        bits = if bits == 0 { return None } else { bits & (bits - 1) };
        Some(i)
    })
}

impl Found {
    /// A candidate pair of the passes whose bits are set in `mine`.
    fn pair(
        &mut self,
        passes: &[CompiledPass],
        mine: u64,
        p: &Prepared,
        judge: &Judge,
        (doing, memo): (Doing, &mut Memo),
        (a, b): (Record, Record),
    ) {
        let of_pass = || ones(mine).filter_map(|i| Some((i, passes.get(i)?)));
        if doing == Doing::Counting {
            return of_pass().for_each(|(i, _)| self.counts[i][0] += 1);
        }
        let (last, first) = compare::names(p, memo, a, b);
        // Most candidates are two people of one household, told apart by their first names.
        if first == CONFLICT && of_pass().all(|(_, pass)| pass.refuses_first_names(last)) {
            return of_pass().for_each(|(i, _)| self.counts[i][0] += 1);
        }
        let evidence = compare::compare_rest(p, (last, first), a, b);
        let mut best: Option<Link> = None;
        let mut points = None;
        for (i, pass) in of_pass() {
            let verdict = pass.judge_with(&mut points, p, judge, &evidence, a, b);
            self.counts[i][match verdict.decision {
                Decision::No => 0,
                Decision::Link => 1,
                Decision::Review => 2,
            }] += 1;
            if verdict.decision > best.map_or(Decision::No, |l| l.verdict.decision) {
                best = Some(Link { a, b, pass: i as u16, verdict, evidence });
            }
        }
        self.links.extend(best);
    }
}
