//! The conceptual model of an installation and its data dictionary, generated from the plan (`domain.md` §6.6).
//!
//! What the configuration knows is here; volumes, completeness and validity are measured by an audit of the rows.

mod build;
mod processing;
mod rule;
mod write;

use schemars::JsonSchema;
use serde::Serialize;

pub use build::of_plan;
pub use processing::{Activity, processing, processing_csv, processing_text};
pub use write::FORMATS;

/// Families, how they refer to each other, and every field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Model {
    /// Families that have a source, and what a run makes of them, in order.
    pub entities: Vec<Entity>,
    /// References between them.
    pub relations: Vec<Relation>,
    /// One row per field of each entity.
    pub fields: Vec<FieldEntry>,
}

/// A family of rows, or a table that a run makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Entity {
    /// Name.
    pub name: String,
    /// What it means.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Sources that deliver it; none for what a run makes.
    pub sources: Vec<SourceEntry>,
    /// Whether a run makes it.
    pub derived: bool,
}

/// What a source declares of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SourceEntry {
    /// Name.
    pub name: String,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Expected rhythm of delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cadence: Option<String>,
    /// Purposes for which its personal data are processed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<String>,
}

/// How many rows of one entity may belong to one of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Many {
    /// Any number point at one, each at exactly one.
    ManyToOne,
    /// Any number point at one, each at one at most.
    ManyToMaybeOne,
    /// One at most points at one.
    OneToOne,
}

impl Many {
    /// The word in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Many::ManyToOne => "many to one",
            Many::ManyToMaybeOne => "many to one or none",
            Many::OneToOne => "one to one",
        }
    }
}

/// A reference of one entity to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Relation {
    /// Entity that refers.
    pub from: String,
    /// Entity that is referred to.
    pub to: String,
    /// Field or columns by which it does.
    pub by: String,
    /// How many to how many.
    pub cardinality: Many,
    /// What becomes of a row that points at none.
    pub orphans: &'static str,
}

/// One line of the dictionary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldEntry {
    /// Entity.
    pub entity: String,
    /// Field.
    pub field: String,
    /// Kind of value, which is also the name of its normaliser.
    pub kind: &'static str,
    /// `key`, `mapped`, `unmapped`, `derived`.
    pub status: &'static str,
    /// Columns that feed it, as `source.column`, with what is done to them.
    pub mapped: Vec<String>,
    /// Sources whose field an audit excluded.
    pub excluded: Vec<String>,
    /// Reliability of each source that feeds it, in thousandths.
    pub reliability: Vec<String>,
    /// How its golden value is chosen, or how it is computed.
    pub rule: String,
    /// Passes of matching that use it.
    pub passes: Vec<String>,
    /// References to other entities.
    pub refers_to: Vec<String>,
    /// Area that decides who sees it; empty when nobody is behind it.
    pub sensitivity: &'static str,
    /// What each role sees that does not see it in clear, as `role: masked`.
    pub masks: Vec<String>,
}
