//! What a source declares: where its rows are, how they are written, which column feeds which field.

use crate::normalize::{Country, DateOrder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// File formats. Without one, the ending of the file name decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Delimited text with a header line.
    Csv,
    /// Apache Parquet.
    Parquet,
    /// One JSON object a line.
    Jsonl,
}

/// One value or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// The values in order.
    pub fn as_slice(&self) -> &[String] {
        match self {
            OneOrMany::One(s) => std::slice::from_ref(s),
            OneOrMany::Many(v) => v,
        }
    }
}

/// A source system and the contract of its rows.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceSpec {
    /// What its rows are: `customers`, `companies`, `transactions`, `stores`, `products`, `rates`, `complaints`, `reviews`,
    /// `interactions`, `loyalty`, `consents`, or a family that `families` declares.
    #[serde(default = "customers")]
    pub family: String,
    /// File, or files read as one, relative to the configuration or to `--input`. Absent when rows are pushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<OneOrMany>,
    /// Format of the files; absent: by the ending of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// Column separator of CSV, one character; absent: found from the header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1))]
    pub delimiter: Option<String>,
    /// Encoding label (`utf-8`, `windows-1252`, …); absent: byte order mark, then UTF-8, then Windows-1252.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Column of the record's own identifier, unique within the source.
    pub id: String,
    /// Date of the last change of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<FieldSource>,
    /// Whose row it is, for families other than customers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerRef>,
    /// The account that a row of customers is a contact of: identifier of a row of a source of family `companies`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<CustomerRef>,
    /// Brand of its records; a field `brand` that is not blank comes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// Company of the group that holds its records; a field `company` that is not blank comes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Country of the source; absent: that of `rcu.region`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub region: Option<Country>,
    /// Time zone of its local times, an IANA name; absent: that of the store, else of `rcu.timezone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// How far its values are trusted, 0 to 1: one figure, or one by field beside a `default`.
    #[serde(default)]
    pub reliability: Reliability,
    /// Whether the source is known to hold each person once: two of its records are then never linked.
    #[serde(default)]
    pub duplicate_free: bool,
    /// Whether its records are accounts that people open online: idle ones end (`retention.accounts_months`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accounts: bool,
    /// Column (or columns) behind each canonical field.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldSource>,
    /// Fields of this source that an audit excluded: they reach neither matching nor golden records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Decimal separator of the source's amounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1))]
    pub decimal_separator: Option<String>,
    /// Order of day, month and year in the source's dates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// Who answers for the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Expected rhythm of delivery (`daily`, `weekly`, `real_time`, …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cadence: Option<String>,
    /// Purposes for which its personal data are processed; absent: those of its family.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<String>,
}

fn customers() -> String {
    "customers".to_owned()
}

/// Trust in a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Reliability {
    /// The same for every field.
    One(#[schemars(range(min = 0.0, max = 1.0))] f64),
    /// By field; `default` for the others.
    ByField(BTreeMap<String, f64>),
}

impl Default for Reliability {
    fn default() -> Self {
        Reliability::One(0.5)
    }
}

impl Reliability {
    /// Trust in a field, in thousandths.
    pub fn thousandths(&self, field: &str) -> u32 {
        let r = match self {
            Reliability::One(r) => *r,
            Reliability::ByField(m) => m.get(field).or_else(|| m.get("default")).copied().unwrap_or(0.5),
        };
        (r.clamp(0.0, 1.0) * 1000.0).round() as u32
    }
}

/// How a row of another family names its customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerRef {
    /// Column with the customer's identifier in its source.
    pub id: String,
    /// The source that identifier belongs to, when it is always the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Column with the name of that source, when rows name different ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_column: Option<String>,
}

/// Where a field's value comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum FieldSource {
    /// One column.
    Column(String),
    /// Several columns, each a value of its own (two phones, two e-mails).
    Several(Vec<FieldSource>),
    /// A column with its conventions, or columns joined.
    Table(FieldTable),
}

/// A column with its conventions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FieldTable {
    /// The column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Columns whose texts are joined by a space, blanks left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub join: Vec<String>,
    /// The same value for every row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constant: Option<String>,
    /// The source's own words and what they stand for (`"3" = "MLLE"`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// Texts by which this source, as master of the field, erases the value: what other records say of it up to that
    /// day does not survive.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clear: Vec<String>,
    /// Order of day, month and year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// Decimal separator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal_separator: Option<String>,
}
