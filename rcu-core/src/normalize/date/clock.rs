//! The time of day after a date, and how far from UTC it was read.

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// None was written.
    None,
    /// One without a zone: local time, in seconds since midnight.
    Local { seconds: i32 },
    /// One with a zone: an instant. Seconds since midnight, and of the zone ahead of UTC.
    Instant { seconds: i32, offset: i32 },
}

/// Reads all of `text` as an ISO 8601 time: `10:00`, `10:00:00.000`, `100000`, then `Z` or an offset, if any.
pub(super) fn read(text: &[u8]) -> Option<Clock> {
    let (seconds, at) = time(text)?;
    let rest = text.get(at..)?;
    if rest.is_empty() {
        return Some(Clock::Local { seconds });
    }
    let (offset, used) = zone(rest.trim_ascii_start())?;
    (used == rest.trim_ascii_start().len()).then_some(Clock::Instant { seconds, offset })
}

/// Reads a time at the start of `text`: seconds since midnight, and how many bytes were read.
pub(super) fn time(text: &[u8]) -> Option<(i32, usize)> {
    let (hours, mut at) = two(text, 0).or_else(|| one(text, 0))?;
    let parted = match text.get(at) {
        Some(b':') => true,
        Some(b'0'..=b'9') if at == 2 => false,
        _ => return None,
    };
    at += usize::from(parted);
    let (minutes, next) = two(text, at)?;
    at = next;
    let mut seconds = 0;
    let more = if parted { text.get(at) == Some(&b':') } else { matches!(text.get(at), Some(b'0'..=b'9')) };
    if more {
        (seconds, at) = two(text, at + usize::from(parted))?;
        if matches!(text.get(at), Some(b'.' | b',' | b':')) && matches!(text.get(at + 1), Some(b'0'..=b'9')) {
            // The comma of `10:00:00,2021` begins the year: fractions have other lengths than four, or all are zeros.
            let figures = text.get(at + 1..)?.iter().take_while(|c| c.is_ascii_digit()).count();
            if text.get(at) != Some(&b',') || figures != 4 {
                at += 1 + figures;
            }
        }
    }
    // ISO 8601 writes the end of a day 24:00; a leap second is 60.
    let valid = hours <= 24 && minutes <= 59 && seconds <= 60 && (hours < 24 || minutes + seconds == 0);
    valid.then_some((hours * 3600 + minutes * 60 + seconds, at))
}

/// Names of zones that are read the same everywhere, with their hours ahead of UTC.
const ZONES: &[(&[u8], i32)] = &[
    (b"Z", 0),
    (b"UTC", 0),
    (b"GMT", 0),
    (b"WET", 0),
    (b"WEST", 1),
    (b"CET", 1),
    (b"CEST", 2),
    (b"MET", 1),
    (b"MEST", 2),
    (b"EET", 2),
    (b"EEST", 3),
    (b"MSK", 3),
    (b"EST", -5),
    (b"EDT", -4),
    (b"CST", -6),
    (b"CDT", -5),
    (b"MST", -7),
    (b"MDT", -6),
    (b"PST", -8),
    (b"PDT", -7),
    (b"JST", 9),
];

/// Reads `Z`, `UTC`, `CET`, `+02:00`, `-0500`, `+02` or `UTC+2` at the start of `text`: seconds ahead of UTC, and how
/// many bytes were read.
pub(super) fn zone(text: &[u8]) -> Option<(i32, usize)> {
    let letters = text.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let (name, _) = text.split_at_checked(letters)?;
    let hours = match ZONES.iter().find(|(zone, _)| name.eq_ignore_ascii_case(zone)) {
        Some((_, hours)) => *hours,
        None if letters == 0 => 0,
        None => return None,
    };
    if hours != 0 {
        let ends = !text.get(letters).is_some_and(u8::is_ascii_digit);
        return ends.then_some((hours * 3600, letters));
    }
    let named = letters;
    let sign = match text.get(named) {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => {
            let ends = !matches!(text.get(named), Some(c) if c.is_ascii_alphanumeric());
            return (named > 0 && ends).then_some((0, named));
        }
    };
    let (hours, mut at) =
        two(text, named + 1).or_else(|| if named > 0 { one(text, named + 1) } else { None })?;
    let colon = usize::from(text.get(at) == Some(&b':'));
    let mut minutes = 0;
    if let Some((m, next)) = two(text, at + colon) {
        (minutes, at) = (m, next);
    } else if colon == 1 {
        return None;
    }
    let ends =
        !matches!(text.get(at), Some(c) if c.is_ascii_alphanumeric() || matches!(c, b'/' | b'-' | b'.'));
    (ends && hours <= 15 && minutes <= 59).then_some((sign * (hours * 3600 + minutes * 60), at))
}

fn one(text: &[u8], at: usize) -> Option<(i32, usize)> {
    let d = text.get(at).filter(|c| c.is_ascii_digit())?;
    Some((i32::from(d - b'0'), at + 1))
}

fn two(text: &[u8], at: usize) -> Option<(i32, usize)> {
    let (a, next) = one(text, at)?;
    let (b, next) = one(text, next)?;
    Some((a * 10 + b, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_zones_of_iso_8601() {
        let instant = |seconds, offset| Some(Clock::Instant { seconds, offset });
        let local = |seconds| Some(Clock::Local { seconds });
        for (text, clock) in [
            ("10:00", local(36_000)),
            ("10:00:05.123456", local(36_005)),
            ("100005", local(36_005)),
            ("10:00:00Z", instant(36_000, 0)),
            ("00:00 CEST", instant(0, 7200)),
            ("00:00 ABC", None),
            ("00:00+02:00", instant(0, 7200)),
            ("00:00:00.000-0530", instant(0, -19_800)),
            ("24:00", local(86_400)),
            ("24:01", None),
            ("10:61", None),
            ("10h", None),
            ("", None),
        ] {
            assert_eq!(read(text.as_bytes()), clock, "{text}");
        }
    }
}
