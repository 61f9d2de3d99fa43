//! The long way: any text, taken apart by the steps of `domain.md` §2.1.

use super::digits::{Digits, Number};
use super::foreign::{self, Foreign};
use super::french::{self, Given};
use super::parts::{is_scientific, split, split_uri, spreadsheet_integer, strip_extension, strip_label};
use super::{Found, LineType, NO_COUNTRY, Note, Notes, Parsed, Sides, write_e164};
use crate::normalize::{Code, Codes, Context, text};

/// Reads any text.
pub(super) fn read(raw: &str, cx: &Context, sides: &mut Sides) -> Parsed {
    let clean = text::clean(raw);
    if clean.is_empty() || text::is_null_literal(&clean) {
        let mut codes = Codes::new();
        if !clean.is_empty() {
            codes.push(Code::NullLiteral);
        }
        return Parsed { digits: 0, line_type: LineType::Unknown, country: NO_COUNTRY, codes, empty: true };
    }
    let mut notes = Notes::default();
    let body = strip_label(&clean, &mut notes);
    let body = strip_extension(body, &mut notes, sides);
    let result = match split(body) {
        Some(numbers) => {
            notes.add(Note::MultipleValues);
            first_valid(&numbers, cx, &mut notes, sides)
        }
        None => one(body, cx, &mut notes, sides),
    };
    notes.conclude(result)
}

/// The first number that stands; the others, in E.164 when they stand and as written when not, go to the side.
fn first_valid(numbers: &[&str], cx: &Context, notes: &mut Notes, sides: &mut Sides) -> Result<Found, Code> {
    let mut kept: Option<(Found, Notes, Sides)> = None;
    let mut refusal: Option<(Code, Notes)> = None;
    let mut others: Vec<String> = Vec::new();
    for number in numbers {
        let (mut own, mut aside) = (Notes::default(), Sides::default());
        let body = strip_label(number, &mut own);
        let body = strip_extension(body, &mut own, &mut aside);
        match one(body, cx, &mut own, &mut aside) {
            Ok(found) if kept.is_none() => kept = Some((found, own, aside)),
            Ok(found) => {
                let mut e164 = String::new();
                write_e164(found.digits, &mut e164);
                others.push(e164);
            }
            Err(code) => {
                refusal = refusal.or(Some((code, own)));
                others.push(number.trim().to_owned());
            }
        }
    }
    match (kept, refusal) {
        (Some((found, own, aside)), _) => {
            *notes = Notes(notes.0 | own.0);
            sides.others = Some(others.join(";"));
            if aside.extension.is_some() {
                sides.extension = aside.extension;
            }
            Ok(found)
        }
        (None, refusal) => {
            let (code, own) = refusal.unwrap_or((Code::BadLength, Notes::default()));
            *notes = Notes(notes.0 | own.0);
            Err(code)
        }
    }
}

/// Steps 4 to 10 on one number.
fn one(body: &str, cx: &Context, notes: &mut Notes, sides: &mut Sides) -> Result<Found, Code> {
    if is_scientific(body) {
        return Err(Code::ExcelScientific);
    }
    let (body, context) = split_uri(body, notes, sides);
    let body = match spreadsheet_integer(body) {
        Some(integer) => {
            notes.add(Note::ExcelArtifact);
            integer
        }
        None => body,
    };
    let mut number = Number::collect(body, notes)?;
    if let Some(prefix) = context
        && !number.plus
    {
        number = Number {
            plus: true,
            digits: Number::collect(prefix, notes)?.digits.then(number.digits.as_str()),
        };
    }
    judge(number, cx, notes)
}

