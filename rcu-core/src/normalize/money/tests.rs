use super::*;
use crate::normalize::{Country, Kind, any};
use crate::time::Day;
use proptest::prelude::*;

fn context() -> Context {
    Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap())
}

#[test]
fn the_typed_entry_agrees_with_the_text() {
    let cx = context();
    for raw in ["1 234,50 €", "$ 12", "1,234", "12 %", "", "N/A", "(3,50)", "¥ 300", "12 F"] {
        let mut codes = Codes::new();
        let amount = parse(raw, &cx, &mut codes);
        let got = any(Kind::Amount, raw, &cx);
        assert_eq!(amount.map(|a| a.currency.code()), got.extra.get("currency").map(String::as_str), "{raw}");
        let written = amount.map(|a| {
            let mut text = String::new();
            a.write_decimal(&mut text);
            text
        });
        assert_eq!(written, got.value, "{raw}");
        assert_eq!(codes.as_slice(), got.codes, "{raw}");
    }
}

#[test]
fn the_short_list_of_signs_says_what_the_table_says() {
    for region in ["FR", "BE", "US", "CH", "GB", "CA", "EG"] {
        let cx = Context::new(Country::new(region).unwrap(), Day::default());
        let own = Currency::of_region(cx.region);
        for sign in ["€", "EUR", "$", "£", "USD", "GBP", "CHF"] {
            if let Some((currency, length)) = everyday::sign(sign.as_bytes(), &cx) {
                let listed = cx.tables.vocabulary.currency(&mut sign.to_owned(), own);
                assert_eq!(listed.map(|s| s.currency), Some(currency), "{sign} in {region}");
                assert_eq!(length, sign.len());
            }
        }
    }
}

#[test]
fn every_sign_of_the_table_is_read_as_one_of_its_currencies() {
    let cx = context();
    let table = include_str!("../../../data/vocabulary/currencies.tsv");
    for line in table.lines().filter(|l| !l.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        for sign in columns[3].split('|').filter(|s| !s.starts_with('~')) {
            let got = any(Kind::Amount, &format!("1 {sign}"), &cx);
            let code = got.extra.get("currency").unwrap_or_else(|| panic!("{sign}: {got:?}"));
            let currency = Currency::from_code(columns[0]).unwrap_or(Currency::EUR);
            assert!(cx.tables.vocabulary.may_mean(sign, currency) || columns[1] == "100", "{sign}: {code}");
        }
    }
}

#[test]
fn eighteen_figures_are_kept_to_the_last() {
    let cx = context();
    let largest = any(Kind::Amount, "9999999999999999,99", &cx);
    assert_eq!(largest.value.as_deref(), Some("9999999999999999.99"));
    assert_eq!(any(Kind::Amount, "99999999999999999,99", &cx).codes, [Code::TooLong]);
    assert_eq!(
        any(Kind::AmountMinor, "999999999999999999", &cx).value.as_deref(),
        Some("9999999999999999.99")
    );
    assert_eq!(any(Kind::AmountMinor, "1999999999999999999", &cx).codes, [Code::TooLong]);
}

proptest! {
    #[test]
    fn any_text_is_survived_and_values_are_stable(
        raw in "\\PC{0,24}|[-(+]?[0-9., '€]{1,14}[-)]?|[A-Z€$£]{0,4} ?[0-9]{1,4}[.,][0-9]{1,4} ?[a-zA-Zé€$]{0,6}",
    ) {
        let cx = context();
        for kind in [Kind::Amount, Kind::AmountMinor] {
            let got = any(kind, &raw, &cx);
            // A value says nothing of its currency, so only those with the region's digits come back the same.
            let digits = got.extra.get("currency").and_then(|c| Currency::from_code(c)).map(Currency::minor_digits);
            if let Some(value) = got.value.filter(|_| digits == Some(2)) {
                let again = any(kind, &value, &cx);
                prop_assert_eq!(again.value, Some(value));
                prop_assert!(again.codes.iter().all(|c| got.codes.contains(c)));
            }
        }
    }

    #[test]
    fn an_amount_is_read_in_every_dress(minor in 0i64..100_000_000_000, space in "[ \u{a0}\u{202f}\u{2009}'’]") {
        let cx = context();
        let (units, cents) = (minor / 100, minor % 100);
        let digits = units.to_string();
        let grouped = |mark: &str| {
            let bytes = digits.as_bytes();
            let head = (bytes.len() - 1) % 3 + 1;
            let mut parts = vec![digits[..head].to_owned()];
            parts.extend(bytes[head..].chunks(3).map(|c| String::from_utf8(c.to_vec()).unwrap()));
            parts.join(mark)
        };
        let dresses = [
            format!("{units},{cents:02}"), format!("{units}.{cents:02} €"), format!("{},{cents:02}€", grouped(".")),
            format!("€ {}.{cents:02}", grouped(",")), format!("{},{cents:02} EUR", grouped(&space)), format!("{units}€{cents:02}"),
            format!("Prix : {units},{cents:02} euros TTC"), format!("+{}.{cents:02}", grouped(&space)),
        ];
        for dress in dresses {
            let mut codes = Codes::new();
            let got = parse(&dress, &cx, &mut codes);
            prop_assert_eq!(got, Some(Amount { minor, currency: Currency::EUR }), "{}", dress);
            let mut codes = Codes::new();
            let below = parse(&format!("-{}", dress.trim_start_matches('+')), &cx, &mut codes).map(|a| a.minor);
            prop_assert_eq!(below, Some(-minor), "-{}", dress);
        }
    }
}
