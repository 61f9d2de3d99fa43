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

/// 64 well-mixed bits of `bytes`: folded multiplications over little-endian words of eight, the last padded with 0.
#[inline]
pub fn frozen(bytes: &[u8]) -> u64 {
    let mut h = SEED ^ bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let word = match <[u8; 8]>::try_from(chunk) {
            Ok(whole) => u64::from_le_bytes(whole),
            Err(_) => chunk.iter().rev().fold(0, |w, b| w << 8 | u64::from(*b)),
        };
        h = fold(h ^ word, K1);
    }
    fold(h ^ K2, SEED | 1)
}
