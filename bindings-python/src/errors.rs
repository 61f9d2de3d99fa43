//! The core's errors as the classes of `rcu.errors`, and panics as one of them.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use rcu_core::Error;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;

/// Why a call into the core gave nothing.
pub enum Failure {
    /// The caller has something to change.
    Request(Error),
    /// The caller stopped it ([`Cancelled`]).
    Cancelled,
    /// A defect of ours.
    Panic,
}

/// What a cancelled run unwinds with.
pub struct Cancelled;

/// Where the last panic was, as `file:line`.
static PANICKED_AT: Mutex<String> = Mutex::new(String::new());

/// Keeps panics of this library off standard error: their messages may hold a cell's content. Only the place is kept.
pub fn silence_panics() {
    panic::set_hook(Box::new(|info| {
        if let (Some(at), Ok(mut place)) = (info.location(), PANICKED_AT.lock()) {
            *place = format!("{}:{}", at.file(), at.line());
        }
    }));
}

/// Runs `work` so that neither an error nor a panic escapes it.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Failure> {
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Failure::Request(error)),
        Err(payload) if payload.is::<Cancelled>() => Err(Failure::Cancelled),
        Err(_) => Err(Failure::Panic),
    }
}

/// Calls the core with the interpreter released.
pub fn call<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T, Error> + Send) -> PyResult<T> {
    py.detach(|| guarded(work)).map_err(|failure| raised(py, failure))
}

/// The exception of a failure.
pub fn raised(py: Python<'_>, failure: Failure) -> PyErr {
    let (code, message, problems) = match &failure {
        Failure::Request(error) => {
            let problems = error.problems().iter().map(|p| (p.path.as_str(), p.reason.as_str()));
            (error.code(), error.to_string(), problems.collect())
        }
        Failure::Cancelled => ("internal", "the run was stopped".to_owned(), Vec::new()),
        Failure::Panic => {
            let at = PANICKED_AT.lock().map(|place| place.clone()).unwrap_or_default();
            (
                "internal",
                format!("a defect of rcu at {at}: please report it, it is not your data's fault"),
                Vec::new(),
            )
        }
    };
    static MADE_BY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    MADE_BY
        .import(py, "rcu.errors", "error_of_code")
        .and_then(|make| make.call1((code, message, problems)))
        .map_or_else(|failed| failed, PyErr::from_value)
}

/// `rcu.errors.ArgumentError`.
pub fn argument(py: Python<'_>, argument: impl Into<String>, reason: impl Into<String>) -> PyErr {
    raised(py, Failure::Request(Error::Argument { argument: argument.into(), reason: reason.into() }))
}
