//! Subscribers as a configuration declares them, and compiled.

use super::view::View;
use crate::access::{Area, RolePlan, Sight, area_of};
use crate::error::{Problem, did_you_mean};
use crate::field::{CompiledField, FieldIx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a subscriber receives. What is absent is that of its view.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SubscriberSpec {
    /// The shipped view that it begins as; absent: that of its own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<View>,
    /// What a person must be to be in it: all of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filter: Vec<Condition>,
    /// Fields of the golden record, in the order of the columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
    /// Aggregates, in the order of the columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figures: Option<Vec<String>>,
    /// What it is for: the purpose whose consents open an audience.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Whether it takes all people each time, or what changed.
    pub mode: Mode,
    /// The form of its files.
    pub format: FileFormat,
    /// The encoding of its texts.
    pub encoding: Encoding,
    /// The role whose masks are over its values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The source that is the same system: it gets no echo of what it sent, and the identifiers of its own records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// One thing that a person must be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// Field of the golden record.
    pub field: String,
    /// Its value is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub is: Vec<String>,
    /// Its value is none of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub is_not: Vec<String>,
    /// It has a value, or has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub present: Option<bool>,
}

/// Whether a subscriber takes all people each time, or what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Everybody, each time.
    Full,
    /// What changed since it last acknowledged.
    #[default]
    Delta,
    /// The same, handed over as it happens.
    Push,
}

/// The form of a subscriber's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// CSV.
    #[default]
    Csv,
    /// JSON Lines.
    Jsonl,
    /// Parquet.
    Parquet,
}

/// The encoding of a subscriber's texts. Parquet and JSON Lines are UTF-8 whatever is said here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-8 with a byte order mark, which spreadsheets want.
    #[serde(rename = "utf-8-bom")]
    Utf8Bom,
    /// Windows-1252.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// A condition compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionPlan {
    /// The field.
    pub field: FieldIx,
    is: Vec<String>,
    is_not: Vec<String>,
    present: Option<bool>,
}

impl ConditionPlan {
    /// Whether a value, or none, is as it must be. Case does not matter.
    pub fn holds(&self, value: Option<&str>) -> bool {
        let among = |list: &[String]| value.is_some_and(|v| list.iter().any(|x| x.eq_ignore_ascii_case(v)));
        (self.is.is_empty() || among(&self.is))
            && !among(&self.is_not)
            && self.present.is_none_or(|p| p == value.is_some())
    }
}

/// A subscriber compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriberPlan {
    /// Its name, and that of its place in the feed.
    pub name: String,
    /// The view that it began as.
    pub view: View,
    /// What a person must be to be in it.
    pub filter: Vec<ConditionPlan>,
    /// Fields that its role sees, and how.
    pub fields: Vec<(FieldIx, Sight)>,
    /// Aggregates that its role sees.
    pub figures: Vec<String>,
    /// The purpose whose consents open an audience.
    pub purpose: String,
    /// Whether it takes all people each time.
    pub mode: Mode,
    /// The form of its files.
    pub format: FileFormat,
    /// The encoding of its texts.
    pub encoding: Encoding,
    /// The role whose masks are over its values.
    pub role: RolePlan,
    /// Position of the source that is the same system.
    pub source: Option<u16>,
    /// What its role sees of the identifiers of records; hidden when it takes none.
    pub records: Sight,
}

/// What subscribers are checked against.
#[derive(Debug, Clone, Copy)]
pub struct Known<'k> {
    /// Canonical fields.
    pub fields: &'k [CompiledField],
    /// Sources, by position.
    pub sources: &'k [&'k str],
    /// Roles.
    pub roles: &'k BTreeMap<String, RolePlan>,
    /// Names of aggregates.
    pub figures: &'k [&'k str],
    /// By field, the purposes for which it may be read.
    pub purposes: &'k BTreeMap<String, BTreeSet<String>>,
}

