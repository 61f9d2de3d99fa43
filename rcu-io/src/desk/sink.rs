//! Rows for a subscriber as bytes: CSV, JSON Lines, Parquet.

use encoding_rs::{EncoderResult, WINDOWS_1252};
use parquet::arrow::ArrowWriter;
use rcu_core::Error;
use rcu_core::arrow::batch_of_table;
use rcu_core::output::{OutColumn, OutTable};
use rcu_core::repository::{Outgoing, SentRow, Sheet};
use rcu_core::subscriber::{Encoding, FileFormat};
use rcu_core::table::Table;
use std::io::Write;

/// The byte order mark of UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// The ending of a file's name.
pub(super) fn ending(format: FileFormat) -> &'static str {
    match format {
        FileFormat::Csv => "csv",
        FileFormat::Jsonl => "jsonl",
        FileFormat::Parquet => "parquet",
    }
}

/// The format that a file's ending promises.
pub(super) fn of_ending(ending: &str) -> Option<FileFormat> {
    match ending.to_ascii_lowercase().as_str() {
        "csv" => Some(FileFormat::Csv),
        "jsonl" | "ndjson" => Some(FileFormat::Jsonl),
        "parquet" | "pq" => Some(FileFormat::Parquet),
        _ => None,
    }
}

/// Takes rows one by one and writes them. CSV has the columns of [`Sheet`]; JSON Lines one [`SentRow`] a line; Parquet the table of a [`Sheet`].
pub(super) enum Sink<W: Write + Send> {
    Csv { out: csv::Writer<Encoded<W>>, columns: Vec<String> },
    Jsonl { out: W },
    Parquet { out: W, sheet: Sheet },
}

impl<W: Write + Send> Sink<W> {
    pub fn new(
        format: FileFormat,
        encoding: Encoding,
        columns: Vec<String>,
        out: W,
    ) -> Result<Sink<W>, Failed> {
        match format {
            FileFormat::Csv => {
                let mut out = csv_of(encoding, out)?;
                out.write_record(Sheet::HEAD.into_iter().chain(columns.iter().map(String::as_str)))?;
                Ok(Sink::Csv { out, columns })
            }
            FileFormat::Jsonl => Ok(Sink::Jsonl { out }),
            FileFormat::Parquet => Ok(Sink::Parquet { out, sheet: Sheet::new(columns) }),
        }
    }

    pub fn push(&mut self, row: &SentRow) -> Result<(), Failed> {
        match self {
            Sink::Csv { out, columns } => {
                let changed: Vec<&str> = row.values.keys().map(String::as_str).collect();
                let (absorbed, changed) = (row.absorbed.join(" "), changed.join(" "));
                let record = row.record_id.as_deref().unwrap_or("");
                let head = [&row.golden_id, record, row.event.name(), &row.reason, &absorbed, &changed];
                let cell = |name: &String| row.values.get(name).and_then(Option::as_deref).unwrap_or("");
                out.write_record(head.into_iter().chain(columns.iter().map(cell)))?;
            }
            Sink::Jsonl { out } => {
                serde_json::to_writer(&mut *out, row).map_err(|e| Failed(e.to_string()))?;
                out.write_all(b"\n")?;
            }
            Sink::Parquet { sheet, .. } => sheet.push(row),
        }
        Ok(())
    }

    /// Ends what is written. Says how many characters the encoding has none for; they became question marks.
    pub fn end(self) -> Result<(W, u64), Failed> {
        match self {
            Sink::Csv { out, .. } => {
                let inner = out.into_inner().map_err(|e| Failed(e.error().to_string()))?;
                Ok((inner.out, inner.unwritable))
            }
            Sink::Jsonl { out } => Ok((out, 0)),
            Sink::Parquet { mut out, sheet } => {
                write_table(&mut out, &texts(sheet.table().map_err(|e| Failed(e.to_string()))?))?;
                Ok((out, 0))
            }
        }
    }
}

/// The rows of a delivery as an output table, as a [`Sheet`] has them.
///
/// # Errors
/// Those of [`Sheet::table`].
pub fn table_of(outgoing: &Outgoing) -> Result<OutTable, Error> {
    outgoing.table().map(texts)
}

/// A table of texts as an output.
pub fn texts(table: Table) -> OutTable {
    let names = table.names().to_vec();
    let columns = names.into_iter().zip(table.columns().iter().cloned().map(OutColumn::Text)).collect();
    OutTable { name: "feed", columns }
}

/// Writes a table of texts. Says how many characters the encoding has none for.
pub(super) fn write_texts<W: Write + Send>(
    table: Table,
    format: FileFormat,
    encoding: Encoding,
    mut out: W,
) -> Result<(W, u64), Failed> {
    let cells = |row: usize| table.columns().iter().map(move |c| c.get(row));
    match format {
        FileFormat::Csv => {
            let mut out = csv_of(encoding, out)?;
            out.write_record(table.names())?;
            for row in 0..table.rows() {
                out.write_record(cells(row).map(Option::unwrap_or_default))?;
            }
            let inner = out.into_inner().map_err(|e| Failed(e.error().to_string()))?;
            Ok((inner.out, inner.unwritable))
        }
        FileFormat::Jsonl => {
            for row in 0..table.rows() {
                let object: serde_json::Map<String, serde_json::Value> =
                    table.names().iter().cloned().zip(cells(row).map(serde_json::Value::from)).collect();
                serde_json::to_writer(&mut out, &object).map_err(|e| Failed(e.to_string()))?;
                out.write_all(b"\n")?;
            }
            Ok((out, 0))
        }
        FileFormat::Parquet => {
            write_table(&mut out, &texts(table))?;
            Ok((out, 0))
        }
    }
}

