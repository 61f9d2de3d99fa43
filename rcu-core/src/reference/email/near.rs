//! Which mailbox domain a mistyped one is meant to be: edit distance over a few hundred targets, in well under a
//! microsecond for a domain that is near none.

use super::words::{FastMap, cut};

/// How far from a target a slip may lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// One edit anywhere (`domain.md` §2.2, for its own providers).
    Anywhere,
    /// One edit, and not inside a short name, where a company of its own is likelier than a slip.
    Careful,
}

#[derive(Debug, Clone)]
struct Target {
    domain: Box<str>,
    name_len: usize,
    reach: Reach,
    rank: usize,
}

/// The shortest name in which an edit alone is evidence of a slip, for targets of [`Reach::Careful`].
const LONG_NAME: usize = 6;

/// Domains to which a slip may point, ordered by length so that only near lengths are looked at.
#[derive(Debug, Clone, Default)]
pub(super) struct Near {
    targets: Vec<Target>,
    /// Characters of each target, one bit each, in the order of `targets`.
    letters: Vec<u64>,
    /// Long names of careful targets, for a TLD that is wrong by more than one letter.
    names: FastMap<usize>,
}

impl Near {
    pub(super) fn add<'a>(&mut self, domains: impl IntoIterator<Item = &'a str>, reach: Reach) {
        for domain in domains {
            if self.targets.iter().any(|t| &*t.domain == domain) {
                continue;
            }
            let name_len = domain.find('.').unwrap_or(domain.len());
            let rank = self.targets.len();
            self.targets.push(Target { domain: domain.into(), name_len, reach, rank });
        }
        self.targets.sort_by_key(|t| (t.domain.len(), t.rank));
        self.letters = self.targets.iter().map(|t| letters(t.domain.as_bytes())).collect();
        self.names.clear();
        for (i, t) in self.targets.iter().enumerate() {
            if t.reach == Reach::Careful && t.name_len >= LONG_NAME {
                self.names.insert(t.domain[..t.name_len].into(), i);
            }
        }
    }

    /// The target that `domain` is one slip away from. Of several, one under the `region`'s TLD, then the one
    /// listed first.
    pub(super) fn find(&self, domain: &str, region: &str) -> Option<&str> {
        let typed = domain.as_bytes();
        let bits = letters(typed);
        let from = self.targets.partition_point(|t| t.domain.len() + 1 < typed.len());
        let to = self.targets.partition_point(|t| t.domain.len() <= typed.len() + 1);
        let mut best: Option<&Target> = None;
        for (target, other) in self.targets[from..to].iter().zip(&self.letters[from..to]) {
            // One edit changes at most two of the letters that occur.
            let differ = bits ^ other;
            let differ = differ & differ.wrapping_sub(1);
            if differ & differ.wrapping_sub(1) != 0 || !is_slip(typed, target) {
                continue;
            }
            let cost = |t: &Target| (!t.domain.ends_with(region), t.rank);
            if best.is_none_or(|b| cost(target) < cost(b)) {
                best = Some(target);
            }
        }
        best.or_else(|| self.by_name(domain)).map(|t| &*t.domain)
    }

    /// A long name written right before a TLD that is wrong by two letters: `comcast.nry`.
    fn by_name(&self, domain: &str) -> Option<&Target> {
        let (name, tld) = cut(domain, b'.')?;
        let target = self.targets.get(*self.names.get(name)?)?;
        let right = &target.domain[target.name_len + 1..];
        (tld.len() >= 3 && distance(tld.as_bytes(), right.as_bytes()) <= 2).then_some(target)
    }
}

fn is_slip(typed: &[u8], target: &Target) -> bool {
    let right = target.domain.as_bytes();
    if !within_one(typed, right) {
        return false;
    }
    if target.reach == Reach::Anywhere || target.name_len >= LONG_NAME {
        return true;
    }
    let n = target.name_len;
    let behind_name = typed.len() > n && typed[..n] == right[..n];
    let doubled =
        typed.get(n) == n.checked_sub(1).and_then(|i| right.get(i)) && typed.get(n + 1) == Some(&b'.');
    let undotted = |s: &[u8]| s.iter().copied().filter(|b| *b != b'.').collect::<Vec<u8>>();
    behind_name && (typed[n] == b'.' || doubled || undotted(typed) == undotted(right))
}

/// The characters that occur, one bit each; those that no domain holds share some bits.
fn letters(text: &[u8]) -> u64 {
    text.iter().fold(0, |bits, b| {
        bits | 1
            << match b {
                b'a'..=b'z' => b - b'a',
                b'0'..=b'9' => b - b'0' + 26,
                b'.' => 36,
                b'-' => 37,
                _ => 38 + b % 26,
            }
    })
}

/// Whether the optimal string alignment distance (one letter more, less, other, or two neighbours swapped) is at
/// most one.
pub(super) fn within_one(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let head = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let tail = short[head..].iter().rev().zip(long[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    match (&short[head..short.len() - tail], &long[head..long.len() - tail]) {
        ([], [] | [_]) | ([_], [_]) => true,
        ([p, q], [r, s]) => p == s && q == r,
        _ => false,
    }
}

/// Optimal string alignment distance of two short strings; 99 when either is longer than 15.
pub(super) fn distance(a: &[u8], b: &[u8]) -> usize {
    const N: usize = 16;
    if a.len() >= N || b.len() >= N {
        return 99;
    }
    let mut d: [[usize; N]; N] =
        std::array::from_fn(|i| std::array::from_fn(|j| if i == 0 || j == 0 { i + j } else { 0 }));
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let change = d[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            d[i][j] = change.min(d[i - 1][j] + 1).min(d[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                d[i][j] = d[i][j].min(d[i - 2][j - 2] + 1);
            }
        }
    }
    d[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn distances_agree_with_the_reference(a in "[abc.]{0,7}", b in "[abc.]{0,7}") {
            let want = strsim::osa_distance(&a, &b);
            prop_assert_eq!(within_one(a.as_bytes(), b.as_bytes()), want <= 1);
            prop_assert_eq!(distance(a.as_bytes(), b.as_bytes()), want);
        }

        #[test]
        fn the_letter_filter_loses_no_slip(a in "[a-d.#é-]{1,9}", b in "[a-d.]{1,9}") {
            let mut near = Near::default();
            near.add([b.as_str()], Reach::Anywhere);
            prop_assert_eq!(near.find(&a, ".fr").is_some(), within_one(a.as_bytes(), b.as_bytes()));
        }
    }

    #[test]
    fn short_foreign_names_are_not_guessed_at() {
        let mut near = Near::default();
        near.add(["web.de", "comcast.net"], Reach::Careful);
        for slip in ["web.ed", "webb.de", "webd.e", "webde", "web.d", "web.dee"] {
            assert_eq!(near.find(slip, ".fr"), Some("web.de"), "{slip}");
        }
        for company in ["wab.de", "webe.de", "eb.de", "wbe.de"] {
            assert_eq!(near.find(company, ".fr"), None, "{company}");
        }
        assert_eq!(near.find("comcast.nry", ".fr"), Some("comcast.net"));
        assert_eq!(near.find("comcast.xyz", ".fr"), None);
    }

    #[test]
    fn a_tie_goes_to_the_region() {
        let mut near = Near::default();
        near.add(["outlook.de", "outlook.fr"], Reach::Anywhere);
        assert_eq!(near.find("outlook.dr", ".fr"), Some("outlook.fr"));
        assert_eq!(near.find("outlook.dr", ".de"), Some("outlook.de"));
    }
}
