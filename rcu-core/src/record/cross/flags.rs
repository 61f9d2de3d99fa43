//! Flags: values that do not go together, or that are nobody's own. They change nothing.

use super::super::row::{Row, Value};
use super::Survey;
use super::place::same_format;
use crate::field;
use crate::normalize::address::is_french;
use crate::normalize::civility::gender_of;
use crate::normalize::{Code, Context, Country, email};
use crate::reference::internal::InternalContacts;

/// Sets every flag of the row.
pub(super) fn apply(row: &mut Row, survey: &Survey, cx: &Context) {
    gender(row, survey, cx);
    dates(row, survey);
    countries(row, survey, cx);
    internal(row, cx);
}

fn flag(row: &mut Row, at: Option<usize>, code: Code) {
    if let Some(v) = at.and_then(|i| row.values_mut().get_mut(i)) {
        v.out.code(code);
    }
}

/// M with a woman's first name, MME with a man's: I `gender_mismatch` on the civility. A title tells no gender, and
/// neither does a first name given to both.
fn gender(row: &mut Row, survey: &Survey, cx: &Context) {
    let said = survey.text(row, field::CIVILITY).and_then(gender_of);
    if let (Some(said), Some(name)) = (said, survey.text(row, field::FIRST_NAME))
        && let tables = &cx.tables.names
        && tables.contradicts_at(name, survey.given.unwrap_or_else(|| tables.rarity(name)), said)
    {
        flag(row, survey.place(field::CIVILITY), Code::GenderMismatch);
    }
}

/// Born after the first purchase, or after the record was made: I `date_order` on the birth date. Days in ISO form
/// compare as texts.
fn dates(row: &mut Row, survey: &Survey) {
    let Some(born) = survey.text(row, field::BIRTH_DATE) else { return };
    let acts = [field::FIRST_PURCHASE_DATE, field::CREATED_AT];
    if acts.into_iter().any(|act| survey.text(row, act).is_some_and(|day| born > day)) {
        flag(row, survey.place(field::BIRTH_DATE), Code::DateOrder);
    }
}

/// The country named against the postcode (I `country_mismatch` on the country), and the address against the
/// telephone numbers (on each number, when none of them is of the address's country). France, its overseas countries
/// and Monaco are one country here, but for the postcodes of those that have their own.
fn countries(row: &mut Row, survey: &Survey, cx: &Context) {
    let named = survey.text(row, field::COUNTRY).and_then(Country::new);
    let (mut elsewhere, mut has_code) = (false, false);
    if let Some(code) = survey.text(row, field::POSTCODE) {
        has_code = true;
        elsewhere = is_french(cx.region) && named.is_some_and(|c| !fits_overseas(c, code));
    }
    if row.contradicted || elsewhere {
        flag(row, survey.place(field::COUNTRY), Code::CountryMismatch);
    }
    let Some(address) = named.or(has_code.then_some(cx.region)) else { return };
    let contradicted = row.contradicted;
    let agrees = |c: Country| same_numbers(c, address) || (contradicted && same_numbers(c, cx.region));
    let mut any = false;
    for v in row.values().iter().filter(|v| matches!(v.field, field::MOBILE | field::LANDLINE)) {
        // The everyday case, told by the digits.
        if address == Country::FR && v.out.text.starts_with("+33") && v.out.value().is_some() {
            return;
        }
        match number_country(v) {
            Some(c) if agrees(c) => return,
            Some(_) => any = true,
            None => {}
        }
    }
    if any {
        for v in row.values_mut().iter_mut().filter(|v| number_country(v).is_some()) {
            v.out.code(Code::CountryMismatch);
        }
    }
}

/// The country of a telephone number that stands.
fn number_country(v: &Value) -> Option<Country> {
    match v.field {
        field::MOBILE | field::LANDLINE => {
            v.out.value()?;
            Country::new(v.out.get_extra("country")?)
        }
        _ => None,
    }
}

/// Whether people of one country have numbers of the other as a matter of course.
fn same_numbers(a: Country, b: Country) -> bool {
    const SHARED: [&[&[u8; 2]]; 3] = [&[b"GB", b"GG", b"JE", b"IM"], &[b"US", b"CA"], &[b"IT", b"VA", b"SM"]];
    let has = |list: &[&[u8; 2]], c: Country| list.iter().any(|l| **l == c.bytes());
    same_format(a, b) || SHARED.iter().any(|list| has(list, a) && has(list, b))
}

/// Whether a French postcode may be one of that country: Monaco and the overseas countries have their own.
fn fits_overseas(country: Country, code: &str) -> bool {
    let own: &[&str] = match &country.bytes() {
        b"MC" => &["980"],
        b"GP" => &["971"],
        b"MQ" => &["972"],
        b"GF" => &["973"],
        b"RE" => &["974"],
        b"PM" => &["975"],
        b"YT" => &["976"],
        // Both had Guadeloupe's codes, and still use them.
        b"BL" => &["977", "971"],
        b"MF" => &["978", "971"],
        b"TF" => &["984"],
        b"WF" => &["986"],
        b"PF" => &["987"],
        b"NC" => &["988"],
        _ => return true,
    };
    own.iter().any(|o| code.starts_with(o))
}

/// Contacts of staff and shops: I `internal_contact`, which bars the value from every key.
fn internal(row: &mut Row, cx: &Context) {
    let tables = &cx.tables.internal;
    let own = row.internal.clone();
    if tables.is_empty() && own.is_none() {
        return;
    }
    let any = |test: &dyn Fn(&InternalContacts) -> bool| test(tables) || own.as_deref().is_some_and(test);
    let mut key = std::mem::take(&mut row.key);
    for v in row.values_mut() {
        let is_internal = match (v.field, v.out.value()) {
            (field::EMAIL, Some(address)) => {
                key.clear();
                email::key_into(address, &mut key);
                any(&|t| t.has_email(&key))
            }
            (field::MOBILE | field::LANDLINE, Some(number)) => any(&|t| t.has_phone(number)),
            _ => false,
        };
        if is_internal {
            v.out.code(Code::InternalContact);
        }
    }
    row.key = key;
}
