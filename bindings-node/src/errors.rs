//! Failures as JavaScript sees them: an `Error` with `code` and `problems`, and never a panic.

use napi::bindgen_prelude::{Env, JsObjectValue, JsValue, Object};
use rcu_core::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

/// Why a call gave no answer.
#[derive(Debug)]
pub enum Failure {
    /// The caller has something to change.
    Request(Error),
    /// A fault of ours, and the line of source where it was noticed.
    Fault(String),
}

impl From<Error> for Failure {
    fn from(e: Error) -> Failure {
        Failure::Request(e)
    }
}

/// The code of a fault of ours; requests have those of [`Error::ALL_CODES`].
pub const INTERNAL: &str = "internal";

/// Where the last panic was. Its message is dropped: it may quote a value.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Keeps panic messages off the process's standard error. The hook is this library's own, not the program's.
#[cfg(not(test))] // a failing test has to say why
pub fn silence_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place =
            info.location().map(|l| format!("{}:{}", in_crate(l.file()), l.line())).unwrap_or_default();
        *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
}

/// The path of a source file without the folder of this machine that libraries were compiled in.
fn in_crate(path: &str) -> &str {
    let after_registry = path.split_once("/registry/src/").and_then(|(_, rest)| rest.split_once('/'));
    after_registry.map_or(path, |(_, rest)| rest)
}

/// Runs `work`; a panic in it becomes a [`Failure::Fault`].
pub fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Failure> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(Failure::Request),
        Err(_) => Err(Failure::Fault(LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone())),
    }
}

/// The JavaScript `Error` of a failure, ready to be thrown or to reject a promise.
pub fn to_js(env: &Env, failure: Failure) -> napi::Error {
    let (code, message, problems) = match &failure {
        Failure::Request(e) => (e.code(), e.to_string(), e.problems()),
        Failure::Fault(place) => {
            (INTERNAL, format!("a fault in rcu itself at {place}; please report it"), &[][..])
        }
    };
    let build = || -> napi::Result<napi::Error> {
        let mut error = env.create_error(napi::Error::from_reason(message.clone()))?;
        error.set("code", code)?;
        let list = problems
            .iter()
            .map(|p| {
                let mut problem = Object::new(env)?;
                problem.set_named_property("path", p.path.as_str())?;
                problem.set_named_property("reason", p.reason.as_str())?;
                Ok(problem)
            })
            .collect::<napi::Result<Vec<Object>>>()?;
        error.set("problems", list)?;
        Ok(napi::Error::from(error.to_unknown()))
    };
    build().unwrap_or_else(|e| e)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_failure() {
        let failed = guarded(|| -> Result<(), Error> {
            Err(Error::NoInput { source_name: String::new(), reason: Vec::<String>::new().remove(0) })
        });
        assert!(matches!(failed, Err(Failure::Fault(_))));
        assert_eq!(in_crate("/home/me/.cargo/registry/src/index-1/a-1.0/src/x.rs"), "a-1.0/src/x.rs");
        assert_eq!(in_crate("rcu-core/src/time.rs"), "rcu-core/src/time.rs");
        assert!(!Error::ALL_CODES.contains(&INTERNAL));
    }
}
