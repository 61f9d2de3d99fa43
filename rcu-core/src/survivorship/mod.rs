//! Which record supplies each field of a golden record, by which rule, and what it beat (`domain.md` §4).

mod choose;
mod freshness;
mod spec;

pub use choose::{Golden, GoldenField, Provenance, Survivorship, build, restriction};
pub use freshness::freshness_thousandths;
pub use spec::{ChoicePlan, FieldRule, GroupRule, Rule, SourceTrust, SurvivorshipSpec};
