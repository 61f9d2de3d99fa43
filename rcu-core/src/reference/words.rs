//! A set of words numbered from 0 in the order of their arrival, looked up in one or two cache lines.

use super::names::hash::padded;

/// Words and their numbers. Open addressing over a 32-bit hash; the bytes are compared on a hit.
#[derive(Debug, Clone, Default)]
pub struct Words {
    pool: String,
    /// End of each word in the pool.
    ends: Vec<u32>,
    /// `(hash, number + 1)`; 0 marks a free slot. The length is a power of two, at most half full.
    slots: Vec<(u32, u32)>,
}

impl Words {
    /// An empty set with room for `words` words.
    pub fn with_capacity(words: usize) -> Words {
        Words {
            pool: String::with_capacity(words * 12),
            ends: Vec::with_capacity(words),
            slots: vec![(0, 0); (words * 2).next_power_of_two().max(16)],
        }
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The word of a number; empty for a number that was never given.
    #[inline]
    pub fn text(&self, id: u32) -> &str {
        let id = id as usize;
        let from = if id == 0 { 0 } else { self.ends.get(id - 1).copied().unwrap_or(0) as usize };
        let to = self.ends.get(id).copied().unwrap_or(0) as usize;
        self.pool.get(from..to).unwrap_or("")
    }

    /// The number of a word.
    #[inline]
    pub fn get(&self, word: &str) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let mask = self.slots.len() - 1;
        let hash = hash(word.as_bytes());
        let mut at = hash as usize & mask;
        while let Some(&(h, id)) = self.slots.get(at) {
            if id == 0 {
                return None;
            }
            if h == hash && self.text(id - 1) == word {
                return Some(id - 1);
            }
            at = (at + 1) & mask;
        }
        None
    }

    /// The number of a word, which is added when it is new.
    pub fn insert(&mut self, word: &str) -> u32 {
        if let Some(id) = self.get(word) {
            return id;
        }
        let id = self.ends.len() as u32;
        self.pool.push_str(word);
        self.ends.push(self.pool.len() as u32);
        if self.ends.len() * 2 > self.slots.len() {
            let size = (self.slots.len() * 2).max(16);
            self.slots = vec![(0, 0); size];
            for id in 0..self.ends.len() as u32 {
                let hash = hash(self.text(id).as_bytes());
                self.place(hash, id);
            }
        } else {
            self.place(hash(word.as_bytes()), id);
        }
        id
    }

    fn place(&mut self, hash: u32, id: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.1 == 0 {
                *slot = (hash, id + 1);
                return;
            }
            at = (at + 1) & mask;
        }
    }
}

/// A multiplicative hash (as in FxHash), folded to 32 bits: the words are our own tables', so no key is secret.
#[inline]
pub(super) fn hash(bytes: &[u8]) -> u32 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut h = (bytes.len() as u64).wrapping_mul(K);
    let mut chunks = bytes.chunks_exact(8);
    for c in &mut chunks {
        let mut word = [0u8; 8];
        word.copy_from_slice(c);
        h = (h.rotate_left(23) ^ u64::from_le_bytes(word)).wrapping_mul(K);
    }
    h = (h.rotate_left(23) ^ padded(chunks.remainder())).wrapping_mul(K);
    (h ^ (h >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_numbered_in_order_and_found_again() {
        let mut words = Words::default();
        for n in 0..5_000u32 {
            assert_eq!(words.insert(&format!("WORD {n}")), n);
        }
        assert_eq!(words.insert("WORD 17"), 17);
        assert_eq!(words.len(), 5_000);
        for n in 0..5_000u32 {
            assert_eq!(words.get(&format!("WORD {n}")), Some(n));
            assert_eq!(words.text(n), format!("WORD {n}"));
        }
        assert_eq!(words.get("WORD 5000"), None);
        assert_eq!(words.get(""), None);
        assert_eq!(words.text(9_999), "");
        assert!(Words::default().get("A").is_none());
    }

    #[test]
    fn bytes_are_padded_with_zeros() {
        for n in 0..=8 {
            let mut whole = [0u8; 8];
            whole.iter_mut().zip(0xf1..).take(n).for_each(|(b, x)| *b = x);
            assert_eq!(padded(&whole[..n]), u64::from_le_bytes(whole), "{n} bytes");
        }
    }
}
