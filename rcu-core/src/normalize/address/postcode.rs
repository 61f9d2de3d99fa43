//! Postcodes (`domain.md` §2.5, `postcode`): five French digits, or the pattern of the region's country.

use super::fold::Folded;
use super::{is_empty, is_french};
use crate::normalize::{Code, Context, Country, Output};

/// Postcode of the region's country. French postcodes get `extra.department`.
pub fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    if is_french(cx.region) {
        // The everyday case: five digits and nothing else.
        if let &[a, b, c, d, e] = raw.as_bytes() {
            let digits = [a, b, c, d, e];
            if digits.iter().all(u8::is_ascii_digit) {
                return write_french(digits, raw, out);
            }
        }
    }
    let mut buf = Folded::new();
    let folded = buf.fold(raw);
    if !is_empty(folded, out) {
        write(folded, cx.region, out);
    }
}

/// Writes the postcode of a folded text after `out.text`.
pub(super) fn write(folded: &str, region: Country, out: &mut Output) {
    let (rest, prefix) = strip_prefix(folded, region);
    if prefix {
        out.code(Code::PrefixRemoved);
    }
    if is_french(region) {
        return french(rest, out);
    }
    match pattern(region) {
        Some(pattern) => {
            if !pattern.write(rest, out) {
                out.code(Code::BadFormat);
            }
        }
        None => unknown(rest, out),
    }
}

fn french(text: &str, out: &mut Output) {
    // A spreadsheet writes 75008 as 75008.0.
    let (text, artifact) = match text.strip_suffix(".0") {
        Some(t) => (t, true),
        None => (text, false),
    };
    let mut digits = [0u8; 6];
    let mut n = 0;
    let mut substituted = false;
    for b in text.bytes().filter(|b| *b != b' ') {
        let b = if b == b'O' && n > 0 {
            substituted = true;
            b'0'
        } else {
            b
        };
        match digits.get_mut(n) {
            Some(slot) if n < 5 => *slot = b,
            _ => return out.code(Code::BadFormat),
        }
        n += 1;
    }
    let Some(found) = digits.get(..n) else { return out.code(Code::BadFormat) };
    if let [b'2', b'A' | b'B', c, d, e] = found
        && [c, d, e].iter().all(|b| b.is_ascii_digit())
    {
        return out.code(Code::InseeCode);
    }
    if !found.iter().all(u8::is_ascii_digit) {
        return out.code(Code::BadFormat);
    }
    let five = match *found {
        [a, b, c, d, e] => [a, b, c, d, e],
        [a, b, c, d] if a != b'0' => [b'0', a, b, c, d],
        _ => return out.code(Code::BadFormat),
    };
    if artifact {
        out.code(Code::ExcelArtifact);
    }
    if substituted {
        out.code(Code::CharSubstituted);
    }
    if n == 4 {
        out.code(Code::LeadingZeroRestored);
    }
    write_french(five, std::str::from_utf8(&five).unwrap_or(""), out);
}

#[inline]
fn write_french(digits: [u8; 5], text: &str, out: &mut Output) {
    if matches!(&digits, b"00000" | b"11111" | b"99999" | b"12345") {
        return out.code(Code::Placeholder);
    }
    let [a, b, c, d, e] = digits.map(|d| u32::from(d - b'0'));
    let code = a * 10_000 + b * 1_000 + c * 100 + d * 10 + e;
    let Some(department) = department(code) else { return out.code(Code::Unallocated) };
    if code == 98_000 {
        out.code(Code::Monaco);
    }
    out.text.push_str(text);
    out.extra("department", department);
}

/// A French postcode as a number, when it is one of an allocated range.
pub(crate) fn parse_french(text: &str) -> Option<u32> {
    let digits: &[u8; 5] = text.as_bytes().try_into().ok()?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let code = digits.iter().fold(0, |code, d| code * 10 + u32::from(d - b'0'));
    department(code).map(|_| code)
}

