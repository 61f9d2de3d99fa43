//! Family and given names (`domain.md` §2.3): `A–Z` and single spaces.
//!
//! An everyday name is written in one pass ([`fast`]); whatever that pass does not know goes to the [`rules`].

mod display;
pub(crate) mod fast;
pub(crate) mod fold;
pub(crate) mod key;
pub(crate) mod mojibake;
pub(crate) mod rules;

pub use display::display_case;
pub use key::{name_key_into, normalize_key, split_suffix, without_particles};

use super::{Context, Output};

/// Writes an everyday name in its normal form; `false`, with nothing written, when it is none.
#[inline]
pub(crate) fn write_everyday(raw: &str, cx: &Context, out: &mut String) -> bool {
    fast::write(raw, cx.tables.names.words().triggers(), out)
}

/// A text folded as names are: capitals A–Z and single spaces, nothing stripped or refused.
pub(crate) fn folded(raw: &str) -> String {
    let folded = fold::Folded::of(&crate::normalize::text::clean(raw));
    folded.join(&folded.words)
}

/// Family name. `extra`: `civility`, `birth_name`, `company_name`.
pub fn normalize_last(raw: &str, cx: &Context, out: &mut Output) {
    if !fast::write(raw, cx.tables.names.words().triggers(), &mut out.text) {
        rules::normalize(raw, rules::Field::Last, &cx.tables.names, out);
    }
}

/// Given name. `extra`: `civility`, `other_first_names`, `company_name`.
pub fn normalize_first(raw: &str, cx: &Context, out: &mut Output) {
    if !fast::write(raw, cx.tables.names.words().triggers(), &mut out.text) {
        rules::normalize(raw, rules::Field::First, &cx.tables.names, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{Country, Kind, into};
    use crate::reference::names::NameTables;
    use crate::time::Day;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(5000) })]

        #[test]
        fn the_fast_pass_is_the_rules(raw in "( |-|')?([A-Za-zÀ-ÿŒœ]{1,9}( |-|'|  )){1,4}") {
            let tables = NameTables::default();
            let mut fast = String::new();
            if fast::write(&raw, tables.words().triggers(), &mut fast) {
                for field in [rules::Field::Last, rules::Field::First, rules::Field::Key] {
                    let mut out = Output::new();
                    rules::normalize(&raw, field, &tables, &mut out);
                    prop_assert_eq!(&out.text, &fast);
                    prop_assert!(out.codes().is_empty() && out.value().is_some());
                }
            }
        }
    }

    #[test]
    fn an_installation_adds_placeholders_and_company_words() {
        let mut cx = Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap());
        let mut tables = crate::reference::Tables::default();
        tables.names.words_mut().add_placeholder("SANS CARTE");
        tables.names.words_mut().add_company_word("TRANSPORTS");
        cx.tables = std::sync::Arc::new(tables);
        let mut out = Output::new();
        into(Kind::LastName, "Sans carte", &cx, &mut out);
        assert_eq!(out.codes().as_slice(), [crate::normalize::Code::Placeholder]);
        into(Kind::LastName, "Transports Roy", &cx, &mut out);
        assert_eq!(out.codes().as_slice(), [crate::normalize::Code::CompanyInName]);
    }
}
