//! Apache Parquet.

use super::Dialect;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rcu_core::Error;
use rcu_core::arrow::table_of_batches;
use rcu_core::error::did_you_mean;
use rcu_core::ingest::Input;
use std::fs::File;
use std::path::Path;

/// Reads the wanted columns of a Parquet file.
pub(super) fn read(dialect: &Dialect, path: &Path, place: &str) -> Result<Input, Error> {
    let io = |reason: String| Error::Io { place: place.to_owned(), reason };
    let file = File::open(path).map_err(|e| io(e.to_string()))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| io(e.to_string()))?;
    let names: Vec<String> = builder.schema().fields().iter().map(|f| f.name().clone()).collect();
    let wanted = dialect.wanted.unwrap_or(&names);
    for name in wanted {
        if !names.contains(name) {
            let hint = did_you_mean(name, names.iter().map(String::as_str));
            let present = format!("{}{hint}", names.join(", "));
            return Err(Error::MissingColumn {
                source_name: dialect.source.to_owned(),
                column: name.clone(),
                present,
            });
        }
    }
    let roots = wanted.iter().filter_map(|w| names.iter().position(|n| n == w));
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
    let reader =
        builder.with_projection(mask).with_batch_size(1 << 16).build().map_err(|e| io(e.to_string()))?;
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|e| io(e.to_string()))?;
    Ok(Input::new(dialect.source, table_of_batches(&batches, None)?))
}
