//! `rcu evaluate`

use super::Outcome;
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::matching::evaluate::evaluate;
use rcu_core::table::{Column, Table};
use rcu_io::read::read_table;
use std::collections::HashMap;
use std::path::PathBuf;

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
    let found = labels(&path, "golden_id")?;
    let truth = labels(&args.truth, "person_id")?;
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let (mut clusters, mut people) = (Vec::new(), Vec::new());
    for (record, person) in &truth {
        // A record of the truth that the crosswalk lacks is a cluster of its own.
        let cluster = found.get(record).map_or(record.as_str(), String::as_str);
        let next = numbers.len() as u32;
        clusters.push(*numbers.entry(cluster).or_insert(next));
        people.push(person.as_str());
    }
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let people: Vec<u32> = people
        .into_iter()
        .map(|p| {
            let next = numbers.len() as u32;
            *numbers.entry(p).or_insert(next)
        })
        .collect();
    let q = evaluate(&clusters, &people);
    if args.json {
        println!("{}", serde_json::to_string(&q).unwrap_or_default());
    } else {
        println!("{} records, {} true pairs, {} found", q.records, q.true_pairs, q.predicted_pairs);
        println!("pairwise  precision {:.4}  recall {:.4}  F1 {:.4}", q.precision, q.recall, q.f1);
        println!("B-cubed   precision {:.4}  recall {:.4}  F1 {:.4}", q.b3_precision, q.b3_recall, q.b3_f1);
    }
    Ok(Outcome::Fine)
}

/// Label of each record, by `source|record id`. Sorted by record, so that floats add up the same way every time.
fn labels(path: &std::path::Path, label: &str) -> Result<std::collections::BTreeMap<String, String>, Error> {
    let table = read_table(path)?;
    let need = |name: &str| -> Result<&Column, Error> {
        table.column(name).ok_or_else(|| missing(path, name, &table))
    };
    let labels = need(label)?;
    let key: Box<dyn Fn(usize) -> Option<String> + '_> = match table.column("rec_id") {
        Some(ids) => Box::new(move |i| ids.get(i).map(str::to_owned)),
        None => {
            let (sources, ids) = (need("source")?, need("record_id")?);
            Box::new(move |i| Some(format!("{}|{}", sources.get(i)?, ids.get(i)?)))
        }
    };
    Ok((0..table.rows()).filter_map(|i| Some((key(i)?, labels.get(i)?.to_owned()))).collect())
}

fn missing(path: &std::path::Path, column: &str, table: &Table) -> Error {
    Error::MissingColumn {
        source_name: path.display().to_string(),
        column: column.to_owned(),
        present: table.names().join(", "),
    }
}
