//! What may be said with each call, as JavaScript writes it.

use crate::arguments::TableFormat;
use rcu_core::subscriber::FileFormat;
use rcu_core::survivorship::LockKind;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;
use std::path::PathBuf;

/// Bytes or the path of a file; the TypeScript of it is in `build/typescript.mjs`.
fn secret(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "$ref": "#/$defs/Secret" })
}

/// How a repository is opened.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OpenOptions {
    /// The secret of this installation, at least 16 bytes, or the path of its file; by default the store's name with
    /// `.secret`. Without it nobody knows an erased person again: keep a copy, apart from backups.
    #[schemars(schema_with = "secret")]
    pub secret: Option<Value>,
    /// Make the repository, and the secret's file, when it is not there; `false` by default.
    pub create: Option<bool>,
    /// Only read, while another program may write; `false` by default. What reads a person in clear writes into the log,
    /// and is refused.
    pub read_only: Option<bool>,
    /// Seconds to wait for another program that writes; 5 by default.
    pub wait: Option<f64>,
    /// Who does it, for the log; by default the user that the program runs as.
    pub by: Option<String>,
    /// The day of a new repository, `YYYY-MM-DD`; by default that of the configuration, else today. A repository that
    /// is there stays at its own day until `refresh`.
    pub as_of: Option<String>,
    /// Use it as somebody of this role: what the role may not do is refused, what it may not see is left out.
    pub role: Option<String>,
}

/// What a person objects to, and who says so.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ObjectOptions {
    /// Channels; by default all.
    pub channels: Option<Vec<String>>,
    /// Purposes; by default all of prospecting.
    pub purposes: Option<Vec<String>>,
    /// A brand; by default all.
    pub brand: Option<String>,
    /// Who does it, for the log; by default who opened the repository.
    pub by: Option<String>,
    /// Why, for the log.
    pub reason: Option<String>,
}

/// Options of a look at terms.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RetentionOptions {
    /// Erase what is due; `false` by default.
    pub apply: Option<bool>,
    /// Who does it, for the log; by default who opened the repository.
    pub by: Option<String>,
    /// Why, for the log.
    pub reason: Option<String>,
}

/// Whose readings.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct BreachOptions {
    /// Who read; by default anybody.
    pub by: Option<String>,
}

/// Who changes something, and why.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ChangeOptions {
    /// Who does it, for the log; by default who opened the repository.
    pub by: Option<String>,
    /// Why, for the log: a ticket, a request, a run.
    pub reason: Option<String>,
}

/// Options of a first base.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LoadOptions {
    /// Folder that the paths in the configuration are relative to; by default that of the configuration's file, or the
    /// current one when the configuration is no file.
    pub input: Option<PathBuf>,
    /// Who does it, for the log; by default who opened the repository.
    pub by: Option<String>,
    /// Why, for the log.
    pub reason: Option<String>,
}

/// Options of a full file.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct DeliverOptions {
    /// Delete what is missing, also when it is more than a fifth of the records; `false` by default.
    pub confirm: Option<bool>,
    /// Who does it, for the log; by default who opened the repository.
    pub by: Option<String>,
    /// Why, for the log.
    pub reason: Option<String>,
}

/// Options of a lock.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LockOptions {
    /// What is decided of the value; `'pin'` by default.
    pub kind: Option<LockKind>,
    /// Who does it, for the log; by default who opened the repository.
    pub by: Option<String>,
    /// Why; a lock has to say.
    pub reason: Option<String>,
}

/// Options of other rules.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MigrateOptions {
    /// Only say what they would change; `false` by default.
    pub dry_run: Option<bool>,
    /// The day of the configuration, `YYYY-MM-DD`; by default its own, else today.
    pub as_of: Option<String>,
    /// Who does it, for the log; by default who opened the repository.
    pub by: Option<String>,
    /// Why, for the log.
    pub reason: Option<String>,
}

/// Options of other rules for a repository that is not open.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MigrateFileOptions {
    /// The secret of this installation, as for `open`.
    #[schemars(schema_with = "secret")]
    pub secret: Option<Value>,
    /// Seconds to wait for another program that writes; 5 by default.
    pub wait: Option<f64>,
    /// Only say what they would change; `false` by default.
    pub dry_run: Option<bool>,
    /// The day of the configuration, `YYYY-MM-DD`; by default its own, else today.
    pub as_of: Option<String>,
    /// Who does it, for the log; by default the user that the program runs as.
    pub by: Option<String>,
    /// Why, for the log.
    pub reason: Option<String>,
}

