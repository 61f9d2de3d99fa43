//! Telephone numbers to E.164 (`domain.md` §2.1).
//!
//! Plain French writings take a short way (`fast`) over a table of the French plan (`plan`); other writings are
//! taken apart step by step (`written`); numbers of other countries are judged by libphonenumber's metadata
//! (`foreign`). A number is an integer of at most 15 digits, since no calling code starts with 0.

mod digits;
mod fast;
mod foreign;
mod french;
mod parts;
mod plan;
mod ranges;
mod written;

use super::{Code, Codes, Context, Country, Output, Status};

/// What kind of line a number reaches. French numbers follow `domain.md` §2.1, others libphonenumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum LineType {
    Fixed,
    Mobile,
    FixedOrMobile,
    Voip,
    /// French 08 numbers, kept only with the option `allow_special`.
    Special,
    TollFree,
    Premium,
    SharedCost,
    Personal,
    Pager,
    Uan,
    Voicemail,
    /// The number stands but nothing is known of its line.
    Unknown,
}

impl LineType {
    /// The name in `extra.line_type`.
    #[inline]
    pub fn name(self) -> &'static str {
        match self {
            LineType::Fixed => "fixed",
            LineType::Mobile => "mobile",
            LineType::FixedOrMobile => "fixed_or_mobile",
            LineType::Voip => "voip",
            LineType::Special => "special",
            LineType::TollFree => "toll_free",
            LineType::Premium => "premium",
            LineType::SharedCost => "shared_cost",
            LineType::Personal => "personal",
            LineType::Pager => "pager",
            LineType::Uan => "uan",
            LineType::Voicemail => "voicemail",
            LineType::Unknown => "unknown",
        }
    }
}

/// A number as integers, for columns that compare numbers and need no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parsed {
    /// Digits of the E.164 form, calling code first, at most 15; 0 unless the status is `ok` or `corrected`.
    pub digits: u64,
    /// Kind of line.
    pub line_type: LineType,
    /// Codes in the order of the steps.
    pub codes: Codes,
    country: CountryCode,
    empty: bool,
}

impl Parsed {
    /// Country of the number; `None` for a code that belongs to no country, such as +800.
    pub fn country(&self) -> Option<Country> {
        std::str::from_utf8(&self.country).ok().and_then(Country::new)
    }

    /// `empty`, or what the codes say.
    #[inline]
    pub fn status(&self) -> Status {
        if self.empty { Status::Empty } else { self.codes.status() }
    }
}

/// Reads a number without writing text. Extension and further numbers are left out: [`normalize`] gives them.
///
/// # Examples
/// ```
/// use rcu_core::normalize::{phone, Context, Country};
/// use rcu_core::time::Day;
/// let cx = Context::new(Country::FR, Day(0));
/// assert_eq!(phone::parse("06 30 12 45 78", &cx).digits, 33_630_124_578);
/// ```
#[inline]
pub fn parse(raw: &str, cx: &Context) -> Parsed {
    read(raw, cx, &mut Sides::default())
}

/// Writes the number as `+` and 8 to 15 digits (Saint-Pierre-et-Miquelon has 9), and in `extra` its `line_type`,
/// `country`, and `extension` or `others` when the raw text has them.
pub fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    let mut sides = Sides::default();
    let parsed = read(raw, cx, &mut sides);
    if parsed.empty {
        out.set_empty();
    }
    for code in parsed.codes.as_slice() {
        out.code(*code);
    }
    if parsed.digits != 0 {
        write_e164(parsed.digits, &mut out.text);
        out.extra("line_type", parsed.line_type.name());
        if parsed.country != NO_COUNTRY {
            out.extra("country", alpha2(parsed.country));
        }
    }
    if let Some(extension) = sides.extension {
        out.extra("extension", extension);
    }
    if let Some(others) = sides.others {
        out.extra("others", others);
    }
}

/// What only some raw texts carry besides the number.
#[derive(Debug, Default)]
struct Sides {
    extension: Option<String>,
    others: Option<String>,
}

/// Two letters of ISO 3166-1, or [`NO_COUNTRY`].
type CountryCode = [u8; 2];
const NO_COUNTRY: CountryCode = [0, 0];

/// A number that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Found {
    digits: u64,
    line_type: LineType,
    country: CountryCode,
}

#[inline]
fn read(raw: &str, cx: &Context, sides: &mut Sides) -> Parsed {
    let mut notes = Notes::default();
    match fast::read(raw, french::home(cx.region), cx.options.allow_special, &mut notes) {
        Some(result) => notes.conclude(result),
        None => written::read(raw, cx, sides),
    }
}

