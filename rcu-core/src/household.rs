//! Households: persons who live together. They group people and never merge them (`domain.md` §3.5).

use crate::field;
use crate::intern::mix;
use crate::matching::cluster::Clusters;
use crate::matching::prepare::Prepared;
use crate::records::Record;
use crate::survivorship::Golden;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How persons are grouped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HouseholdSpec {
    /// Whether households are made at all.
    pub enabled: bool,
    /// An address with more people than this is a building or an institution, not a household.
    pub max_people: u32,
}

impl Default for HouseholdSpec {
    fn default() -> Self {
        HouseholdSpec { enabled: true, max_people: 8 }
    }
}

/// What is known of one person for this purpose. Numbers are equal when the values are; 0 means none.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Postcode, number and way of the golden address; 0 when the address has no number.
    pub address: u64,
    /// Keys of all last and birth names of the person's records.
    pub last_names: Vec<u64>,
    /// E-mails, mobiles and landlines of the person's records, told apart by field.
    pub contacts: Vec<u64>,
}

/// Household of each cluster: address from its golden record, names and contacts from all its records. `decided`: pairs
/// of records that a steward put into one household.
pub fn of_clusters(
    spec: &HouseholdSpec,
    p: &Prepared,
    clusters: &Clusters,
    golden: &Golden,
    decided: &[(Record, Record)],
) -> Vec<u32> {
    let people: Vec<Person> = (0..clusters.len())
        .map(|c| {
            let mut person = Person::default();
            let scope = clusters.members(c).first().map_or(0, |r| u64::from(p.scope(*r)));
            let within = |key: u64| if scope == 0 { key } else { mix(key, scope) };
            // The golden address is taken whole from one record, whose keys are known.
            // Where a contact's row says the company is, nobody lives.
            if let Some(from) = golden.fields[field::STREET].provenance(c)
                && p.records.employer.values(from.record).next().is_none()
                && p.numbered[from.record as usize]
            {
                person.address = match p.address(from.record) {
                    0 => 0,
                    address => within(address),
                };
            }
            for r in clusters.members(c) {
                for names in [&p.last, &p.birth_name] {
                    let key = u64::from(names.info[names.of[*r as usize] as usize].key);
                    if key != 0 && !person.last_names.contains(&key) {
                        person.last_names.push(key);
                    }
                }
                for (kind, values) in [(1u64, &p.email), (2, &p.mobile), (3, &p.landline)] {
                    for v in values.of(*r) {
                        let contact = within(mix(kind, u64::from(v)));
                        if !person.contacts.contains(&contact) {
                            person.contacts.push(contact);
                        }
                    }
                }
            }
            person
        })
        .collect();
    let decided: Vec<(u32, u32)> =
        decided.iter().map(|(a, b)| (clusters.of[*a as usize], clusters.of[*b as usize])).collect();
    group(&people, spec, &decided)
}

/// Household of each person, as the smallest index among its members. `people` are in golden order; `decided` are pairs
/// of them that a steward put together.
///
/// Two persons are joined when they share an address and a last or birth name, an address and a means of contact, or
/// a means of contact and a last name while their addresses do not say otherwise. More people than `max_people` are no
/// household: each of them is one alone.
pub fn group(people: &[Person], spec: &HouseholdSpec, decided: &[(u32, u32)]) -> Vec<u32> {
    let mut root: Vec<u32> = (0..people.len() as u32).collect();
    if !spec.enabled {
        return root;
    }
    decided.iter().for_each(|(a, b)| join(&mut root, *a, *b));
    // What two persons must share to live together, as one number each; kinds are told apart by the first.
    let mut shared: Vec<(u64, u32)> = Vec::new();
    let mut by_contact: Vec<(u64, u32)> = Vec::new();
    for (i, p) in people.iter().enumerate() {
        let i = i as u32;
        if p.address != 0 {
            shared.extend(p.last_names.iter().map(|n| (mix(p.address, mix(1, *n)), i)));
            shared.extend(p.contacts.iter().map(|c| (mix(p.address, mix(2, *c)), i)));
        }
        for n in &p.last_names {
            by_contact.extend(p.contacts.iter().map(|c| (mix(*c, *n), i)));
        }
    }
    shared.par_sort_unstable();
    for block in shared.chunk_by(|a, b| a.0 == b.0) {
        block[1..].iter().for_each(|(_, i)| join(&mut root, block[0].1, *i));
    }
    by_contact.par_sort_unstable();
    for block in by_contact.chunk_by(|a, b| a.0 == b.0) {
        let mut addresses = block.iter().map(|(_, i)| people[*i as usize].address).filter(|a| *a != 0);
        let first = addresses.next();
        if addresses.all(|a| Some(a) == first) {
            block[1..].iter().for_each(|(_, i)| join(&mut root, block[0].1, *i));
        }
    }
    let mut size = vec![0u32; people.len()];
    for i in 0..people.len() {
        root[i] = find(&mut root, i as u32);
        size[root[i] as usize] += 1;
    }
    (0..people.len())
        .map(|i| if size[root[i] as usize] <= spec.max_people { root[i] } else { i as u32 })
        .collect()
}

fn find(root: &mut [u32], mut i: u32) -> u32 {
    while root[i as usize] != i {
        let up = root[root[i as usize] as usize];
        root[i as usize] = up;
        i = up;
    }
    i
}

/// The smaller index becomes the root, so that the result does not depend on the order of joins.
fn join(root: &mut [u32], a: u32, b: u32) {
    let (a, b) = (find(root, a), find(root, b));
    root[a.max(b) as usize] = a.min(b);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(address: u64, last: u64, contact: u64) -> Person {
        Person { address, last_names: vec![last], contacts: vec![contact] }
    }

    #[test]
    fn one_address_and_one_name_make_a_household() {
        let people =
            [person(7, 1, 10), person(7, 1, 11), person(7, 2, 12), person(8, 1, 13), person(0, 1, 14)];
        assert_eq!(group(&people, &HouseholdSpec::default(), &[]), [0, 0, 2, 3, 4]);
    }

    #[test]
    fn a_shared_telephone_joins_two_names() {
        let people = [person(7, 1, 10), person(7, 2, 10)];
        assert_eq!(group(&people, &HouseholdSpec::default(), &[]), [0, 0]);
    }

    #[test]
    fn a_couple_without_an_address_shares_a_box() {
        let people = [person(0, 1, 10), person(7, 1, 10), person(0, 2, 10)];
        assert_eq!(group(&people, &HouseholdSpec::default(), &[]), [0, 0, 2]);
        let moved_apart = [person(8, 1, 10), person(7, 1, 10)];
        assert_eq!(group(&moved_apart, &HouseholdSpec::default(), &[]), [0, 1]);
    }

    #[test]
    fn an_institution_is_no_household() {
        let people: Vec<Person> = (0..9).map(|i| person(7, 1, 100 + i)).collect();
        assert_eq!(group(&people, &HouseholdSpec::default(), &[]), (0..9).collect::<Vec<u32>>());
    }
}
