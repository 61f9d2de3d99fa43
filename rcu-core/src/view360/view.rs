//! The page as plain data.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Everything known of one person.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct View360 {
    /// Golden id.
    pub golden_id: String,
    /// The day on which ages and periods were judged.
    pub as_of: String,
    /// The role it was made for; absent: everything is clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The purpose that it was read for; absent: those that the role works for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Their records in the sources.
    pub records: Vec<RecordView>,
    /// Golden values but those of contact, in the order of the fields.
    pub identity: Vec<ValueView>,
    /// Means of contact, the golden value of each field first.
    pub contacts: Vec<ContactView>,
    /// Consents by purpose, channel and brand.
    pub consents: Vec<ConsentView>,
    /// Facts by family, oldest first. Empty without the rows of the run.
    pub facts: BTreeMap<String, Vec<FactView>>,
    /// Aggregates by name, null ones left out.
    pub aggregates: Map<String, Value>,
    /// Who they live with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub household: Option<HouseholdView>,
    /// Where each golden value comes from and what it beat.
    pub provenance: Vec<Origin>,
    /// How the records became one person, and what is in doubt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
}

/// A record of the person.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RecordView {
    /// Source.
    pub source: String,
    /// Identifier in it.
    pub record_id: String,
    /// Date of last change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
}

/// A golden value.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ValueView {
    /// Field.
    pub field: String,
    /// Value; null when it is hidden by its mask.
    pub value: Option<String>,
    /// Whether a mask is over it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub masked: bool,
}

/// A means of contact.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ContactView {
    /// Field.
    pub field: String,
    /// 1 for the golden value, further values after it.
    pub rank: u32,
    /// Value.
    pub value: Option<String>,
    /// Score in thousandths.
    pub score: u16,
    /// Date of last change of the record that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// Whether a mask is over it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub masked: bool,
}

/// The state of a consent and everything that was said.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ConsentView {
    /// Purpose.
    pub purpose: String,
    /// Channel.
    pub channel: String,
    /// Brand; empty for all.
    pub brand: String,
    /// `granted`, `unproven`, `unknown`, `expired`, `denied`, `withdrawn`.
    pub state: &'static str,
    /// Whether the person may be contacted.
    pub contactable: bool,
    /// What was said about it, record by record.
    pub statements: Vec<StatementView>,
}

impl ConsentView {
    /// `purpose/channel`, and the brand when there is one.
    pub fn subject(&self) -> String {
        let brand = if self.brand.is_empty() { String::new() } else { format!("/{}", self.brand) };
        format!("{}/{}{brand}", self.purpose, self.channel)
    }
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StatementView {
    /// What was said.
    pub status: crate::consent::Status,
    /// Local day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// First day on which it holds no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Reference of the proof.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// Where it was collected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<String>,
    /// Version of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_version: Option<String>,
    /// Who entered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Source of the statement.
    pub source: String,
    /// Record of the person that it is kept with, as `source:record id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
}

/// A fact.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FactView {
    /// Source.
    pub source: String,
    /// Identifier in it.
    pub id: String,
    /// Values by field; amounts and decimals as texts, so that they are exact.
    pub values: Map<String, Value>,
}

/// The household of the person.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct HouseholdView {
    /// Household id.
    pub id: String,
    /// Golden ids of its other people.
    pub others: Vec<String>,
}

/// Where a golden value comes from.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Origin {
    /// Field.
    pub field: String,
    /// Source of the record that supplied it.
    pub source: String,
    /// The record.
    pub record_id: String,
    /// Date of last change of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// The rule that chose.
    pub rule: &'static str,
    /// Score in thousandths.
    pub score: u16,
    /// Of a locked value, who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Of a locked value, why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Distinct values that it beat, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub beat: Vec<Alternative>,
}

/// A value that did not survive.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Alternative {
    /// Value.
    pub value: Option<String>,
    /// Source of the best record that has it.
    pub source: String,
    /// The record.
    pub record_id: String,
    /// Score in thousandths.
    pub score: u16,
}

/// How the records became one person in this run.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct History {
    /// Links between their records.
    pub links: Vec<LinkView>,
    /// Pairs with other people that wait for a steward, and links that were refused.
    pub doubts: Vec<Doubt>,
    /// What stewards locked.
    pub locks: Vec<LockView>,
}

/// A link between two records, as `source:record id`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LinkView {
    /// One.
    pub a: String,
    /// The other.
    pub b: String,
    /// The pass that found it, or `steward`.
    pub pass: String,
    /// Its score.
    pub score: i32,
    /// Comparisons and their levels.
    pub evidence: String,
}

/// A pair that may be one person.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Doubt {
    /// Own record.
    pub own: String,
    /// Record of another person.
    pub other: String,
    /// Golden id of the other person.
    pub golden_id: String,
    /// Why it is in doubt.
    pub reason: String,
    /// Its score.
    pub score: i32,
}

/// A lock on a value.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LockView {
    /// Field.
    pub field: String,
    /// `pin`, `ignore`, `clear`.
    pub kind: &'static str,
    /// The value.
    pub value: Option<String>,
    /// What became of it.
    pub state: &'static str,
    /// Who decided.
    pub author: String,
    /// Why.
    pub reason: String,
}
