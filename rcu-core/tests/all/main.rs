//! All tests of the crate's public surface in one program: linked once, run side by side. One file is run by its name,
//! `cargo test -p rcu-core --test all survivorship::`.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test may stop at what it did not expect

mod common;
mod living;

mod aggregates;
mod arrangements;
mod blocks;
mod companies;
mod consents;
mod constrained;
mod cross_rules;
mod decisions;
mod degenerate;
mod dictionary;
mod evaluation;
mod explain;
mod fuzz_corpus;
mod invariants;
mod inventory;
mod lists;
mod match_one;
mod merge_scope;
mod names_properties;
mod outcomes;
mod preview;
mod repository;
mod repository_facts;
mod rights;
mod rooms;
mod schema;
mod search;
mod star;
mod subscribers;
mod surface;
mod survivorship;
mod vectors;
mod version;
mod view360;
