//! One configuration for everything, read from TOML, YAML or JSON, checked as a whole.
//!
//! The structs below are the only description of the file: the JSON Schema is generated from them, and
//! [`schema::check`] walks a document against that schema, so that every structural problem is reported at once.
//! What the schema cannot say (a pass that names an unknown field) is checked by [`Plan::compile`].

mod family;
mod plan;
pub mod schema;
mod source;

pub use family::{
    Cardinality, CustomerUse, Families, Family, FamilyPlan, FamilySpec, OrphanControl, RelationPlan,
    RelationSpec,
};
pub use plan::{FieldInput, OBJECTIONS, Plan, SourcePlan, Take, Target};
pub use source::{CustomerRef, FieldSource, FieldTable, Format, OneOrMany, Reliability, SourceSpec};

use crate::access::RoleSpec;
use crate::aggregate::AggregateSpec;
use crate::company::CompanySpec;
use crate::consent::ConsentSpec;
use crate::error::{Error, Problem};
use crate::household::HouseholdSpec;
use crate::lists::ListsSpec;
use crate::matching::model::ModelSpec;
use crate::matching::ruling::Rulings;
use crate::matching::{MatchingSpec, PassSpec, default_passes};
use crate::normalize::{Country, Kind};
use crate::privacy::{PurposeSpec, RetentionSpec};
use crate::subscriber::SubscriberSpec;
use crate::survivorship::SurvivorshipSpec;
use crate::time::Zone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The whole configuration. Every part but `sources` has a French retail default.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Region, time zone, reference day.
    #[serde(default)]
    pub rcu: General,
    /// Each source system, by name.
    pub sources: BTreeMap<String, SourceSpec>,
    /// Fields of the installation's own, by name; the built-in ones are there already.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldSpec>,
    /// The installation's own rule lists, added to the shipped ones.
    #[serde(default)]
    pub lists: ListsSpec,
    /// Families of facts of the installation's own, and relations of the known ones, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub families: BTreeMap<String, FamilySpec>,
    /// Matching passes, in order. Absent: the four canonical passes and a scored one.
    #[serde(default = "default_passes")]
    pub passes: Vec<PassSpec>,
    /// Caps, points and thresholds of matching.
    #[serde(default)]
    pub matching: MatchingSpec,
    /// File of steward decisions, beside the configuration: CSV, Parquet or JSON Lines with columns `source_a`,
    /// `record_id_a`, `source_b`, `record_id_b`, `decision` (same, different, household, later), and `date`, `author`,
    /// `comment`, `cancelled` where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decisions: Option<String>,
    /// The decisions themselves, once the file was read.
    #[serde(skip)]
    pub rulings: Rulings,
    /// The Fellegi–Sunter model of passes with `decide = "model"`.
    #[serde(default)]
    pub model: ModelSpec,
    /// How the value of each golden field is chosen.
    #[serde(default)]
    pub survivorship: SurvivorshipSpec,
    /// How companies are matched, and what their contacts have besides the passes of all persons.
    #[serde(default)]
    pub companies: CompanySpec,
    /// Where consents come from, and how those of a person's records meet.
    #[serde(default)]
    pub consents: ConsentSpec,
    /// Roles of the installation's own, and what it changes in the shipped ones, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, RoleSpec>,
    /// Why personal data are processed: purposes of the installation's own, and what it changes in the shipped ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub purposes: BTreeMap<String, PurposeSpec>,
    /// How long they are kept.
    #[serde(default)]
    pub retention: RetentionSpec,
    /// Who receives what: subscribers of the installation's own, and what it changes in the shipped ones, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub subscribers: BTreeMap<String, SubscriberSpec>,
    /// How persons are grouped into households.
    #[serde(default)]
    pub households: HouseholdSpec,
    /// Periods, perimeter and thresholds of the aggregates, and those of the installation's own.
    #[serde(default)]
    pub aggregates: AggregateSpec,
}

/// Region, time zone, reference day.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct General {
    /// Country of the sources, ISO 3166-1 alpha-2; a source may name its own.
    #[schemars(with = "String", regex(pattern = r"^[A-Za-z]{2}$"))]
    pub region: Country,
    /// Time zone of local dates, an IANA name; a store of a French overseas postcode has its own.
    #[schemars(schema_with = "zones")]
    pub timezone: String,
    /// The day on which ages, recencies and periods are judged, `YYYY-MM-DD`. Absent: the caller's day.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
}

