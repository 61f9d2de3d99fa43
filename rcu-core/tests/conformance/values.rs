//! Amounts, dates and company numbers.

use crate::suite::{Suite, cases};
use rcu_core::normalize::{Context, Country, DateOrder, Kind, Normalized, any};
use rcu_core::time::Day;
use serde_json::Value;

/// The suites of this room.
pub fn suites() -> Vec<Suite> {
    vec![
        prices("price_price_parser", false),
        prices("price_price_parser", true),
        amounts_in_text(),
        dates("date_dateparser"),
        dates("date_recognizers"),
        company_numbers(),
    ]
}

fn context(region: &str) -> Context {
    let region = Country::new(region).expect("two letters");
    Context::new(region, Day::from_ymd(2026, 11, 21).expect("a day"))
}

/// What became of one row.
enum Verdict {
    Right,
    Wrong(String),
    Aside(&'static str),
}

fn score(
    name: &'static str,
    target: &'static str,
    rows: &[Value],
    judge: impl Fn(&Value) -> Verdict,
) -> Suite {
    let mut suite = Suite {
        name,
        target,
        cases: rows.len(),
        right: 0,
        wrong: 0,
        set_aside: Vec::new(),
        failures: Vec::new(),
        notes: Vec::new(),
    };
    for row in rows {
        let id = row["id"].as_str().unwrap_or_default();
        match judge(row) {
            Verdict::Right => suite.right += 1,
            Verdict::Aside(line) => suite.set_aside.push((id.to_owned(), line)),
            Verdict::Wrong(got) => {
                suite.wrong += 1;
                suite.failures.push(format!("{id} {} expected {} got {got}", row["input"], row["expected"]));
            }
        }
    }
    suite
}

fn told(got: &Normalized) -> String {
    serde_json::to_string(got).unwrap_or_default()
}

/// The number that two decimal texts are, compared without their outer zeros and their mark.
fn same_number(a: &str, b: &str) -> bool {
    let plain = |t: &str| {
        let t = t.replace(',', ".");
        let t = if t.contains('.') { t.trim_end_matches('0').trim_end_matches('.') } else { &t };
        t.trim_start_matches('0').to_owned()
    };
    plain(a) == plain(b)
}

/// Prices of web pages. The lists that the origin itself does not pass are a suite of their own.
fn prices(suite: &'static str, xfail: bool) -> Suite {
    let mut rows = cases(suite);
    rows.retain(|r| r["note"].as_str().is_some_and(|n| n.contains("xfail") == xfail));
    let (name, target) = if xfail {
        ("price_price_parser (xfail)", "report")
    } else {
        ("price_price_parser", ">= 90 % in scope")
    };
    score(name, target, &rows, |row| {
        let raw = row["input"]["price"].as_str().unwrap_or_default();
        let mut cx = context("FR");
        cx.options.decimal_separator =
            row["input"]["decimal_separator"].as_str().and_then(|s| s.chars().next());
        let got = any(Kind::Amount, raw, &cx);
        let expected = row["expected"]["amount"].as_str();
        // A currency that stands in another field than the price is no part of the value.
        let currency = row["expected"]["currency"].as_str().filter(|c| raw.contains(*c)).and_then(iso_code);
        let currency_right = currency.is_none_or(|c| got.extra.get("currency").is_none_or(|g| *g == c));
        let amount_right = match (expected, &got.value) {
            (Some(want), Some(have)) => same_number(want, have),
            (want, have) => want.is_none() && have.is_none(),
        };
        if amount_right && currency_right {
            return Verdict::Right;
        }
        let currency = row["expected"]["currency"].as_str().unwrap_or("\0");
        match expected.and_then(|want| deliberate(raw, want, currency)) {
            Some(line) => Verdict::Aside(line),
            None => Verdict::Wrong(told(&got)),
        }
    })
}

/// The line of `domain.md` §2.7 by which an amount differs from the origin's on purpose: told from the row, not from the
/// answer, so an amount that is merely not understood stays wrong.
fn deliberate(raw: &str, expected: &str, currency: &str) -> Option<&'static str> {
    let decimals = expected.split_once('.').map_or(0, |(_, d)| d.trim_end_matches('0').len());
    let outside = raw.replace(currency, "\u{1}");
    let numbers: Vec<&str> = outside
        .split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\u{a0}')))
        .map(|n| n.trim_matches([' ', '\u{a0}', ',']))
        .filter(|n| n.contains(|c: char| c.is_ascii_digit()))
        .collect();
    let one_mark = |n: &str| {
        let (whole, rest) = n.split_once(['.', ',']).unwrap_or((n, ""));
        (1..=3).contains(&whole.len()) && rest.len() == 3 && !rest.contains(['.', ','])
    };
    let uneven = |n: &str| n.starts_with("..") || (n.starts_with('.') && n.contains(','));
    if outside.contains(char::is_alphabetic) || outside.contains('%') {
        Some("§2.7: % or letters left → not_an_amount")
    } else if numbers.len() > 1 {
        Some("§2.7: two amounts in one text are another shape → bad_format")
    } else if numbers.iter().any(|n| uneven(n)) {
        Some("§2.7: groups must be 3 digits → bad_format")
    } else if numbers.iter().any(|n| one_mark(n)) {
        Some("§2.7: one mark, exactly 3 digits after it with 1–3 before → ambiguous_separator")
    } else if raw.trim_start().starts_with('-') {
        Some("§2.7: a leading minus is a negative amount")
    } else if decimals > 2 {
        Some("§2.7: more decimals than the currency → rounded")
    } else {
        None
    }
}

