//! Mapped values of a table's rows, parsed once per distinct value where the column is a dictionary.

use crate::config::{Families, SourcePlan, Target};
use crate::error::Error;
use crate::ingest::{Input, Reader};
use crate::normalize::text::trimmed;
use crate::normalize::{Codes, Context, Kind, Output, date, into, money};
use crate::time::Day;
use std::borrow::Cow;

/// The readers of one table by position of the field in its family.
pub(super) struct Bound<'a> {
    readers: Vec<Option<(Reader<'a>, &'a Context)>>,
    /// The date of last change.
    pub(super) updated: Option<(Reader<'a>, &'a Context)>,
}

impl<'a> Bound<'a> {
    pub(super) fn new(
        families: &Families,
        source: &'a SourcePlan,
        input: &'a Input,
    ) -> Result<Bound<'a>, Error> {
        let mut readers: Vec<_> = families.fields(source.family).iter().map(|_| None).collect();
        for i in &source.inputs {
            if let Target::Fact(position) = i.target {
                readers[position] = Some((Reader::bind(i, &source.name, &input.table)?, &i.context));
            }
        }
        let updated = match &source.updated_at {
            Some(u) => Some((Reader::bind(u, &source.name, &input.table)?, &u.context)),
            None => None,
        };
        Ok(Bound { readers, updated })
    }

    /// The values of a field.
    pub(super) fn cells<T: Copy>(&self, field: usize) -> Cells<'_, 'a, T> {
        Cells::new(self.readers.get(field).and_then(Option::as_ref))
    }

    /// Whether the source maps the field.
    pub(super) fn has(&self, field: usize) -> bool {
        self.readers.get(field).is_some_and(Option::is_some)
    }
}

/// The values of one field, row by row.
pub(super) struct Cells<'r, 'a, T> {
    reader: Option<&'r (Reader<'a>, &'a Context)>,
    codes: Option<&'a [u32]>,
    /// By code; of a constant the only entry.
    memo: Vec<Option<Option<T>>>,
}

impl<'r, 'a, T: Copy> Cells<'r, 'a, T> {
    pub(super) fn new(reader: Option<&'r (Reader<'a>, &'a Context)>) -> Cells<'r, 'a, T> {
        let codes = reader.and_then(|(r, _)| r.codes());
        let constant = reader.is_some_and(|(r, _)| r.is_constant());
        let size = match codes {
            // One more than the largest code, which is where nulls go.
            Some((_, distinct)) => distinct + 1,
            None => usize::from(constant),
        };
        Cells { reader, codes: codes.map(|(c, _)| c), memo: vec![None; size] }
    }

    /// The value of a row, `None` when nothing is mapped, written or read. `parse` sees each distinct text of a
    /// dictionary once.
    #[inline(always)] // most fields are not mapped, and then nothing is left of the call
    pub(super) fn get(&mut self, row: usize, parse: impl FnOnce(&str, &Context) -> Option<T>) -> Option<T> {
        match self.reader {
            Some((reader, cx)) => self.read(reader, cx, row, parse),
            None => None,
        }
    }

    #[inline]
    fn read(
        &mut self,
        reader: &Reader<'a>,
        cx: &Context,
        row: usize,
        parse: impl FnOnce(&str, &Context) -> Option<T>,
    ) -> Option<T> {
        let slot = match self.codes {
            Some(codes) => (*codes.get(row)? as usize).min(self.memo.len() - 1),
            None => 0,
        };
        if let Some(Some(known)) = self.memo.get(slot) {
            return *known;
        }
        let value = reader.get(row).filter(|t| !trimmed(t).is_empty()).and_then(|t| parse(&t, cx));
        if let Some(place) = self.memo.get_mut(slot) {
            *place = Some(value);
        }
        value
    }

    /// The trimmed text of a row's cell, unless it is blank.
    pub(super) fn reader_text(&self, row: usize) -> Option<String> {
        self.raw(row).map(|(t, _)| t.trim().to_owned())
    }

    /// The text of a row's cell, unless it is blank, with its conventions.
    pub(super) fn raw(&self, row: usize) -> Option<(Cow<'a, str>, &'a Context)> {
        let (reader, cx) = self.reader?;
        reader.get(row).filter(|t| !trimmed(t).is_empty()).map(|t| (t, *cx))
    }

    /// Whether the source maps the field.
    pub(super) fn is_mapped(&self) -> bool {
        self.reader.is_some()
    }

    /// Whether the cell of a row holds anything, readable or not.
    pub(super) fn is_written(&self, row: usize) -> bool {
        self.reader.is_some_and(|(r, _)| r.get(row).is_some_and(|t| !trimmed(&t).is_empty()))
    }
}

/// The amount of a cell, in whole minor units of what it says.
pub(super) fn amount(text: &str, cx: &Context) -> Option<money::Amount> {
    money::parse(text, cx, &mut Codes::new())
}

/// The moment of a cell.
pub(super) fn moment(text: &str, cx: &Context) -> Option<date::Moment> {
    date::parse_moment(text, cx, &mut Codes::new())
}

/// The calendar day of a cell.
pub(super) fn day(text: &str, cx: &Context) -> Option<Day> {
    date::parse_day(text, cx, &mut Codes::new())
}

/// What a normaliser makes of a cell.
pub(super) fn normal(kind: Kind, text: &str, cx: &Context) -> Option<String> {
    let mut out = Output::new();
    into(kind, text, cx, &mut out);
    out.value().map(str::to_owned)
}

/// Yes or no.
pub(super) fn boolean(text: &str, cx: &Context) -> Option<bool> {
    normal(Kind::Boolean, text, cx).map(|v| v == "true")
}

/// Thousandths of a decimal number, further decimals cut off.
pub(super) fn thousandths(text: &str, cx: &Context) -> Option<i64> {
    scaled(&normal(Kind::Decimal, text.trim().trim_end_matches('%'), cx)?, 3)
}

/// Units of `10^-scale` of a plain decimal number, further decimals cut off.
pub(super) fn scaled(decimal: &str, scale: usize) -> Option<i64> {
    let (negative, digits) = decimal.strip_prefix('-').map_or((false, decimal), |t| (true, t));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut n = whole.parse::<i64>().ok()?;
    for i in 0..scale {
        let digit = fraction.as_bytes().get(i).map_or(0, |d| i64::from(d.saturating_sub(b'0')));
        n = n.checked_mul(10)?.checked_add(digit)?;
    }
    Some(if negative { -n } else { n })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_become_whole_units() {
        assert_eq!(scaled("-1.5", 3), Some(-1500));
        assert_eq!(scaled("0.0009", 3), Some(0));
        assert_eq!(scaled("12", 0), Some(12));
        assert_eq!(scaled("99999999999999999999", 3), None);
    }
}