/// The shipped subscribers and those of a configuration, by name.
pub fn compile_subscribers(
    specs: &BTreeMap<String, SubscriberSpec>,
    known: &Known,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, SubscriberPlan> {
    let shipped = View::ALL.iter().map(|v| (v.name().to_owned(), SubscriberSpec::default()));
    let mut all: BTreeMap<String, SubscriberSpec> = shipped.collect();
    all.extend(specs.iter().map(|(n, s)| (n.clone(), s.clone())));
    let compiled = all.iter().filter_map(|(name, spec)| {
        let plan = compile(name, spec, known, problems)?;
        Some((name.clone(), plan))
    });
    compiled.collect()
}

fn unknown(path: String, what: &str, word: &str, among: &[&str]) -> Problem {
    let hint = did_you_mean(word, among.iter().copied());
    Problem::new(path, format!("`{word}` is not {what}{hint}; known are {}", among.join(", ")))
}

fn compile(
    name: &str,
    spec: &SubscriberSpec,
    known: &Known,
    problems: &mut Vec<Problem>,
) -> Option<SubscriberPlan> {
    let at = |part: &str| format!("subscribers.{name}{}{part}", if part.is_empty() { "" } else { "." });
    let words: Vec<&str> = View::ALL.iter().map(|v| v.name()).collect();
    let Some(view) = spec.view.or(View::named(name)) else {
        let hint = did_you_mean(name, words.iter().copied());
        let what = format!("names no view{hint}; give `view`, one of {}", words.join(", "));
        problems.push(Problem::new(at(""), what));
        return None;
    };
    let takes = view.takes();
    let role_name = spec.role.as_deref().unwrap_or(takes.role.name());
    let Some(role) = known.roles.get(role_name).cloned() else {
        let roles: Vec<&str> = known.roles.keys().map(String::as_str).collect();
        problems.push(unknown(at("role"), "a role", role_name, &roles));
        return None;
    };
    let names: Vec<&str> = known.fields.iter().map(|f| f.name.as_str()).collect();
    let sight = |ix: FieldIx| {
        known.fields.get(ix).map_or(Sight::Hidden, |f| role.sees_field(&f.name, area_of(ix, f.kind)))
    };
    let mut fields: Vec<(FieldIx, Sight)> = Vec::new();
    match &spec.fields {
        Some(list) => {
            for (i, field) in list.iter().enumerate() {
                match names.iter().position(|n| n == field) {
                    Some(ix) => fields.push((ix, sight(ix))),
                    None => problems.push(unknown(at(&format!("fields[{i}]")), "a field", field, &names)),
                }
            }
        }
        None => {
            let taken = takes.fields.iter().filter_map(|f| names.iter().position(|n| n == f));
            fields.extend(taken.map(|ix| (ix, sight(ix))));
        }
    }
    let purpose = spec.purpose.as_deref().unwrap_or(takes.purpose).trim().to_lowercase();
    if !role.works_for(&purpose) {
        if *spec == SubscriberSpec::default() {
            // A shipped one that nobody asked for, whose role works for something else here.
            return None;
        }
        let what = format!("is `{purpose}`, which role `{role_name}` does not work for");
        problems.push(Problem::new(at("purpose"), what));
    }
    let is_for = |ix: FieldIx| {
        let of = known.fields.get(ix).and_then(|f| known.purposes.get(&f.name));
        of.is_none_or(|list| list.contains(&purpose))
    };
    if spec.fields.is_some() {
        for (ix, _) in fields.iter().filter(|(ix, sight)| *sight != Sight::Hidden && !is_for(*ix)) {
            let name = names.get(*ix).copied().unwrap_or_default();
            let of = known.purposes.get(name).into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
            let what = format!("holds `{name}`, which may not be read for `{purpose}`; it is for {of}");
            problems.push(Problem::new(at("fields"), what));
        }
    }
    fields.retain(|(ix, sight)| *sight != Sight::Hidden && is_for(*ix));
    let mut figures: Vec<String> = Vec::new();
    match &spec.figures {
        Some(list) => {
            for (i, figure) in list.iter().enumerate() {
                match known.figures.contains(&figure.as_str()) {
                    true => figures.push(figure.clone()),
                    false => problems.push(unknown(
                        at(&format!("figures[{i}]")),
                        "an aggregate",
                        figure,
                        known.figures,
                    )),
                }
            }
        }
        None => figures.extend(takes.figures.iter().map(|f| (*f).to_owned())),
    }
    if role.sees(Area::Aggregates) == Sight::Hidden {
        figures.clear();
    }
    let source = spec.source.as_deref().and_then(|source| {
        let found = known.sources.iter().position(|s| *s == source);
        if found.is_none() {
            problems.push(unknown(at("source"), "a source", source, known.sources));
        }
        found.map(|s| s as u16)
    });
    let mut filter = Vec::new();
    for (i, c) in spec.filter.iter().enumerate() {
        let path = at(&format!("filter[{i}]"));
        let Some(field) = names.iter().position(|n| *n == c.field) else {
            problems.push(unknown(format!("{path}.field"), "a field", &c.field, &names));
            continue;
        };
        if !is_for(field) {
            let what = format!("asks for `{}`, which may not be read for `{purpose}`", c.field);
            problems.push(Problem::new(path, what));
            continue;
        }
        if sight(field) != Sight::Clear {
            // Who is in a view and who is not would tell what the mask hides.
            let what = format!("asks for `{}`, which role `{role_name}` does not see in clear", c.field);
            problems.push(Problem::new(path, what));
            continue;
        }
        if c.is.is_empty() && c.is_not.is_empty() && c.present.is_none() {
            problems.push(Problem::new(path, "asks for nothing; give `is`, `is_not` or `present`"));
            continue;
        }
        let (is, is_not) = (c.is.clone(), c.is_not.clone());
        filter.push(ConditionPlan { field, is, is_not, present: c.present });
    }
    // Who is no source has no records of its own.
    let own = takes.records && source.is_some();
    let records = if own { role.sees(Area::Records) } else { Sight::Hidden };
    Some(SubscriberPlan {
        name: name.to_owned(),
        view,
        filter,
        fields,
        figures,
        purpose,
        mode: spec.mode,
        format: spec.format,
        encoding: spec.encoding,
        role,
        source,
        records,
    })
}
