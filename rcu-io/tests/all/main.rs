//! All tests of the program and of the files in one program: linked once, run side by side. One file is run by its
//! name, `cargo test -p rcu-io --test all golden::`.
#![allow(clippy::unwrap_used)] // a test may stop at what it did not expect

#[path = "../../../rcu-core/tests/all/common/mod.rs"]
mod common;
#[path = "../../../rcu-core/tests/all/living/mod.rs"]
mod living;
mod program;

mod aggregate;
mod bad_input;
mod companies;
#[cfg(feature = "sqlite")]
mod desk;
mod example;
mod golden;
mod insight;
#[cfg(feature = "sqlite")]
mod repo;
#[cfg(feature = "sqlite")]
mod store;
