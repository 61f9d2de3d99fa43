//! People by constrained resolution (`design.md` §5.4) beside a reference that follows its words and nothing else.

use crate::common::{plan, table};
use proptest::prelude::*;
use proptest::sample::select;
use rcu_core::config::Plan;
use rcu_core::ingest::{Input, load_customers};
use rcu_core::matching::Decision;
use rcu_core::matching::blocking::Link;
use rcu_core::matching::cluster::{self, cannot_be_one};
use rcu_core::matching::compare::compare;
use rcu_core::matching::decide::Verdict;
use rcu_core::matching::model::Weights;
use rcu_core::matching::prepare::Prepared;
use rcu_core::matching::ruling::Located;
use rcu_core::progress::Silent;
use rcu_core::records::Record;
use rcu_core::resolve::{resolve, weigh};
use serde_json::{Map, Value, json};
use std::cmp::Reverse;
use std::collections::BTreeSet;

const COLUMNS: &[&str] =
    &["last_name", "first_name", "suffix", "email", "birth_date", "street", "postcode", "siret"];

/// Few values, so that records agree and conflict in every way: twins, father and son, two companies.
fn row() -> impl Strategy<Value = String> {
    let value = |v: &'static [&'static str]| select(v);
    (
        value(&["DUPONT", "DUPOND", "MARTIN", ""]),
        value(&["MARIE", "PAUL", "JEAN PIERRE", "JEAN", "LEA", ""]),
        value(&["", "", "", "FILS", "PERE"]),
        value(&["a@free.fr", "b@free.fr", ""]),
        value(&["1985-03-12", "1985-12-03", "1950-02-01", "", ""]),
        value(&["12 rue des Lilas", ""]),
        value(&["69100", "75008", ""]),
        value(&["", "", "", "73282932000074", "55208131766522"]),
    )
        .prop_map(|(a, b, c, d, e, f, g, h)| [a, b, c, d, e, f, g, h].join("|"))
}

/// Two sources, the second declared free of duplicates; birth dates are trusted.
fn two_sources() -> Plan {
    let fields: Map<String, Value> = COLUMNS.iter().map(|c| ((*c).to_owned(), json!(c))).collect();
    let source =
        |free: bool| json!({ "id": "id", "reliability": 0.9, "duplicate_free": free, "fields": fields });
    plan(json!({ "sources": { "s": source(false), "t": source(true) } }))
}

/// Rows of source `s`, then of `t`; some of the first come twice under another number.
fn inputs(s: &[String], t: &[String], again: &[usize]) -> [Input; 2] {
    let text = |rows: &mut dyn Iterator<Item = &String>| {
        let head = format!("id|{}\n", COLUMNS.join("|"));
        rows.enumerate().fold(head, |text, (i, r)| format!("{text}r{i:02}|{r}\n"))
    };
    let twice = again.iter().filter_map(|i| s.get(i % s.len().max(1)));
    [Input::new("s", table(&text(&mut s.iter().chain(twice)))), Input::new("t", table(&text(&mut t.iter())))]
}

/// Groups of records, each with its members ascending, and the links refused.
type People = (BTreeSet<BTreeSet<Record>>, BTreeSet<(Record, Record)>);

/// Links in rank order; each is refused when the union would hold a pair that cannot be one person or that a steward
/// keeps apart, or when the match weights between the two groups, each content counted once, add up to less than 0.
fn reference(p: &Prepared, links: &[Link], weights: &Weights, rulings: &Located) -> People {
    let mut groups: Vec<BTreeSet<Record>> = (0..p.records.len() as Record).map(|r| [r].into()).collect();
    let group_of = |groups: &[BTreeSet<Record>], r| groups.iter().position(|g| g.contains(&r)).unwrap();
    let join = |groups: &mut Vec<BTreeSet<Record>>, x: usize, y: usize| {
        let moved = groups[y].clone();
        groups[x].extend(moved);
        groups.remove(y);
    };
    for (a, b) in &rulings.same {
        let (x, y) = (group_of(&groups, *a), group_of(&groups, *b));
        if x != y {
            join(&mut groups, x, y);
        }
    }
    let mut ranked: Vec<&Link> = links.iter().filter(|l| l.verdict.decision == Decision::Link).collect();
    ranked.sort_by_key(|l| (l.pass, Reverse(l.verdict.score), l.a, l.b));
    let mut refused = BTreeSet::new();
    for link in ranked {
        let (x, y) = (group_of(&groups, link.a), group_of(&groups, link.b));
        if x == y {
            continue;
        }
        let first_of_its_content =
            |g: &BTreeSet<Record>, r: &Record| !g.iter().any(|o| o < r && p.same_content(*o, *r));
        let (mut impossible, mut weight) = (false, 0i64);
        for a in &groups[x] {
            for b in &groups[y] {
                let (low, high) = (*a.min(b), *a.max(b));
                impossible |= rulings.are_apart(low, high) || cannot_be_one(p, low, high).is_some();
                if first_of_its_content(&groups[x], a) && first_of_its_content(&groups[y], b) {
                    weight += cluster::weight_between(p, Some(weights), &compare(p, low, high), low, high);
                }
            }
        }
        if impossible || weight < 0 {
            refused.insert((link.a, link.b));
        } else {
            join(&mut groups, x, y);
        }
    }
    refused.retain(|(a, b)| group_of(&groups, *a) != group_of(&groups, *b));
    (groups.into_iter().collect(), refused)
}

