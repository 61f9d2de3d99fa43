//! The canonical fields of a customer: what source columns are mapped to, matched on and kept in golden records.

use crate::normalize::Kind;

/// Position of a field in [`BUILT_IN`], or after it for an installation's own fields.
pub type FieldIx = usize;

/// A built-in field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its name in configurations and outputs.
    pub name: &'static str,
    /// How its values are normalised.
    pub kind: Kind,
    /// Whether it is a means of contact, whose value ages (`domain.md` §4.1, freshness F).
    pub contact: bool,
}

/// A canonical field: built in, or the installation's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompiledField {
    /// Name.
    pub name: String,
    /// How it is normalised.
    pub kind: Kind,
    /// Whether its value ages.
    pub contact: bool,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $constant:ident = $ix:literal, $name:literal, $kind:ident, $contact:literal;)+) => {
        $($(#[$doc])* pub const $constant: FieldIx = $ix;)+

        /// The built-in fields, in output order.
        pub const BUILT_IN: &[BuiltIn] = &[$(BuiltIn { name: $name, kind: Kind::$kind, contact: $contact }),+];
    };
}

fields! {
    /// M, MME, DR, …
    CIVILITY = 0, "civility", Civility, false;
    /// Family name in use.
    LAST_NAME = 1, "last_name", LastName, false;
    /// Given name.
    FIRST_NAME = 2, "first_name", FirstName, false;
    /// Family name at birth.
    BIRTH_NAME = 3, "birth_name", LastName, false;
    /// PERE, FILS, JR, …
    SUFFIX = 4, "suffix", Text, false;
    /// Birth date.
    BIRTH_DATE = 5, "birth_date", BirthDate, false;
    /// E-mail address.
    EMAIL = 6, "email", Email, true;
    /// Mobile number.
    MOBILE = 7, "mobile", Phone, true;
    /// Any other telephone number.
    LANDLINE = 8, "landline", Phone, true;
    /// Apartment, building, residence: lines L2 and L3.
    ADDRESS_EXTRA = 9, "address_extra", Text, true;
    /// Number and way: line L4.
    STREET = 10, "street", Street, true;
    /// Postcode.
    POSTCODE = 11, "postcode", Postcode, true;
    /// Locality.
    CITY = 12, "city", City, true;
    /// Country of the address.
    COUNTRY = 13, "country", Country, true;
    /// Loyalty card.
    LOYALTY_CARD = 14, "loyalty_card", LoyaltyCard, false;
    /// Preferred language.
    LANGUAGE = 15, "language", Language, false;
    /// Consent to marketing by e-mail.
    CONSENT_EMAIL = 16, "consent_email", Consent, false;
    /// Consent to marketing by SMS.
    CONSENT_SMS = 17, "consent_sms", Consent, false;
    /// Company name.
    COMPANY_NAME = 18, "company_name", CompanyName, false;
    /// Establishment number.
    SIRET = 19, "siret", Siret, false;
    /// Company number.
    SIREN = 20, "siren", Siren, false;
    /// Home store.
    STORE = 21, "store", Identifier, false;
    /// Creation of the record at its source.
    CREATED_AT = 22, "created_at", Date, false;
    /// First purchase, as the source knows it.
    FIRST_PURCHASE_DATE = 23, "first_purchase_date", Date, false;
}

/// Inputs that feed several fields: a source column may be mapped to them, no golden field bears their name.
pub const COMPOSITE: &[(&str, &[FieldIx])] = &[
    ("phone", &[MOBILE, LANDLINE]),
    ("name", &[CIVILITY, LAST_NAME, FIRST_NAME, BIRTH_NAME, SUFFIX]),
    ("address", &[ADDRESS_EXTRA, STREET, POSTCODE, CITY, COUNTRY]),
];

/// Position of the built-in field of that name.
pub fn built_in(name: &str) -> Option<FieldIx> {
    BUILT_IN.iter().position(|f| f.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_point_at_their_names() {
        for (constant, name) in [(CIVILITY, "civility"), (EMAIL, "email"), (CREATED_AT, "created_at")] {
            assert_eq!(BUILT_IN[constant].name, name);
            assert_eq!(built_in(name), Some(constant));
        }
    }
}
