//! `rcu train`

use super::{Outcome, load_plan};
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::ingest::load_customers;
use rcu_core::matching::model::Model;
use rcu_core::matching::prepare::Prepared;
use rcu_core::progress::Progress;
use rcu_core::resolve::train_model;
use rcu_io::read;
use rcu_io::show::Bar;
use std::path::PathBuf;

/// Options of `rcu train`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The configuration: TOML, YAML or JSON by its ending.
    config: PathBuf,
    /// Folder that the paths in the configuration are relative to; by default its own folder.
    #[arg(long)]
    input: Option<PathBuf>,
    /// File for the model, to be named as `model.file` in the configuration.
    #[arg(long)]
    out: PathBuf,
    /// Take over a model or settings of Splink (JSON) instead of training; what cannot be taken over is said.
    #[arg(long)]
    from_splink: Option<PathBuf>,
    /// The day on which ages and periods are judged, YYYY-MM-DD; by default that of the configuration, else today.
    #[arg(long)]
    as_of: Option<String>,
    /// No progress bar.
    #[arg(long, short)]
    quiet: bool,
    /// Print the model as JSON.
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    let plan = load_plan(&args.config, args.as_of.as_deref())?;
    let (model, left_out) = match &args.from_splink {
        Some(path) => {
            let io = |reason: String| Error::Io { place: format!("file `{}`", path.display()), reason };
            let text = std::fs::read_to_string(path).map_err(|e| io(e.to_string()))?;
            rcu_core::matching::model::splink::import(&text, &plan.comparison_names()).map_err(io)?
        }
        None => {
            let base = match &args.input {
                Some(dir) => dir.clone(),
                None => args.config.parent().map(PathBuf::from).unwrap_or_default(),
            };
            let bar = Bar::new(args.quiet || args.json);
            bar.stage("read", 0);
            let inputs = read::read_others(&plan, &base, &[])?;
            let loaded = load_customers(&plan, &inputs, &bar)?;
            bar.stage("model", 1);
            let setting = plan.setting();
            let prepared = Prepared::new(&setting, &loaded.records);
            let model = train_model(&plan, &prepared);
            bar.finish();
            (model, Vec::new())
        }
    };
    let text = serde_json::to_string_pretty(&model).unwrap_or_default() + "\n";
    let io = |e: std::io::Error| Error::Io {
        place: format!("file `{}`", args.out.display()),
        reason: e.to_string(),
    };
    std::fs::write(&args.out, &text).map_err(io)?;
    if args.json {
        print!("{text}");
    } else {
        print!("{}", table(&model));
        for line in &left_out {
            println!("not taken over: {line}");
        }
        println!("\nmodel in {}; name it in the configuration: [model] file = …", args.out.display());
    }
    Ok(if left_out.is_empty() { Outcome::Fine } else { Outcome::Findings })
}

/// Levels with m, u and match weight.
fn table(model: &Model) -> String {
    let mut text =
        format!("{:<16} {:<22} {:>10} {:>12} {:>12}\n", "comparison", "level", "m", "u", "weight, bits");
    for c in &model.comparisons {
        let rare = if c.term_frequency.is_some() { " *" } else { "" };
        for (i, l) in c.levels.iter().rev().enumerate() {
            let name = if i == 0 { format!("{}{rare}", c.name) } else { String::new() };
            text.push_str(&format!(
                "{name:<16} {:<22} {:>10.6} {:>12.9} {:>12.3}\n",
                l.name, l.m, l.u, l.match_weight_bits
            ));
        }
    }
    text.push_str("* the best level weighs by how rare the value is\n");
    text.push_str(&format!(
        "pairs of one person per record {:.3}; link from {:.3} bits, review from {:.3} bits\n",
        model.matches_per_record, model.link_at_bits, model.review_at_bits
    ));
    if let Some(t) = &model.training {
        text.push_str(&format!(
            "estimated from {} records, {} pairs for u, {} for m, in {} rounds; expects precision {:.4}, recall {:.4} among \
             the candidates, were the comparisons independent\n",
            t.records, t.pairs_for_u, t.pairs_for_m, t.rounds, t.expected_precision, t.expected_recall
        ));
    }
    text
}
