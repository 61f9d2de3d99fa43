//! Numbers for equal values, and how often each is there.

use crate::intern::mix;
use crate::records::Record;

/// From this many records on work is worth sharing among threads.
pub(super) const MANY: usize = 1 << 13;

/// Numbers from 1 for distinct values other than 0, in order of first sight.
#[derive(Debug)]
pub(super) struct Numbering {
    /// Open addressing: a value and its number; value 0 for a free slot. At most half full.
    slots: Vec<(u64, u32)>,
    last: u32,
}

impl Numbering {
    /// With room for `values` distinct values.
    pub(super) fn with_room(values: usize) -> Numbering {
        Numbering { slots: vec![(0, 0); (values * 2).next_power_of_two().clamp(16, 1 << 32)], last: 0 }
    }

    /// The number of a value other than 0.
    #[inline]
    pub(super) fn of(&mut self, value: u64) -> u32 {
        let at = self.place(value);
        let slot = &mut self.slots[at];
        if slot.0 != 0 {
            return slot.1;
        }
        self.last += 1;
        *slot = (value, self.last);
        if self.last as usize * 2 > self.slots.len() {
            self.grow();
        }
        self.last
    }

    /// Reads the places of values that will be asked for soon, so that waits for memory overlap.
    #[inline]
    pub(super) fn touch(&self, values: impl Iterator<Item = u64>) {
        let sum = values.fold(0u32, |sum, v| sum.wrapping_add(self.slots[self.start(v)].1));
        std::hint::black_box(sum);
    }

    #[inline]
    fn start(&self, value: u64) -> usize {
        (mix(value, 1) >> 20) as usize & (self.slots.len() - 1)
    }

    #[inline]
    fn place(&self, value: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut i = self.start(value);
        while self.slots[i].0 != value && self.slots[i].0 != 0 {
            i = (i + 1) & mask;
        }
        i
    }

    #[cold]
    fn grow(&mut self) {
        let size = self.slots.len() * 4;
        let old = std::mem::replace(&mut self.slots, vec![(0, 0); size]);
        for slot in old.into_iter().filter(|s| s.0 != 0) {
            let at = self.place(slot.0);
            self.slots[at] = slot;
        }
    }
}

/// A number for each record's value, from 1 in order of first sight, equal for equal values; 0 where the value is 0.
pub(in crate::matching) fn numbers(n: usize, value: impl Fn(Record) -> u64) -> Vec<u32> {
    let mut numbering = Numbering::with_room(n.min(1 << 16));
    let number = |r| match value(r) {
        0 => 0,
        v => numbering.of(v),
    };
    (0..n as Record).map(number).collect()
}

/// How many records have the same value as each record; 0 where the value is 0.
pub(in crate::matching) fn counts(n: usize, value: impl Fn(Record) -> u64) -> Vec<u32> {
    let numbers = numbers(n, value);
    counts_of(n, n + 1, |r| numbers[r as usize])
}

/// The same for values below `bound`.
///
/// On one thread: whoever asks first may be a thread in the midst of a walk, and one that waits for others meanwhile walks
/// on, asks again, and waits for itself.
pub(in crate::matching) fn counts_of(n: usize, bound: usize, value: impl Fn(Record) -> u32) -> Vec<u32> {
    let mut count = vec![0u32; bound.max(1)];
    (0..n as Record).for_each(|r| count[value(r) as usize] += 1);
    count[0] = 0;
    (0..n as Record).map(|r| count[value(r) as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_equal_numbers_and_are_counted() {
        let values: Vec<u64> = (0..9_000u64).map(|i| ((i * 7919) % 4_001) << 40).collect();
        let number = numbers(values.len(), |r| values[r as usize]);
        let count = counts(values.len(), |r| values[r as usize]);
        for (i, v) in values.iter().enumerate() {
            let first = values.iter().position(|w| w == v).unwrap_or(i);
            assert_eq!(number[i], number[first]);
            assert_eq!(number[i] == 0, *v == 0);
            let carriers = values.iter().filter(|w| *w == v).count() as u32;
            assert_eq!(count[i], if *v == 0 { 0 } else { carriers });
        }
        assert_eq!(number.iter().max(), Some(&4_000));
        assert_eq!(counts_of(values.len(), 4_001, |r| number[r as usize]), count);
    }
}
