//! Plain columns of text, the form in which rows reach the core. No Arrow type is needed.

use crate::error::Error;

/// A column of optional texts: one byte arena and the end of each value in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextColumn {
    bytes: Vec<u8>,
    ends: Vec<u64>,
    /// Bit `i` set: value `i` is null. Empty when nothing is null.
    nulls: Vec<u64>,
}

impl TextColumn {
    /// An empty column.
    pub fn new() -> TextColumn {
        TextColumn::default()
    }

    /// An empty column with room for `rows` values of `bytes` bytes in all.
    pub fn with_capacity(rows: usize, bytes: usize) -> TextColumn {
        TextColumn { bytes: Vec::with_capacity(bytes), ends: Vec::with_capacity(rows), nulls: Vec::new() }
    }

    /// Adds a value at the end.
    #[inline]
    pub fn push(&mut self, value: Option<&str>) {
        match value {
            Some(text) => {
                self.bytes.extend_from_slice(text.as_bytes());
                self.ends.push(self.bytes.len() as u64);
            }
            None => {
                let i = self.ends.len();
                if self.nulls.len() <= i / 64 {
                    self.nulls.resize(i / 64 + 1, 0);
                }
                self.nulls[i / 64] |= 1 << (i % 64);
                self.ends.push(self.bytes.len() as u64);
            }
        }
    }

    /// Adds a copy of value `i` at the end; null when `i` is null or out of range.
    pub fn push_copy(&mut self, i: usize) {
        let null = i >= self.ends.len() || self.nulls.get(i / 64).is_some_and(|w| w >> (i % 64) & 1 == 1);
        if null {
            return self.push(None);
        }
        let start = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        self.bytes.extend_from_within(start..self.ends[i] as usize);
        self.ends.push(self.bytes.len() as u64);
    }

    /// Adds the pieces of `text` at the end, none of them null: the first begins at its start, each ends where the next
    /// begins.
    ///
    /// # Errors
    /// [`Error::Argument`] when an end lies outside, before another one, or inside a character. Nothing is added then.
    pub fn push_pieces(&mut self, text: &str, ends: impl Iterator<Item = usize>) -> Result<(), Error> {
        let (base, rows) = (self.bytes.len() as u64, self.ends.len());
        let mut last = 0;
        for end in ends {
            if end < last || !text.is_char_boundary(end) {
                self.ends.truncate(rows);
                let reason = "are not the ends of pieces of the text".to_owned();
                return Err(Error::Argument { argument: "ends".to_owned(), reason });
            }
            last = end;
            self.ends.push(base + end as u64);
        }
        self.bytes.extend_from_slice(&text.as_bytes()[..last]);
        Ok(())
    }

    /// Number of values, nulls included.
    #[inline]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Value `i`; `None` when it is null or out of range.
    #[inline]
    #[allow(unsafe_code)] // checking UTF-8 again on every read took 8 % of a whole run
    pub fn get(&self, i: usize) -> Option<&str> {
        let end = *self.ends.get(i)? as usize;
        if self.nulls.get(i / 64).is_some_and(|w| w >> (i % 64) & 1 == 1) {
            return None;
        }
        let start = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        let bytes = &self.bytes[start..end];
        debug_assert!(std::str::from_utf8(bytes).is_ok());
        // SAFETY: `bytes` and `ends` are private and grow only by whole `str`s (`push`, `push_copy`) and by a `str` cut
        // between characters (`push_pieces`), so every range between two ends is valid UTF-8.
        Some(unsafe { std::str::from_utf8_unchecked(bytes) })
    }

    /// All values in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        (0..self.len()).map(|i| self.get(i))
    }

    /// Bytes held.
    pub fn memory_bytes(&self) -> usize {
        self.bytes.len() + 8 * (self.ends.len() + self.nulls.len())
    }

    /// Adds all values of `other` at the end.
    pub fn extend_from(&mut self, other: &TextColumn) {
        for v in other.iter() {
            self.push(v);
        }
    }
}

