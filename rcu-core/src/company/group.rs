//! What is above and below the passes over companies: legal units over establishments, and mentions by a name alone.

use super::Origin;
use crate::field::{self, COMPANY_FIELDS};
use crate::intern::Pool;
use crate::matching::cluster::Clusters;
use crate::matching::prepare::Prepared;
use crate::normalize::company::company_key_into;
use crate::records::Record;
use std::collections::BTreeMap;

/// Gives mentions that hold nothing but a company's name to the company of that name, when the set has exactly one that
/// is known by more; else the mentions of one name are one company.
pub(super) fn by_name(p: &Prepared, origins: &[Origin], clusters: Clusters) -> Clusters {
    let known_by_more = |r: Record| {
        let numbers = COMPANY_FIELDS.iter().filter(|f| **f != field::COMPANY_NAME);
        matches!(origins[r as usize], Origin::Account(_))
            || p.faces[r as usize].postcode != 0
            || numbers.into_iter().any(|f| p.records.field(*f).id(r) != 0)
    };
    let names = p.records.field(field::COMPANY_NAME);
    let mut keys = Pool::default();
    let mut text = String::new();
    let key_of: Vec<u32> = (0..names.pool.len() as u32)
        .map(|id| {
            text.clear();
            company_key_into(names.pool.get(id), &mut text);
            if id == 0 || text.is_empty() { 0 } else { keys.intern(&text) }
        })
        .collect();
    // Clusters that are known by more, under each of their names; the second place says that there are several.
    let mut known: BTreeMap<(u32, u32), (u32, bool)> = BTreeMap::new();
    let mut nameless: Vec<(u32, (u32, u32))> = Vec::new();
    for c in 0..clusters.len() {
        let members = clusters.members(c);
        let more = members.iter().any(|r| known_by_more(*r));
        for r in members {
            for (id, _) in names.values(*r) {
                let key = (p.scope(*r), key_of[id as usize]);
                if key.1 == 0 {
                    continue;
                }
                if more {
                    let entry = known.entry(key).or_insert((c as u32, false));
                    entry.1 |= entry.0 != c as u32;
                } else {
                    nameless.push((c as u32, key));
                }
            }
        }
    }
    if nameless.is_empty() {
        return clusters;
    }
    let mut target: Vec<u32> = (0..clusters.len() as u32).collect();
    let mut first: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for (c, key) in nameless {
        target[c as usize] = match known.get(&key) {
            Some((company, false)) => *company,
            _ => *first.entry(key).or_insert(c),
        };
    }
    let mut roots = vec![Record::MAX; clusters.len()];
    for c in 0..clusters.len() {
        let root = &mut roots[target[c] as usize];
        *root = (*root).min(clusters.members(c)[0]);
    }
    let of = clusters.of.iter().map(|c| roots[target[*c as usize] as usize]).collect();
    Clusters::of_roots(of, clusters.refused)
}

/// Legal unit of each company, as the smallest company in it: by SIREN, else by a foreign VAT number.
pub(super) fn legal_units(p: &Prepared, clusters: &Clusters) -> Vec<u32> {
    let mut first: BTreeMap<(u32, usize, u32), u32> = BTreeMap::new();
    (0..clusters.len())
        .map(|c| {
            let number = |f: usize| {
                clusters.members(c).iter().find_map(|r| match p.records.field(f).id(*r) {
                    0 => None,
                    id => Some((p.scope(*r), f, id)),
                })
            };
            match number(field::SIREN).or_else(|| number(field::VAT)) {
                Some(key) => *first.entry(key).or_insert(c as u32),
                None => c as u32,
            }
        })
        .collect()
}
