//! Which rows of a source are loaded, and in what order they are read.

use super::{Input, Loaded, Reader, Reject, SourceCounts, missing_column};
use crate::config::SourcePlan;
use crate::error::Error;
use crate::normalize::Codes;
use crate::normalize::date::{self, Moment};
use crate::records::Record;
use crate::table::Table;
use crate::time::Zone;
use rayon::slice::ParallelSliceMut;

/// A row to load.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Position of its input among those of the source.
    pub input: u32,
    /// Position in it.
    pub row: u32,
    /// The record that it becomes.
    pub record: Record,
}

/// (input, row) of the rows to load, sorted by record id; the others go to the rejects.
pub(super) fn sorted_rows(
    source: &SourcePlan,
    zone: Zone,
    inputs: &[&Input],
    loaded: &mut Loaded,
) -> Result<Vec<(u32, u32)>, Error> {
    let mut keyed: Vec<(&str, u32, u32)> = Vec::new();
    let counts = loaded.counts.entry(source.name.clone()).or_default();
    for (n, input) in inputs.iter().enumerate() {
        counts.read += input.table.rows() as u64 + input.rejects.len() as u64;
        counts.rejected += input.rejects.len() as u64;
        loaded.rejects.extend(input.rejects.iter().cloned());
        let ids = input
            .table
            .column(&source.spec.id)
            .ok_or_else(|| missing_column(&source.name, &source.spec.id, &input.table))?;
        keyed.reserve(input.table.rows());
        for row in 0..input.table.rows() {
            match ids.get(row).map(str::trim).filter(|t| !t.is_empty()) {
                Some(id) => keyed.push((id, n as u32, row as u32)),
                None => {
                    counts.rejected += 1;
                    loaded.rejects.push(Reject {
                        source: source.name.clone(),
                        file: input.file(row),
                        line: input.line(row),
                        column: source.spec.id.clone(),
                        code: "missing_id",
                        reason: "the record id is empty; every row needs one".to_owned(),
                        excluded: false,
                    });
                }
            }
        }
    }
    if !keyed.is_sorted_by(|a, b| a.0 < b.0) {
        keyed.par_sort_unstable_by(|a, b| a.0.cmp(b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    }
    let mut rows = Vec::with_capacity(keyed.len());
    for same in keyed.chunk_by(|a, b| a.0 == b.0) {
        if let [(_, n, row)] = same {
            rows.push((*n, *row));
            continue;
        }
        keep_one(source, zone, inputs, same, &mut rows, counts, &mut loaded.rejects);
    }
    Ok(rows)
}

/// Of several rows with one id the latest is loaded; an equal copy is excluded as a repeated delivery, an older or
/// different one is rejected. The choice looks at content only, never at the order of rows or files.
fn keep_one(
    source: &SourcePlan,
    zone: Zone,
    inputs: &[&Input],
    same: &[(&str, u32, u32)],
    rows: &mut Vec<(u32, u32)>,
    counts: &mut SourceCounts,
    rejects: &mut Vec<Reject>,
) {
    let content = |n: u32, row: u32| -> Vec<(String, String)> {
        let table = &inputs[n as usize].table;
        let mut cells: Vec<(String, String)> = table
            .names()
            .iter()
            .zip(table.columns())
            .filter_map(|(name, c)| Some((name.clone(), c.get(row as usize)?.to_owned())))
            .collect();
        cells.sort();
        cells
    };
    let mut candidates: Vec<_> = same
        .iter()
        .map(|(_, n, row)| {
            let at = changed_at(source, zone, &inputs[*n as usize].table, *row as usize);
            (at, content(*n, *row), *n, *row)
        })
        .collect();
    candidates.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| b.1.cmp(&a.1)));
    let (kept_at, kept_content) = (candidates[0].0, candidates[0].1.clone());
    rows.push((candidates[0].2, candidates[0].3));
    for (at, cells, n, row) in &candidates[1..] {
        let input = inputs[*n as usize];
        let excluded = *cells == kept_content;
        let (code, reason) = if excluded {
            ("duplicate_delivery", "the same row was delivered more than once; one is loaded")
        } else if *at < kept_at {
            ("duplicate_id", "another row with this record id has a later date; that one is loaded")
        } else {
            ("duplicate_id", "another row has this record id and differs; ids must be unique within a source")
        };
        if excluded {
            counts.excluded += 1;
        } else {
            counts.rejected += 1;
        }
        rejects.push(Reject {
            source: source.name.clone(),
            file: input.file(*row as usize),
            line: input.line(*row as usize),
            column: source.spec.id.clone(),
            code,
            reason: reason.to_owned(),
            excluded,
        });
    }
}

/// The rows, which come in the order of their records, in the order in which they lie in memory.
pub(super) fn in_reading_order(rows: &[(u32, u32)], first: Record, inputs: &[&Input]) -> Vec<Place> {
    const NONE: Record = Record::MAX;
    let mut records: Vec<Vec<Record>> = inputs.iter().map(|i| vec![NONE; i.table.rows()]).collect();
    for ((input, row), record) in rows.iter().zip(first..) {
        records[*input as usize][*row as usize] = record;
    }
    let places = records.iter().zip(0u32..).flat_map(|(records, input)| {
        let places =
            records.iter().zip(0u32..).map(move |(record, row)| Place { input, row, record: *record });
        places.filter(|place| place.record != NONE)
    });
    let mut ordered = Vec::with_capacity(rows.len());
    ordered.extend(places);
    ordered
}

/// When a row was last changed, in seconds since 1970-01-01T00:00:00Z; a day without a time is its first second.
pub(crate) fn changed_at(source: &SourcePlan, zone: Zone, table: &Table, row: usize) -> Option<i64> {
    let u = source.updated_at.as_ref()?;
    let raw = Reader::bind(u, &source.name, table).ok()?.get(row)?;
    let zone = source.zone.unwrap_or(zone);
    Some(match date::parse_moment(&raw, &u.context, &mut Codes::new())? {
        Moment::Day(day) => zone.instant(day, 0),
        Moment::Local { day, seconds } => zone.instant(day, seconds),
        Moment::Instant(at) => at,
    })
}
