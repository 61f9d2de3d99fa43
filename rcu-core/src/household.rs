//! Households: persons who live together. They group people and never merge them (`domain.md` §3.5).

use crate::field;
use crate::intern::mix;
use crate::matching::cluster::Clusters;
use crate::matching::prepare::Prepared;
use crate::survivorship::Golden;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    pub last_names: Vec<u32>,
    /// E-mails, mobiles and landlines of the person's records, told apart by field.
    pub contacts: Vec<u64>,
}

/// Household of each cluster: address from its golden record, names and contacts from all its records.
pub fn of_clusters(spec: &HouseholdSpec, p: &Prepared, clusters: &Clusters, golden: &Golden) -> Vec<u32> {
    let people: Vec<Person> = (0..clusters.len())
        .map(|c| {
            let mut person = Person::default();
            // The golden address is taken whole from one record, whose keys are known.
            if let Some(from) = golden.fields[field::STREET].from[c]
                && p.numbered[from.record as usize]
            {
                person.address = p.address(from.record);
            }
            for r in clusters.members(c) {
                for names in [&p.last, &p.birth_name] {
                    let key = names.info[names.of[*r as usize] as usize].key;
                    if key != 0 && !person.last_names.contains(&key) {
                        person.last_names.push(key);
                    }
                }
                for (kind, values) in [(1u64, &p.email), (2, &p.mobile), (3, &p.landline)] {
                    for v in values.of(*r) {
                        let contact = mix(kind, u64::from(v));
                        if !person.contacts.contains(&contact) {
                            person.contacts.push(contact);
                        }
                    }
                }
            }
            person
        })
        .collect();
    group(&people, spec)
}

/// Household of each person, as the smallest index among its members. `people` are in golden order.
///
/// Two persons at one address are joined when they share a last or birth name, or a means of contact.
pub fn group(people: &[Person], spec: &HouseholdSpec) -> Vec<u32> {
    let mut household: Vec<u32> = (0..people.len() as u32).collect();
    if !spec.enabled {
        return household;
    }
    let mut by_address: Vec<(u64, u32)> = people
        .iter()
        .enumerate()
        .filter(|(_, p)| p.address != 0)
        .map(|(i, p)| (p.address, i as u32))
        .collect();
    by_address.sort_unstable();
    for block in by_address.chunk_by(|a, b| a.0 == b.0) {
        if block.len() < 2 {
            continue;
        }
        // Members are joined through what they share; each shared thing is seen once, so a block costs its size.
        let mut first_with: BTreeMap<(u8, u64), u32> = BTreeMap::new();
        let mut root: BTreeMap<u32, u32> = block.iter().map(|(_, i)| (*i, *i)).collect();
        for (_, i) in block {
            let p = &people[*i as usize];
            let names = p.last_names.iter().map(|n| (0u8, u64::from(*n)));
            let contacts = p.contacts.iter().map(|c| (1u8, *c));
            for thing in names.chain(contacts) {
                match first_with.get(&thing) {
                    Some(j) => join(&mut root, *i, *j),
                    None => {
                        first_with.insert(thing, *i);
                    }
                }
            }
        }
        let mut size: BTreeMap<u32, u32> = BTreeMap::new();
        let of: Vec<(u32, u32)> = block.iter().map(|(_, i)| (*i, find(&root, *i))).collect();
        for (_, r) in &of {
            *size.entry(*r).or_default() += 1;
        }
        for (i, r) in of {
            if size[&r] <= spec.max_people {
                household[i as usize] = r;
            }
        }
    }
    household
}

fn find(root: &BTreeMap<u32, u32>, mut i: u32) -> u32 {
    while root[&i] != i {
        i = root[&i];
    }
    i
}

/// The smaller index becomes the root, so that the result does not depend on the order of joins.
fn join(root: &mut BTreeMap<u32, u32>, a: u32, b: u32) {
    let (a, b) = (find(root, a), find(root, b));
    let (low, high) = (a.min(b), a.max(b));
    root.insert(high, low);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(address: u64, last: u32, contact: u64) -> Person {
        Person { address, last_names: vec![last], contacts: vec![contact] }
    }

    #[test]
    fn one_address_and_one_name_make_a_household() {
        let people =
            [person(7, 1, 10), person(7, 1, 11), person(7, 2, 12), person(8, 1, 13), person(0, 1, 10)];
        assert_eq!(group(&people, &HouseholdSpec::default()), [0, 0, 2, 3, 4]);
    }

    #[test]
    fn a_shared_telephone_joins_two_names() {
        let people = [person(7, 1, 10), person(7, 2, 10)];
        assert_eq!(group(&people, &HouseholdSpec::default()), [0, 0]);
    }

    #[test]
    fn an_institution_is_no_household() {
        let people: Vec<Person> = (0..9).map(|i| person(7, 1, 100 + i)).collect();
        assert_eq!(group(&people, &HouseholdSpec::default()), (0..9).collect::<Vec<u32>>());
    }
}
