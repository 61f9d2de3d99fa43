//! The figures of an amount: groups parted by marks, and what the marks mean.

use crate::normalize::Code;

/// An amount has at most this many figures, minor units included; leading zeros do not count.
pub(super) const LONGEST: u32 = 18;

/// What stands before a group of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing: the first group.
    Start,
    /// A blank or an apostrophe, which parts thousands only.
    Blank,
    Quote,
    Dot,
    Comma,
    /// A currency between two groups, which is a decimal mark: `12€50`.
    Currency,
}

/// Groups of figures as they stand in the text.
#[derive(Debug)]
pub(super) struct Figures {
    count: u8,
    starts: [u8; Figures::GROUPS],
    lengths: [u8; Figures::GROUPS],
    marks: [Mark; Figures::GROUPS],
    /// A decimal mark without decimals: `12,` and `12,-`.
    closing: Option<Mark>,
    /// A blank parts the decimal mark from its decimals: `12, 50`.
    pub(super) gap: bool,
}

impl Figures {
    const GROUPS: usize = 8;
    /// Longest text whose places fit.
    const LONGEST_TEXT: usize = 250;

    /// No figures yet.
    #[inline]
    pub(super) fn new() -> Figures {
        Figures {
            count: 0,
            starts: [0; Figures::GROUPS],
            lengths: [0; Figures::GROUPS],
            marks: [Mark::Start; Figures::GROUPS],
            closing: None,
            gap: false,
        }
    }

    /// Reads the figures that begin at a place, which holds a figure or the mark before one; gives the place after
    /// them. `None` when there are none, or more groups than any amount has. Filled in place, because a copy of what
    /// was just written byte by byte makes the processor wait.
    #[inline]
    pub(super) fn scan(&mut self, text: &[u8], from: usize) -> Option<usize> {
        if text.len() > Figures::LONGEST_TEXT {
            return None;
        }
        let mut at = from;
        let mut mark = Mark::Start;
        loop {
            let start = at;
            while is_figure(text, at) {
                at += 1;
            }
            self.push(mark, start, at - start)?;
            let (next_mark, next) = match text.get(at) {
                Some(b'.') => (Mark::Dot, at + 1),
                Some(b',') => (Mark::Comma, at + 1),
                Some(b'\'') => (Mark::Quote, at + 1),
                Some(b' ' | 0xc2 | 0xe2 | 0xe3) => {
                    let blank = blanks(text, at);
                    if blank > at {
                        (Mark::Blank, blank)
                    } else if text.get(at..).is_some_and(|t| t.starts_with("\u{2019}".as_bytes())) {
                        (Mark::Quote, at + 3)
                    } else {
                        break;
                    }
                }
                _ => break,
            };
            if is_figure(text, next) {
                (mark, at) = (next_mark, next);
                continue;
            }
            if !matches!(next_mark, Mark::Dot | Mark::Comma) || at == start {
                break;
            }
            // `12, 50`: two decimals apart from their mark. `12,-`, `12. –`, `12,`: no decimals.
            let beyond = blanks(text, next);
            if beyond > next
                && is_figure(text, beyond)
                && is_figure(text, beyond + 1)
                && !is_figure(text, beyond + 2)
            {
                self.gap = true;
                (mark, at) = (next_mark, beyond);
                continue;
            }
            self.closing = Some(next_mark);
            let dashes = dashes(text, beyond);
            at = if dashes > beyond { dashes } else { next };
            break;
        }
        self.lengths.iter().any(|l| *l > 0).then_some(at)
    }

    /// Adds the decimals that a currency parts from the figures.
    pub(super) fn push_decimals(&mut self, start: usize, length: usize) -> Option<()> {
        self.push(Mark::Currency, start, length)
    }

    fn push(&mut self, mark: Mark, start: usize, length: usize) -> Option<()> {
        let i = usize::from(self.count);
        *self.marks.get_mut(i)? = mark;
        *self.starts.get_mut(i)? = u8::try_from(start).ok()?;
        *self.lengths.get_mut(i)? = u8::try_from(length).ok()?;
        self.count += 1;
        Some(())
    }

