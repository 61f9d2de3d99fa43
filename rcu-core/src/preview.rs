//! What a run will cost, known after normalising and before any comparison decides: `rcu plan`.

use crate::config::Plan;
use crate::error::Error;
use crate::ingest::{self, Input};
use crate::mask::mask;
use crate::matching::Method;
use crate::matching::blocking::{self, Link, Recipe, each_block, walk_block};
use crate::matching::compare::{Memo, compare_with};
use crate::matching::cost::{self, RecipeCost};
use crate::matching::decide::Judge;
use crate::matching::model::Model;
use crate::matching::pass::Decision;
use crate::matching::prepare::{Face, Prepared};
use crate::matching::propose::{Proposals, propose};
use crate::progress::Progress;
use crate::records::Record;
use crate::resolve::{check_sources, obtain_model, train_model, weigh};
use serde::Serialize;
use std::collections::BTreeMap;
use std::mem::size_of;

/// Shared values listed for each field.
const SHARED: usize = 10;
/// Pairs judged for each recipe to learn how long one takes and how many are kept, about.
const JUDGED: u64 = 4_000;

/// Seconds since some moment, for the estimate of time. The core has no clock of its own.
pub type Clock<'c> = &'c dyn Fn() -> f64;

/// What a run will do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunPlan {
    /// Customer records loaded.
    pub records: u64,
    /// Passes in order.
    pub passes: Vec<PassPlan>,
    /// Candidate pairs of all passes, added up: what `resolve` will report, pass by pass.
    pub candidates: u64,
    /// Blocks over the limit.
    pub split_blocks: u64,
    /// Pairs of split blocks that will not be compared.
    pub pairs_not_compared: u64,
    /// Values that too many people share, which make no key, by field.
    pub shared: BTreeMap<String, SharedPlan>,
    /// Memory and time.
    pub estimate: Estimate,
    /// Key recipes that would find more; none when not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposals: Option<ProposalPlan>,
}

/// One pass.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PassPlan {
    /// Its name.
    pub pass: String,
    /// How it decides.
    pub method: Method,
    /// Candidate pairs, each counted once, however many of the recipes propose it.
    pub candidates: u64,
    /// Blocks over the limit.
    pub split_blocks: u64,
    /// Records in the largest block.
    pub largest_block: u64,
    /// Pairs of split blocks that will not be compared.
    pub pairs_not_compared: u64,
    /// Its key recipes, each with all pairs that it proposes by itself.
    pub recipes: Vec<RecipeCost>,
}

/// Shared values of one field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SharedPlan {
    /// How many there are.
    pub values: u64,
    /// Those on most people: masked value, people, records.
    pub most: Vec<(String, u32, u32)>,
}

/// Memory and time, and how they were estimated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// Bytes of records, keys and links together.
    pub memory_bytes: u64,
    /// Seconds of matching on one core; none without a clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matching_core_seconds: Option<f64>,
    /// Distinct candidate pairs: one that several recipes propose counts once.
    pub distinct_pairs: u64,
    /// Of them, those expected to be linked or left to review.
    pub kept_pairs: u64,
    /// How the figures were made.
    pub how: String,
}

/// Proposals, and the model that weighed them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProposalPlan {
    /// `configured`, `shipped` or `estimated`.
    pub model: &'static str,
    /// What was tried and found.
    #[serde(flatten)]
    pub found: Proposals,
}

/// What to look at.
#[derive(Clone, Copy, Default)]
pub struct Options<'c> {
    /// Whether to propose key recipes.
    pub propose: bool,
    /// For the estimate of time.
    pub clock: Option<Clock<'c>>,
}

impl std::fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("propose", &self.propose)
            .field("clock", &self.clock.is_some())
            .finish()
    }
}

/// Loads the customer records and says what matching them will cost.
///
/// # Errors
/// Those of [`crate::resolve::resolve`].
pub fn plan_run(
    plan: &Plan,
    inputs: &[Input],
    options: &Options,
    progress: &dyn Progress,
) -> Result<RunPlan, Error> {
    check_sources(plan, inputs)?;
    let loaded = ingest::load_customers(plan, inputs, progress)?;
    let prepared = Prepared::new(&plan.setting(), &loaded.records);
    let read = inputs.iter().map(|i| i.table.memory_bytes() as u64).sum();
    Ok(plan_prepared(plan, &prepared, read, options, progress))
}

