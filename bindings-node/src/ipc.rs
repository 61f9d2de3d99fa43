//! Arrow IPC bytes as columns, and output tables as Arrow IPC bytes.

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::ArrowError;
use rcu_core::Error;
use rcu_core::arrow::table_of_batches;
use rcu_core::table::Table;
use std::io::Cursor;
use std::panic::catch_unwind;

/// How an Arrow IPC file begins; a stream does not.
const FILE_MAGIC: &[u8] = b"ARROW1";

/// Columns of an Arrow IPC stream or file; `wanted` picks them by name, `None` takes all. `place` names the table in
/// messages.
///
/// # Errors
/// [`Error::Io`] when the bytes are not Arrow's, [`Error::Argument`] for a column without a text form.
pub fn table(place: &str, bytes: &[u8], wanted: Option<&[String]>) -> Result<Table, Error> {
    let fail = |reason: String| Error::Io { place: format!("Arrow bytes of `{place}`"), reason };
    // The reader panics on offsets that point outside the bytes, which is the sender's fault and no fault of ours.
    let batches = catch_unwind(|| read(bytes))
        .map_err(|_| fail("damaged: a part lies outside of the bytes".into()))?
        .map_err(|e| fail(e.to_string()))?;
    table_of_batches(&batches, wanted)
}

fn read(bytes: &[u8]) -> Result<Vec<RecordBatch>, ArrowError> {
    if bytes.starts_with(FILE_MAGIC) {
        return FileReader::try_new(Cursor::new(bytes), None)?.collect();
    }
    let reader = StreamReader::try_new(bytes, None)?;
    // A stream without batches still has columns.
    let none = RecordBatch::new_empty(reader.schema());
    let batches = reader.collect::<Result<Vec<_>, _>>()?;
    Ok(if batches.is_empty() { vec![none] } else { batches })
}

/// A record batch as the bytes of an Arrow IPC stream.
///
/// # Errors
/// [`Error::Io`] when it cannot be written.
pub fn bytes(batch: &RecordBatch) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let mut write = || {
        let mut writer = StreamWriter::try_new(&mut bytes, &batch.schema())?;
        writer.write(batch)?;
        writer.finish()
    };
    write().map_err(|e: ArrowError| Error::Io { place: "Arrow bytes".into(), reason: e.to_string() })?;
    Ok(bytes)
}
