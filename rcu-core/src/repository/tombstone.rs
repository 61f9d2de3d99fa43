//! What stays of an erased person: keyed hashes, by which rows that come again are known (`domain.md` §7.5).

use super::log::keyed;
use crate::field;
use crate::matching::prepare::Prepared;
use crate::records::Record;
use serde::{Deserialize, Serialize};

/// Something about an erased person, known by its keyed hash alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Number of the erasure's entry in the log.
    pub erasure: u64,
    /// When it was, in seconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// What it is.
    pub trace: Trace,
    /// Keyed hashes of the names that the person went by: who has the same number or address under another name is
    /// somebody else.
    pub names: Vec<[u8; 32]>,
}

/// What a tombstone stands for. A name alone makes none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trace {
    /// Source and record id.
    Record,
    /// Last name, first name, birth date.
    Person,
    /// E-mail, by its key.
    Email,
    /// Mobile number.
    Mobile,
    /// Landline number.
    Landline,
}

impl Trace {
    /// Whether the person alone can have it; others may share a telephone or a mailbox.
    pub fn is_personal(self) -> bool {
        matches!(self, Trace::Record | Trace::Person)
    }

    fn tag(self) -> &'static [u8] {
        match self {
            Trace::Record => b"record",
            Trace::Person => b"person",
            Trace::Email => b"email",
            Trace::Mobile => b"mobile",
            Trace::Landline => b"landline",
        }
    }
}

/// Keyed hash of a trace.
pub(super) fn hash_of(secret: &[u8], trace: Trace, value: &[&str]) -> [u8; 32] {
    let parts = std::iter::once(trace.tag()).chain(value.iter().map(|v| v.as_bytes()));
    // HMAC takes a key of any length.
    keyed(secret, parts).unwrap_or_default()
}

/// Keyed hash of a record's last and first name, when it has one.
pub(super) fn name_of(secret: &[u8], p: &Prepared, r: Record) -> Option<[u8; 32]> {
    let person = p.person_key(r)?;
    keyed(secret, [&b"name"[..], person.as_bytes()])
}

/// Everything by which a record would be known again.
pub(super) fn traces(secret: &[u8], source: &str, p: &Prepared, r: Record) -> Vec<(Trace, [u8; 32])> {
    let id = p.records.ids.get(r as usize).unwrap_or("");
    let mut traces = vec![(Trace::Record, hash_of(secret, Trace::Record, &[source, id]))];
    let birth = p.records.field(field::BIRTH_DATE).text(r);
    let whole =
        |person: &String| person.split_once('\u{1f}').is_some_and(|(l, f)| !l.is_empty() && !f.is_empty());
    if let (Some(person), Some(birth)) = (p.person_key(r).filter(whole), birth) {
        traces.push((Trace::Person, hash_of(secret, Trace::Person, &[&person, birth])));
    }
    let contacts = [
        (Trace::Email, field::EMAIL, &p.email),
        (Trace::Mobile, field::MOBILE, &p.mobile),
        (Trace::Landline, field::LANDLINE, &p.landline),
    ];
    for (trace, f, values) in contacts {
        let pool = if f == field::EMAIL { &p.email_keys } else { &p.records.field(f).pool };
        traces.extend(values.of(r).map(|v| (trace, hash_of(secret, trace, &[pool.get(v)]))));
    }
    traces.sort_unstable();
    traces.dedup();
    traces
}
