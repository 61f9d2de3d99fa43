//! `rcu check`

use super::Outcome;
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::config::{Config, Plan};
use rcu_core::reference;
use rcu_io::clock::today;
use rcu_io::read::read_config;
use std::path::PathBuf;

/// Options of `rcu check`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The configuration: TOML, YAML or JSON by its ending.
    #[arg(required_unless_present_any = ["schema", "tables"])]
    config: Option<PathBuf>,
    /// Print the configuration with every default written out, as JSON.
    #[arg(long)]
    expand: bool,
    /// Print the JSON Schema of configurations, for editors.
    #[arg(long)]
    schema: bool,
    /// Print the reference tables: rows, bytes in the program, version, origin and licence of each shipped one, and
    /// the configuration's own lists.
    #[arg(long)]
    tables: bool,
    /// Answer as JSON.
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    if args.schema {
        print_json(&Config::json_schema());
        return Ok(Outcome::Fine);
    }
    let plan = args.config.as_ref().map(|path| Plan::compile(read_config(path)?, today())).transpose()?;
    if args.tables {
        let own = plan.as_ref().map_or(&[][..], |p| &p.tables.own);
        match args.json {
            true => print_json(&serde_json::json!({ "shipped": reference::inventory(), "own": own })),
            false => print!("{}", reference::inventory::markdown(own)),
        }
        return Ok(Outcome::Fine);
    }
    let (Some(path), Some(plan)) = (&args.config, plan) else { return Ok(Outcome::Fine) };
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
