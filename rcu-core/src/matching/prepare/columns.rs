//! The columns that a face is made from.

use super::Setting;
use super::face::{Face, Gender};
use super::streets::LineKeys;
use crate::field::{self, FieldIx};
use crate::intern::Pool;
use crate::normalize::Status;
use crate::records::{Mark, Records, Slot};
use crate::time::Day;

/// Main values of the fields that a face shows, by record, with what is known of each distinct value.
pub(super) struct Columns<'a> {
    last: &'a [u32],
    first: &'a [u32],
    birth_name: &'a [u32],
    postcode: &'a [u32],
    postcode_marks: &'a [Mark],
    city: &'a [u32],
    city_marks: &'a [Mark],
    suffix: &'a [u32],
    civility: &'a [u32],
    genders: Vec<Gender>,
    birth: &'a [Slot],
    /// Day by value, as YYYYMMDD.
    days: Vec<u32>,
    /// Whether birth dates of a source are trusted enough to be proof.
    trusted: Vec<bool>,
    sources: &'a [u16],
    lines: LineKeys<'a>,
}

impl<'a> Columns<'a> {
    pub(super) fn new(plan: &Setting, records: &'a Records, lines: LineKeys<'a>) -> Columns<'a> {
        let birth = records.field(field::BIRTH_DATE);
        let civility = records.field(field::CIVILITY);
        let day = |text: &str| {
            Day::parse_iso(text).map_or(0, |day| {
                let (y, m, d) = day.ymd();
                y.unsigned_abs() * 10_000 + m * 100 + d
            })
        };
        let proven_at = (plan.spec.proven_at * 1000.0).round() as u32;
        let marks = |f| records.field(f).slots.first().map_or(&[][..], |s| &s.marks[..]);
        let texts = |pool: &'a Pool| (0..pool.len() as u32).map(|id| pool.get(id));
        Columns {
            last: ids(records, field::LAST_NAME),
            first: ids(records, field::FIRST_NAME),
            birth_name: ids(records, field::BIRTH_NAME),
            postcode: ids(records, field::POSTCODE),
            postcode_marks: marks(field::POSTCODE),
            city: ids(records, field::CITY),
            city_marks: marks(field::CITY),
            suffix: ids(records, field::SUFFIX),
            civility: ids(records, field::CIVILITY),
            genders: texts(&civility.pool).map(Gender::of_civility).collect(),
            birth: &birth.slots,
            days: texts(&birth.pool).map(day).collect(),
            trusted: plan.birth_reliability.iter().map(|trust| *trust >= proven_at).collect(),
            sources: &records.sources,
            lines,
        }
    }

    /// The face of a record, without keys of names and means of contact.
    pub(super) fn face(&self, r: usize) -> Face {
        let of = |ids: &[u32]| ids.get(r).copied().unwrap_or(0);
        let mut face = Face {
            last: of(self.last),
            first: of(self.first),
            birth_name: of(self.birth_name),
            postcode: of(self.postcode),
            city: of(self.city),
            suffix: of(self.suffix),
            ..Face::default()
        };
        face.set_gender(self.genders[of(self.civility) as usize]);
        face.set_line(self.lines.of(r));
        let makes_key = |marks: &[Mark]| marks.get(r).is_some_and(|m| m.makes_keys());
        face.set_place_keys(makes_key(self.postcode_marks), makes_key(self.city_marks));
        if let Some(birth) = self.birth.iter().find(|b| b.ids[r] != 0).filter(|b| b.marks[r].makes_keys()) {
            let trusted = self.trusted.get(usize::from(self.sources[r])).copied().unwrap_or(false);
            face.set_birth(
                self.days[birth.ids[r] as usize],
                trusted && birth.marks[r].status() == Status::Ok,
            );
        }
        face
    }
}

/// Main value of a field by record; empty when no record has one.
pub(super) fn ids(records: &Records, f: FieldIx) -> &[u32] {
    records.field(f).slots.first().map_or(&[], |s| &s.ids)
}
