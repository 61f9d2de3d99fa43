//! Whole columns: the same function as for one value, called once per distinct value where values repeat.

use super::{Codes, Context, Kind, Output, Status, into};
use crate::intern::hash_bytes;
use crate::table::{Column, TextColumn};

/// A normalised column: three columns of equal length.
#[derive(Debug, Clone, Default)]
pub struct NormalizedColumn {
    /// Normal forms; null when rejected or empty.
    pub values: TextColumn,
    /// Status of each value.
    pub status: Vec<Status>,
    /// Codes of each value.
    pub codes: Vec<Codes>,
}

impl NormalizedColumn {
    fn with_capacity(rows: usize) -> NormalizedColumn {
        NormalizedColumn {
            values: TextColumn::with_capacity(rows, rows * 12),
            status: Vec::with_capacity(rows),
            codes: Vec::with_capacity(rows),
        }
    }

    fn push(&mut self, value: Option<&str>, status: Status, codes: Codes) {
        self.values.push(value);
        self.status.push(status);
        self.codes.push(codes);
    }

    fn repeat(&mut self, row: usize) {
        // The arena only grows, so the text is copied from an earlier row of the same column.
        self.values.push_copy(row);
        self.status.push(self.status[row]);
        self.codes.push(self.codes[row]);
    }
}

/// How a column's repeated values are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Repeats {
    /// Remember recent values and copy their answers.
    #[default]
    Remember,
    /// Normalise every row anew.
    Recompute,
}

/// Normalises every value of a column; nulls are `empty`. Each answer depends on its own value alone.
///
/// # Examples
/// ```
/// use rcu_core::normalize::{column::{self, Repeats}, Context, Country, Kind};
/// use rcu_core::table::Column;
/// use rcu_core::time::Day;
/// let cx = Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap());
/// let raw = Column::Plain([Some("06 30 12 45 78"), None, Some("abc")].into_iter().collect());
/// let out = column::normalize(Kind::Phone, &raw, &cx, Repeats::Remember);
/// assert_eq!(out.values.iter().collect::<Vec<_>>(), [Some("+33630124578"), None, None]);
/// ```
pub fn normalize(kind: Kind, raw: &Column, cx: &Context, repeats: Repeats) -> NormalizedColumn {
    match raw {
        Column::Plain(texts) => plain(kind, texts, cx, repeats),
        Column::Dictionary { codes, values } => {
            let distinct = plain(kind, values, cx, Repeats::Recompute);
            let mut out = NormalizedColumn::with_capacity(codes.len());
            for code in codes {
                let i = *code as usize;
                match distinct.status.get(i) {
                    Some(status) => out.push(distinct.values.get(i), *status, distinct.codes[i]),
                    None => out.push(None, Status::Empty, Codes::new()),
                }
            }
            out
        }
    }
}

/// Rows remembered: a power of two, so that a slot is a mask away.
const REMEMBERED: usize = 1 << 12;

fn plain(kind: Kind, texts: &TextColumn, cx: &Context, repeats: Repeats) -> NormalizedColumn {
    let mut result = NormalizedColumn::with_capacity(texts.len());
    let mut out = Output::new();
    // Slot of a text's hash: the last row with it, plus one.
    let mut seen = if repeats == Repeats::Remember { vec![0u32; REMEMBERED] } else { Vec::new() };
    for (row, raw) in texts.iter().enumerate() {
        let Some(raw) = raw else {
            result.push(None, Status::Empty, Codes::new());
            continue;
        };
        if !seen.is_empty() {
            let slot = &mut seen[hash_bytes(raw.as_bytes()) as usize & (REMEMBERED - 1)];
            let before = *slot;
            *slot = u32::try_from(row + 1).unwrap_or(0);
            if before != 0 && texts.get(before as usize - 1) == Some(raw) {
                result.repeat(before as usize - 1);
                continue;
            }
        }
        into(kind, raw, cx, &mut out);
        result.push(out.value(), out.status(), *out.codes());
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{Country, any};
    use crate::time::Day;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_column_answers_as_its_values_do(
            texts in proptest::collection::vec(proptest::option::of("[0-9A-Za-zé@. +-]{0,12}"), 0..40),
            picks in proptest::collection::vec(0usize..40, 0..80),
            kind in proptest::sample::select(Kind::ALL),
        ) {
            let cx = Context::new(Country::FR, Day(20_000));
            let rows: Vec<Option<&str>> = picks.iter().filter_map(|i| texts.get(*i)).map(|t| t.as_deref()).collect();
            let plain = Column::Plain(rows.iter().copied().collect());
            let codes = picks.iter().filter(|i| **i < texts.len()).map(|i| *i as u32).collect();
            let dictionary = Column::Dictionary { codes, values: texts.iter().map(|t| t.as_deref()).collect() };
            for column in [&plain, &dictionary] {
                for repeats in [Repeats::Remember, Repeats::Recompute] {
                    let got = normalize(kind, column, &cx, repeats);
                    prop_assert_eq!(got.status.len(), rows.len());
                    for (i, raw) in rows.iter().enumerate() {
                        let want = any(kind, raw.unwrap_or(""), &cx);
                        prop_assert_eq!(got.values.get(i), want.value.as_deref());
                        prop_assert_eq!(got.status[i], want.status);
                        prop_assert_eq!(got.codes[i].as_slice(), &want.codes[..]);
                    }
                }
            }
        }
    }
}
