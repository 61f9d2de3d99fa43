//! Addresses and numbers in the wrong field.

use super::super::row::{Row, Target, Value};
use crate::field::{self, FieldIx};
use crate::normalize::{Code, Context, Kind, Output, Status, into};

/// Whether a value may be of another field: refused, or signs were dropped from it.
pub(super) fn is_suspect(v: &Value) -> bool {
    v.out.status() == Status::Rejected || v.out.codes().as_slice().contains(&Code::CharSubstituted)
}

/// Fields whose cells are looked into, in the order in which they may claim an empty field.
const SOURCES: [FieldIx; 6] =
    [field::EMAIL, field::MOBILE, field::LANDLINE, field::LAST_NAME, field::FIRST_NAME, field::BIRTH_NAME];

/// An address in a name or telephone field, a number in the e-mail field: it goes where it belongs when nothing that
/// stands is there (C `field_swapped`). Otherwise it is refused where it is.
pub(super) fn refile<'r, F>(row: &mut Row, inputs: &[(Target, &Context)], raw: &mut F)
where
    F: FnMut(usize) -> Option<&'r str>,
{
    let mut work = std::mem::take(&mut row.work);
    for from in SOURCES {
        let mut at = 0;
        while let Some(v) = row.values().get(at) {
            let looked_at = v.field == from && is_suspect(v);
            let input = v.input;
            at += 1;
            let Some((target, cx)) = inputs.get(input).filter(|_| looked_at) else { continue };
            let Some(text) = raw(input) else { continue };
            let is_name = !matches!(from, field::EMAIL | field::MOBILE | field::LANDLINE);
            let to = match from {
                field::EMAIL => number_field(text, cx, &mut work),
                _ => is_address(text, cx, &mut work).then_some(field::EMAIL),
            };
            let Some(to) = to else { continue };
            let is_free = !row.values().iter().any(|v| v.field == to && v.out.value().is_some());
            // A name refused for being an address is not looked at again.
            if !is_free && (!is_name || is_refused(row, at - 1)) {
                continue;
            }
            // A whole name may have been read as several parts: they all go.
            for i in (0..row.values().len()).rev() {
                if row.values().get(i).is_some_and(|v| v.input == input) {
                    row.remove(i);
                }
            }
            if is_free {
                let v = row.next(to, input);
                v.out.clone_from(&work);
                v.out.code(Code::FieldSwapped);
            } else {
                let field = if *target == Target::Name { field::LAST_NAME } else { from };
                row.next(field, input).out.code(Code::NotAName);
            }
            at = 0;
        }
    }
    row.work = work;
}

fn is_refused(row: &Row, at: usize) -> bool {
    row.values().get(at).is_some_and(|v| v.out.status() == Status::Rejected)
}

/// Whether a cell is an address and nothing else.
fn is_address(text: &str, cx: &Context, out: &mut Output) -> bool {
    if !text.contains('@') {
        return false;
    }
    into(Kind::Email, text, cx, out);
    // What stood around the address (`Paul Roy <…>`) would be lost.
    out.value().is_some() && !out.codes().as_slice().contains(&Code::WrapperRemoved)
}

/// The field of the number that a cell is.
fn number_field(text: &str, cx: &Context, out: &mut Output) -> Option<FieldIx> {
    into(Kind::Phone, text, cx, out);
    out.value()?;
    Some(if out.get_extra("line_type") == Some("mobile") { field::MOBILE } else { field::LANDLINE })
}

/// The field of a number by its line; `None` for a line that may be either, and for what is no number.
pub(super) fn right_field(v: &Value) -> Option<FieldIx> {
    match v.out.get_extra("line_type")? {
        "mobile" => Some(field::MOBILE),
        "fixed_or_mobile" => None,
        _ => Some(field::LANDLINE),
    }
}

/// A mobile number in the landline field and the other way round (C `phone_type_swapped`).
pub(super) fn refile_phones(row: &mut Row) {
    let mut at = 0;
    // Refiled values come to stand last, in their right field, so that each is met once more at most.
    while let Some(v) = row.values().get(at) {
        let right = match v.field {
            field::MOBILE | field::LANDLINE => right_field(v).filter(|right| *right != v.field),
            _ => None,
        };
        match right {
            Some(right) => {
                if let Some(v) = row.refile(at, right) {
                    v.out.code(Code::PhoneTypeSwapped);
                }
            }
            None => at += 1,
        }
    }
}
