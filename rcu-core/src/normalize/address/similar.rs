//! Jaro–Winkler similarity of two short ASCII names, without allocation.

const LONGEST: usize = 64;

/// Jaro–Winkler similarity, 0.0 to 1.0 (Winkler 1990: above a Jaro similarity of 0.7, scale 0.1 for up to four
/// common first letters).
///
/// Compares bytes; names over 64 bytes are only equal (1.0) or not (0.0).
pub(super) fn jaro_winkler(a: &str, b: &str) -> f64 {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let jaro = jaro(a, b);
    if jaro <= 0.7 {
        return jaro;
    }
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    jaro + 0.1 * prefix as f64 * (1.0 - jaro)
}

fn jaro(a: &[u8], b: &[u8]) -> f64 {
    if a == b {
        return 1.0;
    }
    if a.is_empty() || b.is_empty() || a.len() > LONGEST || b.len() > LONGEST {
        return 0.0;
    }
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    // Matched places as bit sets: both names fit in 64 bits.
    let (mut in_a, mut in_b) = (0u64, 0u64);
    for (i, x) in a.iter().enumerate() {
        let from = i.saturating_sub(window);
        for (j, y) in b.iter().enumerate().take(i + window + 1).skip(from) {
            if x == y && in_b >> j & 1 == 0 {
                in_a |= 1 << i;
                in_b |= 1 << j;
                break;
            }
        }
    }
    let matches = in_a.count_ones();
    if matches == 0 {
        return 0.0;
    }
    let swapped = matched(a, in_a).zip(matched(b, in_b)).filter(|(x, y)| x != y).count();
    let m = f64::from(matches);
    (m / a.len() as f64 + m / b.len() as f64 + (m - (swapped / 2) as f64) / m) / 3.0
}

fn matched(name: &[u8], places: u64) -> impl Iterator<Item = u8> + '_ {
    name.iter().enumerate().filter(move |(i, _)| places >> i & 1 == 1).map(|(_, b)| *b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_strsim(a in "[A-D ]{0,12}", b in "[A-D ]{0,12}") {
            prop_assume!(!a.is_empty() || !b.is_empty());
            prop_assert!((jaro_winkler(&a, &b) - strsim::jaro_winkler(&a, &b)).abs() < 1e-9);
        }
    }
}
