//! One customer row through all its kinds, and the entry check built on it.

mod cross;
mod entry;
mod row;
mod siret;

pub use entry::{EntryCheck, EntryPolicy, NormalizedRecord, Remark, Verdict, check_entry, normalize_record};
pub use row::{RefusedWhole, Row, Target, Value};
