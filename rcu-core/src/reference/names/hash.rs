//! The hash of the compiled name table. It is part of that table's format: never change it without the table.
//!
//! Also compiled into the build script, so it may use nothing but `core`.

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const K1: u64 = 0xa076_1d64_78bd_642f;
const K2: u64 = 0xe703_7ed1_a0b4_28db;

#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    (wide >> 64) as u64 ^ wide as u64
}

/// Up to eight bytes as a little-endian number, padded with 0: two loads that overlap instead of a loop.
#[inline]
pub fn padded(b: &[u8]) -> u64 {
    let n = b.len();
    if let (Some(head), Some(tail)) = (b.first_chunk::<4>(), b.last_chunk::<4>()) {
        let (head, tail) = (u32::from_le_bytes(*head), u32::from_le_bytes(*tail));
        return u64::from(head) | u64::from(tail) << (8 * (n - 4));
    }
    let at = |i: usize| b.get(i).map_or(0, |b| u64::from(*b) << (8 * i));
    at(0) | at(n / 2) | at(n.saturating_sub(1))
}

/// 64 well-mixed bits of `bytes`: folded multiplications over little-endian words of eight, the last padded with 0.
#[inline]
pub fn frozen(bytes: &[u8]) -> u64 {
    let mut h = SEED ^ bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        h = fold(h ^ padded(chunk), K1);
    }
    fold(h ^ K2, SEED | 1)
}
