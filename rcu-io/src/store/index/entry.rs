//! What the index holds: entries of a fixed width, ordered by their bytes.

use rcu_core::repository::{Counted, Ordinal};
use twox_hash::XxHash3_128;

/// One entry of an index.
pub(in crate::store) trait Entry: Copy + Ord {
    /// Bytes of an entry on a page; the order of the bytes is that of entries.
    const WIDTH: usize;
    /// What an entry is about: entries of one id are one fact and what became of it.
    type Id: Copy + Ord + std::fmt::Debug;
    fn id(&self) -> Self::Id;
    fn write(&self, out: &mut Vec<u8>);
    fn read(bytes: &[u8]) -> Self;
    /// What an entry and a later one of the same id are together.
    fn then(self, later: Self) -> Self;
    /// The first and the last entry that there can be of the same id.
    fn span(self) -> (Self, Self);
    /// Whether it says nothing. `oldest`: no entry before it can be in the index.
    fn is_nothing(&self, oldest: bool) -> bool;
}

/// A record is in a block, or is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct InBlock {
    pub key: u64,
    /// The record's number twice, plus one when it left the block.
    tail: u32,
}

/// Records beyond this number have no place in an entry.
pub(in crate::store) const MOST_RECORDS: Ordinal = u32::MAX >> 1;

impl InBlock {
    pub fn new(key: u64, record: Ordinal, there: bool) -> InBlock {
        InBlock { key, tail: record << 1 | u32::from(!there) }
    }

    pub fn record(self) -> Ordinal {
        self.tail >> 1
    }

    /// The first and the last entry that a block may have.
    pub fn of(key: u64) -> (InBlock, InBlock) {
        (InBlock { key, tail: 0 }, InBlock { key, tail: u32::MAX })
    }
}

impl Entry for InBlock {
    const WIDTH: usize = 12;
    type Id = (u64, Ordinal);

    fn id(&self) -> (u64, Ordinal) {
        (self.key, self.record())
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.key.to_be_bytes());
        out.extend_from_slice(&self.tail.to_be_bytes());
    }

    fn read(b: &[u8]) -> InBlock {
        let key = u64::from_be_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]);
        InBlock { key, tail: u32::from_be_bytes([b[8], b[9], b[10], b[11]]) }
    }

    fn then(self, later: InBlock) -> InBlock {
        later
    }

    fn span(self) -> (InBlock, InBlock) {
        (InBlock { tail: self.tail & !1, ..self }, InBlock { tail: self.tail | 1, ..self })
    }

    fn is_nothing(&self, oldest: bool) -> bool {
        oldest && self.tail & 1 == 1
    }
}

/// By how much a count changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct Count {
    hash: u128,
    pub more: i32,
}

impl Count {
    /// The hash is frozen: files hold it.
    pub fn new(counted: Counted, value: &str, more: i32) -> Count {
        let (kind, of): (u8, u16) = match counted {
            Counted::Records => (1, 0),
            Counted::Named => (2, 0),
            Counted::People(f) => (3, f),
            Counted::Bearers(f) => (4, f),
            Counted::Valued(p) => (5, p),
            Counted::Carriers(p) => (6, p),
            Counted::Recency => (7, 0),
            Counted::Frequency => (8, 0),
            Counted::Monetary => (9, 0),
            // These two lie in a table; see `books::listed`.
            Counted::Rows => (10, 0),
            Counted::Lines => (11, 0),
        };
        let mut bytes = [0u8; 128];
        bytes[0] = kind;
        bytes[1..3].copy_from_slice(&of.to_le_bytes());
        let hash = match bytes.get_mut(3..3 + value.len()) {
            Some(rest) => {
                rest.copy_from_slice(value.as_bytes());
                XxHash3_128::oneshot(&bytes[..3 + value.len()])
            }
            None => XxHash3_128::oneshot(&[&bytes[..3], value.as_bytes()].concat()),
        };
        Count { hash, more }
    }

    pub fn by(self, more: i32) -> Count {
        Count { more, ..self }
    }
}

impl Entry for Count {
    const WIDTH: usize = 20;
    type Id = u128;

    fn id(&self) -> u128 {
        self.hash
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.hash.to_be_bytes());
        out.extend_from_slice(&(self.more as u32 ^ 1 << 31).to_be_bytes());
    }

    fn read(b: &[u8]) -> Count {
        let mut hash = [0u8; 16];
        hash.copy_from_slice(&b[..16]);
        let more = u32::from_be_bytes([b[16], b[17], b[18], b[19]]) ^ 1 << 31;
        Count { hash: u128::from_be_bytes(hash), more: more as i32 }
    }

    fn then(self, later: Count) -> Count {
        Count { more: self.more.saturating_add(later.more), ..self }
    }

    fn span(self) -> (Count, Count) {
        (Count { more: i32::MIN, ..self }, Count { more: i32::MAX, ..self })
    }

    fn is_nothing(&self, _: bool) -> bool {
        self.more == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A change of these numbers makes every repository file unreadable.
    #[test]
    fn hashes_of_counts_are_frozen() {
        let hash = |counted, value| Count::new(counted, value, 1).hash;
        let hashes = [
            hash(Counted::Records, ""),
            hash(Counted::People(11), "+33612348711"),
            hash(Counted::Bearers(11), &"x".repeat(200)),
        ];
        assert_eq!(hashes, GOLDEN);
    }

    const GOLDEN: [u128; 3] = [
        177_827_696_860_061_306_849_786_613_515_428_105_732,
        316_284_374_488_105_318_607_535_139_665_096_443_902,
        235_967_029_468_231_284_091_863_188_968_106_193_291,
    ];

    #[test]
    fn bytes_are_ordered_as_entries_are() {
        let counts = [-5, -1, 0, 1, 70_000].map(|more| Count { hash: 9, more });
        let blocks =
            [(1, 7, true), (1, 7, false), (1, 8, true), (2, 0, true), (u64::MAX, MOST_RECORDS, false)]
                .map(|(key, record, there)| InBlock::new(key, record, there));
        fn check<E: Entry + std::fmt::Debug>(entries: &[E]) {
            let bytes = |e: &E| {
                let mut out = Vec::new();
                e.write(&mut out);
                out
            };
            assert!(entries.is_sorted());
            assert!(entries.iter().map(bytes).is_sorted());
            entries.iter().for_each(|e| assert_eq!(E::read(&bytes(e)), *e));
        }
        check(&counts);
        check(&blocks);
    }
}
