//! Arrow record batches to and from the core's own columns. The only file that names Arrow types.

use crate::error::Error;
use crate::normalize::Status;
use crate::normalize::column::NormalizedColumn;
use crate::output::{OutColumn, OutTable};
use crate::table::{Column, Table, TextColumn};
use arrow_array::builder::{ListBuilder, StringBuilder, StringDictionaryBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowDictionaryKeyType, Int32Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, GenericStringArray,
    Int32Array, Int64Array, OffsetSizeTrait, RecordBatch, RecordBatchOptions, StringArray,
    downcast_dictionary_array,
};
use arrow_schema::{DataType, Field, Schema};
use std::sync::Arc;

/// Text columns of record batches, which share one schema. `wanted` picks columns by name; `None` takes all.
///
/// Text and dictionaries of text are taken as they are, other types as their usual writing (`true`, `12.5`,
/// `2026-11-21`).
///
/// # Errors
/// [`Error::Argument`] when a column has a type that has no text form (lists, structs).
pub fn table_of_batches(batches: &[RecordBatch], wanted: Option<&[String]>) -> Result<Table, Error> {
    let Some(first) = batches.first() else { return Table::new(Vec::new()) };
    let mut columns = Vec::new();
    for (i, field) in first.schema().fields().iter().enumerate() {
        if wanted.is_some_and(|w| !w.contains(field.name())) {
            continue;
        }
        let parts: Vec<&ArrayRef> = batches.iter().map(|b| b.column(i)).collect();
        columns.push((field.name().clone(), column_of_arrays(field.name(), &parts)?));
    }
    Table::new(columns)
}

fn column_of_arrays(name: &str, parts: &[&ArrayRef]) -> Result<Column, Error> {
    let rows = parts.iter().map(|a| a.len()).sum();
    if let [one] = parts
        && let DataType::Dictionary(_, value) = one.data_type()
        && is_text(value)
    {
        return Ok(dictionary(one.as_ref()));
    }
    if parts.iter().all(|p| *p.data_type() == DataType::Boolean) && !parts.is_empty() {
        let cells = parts.iter().flat_map(|p| p.as_boolean().iter());
        let codes = cells.map(|v| v.map_or(Column::NULL_CODE, u32::from)).collect();
        return Ok(Column::Dictionary { codes, values: [Some("false"), Some("true")].into_iter().collect() });
    }
    let mut column = TextColumn::with_capacity(rows, rows * 12);
    for part in parts {
        push_array(name, part, &mut column)?;
    }
    Ok(Column::Plain(column))
}

