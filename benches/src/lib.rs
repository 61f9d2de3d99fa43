//! What the benches share: the seeded generator of a French retailer's customers, and its values by kind.
//!
//! Nothing here is part of the product, and the generator does not depend on it: the data must not change when the
//! product does.

// `gen` is a keyword since the 2024 edition, so the folder and the module have different names.
#[path = "gen/mod.rs"]
pub mod retail;
pub mod values;
