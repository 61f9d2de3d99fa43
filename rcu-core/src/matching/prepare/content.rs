//! Records equal in everything that is compared: the lowest of them meets other records in place of all.

use super::Prepared;
use super::counts::MANY;
use crate::intern::mix;
use crate::records::{Record, Slot};
use rayon::prelude::*;

/// One value as a number: what it is, and whether it may make a key.
#[inline]
fn value_and_use(slot: &Slot, r: usize) -> u64 {
    u64::from(slot.ids[r]) << 1 | u64::from(slot.marks[r].makes_keys())
}

impl Prepared<'_> {
    /// What counts for a comparison beside the values: whether a record stands for itself alone, whether its birth date is
    /// proven, and how its street is read, which depends on the source.
    fn beside_values(&self, r: Record) -> [u64; 2] {
        // Two records of a source without duplicates, and those that a steward keeps apart, never stand for one another.
        let alone = self.is_duplicate_free(r) || self.kept_apart.binary_search(&r).is_ok();
        let face = &self.faces[r as usize];
        let proven = u64::from(face.birth_proven()) << 32;
        [if alone { u64::from(r) + 1 } else { proven }, u64::from(face.street)]
    }

    /// Everything that is compared of a record, field by field, as numbers.
    fn content_of(&self, r: Record) -> impl Iterator<Item = u64> + '_ {
        let slots = self.records.fields.iter().chain([&self.records.employer]).flat_map(|f| &f.slots);
        self.beside_values(r).into_iter().chain(slots.map(move |s| value_and_use(s, r as usize)))
    }

    /// Whether two records are equal in everything that is compared.
    pub fn same_content(&self, a: Record, b: Record) -> bool {
        self.faces[a as usize] == self.faces[b as usize] && self.content_of(a).eq(self.content_of(b))
    }

    /// The lowest record with the same content, by record.
    pub(super) fn stand_ins(&self) -> Vec<Record> {
        let mut stand_in: Vec<Record> = (0..self.records.len() as Record).collect();
        let mut hashed: Vec<(u64, Record)> = Vec::new();
        // Most records have a face of their own, and nothing else of them has to be looked at.
        for r in self.with_common_face() {
            hashed.push((self.content_of(r).fold(0, mix), r));
        }
        match hashed.len() {
            ..MANY => hashed.sort_unstable(),
            _ => hashed.par_sort_unstable(),
        }
        // Of records with one hash, the first of each content.
        let mut known: Vec<Record> = Vec::new();
        for same in hashed.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
            known.clear();
            for (_, r) in same {
                match known.iter().find(|f| self.same_content(**f, *r)) {
                    Some(first) => stand_in[*r as usize] = *first,
                    None => known.push(*r),
                }
            }
        }
        stand_in
    }

    /// Records whose face another record has too, and a few others, ascending.
    fn with_common_face(&self) -> Vec<Record> {
        // Bits of a filter by record: one in eight at most is taken by chance.
        let bits = (self.faces.len().max(8) * 8).next_power_of_two();
        let (mut once, mut twice) = (vec![0u64; bits / 64], vec![0u64; bits / 64]);
        let place = |hash: u64| ((hash >> 6) as usize & (bits / 64 - 1), 1u64 << (hash & 63));
        let hash = |r: &Record| self.faces[*r as usize].hash();
        for r in 0..self.faces.len() as Record {
            let (word, bit) = place(hash(&r));
            twice[word] |= once[word] & bit;
            once[word] |= bit;
        }
        let is_common = |r: &Record| {
            let (word, bit) = place(hash(r));
            twice[word] & bit != 0
        };
        (0..self.faces.len() as Record).filter(is_common).collect()
    }
}
