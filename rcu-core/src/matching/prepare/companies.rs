//! What records say of companies.

use super::{Level, Prepared};
use crate::field::{self, FieldIx};
use crate::records::Record;
use rayon::prelude::*;

impl Prepared<'_> {
    /// Whether two contacts have a company in common, by its id or its name.
    pub fn same_employer(&self, a: Record, b: Record) -> bool {
        let employer = &self.records.employer;
        employer.values(a).any(|(x, _)| employer.values(b).any(|(y, _)| x == y))
    }

    /// Which company number says that two records are two establishments or two companies.
    pub fn other_establishment(&self, a: Record, b: Record) -> Option<&'static str> {
        let differ = |f: FieldIx| {
            let column = self.records.field(f);
            let (x, y) = (column.id(a), column.id(b));
            x != 0 && y != 0 && x != y
        };
        if differ(field::SIRET) {
            return Some("siret");
        }
        (self.level == Level::Companies && differ(field::SIREN)).then_some("siren")
    }

    /// Whether any record has a company's number.
    #[inline]
    pub fn has_company_numbers(&self) -> bool {
        [field::SIRET, field::SIREN].iter().any(|f| !self.records.field(*f).pool.is_empty())
    }

    /// Of each record: distinct SIRET of its SIREN, in its postcode when it has one.
    pub(super) fn count_establishments(&self) -> Vec<u32> {
        let (siren, siret) = (self.records.field(field::SIREN), self.records.field(field::SIRET));
        let n = self.records.len() as Record;
        let mut count = vec![0u32; n as usize];
        // Once over the postcodes, once over all of the SIREN for records without one.
        for by_postcode in [true, false] {
            let mut keyed: Vec<(u32, u32, u32, u32, Record)> = (0..n)
                .filter(|r| siren.id(*r) != 0 && (!by_postcode || self.faces[*r as usize].postcode != 0))
                .map(|r| {
                    let place = if by_postcode { self.faces[r as usize].postcode } else { 0 };
                    (self.scope(r), siren.id(r), place, siret.id(r), r)
                })
                .collect();
            keyed.par_sort_unstable();
            for same in keyed.chunk_by(|a, b| (a.0, a.1, a.2) == (b.0, b.1, b.2)) {
                let known = same.chunk_by(|a, b| a.3 == b.3).filter(|c| c[0].3 != 0).count() as u32;
                for (.., r) in same {
                    if by_postcode || self.faces[*r as usize].postcode == 0 {
                        count[*r as usize] = known;
                    }
                }
            }
        }
        count
    }
}
