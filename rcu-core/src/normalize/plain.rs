//! Kinds without a rule of their own: text, numbers, categories, identifiers.

use super::{Code, Context, Output, begin, text};

/// Blanks tidied, nothing else.
pub(super) fn text(raw: &str, _cx: &Context, out: &mut Output) {
    let Some(clean) = begin(raw, out, text::is_null_literal) else { return };
    if !clean.as_bytes().windows(2).any(|pair| pair == b"  ") {
        return out.text.push_str(clean.trim_matches(' '));
    }
    for word in clean.split(' ').filter(|w| !w.is_empty()) {
        if !out.text.is_empty() {
            out.text.push(' ');
        }
        out.text.push_str(word);
    }
}

/// Outer blanks stripped; only a blank cell is empty, since `NA` or `-` may be an identifier.
pub(super) fn identifier(raw: &str, _cx: &Context, out: &mut Output) {
    let Some(clean) = begin(raw, out, |_| false) else { return };
    out.text.push_str(&clean);
}

/// A whole number: an optional sign and digits, spaces as thousands separators.
pub(super) fn integer(raw: &str, _cx: &Context, out: &mut Output) {
    let Some(clean) = begin(raw, out, text::is_null_literal) else { return };
    let mut s = clean.trim_start_matches('+');
    // A spreadsheet writes 12 as 12.0.
    if let Some(head) = s.strip_suffix(".0")
        && !head.is_empty()
    {
        s = head;
        out.code(Code::ExcelArtifact);
    }
    let (negative, digits) = match s.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, s),
    };
    let kept: String = digits.chars().filter(|c| *c != ' ').collect();
    if kept.is_empty() || !kept.bytes().all(|b| b.is_ascii_digit()) {
        return out.code(Code::BadFormat);
    }
    let kept = kept.trim_start_matches('0');
    let kept = if kept.is_empty() { "0" } else { kept };
    if kept.len() > 18 {
        return out.code(Code::TooLong);
    }
    if negative && kept != "0" {
        out.text.push('-');
    }
    out.text.push_str(kept);
}

/// A decimal number; `,` and `.` both read as the decimal mark when there is only one.
pub(super) fn decimal(raw: &str, _cx: &Context, out: &mut Output) {
    let Some(clean) = begin(raw, out, text::is_null_literal) else { return };
    let mut s: String = clean.chars().filter(|c| *c != ' ').map(|c| if c == ',' { '.' } else { c }).collect();
    let negative = s.starts_with('-') || s.starts_with('\u{2212}');
    s = s.trim_start_matches(['-', '+', '\u{2212}']).to_owned();
    let (whole, fraction) = s.split_once('.').unwrap_or((&s, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return out.code(Code::BadFormat);
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    if whole.len() + fraction.len() > 30 {
        return out.code(Code::TooLong);
    }
    if negative && !(whole.is_empty() && fraction.is_empty()) {
        out.text.push('-');
    }
    out.text.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        out.text.push('.');
        out.text.push_str(fraction);
    }
}
