//! How alike two texts are. Only additions, products and quotients of IEEE doubles: the same bits everywhere.

/// Jaro–Winkler similarity, 0.0 to 1.0 (Winkler 1990: prefix of up to 4, scale 0.1, applied above 0.7).
///
/// ASCII of up to 16 bytes, as names are, is compared a whole word at a time; up to 64 bytes letter by letter with bit
/// masks; other texts character by character.
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let jaro = match (a.len().max(b.len()), b.len(), a.is_ascii() && b.is_ascii()) {
        (..=16, ..=8, true) => jaro_in_8(a.as_bytes(), b.as_bytes()),
        (..=16, _, true) => jaro_in_16(a.as_bytes(), b.as_bytes()),
        (..=64, _, true) => jaro_ascii(a.as_bytes(), b.as_bytes()),
        _ => {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            jaro_any(&a, &b)
        }
    };
    if jaro <= 0.7 {
        return jaro;
    }
    let prefix = a.chars().zip(b.chars()).take(4).take_while(|(x, y)| x == y).count();
    jaro + prefix as f64 * 0.1 * (1.0 - jaro)
}

/// Whether [`jaro_winkler`] reaches `at_least`, found out without the full comparison when lengths and letters exclude it.
pub fn is_close(a: &str, b: &str, at_least: f64) -> bool {
    a == b || could_be_close(a.as_bytes(), b.as_bytes(), at_least) && jaro_winkler(a, b) >= at_least
}

/// Whether lengths, common letters and common head leave room for a similarity of `at_least`: never false when it is
/// reached. Says nothing against texts beyond ASCII, whose bytes are no characters.
#[inline]
fn could_be_close(a: &[u8], b: &[u8], at_least: f64) -> bool {
    let (la, lb) = (a.len(), b.len());
    if la == 0 || lb == 0 {
        return false;
    }
    let ((in_a, any_a), (in_b, any_b)) = (letters(a), letters(b));
    if any_a | any_b >= 0x80 {
        return true;
    }
    let only = |x: u32, y: u32| (x & !y).count_ones() as usize;
    let matches = la.saturating_sub(only(in_a, in_b)).min(lb.saturating_sub(only(in_b, in_a)));
    let head = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    let m = matches as f64;
    let bound = if matches == 0 { 0.0 } else { (m / la as f64 + m / lb as f64 + 1.0) / 3.0 };
    // A trace more than rounding can take away.
    bound + head as f64 * 0.1 * (1.0 - bound) + 1e-9 >= at_least
}

/// Which letters there are, and all bytes together: 128 or more when one is beyond ASCII. Bytes that differ by 32 share a
/// bit: what two texts have in common may be taken for more than it is, never for less.
#[inline]
fn letters(text: &[u8]) -> (u32, u8) {
    text.iter().fold((0, 0), |(bits, any), byte| (bits | 1u32 << (byte & 31), any | byte))
}

/// Jaro similarity of ASCII texts whose second one fits a word. Every letter of the first one is looked for in all places
/// of the second one at once: a place that matches has the highest bit of its byte set.
macro_rules! jaro_in_word {
    ($name:ident, $word:ty, $bytes:expr) => {
        fn $name(a: &[u8], b: &[u8]) -> f64 {
            const ONES: $word = <$word>::MAX / 0xFF;
            const LOW: $word = ONES * 0x7F;
            let (la, lb) = (a.len(), b.len());
            if la == 0 || lb == 0 || lb > $bytes || la > 16 {
                return 0.0;
            }
            // No ASCII byte equals the filling.
            let mut places = [0xFF; $bytes];
            places[..lb].copy_from_slice(b);
            let places = <$word>::from_le_bytes(places);
            let window = (la.max(lb) / 2).saturating_sub(1);
            let below = |place: usize| match place < $bytes {
                true => ((1 as $word) << (8 * place)) - 1,
                false => <$word>::MAX,
            };
            let mut free = <$word>::MAX;
            let mut matched = [0u8; 16];
            let mut m = 0;
            for (i, x) in a.iter().enumerate() {
                let differ = places ^ (ONES * <$word>::from(*x));
                let equal = !(((differ & LOW) + LOW) | differ | LOW);
                let near = below(i + window + 1) & !below(i.saturating_sub(window));
                let hits = equal & near & free;
                free &= !(hits & hits.wrapping_neg());
                matched[m] = *x;
                m += usize::from(hits != 0);
            }
            if m == 0 {
                return 0.0;
            }
            let mut taken = !free;
            let mut swapped = 0;
            for x in &matched[..m] {
                swapped += usize::from(b[taken.trailing_zeros() as usize / 8] != *x);
                taken &= taken - 1;
            }
            score(m, swapped, la, lb)
        }
    };
}

jaro_in_word!(jaro_in_8, u64, 8);
jaro_in_word!(jaro_in_16, u128, 16);