impl<'a> FromIterator<Option<&'a str>> for TextColumn {
    fn from_iter<I: IntoIterator<Item = Option<&'a str>>>(iter: I) -> Self {
        let mut c = TextColumn::new();
        iter.into_iter().for_each(|v| c.push(v));
        c
    }
}

/// A column: plain, or the values once and a code per row (how low-cardinality columns come from Parquet and Arrow).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// One text per row.
    Plain(TextColumn),
    /// `codes[row]` points into `values`; [`Column::NULL_CODE`] is null.
    Dictionary {
        /// Code of each row.
        codes: Vec<u32>,
        /// The distinct values (repeats are allowed).
        values: TextColumn,
    },
}

impl Column {
    /// The dictionary code of a null.
    pub const NULL_CODE: u32 = u32::MAX;

    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Column::Plain(c) => c.len(),
            Column::Dictionary { codes, .. } => codes.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a row.
    #[inline]
    pub fn get(&self, row: usize) -> Option<&str> {
        match self {
            Column::Plain(c) => c.get(row),
            Column::Dictionary { codes, values } => match codes.get(row) {
                Some(&Column::NULL_CODE) | None => None,
                Some(&code) => values.get(code as usize),
            },
        }
    }

    /// Bytes held.
    pub fn memory_bytes(&self) -> usize {
        match self {
            Column::Plain(c) => c.memory_bytes(),
            Column::Dictionary { codes, values } => 4 * codes.len() + values.memory_bytes(),
        }
    }
}

/// Named columns of equal length.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    names: Vec<String>,
    columns: Vec<Column>,
}

impl Table {
    /// A table of named columns.
    ///
    /// # Errors
    /// [`Error::Argument`] when lengths differ or a name comes twice.
    pub fn new(columns: Vec<(String, Column)>) -> Result<Table, Error> {
        let rows = columns.first().map_or(0, |(_, c)| c.len());
        let mut table = Table::default();
        for (name, column) in columns {
            if column.len() != rows {
                return Err(Error::Argument {
                    argument: format!("column `{name}`"),
                    reason: format!("has {} rows where the first column has {rows}", column.len()),
                });
            }
            if table.names.contains(&name) {
                return Err(Error::Argument {
                    argument: format!("column `{name}`"),
                    reason: "comes twice; column names must differ".to_owned(),
                });
            }
            table.names.push(name);
            table.columns.push(column);
        }
        Ok(table)
    }

    /// Rows of every column.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, Column::len)
    }

    /// Column names in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.names.iter().position(|n| n == name).map(|i| &self.columns[i])
    }

    /// The columns with their names, in order.
    pub fn into_columns(self) -> impl Iterator<Item = (String, Column)> {
        self.names.into_iter().zip(self.columns)
    }

    /// The columns in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Bytes held.
    pub fn memory_bytes(&self) -> usize {
        self.columns.iter().map(Column::memory_bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_and_empties_stay_apart() {
        let c: TextColumn = [Some("a"), None, Some(""), Some("é")].into_iter().collect();
        assert_eq!(c.iter().collect::<Vec<_>>(), [Some("a"), None, Some(""), Some("é")]);
        assert_eq!(c.get(9), None);
    }

    #[test]
    fn pieces_of_a_text_are_values() {
        let mut c: TextColumn = [Some("a"), None].into_iter().collect();
        c.push_pieces("xéyzz", [1, 1, 3, 4].into_iter()).unwrap();
        assert_eq!(
            c.iter().collect::<Vec<_>>(),
            [Some("a"), None, Some("x"), Some(""), Some("é"), Some("y")]
        );
        let before = c.clone();
        for wrong in [[1, 2], [1, 9], [3, 1]] {
            assert!(c.push_pieces("xéy", wrong.into_iter()).is_err(), "{wrong:?}");
            assert_eq!(c, before);
        }
    }

    #[test]
    fn a_column_of_another_length_is_refused() {
        let a = Column::Plain([Some("1")].into_iter().collect());
        let b = Column::Plain(TextColumn::new());
        let e = Table::new(vec![("a".into(), a), ("b".into(), b)]).unwrap_err();
        assert_eq!(e.code(), "argument");
    }
}
