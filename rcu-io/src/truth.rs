//! A run, or its crosswalk file, against a truth that somebody labelled.

use rcu_core::Error;
use rcu_core::config::Plan;
use rcu_core::matching::evaluate::{Quality, evaluate};
use rcu_core::resolve::Resolution;
use rcu_core::table::{Column, Table};
use std::collections::{BTreeMap, HashMap};

/// Label of each record, by `source|record id`. Sorted, so that floats add up the same way every time.
pub type Labels = BTreeMap<String, String>;

/// The labels in column `label` of a table that has either `rec_id` (`source|record id`) or `source` and
/// `record_id`. `place` names the table in messages.
///
/// # Errors
/// [`Error::MissingColumn`] when one of them is not there.
pub fn labels(table: &Table, place: &str, label: &str) -> Result<Labels, Error> {
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

/// The golden id of each record of a run.
pub fn of_run(plan: &Plan, r: &Resolution) -> Labels {
    (0..r.records.len())
        .map(|i| {
            let source = &plan.sources[usize::from(r.records.sources[i])].name;
            let id = r.records.ids.get(i).unwrap_or_default();
            (format!("{source}|{id}"), r.golden_ids[r.clusters.of[i] as usize].clone())
        })
        .collect()
}

/// Scores what was found on the records of the truth. One that was not found is a cluster of its own.
pub fn score(found: &Labels, truth: &Labels) -> Quality {
    let clusters = numbered(truth.keys().map(|r| found.get(r).map_or(r.as_str(), String::as_str)));
    let people = numbered(truth.values().map(String::as_str));
    evaluate(&clusters, &people)
}

fn numbered<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<u32> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    labels
        .map(|label| {
            let next = numbers.len() as u32;
            *numbers.entry(label).or_insert(next)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(names: [&str; 3], rows: &[[&str; 3]]) -> Table {
        let column = |i: usize| Column::Plain(rows.iter().map(|r| Some(r[i])).collect());
        Table::new(names.iter().enumerate().map(|(i, n)| ((*n).to_owned(), column(i))).collect()).unwrap()
    }

    #[test]
    fn both_ways_of_naming_a_record_are_read() {
        let split = table(["source", "record_id", "person_id"], &[["a", "1", "x"], ["b", "2", "x"]]);
        let joined = table(["rec_id", "person_id", "note"], &[["a|1", "x", ""], ["b|2", "x", ""]]);
        let (split, joined) =
            (labels(&split, "s", "person_id").unwrap(), labels(&joined, "j", "person_id").unwrap());
        assert_eq!(split, joined);
        assert_eq!(score(&split, &joined).f1, 1.0);
    }

    #[test]
    fn a_record_that_was_not_found_stands_alone() {
        let truth = Labels::from([("a|1".into(), "x".into()), ("b|2".into(), "x".into())]);
        let q = score(&Labels::new(), &truth);
        assert_eq!((q.predicted_pairs, q.true_pairs), (0, 1));
    }
}
