//! `rcu` for Node: each function converts in, calls the core once, converts out.
//!
//! The documentation of JavaScript functions is written here and reaches `index.d.ts` through `build.mjs`. Functions
//! that may take long answer with a promise and work on a thread of Node's pool; their twins in `…Sync` block.

mod answer;
mod arguments;
mod errors;
mod ipc;
mod repository;
mod resolution;
mod rows;
#[cfg(not(test))]
mod types;

use answer::{Answer, Job, later, now};
use arguments::{ColumnOptions, Given, NormalizeOptions, ResolveOptions, read_options};
use napi::bindgen_prelude::{AsyncTask, Env, Unknown};
use napi_derive::napi;
use rcu_core::Error;
use rcu_core::arrow::batch_of_normalized;
use rcu_core::config::Config;
use rcu_core::ingest::Input;
use rcu_core::normalize::any;
use rcu_core::normalize::column::{self, NormalizedColumn, Repeats};
use rcu_core::progress::Silent;
use rcu_core::record::{EntryPolicy, check_entry as check_record, normalize_record as normalize_fields};
use rcu_core::table::{Column, Table};
use rcu_core::view360::KeptFacts;
use rcu_io::config;
use rcu_io::read::{columns_of, read_others};
use resolution::Run;
use std::sync::Arc;

#[cfg(not(test))]
#[napi_derive::module_init]
fn init() {
    errors::silence_panics();
}

/// The normal form of one value, with its status, codes and side values.
///
/// `null` and `undefined` are `empty`. The same rules as for columns and whole runs; nothing is looked up elsewhere.
///
/// @param kind - What the value is: `'phone'`, `'email'`, `'last_name'`, …
/// @throws Error with code `unknown_kind` or `argument`.
/// @example
/// normalize('phone', '06 30 12 45 78').value // => '+33630124578'
/// normalize('email', 'Zoe@Gmial.com').codes // => ['domain_repaired']
/// normalize('phone', 'ask reception').status // => 'rejected'
#[napi(ts_args_type = "kind: Kind, value: Cell, options?: NormalizeOptions", ts_return_type = "Normalized")]
pub fn normalize<'env>(
    env: &'env Env,
    kind: Unknown,
    value: Unknown,
    options: Unknown,
) -> napi::Result<Unknown<'env>> {
    now(env, || {
        let kind = arguments::kind(arguments::json(env, &kind, "kind")?)?;
        let options: NormalizeOptions = read_options(arguments::json(env, &options, "options")?)?;
        let value = arguments::json(env, &value, "value")?;
        let texts = rows::column(&[format!("[{}]", value.as_deref().unwrap_or("null"))], "value")?;
        Ok(Answer::json(&any(kind, texts.get(0).unwrap_or(""), &options.context()?)))
    })
}

/// The normal forms of a column: arrays `value`, `status` and `codes` of the length of `values`. Runs on a worker
/// thread.
///
/// @param values - Texts, numbers, truth values and nulls, or an Arrow IPC stream as bytes; the result has the same
/// form. Arrow answers have the columns `value` (text), `status` (dictionary) and `codes` (list of text).
/// @throws Rejects with code `unknown_kind`, `argument`, `missing_column` or `io`.
/// @example
/// (await normalizeColumn('phone', ['06 30 12 45 78', null])).status // => ['ok', 'empty']
#[napi(
    ts_generic_types = "V extends readonly Cell[] | Uint8Array",
    ts_args_type = "kind: Kind, values: V, options?: ColumnOptions",
    ts_return_type = "Promise<V extends Uint8Array ? Uint8Array : NormalizedColumn>"
)]
pub fn normalize_column(env: Env, kind: Unknown, values: Unknown, options: Unknown) -> AsyncTask<Job> {
    let taken = ColumnCall::take(&env, &kind, &values, &options);
    later(move || taken?.run())
}

/// The same as `normalizeColumn`, on the calling thread.
///
/// @example
/// normalizeColumnSync('city', ['lyon 3e', 'st etienne']).value // => ['LYON', 'SAINT ETIENNE']
#[napi(
    ts_generic_types = "V extends readonly Cell[] | Uint8Array",
    ts_args_type = "kind: Kind, values: V, options?: ColumnOptions",
    ts_return_type = "V extends Uint8Array ? Uint8Array : NormalizedColumn"
)]
pub fn normalize_column_sync<'env>(
    env: &'env Env,
    kind: Unknown,
    values: Unknown,
    options: Unknown,
) -> napi::Result<Unknown<'env>> {
    now(env, || ColumnCall::take(env, &kind, &values, &options)?.run())
}

/// The arguments of `normalizeColumn`, taken from JavaScript.
struct ColumnCall {
    kind: Option<String>,
    values: Given,
    options: Option<String>,
}

impl ColumnCall {
    fn take(env: &Env, kind: &Unknown, values: &Unknown, options: &Unknown) -> Result<ColumnCall, Error> {
        Ok(ColumnCall {
            kind: arguments::json(env, kind, "kind")?,
            values: arguments::given(env, values, "values")?,
            options: arguments::json(env, options, "options")?,
        })
    }

