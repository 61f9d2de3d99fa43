//! `rcu aggregate`

use super::{Outcome, load_plan};
use clap::Args as ClapArgs;
use rayon::prelude::*;
use rcu_core::aggregate::{self, Totals};
use rcu_core::config::Plan;
use rcu_core::facts::{Catalog, Crosswalk, LoadedFacts, Loader, Part, RelationReport};
use rcu_core::ingest::{Input, SourceCounts};
use rcu_core::output::{self, FIGURES, Figures};
use rcu_core::progress::Progress;
use rcu_core::{Error, config::Family};
use rcu_io::read::{self, Pieces, read_table};
use rcu_io::show::{self, Bar};
use rcu_io::write;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Options of `rcu aggregate`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The configuration: TOML, YAML or JSON by its ending.
    config: PathBuf,
    /// Crosswalk of a run (source, record_id, golden_id), or the folder that holds it.
    #[arg(long)]
    crosswalk: PathBuf,
    /// Folder that the paths in the configuration are relative to; by default its own folder.
    #[arg(long)]
    input: Option<PathBuf>,
    /// Folder for the outputs; made when it is not there.
    #[arg(long)]
    out: PathBuf,
    /// The day on which periods are judged, YYYY-MM-DD; by default that of the configuration, else today.
    #[arg(long)]
    as_of: Option<String>,
    /// No progress bar.
    #[arg(long, short)]
    quiet: bool,
    /// Print the summary as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What was made of the facts.
#[derive(Debug, Serialize)]
struct Summary {
    sources: BTreeMap<String, SourceCounts>,
    customers: u64,
    revenue: Totals,
    relations: BTreeMap<String, RelationReport>,
    orphan_facts: u64,
    attached_events: u64,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    let plan = load_plan(&args.config, args.as_of.as_deref())?;
    let base = match &args.input {
        Some(dir) => dir.clone(),
        None => args.config.parent().map(PathBuf::from).unwrap_or_default(),
    };
    let began = Instant::now();
    let bar = Bar::new(args.quiet || args.json);
    bar.stage("read", 0);
    let file = match args.crosswalk.is_dir() {
        true => args.crosswalk.join("crosswalk.parquet"),
        false => args.crosswalk.clone(),
    };
    let crosswalk = Crosswalk::new(&plan, &read_table(&file)?)?;
    let mut loaded = load(&plan, &crosswalk, &base)?;
    bar.stage("aggregates", crosswalk.golden_ids.len() as u64);
    let aggregates = aggregate::compute(&loaded.facts, crosswalk.golden_ids.len(), plan.rules());
    // Only figures are written; the lines need not wait for it in memory.
    loaded.facts.chunks = Vec::new();
    let summary = Summary {
        customers: crosswalk.golden_ids.len() as u64,
        revenue: aggregates.totals,
        orphan_facts: loaded.orphans.len() as u64,
        attached_events: loaded.attached_events,
        sources: loaded.counts,
        relations: loaded.relations,
    };
    let figures = Figures {
        golden_ids: &crosswalk.golden_ids,
        aggregates: &aggregates,
        texts: &loaded.facts.texts,
        orphans: &loaded.orphans,
        missing: &loaded.missing,
        rejects: &loaded.rejects,
    };
    std::fs::create_dir_all(&args.out).map_err(|e| Error::Io {
        place: format!("folder `{}`", args.out.display()),
        reason: e.to_string(),
    })?;
    bar.stage("write", FIGURES.len() as u64);
    let tables = FIGURES.par_iter().filter_map(|name| output::figures(&plan, &figures, name));
    tables.try_for_each(|t| write::write_parquet(&t, &args.out))?;
    let json = serde_json::to_string_pretty(&summary).unwrap_or_default();
    write::write_text("aggregates.json", &(json.clone() + "\n"), &args.out)?;
    bar.finish();
    if args.json {
        println!("{json}");
    } else {
        print!("{}", show::sources(&summary.sources));
        println!("\n{}", show::revenue(&summary.revenue));
        println!("\n{:.1} s; outputs in {}", began.elapsed().as_secs_f64(), args.out.display());
    }
    let fine = summary.sources.values().all(SourceCounts::reconciles) && summary.revenue.reconciles();
    Ok(if fine { Outcome::Fine } else { Outcome::Findings })
}

/// Loads the facts of every source, letting go of each piece of a file once its facts are taken.
fn load(plan: &Plan, crosswalk: &Crosswalk, base: &Path) -> Result<LoadedFacts, Error> {
    let files = |wanted: fn(Family) -> bool| {
        plan.sources
            .iter()
            .filter(move |s| wanted(s.family))
            .flat_map(|s| s.spec.path.iter().flat_map(|p| p.as_slice()).map(move |p| (s, base.join(p))))
    };
    let is_fact = |f| matches!(f, Family::Transactions | Family::Facts(_));
    // What others refer to is small, and is needed before them.
    let referred = |f| matches!(f, Family::Stores | Family::Products | Family::Rates);
    let mut small: Vec<Input> = Vec::new();
    for (source, path) in files(referred) {
        small.push(read::read_file(source, &path)?);
    }
    for r in plan.families.relations.iter().filter(|r| is_fact(r.to)) {
        for (source, path) in files(is_fact).filter(|(s, _)| s.family == r.to) {
            small.push(read::read_file(source, &path)?);
        }
    }
    let catalog = Catalog::load(plan, &small)?;
    drop(small);
    let people = crosswalk.people();
    let loader = Loader::new(plan, &catalog, &people);
    let mut jobs = Vec::new();
    for (source, path) in files(is_fact) {
        match Pieces::open(source, &path)? {
            Some(pieces) => {
                let pieces = std::sync::Arc::new(pieces);
                jobs.extend((0..pieces.len()).map(|i| (source, path.clone(), Some((pieces.clone(), i)))));
            }
            None => jobs.push((source, path, None)),
        }
    }
    let parts: Result<Vec<Option<Part>>, Error> = jobs
        .into_par_iter()
        .map(|(source, path, piece)| {
            let input = match piece {
                Some((pieces, i)) => pieces.read(i)?,
                None => read::read_file(source, &path)?,
            };
            loader.take(input)
        })
        .collect();
    loader.join(parts?.into_iter().flatten().collect())
}
