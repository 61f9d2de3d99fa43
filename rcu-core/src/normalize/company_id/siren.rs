//! SIREN and SIRET (`domain.md` §2.8).

use super::{Compact, all_figures, is_scientific, passes_luhn, push_ascii, strip_label, vat};
use crate::normalize::text::is_null_literal;
use crate::normalize::{Code, Context, Output, begin};

/// La Poste numbers its establishments past what the check allows.
const LA_POSTE: &[u8] = b"356000000";

/// Writes the 9 figures of a SIREN that pass the Luhn check.
///
/// C `leading_zero_restored` for 8 figures, `siret_truncated` for a valid SIRET, `siren_from_vat` for a valid French
/// VAT number, `excel_artifact` for a trailing `.0`; R `placeholder`, `bad_length`, `bad_chars`, `bad_checksum`,
/// `excel_scientific`.
pub fn normalize_siren(raw: &str, _cx: &Context, out: &mut Output) {
    if let Some(number) = everyday::<9>(raw)
        && is_siren(number)
    {
        return push_ascii(number, &mut out.text);
    }
    read(raw, out, siren);
}

/// Writes the 14 figures of a SIRET: Luhn on the whole and on its SIREN, with La Poste's own rule.
///
/// C `leading_zero_restored` for 13 figures, `excel_artifact`; R `siren_given` for a valid SIREN, `placeholder`,
/// `bad_length`, `bad_chars`, `bad_checksum`, `excel_scientific`.
pub fn normalize_siret(raw: &str, _cx: &Context, out: &mut Output) {
    if let Some(number) = everyday::<14>(raw)
        && is_siret(number)
    {
        return push_ascii(number, &mut out.text);
    }
    read(raw, out, siret);
}

/// The figures alone, as nearly every source writes them.
#[inline]
fn everyday<const N: usize>(raw: &str) -> Option<&[u8]> {
    (raw.len() == N && all_figures(raw.as_bytes())).then_some(raw.as_bytes())
}

/// Nine figures that pass the check and are not all zeros.
pub(super) fn is_siren(number: &[u8]) -> bool {
    number.len() == 9 && all_figures(number) && passes_luhn(number) && number.iter().any(|b| *b != b'0')
}

fn is_siret(number: &[u8]) -> bool {
    let Some((siren, _)) = number.split_at_checked(9) else { return false };
    if number.len() != 14 || !all_figures(number) || !is_siren(siren) {
        return false;
    }
    let sum: u32 = number.iter().map(|b| u32::from(b - b'0')).sum();
    passes_luhn(number) || (siren == LA_POSTE && sum.is_multiple_of(5))
}

fn read(raw: &str, out: &mut Output, answer: fn(&[u8], &mut Output)) {
    let Some(clean) = begin(raw, out, is_null_literal) else { return };
    let mut text = strip_label(&clean, &["SIRET", "SIREN", "RCS"], out);
    if is_scientific(text) {
        return out.code(Code::ExcelScientific);
    }
    if let Some(head) = text.strip_suffix(".0").filter(|h| !h.is_empty() && all_figures(h.as_bytes())) {
        out.code(Code::ExcelArtifact);
        text = head;
    }
    match Compact::read(text) {
        Some(kept) => answer(kept.bytes(), out),
        None => out.code(Code::BadChars),
    }
}

fn siren(number: &[u8], out: &mut Output) {
    if !all_figures(number) {
        return match vat::siren_of(number) {
            Some(siren) => {
                out.code(Code::SirenFromVat);
                push_ascii(siren, &mut out.text);
            }
            None => out.code(Code::BadChars),
        };
    }
    if all_zeros(number) {
        return out.code(Code::Placeholder);
    }
    match number.len() {
        9 if is_siren(number) => push_ascii(number, &mut out.text),
        9 => out.code(Code::BadChecksum),
        8 => restore_zero(number, out, is_siren),
        14 if is_siret(number) => {
            out.code(Code::SiretTruncated);
            push_ascii(number.get(..9).unwrap_or_default(), &mut out.text);
        }
        _ => out.code(Code::BadLength),
    }
}

