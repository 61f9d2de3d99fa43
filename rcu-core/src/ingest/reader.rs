//! The raw texts behind one mapped value.

use crate::config::{FieldInput, Take};
use crate::error::Error;
use crate::table::{Column, Table};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The raw texts behind one mapped value.
pub(crate) struct Reader<'a> {
    columns: Vec<&'a Column>,
    constant: Option<&'a str>,
    values: &'a BTreeMap<String, String>,
    otherwise: Option<&'a str>,
}

impl<'a> Reader<'a> {
    /// Binds a mapped value to the columns of a table.
    pub(crate) fn bind(input: &'a FieldInput, source: &str, table: &'a Table) -> Result<Reader<'a>, Error> {
        let find = |name: &String| table.column(name).ok_or_else(|| missing_column(source, name, table));
        let (columns, constant) = match &input.take {
            Take::Column(c) => (vec![find(c)?], None),
            Take::Join(list) => (list.iter().map(find).collect::<Result<_, _>>()?, None),
            Take::Constant(text) => (Vec::new(), Some(text.as_str())),
        };
        Ok(Reader { columns, constant, values: &input.values, otherwise: input.otherwise.as_deref() })
    }

    /// Codes of the only column, when it is a dictionary, and the number of its values. A null's code is above it.
    pub(crate) fn codes(&self) -> Option<(&'a [u32], usize)> {
        match self.columns.as_slice() {
            [Column::Dictionary { codes, values }] => Some((codes, values.len())),
            _ => None,
        }
    }

    /// Whether every row has the same text.
    pub(crate) fn is_constant(&self) -> bool {
        self.constant.is_some()
    }

    /// The raw text of a row.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<Cow<'a, str>> {
        let text = self.text(row);
        match self.otherwise {
            Some(other) if text.as_ref().is_none_or(|t| t.trim().is_empty()) => Some(Cow::Borrowed(other)),
            _ => text,
        }
    }

    fn text(&self, row: usize) -> Option<Cow<'a, str>> {
        let raw = match (self.constant, self.columns.as_slice()) {
            (Some(text), _) => Cow::Borrowed(text),
            (None, [one]) => Cow::Borrowed(one.get(row)?),
            (None, several) => {
                let mut joined = String::new();
                for part in several.iter().filter_map(|c| c.get(row)).map(str::trim).filter(|p| !p.is_empty())
                {
                    if !joined.is_empty() {
                        joined.push(' ');
                    }
                    joined.push_str(part);
                }
                Cow::Owned(joined)
            }
        };
        if self.values.is_empty() {
            return Some(raw);
        }
        match self.values.get(raw.trim()) {
            Some(v) => Some(Cow::Borrowed(v)),
            None => Some(raw),
        }
    }
}

pub(crate) fn missing_column(source: &str, column: &str, table: &Table) -> Error {
    let names = table.names();
    let hint = crate::error::did_you_mean(column, names.iter().map(String::as_str));
    let present =
        if names.is_empty() { "no column".to_owned() } else { format!("{}{hint}", names.join(", ")) };
    Error::MissingColumn { source_name: source.to_owned(), column: column.to_owned(), present }
}
