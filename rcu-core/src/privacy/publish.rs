//! Statistics that may be published: no group of fewer than so many people is told apart.

/// The least size of a group in published statistics (`domain.md` §7.7).
pub const LEAST_PEOPLE: u64 = 5;

/// Counts with those of small groups taken out. When one group alone is small, the smallest of the others goes with it, so
/// that it cannot be had from the sum.
///
/// # Examples
/// ```
/// use rcu_core::privacy::suppress;
/// let told = suppress(&[("75", 40), ("69", 12), ("48", 2)], 5);
/// assert_eq!(told, [("75", Some(40)), ("69", None), ("48", None)]);
/// ```
pub fn suppress<T: Clone + Ord>(groups: &[(T, u64)], k: u64) -> Vec<(T, Option<u64>)> {
    let small = |n: u64| n > 0 && n < k;
    let mut told: Vec<(T, Option<u64>)> =
        groups.iter().map(|(g, n)| (g.clone(), (!small(*n)).then_some(*n))).collect();
    let alone = told.iter().filter(|(_, n)| n.is_none()).count() == 1;
    let others = groups.iter().enumerate().filter(|(_, (_, n))| *n >= k.max(1));
    if let (true, Some((at, _))) = (alone, others.min_by_key(|(_, (g, n))| (*n, g.clone()))) {
        told[at].1 = None;
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_group_is_not_told_nor_had_from_the_sum() {
        assert_eq!(suppress(&[("a", 9), ("b", 5)], 5), [("a", Some(9)), ("b", Some(5))]);
        assert_eq!(
            suppress(&[("a", 9), ("b", 6), ("c", 4)], 5),
            [("a", Some(9)), ("b", None), ("c", None)],
            "the smallest of the others goes along"
        );
        assert_eq!(suppress(&[("a", 9), ("b", 3), ("c", 4)], 5), [("a", Some(9)), ("b", None), ("c", None)]);
        assert_eq!(suppress(&[("a", 3)], 5), [("a", None)]);
        assert_eq!(suppress(&[("a", 0), ("b", 7)], 5), [("a", Some(0)), ("b", Some(7))], "nobody is nobody");
    }
}
