//! Consents by purpose, channel and brand: what was said, what follows, what remains when people are merged
//! (`domain.md` §4.3, §7.2).

mod people;
mod spec;
mod state;
mod statement;

pub use people::{Consents, PersonConsent, Said};
pub use spec::{Across, ColumnPlan, ConsentColumn, ConsentPlan, ConsentSpec};
pub use state::{Current, State, current};
pub use statement::{CONSENTS, Collection, Statement, Status, Subject, When};
