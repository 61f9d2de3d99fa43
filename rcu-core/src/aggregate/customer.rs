//! What is known of one customer after its facts were folded.

use super::rfm::{RawRfm, RfmScores};
use crate::time::Day;

/// Aggregates of one customer. Sums and counts are 0 and dates and rates null when there is no purchase.
///
/// Money is in minor units, rates are in ten-thousandths (`_e4`), text ids are those of [`super::Facts::texts`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CustomerAggregates {
    /// Net revenue since ever.
    pub revenue_total_minor: i64,
    /// Net revenue of the main period.
    pub revenue_minor: i64,
    /// Tickets with a sale line of positive quantity in the main period.
    pub purchase_count: u32,
    /// Distinct (store, day) of such tickets in physical stores.
    pub visits: u32,
    /// Revenue by purchase, half away from zero.
    pub avg_basket_minor: Option<i64>,
    /// Σ discount / Σ gross of sale lines.
    pub discount_rate_e4: Option<i64>,
    /// Mean of the tickets' own rates.
    pub discount_rate_unweighted_e4: Option<i64>,
    /// Returned quantity / sold quantity in the main period.
    pub return_rate_e4: Option<i64>,
    /// Net revenue of the value period (36 months).
    pub value_minor: i64,
    /// Margin of the same period; null when no line of it has a margin.
    pub margin_minor: Option<i64>,
    /// Store code with most visits, a text id, 0 for none.
    pub favourite_store: u32,
    /// Channel with most interactions, a text id, 0 for none.
    pub favourite_channel: u32,
    /// First day with a sale.
    pub first_purchase: Option<Day>,
    /// Last day with a sale.
    pub last_purchase: Option<Day>,
    /// Days from the last sale to the reference day.
    pub recency_days: Option<i32>,
    /// What RFM scores are made of, for customers with a purchase in the RFM window.
    pub raw_rfm: Option<RawRfm>,
    /// RFM scores.
    pub rfm: Option<RfmScores>,
    /// RFM segment.
    pub rfm_segment: Option<&'static str>,
    /// Where the customer stands.
    pub lifecycle: Lifecycle,
    /// Bought within 90 days, after more than 24 months without.
    pub reactivated: bool,
    /// Share of positive net revenue by category (a text id), adding up to 10 000; empty for none.
    pub appetence_e4: Vec<(u32, i64)>,
    /// Figures by brand and by company, in that order.
    pub units: Vec<UnitFigures>,
    /// Complaints, surveys and reviews.
    pub care: Care,
    /// Web, newsletter and contacts; none for a customer without such an event.
    pub web: Option<Box<Web>>,
    /// Points of the loyalty scheme, in thousandths; null without a movement.
    pub loyalty_points_milli: Option<i64>,
    /// Aggregates of the installation's own, in their order.
    pub custom: Vec<CustomValue>,
}

/// Where a customer stands (`domain.md` §5.4), the first that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Lifecycle {
    /// Never bought.
    #[default]
    Prospect,
    /// First purchase at most 90 days ago.
    New,
    /// Last purchase at most 12 months ago.
    Active,
    /// At most 24 months.
    Dormant,
    /// At most 36 months.
    Inactive,
    /// Longer ago.
    Lost,
}

impl Lifecycle {
    /// All of them, in their order.
    pub const ALL: &'static [Lifecycle] = &[
        Lifecycle::Prospect,
        Lifecycle::New,
        Lifecycle::Active,
        Lifecycle::Dormant,
        Lifecycle::Inactive,
        Lifecycle::Lost,
    ];

    /// Of the first and last purchase.
    pub fn of(first: Option<Day>, last: Option<Day>, as_of: Day) -> Lifecycle {
        let (Some(first), Some(last)) = (first, last) else { return Lifecycle::Prospect };
        if as_of.0 - first.0 <= 90 {
            Lifecycle::New
        } else if last >= as_of.add_months(-12) {
            Lifecycle::Active
        } else if last >= as_of.add_months(-24) {
            Lifecycle::Dormant
        } else if last >= as_of.add_months(-36) {
            Lifecycle::Inactive
        } else {
            Lifecycle::Lost
        }
    }

    /// Name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Lifecycle::Prospect => "prospect",
            Lifecycle::New => "new",
            Lifecycle::Active => "active",
            Lifecycle::Dormant => "dormant",
            Lifecycle::Inactive => "inactive",
            Lifecycle::Lost => "lost",
        }
    }
}

/// What somebody is to a company, a brand, or all of them (B14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Bought lately.
    Customer,
    /// Bought, but not lately.
    Former,
    /// Never bought there.
    Prospect,
}

