//! The proof: everything built anew from the kept rows, compared with what is kept.

use super::apply::golden_values;
use super::kept_rows;
use super::refresh::shops;
use super::rights::Aside;
use super::rulings::Book;
use super::store::{Kept, KeptLink, Ordinal, Person, Store};
use super::verify_facts::{self, Built};
use crate::config::Plan;
use crate::error::Error;
use crate::household;
use crate::ingest;
use crate::matching::blocking::Link;
use crate::matching::prepare::{Prepared, Setting};
use crate::matching::ruling::Rulings;
use crate::progress::Silent;
use crate::records::Record;
use crate::resolve::{Matched, match_records};
use crate::survivorship;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One place where what is kept differs from a fresh build. Holds no value of anybody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// What differs: `record`, `link`, `person`, `value`; of facts `tally`, `index`, `revenue`, `figure`, `consent`, `count`;
    /// `household`; `restricted`.
    pub what: &'static str,
    /// The record concerned: its source and its number in the order of records.
    pub place: String,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verification {
    /// Records built anew.
    pub records: u64,
    /// People built anew.
    pub people: u64,
    /// Links and review pairs built anew.
    pub links: u64,
    /// Rows of other families than customers.
    pub facts: u64,
    /// Rows of restricted people, which nothing is built of.
    pub aside: u64,
    /// Where the two differ, at most a thousand places.
    pub findings: Vec<Finding>,
}

impl Verification {
    /// Whether nothing differs.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

const MOST: usize = 1000;

pub(super) fn verify<S: Store>(plan: &Plan, store: &S, book: &Book) -> Result<Verification, Error> {
    let mut kept: Vec<(Ordinal, Kept)> = Vec::new();
    store.each_record(&mut |o, k| kept.push((o, k)))?;
    kept.sort_by(|a, b| a.1.record.rank().cmp(&b.1.record.rank()));
    let ordinals: Vec<Ordinal> = kept.iter().map(|(o, _)| *o).collect();
    let number: BTreeMap<Ordinal, Record> =
        ordinals.iter().enumerate().map(|(r, o)| (*o, r as Record)).collect();
    let mut inputs = Vec::new();
    for (position, source) in plan.sources.iter().enumerate() {
        let rows: Vec<Kept> = kept
            .iter()
            .filter(|(_, k)| usize::from(k.record.source) == position)
            .map(|(_, k)| k.clone())
            .collect();
        if !rows.is_empty() {
            inputs.push(kept_rows(source, &rows)?);
        }
    }
    inputs.extend(shops(plan, store)?);
    let loaded = ingest::load_customers(plan, &inputs, &Silent)?;
    let records = &loaded.records;
    let mut v = Verification { records: records.len() as u64, ..Verification::default() };
    let name = |r: Record| {
        let source = records.sources.get(r as usize).and_then(|s| plan.sources.get(usize::from(*s)));
        format!("{}, record {}", source.map_or("", |s| s.name.as_str()), u64::from(r) + 1)
    };
    if records.len() != kept.len() {
        v.findings.push(Finding { what: "record", place: format!("{} rows are kept", kept.len()) });
        return Ok(v);
    }
    for (r, (_, k)) in kept.iter().enumerate() {
        if records.own(r as Record) != k.record {
            v.findings.push(Finding { what: "record", place: name(r as Record) });
        }
    }
    let rulings = book.iter().fold(Rulings::default(), |mut all, r| {
        all.add(r.clone());
        all
    });
    let prepared = Prepared::new(&Setting { rulings: &rulings, ..plan.setting() }, records);
    let Matched { links, clusters, rulings: located, .. } =
        match_records(plan, &prepared, &rulings, &Silent)?;
    // Links: every pair as a walk over all records finds it, and why it was refused.
    let refused: BTreeMap<(Record, Record), &'static str> =
        clusters.refused.iter().map(|r| ((r.link.a, r.link.b), r.reason)).collect();
    let mut want: BTreeMap<(Ordinal, Ordinal), KeptLink> = BTreeMap::new();
    for link in links {
        let (a, b) = (ordinals[link.a as usize], ordinals[link.b as usize]);
        let refused = refused.get(&(link.a, link.b)).copied();
        want.insert((a, b), KeptLink { a, b, link: Link { a: 0, b: 0, ..link }, refused });
    }
    v.links = want.len() as u64;
    for o in &ordinals {
        for l in store.links(*o)?.into_iter().filter(|l| l.a == *o) {
            if want.remove(&(l.a, l.b)) != Some(l) {
                v.findings.push(Finding { what: "link", place: name(number[o]) });
            }
        }
    }
    v.findings.extend(want.keys().map(|(a, _)| Finding { what: "link", place: name(number[a]) }));
    // People and their golden values.
    v.people = clusters.len() as u64;
    let trust: Vec<_> = plan.sources.iter().map(|s| s.trust.clone()).collect();
    let golden = survivorship::build(&plan.survivorship(&trust), &prepared, &clusters);
    let mut people: BTreeMap<Ordinal, Person> = BTreeMap::new();
    store.each_person(&mut |_, p| {
        people.insert(p.members.first().copied().unwrap_or(0), p);
    })?;
    for c in 0..clusters.len() {
        let members: Vec<Ordinal> = clusters.members(c).iter().map(|r| ordinals[*r as usize]).collect();
        let values = golden_values(&golden, records, c, &ordinals);
        let place = || name(clusters.members(c)[0]);
        match people.remove(&members[0]) {
            Some(p) if p.members != members => v.findings.push(Finding { what: "person", place: place() }),
            Some(p) if p.values != values => v.findings.push(Finding { what: "value", place: place() }),
            Some(_) => {}
            None => v.findings.push(Finding { what: "person", place: place() }),
        }
    }
    v.findings.extend(people.keys().map(|o| Finding {
        what: "person",
        place: number.get(o).map_or_else(|| "a person without records".to_owned(), |r| name(*r)),
    }));
    let households =
        household::of_clusters(&plan.config.households, &prepared, &clusters, &golden, &located.household);
    let built = Built { records, clusters: &clusters, ordinals: &ordinals, households: &households };
    v.facts = verify_facts::verify(plan, store, &built, &|r| name(r), &mut v.findings)?;
    aside(plan, store, &mut v)?;
    v.findings.truncate(MOST);
    Ok(v)
}

/// Rows that are kept aside must be nowhere else, each with a record of its person, whose id nobody has.
fn aside<S: Store>(plan: &Plan, store: &S, v: &mut Verification) -> Result<(), Error> {
    let mut all: Vec<Aside> = Vec::new();
    store.each_aside(&mut |a| all.push(a))?;
    v.aside = all.len() as u64;
    let frozen: BTreeSet<&str> = all.iter().filter(|a| !a.is_fact).map(|a| a.golden_id.as_str()).collect();
    for (n, a) in all.iter().enumerate() {
        let elsewhere = match a.is_fact {
            true => store.find_fact(a.source, &a.id)?.is_some(),
            false => store.find(a.source, &a.id)?.is_some(),
        };
        let named = store.named(&a.golden_id)?.is_none_or(|named| named.person.is_some());
        if elsewhere || named || !frozen.contains(a.golden_id.as_str()) {
            let source = plan.sources.get(usize::from(a.source)).map_or("", |s| s.name.as_str());
            v.findings
                .push(Finding { what: "restricted", place: format!("{source}, row {} kept aside", n + 1) });
        }
    }
    Ok(())
}
