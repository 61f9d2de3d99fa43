//! Values, columns, records and entries through the core's normalisers.

use crate::capsule;
use crate::config::day;
use crate::errors::{argument, call, guarded, raised};
use crate::json::{from_python, to_python};
use crate::table::{Table, core_table, items, text_of, texts_of_list, type_name};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyString, PyTuple};
use rcu_core::Error;
use rcu_core::arrow::batch_of_normalized;

use rcu_core::normalize::column::{self, Repeats};
use rcu_core::normalize::{Context, Kind, Options, any};
use rcu_core::record::{self, EntryPolicy};
use rcu_core::table::Column;
use rcu_io::clock::today;
use serde_json::Value;

fn context(
    region: &str,
    as_of: Option<&Bound<'_, PyAny>>,
    decimal_separator: Option<&str>,
    date_order: Option<&str>,
    allow_special: bool,
    lists: Option<&Bound<'_, PyAny>>,
) -> PyResult<Result<Context, Error>> {
    let as_of = day(as_of)?.unwrap_or_else(today);
    let lists = lists.map(|l| from_python(l, "lists", 0)).transpose()?;
    Ok(Context::named(region, as_of).and_then(|mut cx| {
        cx.options = Options::named(decimal_separator, date_order, allow_special)?;
        if let Some(lists) = lists {
            cx.tables = rcu_io::lists::tables(&lists, cx.region)?;
        }
        Ok(cx)
    }))
}

/// One value: `(value, status, codes, extra)`.
#[pyfunction]
#[allow(clippy::too_many_arguments)]
pub fn normalize_value<'py>(
    py: Python<'py>,
    kind: &str,
    raw: Option<Bound<'py, PyString>>,
    region: &str,
    as_of: Option<&Bound<'py, PyAny>>,
    decimal_separator: Option<&str>,
    date_order: Option<&str>,
    allow_special: bool,
    lists: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyTuple>> {
    let raw = raw.as_ref().map_or("".into(), |r| text_of(r));
    let cx = context(region, as_of, decimal_separator, date_order, allow_special, lists)?;
    // A value takes less time than releasing the interpreter and taking it back.
    let normalized = guarded(|| Ok(any(Kind::named(kind)?, &raw, &cx?))).map_err(|f| raised(py, f))?;
    let codes = PyTuple::new(py, normalized.codes.iter().map(|c| PyString::intern(py, c.name())))?;
    let extra = PyDict::new(py);
    for (key, value) in &normalized.extra {
        extra.set_item(key, value)?;
    }
    (normalized.value, PyString::intern(py, normalized.status.name()), codes, extra).into_pyobject(py)
}

/// A column: a table of `value`, `status`, `codes`.
#[pyfunction]
#[allow(clippy::too_many_arguments)]
pub fn normalize_column(
    py: Python<'_>,
    kind: &str,
    column: &Bound<'_, PyAny>,
    region: &str,
    as_of: Option<&Bound<'_, PyAny>>,
    decimal_separator: Option<&str>,
    date_order: Option<&str>,
    allow_special: bool,
    lists: Option<&Bound<'_, PyAny>>,
) -> PyResult<Table> {
    let cx = context(region, as_of, decimal_separator, date_order, allow_special, lists)?;
    let raw = column_of(column)?;
    call(py, || {
        let normalized = column::normalize(Kind::named(kind)?, &raw, &cx?, Repeats::Remember);
        batch_of_normalized(&normalized).map(Table::of_batch)
    })
}

fn column_of(object: &Bound<'_, PyAny>) -> PyResult<Column> {
    if let Some(values) = items(object) {
        return texts_of_list("column", &values).map(Column::Plain);
    }
    if !capsule::exports(object)? {
        return Err(PyTypeError::new_err(format!(
            "value is {}; give str or None, or a column: an Arrow-exporting object, a list or a tuple",
            type_name(object)
        )));
    }
    let (schema, batches) = capsule::import(object)?;
    if schema.fields().len() != 1 {
        let reason = format!("has {} columns; give one", schema.fields().len());
        return Err(argument(object.py(), "column", reason));
    }
    let table = core_table(object.py(), &batches, None)?;
    table.columns().first().cloned().ok_or_else(|| argument(object.py(), "column", "is missing"))
}

/// The texts of a record, by field. A field may come with a list of values.
fn texts(record: &Bound<'_, PyMapping>) -> PyResult<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for item in record.items()?.iter() {
        let (field, value): (String, Bound<'_, PyAny>) = item.extract()?;
        let values = items(&value).unwrap_or_else(|| vec![value]);
        let column = texts_of_list(&format!("field `{field}`"), &values)?;
        texts.extend(column.iter().map(|t| (field.clone(), t.unwrap_or_default().to_owned())));
    }
    Ok(texts)
}

fn pairs(texts: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    texts.iter().map(|(f, t)| (f.as_str(), t.as_str()))
}

fn plain(value: &impl serde::Serialize) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|e| Error::Io { place: "answer".into(), reason: e.to_string() })
}

/// A record: for each field its normalised values as dicts.
#[pyfunction]
pub fn normalize_record<'py>(
    py: Python<'py>,
    record: &Bound<'py, PyMapping>,
    region: &str,
    as_of: Option<&Bound<'py, PyAny>>,
    lists: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let texts = texts(record)?;
    let cx = context(region, as_of, None, None, false, lists)?;
    let answer = call(py, || plain(&record::normalize_record(pairs(&texts), &cx?)?))?;
    to_python(py, &answer)
}

/// An entry under a policy: `verdict`, `remarks`, `record`.
#[pyfunction]
pub fn check_entry<'py>(
    py: Python<'py>,
    record: &Bound<'py, PyMapping>,
    policy: Option<&Bound<'py, PyAny>>,
    region: &str,
    as_of: Option<&Bound<'py, PyAny>>,
    lists: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let texts = texts(record)?;
    let policy = policy.map(|p| from_python(p, "policy", 0)).transpose()?;
    let cx = context(region, as_of, None, None, false, lists)?;
    let answer = call(py, || {
        let policy: EntryPolicy = match policy {
            None => EntryPolicy::default(),
            Some(value) => serde_json::from_value(value)
                .map_err(|e| Error::Argument { argument: "policy".into(), reason: e.to_string() })?,
        };
        plain(&record::check_entry(pairs(&texts), &policy, &cx?)?)
    })?;
    to_python(py, &answer)
}
