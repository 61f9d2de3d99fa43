//! From records to people: keys, candidates, decisions, clusters (`design.md` §5, `domain.md` §3).

pub mod blocking;
pub mod cluster;
pub mod compare;
pub mod comparison;
pub mod cost;
pub mod decide;
pub mod evaluate;
pub mod explain;
pub mod labels;
pub mod model;
pub mod pass;
pub mod population;
pub mod prepare;
pub mod propose;
pub mod ruling;
pub mod similarity;

pub use pass::{
    CompareSpec, Decision, GuardSpec, KeySpec, MatchingSpec, Method, PassSpec, PointsSpec, default_passes,
};
