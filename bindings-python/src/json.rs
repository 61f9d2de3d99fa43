//! Configurations in, summaries out: plain Python values and JSON values.

use crate::table::{day_of, items, text_of, type_name};
use pyo3::IntoPyObjectExt as _;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDate, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString};
use serde_json::{Map, Number, Value};

/// Deeper than any configuration; a mapping that holds itself ends here.
const DEEPEST: usize = 64;

/// A Python value as JSON. Dates are written `YYYY-MM-DD` and paths as text. `path` names the value in errors.
pub fn from_python(value: &Bound<'_, PyAny>, path: &str, depth: usize) -> PyResult<Value> {
    if depth > DEEPEST {
        return Err(PyValueError::new_err(format!("{path} is nested more than {DEEPEST} deep")));
    }
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::String(text_of(text).into_owned()));
    }
    if let Ok(yes) = value.cast::<PyBool>() {
        return Ok(Value::Bool(yes.is_true()));
    }
    if value.is_instance_of::<PyInt>() {
        return Ok(Value::from(value.extract::<i64>()?));
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        let number = Number::from_f64(number.extract()?);
        return number
            .map(Value::Number)
            .ok_or_else(|| PyValueError::new_err(format!("{path} is not finite")));
    }
    if let Some(day) = value.cast::<PyDate>().ok().and_then(|d| day_of(d)) {
        return Ok(Value::String(day.to_string()));
    }
    if let Some(list) = items(value) {
        let item = |(i, v): (usize, &Bound<'_, PyAny>)| from_python(v, &format!("{path}[{i}]"), depth + 1);
        return list.iter().enumerate().map(item).collect::<PyResult<Vec<_>>>().map(Value::Array);
    }
    if let Ok(mapping) = value.cast::<PyMapping>() {
        let mut map = Map::new();
        for item in mapping.items()?.iter() {
            let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            let Ok(key) = key.cast::<PyString>() else {
                return Err(PyTypeError::new_err(format!(
                    "{path} has a key of type {}; give str",
                    type_name(&key)
                )));
            };
            let key = text_of(key).into_owned();
            let value = from_python(&value, &format!("{path}.{key}"), depth + 1)?;
            map.insert(key, value);
        }
        return Ok(Value::Object(map));
    }
    if value.hasattr("__fspath__")? {
        return Ok(Value::String(value.call_method0("__fspath__")?.extract()?));
    }
    Err(PyTypeError::new_err(format!("{path} is {}, which no configuration holds", type_name(value))))
}

/// A JSON value as dicts, lists, texts, numbers, booleans and None.
pub fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Null => Ok(py.None().into_bound(py)),
        Value::Bool(b) => b.into_bound_py_any(py),
        Value::String(s) => s.into_bound_py_any(py),
        Value::Number(n) => match (n.as_i64(), n.as_u64()) {
            (Some(i), _) => i.into_bound_py_any(py),
            (None, Some(u)) => u.into_bound_py_any(py),
            (None, None) => n.as_f64().into_bound_py_any(py),
        },
        Value::Array(list) => {
            let items = list.iter().map(|v| to_python(py, v)).collect::<PyResult<Vec<_>>>()?;
            Ok(PyList::new(py, items)?.into_any())
        }
        Value::Object(map) => {
            let dict = PyDict::new(py);
            for (key, value) in map {
                dict.set_item(key, to_python(py, value)?)?;
            }
            Ok(dict.into_any())
        }
    }
}
