//! Suites of the names room. Both were made for Western readers, so the region is US: given name first by custom.
//!
//! `names_nameparser`: every part that is expected or found is one case. `names_probablepeople`: the words labelled
//! `Surname` (or `LastInitial` where there is none) are one case a row, marks and case apart.

use crate::suite::{Suite, cases};
use rcu_core::normalize::person::{Parts, split};
use rcu_core::normalize::{Context, Country};
use rcu_core::time::Day;
use serde_json::Value;

pub fn suites() -> Vec<Suite> {
    let (latin, other): (Vec<_>, Vec<_>) = cases("names_nameparser")
        .into_iter()
        .partition(|c| c["note"].as_str().is_some_and(|n| n.contains("; latin script")));
    let all: Vec<Value> = latin.iter().chain(&other).cloned().collect();
    vec![
        nameparser("names_nameparser", ">= 90 % of parts", &all),
        nameparser("names_nameparser, Latin script", "report", &latin),
        nameparser("names_nameparser, other scripts", "report", &other),
        probablepeople(),
    ]
}

fn context() -> Context {
    let region = Country::new("US").unwrap_or(Country::FR);
    Context::new(region, Day::from_ymd(2026, 11, 21).expect("a real day"))
}

/// `domain.md` §2.3: `X NEE Y` is X with birth name Y wherever it stands; the suite keeps "nee Y" as a middle name in
/// the given part behind a comma.
const BIRTH_NAME: &str = "§2.3 `X NEE Y` / `X NÉ Y` → value X, `extra.birth_name` Y";

fn nameparser(name: &'static str, target: &'static str, rows: &[Value]) -> Suite {
    let cx = context();
    let mut s = Suite {
        name,
        target,
        cases: 0,
        right: 0,
        wrong: 0,
        set_aside: vec![],
        failures: vec![],
        notes: vec![],
    };
    for row in rows {
        let raw = row["input"]["name"].as_str().unwrap_or_default();
        let id = row["id"].as_str().unwrap_or_default();
        let got = split(raw, &cx);
        let wanted = |part: &str| row["expected"][part].as_str().unwrap_or("");
        let birth_in_middle = wanted("middle").split(' ').any(|w| matches!(w, "nee" | "née"));
        for (part, found) in parts(&got) {
            let want = same(wanted(part));
            let found = same(found);
            if want.is_empty() && found.is_empty() {
                continue;
            }
            s.cases += 1;
            if birth_in_middle && matches!(part, "middle" | "maiden") {
                s.set_aside.push((format!("{id} {part}"), BIRTH_NAME));
            } else if want == found {
                s.right += 1;
            } else {
                s.wrong += 1;
                s.failures.push(format!("{raw:?} {part}: want {want:?}, got {found:?}"));
            }
        }
    }
    s
}

fn parts(p: &Parts) -> [(&'static str, &str); 7] {
    [
        ("title", &p.title),
        ("given", &p.given),
        ("middle", &p.middle),
        ("family", &p.family),
        ("suffix", &p.suffix),
        ("nickname", &p.nickname),
        ("maiden", &p.maiden),
    ]
}

/// The same text whichever way its accents were typed.
fn same(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfc().collect()
}

fn probablepeople() -> Suite {
    let cx = context();
    let mut s = Suite {
        name: "names_probablepeople",
        target: ">= 95 % of surnames",
        cases: 0,
        right: 0,
        wrong: 0,
        set_aside: vec![],
        failures: vec![],
        notes: vec![],
    };
    for row in cases("names_probablepeople") {
        let raw = row["input"]["name"].as_str().unwrap_or_default();
        let labelled = |label: &str| -> String {
            let tokens = row["expected"]["tokens"].as_array().map(Vec::as_slice).unwrap_or_default();
            tokens.iter().filter(|t| t[1] == label).filter_map(|t| t[0].as_str()).map(letters).collect()
        };
        let want =
            Some(labelled("Surname")).filter(|w| !w.is_empty()).unwrap_or_else(|| labelled("LastInitial"));
        if want.is_empty() {
            continue;
        }
        s.cases += 1;
        let got = letters(&split(raw, &cx).family);
        if got == want {
            s.right += 1;
        } else {
            s.wrong += 1;
            s.failures.push(format!("{raw:?}: want {want:?}, got {got:?}"));
        }
    }
    s
}

/// Letters and digits alone, in small letters: the suite leaves marks on its tokens.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
