//! Links to people: components, then links in rank order, refused where two records cannot be one person
//! (`design.md` §5.4). The result depends on the set of links alone and is found component by component.

use super::blocking::Link;
use super::compare::{CONFLICT, EQUAL, Evidence, compare};
use super::model::Weights;
use super::pass::Decision;
use super::prepare::Prepared;
use crate::field;
use crate::records::Record;
use rayon::prelude::*;

/// A link that would have put two records into one cluster that cannot be one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedLink {
    /// The link.
    pub link: Link,
    /// Why: `birth_date`, `twins`, `suffix`, `siret`, `duplicate_free`, `first_name`.
    pub reason: &'static str,
}

/// Who is who.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clusters {
    /// Cluster of each record, numbered by their smallest record.
    pub of: Vec<u32>,
    /// Records of each cluster, ascending: `members[starts[c]..starts[c + 1]]`.
    pub members: Vec<Record>,
    /// See `members`.
    pub starts: Vec<u32>,
    /// Links refused by the cluster they would have made.
    pub refused: Vec<RefusedLink>,
}

impl Clusters {
    /// Number of clusters.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Records of a cluster, ascending.
    pub fn members(&self, cluster: usize) -> &[Record] {
        &self.members[self.starts[cluster] as usize..self.starts[cluster + 1] as usize]
    }

    fn number(mut roots: Vec<Record>, refused: Vec<RefusedLink>) -> Clusters {
        // Roots are the smallest record, so the first sight of a root is the root itself.
        let n = roots.len();
        let mut number = vec![0u32; n];
        let mut count = 0u32;
        for r in 0..n {
            if roots[r] as usize == r {
                number[r] = count;
                count += 1;
            }
        }
        for r in &mut roots {
            *r = number[*r as usize];
        }
        let mut starts = vec![0u32; count as usize + 1];
        for c in &roots {
            starts[*c as usize + 1] += 1;
        }
        for c in 0..count as usize {
            starts[c + 1] += starts[c];
        }
        let mut next = starts.clone();
        let mut members = vec![0; n];
        for (r, c) in roots.iter().enumerate() {
            members[next[*c as usize] as usize] = r as Record;
            next[*c as usize] += 1;
        }
        Clusters { of: roots, members, starts, refused }
    }
}

/// Why two records cannot be one person, if they cannot.
pub fn cannot_be_one(p: &Prepared, a: Record, b: Record) -> Option<&'static str> {
    let (a, b) = (a.min(b), a.max(b));
    cannot_with(p, &compare(p, a, b), a, b)
}

/// The same for evidence that is known, or supposed.
pub fn cannot_with(p: &Prepared, e: &Evidence, a: Record, b: Record) -> Option<&'static str> {
    let (i, j) = (a as usize, b as usize);
    if p.is_duplicate_free(a) && p.records.sources[i] == p.records.sources[j] {
        return Some("duplicate_free");
    }
    let siret = p.records.field(field::SIRET);
    if siret.id(a) != 0 && siret.id(b) != 0 && siret.id(a) != siret.id(b) {
        return Some("siret");
    }
    if e.suffix == CONFLICT {
        return Some("suffix");
    }
    if e.birth_date == CONFLICT && p.birth_proven[i] && p.birth_proven[j] {
        return Some("birth_date");
    }
    if e.first_name == CONFLICT && e.last_name > CONFLICT {
        if e.birth_date == EQUAL && e.address == EQUAL {
            return Some("twins");
        }
        let first = |r: usize| p.records.field(field::FIRST_NAME).pool.get(p.first.of[r]);
        if p.name_tables().distinct_first_names(first(i), first(j)) {
            return Some("first_name");
        }
    }
    None
}

/// Clusters from accepted links. `links` may hold review pairs; they are ignored.
pub fn resolve(p: &Prepared, links: &[Link], model: Option<&Weights>) -> Clusters {
    let n = p.records.len();
    let mut accepted: Vec<&Link> = links.iter().filter(|l| l.verdict.decision == Decision::Link).collect();
    let mut roots: Vec<Record> = (0..n as Record).collect();
    for l in &accepted {
        union(&mut roots, l.a, l.b);
    }
    for r in 0..n {
        roots[r] = find(&mut roots, r as Record);
    }
    let components = Clusters::number(roots.clone(), Vec::new());
    // Links by component, in rank order: pass, score from high to low, the two records.
    accepted.par_sort_unstable_by_key(|l| {
        (components.of[l.a as usize], l.pass, std::cmp::Reverse(l.verdict.score), l.a, l.b)
    });
    let by_component: Vec<&[&Link]> =
        accepted.chunk_by(|x, y| components.of[x.a as usize] == components.of[y.a as usize]).collect();
    let split: Vec<Constrained> = by_component
        .par_iter()
        .filter_map(|links| {
            let members = components.members(components.of[links[0].a as usize] as usize);
            has_conflict(p, members, model).then(|| constrained(p, members, links, model))
        })
        .collect();
    let mut refused = Vec::new();
    for (assignment, refusals) in split {
        for (record, root) in assignment {
            roots[record as usize] = root;
        }
        refused.extend(refusals);
    }
    Clusters::number(roots, refused)
}

