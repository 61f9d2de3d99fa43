//! Everything known of one person on one page, and what each role sees of it (A01, `domain.md` §7.6).

mod find;
mod kept;
mod role;
mod text;
mod view;

pub(crate) use text::cell;

pub use find::{KeptFacts, Viewer, index_facts, view360};
pub use kept::{view_for, view_for_purpose, view_of_kept};
pub use view::{
    Alternative, ConsentView, ContactView, Doubt, FactView, History, HouseholdView, LinkView, LockView,
    Origin, RecordView, StatementView, ValueView, View360,
};
