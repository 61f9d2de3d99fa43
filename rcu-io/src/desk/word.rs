//! People and records as callers write them.

use rcu_core::Error;
use rcu_core::matching::ruling::RecordRef;
use rcu_core::repository::Subject;

/// A record written as `SOURCE:ID`.
///
/// # Errors
/// [`Error::Argument`] when it names none.
pub fn record(argument: &str, text: &str) -> Result<RecordRef, Error> {
    match text.split_once(':') {
        Some((source, id)) if !source.trim().is_empty() && !id.trim().is_empty() => Ok(reference(source, id)),
        _ => Err(Error::Argument {
            argument: argument.to_owned(),
            reason: "names no record; write it as SOURCE:ID".into(),
        }),
    }
}

/// A record by its source and identifier.
pub fn reference(source: &str, id: &str) -> RecordRef {
    RecordRef { source: source.trim().to_owned(), record_id: id.trim().to_owned() }
}

/// A person: a golden id, or the one of a record written as `SOURCE:ID`.
pub fn subject(id: &str) -> Subject {
    record("id", id).map_or_else(|_| Subject::GoldenId(id.trim().to_owned()), Subject::Record)
}

/// Nobody goes by the id.
pub(super) fn nobody(reason: &str) -> Error {
    Error::Argument { argument: "id".into(), reason: reason.into() }
}
