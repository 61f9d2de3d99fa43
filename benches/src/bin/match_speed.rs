//! `match_speed DATA`: CPU seconds of matching alone, from normalised columns to clusters, stage by stage.
//!
//! Run by `peers/matching.py`, which sets the other tools beside it on the same files.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use rcu_benches::retail::Outcome;
use rcu_core::config::Plan;
use rcu_core::ingest;
use rcu_core::intern::{Pool, hash_bytes, mix};
use rcu_core::matching::blocking::{Link, PassReport};
use rcu_core::matching::cluster::Clusters;
use rcu_core::matching::compare::at;
use rcu_core::matching::comparison::MAX_CUSTOM;
use rcu_core::matching::decide::{CompiledPass, Judge, Part};
use rcu_core::matching::prepare::Prepared;
use rcu_core::matching::ruling::Located;
use rcu_core::matching::similarity::is_close;
use rcu_core::matching::{Method, blocking, cluster};
use rcu_core::progress::Silent;
use rcu_core::records::{Mark, OwnRecord, Record, Records};
use rcu_core::resolve::{obtain_model, weigh};
use rcu_core::{field, time::Day};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "\
Times matching on the customer files of DATA/in: CPU seconds of the whole process, the fastest of several rounds.

match_speed DATA [--config FILE] [--repeat R] [--only WHAT]

  DATA           what gen_retail wrote
  --config FILE  configuration that reads it (benches/retail.toml)
  --repeat R     rounds; the fastest counts (3)
  --only WHAT    `exact` or `all` alone

Prints JSON. `exact`: four passes of equal keys that link whatever meets (e-mail; names and address; last name and
mobile; names and birth date), as the peers run them. `all`: the passes of the configuration. Both from normalised
columns to clusters, so with what comparisons need of each value; `digest` is one number for links, reports and people. `name_pairs_per_second`: Jaro–Winkler at 0.9 on first
names of the records, one thread. `few_us`: microseconds that preparing twenty records takes, as a change to a kept
repository does. `bytes_per_record`: what normalised records hold, by reckoning. `loaded_mb`: the most memory in use
until the records are there; `peak_mb`: until the end.
";

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("match_speed: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Outcome<()> {
    let (mut data, mut config, mut repeat, mut only) = (None, "benches/retail.toml".to_owned(), 3usize, None);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} wants a value"));
        match argument.as_str() {
            "--help" | "-h" => {
                print!("{HELP}");
                return Ok(());
            }
            "--config" => config = value()?,
            "--repeat" => repeat = value()?.parse()?,
            "--only" => only = Some(value()?),
            _ => data = Some(argument),
        }
    }
    let data = data.ok_or("wants a folder; --help says more")?;
    let (mut config, base) = rcu_io::config::open(&config)?;
    rcu_io::config::read_files(&mut config, &base)?;
    config.sources.retain(|_, s| s.family == "customers");
    let plan = rcu_io::config::plan(config, Day::from_ymd(2026, 11, 21))?;
    let start = cpu(ClockId::ProcessCPUTime);
    let inputs = rcu_io::read::read_sources(&plan, &Path::new(&data).join("in"))?;
    let read = cpu(ClockId::ProcessCPUTime);
    let loaded = ingest::load_customers(&plan, &inputs, &Silent)?;
    let normalised = cpu(ClockId::ProcessCPUTime);
    drop(inputs);
    let loaded_mb = peak_mb();
    let rounds = 0..repeat.max(1);
    let fastest = |name: &str, passes: &[CompiledPass]| {
        let least = |a: Stages, b: Stages| if a.total() <= b.total() { a } else { b };
        let rounds = rounds.clone().filter(|_| only.as_ref().is_none_or(|o| o == name));
        rounds.map(|_| matched(&plan, passes, &loaded.records)).reduce(least)
    };
    let report = json!({
        "records": loaded.records.len(),
        "read": read - start,
        "normalise": normalised - read,
        "exact": fastest("exact", &exact_passes()).map(|s| s.to_json()),
        "all": fastest("all", &plan.passes).map(|s| s.to_json()),
        "name_pairs_per_second": rounds.map(|_| name_pairs(&loaded.records)).fold(0.0, f64::max),
        "few_us": few(&plan, &loaded.records) * 1e6,
        "bytes_per_record": bytes(&loaded.records),
        "loaded_mb": loaded_mb,
        "peak_mb": peak_mb(),
    });
    println!("{report}");
    Ok(())
}

/// The four passes of the peers' runners.
fn exact_passes() -> Vec<CompiledPass> {
    let pass = |name: &str, recipe: &[Part]| CompiledPass {
        name: name.to_owned(),
        recipes: vec![recipe.to_vec()],
        compare: Vec::new(),
        guards: Vec::new(),
        method: Method::Levels,
    };
    vec![
        pass("email", &[Part::Email]),
        pass("name_address", &[Part::LastName, Part::FirstName, Part::Address]),
        pass("name_mobile", &[Part::LastName, Part::Mobile]),
        pass("name_birth", &[Part::LastName, Part::FirstName, Part::BirthDate]),
    ]
}

/// CPU seconds of each stage, and what came of it.
struct Stages {
    prepare: f64,
    model: f64,
    passes: f64,
    clusters: f64,
    candidates: u64,
    links: usize,
    people: usize,
    digest: u64,
}

impl Stages {
    fn total(&self) -> f64 {
        self.prepare + self.model + self.passes + self.clusters
    }

