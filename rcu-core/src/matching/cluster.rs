//! Links to people: components, then links in rank order, refused where two records cannot be one person
//! (`design.md` §5.4). The result depends on the set of links alone and is found component by component.

use super::blocking::Link;
use super::compare::{CONFLICT, EQUAL, Evidence, Memo, compare, compare_with};
use super::decide::Verdict;
use super::model::Weights;
use super::pass::Decision;
use super::prepare::{Level, Prepared};
use super::ruling::Located;
use crate::records::Record;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A link that would have put two records into one cluster that cannot be one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedLink {
    /// The link.
    pub link: Link,
    /// Why: `steward`, `birth_date`, `twins`, `suffix`, `siret`, `siren`, `duplicate_free`, `scope`, `first_name`,
    /// `weight`.
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

    /// Clusters from the smallest record of each record's cluster.
    pub(crate) fn of_roots(roots: Vec<Record>, refused: Vec<RefusedLink>) -> Clusters {
        Clusters::number(roots, refused)
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
    conflict(p, &compare(p, a, b), a, b)
}

/// The same for evidence that is known, or supposed.
pub fn conflict(p: &Prepared, e: &Evidence, a: Record, b: Record) -> Option<&'static str> {
    let (i, j) = (a as usize, b as usize);
    if p.has_duplicate_free() && p.is_duplicate_free(a) && p.records.sources[i] == p.records.sources[j] {
        return Some("duplicate_free");
    }
    if p.scope(a) != p.scope(b) {
        return Some("scope");
    }
    // A contact may have a role in two companies; a company is no other one.
    let two_people = || p.faces[i].last != 0 && p.faces[j].last != 0;
    if p.has_company_numbers()
        && (p.level == Level::Companies || !two_people())
        && let Some(reason) = p.other_establishment(a, b)
    {
        return Some(reason);
    }
    if e.suffix == CONFLICT {
        return Some("suffix");
    }
    if e.birth_date == CONFLICT && p.faces[i].birth_proven() && p.faces[j].birth_proven() {
        return Some("birth_date");
    }
    if e.first_name == CONFLICT && e.last_name > CONFLICT {
        if e.birth_date == EQUAL && e.address == EQUAL {
            return Some("twins");
        }
        let first = |r: usize| p.first.text(p.faces[r].first);
        if p.name_tables().distinct_first_names(first(i), first(j)) {
            return Some("first_name");
        }
    }
    None
}

/// What speaks against one person for two records: a conflict, and the match weight when a model decides.
#[derive(Debug, Clone, Copy)]
struct Against {
    conflict: Option<&'static str>,
    weight: i64,
}

/// Judges pairs of members, with the memory of a thread.
struct Referee<'r, 'p> {
    p: &'r Prepared<'p>,
    model: Option<&'r Weights>,
    rulings: &'r Located,
    memo: Memo,
}

impl Referee<'_, '_> {
    fn judge(&mut self, a: Record, b: Record) -> Against {
        let (a, b) = (a.min(b), a.max(b));
        let e = compare_with(self.p, &mut self.memo, a, b);
        against(self.p, self.model, &e, a, b)
    }
}

impl Against {
    /// Whether the two are no one person by themselves.
    fn is_no(&self) -> bool {
        self.conflict.is_some() || self.weight < 0
    }
}

fn against(p: &Prepared, model: Option<&Weights>, e: &Evidence, a: Record, b: Record) -> Against {
    Against { conflict: conflict(p, e, a, b), weight: weight_between(p, model, e, a, b) }
}

/// What the model says for or against one person, as groups of records add it up, thousandths of a bit. It never speaks
/// against one name in one company, nor against two rows of a company itself: it knows no companies.
pub fn weight_between(p: &Prepared, model: Option<&Weights>, e: &Evidence, a: Record, b: Record) -> i64 {
    let weight = model.map_or(0, |m| i64::from(m.weight_here(e, a, b)));
    if weight < 0 && is_one_contact(p, e, a, b) { 0 } else { weight }
}

/// Whether two records are of one company and agree in the names they bear, or bear none.
fn is_one_contact(p: &Prepared, e: &Evidence, a: Record, b: Record) -> bool {
    let nameless = |r: Record| p.faces[r as usize].last == 0 && p.faces[r as usize].first == 0;
    let agree = e.last_name > CONFLICT && e.first_name > CONFLICT;
    (agree || (nameless(a) && nameless(b))) && p.same_employer(a, b)
}

/// Clusters from accepted links. `links` may hold review pairs; they are ignored.
pub fn resolve(p: &Prepared, links: &[Link], model: Option<&Weights>, rulings: &Located) -> Clusters {
    resolve_by(p, links, None, model, rulings)
}

