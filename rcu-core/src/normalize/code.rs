//! The closed registry of codes that a normaliser may give, and the status that follows from them.

use serde::{Serialize, Serializer};

/// What a code says of a value: it was refused, guessed or repaired, or only remarked upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The value stands; the code informs.
    Inform,
    /// Content was guessed, repaired or dropped.
    Correct,
    /// The value was refused and is null.
    Reject,
}

/// How a value came out of its normaliser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Status {
    /// Nothing was there: null, blank, or a word for "nothing".
    Empty = 0,
    /// At least one reject code; the value is null.
    Rejected = 1,
    /// At least one correction code.
    Corrected = 2,
    /// Clean, or changed in presentation only.
    Ok = 3,
}

impl Status {
    /// Every status, in the order of their numbers.
    pub const ALL: &'static [Status] = &[Status::Empty, Status::Rejected, Status::Corrected, Status::Ok];

    /// `ok`, `corrected`, `rejected` or `empty`.
    pub fn name(self) -> &'static str {
        match self {
            Status::Empty => "empty",
            Status::Rejected => "rejected",
            Status::Corrected => "corrected",
            Status::Ok => "ok",
        }
    }
}

/// The names, as in `Serialize`.
impl schemars::JsonSchema for Status {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Status".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names = [Status::Ok, Status::Corrected, Status::Rejected, Status::Empty].map(Status::name);
        schemars::json_schema!({ "type": "string", "enum": names })
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

macro_rules! registry {
    ($($class:ident { $($variant:ident = $name:literal),+ $(,)? })+) => {
        /// A code of the closed registry (`domain.md` §2.9).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum Code { $($($variant),+),+ }

        impl Code {
            /// Every code, in registry order.
            pub const ALL: &'static [Code] = &[$($(Code::$variant),+),+];

            /// The code's stable name, the same in every language.
            pub fn name(self) -> &'static str {
                match self { $($(Code::$variant => $name),+),+ }
            }

            /// Whether the code refuses, corrects or informs.
            pub fn class(self) -> Class {
                match self { $($(Code::$variant => Class::$class),+),+ }
            }

            /// The code of that name.
            pub fn from_name(name: &str) -> Option<Code> {
                match name { $($($name => Some(Code::$variant)),+),+, _ => None }
            }
        }
    };
}

registry! {
    Reject {
        Placeholder = "placeholder", BadLength = "bad_length", BadChars = "bad_chars", BadFormat = "bad_format",
        BadSyntax = "bad_syntax", BadChecksum = "bad_checksum", ExcelScientific = "excel_scientific",
        ShortNumber = "short_number", SpecialNumber = "special_number", FictionalNumber = "fictional_number",
        UnallocatedRange = "unallocated_range", NonAsciiLocal = "non_ascii_local",
        AmbiguousDomain = "ambiguous_domain", DisposableDomain = "disposable_domain",
        NoreplyAddress = "noreply_address", EncodingLost = "encoding_lost", NotAName = "not_a_name",
        TooShort = "too_short", TooLong = "too_long", CompanyInName = "company_in_name",
        UnknownValue = "unknown_value", AmbiguousValue = "ambiguous_value", FormerCountry = "former_country",
        InvalidDate = "invalid_date", FutureDate = "future_date", TooOld = "too_old", PartialDate = "partial_date",
        AmbiguousCentury = "ambiguous_century", LineTooLong = "line_too_long", InseeCode = "insee_code",
        Unallocated = "unallocated", PostcodeCityMismatch = "postcode_city_mismatch",
        MissingPostcode = "missing_postcode", MissingCity = "missing_city",
        AmbiguousSeparator = "ambiguous_separator", NotAnAmount = "not_an_amount", SirenGiven = "siren_given",
    }
    Correct {
        MultipleValues = "multiple_values", ExcelArtifact = "excel_artifact", CharSubstituted = "char_substituted",
        CountryCodeInferred = "country_code_inferred", CountryCodeReplaced = "country_code_replaced",
        PrefixRepaired = "prefix_repaired", LeadingZeroRestored = "leading_zero_restored",
        WrapperRemoved = "wrapper_removed", AtRepaired = "at_repaired", WhitespaceRemoved = "whitespace_removed",
        DotsCollapsed = "dots_collapsed", DiacriticsFolded = "diacritics_folded",
        DomainRepaired = "domain_repaired", TldAdded = "tld_added", MojibakeRepaired = "mojibake_repaired",
        CommentRemoved = "comment_removed", DigitsRemoved = "digits_removed", NameSwapped = "name_swapped",
        CenturyInferred = "century_inferred", DayMonthSwapped = "day_month_swapped", ExcelSerial = "excel_serial",
        TimezoneShifted = "timezone_shifted", NumberZeroRemoved = "number_zero_removed",
        NumberRangeReduced = "number_range_reduced", LineShortened = "line_shortened",
        CityRepaired = "city_repaired", CityInferred = "city_inferred", Rounded = "rounded",
        SiretTruncated = "siret_truncated", SirenFromVat = "siren_from_vat",
        PhoneTypeSwapped = "phone_type_swapped", FieldSwapped = "field_swapped",
    }
    Inform {
        NullLiteral = "null_literal", LabelRemoved = "label_removed", ExtensionExtracted = "extension_extracted",
        TrunkZeroRemoved = "trunk_zero_removed", SuspectSequence = "suspect_sequence",
        PlatformNumber = "platform_number", Idn = "idn", RoleAddress = "role_address", DeadDomain = "dead_domain",
        LegacyDomain = "legacy_domain", DomainSuspect = "domain_suspect", CivilityExtracted = "civility_extracted",
        Couple = "couple", BirthNameExtracted = "birth_name_extracted", OtherFirstNames = "other_first_names",
        Initials = "initials", NonLatin = "non_latin", MlleMerged = "mlle_merged", TimeDropped = "time_dropped",
        SuspectDefault = "suspect_default", VeryOld = "very_old", Minor = "minor",
        MinorUnder15 = "minor_under_15", AbbrevExpanded = "abbrev_expanded",
        ArrondissementRemoved = "arrondissement_removed", Cedex = "cedex", PrefixRemoved = "prefix_removed",
        Monaco = "monaco", LegacyCurrency = "legacy_currency", Negative = "negative",
        ForeignUnchecked = "foreign_unchecked", GenderMismatch = "gender_mismatch", DateOrder = "date_order",
        CountryMismatch = "country_mismatch", InternalContact = "internal_contact",
    }
}

