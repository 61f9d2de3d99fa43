//! What people may ask of those who keep their data, and what those owe the law.

use super::{BreachOptions, ObjectOptions, Repository, RetentionOptions};
use crate::answer::Answer;
use crate::arguments::{needed, options_of};
use napi::bindgen_prelude::{Env, Object, Unknown};
use napi_derive::napi;
use rcu_core::repository::Objection;
use rcu_io::config;

#[napi]
impl Repository {
    /// Everything that is kept of a person, for themselves: rows, purposes, recipients, links, consents, history. The log
    /// says that it was read.
    ///
    /// @param id - A golden id, or a record as `source:record id`.
    #[napi(ts_args_type = "id: string, options?: ChangeOptions", ts_return_type = "Promise<Dossier>")]
    pub fn access<'env>(&self, env: &'env Env, id: Unknown, options: Unknown) -> napi::Result<Object<'env>> {
        let taken = (|| Ok((needed(env, &id, "id")?, self.act_of(env, &options)?)))();
        self.line.call(env, move |desk| {
            let (id, act) = taken?;
            Ok(Answer::json(&desk.access(&id, &act)?))
        })
    }

    /// The rows that a person gave, by source, and nothing that was inferred. The log says that they were handed out.
    #[napi(
        ts_args_type = "id: string, options?: ChangeOptions",
        ts_return_type = "Promise<{ [source: string]: { [column: string]: string }[] }>"
    )]
    pub fn portability<'env>(
        &self,
        env: &'env Env,
        id: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| Ok((needed(env, &id, "id")?, self.act_of(env, &options)?)))();
        self.line.call(env, move |desk| {
            let (id, act) = taken?;
            Ok(Answer::json(&desk.portability(&id, &act)?.objects()))
        })
    }

    /// Pins what is right (`null`: there is no value); `corrections` are records whose sources have to correct theirs.
    #[napi(
        ts_args_type = "id: string, field: string, value: string | null, options?: ChangeOptions",
        ts_return_type = "Promise<Corrected>"
    )]
    pub fn rectify<'env>(
        &self,
        env: &'env Env,
        id: Unknown,
        field: Unknown,
        value: Option<String>,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken =
            (|| Ok((needed(env, &id, "id")?, needed(env, &field, "field")?, self.act_of(env, &options)?)))();
        self.line.call(env, move |desk| {
            let (id, field, act) = taken?;
            Ok(Answer::json(&desk.rectify(&id, &field, value.as_deref(), &act)?))
        })
    }

    /// Keeps a person and uses nothing of them: out of matching, reads and deliveries, until `liftRestriction`.
    #[napi(ts_args_type = "id: string, options?: ChangeOptions", ts_return_type = "Promise<Restriction>")]
    pub fn restrict<'env>(
        &self,
        env: &'env Env,
        id: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| Ok((needed(env, &id, "id")?, self.act_of(env, &options)?)))();
        self.line.call(env, move |desk| {
            let (id, act) = taken?;
            Ok(Answer::json(&desk.restrict(&id, &act)?))
        })
    }

    /// Takes a restriction back; the person has the same golden id.
    #[napi(ts_args_type = "id: string, options?: ChangeOptions", ts_return_type = "Promise<Done>")]
    pub fn lift_restriction<'env>(
        &self,
        env: &'env Env,
        id: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| Ok((needed(env, &id, "id")?, self.act_of(env, &options)?)))();
        self.line.call(env, move |desk| {
            let (id, act) = taken?;
            Ok(Answer::json(&desk.lift_restriction(&id, &act)?))
        })
    }

    /// Who is restricted.
    #[napi(ts_return_type = "Promise<Restriction[]>")]
    pub fn restrictions<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        self.line.call(env, |desk| Ok(Answer::json(&desk.restrictions()?)))
    }

    /// Withdraws consents of a person at once: all of prospecting, or some channels, purposes and a brand.
    ///
    /// @param proof - The reference of what the person said: letter, call, form.
    #[napi(
        ts_args_type = "id: string, proof: string, options?: ObjectOptions",
        ts_return_type = "Promise<Done>"
    )]
    pub fn objection<'env>(
        &self,
        env: &'env Env,
        id: Unknown,
        proof: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let ObjectOptions { channels, purposes, brand, by, reason } = options_of(env, &options)?;
            let objection = Objection {
                channels: channels.unwrap_or_default(),
                purposes: purposes.unwrap_or_default(),
                brand: brand.unwrap_or_default(),
                proof: needed(env, &proof, "proof")?,
            };
            Ok((needed(env, &id, "id")?, objection, self.act(by, reason)))
        })();
        self.line.call(env, move |desk| {
            let (id, objection, act) = taken?;
            Ok(Answer::json(&desk.object(&id, &objection, &act)?))
        })
    }

    /// Who and what is kept longer than its term (`due`); erased with `apply`.
    #[napi(ts_args_type = "options?: RetentionOptions", ts_return_type = "Promise<Retained>")]
    pub fn retention<'env>(&self, env: &'env Env, options: Unknown) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let RetentionOptions { apply, by, reason } = options_of(env, &options)?;
            Ok((apply.unwrap_or_default(), self.act(by, reason)))
        })();
        self.line.call(env, move |desk| {
            let (apply, act) = taken?;
            Ok(Answer::json(&desk.retention(apply, &act)?))
        })
    }

    /// Keyed hashes of everybody who was erased: keep them as a JSON file apart from the backups, for `restore`.
    #[napi(ts_return_type = "Promise<{ [key: string]: unknown }>")]
    pub fn erasures<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        self.line.call(env, |desk| Ok(Answer::json(&desk.erasures()?)))
    }

    /// Whose data were read or handed out from one day to another, both included: people and fields.
    ///
    /// @param first - `YYYY-MM-DD`, and so is `last`.
    #[napi(
        ts_args_type = "first: string, last: string, options?: BreachOptions",
        ts_return_type = "Promise<Breach>"
    )]
    pub fn breach<'env>(
        &self,
        env: &'env Env,
        first: Unknown,
        last: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let BreachOptions { by } = options_of(env, &options)?;
            let first = config::day("first", &needed(env, &first, "first")?)?;
            Ok((first, config::day("last", &needed(env, &last, "last")?)?, by))
        })();
        self.line.call(env, move |desk| {
            let (first, last, by) = taken?;
            Ok(Answer::json(&desk.breach(first, last, by.as_deref())?))
        })
    }
}
