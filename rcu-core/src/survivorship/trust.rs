//! How far a source is trusted for a field: a figure set by hand, or one that decays with the age of the value.

use super::freshness::halved_millionths;
use super::spec::SurvivorshipSpec;
use crate::field::{CompiledField, FieldIx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far a source is trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceTrust {
    /// Trust by field, in thousandths.
    pub reliability: Vec<u32>,
    /// Rank in the order of preference; 0 is preferred most.
    pub priority: u32,
    /// Trust by field that decays with age; none: `reliability` at any age.
    pub decay: Vec<Option<Decay>>,
}

impl SourceTrust {
    /// Trust in a source: what it declares (`reliability` by field name), what was set by hand over it, and how it
    /// decays.
    pub fn new(
        source: &str,
        fields: &[CompiledField],
        reliability: impl Fn(&str) -> u32,
        priority: u32,
        spec: &SurvivorshipSpec,
    ) -> SourceTrust {
        let by_hand = |field: &str| {
            let found = spec.reliability.iter().find(|o| o.source == source && o.field == field);
            found.map(|o| (o.reliability.clamp(0.0, 1.0) * 1000.0).round() as u32)
        };
        let decays = spec.trust.get(source);
        let decay = |field: &str| decays.and_then(|d| d.get(field).or_else(|| d.get("default")));
        SourceTrust {
            reliability: fields
                .iter()
                .map(|f| by_hand(&f.name).unwrap_or_else(|| reliability(&f.name)))
                .collect(),
            priority,
            decay: fields.iter().map(|f| decay(&f.name).map(Decay::new)).collect(),
        }
    }

    /// Trust in a value of a field, in millionths. A value without a date is trusted as an old one.
    pub fn at(&self, field: FieldIx, age_days: Option<i64>) -> u32 {
        match self.decay.get(field).copied().flatten() {
            Some(decay) => decay.at(age_days),
            None => self.reliability.get(field).copied().unwrap_or(0) * 1000,
        }
    }
}

/// A reliability set by hand, over what the source declares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReliabilityOverride {
    /// The source.
    pub source: String,
    /// The field.
    pub field: String,
    /// Trust, 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub reliability: f64,
    /// Why.
    pub reason: String,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// When, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// Trust between a maximum for a value of today and a minimum for an old one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustSpec {
    /// Trust in a value of today, 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub max: f64,
    /// Trust that no age goes below, 0 to 1.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min: f64,
    /// Linear: the age in days at which the minimum is reached. Exponential: the age at which half of what lies between
    /// maximum and minimum is left.
    #[schemars(range(min = 1))]
    pub period_days: u32,
    /// How trust decays.
    #[serde(default)]
    pub decay: Curve,
}

/// How trust decays with age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Curve {
    /// In a straight line to the minimum.
    #[default]
    Linear,
    /// By halves, quickly at first.
    Exponential,
}

/// A decay in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decay {
    max: u32,
    min: u32,
    period_days: u32,
    curve: Curve,
}

impl Decay {
    /// A decay as it is declared; the minimum is never above the maximum.
    pub fn new(spec: &TrustSpec) -> Decay {
        let millionths = |x: f64| (x.clamp(0.0, 1.0) * 1_000_000.0).round() as u32;
        let max = millionths(spec.max);
        Decay {
            max,
            min: millionths(spec.min).min(max),
            period_days: spec.period_days.max(1),
            curve: spec.decay,
        }
    }

    /// Trust at an age, in millionths. Dates in the future count as today, no date as an endless age.
    pub fn at(&self, age_days: Option<i64>) -> u32 {
        let Some(age) = age_days else { return self.min };
        let span = u64::from(self.max - self.min);
        let left = match self.curve {
            Curve::Linear => {
                let period = u64::from(self.period_days);
                span * period.saturating_sub(age.max(0) as u64) / period
            }
            Curve::Exponential => span * u64::from(halved_millionths(age, self.period_days)) / 1_000_000,
        };
        self.min + left as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decay(decay: Curve) -> Decay {
        Decay::new(&TrustSpec { max: 0.9, min: 0.1, period_days: 100, decay })
    }

    #[test]
    fn trust_falls_from_the_maximum_to_the_minimum() {
        let linear = decay(Curve::Linear);
        let ages = [0, 25, 50, 100, 5000];
        assert_eq!(ages.map(|a| linear.at(Some(a))), [900_000, 700_000, 500_000, 100_000, 100_000]);
        let halves = decay(Curve::Exponential);
        assert_eq!([0, 100, 200].map(|a| halves.at(Some(a))), [900_000, 500_000, 300_000]);
        assert_eq!((linear.at(None), halves.at(None), linear.at(Some(-3))), (100_000, 100_000, 900_000));
    }
}
