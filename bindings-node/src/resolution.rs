//! What a run found, as a JavaScript object that stays on the Rust side until a table is asked for.

use crate::answer::{Answer, Job, later, now};
use crate::arguments::{self, Given, TableFormat, TableOptions, read_options};
use crate::{ipc, rows};
use napi::bindgen_prelude::{AsyncTask, Env, JsObjectValue, Object, This, Unknown};
use napi::{Property, PropertyAttributes, ValueType};
use napi_derive::napi;
use rcu_core::Error;
use rcu_core::arrow::batch_of_table;
use rcu_core::config::Plan;
use rcu_core::error::did_you_mean;
use rcu_core::mask::Show;
use rcu_core::matching::evaluate::compare;
use rcu_core::output::{self, NAMES};
use rcu_core::progress::Silent;
use rcu_core::resolve::Resolution as Outcome;
use rcu_io::read::read_table;
use rcu_io::write;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A run's plan and outcome, shared with the worker threads that write its tables.
#[derive(Debug)]
pub struct Run {
    /// What was asked.
    pub plan: Plan,
    /// What was found.
    pub outcome: Outcome,
}

impl Run {
    fn table(&self, name: &str, format: TableFormat) -> Result<Answer, Error> {
        let table = output::table(&self.plan, &self.outcome, name).ok_or_else(|| {
            let known = || NAMES.iter().copied().chain(["households"]);
            let hint = did_you_mean(name, known());
            let reason =
                format!("`{name}` is no table{hint}; tables are {}", known().collect::<Vec<_>>().join(", "));
            Error::Argument { argument: "name".into(), reason }
        })?;
        match format {
            TableFormat::Rows => Ok(Answer::Rows(rows::of_table(&table))),
            TableFormat::Arrow => ipc::bytes(&batch_of_table(&table)?).map(Answer::Bytes),
        }
    }

    fn evaluate(&self, labelled: Truth) -> Result<Answer, Error> {
        let (table, place) = match labelled {
            Truth::File(path) => (read_table(Path::new(&path))?, path),
            Truth::Rows(given) => (rows::table(&given, "truth")?, "truth".to_owned()),
        };
        let crosswalk =
            output::table(&self.plan, &self.outcome, "crosswalk").map(output::OutTable::into_texts);
        let crosswalk = crosswalk.transpose()?.unwrap_or_default();
        Ok(Answer::json(&compare(("crosswalk", &crosswalk), (&place, &table))?))
    }

    fn explain(&self, a: &Pointer, b: &Pointer, options: &ExplainOptions) -> Result<Answer, Error> {
        let show = if options.clear { Show::Clear } else { Show::Masked };
        let (a, b) = ((a.source.as_str(), a.record_id.as_str()), (b.source.as_str(), b.record_id.as_str()));
        Ok(Answer::json(&rcu_core::explain::explain(&self.plan, &self.outcome, a, b, show)?))
    }

    fn write(&self, dir: Option<String>) -> Result<Answer, Error> {
        let dir: PathBuf = arguments::from_json("dir", dir.as_deref().unwrap_or("null"))?;
        write::write_outputs(&self.plan, &self.outcome, &dir, true, &Silent)?;
        Ok(Answer::Nothing)
    }
}

/// A truth as it was given.
enum Truth {
    File(String),
    Rows(Given),
}

fn labelled(env: &Env, value: &Unknown) -> Result<Truth, Error> {
    if matches!(value.get_type(), Ok(ValueType::String)) {
        let path = arguments::json(env, value, "truth")?;
        return arguments::from_json("truth", path.as_deref().unwrap_or("null")).map(Truth::File);
    }
    arguments::given(env, value, "truth").map(Truth::Rows)
}

/// A record as a caller names it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pointer {
    source: String,
    record_id: String,
}

/// Options of an explanation.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ExplainOptions {
    clear: bool,
}

fn asked(
    env: &Env,
    a: &Unknown,
    b: &Unknown,
    options: &Unknown,
) -> Result<(Pointer, Pointer, ExplainOptions), Error> {
    let pointer = |name: &'static str, value: &Unknown| -> Result<Pointer, Error> {
        let text = arguments::json(env, value, name)?;
        arguments::from_json(name, text.as_deref().unwrap_or("null"))
    };
    let options = read_options(arguments::json(env, options, "options")?)?;
    Ok((pointer("a", a)?, pointer("b", b)?, options))
}

