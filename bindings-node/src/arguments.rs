//! What comes in from JavaScript, taken on its thread as plain Rust values that a worker may own.

use napi::ValueType;
use napi::bindgen_prelude::{
    Either, Env, FnArgs, FromNapiValue, Function, FunctionCallContext, JsObjectValue, JsValue, Object,
    Uint8Array, Unknown,
};
use rcu_core::Error;
use rcu_core::config::Config;
use rcu_core::error::did_you_mean;
use rcu_core::lists::ListsSpec;
use rcu_core::normalize::{Context, Country, DateOrder, Kind, Options};
use rcu_io::config;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::PathBuf;

/// How one value, or each value of a column or record, is normalised.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct NormalizeOptions {
    /// Country of the source, ISO 3166-1 alpha-2; `'FR'` by default.
    region: Option<String>,
    /// The day on which ages and futures are judged, `YYYY-MM-DD`; today in Paris by default.
    as_of: Option<String>,
    /// The source's decimal separator, `'.'` or `','`, when it is known.
    decimal_separator: Option<String>,
    /// Order of figures in dates; `'DMY'` by default.
    date_order: Option<DateOrder>,
    /// Keep special numbers (08, short ones), as companies have; `false` by default.
    allow_special: Option<bool>,
    /// The installation's own lists, as the `lists` part of a configuration; files that they name are relative to the
    /// current folder. The shipped lists alone by default.
    #[schemars(with = "Option<ListsSpec>")]
    lists: Option<Value>,
}

impl NormalizeOptions {
    /// The context they describe.
    pub fn context(&self) -> Result<Context, Error> {
        let wrong = |argument: &str, reason: &str| Error::Argument {
            argument: argument.to_owned(),
            reason: reason.to_owned(),
        };
        let region = match &self.region {
            None => Country::FR,
            Some(code) => Country::new(code)
                .ok_or_else(|| wrong("region", "is not a two-letter country code, as `FR` is"))?,
        };
        let as_of = match &self.as_of {
            None => rcu_io::clock::today(),
            Some(text) => config::day("asOf", text)?,
        };
        let decimal_separator = match self.decimal_separator.as_deref() {
            None => None,
            Some(".") => Some('.'),
            Some(",") => Some(','),
            Some(_) => return Err(wrong("decimalSeparator", "is neither `.` nor `,`")),
        };
        let mut cx = Context::new(region, as_of);
        cx.options = Options {
            decimal_separator,
            date_order: self.date_order.unwrap_or_default(),
            allow_special: self.allow_special.unwrap_or_default(),
        };
        if let Some(lists) = &self.lists {
            cx.tables = rcu_io::lists::tables(lists, region)?;
        }
        Ok(cx)
    }
}

/// Options of a column.
#[derive(Debug, Clone, Default, JsonSchema)]
pub struct ColumnOptions {
    /// How its values are normalised.
    #[schemars(flatten)]
    pub each: NormalizeOptions,
    /// Which column of the Arrow table to take; needed when it has several.
    pub column: Option<String>,
}

impl ColumnOptions {
    /// Reads them from JSON.
    pub fn read(json: Option<String>) -> Result<ColumnOptions, Error> {
        let mut all: serde_json::Map<String, Value> = read_options(json)?;
        let column = all.remove("column").and_then(|c| c.as_str().map(str::to_owned));
        let each = from_value("options", Value::Object(all))?;
        Ok(ColumnOptions { each, column })
    }
}

/// Where a run's files are, and its day.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ResolveOptions {
    /// Folder that the paths in the configuration are relative to; by default that of the configuration's file, or
    /// the current one when the configuration is no file.
    pub input: Option<PathBuf>,
    /// The day on which ages and periods are judged, `YYYY-MM-DD`; by default that of the configuration, else today.
    pub as_of: Option<String>,
}

/// The form in which a table is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TableFormat {
    /// An array of plain objects.
    #[default]
    Rows,
    /// The bytes of an Arrow IPC stream.
    Arrow,
}

/// Options of a table.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TableOptions {
    /// `'rows'` (plain objects, the default) or `'arrow'` (bytes of an Arrow IPC stream).
    pub format: TableFormat,
}

/// Options of a person's page.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ViewOptions {
    /// Show what this role sees; by default everything.
    pub role: Option<String>,
}

/// Rows or values as they were given.
#[derive(Debug)]
pub enum Given {
    /// An array, as JSON arrays one after the other.
    Json(Vec<String>),
    /// An Arrow IPC stream or file.
    Arrow(Vec<u8>),
}

