//! `rcu plan`

use super::Outcome;
use super::base::{Base, print_json};
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::matching::cost::RecipeCost;
use rcu_core::preview::{Options, ProposalPlan, RunPlan, plan_run};
use rcu_io::read;
use rcu_io::show::n;
use std::path::PathBuf;
use std::time::Instant;

/// Options of `rcu plan`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The configuration: TOML, YAML or JSON by its ending.
    config: PathBuf,
    /// Do not look for key recipes that would find more.
    #[arg(long)]
    no_proposals: bool,
    /// Costliest key values to print for each recipe; JSON has ten.
    #[arg(long, default_value_t = 3)]
    top: usize,
    #[command(flatten)]
    pub base: Base,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    let plan = args.base.plan(&args.config)?;
    let bar = args.base.bar();
    let began = Instant::now();
    let clock = || began.elapsed().as_secs_f64();
    let inputs = read::read_customers(&plan, &args.base.folder(&args.config))?;
    let options = Options { propose: !args.no_proposals, clock: Some(&clock) };
    let found = plan_run(&plan, &inputs, &options, &bar)?;
    bar.finish();
    if args.base.json {
        print_json(&found);
    } else {
        print(&found, args.top);
    }
    Ok(Outcome::Fine)
}

fn print(plan: &RunPlan, top: usize) {
    println!("{} customer records, {} candidate pairs", n(plan.records), n(plan.candidates));
    println!("\n{:<52} {:>14} {:>10} {:>8}", "pass and key recipe", "candidates", "blocks", "largest");
    for pass in &plan.passes {
        println!("{:<52} {:>14} {:>10} {:>8}", pass.pass, n(pass.candidates), "", n(pass.largest_block));
        for r in &pass.recipes {
            recipe(r, top);
        }
    }
    if plan.split_blocks > 0 {
        println!(
            "\n{} blocks are over the limit and will be split by a second key; {} pairs will not be compared",
            n(plan.split_blocks),
            n(plan.pairs_not_compared)
        );
    }
    for (field, s) in &plan.shared {
        let most: Vec<String> =
            s.most.iter().take(top).map(|(v, p, _)| format!("{v} ({p} people)")).collect();
        println!(
            "\n{} values of {field} are shared by many and make no key: {}",
            n(s.values),
            most.join(", ")
        );
    }
    let e = &plan.estimate;
    let mb = e.memory_bytes.div_ceil(1_000_000);
    let time =
        e.matching_core_seconds.map(|s| format!(", {s:.1} core-seconds of matching")).unwrap_or_default();
    println!(
        "\nEstimate: {} MB{time}; about {} distinct pairs, {} of them kept",
        n(mb),
        n(e.distinct_pairs),
        n(e.kept_pairs)
    );
    println!("  ({})", e.how);
    if let Some(p) = &plan.proposals {
        proposals(p);
    }
}

fn recipe(r: &RecipeCost, top: usize) {
    println!(
        "  {:<50} {:>14} {:>10} {:>8}",
        r.recipe.join(" + "),
        n(r.candidates),
        n(r.blocks),
        n(r.largest_block)
    );
    for k in r.costliest.iter().take(top) {
        println!("      {:<46} {:>14} {:>19}", k.value, n(k.pairs), n(k.records));
    }
}

fn proposals(p: &ProposalPlan) {
    let f = &p.found;
    println!(
        "\nKeys worth adding, by the {} model ({} recipes tried on {} of {} records, picked by their ids):",
        p.model,
        n(f.recipes_tried),
        n(f.records_sampled),
        n(f.records)
    );
    if f.recipes.is_empty() {
        println!("  none: no recipe finds one likely match in 200 new candidates");
        return;
    }
    println!("  {:<48} {:>16} {:>18}", "recipe", "new candidates", "expected matches");
    for r in &f.recipes {
        let written: Vec<String> = r.recipe.iter().map(|p| format!("\"{p}\"")).collect();
        println!(
            "  {:<48} {:>16} {:>18.1}",
            format!("[{}]", written.join(", ")),
            n(r.new_candidates),
            r.expected_matches
        );
    }
}
