//! One raw value in, one normal form out: `value`, `status`, `codes`, `extra` (`domain.md` §2).
//!
//! A normaliser knows no record and no table of rows. Every kind has one function of the shape
//! `fn(raw: &str, cx: &Context, out: &mut Output)`; [`into`] dispatches to it, [`any`] returns an owned
//! [`Normalized`], and columns go through the same function value by value.

pub mod address;
pub mod civility;
pub mod code;
pub mod column;
pub mod company;
pub mod company_id;
pub mod context;
pub mod date;
pub mod email;
pub mod loyalty;
pub mod money;
pub mod name;
pub mod output;
pub mod person;
pub mod phone;
pub mod phonetic;
pub mod text;
pub mod vocabulary;

pub use crate::country::Country;
pub use code::{Class, Code, Codes, Status};
pub use context::{Context, DateOrder, Options};
pub use output::{Normalized, Output};

use crate::error::{Error, did_you_mean};
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal => $call:expr),+ $(,)?) => {
        /// What a value is, and so which normaliser reads it. Names are those of `domain.md` §2.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        pub enum Kind { $($(#[$doc])* #[serde(rename = $name)] $variant),+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant),+];

            /// The kind's name in configurations and in every language.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$variant => $name),+ }
            }

            /// The kind of that name.
            pub fn from_name(name: &str) -> Option<Kind> {
                match name { $($name => Some(Kind::$variant),)+ _ => None }
            }
        }

        /// Normalises `raw` into `out`, which is reset first. Never panics, on any text.
        pub fn into(kind: Kind, raw: &str, cx: &Context, out: &mut Output) {
            out.reset();
            let normalize: fn(&str, &Context, &mut Output) = match kind { $(Kind::$variant => $call),+ };
            normalize(raw, cx, out);
        }
    };
}

kinds! {
    /// Telephone number, to E.164 (§2.1).
    Phone = "phone" => phone::normalize,
    /// E-mail address (§2.2).
    Email = "email" => email::normalize,
    /// Matching key of an e-mail address (§2.2).
    EmailKey = "email_key" => email::normalize_key,
    /// Family name (§2.3).
    LastName = "last_name" => name::normalize_last,
    /// Given name (§2.3).
    FirstName = "first_name" => name::normalize_first,
    /// A whole person's name in one field, split into its parts.
    PersonName = "person_name" => person::normalize,
    /// Matching key of a name: letters only.
    NameKey = "name_key" => name::normalize_key,
    /// Civility (§2.3).
    Civility = "civility" => civility::normalize,
    /// Birth date (§2.4).
    BirthDate = "birth_date" => date::normalize_birth,
    /// Any other calendar date; a time of day is dropped.
    Date = "date" => date::normalize,
    /// Delivery line of an address, L4 (§2.5).
    Street = "street" => address::street::normalize,
    /// Postcode (§2.5).
    Postcode = "postcode" => address::postcode::normalize,
    /// Locality (§2.5).
    City = "city" => address::city::normalize,
    /// `postcode|city`, checked against each other (§2.5).
    PostcodeCity = "postcode_city" => address::postcode_city::normalize,
    /// Whole address, to postal lines L2–L7 (§2.5).
    Address = "address" => address::whole::normalize,
    /// Matching key of an address (§2.6): postcode, number, significant words.
    AddrKey = "addr_key" => address::key::normalize,
    /// The weaker key, without the number (§2.6).
    AddrKey2 = "addr_key2" => address::key::normalize_weak,
    /// Amount of money (§2.7).
    Amount = "amount" => money::normalize,
    /// Amount in integer minor units (§2.7).
    AmountMinor = "amount_minor" => money::normalize_minor,
    /// Company number, 9 digits (§2.8).
    Siren = "siren" => company_id::normalize_siren,
    /// Establishment number, 14 digits (§2.8).
    Siret = "siret" => company_id::normalize_siret,
    /// French VAT number (§2.8).
    VatFr = "vat_fr" => company_id::normalize_vat,
    /// International bank account number (§2.8).
    Iban = "iban" => company_id::normalize_iban,
    /// The same, masked for display (§2.8).
    IbanMask = "iban_mask" => company_id::normalize_iban_mask,
    /// Country, to ISO 3166-1 alpha-2 (§2.8).
    Country = "country" => vocabulary::normalize_country,
    /// Language, to ISO 639-1 (§2.8).
    Language = "language" => vocabulary::normalize_language,
    /// Loyalty card (§2.8).
    LoyaltyCard = "loyalty_card" => loyalty::normalize,
    /// Loyalty card with an EAN-13 check digit (§2.8).
    LoyaltyCardEan13 = "loyalty_card_ean13" => loyalty::normalize_ean13,
    /// Loyalty card with a Luhn check digit (§2.8).
    LoyaltyCardLuhn = "loyalty_card_luhn" => loyalty::normalize_luhn,
    /// Yes or no (§2.8).
    Boolean = "boolean" => vocabulary::normalize_boolean,
    /// State of a consent (§2.8).
    Consent = "consent" => vocabulary::normalize_consent,
    /// Company name (§2.8).
    CompanyName = "company_name" => company::normalize,
    /// Matching key of a company name (§2.8).
    CompanyKey = "company_key" => company::normalize_key,
    /// Soundex for French, 4 characters (§3.6).
    SoundexFr = "soundex_fr" => phonetic::normalize_soundex,
    /// Phonex by F. Brouard (§3.6). Only a code that holds both letters and signs is its own normal form.
    Phonex = "phonex" => phonetic::normalize_phonex,
    /// Any text, blanks tidied.
    Text = "text" => plain::text,
    /// A whole number.
    Integer = "integer" => plain::integer,
    /// A decimal number, `.` as separator, no unit.
    Decimal = "decimal" => plain::decimal,
    /// One of a small set of words, kept as written.
    Category = "category" => plain::text,
    /// An identifier, kept as written but for outer blanks.
    Identifier = "identifier" => plain::identifier,
}

mod plain;

impl Kind {
    /// The kind that a caller names.
    ///
    /// # Errors
    /// [`Error::UnknownKind`] with the nearest known name.
    pub fn named(name: &str) -> Result<Kind, Error> {
        Kind::from_name(name).ok_or_else(|| Error::UnknownKind {
            kind: name.to_owned(),
            hint: did_you_mean(name, Kind::ALL.iter().map(|k| k.name())),
        })
    }
}

/// Normalises one value.
///
/// # Examples
/// ```
/// use rcu_core::normalize::{any, Context, Country, Kind};
/// use rcu_core::time::Day;
/// let cx = Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap());
/// assert_eq!(any(Kind::Integer, " 1 204 ", &cx).value.as_deref(), Some("1204"));
/// ```
pub fn any(kind: Kind, raw: &str, cx: &Context) -> Normalized {
    let mut out = Output::new();
    into(kind, raw, cx, &mut out);
    out.to_normalized()
}

/// The start that every kind shares: `raw` cleaned, or `None` after saying `empty` when nothing is there.
/// `null_literal` is the kind's list of words for "nothing".
#[inline]
pub(crate) fn begin<'a>(
    raw: &'a str,
    out: &mut Output,
    null_literal: fn(&str) -> bool,
) -> Option<std::borrow::Cow<'a, str>> {
    let clean = text::clean(raw);
    if clean.is_empty() {
        out.set_empty();
        return None;
    }
    if null_literal(&clean) {
        out.set_empty();
        out.code(Code::NullLiteral);
        return None;
    }
    Some(clean)
}