/// A kind's name.
pub fn kind(name: Option<String>) -> Result<Kind, Error> {
    let name: String = from_json("kind", name.as_deref().unwrap_or("null"))?;
    Kind::from_name(&name).ok_or_else(|| {
        let hint = did_you_mean(&name, Kind::ALL.iter().map(|k| k.name()));
        Error::UnknownKind { kind: name, hint }
    })
}

/// A configuration from what was given, as JSON, and the folder its paths are relative to.
pub fn configuration(json: Option<String>) -> Result<(Config, PathBuf), Error> {
    match from_json("config", json.as_deref().unwrap_or("null"))? {
        Value::String(path_or_text) => config::open(&path_or_text),
        object @ Value::Object(_) => {
            let mut config = Config::from_value(object)?;
            config::read_files(&mut config, &PathBuf::new())?;
            Ok((config, PathBuf::new()))
        }
        _ => Err(Error::Argument {
            argument: "config".into(),
            reason: "is neither an object, nor the path of a .toml, .yaml or .json file, nor a text".into(),
        }),
    }
}

/// Options from JSON; absent ones are the defaults.
pub fn read_options<T: DeserializeOwned + Default>(json: Option<String>) -> Result<T, Error> {
    match json.as_deref() {
        None | Some("null") => Ok(T::default()),
        Some(text) => from_json("options", text),
    }
}

/// A value of JavaScript, read from its JSON; an absent one is null.
pub fn of<T: DeserializeOwned>(env: &Env, value: &Unknown, argument: &str) -> Result<T, Error> {
    from_json(argument, json(env, value, argument)?.as_deref().unwrap_or("null"))
}

/// Options as an object; absent ones are the defaults.
pub fn options_of<T: DeserializeOwned + Default>(env: &Env, value: &Unknown) -> Result<T, Error> {
    read_options(json(env, value, "options")?)
}

/// A text, or a number as it is written; `None` for nothing.
pub fn text(env: &Env, value: &Unknown, argument: &str) -> Result<Option<String>, Error> {
    text_of(of(env, value, argument)?, argument)
}

/// The same, of a value at hand. The message does not quote it.
pub fn text_of(value: Value, argument: &str) -> Result<Option<String>, Error> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(n) => Ok(Some(n.to_string())),
        _ => Err(Error::Argument { argument: argument.to_owned(), reason: "is not a text".into() }),
    }
}

/// The same, which has to be there.
pub fn needed(env: &Env, value: &Unknown, argument: &str) -> Result<String, Error> {
    let missing = || Error::Argument { argument: argument.to_owned(), reason: "is missing".into() };
    text(env, value, argument)?.ok_or_else(missing)
}

/// A value that is no customer's: the message may quote it.
pub fn from_json<T: DeserializeOwned>(argument: &str, text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|e| not_as_expected(argument, &e))
}

fn from_value<T: DeserializeOwned>(argument: &str, value: Value) -> Result<T, Error> {
    serde_json::from_value(value).map_err(|e| not_as_expected(argument, &e))
}

fn not_as_expected(argument: &str, e: &serde_json::Error) -> Error {
    // The place in the text is of no use to who gave an object.
    let reason = e.to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
    Error::Argument { argument: argument.to_owned(), reason }
}

/// What `JSON.stringify` makes of a value; `None` for `undefined`. BigInts are written as texts.
pub fn json(env: &Env, value: &Unknown, argument: &str) -> Result<Option<String>, Error> {
    let text = stringify(env, value, false).or_else(|_| stringify(env, value, true));
    text.map(|t| t.map(without_lone_surrogates)).map_err(|_| Error::Argument {
        argument: argument.to_owned(),
        reason: "cannot be written as JSON: it holds a cycle, or a `toJSON` that throws".into(),
    })
}

fn stringify(env: &Env, value: &Unknown, big: bool) -> napi::Result<Option<String>> {
    let json: Object = env.get_global()?.get_named_property("JSON")?;
    let text: Unknown = if big {
        let replace = env.create_function_from_closure("replace", |cx: FunctionCallContext| {
            let value: Unknown = cx.get(1)?;
            if value.get_type()? != ValueType::BigInt {
                return Ok(Either::B(value));
            }
            value.coerce_to_string()?.into_utf8()?.into_owned().map(Either::A)
        })?;
        type Replace<'a> = Function<'a, FnArgs<(Unknown<'a>, Unknown<'a>)>, Either<String, Unknown<'a>>>;
        json.get_named_property::<Function<FnArgs<(Unknown, Replace)>, Unknown>>("stringify")?
            .call((*value, replace).into())?
    } else {
        json.get_named_property::<Function<Unknown, Unknown>>("stringify")?.call(*value)?
    };
    match text.get_type()? {
        ValueType::String => Ok(Some(String::from_unknown(text)?)),
        _ => Ok(None),
    }
}

