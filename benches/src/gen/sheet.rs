//! One table on its way to disk: columns in memory, flushed to Parquet and, when wanted, to CSV.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Int64Builder, LargeStringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::text::push_cp1252;

/// A result whose error is for a person to read.
pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Rows gathered before they are written.
const FLUSH_ROWS: usize = 32_768;
/// Rows of a Parquet row group.
const ROW_GROUP_ROWS: usize = 262_144;

/// Where tables go.
pub struct Output {
    /// Folder of the Parquet file.
    pub folder: PathBuf,
    /// Folder of the CSV file; `None` for no CSV.
    pub csv_folder: Option<PathBuf>,
}

impl Output {
    /// Makes the folders.
    ///
    /// # Errors
    /// When a folder cannot be made.
    pub fn create(folder: &Path, csv_folder: Option<PathBuf>) -> Outcome<Self> {
        for path in std::iter::once(folder).chain(csv_folder.as_deref()) {
            std::fs::create_dir_all(path).map_err(|error| format!("folder {}: {error}", path.display()))?;
        }
        Ok(Self { folder: folder.to_owned(), csv_folder })
    }
}

/// What a column holds; no cell is null, an absent text is empty.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// Text.
    Text,
    /// True or false.
    Flag,
    /// 64-bit integer.
    Number,
}

enum Column {
    Text(LargeStringBuilder),
    Flag(BooleanBuilder),
    Number(Int64Builder),
}

impl Column {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(LargeStringBuilder::new()),
            Kind::Flag => Self::Flag(BooleanBuilder::new()),
            Kind::Number => Self::Number(Int64Builder::new()),
        }
    }

    fn take(&mut self) -> ArrayRef {
        match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Flag(builder) => Arc::new(builder.finish()),
            Self::Number(builder) => Arc::new(builder.finish()),
        }
    }
}

/// A table being written, cell by cell, row by row.
pub struct Sheet {
    schema: SchemaRef,
    columns: Vec<Column>,
    /// Column of the next cell.
    next: usize,
    rows: usize,
    parquet: ArrowWriter<BufWriter<File>>,
    csv: Option<Csv>,
}

impl Sheet {
    /// Opens `NAME.parquet` and, when the output has a CSV folder, `NAME.csv` with its header line.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn create(
        output: &Output,
        name: &str,
        columns: &[(&str, Kind)],
        separator: u8,
        cp1252: bool,
    ) -> Outcome<Self> {
        let field = |(name, kind): &(&str, Kind)| {
            let data_type = match kind {
                Kind::Text => DataType::LargeUtf8,
                Kind::Flag => DataType::Boolean,
                Kind::Number => DataType::Int64,
            };
            Field::new(*name, data_type, true)
        };
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .build();
        let file = create(&output.folder.join(format!("{name}.parquet")))?;
        let csv = match &output.csv_folder {
            Some(folder) => {
                Some(Csv::create(&folder.join(format!("{name}.csv")), columns, separator, cp1252)?)
            }
            None => None,
        };
        Ok(Self {
            parquet: ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties))?,
            columns: columns.iter().map(|(_, kind)| Column::new(*kind)).collect(),
            schema,
            next: 0,
            rows: 0,
            csv,
        })
    }

    fn column(&mut self) -> &mut Column {
        self.next += 1;
        &mut self.columns[self.next - 1]
    }

    /// The next cell of a text column.
    pub fn text(&mut self, value: &str) {
        match self.column() {
            Column::Text(builder) => builder.append_value(value),
            Column::Flag(_) | Column::Number(_) => unreachable!("the column holds no text"),
        }
    }

    /// The next cell of a flag column.
    pub fn flag(&mut self, value: bool) {
        match self.column() {
            Column::Flag(builder) => builder.append_value(value),
            Column::Text(_) | Column::Number(_) => unreachable!("the column holds no flag"),
        }
    }

    /// The next cell of a number column.
    pub fn number(&mut self, value: i64) {
        match self.column() {
            Column::Number(builder) => builder.append_value(value),
            Column::Text(_) | Column::Flag(_) => unreachable!("the column holds no number"),
        }
    }

    /// Ends a row.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn end_row(&mut self) -> Outcome<()> {
        debug_assert_eq!(self.next, self.columns.len(), "a cell is missing");
        self.next = 0;
        self.rows += 1;
        if self.rows == FLUSH_ROWS { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Outcome<()> {
        let arrays = self.columns.iter_mut().map(Column::take).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays)?;
        self.parquet.write(&batch)?;
        if let Some(csv) = &mut self.csv {
            csv.write(&batch)?;
        }
        self.rows = 0;
        Ok(())
    }

    /// Writes what is left and closes the files.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(mut self) -> Outcome<()> {
        self.flush()?;
        self.parquet.close()?;
        if let Some(mut csv) = self.csv {
            csv.file.flush()?;
        }
        Ok(())
    }
}

fn create(path: &Path) -> Outcome<BufWriter<File>> {
    let file = File::create(path).map_err(|error| format!("file {}: {error}", path.display()))?;
    Ok(BufWriter::with_capacity(1 << 20, file))
}

/// The CSV twin of a sheet.
struct Csv {
    file: BufWriter<File>,
    separator: u8,
    cp1252: bool,
    line: Vec<u8>,
}

impl Csv {
    fn create(path: &Path, columns: &[(&str, Kind)], separator: u8, cp1252: bool) -> Outcome<Self> {
        let mut file = create(path)?;
        let header: Vec<_> = columns.iter().map(|(name, _)| name.as_bytes()).collect();
        file.write_all(&header.join(&separator))?;
        file.write_all(b"\n")?;
        Ok(Self { file, separator, cp1252, line: Vec::new() })
    }

    fn write(&mut self, batch: &RecordBatch) -> Outcome<()> {
        for row in 0..batch.num_rows() {
            self.line.clear();
            for (index, column) in batch.columns().iter().enumerate() {
                if index > 0 {
                    self.line.push(self.separator);
                }
                match column.data_type() {
                    DataType::Boolean => {
                        let flag = column.as_boolean().value(row);
                        self.line.extend_from_slice(if flag { b"true" } else { b"false" });
                    }
                    DataType::Int64 => {
                        let number = column.as_primitive::<Int64Type>().value(row);
                        self.line.extend_from_slice(number.to_string().as_bytes());
                    }
                    _ => self.cell(column.as_string::<i64>().value(row)),
                }
            }
            self.line.push(b'\n');
            self.file.write_all(&self.line)?;
        }
        Ok(())
    }

    /// A text cell, in quotes when it holds the separator, a quote or a line break (RFC 4180).
    fn cell(&mut self, value: &str) {
        let special = |byte: u8| byte == self.separator || matches!(byte, b'"' | b'\n' | b'\r');
        let quoted = value.bytes().any(special).then(|| format!("\"{}\"", value.replace('"', "\"\"")));
        let value = quoted.as_deref().unwrap_or(value);
        if self.cp1252 {
            push_cp1252(value, &mut self.line);
        } else {
            self.line.extend_from_slice(value.as_bytes());
        }
    }
}
