//! Consents by purpose, channel and brand: what was said, what follows, what remains when people are merged
//! (`domain.md` §4.3, §7.2).

mod people;
mod spec;
mod state;
mod statement;

pub use people::{Consents, PersonConsent, Said, of_people, of_records};
pub use spec::{Across, ConsentColumn, ConsentPlan, ConsentSpec};
pub use state::{Current, State, current};
pub use statement::{Statement, Status, Subject, When};
