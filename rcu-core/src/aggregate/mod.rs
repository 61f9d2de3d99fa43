//! Sums, counts, firsts and lasts over a customer's facts (`domain.md` §5). Money is whole minor units.

mod customer;
mod fact;
mod rfm;
mod spec;

pub use customer::{Aggregates, CustomerAggregates, Totals, compute};
pub use fact::{Complaint, Facts, Owner, Sale, SaleKind};
pub use rfm::{RfmScores, quintile_scores, segment};
pub use spec::{AggregateSpec, Period};
