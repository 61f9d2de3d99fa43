//! The path of the data on one page: rows → normalise → passes → people → survivorship → aggregates → outputs.

use crate::aggregate::{self, Aggregates, Texts, Totals};
use crate::company::{Companies, CompanySummary};
use crate::config::Plan;
use crate::consent::Consents;
use crate::error::Error;
use crate::facts::{CustomerIndex, LoadedFacts, Missing, Orphan, RelationReport, load_consents, load_facts};
use crate::forbid::{Looked, without_forbidden};
use crate::household;
use crate::identity;
use crate::ingest::{self, Input, Loaded, Reject, SourceCounts};
use crate::matching::blocking::{self, Link, PassReport};
use crate::matching::cluster::{self, Clusters};
use crate::matching::compare::Comparisons;
use crate::matching::decide::{Judge, Part};
use crate::matching::explain::{self, ReviewSample, Scene};
use crate::matching::model::{self, Model, Weights};
use crate::matching::prepare::{Prepared, SharedValue};
use crate::matching::ruling::{Located, Rulings};
use crate::matching::{Decision, Method};
use crate::progress::Progress;
use crate::records::{RecordIndex, Records};
use crate::survivorship::{self, Golden, LockState};
use crate::time::Day;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a run made of its inputs.
#[derive(Debug)]
pub struct Resolution {
    /// The normalised records.
    pub records: Records,
    /// Who is who.
    pub clusters: Clusters,
    /// Golden id of each cluster.
    pub golden_ids: Vec<String>,
    /// Household of each cluster, as the smallest cluster in it.
    pub households: Vec<u32>,
    /// Links and review pairs, in rank order.
    pub links: Vec<Link>,
    /// Names and levels of the comparisons that links were judged by.
    pub comparisons: Comparisons,
    /// The model that decided, when a pass asked for one.
    pub model: Option<Model>,
    /// Golden values and where they come from.
    pub golden: Golden,
    /// The companies that people are contacts of, when the configuration has any.
    pub companies: Option<Companies>,
    /// Consents of every person.
    pub consents: Consents,
    /// Aggregates by cluster.
    pub aggregates: Aggregates,
    /// Texts that aggregates name: stores, channels, brands, categories.
    pub texts: Texts,
    /// Facts whose customer no record is.
    pub orphans: Vec<Orphan>,
    /// Identifiers that facts name and no row has.
    pub missing: Vec<Missing>,
    /// Rows that were not loaded.
    pub rejects: Vec<Reject>,
    /// Shared values, taken out of matching.
    pub shared: Vec<SharedValue>,
    /// Some pairs that wait in review, with what each comparison adds; values are masked.
    pub review_samples: Vec<ReviewSample>,
    /// Counts that reconcile.
    pub summary: Summary,
}

/// How many review pairs the report shows.
const REVIEW_SAMPLES: usize = 6;

/// Counts that reconcile.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Summary {
    /// Rows of each source, of every family.
    pub sources: BTreeMap<String, SourceCounts>,
    /// Customer records loaded.
    pub records: u64,
    /// People found.
    pub people: u64,
    /// Households found.
    pub households: u64,
    /// Records in the largest cluster.
    pub largest_cluster: u64,
    /// Clusters by number of records.
    pub cluster_sizes: BTreeMap<u64, u64>,
    /// Clusters above `matching.giant_cluster`.
    pub giant_clusters: u64,
    /// Passes in order.
    pub passes: Vec<PassReport>,
    /// Pairs left to the steward.
    pub review_pairs: u64,
    /// Links refused because their cluster would have held two people.
    pub refused_links: u64,
    /// Values taken out of matching because many people share them, by field.
    pub shared_values: BTreeMap<String, u64>,
    /// Companies and contacts, when the configuration has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub companies: Option<CompanySummary>,
    /// Decisions of stewards.
    pub decisions: DecisionCounts,
    /// Values that stewards locked.
    pub locks: LockCounts,
    /// People by state of a consent, by `purpose/channel/brand`.
    pub consents: BTreeMap<String, BTreeMap<&'static str, u64>>,
    /// Money in and out.
    pub revenue: Totals,
    /// References between families, by name.
    pub relations: BTreeMap<String, RelationReport>,
    /// Facts, of any family, whose customer no record is.
    pub orphan_facts: u64,
    /// Anonymous events given to a person who was known later.
    pub attached_events: u64,
}

