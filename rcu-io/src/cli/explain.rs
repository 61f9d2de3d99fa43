//! `rcu explain`

use super::Outcome;
use super::base::{Base, print_json, write_page};
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::explain::explain_people;
use rcu_core::mask::Show;
use rcu_core::matching::prepare::Prepared;
use rcu_core::report;
use rcu_core::resolve::find_people;
use std::path::PathBuf;

/// Options of `rcu explain`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The configuration: TOML, YAML or JSON by its ending.
    config: PathBuf,
    /// One record, as SOURCE:ID.
    #[arg(long, value_name = "SOURCE:ID")]
    a: String,
    /// The other record, as SOURCE:ID.
    #[arg(long, value_name = "SOURCE:ID")]
    b: String,
    /// Show values in clear; they are masked otherwise.
    #[arg(long)]
    clear: bool,
    /// Write the explanation with its pictures as a page of its own.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    pub base: Base,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    let (a, b) = (named("--a", &args.a)?, named("--b", &args.b)?);
    let plan = args.base.plan(&args.config)?;
    let bar = args.base.bar();
    let loaded = args.base.load(&plan, &args.config, &bar)?;
    let prepared = Prepared::new(&plan.setting(), &loaded.records);
    let people = find_people(&plan, &prepared, &bar)?;
    bar.finish();
    let show = if args.clear { Show::Clear } else { Show::Masked };
    let explanation = explain_people(&plan, &prepared, &people, a, b, show)?;
    if let Some(path) = &args.html {
        write_page(path, &report::of_explanation(&explanation))?;
    }
    if args.base.json {
        print_json(&explanation);
    } else {
        print!("{}", explanation.text());
    }
    Ok(Outcome::Fine)
}

/// Source and id of a record. Sources hold no colon; an id may.
fn named<'a>(argument: &str, text: &'a str) -> Result<(&'a str, &'a str), Error> {
    text.split_once(':').ok_or_else(|| Error::Argument {
        argument: argument.to_owned(),
        reason: "is not a record; write it as SOURCE:ID, as in till:0905".into(),
    })
}
