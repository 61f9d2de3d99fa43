//! Means of contact as key values, without those that many people share.

use super::Setting;
use super::face::Face;
use crate::field::{self, FieldIx};
use crate::intern::Pool;
use crate::normalize::email;
use crate::records::{Record, Records, Slot};
use std::ops::Range;

/// Values that many people share, and so make no key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SharedValue {
    /// The field.
    pub field: String,
    /// The value. Listed for the steward in the review outputs; never logged.
    pub value: String,
    /// Distinct people that carry it.
    pub people: u32,
    /// Records that carry it.
    pub records: u32,
}

/// Zero, one or several key values per record, found in the columns of the field.
#[derive(Debug, Clone, Default)]
pub struct Multi<'a> {
    slots: &'a [Slot],
    texts: Option<&'a Pool>,
    /// Key by value, where a value is not its own key; empty when all are.
    keys: Vec<u32>,
    /// Texts of keys that are no values; the first has the number of values.
    more: Pool,
    /// By slot: a bit for each record whose value is shared; empty for none.
    shared: Vec<Vec<u64>>,
}

impl<'a> Multi<'a> {
    /// The values of a record.
    #[inline]
    pub fn of(&self, r: Record) -> impl Iterator<Item = u32> + '_ {
        (0..self.slots.len()).map(move |slot| self.in_slot(slot, r)).filter(|v| *v != 0)
    }

    /// Whether the record has none.
    #[inline]
    pub fn is_none(&self, r: Record) -> bool {
        self.of(r).next().is_none()
    }

    /// Whether two records have a value in common.
    #[inline]
    pub fn meet(&self, a: Record, b: Record) -> bool {
        self.of(a).any(|x| self.of(b).any(|y| x == y))
    }

    /// The text of a key value.
    pub fn text(&self, value: u32) -> &str {
        let values = self.texts.map_or(0, Pool::len) as u32;
        match value {
            0 => "",
            v if v < values => self.texts.map_or("", |t| t.get(v)),
            v => self.more.get(v - values + 1),
        }
    }

    /// The value in one slot of a record, 0 for none.
    #[inline]
    pub(super) fn in_slot(&self, slot: usize, r: Record) -> u32 {
        let value = self.carried(slot, r as usize);
        let shared = self
            .shared
            .get(slot)
            .and_then(|bits| bits.get(r as usize / 64))
            .is_some_and(|b| b >> (r % 64) & 1 == 1);
        if shared { 0 } else { value }
    }

    /// Whether there is a slot.
    pub(super) fn has_slot(&self, slot: usize) -> bool {
        slot < self.slots.len()
    }

    #[inline]
    fn carried(&self, slot: usize, r: usize) -> u32 {
        let slot = &self.slots[slot];
        match slot.ids[r] {
            id if id == 0 || !slot.marks[r].makes_keys() => 0,
            id if self.keys.is_empty() => id,
            id => self.keys[id as usize],
        }
    }

    /// The value of every record in a slot, shared or not, 0 for none. Without a branch: whether there is one is chance.
    #[inline]
    fn carried_in<'s>(&'s self, slot: &'s Slot, records: Range<usize>) -> impl Iterator<Item = u32> + 's {
        let values = slot.ids[records.clone()].iter().zip(&slot.marks[records]);
        values.map(|(id, mark)| {
            let id = if mark.makes_keys() { *id } else { 0 };
            if self.keys.is_empty() { id } else { self.keys[id as usize] }
        })
    }

    /// Adds the values of records from `from` on to their faces, as their means of contact of that number.
    pub(super) fn show(&self, contact: u32, from: usize, faces: &mut [Face]) {
        for (slot, values) in self.slots.iter().enumerate() {
            let here = from..from + faces.len();
            let shared = self.shared.get(slot).filter(|bits| !bits.is_empty());
            for ((r, face), value) in here.clone().zip(&mut *faces).zip(self.carried_in(values, here)) {
                let is_shared = shared.is_some_and(|bits| bits[r / 64] >> (r % 64) & 1 == 1);
                face.add_contact(contact, if is_shared { 0 } else { value });
            }
        }
    }

    /// How many values there can be, 0 included.
    fn bound(&self) -> usize {
        self.texts.map_or(1, Pool::len) + self.more.len() - 1
    }

    /// Key values of a contact field of all records, shared ones too. E-mails are compared by their key, everything else
    /// as it is.
    pub(super) fn new(records: &'a Records, f: FieldIx) -> Multi<'a> {
        let column = records.field(f);
        let mut all = Multi { slots: &column.slots, texts: Some(&column.pool), ..Multi::default() };
        if f == field::EMAIL {
            let mut key = String::new();
            for (id, value) in column.pool.iter() {
                key.clear();
                if !email::other_key_into(value, &mut key) {
                    continue;
                }
                if all.keys.is_empty() {
                    all.keys = (0..column.pool.len() as u32).collect();
                }
                all.keys[id as usize] = match column.pool.find(&key) {
                    0 => column.pool.len() as u32 + all.more.intern(&key) - 1,
                    known => known,
                };
            }
        }
        all
    }

    /// Takes out values carried by more than the cap of distinct people, and lists them. `person` is a number for a
    /// record's names, 0 for none; `scope` the brand or company that identity ends at.
    pub(super) fn take_out_shared(
        &mut self,
        plan: &Setting,
        f: FieldIx,
        n: usize,
        scope: impl Fn(usize) -> u32,
        person: impl Fn(usize) -> u64,
    ) -> Vec<SharedValue> {
        let name = &plan.fields[f].name;
        let Some(cap) = plan.spec.max_shared.get(name).copied() else { return Vec::new() };
        if let Some(population) = plan.population {
            self.shared = self.bar(n, |_, v| population.people(f, self.text(v)) > cap);
            return Vec::new();
        }
        let mut records = vec![0u32; self.bound()];
        for slot in self.slots {
            self.carried_in(slot, 0..n).for_each(|v| records[v as usize] += 1);
        }
        records[0] = 0;
        // Only values on more records than the cap can be on more people than the cap.
        let mut on_many = vec![0u64; records.len().div_ceil(64)];
        records
            .iter()
            .enumerate()
            .filter(|(_, n)| **n > cap)
            .for_each(|(v, _)| on_many[v / 64] |= 1 << (v % 64));
        if on_many.iter().all(|bits| *bits == 0) {
            return Vec::new();
        }
        drop(records);
        let many = |v: u32| on_many[v as usize / 64] >> (v % 64) & 1 == 1;
        let mut carried: Vec<(u32, u32, u64)> = Vec::new();
        for slot in self.slots {
            for (r, v) in self.carried_in(slot, 0..n).enumerate().filter(|(_, v)| many(*v)) {
                carried.push((v, scope(r), person(r)));
            }
        }
        carried.sort_unstable();
        let mut shared = Vec::new();
        let mut barred: Vec<(u32, u32)> = Vec::new();
        for same in carried.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let people = same.chunk_by(|a, b| a.2 == b.2).filter(|c| c[0].2 != 0).count() as u32;
            if people > cap {
                let (v, scope, _) = same[0];
                barred.push((v, scope));
                let (field, value) = (name.clone(), self.text(v).to_owned());
                shared.push(SharedValue { field, value, people, records: same.len() as u32 });
            }
        }
        if !barred.is_empty() {
            self.shared = self.bar(n, |r, v| many(v) && barred.binary_search(&(v, scope(r))).is_ok());
        }
        // One value may be shared in several brands, each with its own counts.
        let order = |v: &SharedValue| (std::cmp::Reverse(v.people), std::cmp::Reverse(v.records));
        shared.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.value.cmp(&b.value)));
        shared
    }

    /// A bit for each record whose value `is_shared`, by slot.
    fn bar(&self, n: usize, is_shared: impl Fn(usize, u32) -> bool) -> Vec<Vec<u64>> {
        let mut shared = vec![Vec::new(); self.slots.len()];
        for (slot, bits) in self.slots.iter().zip(&mut shared) {
            let values = self.carried_in(slot, 0..n).enumerate();
            for (r, _) in values.filter(|(r, v)| *v != 0 && is_shared(*r, *v)) {
                if bits.is_empty() {
                    *bits = vec![0u64; n.div_ceil(64)];
                }
                bits[r / 64] |= 1 << (r % 64);
            }
        }
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{Codes, Status};
    use crate::records::{Mark, OwnRecord, OwnValue};

    #[test]
    fn e_mails_are_known_by_their_mailbox() {
        let mark = Mark::new(Status::Ok, &Codes::default());
        let own = |(i, texts): (usize, &[&str])| OwnRecord {
            id: i.to_string(),
            values: texts
                .iter()
                .enumerate()
                .map(|(slot, text)| OwnValue { field: field::EMAIL, slot, mark, text: (*text).to_owned() })
                .collect(),
            ..OwnRecord::default()
        };
        let rows: [&[&str]; 4] = [
            &["j.roy@gmail.com"],
            &["jroy@gmail.com"],
            &["marie@free.fr", "m.a.rie+x@gmail.com"],
            &["marie@gmail.com", "ma.rie@gmail.com"],
        ];
        let rows: Vec<OwnRecord> = rows.into_iter().enumerate().map(own).collect();
        let records = Records::gather(field::EMAIL + 1, &rows);
        let all = Multi::new(&records, field::EMAIL);
        let texts = |r| all.of(r).map(|v| all.text(v)).collect::<Vec<_>>();
        assert_eq!(texts(0), ["jroy@gmail.com"]);
        assert_eq!(texts(1), ["jroy@gmail.com"]);
        assert_eq!(texts(2), ["marie@free.fr", "marie@gmail.com"]);
        assert_eq!(texts(3), ["marie@gmail.com", "marie@gmail.com"]);
        assert!(all.meet(0, 1) && all.meet(2, 3) && !all.meet(1, 2));
        assert_eq!(all.text(0), "");
    }
}
