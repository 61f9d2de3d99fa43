//! Checks a document against the generated JSON Schema and reports every problem with its path.
//!
//! Only the part of JSON Schema that our generator writes is read. A general validator stops at "no variant
//! matches"; this one follows the variant that was meant and names the nearest known word.

use crate::error::{Problem, did_you_mean};
use serde_json::{Map, Value};

/// Every structural problem of `document` under `schema`, in document order.
pub fn check(document: &Value, schema: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    Checker { root: schema }.walk(document, schema, "", &mut problems);
    problems
}

struct Checker<'a> {
    root: &'a Value,
}

impl<'a> Checker<'a> {
    fn resolve(&self, mut schema: &'a Value) -> &'a Value {
        for _ in 0..32 {
            match schema.get("$ref").and_then(Value::as_str) {
                Some(r) => schema = self.root.pointer(r.trim_start_matches('#')).unwrap_or(schema),
                None => break,
            }
        }
        schema
    }

    fn walk(&self, value: &Value, schema: &'a Value, path: &str, out: &mut Vec<Problem>) {
        let schema = self.resolve(schema);
        if let Some(words) = self.words(schema) {
            return check_word(value, &words, path, out);
        }
        if let Some(variants) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array)
        {
            return self.walk_variants(value, variants, path, out);
        }
        if let Some(types) = schema.get("type")
            && !type_names(types).iter().any(|t| has_type(value, t))
        {
            let wanted =
                type_names(types).into_iter().filter(|t| *t != "null").map(article).collect::<Vec<_>>();
            let wanted = wanted.join(" or ");
            return out.push(Problem::new(path, format!("is {}; give {wanted}", article(type_of(value)))));
        }
        match value {
            Value::Object(map) => self.walk_object(map, schema, path, out),
            Value::Array(items) => {
                if let Some(item) = schema.get("items") {
                    for (i, v) in items.iter().enumerate() {
                        self.walk(v, item, &format!("{path}[{i}]"), out);
                    }
                }
            }
            Value::Number(n) => {
                let n = n.as_f64().unwrap_or(f64::NAN);
                let low = schema.get("minimum").and_then(Value::as_f64);
                let high = schema.get("maximum").and_then(Value::as_f64);
                if low.is_some_and(|l| n < l) || high.is_some_and(|h| n > h) {
                    let range = match (low, high) {
                        (Some(l), Some(h)) => format!("{l} to {h}"),
                        (Some(l), None) => format!("{l} or more"),
                        (_, h) => format!("at most {}", h.unwrap_or(0.0)),
                    };
                    out.push(Problem::new(path, format!("{n} is out of range; use {range}")));
                }
            }
            Value::String(s) => {
                let n = s.chars().count() as u64;
                let low = schema.get("minLength").and_then(Value::as_u64).unwrap_or(0);
                let high = schema.get("maxLength").and_then(Value::as_u64).unwrap_or(u64::MAX);
                if n < low || n > high {
                    out.push(Problem::new(path, format!("has {n} characters; use {low} to {high}")));
                }
            }
            _ => {}
        }
    }

    fn walk_object(&self, map: &Map<String, Value>, schema: &'a Value, path: &str, out: &mut Vec<Problem>) {
        let empty = Map::new();
        let known = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let others = schema.get("additionalProperties");
        for (key, value) in map {
            let at = join(path, key);
            match (known.get(key), others) {
                (Some(_), _) => {
                    if let Some(s) = schema.get("properties").and_then(|p| p.get(key)) {
                        self.walk(value, s, &at, out);
                    }
                }
                (None, Some(Value::Bool(false))) => {
                    let names = known.keys().map(String::as_str);
                    let hint = did_you_mean(key, names.clone());
                    let listed = names.collect::<Vec<_>>().join(", ");
                    out.push(Problem::new(at, format!("is not a known key{hint}; known here: {listed}")));
                }
                (None, Some(s @ Value::Object(_))) => self.walk(value, s, &at, out),
                (None, _) => {}
            }
        }
        for key in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            if let Some(key) = key.as_str()
                && !map.contains_key(key)
            {
                out.push(Problem::new(join(path, key), "is missing"));
            }
        }
    }

    /// The variant that was meant: the one of the value's own type; among several, the one with fewest problems.
    fn walk_variants(&self, value: &Value, variants: &'a [Value], path: &str, out: &mut Vec<Problem>) {
        let mut best: Option<Vec<Problem>> = None;
        for variant in variants {
            let resolved = self.resolve(variant);
            let fits = match resolved.get("type") {
                Some(t) => type_names(t).iter().any(|t| has_type(value, t)),
                None => true,
            };
            if fits {
                let mut problems = Vec::new();
                self.walk(value, variant, path, &mut problems);
                if best.as_ref().is_none_or(|b| problems.len() < b.len()) {
                    best = Some(problems);
                }
            }
        }
        match best {
            Some(problems) => out.extend(problems),
            None => {
                let mut wanted: Vec<&str> = Vec::new();
                for variant in variants {
                    for t in self.resolve(variant).get("type").map(type_names).unwrap_or_default() {
                        if t != "null" && !wanted.contains(&t) {
                            wanted.push(t);
                        }
                    }
                }
                let wanted = wanted.into_iter().map(article).collect::<Vec<_>>().join(" or ");
                out.push(Problem::new(path, format!("is {}; give {wanted}", article(type_of(value)))));
            }
        }
    }

    /// The words of an enumeration, whether written as `enum` or as a list of `const`.
    fn words(&self, schema: &'a Value) -> Option<Vec<&'a str>> {
        if let Some(list) = schema.get("enum").and_then(Value::as_array) {
            return Some(list.iter().filter_map(Value::as_str).collect());
        }
        if let Some(c) = schema.get("const").and_then(Value::as_str) {
            return Some(vec![c]);
        }
        let variants = schema.get("oneOf").and_then(Value::as_array)?;
        let mut words = Vec::new();
        for v in variants {
            words.extend(self.words(self.resolve(v))?);
        }
        Some(words)
    }
}

fn check_word(value: &Value, words: &[&str], path: &str, out: &mut Vec<Problem>) {
    match value.as_str() {
        Some(s) if words.contains(&s) => {}
        Some(s) => {
            let hint = did_you_mean(s, words.iter().copied());
            out.push(Problem::new(
                path,
                format!("`{s}` is not known{hint}; use one of {}", words.join(", ")),
            ));
        }
        None => {
            out.push(Problem::new(
                path,
                format!("is {}; use one of {}", article(type_of(value)), words.join(", ")),
            ));
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn type_names(t: &Value) -> Vec<&str> {
    match t {
        Value::String(s) => vec![s.as_str()],
        Value::Array(a) => a.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn has_type(value: &Value, wanted: &str) -> bool {
    let found = type_of(value);
    found == wanted || (wanted == "number" && found == "integer")
}

fn article(name: &str) -> &'static str {
    match name {
        "null" => "nothing",
        "boolean" => "true or false",
        "number" => "a number",
        "integer" => "a whole number",
        "string" => "a text",
        "array" => "a list",
        _ => "a table",
    }
}
