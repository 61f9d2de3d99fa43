//! Who may see what: what each role sees clear, under the mask of `domain.md` §7.6, or not at all.

mod closed;
mod family;
mod role;

pub use closed::Closed;
pub use family::{area_in_family, area_of_family};
pub use role::{Area, Right, Role, RolePlan, RoleSpec, Sight, area_of, compile_roles, masked};
