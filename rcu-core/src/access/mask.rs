//! Masks: enough of a value to recognise it, too little to use it.

use super::role::Area;
use crate::normalize::Kind;

/// A normalised value of a kind under its mask; `None` when nothing of it may be shown.
///
/// # Examples
/// ```
/// use rcu_core::access::mask;
/// use rcu_core::normalize::Kind;
/// assert_eq!(mask(Kind::Email, "marie@free.fr").as_deref(), Some("m***@free.fr"));
/// assert_eq!(mask(Kind::Phone, "+33630124578").as_deref(), Some("+336****4578"));
/// ```
pub fn mask(kind: Kind, value: &str) -> Option<String> {
    match kind {
        Kind::Email | Kind::EmailKey => email(value),
        Kind::Phone => phone(value),
        Kind::LastName | Kind::FirstName | Kind::PersonName | Kind::NameKey => Some(name(value)),
        Kind::BirthDate => Some(year(value)),
        Kind::Iban => Some(ends(value, 4, 4)),
        // Made to be shown.
        Kind::IbanMask => Some(value.to_owned()),
        Kind::LoyaltyCard | Kind::LoyaltyCardEan13 | Kind::LoyaltyCardLuhn | Kind::Identifier => {
            Some(ends(value, 0, 4))
        }
        // A whole address becomes its place; street lines are left out.
        Kind::PostcodeCity | Kind::Postcode | Kind::City | Kind::Country => Some(value.to_owned()),
        Kind::Address => place(value),
        Kind::Street | Kind::AddrKey | Kind::AddrKey2 | Kind::Text => None,
        Kind::SoundexFr | Kind::Phonex => None,
        Kind::Civility
        | Kind::Date
        | Kind::Amount
        | Kind::AmountMinor
        | Kind::Siren
        | Kind::Siret
        | Kind::VatFr
        | Kind::Language
        | Kind::Boolean
        | Kind::Consent
        | Kind::CompanyName
        | Kind::CompanyKey
        | Kind::Integer
        | Kind::Decimal
        | Kind::Category => Some(value.to_owned()),
    }
}

/// A value of an area under its mask: by its kind, but nothing of a text that stands for an address or a note.
pub fn mask_in(area: Area, kind: Kind, value: &str) -> Option<String> {
    match area {
        Area::Address | Area::Note => None,
        Area::Name if kind == Kind::Text => Some(name(value)),
        _ => mask(kind, value),
    }
}

/// `marie.dupont@free.fr` to `m***@free.fr`.
fn email(value: &str) -> Option<String> {
    let (local, domain) = value.rsplit_once('@')?;
    Some(format!("{}***@{domain}", local.chars().next()?))
}

/// `+33630124578` to `+336****4578`: the country and the first digit, the last four. Of a short number the last two.
fn phone(value: &str) -> Option<String> {
    let n = value.chars().count();
    Some(if n >= 11 { ends(value, 4, 4).replacen(&"*".repeat(n - 8), "****", 1) } else { ends(value, 0, 2) })
}

/// `DUPONT` to `D***`, each word apart.
fn name(value: &str) -> String {
    let words = value.split_whitespace().filter_map(|w| w.chars().next());
    words.map(|c| format!("{c}***")).collect::<Vec<_>>().join(" ")
}

/// `1985-03-12` to `1985`.
fn year(value: &str) -> String {
    value.split('-').next().unwrap_or("").to_owned()
}

/// The line with postcode and city of a whole address.
fn place(value: &str) -> Option<String> {
    let starts_with_postcode = |line: &&str| line.trim_start().bytes().take(2).all(|b| b.is_ascii_digit());
    value.lines().rev().find(starts_with_postcode).filter(|l| !l.is_empty()).map(str::to_owned)
}

/// The first `head` and last `tail` characters with `*` between; all `*` when there would be nothing to hide.
fn ends(value: &str, head: usize, tail: usize) -> String {
    let n = value.chars().count();
    let hides = n > head + tail;
    let shown = |i: usize| hides && (i < head || i >= n - tail);
    value.chars().enumerate().map(|(i, c)| if shown(i) { c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn masks_are_those_of_the_specification() {
        for (kind, value, want) in [
            (Kind::Email, "marie.dupont@free.fr", Some("m***@free.fr")),
            (Kind::Phone, "+33630124578", Some("+336****4578")),
            (Kind::Phone, "+262692451230", Some("+262****1230")),
            (Kind::LastName, "DUPONT", Some("D***")),
            (Kind::LastName, "DUPONT MARTIN", Some("D*** M***")),
            (Kind::BirthDate, "1985-03-12", Some("1985")),
            (Kind::Iban, "FR7630006000011234567890189", Some("FR76*******************0189")),
            (Kind::Street, "12 BIS AVENUE DU GENERAL LECLERC", None),
            (Kind::Postcode, "75008", Some("75008")),
            (Kind::City, "PARIS", Some("PARIS")),
            (Kind::Address, "12 RUE X\n75008 PARIS", Some("75008 PARIS")),
            (Kind::LoyaltyCard, "9250012345678", Some("*********5678")),
            (Kind::Identifier, "ab", Some("**")),
            (Kind::Text, "call her mother", None),
            (Kind::Civility, "MME", Some("MME")),
        ] {
            assert_eq!(mask(kind, value).as_deref(), want, "{kind:?} {value}");
        }
    }

    proptest! {
        /// No mask lets a personal value through whole, and none panics.
        #[test]
        fn a_mask_hides(value in "\\PC{0,24}") {
            for kind in Kind::ALL {
                let _ = mask(*kind, &value);
            }
            for kind in [Kind::Phone, Kind::Iban, Kind::LoyaltyCard, Kind::Identifier, Kind::Street, Kind::Text] {
                let shown = mask(kind, &value);
                prop_assert!(value.is_empty() || shown.as_deref() != Some(&value) || value.chars().all(|c| c == '*'));
            }
        }
    }
}
