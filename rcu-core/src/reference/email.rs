//! Reference tables of the `email` room.

/// See the fields.
#[derive(Debug, Default)]
pub struct EmailTables {}
