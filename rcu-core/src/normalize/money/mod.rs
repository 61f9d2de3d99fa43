//! Amounts of money (`domain.md` §2.7).
//!
//! [`everyday`] reads figures with a common sign beside them straight from the cell, [`around`] everything else; both
//! hand the same [`Read`] to [`settle`], and so do the typed entries that sums over millions of lines use.

mod around;
mod everyday;
mod figures;

use super::text::is_null_literal;
use super::{Code, Codes, Context, Output, begin};
pub use crate::reference::vocabulary::Currency;
use figures::Figures;

/// An amount in whole minor units of its currency: 1250 and EUR are 12.50 €.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// Minor units, negative for a credit.
    pub minor: i64,
    /// Currency, the region's own when none was written.
    pub currency: Currency,
}

/// Writes an amount as a decimal number with its currency's minor digits; `extra.currency` is the ISO 4217 code and
/// `extra.tax` is `ht` or `ttc` when the cell says so.
///
/// C `rounded` when decimals other than zeros were dropped, `whitespace_removed`, `char_substituted` (a footnote's star,
/// a dash for a minus), `mojibake_repaired`; I `label_removed`, `legacy_currency`, `negative`. R
/// `ambiguous_separator`, `not_an_amount` (`%`, or letters that are no currency and no label), `excel_scientific`,
/// `bad_format`, `too_long` (more than 18 figures).
pub fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    let mut codes = Codes::new();
    match read(raw, cx, &mut codes) {
        Cell::Amount(amount, tax) => {
            amount.write_decimal(&mut out.text);
            out.extra("currency", amount.currency.code());
            if let Some(tax) = tax {
                out.extra("tax", tax);
            }
        }
        Cell::Empty => out.set_empty(),
        Cell::Rejected => {}
    }
    for code in codes.as_slice() {
        out.code(*code);
    }
}

/// The amount that [`normalize`] would write, for columns of millions: no text is formed. `None` when the cell is empty
/// or refused; `codes`, to which the value's codes are added, tells which.
///
/// # Examples
/// ```
/// use rcu_core::normalize::{Codes, Context, Country, money};
/// use rcu_core::time::Day;
/// let cx = Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap());
/// let amount = money::parse("1 234,50 €", &cx, &mut Codes::new()).unwrap();
/// assert_eq!((amount.minor, amount.currency.code()), (123_450, "EUR"));
/// ```
#[inline]
pub fn parse(raw: &str, cx: &Context, codes: &mut Codes) -> Option<Amount> {
    match read(raw, cx, codes) {
        Cell::Amount(amount, _) => Some(amount),
        _ => None,
    }
}

/// Reads whole minor units of the region's own currency (`1250` is 12.50) and writes the decimal number.
///
/// R `bad_format` for anything else but this function's own output, `too_long` beyond 18 figures; I `negative`.
pub fn normalize_minor(raw: &str, cx: &Context, out: &mut Output) {
    let Some(clean) = begin(raw, out, is_null_literal) else { return };
    let currency = Currency::of_region(cx.region);
    match minor_units(clean.as_bytes(), currency) {
        Ok(minor) => {
            Amount { minor, currency }.write_decimal(&mut out.text);
            out.extra("currency", currency.code());
            if minor < 0 {
                out.code(Code::Negative);
            }
        }
        Err(code) => out.code(code),
    }
}

fn minor_units(text: &[u8], currency: Currency) -> Result<i64, Code> {
    const MINUS: &[u8] = "\u{2212}".as_bytes();
    let (negative, figures) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => text.strip_prefix(MINUS).map_or((false, text), |rest| (true, rest)),
    };
    // What this kind writes comes back unchanged: the decimal mark stands where the minor digits begin.
    let mark = figures.len().checked_sub(currency.minor_digits() as usize + 1).filter(|at| *at > 0);
    let mut minor = 0i64;
    let mut length = 0;
    for (at, c) in figures.iter().enumerate() {
        match c {
            b'0'..=b'9' => {
                length += u32::from(length > 0 || *c != b'0');
                if length > figures::LONGEST {
                    return Err(Code::TooLong);
                }
                minor = minor * 10 + i64::from(c - b'0');
            }
            b'.' if mark == Some(at) && currency.minor_digits() > 0 => {}
            _ => return Err(Code::BadFormat),
        }
    }
    if figures.is_empty() {
        return Err(Code::BadFormat);
    }
    Ok(if negative { -minor } else { minor })
}

