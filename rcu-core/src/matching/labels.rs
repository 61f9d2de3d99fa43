//! What is known to be true of records: who they are, or which pairs are one person.

use super::evaluate::{Quality, evaluate};
use crate::error::Error;
use crate::table::{Column, Table};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// A record as labels name it: source and record id.
pub type Named = (String, String);

/// What a labelled file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Labels {
    /// The person of each record.
    People(BTreeMap<Named, String>),
    /// Pairs, and whether they are one person.
    Pairs(BTreeMap<(Named, Named), bool>),
}

/// How right an answer is among labelled pairs: pairs alone, since clusters need every record's person.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PairQuality {
    /// Labelled pairs.
    pub pairs: u64,
    /// Pairs found and labelled the same.
    pub true_positive_pairs: u64,
    /// Labelled pairs found together.
    pub predicted_pairs: u64,
    /// Pairs labelled the same.
    pub true_pairs: u64,
    /// Share of found pairs that are right.
    pub precision: f64,
    /// Share of pairs labelled the same that were found.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// An answer judged by labels of either form.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Judged {
    /// By the person of each record.
    People(Quality),
    /// By labelled pairs.
    Pairs(PairQuality),
}

impl Judged {
    /// Precision, recall and F1 over pairs.
    pub fn pairwise(&self) -> (f64, f64, f64) {
        match self {
            Judged::People(q) => (q.precision, q.recall, q.f1),
            Judged::Pairs(q) => (q.precision, q.recall, q.f1),
        }
    }

    /// B-cubed precision, recall and F1; none for labelled pairs.
    pub fn b_cubed(&self) -> Option<(f64, f64, f64)> {
        match self {
            Judged::People(q) => Some((q.b3_precision, q.b3_recall, q.b3_f1)),
            Judged::Pairs(_) => None,
        }
    }

    /// Pairs of one person that the labels know.
    pub fn true_pairs(&self) -> u64 {
        match self {
            Judged::People(q) => q.true_pairs,
            Judged::Pairs(q) => q.true_pairs,
        }
    }
}

impl PairQuality {
    /// Shares of counts. A share is 1 when there is nothing to be wrong about.
    pub fn of(pairs: u64, right: u64, predicted: u64, truth: u64) -> PairQuality {
        let share = |whole: u64| if whole == 0 { 1.0 } else { right as f64 / whole as f64 };
        let (precision, recall) = (share(predicted), share(truth));
        let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
        PairQuality {
            pairs,
            true_positive_pairs: right,
            predicted_pairs: predicted,
            true_pairs: truth,
            precision,
            recall,
            f1,
        }
    }
}

impl Labels {
    /// Reads labels: `person_id` with `rec_id` (`source|record id`) or `source` and `record_id`; or pairs as `source_a`,
    /// `record_id_a`, `source_b`, `record_id_b` and `label` (1, 0, same, different, …). `place` names the table.
    ///
    /// # Errors
    /// [`Error::MissingColumn`] for a column that is not there; [`Error::Argument`] for a label that is neither, and for
    /// a pair that is labelled both ways.
    pub fn read(place: &str, table: &Table) -> Result<Labels, Error> {
        if table.column("label").is_some() {
            return pairs(place, table).map(Labels::Pairs);
        }
        people(place, table, "person_id").map(Labels::People)
    }

    /// How right clusters are; `cluster` gives the cluster of a record, none for one that is in none, which is then a
    /// cluster of its own.
    pub fn judge(&self, cluster: impl Fn(&Named) -> Option<u32>) -> Judged {
        match self {
            Labels::People(people) => {
                // Records without a cluster get numbers that no cluster has.
                let mut own = u32::MAX;
                let clusters: Vec<u32> = people
                    .keys()
                    .map(|r| {
                        cluster(r).unwrap_or_else(|| {
                            own -= 1;
                            own
                        })
                    })
                    .collect();
                Judged::People(evaluate(&numbered(clusters.iter()), &numbered(people.values())))
            }
            Labels::Pairs(pairs) => {
                let together = |(a, b): &(Named, Named)| cluster(a).is_some_and(|c| Some(c) == cluster(b));
                let (mut right, mut predicted, mut truth) = (0, 0, 0);
                for (pair, same) in pairs {
                    let found = together(pair);
                    right += u64::from(found && *same);
                    predicted += u64::from(found);
                    truth += u64::from(*same);
                }
                Judged::Pairs(PairQuality::of(pairs.len() as u64, right, predicted, truth))
            }
        }
    }
}

/// Judges a crosswalk (`source`, `record_id`, `golden_id`) by labels. Each table comes with the name that errors give it.
///
/// # Errors
/// Those of [`Labels::read`].
pub fn judge_crosswalk(crosswalk: (&str, &Table), labels: (&str, &Table)) -> Result<Judged, Error> {
    let found = people(crosswalk.0, crosswalk.1, "golden_id")?;
    let labels = Labels::read(labels.0, labels.1)?;
    let numbers = numbered(found.values());
    let of: HashMap<&Named, u32> = found.keys().zip(numbers).collect();
    Ok(labels.judge(|r| of.get(r).copied()))
}

