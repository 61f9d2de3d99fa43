//! Rights of the people whose data are kept (`domain.md` §7.5): access, portability, rectification, restriction, objection.
//! Erasure has a room of its own.

mod aside;
mod object;
mod restrict;

pub use aside::Aside;
pub(super) use aside::{RESTRICTED, held};
pub use object::Objection;
pub use restrict::{Restriction, Suspended};
