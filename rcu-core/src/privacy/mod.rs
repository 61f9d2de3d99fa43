//! What personal data are for, and for how long (`domain.md` §7.1, §7.4, §7.7): purposes with their lawful basis, terms,
//! what free text must not hold, and what statistics may tell.

mod forbidden;
mod publish;
mod purpose;
mod retention;

pub use forbidden::{Forbidden, forbidden};
pub use publish::{LEAST_PEOPLE, suppress};
pub use purpose::{Basis, PurposePlan, PurposeSpec, Purposes, compile_purposes, is_shipped, of_family};
pub use retention::{RetentionSpec, Term};
