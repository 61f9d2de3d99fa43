//! Delimited text.

use super::Dialect;
use crate::encoding::decode;
use csv::{ByteRecord, ReaderBuilder};
use rcu_core::Error;

use rcu_core::error::did_you_mean;
use rcu_core::ingest::{Input, MAX_CELL_BYTES, Reject};
use rcu_core::table::{Column, Table, TextColumn};

const DELIMITERS: [u8; 4] = *b";,\t|";

/// Reads a CSV file's bytes. Rows that cannot be read go to the rejects with their line.
pub(super) fn read(dialect: &Dialect, bytes: Vec<u8>, place: &str) -> Result<Input, Error> {
    let decoded = decode(bytes, dialect.encoding, dialect.source)?;
    let header_line = decoded.bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let delimiter = dialect.delimiter.unwrap_or_else(|| guess_delimiter(header_line));
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(decoded.bytes.as_slice());
    let io = |e: csv::Error| Error::Io { place: place.to_owned(), reason: e.to_string() };
    let header: Vec<String> = reader
        .byte_headers()
        .map_err(io)?
        .iter()
        .map(|h| String::from_utf8_lossy(h).trim().trim_start_matches('\u{feff}').to_owned())
        .collect();
    let mut positions = Vec::new();
    for name in dialect.wanted.unwrap_or(&header) {
        match header.iter().position(|h| h == name) {
            Some(i) => positions.push((name.clone(), i)),
            None => return Err(missing(dialect.source, name, &header, header_line, delimiter)),
        }
    }
    let mut columns: Vec<TextColumn> = positions.iter().map(|_| TextColumn::new()).collect();
    let mut input = Input { source: dialect.source.to_owned(), ..Input::default() };
    let mut record = ByteRecord::new();
    let mut line = reader.position().line();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(e) => return Err(io(e)),
        }
        let at = record.position().map_or(line, csv::Position::line);
        line = reader.position().line();
        match check(&record, &header, line.saturating_sub(at)) {
            Some((column, code, reason)) => input.rejects.push(Reject {
                source: dialect.source.to_owned(),
                file: String::new(),
                line: at,
                column,
                code,
                reason,
                excluded: false,
            }),
            None => {
                for ((_, i), column) in positions.iter().zip(&mut columns) {
                    // `check` has seen that every cell is UTF-8.
                    column.push(record.get(*i).and_then(|c| std::str::from_utf8(c).ok()));
                }
                input.lines.push(at);
            }
        }
    }
    let named = positions.into_iter().map(|(n, _)| n).zip(columns.into_iter().map(Column::Plain)).collect();
    input.table = Table::new(named)?;
    Ok(input)
}

/// What is wrong with a row, if anything: column, code, reason.
fn check(record: &ByteRecord, header: &[String], lines: u64) -> Option<(String, &'static str, String)> {
    let name = |i: usize| header.get(i).cloned().unwrap_or_else(|| format!("#{}", i + 1));
    if let Some(i) = record.iter().position(|c| c.len() > MAX_CELL_BYTES) {
        let spans =
            if lines > 1 { format!(" over {lines} lines; is a quote left open?") } else { String::new() };
        let bytes = record.get(i).map_or(0, <[u8]>::len);
        let reason = format!("the cell has {bytes} bytes{spans}; at most {MAX_CELL_BYTES} are read");
        return Some((name(i), "cell_too_large", reason));
    }
    if record.len() != header.len() {
        let reason = format!("the row has {} columns where the header has {}", record.len(), header.len());
        return Some((String::new(), "bad_column_count", reason));
    }
    let i = record.iter().position(|c| std::str::from_utf8(c).is_err())?;
    Some((name(i), "bad_encoding", "the cell is not valid UTF-8; declare the source's `encoding`".to_owned()))
}

/// The delimiter that splits the header most often; `,` when none does.
fn guess_delimiter(header: &[u8]) -> u8 {
    let count = |d: u8| header.iter().filter(|b| **b == d).count();
    let best = DELIMITERS.into_iter().max_by_key(|d| (count(*d), *d == b',')).unwrap_or(b',');
    if count(best) == 0 { b',' } else { best }
}

fn missing(source: &str, column: &str, header: &[String], header_line: &[u8], delimiter: u8) -> Error {
    let guessed = guess_delimiter(header_line);
    let mut present = header.join(", ");
    if header.len() == 1 && guessed != delimiter && header_line.contains(&guessed) {
        let (declared, better) = (char::from(delimiter), char::from(guessed));
        present = format!(
            "one column only when split at `{declared}`; the header looks separated by `{better}`: set \
             `sources.{source}.delimiter`"
        );
    } else {
        present.push_str(&did_you_mean(column, header.iter().map(String::as_str)));
    }
    Error::MissingColumn { source_name: source.to_owned(), column: column.to_owned(), present }
}