/// The root of every member of a component, and the links refused in it.
type Constrained = (Vec<(Record, Record)>, Vec<RefusedLink>);

/// Whether any two members cannot be one person. Members equal in content are looked at once.
fn has_conflict(p: &Prepared, members: &[Record], model: Option<&Weights>) -> bool {
    let distinct = distinct_members(p, members);
    distinct.iter().enumerate().any(|(i, a)| {
        distinct[i + 1..]
            .iter()
            .any(|b| cannot_be_one(p, *a, *b).is_some() || model.is_some_and(|m| between(p, m, *a, *b) < 0))
    })
}

fn distinct_members(p: &Prepared, members: &[Record]) -> Vec<Record> {
    if members.len() <= 8 {
        return members.to_vec();
    }
    let mut by_content: Vec<(u64, Record)> = members.iter().map(|r| (p.content[*r as usize], *r)).collect();
    by_content.sort_unstable();
    by_content.dedup_by(|b, a| a.0 == b.0 && p.same_content(a.1, b.1));
    by_content.into_iter().map(|(_, r)| r).collect()
}

/// Links of one component in rank order, each taken unless the two clusters it would join hold a pair that cannot be
/// one person. Returns the root of every member and the links refused.
fn constrained(p: &Prepared, members: &[Record], links: &[&Link], model: Option<&Weights>) -> Constrained {
    let position = |r: Record| members.binary_search(&r).unwrap_or(0);
    let mut of: Vec<usize> = (0..members.len()).collect();
    let mut groups: Vec<Vec<Record>> = members.iter().map(|r| vec![*r]).collect();
    let mut refused = Vec::new();
    for link in links {
        let (x, y) = (of[position(link.a)], of[position(link.b)]);
        if x == y {
            continue;
        }
        let (left, right) = (distinct_members(p, &groups[x]), distinct_members(p, &groups[y]));
        let conflict = left
            .iter()
            .find_map(|a| right.iter().find_map(|b| cannot_be_one(p, *a, *b)))
            .or_else(|| model.is_some_and(|m| speak_against(p, m, &left, &right)).then_some("weight"));
        match conflict {
            Some(reason) => refused.push(RefusedLink { link: **link, reason }),
            None => {
                let (keep, gone) = if groups[x].len() >= groups[y].len() { (x, y) } else { (y, x) };
                let moved = std::mem::take(&mut groups[gone]);
                for r in &moved {
                    of[position(*r)] = keep;
                }
                groups[keep].extend(moved);
                groups[keep].sort_unstable();
            }
        }
    }
    // A link refused early may lie inside a cluster that other links made in the end; then nothing was refused.
    refused.retain(|r| of[position(r.link.a)] != of[position(r.link.b)]);
    let roots = members.iter().map(|r| (*r, groups[of[position(*r)]][0])).collect();
    (roots, refused)
}

/// Whether two clusters, taken pair by pair, are more likely two people: the sum of the match weights between them is
/// negative. One link between records that happen to look alike does not join two groups that otherwise differ.
fn speak_against(p: &Prepared, model: &Weights, left: &[Record], right: &[Record]) -> bool {
    let sum: i64 = left.iter().flat_map(|a| right.iter().map(|b| i64::from(between(p, model, *a, *b)))).sum();
    sum < 0
}

fn between(p: &Prepared, model: &Weights, a: Record, b: Record) -> i32 {
    let (a, b) = (a.min(b), a.max(b));
    model.weight_here(&compare(p, a, b), a, b)
}

fn find(roots: &mut [Record], mut r: Record) -> Record {
    while roots[r as usize] != r {
        let up = roots[roots[r as usize] as usize];
        roots[r as usize] = up;
        r = up;
    }
    r
}

/// The smaller record becomes the root: the partition and its roots do not depend on the order of links.
fn union(roots: &mut [Record], a: Record, b: Record) {
    let (a, b) = (find(roots, a), find(roots, b));
    let (low, high) = (a.min(b), a.max(b));
    roots[high as usize] = low;
}