fn zones(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "string", "enum": Zone::names().collect::<Vec<_>>() })
}

impl Default for General {
    fn default() -> Self {
        General { region: Country::FR, timezone: "Europe/Paris".to_owned(), as_of: None }
    }
}

/// A field of the installation's own.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldSpec {
    /// How its values are normalised.
    pub kind: Kind,
    /// What it means, for the dictionary.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// The languages a configuration may be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// TOML.
    Toml,
    /// YAML.
    Yaml,
    /// JSON.
    Json,
}

impl Syntax {
    /// The syntax that a file name's ending promises: `.yaml`, `.yml`, `.json`; TOML otherwise.
    pub fn of_file_name(name: &str) -> Syntax {
        match name.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
            Some("yaml" | "yml") => Syntax::Yaml,
            Some("json") => Syntax::Json,
            _ => Syntax::Toml,
        }
    }

    /// The syntax that a text's first telling line shows: `{` begins JSON, `[name]` and `key = value` are TOML, the
    /// rest is YAML.
    pub fn of_text(text: &str) -> Syntax {
        let telling = |line: &&str| !line.is_empty() && !line.starts_with('#') && *line != "---";
        match text.trim_start_matches('\u{feff}').lines().map(str::trim).find(telling) {
            Some(line) if line.starts_with('{') => Syntax::Json,
            Some(line) if line.starts_with('[') => Syntax::Toml,
            Some(line) if line.find('=').is_some_and(|eq| !line[..eq].contains(':')) => Syntax::Toml,
            Some(_) => Syntax::Yaml,
            None => Syntax::Toml,
        }
    }
}

impl Config {
    /// Reads a configuration's text.
    ///
    /// # Errors
    /// [`Error::ConfigSyntax`] when the text is not of that syntax; [`Error::Config`] with every structural problem.
    pub fn parse(text: &str, syntax: Syntax) -> Result<Config, Error> {
        let fail = |format, reason: String| Error::ConfigSyntax { format, reason };
        let value: Value = match syntax {
            Syntax::Toml => {
                let table: toml::Table = toml::from_str(text).map_err(|e| fail("TOML", e.to_string()))?;
                toml_to_json(toml::Value::Table(table))
            }
            Syntax::Yaml => serde_yaml_ng::from_str(text).map_err(|e| fail("YAML", e.to_string()))?,
            Syntax::Json => serde_json::from_str(text).map_err(|e| fail("JSON", e.to_string()))?,
        };
        Config::from_value(value)
    }

    /// Reads a configuration from a document already parsed.
    ///
    /// # Errors
    /// [`Error::Config`] with every structural problem.
    pub fn from_value(value: Value) -> Result<Config, Error> {
        let problems = schema::check(&value, &Config::json_schema());
        if !problems.is_empty() {
            return Err(Error::Config { problems });
        }
        serde_json::from_value(value)
            .map_err(|e| Error::Config { problems: vec![Problem::new("", e.to_string())] })
    }

    /// The JSON Schema of the file, for editors.
    pub fn json_schema() -> Value {
        let mut schema = schemars::schema_for!(Config).to_value();
        if let Some(map) = schema.as_object_mut() {
            map.insert("title".into(), "rcu configuration".into());
        }
        schema
    }

    /// The configuration with every default written out.
    pub fn expanded(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }
}

/// TOML has a type for dates; the configuration reads them as text.
fn toml_to_json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(s) => Value::String(s),
        toml::Value::Integer(i) => Value::from(i),
        toml::Value::Float(f) => Value::from(f),
        toml::Value::Boolean(b) => Value::Bool(b),
        toml::Value::Datetime(d) => Value::String(d.to_string()),
        toml::Value::Array(a) => Value::Array(a.into_iter().map(toml_to_json).collect()),
        toml::Value::Table(t) => Value::Object(t.into_iter().map(|(k, v)| (k, toml_to_json(v))).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_shows_its_syntax() {
        for (text, syntax) in [
            ("# note\n[rcu]\nregion = \"FR\"", Syntax::Toml),
            ("rcu.region = \"a:b\"", Syntax::Toml),
            ("\n {\"rcu\": {}}", Syntax::Json),
            ("---\nsources:\n  till: {id: a}", Syntax::Yaml),
            ("rcu: {region: FR, note: a=b}", Syntax::Yaml),
            ("", Syntax::Toml),
        ] {
            assert_eq!(Syntax::of_text(text), syntax, "{text}");
        }
    }
}
