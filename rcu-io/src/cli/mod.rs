//! Commands, their options, and what their exit codes mean: 0 fine, 1 findings, 2 a bad request.

mod aggregate;
mod base;
mod check;
mod compare;
mod evaluate;
mod explain;
mod model;
mod normalize;
mod plan;
#[cfg(feature = "sqlite")]
mod repo;
mod resolve;
mod show;
mod train;

use clap::{Parser, Subcommand};
use rcu_core::Error;
use rcu_core::config::Plan;
use rcu_core::time::Day;
use rcu_io::clock::today;
use rcu_io::read::read_config;
use std::path::Path;
use std::process::ExitCode;

/// One customer under many records: normalise, match, keep the best of each, and prove it.
#[derive(Debug, Parser)]
#[command(name = "rcu", version, about, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a configuration: every problem at once, each with its path and what would be accepted.
    Check(check::Args),
    /// Say what a run will cost before anything is compared: exact candidate pairs, costliest keys, keys worth adding.
    Plan(plan::Args),
    /// Build the repository from files: people, golden records, aggregates.
    Resolve(resolve::Args),
    /// Say why two records are one person, wait for a steward, or are two, and what would turn it.
    Explain(explain::Args),
    /// Everything known of one person, as a role sees it: identity, contacts, consents, facts, figures, provenance.
    Show(show::Args),
    /// The conceptual model and the data dictionary, from the configuration: Mermaid, Markdown, CSV, JSON.
    Model(model::Args),
    /// Estimate a Fellegi–Sunter model from the records, without labels, and save it; or take one over from Splink.
    Train(train::Args),
    /// Aggregates from a known crosswalk, without matching anew; facts are read piece by piece.
    Aggregate(aggregate::Args),
    /// Say how right a run is: against labels, in all and pass by pass, or by the model's own estimate.
    Evaluate(evaluate::Args),
    /// Say what changed between two runs, or between two configurations over one input.
    Compare(compare::Args),
    /// Keep a repository in a file: apply changes as they come, exact after each; feed others, erase, prove.
    #[cfg(feature = "sqlite")]
    Repo(Box<repo::Args>),
    /// Normalise values of one kind, from the arguments or line by line from standard input.
    Normalize(normalize::Args),
}

/// What a command found.
enum Outcome {
    Fine,
    Findings,
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let (result, json) = match &cli.command {
        Command::Check(a) => (check::run(a), a.json),
        Command::Resolve(a) => (resolve::run(a), a.json),
        Command::Plan(a) => (plan::run(a), a.base.json),
        Command::Explain(a) => (explain::run(a), a.base.json),
        Command::Show(a) => (show::run(a), a.base.json),
        Command::Model(a) => (model::run(a), a.json),
        Command::Evaluate(a) => (evaluate::run(a), a.base.json),
        Command::Compare(a) => (compare::run(a), a.base.json),
        Command::Train(a) => (train::run(a), a.json),
        Command::Aggregate(a) => (aggregate::run(a), a.json),
        #[cfg(feature = "sqlite")]
        Command::Repo(a) => (repo::run(a), a.json()),
        Command::Normalize(a) => (normalize::run(a), a.json),
    };
    match result {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(e) => {
            if json {
                let problems = e.problems();
                println!(
                    "{}",
                    serde_json::json!({ "error": { "code": e.code(), "message": e.to_string(), "problems": problems } })
                );
            } else {
                eprintln!("rcu: {e}");
                let count = e.problems().len();
                if count > 1 {
                    eprintln!("rcu: {count} problems");
                }
            }
            ExitCode::from(2)
        }
    }
}

/// Reads and compiles a configuration file.
fn load_plan(path: &Path, as_of: Option<&str>) -> Result<Plan, Error> {
    let config = read_config(path)?;
    let today = match as_of {
        None => today(),
        Some(text) => Day::parse_iso(text).ok_or_else(|| Error::Argument {
            argument: "--as-of".into(),
            reason: "is not a calendar day; write it as 2026-11-21".into(),
        })?,
    };
    let config = match as_of {
        None => config,
        Some(text) => {
            let mut config = config;
            config.rcu.as_of = Some(text.to_owned());
            config
        }
    };
    Plan::compile(config, today)
}
