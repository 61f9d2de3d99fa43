//! The example retailer in Rust: read the files, resolve, reconcile, look at one customer.

use rcu_core::config::{Config, Plan, Syntax};
use rcu_core::error::Error;
use rcu_core::field::{EMAIL, FIRST_NAME, LAST_NAME};
use rcu_core::progress::Silent;
use rcu_core::resolve::resolve;
use rcu_core::time::Day;
use std::path::Path;

fn main() -> Result<(), Error> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = Config::parse(include_str!("retail.toml"), Syntax::Toml)?;
    let plan = Plan::compile(config, Day::from_ymd(2026, 11, 21).unwrap_or_default())?;
    let inputs = rcu_io::read::read_sources(&plan, here)?;
    let r = resolve(&plan, &inputs, &Silent)?;

    println!(
        "{} records are {} people in {} households",
        r.summary.records, r.summary.people, r.summary.households
    );
    println!("every row and every cent accounted for: {}", r.summary.reconciles());

    // The person with most records, and where each of three values comes from.
    let person = (0..r.clusters.len()).max_by_key(|c| (r.clusters.members(*c).len(), std::cmp::Reverse(*c)));
    let person = person.unwrap_or(0);
    println!("{} has {} records", r.golden_ids[person], r.clusters.members(person).len());
    for field in [LAST_NAME, FIRST_NAME, EMAIL] {
        let golden = &r.golden.fields[field];
        if let (Some(value), Some(from)) = (golden.text(&r.records, field, person), golden.provenance(person))
        {
            let source = &plan.sources[usize::from(r.records.sources[from.record as usize])].name;
            println!("  {:<10} {value:<30} from {source}, score {}", plan.fields[field].name, from.score);
        }
    }
    Ok(())
}