fn is_text(t: &DataType) -> bool {
    matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

fn dictionary(array: &dyn Array) -> Column {
    fn codes<K: ArrowDictionaryKeyType>(d: &DictionaryArray<K>) -> (Vec<u32>, TextColumn) {
        // The usual case at once: 32-bit keys, none of them null.
        let plain = d.keys().as_any().downcast_ref::<Int32Array>().filter(|k| k.null_count() == 0);
        let codes = match plain {
            Some(keys) => keys.values().iter().map(|k| *k as u32).collect(),
            None => (0..d.len()).map(|i| d.key(i).map_or(Column::NULL_CODE, |k| k as u32)).collect(),
        };
        let mut values = TextColumn::new();
        // Values of a text dictionary are text, so nothing can fail here.
        let _ = push_array("", d.values(), &mut values);
        (codes, values)
    }
    let (codes, values) = downcast_dictionary_array!(
        array => codes(array),
        _ => (Vec::new(), TextColumn::new())
    );
    Column::Dictionary { codes, values }
}

/// Copies a text array in one piece when nothing in it is null.
fn push_whole<O: OffsetSizeTrait>(array: &GenericStringArray<O>, out: &mut TextColumn) -> bool {
    let offsets = array.value_offsets();
    let (Some(first), Some(last)) = (offsets.first(), offsets.last()) else { return false };
    let (first, last) = (first.as_usize(), last.as_usize());
    let Some(Ok(text)) = array.value_data().get(first..last).map(std::str::from_utf8) else { return false };
    array.null_count() == 0
        && out.push_pieces(text, offsets[1..].iter().map(|o| o.as_usize() - first)).is_ok()
}

fn push_array(name: &str, array: &ArrayRef, out: &mut TextColumn) -> Result<(), Error> {
    macro_rules! push_text {
        ($array:expr) => {{
            for v in $array.iter() {
                out.push(v);
            }
            return Ok(());
        }};
    }
    match array.data_type() {
        DataType::Utf8 => {
            if push_whole(array.as_string::<i32>(), out) {
                return Ok(());
            }
            push_text!(array.as_string::<i32>())
        }
        DataType::LargeUtf8 => {
            if push_whole(array.as_string::<i64>(), out) {
                return Ok(());
            }
            push_text!(array.as_string::<i64>())
        }
        DataType::Utf8View => push_text!(array.as_string_view()),
        DataType::Boolean => {
            for v in array.as_boolean().iter() {
                out.push(v.map(|b| if b { "true" } else { "false" }));
            }
            return Ok(());
        }
        DataType::Null => {
            (0..array.len()).for_each(|_| out.push(None));
            return Ok(());
        }
        _ => {}
    }
    let no_text = || Error::Argument {
        argument: format!("column `{name}`"),
        reason: format!(
            "has type {}, which has no text form; give text, numbers, dates or booleans",
            array.data_type()
        ),
    };
    // Arrow would write a list as `[a, b]`, which is nobody's value.
    if array.data_type().is_nested() {
        return Err(no_text());
    }
    let as_text = arrow_cast::cast(array, &DataType::Utf8).map_err(|_| no_text())?;
    push_text!(as_text.as_string::<i32>())
}

/// An output table as one record batch.
///
/// # Errors
/// [`Error::TooLarge`] when a text column exceeds what one batch can address (2 GiB).
pub fn batch_of_table(table: &OutTable) -> Result<RecordBatch, Error> {
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (name, column) in &table.columns {
        let array = array_of_column(name, column)?;
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(table.rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
        .map_err(|e| Error::Io { place: format!("table `{}`", table.name), reason: e.to_string() })
}

/// A normalised column as one record batch: `value` (text), `status` (dictionary of text), `codes` (list of text).
///
/// # Errors
/// [`Error::TooLarge`] when the values exceed what one batch can address (2 GiB).
pub fn batch_of_normalized(column: &NormalizedColumn) -> Result<RecordBatch, Error> {
    let statuses: TextColumn = Status::ALL.iter().map(|s| Some(s.name())).collect();
    let status = column.status.iter().map(|s| *s as u32).collect();
    let value = text_array("value", &column.values)?;
    let status =
        array_of_column("status", &OutColumn::Text(Column::Dictionary { codes: status, values: statuses }))?;
    let mut codes = ListBuilder::new(StringBuilder::new());
    for of_row in &column.codes {
        of_row.as_slice().iter().for_each(|c| codes.values().append_value(c.name()));
        codes.append(true);
    }
    let codes: ArrayRef = Arc::new(codes.finish());
    RecordBatch::try_from_iter_with_nullable([
        ("value", value, true),
        ("status", status, false),
        ("codes", codes, false),
    ])
    .map_err(|e| Error::Io { place: "normalised column".into(), reason: e.to_string() })
}

fn text_array(name: &str, texts: &TextColumn) -> Result<ArrayRef, Error> {
    if texts.memory_bytes() > i32::MAX as usize {
        return Err(Error::TooLarge { what: format!("column `{name}`"), limit: "2 GiB of text".into() });
    }
    let mut b = StringBuilder::with_capacity(texts.len(), texts.len() * 16);
    texts.iter().for_each(|t| b.append_option(t));
    Ok(Arc::new(b.finish()))
}

fn array_of_column(name: &str, column: &OutColumn) -> Result<ArrayRef, Error> {
    Ok(match column {
        OutColumn::Text(Column::Plain(texts)) => text_array(name, texts)?,
        OutColumn::Text(Column::Dictionary { codes, values }) => {
            let keys: Int32Array =
                codes.iter().map(|c| (*c != Column::NULL_CODE).then_some(*c as i32)).collect();
            let values: StringArray = values.iter().collect();
            match DictionaryArray::<Int32Type>::try_new(keys, Arc::new(values)) {
                Ok(d) => Arc::new(d),
                Err(_) => {
                    let mut b = StringDictionaryBuilder::<Int32Type>::new();
                    codes.iter().for_each(|_| b.append_null());
                    Arc::new(b.finish())
                }
            }
        }
        OutColumn::Integer(v) => Arc::new(v.iter().copied().collect::<Int64Array>()),
        OutColumn::Decimal(v, scale) => {
            let array: Decimal128Array = v.iter().map(|n| n.map(i128::from)).collect();
            Arc::new(
                array
                    .with_precision_and_scale(18, *scale as i8)
                    .map_err(|e| Error::Io { place: format!("column `{name}`"), reason: e.to_string() })?,
            )
        }
        OutColumn::Day(v) => Arc::new(v.iter().copied().collect::<Date32Array>()),
        OutColumn::Boolean(v) => Arc::new(v.iter().copied().collect::<BooleanArray>()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::types::UInt8Type;

    fn texts(array: ArrayRef) -> Result<Vec<Option<String>>, Error> {
        let batch = RecordBatch::try_from_iter([("a", array)]).unwrap();
        let table = table_of_batches(&[batch], None)?;
        let column = &table.columns()[0];
        Ok((0..column.len()).map(|i| column.get(i).map(str::to_owned)).collect())
    }

    #[test]
    fn a_list_is_no_text() {
        let mut b = ListBuilder::new(StringBuilder::new());
        b.append_value([Some("x")]);
        assert_eq!(texts(Arc::new(b.finish())).unwrap_err().code(), "argument");
    }

    #[test]
    fn dictionaries_and_dates_are_read() {
        let words: DictionaryArray<UInt8Type> = [Some("x"), None, Some("x")].into_iter().collect();
        assert_eq!(texts(Arc::new(words)).unwrap(), [Some("x".into()), None, Some("x".into())]);
        assert_eq!(texts(Arc::new(Date32Array::from(vec![0]))).unwrap(), [Some("1970-01-01".into())]);
    }

    #[test]
    fn a_table_without_columns_is_a_batch() {
        let batch = batch_of_table(&OutTable { name: "none", columns: Vec::new() }).unwrap();
        assert_eq!((batch.num_rows(), batch.num_columns()), (0, 0));
    }
}
