//! Short lists of words as text, and the map they are kept in.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map from short words, with a hash of a few nanoseconds. It is never walked in order to make an output.
pub(super) type FastMap<V> = HashMap<Box<str>, V, BuildHasherDefault<Fold>>;

/// Folded multiplication (the scheme of wyhash), eight bytes at a time. For tables whose words an installation
/// chooses, not for keys that a stranger inserts.
#[derive(Debug, Clone, Default)]
pub(super) struct Fold(u64);

const K: u64 = 0x9e37_79b9_7f4a_7c15;

#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let wide = u128::from(a ^ K) * u128::from(b ^ 0xd6e8_feb8_6659_fd93);
    (wide as u64) ^ ((wide >> 64) as u64)
}

impl Hasher for Fold {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            let word = chunk.try_into().map(u64::from_le_bytes).unwrap_or_default();
            self.0 = fold(self.0, word);
        }
        let rest = chunks.remainder();
        if !rest.is_empty() {
            let word = rest.iter().fold(rest.len() as u64, |w, b| w << 8 | u64::from(*b));
            self.0 = fold(self.0, word);
        }
    }

    #[inline]
    fn write_u8(&mut self, _end_of_text: u8) {}

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

/// Lines of a list: the first word of each, then the others. Blank lines and those that begin with `#` are remarks.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (&str, std::str::SplitAsciiWhitespace<'_>)> {
    text.lines().filter(|l| !l.starts_with('#')).filter_map(|l| {
        let mut words = l.split_ascii_whitespace();
        Some((words.next()?, words))
    })
}

/// All words of a list.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|l| !l.starts_with('#')).flat_map(str::split_ascii_whitespace)
}

/// What stands before and after the first `mark`. A plain walk over the bytes: domains are too short for the machinery
/// behind [`str::split_once`] to pay.
#[inline]
pub(crate) fn cut(text: &str, mark: u8) -> Option<(&str, &str)> {
    debug_assert!(mark.is_ascii());
    let i = text.bytes().position(|b| b == mark)?;
    Some((&text[..i], &text[i + 1..]))
}