impl Code {
    /// Whether a value with this code must not make a matching key (`domain.md` §3.1).
    pub fn bars_keys(self) -> bool {
        matches!(
            self,
            Code::SuspectSequence
                | Code::PlatformNumber
                | Code::SuspectDefault
                | Code::RoleAddress
                | Code::InternalContact
        )
    }
}

/// The names, as in `Serialize`.
impl schemars::JsonSchema for Code {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names: Vec<&str> = Code::ALL.iter().map(|c| c.name()).collect();
        schemars::json_schema!({ "type": "string", "enum": names })
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

/// Codes of one value, in the order of the steps, each once. Holds at most [`Codes::CAPACITY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Codes {
    len: u8,
    list: [Code; Codes::CAPACITY],
}

impl Codes {
    /// More codes than any value can gather: the longest chain of steps of one kind gives fewer.
    pub const CAPACITY: usize = 11;

    /// No code yet.
    pub const fn new() -> Codes {
        Codes { len: 0, list: [Code::Placeholder; Codes::CAPACITY] }
    }

    /// Adds a code unless it is there already.
    #[inline]
    pub fn push(&mut self, code: Code) {
        let n = self.len as usize;
        if n < Codes::CAPACITY && !self.list[..n].contains(&code) {
            self.list[n] = code;
            self.len += 1;
        }
    }

    /// The codes in order.
    #[inline]
    pub fn as_slice(&self) -> &[Code] {
        &self.list[..self.len as usize]
    }

    /// Drops all codes.
    #[inline]
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Whether there is none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Status that follows from the codes for a value that is there.
    #[inline]
    pub fn status(&self) -> Status {
        if self.len == 0 {
            return Status::Ok;
        }
        match self.as_slice().iter().map(|c| c.class()).max() {
            Some(Class::Reject) => Status::Rejected,
            Some(Class::Correct) => Status::Corrected,
            _ => Status::Ok,
        }
    }
}

impl Default for Codes {
    fn default() -> Self {
        Codes::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_read_back() {
        for (i, code) in Code::ALL.iter().enumerate() {
            assert_eq!(Code::from_name(code.name()), Some(*code));
            assert!(Code::ALL[i + 1..].iter().all(|c| c.name() != code.name()));
        }
    }

    #[test]
    fn the_gravest_class_decides_the_status() {
        let mut codes = Codes::new();
        assert_eq!(codes.status(), Status::Ok);
        codes.push(Code::TrunkZeroRemoved);
        assert_eq!(codes.status(), Status::Ok);
        codes.push(Code::CountryCodeReplaced);
        assert_eq!(codes.status(), Status::Corrected);
        codes.push(Code::BadLength);
        assert_eq!(codes.status(), Status::Rejected);
        codes.push(Code::BadLength);
        assert_eq!(codes.as_slice().len(), 3);
    }
}