/// Decisions of stewards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct DecisionCounts {
    /// Pairs joined by a steward.
    pub same: u64,
    /// Pairs kept apart by a steward, those of one household among them.
    pub different: u64,
    /// Of these, pairs of one household.
    pub household: u64,
    /// Pairs left for later.
    pub later: u64,
    /// Decisions on records that are not in this run; they are kept.
    pub waiting: u64,
}

/// Values that stewards locked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct LockCounts {
    /// Locks that decide.
    pub in_force: u64,
    /// Locks that are lifted, expired, overruled, or not yet due.
    pub over: u64,
    /// Locks on records that are not in this run; they are kept.
    pub not_found: u64,
    /// Locks that the sources contradict.
    pub diverging: u64,
    /// Of these, for longer than `survivorship.lock_divergence_days`.
    pub alerts: u64,
}

impl DecisionCounts {
    /// Decisions on persons, and on companies where there are any.
    fn of(all: &Rulings, people: &Located, companies: Option<&Located>) -> DecisionCounts {
        let mut counts = DecisionCounts::default();
        for located in std::iter::once(people).chain(companies) {
            counts.same += located.same.len() as u64;
            counts.different += located.apart.len() as u64;
            counts.household += located.household.len() as u64;
            counts.later += located.later.len() as u64;
        }
        counts.waiting = (all.len() as u64).saturating_sub(counts.same + counts.different + counts.later);
        debug_assert_eq!(counts.same + counts.different + counts.later + counts.waiting, all.len() as u64);
        counts
    }
}

impl Summary {
    fn count_locks(&mut self, golden: &Golden, as_of: Day, alert_after: u32) {
        for l in &golden.locks {
            let c = &mut self.locks;
            c.in_force += u64::from(l.state == LockState::InForce);
            c.not_found += u64::from(l.state == LockState::NotFound);
            c.over += u64::from(!matches!(l.state, LockState::InForce | LockState::NotFound));
            c.diverging += u64::from(l.divergence.is_some());
            c.alerts += u64::from(l.diverging_days(as_of).is_some_and(|d| d >= i64::from(alert_after)));
        }
    }

    fn count_consents(&mut self, consents: &Consents) {
        for p in &consents.people {
            let s = &p.subject;
            let name = match s.brand.as_str() {
                "" => format!("{}/{}", s.purpose, s.channel),
                brand => format!("{}/{}/{brand}", s.purpose, s.channel),
            };
            *self.consents.entry(name).or_default().entry(p.state.name()).or_default() += 1;
        }
    }

    /// Whether every row and every cent is accounted for.
    pub fn reconciles(&self) -> bool {
        self.sources.values().all(SourceCounts::reconciles) && self.revenue.reconciles()
    }
}

