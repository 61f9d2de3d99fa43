//! What is read of what is kept.

use super::change::inputs;
use super::{LogOptions, MatchOptions, PageOptions, Repository, SearchOptions, TablesOptions};
use crate::answer::Answer;
use crate::arguments::{self, Given, TableFormat, needed, options_of};
use crate::{ipc, rows};
use napi::ValueType;
use napi::bindgen_prelude::{Env, JsValue, Object, Unknown};
use napi_derive::napi;
use rcu_core::Error;
use rcu_core::arrow::batch_of_table;
use rcu_core::output::OutTable;
use rcu_core::report;
use rcu_core::repository::Search;
use rcu_io::config;
use rcu_io::desk::{Desk, search_of_json};
use serde_json::Value;

/// A table in the form in which it is wanted.
pub(super) fn table(table: &OutTable, format: Option<TableFormat>) -> Result<Answer, Error> {
    match format.unwrap_or_default() {
        TableFormat::Rows => Ok(Answer::Rows(rows::of_table(table))),
        TableFormat::Arrow => ipc::bytes(&batch_of_table(table)?).map(Answer::Bytes),
    }
}

/// One row, as an object or as Arrow bytes.
fn row(env: &Env, value: &Unknown) -> Result<Given, Error> {
    let alone = matches!(value.get_type(), Ok(ValueType::Object)) && !value.is_array().unwrap_or_default();
    if alone && !value.is_typedarray().unwrap_or_default() {
        let json = arguments::json(env, value, "row")?;
        return Ok(Given::Json(vec![format!("[{}]", json.as_deref().unwrap_or("null"))]));
    }
    arguments::given(env, value, "row")
}

