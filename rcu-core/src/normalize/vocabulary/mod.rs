//! Closed vocabularies (`domain.md` §2.8): countries, languages, yes and no, consents.

mod choice;
mod country;
mod key;
mod language;

pub(crate) use country::write_key as country_key;
pub(crate) use key::join_folded as language_key;

pub use choice::{normalize_boolean, normalize_consent};
pub use country::normalize as normalize_country;
pub use language::normalize as normalize_language;

#[cfg(test)]
mod tests {
    use crate::normalize::{Code, Context, Country, Kind, any};
    use crate::time::Day;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_survived_and_values_are_stable(
            raw in "\\PC{0,24}|[A-Za-z]{1,3}([-_][A-Za-z0-9]{1,9}){0,2}|(St|Le|L'|The|République) ?[A-Za-zéè ]{0,12}",
        ) {
            let cx = Context::new(Country::FR, Day::default());
            for kind in [Kind::Country, Kind::Language, Kind::Boolean, Kind::Consent] {
                if let Some(value) = any(kind, &raw, &cx).value {
                    let again = any(kind, &value, &cx);
                    // The codes of Namibia and of Nauruan are the word for "nothing" (`domain.md` §2, status).
                    if value.eq_ignore_ascii_case("NA") {
                        prop_assert_eq!(again.codes, [Code::NullLiteral]);
                    } else {
                        prop_assert_eq!(again.value, Some(value));
                        prop_assert!(again.codes.is_empty());
                    }
                }
            }
        }
    }
}
