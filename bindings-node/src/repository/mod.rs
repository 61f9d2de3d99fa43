//! A repository kept in a file, as a JavaScript object: each method takes its arguments, hands one call in at the desk,
//! and answers with a promise.

mod change;
mod follow;
mod keep;
mod line;
mod options;
mod push;
mod rights;
mod see;

pub use options::*;

use crate::answer::{Answer, Job, later};
use crate::arguments::{self, needed, options_of};
use line::Line;
use napi::ValueType;
use napi::bindgen_prelude::{
    AsyncTask, Env, FromNapiValue, JsObjectValue, JsValue, Object, Uint8Array, Unknown,
};
use napi_derive::napi;
use rcu_core::Error;
use rcu_core::progress::Silent;
use rcu_core::repository::Act;
use rcu_io::config;
use rcu_io::desk::{self, Desk, Opening, Secret};
use rcu_io::repo;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Customers of all sources, kept in one SQLite file: after every change what a fresh build would be.
///
/// One program at a time has it open to write, any number read meanwhile. Calls are done one after the other, in the
/// order in which they were made, on a thread of their own. Answers are plain objects, the same as
/// `rcu repo … --json`. Every change takes a `reason`, for the log. `close` it, or declare it with `await using`.
///
/// @example
/// const kept = await Repository.open(store, config, { create: true })
/// const done = await kept.upsert('web', [{ no: 'a', nom: 'Roy', mail: 'zoe@x.fr' }, { no: 'b', nom: 'ROY', mail: 'zoe@x.fr' }])
/// done.records.new // => 2
/// done.feed // => { created: 1 }
/// const [hit] = (await kept.search('roy')).hits
/// hit.score // => 1000
/// for await (const entry of kept.follow('newsletter')) equal(entry.golden_id, hit.golden_id)
/// await kept.close() // => undefined
#[napi]
pub struct Repository {
    line: Line,
    store: PathBuf,
    read_only: bool,
    by: String,
    /// Folder that the paths of the configuration are relative to.
    folder: PathBuf,
    closed: Arc<AtomicBool>,
}

