//! Aggregates of all customers: block by block, in parallel, the same with any number of threads.

use super::customer::{CustomerAggregates, UnitKind};
use super::fact::{FactTable, Line, Owner, Row};
use super::facts::{Facts, Totals};
use super::fold::figures;
use super::frame::{Frame, Rules};
use super::rfm::{RawRfm, Scale, segment};
use super::sales::Scratch;
use rayon::prelude::*;

/// Aggregates of all customers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aggregates {
    /// One entry per cluster.
    pub customers: Vec<CustomerAggregates>,
    /// Reconciliation.
    pub totals: Totals,
}

/// Aggregates of `customers` customers, RFM scores among themselves. The order of the facts does not matter.
///
/// With fixed thresholds the scores of some customers do not depend on the others; with quintiles take [`of_some`]
/// and a [`Scale`] of the whole population.
pub fn compute(facts: &Facts, customers: usize, rules: Rules) -> Aggregates {
    let mut all = of_some(facts, customers, rules);
    let scale = match &rules.spec.rfm_thresholds {
        Some(t) => Some(Scale::fixed(t)),
        None => Scale::of_population(all.iter().filter_map(|a| a.raw_rfm)),
    };
    if let Some(scale) = scale {
        all.par_iter_mut().for_each(|a| score(a, &scale, rules));
    }
    if rules.spec.rfm_by_brand {
        score_brands(&mut all, facts.texts.len(), rules);
    }
    Aggregates { customers: all, totals: facts.totals }
}

/// Aggregates of some customers from their facts alone, without RFM scores: what a stored repository asks for after a
/// change. `facts` name the customers `0..customers`.
pub fn of_some(facts: &Facts, customers: usize, rules: Rules) -> Vec<CustomerAggregates> {
    let frame = Frame::new(facts, rules);
    let tables: Vec<ByOwner> = facts.tables.iter().map(|t| ByOwner::new(t, customers)).collect();
    let mut all = vec![CustomerAggregates::default(); customers];
    all.par_chunks_mut(Facts::BLOCK).enumerate().for_each_init(Buffers::default, |b, (block, out)| {
        facts.lines_of(block, out.len(), &mut b.starts, &mut b.lines);
        for (i, a) in out.iter_mut().enumerate() {
            let lines = &mut b.lines[b.starts[i] as usize..b.starts[i + 1] as usize];
            let customer = block * Facts::BLOCK + i;
            *a = figures(lines, &|t| tables[t].rows(customer), &frame, &mut b.scratch);
        }
    });
    all
}

#[derive(Default)]
struct Buffers {
    starts: Vec<u32>,
    lines: Vec<Line>,
    scratch: Scratch,
}

/// Rows of one table, customer by customer, in the order of their instants and content.
struct ByOwner<'a> {
    starts: Vec<u32>,
    rows: Vec<Row<'a>>,
}

impl<'a> ByOwner<'a> {
    fn new(table: &'a FactTable, customers: usize) -> ByOwner<'a> {
        let mut keyed: Vec<(u32, Row)> = (0..table.rows())
            .filter_map(|i| match table.owners[i] {
                Owner::Customer(c) => Some((c, table.row(i))),
                _ => None,
            })
            .collect();
        keyed.par_sort_unstable_by(|x, y| {
            (x.0, x.1.at, x.1.day).cmp(&(y.0, y.1.at, y.1.day)).then_with(|| x.1.cells.cmp(y.1.cells))
        });
        let mut starts = vec![0u32; customers + 1];
        keyed.iter().for_each(|(c, _)| starts[*c as usize + 1] += 1);
        for i in 0..customers {
            starts[i + 1] += starts[i];
        }
        ByOwner { starts, rows: keyed.into_iter().map(|(_, r)| r).collect() }
    }

    fn rows(&self, customer: usize) -> &[Row<'a>] {
        &self.rows[self.starts[customer] as usize..self.starts[customer + 1] as usize]
    }
}

/// Scores one customer by a scale.
pub fn score(a: &mut CustomerAggregates, scale: &Scale, rules: Rules) {
    let Some(raw) = a.raw_rfm else { return };
    let scores = scale.scores(raw);
    let age = a.first_purchase.map_or(i32::MAX, |d| rules.as_of.0 - d.0);
    a.rfm = Some(scores);
    a.rfm_segment = Some(segment(scores, age));
}

fn score_brands(all: &mut [CustomerAggregates], texts: usize, rules: Rules) {
    let mut by_brand: Vec<Vec<RawRfm>> = vec![Vec::new(); texts];
    let of_brand = |a: &CustomerAggregates| {
        a.units
            .iter()
            .filter(|u| u.kind == UnitKind::Brand)
            .filter_map(|u| Some((u.unit, u.raw_rfm?)))
            .collect::<Vec<_>>()
    };
    for (brand, raw) in all.iter().flat_map(of_brand) {
        by_brand[brand as usize].push(raw);
    }
    let scales: Vec<Option<Scale>> = by_brand
        .iter()
        .map(|raw| match &rules.spec.rfm_thresholds {
            Some(t) => Some(Scale::fixed(t)),
            None => Scale::of_population(raw.iter().copied()),
        })
        .collect();
    for u in all.iter_mut().flat_map(|a| &mut a.units).filter(|u| u.kind == UnitKind::Brand) {
        u.rfm = scales[u.unit as usize].zip(u.raw_rfm).map(|(scale, raw)| scale.scores(raw));
    }
}