/// What was noticed on the way, in the order of the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
enum Note {
    LabelRemoved = 1,
    ExtensionExtracted = 1 << 1,
    MultipleValues = 1 << 2,
    ExcelArtifact = 1 << 3,
    CharSubstituted = 1 << 4,
    TrunkZeroRemoved = 1 << 5,
    CountryCodeInferred = 1 << 6,
    PrefixRepaired = 1 << 7,
    LeadingZeroRestored = 1 << 8,
    CountryCodeReplaced = 1 << 9,
    SuspectSequence = 1 << 10,
    Platform = 1 << 11,
    #[cfg_attr(feature = "phone-full", allow(dead_code))]
    ForeignUnchecked = 1 << 12,
}

const IN_ORDER: [(Note, Code); 13] = [
    (Note::LabelRemoved, Code::LabelRemoved),
    (Note::ExtensionExtracted, Code::ExtensionExtracted),
    (Note::MultipleValues, Code::MultipleValues),
    (Note::ExcelArtifact, Code::ExcelArtifact),
    (Note::CharSubstituted, Code::CharSubstituted),
    (Note::TrunkZeroRemoved, Code::TrunkZeroRemoved),
    (Note::CountryCodeInferred, Code::CountryCodeInferred),
    (Note::PrefixRepaired, Code::PrefixRepaired),
    (Note::LeadingZeroRestored, Code::LeadingZeroRestored),
    (Note::CountryCodeReplaced, Code::CountryCodeReplaced),
    (Note::SuspectSequence, Code::SuspectSequence),
    (Note::Platform, Code::PlatformNumber),
    (Note::ForeignUnchecked, Code::ForeignUnchecked),
];

/// A set of [`Note`]s.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Notes(u16);

impl Notes {
    #[inline]
    fn add(&mut self, note: Note) {
        self.0 |= note as u16;
    }

    #[inline]
    fn has(self, note: Note) -> bool {
        self.0 & note as u16 != 0
    }

    /// The codes so far, then the one that refuses the number if there is one.
    #[inline]
    fn conclude(self, result: Result<Found, Code>) -> Parsed {
        let mut codes = Codes::new();
        if self.0 != 0 {
            for (note, code) in IN_ORDER {
                if self.has(note) {
                    codes.push(code);
                }
            }
        }
        match result {
            Ok(found) => Parsed {
                digits: found.digits,
                line_type: found.line_type,
                country: found.country,
                codes,
                empty: false,
            },
            Err(code) => {
                codes.push(code);
                Parsed { digits: 0, line_type: LineType::Unknown, country: NO_COUNTRY, codes, empty: false }
            }
        }
    }
}

/// Writes `+` and the digits at the end of `text`.
#[inline]
fn write_e164(digits: u64, text: &mut String) {
    const PAIRS: [[u8; 2]; 100] = {
        let mut pairs = [[b'0'; 2]; 100];
        let mut i = 0;
        while i < 100 {
            pairs[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
            i += 1;
        }
        pairs
    };
    // Sixteen digits from the right, two at a time, behind a place for the plus.
    let mut buffer = [b'0'; 17];
    let (mut high, mut low) = (digits / 100_000_000, digits % 100_000_000);
    for i in (0..4).rev() {
        buffer[1 + 2 * i..3 + 2 * i].copy_from_slice(&PAIRS[(high % 100) as usize]);
        buffer[9 + 2 * i..11 + 2 * i].copy_from_slice(&PAIRS[(low % 100) as usize]);
        (high, low) = (high / 100, low / 100);
    }
    let first = 16 - digits.checked_ilog10().map_or(1, |n| (n + 1).min(16)) as usize;
    buffer[first] = b'+';
    text.push_str(std::str::from_utf8(&buffer[first..]).unwrap_or_default());
}

/// The two letters of a country as text that lives as long as the program, so `extra` allocates nothing.
#[inline]
fn alpha2(country: CountryCode) -> &'static str {
    const PAIRS: [u8; 1352] = {
        let mut pairs = [0; 1352];
        let mut i = 0;
        while i < 676 {
            pairs[2 * i] = b'A' + (i / 26) as u8;
            pairs[2 * i + 1] = b'A' + (i % 26) as u8;
            i += 1;
        }
        pairs
    };
    static TEXT: &str = match std::str::from_utf8(&PAIRS) {
        Ok(text) => text,
        Err(_) => "",
    };
    let [a, b] = country.map(|c| usize::from(c.wrapping_sub(b'A')));
    let at = 2 * (26 * a + b);
    TEXT.get(at..at + 2).unwrap_or_default()
}

#[cfg(test)]
mod tests;
