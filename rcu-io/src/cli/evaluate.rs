//! `rcu evaluate`

use super::Outcome;
use super::base::{Base, print_json, write_page};
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::evaluation::{Estimate, Evaluation, PairCounts, Pattern, ThresholdChart, evaluate_people};
use rcu_core::matching::explain::Unit;
use rcu_core::matching::labels::{Judged, Labels, judge_crosswalk};
use rcu_core::matching::prepare::Prepared;
use rcu_core::report;
use rcu_core::resolve::find_people;
use rcu_io::read::read_table;
use rcu_io::show::n;
use std::path::{Path, PathBuf};

/// Options of `rcu evaluate`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// A configuration, which is run; or an output folder of `rcu resolve`, or a crosswalk file with source, record_id,
    /// golden_id. Figures by pass, thresholds, examples and estimates need the configuration.
    #[arg(value_name = "CONFIG|OUT|CROSSWALK")]
    found: PathBuf,
    /// CSV, Parquet or JSON Lines file of labels: person_id and either rec_id (`source|record id`) or source and
    /// record_id; or pairs as source_a, record_id_a, source_b, record_id_b, label (1 or 0, same or different).
    #[arg(long, visible_alias = "labels", value_name = "FILE")]
    truth: Option<PathBuf>,
    /// Show up to N kinds of missed and of wrong pairs, with a masked example of each.
    #[arg(long, value_name = "N", default_value_t = 0)]
    examples: usize,
    /// Write the evaluation with its charts as a page of its own.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    pub base: Base,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    if is_config(&args.found) { of_config(args) } else { of_crosswalk(args) }
}

/// Whether a path names a configuration rather than what a run wrote.
pub fn is_config(path: &Path) -> bool {
    let ending = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
    !path.is_dir() && matches!(ending.as_deref(), Some("toml" | "yaml" | "yml" | "json"))
}

fn of_crosswalk(args: &Args) -> Result<Outcome, Error> {
    let wants = |argument: &str, reason: &str| {
        Err(Error::Argument { argument: argument.to_owned(), reason: reason.to_owned() })
    };
    let Some(truth) = &args.truth else {
        return wants(
            "--truth",
            "is missing; without labels an estimate needs the configuration in place of the outputs",
        );
    };
    if args.examples > 0 || args.html.is_some() {
        return wants("--examples, --html", "need the configuration in place of the outputs");
    }
    let path = if args.found.is_dir() { args.found.join("crosswalk.parquet") } else { args.found.clone() };
    let (found, labels) = (read_table(&path)?, read_table(truth)?);
    let name = |p: &Path| p.display().to_string();
    let judged = judge_crosswalk((&name(&path), &found), (&name(truth), &labels))?;
    if args.base.json {
        println!("{}", serde_json::to_string(&judged).unwrap_or_default());
    } else {
        quality(&judged);
    }
    Ok(Outcome::Fine)
}

fn of_config(args: &Args) -> Result<Outcome, Error> {
    let plan = args.base.plan(&args.found)?;
    let labels = match &args.truth {
        Some(path) => Some(Labels::read(&path.display().to_string(), &read_table(path)?)?),
        None => None,
    };
    let bar = args.base.bar();
    let loaded = args.base.load(&plan, &args.found, &bar)?;
    let prepared = Prepared::new(&plan.setting(), &loaded.records);
    let people = find_people(&plan, &prepared, &bar)?;
    let e = evaluate_people(&plan, &prepared, &people, labels.as_ref(), args.examples, &bar);
    bar.finish();
    if let Some(path) = &args.html {
        write_page(path, &report::of_evaluation(&e))?;
    }
    if args.base.json {
        print_json(&e);
    } else {
        print(&e);
    }
    Ok(Outcome::Fine)
}

fn quality(j: &Judged) {
    match j {
        Judged::People(q) => {
            println!("{} records, {} true pairs, {} found", q.records, q.true_pairs, q.predicted_pairs);
        }
        Judged::Pairs(q) => {
            println!(
                "{} labelled pairs, {} of one person, {} found",
                q.pairs, q.true_pairs, q.predicted_pairs
            );
        }
    }
    line("pairwise", j.pairwise());
    if let Some(b) = j.b_cubed() {
        line("B-cubed", b);
    }
}

