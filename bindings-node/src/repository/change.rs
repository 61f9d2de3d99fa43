//! What changes what is kept.

use super::{DeliverOptions, LoadOptions, LockOptions, Repository, is_text};
use crate::answer::Answer;
use crate::arguments::{self, Given, needed, options_of, text_of};
use crate::rows;
use napi::bindgen_prelude::{Env, Object, Unknown};
use napi_derive::napi;
use rcu_core::Error;
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::matching::ruling::RecordRef;
use rcu_core::progress::Silent;
use rcu_core::repository::Act;
use rcu_core::survivorship::LockKind;
use rcu_io::config;
use rcu_io::desk;
use rcu_io::read::read_others;
use serde_json::Value;

/// Rows by source, read under a plan.
pub(super) fn inputs(plan: &Plan, tables: &[(String, Given)]) -> Result<Vec<Input>, Error> {
    tables.iter().map(|(source, given)| rows::of_source(plan, source, given)).collect()
}

/// A record: `{ source, record_id }`, or `source:record id`.
fn record(env: &Env, value: &Unknown, argument: &str) -> Result<RecordRef, Error> {
    if is_text(value) {
        return desk::record(argument, &needed(env, value, argument)?);
    }
    let RecordRef { source, record_id } = arguments::of(env, value, argument)?;
    Ok(desk::reference(&source, &record_id))
}

/// One identifier or several.
fn ids(env: &Env, value: &Unknown) -> Result<Vec<String>, Error> {
    let given = match arguments::of(env, value, "ids")? {
        Value::Array(several) => several,
        one => vec![one],
    };
    let missing = || Error::Argument { argument: "ids".into(), reason: "is missing".into() };
    given.into_iter().map(|id| text_of(id, "ids")?.ok_or_else(missing)).collect()
}

/// What a lock is on: id, field, kind, value; and who says so.
type Locked = (String, String, LockKind, Option<String>, Act);

impl Repository {
    fn decided<'env>(
        &self,
        env: &'env Env,
        pair: [&Unknown; 2],
        answer: impl FnOnce() -> Result<String, Error>,
        options: &Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let (a, b) = (record(env, pair[0], "a")?, record(env, pair[1], "b")?);
            Ok((a, b, answer()?, self.act_of(env, options)?))
        })();
        self.line.call(env, move |desk| {
            let (a, b, answer, act) = taken?;
            Ok(Answer::json(&desk.decide(a, b, &answer, &act)?))
        })
    }

    fn locked(
        &self,
        env: &Env,
        id: &Unknown,
        field: &Unknown,
        value: &Unknown,
        options: &Unknown,
    ) -> Result<Locked, Error> {
        let LockOptions { kind, by, reason } = options_of(env, options)?;
        let (id, field) = (needed(env, id, "id")?, needed(env, field, "field")?);
        let value = arguments::text(env, value, "value")?;
        Ok((id, field, kind.unwrap_or_default(), value, self.act(by, reason)))
    }
}