/// Department of a French postcode: two digits, `2A` or `2B` for Corsica, three digits overseas; `None` when the
/// range is not allocated. A postcode may serve communes of a neighbouring department, so this is no proof.
///
/// # Examples
/// ```
/// use rcu_core::normalize::address::postcode::department;
/// assert_eq!(department(20_090), Some("2A"));
/// assert_eq!(department(97_411), Some("974"));
/// assert_eq!(department(96_000), None);
/// ```
pub fn department(code: u32) -> Option<&'static str> {
    const TWO: &str = "00010203040506070809101112131415161718192021222324252627282930313233343536373839\
                       40414243444546474849505152535455565758596061626364656667686970717273747576777879\
                       8081828384858687888990919293949596979899";
    let two = code / 1_000;
    match two {
        20 => Some(if code < 20_200 { "2A" } else { "2B" }),
        1..=95 => TWO.get(two as usize * 2..two as usize * 2 + 2),
        97 | 98 => Some(match code / 100 {
            971 => "971",
            972 => "972",
            973 => "973",
            974 => "974",
            975 => "975",
            976 => "976",
            977 => "977",
            978 => "978",
            980 if code == 98_000 => "980",
            984 => "984",
            986 => "986",
            987 => "987",
            988 => "988",
            _ => return None,
        }),
        _ => None,
    }
}

/// Country prefix and the mark after it dropped: `F-`, `FR `, `B-`, `CH-`… before the postcode of that country.
fn strip_prefix(text: &str, region: Country) -> (&str, bool) {
    for prefix in prefixes(region) {
        let Some(rest) = text.strip_prefix(prefix) else { continue };
        let body = rest.trim_start_matches(['-', ' ', '.']);
        if body.starts_with(|c: char| c.is_ascii_digit()) {
            return (body, true);
        }
    }
    (text, false)
}

/// Prefixes of a country's postcodes, longest first: ISO code and the sign of its cars.
pub(super) fn prefixes(region: Country) -> &'static [&'static str] {
    match &region.bytes() {
        b"BE" => &["BE", "B"],
        b"CH" => &["CH"],
        b"LU" => &["LU", "L"],
        b"DE" => &["DE", "D"],
        b"ES" => &["ES", "E"],
        b"IT" => &["IT", "I"],
        b"NL" => &["NL"],
        b"PT" => &["PT", "P"],
        b"MC" => &["MC", "F"],
        b"GB" => &[],
        _ if is_french(region) => &["FR", "F"],
        _ => &[],
    }
}

/// Shape of a country's postcodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern {
    /// So many digits.
    Digits(usize),
    /// `1234 AB`.
    Dutch,
    /// `1234-567`.
    Portuguese,
    /// `SW1A 1AA`.
    British,
}

/// The pattern of a country's postcodes, where it is known.
pub(super) fn pattern(region: Country) -> Option<Pattern> {
    Some(match &region.bytes() {
        b"BE" | b"CH" | b"LU" => Pattern::Digits(4),
        b"DE" | b"ES" | b"IT" => Pattern::Digits(5),
        b"NL" => Pattern::Dutch,
        b"PT" => Pattern::Portuguese,
        b"GB" => Pattern::British,
        _ if is_french(region) => Pattern::Digits(5),
        _ => return None,
    })
}