/// What is wanted of a table: its name and form.
fn wanted(env: &Env, name: &Unknown, options: &Unknown) -> Result<(String, TableFormat), Error> {
    let name = arguments::json(env, name, "name")?;
    let name = arguments::from_json("name", name.as_deref().unwrap_or("null"))?;
    let options: TableOptions = read_options(arguments::json(env, options, "options")?)?;
    Ok((name, options.format))
}

/// Who is who, their golden records and aggregates, and where all of it comes from.
///
/// The tables stay in Rust until they are asked for. A property such as `golden` makes its array once, on the calling
/// thread; `table` makes it on a worker thread, or gives Arrow bytes, which suits large ones.
///
/// In rows, whole numbers are numbers, decimal numbers are exact texts (`'194.00'`), days are texts as `'2026-11-21'`,
/// and what is not known is `null`. Amounts that end in `_minor` count cents.
#[napi]
pub struct Resolution {
    run: Arc<Run>,
}

impl Resolution {
    /// Wraps a run.
    pub fn new(run: Arc<Run>) -> Resolution {
        Resolution { run }
    }

    /// A table as a property that is computed once: the array takes the place of the accessor on `this`, hidden from
    /// enumeration so that logging a resolution logs no customer.
    fn kept<'env>(&self, env: &'env Env, mut this: This<'env>, name: &str) -> napi::Result<Unknown<'env>> {
        let value = now(env, || self.run.table(name, TableFormat::Rows))?;
        let own = Property::new()
            .with_utf8_name(name)?
            .with_value(&value)
            .with_property_attributes(PropertyAttributes::empty());
        let this: &mut Object = &mut this.object;
        this.define_properties(&[own])?;
        Ok(value)
    }
}

#[napi]
impl Resolution {
    /// One row for each person: `golden_id`, `household_id`, `records`, `sources`, then the kept value of each field.
    #[napi(getter, ts_return_type = "GoldenRow[]")]
    pub fn golden<'env>(&self, env: &'env Env, this: This<'env>) -> napi::Result<Unknown<'env>> {
        self.kept(env, this, "golden")
    }

    /// Which person each record is.
    #[napi(getter, ts_return_type = "CrosswalkRow[]")]
    pub fn crosswalk<'env>(&self, env: &'env Env, this: This<'env>) -> napi::Result<Unknown<'env>> {
        self.kept(env, this, "crosswalk")
    }

    /// Accepted links: two records, the pass that found them, the score in thousandths.
    #[napi(getter, ts_return_type = "LinksRow[]")]
    pub fn links<'env>(&self, env: &'env Env, this: This<'env>) -> napi::Result<Unknown<'env>> {
        self.kept(env, this, "links")
    }

    /// Pairs that wait for a steward, and why.
    #[napi(getter, ts_return_type = "ReviewRow[]")]
    pub fn review<'env>(&self, env: &'env Env, this: This<'env>) -> napi::Result<Unknown<'env>> {
        self.kept(env, this, "review")
    }

    /// Which household each person is in.
    #[napi(getter, ts_return_type = "HouseholdsRow[]")]
    pub fn households<'env>(&self, env: &'env Env, this: This<'env>) -> napi::Result<Unknown<'env>> {
        self.kept(env, this, "households")
    }

    /// Revenue, visits, recency, RFM and complaints of each person.
    #[napi(getter, ts_return_type = "AggregatesRow[]")]
    pub fn aggregates<'env>(&self, env: &'env Env, this: This<'env>) -> napi::Result<Unknown<'env>> {
        self.kept(env, this, "aggregates")
    }

    /// Rows that were not loaded: source, line, column, code and reason, never the content.
    #[napi(getter, ts_return_type = "RejectsRow[]")]
    pub fn rejects<'env>(&self, env: &'env Env, this: This<'env>) -> napi::Result<Unknown<'env>> {
        self.kept(env, this, "rejects")
    }

