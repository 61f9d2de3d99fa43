//! What `build.mjs` needs to write the TypeScript of plain objects: they are described once, where they are defined.

use crate::answer::{Answer, now};
use crate::arguments::{ColumnOptions, NormalizeOptions, ResolveOptions, TableFormat, ViewOptions};
use crate::errors::INTERNAL;
use crate::repository;
use napi::bindgen_prelude::{Env, Unknown};
use napi_derive::napi;
use rcu_core::config::Config;
use rcu_core::ingest::Input;
use rcu_core::matching::evaluate::Quality;
use rcu_core::matching::ruling::RecordRef;
use rcu_core::normalize::Kind;
use rcu_core::output::{self, NAMES, OutColumn};
use rcu_core::progress::Silent;
use rcu_core::record::{EntryCheck, EntryPolicy};
use rcu_core::repository::{Found, Search};
use rcu_core::resolve::Summary;
use rcu_core::table::{Column, Table, TextColumn};
use rcu_core::view360::View360;
use rcu_core::{Error, Problem};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// Schemas of the objects that cross, columns of the output tables, the closed lists. Not part of the public surface.
#[napi(js_name = "__types", skip_typescript)]
pub fn types<'env>(env: &'env Env) -> napi::Result<Unknown<'env>> {
    now(env, || {
        let codes: Vec<&str> = Error::ALL_CODES.iter().copied().chain([INTERNAL]).collect();
        let kinds: Vec<&str> = Kind::ALL.iter().map(|k| k.name()).collect();
        Ok(Answer::json(&json!({
            "schemas": schemas(), "tables": tables()?, "errorCodes": codes, "kinds": kinds,
        })))
    })
}

fn schemas() -> Value {
    let mut given = SchemaSettings::draft2020_12().into_generator();
    given.subschema_for::<Config>();
    given.subschema_for::<NormalizeOptions>();
    given.subschema_for::<ColumnOptions>();
    given.subschema_for::<ResolveOptions>();
    given.subschema_for::<TableFormat>();
    given.subschema_for::<EntryPolicy>();
    given.subschema_for::<ViewOptions>();
    given.subschema_for::<repository::OpenOptions>();
    given.subschema_for::<repository::ChangeOptions>();
    given.subschema_for::<repository::LoadOptions>();
    given.subschema_for::<repository::DeliverOptions>();
    given.subschema_for::<repository::LockOptions>();
    given.subschema_for::<repository::MigrateOptions>();
    given.subschema_for::<repository::MigrateFileOptions>();
    given.subschema_for::<repository::RestoreOptions>();
    given.subschema_for::<repository::ObjectOptions>();
    given.subschema_for::<repository::RetentionOptions>();
    given.subschema_for::<repository::BreachOptions>();
    given.subschema_for::<repository::SearchOptions>();
    given.subschema_for::<repository::MatchOptions>();
    given.subschema_for::<repository::PageOptions>();
    given.subschema_for::<repository::ChangesOptions>();
    given.subschema_for::<repository::LogOptions>();
    given.subschema_for::<repository::TablesOptions>();
    given.subschema_for::<repository::FeedOptions>();
    given.subschema_for::<repository::WriteFeedOptions>();
    given.subschema_for::<repository::PushOptions>();
    given.subschema_for::<repository::EraseOptions>();
    given.subschema_for::<Search>();
    // What is given back has all of its fields.
    let mut returned = SchemaSettings::draft2020_12().for_serialize().into_generator();
    returned.subschema_for::<EntryCheck>();
    returned.subschema_for::<Summary>();
    returned.subschema_for::<Quality>();
    returned.subschema_for::<View360>();
    returned.subschema_for::<Found>();
    returned.subschema_for::<RecordRef>();
    returned.subschema_for::<Problem>();
    let mut all: Map<String, Value> = given.take_definitions(true);
    all.extend(returned.take_definitions(true));
    Value::Object(all)
}

/// Columns that every row has, whatever the table.
const ALWAYS: &[&str] = &[
    "golden_id",
    "golden_id_a",
    "golden_id_b",
    "household_id",
    "source",
    "source_a",
    "source_b",
    "sources",
    "record_id",
    "record_id_a",
    "record_id_b",
    "records",
    "people",
    "pass",
    "score",
    "reason",
    "code",
    "file",
    "line",
    "column",
    "excluded",
    "field",
    "value",
    "rule",
    "beaten",
    "net_revenue",
    "net_revenue_total",
    "purchase_count",
    "visits",
    "lifecycle",
    "complaints_open",
    "priority_care",
];

/// Columns of these names that some rows of their table do not have.
const NOT_HERE: &[(&str, &str)] = &[("provenance", "reason")];

/// Column names and JavaScript types of each output table, from a run over nothing.
fn tables() -> Result<Value, Error> {
    let config = Config::from_value(json!({ "sources": { "none": { "id": "id" } } }))?;
    let plan = rcu_io::config::plan(config, None)?;
    let nothing = Table::new(vec![("id".into(), Column::Plain(TextColumn::new()))])?;
    let run = rcu_core::resolve::resolve(&plan, &[Input::new("none", nothing)], &Silent)?;
    let names = NAMES.iter().copied().chain(["households"]);
    let tables = names.filter_map(|name| output::table(&plan, &run, name)).map(|table| {
        let columns: Map<String, Value> = table
            .columns
            .iter()
            .map(|(name, column)| {
                let kind = match column {
                    OutColumn::Text(_) | OutColumn::Decimal(..) | OutColumn::Day(_) => "string",
                    OutColumn::Integer(_) => "number",
                    OutColumn::Boolean(_) => "boolean",
                };
                let always =
                    ALWAYS.contains(&name.as_str()) && !NOT_HERE.contains(&(table.name, name.as_str()));
                let kind = if always { kind.to_owned() } else { format!("{kind} | null") };
                (name.clone(), Value::from(kind))
            })
            .collect();
        (table.name.to_owned(), Value::Object(columns))
    });
    Ok(Value::Object(tables.collect()))
}
