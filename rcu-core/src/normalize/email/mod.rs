//! E-mail addresses and their matching keys (`domain.md` §2.2).
//!
//! The path of a value: [`scan`] takes an everyday address as it is; [`mend`] unwraps and repairs any other one until
//! the scan would take it; [`domain`] decides what the domain is or was meant to be; [`judge`] refuses and remarks.

mod domain;
mod judge;
mod key;
mod mend;
mod scan;

pub use key::key_into;
pub(crate) use key::other_key_into;

use crate::normalize::{Context, Output, Status};

/// An address in lower case, its slips in providers' domains repaired; `extra.suggestion` holds the address that may
/// have been meant when the domain looks like a slip but nothing allows to repair it.
///
/// Several addresses in one field give the first valid one, and the others in `extra.others`.
pub fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    match scan::everyday(raw, &mut out.text) {
        Some(at) => judge::address(at, cx, out),
        None => mend::normalize(raw, cx, out),
    }
}

/// The key under which an address is matched: the address itself, or the mailbox to which its provider delivers it.
/// Status, codes and extras are those of the address.
pub fn normalize_key(raw: &str, cx: &Context, out: &mut Output) {
    normalize(raw, cx, out);
    if matches!(out.status(), Status::Ok | Status::Corrected) {
        key::turn_into_key(&mut out.text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{Class, Code, Country, Kind, any as norm};
    use crate::time::Day;
    use proptest::prelude::*;

    fn cx() -> Context {
        Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap())
    }

    /// Texts that come near to addresses, so that every rule is met and many give a value.
    fn near_addresses() -> impl Strategy<Value = String> {
        let one_of = |words: &'static [&'static str]| prop::sample::select(words);
        let before = one_of(&[
            "",
            "",
            "",
            " ",
            "<",
            "Zoé <",
            "\"",
            "'",
            "mailto:",
            "www.",
            "roy@free.fr; ",
            "\u{200b}",
            "\n",
        ]);
        let local = one_of(&[
            "zoe", "test", "ROY", "é", "ß", "Ã", "小", ".", "-", "_", "+", " ", "www.", "contact", "no",
            "reply", "a", "'", "\u{301}",
        ]);
        let at = one_of(&["@", "@", "@", "@", "@@", "＠", " at ", "(at)", " @ "]);
        let domain = one_of(&[
            "gmail",
            "gmial",
            "hotmail",
            "yaho",
            "me",
            "orange",
            "société",
            "wanadôo",
            "xn--",
            "voila",
            "yopmail",
            "example",
            "a",
            "-",
            ".com",
            ".fr",
            ".con",
            ".co.uk",
            ".f",
            ".net",
            ".test",
            "..",
            ",fr",
            ".",
            " ",
        ]);
        let after =
            one_of(&["", "", "", " ", ">", ".", ";", "\"", "'", ", roy@free.fr", "?subject=a", " /a@b.fr"]);
        let many = prop::collection::vec;
        (before, many(local, 1..4), at, many(domain, 1..4), after).prop_map(
            |(before, local, at, domain, after)| {
                [before, &local.concat(), at, &domain.concat(), after].concat()
            },
        )
    }

    fn check(raw: &str) -> Result<(), TestCaseError> {
        let first = norm(Kind::Email, raw, &cx());
        let key = norm(Kind::EmailKey, raw, &cx());
        prop_assert_eq!((&key.codes, key.status), (&first.codes, first.status));
        let (Some(value), Some(key)) = (first.value, key.value) else { return Ok(()) };
        let again = norm(Kind::Email, &value, &cx());
        let remarks: Vec<Code> = first.codes.into_iter().filter(|c| c.class() == Class::Inform).collect();
        prop_assert_eq!(again.value.as_deref(), Some(value.as_str()), "of {}", raw);
        prop_assert_eq!((again.codes, again.status), (remarks, Status::Ok), "of {}", raw);
        let mut made = String::new();
        key_into(&value, &mut made);
        prop_assert_eq!(&made, &key, "of {}", raw);
        let key_again = norm(Kind::EmailKey, &key, &cx()).value;
        prop_assert_eq!(key_again.as_deref(), Some(key.as_str()), "of {}", raw);
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_comes_out_goes_in_unchanged(raw in near_addresses()) {
            check(&raw)?;
        }

        #[test]
        fn no_text_panics(raw in any::<String>(), other in "[ -~éÃ@.]{0,40}") {
            check(&raw)?;
            check(&other)?;
        }

        #[test]
        fn both_paths_agree(raw in "[a-zA-Z.+]{1,8}@(gmail|gmial|orange|free|societe|x-y|a)\\.(com|fr|con|co\\.uk|f|test)") {
            let (mut short, mut long) = (Output::new(), Output::new());
            normalize(&raw, &cx(), &mut short);
            mend::single(&raw, false, &cx(), &mut long);
            prop_assert_eq!(short.to_normalized(), long.to_normalized());
        }
    }

    /// Domains that somebody lists as real, or as throw-away. Only the orders of `domain.md` §2.2 change any: its slips
    /// of names and TLDs, some of which squatters have registered.
    #[test]
    fn no_real_domain_is_repaired_but_by_order() {
        let real = include_str!("../../../data/email/real_domains.txt");
        let throw_away = include_str!("../../../data/email/disposable.txt");
        let mut changed = Vec::new();
        let mut seen = 0;
        for domain in real.lines().chain(throw_away.lines()).filter(|l| !l.starts_with('#') && l.is_ascii()) {
            seen += 1;
            let got = norm(Kind::Email, &format!("jean.dupont@{domain}"), &cx());
            if let Some(value) = got.value
                && value.strip_prefix("jean.dupont@") != Some(domain)
            {
                changed.push(format!("{domain} {value}").replace("jean.dupont@", ""));
            }
        }
        changed.sort();
        changed.dedup();
        assert!(seen > 26_000);
        assert_eq!(
            changed,
            [
                "gamil.com gmail.com",
                "gmai.com gmail.com",
                "gmail.co gmail.com",
                "gmail.com.com gmail.com",
                "gmal.com gmail.com",
                "gmial.com gmail.com",
                "hitmail.com hotmail.com",
                "homail.com hotmail.com",
                "hotmai.com hotmail.com",
                "hotmail.cm hotmail.com",
                "hotmail.co hotmail.com",
                "hotmail.con hotmail.com",
                "hotmial.com hotmail.com",
                "yaho.com yahoo.com",
                "yahoo.co yahoo.com",
            ]
        );
    }

    #[test]
    fn no_shipped_known_domain_hides_an_order() {
        let t = &cx().tables.email;
        for line in include_str!("../../../data/email/known.txt").lines().filter(|l| !l.starts_with('#')) {
            for domain in line.split_ascii_whitespace() {
                let meant = domain::meant(domain, t);
                let is_itself = matches!(meant, Some(domain::Meant::Domain { domain: d, .. }) if d == domain);
                assert!(meant.is_none() || is_itself, "{domain}");
            }
        }
    }

    #[test]
    fn absurd_lengths_end_in_time() {
        let mega = 200_000;
        for piece in [
            "@", "a@", " at ", "a@b.fr;", "<", "www.", "mailto:", "\"'", "..", "é", "小.", "xn--",
            "a@b.fr, ", "'«",
        ] {
            for wrap in ["", "a@"] {
                let got = norm(Kind::Email, &format!("{wrap}{}", piece.repeat(mega / piece.len())), &cx());
                assert!(got.value.is_none_or(|v| v.len() <= 254), "{piece}");
            }
        }
    }
}
