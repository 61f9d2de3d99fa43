//! The Fellegi–Sunter model: how likely each comparison level is among pairs of one person (m) and of two (u).
//!
//! A match weight is the binary logarithm of m/u; weights of all comparisons and of the prior add up (Fellegi & Sunter
//! 1969). A missing value has weight 0: it says nothing. An exact agreement on a value weighs by how rare the value is in
//! the records at hand (term frequency), in powers of two, so that a weight changes only when a count doubles.

pub mod bits;
pub mod splink;
pub mod threshold;
mod train;
mod weights;

pub use train::{TrainingReport, train};
pub use weights::{Weights, value_key};

use super::compare::Comparisons;
use crate::error::{Problem, did_you_mean};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which model decides in passes with `decide = "model"`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ModelSpec {
    /// Where the model comes from.
    pub from: Origin,
    /// File of a trained model, beside the configuration; `from` is then `file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The file's text, once it was read.
    #[serde(skip)]
    pub text: Option<String>,
    /// The comparisons that weigh. Absent: the installation's own when there are any, else the built-in ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comparisons: Vec<String>,
    /// Match weight in bits, prior included, from which a pair is linked. Absent: the model's own threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_at_bits: Option<f64>,
    /// Match weight in bits from which a pair goes to review. Absent: the model's own threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_at_bits: Option<f64>,
}

/// Where the model comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The shipped model of French retail customers.
    #[default]
    Shipped,
    /// Estimated from the records of the run, without labels.
    Estimate,
    /// A file written by `rcu train`.
    File,
}

/// A trained model, as it is saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Version of this format: 1.
    pub format: u32,
    /// Expected pairs of one person per record.
    pub matches_per_record: f64,
    /// The prior is never taken higher than in a base of this many records.
    #[serde(default)]
    pub smallest_population: u64,
    /// Match weight in bits, prior included, from which a pair is linked.
    pub link_at_bits: f64,
    /// Match weight in bits from which a pair goes to review.
    pub review_at_bits: f64,
    /// The comparisons that weigh.
    pub comparisons: Vec<ModelComparison>,
    /// How it was trained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<TrainingReport>,
}

/// The levels of one comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelComparison {
    /// The comparison.
    pub name: String,
    /// Whether the best level weighs by how rare the value is, and rare among what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term_frequency: Option<Frequency>,
    /// Levels from worst to best.
    pub levels: Vec<ModelLevel>,
}

/// What a value's rarity is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    /// The records at hand: names, towns.
    Share,
    /// The records at hand, but never fewer than `smallest_population`: e-mails, telephones and whatever identifies few
    /// people in a base of any size.
    Count,
}

/// One comparison level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelLevel {
    /// The level.
    pub name: String,
    /// Chance of the level among pairs of one person with both values, 0 to 1.
    pub m: f64,
    /// Chance of the level among pairs of two people with both values, 0 to 1.
    pub u: f64,
    /// log2(m/u), for readers; computed anew when the model is used.
    #[serde(default)]
    pub match_weight_bits: f64,
}

impl Model {
    /// The shipped model of French retail customers, trained without labels on generated records.
    pub fn shipped() -> Model {
        const TEXT: &str = include_str!("../../../data/model/retail_fr.json");
        // The file is part of the source; a test reads it.
        serde_json::from_str(TEXT).unwrap_or_else(|_| Model {
            format: 1,
            matches_per_record: 1.0,
            smallest_population: 0,
            link_at_bits: f64::MAX,
            review_at_bits: f64::MAX,
            comparisons: Vec::new(),
            training: None,
        })
    }

    /// Reads a saved model.
    ///
    /// # Errors
    /// What is wrong with the text, in one line.
    pub fn parse(text: &str) -> Result<Model, String> {
        let model: Model = serde_json::from_str(text).map_err(|e| e.to_string())?;
        if model.format != 1 {
            return Err(format!("model format {} is not known to this build, which reads 1", model.format));
        }
        Ok(model)
    }

    /// What does not fit the comparisons of a configuration.
    pub fn problems(&self, path: &str, comparisons: &Comparisons) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (i, c) in self.comparisons.iter().enumerate() {
            let at = format!("{path}.comparisons[{i}]");
            let Some(position) = comparisons.position(&c.name) else {
                let hint = did_you_mean(&c.name, comparisons.names());
                let listed = comparisons.names().collect::<Vec<_>>().join(", ");
                problems.push(Problem::new(
                    format!("{at}.name"),
                    format!("`{}` is not a comparison{hint}; comparisons are {listed}", c.name),
                ));
                continue;
            };
            let wanted = comparisons.levels(position);
            if !c.levels.iter().map(|l| l.name.as_str()).eq(wanted.iter().map(String::as_str)) {
                let reason = format!("must be, from worst to best: {}", wanted.join(", "));
                problems.push(Problem::new(format!("{at}.levels"), reason));
            }
            for (j, l) in c.levels.iter().enumerate() {
                for (what, p) in [("m", l.m), ("u", l.u)] {
                    if !(p > 0.0 && p <= 1.0) {
                        let reason = "is not a probability above 0 and up to 1".to_owned();
                        problems.push(Problem::new(format!("{at}.levels[{j}].{what}"), reason));
                    }
                }
            }
        }
        problems
    }
}