#[napi]
impl Repository {
    /// People by whatever is known of them, partial or mistyped, best first, as a role sees them.
    ///
    /// @param clues - A text (`'fournett baptiste 87480'`), or what is known by field.
    #[napi(
        ts_args_type = "clues: string | { [K in keyof Search]: Search[K] | number }, options?: SearchOptions",
        ts_return_type = "Promise<Found>"
    )]
    pub fn search<'env>(
        &self,
        env: &'env Env,
        clues: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let SearchOptions { role, purpose } = options_of(env, &options)?;
            let mut search = match arguments::of(env, &clues, "clues")? {
                Value::String(text) => Search::parse(&text),
                Value::Object(clues) => search_of_json(&clues)?,
                _ => {
                    let reason = "is neither a text nor an object of what is known by field".into();
                    return Err(Error::Argument { argument: "clues".into(), reason });
                }
            };
            search.purpose = purpose.or(search.purpose);
            Ok((search, role.unwrap_or_else(|| "store".into())))
        })();
        self.line.call(env, move |desk| {
            let (search, role) = taken?;
            Ok(Answer::json(&desk.search(&search, Some(&role))?))
        })
    }

    /// What an upsert of one row would do: whose record it would be, whom it would meet and why. Writes nothing.
    ///
    /// @param row - Values by column (columns that are left out have no value), or Arrow IPC bytes of one row.
    #[napi(
        ts_args_type = "source: string, row: object | Uint8Array, options?: MatchOptions",
        ts_return_type = "Promise<Foresight>"
    )]
    pub fn match_one<'env>(
        &self,
        env: &'env Env,
        source: Unknown,
        row: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let MatchOptions { purpose } = options_of(env, &options)?;
            Ok(((needed(env, &source, "source")?, self::row(env, &row)?), purpose))
        })();
        self.line.call(env, move |desk| {
            let (given, purpose) = taken?;
            let rows = inputs(desk.plan(), std::slice::from_ref(&given))?;
            let missing = || Error::Argument { argument: "row".into(), reason: "is missing".into() };
            Ok(Answer::json(&desk.match_one(rows.first().ok_or_else(missing)?, purpose.as_deref())?))
        })
    }

    /// Everything known of one person, as a role sees it. The log says that it was read.
    ///
    /// @param id - A golden id, also one that a merge took in, or a record as `source:record id`.
    /// @throws Rejects with code `argument` when nobody has the id, or the role is not known.
    #[napi(
        js_name = "view360",
        ts_args_type = "id: string, options?: PageOptions",
        ts_return_type = "Promise<View360>"
    )]
    pub fn view360<'env>(&self, env: &'env Env, id: Unknown, options: Unknown) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let PageOptions { role, purpose, html, by, reason } = options_of(env, &options)?;
            let role = role.unwrap_or_else(|| "admin".into());
            Ok((needed(env, &id, "id")?, role, purpose, html, self.act(by, reason)))
        })();
        self.line.call(env, move |desk| {
            let (id, role, purpose, html, act) = taken?;
            let view = desk.view360(&id, &role, purpose.as_deref(), &act)?;
            if let Some(path) = html {
                let place = format!("page `{}`", path.display());
                let fail = |e: std::io::Error| Error::Io { place, reason: e.to_string() };
                std::fs::write(&path, report::of_person(&view)).map_err(fail)?;
            }
            Ok(Answer::json(&view))
        })
    }

    /// What became of a golden id, or of the one that a record, `source:record id`, has today.
    ///
    /// @throws Rejects with code `argument` when it was never given.
    #[napi(ts_args_type = "id: string", ts_return_type = "Promise<IdHistory>")]
    pub fn history<'env>(&self, env: &'env Env, id: Unknown) -> napi::Result<Object<'env>> {
        let id = needed(env, &id, "id");
        self.line.call(env, move |desk| Ok(Answer::json(&desk.history(&id?)?)))
    }

    /// Who a record, `source:record id`, was at the end of a day, `YYYY-MM-DD`, or which records a golden id had.
    #[napi(ts_args_type = "id: string, day: string", ts_return_type = "Promise<RecordsThen>")]
    pub fn records_at<'env>(&self, env: &'env Env, id: Unknown, day: Unknown) -> napi::Result<Object<'env>> {
        let taken = (|| Ok((needed(env, &id, "id")?, config::day("day", &needed(env, &day, "day")?)?)))();
        self.line.call(env, move |desk| {
            let (id, day) = taken?;
            Ok(Answer::json(&desk.records_at(&id, day)?))
        })
    }

    /// Decisions of stewards that stand.
    #[napi(ts_return_type = "Promise<Ruling[]>")]
    pub fn decisions<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        self.line.call(env, |desk| Ok(Answer::json(&desk.decisions()?)))
    }

    /// Values that stewards pinned, ignored or cleared.
    #[napi(ts_return_type = "Promise<Lock[]>")]
    pub fn locks<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        self.line.call(env, |desk| Ok(Answer::json(&desk.locks()?)))
    }

    /// Who did what, when and why: entries from a number on, at most so many.
    #[napi(ts_args_type = "options?: LogOptions", ts_return_type = "Promise<LogEntry[]>")]
    pub fn log<'env>(&self, env: &'env Env, options: Unknown) -> napi::Result<Object<'env>> {
        let taken = options_of::<LogOptions>(env, &options);
        self.line.call(env, move |desk| {
            let LogOptions { first, most } = taken?;
            Ok(Answer::json(&desk.log(first.unwrap_or(1), most.unwrap_or(100))?))
        })
    }

    /// Builds everything anew and compares; `clean` when nothing differs and the log is whole.
    ///
    /// @throws Rejects with code `io` for a damaged file, and when the secret that the log is checked with is not there.
    #[napi(ts_return_type = "Promise<Verified>")]
    pub fn verify<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        self.line.call(env, |desk| Desk::verify(desk).map(|verified| Answer::json(&verified)))
    }

    /// The tables `golden`, one row per person, and `crosswalk`, one row per record. The log says so.
    #[napi(
        ts_generic_types = "F extends TableFormat = 'rows'",
        ts_args_type = "options?: TablesOptions & { format?: F }",
        ts_return_type = "Promise<F extends 'arrow' ? { golden: Uint8Array, crosswalk: Uint8Array } : { golden: KeptRow[], crosswalk: KeptRow[] }>"
    )]
    pub fn tables<'env>(&self, env: &'env Env, options: Unknown) -> napi::Result<Object<'env>> {
        let taken = options_of::<TablesOptions>(env, &options);
        let taken = taken.map(|TablesOptions { format, by, reason }| (format, self.act(by, reason)));
        self.line.call(env, move |desk| {
            let (format, act) = taken?;
            let tables = desk.tables(&act)?;
            let answers = tables.iter().map(|t| Ok((t.name.to_owned(), table(t, format)?)));
            Ok(Answer::Object(answers.collect::<Result<_, Error>>()?))
        })
    }

    /// Writes these tables as Parquet into a folder, which is made when it is not there.
    #[napi(ts_args_type = "folder: string, options?: ChangeOptions", ts_return_type = "Promise<Exported>")]
    pub fn export<'env>(
        &self,
        env: &'env Env,
        folder: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| Ok((needed(env, &folder, "folder")?, self.act_of(env, &options)?)))();
        self.line.call(env, move |desk| {
            let (folder, act) = taken?;
            Ok(Answer::json(&desk.export(folder.as_ref(), &act)?))
        })
    }
}
