//! Who receives what of the repository (`domain.md` §6.2): a view, a filter, fields, a purpose, and how it is sent.

mod spec;
mod view;

pub use spec::{
    Condition, ConditionPlan, Encoding, FileFormat, Known, Mode, SubscriberPlan, SubscriberSpec,
    compile_subscribers,
};
pub use view::View;