/// Builds the repository from all rows at once. The order of rows and inputs never changes the result.
///
/// # Errors
/// [`Error::UnknownSource`] for rows of a source that the plan does not declare, [`Error::MissingColumn`] for a column
/// that is not there, [`Error::TooLarge`] beyond 4 billion records.
pub fn resolve(plan: &Plan, inputs: &[Input], progress: &dyn Progress) -> Result<Resolution, Error> {
    check_sources(plan, inputs)?;
    let (inputs, blocked) = without_forbidden(plan, inputs, Looked::Used)?;
    let inputs = &*inputs;
    let Loaded { records, mut rejects, counts, companies, .. } =
        ingest::load_customers(plan, inputs, progress)?;
    let prepared = Prepared::new(&plan.setting(), &records);
    let People { model, weights, links, passes, clusters, rulings } = find_people(plan, &prepared, progress)?;
    let index = RecordIndex::new(&records);
    let golden_ids = identity::golden_ids(&plan.source_names(), &records, &clusters);
    progress.stage("golden records", clusters.len() as u64);
    let trust: Vec<_> = plan.sources.iter().map(|s| s.trust.clone()).collect();
    let golden = survivorship::build(&plan.survivorship(&trust), &prepared, &clusters);
    let households =
        household::of_clusters(&plan.config.households, &prepared, &clusters, &golden, &rulings.household);
    let owners = CustomerIndex::new(index, &clusters.of, clusters.len());
    let said = load_consents(plan, inputs, &owners)?;
    let consents = Consents::new(&plan.consents, said.said, &records, &clusters, plan.as_of);
    let loaded = load_facts(plan, inputs, &owners, progress)?;
    progress.stage("aggregates", clusters.len() as u64);
    let aggregates = aggregate::compute(&loaded.facts, clusters.len(), plan.rules());
    let LoadedFacts {
        facts,
        rejects: more,
        counts: fact_counts,
        mut orphans,
        relations,
        missing,
        attached_events,
    } = loaded;
    orphans.extend(said.orphans);
    orphans.sort();

    rejects.extend(more);
    rejects.extend(said.rejects);
    rejects.extend(blocked);
    let shared = prepared.shared.clone();
    let review_samples = in_scene(plan, &prepared, weights.as_ref(), &rulings, |scene| {
        explain::sample_review(scene, &links, &clusters, REVIEW_SAMPLES)
    });
    let mut summary = summarise(plan, &clusters, &households, &links, passes, &shared);
    summary.sources = counts.into_iter().chain(fact_counts).chain(said.counts).collect();
    summary.decisions = DecisionCounts::of(&plan.rulings, &rulings, companies.as_ref().map(|c| &c.rulings));
    summary.companies = companies.as_ref().map(|c| c.summary.clone());
    summary.count_locks(&golden, plan.as_of, plan.config.survivorship.lock_divergence_days);
    summary.count_consents(&consents);
    summary.revenue = aggregates.totals;
    summary.relations = relations;
    summary.orphan_facts = orphans.len() as u64;
    summary.attached_events = attached_events;
    let texts = facts.texts;
    drop(prepared);
    Ok(Resolution {
        records,
        clusters,
        golden_ids,
        households,
        links,
        comparisons: plan.comparison_names(),
        model,
        golden,
        companies,
        consents,
        aggregates,
        texts,
        orphans,
        missing,
        rejects,
        shared,
        review_samples,
        summary,
    })
}

/// Who is who among prepared records, and how it was found.
#[derive(Debug)]
pub struct People {
    /// The model that decided, when a pass asked for one.
    pub model: Option<Model>,
    /// The same, ready for these records.
    pub weights: Option<Weights>,
    /// Links and review pairs, in rank order.
    pub links: Vec<Link>,
    /// What each pass did.
    pub passes: Vec<PassReport>,
    /// Who is who.
    pub clusters: Clusters,
    /// Decisions of stewards on these records.
    pub rulings: Located,
}

/// Passes, then people: the matching part of [`resolve`].
///
/// # Errors
/// [`Error::Argument`] when stewards join and keep apart the same records.
pub fn find_people(plan: &Plan, prepared: &Prepared, progress: &dyn Progress) -> Result<People, Error> {
    let Matched { model, weights, links, passes, clusters, rulings } =
        match_records(plan, prepared, &plan.rulings, progress)?;
    let links = cluster::rank(links, &clusters, &rulings, prepared);
    Ok(People { model, weights, links, passes, clusters, rulings })
}

/// [`People`] with the links of all passes as they were found, those among people too.
pub type Matched = People;

