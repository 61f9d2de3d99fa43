//! Numbers of countries outside the French plan.

use super::digits::Digits;
use super::french;
use super::{Found, LineType, NO_COUNTRY, Note, Notes};
use crate::normalize::{Code, Country};

/// What a number given to this module turned out to be.
pub(super) enum Foreign {
    /// A number of another country.
    Found(Found),
    /// A number of the French plan after all, such as `011 33 6…` from the United States: calling code, and the
    /// digits after it.
    French(u16, Digits),
}

/// Fewest and most digits of a foreign number, calling code included, and fewest after it (§2.1).
const TOTAL: std::ops::RangeInclusive<usize> = 8..=15;
const NATIONAL_MIN: usize = 6;

/// The same digit all along, or eight times at the end. The rows of keys of §2.1 are French numbers: +48 123 456 789
/// and +84 987 654 321 are lines in service.
fn is_placeholder(national: &str) -> bool {
    let same = |s: &[u8]| s.windows(2).all(|w| w[0] == w[1]);
    let bytes = national.as_bytes();
    same(bytes) || bytes.len().checked_sub(8).and_then(|from| bytes.get(from..)).is_some_and(same)
}

fn check_length(calling_code: &str, national: &str) -> Result<(), Code> {
    if TOTAL.contains(&(calling_code.len() + national.len())) && national.len() >= NATIONAL_MIN {
        Ok(())
    } else {
        Err(Code::BadLength)
    }
}

#[cfg(feature = "phone-full")]
pub(super) use library::read;

/// Judged by libphonenumber's metadata.
#[cfg(feature = "phone-full")]
mod library {
    use super::*;
    use rlibphonenumber::{ParseError, PhoneNumberType, PhoneNumberUtil, Region};
    use std::sync::OnceLock;

    /// The metadata, read once: it is a constant table.
    fn util() -> Option<&'static PhoneNumberUtil> {
        static UTIL: OnceLock<Option<PhoneNumberUtil>> = OnceLock::new();
        UTIL.get_or_init(|| PhoneNumberUtil::new().ok()).as_ref()
    }

    /// Whether the library has a numbering plan for the region.
    fn is_known(region: Region) -> bool {
        util().is_some_and(|u| u.get_country_code_for_region(region).is_some())
    }

    /// Reads `digits`, international when `plus`, otherwise as the region dials them.
    pub(in super::super) fn read(
        plus: bool,
        digits: &Digits,
        region: Country,
        notes: &mut Notes,
    ) -> Result<Foreign, Code> {
        let region = Region::from_code(region.as_str()).ok().filter(|r| is_known(*r));
        // Without a plan of its own a source can only write 00 for +.
        let (plus, digits) = match region {
            None if !plus && digits.as_str().starts_with("00") => (true, digits.skip(2)),
            _ => (plus, *digits),
        };
        let typed = digits.as_str();
        if typed.len() >= 9 && is_placeholder(typed) {
            return Err(Code::Placeholder);
        }
        if region.is_none() && !plus {
            return Err(if typed.len() <= 6 { Code::ShortNumber } else { Code::BadFormat });
        }
        let unfit = if !plus && typed.len() <= 6 {
            Code::ShortNumber
        } else if plus && !TOTAL.contains(&typed.len()) {
            Code::BadLength
        } else {
            Code::UnallocatedRange
        };
        let Some(util) = util() else { return Err(unfit) };
        let mut written = String::with_capacity(typed.len() + 1);
        if plus {
            written.push('+');
        }
        written.push_str(typed);
        let number = util.parse(&written, region).map_err(|e| match e {
            ParseError::TooShortAfterIdd | ParseError::TooShortNsn | ParseError::TooLongNsn
                if unfit == Code::UnallocatedRange =>
            {
                Code::BadLength
            }
            _ => unfit,
        })?;
        let zeros = match number.italian_leading_zero() {
            true => usize::try_from(number.number_of_leading_zeros()).unwrap_or(1),
            false => 0,
        };
        let national = format!("{}{}", "0".repeat(zeros), number.national_number);
        let calling_code = number.country_code.to_string();
        note_prefix(plus, typed, &calling_code, &national, notes);
        if let Some((code, "")) = french::split_calling_code(&calling_code) {
            return Ok(Foreign::French(code, Digits::of(&national)));
        }
        if is_placeholder(&national) {
            return Err(Code::Placeholder);
        }
        let line_type = match util.get_number_type(&number) {
            PhoneNumberType::FixedLine => LineType::Fixed,
            PhoneNumberType::Mobile => LineType::Mobile,
            PhoneNumberType::FixedLineOrMobile => LineType::FixedOrMobile,
            PhoneNumberType::TollFree => LineType::TollFree,
            PhoneNumberType::PremiumRate => LineType::Premium,
            PhoneNumberType::SharedCost => LineType::SharedCost,
            PhoneNumberType::VoIP => LineType::Voip,
            PhoneNumberType::PersonalNumber => LineType::Personal,
            PhoneNumberType::Pager => LineType::Pager,
            PhoneNumberType::UAN => LineType::Uan,
            PhoneNumberType::VoiceMail => LineType::Voicemail,
            // The library's own test of validity: a type is known.
            PhoneNumberType::Unknown => {
                let possible = util.is_possible_number(&number);
                return Err(if possible || unfit != Code::UnallocatedRange {
                    unfit
                } else {
                    Code::BadLength
                });
            }
        };
        check_length(&calling_code, &national).map_err(|e| if plus { e } else { unfit_length(typed) })?;
        let country = util.get_region_for_number(&number).map(|r| r.as_region_str());
        let country = country.and_then(|c| c.as_bytes().try_into().ok()).unwrap_or(NO_COUNTRY);
        let digits = Digits::of(&calling_code).then(&national).value().ok_or(Code::BadLength)?;
        Ok(Foreign::Found(Found { digits, line_type, country }))
    }

    fn unfit_length(typed: &str) -> Code {
        if typed.len() <= 6 { Code::ShortNumber } else { Code::BadLength }
    }

    /// Notes a calling code written without its plus, and a trunk 0 written after a calling code.
    fn note_prefix(plus: bool, typed: &str, calling_code: &str, national: &str, notes: &mut Notes) {
        let Some(before) = typed.strip_suffix(national) else { return };
        let (before, trunk) = match before.strip_suffix('0') {
            Some(code) if code.ends_with(calling_code) => (code, true),
            _ => (before, false),
        };
        let Some(idd) = before.strip_suffix(calling_code) else { return };
        if trunk {
            notes.add(Note::TrunkZeroRemoved);
        }
        // 1 is also how North America dials its own long distances.
        if !plus && idd.is_empty() && calling_code != "1" {
            notes.add(Note::CountryCodeInferred);
        }
    }
}

