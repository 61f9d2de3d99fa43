//! Names, civilities and companies: no text makes them panic, and their own output is accepted unchanged.

use proptest::prelude::*;
use rcu_core::normalize::{Context, Country, Kind, Status, any};
use rcu_core::time::Day;

fn cx() -> Context {
    Context::new(Country::FR, Day::from_ymd(2026, 11, 21).expect("a real day"))
}

const KINDS: &[Kind] = &[
    Kind::LastName,
    Kind::FirstName,
    Kind::NameKey,
    Kind::Civility,
    Kind::CompanyName,
    Kind::CompanyKey,
    Kind::SoundexFr,
    Kind::PersonName,
];

/// Words and signs that the rules look at, in any order, so that rules meet each other.
fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(
        [
            "M",
            "Mme",
            "MME",
            "Mlle",
            "Dr",
            "Me",
            "Maitre",
            "et",
            "ou",
            "&",
            "née",
            "NEE",
            "né",
            "ne",
            "épouse",
            "EP",
            "veuve",
            "Dupont",
            "DUPONT",
            "Jean",
            "Marie",
            "JEAN",
            "martin",
            "de",
            "La",
            "l'",
            "d'",
            "N'",
            "M'",
            "S.A.",
            "S.A.R.L.",
            "SARL",
            "SA",
            "STE",
            "Ets",
            "Cie",
            "NULL",
            "NAN",
            "N/A",
            "?",
            "-",
            ".",
            ",",
            "/",
            "(",
            ")",
            "[",
            "]",
            "\"",
            "'",
            "«",
            "»",
            "XX",
            "X",
            "TEST",
            "CLIENT",
            "COMPTOIR",
            "fils",
            "père",
            "Jr.",
            "II",
            "V",
            "PhD",
            "MA",
            "Ma",
            "van",
            "der",
            "y",
            "i",
            "abdul",
            "Sir",
            "Prof.",
            "Иван",
            "李",
            "김민준",
            "様",
            "ΐ",
            "ß",
            "é",
            "e\u{301}",
            "Ã©",
            "Œ",
            "12",
            "J.",
            "J",
            "P",
            "O",
            "France",
            "Société",
            "le",
            "Ph.",
            "D.",
            "of",
            "the",
            ";",
            "|",
            "🙂",
            "\u{fffd}",
            "\u{a0}",
        ]
        .as_slice(),
    );
    let gap = prop::sample::select(["", " ", "  ", "-", "'", ".", ", "].as_slice());
    prop::collection::vec((word, gap), 0..9)
        .prop_map(|v| v.into_iter().map(|(w, g)| format!("{w}{g}")).collect())
}

fn check(kind: Kind, raw: &str) -> Result<(), TestCaseError> {
    let cx = cx();
    let once = any(kind, raw, &cx);
    prop_assert_eq!(once.value.is_none(), matches!(once.status, Status::Empty | Status::Rejected));
    let Some(value) = once.value else { return Ok(()) };
    let twice = any(kind, &value, &cx);
    prop_assert_eq!(
        twice.value.as_deref(),
        Some(value.as_str()),
        "{:?} of {:?}: {:?}",
        kind,
        raw,
        twice.codes
    );
    prop_assert_eq!(twice.status, Status::Ok, "{:?} of {:?}: {:?}", kind, raw, twice.codes);
    if matches!(kind, Kind::LastName | Kind::FirstName) && value.is_ascii() {
        prop_assert!(value.bytes().all(|b| b.is_ascii_uppercase() || b == b' '), "{:?}", value);
        prop_assert!(!value.contains("  ") && value.trim() == value, "{:?}", value);
    }
    Ok(())
}

/// A code of letters and signs is accepted as it stands; one of letters alone is a name as well, and encoded as one.
fn check_phonex(raw: &str) -> Result<(), TestCaseError> {
    let cx = cx();
    let Some(code) = any(Kind::Phonex, raw, &cx).value else { return Ok(()) };
    prop_assert!(code.bytes().all(|b| b.is_ascii_uppercase() || (b'1'..=b'5').contains(&b)), "{:?}", code);
    let again = any(Kind::Phonex, &code, &cx).value;
    if code.bytes().any(|b| b.is_ascii_digit()) && code.bytes().any(|b| b.is_ascii_uppercase()) {
        prop_assert_eq!(again, Some(code));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    #[test]
    fn any_text(raw in "\\PC{0,40}") {
        for kind in KINDS { check(*kind, &raw)?; }
        check_phonex(&raw)?;
    }

    #[test]
    fn any_words(raw in words()) {
        for kind in KINDS { check(*kind, &raw)?; }
        check_phonex(&raw)?;
    }

    #[test]
    fn latin_text(raw in "[ A-Za-zÀ-ÿŒœ.,'’/&()?0-9-]{0,30}") {
        for kind in KINDS { check(*kind, &raw)?; }
        check_phonex(&raw)?;
    }
}
