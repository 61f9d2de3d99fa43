//! What commands share that read a configuration and its customer files.

use super::load_plan;
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::config::Plan;
use rcu_core::ingest::{self, Loaded};
use rcu_core::progress::Progress;
use rcu_io::read;
use rcu_io::show::Bar;
use std::path::{Path, PathBuf};

/// Where the rows come from and how the run is made.
#[derive(Debug, ClapArgs)]
pub struct Base {
    /// Folder that the paths in the configuration are relative to; by default its own folder.
    #[arg(long)]
    pub input: Option<PathBuf>,
    /// The day on which ages and periods are judged, YYYY-MM-DD; by default that of the configuration, else today.
    #[arg(long)]
    as_of: Option<String>,
    /// Threads to use; by default one per core. The result is the same with any number.
    #[arg(long)]
    threads: Option<usize>,
    /// No progress bar.
    #[arg(long, short)]
    quiet: bool,
    /// Answer as JSON.
    #[arg(long)]
    pub json: bool,
}

impl Base {
    /// The plan of a configuration file.
    pub fn plan(&self, config: &Path) -> Result<Plan, Error> {
        if let Some(threads) = self.threads {
            if threads == 0 {
                let reason = "is 0; use 1 or more".into();
                return Err(Error::Argument { argument: "--threads".into(), reason });
            }
            // Fails only when a pool is there already: a command with two configurations asks twice for the same.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
        }
        load_plan(config, self.as_of.as_deref())
    }

    /// The folder that the paths of a configuration are relative to.
    pub fn folder(&self, config: &Path) -> PathBuf {
        match &self.input {
            Some(dir) => dir.clone(),
            None => config.parent().map(PathBuf::from).unwrap_or_default(),
        }
    }

    /// A progress bar, drawn when it disturbs nobody.
    pub fn bar(&self) -> Bar {
        Bar::new(self.quiet || self.json)
    }

    /// The customer records of a plan, normalised.
    pub fn load(&self, plan: &Plan, config: &Path, bar: &Bar) -> Result<Loaded, Error> {
        bar.stage("read", 0);
        let inputs = read::read_customers(plan, &self.folder(config))?;
        ingest::load_customers(plan, &inputs, bar)
    }
}

/// Writes a page where the caller wants it.
pub fn write_page(path: &Path, page: &str) -> Result<(), Error> {
    std::fs::write(path, page)
        .map_err(|e| Error::Io { place: format!("page `{}`", path.display()), reason: e.to_string() })
}

/// Prints a structure as JSON.
pub fn print_json(value: &impl serde::Serialize) {
    println!("{}", serde_json::to_string_pretty(value).unwrap_or_default());
}
