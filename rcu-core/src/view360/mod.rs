//! Everything known of one person on one page, and what each role sees of it (A01, `domain.md` §7.6).

mod find;
mod role;
mod view;

pub use find::Viewer;
pub use view::{
    Alternative, ConsentView, ContactView, Doubt, FactView, History, HouseholdView, LinkView, LockView,
    Origin, RecordView, StatementView, ValueView, View360,
};
