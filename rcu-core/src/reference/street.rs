//! Reference tables of the `street` room.

/// See the fields.
#[derive(Debug, Default)]
pub struct StreetTables {}