/// What came of a cell; with an amount, whether it is said to be without or with tax.
enum Cell {
    Empty,
    Amount(Amount, Option<&'static str>),
    Rejected,
}

/// An amount as it was written, its parts told apart.
struct Read {
    figures: Figures,
    negative: bool,
    /// The written currency; none for the region's own.
    currency: Option<Currency>,
    /// The figures count hundredths of it.
    hundredths: bool,
    /// Power of ten of a word such as *millions*.
    times: u32,
    tax: Option<&'static str>,
}

impl Read {
    #[inline]
    fn new() -> Read {
        Read {
            figures: Figures::new(),
            negative: false,
            currency: None,
            hundredths: false,
            times: 0,
            tax: None,
        }
    }
}

#[inline]
fn read(raw: &str, cx: &Context, codes: &mut Codes) -> Cell {
    let mut read = Read::new();
    if everyday::read(raw.as_bytes(), cx, &mut read).is_some() {
        return settle(raw.as_bytes(), &read, cx, codes);
    }
    read_slowly(raw, cx, codes)
}

#[cold]
fn read_slowly(raw: &str, cx: &Context, codes: &mut Codes) -> Cell {
    let clean = super::text::clean(raw);
    if clean.is_empty() {
        return Cell::Empty;
    }
    if is_null_literal(&clean) {
        codes.push(Code::NullLiteral);
        return Cell::Empty;
    }
    match around::read(&clean, cx, codes) {
        Ok(read) => settle(clean.as_bytes(), &read, cx, codes),
        Err(code) => {
            codes.push(code);
            Cell::Rejected
        }
    }
}

/// Weighs the figures: which mark is the decimal one, how many minor units they make.
#[inline]
fn settle(text: &[u8], read: &Read, cx: &Context, codes: &mut Codes) -> Cell {
    let currency = read.currency.unwrap_or_else(|| Currency::of_region(cx.region));
    let digits = (currency.minor_digits() + read.times).checked_sub(if read.hundredths { 2 } else { 0 });
    let weighed = match digits {
        Some(digits) => read.figures.weigh(text, cx.options.decimal_separator, digits),
        None => Err(Code::BadFormat),
    };
    match weighed {
        Ok((magnitude, rounded)) => {
            if currency.is_legacy() {
                codes.push(Code::LegacyCurrency);
            }
            if rounded {
                codes.push(Code::Rounded);
            }
            let negative = read.negative && magnitude > 0;
            if negative {
                codes.push(Code::Negative);
            }
            let minor = if negative { -magnitude } else { magnitude };
            Cell::Amount(Amount { minor, currency }, read.tax)
        }
        Err(code) => {
            codes.push(code);
            Cell::Rejected
        }
    }
}

impl Amount {
    /// Writes the decimal number at the end of `out`: 1250 and EUR give `12.50`.
    pub fn write_decimal(self, out: &mut String) {
        let digits = self.currency.minor_digits();
        let one = 10u64.pow(digits);
        let (mut whole, mut part) = (self.minor.unsigned_abs() / one, self.minor.unsigned_abs() % one);
        let mut text = [b'0'; 32];
        let mut at = text.len();
        for _ in 0..digits {
            at -= 1;
            text[at] = b'0' + (part % 10) as u8;
            part /= 10;
        }
        if digits > 0 {
            at -= 1;
            text[at] = b'.';
        }
        loop {
            at -= 1;
            text[at] = b'0' + (whole % 10) as u8;
            whole /= 10;
            if whole == 0 {
                break;
            }
        }
        if self.minor < 0 {
            at -= 1;
            text[at] = b'-';
        }
        out.push_str(std::str::from_utf8(&text[at..]).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests;