    /// For each golden value: the record that supplied it, the rule, its score in thousandths, how many it beat.
    #[napi(getter, ts_return_type = "ProvenanceRow[]")]
    pub fn provenance<'env>(&self, env: &'env Env, this: This<'env>) -> napi::Result<Unknown<'env>> {
        self.kept(env, this, "provenance")
    }

    /// Values that many people carry, taken out of matching.
    #[napi(getter, ts_return_type = "SharedRow[]")]
    pub fn shared<'env>(&self, env: &'env Env, this: This<'env>) -> napi::Result<Unknown<'env>> {
        self.kept(env, this, "shared")
    }

    /// Figures of each person by brand and company.
    #[napi(getter, ts_return_type = "ProfilesRow[]")]
    pub fn profiles<'env>(&self, env: &'env Env, this: This<'env>) -> napi::Result<Unknown<'env>> {
        self.kept(env, this, "profiles")
    }

    /// Facts whose customer no record is.
    #[napi(getter, ts_return_type = "OrphansRow[]")]
    pub fn orphans<'env>(&self, env: &'env Env, this: This<'env>) -> napi::Result<Unknown<'env>> {
        self.kept(env, this, "orphans")
    }

    /// Rows that facts name and that are not there.
    #[napi(getter, ts_return_type = "Missing_referencesRow[]")]
    pub fn missing_references<'env>(&self, env: &'env Env, this: This<'env>) -> napi::Result<Unknown<'env>> {
        self.kept(env, this, "missing_references")
    }