    fn to_json(&self) -> Value {
        json!({
            "prepare": self.prepare, "model": self.model, "passes": self.passes, "clusters": self.clusters,
            "total": self.total(), "candidates": self.candidates, "links": self.links, "people": self.people,
            "digest": format!("{:016x}", self.digest),
        })
    }
}

fn matched(plan: &Plan, passes: &[CompiledPass], records: &Records) -> Stages {
    let start = cpu(ClockId::ProcessCPUTime);
    let p = Prepared::new(&plan.setting(), records);
    let prepared = cpu(ClockId::ProcessCPUTime);
    let wanted = passes.iter().any(|p| p.method == Method::Model);
    let weights =
        wanted.then(|| obtain_model(plan, &p, &Silent)).flatten().map(|model| weigh(plan, &model, &p));
    let weighed = cpu(ClockId::ProcessCPUTime);
    let judge = Judge { spec: &plan.config.matching, model: weights.as_ref() };
    let (links, reports) = blocking::run(passes, &p, &judge, &Silent);
    let linked = cpu(ClockId::ProcessCPUTime);
    let clusters = cluster::resolve_found(&p, &links, weights.as_ref(), &Located::default());
    let clustered = cpu(ClockId::ProcessCPUTime);
    Stages {
        prepare: prepared - start,
        model: weighed - prepared,
        passes: linked - weighed,
        clusters: clustered - linked,
        candidates: reports.iter().map(|r| r.candidates).sum(),
        links: links.len(),
        people: clusters.len(),
        digest: digest(&links, &reports, &clusters),
    }
}

/// One number for all that was found: the same before and after a change that only makes it faster.
fn digest(links: &[Link], reports: &[PassReport], clusters: &Clusters) -> u64 {
    let mut links: Vec<&Link> = links.iter().collect();
    links.sort_unstable_by_key(|l| (l.a, l.b, l.pass));
    let mut digest = hash_bytes(format!("{reports:?}").as_bytes());
    let mut take = |number: u64| digest = mix(digest, number);
    for l in links.into_iter().chain(clusters.refused.iter().map(|r| &r.link)) {
        take(u64::from(l.a) << 32 | u64::from(l.b));
        take(u64::from(l.pass) << 8 | l.verdict.decision as u64);
        take(l.verdict.score as u64);
        take(hash_bytes(l.verdict.reason.as_bytes()));
        (0..at::CUSTOM + MAX_CUSTOM).for_each(|c| take(l.evidence.level(c).into()));
    }
    clusters.refused.iter().for_each(|r| take(hash_bytes(r.reason.as_bytes())));
    clusters.of.iter().for_each(|c| take(u64::from(*c)));
    digest
}

/// Pairs of distinct first names compared per second on one thread, each with the next few hundred.
fn name_pairs(records: &Records) -> f64 {
    const NEXT: usize = 400;
    let pool = &records.field(field::FIRST_NAME).pool;
    let names: Vec<&str> = pool.iter().map(|(_, name)| name).take(20_000).collect();
    let start = cpu(ClockId::ThreadCPUTime);
    let (mut pairs, mut close) = (0u64, 0u64);
    for (i, a) in names.iter().enumerate() {
        for b in names.iter().skip(i + 1).take(NEXT) {
            close += u64::from(is_close(a, b, 0.9));
            pairs += 1;
        }
    }
    let seconds = cpu(ClockId::ThreadCPUTime) - start;
    // Looking at the count keeps the comparisons from being left out.
    if close > pairs || seconds <= 0.0 { 0.0 } else { pairs as f64 / seconds }
}

/// Seconds that preparing the first records takes.
fn few(plan: &Plan, records: &Records) -> f64 {
    const RECORDS: usize = 20;
    const TIMES: usize = 500;
    let own: Vec<OwnRecord> = (0..records.len().min(RECORDS)).map(|r| records.own(r as Record)).collect();
    let few = Records::gather(records.fields.len(), &own);
    let start = cpu(ClockId::ProcessCPUTime);
    let shared: usize = (0..TIMES).map(|_| Prepared::new(&plan.setting(), &few).shared.len()).sum();
    let seconds = (cpu(ClockId::ProcessCPUTime) - start) / TIMES as f64;
    // Looking at the count keeps the work from being left out.
    if shared > RECORDS * TIMES { 0.0 } else { seconds }
}

/// Bytes that a normalised record holds: in columns of numbers, in distinct texts, and in all.
fn bytes(records: &Records) -> Value {
    let n = records.len().max(1) as f64;
    let per_slot = size_of::<u32>() + size_of::<Mark>();
    let columns: usize = records.fields.iter().map(|f| f.slots.len() * per_slot).sum();
    // Of a distinct text: its end, half of its hash, and its place in a table that is half full to a quarter.
    let of_pool = |p: &Pool| p.text_bytes() + p.len() * 4 * (2 + 3);
    let texts: usize = records.fields.iter().map(|f| of_pool(&f.pool)).sum();
    let ids: usize = records.ids.iter().flatten().map(|id| id.len() + 4).sum();
    let texts = (texts + ids) as f64 / n;
    json!({ "columns": columns, "texts": texts.round(), "all": columns as f64 + texts.round() })
}

fn cpu(clock: ClockId) -> f64 {
    let t = clock_gettime(clock);
    t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
}

/// The most memory this process had at once, in MB; 0 where the system does not say.
fn peak_mb() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().trim_end_matches("kB").trim().parse::<f64>().ok()).unwrap_or(0.0) * 1024.0
        / 1e6
}
