//! Apache Parquet.

use super::Dialect;
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Encoding;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use rcu_core::Error;
use rcu_core::arrow::table_of_batches;
use rcu_core::error::did_you_mean;
use rcu_core::ingest::Input;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads the wanted columns of a Parquet file.
pub(super) fn read(dialect: &Dialect, path: &Path, place: &str) -> Result<Input, Error> {
    let io = |reason: String| Error::Io { place: place.to_owned(), reason };
    let file = File::open(path).map_err(|e| io(e.to_string()))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| io(e.to_string()))?;
    let names: Vec<String> = builder.schema().fields().iter().map(|f| f.name().clone()).collect();
    let roots = roots(dialect, &names)?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
    let reader =
        builder.with_projection(mask).with_batch_size(1 << 16).build().map_err(|e| io(e.to_string()))?;
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|e| io(e.to_string()))?;
    Ok(Input::new(dialect.source, table_of_batches(&batches, None)?))
}

/// Positions of the wanted columns.
fn roots(dialect: &Dialect, names: &[String]) -> Result<Vec<usize>, Error> {
    let position = |name: &String| {
        names.iter().position(|n| n == name).ok_or_else(|| {
            let hint = did_you_mean(name, names.iter().map(String::as_str));
            let present = format!("{}{hint}", names.join(", "));
            Error::MissingColumn { source_name: dialect.source.to_owned(), column: name.clone(), present }
        })
    };
    dialect.wanted.unwrap_or(names).iter().map(position).collect()
}

/// A Parquet file read group of rows by group of rows, text columns as the dictionaries they were written as.
pub(super) struct Groups {
    source: String,
    place: String,
    path: PathBuf,
    metadata: Arc<ParquetMetaData>,
    schema: Arc<Schema>,
    roots: Vec<usize>,
}

impl Groups {
    pub(super) fn open(dialect: &Dialect, path: &Path, place: &str) -> Result<Groups, Error> {
        let io = |reason: String| Error::Io { place: place.to_owned(), reason };
        let file = File::open(path).map_err(|e| io(e.to_string()))?;
        let metadata =
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|e| io(e.to_string()))?;
        let names: Vec<String> = metadata.schema().fields().iter().map(|f| f.name().clone()).collect();
        Ok(Groups {
            source: dialect.source.to_owned(),
            place: place.to_owned(),
            roots: roots(dialect, &names)?,
            path: path.to_owned(),
            schema: metadata.schema().clone(),
            metadata: metadata.metadata().clone(),
        })
    }

    /// Number of groups.
    pub(super) fn len(&self) -> usize {
        self.metadata.num_row_groups()
    }

    /// Rows of one group.
    pub(super) fn read(&self, group: usize) -> Result<Input, Error> {
        let io = |reason: String| Error::Io { place: self.place.clone(), reason };
        let rows_of = |g: &RowGroupMetaData| u64::try_from(g.num_rows()).unwrap_or(0);
        let row_group = self.metadata.row_group(group);
        let schema = Arc::new(self.with_dictionaries(row_group));
        let options = ArrowReaderOptions::new().with_schema(schema);
        let metadata =
            ArrowReaderMetadata::try_new(self.metadata.clone(), options).map_err(|e| io(e.to_string()))?;
        // A clone of an open file shares its position, which groups that are read side by side would move.
        let file = File::open(&self.path).map_err(|e| io(e.to_string()))?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
        let mask = ProjectionMask::roots(builder.parquet_schema(), self.roots.iter().copied());
        let size = usize::try_from(rows_of(row_group)).unwrap_or(1 << 16).max(1);
        let reader = builder
            .with_projection(mask)
            .with_row_groups(vec![group])
            .with_batch_size(size)
            .build()
            .map_err(|e| io(e.to_string()))?;
        let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|e| io(e.to_string()))?;
        let mut input = Input::new(self.source.as_str(), table_of_batches(&batches, None)?);
        input.first_row = self.metadata.row_groups()[..group].iter().map(rows_of).sum();
        Ok(input)
    }

    /// The file's schema with a dictionary for each text column that the group holds as one.
    fn with_dictionaries(&self, group: &RowGroupMetaData) -> Schema {
        let fields = self.schema.fields();
        // Only of a flat file is the place of a column that of its field.
        let flat = group.num_columns() == fields.len();
        let turned: Vec<Field> = fields
            .iter()
            .enumerate()
            .map(|(i, f)| {
                let text = matches!(f.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
                let coded = flat
                    && group.column(i).page_encoding_stats_mask().is_some_and(|pages| {
                        pages.is_only(Encoding::RLE_DICTIONARY) || pages.is_only(Encoding::PLAIN_DICTIONARY)
                    });
                match text && coded {
                    true => {
                        let coded = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
                        f.as_ref().clone().with_data_type(coded)
                    }
                    false => f.as_ref().clone(),
                }
            })
            .collect();
        Schema::new(turned)
    }
}