    fn group<'a>(&self, text: &'a [u8], i: usize) -> &'a [u8] {
        match (self.starts.get(i), self.lengths.get(i)) {
            (Some(start), Some(length)) => {
                let start = usize::from(*start);
                text.get(start..start + usize::from(*length)).unwrap_or_default()
            }
            _ => &[],
        }
    }

    /// Whether the figures have decimals already, or thousands that only decimals may follow.
    pub(super) fn may_take_decimals(&self) -> bool {
        self.closing.is_none() && !self.gap
    }

    /// The figures as whole units of 10^-`digits`, and whether decimals other than zeros were dropped. `declared` is
    /// the source's decimal separator, where it is known.
    #[inline]
    pub(super) fn weigh(
        &self,
        text: &[u8],
        declared: Option<char>,
        digits: u32,
    ) -> Result<(i64, bool), Code> {
        let wholes = self.wholes(text, declared)?;
        let decimals = if wholes < usize::from(self.count) { self.group(text, wholes) } else { &[] };
        let (kept, dropped) = decimals.split_at_checked(digits as usize).unwrap_or((decimals, &[]));
        let mut value = 0u64;
        let mut length = 0;
        for i in 0..wholes {
            for c in self.group(text, i) {
                value = value.wrapping_mul(10).wrapping_add(u64::from(c - b'0'));
                // Leading zeros do not count.
                length += u32::from(value != 0);
            }
            if length > LONGEST {
                return Err(Code::TooLong);
            }
        }
        for i in 0..digits as usize {
            value = value.wrapping_mul(10).wrapping_add(u64::from(kept.get(i).map_or(0, |c| c - b'0')));
            length += u32::from(value != 0);
        }
        if length > LONGEST {
            return Err(Code::TooLong);
        }
        let rounded = dropped.iter().any(|c| *c != b'0');
        // Half away from zero: the first dropped figure decides.
        let up = dropped.first().is_some_and(|c| *c >= b'5');
        Ok((value as i64 + i64::from(up), rounded))
    }

    /// How many groups come before the decimal mark (`domain.md` §2.7).
    #[inline]
    fn wholes(&self, text: &[u8], declared: Option<char>) -> Result<usize, Code> {
        let count = usize::from(self.count);
        if count == 1 && self.closing.is_none() {
            return Ok(1);
        }
        // The commonest shape: one mark that cannot part thousands.
        if count == 2
            && self.closing.is_none()
            && matches!(self.marks[1], Mark::Dot | Mark::Comma)
            && self.lengths[1] != 3
        {
            return Ok(1);
        }
        let marks = self.marks.get(1..count).unwrap_or_default();
        let (mut dots, mut commas, mut blanks) = (0, 0, 0);
        for mark in marks {
            dots += u32::from(*mark == Mark::Dot);
            commas += u32::from(*mark == Mark::Comma);
            blanks += u32::from(matches!(mark, Mark::Blank | Mark::Quote));
        }
        let last = marks.last().copied();
        let wholes = if last == Some(Mark::Currency) || self.closing.is_some() {
            // The decimal mark is known; those before it part thousands.
            let decimal = self.closing.or(last).unwrap_or(Mark::Currency);
            if marks.iter().any(|m| *m == decimal && decimal != Mark::Currency) {
                return Err(Code::BadFormat);
            }
            if last == Some(Mark::Currency) { count - 1 } else { count }
        } else if dots > 0 && commas > 0 {
            // Both: the last is the decimal mark, once, and the other parts thousands.
            let once = match last {
                Some(Mark::Dot) => dots == 1,
                Some(Mark::Comma) => commas == 1,
                _ => false,
            };
            if !once {
                return Err(Code::BadFormat);
            }
            count - 1
        } else if dots + commas == 1 {
            if !matches!(last, Some(Mark::Dot | Mark::Comma)) {
                return Err(Code::BadFormat);
            }
            if blanks == 0 && self.is_ambiguous(text) {
                let comma = last == Some(Mark::Comma);
                match declared {
                    Some(separator) if (separator == ',') == comma => 1,
                    Some(_) => 2,
                    None => return Err(Code::AmbiguousSeparator),
                }
            } else {
                count - 1
            }
        } else {
            count
        };
        self.check_thousands(wholes)
    }

    /// One mark, 1 to 3 figures before it that are not a zero, 3 after it: thousands or thousandths.
    fn is_ambiguous(&self, text: &[u8]) -> bool {
        let whole = self.group(text, 0);
        (1..=3).contains(&whole.len())
            && self.lengths.get(1) == Some(&3)
            && whole.iter().any(|c| *c != b'0')
            && !self.gap
    }

    /// Thousands: one mark throughout, 1 to 3 figures, then groups of 3.
    fn check_thousands(&self, wholes: usize) -> Result<usize, Code> {
        if wholes <= 1 {
            return Ok(wholes);
        }
        let marks = self.marks.get(1..wholes).unwrap_or_default();
        let lengths = self.lengths.get(1..wholes).unwrap_or_default();
        let mark = marks.first().copied();
        let even = marks.iter().zip(lengths).all(|(m, l)| Some(*m) == mark && *l == 3);
        let first = matches!(self.lengths[0], 1..=3);
        if even && first { Ok(wholes) } else { Err(Code::BadFormat) }
    }
}

#[inline]
pub(super) fn is_figure(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(u8::is_ascii_digit)
}

/// The place after the blanks at a place: spaces of every width, as UTF-8.
#[inline]
pub(super) fn blanks(text: &[u8], mut at: usize) -> usize {
    loop {
        at += match text.get(at..) {
            Some([b' ' | b'\t', ..]) => 1,
            Some([0xc2, 0xa0, ..]) => 2,
            Some([0xe2, 0x80, 0x80..=0x8a | 0xaf, ..] | [0xe2, 0x81, 0x9f, ..] | [0xe3, 0x80, 0x80, ..]) => 3,
            _ => return at,
        };
    }
}

/// The place after the dashes at a place, which stand for no decimals.
fn dashes(text: &[u8], mut at: usize) -> usize {
    loop {
        at += match text.get(at..) {
            Some([b'-', ..]) => 1,
            // U+2010 to U+2015.
            Some([0xe2, 0x80, 0x90..=0x95, ..]) => 3,
            _ => return at,
        };
    }
}