fn jaro_ascii(a: &[u8], b: &[u8]) -> f64 {
    let (la, lb) = (a.len(), b.len());
    if la == 0 || lb == 0 {
        return 0.0;
    }
    let window = (la.max(lb) / 2).saturating_sub(1);
    let (mut taken_a, mut taken_b) = (0u64, 0u64);
    for (i, x) in a.iter().enumerate() {
        let low = i.saturating_sub(window);
        let high = (i + window + 1).min(lb);
        for (j, y) in b.iter().enumerate().take(high).skip(low) {
            if x == y && taken_b >> j & 1 == 0 {
                taken_a |= 1 << i;
                taken_b |= 1 << j;
                break;
            }
        }
    }
    let m = taken_a.count_ones();
    if m == 0 {
        return 0.0;
    }
    let mut swapped = 0u32;
    let (mut left, mut right) = (taken_a, taken_b);
    while left != 0 {
        let (i, j) = (left.trailing_zeros() as usize, right.trailing_zeros() as usize);
        swapped += u32::from(a[i] != b[j]);
        left &= left - 1;
        right &= right - 1;
    }
    score(m as usize, swapped as usize, la, lb)
}

fn jaro_any(a: &[char], b: &[char]) -> f64 {
    let (la, lb) = (a.len(), b.len());
    if la == 0 || lb == 0 {
        return 0.0;
    }
    let window = (la.max(lb) / 2).saturating_sub(1);
    let mut taken = vec![false; lb];
    let mut matched_a = Vec::new();
    for (i, x) in a.iter().enumerate() {
        let range = i.saturating_sub(window)..(i + window + 1).min(lb);
        if let Some(j) = range.into_iter().find(|j| !taken[*j] && b[*j] == *x) {
            taken[j] = true;
            matched_a.push(*x);
        }
    }
    let matched_b = b.iter().zip(&taken).filter(|(_, t)| **t).map(|(c, _)| *c);
    let swapped = matched_a.iter().zip(matched_b).filter(|(x, y)| **x != *y).count();
    if matched_a.is_empty() { 0.0 } else { score(matched_a.len(), swapped, la, lb) }
}

fn score(matches: usize, swapped: usize, la: usize, lb: usize) -> f64 {
    let m = matches as f64;
    (m / la as f64 + m / lb as f64 + (m - (swapped / 2) as f64) / m) / 3.0
}

/// Optimal string alignment distance (insert, delete, replace, swap neighbours), or `None` above `limit`.
pub fn osa_within(a: &str, b: &str, limit: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let width = b.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    let mut row: Vec<usize> = vec![0; width];
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..width {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut d = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                d = d.min(before[j - 2] + 1);
            }
            row[j] = d;
        }
        if row.iter().all(|d| *d > limit) {
            return None;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    (last[b.len()] <= limit).then_some(last[b.len()])
}

/// Whether the optimal string alignment distance is at most 1: what is left between the common head and the common tail
/// is nothing, one letter on one side or on both, or two letters in each other's place.
pub fn within_one(a: &str, b: &str) -> bool {
    if !a.is_ascii() || !b.is_ascii() {
        return osa_within(a, b, 1).is_some();
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    match (&a[..a.len() - tail], &b[..b.len() - tail]) {
        ([], _) | (_, []) | ([_], [_]) => true,
        ([p, q], [r, s]) => p == s && q == r,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_the_reference(a in "[A-E ]{0,12}", b in "[A-E ]{0,12}") {
            prop_assert!((jaro_winkler(&a, &b) - strsim::jaro_winkler(&a, &b)).abs() < 1e-12);
            prop_assert_eq!(osa_within(&a, &b, 40), Some(strsim::osa_distance(&a, &b)));
            prop_assert_eq!(within_one(&a, &b), strsim::osa_distance(&a, &b) <= 1);
        }

        #[test]
        fn agrees_on_any_script(a in "\\PC{0,9}", b in "\\PC{0,9}") {
            prop_assert!((jaro_winkler(&a, &b) - strsim::jaro_winkler(&a, &b)).abs() < 1e-12);
        }

        #[test]
        fn the_short_cut_never_changes_the_answer(a in "[A-D]{0,10}", b in "[A-D]{0,10}", t in 0.5f64..1.0) {
            prop_assert_eq!(is_close(&a, &b, t), jaro_winkler(&a, &b) >= t);
            let own = jaro_winkler(&a, &b);
            // Nothing is close to something, whatever is asked.
            prop_assert!(a.is_empty() != b.is_empty() || is_close(&a, &b, own));
        }

        #[test]
        fn the_short_cut_holds_in_any_script(a in "[a-cÉ日 ]{0,6}", b in "[a-cÉ日 ]{0,6}", t in 0.0f64..1.0) {
            prop_assert_eq!(is_close(&a, &b, t), a == b || !a.is_empty() && !b.is_empty() && jaro_winkler(&a, &b) >= t);
        }

        #[test]
        fn agrees_at_any_length(a in "[A-F ]{0,220}", b in "[A-F ]{0,220}") {
            prop_assert!((jaro_winkler(&a, &b) - strsim::jaro_winkler(&a, &b)).abs() < 1e-12);
            prop_assert_eq!(is_close(&a, &b, 0.8), jaro_winkler(&a, &b) >= 0.8);
        }

        #[test]
        fn words_and_letters_give_the_same_bits(a in "[A-E']{1,20}", b in "[A-E']{1,20}") {
            let letters = jaro_ascii(a.as_bytes(), b.as_bytes());
            let words = match (a.len().max(b.len()), b.len()) {
                (..=16, ..=8) => jaro_in_8(a.as_bytes(), b.as_bytes()),
                (..=16, _) => jaro_in_16(a.as_bytes(), b.as_bytes()),
                _ => letters,
            };
            prop_assert_eq!(words.to_bits(), letters.to_bits());
        }
    }
}
