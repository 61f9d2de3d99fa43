//! A long run that its caller can watch and stop. The caller's thread waits, answers signals and calls back; the run
//! is on a thread of its own, and no Python code runs inside it.

use crate::errors::{Cancelled, Failure, guarded, raised};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyBool;
use rcu_core::Error;
use rcu_core::progress::{Progress, Silent};
use rcu_io::show::Bar;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// Between two calls within a stage, and between two looks at signals.
const PAUSE: Duration = Duration::from_millis(100);

/// Who is told how far a run has come.
pub enum Watcher {
    /// A bar on standard error, when that is a terminal.
    Bar(Bar),
    /// Nobody.
    Nobody,
    /// A Python function of `(stage, done, total)`.
    Function(Py<PyAny>),
}

impl Watcher {
    /// None is a bar, False is nobody, a callable is called.
    pub fn of_object(progress: Option<Bound<'_, PyAny>>) -> PyResult<Watcher> {
        match progress {
            None => Ok(Watcher::Bar(Bar::new(false))),
            Some(object) => match object.cast::<PyBool>() {
                Ok(yes) => Ok(if yes.is_true() { Watcher::Bar(Bar::new(false)) } else { Watcher::Nobody }),
                Err(_) if object.is_callable() => Ok(Watcher::Function(object.unbind())),
                Err(_) => Err(PyTypeError::new_err("progress is not None, a bool or a callable")),
            },
        }
    }
}

/// A stage, rows done in it, rows in all.
type Event = (&'static str, u64, u64);

/// What the run reports to.
struct Relay<'a> {
    drawn: &'a dyn Progress,
    sender: Sender<Event>,
    stopped: &'a AtomicBool,
    now: Mutex<(Event, Instant)>,
}

impl Relay<'_> {
    /// Leaves the run by unwinding when the caller stopped it: the core is pure, so that nothing is left half done.
    fn leave_if_stopped(&self) {
        if self.stopped.load(Ordering::Relaxed) {
            std::panic::resume_unwind(Box::new(Cancelled));
        }
    }

    fn send(&self, event: Event) {
        // The receiver outlives the run, so that this cannot fail.
        let _ = self.sender.send(event);
    }
}

impl Progress for Relay<'_> {
    fn stage(&self, name: &'static str, total: u64) {
        self.leave_if_stopped();
        self.drawn.stage(name, total);
        if let Ok(mut now) = self.now.lock() {
            *now = ((name, 0, total), Instant::now());
            self.send(now.0);
        }
    }

    fn advance(&self, rows: u64) {
        self.leave_if_stopped();
        self.drawn.advance(rows);
        if let Ok(mut now) = self.now.lock() {
            now.0.1 += rows;
            if now.0.1 == now.0.2 || now.1.elapsed() >= PAUSE {
                now.1 = Instant::now();
                self.send(now.0);
            }
        }
    }
}

/// Runs `work` to its end, or until the watcher or a signal raises.
pub fn run<T: Send>(
    py: Python<'_>,
    watcher: Watcher,
    work: impl FnOnce(&dyn Progress) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let stopped = AtomicBool::new(false);
    let outcome = py.detach(|| {
        let (sender, events) = channel();
        let (drawn, function): (&dyn Progress, _) = match &watcher {
            Watcher::Bar(bar) => (bar, None),
            Watcher::Nobody => (&Silent, None),
            Watcher::Function(f) => (&Silent, Some(f)),
        };
        let relay = Relay { drawn, sender, stopped: &stopped, now: Mutex::new((("", 0, 0), Instant::now())) };
        std::thread::scope(|scope| {
            // The relay and its sender end with the thread, which ends the wait below.
            let thread = scope.spawn(move || guarded(|| work(&relay)));
            let raised = wait(&events, function, &stopped);
            let outcome = thread.join().unwrap_or(Err(Failure::Panic));
            match raised {
                Some(error) => Err(Ended::Raised(error)),
                None => outcome.map_err(Ended::Failed),
            }
        })
    });
    if let Watcher::Bar(bar) = &watcher {
        bar.finish();
    }
    outcome.map_err(|ended| match ended {
        Ended::Raised(error) => error,
        Ended::Failed(failure) => raised(py, failure),
    })
}

enum Ended {
    Raised(PyErr),
    Failed(Failure),
}

/// Waits for the run; the first exception of a signal or of `function` stops it and is returned.
fn wait(events: &Receiver<Event>, function: Option<&Py<PyAny>>, stopped: &AtomicBool) -> Option<PyErr> {
    let mut first = None;
    loop {
        let event = match events.recv_timeout(PAUSE) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return first,
        };
        if first.is_some() {
            continue;
        }
        let answered = Python::attach(|py| {
            if let (Some(event), Some(f)) = (event, function) {
                f.call1(py, event)?;
            }
            py.check_signals()
        });
        if let Err(error) = answered {
            stopped.store(true, Ordering::Relaxed);
            first = Some(error);
        }
    }
}
