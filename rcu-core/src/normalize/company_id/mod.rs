//! Numbers of companies and bank accounts (`domain.md` §2.8).

mod iban;
mod siren;
mod vat;

pub use iban::{normalize as normalize_iban, normalize_mask as normalize_iban_mask};
pub use siren::{normalize_siren, normalize_siret};
pub use vat::normalize as normalize_vat;

use super::{Code, Output};

/// Whether figures pass the check of ISO/IEC 7812-1 (Luhn): doubled every second one from the right.
pub(super) fn passes_luhn(figures: &[u8]) -> bool {
    const DOUBLED: [u8; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let mut sum = 0u32;
    for (i, c) in figures.iter().rev().enumerate() {
        let d = c.wrapping_sub(b'0');
        sum += u32::from(if i % 2 == 1 { DOUBLED.get(usize::from(d)).copied().unwrap_or(0) } else { d });
    }
    sum.is_multiple_of(10)
}

/// Whether a text is a number as a spreadsheet shortens it: `3,56E+13`.
pub(super) fn is_scientific(text: &str) -> bool {
    let Some((head, tail)) = text.split_once(['E', 'e']) else { return false };
    let Some(power) = tail.strip_prefix('+') else { return false };
    let figures = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let (whole, decimals) = head.trim_end().split_once([',', '.']).unwrap_or((head.trim_end(), "0"));
    figures(power) && figures(whole) && figures(decimals)
}

/// Drops a leading label (`SIREN :`, `IBAN`) with what parts it from the number; I `label_removed`.
fn strip_label<'a>(clean: &'a str, labels: &[&str], out: &mut Output) -> &'a str {
    for label in labels {
        let Some((head, rest)) = clean.split_at_checked(label.len()) else { continue };
        if head.eq_ignore_ascii_case(label) && rest.starts_with([' ', ':', '.', '-']) {
            out.code(Code::LabelRemoved);
            return rest.trim_start_matches([' ', ':', '.', '-']);
        }
    }
    clean
}

/// Whether a character only parts groups of a number: space, dot, hyphen.
fn parts_groups(c: char) -> bool {
    matches!(c, ' ' | '.' | '-' | '\u{2010}'..='\u{2015}')
}

/// Capitals and figures of `text` without what parts them, in a buffer of the longest number's size.
struct Compact {
    len: usize,
    bytes: [u8; Compact::CAPACITY],
}

impl Compact {
    /// Longest number: an IBAN of 34 characters; one more tells that there was more.
    const CAPACITY: usize = 35;

    /// `None` when a character is neither kept nor dropped. Characters beyond the capacity are counted as one.
    fn read(text: &str) -> Option<Compact> {
        let mut kept = Compact { len: 0, bytes: [0; Compact::CAPACITY] };
        for c in text.chars() {
            if parts_groups(c) {
                continue;
            }
            if !c.is_ascii_alphanumeric() {
                return None;
            }
            if let Some(slot) = kept.bytes.get_mut(kept.len) {
                *slot = c.to_ascii_uppercase() as u8;
                kept.len += 1;
            }
        }
        Some(kept)
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

fn all_figures(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

fn push_ascii(bytes: &[u8], out: &mut String) {
    out.push_str(std::str::from_utf8(bytes).unwrap_or_default());
}
