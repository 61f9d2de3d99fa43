//! Who follows what is kept: consumers of the feed, and subscribers with a view of their own.

use super::see::table;
use super::{ChangesOptions, FeedOptions, Repository, TablesOptions, WriteFeedOptions};
use crate::answer::Answer;
use crate::arguments::{self, TableFormat, needed, options_of};
use napi::bindgen_prelude::{Env, Object, Unknown};
use napi_derive::napi;
use rcu_core::Error;
use rcu_core::repository::Outgoing;
use rcu_io::desk::{self, Serving};

/// Rows written as one JSON text.
const ROWS_A_TEXT: usize = 8192;

/// A delivery as an object. With rows it is the same as its JSON.
pub(super) fn delivery(outgoing: &Outgoing, format: Option<TableFormat>) -> Result<Answer, Error> {
    let rows = match format.unwrap_or_default() {
        TableFormat::Rows => {
            let parts = outgoing.rows.chunks(ROWS_A_TEXT).map(serde_json::to_string);
            let fail = |e: serde_json::Error| Error::Io { place: "feed".into(), reason: e.to_string() };
            Answer::Rows(parts.collect::<Result<_, _>>().map_err(fail)?)
        }
        arrow => table(&desk::table_of(outgoing)?, Some(arrow))?,
    };
    Ok(Answer::Object(vec![
        ("subscriber".into(), Answer::Text(outgoing.subscriber.clone())),
        ("full".into(), Answer::Flag(outgoing.full)),
        ("cursor".into(), Answer::json(&outgoing.cursor)),
        ("columns".into(), Answer::json(&outgoing.columns)),
        ("rows".into(), rows),
    ]))
}

#[napi]
impl Repository {
    /// Entries of the feed that a consumer has not acknowledged, oldest first: created, updated, merged, unmerged,
    /// deleted, erased, with what differs. They come again until they are acknowledged; see also `follow`.
    #[napi(
        ts_args_type = "consumer: string, options?: ChangesOptions",
        ts_return_type = "Promise<ChangeEntry[]>"
    )]
    pub fn changes<'env>(
        &self,
        env: &'env Env,
        consumer: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let ChangesOptions { most } = options_of(env, &options)?;
            Ok((needed(env, &consumer, "consumer")?, most.unwrap_or(1000)))
        })();
        self.line.call(env, move |desk| {
            let (consumer, most) = taken?;
            Ok(Answer::json(&desk.changes(&consumer, most)?))
        })
    }

    /// Says that a consumer, or a subscriber, has everything up to a cursor.
    ///
    /// @throws Rejects with code `argument` for a cursor that the feed has not reached.
    #[napi(ts_args_type = "consumer: string, cursor: number", ts_return_type = "Promise<void>")]
    pub fn acknowledge<'env>(
        &self,
        env: &'env Env,
        consumer: Unknown,
        cursor: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken =
            (|| Ok((needed(env, &consumer, "consumer")?, arguments::of::<u64>(env, &cursor, "cursor")?)))();
        self.line.call(env, move |desk| {
            let (consumer, cursor) = taken?;
            desk.acknowledge(&consumer, cursor).map(|()| Answer::Nothing)
        })
    }

    /// What a subscriber of the configuration has not acknowledged; or everybody in its view, at first and when `full`.
    /// Acknowledge its `cursor` once it is where it should be.
    ///
    /// As Arrow bytes, `rows` has the columns `golden_id`, `record_id`, `event`, `reason`, `absorbed` (golden ids whose
    /// rows go), `changed` (columns that are told; the others stay), then those of the view, all text.
    ///
    /// @param subscriber - `ecommerce`, `till`, `marketing`, `service`, `bi`, `source_feedback`, `billing`, or one of
    /// `subscribers`.
    #[napi(
        ts_generic_types = "F extends TableFormat = 'rows'",
        ts_args_type = "subscriber: string, options?: FeedOptions & { format?: F }",
        ts_return_type = "Promise<F extends 'arrow' ? Delivery<Uint8Array> : Delivery>"
    )]
    pub fn feed<'env>(
        &self,
        env: &'env Env,
        subscriber: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let FeedOptions { full, most, format, by, reason } = options_of(env, &options)?;
            let (full, most) = (full.unwrap_or_default(), most.unwrap_or(100_000));
            Ok((needed(env, &subscriber, "subscriber")?, full, most, format, self.act(by, reason)))
        })();
        self.line.call(env, move |desk| {
            let (subscriber, full, most, format, act) = taken?;
            delivery(&desk.outgoing(&subscriber, full, most, &act)?, format)
        })
    }

    /// What statistics take beside the customers of `feed`: a table of facts for each family (`transactions`, …), what
    /// these refer to (`stores`, `products`), and in `aliases` the golden id that each former one leads to. Their
    /// `golden_id` is that of the customers. Empty for a subscriber of another view.
    ///
    /// @param subscriber - `'bi'` by default.
    #[napi(
        ts_generic_types = "F extends TableFormat = 'rows'",
        ts_args_type = "subscriber?: string | null, options?: TablesOptions & { format?: F }",
        ts_return_type = "Promise<{ [table: string]: F extends 'arrow' ? Uint8Array : { [column: string]: string | null }[] }>"
    )]
    pub fn star<'env>(
        &self,
        env: &'env Env,
        subscriber: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let TablesOptions { format, by, reason } = options_of(env, &options)?;
            let subscriber = arguments::text(env, &subscriber, "subscriber")?;
            Ok((subscriber.unwrap_or_else(|| "bi".into()), format, self.act(by, reason)))
        })();
        self.line.call(env, move |desk| {
            let (subscriber, format, act) = taken?;
            let star = desk.star(&subscriber, &act)?.into_iter();
            let answers = star.map(|(name, rows)| Ok((name, table(&desk::texts(rows), format)?)));
            Ok(Answer::Object(answers.collect::<Result<_, Error>>()?))
        })
    }

    /// Writes what `feed` gives to a file, whole or not at all, in the form and encoding of the subscriber.
    ///
    /// @param to - A folder, where the file's name says what it holds, or the file.
    #[napi(
        ts_args_type = "subscriber: string, to: string, options?: WriteFeedOptions",
        ts_return_type = "Promise<Served>"
    )]
    pub fn write_feed<'env>(
        &self,
        env: &'env Env,
        subscriber: Unknown,
        to: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let given: WriteFeedOptions = options_of(env, &options)?;
            let how = Serving {
                full: given.full.unwrap_or_default(),
                most: given.most.unwrap_or(100_000),
                format: given.format,
                acknowledge: given.acknowledge.unwrap_or_default(),
            };
            let act = self.act(given.by, given.reason);
            Ok((needed(env, &subscriber, "subscriber")?, needed(env, &to, "to")?, how, act))
        })();
        self.line.call(env, move |desk| {
            let (subscriber, to, how, act) = taken?;
            Ok(Answer::json(&desk.feed(&subscriber, to.as_ref(), &how, &act)?))
        })
    }
}
