//! What a call gives back, made off the main thread as far as can be, and the two ways of calling: now or later.

use crate::errors::{Failure, guarded, to_js};
use crate::repository::{Opened, Repository};
use crate::resolution::{Resolution, Run};
use napi::JsDeferred;
use napi::ScopedTask;
use napi::bindgen_prelude::{
    AsyncTask, Env, FnArgs, Function, JsObjectValue, JsValue, Object, ToNapiValue, Uint8Array, Unknown,
};
use rcu_core::Error;
use serde::Serialize;
use std::sync::Arc;

/// An answer before it is a JavaScript value. Objects travel as JSON text: parsing it in JavaScript costs a third of
/// building objects property by property, and the text is written on the worker thread.
#[derive(Debug)]
pub enum Answer {
    /// `undefined`.
    Nothing,
    /// A string.
    Text(String),
    /// A truth value.
    Flag(bool),
    /// Any value, as JSON.
    Json(String),
    /// One array, as JSON arrays one after the other: a single text could exceed the longest JavaScript string.
    Rows(Vec<String>),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An object, by its properties.
    Object(Vec<(String, Answer)>),
    /// The outcome of a run.
    Resolution(Arc<Run>),
    /// A repository that was opened.
    Repository(Opened),
}

impl Answer {
    /// A serialisable value as an answer.
    pub fn json(value: &impl Serialize) -> Answer {
        serde_json::to_string(value).map_or(Answer::Nothing, Answer::Json)
    }

    /// The JavaScript value. It lives as long as the call into Rust in which it is made.
    pub fn into_js<'js>(self, env: &Env) -> napi::Result<Unknown<'js>> {
        match self {
            Answer::Nothing => value(env, ()),
            Answer::Text(text) => value(env, text),
            Answer::Flag(flag) => value(env, flag),
            Answer::Json(text) => parse(env, text),
            Answer::Rows(texts) => rows(env, texts),
            Answer::Bytes(bytes) => value(env, Uint8Array::from(bytes)),
            Answer::Object(properties) => {
                let mut object = Object::new(env)?;
                for (name, answer) in properties {
                    object.set(name, answer.into_js(env)?)?;
                }
                value(env, object)
            }
            Answer::Resolution(run) => value(env, Resolution::new(run)),
            Answer::Repository(opened) => value(env, Repository::new(opened)),
        }
    }
}

/// Any value as an unknown one; going through a property keeps it free of `unsafe`.
fn value<'js>(env: &Env, value: impl ToNapiValue) -> napi::Result<Unknown<'js>> {
    let mut holder = Object::new(env)?;
    holder.set("value", value)?;
    holder.get_named_property("value")
}

fn parse<'js>(env: &Env, text: String) -> napi::Result<Unknown<'js>> {
    let json: Object = env.get_global()?.get_named_property("JSON")?;
    json.get_named_property::<Function<String, Unknown>>("parse")?.call(text)
}

fn rows<'js>(env: &Env, texts: Vec<String>) -> napi::Result<Unknown<'js>> {
    let mut parts = texts.into_iter().map(|t| parse(env, t));
    let mut all = match parts.next() {
        Some(first) => first?,
        None => parse(env, "[]".to_owned())?,
    };
    let concat: Function<FnArgs<(Unknown,)>, Unknown> =
        all.coerce_to_object()?.get_named_property("concat")?;
    for part in parts {
        all = concat.apply(all, (part?,).into())?;
    }
    Ok(all)
}

/// Answers at once, on the calling thread.
pub fn now<'env>(
    env: &'env Env,
    work: impl FnOnce() -> Result<Answer, Error>,
) -> napi::Result<Unknown<'env>> {
    guarded(work).map_err(|f| to_js(env, f))?.into_js(env)
}

/// Answers later: `work` runs on a worker thread and settles a promise. What it needs of JavaScript is taken before,
/// and a failure of that is its first line (`taken?`), so that it rejects the promise like any other.
pub fn later(work: impl FnOnce() -> Result<Answer, Error> + Send + 'static) -> AsyncTask<Job> {
    AsyncTask::new(Job { work: Some(Box::new(work)) })
}

/// Work for a thread of Node's pool.
pub struct Job {
    work: Option<Box<dyn FnOnce() -> Result<Answer, Error> + Send>>,
}

impl<'task> ScopedTask<'task> for Job {
    // A failure is an output: an `Err` of `compute` would reach JavaScript as `GenericFailure`, its code lost.
    type Output = Result<Answer, Failure>;
    type JsValue = Unknown<'task>;

    fn compute(&mut self) -> napi::Result<Result<Answer, Failure>> {
        let work = self.work.take();
        Ok(guarded(|| work.map_or(Ok(Answer::Nothing), |work| work())))
    }

    fn resolve(&mut self, env: &'task Env, output: Result<Answer, Failure>) -> napi::Result<Unknown<'task>> {
        output.map_err(|f| to_js(env, f))?.into_js(env)
    }
}

/// A promise that any thread settles.
pub struct Promise(JsDeferred<Unknown<'static>, Settle>);

type Settle = Box<dyn FnOnce(Env) -> napi::Result<Unknown<'static>>>;

impl Promise {
    /// A promise, and the object that JavaScript waits for.
    pub fn new<'env>(env: &'env Env) -> napi::Result<(Promise, Object<'env>)> {
        env.create_deferred().map(|(deferred, object)| (Promise(deferred), object))
    }

    /// Settles it.
    pub fn settle(self, output: Result<Answer, Failure>) {
        self.0.resolve(Box::new(move |env| output.map_err(|f| to_js(&env, f))?.into_js(&env)));
    }

    /// Rejects it with what JavaScript threw.
    pub fn reject(self, thrown: napi::Error) {
        self.0.reject(thrown);
    }
}
