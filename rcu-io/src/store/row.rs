//! Records and people as rows: lists in JSON, so that any SQLite client reads them, and a checksum.

use super::failure::{Failure, Outcome};
use super::names::Names;
use rcu_core::records::{Mark, OwnRecord, OwnValue};
use rcu_core::repository::{KeptValue, Ordinal, Person};
use rcu_core::survivorship::Rule;
use rcu_core::time::Day;
use serde::Deserialize;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use std::fmt::{self, Write as _};
use twox_hash::XxHash3_64;

/// The checksum of a row: its numbers and its texts.
pub(super) fn seal(numbers: &[i64], texts: &[&str]) -> i64 {
    // A multiplication between parts, so that two of them cannot change places.
    let add = |sum: u64, part: u64| sum.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31) ^ part;
    let sum = numbers.iter().fold(1, |sum, n| add(sum, *n as u64));
    texts.iter().fold(sum, |sum, text| add(sum, XxHash3_64::oneshot(text.as_bytes()))) as i64
}

/// Reads JSON that this module wrote.
pub(super) fn parse<T: DeserializeOwned>(json: &str) -> Outcome<T> {
    serde_json::from_str(json).map_err(|_| Failure::Damaged("a list in a row"))
}

/// Writes JSON. Texts and numbers always can be.
pub(super) fn json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn text(out: &mut String, text: &str) {
    // Most values need no escape.
    match text.bytes().any(|b| b < 0x20 || b == b'"' || b == b'\\') {
        true => out.push_str(&json(text)),
        false => {
            out.push('"');
            out.push_str(text);
            out.push('"');
        }
    }
}

/// A list, each element by `write`.
fn list<T>(items: &[T], mut write: impl FnMut(&mut String, &T)) -> String {
    let mut out = String::with_capacity(2 + 24 * items.len());
    out.push('[');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        write(&mut out, item);
    }
    out.push(']');
    out
}

/// `[[field, slot, mark, value], …]`
pub(super) fn values_to_json(names: &Names, values: &[OwnValue]) -> String {
    list(values, |out, v| {
        let _ = write!(out, "[{},{},{},", names.fields.to_file(v.field), v.slot, v.mark.to_bits());
        text(out, &v.text);
        out.push(']');
    })
}

/// The record of a row. Values of fields that the plan does not have are left out.
pub(super) fn record(
    names: &Names,
    source: u32,
    id: String,
    updated: Option<i32>,
    fields: &str,
) -> Outcome<OwnRecord> {
    let Some(source) = names.sources.to_plan(source) else {
        return Err(Failure::Said(
            "keeps records of a source that the configuration does not declare".into(),
        ));
    };
    let listed: Vec<(u32, usize, u8, String)> = parse(fields)?;
    let mut values = Vec::with_capacity(listed.len());
    for (field, slot, mark, text) in listed {
        if let Some(field) = names.fields.to_plan(field) {
            values.push(OwnValue { field: field as usize, slot, mark: Mark::from_bits(mark), text });
        }
    }
    if !names.fields.in_order() {
        values.sort_by_key(|v| (v.field, v.slot));
    }
    Ok(OwnRecord { source: source as u16, id, updated: updated.map(Day), values })
}

/// `{"column": "text", …}`
pub(super) fn cells_to_json(cells: &[(String, String)]) -> String {
    let mut out = list(cells, |out, (column, cell)| {
        text(out, column);
        out.push(':');
        text(out, cell);
    });
    out.replace_range(..1, "{");
    out.pop();
    out.push('}');
    out
}

/// Cells in the order in which they were written.
pub(super) fn cells(json: &str) -> Outcome<Vec<(String, String)>> {
    struct Cells(Vec<(String, String)>);
    impl<'de> Deserialize<'de> for Cells {
        fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Cells, D::Error> {
            struct V;
            impl<'de> Visitor<'de> for V {
                type Value = Cells;
                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("cells by column")
                }
                fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cells, A::Error> {
                    let mut cells = Vec::with_capacity(16);
                    while let Some(cell) = map.next_entry()? {
                        cells.push(cell);
                    }
                    Ok(Cells(cells))
                }
            }
            d.deserialize_map(V)
        }
    }
    parse::<Cells>(json).map(|c| c.0)
}

/// `[[field, value, record, score, beaten, rule], …]`
pub(super) fn golden_to_json(names: &Names, values: &[KeptValue]) -> String {
    list(values, |out, v| {
        let _ = write!(out, "[{},", names.fields.to_file(v.field));
        text(out, &v.text);
        let _ = write!(out, ",{},{},{},\"{}\"]", v.from, v.score, v.beaten, v.rule.name());
    })
}

/// The rule that chose a value, by its name in provenance.
struct Chosen(Rule);

impl<'de> Deserialize<'de> for Chosen {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Chosen, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Chosen;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("the name of a rule")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Chosen, E> {
                Rule::named(name).map(Chosen).ok_or_else(|| E::custom("no rule"))
            }
        }
        from.deserialize_str(Name)
    }
}

/// The person of a row.
pub(super) fn person(
    names: &Names,
    golden_id: String,
    aliases: &str,
    members: &str,
    fields: &str,
) -> Outcome<Person> {
    let listed: Vec<(u32, String, Ordinal, u16, u16, Chosen)> = parse(fields)?;
    let mut values = Vec::with_capacity(listed.len());
    for (field, text, from, score, beaten, Chosen(rule)) in listed {
        if let Some(field) = names.fields.to_plan(field) {
            values.push(KeptValue { field: field as usize, text, from, score, beaten, rule });
        }
    }
    if !names.fields.in_order() {
        values.sort_by_key(|v| v.field);
    }
    Ok(Person { golden_id, aliases: parse(aliases)?, members: parse(members)?, values })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_as_they_were() {
        for cells_of in [
            vec![],
            vec![("NOM".to_owned(), "L\"É\\o\n".to_owned()), ("a\"".to_owned(), String::new())],
            vec![("\u{1}\u{7f}é".to_owned(), "\u{2028}🎈".to_owned())],
        ] {
            assert_eq!(cells(&cells_to_json(&cells_of)).unwrap(), cells_of);
        }
        assert_eq!(cells_to_json(&[("a".into(), "b".into())]), r#"{"a":"b"}"#);
    }

    #[test]
    fn a_seal_knows_where_each_text_stands() {
        assert_ne!(seal(&[1], &["a", "b"]), seal(&[1], &["b", "a"]));
        assert_ne!(seal(&[1], &["a", "b"]), seal(&[2], &["a", "b"]));
        assert_ne!(seal(&[1], &["", "b"]), seal(&[1], &["b", ""]));
    }
}
