//! `rcu model`

use super::{Outcome, load_plan};
use clap::{Args as ClapArgs, ValueEnum};
use rcu_core::{Error, dictionary};
use std::path::PathBuf;

/// Options of `rcu model`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The configuration: TOML, YAML or JSON by its ending.
    config: PathBuf,
    /// What is written.
    #[arg(long, value_enum, default_value = "markdown")]
    format: Format,
    /// The same as `--format json`; a bad request is answered as JSON too.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The diagram.
    Mermaid,
    /// The diagram, entities, relations and the dictionary.
    Markdown,
    /// All of it.
    Json,
    /// The dictionary, one row per field.
    Csv,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    let model = dictionary::of_plan(&load_plan(&args.config, None)?);
    match if args.json { Format::Json } else { args.format } {
        Format::Mermaid => print!("{}", model.mermaid()),
        Format::Markdown => print!("{}", model.markdown()),
        Format::Csv => print!("{}", model.csv()),
        Format::Json => super::base::print_json(&model),
    }
    Ok(Outcome::Fine)
}
