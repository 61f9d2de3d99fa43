//! One value given from JavaScript, as the text that a file would hold.

use super::not_rows;
use rcu_core::Error;
use rcu_core::table::TextColumn;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// An array of texts, numbers, truth values and nulls as a column.
///
/// # Errors
/// [`Error::Argument`] when the array is not one.
pub fn column(texts: &[String], argument: &str) -> Result<TextColumn, Error> {
    let mut column = TextColumn::new();
    for text in texts {
        let values = Values(&mut column);
        serde_json::Deserializer::from_str(text).deserialize_seq(values).map_err(|_| not_rows(argument))?;
    }
    Ok(column)
}

/// The fields of one record as (name, text) pairs: a null is a blank text, an array several values of one field.
///
/// # Errors
/// [`Error::Argument`] when it is no object.
pub fn fields(json: Option<&str>) -> Result<Vec<(String, String)>, Error> {
    let not_a_record =
        || Error::Argument { argument: "record".into(), reason: "is not a plain object of texts".into() };
    let Ok(Value::Object(record)) = serde_json::from_str(json.unwrap_or("null")) else {
        return Err(not_a_record());
    };
    let mut fields = Vec::new();
    for (name, value) in record {
        let values = match value {
            Value::Array(values) => values,
            one => vec![one],
        };
        for value in values {
            fields.push((
                name.clone(),
                match value {
                    Value::Null => String::new(),
                    Value::String(text) => text,
                    Value::Bool(_) | Value::Number(_) => value.to_string(),
                    Value::Array(_) | Value::Object(_) => return Err(not_a_record()),
                },
            ));
        }
    }
    Ok(fields)
}

/// The text of a cell, as a JSON Lines file would give it; `None` for null.
pub(super) struct Cell<'a>(pub &'a mut String);

impl Cell<'_> {
    fn write<E>(self, text: &str) -> Result<bool, E> {
        self.0.push_str(text);
        Ok(true)
    }
}

impl<'de> DeserializeSeed<'de> for Cell<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<bool, D::Error> {
        self.0.clear();
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Cell<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, v: &str) -> Result<bool, E> {
        self.write(v)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E>(self, v: bool) -> Result<bool, E> {
        self.write(if v { "true" } else { "false" })
    }

    fn visit_u64<E>(self, v: u64) -> Result<bool, E> {
        self.write(&v.to_string())
    }

    fn visit_i64<E>(self, v: i64) -> Result<bool, E> {
        self.write(&v.to_string())
    }

    fn visit_f64<E>(self, v: f64) -> Result<bool, E> {
        self.write(&Value::from(v).to_string())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<bool, A::Error> {
        let value = Value::deserialize(serde::de::value::SeqAccessDeserializer::new(seq))?;
        self.write(&value.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<bool, A::Error> {
        let value = Value::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
        self.write(&value.to_string())
    }
}

/// The values of an array, added to a column.
struct Values<'a>(&'a mut TextColumn);

impl<'de> Visitor<'de> for Values<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut text = String::new();
        while let Some(there) = seq.next_element_seed(Cell(&mut text))? {
            self.0.push(there.then_some(text.as_str()));
        }
        Ok(())
    }
}