impl Status {
    /// Of the last purchase; `months` without one make a former customer.
    pub fn of(last: Option<Day>, as_of: Day, months: u32) -> Status {
        match last {
            None => Status::Prospect,
            Some(day) if day >= as_of.add_months(-(months as i32)) => Status::Customer,
            Some(_) => Status::Former,
        }
    }

    /// Name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Status::Customer => "customer",
            Status::Former => "former",
            Status::Prospect => "prospect",
        }
    }
}

/// What figures are split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnitKind {
    /// A brand.
    Brand,
    /// A company of the group.
    Company,
}

impl UnitKind {
    /// Name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            UnitKind::Brand => "brand",
            UnitKind::Company => "company",
        }
    }
}

/// Figures of a customer in one brand or company where they bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitFigures {
    /// Brand or company.
    pub kind: UnitKind,
    /// Its name, a text id.
    pub unit: u32,
    /// Net revenue since ever.
    pub revenue_total_minor: i64,
    /// Net revenue of the main period.
    pub revenue_minor: i64,
    /// Purchases in the main period.
    pub purchase_count: u32,
    /// First day with a sale.
    pub first_purchase: Option<Day>,
    /// Last day with a sale.
    pub last_purchase: Option<Day>,
    /// What RFM scores are made of.
    pub raw_rfm: Option<RawRfm>,
    /// RFM scores among the customers of the brand, when asked for.
    pub rfm: Option<RfmScores>,
}

/// Complaints, surveys and reviews (`domain.md` §5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Care {
    /// Complaints still open.
    pub complaints_open: u32,
    /// Complaints opened in 12 months.
    pub complaints_12m: u32,
    /// Day of the last complaint.
    pub last_complaint: Option<Day>,
    /// Mean days from opening to closing of the closed ones with both dates, in hundredths.
    pub mean_resolution_days_e2: Option<i64>,
    /// Last answer to "would you recommend us", 0 to 10; the lower one of a day with several.
    pub nps_last: Option<i64>,
    /// Mean rating of 12 months, in hundredths.
    pub rating_avg_12m_e2: Option<i64>,
    /// Reviews of 12 months.
    pub reviews_12m: u32,
    /// An open complaint, or an NPS of 6 or less or a rating of 2 or less within 90 days.
    pub unhappy: bool,
    /// Unhappy, and a lifetime revenue above the threshold.
    pub priority_care: bool,
}

/// Web, newsletter and contact pressure (`domain.md` §5.6).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Web {
    /// Sessions begun in 30 days.
    pub sessions_30d: u32,
    /// Pages seen in 30 days.
    pub pages_30d: u32,
    /// Day of the last page or cart.
    pub last_visit: Option<Day>,
    /// A cart of 30 days that no order followed: what it holds.
    pub abandoned_cart: Option<Cart>,
    /// Clicks in newsletters, 90 days.
    pub newsletter_clicks_90d: u32,
    /// Newsletters opened or loaded by a machine, 90 days; never proof of activity.
    pub opens_90d: u32,
    /// Contacts sent in 30 days.
    pub contacts_30d: u32,
    /// Last contact by channel (a text id), in the order of their names.
    pub last_contact: Vec<(u32, Day)>,
}

/// A cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cart {
    /// Value in minor units, when known.
    pub value_minor: Option<i64>,
    /// Items in thousandths, when known.
    pub items_milli: Option<i64>,
}

/// One aggregate of the installation's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomValue {
    /// One figure; null when there is none.
    One(Option<i64>),
    /// A figure by value of a field, in the order of the values.
    By(Vec<(i64, i64)>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifecycles_begin_and_end_on_their_day() {
        let as_of = Day::parse_iso("2026-11-21").unwrap();
        let of = |first: &str, last: &str| {
            Lifecycle::of(Day::parse_iso(first), Day::parse_iso(last), as_of).name()
        };
        assert_eq!(of("", ""), "prospect");
        assert_eq!(of("2026-08-23", "2026-08-23"), "new");
        assert_eq!(of("2026-08-22", "2026-08-22"), "active");
        assert_eq!(of("2020-01-01", "2025-11-21"), "active");
        assert_eq!(of("2020-01-01", "2025-11-20"), "dormant");
        assert_eq!(of("2020-01-01", "2024-11-21"), "dormant");
        assert_eq!(of("2020-01-01", "2024-11-20"), "inactive");
        assert_eq!(of("2020-01-01", "2023-11-21"), "inactive");
        assert_eq!(of("2020-01-01", "2023-11-20"), "lost");
    }

    #[test]
    fn a_former_customer_bought_too_long_ago() {
        let as_of = Day::parse_iso("2026-11-21").unwrap();
        let of = |last: &str| Status::of(Day::parse_iso(last), as_of, 36).name();
        assert_eq!((of(""), of("2023-11-21"), of("2023-11-20")), ("prospect", "customer", "former"));
    }
}
