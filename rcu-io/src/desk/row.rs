//! One row of a source, as a caller has it in hand.

use crate::read;
use rcu_core::Error;
use rcu_core::config::{Plan, SourcePlan};
use rcu_core::error::did_you_mean;
use rcu_core::ingest::{Input, MAX_CELL_BYTES, Reject};
use rcu_core::repository::Search;
use rcu_core::table::{Column, Table, TextColumn};
use serde_json::{Map, Value};
use std::borrow::Cow;

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
    let mut columns: Vec<TextColumn> = wanted.iter().map(|_| TextColumn::new()).collect();
    let (mut lines, mut rejects) = (Vec::new(), Vec::new());
    for (line, row) in (1..).zip(rows) {
        let texts: Vec<Option<Cow<str>>> = wanted.iter().map(|c| row.get(c).and_then(text)).collect();
        if let Some(huge) = texts.iter().position(|t| t.as_ref().is_some_and(|t| t.len() > MAX_CELL_BYTES)) {
            rejects.push(too_large(source, line, &wanted[huge]));
            continue;
        }
        lines.push(line);
        columns.iter_mut().zip(&texts).for_each(|(column, text)| column.push(text.as_deref()));
    }
    let columns = wanted.into_iter().zip(columns.into_iter().map(Column::Plain)).collect();
    Ok(Input { lines, rejects, ..Input::new(source, Table::new(columns)?) })
}

/// The text of a value, as a file of JSON Lines has it.
fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(Cow::Borrowed(text)),
        other => Some(Cow::Owned(other.to_string())),
    }
}

fn too_large(source: &str, line: u64, column: &str) -> Reject {
    Reject {
        source: source.to_owned(),
        file: String::new(),
        line,
        column: column.to_owned(),
        code: "cell_too_large",
        reason: format!("the cell has more than {MAX_CELL_BYTES} bytes"),
        excluded: false,
    }
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
    fn a_huge_cell_rejects_its_row_alone() {
        let config =
            serde_json::json!({ "sources": { "till": { "id": "no", "fields": { "last_name": "nom" } } } });
        let plan = crate::config::plan(rcu_core::config::Config::from_value(config).unwrap(), None).unwrap();
        let row =
            |no: u8, nom: String| serde_json::json!({ "no": no, "nom": nom }).as_object().unwrap().clone();
        let rows = [row(1, "ROY".into()), row(2, "z".repeat(MAX_CELL_BYTES + 1)), row(3, "LE".into())];
        let input = rows_of_json(&plan, "till", &rows).unwrap();
        assert_eq!((input.table.rows(), input.lines.as_slice()), (2, &[1, 3][..]));
        assert_eq!(input.rejects, [too_large("till", 2, "nom")]);
    }

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
