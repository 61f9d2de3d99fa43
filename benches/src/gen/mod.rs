//! A synthetic French retailer whose truth is known: five customer files, shops, transactions, complaints.
//!
//! [`generate`] draws people first (households that move, couples, children, twins, namesakes), gives each of
//! them one to forty records, and has each record written down by one of five sources with that source's
//! habits and mistakes. [`profile`] holds the tables of fill rates and noise. About 2.2 records per person and
//! three pairs of records of the same person per person.
//!
//! The same options give the same bytes on one platform: every part draws from its own stream of the seed, and
//! nothing depends on threads, clocks or hash order.

mod day;
mod dice;
mod entry;
mod events;
mod family;
mod habits;
mod mail;
mod people;
mod phone;
pub mod profile;
mod reference;
mod sheet;
mod shops;
mod slips;
mod sources;
mod text;

use std::collections::BTreeMap;
use std::path::PathBuf;

use dice::{Dice, Weights};
use entry::Clerk;
use events::Counts;
use people::{Person, Population};
use profile::SOURCES;
use sheet::{Kind, Output, Sheet};
use shops::Shop;
use sources::{Numbering, Scratch};

pub use sheet::Outcome;

/// The most records a person has.
const LARGEST_CLUSTER: usize = 40;

/// What to generate.
#[derive(Clone)]
pub struct Options {
    /// Records of the five sources together.
    pub records: usize,
    /// Transactions; about, since each register takes its share rounded down.
    pub transactions: usize,
    /// Any number; another one gives other people.
    pub seed: u64,
    /// 1.0 for the rates of [`profile`], 2.0 for twice as many mistakes.
    pub noise: f64,
    /// Write CSV files beside the Parquet files.
    pub csv: bool,
    /// Folder to write into.
    pub out: PathBuf,
}

/// What was generated; `meta.json` holds the same.
pub struct Summary {
    /// Records of the five sources together.
    pub records: usize,
    /// People who have one record at least.
    pub people: usize,
    /// Pairs of records of the same person.
    pub true_pairs: usize,
}

/// Writes `in/*.parquet`, `truth.parquet`, `meta.json` and, with `csv`, `in/csv/*.csv` and `truth.csv`.
///
/// `progress` gets a few words after each part.
///
/// # Errors
/// When a file cannot be written.
pub fn generate(options: &Options, progress: &mut dyn FnMut(&str)) -> Outcome<Summary> {
    let input = Output::create(&options.out.join("in"), options.csv.then(|| options.out.join("in/csv")))?;
    let root = Output::create(&options.out, options.csv.then(|| options.out.clone()))?;
    let seed = options.seed;

    let sizes = records_per_person(options.records, seed);
    let population = Population::draw(sizes.len(), seed)?;
    progress(&format!("people {}", sizes.len()));
    let shops = shops::draw_shops(&population.reference, options.records, seed);
    shops::write_shops(&input, &population.reference, &shops, seed)?;

    let counts = write_sources(options, &population, &shops, &sizes, &input, &root, progress)?;
    events::write_transactions(&input, options.transactions, shops.len(), &counts, seed)?;
    progress(&format!("transactions {}", options.transactions));
    events::write_complaints(&input, &counts, seed)?;

    let summary = Summary {
        records: options.records,
        people: sizes.len(),
        true_pairs: sizes.iter().map(|&size| usize::from(size) * (usize::from(size) - 1) / 2).sum(),
    };
    write_meta(options, &summary, &counts, &sizes)?;
    Ok(summary)
}

/// Records of each person, one at least: most have one to three, one in 250 a tail of up to forty. They sum to
/// `records`.
fn records_per_person(records: usize, seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed, "records per person");
    let usual = Weights::new([0.47, 0.24, 0.12, 0.07, 0.04, 0.03, 0.02, 0.01]);
    let mut sizes = Vec::with_capacity(records / 2);
    let mut left = records;
    while left > 0 {
        let size = if dice.chance(0.004) {
            ((8.0 + 5.0 * dice.pareto(1.6)) as usize).clamp(9, LARGEST_CLUSTER)
        } else {
            1 + usual.draw(&mut dice)
        };
        let size = size.min(left);
        sizes.push(size as u8);
        left -= size;
    }
    sizes
}

