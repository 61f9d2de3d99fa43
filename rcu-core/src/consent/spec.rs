//! Consents as a configuration declares them.

use super::statement::Subject;
use crate::error::{Problem, did_you_mean};
use crate::field::{CompiledField, FieldIx};
use crate::normalize::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where consents come from besides the rows of the family `consents`, and how those of merged records meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConsentSpec {
    /// How the records of one person decide together.
    pub across_records: Across,
    /// Customer fields of kind `consent` that stand for a statement, by field.
    pub columns: BTreeMap<String, ConsentColumn>,
    /// Sources that hold a proof of each grant in their columns; of the others a grant is `unproven`, and no contact.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub proven_by: Vec<String>,
}

/// How the records of one person decide together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Across {
    /// The most restricted of the records' own states: a merge never widens a consent.
    #[default]
    MostRestrictive,
    /// The latest statement of any record, as if one record had made them all: a later proven grant lifts an older
    /// refusal that another record holds.
    Latest,
}

/// What a customer field of kind `consent` stands for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConsentColumn {
    /// Purpose of the processing.
    pub purpose: String,
    /// Means of contact.
    pub channel: String,
    /// Brand; empty for all that the installation has.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub brand: String,
    /// Customer field with the date of the statement; absent: the record's date of change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Customer field with the reference of the proof.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
}

impl Default for ConsentSpec {
    fn default() -> Self {
        let column = |field: &str, channel: &str| {
            let column = ConsentColumn {
                purpose: "marketing".to_owned(),
                channel: channel.to_owned(),
                ..ConsentColumn::default()
            };
            (field.to_owned(), column)
        };
        ConsentSpec {
            across_records: Across::default(),
            columns: BTreeMap::from([column("consent_email", "email"), column("consent_sms", "sms")]),
            proven_by: Vec::new(),
        }
    }
}

/// A column of consents compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnPlan {
    /// The field of kind `consent`.
    pub field: FieldIx,
    /// What it is about.
    pub subject: Arc<Subject>,
    /// Field with the date of the statement.
    pub date: Option<FieldIx>,
    /// Field with the proof.
    pub proof: Option<FieldIx>,
}

/// Consents compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentPlan {
    /// How the records of one person decide together.
    pub across: Across,
    /// Columns of customers.
    pub columns: Vec<ColumnPlan>,
    /// Whether each source's columns are proven, by position.
    pub proven: Vec<bool>,
    /// The proof of a grant that a source vouches for.
    pub vouched: Arc<str>,
}

impl Default for ConsentPlan {
    fn default() -> Self {
        let vouched = "held by the source".into();
        ConsentPlan { across: Across::default(), columns: Vec::new(), proven: Vec::new(), vouched }
    }
}

impl ConsentPlan {
    /// Checks the columns against the fields and sources of a configuration.
    pub fn compile(
        spec: &ConsentSpec,
        fields: &[CompiledField],
        sources: &[&str],
        problems: &mut Vec<Problem>,
    ) -> ConsentPlan {
        let mut find = |path: String, name: &str, kinds: &[Kind]| -> Option<FieldIx> {
            let found = fields.iter().position(|f| f.name == name);
            match found {
                None => {
                    let names = fields.iter().map(|f| f.name.as_str());
                    let hint = did_you_mean(name, names.clone());
                    let listed = names.collect::<Vec<_>>().join(", ");
                    let what = format!("`{name}` is not a field{hint}; fields are {listed}");
                    problems.push(Problem::new(path, what));
                }
                Some(f) if !kinds.is_empty() && !kinds.contains(&fields[f].kind) => {
                    let wanted = kinds.iter().map(|k| k.name()).collect::<Vec<_>>().join(" or ");
                    let what =
                        format!("`{name}` is a {}; give a field of kind {wanted}", fields[f].kind.name());
                    problems.push(Problem::new(path, what));
                    return None;
                }
                Some(_) => {}
            }
            found
        };
        let mut columns = Vec::new();
        for (name, c) in &spec.columns {
            let path = format!("consents.columns.{name}");
            let field = find(path.clone(), name, &[Kind::Consent]);
            let date = c.date.as_ref().and_then(|f| find(format!("{path}.date"), f, &[Kind::Date]));
            let proof = c.proof.as_ref().and_then(|f| find(format!("{path}.proof"), f, &[]));
            let subject = Arc::new(Subject::new(&c.purpose, &c.channel, &c.brand));
            columns.extend(field.map(|field| ColumnPlan { field, subject, date, proof }));
        }
        for (name, c) in &spec.columns {
            for (key, text) in [("purpose", &c.purpose), ("channel", &c.channel)] {
                if text.trim().is_empty() {
                    let path = format!("consents.columns.{name}.{key}");
                    problems.push(Problem::new(path, "is missing; a consent is for one purpose and channel"));
                }
            }
        }
        for (i, name) in spec.proven_by.iter().enumerate() {
            if !sources.contains(&name.as_str()) {
                let hint = did_you_mean(name, sources.iter().copied());
                let what = format!("source `{name}` is not declared{hint}");
                problems.push(Problem::new(format!("consents.proven_by[{i}]"), what));
            }
        }
        let proven = sources.iter().map(|s| spec.proven_by.iter().any(|p| p == s)).collect();
        ConsentPlan { across: spec.across_records, columns, proven, ..ConsentPlan::default() }
    }
}
