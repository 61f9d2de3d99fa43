//! Suites of telephone numbers: `phone_e164` and `phone_mobile_validatorjs`.
//!
//! The expected answers are libphonenumber's. `domain.md` §2.1 differs from it on purpose in some places; a row is
//! set aside when the answer differs, is the one that the line of §2.1 asks for, and the row is of that line's kind.

use crate::suite::{Suite, cases};
use rcu_core::normalize::{Code, Context, Country, Kind, Normalized, any};
use rcu_core::time::Day;
use serde_json::Value;

/// Both suites.
pub fn suites() -> Vec<Suite> {
    vec![
        score("phone_e164", ">= 99.9 %", |_| true, is_same_number),
        score(
            "phone_mobile_validatorjs",
            "100 % of rows where libphonenumber agrees",
            |case| case["note"].as_str().is_some_and(|n| n.ends_with(" agrees")),
            |case, got| is_mobile_of_region(case, got) == (case["expected"]["valid_mobile"] == true),
        ),
    ]
}

fn score(
    name: &'static str,
    target: &'static str,
    in_scope: fn(&Value) -> bool,
    is_right: fn(&Value, &Normalized) -> bool,
) -> Suite {
    let mut suite = Suite {
        name,
        target,
        cases: 0,
        right: 0,
        wrong: 0,
        set_aside: Vec::new(),
        failures: Vec::new(),
        notes: Vec::new(),
    };
    for case in cases(name).iter().filter(|c| in_scope(c)) {
        suite.cases += 1;
        let id = case["id"].as_str().unwrap_or_default();
        let got = any(Kind::Phone, text(case), &context(region(case)));
        if is_right(case, &got) {
            suite.right += 1;
        } else if let Some(line) = deliberate(case, &got) {
            suite.set_aside.push((id.to_owned(), line));
        } else {
            suite.wrong += 1;
            suite.failures.push(format!("{id} {} want {} got {got:?}", case["input"], case["expected"]));
        }
    }
    suite
}

fn text(case: &Value) -> &str {
    case["input"]["text"].as_str().unwrap_or_default()
}

/// The default region; `ZZ`, a region without a plan, where the suite gives none.
fn region(case: &Value) -> Country {
    Country::new(case["input"]["default_region"].as_str().unwrap_or("ZZ")).expect("two letters")
}

fn context(region: Country) -> Context {
    Context::new(region, Day::from_ymd(2026, 11, 21).expect("a date"))
}

/// Same number, same country, same kind of line. The suite says 001 for codes without a country.
fn is_same_number(case: &Value, got: &Normalized) -> bool {
    let expected = &case["expected"];
    let extra = |key: &str| got.extra.get(key).map(String::as_str);
    let line_type = expected["type"].as_str().map(|t| match t {
        "FIXED_LINE" => "fixed",
        "FIXED_LINE_OR_MOBILE" => "fixed_or_mobile",
        "MOBILE" => "mobile",
        "TOLL_FREE" => "toll_free",
        "PREMIUM_RATE" => "premium",
        "SHARED_COST" => "shared_cost",
        "VOIP" => "voip",
        "PERSONAL_NUMBER" => "personal",
        "PAGER" => "pager",
        "UAN" => "uan",
        "VOICEMAIL" => "voicemail",
        _ => "unknown",
    });
    got.value.as_deref() == expected["e164"].as_str()
        && extra("line_type") == line_type
        && extra("country") == expected["region"].as_str().filter(|r| *r != "001")
}

/// Valid, mobile, and of the region's own calling code, as the suite asks.
fn is_mobile_of_region(case: &Value, got: &Normalized) -> bool {
    let line = got.extra.get("line_type").map(String::as_str);
    let (Some(value), Some("mobile" | "fixed_or_mobile")) = (&got.value, line) else { return false };
    let region = region(case);
    if got.extra.get("country").is_some_and(|c| c == region.as_str()) {
        return true;
    }
    // Regions that share a calling code: the number read back as the region's own gives the same number.
    let national = value.trim_start_matches('+').trim_start_matches(calling_code(value));
    any(Kind::Phone, national, &context(region)).value.as_ref() == Some(value)
}

