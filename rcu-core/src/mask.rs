//! Personal values as those see them who may not read them in clear (`domain.md` §7.6).

use crate::field::CompiledField;
use crate::normalize::Kind;

/// Whether values are written in clear or masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// Masked.
    #[default]
    Masked,
    /// In clear.
    Clear,
}

impl Show {
    /// A value of a field as it may be shown.
    pub fn value(self, field: &CompiledField, text: &str) -> String {
        match self {
            Show::Clear => text.to_owned(),
            Show::Masked => mask(field.kind, text),
        }
    }
}

/// The masked form of a normal form: `m***@free.fr`, `+336****4578`, `D***`, the year of a date, the last four of a card.
/// What says little of a person (civility, postcode, city, company numbers, categories) stays as it is.
pub fn mask(kind: Kind, text: &str) -> String {
    match kind {
        Kind::Email | Kind::EmailKey => match text.split_once('@') {
            Some((local, domain)) => format!("{}***@{domain}", first(local)),
            None => start(text),
        },
        Kind::Phone => {
            // The domain's example keeps the country, the type and the last four digits.
            let (head, tail) = (cut(text, 4), last(text, 4));
            if text.len() > 8 { format!("{head}****{tail}") } else { start(text) }
        }
        Kind::BirthDate | Kind::Date => text.get(..4).unwrap_or("***").to_owned(),
        Kind::LoyaltyCard | Kind::LoyaltyCardEan13 | Kind::LoyaltyCardLuhn => format!("***{}", last(text, 4)),
        Kind::Iban => {
            let (head, tail) = (cut(text, 4), last(text, 4));
            if tail.is_empty() {
                start(text)
            } else {
                format!("{head}{}{tail}", "*".repeat(text.chars().count() - 8))
            }
        }
        // Of an address, postcode and city are shown.
        Kind::Street | Kind::Address => "***".to_owned(),
        Kind::Civility
        | Kind::Postcode
        | Kind::City
        | Kind::PostcodeCity
        | Kind::Country
        | Kind::CompanyName
        | Kind::Siren
        | Kind::Siret
        | Kind::Consent
        | Kind::Language
        | Kind::Boolean
        | Kind::IbanMask
        | Kind::Category => text.to_owned(),
        _ => start(text),
    }
}

fn first(text: &str) -> &str {
    cut(text, 1)
}

fn start(text: &str) -> String {
    format!("{}***", first(text))
}

fn cut(text: &str, characters: usize) -> &str {
    let end = text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// The last characters, and none when the text is so short that they would be most of it.
fn last(text: &str, characters: usize) -> &str {
    let count = text.chars().count();
    if count <= 2 * characters {
        return "";
    }
    let from = text.char_indices().nth(count - characters).map_or(0, |(at, _)| at);
    &text[from..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_masked_as_the_specification_says() {
        for (kind, clear, masked) in [
            (Kind::Email, "m.dupont@free.fr", "m***@free.fr"),
            (Kind::Phone, "+33630124578", "+336****4578"),
            (Kind::LastName, "DUPONT", "D***"),
            (Kind::BirthDate, "1985-03-12", "1985"),
            (Kind::Street, "12 RUE DES LILAS", "***"),
            (Kind::City, "PARIS", "PARIS"),
            (Kind::LoyaltyCard, "2900278135080", "***5080"),
            (Kind::Iban, "FR7630006000011234567890189", "FR76*******************0189"),
            (Kind::Iban, "FR763000", "F***"),
            (Kind::Identifier, "é1", "é***"),
            (Kind::LoyaltyCard, "12", "***"),
        ] {
            assert_eq!(mask(kind, clear), masked);
        }
    }

    #[test]
    fn no_text_panics_or_shows_through() {
        for kind in Kind::ALL {
            for text in ["", "é", "@", "+3", "ÉÉÉÉÉÉÉÉÉ", "a@b", "漢字漢字漢字漢字漢字"] {
                mask(*kind, text);
            }
        }
        for kind in [Kind::Text, Kind::Identifier, Kind::FirstName, Kind::Integer, Kind::Decimal] {
            assert!(!mask(kind, "SECRET").contains("ECRET"), "{}", kind.name());
        }
    }
}
