//! French numbers as nine national digits (the first is not 0) and the eight layouts people write them in.

use std::fmt::Write;

/// How a number is written; the example is 06 12 34 56 78.
#[derive(Clone, Copy)]
pub enum PhoneLayout {
    /// `0612345678`
    Joined,
    /// `06 12 34 56 78`
    Spaces,
    /// `06.12.34.56.78`
    Dots,
    /// `+33612345678`
    International,
    /// `+33 6 12 34 56 78`
    InternationalSpaces,
    /// `0033612345678`
    DoubleZero,
    /// `612345678`: a spreadsheet took it for a number
    ZeroLost,
    /// `+33 (0)6 12 34 56 78`
    ZeroInBrackets,
}

/// All layouts, in the order of the weights of a source.
pub const LAYOUTS: [PhoneLayout; 8] = [
    PhoneLayout::Joined,
    PhoneLayout::Spaces,
    PhoneLayout::Dots,
    PhoneLayout::International,
    PhoneLayout::InternationalSpaces,
    PhoneLayout::DoubleZero,
    PhoneLayout::ZeroLost,
    PhoneLayout::ZeroInBrackets,
];

/// Appends a number of nine digits in a layout.
pub fn push(out: &mut String, number: u32, layout: PhoneLayout) {
    let (prefix, gap) = match layout {
        PhoneLayout::Joined => ("0", ""),
        PhoneLayout::Spaces => ("0", " "),
        PhoneLayout::Dots => ("0", "."),
        PhoneLayout::International => ("+33", ""),
        PhoneLayout::InternationalSpaces => ("+33 ", " "),
        PhoneLayout::DoubleZero => ("0033", ""),
        PhoneLayout::ZeroLost => ("", ""),
        PhoneLayout::ZeroInBrackets => ("+33 (0)", " "),
    };
    let pair = |place: u32| number / 10_u32.pow(place) % 100;
    let written = write!(
        out,
        "{prefix}{}{gap}{:02}{gap}{:02}{gap}{:02}{gap}{:02}",
        number / 100_000_000,
        pair(6),
        pair(4),
        pair(2),
        pair(0)
    );
    debug_assert!(written.is_ok(), "writing to a String does not fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout() {
        let written = LAYOUTS.map(|layout| {
            let mut out = String::new();
            push(&mut out, 612_340_078, layout);
            out
        });
        assert_eq!(
            written,
            [
                "0612340078",
                "06 12 34 00 78",
                "06.12.34.00.78",
                "+33612340078",
                "+33 6 12 34 00 78",
                "0033612340078",
                "612340078",
                "+33 (0)6 12 34 00 78"
            ]
        );
    }
}
