//! How right a clustering is, against a truth: pairwise and B-cubed precision, recall and F1.

use crate::error::Error;
use crate::table::{Column, Table};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Counts and shares. Shares are 1 when there is nothing to be wrong about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Quality {
    /// Records with a truth.
    pub records: u64,
    /// Pairs in one cluster and one person.
    pub true_positive_pairs: u64,
    /// Pairs in one cluster.
    pub predicted_pairs: u64,
    /// Pairs of one person.
    pub true_pairs: u64,
    /// Share of predicted pairs that are right.
    pub precision: f64,
    /// Share of true pairs that were found.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
    /// B-cubed precision: mean over records of the share of their cluster that is right.
    pub b3_precision: f64,
    /// B-cubed recall: mean over records of the share of their person that was found.
    pub b3_recall: f64,
    /// Harmonic mean of the two.
    pub b3_f1: f64,
}

/// Compares clusters with the truth: one number per record each; equal numbers mean together.
pub fn evaluate(clusters: &[u32], truth: &[u32]) -> Quality {
    let n = clusters.len().min(truth.len());
    let mut cells: Vec<(u32, u32)> = (0..n).map(|i| (clusters[i], truth[i])).collect();
    cells.sort_unstable();
    let sizes = |labels: &[u32]| {
        let mut size = vec![0u64; labels[..n].iter().max().map_or(0, |m| *m as usize + 1)];
        labels[..n].iter().for_each(|l| size[*l as usize] += 1);
        size
    };
    let (by_cluster, by_person) = (sizes(clusters), sizes(truth));
    let pairs = |k: u64| k * k.saturating_sub(1) / 2;
    let (mut tp, mut b3p, mut b3r) = (0u64, 0.0, 0.0);
    for same in cells.chunk_by(|a, b| a == b) {
        let k = same.len() as u64;
        tp += pairs(k);
        b3p += (k * k) as f64 / by_cluster[same[0].0 as usize] as f64;
        b3r += (k * k) as f64 / by_person[same[0].1 as usize] as f64;
    }
    let predicted: u64 = by_cluster.iter().map(|k| pairs(*k)).sum();
    let real: u64 = by_person.iter().map(|k| pairs(*k)).sum();
    let share = |part: f64, whole: f64| if whole == 0.0 { 1.0 } else { part / whole };
    let mean = |a: f64, b: f64| if a + b == 0.0 { 0.0 } else { 2.0 * a * b / (a + b) };
    let (precision, recall) = (share(tp as f64, predicted as f64), share(tp as f64, real as f64));
    let (b3_precision, b3_recall) = (share(b3p, n as f64), share(b3r, n as f64));
    Quality {
        records: n as u64,
        true_positive_pairs: tp,
        predicted_pairs: predicted,
        true_pairs: real,
        precision,
        recall,
        f1: mean(precision, recall),
        b3_precision,
        b3_recall,
        b3_f1: mean(b3_precision, b3_recall),
    }
}

/// Compares a crosswalk (`source`, `record_id`, `golden_id`) with a truth: `person_id`, and either `rec_id`
/// (`source|record id`) or `source` and `record_id`. Each table comes with the name that errors give it.
///
/// Records of the truth are what is judged; one that the crosswalk lacks is a cluster of its own.
///
/// # Errors
/// [`Error::MissingColumn`] for a column that is not there.
pub fn compare(crosswalk: (&str, &Table), truth: (&str, &Table)) -> Result<Quality, Error> {
    let found = labels(crosswalk, "golden_id")?;
    let truth = labels(truth, "person_id")?;
    let clusters = numbered(truth.keys().map(|r| found.get(r).map_or(r.as_str(), String::as_str)));
    let people = numbered(truth.values().map(String::as_str));
    Ok(evaluate(&clusters, &people))
}

/// Label of each record. Sorted by record, so that floats add up the same way every time.
fn labels((place, table): (&str, &Table), label: &str) -> Result<BTreeMap<String, String>, Error> {
    let need = |name: &str| -> Result<&Column, Error> {
        table.column(name).ok_or_else(|| Error::MissingColumn {
            source_name: place.to_owned(),
            column: name.to_owned(),
            present: table.names().join(", "),
        })
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

/// Texts by number, in order of first sight.
fn numbered<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<u32> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    texts
        .map(|t| {
            let next = numbers.len() as u32;
            *numbers.entry(t).or_insert(next)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &[(&str, &[&str])]) -> Table {
        let named = columns.iter().map(|(name, values)| {
            ((*name).to_owned(), Column::Plain(values.iter().map(|v| Some(*v)).collect()))
        });
        Table::new(named.collect()).unwrap()
    }

    #[test]
    fn tables_are_joined_by_record() {
        let crosswalk = table(&[
            ("source", &["web", "pos", "pos"]),
            ("record_id", &["1", "1", "2"]),
            ("golden_id", &["g1", "g1", "g2"]),
        ]);
        let truth =
            table(&[("rec_id", &["pos|1", "pos|2", "web|1", "web|9"]), ("person_id", &["a", "b", "a", "c"])]);
        let q = compare(("crosswalk", &crosswalk), ("truth", &truth)).unwrap();
        assert_eq!((q.records, q.f1), (4, 1.0));
        let e = compare(("crosswalk", &truth), ("truth", &truth)).unwrap_err();
        assert_eq!(e.code(), "missing_column");
    }

    #[test]
    fn counts_pairs() {
        let q = evaluate(&[0, 0, 0, 1, 2], &[0, 0, 1, 1, 2]);
        assert_eq!((q.true_positive_pairs, q.predicted_pairs, q.true_pairs), (1, 3, 2));
        assert!((q.precision - 1.0 / 3.0).abs() < 1e-12 && (q.recall - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_perfect_answer_is_one() {
        let q = evaluate(&[5, 5, 1], &[0, 0, 7]);
        assert_eq!((q.f1, q.b3_f1), (1.0, 1.0));
    }
}