/// Options of a backup that is put back.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RestoreOptions {
    /// The secret of this installation, as for `open`.
    #[schemars(schema_with = "secret")]
    pub secret: Option<Value>,
    /// Files of erasures that were kept apart, when the repository that is replaced cannot say whom it erased
    /// (`rcu repo erasures --out FILE`).
    pub replay: Option<Vec<PathBuf>>,
    /// Who does it, for the log; by default the user that the program runs as.
    pub by: Option<String>,
    /// Seconds to wait for another program that writes; 5 by default.
    pub wait: Option<f64>,
}

/// Options of a search.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SearchOptions {
    /// Who looks; `'store'` by default. A field that the role may not read finds nobody.
    pub role: Option<String>,
    /// What it is for; what the purpose may not use finds nobody. By default those that the role works for.
    pub purpose: Option<String>,
}

/// Options of a look at what an upsert would do.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MatchOptions {
    /// What it is asked for; records that the purpose may not use are no candidates.
    pub purpose: Option<String>,
}

/// Options of the page of a person who is kept.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PageOptions {
    /// Who looks; `'admin'` by default.
    pub role: Option<String>,
    /// What it is read for; what the purpose may not use is left out. By default those that the role works for.
    pub purpose: Option<String>,
    /// Also write the page to this file.
    pub html: Option<PathBuf>,
    /// Who does it, for the log; by default who opened the repository.
    pub by: Option<String>,
    /// Why, for the log.
    pub reason: Option<String>,
}

/// How much of something that goes on.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ChangesOptions {
    /// At most so many entries at once; 1000 by default.
    pub most: Option<usize>,
}

/// Which entries of the log.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LogOptions {
    /// The number of the first; 1 by default.
    pub first: Option<u64>,
    /// At most so many; 100 by default.
    pub most: Option<usize>,
}

/// Options of tables that are handed out.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TablesOptions {
    /// `'rows'` (plain objects, the default) or `'arrow'` (bytes of an Arrow IPC stream).
    pub format: Option<TableFormat>,
    /// Who does it, for the log; by default who opened the repository.
    pub by: Option<String>,
    /// Why, for the log.
    pub reason: Option<String>,
}

/// Options of a delivery to a subscriber.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct FeedOptions {
    /// Everybody in its view, whatever it acknowledged; `false` by default.
    pub full: Option<bool>,
    /// At most so many entries of the feed; 100 000 by default.
    pub most: Option<usize>,
    /// `'rows'` (plain objects, the default) or `'arrow'` (bytes of an Arrow IPC stream).
    pub format: Option<TableFormat>,
    /// Who does it, for the log; by default who opened the repository.
    pub by: Option<String>,
    /// Why, for the log.
    pub reason: Option<String>,
}

/// Options of a delivery to a file.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct WriteFeedOptions {
    /// Everybody in its view, whatever it acknowledged; `false` by default.
    pub full: Option<bool>,
    /// The form; by default the subscriber's, or that of the file's ending.
    pub format: Option<FileFormat>,
    /// Take it as acknowledged once the file is on the disk; `false` by default.
    pub acknowledge: Option<bool>,
    /// At most so many entries of the feed; 100 000 by default.
    pub most: Option<usize>,
    /// Who does it, for the log; by default who opened the repository.
    pub by: Option<String>,
    /// Why, for the log.
    pub reason: Option<String>,
}

/// Options of a push.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PushOptions {
    /// At most so many entries of the feed in one delivery; 10 000 by default.
    pub most: Option<usize>,
    /// How often a delivery is tried; 5 by default.
    pub tries: Option<u32>,
    /// Seconds before the second try, twice as many before each further one, at most 60; 1 by default.
    pub pause: Option<f64>,
    /// Who does it, for the log; by default who opened the repository.
    pub by: Option<String>,
    /// Why, for the log.
    pub reason: Option<String>,
}

/// Options of an erasure.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct EraseOptions {
    /// Only say who would be erased; `false` by default.
    pub dry_run: Option<bool>,
    /// Who does it, for the log; by default who opened the repository.
    pub by: Option<String>,
    /// Why, for the log.
    pub reason: Option<String>,
}
