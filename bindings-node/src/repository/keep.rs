//! What whoever answers for the repository does: erasure, other rules, copies.

use super::{EraseOptions, MigrateOptions, Repository, plan_of};
use crate::answer::Answer;
use crate::arguments::{self, needed, options_of};
use napi::bindgen_prelude::{Env, Object, Unknown};
use napi_derive::napi;
use rcu_core::progress::Silent;

#[napi]
impl Repository {
    /// Erases a person from every table, index, history and past entry of the feed, then looks for their values in the
    /// bytes of the file (`traces.left`). A dry run says who would be erased.
    ///
    /// @param id - A golden id, or a record as `source:record id`.
    #[napi(
        ts_generic_types = "D extends boolean = false",
        ts_args_type = "id: string, options?: EraseOptions & { dryRun?: D }",
        ts_return_type = "Promise<D extends true ? Doomed : Erased>"
    )]
    pub fn erase<'env>(&self, env: &'env Env, id: Unknown, options: Unknown) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let EraseOptions { dry_run, by, reason } = options_of(env, &options)?;
            Ok((needed(env, &id, "id")?, dry_run.unwrap_or_default(), self.act(by, reason)))
        })();
        self.line.call(env, move |desk| {
            let (id, dry_run, act) = taken?;
            match dry_run {
                true => Ok(Answer::json(&desk.doomed(&id)?)),
                false => Ok(Answer::json(&desk.erase(&id, &act)?)),
            }
        })
    }

    /// Lifts an erasure, by its number, with the reference of the proof that the person came back.
    #[napi(
        ts_args_type = "erasure: number, proof: string, options?: ChangeOptions",
        ts_return_type = "Promise<Lifted>"
    )]
    pub fn readmit<'env>(
        &self,
        env: &'env Env,
        erasure: Unknown,
        proof: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let erasure: u64 = arguments::of(env, &erasure, "erasure")?;
            Ok((erasure, needed(env, &proof, "proof")?, self.act_of(env, &options)?))
        })();
        self.line.call(env, move |desk| {
            let (erasure, proof, act) = taken?;
            Ok(Answer::json(&desk.readmit(erasure, &proof, &act)?))
        })
    }

    /// Applies other rules to everything and goes on under them; a dry run only says what they would change.
    ///
    /// The answer has counts of records, people, values and feed entries; `sample`, the first entries of each kind;
    /// `rejects`, rows that the new rules refuse.
    #[napi(
        ts_args_type = "config: ConfigLike, options?: MigrateOptions",
        ts_return_type = "Promise<Migrated>"
    )]
    pub fn migrate<'env>(
        &self,
        env: &'env Env,
        config: Unknown,
        options: Unknown,
    ) -> napi::Result<Object<'env>> {
        let taken = (|| {
            let MigrateOptions { dry_run, as_of, by, reason } = options_of(env, &options)?;
            let config = arguments::json(env, &config, "config")?;
            Ok((config, as_of, dry_run.unwrap_or_default(), self.act(by, reason)))
        })();
        self.line.call(env, move |desk| {
            let (config, as_of, dry_run, act) = taken?;
            let (plan, _) = plan_of(config, as_of)?;
            Ok(Answer::json(&desk.change_rules(plan, &act, dry_run, &Silent)?))
        })
    }

    /// Writes a copy of the state of this moment to a new file.
    ///
    /// @throws Rejects with code `io` when the place is taken or cannot be written.
    #[napi(ts_args_type = "to: string", ts_return_type = "Promise<Copied>")]
    pub fn backup<'env>(&self, env: &'env Env, to: Unknown) -> napi::Result<Object<'env>> {
        let to = needed(env, &to, "to");
        self.line.call(env, move |desk| Ok(Answer::json(&desk.backup(to?.as_ref())?)))
    }
}
