//! What must hold of any text: shared by the libFuzzer targets and by `tests/all/fuzz_corpus.rs`, which needs no fuzzer.

use rcu_core::Error;
use rcu_core::config::{Config, Plan, Syntax};
use rcu_core::field::{BUILT_IN, COMPOSITE};
use rcu_core::normalize::{Code, Context, Country, Kind, Normalized, Status, any};
use rcu_core::record::{EntryPolicy, check_entry, normalize_record};
use rcu_core::time::Day;

/// Regions whose rules differ most.
pub const REGIONS: &[&str] = &["FR", "RE", "PM", "MC", "BE", "CH", "IT", "GB", "NL", "PT", "US", "JP"];

fn as_of() -> Day {
    Day::from_ymd(2026, 11, 21).unwrap_or_default()
}

/// One context a region.
pub fn contexts() -> Vec<Context> {
    REGIONS.iter().filter_map(|region| Some(Context::new(Country::new(region)?, as_of()))).collect()
}

/// `text` through every kind in every region: no panic, the shape each kind promises, and its own output accepted
/// unchanged.
///
/// # Panics
/// When one of these does not hold.
pub fn normalize(text: &str, contexts: &[Context]) {
    for cx in contexts {
        for kind in Kind::ALL {
            let once = any(*kind, text, cx);
            let place = || format!("{} in {}: {text:?}", kind.name(), cx.region.as_str());
            assert!(
                once.value.is_some() == matches!(once.status, Status::Ok | Status::Corrected),
                "{}",
                place()
            );
            let Some(value) = &once.value else { continue };
            assert!(has_shape(*kind, value, &once), "{} gives {value:?}", place());
            let again = any(*kind, value, cx);
            // `domain.md` §2 excepts a shortened line. A Phonex code of letters alone is a name as well and encoded as one,
            // one of signs alone is a number, an amount that stands without its currency is in the region's, and a key begins with a postcode whose shape
            // has to be known.
            // `NA`, of Namibia and of Nauruan, is the word for "nothing".
            let apart = match kind {
                Kind::Country | Kind::Language => value.eq_ignore_ascii_case("NA"),
                Kind::Phonex => {
                    let signs = value.bytes().filter(u8::is_ascii_digit).count();
                    signs == 0 || signs == value.len()
                }
                Kind::AddrKey | Kind::AddrKey2 => once.codes.contains(&Code::ForeignUnchecked),
                _ => once.codes.contains(&Code::LineShortened),
            };
            if apart || again.extra.get("currency") != once.extra.get("currency") {
                continue;
            }
            assert_eq!(again.value.as_ref(), Some(value), "{}, read again: {:?}", place(), again.codes);
        }
    }
}

/// The shape of a kind's values, where one is promised.
fn has_shape(kind: Kind, value: &str, out: &Normalized) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match kind {
        Kind::Phone => value.strip_prefix('+').is_some_and(|n| digits(n) && (7..=15).contains(&n.len())),
        Kind::Email => value.split('@').count() == 2 && value.len() <= 254 && !value.contains(' '),
        Kind::BirthDate | Kind::Date => value.len() == 10 && Day::parse_iso(value).is_some(),
        Kind::LastName | Kind::FirstName if !out.codes.contains(&Code::NonLatin) => {
            value.split(' ').all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_uppercase()))
        }
        Kind::Siren => digits(value) && value.len() == 9,
        Kind::Siret => digits(value) && value.len() == 14,
        Kind::Country | Kind::Language => value.len() == 2,
        Kind::Street | Kind::Address => value.lines().all(|line| !line.is_empty() && line.trim() == line),
        Kind::Boolean => matches!(value, "true" | "false"),
        Kind::Consent => matches!(value, "granted" | "denied" | "withdrawn"),
        _ => !value.is_empty(),
    }
}

/// A record of lines `field=value` (a line without a known field takes one by its length): no panic, and a second
/// pass over the values that came out refuses none of them.
///
/// # Panics
/// When one of these does not hold.
pub fn record(text: &str, cx: &Context) {
    let names: Vec<&str> =
        BUILT_IN.iter().map(|field| field.name).chain(COMPOSITE.iter().map(|(name, _)| *name)).collect();
    let cells: Vec<(&str, &str)> = text
        .lines()
        .map(|line| match line.split_once('=') {
            Some((name, value)) if names.contains(&name) => (name, value),
            _ => (names[line.len() % names.len()], line),
        })
        .collect();
    let record = normalize_record(cells.iter().copied(), cx).expect("every name is a field's");
    let policy = EntryPolicy {
        mandatory: vec!["last_name".to_owned(), "phone".to_owned()],
        desired: vec!["siret".to_owned()],
        ..EntryPolicy::default()
    };
    let check = check_entry(cells.iter().copied(), &policy, cx).expect("every name is a field's");
    assert_eq!(check.record, record, "{text:?}");
    let again = record.iter().flat_map(|(name, values)| {
        values.iter().filter_map(|value| Some((name.as_str(), value.value.as_deref()?)))
    });
    let twice = normalize_record(again.clone(), cx).expect("every name is a field's");
    // Of several countries nobody can tell which address is whose: all are read under the first.
    let several = record.get("country").is_some_and(|c| c.iter().filter(|v| v.value.is_some()).count() > 1);
    for (name, value) in again {
        let kept =
            twice.get(name).is_some_and(|values| values.iter().any(|v| v.value.as_deref() == Some(value)));
        let shortened = several || record[name].iter().any(|v| v.codes.contains(&Code::LineShortened));
        assert!(kept || shortened, "{name} {value:?} of {text:?} became {:?}", twice.get(name));
    }
}

/// `text` as a configuration in each syntax: no panic; what is accepted reads the same once written out in full.
///
/// # Panics
/// When one of these does not hold.
pub fn config(text: &str) {
    for syntax in [Syntax::Toml, Syntax::Yaml, Syntax::Json, Syntax::of_text(text)] {
        let config = match Config::parse(text, syntax) {
            Ok(config) => config,
            Err(error) => {
                assert!(!error.to_string().is_empty() && Error::ALL_CODES.contains(&error.code()));
                continue;
            }
        };
        let expanded = config.expanded();
        let again = Config::from_value(expanded.clone()).expect("defaults written out are accepted");
        assert_eq!(again.expanded(), expanded, "{text:?}");
        if let Err(error) = Plan::compile(config, as_of()) {
            assert!(!error.to_string().is_empty());
        }
    }
}