/// [`resolve`] for links that were found among just these records: their evidence is taken as it is.
pub fn resolve_found(p: &Prepared, links: &[Link], model: Option<&Weights>, rulings: &Located) -> Clusters {
    resolve_by(p, links, Some(links), model, rulings)
}

/// `judged`: links whose evidence need not be found again.
fn resolve_by(
    p: &Prepared,
    links: &[Link],
    judged: Option<&[Link]>,
    model: Option<&Weights>,
    rulings: &Located,
) -> Clusters {
    let n = p.records.len();
    let is_accepted = |l: &&Link| l.verdict.decision == Decision::Link;
    let mut roots: Vec<Record> = (0..n as Record).collect();
    for l in links.iter().filter(is_accepted) {
        union(&mut roots, l.a, l.b);
    }
    for (a, b) in &rulings.same {
        union(&mut roots, *a, *b);
    }
    // A root is the lowest of its component: what stands above a record is settled before it.
    for r in 0..n {
        roots[r] = roots[roots[r] as usize];
    }
    let components = Clusters::number(roots.clone(), Vec::new());
    let settled = Settled::new(p, &components, judged.unwrap_or_default(), model);
    // Most components hold no two records that speak against each other; they are people as they are.
    let chunks: Vec<(usize, usize)> = (0..components.len())
        .step_by(COMPONENTS_TOGETHER)
        .map(|c| (c, components.len().min(c + COMPONENTS_TOGETHER)))
        .collect();
    let doubtful: Vec<bool> = chunks
        .par_iter()
        .flat_map_iter(|(start, end)| {
            let mut referee = Referee { p, model, rulings, memo: Memo::of(end - start) };
            let (components, settled) = (&components, &settled);
            (*start..*end).map(move |c| has_conflict(&mut referee, components.members(c), settled.of(c)))
        })
        .collect();
    if !doubtful.contains(&true) {
        return components;
    }
    // Their links in rank order: pass, score from high to low, the two records.
    let of_doubtful = |l: &&Link| doubtful[components.of[l.a as usize] as usize];
    let mut accepted: Vec<&Link> = links.iter().filter(is_accepted).filter(of_doubtful).collect();
    accepted.par_sort_unstable_by_key(|l| {
        (components.of[l.a as usize], l.pass, std::cmp::Reverse(l.verdict.score), l.a, l.b)
    });
    let to_do: Vec<u32> = (0..components.len() as u32).filter(|c| doubtful[*c as usize]).collect();
    let split: Vec<Constrained> = to_do
        .par_iter()
        .map_init(
            || Referee { p, model, rulings, memo: Memo::of(to_do.len()) },
            |referee, c| {
                let start = accepted.partition_point(|l| components.of[l.a as usize] < *c);
                let end = accepted.partition_point(|l| components.of[l.a as usize] <= *c);
                constrained(referee, components.members(*c as usize), &accepted[start..end])
            },
        )
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

/// Components that one thread looks at with one memory of names.
const COMPONENTS_TOGETHER: usize = 1 << 14;

/// The root of every member of a component, and the links refused in it.
type Constrained = (Vec<(Record, Record)>, Vec<RefusedLink>);

/// Whether any two members speak against one person. Members equal in content are looked at once. `settled`: which
/// pairs are known to speak for it.
fn has_conflict(referee: &mut Referee, members: &[Record], settled: u32) -> bool {
    if members.len() < 2 {
        return false;
    }
    if settled & Settled::CONFLICT != 0 || !referee.rulings.apart_in(members).is_empty() {
        return true;
    }
    let n = members.len();
    let all_settled = n <= SMALL && settled == (1 << (n * (n - 1) / 2)) - 1;
    if all_settled || (referee.model.is_none() && are_of_one_kind(referee.p, members)) {
        return false;
    }
    if n > SMALL {
        let distinct = distinct_members(referee.p, members);
        return pairs(&distinct).any(|(a, b)| referee.judge(a, b).is_no());
    }
    let pairs = pairs(members).enumerate().filter(|(i, _)| settled >> i & 1 == 0);
    pairs.into_iter().any(|(_, (a, b))| referee.judge(a, b).is_no())
}

/// Whether no two members can be in [`conflict`] for what they show: one first name, one birth date, one suffix at most,
/// and nothing else that keeps records apart.
fn are_of_one_kind(p: &Prepared, members: &[Record]) -> bool {
    if p.has_duplicate_free() || p.has_company_numbers() || !p.scopes().is_empty() {
        return false;
    }
    let mut seen = (0, 0, 0);
    let same = |seen: &mut u32, value: u32| {
        let same = value == 0 || *seen == 0 || *seen == value;
        *seen = if value == 0 { *seen } else { value };
        same
    };
    members
        .iter()
        .map(|r| &p.faces[*r as usize])
        .all(|f| same(&mut seen.0, f.first_key) && same(&mut seen.1, f.birth) && same(&mut seen.2, f.suffix))
}

/// Every two of some records, by the first, then by the second.
fn pairs(of: &[Record]) -> impl Iterator<Item = (Record, Record)> {
    of.iter().enumerate().flat_map(|(i, a)| of[i + 1..].iter().map(move |b| (*a, *b)))
}

/// Components with at most so many records are looked at record by record.
const SMALL: usize = 8;

/// What links say of the pairs of small components, so that these pairs are not compared again: by component a bit for
/// each of [`pairs`] that speaks for one person.
struct Settled(Vec<u32>);

impl Settled {
    /// In place of pairs: one of them speaks against one person.
    const CONFLICT: u32 = 1 << 31;

    fn new(p: &Prepared, components: &Clusters, links: &[Link], model: Option<&Weights>) -> Settled {
        if links.is_empty() {
            return Settled(Vec::new());
        }
        let is_no = |l: &Link| {
            l.verdict.decision == Decision::Link && against(p, model, &l.evidence, l.a, l.b).is_no()
        };
        let is_no: Vec<bool> = links.par_iter().with_min_len(1 << 12).map(is_no).collect();
        let mut settled = vec![0; components.len()];
        // On one thread: writes that others may see at once would wait for one another.
        let accepted = links.iter().zip(is_no).filter(|(l, _)| l.verdict.decision == Decision::Link);
        for (l, is_no) in accepted {
            let c = components.of[l.a as usize] as usize;
            let members = components.members(c);
            let bit = match members.len() {
                2 => 1,
                n if n > SMALL => continue,
                n => {
                    let at = |r: Record| members.iter().position(|m| *m == r).unwrap_or(0);
                    let (i, j) = (at(l.a), at(l.b));
                    1 << (i * (2 * n - i - 1) / 2 + j - i - 1)
                }
            };
            settled[c] |= if is_no { Settled::CONFLICT } else { bit };
        }
        Settled(settled)
    }

    fn of(&self, component: usize) -> u32 {
        self.0.get(component).copied().unwrap_or(0)
    }
}

/// The lowest member of each content, ascending.
fn distinct_members(p: &Prepared, members: &[Record]) -> Vec<Record> {
    let mut first: Vec<Record> = first_of_content(p, members);
    first.sort_unstable();
    first.dedup();
    first
}

/// For each member, which are ascending, the lowest member with the same content.
fn first_of_content(p: &Prepared, members: &[Record]) -> Vec<Record> {
    let mut order: Vec<(Record, usize)> =
        members.iter().enumerate().map(|(i, r)| (p.stand_in[*r as usize], i)).collect();
    order.sort_unstable();
    let mut first = members.to_vec();
    for same in order.chunk_by(|a, b| a.0 == b.0) {
        same.iter().for_each(|(_, i)| first[*i] = members[same[0].1]);
    }
    first
}

/// One group of a component on its way to being a person.
#[derive(Debug, Clone, Default)]
struct Group {
    /// Positions of its records in the component.
    members: Vec<usize>,
    /// One record of each content, ascending: a record delivered twice says nothing twice.
    distinct: Vec<Record>,
}

/// The groups of a component.
struct Groups<'g> {
    members: &'g [Record],
    /// Group of each position.
    of: Vec<usize>,
    groups: Vec<Group>,
}