    fn run(self) -> Result<Answer, Error> {
        let kind = arguments::kind(self.kind)?;
        let options = ColumnOptions::read(self.options)?;
        let cx = options.each.context()?;
        match &self.values {
            Given::Json(texts) => {
                let raw = Column::Plain(rows::column(texts, "values")?);
                Ok(plain(&column::normalize(kind, &raw, &cx, Repeats::Remember)))
            }
            Given::Arrow(bytes) => {
                let table = ipc::table("values", bytes, None)?;
                let raw = one_column(&table, options.column.as_deref())?;
                let done = column::normalize(kind, raw, &cx, Repeats::Remember);
                ipc::bytes(&batch_of_normalized(&done)?).map(Answer::Bytes)
            }
        }
    }
}

fn plain(column: &NormalizedColumn) -> Answer {
    let value: Vec<Option<&str>> = column.values.iter().collect();
    let codes: Vec<_> = column.codes.iter().map(|c| c.as_slice()).collect();
    Answer::json(&serde_json::json!({ "value": value, "status": column.status, "codes": codes }))
}

fn one_column<'t>(table: &'t Table, name: Option<&str>) -> Result<&'t Column, Error> {
    let present = || table.names().join(", ");
    match (name, table.columns()) {
        (None, [one]) => Ok(one),
        (None, _) => Err(Error::Argument {
            argument: "column".into(),
            reason: format!("is needed, since the table has {}", present()),
        }),
        (Some(name), _) => table.column(name).ok_or_else(|| Error::MissingColumn {
            source_name: "values".into(),
            column: name.to_owned(),
            present: present(),
        }),
    }
}

/// A whole record in its normal form: each canonical field and its values.
///
/// Besides the canonical fields, `phone`, `name` and `address` are taken apart. The rules across fields apply: a
/// mobile number in `landline` moves to `mobile`, swapped names are put right.
///
/// @param record - Texts by field name; an array gives a field several values.
/// @throws Error with code `argument` for a name that is no field.
/// @example
/// normalizeRecord({ last_name: 'Mme Dupont', landline: '06 30 12 45 78' }).mobile[0].value // => '+33630124578'
#[napi(
    ts_args_type = "record: EntryRecord, options?: NormalizeOptions",
    ts_return_type = "Record<string, Normalized[]>"
)]
pub fn normalize_record<'env>(
    env: &'env Env,
    record: Unknown,
    options: Unknown,
) -> napi::Result<Unknown<'env>> {
    now(env, || {
        let options: NormalizeOptions = read_options(arguments::json(env, &options, "options")?)?;
        let fields = rows::fields(arguments::json(env, &record, "record")?.as_deref())?;
        let record = fields.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        Ok(Answer::json(&normalize_fields(record, &options.context()?)?))
    })
}

/// What to say to the person who enters a record: a verdict, remarks with suggestions, and the record as it would be
/// stored.
///
/// @param policy - Fields that must be there, fields whose absence is worth a warning, and codes whose effect is not
/// the usual one.
/// @throws Error with code `argument` for a name that is no field, or a code that is none.
/// @example
/// checkEntry({ last_name: 'Roy', email: 'paul@gmial.con' }, { mandatory: ['last_name'] }).remarks[0].suggestion // => 'paul@gmail.com'
/// checkEntry({ first_name: 'Paul' }, { mandatory: ['last_name'] }).verdict // => 'block'
#[napi(
    ts_args_type = "record: EntryRecord, policy?: EntryPolicy, options?: NormalizeOptions",
    ts_return_type = "EntryCheck"
)]
pub fn check_entry<'env>(
    env: &'env Env,
    record: Unknown,
    policy: Unknown,
    options: Unknown,
) -> napi::Result<Unknown<'env>> {
    now(env, || {
        let policy: EntryPolicy = match arguments::json(env, &policy, "policy")? {
            None => EntryPolicy::default(),
            Some(json) => arguments::from_json("policy", &json)?,
        };
        let options: NormalizeOptions = read_options(arguments::json(env, &options, "options")?)?;
        let fields = rows::fields(arguments::json(env, &record, "record")?.as_deref())?;
        let record = fields.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        Ok(Answer::json(&check_record(record, &policy, &options.context()?)?))
    })
}

/// Resolves when the configuration is fine.
///
/// @param config - An object, the path of a `.toml`, `.yaml` or `.json` file, or a text in one of these languages.
/// @throws Rejects with code `config` and **all** `problems`, each with its path and what would be accepted; with
/// `config_syntax` or `io` when it cannot be read.
/// @example
/// await check({ sources: { till: { id: 'no', fields: { last_name: 'nom' } } } }) // => undefined
#[napi(ts_args_type = "config: ConfigLike", ts_return_type = "Promise<void>")]
pub fn check(env: Env, config: Unknown) -> AsyncTask<Job> {
    let config = arguments::json(&env, &config, "config");
    later(move || check_config(config?))
}

/// The same as `check`, on the calling thread: returns when the configuration is fine, throws otherwise.
#[napi(ts_args_type = "config: ConfigLike", ts_return_type = "void")]
pub fn check_sync<'env>(env: &'env Env, config: Unknown) -> napi::Result<Unknown<'env>> {
    now(env, || check_config(arguments::json(env, &config, "config")?))
}

