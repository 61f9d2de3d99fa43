//! Amounts as nearly every source writes them: figures, a minus or none, a common currency beside them or none.

use super::figures::{Figures, blanks};
use super::{Currency, Read};
use crate::normalize::Context;

/// Reads such an amount straight from the cell; anything else is left to [`super::around`].
#[inline]
pub(super) fn read(text: &[u8], cx: &Context) -> Option<Read> {
    let mut at = blanks(text, 0);
    let mut negative = false;
    if text.get(at) == Some(&b'-') {
        negative = true;
        at += 1;
    }
    let mut currency = None;
    if !matches!(text.get(at), Some(b'0'..=b'9')) {
        let (found, length) = sign(text.get(at..)?, cx)?;
        currency = Some(found);
        at = blanks(text, at + length);
        if !matches!(text.get(at), Some(b'0'..=b'9')) {
            return None;
        }
    }
    let (figures, end) = Figures::scan(text, at)?;
    if figures.gap {
        return None;
    }
    at = blanks(text, end);
    if at < text.len() && currency.is_none() {
        let (found, length) = sign(text.get(at..)?, cx)?;
        currency = Some(found);
        at = blanks(text, at + length);
    }
    (at == text.len()).then_some(Read { figures, negative, currency, hundredths: false, times: 0, tax: None })
}

/// The currency whose sign begins the text, among the commonest, and the sign's length. The table of signs says the
/// same of each; a test compares them.
#[inline]
pub(super) fn sign(text: &[u8], cx: &Context) -> Option<(Currency, usize)> {
    Some(match text {
        [0xe2, 0x82, 0xac, ..] => (Currency::EUR, 3),
        [b'E', b'U', b'R', ..] => (Currency::EUR, 3),
        // Elsewhere the dollar may be the region's own, and the pound too.
        [b'$', ..] if Currency::of_region(cx.region) == Currency::EUR => (Currency::USD, 1),
        [0xc2, 0xa3, ..] if Currency::of_region(cx.region) == Currency::EUR => (Currency::GBP, 2),
        [b'U', b'S', b'D', ..] => (Currency::USD, 3),
        [b'G', b'B', b'P', ..] => (Currency::GBP, 3),
        [b'C', b'H', b'F', ..] => (Currency::CHF, 3),
        _ => return None,
    })
}
