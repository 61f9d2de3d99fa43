//! The French numbering plan as a table: what the first five digits after the trunk 0 stand for (`ranges.rs`).

use super::LineType;
use super::ranges::*;

/// What a prefix is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    /// Not in service, or 070–072 outside the overseas blocks.
    Closed,
    /// Kept for films and books: never a customer.
    Fictional,
    /// 08 in service.
    Special,
    /// 08 not in service.
    SpecialClosed,
    Fixed,
    Mobile,
    Voip,
    /// Geographic numbers reserved for automated callers.
    PlatformFixed,
    /// The same in 09.
    PlatformVoip,
    ReFixed,
    ReMobile,
    ReVoip,
    YtFixed,
    YtMobile,
    YtVoip,
    GpFixed,
    GpMobile,
    GpVoip,
    BlFixed,
    MfFixed,
    GfFixed,
    GfMobile,
    GfVoip,
    MqFixed,
    MqMobile,
    MqVoip,
    PmFixed,
    PmMobile,
    PmEither,
}

use Class::*;

impl Class {
    /// Line type, calling code and country of a class in service; `None` for the others.
    #[inline]
    pub(super) fn line(self) -> Option<(LineType, u16, [u8; 2])> {
        use LineType as L;
        Some(match self {
            Closed | Fictional | Special | SpecialClosed => return None,
            Fixed | PlatformFixed => (L::Fixed, 33, *b"FR"),
            Mobile => (L::Mobile, 33, *b"FR"),
            Voip | PlatformVoip => (L::Voip, 33, *b"FR"),
            ReFixed => (L::Fixed, 262, *b"RE"),
            ReMobile => (L::Mobile, 262, *b"RE"),
            ReVoip => (L::Voip, 262, *b"RE"),
            YtFixed => (L::Fixed, 262, *b"YT"),
            YtMobile => (L::Mobile, 262, *b"YT"),
            YtVoip => (L::Voip, 262, *b"YT"),
            GpFixed => (L::Fixed, 590, *b"GP"),
            GpMobile => (L::Mobile, 590, *b"GP"),
            GpVoip => (L::Voip, 590, *b"GP"),
            BlFixed => (L::Fixed, 590, *b"BL"),
            MfFixed => (L::Fixed, 590, *b"MF"),
            GfFixed => (L::Fixed, 594, *b"GF"),
            GfMobile => (L::Mobile, 594, *b"GF"),
            GfVoip => (L::Voip, 594, *b"GF"),
            MqFixed => (L::Fixed, 596, *b"MQ"),
            MqMobile => (L::Mobile, 596, *b"MQ"),
            MqVoip => (L::Voip, 596, *b"MQ"),
            PmFixed => (L::Fixed, 508, *b"PM"),
            PmMobile => (L::Mobile, 508, *b"PM"),
            PmEither => (L::FixedOrMobile, 508, *b"PM"),
        })
    }
}

const fn paint(flat: &mut [u8; 100_000], ranges: &[Range], lo: u32, hi: u32) {
    let mut i = 0;
    while i < ranges.len() {
        let (from, to, class) = ranges[i];
        let mut p = if from > lo { from } else { lo };
        while p <= to && p <= hi {
            flat[p as usize] = class as u8;
            p += 1;
        }
        i += 1;
    }
}

const fn national_plan() -> [u8; 100_000] {
    let mut flat = [Closed as u8; 100_000];
    paint(&mut flat, METROPOLE, 0, 99_999);
    paint(&mut flat, PLATFORM, 0, 99_999);
    let mut i = 0;
    while i < OVERSEAS_BLOCKS.len() {
        let (lo, hi, ranges) = OVERSEAS_BLOCKS[i];
        let mut p = lo;
        while p <= hi {
            flat[p as usize] = Closed as u8;
            p += 1;
        }
        paint(&mut flat, ranges, lo, hi);
        i += 1;
    }
    let mut i = 0;
    while i < FICTIONAL_ROOTS.len() {
        flat[FICTIONAL_ROOTS[i] as usize] = Fictional as u8;
        i += 1;
    }
    flat
}

const fn is_mixed(flat: &[u8; 100_000], block: usize) -> bool {
    let mut i = 1;
    while i < 100 {
        if flat[block * 100 + i] != flat[block * 100] {
            return true;
        }
        i += 1;
    }
    false
}

const fn count_mixed(flat: &[u8; 100_000]) -> usize {
    let (mut n, mut block) = (0, 0);
    while block < 1000 {
        if is_mixed(flat, block) {
            n += 1;
        }
        block += 1;
    }
    n
}