fn check_config(json: Option<String>) -> Result<Answer, Error> {
    let (config, _) = arguments::configuration(json)?;
    config::plan(config, None).map(|_| Answer::Nothing)
}

/// The configuration with every default written out.
///
/// @throws Rejects as `check` does.
/// @example
/// (await expand({ sources: { till: { id: 'no' } } })).rcu.region // => 'FR'
#[napi(ts_args_type = "config: ConfigLike", ts_return_type = "Promise<Config>")]
pub fn expand(env: Env, config: Unknown) -> AsyncTask<Job> {
    let config = arguments::json(&env, &config, "config");
    later(move || expand_config(config?))
}

/// The same as `expand`, on the calling thread.
#[napi(ts_args_type = "config: ConfigLike", ts_return_type = "Config")]
pub fn expand_sync<'env>(env: &'env Env, config: Unknown) -> napi::Result<Unknown<'env>> {
    now(env, || expand_config(arguments::json(env, &config, "config")?))
}

fn expand_config(json: Option<String>) -> Result<Answer, Error> {
    let (config, _) = arguments::configuration(json)?;
    Ok(Answer::json(&config::plan(config, None)?.config.expanded()))
}

/// The JSON Schema of the configuration, for editors and for checks of your own.
///
/// @example
/// schema().title // => 'rcu configuration'
#[napi(ts_return_type = "{ [keyword: string]: unknown }")]
pub fn schema<'env>(env: &'env Env) -> napi::Result<Unknown<'env>> {
    now(env, || Ok(Answer::json(&Config::json_schema())))
}

/// Golden records, crosswalk, links, aggregates and what is behind them. Runs on a worker thread.
///
/// Neither the order of rows nor that of sources changes the result.
///
/// @param config - An object, the path of a `.toml`, `.yaml` or `.json` file, or a text in one of these languages.
/// @param tables - Rows by source name: plain objects, or an Arrow IPC stream as bytes. A source that is not here is
/// read from its `path`.
/// @throws Rejects with an `Error` whose `code` is one of `ERROR_CODES`: `config` with all its `problems`,
/// `missing_column`, `unknown_source`, `no_input`, …
/// @example
/// const result = await resolve(config, tables)
/// result.summary.people // => 1
/// result.golden[0].email // => 'zoe@x.fr'
#[napi(
    ts_args_type = "config: ConfigLike, tables?: { [source: string]: Records } | null, options?: ResolveOptions",
    ts_return_type = "Promise<Resolution>"
)]
pub fn resolve(env: Env, config: Unknown, tables: Unknown, options: Unknown) -> AsyncTask<Job> {
    let taken = ResolveCall::take(&env, &config, &tables, &options);
    later(move || taken?.run())
}

/// The same as `resolve`, on the calling thread.
///
/// @example
/// resolveSync(config, tables).crosswalk.map((row) => row.source) // => ['till', 'web']
#[napi(
    ts_args_type = "config: ConfigLike, tables?: { [source: string]: Records } | null, options?: ResolveOptions",
    ts_return_type = "Resolution"
)]
pub fn resolve_sync<'env>(
    env: &'env Env,
    config: Unknown,
    tables: Unknown,
    options: Unknown,
) -> napi::Result<Unknown<'env>> {
    now(env, || ResolveCall::take(env, &config, &tables, &options)?.run())
}

/// The arguments of `resolve`, taken from JavaScript.
struct ResolveCall {
    config: Option<String>,
    tables: Vec<(String, Given)>,
    options: Option<String>,
}

impl ResolveCall {
    fn take(env: &Env, config: &Unknown, tables: &Unknown, options: &Unknown) -> Result<ResolveCall, Error> {
        Ok(ResolveCall {
            config: arguments::json(env, config, "config")?,
            tables: arguments::tables(env, tables)?,
            options: arguments::json(env, options, "options")?,
        })
    }

    fn run(self) -> Result<Answer, Error> {
        let (config, folder) = arguments::configuration(self.config)?;
        let options: ResolveOptions = read_options(self.options)?;
        let as_of = options.as_of.as_deref().map(|text| config::day("asOf", text)).transpose()?;
        let plan = config::plan(config, as_of)?;
        let mut given = Vec::new();
        for (name, rows) in self.tables {
            given.push(match plan.source(&name) {
                Some(i) => rows::input(&name, &rows, &columns_of(&plan.sources[i]))?,
                // Refused by `check_sources`, which says what is declared.
                None => Input::new(name, Table::default()),
            });
        }
        rcu_core::resolve::check_sources(&plan, &given)?;
        let names: Vec<&str> = given.iter().map(|i| i.source.as_str()).collect();
        let read = read_others(&plan, &options.input.unwrap_or(folder), &names)?;
        given.extend(read);
        let outcome = rcu_core::resolve::resolve(&plan, &given, &Silent)?;
        let facts = KeptFacts::new(&plan, given);
        Ok(Answer::Resolution(Arc::new(Run { plan, outcome, facts })))
    }
}
