//! `rcu-io`: all that touches the world. Files become [`Input`]s for the core, output tables become files.

pub mod clock;
pub mod config;
#[cfg(feature = "sqlite")]
pub mod desk;
pub mod encoding;
pub mod lists;
pub mod read;
#[cfg(feature = "sqlite")]
pub mod repo;
pub mod show;
#[cfg(feature = "sqlite")]
pub mod store;
pub mod write;

pub use rcu_core::ingest::Input;
