//! Arrays of plain objects as columns, and output tables as arrays of plain objects: both cross as JSON text.

mod cell;
mod write;

pub use cell::{column, fields};
pub use write::of_table;

use crate::arguments::Given;
use crate::ipc;
use cell::Cell;
use rcu_core::Error;
use rcu_core::config::Plan;
use rcu_core::error::did_you_mean;
use rcu_core::ingest::{Input, MAX_CELL_BYTES, Reject};
use rcu_core::table::{Column, Table, TextColumn};
use rcu_io::desk::rows_of_json;
use rcu_io::read::columns_of;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fmt;

/// Rows given for a source; `wanted` are the columns that its configuration reads.
///
/// # Errors
/// [`Error::Argument`] when a row is no object, [`Error::MissingColumn`] when no row has a wanted column.
pub fn input(source: &str, given: &Given, wanted: &[String]) -> Result<Input, Error> {
    match given {
        Given::Arrow(bytes) => Ok(Input::new(source, ipc::table(source, bytes, Some(wanted))?)),
        Given::Json(texts) => {
            let mut rows = Rows::new(source, Some(wanted));
            rows.read(texts, &format!("tables.{source}"))?;
            rows.finish(source)
        }
    }
}

/// Rows for a repository: of plain objects each says what it has, and has nothing in the columns that it leaves out.
///
/// # Errors
/// As for [`input`], and [`Error::UnknownSource`].
pub fn of_source(plan: &Plan, source: &str, given: &Given) -> Result<Input, Error> {
    match (given, plan.source(source)) {
        (Given::Arrow(_), Some(position)) => input(source, given, &columns_of(&plan.sources[position])),
        // An unknown source is refused there.
        (Given::Arrow(_), None) => rows_of_json(plan, source, &[]),
        (Given::Json(texts), _) => {
            let mut rows: Vec<Map<String, Value>> = Vec::new();
            for text in texts {
                let part: Vec<Map<String, Value>> =
                    serde_json::from_str(text).map_err(|_| not_rows(&format!("rows of `{source}`")))?;
                rows.extend(part);
            }
            rows_of_json(plan, source, &rows)
        }
    }
}

/// All columns of rows that no configuration describes.
///
/// # Errors
/// As for [`input`].
pub fn table(given: &Given, argument: &str) -> Result<Table, Error> {
    match given {
        Given::Arrow(bytes) => ipc::table(argument, bytes, None),
        Given::Json(texts) => {
            let mut rows = Rows::new(argument, None);
            rows.read(texts, argument)?;
            Ok(rows.finish(argument)?.table)
        }
    }
}

fn not_rows(argument: &str) -> Error {
    // The parser's message could quote a cell, so it stays here.
    Error::Argument { argument: argument.to_owned(), reason: "is not an array of plain objects".into() }
}

/// Columns that grow row by row. A key that a row lacks is null there.
struct Rows<'a> {
    source: &'a str,
    wanted: Option<&'a [String]>,
    /// Column of each key met; `None` for a key that is not read.
    keys: HashMap<String, Option<usize>>,
    columns: Vec<(String, TextColumn)>,
    /// Text and presence of each column in the row at hand.
    row: Vec<(String, bool)>,
    rows: u64,
    lines: Vec<u64>,
    rejects: Vec<Reject>,
}