#[cfg(not(feature = "phone-full"))]
pub(super) use shape::read;

/// Judged by shape alone, for a build without the metadata; numbers of further countries are said to be unchecked.
#[cfg(not(feature = "phone-full"))]
mod shape {
    use super::*;

    /// Calling code, country, whether national numbers have a trunk 0, fewest and most digits of a national
    /// number, and first digits of mobiles. The regions of §2.1.
    type Shape = (&'static str, [u8; 2], bool, usize, usize, &'static [&'static str]);
    const SHAPES: &[Shape] = &[
        ("32", *b"BE", true, 8, 9, &["45", "46", "47", "48", "49"]),
        ("41", *b"CH", true, 9, 9, &["74", "75", "76", "77", "78", "79"]),
        ("352", *b"LU", false, 6, 11, &["6"]),
        ("377", *b"MC", false, 8, 9, &["3", "4", "6", "7"]),
        ("49", *b"DE", true, 6, 11, &["15", "16", "17"]),
        ("34", *b"ES", false, 9, 9, &["6", "7"]),
        ("39", *b"IT", false, 6, 11, &["3"]),
        ("44", *b"GB", true, 9, 10, &["7"]),
        ("31", *b"NL", true, 9, 9, &["6"]),
        ("351", *b"PT", false, 9, 9, &["9"]),
    ];

    /// Reads `digits`, international when `plus`, otherwise as the region dials them.
    pub(in super::super) fn read(
        plus: bool,
        digits: &Digits,
        region: Country,
        notes: &mut Notes,
    ) -> Result<Foreign, Code> {
        let typed = digits.as_str();
        if !plus && typed.starts_with("00") {
            return read(true, &digits.skip(2), region, notes);
        }
        if typed.len() >= 9 && is_placeholder(typed) {
            return Err(Code::Placeholder);
        }
        if plus {
            if let Some((code, rest)) = french::split_calling_code(typed) {
                return Ok(Foreign::French(code, Digits::of(rest)));
            }
            let Some(shape) = SHAPES.iter().find(|s| typed.starts_with(s.0)) else {
                if !TOTAL.contains(&typed.len()) {
                    return Err(Code::BadLength);
                }
                notes.add(Note::ForeignUnchecked);
                let digits = digits.value().ok_or(Code::BadLength)?;
                return Ok(Foreign::Found(Found {
                    digits,
                    line_type: LineType::Unknown,
                    country: NO_COUNTRY,
                }));
            };
            let mut national = &typed[shape.0.len()..];
            if shape.2
                && let Some(rest) = national.strip_prefix('0')
            {
                notes.add(Note::TrunkZeroRemoved);
                national = rest;
            }
            return fits(shape, national);
        }
        let shape = SHAPES.iter().find(|s| s.1 == region.bytes()).ok_or(Code::BadFormat)?;
        if typed.len() < NATIONAL_MIN {
            return Err(Code::ShortNumber);
        }
        match typed.strip_prefix('0') {
            Some(rest) if shape.2 => fits(shape, rest),
            _ => fits(shape, typed),
        }
    }

    fn fits(shape: &Shape, national: &str) -> Result<Foreign, Code> {
        if is_placeholder(national) {
            return Err(Code::Placeholder);
        }
        check_length(shape.0, national)?;
        if !(shape.3..=shape.4).contains(&national.len()) {
            return Err(Code::BadLength);
        }
        let mobile = shape.5.iter().any(|p| national.starts_with(p));
        let line_type = if mobile { LineType::Mobile } else { LineType::Fixed };
        let digits = Digits::of(shape.0).then(national).value().ok_or(Code::BadLength)?;
        Ok(Foreign::Found(Found { digits, line_type, country: shape.1 }))
    }
}