    /// Counts that reconcile: rows of each source, records, people, households, passes, money in cents.
    #[napi(getter, ts_return_type = "Summary")]
    pub fn summary<'env>(&self, env: &'env Env) -> napi::Result<Unknown<'env>> {
        now(env, || Ok(Answer::json(&self.run.outcome.summary)))
    }

    /// Whether every row and every cent is accounted for.
    #[napi(getter, ts_return_type = "boolean")]
    pub fn reconciles<'env>(&self, env: &'env Env) -> napi::Result<Unknown<'env>> {
        now(env, || Ok(Answer::Flag(self.run.outcome.summary.reconciles())))
    }

    /// A table, made on a worker thread: rows, or the bytes of an Arrow IPC stream.
    ///
    /// @throws Rejects with code `argument` for an unknown name, `too_large` beyond 2 GiB of text in an Arrow column.
    /// @example
    /// const result = await resolve(config, tables)
    /// (await result.table('crosswalk')).length // => 2
    /// (await result.table('golden', { format: 'arrow' })) instanceof Uint8Array // => true
    #[napi(
        ts_generic_types = "N extends keyof Tables, F extends TableFormat = 'rows'",
        ts_args_type = "name: N, options?: { format?: F }",
        ts_return_type = "Promise<F extends 'arrow' ? Uint8Array : Tables[N][]>"
    )]
    pub fn table(&self, env: Env, name: Unknown, options: Unknown) -> AsyncTask<Job> {
        let (run, wanted) = (self.run.clone(), wanted(&env, &name, &options));
        later(move || {
            let (name, format) = wanted?;
            run.table(&name, format)
        })
    }

    /// The same as `table`, on the calling thread.
    #[napi(
        ts_generic_types = "N extends keyof Tables, F extends TableFormat = 'rows'",
        ts_args_type = "name: N, options?: { format?: F }",
        ts_return_type = "F extends 'arrow' ? Uint8Array : Tables[N][]"
    )]
    pub fn table_sync<'env>(
        &self,
        env: &'env Env,
        name: Unknown,
        options: Unknown,
    ) -> napi::Result<Unknown<'env>> {
        now(env, || {
            let (name, format) = wanted(env, &name, &options)?;
            self.run.table(&name, format)
        })
    }

    /// How right the run is, against a truth: pairwise and B-cubed precision, recall and F1, each in 0..=1.
    ///
    /// @param truth - A CSV, Parquet or JSON Lines file, rows, or Arrow IPC bytes, with `person_id` and either
    /// `rec_id` (`source|record id`) or `source` and `record_id`.
    /// @throws Rejects with code `missing_column` or `io`.
    /// @example
    /// const result = await resolve(config, tables)
    /// const truth = [{ rec_id: 'till|1', person_id: 'p' }, { rec_id: 'web|a', person_id: 'p' }]
    /// (await result.evaluate(truth)).f1 // => 1
    #[napi(ts_args_type = "truth: string | Records", ts_return_type = "Promise<Quality>")]
    pub fn evaluate(&self, env: Env, truth: Unknown) -> AsyncTask<Job> {
        let (run, truth) = (self.run.clone(), labelled(&env, &truth));
        later(move || run.evaluate(truth?))
    }

    /// The same as `evaluate`, on the calling thread.
    #[napi(ts_args_type = "truth: string | Records", ts_return_type = "Quality")]
    pub fn evaluate_sync<'env>(&self, env: &'env Env, truth: Unknown) -> napi::Result<Unknown<'env>> {
        now(env, || self.run.evaluate(labelled(env, &truth)?))
    }

    /// Why two records are one person, wait for a steward, or are two, and the smallest change that would turn it.
    ///
    /// `outcome` and `because` say it in short; `passes` which keys they share, which levels and guards refused;
    /// `weights` and `points` what each comparison adds; `changes` what would turn it; `chain` the links between them
    /// with the weakest. Values are masked unless `clear` is true. What comparing needs is computed anew on each call.
    ///
    /// @throws Rejects with code `unknown_source`, or `argument` for a record that was not loaded.
    /// @example
    /// const result = await resolve(config, tables)
    /// const [a, b] = [{ source: 'till', record_id: '1' }, { source: 'web', record_id: 'a' }]
    /// (await result.explain(a, b)).outcome // => 'one_person'
    #[napi(
        ts_args_type = "a: { source: string, record_id: string }, b: { source: string, record_id: string }, options?: { clear?: boolean }",
        ts_return_type = "Promise<Record<string, any>>"
    )]
    pub fn explain(&self, env: Env, a: Unknown, b: Unknown, options: Unknown) -> AsyncTask<Job> {
        let (run, asked) = (self.run.clone(), asked(&env, &a, &b, &options));
        later(move || {
            let (a, b, options) = asked?;
            run.explain(&a, &b, &options)
        })
    }

    /// The same as `explain`, on the calling thread.
    #[napi(
        ts_args_type = "a: { source: string, record_id: string }, b: { source: string, record_id: string }, options?: { clear?: boolean }",
        ts_return_type = "Record<string, any>"
    )]
    pub fn explain_sync<'env>(
        &self,
        env: &'env Env,
        a: Unknown,
        b: Unknown,
        options: Unknown,
    ) -> napi::Result<Unknown<'env>> {
        now(env, || {
            let (a, b, options) = asked(env, &a, &b, &options)?;
            self.run.explain(&a, &b, &options)
        })
    }

    /// One self-contained HTML page: what was read, who was found, what waits, what the money says. It holds no
    /// personal value in clear and loads nothing.
    #[napi(ts_return_type = "string")]
    pub fn report<'env>(&self, env: &'env Env) -> napi::Result<Unknown<'env>> {
        now(env, || Ok(Answer::Text(rcu_core::report::html(&self.run.plan, &self.run.outcome))))
    }

    /// Writes the tables as Parquet files, `summary.json` and `report.html` into a folder, which is made when it is
    /// not there. The same files as `rcu resolve --out`.
    ///
    /// @throws Rejects with code `io` when a file cannot be written.
    #[napi(ts_args_type = "dir: string", ts_return_type = "Promise<void>")]
    pub fn write(&self, env: Env, dir: Unknown) -> AsyncTask<Job> {
        let (run, dir) = (self.run.clone(), arguments::json(&env, &dir, "dir"));
        later(move || run.write(dir?))
    }

    /// The same as `write`, on the calling thread.
    #[napi(ts_args_type = "dir: string", ts_return_type = "void")]
    pub fn write_sync<'env>(&self, env: &'env Env, dir: Unknown) -> napi::Result<Unknown<'env>> {
        now(env, || self.run.write(arguments::json(env, &dir, "dir")?))
    }
}