/// Steps 7 to 10.
fn judge(number: Number, cx: &Context, notes: &mut Notes) -> Result<Found, Code> {
    let Number { mut plus, mut digits } = number;
    if plus && digits.as_str().starts_with('0') {
        plus = false;
        notes.add(Note::PrefixRepaired);
    }
    let home = french::home(cx.region);
    if digits.len() == 0 {
        return Err(Code::BadLength);
    }
    if !plus && let Some(home) = home {
        match self_evident_national(&digits, home) {
            Some(result) => return result,
            None if digits.as_str().starts_with("00") => {
                plus = true;
                digits = digits.skip(2);
            }
            None => return national(&digits, home, cx, notes),
        }
    }
    if plus {
        if digits.as_str().starts_with('0') {
            return Err(Code::BadLength);
        }
        if let Some((code, rest)) = french::split_calling_code(digits.as_str()) {
            return after_calling_code(code, &Digits::of(rest), cx, notes);
        }
    }
    match foreign::read(plus, &digits, cx.region, notes)? {
        Foreign::Found(found) => Ok(found),
        Foreign::French(code, rest) => after_calling_code(code, &rest, cx, notes),
    }
}

/// National digits of a French source whose answer their number or sameness gives: short numbers, local numbers of
/// Saint-Pierre-et-Miquelon, one digit all along.
fn self_evident_national(digits: &Digits, home: u16) -> Option<Result<Found, Code>> {
    let typed = digits.as_str();
    let local = match typed.len() {
        6 => Some(typed),
        7 => typed.strip_prefix('0'),
        _ => None,
    };
    if home == 508
        && let Some(Ok(nsn)) = local.map(str::parse::<u64>)
        && nsn >= 200_000
    {
        return Some(french::decide_saint_pierre(nsn));
    }
    if typed.len() <= 6 {
        return Some(Err(Code::ShortNumber));
    }
    let same = typed.bytes().all(|b| typed.starts_with(char::from(b)));
    (same && typed.len() >= 9).then_some(Err(Code::Placeholder))
}

/// Step 8: national digits of a source of the French plan.
fn national(digits: &Digits, home: u16, cx: &Context, notes: &mut Notes) -> Result<Found, Code> {
    let typed = digits.as_str();
    let special = cx.options.allow_special;
    match (typed.len(), typed.as_bytes().first()) {
        (10, Some(b'0')) => {
            let nsn = digits.value().ok_or(Code::BadLength)?;
            french::decide(nsn, Given::National(home), special, notes)
        }
        (9, Some(b'1'..=b'7' | b'9')) => {
            notes.add(Note::LeadingZeroRestored);
            let nsn = digits.value().ok_or(Code::BadLength)?;
            french::decide(nsn, Given::National(home), special, notes)
        }
        // A calling code without its plus, and perhaps the trunk 0 after it.
        (11.., _) => match french::split_calling_code(typed) {
            Some((code, rest)) if matches!((rest.len(), rest.starts_with('0')), (9, false) | (10, true)) => {
                notes.add(Note::CountryCodeInferred);
                after_calling_code(code, &Digits::of(rest), cx, notes)
            }
            _ => Err(Code::BadLength),
        },
        _ => Err(Code::BadLength),
    }
}

/// Digits after a calling code of the French plan.
fn after_calling_code(code: u16, digits: &Digits, cx: &Context, notes: &mut Notes) -> Result<Found, Code> {
    let mut digits = *digits;
    if digits.as_str().starts_with('0') {
        notes.add(Note::TrunkZeroRemoved);
        digits = digits.skip(1);
    }
    // +508 508 41 12 34: the national root written after the calling code that replaces it.
    if code == 508 && digits.len() == 9 && digits.as_str().starts_with("508") {
        notes.add(Note::PrefixRepaired);
        digits = digits.skip(3);
    }
    let nsn = match digits.as_str().as_bytes().first() {
        Some(b'1'..=b'9') => digits.value().ok_or(Code::BadLength)?,
        _ => return Err(Code::BadLength),
    };
    match (code, digits.len()) {
        (508, 6) => french::decide_saint_pierre(nsn),
        (33, 9) => french::decide(nsn, Given::Plus33, cx.options.allow_special, notes),
        (_, 9) => french::decide_overseas(code, nsn, cx.options.allow_special, notes),
        (_, ..=6) => Err(Code::ShortNumber),
        _ => Err(Code::BadLength),
    }
}
