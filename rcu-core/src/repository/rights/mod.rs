//! Rights of the people whose data are kept (`domain.md` §7.5): access, portability, rectification, restriction, objection.
//! Erasure has a room of its own.

mod access;
mod accounts;
mod aside;
mod breach;
mod contacts;
mod object;
mod pseudonym;
mod reach;
mod recognise;
mod rectify;
mod restrict;
mod retention;
mod words;

pub use access::{Dossier, LinkHeld, Portable, Recipient, RowHeld, ValueHeld};
pub(super) use accounts::forget_notes;
pub use aside::Aside;
pub(super) use aside::{RESTRICTED, held};
pub use breach::{Breach, Exposed, HandedOut};
pub use object::Objection;
pub use reach::Part;
pub(super) use reach::seen_record;
pub use rectify::{Correction, Rectified};
pub use restrict::{Restriction, Suspended};
pub use retention::{Due, Remedy, Retained};
