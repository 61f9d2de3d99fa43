//! The rules as a configuration writes them.

use super::lock::Lock;
use super::trust::{ReliabilityOverride, TrustSpec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

macro_rules! rules {
    ($($(#[$meta:meta])* $variant:ident = $name:literal;)+) => {
        /// How one value is chosen among those of a cluster's records. Ties always fall to the better quality, the more
        /// reliable source, the later date, the source's priority, then the smallest source and record id.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Rule { $($(#[$meta])* $variant),+ }

        impl Rule {
            /// The rule's name in configurations and provenance.
            pub fn name(self) -> &'static str {
                match self { $(Rule::$variant => $name),+ }
            }

            /// The rule of a name, those that stand in provenance only among them.
            pub fn named(name: &str) -> Option<Rule> {
                match name {
                    $($name => Some(Rule::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

rules! {
    /// Quality, reliability and recency weighed: `0.4 Q + 0.3 R + 0.3 F`.
    Score = "score";
    /// The latest date of change, or the largest value of the field that `by` names.
    MostRecent = "most_recent";
    /// The first source of `sources`, else of `survivorship.source_priority`, that has a value.
    SourcePriority = "source_priority";
    /// Only values of the source that `source` names.
    MainSource = "main_source";
    /// The most parts filled, then the longest text.
    MostComplete = "most_complete";
    /// The source trusted most for this field.
    MostReliable = "most_reliable";
    /// The source trusted most for this field at the age of the value (`survivorship.trust`).
    Trust = "trust";
    /// Verified before clean before corrected.
    BestQuality = "best_quality";
    /// Values written clean and fit to identify somebody before all others.
    ValidFirst = "valid_first";
    /// The value that most records have.
    MostFrequent = "most_frequent";
    /// The value that most sources have.
    MostFrequentSources = "most_frequent_sources";
    /// The value that all agree on; none when two differ.
    Unanimous = "unanimous";
    /// The earliest date of change, or the smallest value of the field that `by` names.
    FirstKnown = "first_known";
    /// The record that comes first by source and id.
    First = "first";
    /// The record that comes last by source and id.
    Last = "last";
    /// The text with the most characters.
    Longest = "longest";
    /// The text with the fewest characters.
    Shortest = "shortest";
    /// The smallest value.
    Min = "min";
    /// The largest value.
    Max = "max";
    /// The sum of the values of all records.
    Sum = "sum";
    /// How many records have a value.
    Count = "count";
    /// How many different values there are.
    CountDistinct = "count_distinct";
    /// The first of `values` that is there; values not listed come last.
    Ranking = "ranking";
    /// Values whose record fulfils the condition `prefer` come first.
    Expression = "expression";
    /// All distinct values, best first, separated by ` | ` or `separator`.
    Union = "union";
    /// The distinct values in the order of the rules that follow, separated by a space or `separator`.
    Concatenate = "concatenate";
    /// True when one record says so.
    AnyTrue = "any_true";
    /// True when all records that say something say so.
    AllTrue = "all_true";
    /// The most restrictive: withdrawn, denied, then granted.
    MostRestrictive = "most_restrictive";
    /// What the record that won another field has. In provenance only: written as `follow`.
    #[serde(skip)]
    Follow = "follow";
    /// A steward's value. In provenance only: written under `survivorship.locks`.
    #[serde(skip)]
    Locked = "locked";
}

impl Rule {
    /// Whether the rule makes one value of several, so that the golden value need not be any record's.
    pub fn combines(self) -> bool {
        matches!(self, Rule::Union | Rule::Concatenate | Rule::Sum | Rule::Count | Rule::CountDistinct)
    }
}

/// The rule of one field: a name, a chain of rules where each breaks the ties of the one before, or a table with
/// settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum FieldRule {
    /// One rule.
    One(Rule),
    /// A chain.
    Chain(Vec<Rule>),
    /// A chain with its settings, conditions and fallback.
    Table(Box<RuleTable>),
}

/// One rule or a chain of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Rules {
    /// One rule.
    One(Rule),
    /// A chain.
    Chain(Vec<Rule>),
}

impl Rules {
    /// The rules in order.
    pub fn as_slice(&self) -> &[Rule] {
        match self {
            Rules::One(r) => std::slice::from_ref(r),
            Rules::Chain(c) => c,
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Rules::One(Rule::Score)
    }
}

/// A rule with its settings. Conditions are written `country = 'FR' and updated_at >= 2024-01-01`: names of fields,
/// `source`, `updated_at`, `age_days`, `status`, `records`; `=`, `!=`, `<`, `<=`, `>`, `>=`, `in ('a', 'b')`,
/// `starts_with`, `ends_with`, `contains`, `is missing`, `is known`; `and`, `or`, `not`, brackets. A comparison with a
/// missing value does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RuleTable {
    /// The rule, or a chain where each breaks the ties of the one before.
    pub rule: Rules,
    /// `most_recent` and `first_known`: the field of the same record (a date or number) that they look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// `main_source`: the only source that may supply the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// `source_priority`: sources from most to least preferred, for this field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// `ranking`: values from most to least preferred.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// `expression`: the condition that a preferred value's record fulfils.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefer: Option<String>,
    /// `union`, `concatenate`: what stands between two values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
    /// Only values whose record fulfils this condition may survive.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// Sources that only fill: their values are taken when no other source has one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fill_only: Vec<String>,
    /// Take the value of the record that won this other field, in place of `rule`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow: Option<String>,
    /// Rules for people whose golden record fulfils a condition; the first that does decides in place of `rule`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<Case>,
    /// The rule when this one gives no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<FieldRule>,
}

/// A rule for some people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Condition on the golden values of other fields; `source = 'x'` holds when a record of x is there, `records` is
    /// how many there are.
    pub when: String,
    /// The rule of people who fulfil it.
    pub rule: FieldRule,
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
    /// Whether fields that the chosen record lacks are filled from the next records that could supply the group.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fill: bool,
}

/// The rule of every field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SurvivorshipSpec {
    /// The rule of fields that name none.
    pub default: FieldRule,
    /// Rules by kind of value (`email`, `date`, `category`, …), for fields that name none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<String, FieldRule>,
    /// Rules by field; fields that are not named keep their shipped rule.
    pub fields: BTreeMap<String, FieldRule>,
    /// Groups by name.
    pub groups: BTreeMap<String, GroupRule>,
    /// Sources from most to least preferred; sources not named come after, by reliability and name.
    pub source_priority: Vec<String>,
    /// Trust that decays with the age of a value, by source, then by field (`default` for the others).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub trust: BTreeMap<String, BTreeMap<String, TrustSpec>>,
    /// Reliabilities set by hand over those of the sources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reliability: Vec<ReliabilityOverride>,
    /// By field, the condition under which a record's value counts as verified (quality 1): `mobile_checked = true`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub verified: BTreeMap<String, String>,
    /// Values that a steward pinned, ignored or cleared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locks: Vec<Lock>,
    /// CSV, JSON Lines or Parquet file with more locks, one a row, columns named as in `locks`; relative to the
    /// configuration or to `--input`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locks_file: Option<String>,
    /// The locks of `locks_file`, once it was read.
    #[serde(skip)]
    pub file_locks: Option<Vec<Lock>>,
    /// Days after which the sources' disagreement with a lock is an alert.
    pub lock_divergence_days: u32,
}

impl Default for SurvivorshipSpec {
    fn default() -> Self {
        let field = |f: &str, r: &[Rule]| {
            (f.to_owned(), if let [one] = r { FieldRule::One(*one) } else { FieldRule::Chain(r.to_vec()) })
        };
        let group = |name: &str, fields: &[&str], needs: &[&str], rule: &[Rule]| {
            let own = |l: &[&str]| l.iter().map(|s| (*s).to_owned()).collect();
            let rule =
                GroupRule { fields: own(fields), needs: own(needs), rule: field("", rule).1, fill: false };
            (name.to_owned(), rule)
        };
        SurvivorshipSpec {
            default: FieldRule::One(Rule::Score),
            kinds: BTreeMap::new(),
            fields: BTreeMap::from([
                field("civility", &[Rule::MostReliable, Rule::MostFrequent]),
                field("birth_name", &[Rule::MostReliable, Rule::MostComplete]),
                field("birth_date", &[Rule::MostReliable, Rule::MostFrequent]),
                field("loyalty_card", &[Rule::Union]),
                field("language", &[Rule::MostRecent]),
                field("consent_email", &[Rule::MostRestrictive]),
                field("consent_sms", &[Rule::MostRestrictive]),
                field("created_at", &[Rule::Min]),
                field("first_purchase_date", &[Rule::Min]),
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
            trust: BTreeMap::new(),
            reliability: Vec::new(),
            verified: BTreeMap::new(),
            locks: Vec::new(),
            locks_file: None,
            file_locks: None,
            lock_divergence_days: 90,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_configuration() {
        for name in ["score", "most_frequent_sources", "valid_first", "any_true", "main_source", "last"] {
            let rule: Rule = serde_json::from_value(name.into()).unwrap();
            assert_eq!(rule.name(), name);
        }
        assert!(serde_json::from_value::<Rule>("locked".into()).is_err());
    }
}
