//! What a domain was meant to be: the repairs that `domain.md` §2.2 orders, and suggestions beyond them.

use crate::reference::email::{Alone, EmailTables, Provider, cut};
use std::borrow::Cow;

/// A slip that can be read in one way only.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meant<'t> {
    /// This provider's domain was meant.
    Domain { domain: &'t str, repaired: bool, tld_added: bool },
    /// A provider's name without TLD, where several exist.
    Ambiguous,
}

/// The provider's domain that an unknown `domain` (ASCII, lower case, perhaps malformed) stands for; `None` when no
/// rule names one. Nothing is ever repaired outside these rules.
pub(super) fn meant<'t>(domain: &str, t: &'t EmailTables) -> Option<Meant<'t>> {
    let repaired = |domain| Meant::Domain { domain, repaired: true, tld_added: false };
    let Some((name, tld)) = cut(domain, b'.') else {
        return match t.provider(domain).map(|(p, is_slip)| (p.alone(), is_slip)) {
            Some((Alone::Domain(domain), is_slip)) => {
                Some(Meant::Domain { domain, repaired: is_slip, tld_added: true })
            }
            Some((Alone::Ambiguous, _)) => Some(Meant::Ambiguous),
            Some((Alone::Unknown, _)) | None => t.dotted(domain).map(repaired),
        };
    };
    let (provider, is_slip) = t.provider(name)?;
    provider
        .under(tld)
        .or_else(|| t.tld_meant(tld).and_then(|tld| provider.under(tld)))
        .or_else(|| provider.instead_of(tld))
        .or_else(|| if is_slip { None } else { doubled_or_undotted(provider, tld) })
        .map(repaired)
}

/// `gmail.com.com` and `yahoo.couk`: the TLD written again, or without its inner dot.
fn doubled_or_undotted<'p>(provider: &'p Provider, typed: &str) -> Option<&'p str> {
    let again = |tld: &str| {
        let mut rest = typed;
        while let Some(shorter) = rest.strip_suffix(tld).and_then(|r| r.strip_suffix('.')) {
            rest = shorter;
        }
        rest == tld
    };
    let undotted = |tld: &str| !typed.contains('.') && tld.contains('.') && tld.replace('.', "") == *typed;
    provider.tlds().find(|(tld, _)| again(tld) || undotted(tld)).map(|(_, domain)| domain)
}

/// TLD slips of `domain.md` that are countries: a company may well have its domain there.
const COUNTRIES: &[&str] = &["co", "cm", "ne"];

/// A domain that may have been meant by an unknown `domain`, well formed or not, for a person to decide. `region` is
/// the TLD to prefer, with its dot.
pub(super) fn suggestion<'t>(domain: &str, t: &'t EmailTables, region: &str) -> Option<Cow<'t, str>> {
    let Some((name, tld)) = cut(domain, b'.') else {
        return t.near(domain, region).map(Cow::Borrowed);
    };
    if let Some((provider, false)) = t.provider(name)
        && is_public_suffix(tld)
    {
        return provider.nearest(tld, region).map(Cow::Borrowed);
    }
    if let Some(near) = t.near(domain, region) {
        return Some(Cow::Borrowed(near));
    }
    // A TLD that does not exist, behind any name: `entreprise.con`.
    let tld = t.tld_meant(tld).filter(|_| !COUNTRIES.contains(&tld) && !name.is_empty())?;
    let whole = format!("{name}.{tld}");
    match t.near(&whole, region) {
        Some(near) if t.facts(&whole).is_empty() => Some(Cow::Borrowed(near)),
        _ => Some(Cow::Owned(whole)),
    }
}

/// Whether what follows a name is a TLD, or a second level that registries use as one.
fn is_public_suffix(tld: &str) -> bool {
    match cut(tld, b'.') {
        None => true,
        Some((second, country)) => {
            country.len() == 2
                && matches!(
                    second,
                    "co" | "com" | "net" | "org" | "ac" | "edu" | "gov" | "gouv" | "or" | "ne"
                )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(domain: &str) -> String {
        match meant(domain, &EmailTables::default()) {
            Some(Meant::Domain { domain, .. }) => domain.to_owned(),
            Some(Meant::Ambiguous) => "?".to_owned(),
            None => "-".to_owned(),
        }
    }

    #[test]
    fn repairs_are_those_of_the_rules() {
        for (typed, want) in [
            ("gmial.com", "gmail.com"),
            ("gmial.con", "gmail.com"),
            ("hotmial.co.uk", "hotmail.co.uk"),
            ("orange.f", "orange.fr"),
            ("laposte.ner", "laposte.net"),
            ("gmail.fr", "gmail.com"),
            ("ecloud.fr", "icloud.com"),
            ("wanadoo.com", "wanadoo.fr"),
            ("orang", "orange.fr"),
            ("yaho", "?"),
            ("gmailcom", "gmail.com"),
            ("yahoocouk", "yahoo.co.uk"),
            ("yahoo.couk", "yahoo.co.uk"),
            ("gmail.com.com", "gmail.com"),
            ("free.fr.fr.fr", "free.fr"),
            ("yahoo.co.uk.co.uk", "yahoo.co.uk"),
            ("ecloud.global", "-"),
            ("srf.ch", "-"),
            ("orange.con", "-"),
            ("orange.com", "-"),
            ("laposte.fr", "-"),
            ("gmial.com.com", "-"),
            ("gmail.com.fr", "-"),
            ("mail.orange.f", "-"),
            ("msn", "-"),
        ] {
            assert_eq!(read(typed), want, "{typed}");
        }
    }

    #[test]
    fn suggestions_go_further_and_stay_suggestions() {
        let t = EmailTables::default();
        for (typed, want) in [
            ("laposte.fr", Some("laposte.net")),
            ("orange.com", Some("orange.fr")),
            ("yahoo.ff", Some("yahoo.fr")),
            ("yajoo.com", Some("yahoo.com")),
            ("yajoo.con", Some("yahoo.com")),
            ("comcast.nry", Some("comcast.net")),
            ("comcast.ner", Some("comcast.net")),
            ("entreprise.cmo", Some("entreprise.com")),
            ("#gmail.com", Some("gmail.com")),
            ("webde", Some("web.de")),
            ("entreprise.co", None),
            ("mail.entreprise.cmo", None),
            ("live.entreprise.fr", None),
            ("ecloud.global", None),
            ("srf.ch", None),
            ("entreprise.fr", None),
        ] {
            assert_eq!(suggestion(typed, &t, ".fr").as_deref(), want, "{typed}");
        }
    }
}
