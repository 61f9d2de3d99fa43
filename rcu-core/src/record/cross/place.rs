//! Where an address lies: the country it is read under, and whether postcode and locality go together.

use super::super::row::{RefusedWhole, Row, Target};
use super::Survey;
use crate::field::{self, FieldIx};
use crate::normalize::address::is_french;
use crate::normalize::address::postcode_city::{self, Outcome};
use crate::normalize::{Code, Context, Country, Kind, Status, into};
use crate::reference::postal::PostalTables;

/// The context in which the row's address is read when the record names another country than its source's: a Belgian
/// postcode of a French file is no French one that lost its zero. `None` when the country is the source's own, or when
/// the postcode has the shape of the source's country and not that of the one named, which the row then remembers.
pub(in super::super) fn abroad<'r, F>(
    row: &mut Row,
    inputs: &[(Target, &Context)],
    raw: &mut F,
) -> Option<Context>
where
    F: FnMut(usize) -> Option<&'r str>,
{
    let is = |f, target: &Target| matches!(target, Target::Field(at, _) if *at == f);
    let (country, cx) = inputs.iter().enumerate().find_map(|(i, (target, cx))| {
        let text = raw(i).filter(|t| is(field::COUNTRY, target) && !t.is_empty())?;
        if text == cx.region.as_str() {
            return Some((cx.region, cx));
        }
        into(Kind::Country, text, cx, &mut row.work);
        Some((Country::new(row.work.value()?)?, cx))
    })?;
    if same_format(country, cx.region) {
        return None;
    }
    let abroad = Context { region: country, ..(*cx).clone() };
    for (i, (_, cx)) in inputs.iter().enumerate().filter(|(_, (t, _))| is(field::POSTCODE, t)) {
        let text = raw(i).unwrap_or("");
        into(Kind::Postcode, text, &abroad, &mut row.work);
        if row.work.value().is_none() {
            into(Kind::Postcode, text, cx, &mut row.work);
            if row.work.value().is_some() {
                row.contradicted = true;
                return None;
            }
        }
    }
    Some(abroad)
}

/// Whether addresses of two countries are written alike: France, its overseas countries and Monaco are one.
pub(super) fn same_format(a: Country, b: Country) -> bool {
    a == b || (is_french(a) && is_french(b))
}

/// The postcode and the locality of a French address against the shipped base (§2.5): a slip in the locality is
/// repaired (C `city_repaired`), a blank one filled when the postcode has one commune (C `city_inferred`). Two that do
/// not go together both stay, and the pair is refused (R `postcode_city_mismatch`).
///
/// A row with several addresses has its first postcode checked against its first locality, and so on; where their
/// numbers differ nobody can tell which goes with which, and nothing is checked.
pub(super) fn check(row: &mut Row, survey: &Survey, cx: &Context) {
    let Some(mut code) = survey.place(field::POSTCODE) else { return };
    let named = survey.text(row, field::COUNTRY).and_then(Country::new);
    if !is_french(cx.region) || named.is_some_and(|c| !is_french(c)) {
        return;
    }
    let mut city = survey.place(field::CITY);
    if survey.cities != survey.codes && (survey.codes, survey.cities) != (1, 0) {
        return;
    }
    for _ in 1..survey.codes {
        pair(row, code, city, &cx.tables.postal);
        let (Some(p), Some(c)) =
            (next(row, field::POSTCODE, code), city.and_then(|c| next(row, field::CITY, c)))
        else {
            return;
        };
        (code, city) = (p, Some(c));
    }
    pair(row, code, city, &cx.tables.postal);
}

/// The next value of a field that stands.
fn next(row: &Row, field: FieldIx, after: usize) -> Option<usize> {
    let behind = row.values().get(after + 1..)?;
    behind.iter().position(|v| v.field == field && v.out.value().is_some()).map(|i| after + 1 + i)
}

/// Checks one postcode against one locality, or the want of one.
fn pair(row: &mut Row, code: usize, city: Option<usize>, base: &PostalTables) {
    let text = |i: usize| row.values().get(i).map_or("", |v| v.out.text.as_str());
    let outcome = postcode_city::check(text(code), city.map_or("", text), base);
    match outcome {
        Outcome::Known => {}
        Outcome::Cedex => {
            // A postcode of an office, which the base does not hold.
            if !city.map_or("", text).contains(" CEDEX")
                && let Some(v) = row.values_mut().get_mut(code)
            {
                v.out.code(Code::Cedex);
            }
        }
        Outcome::Repaired(name) => {
            if let Some(v) = city.and_then(|c| row.values_mut().get_mut(c)) {
                let town = v.out.text.find(" CEDEX").unwrap_or(v.out.text.len());
                v.out.text.replace_range(..town, base.text(name));
                v.out.code(Code::CityRepaired);
            }
        }
        Outcome::Inferred(name) => infer(row, code, base.text(name)),
        Outcome::Mismatch => {
            if let Some(city) = city {
                let (kind, values) = (Kind::PostcodeCity, vec![code, city]);
                row.refused.push(RefusedWhole { kind, values, code: Code::PostcodeCityMismatch });
            }
        }
    }
}

/// Fills the blank locality. A refused one keeps its refusal beside the inferred one.
fn infer(row: &mut Row, postcode: usize, name: &str) {
    let input = row.values().get(postcode).map_or(0, |v| v.input);
    let blank = row.values().iter().position(|v| v.field == field::CITY && v.out.status() == Status::Empty);
    let v = match blank.and_then(|at| row.values_mut().get_mut(at)) {
        Some(v) => v,
        None => row.next(field::CITY, input),
    };
    v.out.reset();
    v.out.text.push_str(name);
    v.out.code(Code::CityInferred);
}
