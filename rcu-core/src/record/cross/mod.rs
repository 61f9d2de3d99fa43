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
use crate::field;
use crate::normalize::{Code, Context, Status};

/// Applies all rules to a row whose values are normalised. `cx` is that of the first input.
pub(super) fn apply<'r, F>(row: &mut Row, cx: &Context, inputs: &[(Target, &Context)], mut raw: F)
where
    F: FnMut(usize) -> Option<&'r str>,
{
    let work = Work::of(row);
    if work.contacts {
        contacts::refile(row, inputs, &mut raw);
    }
    if work.phones {
        contacts::refile_phones(row);
    }
    if work.companies {
        names::reclassify_companies(row, inputs, &mut raw);
    }
    let places = names::apply(row, cx);
    place::check(row, &places, cx);
    flags::apply(row, &places, cx);
}

/// Which of the rare rules have something to look at: one walk over the values, nearly always to no work at all.
#[derive(Default)]
struct Work {
    contacts: bool,
    phones: bool,
    companies: bool,
}

impl Work {
    fn of(row: &Row) -> Work {
        let mut work = Work::default();
        for v in row.values() {
            match v.field {
                field::LAST_NAME | field::FIRST_NAME | field::BIRTH_NAME if !v.out.codes().is_empty() => {
                    work.contacts |= contacts::is_suspect(v);
                    work.companies |= v.out.codes().as_slice().contains(&Code::CompanyInName);
                }
                field::EMAIL => work.contacts |= v.out.status() == Status::Rejected,
                field::MOBILE | field::LANDLINE => {
                    work.contacts |= v.out.status() == Status::Rejected;
                    work.phones |= contacts::right_field(v).is_some_and(|right| right != v.field);
                }
                _ => {}
            }
        }
        work
    }
}

#[cfg(test)]
mod tests {}
