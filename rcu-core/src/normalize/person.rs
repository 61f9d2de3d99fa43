//! (filled next)

use crate::normalize::{Context, Output};

/// Not filled yet.
pub fn normalize(raw: &str, _cx: &Context, out: &mut Output) {
    out.text.push_str(raw);
}

/// Whether last and first name stand in each other's place (`domain.md` §2.3).
pub fn is_misfiled(_last: &str, _first: &str, _tables: &crate::reference::names::NameTables) -> bool {
    false
}
