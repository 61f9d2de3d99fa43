//! Reference tables of the `names` room.

/// See the fields.
#[derive(Debug, Default)]
pub struct NameTables {}

impl NameTables {
    /// Nicknames.
    pub fn are_nicknames(&self, _a: &str, _b: &str) -> bool {
        false
    }

    /// Given to women and men.
    pub fn is_epicene(&self, _a: &str) -> bool {
        false
    }

    /// Two different names of the list.
    pub fn distinct_first_names(&self, _a: &str, _b: &str) -> bool {
        false
    }
}
