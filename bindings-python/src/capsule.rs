//! Arrow's PyCapsule interface: columns and tables come in and go out without a copy, whatever library made them.

use crate::errors::{argument, call};
use arrow_array::ArrayReader as _;
use arrow_array::cast::AsArray as _;
use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::{Array as _, ArrayRef, RecordBatch, RecordBatchIterator, make_array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use rcu_core::Error;
use std::ffi::CStr;
use std::sync::Arc;

const STREAM: &CStr = c"arrow_array_stream";
const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";

/// Whether an object exports Arrow data.
pub fn exports(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(object.hasattr("__arrow_c_stream__")? || object.hasattr("__arrow_c_array__")?)
}

/// The batches of an Arrow-exporting object: at least one, of one schema. A lone column comes as a table of one column
/// named `value`.
///
/// # Errors
/// `ArgumentError` when the producer fails. What it says is left out: it may quote a row.
pub fn import(object: &Bound<'_, PyAny>) -> PyResult<(SchemaRef, Vec<RecordBatch>)> {
    let py = object.py();
    let (field, arrays) = if object.hasattr("__arrow_c_stream__")? {
        let capsule = object.call_method0("__arrow_c_stream__")?.cast_into::<PyCapsule>()?;
        let stream = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
        // SAFETY: a capsule of this name holds an `ArrowArrayStream`. It is moved out, and a released one is left
        // behind, which the capsule's destructor passes over.
        let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
        call(py, || {
            let reader = ArrayStreamReader::try_new(stream).map_err(|_| broken())?;
            let field = reader.field().clone();
            Ok((field, reader.collect::<Result<Vec<_>, _>>().map_err(|_| broken())?))
        })?
    } else {
        let pair = object.call_method0("__arrow_c_array__")?.cast_into::<PyTuple>()?;
        let (schema, array) = (pair.get_item(0)?, pair.get_item(1)?);
        let schema = schema.cast::<PyCapsule>()?.pointer_checked(Some(SCHEMA))?.cast::<FFI_ArrowSchema>();
        let array = array.cast::<PyCapsule>()?.pointer_checked(Some(ARRAY))?.cast::<FFI_ArrowArray>();
        // SAFETY: capsules of these names hold an `ArrowSchema` and the `ArrowArray` it describes; both are moved out
        // as above, so that each is released once.
        let data = unsafe {
            let schema = FFI_ArrowSchema::from_raw(schema.as_ptr());
            from_ffi(FFI_ArrowArray::from_raw(array.as_ptr()), &schema)
        };
        let array = make_array(data.map_err(|_| argument(py, "table", broken().to_string()))?);
        (Arc::new(Field::new("value", array.data_type().clone(), true)), vec![array])
    };
    call(py, || batches(&field, arrays))
}

fn broken() -> Error {
    Error::Argument {
        argument: "Arrow data".to_owned(),
        reason: "could not be read to the end; its producer failed".to_owned(),
    }
}

fn batches(field: &Field, arrays: Vec<ArrayRef>) -> Result<(SchemaRef, Vec<RecordBatch>), Error> {
    let (schema, batches) = match field.data_type() {
        DataType::Struct(fields) => {
            let schema = Arc::new(Schema::new(fields.clone()));
            let batch = |array: &ArrayRef| {
                let rows = array.as_struct();
                if rows.null_count() > 0 {
                    return Err(Error::Argument {
                        argument: "Arrow data".to_owned(),
                        reason: "has rows that are null as a whole; give rows of nulls instead".to_owned(),
                    });
                }
                Ok(RecordBatch::from(rows))
            };
            (schema, arrays.iter().map(batch).collect::<Result<Vec<_>, Error>>()?)
        }
        kind => {
            let schema = Arc::new(Schema::new(vec![Field::new("value", kind.clone(), true)]));
            let batch = |array| RecordBatch::try_new(schema.clone(), vec![array]).map_err(|_| broken());
            (schema.clone(), arrays.into_iter().map(batch).collect::<Result<Vec<_>, Error>>()?)
        }
    };
    if batches.is_empty() {
        return Ok((schema.clone(), vec![RecordBatch::new_empty(schema)]));
    }
    Ok((schema, batches))
}

/// A capsule with a stream over the batches, which are shared and not copied.
pub fn export_stream<'py>(
    py: Python<'py>,
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> PyResult<Bound<'py, PyCapsule>> {
    let batches: Vec<_> = batches.iter().cloned().map(Ok).collect();
    let reader = RecordBatchIterator::new(batches, schema.clone());
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), STREAM)
}

/// A capsule with the schema alone.
pub fn export_schema<'py>(py: Python<'py>, schema: &SchemaRef) -> PyResult<Bound<'py, PyCapsule>> {
    let schema =
        FFI_ArrowSchema::try_from(schema.as_ref()).map_err(|e| argument(py, "schema", e.to_string()))?;
    PyCapsule::new_with_value(py, schema, SCHEMA)
}
