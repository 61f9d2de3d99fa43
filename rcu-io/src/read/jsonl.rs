//! One JSON object a line.

use super::Dialect;
use crate::encoding::decode;
use rcu_core::Error;
use rcu_core::ingest::{Input, MAX_CELL_BYTES, Reject};
use rcu_core::table::{Column, Table, TextColumn};
use serde_json::Value;

/// Reads JSON Lines. A key that a row lacks is null there; a line that is no object is rejected.
pub(super) fn read(dialect: &Dialect, bytes: Vec<u8>) -> Result<Input, Error> {
    let decoded = decode(bytes, dialect.encoding, dialect.source)?;
    let wanted = match dialect.wanted {
        Some(names) => names.to_vec(),
        None => keys(&decoded.bytes),
    };
    let mut columns: Vec<TextColumn> = wanted.iter().map(|_| TextColumn::new()).collect();
    let mut seen = vec![false; wanted.len()];
    let mut input = Input { source: dialect.source.to_owned(), ..Input::default() };
    for (i, line) in decoded.bytes.split(|b| *b == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let mut reject = |column: &str, code: &'static str, reason: String| {
            let (source, column) = (dialect.source.to_owned(), column.to_owned());
            let line = i as u64 + 1;
            input.rejects.push(Reject {
                source,
                file: String::new(),
                line,
                column,
                code,
                reason,
                excluded: false,
            });
        };
        let object = match serde_json::from_slice::<Value>(line) {
            Ok(Value::Object(map)) => map,
            Ok(_) => {
                reject("", "bad_json", "the line is not a JSON object".to_owned());
                continue;
            }
            Err(e) => {
                let code = if std::str::from_utf8(line).is_err() { "bad_encoding" } else { "bad_json" };
                reject("", code, format!("the line is not JSON: {} at column {}", kind(&e), e.column()));
                continue;
            }
        };
        let texts: Vec<Option<String>> = wanted.iter().map(|n| object.get(n).and_then(text)).collect();
        if let Some(j) = texts.iter().position(|t| t.as_ref().is_some_and(|t| t.len() > MAX_CELL_BYTES)) {
            reject(&wanted[j], "cell_too_large", format!("the cell has more than {MAX_CELL_BYTES} bytes"));
            continue;
        }
        for (j, (column, t)) in columns.iter_mut().zip(&texts).enumerate() {
            seen[j] |= object.contains_key(&wanted[j]);
            column.push(t.as_deref());
        }
        input.lines.push(i as u64 + 1);
    }
    if let Some(j) = seen.iter().position(|s| !s)
        && !input.lines.is_empty()
    {
        let present = "no line with that key".to_owned();
        return Err(Error::MissingColumn {
            source_name: dialect.source.to_owned(),
            column: wanted[j].clone(),
            present,
        });
    }
    let named = wanted.iter().cloned().zip(columns.into_iter().map(Column::Plain)).collect();
    input.table = Table::new(named)?;
    Ok(input)
}

/// Keys of all lines, sorted.
fn keys(bytes: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    for line in bytes.split(|b| *b == b'\n') {
        if let Ok(Value::Object(map)) = serde_json::from_slice(line) {
            names.extend(map.keys().cloned());
            names.sort();
            names.dedup();
        }
    }
    names
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(s) => Some(s.clone()),
        other => Some(other.to_string()),
    }
}

/// The parser's complaint without the content it met.
fn kind(e: &serde_json::Error) -> &'static str {
    if e.is_eof() { "it ends too early" } else { "a character is out of place" }
}