/// A repository that was opened, before it is an object.
#[derive(Clone)]
pub struct Opened {
    line: Line,
    store: PathBuf,
    read_only: bool,
    by: String,
    folder: PathBuf,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Repository {
    /// Wraps a repository that was opened.
    pub fn new(opened: Opened) -> Repository {
        let Opened { line, store, read_only, by, folder } = opened;
        Repository { line, store, read_only, by, folder, closed: Arc::default() }
    }

    /// Who does something, and why.
    fn act(&self, by: Option<String>, reason: Option<String>) -> Act {
        desk::act(by.unwrap_or_else(|| self.by.clone()), reason.unwrap_or_default())
    }

    /// Who does something, and why, from options that say nothing else.
    fn act_of(&self, env: &Env, options: &Unknown) -> Result<Act, Error> {
        let ChangeOptions { by, reason } = options_of(env, options)?;
        Ok(self.act(by, reason))
    }
}

/// Who does it, when the caller does not say: the user that the program runs as.
fn who(by: Option<String>) -> String {
    by.or_else(|| std::env::var("USER").ok()).unwrap_or_else(|| "unknown".into())
}

/// Bytes are the secret itself, a text is the path of its file, nothing the file beside the repository.
fn secret_of(options: &Unknown, given: Option<Value>) -> Result<Secret, Error> {
    match given {
        None | Some(Value::Null) => Ok(Secret::Beside),
        Some(Value::String(path)) => Ok(Secret::File(path.into())),
        Some(_) => {
            let wrong = |_| Error::Argument {
                argument: "secret".into(),
                reason: "is neither bytes (a Uint8Array) nor the path of a file".into(),
            };
            let bytes: Unknown =
                options.coerce_to_object().and_then(|o| o.get_named_property("secret")).map_err(wrong)?;
            Uint8Array::from_unknown(bytes).map(|bytes| Secret::Bytes(bytes.to_vec())).map_err(wrong)
        }
    }
}

fn opening(store: PathBuf, secret: Secret, wait: Option<f64>) -> Result<Opening, Error> {
    let opening = Opening { secret, ..Opening::of(store) };
    let Some(seconds) = wait else { return Ok(opening) };
    Ok(Opening { wait: seconds_of("wait", seconds)?, ..opening })
}

fn seconds_of(argument: &str, seconds: f64) -> Result<Duration, Error> {
    Duration::try_from_secs_f64(seconds).map_err(|_| Error::Argument {
        argument: argument.to_owned(),
        reason: "is no number of seconds, 0 or more".into(),
    })
}

/// The configuration and the day that it is wanted for.
fn plan_of(
    config: Option<String>,
    as_of: Option<String>,
) -> Result<(rcu_core::config::Plan, PathBuf), Error> {
    let (config, folder) = arguments::configuration(config)?;
    let as_of = as_of.map(|text| config::day("asOf", &text)).transpose()?;
    Ok((config::plan(config, as_of)?, folder))
}

#[napi]
impl Repository {
    /// Opens the repository in a file.
    ///
    /// @param store - The file.
    /// @param config - As for `check`; the rules that the repository was built by.
    /// @throws Rejects with code `io` when it is not there, another program writes, the file is damaged or none of a
    /// repository, or the secret is not there; with `argument` when the configuration has other rules than those it was
    /// built by (see `migrateFile`); with `config` as for `check`.
    #[napi(
        ts_args_type = "store: string, config: ConfigLike, options?: OpenOptions",
        ts_return_type = "Promise<Repository>"
    )]
    pub fn open(env: Env, store: Unknown, config: Unknown, options: Unknown) -> AsyncTask<Job> {
        let taken = (|| {
            let given: OpenOptions = options_of(&env, &options)?;
            let secret = secret_of(&options, given.secret.clone())?;
            let store = PathBuf::from(needed(&env, &store, "store")?);
            Ok((store, arguments::json(&env, &config, "config")?, given, secret))
        })();
        later(move || {
            let (store, config, given, secret) = taken?;
            let (plan, folder) = plan_of(config, given.as_of)?;
            let opening = Opening {
                create: given.create.unwrap_or_default(),
                read_only: given.read_only.unwrap_or_default(),
                role: given.role,
                ..opening(store.clone(), secret, given.wait)?
            };
            let read_only = opening.read_only;
            let line = Line::new(Desk::open(plan, opening)?)?;
            Ok(Answer::Repository(Opened { line, store, read_only, by: who(given.by), folder }))
        })
    }

    /// As `migrate`, for a repository that is not open.
    #[napi(
        ts_args_type = "store: string, config: ConfigLike, options?: MigrateFileOptions",
        ts_return_type = "Promise<Migrated>"
    )]
    pub fn migrate_file(env: Env, store: Unknown, config: Unknown, options: Unknown) -> AsyncTask<Job> {
        let taken = (|| {
            let given: MigrateFileOptions = options_of(&env, &options)?;
            let secret = secret_of(&options, given.secret.clone())?;
            let store = PathBuf::from(needed(&env, &store, "store")?);
            Ok((arguments::json(&env, &config, "config")?, opening(store, secret, given.wait)?, given))
        })();
        later(move || {
            let (config, opening, given) = taken?;
            let (plan, _) = plan_of(config, given.as_of)?;
            let act = desk::act(who(given.by), given.reason.unwrap_or_default());
            let dry_run = given.dry_run.unwrap_or_default();
            Ok(Answer::json(&Desk::migrate(plan, opening, &act, dry_run, &Silent)?.1))
        })
    }

    /// Puts a backup in the place of a repository that nobody has open, once it was found undamaged, and erases again
    /// whoever was erased since.
    ///
    /// @throws Rejects with code `io` when the backup is no whole repository; nothing was changed then.
    #[napi(
        ts_args_type = "backup: string, store: string, config: ConfigLike, options?: RestoreOptions",
        ts_return_type = "Promise<Restored>"
    )]
    pub fn restore(
        env: Env,
        backup: Unknown,
        store: Unknown,
        config: Unknown,
        options: Unknown,
    ) -> AsyncTask<Job> {
        let taken = (|| {
            let given: RestoreOptions = options_of(&env, &options)?;
            let store = PathBuf::from(needed(&env, &store, "store")?);
            let backup = PathBuf::from(needed(&env, &backup, "backup")?);
            Ok((
                backup,
                arguments::json(&env, &config, "config")?,
                opening(store, secret_of(&options, given.secret.clone())?, given.wait)?,
                given,
            ))
        })();
        later(move || {
            let (backup, config, opening, given) = taken?;
            let (plan, _) = plan_of(config, None)?;
            let lists = given.replay.unwrap_or_default();
            let lists: Result<Vec<_>, Error> = lists.iter().map(|file| repo::read_erased(file)).collect();
            let act = desk::act(who(given.by), "");
            Ok(Answer::json(&Desk::restore(&plan, &opening, &backup, lists?, &act)?))
        })
    }

    /// The file.
    #[napi(getter, ts_return_type = "string")]
    pub fn store(&self) -> String {
        self.store.to_string_lossy().into_owned()
    }

    /// Whether it is open to read only.
    #[napi(getter, ts_return_type = "boolean")]
    pub fn read_only(&self) -> bool {
        self.read_only
    }

    /// Whether it was closed.
    #[napi(getter, ts_return_type = "boolean")]
    pub fn closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// The `day` that ages, periods and consents are kept for, and the one, `due`, that `refresh` should bring it to
    /// when it is another.
    #[napi(ts_return_type = "Promise<Days>")]
    pub fn days<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        self.line.call(env, |desk| {
            let repository = desk.repository()?;
            let (day, due) = (repository.day().to_string(), repository.due().map(|day| day.to_string()));
            Ok(Answer::json(&serde_json::json!({ "day": day, "due": due })))
        })
    }

    /// Gives the file back, once everything that was asked for is done. Closing twice is fine.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn close<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let closed = self.closed.clone();
        self.line.seat(env, move |desk| {
            *desk = None;
            closed.store(true, Ordering::Relaxed);
            Ok(Answer::Nothing)
        })
    }
}

/// Whether a value is a text.
fn is_text(value: &Unknown) -> bool {
    matches!(value.get_type(), Ok(ValueType::String))
}
