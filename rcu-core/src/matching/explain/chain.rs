//! The links between two records of one person, and the weakest of them.

use super::{RecordName, Scene};
use crate::matching::blocking::Link;
use crate::matching::cluster::Clusters;
use crate::matching::pass::Decision;
use crate::records::Record;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// One link of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainLink {
    /// Nearer to the first record.
    pub a: RecordName,
    /// Nearer to the second.
    pub b: RecordName,
    /// The pass that made it.
    pub pass: String,
    /// Its score.
    pub score: i32,
    /// What agrees, as `comparison=level`.
    pub evidence: String,
}

/// The strongest way from one record to the other: of all ways through links of the cluster the one whose lowest-ranking
/// link ranks highest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// From the first record to the second.
    pub links: Vec<ChainLink>,
    /// Position of the link that ranks lowest.
    pub weakest: usize,
    /// Whether the two records would part without it: no other way joins them.
    pub only_way: bool,
}

/// The chain between two records of one cluster; none when no link leads from one to the other.
pub(super) fn between(
    scene: &Scene,
    a: Record,
    b: Record,
    links: &[Link],
    clusters: &Clusters,
) -> Option<Chain> {
    let cluster = clusters.of[a as usize];
    let inside = |r: Record| clusters.of[r as usize] == cluster;
    let mut ranked: Vec<&Link> =
        links.iter().filter(|l| l.verdict.decision == Decision::Link && inside(l.a) && inside(l.b)).collect();
    // A steward's links come before the first pass.
    ranked.sort_unstable_by_key(|l| (l.pass.wrapping_add(1), Reverse(l.verdict.score), l.a, l.b));
    let way = strongest(&ranked, a, b)?;
    let weakest = (0..way.len()).max_by_key(|i| way[*i])?;
    let without: Vec<&Link> =
        ranked.iter().enumerate().filter(|(i, _)| *i != way[weakest]).map(|(_, l)| *l).collect();
    let only_way = strongest(&without, a, b).is_none();
    let mut here = a;
    let links = way
        .iter()
        .map(|i| {
            let l = ranked[*i];
            let from = here;
            here = if l.a == from { l.b } else { l.a };
            ChainLink {
                a: scene.name(from),
                b: scene.name(here),
                pass: scene.pass_name(l.pass),
                score: l.verdict.score,
                evidence: l.evidence.describe(scene.comparisons),
            }
        })
        .collect();
    Some(Chain { links, weakest, only_way })
}

/// Positions in `ranked` (best first) of the links from `a` to `b` in the forest that taking links in rank order grows:
/// between any two records that forest holds the way whose worst link is best.
fn strongest(ranked: &[&Link], a: Record, b: Record) -> Option<Vec<usize>> {
    let mut next: BTreeMap<Record, Vec<(Record, usize)>> = BTreeMap::new();
    let mut records: Vec<Record> = ranked.iter().flat_map(|l| [l.a, l.b]).collect();
    records.sort_unstable();
    records.dedup();
    let mut root: Vec<usize> = (0..records.len()).collect();
    let mut find = |r: Record, join: Option<usize>| {
        let mut i = records.binary_search(&r).unwrap_or(0);
        while root[i] != i {
            root[i] = root[root[i]];
            i = root[i];
        }
        if let Some(other) = join {
            root[i.max(other)] = i.min(other);
        }
        i
    };
    for (i, l) in ranked.iter().enumerate() {
        let x = find(l.a, None);
        if find(l.b, Some(x)) != x {
            next.entry(l.a).or_default().push((l.b, i));
            next.entry(l.b).or_default().push((l.a, i));
        }
    }
    // From b backwards, so that following the steps leads from a to b.
    let mut step: BTreeMap<Record, Option<(Record, usize)>> = BTreeMap::from([(b, None)]);
    let mut ahead = vec![b];
    while let Some(r) = ahead.pop() {
        for (other, i) in next.get(&r).into_iter().flatten() {
            if !step.contains_key(other) {
                step.insert(*other, Some((r, *i)));
                ahead.push(*other);
            }
        }
    }
    let mut way = Vec::new();
    let mut here = a;
    while let Some((r, i)) = *step.get(&here)? {
        way.push(i);
        here = r;
    }
    Some(way)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::compare::Evidence;
    use crate::matching::decide::Verdict;

    fn link(a: Record, b: Record, pass: u16, score: i32) -> Link {
        let verdict = Verdict { decision: Decision::Link, score, reason: "" };
        Link { a, b, pass, verdict, evidence: Evidence::default() }
    }

    #[test]
    fn the_way_with_the_best_worst_link_is_taken() {
        // Directly by a weak link, or round by two better ones.
        let mut links = [link(0, 2, 5, 10), link(0, 1, 0, 50), link(1, 2, 1, 50)];
        links.sort_by_key(|l| (l.pass, Reverse(l.verdict.score), l.a, l.b));
        let ranked: Vec<&Link> = links.iter().collect();
        assert_eq!(strongest(&ranked, 0, 2), Some(vec![0, 1]));
        assert_eq!(strongest(&ranked, 2, 0), Some(vec![1, 0]));
        assert_eq!(strongest(&ranked, 0, 9), None);
    }

    #[test]
    fn agrees_with_trying_every_threshold() {
        // Deterministic pseudo-random graphs: the worst rank on the way is the lowest k with which a and b are joined.
        let mut seed = 7u64;
        for _ in 0..200 {
            let mut links = Vec::new();
            for x in 0..6u32 {
                for y in x + 1..6 {
                    seed = crate::intern::mix(seed, 11);
                    if seed.is_multiple_of(3) {
                        links.push(link(x, y, (seed >> 8 & 3) as u16, (seed >> 16 & 15) as i32));
                    }
                }
            }
            links.sort_by_key(|l| (l.pass, Reverse(l.verdict.score), l.a, l.b));
            let ranked: Vec<&Link> = links.iter().collect();
            let joined = |k: usize| {
                let mut reached = vec![0u32];
                let mut grew = true;
                while grew {
                    grew = false;
                    for l in &ranked[..k] {
                        for (x, y) in [(l.a, l.b), (l.b, l.a)] {
                            if reached.contains(&x) && !reached.contains(&y) {
                                reached.push(y);
                                grew = true;
                            }
                        }
                    }
                }
                reached.contains(&5)
            };
            let want = (1..=ranked.len()).find(|k| joined(*k)).map(|k| k - 1);
            let got = strongest(&ranked, 0, 5).and_then(|w| w.into_iter().max());
            assert_eq!(got, want);
        }
    }
}
