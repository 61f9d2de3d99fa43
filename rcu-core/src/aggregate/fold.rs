//! One customer's facts as a state that folds, merges and un-merges exactly.
//!
//! Every period moves with the day and visits, tickets and sessions are counted once, so nothing smaller than the
//! facts themselves stays exact from one day to the next. The state is therefore their multiset in one canonical
//! order: fold and merge add to it, un-merge takes away, and figures are read from it for any day.

use super::customer::CustomerAggregates;
use super::fact::{Line, Row};
use super::frame::Frame;
use super::sales::{self, Scratch};
use super::{care, measure, web};
use crate::aggregate::families::{LOYALTY, position};
use crate::time::Day;

const POINTS: usize = position(LOYALTY, "points");

/// A row on its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnedRow {
    /// Local day.
    pub day: Day,
    /// Instant in seconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Cells by column.
    pub cells: Vec<i64>,
}

/// The facts of one customer, in one order whatever the order in which they came.
///
/// States can be merged when they name texts, tickets and combinations by the same ids, those of one [`super::Facts`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerFold {
    lines: Vec<Line>,
    /// By table of the facts.
    rows: Vec<Vec<OwnedRow>>,
}

impl CustomerFold {
    /// Adds a line of a sale.
    pub fn add_line(&mut self, line: Line) {
        let at = self.lines.partition_point(|l| *l <= line);
        self.lines.insert(at, line);
    }

    /// Adds a row of the table at that position.
    pub fn add_row(&mut self, table: usize, row: Row) {
        if self.rows.len() <= table {
            self.rows.resize(table + 1, Vec::new());
        }
        let row = OwnedRow { day: row.day, at: row.at, cells: row.cells.to_vec() };
        let rows = &mut self.rows[table];
        let at = rows.partition_point(|r| *r <= row);
        rows.insert(at, row);
    }

    /// Adds all facts of another customer found to be the same person.
    pub fn merge(&mut self, other: &CustomerFold) {
        self.lines.extend_from_slice(&other.lines);
        self.lines.sort_unstable();
        if self.rows.len() < other.rows.len() {
            self.rows.resize(other.rows.len(), Vec::new());
        }
        for (mine, theirs) in self.rows.iter_mut().zip(&other.rows) {
            mine.extend_from_slice(theirs);
            mine.sort_unstable();
        }
    }

    /// Takes away the facts of a customer found to be somebody else. `false`, and nothing taken, when some of them are
    /// not here.
    pub fn unmerge(&mut self, other: &CustomerFold) -> bool {
        let Some(lines) = without(&self.lines, &other.lines) else { return false };
        let none = Vec::new();
        let tables = self.rows.len().max(other.rows.len());
        let rows: Option<Vec<_>> = (0..tables)
            .map(|t| without(self.rows.get(t).unwrap_or(&none), other.rows.get(t).unwrap_or(&none)))
            .collect();
        let Some(mut rows) = rows else { return false };
        while rows.last().is_some_and(Vec::is_empty) {
            rows.pop();
        }
        self.lines = lines;
        self.rows = rows;
        true
    }

    /// The customer's aggregates but for RFM scores, which depend on the others too ([`super::Scale::scores`]).
    pub fn figures(&self, frame: &Frame) -> CustomerAggregates {
        let rows: Vec<Vec<Row>> = (0..frame.facts.tables.len())
            .map(|t| {
                let own = self.rows.get(t).map_or(&[][..], Vec::as_slice);
                own.iter().map(|r| Row { day: r.day, at: r.at, cells: &r.cells }).collect()
            })
            .collect();
        let mut lines = self.lines.clone();
        figures(&mut lines, &|t| &rows[t], frame, &mut Scratch::default())
    }
}

/// A sorted multiset less another one that it holds.
fn without<T: Ord + Clone>(all: &[T], taken: &[T]) -> Option<Vec<T>> {
    let mut left = Vec::with_capacity(all.len().saturating_sub(taken.len()));
    let mut taken = taken.iter().peekable();
    for item in all {
        if taken.peek() == Some(&item) {
            taken.next();
        } else {
            left.push(item.clone());
        }
    }
    taken.peek().is_none().then_some(left)
}

/// One customer's aggregates from its lines and the rows of each table, rows in the order of their instants.
pub(super) fn figures<'r>(
    lines: &mut [Line],
    rows: &dyn Fn(usize) -> &'r [Row<'r>],
    frame: &Frame,
    scratch: &mut Scratch,
) -> CustomerAggregates {
    let mut a = CustomerAggregates::default();
    sales::fold(lines, frame, scratch, &mut a);
    let of = |table: Option<usize>| table.map_or(&[][..], rows);
    a.web = web::fold(of(frame.interactions), lines, frame, sales::channels(scratch));
    a.favourite_channel = sales::favourite_channel(scratch);
    let (complaints, reviews) = (of(frame.complaints), of(frame.reviews));
    if !complaints.is_empty() || !reviews.is_empty() {
        a.care = care::fold(complaints, reviews, a.revenue_total_minor, frame);
    }
    let points: Option<i128> = of(frame.loyalty)
        .iter()
        .filter_map(|r| r.some(POINTS))
        .fold(None, |sum, p| Some(sum.unwrap_or(0) + i128::from(p)));
    a.loyalty_points_milli = points.map(sales::minor);
    if !frame.custom.is_empty() {
        measure::fold(lines, rows, frame, &mut a);
    }
    a
}