impl<'a> Rows<'a> {
    fn new(source: &'a str, wanted: Option<&'a [String]>) -> Rows<'a> {
        let columns = wanted.unwrap_or_default().iter().map(|n| (n.clone(), TextColumn::new())).collect();
        let row = wanted.unwrap_or_default().iter().map(|_| Default::default()).collect();
        let (keys, lines, rejects) = (HashMap::new(), Vec::new(), Vec::new());
        Rows { source, wanted, keys, columns, row, rows: 0, lines, rejects }
    }

    fn read(&mut self, texts: &[String], argument: &str) -> Result<(), Error> {
        for text in texts {
            let visitor = Array(self);
            serde_json::Deserializer::from_str(text)
                .deserialize_seq(visitor)
                .map_err(|_| not_rows(&format!("{argument}[{}]", self.rows)))?;
        }
        Ok(())
    }

    fn position(&mut self, key: &str) -> Option<usize> {
        if let Some(known) = self.keys.get(key) {
            return *known;
        }
        let position = match self.wanted {
            Some(wanted) => wanted.iter().position(|w| w == key),
            None => {
                let before = std::iter::repeat_n(None, self.lines.len());
                self.columns.push((key.to_owned(), before.collect()));
                self.row.push(Default::default());
                Some(self.columns.len() - 1)
            }
        };
        self.keys.insert(key.to_owned(), position);
        position
    }

    fn end_row(&mut self) {
        self.rows += 1;
        if let Some(i) = self.row.iter().position(|(text, there)| *there && text.len() > MAX_CELL_BYTES) {
            self.rejects.push(Reject {
                source: self.source.to_owned(),
                file: String::new(),
                line: self.rows,
                column: self.columns[i].0.clone(),
                code: "cell_too_large",
                reason: format!("the cell has more than {MAX_CELL_BYTES} bytes"),
                excluded: false,
            });
        } else {
            self.lines.push(self.rows);
            for ((_, column), (text, there)) in self.columns.iter_mut().zip(&self.row) {
                column.push(there.then_some(text.as_str()));
            }
        }
        self.row.iter_mut().for_each(|(_, there)| *there = false);
    }

    fn finish(self, source: &str) -> Result<Input, Error> {
        let missing = self.wanted.unwrap_or_default().iter().find(|w| !self.keys.contains_key(*w));
        if let Some(column) = missing.filter(|_| self.rows > 0) {
            let mut present: Vec<&str> = self.keys.keys().map(String::as_str).collect();
            present.sort_unstable();
            let hint = did_you_mean(column, present.iter().copied());
            return Err(Error::MissingColumn {
                source_name: source.to_owned(),
                column: column.clone(),
                present: format!("{}{hint}", present.join(", ")),
            });
        }
        let columns = self.columns.into_iter().map(|(name, c)| (name, Column::Plain(c))).collect();
        let mut input = Input::new(source, Table::new(columns)?);
        (input.lines, input.rejects) = (self.lines, self.rejects);
        Ok(input)
    }
}

/// An array of rows.
struct Array<'r, 'a>(&'r mut Rows<'a>);

impl<'de> Visitor<'de> for Array<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(One(self.0))?.is_some() {
            self.0.end_row();
        }
        Ok(())
    }
}

/// One row.
struct One<'r, 'a>(&'r mut Rows<'a>);

impl<'de> DeserializeSeed<'de> for One<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for One<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(position) = map.next_key_seed(Key(self.0))? {
            match position.and_then(|i| self.0.row.get_mut(i)) {
                Some((text, there)) => *there = map.next_value_seed(Cell(text))?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// The column of a key.
struct Key<'r, 'a>(&'r mut Rows<'a>);

impl<'de> DeserializeSeed<'de> for Key<'_, '_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Option<usize>, D::Error> {
        d.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key<'_, '_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Option<usize>, E> {
        Ok(self.0.position(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str, wanted: Option<&[String]>) -> Result<Input, Error> {
        let texts = [json.to_owned()];
        let mut rows = Rows::new("till", wanted);
        rows.read(&texts, "tables.till")?;
        rows.finish("till")
    }

    #[test]
    fn cells_become_the_texts_of_a_json_lines_file() {
        let input = read(r#"[{"a":"x","b":1},{"b":2.50,"c":true},{"a":null,"b":[1,"y"],"c":{"k":0}}]"#, None)
            .unwrap();
        let column = |n: &str| {
            let c = input.table.column(n).unwrap();
            (0..c.len()).map(|i| c.get(i).unwrap_or("-").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(column("a"), ["x", "-", "-"]);
        assert_eq!(column("b"), ["1", "2.5", r#"[1,"y"]"#]);
        assert_eq!(column("c"), ["-", "true", r#"{"k":0}"#]);
    }

    #[test]
    fn only_wanted_columns_are_kept_and_a_missing_one_is_named() {
        let wanted = ["a".to_owned(), "b".to_owned()];
        let input = read(r#"[{"z":1,"b":2},{"a":3}]"#, Some(&wanted)).unwrap();
        assert_eq!(input.table.names(), &wanted[..]);
        let e = read(r#"[{"z":1,"bb":2}]"#, Some(&wanted[1..])).unwrap_err();
        assert_eq!(
            e.to_string(),
            "source `till`: column `b` is missing; the table has bb, z (did you mean `bb`?)"
        );
        assert_eq!(read("[]", Some(&wanted)).unwrap().table.rows(), 0);
    }

    #[test]
    fn a_huge_cell_rejects_its_row_alone() {
        let json = format!(r#"[{{"a":"x"}},{{"a":"{}"}},{{"a":"y"}}]"#, "z".repeat(MAX_CELL_BYTES + 1));
        let input = read(&json, None).unwrap();
        assert_eq!((input.table.rows(), input.lines.as_slice(), input.rejects[0].line), (2, &[1, 3][..], 2));
    }

    #[test]
    fn a_row_that_is_no_object_is_refused_without_quoting_it() {
        let e = read(r#"[{"a":1},"Dupont"]"#, None).unwrap_err();
        assert_eq!(e.to_string(), "tables.till[1]: is not an array of plain objects");
    }
}
