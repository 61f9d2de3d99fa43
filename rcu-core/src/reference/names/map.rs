//! A map keyed by names, hashed without random keys so that the library draws no randomness.

use super::hash;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map from a name or word to what is known of it.
pub(super) type NameMap<V> = HashMap<Box<str>, V, BuildHasherDefault<NameHasher>>;

/// Hashes a string with the frozen hash.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct NameHasher(u64);

impl Hasher for NameHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.0 ^= hash::frozen(bytes);
    }

    /// The end mark of a string: nothing to add, a key is one string.
    #[inline]
    fn write_u8(&mut self, _: u8) {}

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}
