//! One customer row through all its kinds, and the entry check built on it.

mod entry;
mod row;

pub use entry::{EntryCheck, EntryPolicy, NormalizedRecord, Remark, Verdict, check_entry, normalize_record};
pub use row::{Row, Target, Value};
