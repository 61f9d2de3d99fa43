//! The line before the desk of a repository: one thread does what is asked, in the order in which it was asked.

use crate::answer::{Answer, Promise};
use crate::errors::{Failure, guarded};
use napi::bindgen_prelude::{Env, Object};
use rcu_core::Error;
use rcu_io::desk::{Desk, Door};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread;

/// Something to be done at the desk; there is none when the repository is closed.
type Work = Box<dyn FnOnce(&mut Option<Desk>) + Send>;

/// Bytes of stack of a thread that works at a desk: as the main thread of a program has.
pub(super) const STACK: usize = 8 << 20;

/// Where work is handed in. Threads of Node's pool never wait here, so that files and names are still looked up while a
/// repository is busy. The thread ends, and the file is given back, once nobody can ask any more.
#[derive(Clone)]
pub struct Line(Sender<Work>);

impl Line {
    /// Seats somebody at a desk.
    ///
    /// # Errors
    /// [`Error::Io`] when the system has no thread left.
    pub fn new(desk: Desk) -> Result<Line, Error> {
        let (sender, works) = channel::<Work>();
        let seat = move || {
            let mut desk = Some(desk);
            works.into_iter().for_each(|work| work(&mut desk));
        };
        let spawned = thread::Builder::new().name("rcu-desk".into()).stack_size(STACK).spawn(seat);
        spawned.map_err(|e| Error::Io { place: "repository".into(), reason: e.to_string() })?;
        Ok(Line(sender))
    }

    fn hand_in(&self, work: Work) {
        // Nobody is there any more: the work finds no desk and says so.
        if let Err(left) = self.0.send(work) {
            left.0(&mut None);
        }
    }

    /// Does something at the desk when its turn comes; the promise has the answer.
    pub fn call<'env>(
        &self,
        env: &'env Env,
        work: impl FnOnce(&mut Desk) -> Result<Answer, Error> + Send + 'static,
    ) -> napi::Result<Object<'env>> {
        self.seat(env, |desk| work(desk.as_mut().ok_or_else(closed)?))
    }

    /// The same, with the seat itself.
    pub fn seat<'env>(
        &self,
        env: &'env Env,
        work: impl FnOnce(&mut Option<Desk>) -> Result<Answer, Error> + Send + 'static,
    ) -> napi::Result<Object<'env>> {
        let (promise, object) = Promise::new(env)?;
        self.hand_in(Box::new(move |desk| {
            let done = guarded(|| work(desk));
            if let (Err(Failure::Fault(_)), Some(desk)) = (&done, desk) {
                desk.let_go();
            }
            promise.settle(done);
        }));
        Ok(object)
    }
}

/// Somebody on another thread is lent the desk when their turn comes, and everybody else waits meanwhile.
impl Door for Line {
    fn with<T: Send>(&mut self, work: impl FnOnce(&mut Desk) -> Result<T, Error> + Send) -> Result<T, Error> {
        let (lend, lent) = channel::<Desk>();
        let (give_back, given_back) = channel::<Desk>();
        self.hand_in(Box::new(move |desk| {
            let Some(there) = desk.take() else { return };
            if lend.send(there).is_ok() {
                *desk = given_back.recv().ok();
            }
        }));
        let mut desk = lent.recv().map_err(|_| closed())?;
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut desk)));
        if done.is_err() {
            desk.let_go();
        }
        drop(give_back.send(desk));
        done.unwrap_or_else(|fault| resume_unwind(fault))
    }
}

fn closed() -> Error {
    Error::Argument { argument: "repository".into(), reason: "is closed; open it again".into() }
}