/// ITU-T E.164: codes of one digit, of two, and of three for the rest.
fn calling_code(e164: &str) -> &str {
    const TWO: &str = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 \
                       65 66 81 82 84 86 90 91 92 93 94 95 98";
    let digits = e164.trim_start_matches('+');
    let width = match digits.get(..2) {
        _ if digits.starts_with(['1', '7']) => 1,
        Some(two) if TWO.split(' ').any(|c| c == two) => 2,
        _ => 3,
    };
    digits.get(..width).unwrap_or(digits)
}

/// The line of `domain.md` that decides a row on which the answer differs from the suite's, if one does.
fn deliberate(case: &Value, got: &Normalized) -> Option<&'static str> {
    let text = text(case);
    let french = |s: &str| matches!(calling_code(s), "33" | "262" | "508" | "590" | "594" | "596");
    let is_national = !text.contains('+') && !text.trim().starts_with("00");
    if let Some(value) = &got.value {
        let moved_from_33 = matches!(calling_code(value), "262" | "508" | "590" | "594" | "596");
        if moved_from_33 && case["expected"]["valid"] == false {
            return Some(
                "§2.1 (9): national and +33 numbers of an overseas range are moved to its calling code",
            );
        }
        if value.starts_with("+339") && is_national && case["expected"]["e164"].as_str().is_some_and(french) {
            return Some("§2.1: 09 stays +33");
        }
        if value.starts_with("+33") && is_national && region(case) != Country::FR {
            return Some("§2.1 (8): a source of an overseas department writes French national numbers");
        }
        if got.codes.contains(&Code::ExtensionExtracted) && text.contains("poste") {
            return Some("§2.1 (2): `poste` marks an extension");
        }
        if text.contains('_') {
            return Some("§2.1 (6): `_` is dropped like a blank");
        }
        if got.codes.contains(&Code::PrefixRepaired) && text.trim().starts_with("+0") {
            return Some("§2.1 (7): +0… is treated as national");
        }
        return None;
    }
    let e164 = case["expected"]["e164"].as_str();
    let national = e164.map(|e| &e[1 + calling_code(e).len()..]);
    let has = |code| got.codes.contains(&code);
    let same = |s: &str| s.bytes().all(|b| s.starts_with(char::from(b)));
    if has(Code::SpecialNumber) && e164.is_none_or(french) && national.is_none_or(|n| n.starts_with('8')) {
        return Some("§2.1 R special_number: 08xx");
    }
    if has(Code::Placeholder) {
        let row_of_keys = e164.is_some_and(french)
            && national.is_some_and(|n| ["123456789", "987654321", "102030405"].contains(&n));
        if row_of_keys || national.is_none_or(|n| same(n) || n.len() >= 8 && same(&n[n.len() - 8..])) {
            return Some("§2.1 R placeholder: same digits, 0123456789, 0987654321, 0102030405");
        }
    }
    if has(Code::FictionalNumber) && e164.is_none_or(french) {
        return Some("§2.1 R fictional_number: roots of audiovisual works");
    }
    if (has(Code::BadLength) || has(Code::ShortNumber))
        && e164.is_some_and(|e| e.len() - 1 < 8) | national.is_some_and(|n| n.len() < 6)
    {
        return Some("§2.1 Foreign: total digits 8–15, national part ≥ 6");
    }
    let strange = |c: char| c.is_alphabetic() || "~;,*#".contains(c);
    if has(Code::BadChars) && text.contains(strange) {
        return Some(
            "§2.1 (2) (5) (6): extension of 1–6 digits after a listed word, other letters R bad_chars",
        );
    }
    None
}