impl<'g> Groups<'g> {
    /// Every record on its own.
    fn new(p: &Prepared, members: &'g [Record]) -> Groups<'g> {
        let first = first_of_content(p, members);
        let groups =
            first.into_iter().enumerate().map(|(i, r)| Group { members: vec![i], distinct: vec![r] });
        Groups { members, of: (0..members.len()).collect(), groups: groups.collect() }
    }

    fn group_of(&self, r: Record) -> usize {
        self.of[self.members.binary_search(&r).unwrap_or(0)]
    }

    /// The smaller group goes into the larger one, so that a record moves seldom.
    fn join(&mut self, x: usize, y: usize) {
        if x == y {
            return;
        }
        let larger = self.groups[x].members.len() >= self.groups[y].members.len();
        let (keep, gone) = if larger { (x, y) } else { (y, x) };
        let moved = std::mem::take(&mut self.groups[gone]);
        moved.members.iter().for_each(|i| self.of[*i] = keep);
        let kept = &mut self.groups[keep];
        kept.members.extend(moved.members);
        for r in moved.distinct {
            if let Err(at) = kept.distinct.binary_search(&r) {
                kept.distinct.insert(at, r);
            }
        }
    }

    /// The lowest record of every record's group.
    fn roots(&self) -> Vec<(Record, Record)> {
        let mut lowest = vec![Record::MAX; self.groups.len()];
        for (r, g) in self.members.iter().zip(&self.of) {
            lowest[*g] = lowest[*g].min(*r);
        }
        self.members.iter().zip(&self.of).map(|(r, g)| (*r, lowest[*g])).collect()
    }
}

/// What keeps two groups apart, for groups of these sizes.
#[derive(Debug, Clone, Copy)]
struct Known {
    sizes: (usize, usize),
    reason: &'static str,
}

/// Links of one component in rank order, each taken unless the two groups it would join hold a pair that cannot be
/// one person, or speak against each other as a whole: the sum of the match weights between them is negative, records
/// equal in content counted once. One link between records that happen to look alike does not join two groups that
/// otherwise differ. Returns the root of every member and the links refused.
fn constrained(referee: &mut Referee, members: &[Record], links: &[&Link]) -> Constrained {
    let mut groups = Groups::new(referee.p, members);
    let mut refused = Vec::new();
    // What a steward joined is one person whatever the values say.
    for (a, b) in referee.rulings.same_in(members) {
        groups.join(groups.group_of(a), groups.group_of(b));
    }
    let apart = referee.rulings.apart_in(members);
    // Many links may lie between two groups; what refused the first of them is not looked for again.
    let mut known: BTreeMap<(usize, usize), Known> = BTreeMap::new();
    for link in links {
        let (x, y) = (groups.group_of(link.a), groups.group_of(link.b));
        if x == y {
            continue;
        }
        let (x, y) = (x.min(y), x.max(y));
        let sizes = (groups.groups[x].members.len(), groups.groups[y].members.len());
        let reason = match known.get(&(x, y)) {
            // A pair that cannot be one person stays; weights change when a group grows.
            Some(k) if k.sizes == sizes || k.reason != "weight" => Some(k.reason),
            _ => speaks_against(referee, &groups, &apart, x, y),
        };
        match reason {
            Some(reason) => {
                known.insert((x, y), Known { sizes, reason });
                refused.push(RefusedLink { link: **link, reason });
            }
            None => groups.join(x, y),
        }
    }
    // A link refused early may lie inside a cluster that other links made in the end; then nothing was refused.
    refused.retain(|r| groups.group_of(r.link.a) != groups.group_of(r.link.b));
    (groups.roots(), refused)
}

/// Why two groups are not joined, if they are not.
fn speaks_against(
    referee: &mut Referee,
    groups: &Groups,
    apart: &[(Record, Record)],
    x: usize,
    y: usize,
) -> Option<&'static str> {
    let between = |(a, b): &(Record, Record)| {
        let (a, b) = (groups.group_of(*a), groups.group_of(*b));
        (a.min(b), a.max(b)) == (x, y)
    };
    if apart.iter().any(between) {
        return Some("steward");
    }
    let mut weight = 0i64;
    for a in &groups.groups[x].distinct {
        for b in &groups.groups[y].distinct {
            let against = referee.judge(*a, *b);
            if against.conflict.is_some() {
                return against.conflict;
            }
            weight += against.weight;
        }
    }
    (weight < 0).then_some("weight")
}

/// Rank order: pass, score from high to low, the two records. Review pairs that ended in one cluster are settled.
pub fn rank(mut links: Vec<Link>, clusters: &Clusters, rulings: &Located, p: &Prepared) -> Vec<Link> {
    links.retain(|l| {
        let together = clusters.of[l.a as usize] == clusters.of[l.b as usize];
        let decided = rulings.are_apart(l.a, l.b) || rulings.same.binary_search(&(l.a, l.b)).is_ok();
        !decided && (l.verdict.decision == Decision::Link || !together)
    });
    links.extend(rulings.same.iter().map(|(a, b)| {
        let verdict = Verdict { decision: Decision::Link, score: 0, reason: "steward" };
        Link { a: *a, b: *b, pass: Link::STEWARD, verdict, evidence: compare(p, *a, *b) }
    }));
    for l in links.iter_mut().filter(|l| l.verdict.decision == Decision::Review) {
        if rulings.is_later(l.a, l.b) {
            l.verdict.reason = "later";
        }
    }
    // A steward's links come before the first pass.
    links.sort_unstable_by_key(|l| (l.pass.wrapping_add(1), std::cmp::Reverse(l.verdict.score), l.a, l.b));
    links
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