/// ISO code of a sign that has one meaning in a French source.
fn iso_code(sign: &str) -> Option<&'static str> {
    Some(match sign {
        "€" | "EUR" => "EUR",
        "$" | "USD" => "USD",
        "£" | "GBP" => "GBP",
        "CHF" => "CHF",
        "zł" | "Zł" | "PLN" | "pln" => "PLN",
        "Kč" => "CZK",
        "руб" | "руб." | "₽" => "RUB",
        "грн." => "UAH",
        "R$" => "BRL",
        "lei" => "RON",
        "TL" => "TRY",
        "₹" => "INR",
        "DKK" => "DKK",
        "HUF" => "HUF",
        "NZD" => "NZD",
        "RM" => "MYR",
        "₫" => "VND",
        "KD" => "KWD",
        _ => return None,
    })
}

/// Amounts in French and English text; the language says which mark is decimal.
fn amounts_in_text() -> Suite {
    let rows = cases("price_recognizers");
    score("price_recognizers", "report", &rows, |row| {
        let english = row["input"]["language"] == "en";
        let mut cx = context(if english { "US" } else { "FR" });
        cx.options.decimal_separator = Some(if english { '.' } else { ',' });
        let got = any(Kind::Amount, row["input"]["text"].as_str().unwrap_or_default(), &cx);
        let expected = row["expected"]["amount"].as_str().unwrap_or_default();
        let unit = row["expected"]["unit"].as_str().unwrap_or_default();
        // The origin counts cents, the amount is in their currency.
        let hundredth = matches!(unit, "Cent" | "Pence" | "Pesewa");
        let iso = row["expected"]["iso"].as_str();
        let right = got.value.as_deref().is_some_and(|v| {
            same_number(expected, v)
                || hundredth && same_number(expected, v.replace('.', "").trim_start_matches('0'))
        });
        let currency = iso.is_none_or(|c| got.extra.get("currency").is_some_and(|g| g == c));
        if right && currency { Verdict::Right } else { Verdict::Wrong(told(&got)) }
    })
}

fn dates(suite: &'static str) -> Suite {
    let rows = cases(suite);
    score(suite, "report", &rows, |row| {
        let mut cx = context("FR");
        cx.options.date_order = match (row["input"]["order"].as_str(), row["input"]["language"].as_str()) {
            (Some("YMD"), _) => DateOrder::Ymd,
            (Some("MDY"), _) | (None, Some("en")) => DateOrder::Mdy,
            _ => DateOrder::Dmy,
        };
        let got = any(Kind::Date, row["input"]["text"].as_str().unwrap_or_default(), &cx);
        match got.value.as_deref() == row["expected"]["date"].as_str() {
            true => Verdict::Right,
            false => Verdict::Wrong(told(&got)),
        }
    })
}

fn company_numbers() -> Suite {
    let rows = cases("siren_siret");
    let cx = context("FR");
    score("siren_siret", "100 %", &rows, |row| {
        let kind = if row["input"]["kind"] == "siren" { Kind::Siren } else { Kind::Siret };
        let got = any(kind, row["input"]["text"].as_str().unwrap_or_default(), &cx);
        match got.value.as_deref() == row["expected"]["value"].as_str() {
            true => Verdict::Right,
            false => Verdict::Wrong(told(&got)),
        }
    })
}