#[napi]
impl Repository {
    /// Loads a first base into an empty repository, as a batch: `tables`, and the files of the other sources.
    ///
    /// @param tables - Rows by source name, as for `upsert`.
    #[napi(
        ts_args_type = "tables?: { [source: string]: Records } | null, options?: LoadOptions",
        ts_return_type = "Promise<Loaded>"
    )]
    pub fn load<'env>(
        &self,
        env: &'env Env,
        tables: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let LoadOptions { input, by, reason } = options_of(env, &options)?;
            let input = input.unwrap_or_else(|| self.folder.clone());
            Ok((arguments::tables(env, &tables)?, input, self.act(by, reason)))
        })();
        self.line.call(env, move |desk| {
            let (tables, input, act) = taken?;
            let mut rows = inputs(desk.plan(), &tables)?;
            let given: Vec<&str> = tables.iter().map(|(source, _)| source.as_str()).collect();
            rows.extend(read_others(desk.plan(), &input, &given)?);
            Ok(Answer::json(&desk.load(rows, &act, &Silent)?))
        })
    }

    /// Keeps rows of a source, or of several, with everything that follows, all of it or nothing.
    ///
    /// A row takes the place of the kept one unless it is older; what was not kept is in `rejects`, with why. Of plain
    /// objects each says what it has: columns that it leaves out have no value.
    ///
    /// @throws Rejects with code `unknown_source`, or `missing_column` for a row with none of the columns that the
    /// configuration reads.
    #[napi(
        ts_args_type = "...args: [source: string, rows: Records, options?: ChangeOptions] | [tables: { [source: string]: Records }, options?: ChangeOptions]",
        ts_return_type = "Promise<Done>"
    )]
    pub fn upsert<'env>(
        &self,
        env: &'env Env,
        source: Unknown,
        rows: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            if !is_text(&source) {
                return Ok((arguments::tables(env, &source)?, self.act_of(env, &rows)?));
            }
            let rows = arguments::given(env, &rows, "rows")?;
            Ok((vec![(needed(env, &source, "source")?, rows)], self.act_of(env, &options)?))
        })();
        self.line.call(env, move |desk| {
            let (tables, act) = taken?;
            let rows = inputs(desk.plan(), &tables)?;
            Ok(Answer::json(&desk.upsert(rows, &act)?))
        })
    }

    /// Takes rows as all that a source has: what is not among them was deleted there, but for statements of consent.
    ///
    /// Nothing is applied when more than 5 % of the rows are at fault (`suspended`); more than a fifth of the rows at
    /// once are deleted only with `confirm` (`withheld`).
    #[napi(
        ts_args_type = "source: string, rows: Records, options?: DeliverOptions",
        ts_return_type = "Promise<Delivered>"
    )]
    pub fn deliver<'env>(
        &self,
        env: &'env Env,
        source: Unknown,
        rows: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let DeliverOptions { confirm, by, reason } = options_of(env, &options)?;
            let given = (needed(env, &source, "source")?, arguments::given(env, &rows, "rows")?);
            Ok((given, confirm.unwrap_or_default(), self.act(by, reason)))
        })();
        self.line.call(env, move |desk| {
            let (given, confirm, act) = taken?;
            let rows = inputs(desk.plan(), std::slice::from_ref(&given))?;
            Ok(Answer::json(&desk.deliver(&given.0, rows, confirm, &act)?))
        })
    }

    /// Deletes records or facts that their source deleted.
    #[napi(
        ts_args_type = "source: string, ids: string | number | readonly (string | number)[], options?: ChangeOptions",
        ts_return_type = "Promise<Done>"
    )]
    pub fn delete<'env>(
        &self,
        env: &'env Env,
        source: Unknown,
        ids: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let source = needed(env, &source, "source")?;
            let records = self::ids(env, &ids)?.iter().map(|id| desk::reference(&source, id)).collect();
            Ok((records, self.act_of(env, &options)?))
        })();
        self.line.call(env, move |desk| {
            let (records, act) = taken?;
            Ok(Answer::json(&desk.delete(records, &act)?))
        })
    }

    /// Gives a record the identifier that its source gave it. It stays who it is.
    ///
    /// @throws Rejects with code `argument` when it is not kept or the identifier is another record's.
    #[napi(
        ts_args_type = "source: string, id: string | number, to: string | number, options?: ChangeOptions",
        ts_return_type = "Promise<Done>"
    )]
    pub fn rename<'env>(
        &self,
        env: &'env Env,
        source: Unknown,
        id: Unknown,
        to: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let record = desk::reference(&needed(env, &source, "source")?, &needed(env, &id, "id")?);
            Ok((record, needed(env, &to, "to")?, self.act_of(env, &options)?))
        })();
        self.line.call(env, move |desk| {
            let (record, to, act) = taken?;
            Ok(Answer::json(&desk.rename(record, &to, &act)?))
        })
    }

    /// Keeps a steward's decision on two records, each `{ source, record_id }` or `source:record id`.
    ///
    /// @throws Rejects with code `argument` for another word, and for a decision that contradicts others.
    #[napi(
        ts_args_type = "a: RecordLike, b: RecordLike, answer: 'same' | 'different' | 'household' | 'later', options?: ChangeOptions",
        ts_return_type = "Promise<Done>"
    )]
    pub fn decide<'env>(
        &self,
        env: &'env Env,
        a: Unknown,
        b: Unknown,
        answer: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        self.decided(env, [&a, &b], || needed(env, &answer, "answer"), &options)
    }

    /// Takes the decision on two records back.
    #[napi(
        ts_args_type = "a: RecordLike, b: RecordLike, options?: ChangeOptions",
        ts_return_type = "Promise<Done>"
    )]
    pub fn cancel<'env>(
        &self,
        env: &'env Env,
        a: Unknown,
        b: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        self.decided(env, [&a, &b], || Ok("cancel".to_owned()), &options)
    }

    /// Pins, ignores or clears a golden value, whatever the sources say.
    ///
    /// @param id - A golden id, or a record as `source:record id`, which the lock then follows.
    /// @param value - The value that is pinned or ignored; null to clear.
    #[napi(
        ts_args_type = "id: string, field: string, value: string | number | null, options: LockOptions",
        ts_return_type = "Promise<Done>"
    )]
    pub fn lock<'env>(
        &self,
        env: &'env Env,
        id: Unknown,
        field: Unknown,
        value: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = self.locked(env, &id, &field, &value, &options);
        self.line.call(env, move |desk| {
            let (id, field, kind, value, act) = taken?;
            Ok(Answer::json(&desk.lock(&id, &field, kind, value, &act)?))
        })
    }

    /// Takes a lock back.
    #[napi(
        ts_args_type = "id: string, field: string, value: string | number | null, options: LockOptions",
        ts_return_type = "Promise<Done>"
    )]
    pub fn unlock<'env>(
        &self,
        env: &'env Env,
        id: Unknown,
        field: Unknown,
        value: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = self.locked(env, &id, &field, &value, &options);
        self.line.call(env, move |desk| {
            let (id, field, kind, value, act) = taken?;
            Ok(Answer::json(&desk.unlock(&id, &field, kind, value, &act)?))
        })
    }

    /// Brings ages, periods and consents to a day, `YYYY-MM-DD`, by default today.
    #[napi(ts_args_type = "day?: string | null, options?: ChangeOptions", ts_return_type = "Promise<Done>")]
    pub fn refresh<'env>(
        &self,
        env: &'env Env,
        day: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let day = arguments::text(env, &day, "day")?.map(|text| config::day("day", &text)).transpose()?;
            Ok((day, self.act_of(env, &options)?))
        })();
        self.line.call(env, move |desk| {
            let (day, act) = taken?;
            Ok(Answer::json(&desk.refresh(day, &act)?))
        })
    }
}