fn line(name: &str, (precision, recall, f1): (f64, f64, f64)) {
    println!("{name:<8}  precision {precision:.4}  recall {recall:.4}  F1 {f1:.4}");
}

fn print(e: &Evaluation) {
    println!("{} records, {} people", n(e.records), n(e.people));
    if let Some(q) = &e.quality {
        quality(q);
    }
    if let Some(l) = e.labels.as_ref().filter(|l| l.records_not_loaded > 0) {
        println!(
            "{} labelled records were not loaded and count as people of their own",
            n(l.records_not_loaded)
        );
    }
    if let Some(r) = &e.reachable {
        println!(
            "{} of {} true pairs share a key ({:.4}); the rest is only found through other records",
            n(r.with_a_key),
            n(r.true_pairs),
            r.share
        );
    }
    if !e.passes.is_empty() {
        passes(e);
    }
    e.thresholds.iter().for_each(thresholds);
    if let Some(x) = &e.estimate {
        estimate(x, e.quality.is_some());
    }
    if let Some(x) = &e.examples {
        patterns("Missed pairs", &x.missed);
        patterns("Wrong pairs", &x.wrong);
        if x.cut {
            println!("There are more pairs than were looked at.");
        }
    }
}

fn passes(e: &Evaluation) {
    println!(
        "\n{:<16} {:^23}  {:^23}  {:>24} {:>24}",
        "pass", "alone: P, R, F1", "so far: P, R, F1", "links right/wrong/?", "review right/wrong/?"
    );
    let triple = |j: &Judged| {
        let (p, r, f) = j.pairwise();
        format!("{p:.4}  {r:.4}  {f:.4} ")
    };
    let counts = |c: &PairCounts| format!("{}/{}/{}", n(c.same), n(c.different), n(c.unknown));
    for p in &e.passes {
        println!(
            "{:<16} {}  {}  {:>24} {:>24}",
            p.pass,
            triple(&p.alone),
            triple(&p.cumulative),
            counts(&p.links),
            counts(&p.review)
        );
    }
}

fn thresholds(c: &ThresholdChart) {
    let write = |v: i32| match c.unit {
        Unit::Points => v.to_string(),
        Unit::ThousandthsOfABit => format!("{:.2}", f64::from(v) / 1000.0),
    };
    let what = match c.unit {
        Unit::Points => "points",
        Unit::ThousandthsOfABit => "bits",
    };
    println!(
        "\nThreshold in {what}, pair by pair, by the {} (in use: {}, best: {})",
        c.by,
        write(c.link_at),
        write(c.best.at)
    );
    println!("{:>10} {:>12} {:>10} {:>8} {:>8}", "from", "linked", "precision", "recall", "F1");
    let every = c.points.len().div_ceil(12).max(1);
    for (i, p) in c.points.iter().enumerate() {
        if i % every == 0 || p.at == c.best.at {
            let best = if p.at == c.best.at { " best" } else { "" };
            println!(
                "{:>10} {:>12} {:>10.4} {:>8.4} {:>8.4}{best}",
                write(p.at),
                n(p.linked),
                p.precision,
                p.recall,
                p.f1
            );
        }
    }
}

fn estimate(x: &Estimate, labelled: bool) {
    let beside = if labelled { ", for comparison with the labels" } else { "" };
    println!("\nWhat the model expects without labels{beside}");
    println!(
        "{} candidate pairs, {:.1} of them of one person, {} together",
        n(x.candidates),
        x.expected_matches,
        n(x.together)
    );
    line("expected", (x.precision, x.recall, x.f1));
    println!("This assumes that");
    x.assumptions.iter().for_each(|a| println!("  - {a}"));
}

fn patterns(title: &str, patterns: &[Pattern]) {
    println!("\n{title}");
    if patterns.is_empty() {
        println!("  none");
    }
    for p in patterns {
        println!("  {} pairs, {}\n    {}\n    {} and {}", n(p.pairs), p.fate, p.evidence, p.a, p.b);
        for v in &p.values {
            println!("      {:<16} {:<32} {:<2}{}", v.field, v.a.join(", "), v.sign(), v.b.join(", "));
        }
    }
}