/// JavaScript strings may hold half of a surrogate pair, which no UTF-8 text can: it becomes U+FFFD.
fn without_lone_surrogates(json: String) -> String {
    // `JSON.stringify` writes whole pairs as they are, so an escape `\ud…` is half of one.
    if !json.contains("\\ud") {
        return json;
    }
    let mut mended = String::with_capacity(json.len());
    let mut rest = json.as_str();
    while let Some(at) = rest.find('\\') {
        let lone = rest[at..].starts_with("\\ud") && matches!(rest.as_bytes().get(at + 3), Some(b'8'..=b'f'));
        let length = match rest.as_bytes().get(at + 1) {
            Some(b'u') => 6,
            _ => 2,
        };
        let end = (at + length).min(rest.len());
        mended.push_str(&rest[..at]);
        mended.push_str(if lone { "\u{fffd}" } else { &rest[at..end] });
        rest = &rest[end..];
    }
    mended.push_str(rest);
    mended
}

/// Rows written as one JSON text; more would come near the longest string that JavaScript allows.
const ROWS_A_TEXT: u32 = 8192;

/// Rows, values or Arrow bytes.
pub fn given(env: &Env, value: &Unknown, argument: &str) -> Result<Given, Error> {
    let wrong = || Error::Argument {
        argument: argument.to_owned(),
        reason: "is neither an array nor the bytes of an Arrow IPC stream (a Uint8Array)".into(),
    };
    if value.is_array().unwrap_or(false) {
        let array = value.coerce_to_object().map_err(|_| wrong())?;
        let length = array.get_array_length().map_err(|_| wrong())?;
        let mut texts = Vec::new();
        for start in (0..length).step_by(ROWS_A_TEXT as usize) {
            let slice: Function<FnArgs<(u32, u32)>, Unknown> =
                array.get_named_property("slice").map_err(|_| wrong())?;
            let part = slice.apply(*value, (start, start.saturating_add(ROWS_A_TEXT)).into());
            texts.extend(json(env, &part.map_err(|_| wrong())?, argument)?);
        }
        return Ok(Given::Json(texts));
    }
    // The bytes are copied: JavaScript stays free to change them while the worker reads.
    Uint8Array::from_unknown(*value).map(|bytes| Given::Arrow(bytes.to_vec())).map_err(|_| wrong())
}

/// Rows of several sources, by source name.
pub fn tables(env: &Env, value: &Unknown) -> Result<Vec<(String, Given)>, Error> {
    let wrong = |_| Error::Argument {
        argument: "tables".into(),
        reason: "is not an object of rows by source name".into(),
    };
    match value.get_type().map_err(wrong)? {
        ValueType::Undefined | ValueType::Null => return Ok(Vec::new()),
        ValueType::Object => {}
        _ => return Err(wrong(napi::Error::from_status(napi::Status::ObjectExpected))),
    }
    let object = value.coerce_to_object().map_err(wrong)?;
    let names = Object::keys(&object).map_err(wrong)?;
    names
        .into_iter()
        .map(|name| {
            let rows: Unknown = object.get_named_property(&name).map_err(wrong)?;
            let given = given(env, &rows, &format!("tables.{name}"))?;
            Ok((name, given))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_surrogate_pair_becomes_the_replacement_character() {
        let mend = |t: &str| without_lone_surrogates(t.to_owned());
        assert_eq!(mend(r#"["a\ud83db","\udc00"]"#), "[\"a\u{fffd}b\",\"\u{fffd}\"]");
        assert_eq!(mend(r#"["\\ud83d \n \u001f"]"#), r#"["\\ud83d \n \u001f"]"#);
    }

    #[test]
    fn an_unknown_option_is_said() {
        let e = read_options::<NormalizeOptions>(Some(r#"{"regoin":"FR"}"#.into())).unwrap_err();
        assert!(e.to_string().contains("`regoin`") && e.to_string().contains("`region`"), "{e}");
        let e = ColumnOptions::read(Some(r#"{"column":"tel","asof":"x"}"#.into())).unwrap_err();
        assert_eq!(e.code(), "argument");
    }
}
