//! What is kept of facts, and of a person beside the golden values.

use crate::aggregate::{Owner, RawRfm};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A row of any family but customers, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KeptFact {
    /// Position of its source in the plan.
    pub source: u16,
    /// Its identifier there.
    pub id: String,
    /// What tells it apart within its source: the identifier; of statements, rates and families with a key of their own
    /// what they say.
    pub key: String,
    /// The row as it was delivered: column and text, by column; columns without a value are left out.
    pub cells: Vec<(String, String)>,
    /// What it counts for.
    pub tally: Tally,
}

/// What a row of facts counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Tally {
    /// For whom.
    pub whose: Whose,
    /// Net amount of a line of sales in minor units.
    pub net_minor: i64,
}

/// For whom a row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// For nobody: it is referred to, or says nothing of a customer.
    #[default]
    Nobody,
    /// For the customer that it names.
    Customer,
    /// It names a customer whom no record is, and waits for the record.
    Orphan,
    /// It names no customer.
    Anonymous,
    /// A rule leaves it out, or what it needs is not there yet.
    LeftOut,
    /// No exchange rate of its currency is stored for its day.
    NoRate,
}

impl Whose {
    /// All of them.
    pub const ALL: [Whose; 6] =
        [Whose::Nobody, Whose::Customer, Whose::Orphan, Whose::Anonymous, Whose::LeftOut, Whose::NoRate];

    /// Name in outputs and stores.
    pub fn name(self) -> &'static str {
        match self {
            Whose::Nobody => "nobody",
            Whose::Customer => "customer",
            Whose::Orphan => "orphan",
            Whose::Anonymous => "anonymous",
            Whose::LeftOut => "left_out",
            Whose::NoRate => "no_rate",
        }
    }

    /// Of the owner of a row that counts.
    pub(super) fn of(owner: Owner) -> Whose {
        match owner {
            Owner::Customer(_) => Whose::Customer,
            Owner::Orphan => Whose::Orphan,
            Owner::Anonymous => Whose::Anonymous,
        }
    }
}

/// Where a person stands on the day of the repository: what follows from facts and from other people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// Aggregates by the name of their column, as written in outputs; those without a value are left out, and so is what
    /// depends on all other people (scores).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<String, String>,
    /// Figures by brand and company where the person bought: kind (`brand`, `company`), name, columns.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
    /// What scores are made of: of the person as a whole under the empty name, and by brand when brands are scored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rfm: BTreeMap<String, Scored>,
    /// State of every consent that the person said something of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<KeptConsent>,
    /// The household: the id made from that of its first person.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub household: String,
    /// What households are found by.
    #[serde(default)]
    pub lives: Lives,
}

/// What a score is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scored {
    /// Days since the last purchase.
    pub recency_days: i64,
    /// Purchases.
    pub frequency: i64,
    /// Net revenue in minor units.
    pub monetary_minor: i64,
    /// Days since the first purchase.
    pub first_purchase_days: i32,
}

impl Scored {
    /// As the raw figures of scoring.
    pub fn raw(&self) -> RawRfm {
        RawRfm { recency_days: self.recency_days, frequency: self.frequency, monetary: self.monetary_minor }
    }
}

/// The state of a consent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KeptConsent {
    /// Purpose of the processing.
    pub purpose: String,
    /// Means of contact.
    pub channel: String,
    /// Brand; empty for all.
    pub brand: String,
    /// The state of all records together, by its name in outputs.
    pub state: String,
    /// Source of the record whose statement decided.
    pub source: String,
    /// Identifier of that record.
    pub record_id: String,
    /// Source that the statement came from.
    pub said_by: String,
    /// Day of the statement, as `YYYY-MM-DD`; empty when it has none.
    pub date: String,
    /// First day on which a grant holds no more; empty when it does not end.
    pub expires: String,
    /// Reference of the proof; empty for none.
    pub proof: String,
    /// Statements about it.
    pub statements: u32,
}

impl KeptConsent {
    /// `purpose/channel` or `purpose/channel/brand`.
    pub fn name(&self) -> String {
        match self.brand.as_str() {
            "" => format!("{}/{}", self.purpose, self.channel),
            brand => format!("{}/{}/{brand}", self.purpose, self.channel),
        }
    }
}

/// What of a person says with whom they live, as numbers that are equal when the values are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lives {
    /// Postcode, number and way of the golden address; 0 when it has no number.
    pub address: u64,
    /// Last and birth names, ascending.
    pub last_names: Vec<u64>,
    /// E-mails and telephones, ascending.
    pub contacts: Vec<u64>,
}
