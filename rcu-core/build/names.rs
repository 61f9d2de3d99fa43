//! First and family names, with how usual each is, as one table of hashes.
//!
//! `names.dir`: 2^14 + 1 offsets (u32, little-endian) into `names.tab`, by the top 14 bits of the frozen hash.
//! `names.tab`: entries of 6 bytes, a u32 (the hash's low half) and a u16 of three 5-bit rarities (man's first name,
//! woman's first name, family name: 0 absent, else round(-log2 p)) and, in bit 15, "family name of over 500 births".

#[path = "../src/reference/names/hash.rs"]
mod hash;

use std::collections::BTreeMap;
use std::path::Path;

const DIRECTORY_BITS: u32 = 14;

/// Births of the first name of a rank, about: anchors (rank, births) between which the logarithms are straight.
const FIRST_NAME_BIRTHS: &[(f64, f64)] = &[
    (1.0, 2_000_000.0),
    (2.0, 700_000.0),
    (10.0, 420_000.0),
    (20.0, 330_000.0),
    (50.0, 200_000.0),
    (100.0, 117_000.0),
    (200.0, 42_000.0),
    (500.0, 8_700.0),
    (1_000.0, 2_500.0),
    (2_000.0, 800.0),
    (5_000.0, 170.0),
    (10_000.0, 60.0),
];

/// Births of all first names, both sexes.
const ALL_BIRTHS: f64 = 87_000_000.0;

/// The same for family names, as shares; used beyond the ranks for which the source gives a share.
const LAST_NAME_SHARE: &[(f64, f64)] = &[
    (1.0, 5.85e-3),
    (100.0, 1.2e-3),
    (1_000.0, 1.2e-4),
    (10_000.0, 2.5e-5),
    (22_000.0, 6.3e-6),
    (96_000.0, 1.3e-6),
];

pub fn compile(data: &Path, out: &Path) {
    let data = data.join("names");
    let mut names: BTreeMap<String, u16> = BTreeMap::new();
    for line in crate::gunzip(&data.join("first_names.csv.gz")).lines().skip(1) {
        let mut fields = line.split(',');
        let (Some(name), Some(sex), Some(rank)) = (fields.next(), fields.next(), fields.next()) else {
            panic!("first_names.csv.gz: {line}")
        };
        let share = between(FIRST_NAME_BIRTHS, rank.parse().expect("a rank")) / ALL_BIRTHS;
        *names.entry(name.to_owned()).or_default() |= rarity(share) << if sex == "M" { 0 } else { 5 };
    }
    for (i, line) in crate::gunzip(&data.join("last_names.csv.gz")).lines().skip(1).enumerate() {
        let mut fields = line.split(',');
        let (Some(name), Some(usual), Some(percent)) = (fields.next(), fields.next(), fields.next()) else {
            panic!("last_names.csv.gz: {line}")
        };
        let share = match percent.parse::<f64>() {
            Ok(p) => p / 100.0,
            Err(_) => between(LAST_NAME_SHARE, i as f64 + 1.0),
        };
        let usual = u16::from(usual == "1") << 15;
        *names.entry(name.to_owned()).or_default() |= rarity(share) << 10 | usual;
    }
    write(&names, out);
}

fn write(names: &BTreeMap<String, u16>, out: &Path) {
    let mut entries: Vec<(u64, u16)> = names.iter().map(|(n, p)| (hash::frozen(n.as_bytes()), *p)).collect();
    entries.sort_unstable();
    let key = |h: u64| (h >> (64 - DIRECTORY_BITS), h as u32);
    let mut keys: Vec<_> = entries.iter().map(|(h, _)| key(*h)).collect();
    keys.sort_unstable();
    assert!(keys.windows(2).all(|w| w[0] != w[1]), "two names share a fingerprint: change the hash");

    let (mut directory, mut table) = (Vec::new(), Vec::new());
    let mut at = 0;
    for bucket in 0..=(1u64 << DIRECTORY_BITS) {
        while at < entries.len() && key(entries[at].0).0 < bucket {
            table.extend((entries[at].0 as u32).to_le_bytes());
            table.extend(entries[at].1.to_le_bytes());
            at += 1;
        }
        directory.extend((at as u32).to_le_bytes());
    }
    std::fs::write(out.join("names.dir"), directory).expect("OUT_DIR is writable");
    std::fs::write(out.join("names.tab"), table).expect("OUT_DIR is writable");
}

fn rarity(share: f64) -> u16 {
    (-share.log2()).round().clamp(1.0, 31.0) as u16
}

/// The value at `rank` on the broken line through `anchors`, in logarithms.
fn between(anchors: &[(f64, f64)], rank: f64) -> f64 {
    let last = anchors.len() - 1;
    let i = anchors.iter().position(|a| a.0 >= rank).unwrap_or(last).clamp(1, last);
    let ((x0, y0), (x1, y1)) = (anchors[i - 1], anchors[i]);
    let t = (rank.ln() - x0.ln()) / (x1.ln() - x0.ln());
    (y0.ln() + t * (y1.ln() - y0.ln())).exp()
}
