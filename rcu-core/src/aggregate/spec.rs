//! Periods, perimeter and thresholds of the aggregates, as the configuration words them.

use super::custom::CustomSpec;
use crate::time::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Periods, perimeter and thresholds (`domain.md` §5.1–5.6).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AggregateSpec {
    /// Months of the main period: revenue, purchases, visits, basket, discount rate.
    #[schemars(range(min = 1, max = 1200))]
    pub period_months: u32,
    /// Months looked at for the favourite store.
    #[schemars(range(min = 1, max = 1200))]
    pub favourite_store_months: u32,
    /// Months looked at for the favourite channel.
    #[schemars(range(min = 1, max = 1200))]
    pub favourite_channel_months: u32,
    /// Months looked at for the RFM scores.
    #[schemars(range(min = 1, max = 1200))]
    pub rfm_months: u32,
    /// Months of the customer's value and margin.
    #[schemars(range(min = 1, max = 1200))]
    pub value_months: u32,
    /// Months looked at for the share of each category.
    #[schemars(range(min = 1, max = 1200))]
    pub appetence_months: u32,
    /// Months without a purchase after which somebody is a former customer, of a brand, of a company, of all.
    #[schemars(range(min = 1, max = 1200))]
    pub former_after_months: u32,
    /// Channels that are not physical stores: their purchases are no visits.
    pub remote_channels: Vec<String>,
    /// Transaction statuses that are left out.
    pub excluded_statuses: Vec<String>,
    /// Kinds of transaction lines that are left out.
    pub excluded_kinds: Vec<ExcludedKind>,
    /// Whether amounts are counted with VAT or without.
    pub tax: Tax,
    /// VAT rate of a line that names none, in percent; read to a thousandth of a percent.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub vat_percent: f64,
    /// The day on which a return counts.
    pub returns_at: ReturnsAt,
    /// Whether a sale that was returned whole still counts as a purchase date (`return` lines name their sale's ticket).
    pub returned_sales_count: bool,
    /// Currency of all sums, ISO 4217; absent: that of `rcu.region`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// What a stored rate says: units of our currency for one of theirs, or of theirs for one of ours.
    pub rates_are: RatesAre,
    /// How many days before the transaction a stored rate may be; 0: that of the day or none.
    #[schemars(range(max = 366))]
    pub fx_max_age_days: u32,
    /// Fixed thresholds instead of quintiles for the RFM scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rfm_thresholds: Option<RfmThresholds>,
    /// Whether RFM scores are given by brand too, each among the customers of that brand.
    pub rfm_by_brand: bool,
    /// Whether web and newsletter events count only when the tracker's consent was granted at their time.
    pub tracker_consent: bool,
    /// Minutes without an event after which a web session has ended.
    #[schemars(range(min = 1, max = 1440))]
    pub session_gap_minutes: u32,
    /// Hours without an order after which a cart is abandoned.
    #[schemars(range(min = 1, max = 720))]
    pub abandoned_after_hours: u32,
    /// Lifetime revenue above which an unhappy customer gets priority, in minor units of the currency.
    pub priority_care_minor: i64,
    /// Aggregates of the installation's own, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<String, CustomSpec>,
}

/// A kind of transaction line that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExcludedKind {
    /// The sale of a gift card: the money comes back as a payment.
    GiftCard,
    /// A deposit or part payment.
    Deposit,
    /// Shipping fees.
    Shipping,
}

/// With VAT or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tax {
    /// With VAT (*toutes taxes comprises*).
    #[default]
    Ttc,
    /// Without VAT (*hors taxe*).
    Ht,
}

/// The day on which a return counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnsAt {
    /// Its own.
    #[default]
    ReturnDate,
    /// That of the sale, when the line names its date or ticket.
    SaleDate,
}

/// What a stored rate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RatesAre {
    /// Units of our currency for one of theirs: 0.92 for the dollar in euros.
    #[default]
    OursForOne,
    /// Units of theirs for one of ours, as the European Central Bank writes them: 1.087 for the dollar.
    TheirsForOne,
}

/// Fixed thresholds of the RFM scores: a customer's score is 1 plus the thresholds that are met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RfmThresholds {
    /// Days since the last purchase, falling: met when the recency is at most the threshold.
    pub recency_days: [i64; 4],
    /// Purchases, rising: met from the threshold on.
    pub frequency: [i64; 4],
    /// Net revenue in minor units, rising: met from the threshold on.
    pub monetary_minor: [i64; 4],
}

impl Default for AggregateSpec {
    fn default() -> Self {
        let words = |w: &[&str]| w.iter().map(|s| (*s).to_owned()).collect();
        AggregateSpec {
            period_months: 12,
            favourite_store_months: 24,
            favourite_channel_months: 12,
            rfm_months: 24,
            value_months: 36,
            appetence_months: 24,
            former_after_months: 36,
            remote_channels: words(&[
                "web",
                "internet",
                "online",
                "app",
                "phone",
                "telephone",
                "marketplace",
            ]),
            excluded_statuses: words(&[
                "draft",
                "pending",
                "cancelled",
                "canceled",
                "refused",
                "fraud",
                "test",
                "brouillon",
                "en_attente",
                "annule",
                "annulé",
                "refuse",
                "refusé",
                "fraude",
            ]),
            excluded_kinds: vec![ExcludedKind::GiftCard, ExcludedKind::Deposit, ExcludedKind::Shipping],
            tax: Tax::Ttc,
            vat_percent: 20.0,
            returns_at: ReturnsAt::ReturnDate,
            returned_sales_count: true,
            currency: None,
            rates_are: RatesAre::OursForOne,
            fx_max_age_days: 0,
            rfm_thresholds: None,
            rfm_by_brand: false,
            tracker_consent: true,
            session_gap_minutes: 30,
            abandoned_after_hours: 24,
            priority_care_minor: 100_000,
            custom: BTreeMap::new(),
        }
    }
}

/// Half-open interval of days `[start, end)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day inside.
    pub start: Day,
    /// First day after.
    pub end: Day,
}

impl Period {
    /// All days.
    pub const EVER: Period = Period { start: Day(i32::MIN), end: Day(i32::MAX) };

    /// The last `months` months up to and with `as_of`: `[as_of − months + 1 day, as_of + 1 day)`.
    pub fn last_months(as_of: Day, months: u32) -> Period {
        Period { start: Day(as_of.add_months(-(months as i32)).0 + 1), end: Day(as_of.0 + 1) }
    }

    /// The last `days` days up to and with `as_of`.
    pub fn last_days(as_of: Day, days: u32) -> Period {
        Period { start: Day(as_of.0.saturating_sub(days as i32) + 1), end: Day(as_of.0 + 1) }
    }

    /// Whether a day is inside.
    #[inline]
    pub fn contains(&self, day: Day) -> bool {
        self.start <= day && day < self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_twelve_months_is_half_open() {
        let p = Period::last_months(Day::parse_iso("2026-11-21").unwrap(), 12);
        assert_eq!((p.start.to_string(), p.end.to_string()), ("2025-11-22".into(), "2026-11-22".into()));
        let p = Period::last_months(Day::parse_iso("2024-02-29").unwrap(), 12);
        assert_eq!(p.start.to_string(), "2023-03-01");
    }

    #[test]
    fn last_ninety_days_hold_ninety_days() {
        let as_of = Day::parse_iso("2026-11-21").unwrap();
        let p = Period::last_days(as_of, 90);
        assert_eq!(p.end.0 - p.start.0, 90);
        assert!(p.contains(as_of) && !p.contains(Day(as_of.0 - 90)));
    }
}