/// Passes, then people, with decisions of the caller's.
///
/// # Errors
/// [`Error::Argument`] when stewards join and keep apart the same records.
pub fn match_records(
    plan: &Plan,
    prepared: &Prepared,
    rulings: &Rulings,
    progress: &dyn Progress,
) -> Result<Matched, Error> {
    let records = prepared.records;
    let model = obtain_model(plan, prepared, progress);
    let weights = model.as_ref().map(|m| weigh(plan, m, prepared));
    let judge = Judge { spec: &plan.config.matching, model: weights.as_ref() };
    let (links, passes) = blocking::run(&plan.passes, prepared, &judge, progress);
    let rulings = rulings.locate(&RecordIndex::new(records), &plan.source_names());
    rulings.check(&plan.source_names(), prepared)?;
    progress.stage("people", records.len() as u64);
    let clusters = cluster::resolve_found(prepared, &links, weights.as_ref(), &rulings);
    Ok(People { model, weights, links, passes, clusters, rulings })
}

/// A model made ready for these records.
pub fn weigh(plan: &Plan, model: &Model, prepared: &Prepared) -> Weights {
    Weights::new(model, &plan.config.model, &plan.comparison_names(), prepared)
}

/// Calls `f` with what pairs of a plan are judged by.
pub fn in_scene<T>(
    plan: &Plan,
    prepared: &Prepared,
    weights: Option<&Weights>,
    rulings: &Located,
    f: impl FnOnce(&Scene) -> T,
) -> T {
    f(&Scene {
        prepared,
        fields: &plan.fields,
        sources: &plan.source_names(),
        specs: &plan.config.passes,
        passes: &plan.passes,
        judge: Judge { spec: &plan.config.matching, model: weights },
        comparisons: &plan.comparison_names(),
        rulings,
    })
}

/// Refuses rows of a source that the plan does not declare.
///
/// # Errors
/// [`Error::UnknownSource`], with the nearest name that is declared.
pub fn check_sources(plan: &Plan, inputs: &[Input]) -> Result<(), Error> {
    let declared = || plan.sources.iter().map(|s| s.name.as_str());
    for input in inputs {
        if plan.source(&input.source).is_none() {
            let hint = crate::error::did_you_mean(&input.source, declared());
            let declared = format!("{}{hint}", declared().collect::<Vec<_>>().join(", "));
            return Err(Error::UnknownSource { source_name: input.source.clone(), declared });
        }
    }
    Ok(())
}

/// The model that passes ask for: shipped, read from a file, or estimated from these records.
pub fn obtain_model(plan: &Plan, prepared: &Prepared, progress: &dyn Progress) -> Option<Model> {
    if !plan.wants_model() || plan.model.is_some() {
        return plan.model.clone();
    }
    progress.stage("model", 1);
    Some(train_model(plan, prepared))
}

/// Estimates a model from records, over the candidates of the passes that a model decides; of all passes when none does.
pub fn train_model(plan: &Plan, prepared: &Prepared) -> Model {
    let all = !plan.wants_model();
    let recipes: Vec<&[Part]> = plan
        .passes
        .iter()
        .filter(|p| all || p.method == Method::Model)
        .flat_map(|p| p.recipes.iter().map(Vec::as_slice))
        .collect();
    let spec = &plan.config;
    model::train(prepared, &plan.comparison_names(), &spec.model, &spec.matching, &recipes)
}

fn summarise(
    plan: &Plan,
    clusters: &Clusters,
    households: &[u32],
    links: &[Link],
    passes: Vec<PassReport>,
    shared: &[SharedValue],
) -> Summary {
    let mut s = Summary {
        records: clusters.of.len() as u64,
        people: clusters.len() as u64,
        households: households.iter().enumerate().filter(|(i, h)| *i as u32 == **h).count() as u64,
        passes,
        refused_links: clusters.refused.len() as u64,
        ..Summary::default()
    };
    for c in 0..clusters.len() {
        let n = clusters.members(c).len() as u64;
        *s.cluster_sizes.entry(n).or_default() += 1;
        s.largest_cluster = s.largest_cluster.max(n);
        s.giant_clusters += u64::from(n > u64::from(plan.config.matching.giant_cluster));
    }
    let review = links.iter().filter(|l| l.verdict.decision == Decision::Review).count();
    s.review_pairs = (review + clusters.refused.len()) as u64;
    for v in shared {
        *s.shared_values.entry(v.field.clone()).or_default() += 1;
    }
    s
}
