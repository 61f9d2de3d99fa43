//! The families of facts that are known without being declared: their fields, and where their aggregates look.

use crate::normalize::Kind;

/// Fields of transactions.
pub const TRANSACTIONS: &[(&str, Kind)] = &[
    ("ticket", Kind::Identifier),
    ("date", Kind::Date),
    ("kind", Kind::Category),
    ("store", Kind::Identifier),
    ("channel", Kind::Category),
    ("company", Kind::Category),
    ("brand", Kind::Category),
    ("product", Kind::Identifier),
    ("category", Kind::Category),
    ("amount", Kind::Amount),
    ("gross", Kind::Amount),
    ("discount", Kind::Amount),
    ("currency", Kind::Category),
    ("tax", Kind::Category),
    ("vat_rate", Kind::Decimal),
    ("margin", Kind::Amount),
    ("cost", Kind::Amount),
    ("quantity", Kind::Decimal),
    ("return", Kind::Boolean),
    ("original_ticket", Kind::Identifier),
    ("original_date", Kind::Date),
    ("status", Kind::Category),
];

/// Fields of stores.
pub const STORES: &[(&str, Kind)] = &[
    ("name", Kind::Text),
    ("street", Kind::Street),
    ("postcode", Kind::Postcode),
    ("city", Kind::City),
    ("country", Kind::Country),
    ("phone", Kind::Phone),
    ("email", Kind::Email),
    ("opened_at", Kind::Date),
    ("timezone", Kind::Identifier),
    ("brand", Kind::Category),
    ("company", Kind::Category),
    ("channel", Kind::Category),
];

/// Fields of products.
pub const PRODUCTS: &[(&str, Kind)] = &[
    ("name", Kind::Text),
    ("category", Kind::Category),
    ("brand", Kind::Category),
    ("company", Kind::Category),
    ("kind", Kind::Category),
];

/// Fields of stored exchange rates.
pub const RATES: &[(&str, Kind)] =
    &[("date", Kind::Date), ("currency", Kind::Category), ("rate", Kind::Decimal)];

/// Fields of complaints.
pub const COMPLAINTS: &[(&str, Kind)] = &[
    ("opened_at", Kind::Date),
    ("closed_at", Kind::Date),
    ("status", Kind::Category),
    ("reason", Kind::Category),
    ("channel", Kind::Category),
    ("store", Kind::Identifier),
    ("brand", Kind::Category),
    ("company", Kind::Category),
];

/// Fields of reviews and surveys.
pub const REVIEWS: &[(&str, Kind)] = &[
    ("date", Kind::Date),
    ("rating", Kind::Decimal),
    ("nps", Kind::Integer),
    ("product", Kind::Identifier),
    ("channel", Kind::Category),
    ("store", Kind::Identifier),
    ("brand", Kind::Category),
    ("company", Kind::Category),
];

/// Fields of interactions: web and newsletter events, contacts, anything else somebody did or was sent.
pub const INTERACTIONS: &[(&str, Kind)] = &[
    ("date", Kind::Date),
    ("type", Kind::Category),
    ("channel", Kind::Category),
    ("visitor", Kind::Identifier),
    ("cart", Kind::Identifier),
    ("value", Kind::Amount),
    ("items", Kind::Decimal),
    ("page", Kind::Text),
    ("consent", Kind::Consent),
    ("store", Kind::Identifier),
    ("brand", Kind::Category),
    ("company", Kind::Category),
    ("department", Kind::Category),
];

/// Fields of loyalty movements.
pub const LOYALTY: &[(&str, Kind)] = &[
    ("date", Kind::Date),
    ("points", Kind::Decimal),
    ("type", Kind::Category),
    ("card", Kind::Identifier),
    ("tier", Kind::Category),
    ("store", Kind::Identifier),
    ("brand", Kind::Category),
    ("company", Kind::Category),
];

/// Position of a field that the family has.
pub const fn position(fields: &[(&str, Kind)], name: &str) -> usize {
    let mut i = 0;
    while i < fields.len() {
        let (a, b) = (fields[i].0.as_bytes(), name.as_bytes());
        let mut same = a.len() == b.len();
        let mut k = 0;
        while same && k < a.len() {
            same = a[k] == b[k];
            k += 1;
        }
        if same {
            return i;
        }
        i += 1;
    }
    // Evaluated at compile time only: a wrong name does not build.
    panic!("the family has no such field")
}
