//! Distinct texts as small numbers, so that equality is a comparison of integers.

/// Mixes a text into 64 bits: folded multiplication over 8-byte words. Frozen: a kept repository finds blocks by it, and
/// verifies what it finds on the values themselves.
#[inline]
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    const K0: u64 = 0x9E37_79B9_7F4A_7C15;
    const K1: u64 = 0xE703_7ED1_A0B4_28DB;
    let mut h = K0 ^ (bytes.len() as u64).wrapping_mul(K1);
    let mut chunks = bytes.chunks_exact(8);
    for c in &mut chunks {
        let w = u64::from_le_bytes([c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]]);
        h = fold(h ^ w, K1);
    }
    let rest = chunks.remainder();
    if !rest.is_empty() {
        let mut w = [0u8; 8];
        w[..rest.len()].copy_from_slice(rest);
        h = fold(h ^ u64::from_le_bytes(w), K1);
    }
    fold(h, K0)
}

/// Mixes two 64-bit values.
#[inline]
pub fn mix(a: u64, b: u64) -> u64 {
    fold(a ^ 0x9E37_79B9_7F4A_7C15, b ^ 0xE703_7ED1_A0B4_28DB)
}

#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let r = u128::from(a).wrapping_mul(u128::from(b));
    (r as u64) ^ ((r >> 64) as u64)
}

/// Distinct texts; id 0 stands for "no value".
#[derive(Debug, Clone)]
pub struct Pool {
    text: String,
    /// `ends[id]`: end of text `id` in `text`; `ends[0]` is 0.
    ends: Vec<u32>,
    hashes: Vec<u32>,
    slots: Vec<u32>,
}

impl Default for Pool {
    fn default() -> Self {
        Pool { text: String::new(), ends: vec![0], hashes: vec![0], slots: vec![0; 16] }
    }
}

impl Pool {
    /// The id of `text`, given anew when it was not there. The empty text has an id like any other.
    ///
    /// Ids come in order of first sight, so they depend on the order of calls: never let them reach an output.
    #[inline]
    pub fn intern(&mut self, text: &str) -> u32 {
        self.intern_hashed(text, hash_bytes(text.as_bytes()))
    }

    #[inline]
    fn intern_hashed(&mut self, text: &str, hash: u64) -> u32 {
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut i = (hash >> 32) as usize & mask;
        loop {
            match self.slots[i] {
                0 => break,
                id if self.hashes[id as usize] == (hash >> 32) as u32 && self.get(id) == text => return id,
                _ => i = (i + 1) & mask,
            }
        }
        let id = self.ends.len() as u32;
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        self.hashes.push((hash >> 32) as u32);
        self.slots[i] = id;
        id
    }

    /// [`Pool::intern`] for many texts, each with something that `give` is told with its id, in order.
    ///
    /// What a text is compared with lies anywhere in memory. So several texts are on their way at once: all their places
    /// are read, then all that these name.
    pub fn intern_all<'t, T: Copy>(
        &mut self,
        texts: impl Iterator<Item = (&'t str, T)>,
        mut give: impl FnMut(u32, T),
    ) {
        const AT_ONCE: usize = 16;
        let mut texts = texts.fuse();
        let mut some: Vec<(&str, u64, T)> = Vec::with_capacity(AT_ONCE);
        loop {
            some.clear();
            some.extend(
                texts.by_ref().take(AT_ONCE).map(|(text, of)| (text, hash_bytes(text.as_bytes()), of)),
            );
            if some.is_empty() {
                return;
            }
            let mask = self.slots.len() - 1;
            let mut near = [0; AT_ONCE];
            for (near, (_, hash, _)) in near.iter_mut().zip(&some) {
                *near = self.slots[(hash >> 32) as usize & mask] as usize;
            }
            let mut starts = [0; AT_ONCE];
            let mut read = 0;
            for (start, id) in starts.iter_mut().zip(near) {
                *start = self.ends[id.saturating_sub(1)] as usize;
                read ^= self.hashes[id];
            }
            for start in starts {
                read ^= self.text.as_bytes().get(start).map_or(0, |b| u32::from(*b));
            }
            std::hint::black_box(read);
            for (text, hash, of) in &some {
                give(self.intern_hashed(text, *hash), *of);
            }
        }
    }

