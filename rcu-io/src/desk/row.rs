//! One row of a source, as a caller has it in hand.

use crate::read;
use rcu_core::Error;
use rcu_core::config::{Plan, SourcePlan};
use rcu_core::error::did_you_mean;
use rcu_core::ingest::Input;
use rcu_core::repository::Search;
use rcu_core::table::{Column, Table, TextColumn};
use serde_json::{Map, Value};

/// A row given by its columns; those that it lacks have no value.
///
/// # Errors
/// Those of [`rows_of_json`].
pub fn row_of_json(plan: &Plan, source: &str, row: &Map<String, Value>) -> Result<Input, Error> {
    rows_of_json(plan, source, std::slice::from_ref(row))
}

/// Rows given by their columns; those that one lacks have no value there.
///
/// # Errors
/// [`Error::UnknownSource`]; [`Error::MissingColumn`] for a row with none of the columns that the configuration reads.
pub fn rows_of_json(plan: &Plan, source: &str, rows: &[Map<String, Value>]) -> Result<Input, Error> {
    let wanted = read::columns_of(of_name(plan, source)?);
    if let Some(row) = rows.iter().find(|row| !wanted.iter().any(|c| row.contains_key(c))) {
        let present = row.keys().cloned().collect::<Vec<_>>().join(", ");
        let column = wanted.first().cloned().unwrap_or_default();
        return Err(Error::MissingColumn { source_name: source.to_owned(), column, present });
    }
    let columns = wanted.into_iter().map(|name| {
        let mut column = TextColumn::new();
        for row in rows {
            match row.get(&name) {
                None | Some(Value::Null) => column.push(None),
                Some(Value::String(text)) => column.push(Some(text)),
                Some(other) => column.push(Some(&other.to_string())),
            }
        }
        (name, Column::Plain(column))
    });
    Ok(Input::new(source, Table::new(columns.collect())?))
}

/// What is searched for, given by its fields; numbers are read as they are written.
///
/// # Errors
/// [`Error::Argument`] for an unknown field or a value of another kind.
pub fn search_of_json(clues: &Map<String, Value>) -> Result<Search, Error> {
    let text = |v: &Value| match v {
        Value::Number(n) => Value::String(n.to_string()),
        other => other.clone(),
    };
    let counts = |name: &str| matches!(name, "most" | "scored");
    let all = clues.iter().map(|(k, v)| (k.clone(), if counts(k) { v.clone() } else { text(v) }));
    serde_json::from_value(Value::Object(all.collect())).map_err(|e| {
        // Other messages of the parser hold the value.
        let reason = Some(e.to_string()).filter(|t| t.starts_with("unknown field"));
        let reason = reason.unwrap_or_else(|| "has a value that is neither text nor a number".into());
        Error::Argument { argument: "search".into(), reason }
    })
}

/// A row as text: a JSON object, or CSV with a header.
///
/// # Errors
/// [`Error::Argument`] when it is neither, or not one row; those of [`row_of_json`].
pub fn row_of_text(plan: &Plan, source: &str, text: &str) -> Result<Input, Error> {
    let wrong = |reason: &str| Error::Argument { argument: "row".into(), reason: reason.into() };
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('{') {
        let row = serde_json::from_str(text).map_err(|_| wrong("is not one JSON object"))?;
        return row_of_json(plan, source, &row);
    }
    let table = read::read_text(of_name(plan, source)?, text)?;
    if table.rows() != 1 {
        let found =
            format!("holds {} rows; give one, as a JSON object or as CSV with a header", table.rows());
        return Err(wrong(&found));
    }
    let cell = |c: &Column| c.get(0).map_or(Value::Null, Value::from);
    row_of_json(plan, source, &table.names().iter().cloned().zip(table.columns().iter().map(cell)).collect())
}

fn of_name<'p>(plan: &'p Plan, source: &str) -> Result<&'p SourcePlan, Error> {
    plan.source(source).map(|position| &plan.sources[position]).ok_or_else(|| {
        let names = plan.source_names();
        let hint = did_you_mean(source, names.iter().copied());
        Error::UnknownSource {
            source_name: source.to_owned(),
            declared: format!("{}{hint}", names.join(", ")),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_read_and_its_errors_hold_no_value() {
        let of = |v: Value| search_of_json(v.as_object().unwrap());
        let search = of(serde_json::json!({ "name": "roy", "postcode": 75002, "most": 3 })).unwrap();
        assert_eq!((search.postcode.as_deref(), search.most), (Some("75002"), 3));
        let e = of(serde_json::json!({ "nom": "roy" })).unwrap_err().to_string();
        assert!(e.contains("`nom`") && e.contains("last_name"), "{e}");
        let e = of(serde_json::json!({ "email": ["zoe.roy@orange.fr"] })).unwrap_err().to_string();
        assert!(!e.contains("zoe"), "{e}");
    }
}
