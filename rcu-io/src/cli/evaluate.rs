//! `rcu evaluate`

use super::Outcome;
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::matching::evaluate::compare;
use rcu_io::read::read_table;
use std::path::{Path, PathBuf};

/// Options of `rcu evaluate`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Output folder of `rcu resolve`, or a crosswalk file with source, record_id, golden_id.
    crosswalk: PathBuf,
    /// CSV or Parquet file with person_id and either rec_id (`source|record id`) or source and record_id.
    #[arg(long)]
    truth: PathBuf,
    /// Answer as JSON.
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    let path = if args.crosswalk.is_dir() {
        args.crosswalk.join("crosswalk.parquet")
    } else {
        args.crosswalk.clone()
    };
    let (found, truth) = (read_table(&path)?, read_table(&args.truth)?);
    let name = |p: &Path| p.display().to_string();
    let q = compare((&name(&path), &found), (&name(&args.truth), &truth))?;
    if args.json {
        println!("{}", serde_json::to_string(&q).unwrap_or_default());
    } else {
        println!("{} records, {} true pairs, {} found", q.records, q.true_pairs, q.predicted_pairs);
        println!("pairwise  precision {:.4}  recall {:.4}  F1 {:.4}", q.precision, q.recall, q.f1);
        println!("B-cubed   precision {:.4}  recall {:.4}  F1 {:.4}", q.b3_precision, q.b3_recall, q.b3_f1);
    }
    Ok(Outcome::Fine)
}