/// The same for records that are prepared already. `read` are the bytes of the rows as they were read, which a run keeps.
pub fn plan_prepared(
    plan: &Plan,
    p: &Prepared,
    read: u64,
    options: &Options,
    progress: &dyn Progress,
) -> RunPlan {
    let recipes: u64 = plan.passes.iter().map(|pass| pass.recipes.len() as u64).sum();
    let began = options.clock.map(|now| now());
    let spec = &plan.config.matching;
    let counts = blocking::count(&plan.passes, p, spec, progress);
    let walked = options.clock.zip(began).map(|(now, began)| now() - began);
    progress.stage("count keys", recipes);
    let passes: Vec<PassPlan> = plan
        .passes
        .iter()
        .zip(&plan.config.passes)
        .zip(counts)
        .map(|((pass, written), counted)| {
            let recipes: Vec<RecipeCost> = pass
                .recipes
                .iter()
                .zip(written.on.recipes())
                .map(|(parts, written)| {
                    let cost = cost::of_recipe(parts, written, &plan.fields, p, spec);
                    progress.advance(1);
                    cost
                })
                .collect();
            PassPlan {
                pass: pass.name.clone(),
                method: pass.method,
                candidates: counted.candidates,
                split_blocks: counted.split_blocks,
                largest_block: counted.largest_block,
                pairs_not_compared: counted.pairs_not_compared,
                recipes,
            }
        })
        .collect();
    let sum = |f: fn(&PassPlan) -> u64| passes.iter().map(f).sum::<u64>();
    let candidates = sum(|pass| pass.candidates);
    let (model, origin) = model_for(plan, p, options, progress);
    let weights = model.as_ref().map(|m| weigh(plan, m, p));
    let judge = Judge { spec, model: weights.as_ref() };
    let sample = judge_sample(plan, p, &judge, &passes, options.clock);
    let estimate = Estimate {
        memory_bytes: read + memory(plan, p, sample.kept),
        matching_core_seconds: walked
            .zip(sample.seconds)
            // The walk ran on all cores, the sample on one.
            .map(|(walked, compared)| round(walked * rayon::current_num_threads() as f64 + compared)),
        distinct_pairs: sample.distinct,
        kept_pairs: sample.kept,
        how: format!(
            "memory: rows as read, records, columns for comparing, the keys of one recipe at a time (16 bytes each) and \
             {} bytes for each kept pair; golden records and facts come on top. Time: the walk over all keys was timed \
             here on all cores, and {} candidates, picked by their record ids, were compared and timed on one, each pair \
             by the first recipe that proposes it; reading, golden records and writing come on top",
            size_of::<Link>(),
            sample.judged
        ),
    };
    let proposals = weights.as_ref().filter(|_| options.propose).map(|weights| {
        progress.stage("propose keys", 0);
        let budget = (3 * p.records.len() as u64).max(candidates);
        let found = propose(p, &plan.fields, &plan.passes, &plan.source_names(), weights, budget);
        ProposalPlan { model: origin, found }
    });
    RunPlan {
        records: p.records.len() as u64,
        candidates,
        split_blocks: sum(|pass| pass.split_blocks),
        pairs_not_compared: sum(|pass| pass.pairs_not_compared),
        shared: shared(plan, p),
        passes,
        estimate,
        proposals,
    }
}

fn shared(plan: &Plan, p: &Prepared) -> BTreeMap<String, SharedPlan> {
    let mut shared: BTreeMap<String, SharedPlan> = BTreeMap::new();
    for v in &p.shared {
        let entry =
            shared.entry(v.field.clone()).or_insert_with(|| SharedPlan { values: 0, most: Vec::new() });
        entry.values += 1;
        if entry.most.len() < SHARED
            && let Some(f) = plan.field(&v.field)
        {
            entry.most.push((mask(plan.fields[f].kind, &v.value), v.people, v.records));
        }
    }
    shared
}

