//! The table that `build/names.rs` compiles: see there for its format.
//!
//! A name is found by 46 bits of its hash and not by its letters. The builder proves that no two names of the table
//! share them; a name that is not in the table is taken for one that is in about one of 10^9 look-ups.

use super::{Rarity, hash};

static DIRECTORY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/names.dir"));
static TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/names.tab"));

const DIRECTORY_BITS: u32 = 14;
const ENTRY: usize = 6;

/// Names, and bytes that they take.
pub(super) const fn size() -> (usize, usize) {
    (TABLE.len() / ENTRY, TABLE.len() + DIRECTORY.len())
}

/// Rarity of a folded name; all zero when it is not listed.
#[inline]
pub(super) fn rarity(name: &str) -> Rarity {
    find(name).map_or(Rarity::default(), |payload| Rarity {
        first_m: (payload & 31) as u8,
        first_f: (payload >> 5 & 31) as u8,
        last: (payload >> 10 & 31) as u8,
        usual_last: payload >> 15 != 0,
    })
}

#[inline]
fn find(name: &str) -> Option<u16> {
    let h = hash::frozen(name.as_bytes());
    let bucket = (h >> (64 - DIRECTORY_BITS)) as usize;
    let (from, to) = (offset(bucket)?, offset(bucket + 1)?);
    let fingerprint = (h as u32).to_le_bytes();
    TABLE
        .get(from * ENTRY..to * ENTRY)?
        .chunks_exact(ENTRY)
        .find(|e| e[..4] == fingerprint)
        .map(|e| u16::from_le_bytes([e[4], e[5]]))
}

#[inline]
fn offset(bucket: usize) -> Option<usize> {
    let b = DIRECTORY.get(bucket * 4..bucket * 4 + 4)?;
    Some(u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize)
}
