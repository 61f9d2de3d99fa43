//! Who may see what: the masks of `domain.md` §7.6, and what each role sees clear, masked or not at all.

pub mod mask;
mod role;

pub use mask::mask;
pub use role::{Area, Role, RolePlan, RoleSpec, Sight, area_of, compile_roles};
