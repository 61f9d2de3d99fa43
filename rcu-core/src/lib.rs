//! `rcu-core`: the knowledge of a customer repository as pure functions.

pub mod normalize;
pub mod reference;
pub mod time;
