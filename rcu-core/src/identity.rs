//! Golden ids: a person is named after its founding record, so an id never depends on the order of a load.

use crate::matching::cluster::Clusters;
use crate::records::Records;
use sha2::{Digest, Sha256};

/// The id that a record would give to a person: `g` and 16 letters or digits (80 bits of SHA-256, Crockford base 32).
///
/// The mapping is frozen: golden ids are stored by others.
pub fn id_of_record(source: &str, record_id: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(source.as_bytes());
    hash.update([0x1f]);
    hash.update(record_id.as_bytes());
    let digest = hash.finalize();
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut id = String::with_capacity(17);
    id.push('g');
    for five in digest[..10].chunks_exact(5) {
        let n = five.iter().fold(0u64, |n, b| n << 8 | u64::from(*b));
        for k in (0..8).rev() {
            id.push(char::from(DIGITS[(n >> (5 * k) & 31) as usize]));
        }
    }
    id
}

/// Golden id of each cluster: that of its smallest record. `sources` are source names by position.
pub fn golden_ids(sources: &[&str], records: &Records, clusters: &Clusters) -> Vec<String> {
    use rayon::prelude::*;
    (0..clusters.len())
        .into_par_iter()
        .map(|c| {
            let founder = clusters.members(c)[0] as usize;
            let source = sources.get(usize::from(records.sources[founder])).copied().unwrap_or("");
            id_of_record(source, records.ids.get(founder).unwrap_or(""))
        })
        .collect()
}

/// Company id of each cluster of companies: that of its smallest record, as `c` and 16 letters or digits.
pub fn company_ids(sources: &[&str], records: &Records, clusters: &Clusters) -> Vec<String> {
    golden_ids(sources, records, clusters).iter().map(|g| format!("c{}", g.get(1..).unwrap_or(""))).collect()
}

/// Id of a legal unit, made from the company id of its first establishment.
pub fn legal_unit_id(company_id: &str) -> String {
    format!("l{}", company_id.get(1..).unwrap_or(""))
}

/// Household id made from the golden id of its first person.
pub fn household_id(golden_id: &str) -> String {
    format!("h{}", golden_id.get(1..).unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_frozen() {
        assert_eq!(id_of_record("till", "42"), "gez0mwbpjmp99av2w");
        assert_eq!(id_of_record("till", "42").len(), 17);
        assert_ne!(id_of_record("till", "4"), id_of_record("til", "l4"));
    }
}
