//! `rcu.Table`: Arrow record batches that any dataframe library takes, readable without one.

use crate::capsule;
use crate::errors::{argument, call};
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, DecimalType as _, Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{DataType, SchemaRef};
use pyo3::exceptions::{PyKeyError, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyCapsule, PyDate, PyDateAccess as _, PyDateTime, PyDict, PyInt, PyList, PyMapping, PyString,
    PyTuple,
};
use rcu_core::Error;
use rcu_core::arrow::{batch_of_table, table_of_batches};
use rcu_core::error::did_you_mean;
use rcu_core::output::{OutColumn, OutTable};
use rcu_core::table::{Column, TextColumn};
use rcu_core::time::Day;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Named columns of equal length, exported by `__arrow_c_stream__` without a copy.
///
/// pyarrow, polars, pandas, DuckDB and others take it as it is (`polars.DataFrame(table)`,
/// `pyarrow.table(table).to_pandas()`); none of them is needed to read it. `Table(data)` takes another Arrow-exporting
/// object, or a mapping from column names to lists of text, whole numbers, booleans or dates with None for nulls.
///
/// Columns come out as lists: text as `str`, whole numbers as `int`, amounts as `decimal.Decimal`, days as
/// `datetime.date`, lists of text as `list[str]`, nulls as None.
///
/// Raises:
///     ArgumentError: columns differ in length, or an Arrow column's type has no Python form.
///     TypeError: a list holds something else, or values of several types.
///
/// Examples:
///     >>> import rcu
///     >>> people = rcu.Table({"id": ["a1", "a2"], "visits": [3, None]})
///     >>> len(people), people.column_names
///     (2, ['id', 'visits'])
///     >>> people["visits"]
///     [3, None]
///     >>> people.to_pylist()[0]
///     {'id': 'a1', 'visits': 3}
#[pyclass(frozen, module = "rcu")]
pub struct Table {
    schema: SchemaRef,
    pub batches: Vec<RecordBatch>,
}

impl Table {
    /// A table of one batch.
    pub fn of_batch(batch: RecordBatch) -> Table {
        Table { schema: batch.schema(), batches: vec![batch] }
    }

    /// The rows of an object: Arrow-exporting, or a mapping from names to lists.
    pub fn of_object(data: &Bound<'_, PyAny>) -> PyResult<Table> {
        if capsule::exports(data)? {
            let (schema, batches) = capsule::import(data)?;
            return Ok(Table { schema, batches });
        }
        let Ok(columns) = data.cast::<PyMapping>() else {
            let found = type_name(data);
            return Err(PyTypeError::new_err(format!(
                "{found} is not a table; give an object with __arrow_c_stream__ (polars, pyarrow, pandas, DuckDB, \
                 rcu.Table) or a mapping from column names to lists"
            )));
        };
        let mut named: Vec<(String, OutColumn)> = Vec::new();
        for item in columns.items()?.iter() {
            let (name, values): (String, Bound<'_, PyAny>) = item.extract()?;
            let column = column_of_list(&name, &values)?;
            let rows = named.first().map_or(column.len(), |(_, c)| c.len());
            if column.len() != rows {
                let reason = format!("has {} rows where the first column has {rows}", column.len());
                return Err(argument(data.py(), format!("column `{name}`"), reason));
            }
            named.push((name, column));
        }
        call(data.py(), || batch_of_table(&OutTable { name: "table", columns: named }).map(Table::of_batch))
    }

    fn arrays(&self, name: &str) -> PyResult<Vec<&ArrayRef>> {
        self.schema.index_of(name).map(|i| self.batches.iter().map(|b| b.column(i)).collect()).map_err(|_| {
            let names = self.schema.fields().iter().map(|f| f.name().as_str());
            let hint = did_you_mean(name, names.clone());
            let names = names.collect::<Vec<_>>().join(", ");
            PyKeyError::new_err(format!("no column `{name}`{hint}; the table has {names}"))
        })
    }
}

#[pymethods]
impl Table {
    #[new]
    fn new(data: &Bound<'_, PyAny>) -> PyResult<Table> {
        Table::of_object(data)
    }

    /// An Arrow stream of the rows, shared and not copied. `requested_schema` is not followed.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        capsule::export_stream(py, &self.schema, &self.batches)
    }