/// CSV separated by semicolons, as French spreadsheets want it.
fn csv_of<W: Write>(encoding: Encoding, mut out: W) -> Result<csv::Writer<Encoded<W>>, Failed> {
    if encoding == Encoding::Utf8Bom {
        out.write_all(BOM)?;
    }
    let narrow = encoding == Encoding::Windows1252;
    let out = Encoded { out, narrow, waiting: Vec::new(), unwritable: 0 };
    Ok(csv::WriterBuilder::new().delimiter(b';').from_writer(out))
}

fn write_table<W: Write + Send>(out: &mut W, table: &OutTable) -> Result<(), Failed> {
    let batch = batch_of_table(table).map_err(|e| Failed(e.to_string()))?;
    let properties = Some(crate::write::properties());
    let parquet = |e: parquet::errors::ParquetError| Failed(e.to_string());
    let mut writer = ArrowWriter::try_new(out, batch.schema(), properties).map_err(parquet)?;
    writer.write(&batch).and_then(|()| writer.close()).map_err(parquet)?;
    Ok(())
}

/// Why bytes could not be written; says nothing of them.
#[derive(Debug)]
pub(super) struct Failed(pub String);

impl Failed {
    pub fn at(self, place: impl Into<String>) -> Error {
        Error::Io { place: place.into(), reason: self.0 }
    }
}

impl From<std::io::Error> for Failed {
    fn from(e: std::io::Error) -> Failed {
        Failed(e.to_string())
    }
}

impl From<csv::Error> for Failed {
    fn from(e: csv::Error) -> Failed {
        Failed(e.to_string())
    }
}

/// Writes UTF-8 on as it is, or as Windows-1252. The writer of CSV gives whole buffers, which may end inside a character:
/// its first bytes wait for the others.
pub(super) struct Encoded<W> {
    out: W,
    narrow: bool,
    waiting: Vec<u8>,
    unwritable: u64,
}

impl<W: Write> Write for Encoded<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if !self.narrow {
            return self.out.write(bytes);
        }
        self.waiting.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.waiting) {
            Ok(text) => text,
            Err(e) => std::str::from_utf8(&self.waiting[..e.valid_up_to()]).unwrap_or_default(),
        };
        let mut encoder = WINDOWS_1252.new_encoder();
        let (mut rest, mut buffer) = (whole, [0u8; 4096]);
        loop {
            let (result, read, written) =
                encoder.encode_from_utf8_without_replacement(rest, &mut buffer, true);
            self.out.write_all(&buffer[..written])?;
            rest = &rest[read..];
            match result {
                EncoderResult::InputEmpty => break,
                EncoderResult::OutputFull => {}
                EncoderResult::Unmappable(_) => {
                    self.out.write_all(b"?")?;
                    self.unwritable += 1;
                }
            }
        }
        let done = whole.len();
        self.waiting.drain(..done);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn row(value: &str) -> SentRow {
        let event = rcu_core::repository::RowEvent::Present;
        let values = BTreeMap::from([("city".to_owned(), Some(value.to_owned())), ("mail".to_owned(), None)]);
        SentRow {
            golden_id: "g1".into(),
            record_id: None,
            event,
            reason: String::new(),
            absorbed: vec!["g2".into(), "g3".into()],
            values,
        }
    }

    fn csv(encoding: Encoding, values: &[&str]) -> (Vec<u8>, u64) {
        let columns = vec!["mail".to_owned(), "city".to_owned()];
        let mut sink = Sink::new(FileFormat::Csv, encoding, columns, Vec::new()).unwrap();
        values.iter().for_each(|v| sink.push(&row(v)).unwrap());
        sink.end().unwrap()
    }

    #[test]
    fn a_spreadsheet_reads_the_accents_and_what_changed() {
        let (bytes, _) = csv(Encoding::Utf8Bom, &["Orléans; sud"]);
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(
            text,
            "\u{feff}golden_id;record_id;event;reason;absorbed;changed;mail;city\n\
             g1;;present;;g2 g3;city mail;;\"Orléans; sud\"\n"
        );
    }

    #[test]
    fn what_the_encoding_has_no_character_for_is_counted() {
        let (bytes, unwritable) = csv(Encoding::Windows1252, &["Orléans €", "Łódź"]);
        assert!(bytes.windows(9).any(|w| w == b"Orl\xe9ans \x80"), "{bytes:?}");
        assert!(bytes.ends_with(b";?\xf3d?\n"), "{bytes:?}");
        assert_eq!(unwritable, 2);
        // Longer than any buffer, so that some end inside a character.
        let long = "é".repeat(30_000);
        let (bytes, unwritable) = csv(Encoding::Windows1252, &[&long, "Łódź"]);
        assert_eq!((bytes.iter().filter(|b| **b == 0xe9).count(), unwritable), (30_000, 2));
    }
}
