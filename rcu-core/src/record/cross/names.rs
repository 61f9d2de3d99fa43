//! Names that are companies, parts of names that have a field of their own, names in each other's field.

use super::super::row::{Row, Target, Value};
use super::Survey;
use crate::field::{self, FieldIx};
use crate::normalize::text::fold_upper;
use crate::normalize::{Code, Context, Kind, into, name, person};

/// A company in a person's name: it becomes the company's name where none stands (C `field_swapped`); the person's
/// name stays refused. A legal form alone (`SARL` beside `ROY`) takes the other name with it.
pub(super) fn reclassify_companies<'r, F>(row: &mut Row, inputs: &[(Target, &Context)], raw: &mut F)
where
    F: FnMut(usize) -> Option<&'r str>,
{
    for (field, other) in [(field::LAST_NAME, field::FIRST_NAME), (field::FIRST_NAME, field::LAST_NAME)] {
        let survey = Survey::of(row);
        if survey.place(field::COMPANY_NAME).is_some() {
            return;
        }
        let refused =
            |v: &&Value| v.field == field && v.out.codes().as_slice().contains(&Code::CompanyInName);
        let Some(v) = row.values().iter().find(refused) else { continue };
        let input = v.input;
        let Some((_, cx)) = inputs.get(input) else { continue };
        let Some(mut written) = v.out.get_extra("company_name").map(str::to_owned) else { continue };
        let words = cx.tables.names.words();
        if written.split_whitespace().all(|w| words.is_company_word(&fold_upper(w)))
            && let Some(rest) =
                survey.place(other).and_then(|i| row.values().get(i)).and_then(|v| raw(v.input))
        {
            written.push(' ');
            written.push_str(rest);
        }
        let company = row.next(field::COMPANY_NAME, input);
        into(Kind::CompanyName, &written, cx, &mut company.out);
        company.out.code(Code::FieldSwapped);
    }
}

/// What the name rules found besides a name goes to its own field when that one is empty; a first name in the place of
/// the last and the other way round is put right (C `name_swapped`). `survey` is
/// kept up to date.
pub(super) fn apply(row: &mut Row, survey: &mut Survey, cx: &Context) {
    let (last, first) = (survey.place(field::LAST_NAME), survey.place(field::FIRST_NAME));
    for (from, key, to) in [
        (last, "birth_name", field::BIRTH_NAME),
        (last, "civility", field::CIVILITY),
        (first, "civility", field::CIVILITY),
    ] {
        let Some(v) = from.and_then(|i| row.values().get(i)).filter(|v| !v.out.extras().is_empty()) else {
            continue;
        };
        if survey.place(to).is_none()
            && let Some(text) = v.out.get_extra(key).map(str::to_owned)
        {
            let input = v.input;
            put(row, to, input, &text);
            *survey = Survey::of(row);
        }
    }
    let (Some(l), Some(f)) = (last, first) else { return };
    let tables = &cx.tables.names;
    let text = |i: usize| row.values().get(i).map_or("", |v| v.out.text.as_str());
    let given = tables.rarity(text(f));
    survey.given = Some(given);
    // A listed first name, nearly always: nothing to put right.
    if given.first() == 0 && person::swap_if_misfiled(text(l), text(f), tables) {
        survey.given = None;
        let (a, b) = (l.min(f), l.max(f));
        if let Some((head, tail)) = row.values_mut().split_at_mut_checked(b)
            && let (Some(x), Some(y)) = (head.get_mut(a), tail.first_mut())
        {
            std::mem::swap(&mut x.out, &mut y.out);
            x.out.code(Code::NameSwapped);
            y.out.code(Code::NameSwapped);
        }
    }
    if survey.place(field::SUFFIX).is_none() {
        let found = [l, f].into_iter().filter_map(|i| row.values().get(i)).find_map(|v| {
            name::split_suffix(&v.out.text, tables).1.map(|suffix| (v.input, suffix.to_owned()))
        });
        if let Some((input, suffix)) = found {
            put(row, field::SUFFIX, input, &suffix);
        }
    }
}

fn put(row: &mut Row, field: FieldIx, input: usize, text: &str) {
    row.next(field, input).out.text.push_str(text);
}
