//! `golden_speed CONFIG DIR`: CPU seconds of the golden records alone, from normalised columns and known clusters.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use rcu_benches::retail::Outcome;
use rcu_core::matching::prepare::Prepared;
use rcu_core::progress::Silent;
use rcu_core::resolve::resolve;
use rcu_core::survivorship;
use rcu_io::read::{read_config, read_customers};
use rustix::time::{ClockId, clock_gettime};

const HELP: &str = "\
Times the golden records: which value of each field survives, where it comes from, what it beat.

golden_speed CONFIG DIR [REPEAT]

  CONFIG   a configuration, as benches/retail.toml
  DIR      folder that its paths are relative to, as bench-out/r1m/in
  REPEAT   times to build them; each is printed (5)

CPU seconds are those of all threads; RAYON_NUM_THREADS sets how many there are.
";

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("golden_speed: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Outcome<()> {
    let [config, dir, more @ ..] = arguments else {
        print!("{HELP}");
        return Ok(());
    };
    let repeat: usize = more.first().map_or(Ok(5), |n| n.parse())?;
    let mut config = read_config(Path::new(config))?;
    config.sources.retain(|_, s| s.family == "customers");
    let plan = rcu_io::config::plan(config, None)?;
    let run = resolve(&plan, &read_customers(&plan, Path::new(dir))?, &Silent)?;
    let prepared = Prepared::new(&plan.setting(), &run.records);
    let trust: Vec<_> = plan.sources.iter().map(|s| s.trust.clone()).collect();
    println!("{} records, {} people, {} fields", run.records.len(), run.clusters.len(), plan.fields.len());
    let mut best = f64::INFINITY;
    for _ in 0..repeat {
        let (cpu, wall) = (cpu_seconds(), Instant::now());
        let golden = survivorship::build(&plan.survivorship(&trust), &prepared, &run.clusters);
        let cpu = cpu_seconds() - cpu;
        best = best.min(cpu);
        println!("golden records: {cpu:.3} CPU s, {:.3} s", wall.elapsed().as_secs_f64());
        if golden.fields.len() != run.golden.fields.len() {
            return Err("another set of golden fields".into());
        }
    }
    println!("best: {best:.3} CPU s, {:.0} records/s", run.records.len() as f64 / best);
    Ok(())
}

/// CPU seconds of the process so far, all threads.
fn cpu_seconds() -> f64 {
    let t = clock_gettime(ClockId::ProcessCPUTime);
    t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
}
