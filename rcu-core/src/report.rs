//! One self-contained HTML page of a run: what was read, who was found, what waits, what the money says.

use crate::config::Plan;
use crate::resolve::Resolution;

/// The page. It loads nothing from anywhere and holds no personal value.
pub fn html(_plan: &Plan, _r: &Resolution) -> String {
    String::new()
}