impl Pattern {
    /// Writes the postcode in its normal form; `false`, with nothing written, for another shape.
    pub(super) fn write(self, text: &str, out: &mut Output) -> bool {
        let mut chars = [0u8; 9];
        let mut n = 0;
        for b in text.bytes().filter(|b| *b != b' ' && !(self == Pattern::Portuguese && *b == b'-')) {
            match chars.get_mut(n) {
                Some(slot) => *slot = b,
                None => return false,
            }
            n += 1;
        }
        let Some(found) = chars.get(..n) else { return false };
        let digits = |b: &[u8]| !b.is_empty() && b.iter().all(u8::is_ascii_digit);
        let letters = |b: &[u8]| !b.is_empty() && b.iter().all(u8::is_ascii_uppercase);
        let (head, mark, tail) = match self {
            Pattern::Digits(len) if n == len && digits(found) => (found, "", &[][..]),
            Pattern::Dutch if n == 6 => {
                let (head, tail) = found.split_at(4);
                if !digits(head) || !letters(tail) || head.starts_with(b"0") {
                    return false;
                }
                (head, " ", tail)
            }
            Pattern::Portuguese if n == 7 && digits(found) => {
                let (head, tail) = found.split_at(4);
                (head, "-", tail)
            }
            Pattern::British if (5..=7).contains(&n) => {
                // Area of one or two letters, district of a digit and a digit or letter; sector digit, two letters.
                let (head, tail) = found.split_at(n - 3);
                let area = head.iter().take_while(|b| b.is_ascii_uppercase()).count();
                let district = head.get(area..).unwrap_or(&[]);
                let fits = (1..=2).contains(&area)
                    && matches!(district, [d] | [d, _] if d.is_ascii_digit())
                    && district.iter().all(u8::is_ascii_alphanumeric)
                    && matches!(tail, [d, a, b] if d.is_ascii_digit() && letters(&[*a, *b]));
                if !fits && found != b"GIR0AA" {
                    return false;
                }
                (head, " ", tail)
            }
            _ => return false,
        };
        for part in [head, mark.as_bytes(), tail] {
            out.text.push_str(std::str::from_utf8(part).unwrap_or(""));
        }
        true
    }
}

/// A postcode of a country whose pattern is not known: letters and digits, tidied, said to be unchecked.
fn unknown(text: &str, out: &mut Output) {
    let fits = text.len() <= 12
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ' || b == b'-');
    if !fits {
        return out.code(Code::BadFormat);
    }
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        if !out.text.is_empty() {
            out.text.push(' ');
        }
        out.text.push_str(word);
    }
    out.code(Code::ForeignUnchecked);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{self, Kind};
    use crate::time::Day;
    use proptest::prelude::*;

    #[test]
    fn departments_of_all_ranges() {
        for (code, want) in [
            (1_000, Some("01")),
            (999, None),
            (20_199, Some("2A")),
            (20_200, Some("2B")),
            (95_999, Some("95")),
            (96_000, None),
            (97_000, None),
            (97_800, Some("978")),
            (97_900, None),
            (98_000, Some("980")),
            (98_001, None),
            (98_400, Some("984")),
            (98_500, None),
            (98_800, Some("988")),
            (98_900, None),
            (99_000, None),
        ] {
            assert_eq!(department(code), want, "{code}");
        }
    }

    #[test]
    fn the_short_way_equals_the_long_way() {
        let cx = Context::new(Country::FR, Day(20_000));
        for code in 0..100_000 {
            let text = format!("{code:05}");
            let short = normalize::any(Kind::Postcode, &text, &cx);
            assert_eq!(short, normalize::any(Kind::Postcode, &format!(" {text}"), &cx));
        }
    }

    proptest! {
        #[test]
        fn no_text_panics_and_the_output_is_stable(
            raw in prop_oneof![any::<String>(), "(F-|FR|B-|CH |L-|D|NL|P-)?[0-9O]{2} ?[0-9O]{1,3}[ -]?[A-Z0-9]{0,3}"],
            region in prop::sample::select(vec!["FR", "MC", "RE", "BE", "CH", "LU", "DE", "ES", "IT", "NL", "PT", "GB", "US"]),
        ) {
            let cx = Context::new(Country::new(region).unwrap(), Day(20_000));
            let once = normalize::any(Kind::Postcode, &raw, &cx);
            if let Some(value) = &once.value {
                let twice = normalize::any(Kind::Postcode, value, &cx);
                prop_assert_eq!(twice.value.as_ref(), Some(value));
                prop_assert!(twice.codes.iter().all(|c| once.codes.contains(c) && c.class() == normalize::Class::Inform));
            }
        }
    }
}
