//! `rcu resolve`

use super::{Outcome, load_plan};
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::progress::Progress;
use rcu_io::show::{self, Bar};
use rcu_io::{read, write};
use std::path::PathBuf;
use std::time::Instant;

/// Options of `rcu resolve`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The configuration: TOML, YAML or JSON by its ending.
    config: PathBuf,
    /// Folder that the paths in the configuration are relative to; by default its own folder.
    #[arg(long)]
    input: Option<PathBuf>,
    /// Folder for the outputs; made when it is not there.
    #[arg(long)]
    out: PathBuf,
    /// The day on which ages and periods are judged, YYYY-MM-DD; by default that of the configuration, else today.
    #[arg(long)]
    as_of: Option<String>,
    /// Threads to use; by default one per core. The result is the same with any number.
    #[arg(long)]
    threads: Option<usize>,
    /// Leave out provenance.parquet.
    #[arg(long)]
    no_provenance: bool,
    /// No progress bar.
    #[arg(long, short)]
    quiet: bool,
    /// Print the summary as JSON.
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    if let Some(threads) = args.threads {
        if threads == 0 {
            return Err(Error::Argument {
                argument: "--threads".into(),
                reason: "is 0; use 1 or more".into(),
            });
        }
        // Fails only when a pool is there already, which cannot be at this point.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    }
    let plan = load_plan(&args.config, args.as_of.as_deref())?;
    let base = match &args.input {
        Some(dir) => dir.clone(),
        None => args.config.parent().map(PathBuf::from).unwrap_or_default(),
    };
    std::fs::create_dir_all(&args.out).map_err(|e| Error::Io {
        place: format!("folder `{}`", args.out.display()),
        reason: e.to_string(),
    })?;
    let began = Instant::now();
    let bar = Bar::new(args.quiet || args.json);
    bar.stage("read", 0);
    let inputs = read::read_others(&plan, &base, &[])?;
    let resolution = rcu_core::resolve::resolve(&plan, &inputs, &bar)?;
    drop(inputs);
    write::write_outputs(&plan, &resolution, &args.out, !args.no_provenance, &bar)?;
    let summary = &resolution.summary;
    bar.finish();
    if args.json {
        println!("{}", serde_json::to_string_pretty(summary).unwrap_or_default());
    } else {
        print!("{}", show::summary(summary));
        println!("\n{:.1} s; outputs in {}", began.elapsed().as_secs_f64(), args.out.display());
    }
    Ok(if summary.reconciles() { Outcome::Fine } else { Outcome::Findings })
}
