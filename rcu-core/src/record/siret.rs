//! The SIRET of a French company at entry (`domain.md` §2.9): missing warns, a wrong check digit blocks, and so does
//! another company's SIREN.

use super::entry::{MISSING, NormalizedRecord, Remark, Verdict};
use crate::normalize::address::is_french;
use crate::normalize::{Code, Context, Country, Status};

/// Codes of remarks that are in no value.
pub(super) const CODES: [&str; 3] = [MISSING, SIREN_MISMATCH, CLOSED];

const SIREN_MISMATCH: &str = "siren_mismatch";
const CLOSED: &str = "closed_establishment";

/// What is to be said of the SIRET of a record. A record is a company's when it has a company name, a SIREN or a SIRET,
/// and French unless it names another country.
pub(super) fn remarks(record: &NormalizedRecord, cx: &Context) -> Vec<Remark> {
    let values = |field: &str| record.get(field).map_or(&[][..], Vec::as_slice);
    let first = |field: &str| values(field).iter().find_map(|v| v.value.as_deref());
    let country = first("country").and_then(Country::new).unwrap_or(cx.region);
    let given = values("siret").iter().any(|v| v.status != Status::Empty);
    let is_company = given || first("company_name").is_some() || first("siren").is_some();
    if !is_company || !is_french(country) {
        return Vec::new();
    }
    let remark = |code: &str, verdict| Remark {
        field: "siret".to_owned(),
        code: code.to_owned(),
        verdict,
        suggestion: None,
    };
    let mut remarks = Vec::new();
    if !given {
        remarks.push(remark(MISSING, Verdict::Warn));
    }
    if values("siret").iter().any(|v| v.codes.contains(&Code::BadChecksum)) {
        remarks.push(remark(Code::BadChecksum.name(), Verdict::Block));
    }
    if let (Some(siret), Some(siren)) = (first("siret"), first("siren"))
        && !siret.starts_with(siren)
    {
        remarks.push(remark(SIREN_MISMATCH, Verdict::Block));
    }
    if first("siret").is_some_and(|s| cx.tables.internal.is_closed(s)) {
        remarks.push(remark(CLOSED, Verdict::Warn));
    }
    remarks
}
