//! `rcu-core`: the knowledge of a customer repository (*Référentiel Client Unique*) as pure functions.
//!
//! Rows of every source go in; normal forms, people, golden records and aggregates come out. Nothing here reads a file,
//! a clock, the network, the environment or a random source: the reference day is an argument. [`resolve::resolve`] is
//! the whole path on one page; [`normalize::any`] is what most people call first.

pub mod access;
pub mod aggregate;
#[cfg(feature = "arrow")]
pub mod arrow;
pub mod company;
pub mod compare_runs;
pub mod config;
pub mod consent;
pub mod country;
pub mod dictionary;
pub mod error;
pub mod evaluation;
pub mod explain;
pub mod facts;
pub mod field;
mod forbid;
pub mod household;
pub mod identity;
pub mod ingest;
pub mod intern;
pub mod lists;
pub mod mask;
pub mod matching;
pub mod normalize;
pub mod output;
mod parallel;
pub mod picture;
pub mod preview;
pub mod privacy;
pub mod progress;
pub mod record;
pub mod records;
pub mod reference;
pub mod report;
pub mod repository;
pub mod resolve;
pub mod subscriber;
pub mod survivorship;
pub mod table;
pub mod time;
pub mod view360;

pub use error::{Error, Problem};
