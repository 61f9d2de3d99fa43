//! Reference tables of the `postal` room.

/// See the fields.
#[derive(Debug, Default)]
pub struct PostalTables {}
