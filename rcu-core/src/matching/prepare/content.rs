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
        self.faces[a as usize].shows_same(&self.faces[b as usize])
            && self.content_of(a).eq(self.content_of(b))
    }

    /// The lowest record with the same content, by record. `hashes`: those of the faces.
    pub(super) fn stand_ins(&self, hashes: &[u32]) -> Vec<Record> {
        let mut stand_in: Vec<Record> = (0..hashes.len() as Record).collect();
        // Most records have a face of their own, and nothing else of them has to be looked at.
        let mut common = with_common_hash(hashes);
        match common.len() {
            ..MANY => common.sort_unstable(),
            _ => common.par_sort_unstable(),
        }
        let mut by_content: Vec<(u64, Record)> = Vec::new();
        for same in common.chunk_by(|a, b| a >> 32 == b >> 32).filter(|same| same.len() > 1) {
            let records = same.iter().map(|hashed| *hashed as Record);
            by_content.clear();
            match same.len() {
                // The first difference tells few records apart sooner than all of their content mixed.
                ..=FEW => by_content.extend(records.map(|r| (0, r))),
                _ => {
                    by_content.extend(records.map(|r| (self.content_of(r).fold(0, mix), r)));
                    by_content.sort_unstable();
                }
            }
            for same in by_content.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
                self.stand_in_for(same, &mut stand_in);
            }
        }
        stand_in
    }

    /// Finds the first of each content among records, which are ascending.
    fn stand_in_for(&self, same: &[(u64, Record)], stand_in: &mut [Record]) {
        let mut known: Vec<Record> = Vec::new();
        for (_, r) in same {
            match known.iter().find(|first| self.same_content(**first, *r)) {
                Some(first) => stand_in[*r as usize] = *first,
                None => known.push(*r),
            }
        }
    }
}

/// Up to so many records are told apart without mixing their content.
const FEW: usize = 4;

/// Records whose hash another record has too, and a few others, ascending: the hash, then the record.
fn with_common_hash(hashes: &[u32]) -> Vec<u64> {
    // Bits of a filter by record: one in eight at most is taken by chance.
    let words = (hashes.len().max(8) / 8).next_power_of_two();
    let (mut once, mut twice) = (vec![0u64; words], vec![0u64; words]);
    let place = |hash: u32| ((hash >> 6) as usize & (words - 1), 1u64 << (hash & 63));
    for hash in hashes {
        let (word, bit) = place(*hash);
        twice[word] |= once[word] & bit;
        once[word] |= bit;
    }
    let is_common = |hash: u32| {
        let (word, bit) = place(hash);
        twice[word] & bit != 0
    };
    let with_record = hashes.iter().zip(0u64..).filter(|(hash, _)| is_common(**hash));
    with_record.map(|(hash, r)| u64::from(*hash) << 32 | r).collect()
}
