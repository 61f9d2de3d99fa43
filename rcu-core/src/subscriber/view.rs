//! The shipped views: what each kind of subscriber takes.

use crate::access::Role;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A shipped view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// The web shop: who its accounts are, and what they buy in stores.
    Ecommerce,
    /// The tills: which of their records to keep and which to merge, and the main card.
    Till,
    /// The audience that may be contacted, with segments and figures; nobody else is in it.
    Marketing,
    /// Customer service: the profile, complaints, who is cared for first.
    Service,
    /// Statistics: figures of nobody in particular.
    Bi,
    /// To a source: where the golden value is not the one that it holds.
    SourceFeedback,
    /// Invoicing: names and addresses.
    Billing,
}

/// What a view takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taken {
    pub fields: &'static [&'static str],
    pub figures: &'static [&'static str],
    pub role: Role,
    pub purpose: &'static str,
    /// Identifiers of the person's records in the subscriber's source, the one to keep first.
    pub records: bool,
}

const PROFILE: &[&str] = &[
    "civility",
    "last_name",
    "first_name",
    "birth_name",
    "birth_date",
    "email",
    "mobile",
    "landline",
    "address_extra",
    "street",
    "postcode",
    "city",
    "country",
    "loyalty_card",
    "language",
    "company_name",
    "store",
];

impl View {
    /// All of them.
    pub const ALL: &'static [View] = &[
        View::Ecommerce,
        View::Till,
        View::Marketing,
        View::Service,
        View::Bi,
        View::SourceFeedback,
        View::Billing,
    ];

    /// The word in configurations.
    pub fn name(self) -> &'static str {
        match self {
            View::Ecommerce => "ecommerce",
            View::Till => "till",
            View::Marketing => "marketing",
            View::Service => "service",
            View::Bi => "bi",
            View::SourceFeedback => "source_feedback",
            View::Billing => "billing",
        }
    }

    /// The one of that word.
    pub fn named(word: &str) -> Option<View> {
        View::ALL.iter().copied().find(|v| v.name() == word)
    }

    /// Whether only people who may be contacted are in it.
    pub fn is_audience(self) -> bool {
        self == View::Marketing
    }

    pub(super) fn takes(self) -> Taken {
        match self {
            View::Ecommerce => Taken {
                fields: &[
                    "civility",
                    "last_name",
                    "first_name",
                    "email",
                    "mobile",
                    "postcode",
                    "city",
                    "language",
                    "loyalty_card",
                ],
                figures: &["purchase_count", "last_purchase_date", "favourite_store", "loyalty_points"],
                role: Role::Service,
                purpose: "contract",
                records: true,
            },
            View::Till => Taken {
                fields: &["last_name", "first_name", "postcode", "loyalty_card"],
                figures: &["loyalty_points"],
                role: Role::Service,
                purpose: "contract",
                records: true,
            },
            View::Marketing => Taken {
                fields: &[
                    "civility",
                    "last_name",
                    "first_name",
                    "birth_date",
                    "email",
                    "mobile",
                    "postcode",
                    "city",
                    "language",
                    "store",
                ],
                figures: &[
                    "status",
                    "lifecycle",
                    "rfm_segment",
                    "net_revenue",
                    "purchase_count",
                    "avg_basket",
                    "last_purchase_date",
                    "favourite_store",
                    "favourite_channel",
                    "newsletter_clicks_90d",
                ],
                role: Role::Marketing,
                purpose: "marketing",
                records: false,
            },
            View::Service => Taken {
                fields: PROFILE,
                figures: &[
                    "complaints_open",
                    "complaints_12m",
                    "nps_last",
                    "priority_care",
                    "last_purchase_date",
                ],
                role: Role::Service,
                purpose: "contract",
                records: true,
            },
            View::Bi => Taken {
                fields: &["birth_date", "postcode", "city", "country", "language", "store"],
                figures: &[
                    "status",
                    "lifecycle",
                    "rfm_segment",
                    "net_revenue",
                    "net_revenue_total",
                    "purchase_count",
                    "visits",
                    "avg_basket",
                    "return_rate",
                    "first_purchase_date",
                    "last_purchase_date",
                ],
                role: Role::Bi,
                purpose: "statistics",
                records: false,
            },
            View::SourceFeedback => Taken {
                fields: PROFILE,
                figures: &[],
                role: Role::Steward,
                purpose: "contract",
                records: true,
            },
            View::Billing => Taken {
                fields: &[
                    "civility",
                    "last_name",
                    "first_name",
                    "company_name",
                    "siret",
                    "vat",
                    "address_extra",
                    "street",
                    "postcode",
                    "city",
                    "country",
                ],
                figures: &[],
                role: Role::Finance,
                purpose: "contract",
                records: true,
            },
        }
    }
}
