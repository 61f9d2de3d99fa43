//! Rows by hand for tests: a table from text, a plan with one source per letter.
#![allow(dead_code)]

use rcu_core::config::{Config, Plan};
use rcu_core::ingest::Input;
use rcu_core::progress::Silent;
use rcu_core::resolve::{Resolution, resolve};
use rcu_core::table::{Column, Table};
use rcu_core::time::Day;
use serde_json::{Value, json};

pub fn today() -> Day {
    Day::from_ymd(2026, 11, 21).unwrap()
}

/// A table whose first line names the columns; cells are split at `|`, blank cells are null.
pub fn table(text: &str) -> Table {
    let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
    let names: Vec<&str> = lines.next().unwrap().split('|').map(str::trim).collect();
    let rows: Vec<Vec<&str>> = lines.map(|l| l.split('|').map(str::trim).collect()).collect();
    let columns = names.iter().enumerate().map(|(i, name)| {
        let cells = rows.iter().map(|r| r.get(i).copied().filter(|c| !c.is_empty()));
        ((*name).to_owned(), Column::Plain(cells.collect()))
    });
    Table::new(columns.collect()).unwrap()
}

/// A plan over the sources of a JSON object, all else as shipped.
pub fn plan(config: Value) -> Plan {
    Plan::compile(Config::from_value(config).unwrap(), today()).unwrap()
}

/// One customer source `s` whose columns are named like the fields.
pub fn simple_plan(columns: &[&str], more: Value) -> Plan {
    let fields: serde_json::Map<String, Value> =
        columns.iter().map(|c| ((*c).to_owned(), json!(c))).collect();
    let mut config = json!({ "sources": { "s": { "id": "id", "updated_at": "updated", "fields": fields } } });
    if let (Some(c), Some(m)) = (config.as_object_mut(), more.as_object()) {
        c.extend(m.clone());
    }
    plan(config)
}

pub fn run(plan: &Plan, inputs: &[Input]) -> Resolution {
    resolve(plan, inputs, &Silent).unwrap()
}