    /// The Arrow schema.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        capsule::export_schema(py, &self.schema)
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Names of the columns, in order.
    #[getter]
    fn column_names(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|f| f.name().as_str()).collect()
    }

    /// The column of that name as a list; KeyError when there is none.
    fn __getitem__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for array in self.arrays(name)? {
            append_values(&list, name, array)?;
        }
        Ok(list)
    }

    /// The rows as a list of dicts.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let names: Vec<Bound<'_, PyString>> =
            self.column_names().into_iter().map(|n| PyString::intern(py, n)).collect();
        let columns: Vec<Bound<'_, PyList>> =
            self.column_names().into_iter().map(|n| self.__getitem__(py, n)).collect::<PyResult<_>>()?;
        let rows = PyList::empty(py);
        for i in 0..self.__len__() {
            let row = PyDict::new(py);
            for (name, column) in names.iter().zip(&columns) {
                row.set_item(name, column.get_item(i)?)?;
            }
            rows.append(row)?;
        }
        Ok(rows)
    }

    /// Shape and names only: what prints a table may be a log.
    fn __repr__(&self) -> String {
        format!("rcu.Table({} rows: {})", self.__len__(), self.column_names().join(", "))
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        call(py, || self.html())
    }
}

/// Rows that a notebook shows.
const SHOWN: usize = 10;

impl Table {
    fn html(&self) -> Result<String, Error> {
        let mut t = String::from("<table><thead><tr>");
        for name in self.column_names() {
            let _ = write!(t, "<th>{}</th>", escape(name));
        }
        t.push_str("</tr></thead><tbody>");
        let mut left = SHOWN;
        for batch in &self.batches {
            let format = FormatOptions::new();
            let columns = batch
                .columns()
                .iter()
                .map(|c| ArrayFormatter::try_new(c.as_ref(), &format))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|e| Error::Io { place: "table".into(), reason: e.to_string() })?;
            let rows = batch.num_rows().min(left);
            left -= rows;
            for row in 0..rows {
                t.push_str("<tr>");
                for column in &columns {
                    let cell = column.value(row).try_to_string().unwrap_or_default();
                    let _ = write!(t, "<td>{}</td>", escape(&cell));
                }
                t.push_str("</tr>");
            }
        }
        let _ = write!(
            t,
            "</tbody></table><p>{} rows × {} columns</p>",
            self.__len__(),
            self.schema.fields().len()
        );
        Ok(t)
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Name of an object's type, for messages.
pub fn type_name(object: &Bound<'_, PyAny>) -> String {
    object.get_type().name().map_or_else(|_| "object".to_owned(), |n| n.to_string())
}

/// A Python text; what UTF-8 cannot hold (a lone surrogate) becomes U+FFFD, which the normalisers know as lost.
pub fn text_of<'a>(text: &'a Bound<'_, PyString>) -> Cow<'a, str> {
    text.to_cow().unwrap_or_else(|_| text.to_string_lossy())
}

/// The items of a list or tuple; None for another object, a text included.
pub fn items<'py>(object: &Bound<'py, PyAny>) -> Option<Vec<Bound<'py, PyAny>>> {
    if let Ok(list) = object.cast::<PyList>() {
        return Some(list.iter().collect());
    }
    object.cast::<PyTuple>().ok().map(|t| t.iter().collect())
}