/// Writes the five customer files and the truth.
fn write_sources(
    options: &Options,
    population: &Population,
    shops: &[Shop],
    sizes: &[u8],
    input: &Output,
    root: &Output,
    progress: &mut dyn FnMut(&str),
) -> Outcome<Counts> {
    let mut dice = Dice::new(options.seed, "order of the records");
    let mut owners: Vec<u32> = Vec::with_capacity(options.records);
    for (person, &size) in sizes.iter().enumerate() {
        owners.extend(std::iter::repeat_n(person as u32, usize::from(size)));
    }
    dice.shuffle(&mut owners);
    let shares = Weights::new(SOURCES.iter().map(|source| source.share));
    let chosen: Vec<u8> = owners.iter().map(|_| shares.draw(&mut dice) as u8).collect();

    let columns = [("rec_id", Kind::Text), ("person_id", Kind::Number), ("household_id", Kind::Number)];
    let mut truth = Sheet::create(root, "truth", &columns, b',', false)?;
    let mut counts = Counts::default();
    let mut scratch = Scratch::default();
    for (index, source) in SOURCES.iter().enumerate() {
        let mut sheet =
            Sheet::create(input, source.name, sources::columns(index), source.separator, source.cp1252)?;
        let numbering = Numbering::new(index, options.seed);
        let mut clerk = Clerk::new(population, shops, source, options.noise, options.seed);
        for (&owner, _) in owners.iter().zip(&chosen).filter(|(_, at)| usize::from(**at) == index) {
            let person: &Person = &population.people[owner as usize];
            let id = numbering.id(counts[index]);
            let (entry, dice) = clerk.record(person);
            sources::write_row(index, &id, entry, dice, &mut sheet, &mut scratch);
            sheet.end_row()?;
            truth.text(&format!("{}|{id}", source.name));
            truth.number(i64::from(owner));
            truth.number(i64::from(person.household));
            truth.end_row()?;
            counts[index] += 1;
        }
        sheet.finish()?;
        progress(&format!("{} {}", source.name, counts[index]));
    }
    truth.finish()?;
    Ok(counts)
}

/// Writes `meta.json`. It holds no time and no path: the same options give the same bytes.
fn write_meta(options: &Options, summary: &Summary, counts: &Counts, sizes: &[u8]) -> Outcome<()> {
    let mut clusters = BTreeMap::new();
    for &size in sizes {
        *clusters.entry(size).or_insert(0_usize) += 1;
    }
    let by_source: serde_json::Map<_, _> =
        SOURCES.iter().zip(counts).map(|(source, count)| (source.name.to_owned(), (*count).into())).collect();
    let cluster_sizes: serde_json::Map<_, _> =
        clusters.into_iter().map(|(size, count)| (size.to_string(), count.into())).collect();
    let meta = serde_json::json!({
        "generator": concat!("gen_retail ", env!("CARGO_PKG_VERSION")),
        "records": summary.records,
        "people": summary.people,
        "true_pairs": summary.true_pairs,
        "seed": options.seed,
        "noise": options.noise,
        "tx": options.transactions,
        "by_source": by_source,
        "cluster_sizes": cluster_sizes,
    });
    let path = options.out.join("meta.json");
    std::fs::write(&path, serde_json::to_string_pretty(&meta)? + "\n")
        .map_err(|error| format!("file {}: {error}", path.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_sum_to_the_records_and_nobody_has_none() {
        for records in [1, 10, 100_003] {
            let sizes = records_per_person(records, 9);
            assert_eq!(sizes.iter().map(|&size| usize::from(size)).sum::<usize>(), records);
            assert!(sizes.iter().all(|&size| (1..=40).contains(&size)));
        }
        let sizes = records_per_person(100_000, 9);
        let pairs: usize = sizes.iter().map(|&size| usize::from(size) * (usize::from(size) - 1) / 2).sum();
        let per_person = pairs as f64 / sizes.len() as f64;
        assert!((2.6..3.4).contains(&per_person), "{per_person}");
    }
}