/// Bit that says a block of three digits is detailed in [`Plan::detail`].
const MIXED: u8 = 0x80;

/// The plan in two steps: three digits, and two more where those do not decide. About 3 kB, so it stays in cache.
struct Plan<const N: usize> {
    blocks: [u8; 1000],
    detail: [[u8; 100]; N],
}

const fn compress<const N: usize>(flat: &[u8; 100_000]) -> Plan<N> {
    let mut plan = Plan { blocks: [0; 1000], detail: [[0; 100]; N] };
    let (mut n, mut block) = (0, 0);
    while block < 1000 {
        if is_mixed(flat, block) {
            plan.blocks[block] = MIXED | n as u8;
            let mut i = 0;
            while i < 100 {
                plan.detail[n][i] = flat[block * 100 + i];
                i += 1;
            }
            n += 1;
        } else {
            plan.blocks[block] = flat[block * 100];
        }
        block += 1;
    }
    plan
}

// Only ever read while compiling.
#[allow(long_running_const_eval, clippy::large_const_arrays)]
const FLAT: [u8; 100_000] = national_plan();
#[allow(long_running_const_eval)]
static NATIONAL: Plan<{ count_mixed(&FLAT) }> = compress(&FLAT);

const ALL: [Class; 29] = [
    Closed,
    Fictional,
    Special,
    SpecialClosed,
    Fixed,
    Mobile,
    Voip,
    PlatformFixed,
    PlatformVoip,
    ReFixed,
    ReMobile,
    ReVoip,
    YtFixed,
    YtMobile,
    YtVoip,
    GpFixed,
    GpMobile,
    GpVoip,
    BlFixed,
    MfFixed,
    GfFixed,
    GfMobile,
    GfVoip,
    MqFixed,
    MqMobile,
    MqVoip,
    PmFixed,
    PmMobile,
    PmEither,
];

/// Class of a national number: nine digits after the trunk 0.
#[inline]
pub(super) fn national(nsn: u64) -> Class {
    let prefix = (nsn / 10_000) as usize;
    let block = NATIONAL.blocks.get(prefix / 100).copied().unwrap_or(0);
    let class = if block & MIXED == 0 {
        block
    } else {
        NATIONAL.detail.get((block & !MIXED) as usize).map_or(0, |d| d[prefix % 100])
    };
    ALL.get(class as usize).copied().unwrap_or(Closed)
}

/// Class of nine digits after an overseas calling code.
pub(super) fn overseas(calling_code: u16, nsn: u64) -> Class {
    let ranges = match calling_code {
        262 => INDIAN_OCEAN,
        590 => GUADELOUPE,
        594 => GUYANE,
        596 => MARTINIQUE,
        508 => SAINT_PIERRE,
        _ => return Closed,
    };
    find(ranges, nsn / 10_000)
}

/// Class of six digits of Saint-Pierre-et-Miquelon.
pub(super) fn saint_pierre_local(nsn: u64) -> Class {
    find(SAINT_PIERRE_LOCAL, 50_800 + nsn / 10_000)
}

fn find(ranges: &[Range], prefix: u64) -> Class {
    ranges.iter().find(|r| (u64::from(r.0)..=u64::from(r.1)).contains(&prefix)).map_or(Closed, |r| r.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_listed_in_order_of_their_numbers() {
        for (i, class) in ALL.iter().enumerate() {
            assert_eq!(*class as usize, i);
        }
    }

    #[test]
    fn ranges_are_sorted_and_disjoint() {
        for ranges in [
            METROPOLE,
            INDIAN_OCEAN,
            GUADELOUPE,
            GUYANE,
            MARTINIQUE,
            SAINT_PIERRE,
            SAINT_PIERRE_LOCAL,
            PLATFORM,
        ] {
            assert!(ranges.iter().all(|r| r.0 <= r.1));
            assert!(ranges.windows(2).all(|w| w[0].1 < w[1].0));
        }
    }

    #[test]
    fn the_table_is_small_enough_for_the_first_cache() {
        assert!(size_of_val(&NATIONAL) < 4096);
    }

    #[test]
    fn prefixes_decide() {
        assert_eq!(national(630_124_578), Mobile);
        assert_eq!(national(692_451_230), ReMobile);
        assert_eq!(national(639_980_011), Fictional);
        assert_eq!(national(700_123_456), Closed);
        assert_eq!(national(508_411_234), PmFixed);
        assert_eq!(overseas(590, 590_270_000), BlFixed);
    }
}