/// A list of texts and nulls. `what` names it in errors, which tell positions and types but no content.
pub fn texts_of_list(what: &str, values: &[Bound<'_, PyAny>]) -> PyResult<TextColumn> {
    let mut column = TextColumn::with_capacity(values.len(), values.len() * 12);
    for (i, value) in values.iter().enumerate() {
        match value.cast::<PyString>() {
            Ok(text) => column.push(Some(&text_of(text))),
            Err(_) if value.is_none() => column.push(None),
            Err(_) => return Err(mixed(what, i, value, "str")),
        }
    }
    Ok(column)
}

fn mixed(what: &str, i: usize, value: &Bound<'_, PyAny>, wanted: &str) -> PyErr {
    PyTypeError::new_err(format!("{what}[{i}] is {}; give {wanted} or None", type_name(value)))
}

/// A column of the type of its first value that is there.
fn column_of_list(name: &str, values: &Bound<'_, PyAny>) -> PyResult<OutColumn> {
    let what = format!("column `{name}`");
    let Some(values) = items(values) else {
        return Err(PyTypeError::new_err(format!("{what} is {}; give a list", type_name(values))));
    };
    /// Every value through `read`, which gives `None` for another type.
    fn each<T>(
        what: &str,
        wanted: &str,
        values: &[Bound<'_, PyAny>],
        read: impl Fn(&Bound<'_, PyAny>) -> Option<T>,
    ) -> PyResult<Vec<Option<T>>> {
        let one = |(i, v): (usize, &Bound<'_, PyAny>)| match read(v) {
            Some(value) => Ok(Some(value)),
            None if v.is_none() => Ok(None),
            None => Err(mixed(what, i, v, wanted)),
        };
        values.iter().enumerate().map(one).collect()
    }
    let is_bool = |v: &Bound<'_, PyAny>| v.is_instance_of::<PyBool>();
    match values.iter().find(|v| !v.is_none()) {
        Some(first) if is_bool(first) => {
            Ok(OutColumn::Boolean(each(&what, "bool", &values, |v| v.extract::<bool>().ok())?))
        }
        Some(first) if first.is_instance_of::<PyInt>() => {
            let read = |v: &Bound<'_, PyAny>| if is_bool(v) { None } else { v.extract::<i64>().ok() };
            Ok(OutColumn::Integer(each(&what, "int (64 bits)", &values, read)?))
        }
        Some(first) if first.is_instance_of::<PyDate>() => {
            let read = |v: &Bound<'_, PyAny>| v.cast::<PyDate>().ok().and_then(|d| day_of(d)).map(|d| d.0);
            Ok(OutColumn::Day(each(&what, "datetime.date", &values, read)?))
        }
        _ => Ok(OutColumn::Text(Column::Plain(texts_of_list(&what, &values)?))),
    }
}

/// The day of a date; `None` for a time of day, which has no day without a zone.
pub fn day_of(date: &Bound<'_, PyDate>) -> Option<Day> {
    if date.is_instance_of::<PyDateTime>() {
        return None;
    }
    Day::from_ymd(date.get_year(), date.get_month().into(), date.get_day().into())
}

/// Adds an array's values to a list, as Python values.
fn append_values(list: &Bound<'_, PyList>, name: &str, array: &ArrayRef) -> PyResult<()> {
    let py = list.py();
    macro_rules! each {
        ($values:expr, |$value:ident| $object:expr) => {
            for value in $values {
                match value {
                    Some($value) => list.append($object)?,
                    None => list.append(py.None())?,
                }
            }
        };
    }
    match array.data_type() {
        DataType::Utf8 => each!(array.as_string::<i32>(), |v| v),
        DataType::Boolean => each!(array.as_boolean(), |v| v),
        DataType::Int64 => each!(array.as_primitive::<Int64Type>(), |v| v),
        DataType::Float64 => each!(array.as_primitive::<Float64Type>(), |v| v),
        DataType::Date32 => each!(array.as_primitive::<Date32Type>(), |v| {
            let (year, month, day) = Day(v).ymd();
            PyDate::new(py, year, month as u8, day as u8)?
        }),
        DataType::Decimal128(precision, scale) => {
            static DECIMAL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
            let decimal = DECIMAL.import(py, "decimal", "Decimal")?;
            let text = |v: i128| Decimal128Type::format_decimal(v, *precision, *scale);
            each!(array.as_primitive::<Decimal128Type>(), |v| decimal.call1((text(v),))?)
        }
        DataType::List(item) if item.data_type() == &DataType::Utf8 => {
            each!(array.as_list::<i32>().iter(), |v| {
                let inner = PyList::empty(py);
                append_values(&inner, name, &v)?;
                inner
            })
        }
        kind => {
            let wider = match kind {
                k if k.is_integer() => DataType::Int64,
                k if k.is_floating() => DataType::Float64,
                _ => DataType::Utf8,
            };
            // A dictionary is unpacked to its texts.
            let plain = arrow_cast::cast(array, &wider).map_err(|_| {
                argument(
                    py,
                    format!("column `{name}`"),
                    format!("has type {kind}, which has no Python form here"),
                )
            })?;
            return append_values(list, name, &plain);
        }
    }
    Ok(())
}

/// The texts of a table's columns, for the core. `wanted` picks columns; `None` takes all.
pub fn core_table(
    py: Python<'_>,
    batches: &[RecordBatch],
    wanted: Option<&[String]>,
) -> PyResult<rcu_core::table::Table> {
    call(py, || table_of_batches(batches, wanted))
}
