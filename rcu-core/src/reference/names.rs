//! Reference tables of the `names` room.

/// See the fields.
#[derive(Debug, Default)]
pub struct NameTables {}
