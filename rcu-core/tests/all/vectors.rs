//! Runs every case of `tests/vectors/*.json`: the same files are run by the Python and Node wrappers.

use rcu_core::normalize::{Context, Country, DateOrder, Kind, Options, any};
use rcu_core::record::{check_entry, normalize_record};
use rcu_core::time::Day;
use serde_json::Value;
use std::path::Path;

fn context(case: &Value) -> Context {
    let region = case["region"].as_str().unwrap_or("FR");
    let mut cx = Context::new(Country::new(region).unwrap(), Day::from_ymd(2026, 11, 21).unwrap());
    let options = &case["options"];
    cx.options = Options {
        decimal_separator: options["decimal_separator"].as_str().and_then(|s| s.chars().next()),
        date_order: match options["date_order"].as_str() {
            Some("MDY") => DateOrder::Mdy,
            Some("YMD") => DateOrder::Ymd,
            _ => DateOrder::Dmy,
        },
        allow_special: options["allow_special"].as_bool().unwrap_or(false),
    };
    cx
}

/// A record's texts: a field holds one, or a list.
fn texts(record: &Value) -> Vec<(&str, &str)> {
    let texts = record.as_object().unwrap().iter().flat_map(|(field, value)| {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        values.iter().map(|v| (field.as_str(), v.as_str().unwrap()))
    });
    texts.collect()
}

/// What a case of a function of records says, and what the function answers.
fn answer(function: &str, case: &Value) -> Value {
    let record = texts(&case["record"]);
    match function {
        "normalize_record" => {
            let mut got = serde_json::to_value(normalize_record(record, &context(case)).unwrap()).unwrap();
            // What is empty is left out, and side values are another file's matter.
            for values in got.as_object_mut().unwrap().values_mut() {
                let values = values.as_array_mut().unwrap();
                values.retain(|v| v["status"] != "empty");
                values.iter_mut().for_each(|v| drop(v.as_object_mut().unwrap().remove("extra")));
            }
            got.as_object_mut().unwrap().retain(|_, v| !v.as_array().unwrap().is_empty());
            got
        }
        "check_entry" => {
            let policy = serde_json::from_value(case["policy"].clone()).unwrap();
            let got = check_entry(record, &policy, &context(case)).unwrap();
            serde_json::json!({ "verdict": got.verdict, "remarks": got.remarks })
        }
        other => panic!("no function `{other}`"),
    }
}

#[test]
fn every_vector_of_records_holds() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut wrong = Vec::new();
    for (file, least) in [("record.json", 30), ("entry.json", 15)] {
        let doc: Value = serde_json::from_str(&std::fs::read_to_string(dir.join(file)).unwrap()).unwrap();
        let cases = doc["cases"].as_array().unwrap();
        assert!(cases.len() >= least);
        for case in cases {
            let got = answer(doc["function"].as_str().unwrap(), case);
            if got != case["ok"] {
                wrong.push(format!("{}:\n  want {}\n  got  {got}", case["name"], case["ok"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_vector_holds() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut files: Vec<_> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    let (mut run, mut wrong) = (0, Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let doc: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let Some(kind) = doc["kind"].as_str() else { continue };
        let kind = Kind::from_name(kind).unwrap_or_else(|| panic!("{}: no kind `{kind}`", file.display()));
        for case in doc["cases"].as_array().unwrap() {
            run += 1;
            let raw = case["raw"].as_str().unwrap();
            let got = any(kind, raw, &context(case));
            let got = serde_json::to_value(&got).unwrap();
            let differs =
                ["value", "status", "codes"].iter().any(|k| case.get(k).is_some_and(|want| *want != got[k]))
                    || case["extra"]
                        .as_object()
                        .is_some_and(|want| want.iter().any(|(k, v)| got["extra"].get(k) != Some(v)));
            if differs {
                wrong.push(format!("{} {raw:?}: want {case}, got {got}", kind.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {run} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}
