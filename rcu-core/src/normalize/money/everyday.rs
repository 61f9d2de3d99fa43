//! Amounts as nearly every source writes them: figures, a minus or none, a common currency beside them or none.

use super::figures::blanks;
use super::{Currency, Read};
use crate::normalize::Context;

/// Reads such an amount straight from the cell into `read`; `None` leaves anything else to [`super::around`].
#[inline]
pub(super) fn read(text: &[u8], cx: &Context, read: &mut Read) -> Option<()> {
    let mut at = blanks(text, 0);
    if text.get(at) == Some(&b'-') {
        read.negative = true;
        at += 1;
    }
    if !matches!(text.get(at), Some(b'0'..=b'9')) {
        let (found, length) = sign(text.get(at..)?, cx)?;
        read.currency = Some(found);
        at = blanks(text, at + length);
        if !matches!(text.get(at), Some(b'0'..=b'9')) {
            return None;
        }
    }
    at = read.figures.scan(text, at)?;
    if read.figures.gap {
        return None;
    }
    at = blanks(text, at);
    if at < text.len() && read.currency.is_none() {
        let (found, length) = sign(text.get(at..)?, cx)?;
        read.currency = Some(found);
        at = blanks(text, at + length);
    }
    (at == text.len()).then_some(())
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
