//! Periods and thresholds of the aggregates.

use crate::time::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Periods and thresholds (`domain.md` §5.1–5.5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AggregateSpec {
    /// Months of the main period: revenue, purchases, visits, basket, discount rate.
    #[schemars(range(min = 1, max = 1200))]
    pub period_months: u32,
    /// Months looked at for the favourite store.
    #[schemars(range(min = 1, max = 1200))]
    pub favourite_store_months: u32,
    /// Months looked at for the RFM scores.
    #[schemars(range(min = 1, max = 1200))]
    pub rfm_months: u32,
    /// Channels that are not physical stores: their purchases are no visits.
    pub remote_channels: Vec<String>,
    /// Transaction statuses that are left out.
    pub excluded_statuses: Vec<String>,
    /// Lifetime revenue above which an unhappy customer gets priority, in minor units of the currency.
    pub priority_care_minor: i64,
}

impl Default for AggregateSpec {
    fn default() -> Self {
        let words = |w: &[&str]| w.iter().map(|s| (*s).to_owned()).collect();
        AggregateSpec {
            period_months: 12,
            favourite_store_months: 24,
            rfm_months: 24,
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
            priority_care_minor: 100_000,
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
    /// The last `months` months up to and with `as_of`: `[as_of − months + 1 day, as_of + 1 day)`.
    pub fn last_months(as_of: Day, months: u32) -> Period {
        Period { start: Day(as_of.add_months(-(months as i32)).0 + 1), end: Day(as_of.0 + 1) }
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
}
