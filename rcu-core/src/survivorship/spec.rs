//! The rules as a configuration writes them.

use crate::field::FieldIx;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How one value is chosen among those of a cluster's records. Ties always fall to the better quality, the more
/// reliable source, the later date, the source's priority, then the smallest source and record id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Quality, reliability and recency weighed: `0.4 Q + 0.3 R + 0.3 F`.
    Score,
    /// The latest date of change.
    MostRecent,
    /// The first source of `source_priority` that has a value.
    SourcePriority,
    /// The most parts filled, then the longest text.
    MostComplete,
    /// The source trusted most for this field.
    MostReliable,
    /// Verified before clean before corrected.
    BestQuality,
    /// The value that most records have.
    MostFrequent,
    /// The earliest date of change.
    FirstKnown,
    /// The smallest value.
    Min,
    /// The largest value.
    Max,
    /// All distinct values, best first, separated by ` | `.
    Union,
    /// True when one record says so.
    AnyTrue,
    /// True when all records that say something say so.
    AllTrue,
    /// The most restrictive: withdrawn, denied, then granted.
    MostRestrictive,
}

impl Rule {
    /// The rule's name in configurations and provenance.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Score => "score",
            Rule::MostRecent => "most_recent",
            Rule::SourcePriority => "source_priority",
            Rule::MostComplete => "most_complete",
            Rule::MostReliable => "most_reliable",
            Rule::BestQuality => "best_quality",
            Rule::MostFrequent => "most_frequent",
            Rule::FirstKnown => "first_known",
            Rule::Min => "min",
            Rule::Max => "max",
            Rule::Union => "union",
            Rule::AnyTrue => "any_true",
            Rule::AllTrue => "all_true",
            Rule::MostRestrictive => "most_restrictive",
        }
    }
}

/// The rule of one field: a name, or a chain of rules where each breaks the ties of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum FieldRule {
    /// One rule.
    One(Rule),
    /// A chain.
    Chain(Vec<Rule>),
}

impl FieldRule {
    /// The rules in order.
    pub fn rules(&self) -> &[Rule] {
        match self {
            FieldRule::One(r) => std::slice::from_ref(r),
            FieldRule::Chain(c) => c,
        }
    }
}

/// Fields that are taken together from one record, so that no street of one meets the city of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupRule {
    /// The fields, taken from one record.
    pub fields: Vec<String>,
    /// How that record is chosen.
    pub rule: FieldRule,
    /// Fields without which a record cannot supply the group; absent: any of `fields`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
}

/// The rule of every field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SurvivorshipSpec {
    /// The rule of fields that name none.
    pub default: FieldRule,
    /// Rules by field.
    pub fields: BTreeMap<String, FieldRule>,
    /// Groups by name.
    pub groups: BTreeMap<String, GroupRule>,
    /// Sources from most to least preferred; sources not named come after, by reliability and name.
    pub source_priority: Vec<String>,
}

/// The rules of one field or group, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoicePlan {
    /// Name of the group, or of the field.
    pub name: String,
    /// Fields taken together.
    pub fields: Vec<FieldIx>,
    /// Fields a record must have.
    pub needs: Vec<FieldIx>,
    /// The chain of rules.
    pub rules: Vec<Rule>,
}

/// How far a source is trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceTrust {
    /// Trust by field, in thousandths.
    pub reliability: Vec<u32>,
    /// Rank in the order of preference; 0 is preferred most.
    pub priority: u32,
}

impl Default for SurvivorshipSpec {
    fn default() -> Self {
        let field = |f: &str, r: &[Rule]| {
            (f.to_owned(), if let [one] = r { FieldRule::One(*one) } else { FieldRule::Chain(r.to_vec()) })
        };
        let group = |name: &str, fields: &[&str], needs: &[&str], rule: &[Rule]| {
            let own = |l: &[&str]| l.iter().map(|s| (*s).to_owned()).collect();
            let rule = GroupRule { fields: own(fields), needs: own(needs), rule: field("", rule).1 };
            (name.to_owned(), rule)
        };
        SurvivorshipSpec {
            default: FieldRule::One(Rule::Score),
            fields: BTreeMap::from([
                field("civility", &[Rule::MostReliable, Rule::MostFrequent]),
                field("birth_name", &[Rule::MostReliable, Rule::MostComplete]),
                field("birth_date", &[Rule::MostReliable, Rule::MostFrequent]),
                field("loyalty_card", &[Rule::Union]),
                field("language", &[Rule::MostRecent]),
                field("consent_email", &[Rule::MostRestrictive]),
                field("consent_sms", &[Rule::MostRestrictive]),
                field("created_at", &[Rule::Min]),
                field("brand", &[Rule::Union]),
                field("company", &[Rule::Union]),
            ]),
            groups: BTreeMap::from([
                group(
                    "names",
                    &["last_name", "first_name", "suffix"],
                    &["last_name"],
                    &[Rule::MostReliable, Rule::MostComplete],
                ),
                group(
                    "address",
                    &["address_extra", "street", "postcode", "city", "country"],
                    &["postcode", "city"],
                    &[Rule::Score],
                ),
            ]),
            source_priority: Vec::new(),
        }
    }
}
