//! One person of a repository with those around them, as a run of them alone would have made it: what a page is built
//! from.

use super::evaluate::tables;
use super::figures::{Crowd, gather};
use super::household::keys;
use super::scene::Frame;
use super::store::{PersonNumber, Store};
use super::{Repository, scores};
use crate::aggregate::{Aggregates, UnitKind, of_some, segment};
use crate::consent::Consents;
use crate::error::Error;
use crate::facts::{CustomerIndex, load_consents, load_facts};
use crate::identity::household_id;
use crate::ingest::Input;
use crate::matching::blocking::Link;
use crate::matching::cluster::RefusedLink;
use crate::matching::ruling::RecordRef;
use crate::progress::Silent;
use crate::records::RecordIndex;
use crate::resolve::{Resolution, Summary};
use crate::survivorship;
use std::collections::BTreeSet;

/// A person with those around them.
#[derive(Debug)]
pub struct Portrait {
    /// The golden id that the person goes by.
    pub golden_id: String,
    /// The person, those who live with them, and those who may be the same person.
    pub run: Resolution,
    /// Rows of facts that the run was made of.
    pub inputs: Vec<Input>,
}

impl<S: Store> Repository<S> {
    /// The person of a golden id, whoever took it in since, or of a record written as `source:record id` or
    /// `source/record id`; none when there is nobody.
    ///
    /// # Errors
    /// [`Error::UnknownSource`]; those of the store.
    pub fn portrait(&self, id: &str) -> Result<Option<Portrait>, Error> {
        let Some(number) = self.number_of(id.trim())? else { return Ok(None) };
        let Some(person) = self.store.person(number)? else { return Ok(None) };
        let standing = self.store.standing(number)?.unwrap_or_default();
        let frame = Frame::new(&self.plan);
        let spec = &self.plan.config.households;
        let mut beside: BTreeSet<PersonNumber> = BTreeSet::from([number]);
        for key in keys(spec, &standing.lives) {
            for other in self.store.keyed(super::Space::People, key)? {
                let lives = self.store.standing(other)?.unwrap_or_default();
                beside.extend((lives.household == standing.household).then_some(other));
            }
        }
        let mut links = Vec::new();
        for o in &person.members {
            links.extend(self.store.links(*o)?);
        }
        for l in &links {
            for o in [l.a, l.b] {
                beside.extend(self.store.person_of(o)?);
            }
        }
        let crowd = Crowd::new(&frame, &self.store, &self.book, &beside)?;
        let scene = &crowd.scene;
        let counts = frame.counts(&self.store, scene)?;
        let prepared = frame.prepare(scene, &counts);
        let mut clusters = crowd.clusters;
        let trust: Vec<_> = self.plan.sources.iter().map(|s| s.trust.clone()).collect();
        let golden = survivorship::build(&self.plan.survivorship(&trust), &prepared, &clusters);
        let mut found: Vec<Link> = Vec::new();
        for l in links {
            let (Some(a), Some(b)) = (scene.number.get(&l.a), scene.number.get(&l.b)) else { continue };
            let link = Link { a: *a, b: *b, ..l.link };
            match l.refused {
                Some(reason) => clusters.refused.push(RefusedLink { link, reason }),
                None => found.push(link),
            }
        }
        let place = |l: &Link| (l.a, l.b);
        found.sort_by_key(place);
        found.dedup_by_key(|l| (l.a, l.b));
        clusters.refused.sort_by_key(|r| place(&r.link));
        clusters.refused.dedup_by_key(|r| (r.link.a, r.link.b));

        let (mut golden_ids, mut homes) = (Vec::new(), Vec::new());
        for n in &crowd.numbers {
            golden_ids.push(self.store.person(*n)?.map(|p| p.golden_id).unwrap_or_default());
            homes.push(self.store.standing(*n)?.unwrap_or_default().household);
        }
        let first = |c: usize| {
            let head = golden_ids.iter().position(|id| household_id(id) == homes[c]);
            head.filter(|h| homes[*h] == homes[c]).unwrap_or(c) as u32
        };
        let households: Vec<u32> = (0..golden_ids.len()).map(first).collect();

        let facts = gather(&frame, &self.store, &BTreeSet::from([number]))?;
        let inputs = tables(&self.plan, &facts)?.0;
        let owners = CustomerIndex::new(RecordIndex::new(&scene.records), &clusters.of, clusters.len());
        let said = load_consents(&self.plan, &inputs, &owners)?.said;
        let consents = Consents::new(&self.plan.consents, said, &scene.records, &clusters, self.plan.as_of);
        let loaded = load_facts(&self.plan, &inputs, &owners, &Silent)?;
        let mut customers = of_some(&loaded.facts, clusters.len(), self.plan.rules());
        if let Some(at) = crowd.numbers.iter().position(|n| *n == number) {
            let spec = &self.plan.config.aggregates;
            let customer = &mut customers[at];
            for (brand, scored) in &standing.rfm {
                let Some(found) = scores::scores(&self.store, spec, brand, scored)? else { continue };
                if brand.is_empty() {
                    customer.rfm = Some(found);
                    customer.rfm_segment = Some(segment(found, scored.first_purchase_days));
                }
                for u in &mut customer.units {
                    if u.kind == UnitKind::Brand && loaded.facts.texts.get(u.unit) == brand {
                        u.rfm = Some(found);
                    }
                }
            }
        }
        drop(prepared);
        let totals = loaded.facts.totals;
        let run = Resolution {
            golden_ids,
            households,
            links: found,
            comparisons: self.plan.comparison_names(),
            model: self.plan.model.clone(),
            golden,
            companies: None,
            consents,
            aggregates: Aggregates { customers, totals },
            texts: loaded.facts.texts,
            orphans: Vec::new(),
            missing: Vec::new(),
            rejects: loaded.rejects,
            shared: Vec::new(),
            review_samples: Vec::new(),
            summary: Summary::default(),
            records: crowd.scene.records,
            clusters,
        };
        Ok(Some(Portrait { golden_id: person.golden_id, run, inputs }))
    }

    fn number_of(&self, id: &str) -> Result<Option<PersonNumber>, Error> {
        if let Some((source, record)) = id.split_once(':').or_else(|| id.split_once('/')) {
            let r = RecordRef { source: source.trim().to_owned(), record_id: record.trim().to_owned() };
            let source = self.source(&r.source)? as u16;
            return match self.store.find(source, &r.record_id)? {
                Some(o) => self.store.person_of(o),
                None => Ok(None),
            };
        }
        Ok(self.store.named(id)?.and_then(|n| n.person))
    }
}
