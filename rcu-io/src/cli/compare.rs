//! `rcu compare`

use super::Outcome;
use super::base::{Base, print_json};
use super::evaluate::is_config;
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::arrow::{batch_of_table, table_of_batches};
use rcu_core::compare_runs::{Case, PersonView, RunComparison, RunTables, Touched, compare_runs};
use rcu_core::output;
use rcu_core::resolve::resolve;
use rcu_core::table::Table;
use rcu_io::read::{read_others, read_table};
use rcu_io::show::{cents, n};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Options of `rcu compare`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The first run: an output folder of `rcu resolve`, or a configuration, which is run.
    #[arg(value_name = "OUT|CONFIG")]
    a: PathBuf,
    /// The second run: an output folder, or a configuration, which is run over the same --input.
    #[arg(value_name = "OUT|CONFIG")]
    b: PathBuf,
    /// Cases to show.
    #[arg(long, value_name = "N", default_value_t = 5)]
    sample: usize,
    /// Another seed shows other cases; the same seed shows the same.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    pub base: Base,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    let (a, b) = (tables(args, &args.a)?, tables(args, &args.b)?);
    let found = compare_runs(&a, &b, args.sample, args.seed)?;
    if args.base.json {
        print_json(&found);
    } else {
        print(&found);
    }
    Ok(Outcome::Fine)
}

/// The tables of a run that was made, or that is made now.
fn tables(args: &Args, path: &Path) -> Result<RunTables, Error> {
    let name = path.display().to_string();
    if !is_config(path) {
        let read = |table: &str| read_table(&path.join(format!("{table}.parquet")));
        return Ok(RunTables {
            name,
            crosswalk: read("crosswalk")?,
            links: read("links")?,
            golden: read("golden")?,
            aggregates: read("aggregates")?,
        });
    }
    let plan = args.base.plan(path)?;
    let bar = args.base.bar();
    let inputs = read_others(&plan, &args.base.folder(path), &[])?;
    let run = resolve(&plan, &inputs, &bar)?;
    bar.finish();
    let read = |table: &str| -> Result<Table, Error> {
        match output::table(&plan, &run, table) {
            Some(table) => table_of_batches(&[batch_of_table(&table)?], None),
            None => Ok(Table::default()),
        }
    };
    Ok(RunTables {
        name,
        crosswalk: read("crosswalk")?,
        links: read("links")?,
        golden: read("golden")?,
        aggregates: read("aggregates")?,
    })
}

fn print(c: &RunComparison) {
    println!("{:<24} {:>16} {:>16}", "", "A", "B");
    let row = |name: &str, a: String, b: String| println!("{name:<24} {a:>16} {b:>16}");
    row("people", n(c.a.people), n(c.b.people));
    row("links", n(c.a.links), n(c.b.links));
    row("contactable people", n(c.a.contactable), n(c.b.contactable));
    row("revenue", cents(c.a.revenue_minor), cents(c.b.revenue_minor));
    println!("A is {}\nB is {}", c.a.name, c.b.name);
    println!(
        "\n{} records in both, {} in A alone, {} in B alone",
        n(c.records_in_both),
        n(c.records_only_in_a),
        n(c.records_only_in_b)
    );
    let by_pass = |links: &BTreeMap<String, u64>| {
        let parts: Vec<String> = links.iter().map(|(pass, k)| format!("{pass} {}", n(*k))).collect();
        let all = n(links.values().sum());
        if parts.is_empty() { all } else { format!("{all} ({})", parts.join(", ")) }
    };
    println!("links made    {}", by_pass(&c.links_made));
    println!("links broken  {}", by_pass(&c.links_broken));
    println!("pairs of records joined {}, parted {}", n(c.pairs_joined), n(c.pairs_parted));
    println!(
        "people split {}, merged {}, unchanged {}; {} cases",
        n(c.people_split),
        n(c.people_merged),
        n(c.people_unchanged),
        n(c.cases)
    );
    let touched = |t: &Touched| {
        format!(
            "{} people with {} records, {} of them contactable, revenue {}",
            n(t.people),
            n(t.records),
            n(t.contactable),
            cents(t.revenue_minor)
        )
    };
    println!("touched in A  {}\ntouched in B  {}", touched(&c.touched_in_a), touched(&c.touched_in_b));
    c.sample.iter().for_each(case);
}

fn case(c: &Case) {
    println!("\n{}", c.kind);
    for (side, people) in [("before", &c.before), ("after", &c.after)] {
        people.iter().for_each(|p| println!("  {side:<6} {}", person(p)));
    }
    for l in &c.links {
        println!("  {} by {}: {} - {}", if l.made { "made" } else { "broken" }, l.pass, l.a, l.b);
    }
}

fn person(p: &PersonView) -> String {
    let records: Vec<String> = p.records.iter().map(ToString::to_string).collect();
    let more = p.record_count as usize - p.records.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let order = ["last_name", "first_name", "birth_date", "email", "mobile", "postcode", "city"];
    let values: Vec<&str> = order.iter().filter_map(|f| p.values.get(*f)).map(String::as_str).collect();
    let contact = if p.contactable { ", contactable" } else { "" };
    format!(
        "{} [{}{more}] {}; revenue {}{contact}",
        p.golden_id,
        records.join(", "),
        values.join(" "),
        cents(p.revenue_minor)
    )
}