fn pair(n: u32, (a, b): (u32, u32)) -> Option<(Record, Record)> {
    let (a, b) = (a % n, b % n);
    (a != b).then_some((a.min(b), a.max(b)))
}

fn located(n: u32, same: &[(u32, u32)], apart: &[(u32, u32)]) -> Located {
    let pairs = |p: &[(u32, u32)]| {
        p.iter().filter_map(|p| pair(n, *p)).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let mut located = Located { same: pairs(same), apart: pairs(apart), ..Located::default() };
    // Decisions that contradict one another stop a run before people are looked for.
    let impossible = located.contradictions();
    located.apart.retain(|p| !impossible.contains(p));
    located
}

type Pairs = Vec<(u32, u32)>;

fn pairs(most: usize) -> impl Strategy<Value = Pairs> {
    proptest::collection::vec((0u32..64, 0u32..64), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn constrained_resolution_is_what_its_definition_says(
        s in proptest::collection::vec(row(), 1..10),
        t in proptest::collection::vec(row(), 0..4),
        again in proptest::collection::vec(0usize..10, 0..5),
        links in proptest::collection::vec((0u32..64, 0u32..64, 0u16..3, -3i32..3, any::<bool>()), 0..40),
        same in pairs(3),
        apart in pairs(3),
    ) {
        let plan = two_sources();
        let loaded = load_customers(&plan, &inputs(&s, &t, &again), &Silent).unwrap();
        let n = loaded.records.len() as u32;
        prop_assume!(n > 0);
        let p = Prepared::new(&plan.setting(), &loaded.records);
        let weights = weigh(&plan, plan.model.as_ref().unwrap(), &p);
        let rulings = located(n, &same, &apart);
        let mut met = BTreeSet::new();
        let links: Vec<Link> = links
            .into_iter()
            .filter_map(|(a, b, pass, score, review)| {
                let (a, b) = pair(n, (a, b)).filter(|p| met.insert(*p))?;
                let decision = if review && score < 0 { Decision::Review } else { Decision::Link };
                let verdict = Verdict { decision, score, reason: "" };
                Some(Link { a, b, pass, verdict, evidence: compare(&p, a, b) })
            })
            .collect();
        let got = cluster::resolve(&p, &links, Some(&weights), &rulings);
        let (people, refused) = reference(&p, &links, &weights, &rulings);
        let groups: BTreeSet<BTreeSet<Record>> =
            (0..got.len()).map(|c| got.members(c).iter().copied().collect()).collect();
        prop_assert_eq!(groups, people);
        let got_refused: BTreeSet<(Record, Record)> = got.refused.iter().map(|r| (r.link.a, r.link.b)).collect();
        prop_assert_eq!(got_refused, refused);

        // Nor does it make a difference whether the evidence of links is found again or taken as it is.
        prop_assert_eq!(&cluster::resolve_found(&p, &links, Some(&weights), &rulings), &got);

        // The order in which links come makes no difference.
        let turned: Vec<Link> = links.iter().rev().copied().collect();
        prop_assert_eq!(cluster::resolve(&p, &turned, Some(&weights), &rulings), got);
    }

    /// Passes, model and clusters together: whatever links two records, nobody shares a cluster with someone they
    /// cannot be.
    #[test]
    fn no_cluster_holds_two_who_cannot_be_one(
        s in proptest::collection::vec(row(), 1..40),
        t in proptest::collection::vec(row(), 0..20),
        again in proptest::collection::vec(0usize..40, 0..5),
    ) {
        let plan = two_sources();
        let r = resolve(&plan, &inputs(&s, &t, &again), &Silent).unwrap();
        let p = Prepared::new(&plan.setting(), &r.records);
        for c in 0..r.clusters.len() {
            let members = r.clusters.members(c);
            for (i, a) in members.iter().enumerate() {
                for b in &members[i + 1..] {
                    prop_assert_eq!(cannot_be_one(&p, *a, *b), None);
                }
            }
        }
    }

    /// A steward's decision about two records changes nothing in a component that holds neither.
    #[test]
    fn a_component_is_decided_by_what_is_in_it(s in proptest::collection::vec(row(), 2..12)) {
        let plan = two_sources();
        let far = ["ZOLA|EMILE||zola@free.fr||||", "VERNE|JULES||verne@free.fr||||"].map(str::to_owned);
        let rows: Vec<String> = s.iter().chain(&s[..1]).chain(&far).cloned().collect();
        let loaded = load_customers(&plan, &inputs(&rows, &[], &[]), &Silent).unwrap();
        let n = loaded.records.len();
        let p = Prepared::new(&plan.setting(), &loaded.records);
        let weights = weigh(&plan, plan.model.as_ref().unwrap(), &p);
        let mut links = Vec::new();
        for a in 0..n as Record {
            for b in a + 1..n as Record {
                let verdict = Verdict { decision: Decision::Link, score: 0, reason: "" };
                if (b as usize) < n - 2 {
                    links.push(Link { a, b, pass: 0, verdict, evidence: compare(&p, a, b) });
                }
            }
        }
        let without = cluster::resolve(&p, &links, Some(&weights), &Located::default());
        let elsewhere = Located { apart: vec![(n as Record - 2, n as Record - 1)], ..Located::default() };
        prop_assert_eq!(cluster::resolve(&p, &links, Some(&weights), &elsewhere), without);
    }
}
