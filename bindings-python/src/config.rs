//! What a caller gives as configuration and as reference day.

use crate::errors::{argument, call};
use crate::json::{from_python, to_python};
use crate::table::{day_of, text_of, type_name};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyMapping, PyString};
use rcu_core::Error;
use rcu_core::config::{Config, Plan, Syntax};
use rcu_core::time::Day;
use rcu_io::clock::today;
use rcu_io::config::read_files;
use rcu_io::read::read_config;
use serde_json::Value;
use std::path::PathBuf;

/// A configuration as it was given.
pub enum Given {
    /// A document, from a mapping.
    Document(Value),
    /// The text of a file.
    Text(String),
    /// A file.
    File(PathBuf),
}

impl Given {
    /// A mapping, a path object, a text; a text of one line that ends as configuration files do is a path.
    pub fn of_object(config: &Bound<'_, PyAny>) -> PyResult<Given> {
        if let Ok(text) = config.cast::<PyString>() {
            let text = text_of(text);
            let is_path = [".toml", ".yaml", ".yml", ".json"].iter().any(|e| text.ends_with(e));
            return Ok(match is_path && !text.contains('\n') {
                true => Given::File(PathBuf::from(text.as_ref())),
                false => Given::Text(text.into_owned()),
            });
        }
        if config.cast::<PyMapping>().is_ok() {
            return from_python(config, "config", 0).map(Given::Document);
        }
        if config.hasattr("__fspath__")? {
            return config.extract::<PathBuf>().map(Given::File);
        }
        let found = type_name(config);
        Err(PyTypeError::new_err(format!(
            "config is {found}; give a mapping, a path or the text of a configuration"
        )))
    }

    /// The folder that the configuration's paths are relative to: its own, else the current one.
    pub fn folder(&self) -> PathBuf {
        match self {
            Given::File(path) => path.parent().map(PathBuf::from).unwrap_or_default(),
            _ => PathBuf::new(),
        }
    }

    /// Compiles it; `as_of` wins over its own day.
    pub fn compile(self, as_of: Option<Day>) -> Result<Plan, Error> {
        let folder = self.folder();
        let mut config = match self {
            Given::Document(value) => Config::from_value(value)?,
            Given::Text(text) => Config::parse(&text, Syntax::of_text(&text))?,
            Given::File(path) => read_config(&path)?,
        };
        read_files(&mut config, &folder)?;
        if let Some(day) = as_of {
            config.rcu.as_of = Some(day.to_string());
        }
        Plan::compile(config, today())
    }
}

/// A `datetime.date` or `YYYY-MM-DD`; None stays None.
pub fn day(as_of: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Day>> {
    let Some(object) = as_of else { return Ok(None) };
    let day = match (object.cast::<PyDate>(), object.cast::<PyString>()) {
        (Ok(date), _) => day_of(date),
        (_, Ok(text)) => Day::parse_iso(&text_of(text)),
        _ => {
            let found = type_name(object);
            return Err(PyTypeError::new_err(format!("as_of is {found}; give datetime.date or str")));
        }
    };
    let wrong = || argument(object.py(), "as_of", "is not a calendar day; write it as 2026-11-21");
    day.ok_or_else(wrong).map(Some)
}

/// Compiles a configuration and drops it: raises when there is a problem.
#[pyfunction]
pub fn check(config: &Bound<'_, PyAny>) -> PyResult<()> {
    let given = Given::of_object(config)?;
    call(config.py(), || given.compile(None).map(drop))
}

/// The configuration with every default, as plain values.
#[pyfunction]
pub fn expand<'py>(config: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let given = Given::of_object(config)?;
    let value = call(config.py(), || given.compile(None).map(|plan| plan.config.expanded()))?;
    to_python(config.py(), &value)
}

/// The JSON Schema of configurations, as plain values.
#[pyfunction]
pub fn schema(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    to_python(py, &call(py, || Ok(Config::json_schema()))?)
}