    /// The id of `text` when it is there, else 0.
    pub fn find(&self, text: &str) -> u32 {
        let hash = hash_bytes(text.as_bytes());
        let mask = self.slots.len() - 1;
        let mut i = (hash >> 32) as usize & mask;
        loop {
            match self.slots[i] {
                0 => return 0,
                id if self.hashes[id as usize] == (hash >> 32) as u32 && self.get(id) == text => return id,
                _ => i = (i + 1) & mask,
            }
        }
    }

    #[cold]
    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(1024);
        let mask = size - 1;
        let mut slots = vec![0u32; size];
        for id in 1..self.ends.len() as u32 {
            let mut i = self.hashes[id as usize] as usize & mask;
            while slots[i] != 0 {
                i = (i + 1) & mask;
            }
            slots[i] = id;
        }
        self.slots = slots;
    }

    /// The text of an id; empty for 0 and for an id never given.
    #[inline]
    pub fn get(&self, id: u32) -> &str {
        let i = id as usize;
        if i == 0 || i >= self.ends.len() {
            return "";
        }
        let range = self.ends[i - 1] as usize..self.ends[i] as usize;
        self.text.get(range).unwrap_or("")
    }

    /// Bytes of the text of an id; 0 for 0 and for an id never given.
    #[inline]
    pub fn size(&self, id: u32) -> usize {
        let i = id as usize;
        if i == 0 || i >= self.ends.len() { 0 } else { (self.ends[i] - self.ends[i - 1]) as usize }
    }

    /// Ids given so far, 0 included: valid ids are `1..len`.
    #[inline]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether no text is there.
    pub fn is_empty(&self) -> bool {
        self.ends.len() == 1
    }

    /// Bytes of text held; the pool can address 4 GiB.
    pub fn text_bytes(&self) -> usize {
        self.text.len()
    }

    /// All ids with their texts.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        (1..self.ends.len() as u32).map(|id| (id, self.get(id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_frozen() {
        let hashes = ["", "a", "DUPONT", "marie.dupont@example.org"].map(|t| hash_bytes(t.as_bytes()));
        assert_eq!(
            hashes,
            [0xbe8c_ab64_4efd_da51, 0x0aca_40cd_1951_cf13, 0x372a_14e3_6e87_89c7, 0x78b5_8165_26e1_ea64]
        );
        assert_eq!(mix(1, 2), 0xede2_6bbd_ec18_29b5);
    }

    #[test]
    fn equal_texts_have_equal_ids() {
        let mut p = Pool::default();
        let ids: Vec<u32> = (0..5000).map(|i| p.intern(&format!("v{}", i % 1700))).collect();
        assert_eq!(p.len(), 1701);
        for (i, id) in ids.iter().enumerate() {
            assert_eq!(p.get(*id), format!("v{}", i % 1700));
            assert_eq!(p.find(&format!("v{}", i % 1700)), *id);
        }
        assert_eq!(p.find("none"), 0);
        assert_eq!(p.get(0), "");
    }

    #[test]
    fn many_texts_at_once_have_the_ids_of_one_after_the_other() {
        let texts: Vec<String> = (0..5000).map(|i| format!("v{}", i * i % 1700)).collect();
        let (mut one, mut many) = (Pool::default(), Pool::default());
        let expected: Vec<u32> = texts.iter().map(|t| one.intern(t)).collect();
        let mut given = vec![0; texts.len()];
        many.intern_all(texts.iter().map(String::as_str).zip(0..), |id, i: usize| given[i] = id);
        assert_eq!(given, expected);
        assert_eq!(many.len(), one.len());
    }
}
