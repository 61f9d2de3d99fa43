//! Sums, counts, firsts and lasts over a customer's facts (`domain.md` §5). Money is whole minor units.
//!
//! [`compute`] does all customers at once; [`of_some`] those of a few from their own facts, with the same figures;
//! [`CustomerFold`] is one customer's state, which folds fact by fact, merges and un-merges exactly.

mod care;
mod compute;
mod custom;
mod customer;
mod fact;
mod facts;
pub mod families;
mod fold;
mod frame;
mod measure;
mod rfm;
mod sales;
mod spec;
#[cfg(test)]
mod tests;
mod web;

/// Whether a column of the aggregates' output has that name.
pub fn is_shipped(name: &str) -> bool {
    SHIPPED.contains(&name)
}

/// Columns of the aggregates' output, those of the installation's own left out.
pub const SHIPPED: &[&str] = &[
    "golden_id",
    "net_revenue",
    "net_revenue_total",
    "purchase_count",
    "visits",
    "avg_basket",
    "discount_rate",
    "discount_rate_unweighted",
    "return_rate",
    "value_36m",
    "margin",
    "favourite_store",
    "favourite_channel",
    "first_purchase_date",
    "last_purchase_date",
    "recency_days",
    "rfm",
    "rfm_segment",
    "lifecycle",
    "reactivated",
    "status",
    "status_by_brand",
    "status_by_company",
    "appetence",
    "complaints_open",
    "complaints_12m",
    "last_complaint_date",
    "mean_resolution_days",
    "nps_last",
    "rating_avg_12m",
    "reviews_12m",
    "unhappy",
    "priority_care",
    "sessions_30d",
    "pages_30d",
    "last_visit",
    "abandoned_cart",
    "abandoned_cart_value",
    "abandoned_cart_items",
    "newsletter_clicks_90d",
    "opens_90d",
    "contacts_30d",
    "last_contact",
    "loyalty_points",
];

pub use compute::{Aggregates, compute, of_some, score};
pub use custom::{Bounds, Condition, CustomPlan, CustomSpec, FixedWindow, Operation, Scalar, Window};
pub use customer::{
    Care, Cart, CustomValue, CustomerAggregates, Lifecycle, Status, UnitFigures, UnitKind, Web,
};
pub use fact::{CellType, Dims, Extra, FactTable, Line, LineKind, NULL, Owner, Row, Texts};
pub use facts::{Chunk, Facts, Packed, Totals};
pub use fold::{CustomerFold, OwnedRow};
pub use frame::{EventType, Frame, Rules};
pub use measure::SALE_COLUMNS;
pub use rfm::{RawRfm, RfmScores, Scale, quintile_scores, segment};
pub use spec::{AggregateSpec, ExcludedKind, Period, RatesAre, ReturnsAt, RfmThresholds, Tax};
