//! The records of companies: rows of company sources, and what rows of customers say of the company they belong to.

use crate::field::{self, COMPANY_FIELDS, FieldIx};
use crate::intern::Pool;
use crate::normalize::{Codes, Status};
use crate::records::{FieldColumn, Mark, Record, Records, Slot};

/// What a row of customers says of a company besides its name and numbers: where it is, and whose record it is.
const PLACE: &[FieldIx] = &[
    field::ADDRESS_EXTRA,
    field::STREET,
    field::POSTCODE,
    field::CITY,
    field::COUNTRY,
    field::BRAND,
    field::COMPANY,
];

/// Where a record of a company comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A row of a company source.
    Account(Record),
    /// What a row of customers says of its company.
    Mention(Record),
}

/// Company records in the order of their sources and ids, and the origin of each.
pub fn gather(accounts: &Records, people: &Records, mentions: &[Record]) -> (Records, Vec<Origin>) {
    let mut origins: Vec<Origin> = (0..accounts.len() as Record).map(Origin::Account).collect();
    origins.extend(mentions.iter().map(|r| Origin::Mention(*r)));
    // Both are sorted by source and id already, and no source has both.
    origins.sort_by_key(|o| match o {
        Origin::Account(r) => accounts.sources[*r as usize],
        Origin::Mention(r) => people.sources[*r as usize],
    });
    let from = |o: &Origin| match o {
        Origin::Account(r) => (accounts, *r as usize),
        Origin::Mention(r) => (people, *r as usize),
    };
    let mut records = Records::default();
    for (of, r) in origins.iter().map(from) {
        records.sources.push(of.sources[r]);
        records.ids.push(of.ids.get(r));
        records.updated.push(of.updated[r]);
    }
    let fields = accounts.fields.len().max(people.fields.len());
    records.fields = (0..fields)
        .map(|f| {
            let mentioned = COMPANY_FIELDS.contains(&f) || PLACE.contains(&f);
            let slots_of =
                |of: &Records, taken| if taken { of.fields.get(f).map_or(0, |c| c.slots.len()) } else { 0 };
            let slots = slots_of(accounts, true).max(slots_of(people, mentioned && !mentions.is_empty()));
            let mut column = FieldColumn { pool: Pool::default(), slots: vec![Slot::default(); slots] };
            for (i, slot) in column.slots.iter_mut().enumerate() {
                for o in &origins {
                    let (of, r) = from(o);
                    let taken = mentioned || matches!(o, Origin::Account(_));
                    let here =
                        of.fields.get(f).and_then(|c| Some((&c.pool, c.slots.get(i)?))).filter(|_| taken);
                    let (id, mark) = match here {
                        Some((pool, s)) if s.ids[r] != 0 => {
                            (column.pool.intern(pool.get(s.ids[r])), s.marks[r])
                        }
                        _ => (0, Mark::default()),
                    };
                    slot.ids.push(id);
                    slot.marks.push(mark);
                }
            }
            column
        })
        .collect();
    (records, origins)
}

/// Fills the SIREN from the SIRET, whose first nine figures it is, and else from a French VAT number, which ends with it.
/// Where SIREN and SIRET differ the SIRET is believed, which says more. Returns how many differ.
pub fn complete_sirens(records: &mut Records) -> u64 {
    let mut known: Vec<(Record, String)> = Vec::new();
    let mut differ = 0;
    for r in 0..records.len() as Record {
        let siren = records.field(field::SIREN).text(r);
        let siret = records.field(field::SIRET).text(r).and_then(|t| t.get(..9));
        // Monaco's numbers bear zeros in place of a SIREN.
        let of_vat = |t: &str| t.strip_prefix("FR").and_then(|t| t.get(2..)).map(str::to_owned);
        let vat = || records.field(field::VAT).text(r).and_then(of_vat).filter(|t| !t.starts_with("000"));
        match (siren, siret) {
            (Some(given), Some(part)) if given != part => {
                differ += 1;
                known.push((r, part.to_owned()));
            }
            (None, Some(part)) => known.push((r, part.to_owned())),
            (None, None) => known.extend(vat().map(|part| (r, part))),
            _ => {}
        }
    }
    if known.is_empty() {
        return differ;
    }
    let n = records.len();
    if let Some(column) = records.fields.get_mut(field::SIREN) {
        if column.slots.is_empty() {
            column.slots.push(Slot { ids: vec![0; n], marks: vec![Mark::default(); n] });
        }
        for (r, text) in known {
            let id = column.pool.intern(&text);
            column.slots[0].ids[r as usize] = id;
            column.slots[0].marks[r as usize] = Mark::new(Status::Ok, &Codes::default());
        }
    }
    differ
}