/// The model that weighs proposals: that of the passes, else the shipped one where it fits, else one estimated here.
fn model_for(
    plan: &Plan,
    p: &Prepared,
    options: &Options,
    progress: &dyn Progress,
) -> (Option<Model>, &'static str) {
    if plan.wants_model() {
        let origin = if plan.model.is_some() { "configured" } else { "estimated" };
        return (obtain_model(plan, p, progress), origin);
    }
    match (options.propose, plan.comparisons.is_empty()) {
        (false, _) => (None, ""),
        (true, true) => (Some(Model::shipped()), "shipped"),
        (true, false) => {
            progress.stage("model", 1);
            (Some(train_model(plan, p)), "estimated")
        }
    }
}

/// What judging some candidates showed.
struct Sampled {
    judged: u64,
    distinct: u64,
    kept: u64,
    seconds: Option<f64>,
}

/// Judges some candidates of every recipe on this thread: those of blocks whose lowest record a hash picks. A pair is
/// judged where it is first proposed, by the pass of that recipe.
fn judge_sample(
    plan: &Plan,
    p: &Prepared,
    judge: &Judge,
    passes: &[PassPlan],
    clock: Option<Clock>,
) -> Sampled {
    let mut earlier: Vec<Recipe> = Vec::new();
    let mut memo = Memo::of(p.records.len());
    let (mut judged, mut distinct, mut kept, mut seconds) = (0, 0.0, 0.0, 0.0);
    for (pass, costs) in plan.passes.iter().zip(passes) {
        for (parts, cost) in pass.recipes.iter().zip(&costs.recipes) {
            let every = (cost.candidates / JUDGED).max(1);
            let recipe = Recipe::new(parts, p);
            let picked = |r: Record| {
                let id = p.records.ids.get(r as usize).unwrap_or("");
                crate::intern::hash_bytes(id.as_bytes()) >> 20
            };
            let pairs: Vec<(Record, Record)> = each_block(&recipe, p, Vec::new, |pairs, members| {
                if picked(members[0]).is_multiple_of(every) && members.len() as u64 <= JUDGED {
                    walk_block(&recipe, p, judge.spec, members, |a, b| pairs.push((a, b)));
                }
            })
            .concat();
            let pairs = &pairs[..pairs.len().min(4 * JUDGED as usize)];
            let times = cost.candidates as f64 / pairs.len().max(1) as f64;
            let new =
                |(a, b): &&(Record, Record)| !earlier.iter().any(|e| !e.is_sorted() && e.meet(p, *a, *b));
            let pairs: Vec<&(Record, Record)> = pairs.iter().filter(new).collect();
            let (first, mut found) = (pairs.len() as u64, 0u64);
            let began = clock.map(|now| now());
            for (a, b) in pairs {
                let e = compare_with(p, &mut memo, *a, *b);
                found += u64::from(pass.judge(p, judge, &e, *a, *b).decision != Decision::No);
            }
            if let (Some(now), Some(began)) = (clock, began) {
                seconds += (now() - began) * times;
            }
            judged += first;
            distinct += first as f64 * times;
            kept += found as f64 * times;
            earlier.push(recipe);
        }
    }
    Sampled {
        judged,
        distinct: distinct.round() as u64,
        kept: kept.round() as u64,
        seconds: clock.map(|_| seconds),
    }
}

/// Bytes of the records, of the columns for comparing, of one recipe's keys, and of the kept pairs.
fn memory(plan: &Plan, p: &Prepared, kept: u64) -> u64 {
    let n = p.records.len() as u64;
    let mut bytes = p.records.ids.memory_bytes() as u64 + 14 * n;
    for f in &p.records.fields {
        // A pool holds its texts, an end and a hash for each, and twice as many slots.
        bytes += f.pool.text_bytes() as u64 + 16 * f.pool.len() as u64 + 5 * n * f.slots.len() as u64;
    }
    // The line of numbers of each record, and names, dates, contacts, address parts, content beside it.
    bytes += (size_of::<Face>() as u64 + 120) * n;
    let values = |parts: &[crate::matching::decide::Part]| {
        let slots = |part: &crate::matching::decide::Part| {
            part.field().map_or(1, |f| p.records.field(f).slots.len().max(1)) as u64
        };
        parts.iter().map(slots).product::<u64>()
    };
    let most = plan.passes.iter().flat_map(|pass| &pass.recipes).map(|r| values(r)).max().unwrap_or(0);
    bytes + 2 * 16 * n * most + kept * size_of::<Link>() as u64
}

fn round(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
