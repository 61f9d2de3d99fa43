//! What personal data are for, and for how long (`domain.md` §7.1, §7.4): purposes with their lawful basis, and terms.

mod publish;
mod purpose;
mod retention;

pub use publish::{LEAST_PEOPLE, suppress};
pub use purpose::{Basis, PurposePlan, PurposeSpec, Purposes, compile_purposes, of_family};
pub use retention::{RetentionSpec, Term};
