//! `rcu check`

use super::Outcome;
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::config::{Config, Plan};
use rcu_io::clock::today;
use rcu_io::read::read_config;
use std::path::PathBuf;

/// Options of `rcu check`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The configuration: TOML, YAML or JSON by its ending.
    #[arg(required_unless_present = "schema")]
    config: Option<PathBuf>,
    /// Print the configuration with every default written out, as JSON.
    #[arg(long)]
    expand: bool,
    /// Print the JSON Schema of configurations, for editors.
    #[arg(long)]
    schema: bool,
    /// Answer as JSON.
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    if args.schema {
        print_json(&Config::json_schema());
        return Ok(Outcome::Fine);
    }
    let Some(path) = &args.config else { return Ok(Outcome::Fine) };
    let plan = Plan::compile(read_config(path)?, today())?;
    if args.expand {
        print_json(&plan.config.expanded());
    } else if args.json {
        print_json(&serde_json::json!({ "problems": [] }));
    } else {
        println!("{}: fine, {} sources, {} passes", path.display(), plan.sources.len(), plan.passes.len());
    }
    Ok(Outcome::Fine)
}

fn print_json(value: &serde_json::Value) {
    println!("{}", serde_json::to_string_pretty(value).unwrap_or_default());
}
