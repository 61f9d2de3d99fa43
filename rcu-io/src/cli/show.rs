//! `rcu show`

use super::Outcome;
use super::base::{Base, print_json, write_page};
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::progress::Progress;
use rcu_core::report;
use rcu_core::resolve::resolve;
use rcu_core::view360::view360;
use rcu_io::read::read_others;
use std::path::PathBuf;

/// Options of `rcu show`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The configuration: TOML, YAML or JSON by its ending.
    config: PathBuf,
    /// The person: a golden id, or any of their records as SOURCE:ID.
    id: String,
    /// Show what a role sees (admin, steward, dpo, marketing, sales, service, store, finance, product, bi, auditor, or one
    /// of `roles`).
    #[arg(long, value_name = "ROLE", default_value = "admin")]
    role: String,
    /// Write the page as HTML.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    pub base: Base,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    let plan = args.base.plan(&args.config)?;
    let role = plan.role("--role", &args.role)?;
    let bar = args.base.bar();
    bar.stage("read", 0);
    let inputs = read_others(&plan, &args.base.folder(&args.config), &[])?;
    let run = resolve(&plan, &inputs, &bar)?;
    bar.finish();
    let view = view360(&plan, &run, &inputs, &args.id)?.for_role(role, &plan);
    if let Some(path) = &args.html {
        write_page(path, &report::of_person(&view))?;
    }
    if args.base.json {
        print_json(&view);
    } else if args.html.is_none() {
        print!("{}", view.text());
    }
    Ok(Outcome::Fine)
}
