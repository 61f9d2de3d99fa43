//! The rules that look across the fields of one row (`domain.md` §2.9), in this order: what stands in the wrong field
//! moves, a company in a person's field is made a company, names are put right, postcode and locality are checked
//! against each other, and last come the flags, which change nothing.
//!
//! Each rule sees the row's fields as a set, so the order of columns decides nothing; and each leaves a row on which
//! it would do nothing more.

mod contacts;
mod flags;
mod names;
mod place;

pub(super) use place::abroad;

use super::row::{Row, Target};
use crate::field::{self, BUILT_IN, FieldIx};
use crate::normalize::{Code, Context, Status};
use crate::reference::names::Rarity;

/// Applies all rules to a row whose values are normalised. `cx` is that of the first input.
pub(super) fn apply<'r, F>(row: &mut Row, cx: &Context, inputs: &[(Target, &Context)], mut raw: F)
where
    F: FnMut(usize) -> Option<&'r str>,
{
    let mut survey = Survey::of(row);
    if survey.contacts || survey.phones || survey.companies {
        if survey.contacts {
            contacts::refile(row, inputs, &mut raw);
        }
        contacts::refile_phones(row);
        if survey.companies {
            names::reclassify_companies(row, inputs, &mut raw);
        }
        survey = Survey::of(row);
    }
    names::apply(row, &mut survey, cx);
    place::check(row, &survey, cx);
    flags::apply(row, &survey, cx);
}

/// What a row holds, seen in one walk over its values: nearly always nothing for the rare rules to look at.
struct Survey {
    places: [u8; BUILT_IN.len()],
    /// A value that may be an address or a number in the wrong field.
    contacts: bool,
    /// A number in the field of the other kind of line.
    phones: bool,
    /// A company in a name's field.
    companies: bool,
    /// Postcodes and localities that stand.
    codes: usize,
    cities: usize,
    /// How usual the first name is, once a rule has looked it up.
    given: Option<Rarity>,
}

impl Survey {
    const NONE: u8 = u8::MAX;

    /// Looks at the first 255 values.
    fn of(row: &Row) -> Survey {
        let mut survey = Survey {
            places: [Survey::NONE; BUILT_IN.len()],
            contacts: false,
            phones: false,
            companies: false,
            codes: 0,
            cities: 0,
            given: None,
        };
        for (i, v) in row.values().iter().enumerate().take(usize::from(Survey::NONE)) {
            let Some(slot) = survey.places.get_mut(v.field) else { continue };
            // Blanks first: they are a third of a usual row.
            let status = v.out.status();
            if status == Status::Empty {
                continue;
            }
            let stands = status != Status::Rejected;
            if stands && *slot == Survey::NONE {
                *slot = i as u8;
            }
            match v.field {
                field::LAST_NAME | field::FIRST_NAME | field::BIRTH_NAME if !v.out.codes().is_empty() => {
                    survey.contacts |= contacts::is_suspect(v);
                    survey.companies |= v.out.codes().as_slice().contains(&Code::CompanyInName);
                }
                field::EMAIL => survey.contacts |= !stands,
                field::MOBILE | field::LANDLINE if stands => {
                    survey.phones |= contacts::right_field(v).is_some_and(|right| right != v.field);
                }
                field::MOBILE | field::LANDLINE => survey.contacts = true,
                field::POSTCODE => survey.codes += usize::from(stands),
                field::CITY => survey.cities += usize::from(stands),
                _ => {}
            }
        }
        survey
    }

    /// Position of the first value of a field that was neither refused nor empty.
    #[inline]
    fn place(&self, field: FieldIx) -> Option<usize> {
        self.places.get(field).copied().filter(|i| *i != Survey::NONE).map(usize::from)
    }

    /// The text of that value.
    #[inline]
    fn text<'r>(&self, row: &'r Row, field: FieldIx) -> Option<&'r str> {
        row.values().get(self.place(field)?).map(|v| v.out.text.as_str())
    }
}

#[cfg(test)]
mod tests;
