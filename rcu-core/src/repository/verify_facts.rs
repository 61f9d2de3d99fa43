//! The proof for facts: what each counts for and where each person stands, built anew from the kept rows.

use super::evaluate::{evaluate, nobody};
use super::facts::{keys_of, totals};
use super::household::keys;
use super::memory::MemoryStore;
use super::scores;
use super::standing::{KeptFact, Standing};
use super::store::{Counted, Ordinal, Space, Store};
use super::verify::Finding;
use crate::aggregate::Totals;
use crate::config::Plan;
use crate::error::Error;
use crate::identity::household_id;
use crate::matching::cluster::Clusters;
use crate::records::Records;
use std::collections::BTreeMap;

/// People as they were built anew.
pub(super) struct Built<'a> {
    pub records: &'a Records,
    pub clusters: &'a Clusters,
    /// By record.
    pub ordinals: &'a [Ordinal],
    /// By person, the first person of the household.
    pub households: &'a [u32],
}

/// Compares facts, standings and counts. `place` names a record.
pub(super) fn verify<S: Store>(
    plan: &Plan,
    store: &S,
    built: &Built,
    place: &dyn Fn(u32) -> String,
    findings: &mut Vec<Finding>,
) -> Result<u64, Error> {
    let Built { records, clusters, ordinals, households } = *built;
    let mut facts: BTreeMap<Ordinal, KeptFact> = BTreeMap::new();
    store.each_fact(&mut |o, f| {
        facts.insert(o, f);
    })?;
    let judged = evaluate(plan, records, clusters, &facts)?;
    for (o, fact) in &facts {
        let source = plan.sources.get(usize::from(fact.source)).map_or("", |s| s.name.as_str());
        let mut find = |what| findings.push(Finding { what, place: format!("{source}, fact {o}") });
        if judged.tallies.get(o) != Some(&fact.tally) {
            find("tally");
        }
        let keys = keys_of(plan, fact)?;
        let mut found = (&keys.key, &keys.id) == (&fact.key, &fact.id);
        found &= store.find_fact(fact.source, &fact.key)? == Some(*o);
        for key in &keys.index {
            found &= store.keyed(Space::Facts, *key)?.binary_search(o).is_ok();
        }
        if !found {
            find("index");
        }
    }
    let kept = Totals { returns_without_sale: judged.totals.returns_without_sale, ..totals(store)? };
    if kept != judged.totals || !kept.reconciles() {
        findings.push(Finding { what: "revenue", place: "totals".to_owned() });
    }
    let number = |c: usize| store.person_of(ordinals[clusters.members(c)[0] as usize]);
    let mut counts = MemoryStore::default();
    judged.standings(plan, records, &nobody(plan), &mut |c, new| {
        let first = clusters.members(c)[0];
        let own = number(c)?;
        let old = own.map(|n| store.standing(n)).transpose()?.flatten().unwrap_or_default();
        let head = number(households[c] as usize)?.map(|n| store.person(n)).transpose()?.flatten();
        let mut housed = head.is_some_and(|p| household_id(&p.golden_id) == old.household);
        for key in keys(&plan.config.households, &old.lives) {
            housed &= own.is_some_and(|n| store.keyed(Space::People, key).is_ok_and(|all| all.contains(&n)));
        }
        let mut differs = |what| findings.push(Finding { what, place: place(first) });
        if (&old.figures, &old.units, &old.rfm) != (&new.figures, &new.units, &new.rfm) {
            differs("figure");
        }
        if old.consents != new.consents {
            differs("consent");
        }
        if !housed {
            differs("household");
        }
        scores::recount(&mut counts, &Standing::default(), &new)
    })?;
    const SCORED: [Counted; 5] =
        [Counted::Recency, Counted::Frequency, Counted::Monetary, Counted::Brands, Counted::Companies];
    for counted in SCORED {
        let of = |store: &dyn Store| -> Result<BTreeMap<String, u64>, Error> {
            let mut all = BTreeMap::new();
            store.each_count(counted, &mut |value, n| {
                all.insert(value.to_owned(), n);
            })?;
            Ok(all)
        };
        if of(store)? != of(&counts)? {
            findings.push(Finding { what: "count", place: format!("{counted:?}") });
        }
    }
    Ok(facts.len() as u64)
}