fn siret(number: &[u8], out: &mut Output) {
    if !all_figures(number) {
        return out.code(Code::BadChars);
    }
    if all_zeros(number) {
        return out.code(Code::Placeholder);
    }
    match number.len() {
        14 if is_siret(number) => push_ascii(number, &mut out.text),
        14 => out.code(Code::BadChecksum),
        13 => restore_zero(number, out, is_siret),
        9 if is_siren(number) => out.code(Code::SirenGiven),
        _ => out.code(Code::BadLength),
    }
}

fn all_zeros(number: &[u8]) -> bool {
    !number.is_empty() && number.iter().all(|b| *b == b'0')
}

/// A spreadsheet drops a leading zero: the number is taken back when it is valid with it.
fn restore_zero(number: &[u8], out: &mut Output, is_valid: fn(&[u8]) -> bool) {
    let mut padded = [b'0'; 14];
    let Some(slots) = padded.get_mut(1..=number.len()) else { return out.code(Code::BadLength) };
    slots.copy_from_slice(number);
    let whole = padded.get(..=number.len()).unwrap_or_default();
    if is_valid(whole) {
        out.code(Code::LeadingZeroRestored);
        push_ascii(whole, &mut out.text);
    } else {
        out.code(Code::BadLength);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{Country, Kind, any};
    use crate::time::Day;
    use proptest::prelude::*;

    #[test]
    fn a_number_with_one_wrong_figure_is_refused() {
        let cx = Context::new(Country::FR, Day::default());
        for (kind, number) in [(Kind::Siren, "732829320"), (Kind::Siret, "73282932000074")] {
            for i in 0..number.len() {
                let mut wrong = number.as_bytes().to_vec();
                wrong[i] = b'0' + (wrong[i] - b'0' + 1) % 10;
                let got = any(kind, std::str::from_utf8(&wrong).unwrap(), &cx);
                assert_eq!(got.codes, [Code::BadChecksum], "{number} at {i}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived_and_values_are_stable(raw in "\\PC{0,24}|[0-9 .-]{7,20}(\\.0)?|FR[0-9]{11}") {
            let cx = Context::new(Country::FR, Day::default());
            for kind in [Kind::Siren, Kind::Siret, Kind::VatFr] {
                if let Some(value) = any(kind, &raw, &cx).value {
                    let again = any(kind, &value, &cx);
                    prop_assert_eq!(&again.value, &Some(value));
                    prop_assert!(again.codes.iter().all(|c| matches!(c, Code::Monaco | Code::ForeignUnchecked)));
                }
            }
        }

        #[test]
        fn a_siren_made_valid_is_read_in_every_dress(head in 1u32..99_999_999) {
            let cx = Context::new(Country::FR, Day::default());
            let digits = format!("{head:08}");
            let siren = (0..10).map(|d| format!("{digits}{d}")).find(|s| passes_luhn(s.as_bytes())).unwrap();
            let key = (12 + 3 * (siren.parse::<u64>().unwrap() % 97)) % 97;
            let (a, b, c) = (&siren[..3], &siren[3..6], &siren[6..]);
            for dress in [siren.clone(), format!("{a} {b} {c}"), format!("{a}.{b}.{c}"), format!("{a}-{b}-{c}"), format!("{siren}.0")] {
                prop_assert_eq!(any(Kind::Siren, &dress, &cx).value, Some(siren.clone()));
            }
            // A SIREN that starts with 000 is Monaco's: its VAT number says nothing of a French company.
            if !siren.starts_with("000") {
                let vat = any(Kind::Siren, &format!("FR {key:02} {siren}"), &cx);
                prop_assert_eq!(vat.codes, [Code::SirenFromVat]);
            }
        }
    }
}
