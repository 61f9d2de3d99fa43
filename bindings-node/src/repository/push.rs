//! Deliveries handed to a JavaScript function, each acknowledged once its promise is fulfilled.

use super::follow::delivery;
use super::line::STACK;
use super::{PushOptions, Repository, seconds_of};
use crate::answer::{Answer, Promise};
use crate::arguments::{needed, options_of};
use crate::errors::{Failure, guarded};
use napi::ValueType;
use napi::bindgen_prelude::{
    CallbackContext, Env, FnArgs, FromNapiValue, Function, Object, PromiseRaw, Unknown,
};
use napi::threadsafe_function::{ThreadsafeCallContext, ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Error as Thrown, Status};
use napi_derive::napi;
use rcu_core::Error;
use rcu_core::repository::Outgoing;
use rcu_io::desk::{self, BackOff, Stopped};
use std::cell::Cell;
use std::sync::mpsc::{Sender, channel};
use std::thread;

/// The function that takes deliveries, called on its own thread from another.
type Callee = ThreadsafeFunction<Answer, Unknown<'static>, FnArgs<(Unknown<'static>,)>, Status, false>;

fn function(send: &Unknown) -> Result<Callee, Error> {
    let wrong = |_| Error::Argument { argument: "send".into(), reason: "is not a function".into() };
    if !matches!(send.get_type(), Ok(ValueType::Function)) {
        return Err(wrong(Thrown::from_status(Status::FunctionExpected)));
    }
    let function: Function<'_, FnArgs<(Unknown<'static>,)>, Unknown<'static>> =
        Function::from_unknown(*send).map_err(wrong)?;
    let call = |cx: ThreadsafeCallContext<Answer>| Ok((cx.value.into_js(&cx.env)?,).into());
    function.build_threadsafe_function::<Answer>().build_callback(call).map_err(wrong)
}

/// Why a delivery was not taken.
enum Refusal {
    /// The function threw, or its promise was rejected.
    Thrown(Thrown),
    /// The delivery could not be made.
    Unmade(Error),
    /// There is nobody to call any more.
    Gone,
}

/// Calls the function and waits for what it promises. It may promise nothing, or return anything that has a `then`.
fn hand(send: &Callee, outgoing: &Outgoing) -> Result<(), Refusal> {
    let told = delivery(outgoing, None).map_err(Refusal::Unmade)?;
    let (tell, heard) = channel();
    let status =
        send.call_with_return_value(told, ThreadsafeFunctionCallMode::Blocking, move |returned, env| {
            if let Err(thrown) = returned.and_then(|value| when_settled(&env, value, &tell)) {
                drop(tell.send(Err(thrown)));
            }
            Ok(())
        });
    match (status, heard.recv()) {
        (Status::Ok, Ok(taken)) => taken.map_err(Refusal::Thrown),
        _ => Err(Refusal::Gone),
    }
}

fn when_settled(env: &Env, value: Unknown<'static>, tell: &Sender<Result<(), Thrown>>) -> napi::Result<()> {
    let (taken, refused) = (tell.clone(), tell.clone());
    PromiseRaw::resolve(env, value)?
        .then(move |_: CallbackContext<Unknown>| {
            drop(taken.send(Ok(())));
            Ok(())
        })?
        .catch(move |cx: CallbackContext<Unknown>| {
            drop(refused.send(Err(Thrown::from_unknown_without_coercion(cx.value))));
            Ok(())
        })?;
    Ok(())
}

#[napi]
impl Repository {
    /// Hands a subscriber everything that it has not acknowledged, one delivery after the other.
    ///
    /// @param send - Called with a delivery. When what it returns is fulfilled, the delivery is acknowledged; when it
    /// throws or rejects, the delivery is tried again. It may use the repository.
    /// @throws Rejects with what `send` said last once a delivery was tried `tries` times. Nothing is lost: what was not
    /// acknowledged comes with the next push.
    #[napi(
        ts_args_type = "subscriber: string, send: (delivery: Delivery) => unknown, options?: PushOptions",
        ts_return_type = "Promise<Pushed>"
    )]
    pub fn push<'env>(
        &self,
        env: &'env Env,
        subscriber: Unknown,
        send: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let PushOptions { most, tries, pause, by, reason } = options_of(env, &options)?;
            let mut back_off = BackOff::default();
            back_off.tries = tries.unwrap_or(back_off.tries);
            back_off.first = pause.map_or(Ok(back_off.first), |pause| seconds_of("pause", pause))?;
            let subscriber = needed(env, &subscriber, "subscriber")?;
            Ok((subscriber, function(&send)?, most.unwrap_or(10_000), back_off, self.act(by, reason)))
        })();
        let (promise, object) = Promise::new(env)?;
        let mut line = self.line.clone();
        // A thread of its own: it waits for a promise that may need the repository, and the pool, to be fulfilled.
        let work = move || {
            let done = guarded(|| {
                let (subscriber, send, most, back_off, act) = taken?;
                let hopeless = Cell::new(false);
                let mut hand = |outgoing: &Outgoing| {
                    hand(&send, outgoing).inspect_err(|e| hopeless.set(!matches!(e, Refusal::Thrown(_))))
                };
                let mut again = |failed| !hopeless.get() && back_off.again(failed);
                Ok(desk::push(&mut line, &subscriber, most, &act, &mut hand, &mut again))
            });
            match done {
                Ok(Ok(pushed)) => promise.settle(Ok(Answer::json(&pushed))),
                Ok(Err(Stopped::Refused(Refusal::Thrown(thrown)))) => promise.reject(thrown),
                Ok(Err(Stopped::Repository(e) | Stopped::Refused(Refusal::Unmade(e)))) => {
                    promise.settle(Err(Failure::Request(e)));
                }
                Ok(Err(Stopped::Refused(Refusal::Gone))) => {
                    let reason = "will never be fulfilled; the delivery was not acknowledged".into();
                    promise
                        .settle(Err(Failure::Request(Error::Argument { argument: "send".into(), reason })));
                }
                Err(fault) => promise.settle(Err(fault)),
            }
        };
        thread::Builder::new().name("rcu-push".into()).stack_size(STACK).spawn(work).map_err(Thrown::from)?;
        Ok(object)
    }
}