fn need<'t>(place: &str, table: &'t Table, name: &str) -> Result<&'t Column, Error> {
    table.column(name).ok_or_else(|| Error::MissingColumn {
        source_name: place.to_owned(),
        column: name.to_owned(),
        present: table.names().join(", "),
    })
}

fn people(place: &str, table: &Table, label: &str) -> Result<BTreeMap<Named, String>, Error> {
    let labels = need(place, table, label)?;
    let rows = 0..table.rows();
    if let Some(ids) = table.column("rec_id") {
        let named = |i: usize| {
            let (source, id) = ids.get(i)?.split_once('|')?;
            Some(((source.to_owned(), id.to_owned()), labels.get(i)?.to_owned()))
        };
        return Ok(rows.filter_map(named).collect());
    }
    let (sources, ids) = (need(place, table, "source")?, need(place, table, "record_id")?);
    let named =
        |i: usize| Some(((sources.get(i)?.to_owned(), ids.get(i)?.to_owned()), labels.get(i)?.to_owned()));
    Ok(rows.filter_map(named).collect())
}

fn pairs(place: &str, table: &Table) -> Result<BTreeMap<(Named, Named), bool>, Error> {
    let column = |name: &str| need(place, table, name);
    let (sa, ia) = (column("source_a")?, column("record_id_a")?);
    let (sb, ib) = (column("source_b")?, column("record_id_b")?);
    let labels = column("label")?;
    let wrong = |i: usize, reason: &str| Error::Argument {
        argument: format!("{place}, row {}, column `label`", i + 1),
        reason: reason.to_owned(),
    };
    let mut pairs = BTreeMap::new();
    for i in 0..table.rows() {
        let named = |s: &Column, r: &Column| Some((s.get(i)?.to_owned(), r.get(i)?.to_owned()));
        let (Some(a), Some(b)) = (named(sa, ia), named(sb, ib)) else { continue };
        let Some(label) = labels.get(i) else { continue };
        let same = match label.trim().to_ascii_lowercase().as_str() {
            "1" | "1.0" | "true" | "same" | "match" | "yes" => true,
            "0" | "0.0" | "false" | "different" | "no_match" | "no" => false,
            _ => return Err(wrong(i, "is neither 1, true, same nor 0, false, different")),
        };
        let pair = if a <= b { (a, b) } else { (b, a) };
        if pairs.insert(pair, same).is_some_and(|before| before != same) {
            return Err(wrong(i, "says the contrary of an earlier row of the same pair"));
        }
    }
    Ok(pairs)
}

/// Equal values get equal numbers.
fn numbered<T: std::hash::Hash + Eq>(values: impl Iterator<Item = T>) -> Vec<u32> {
    let mut numbers: HashMap<T, u32> = HashMap::new();
    values
        .map(|v| {
            let next = numbers.len() as u32;
            *numbers.entry(v).or_insert(next)
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

    fn crosswalk() -> Table {
        table(&[
            ("source", &["web", "pos", "pos"]),
            ("record_id", &["1", "1", "2"]),
            ("golden_id", &["g1", "g1", "g2"]),
        ])
    }

    #[test]
    fn labelled_pairs_are_judged_whatever_their_order_and_words() {
        let labels = table(&[
            ("source_a", &["pos", "web", "pos"]),
            ("record_id_a", &["1", "1", "2"]),
            ("source_b", &["web", "pos", "pos"]),
            ("record_id_b", &["1", "2", "9"]),
            ("label", &["same", "1", "different"]),
        ]);
        let j = judge_crosswalk(("c", &crosswalk()), ("l", &labels)).unwrap();
        let Judged::Pairs(q) = j else { panic!("{j:?}") };
        assert_eq!((q.pairs, q.true_positive_pairs, q.predicted_pairs, q.true_pairs), (3, 1, 1, 2));
        assert_eq!((q.precision, q.recall), (1.0, 0.5));
    }

    #[test]
    fn people_are_judged_as_before() {
        let truth =
            table(&[("rec_id", &["pos|1", "pos|2", "web|1", "web|9"]), ("person_id", &["a", "b", "a", "c"])]);
        let j = judge_crosswalk(("c", &crosswalk()), ("t", &truth)).unwrap();
        let q = super::super::evaluate::compare(("c", &crosswalk()), ("t", &truth)).unwrap();
        assert_eq!(j, Judged::People(q));
    }

    #[test]
    fn a_label_that_is_neither_and_a_contradiction_are_refused() {
        let of = |labels: &[&str]| {
            let same: Vec<&str> = labels.iter().map(|_| "1").collect();
            let other: Vec<&str> = labels.iter().map(|_| "2").collect();
            let source: Vec<&str> = labels.iter().map(|_| "pos").collect();
            Labels::read(
                "labels",
                &table(&[
                    ("source_a", &source),
                    ("record_id_a", &same),
                    ("source_b", &source),
                    ("record_id_b", &other),
                    ("label", labels),
                ]),
            )
        };
        assert!(of(&["1", "same"]).is_ok());
        assert!(of(&["maybe"]).unwrap_err().to_string().contains("row 1"));
        assert!(of(&["1", "0"]).unwrap_err().to_string().contains("contrary"));
        let e = Labels::read("labels", &table(&[("label", &["1"])])).unwrap_err();
        assert_eq!(e.code(), "missing_column");
    }
}
