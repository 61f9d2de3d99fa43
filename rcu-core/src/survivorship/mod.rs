//! Which record supplies each field of a golden record, by which rule, and what it beat (`domain.md` §4).

mod choose;
mod combine;
mod compile;
mod condition;
mod decimal;
mod freshness;
mod golden;
mod lock;
mod rank;
mod spec;
mod trust;

pub use choose::{Survivorship, build};
pub use compile::{ChoicePlan, RulePlan, Step, SurvivorshipPlan};
pub use condition::{About, Bound, Condition, Names, Operand};
pub use freshness::freshness_thousandths;
pub use golden::{Beaten, BeatenList, Golden, GoldenField, Provenance};
pub use lock::{Divergence, Lock, LockKind, LockOutcome, LockPlan, LockState, read_locks};
pub use spec::{Case, FieldRule, GroupRule, Rule, RuleTable, Rules, SurvivorshipSpec};
pub use trust::{Curve, Decay, ReliabilityOverride, SourceTrust, TrustSpec};
