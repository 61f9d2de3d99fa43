//! What an upsert of one row would do, found by doing it where nothing is kept.

use super::feed::{Event, EventKind};
use super::overlay::Overlay;
use super::rights::seen_record;
use super::scene::Frame;
use super::store::{Kept, KeptLink, Ordinal, Space, Store};
use super::{Change, Repository};
use crate::access::Right;
use crate::config::Family;
use crate::error::Error;
use crate::ingest::{self, FieldProfile, Input, Reject};
use crate::matching::Decision;
use crate::matching::blocking::{Link, Recipe};
use crate::matching::decide::{Judge, Verdict};
use crate::matching::ruling::{Answer, RecordRef};
use crate::progress::Silent;
use crate::records::{OwnRecord, Record};
use crate::resolve::weigh;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What would become of the row's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFate {
    /// It would be new.
    New,
    /// It would take the place of the kept row.
    Changed,
    /// Nothing: the kept row is the same, or newer.
    Unchanged,
    /// The row would not be loaded.
    Rejected,
}

/// What an upsert of one row would do. It holds no golden value but those in `events`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Foresight {
    /// What would become of the record.
    pub fate: RowFate,
    /// Why the row, or the kept one in its place, would not be loaded.
    pub rejects: Vec<Reject>,
    /// What normalising found, by field: how many values were kept, repaired and refused, and the codes.
    pub findings: BTreeMap<String, FieldProfile>,
    /// Records that it would be compared with, links first, then reviews, then by score.
    pub candidates: Vec<Candidate>,
    /// Compared and refused candidates beyond the listed ones.
    pub refused_more: u64,
    /// Records with a key in common that a block over the limit keeps from being compared.
    pub not_compared: u64,
    /// The golden id that the record would have; none when the row would be rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub golden_id: Option<String>,
    /// Whether that person is there already, with other records or with this one.
    pub known: bool,
    /// Golden ids of people that this person would take in.
    pub merges: Vec<String>,
    /// What would be added to the feed, without cursor and number of the change.
    pub events: Vec<Event>,
}

/// A record that the row would be compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// Its source.
    pub source: String,
    /// Its identifier there.
    pub record_id: String,
    /// The person it belongs to today.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub golden_id: Option<String>,
    /// Link, review or no.
    pub decision: Decision,
    /// The pass that decided; `steward` for a decision of theirs without a link.
    pub pass: String,
    /// Points of the pair; match weight in thousandths of a bit when a model decided.
    pub score: i32,
    /// The comparison or guard that decided against a link; empty for a link.
    pub reason: &'static str,
    /// Why the link would not be taken: the two cannot be one person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<&'static str>,
    /// What a steward decided on the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steward: Option<Answer>,
    /// How well each comparison agrees, as `name=level`.
    pub evidence: String,
}

/// Refused candidates that are listed.
const REFUSED: usize = 50;

impl<S: Store> Repository<S> {
    /// What [`Repository::apply`] would do with one row of a customer source. Nothing is written.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is not exactly one row; those of [`Repository::apply`]. A role that does not see
    /// everything is not told of the entries of the feed.
    pub fn match_one(&self, row: &Input) -> Result<Foresight, Error> {
        self.match_one_for(row, None)
    }

    /// The same, asked for a purpose: where that may not use everything, the entries of the feed are not told, and records
    /// that it may not use are no candidates.
    ///
    /// # Errors
    /// Those of [`Repository::match_one`]; [`Error::Argument`] for a purpose that is unknown or not the role's.
    pub fn match_one_for(&self, row: &Input, purpose: Option<&str>) -> Result<Foresight, Error> {
        if row.table.rows() != 1 {
            let reason = format!("holds {} rows; give one", row.table.rows());
            return Err(Error::Argument { argument: "row".into(), reason });
        }
        let position = self.source(&row.source)?;
        if self.plan.sources.get(position).is_none_or(|s| s.family != Family::Customers) {
            let reason = format!("`{}` is no source of customers", row.source);
            return Err(Error::Argument { argument: "row".into(), reason });
        }
        let rows = self.with_shops(std::slice::from_ref(row))?;
        let mut loaded = ingest::load_customers(&self.plan, &rows, &Silent)?;
        let findings = loaded.counts.remove(&row.source).unwrap_or_default().fields;
        if !self.secret.is_empty() {
            super::secret::check(&self.store, &self.secret)?;
        }
        let role = self.eyes(None, purpose)?;
        let sees_all = role.as_ref().is_none_or(|role| self.sees_all(role).is_ok());
        if !sees_all {
            self.must(Right::Update)?;
        }
        let mut trial = Repository {
            plan: self.plan.clone(),
            store: Overlay::new(&self.store),
            book: self.book.clone(),
            secret: self.secret.clone(),
            locked: self.locked.clone(),
            wanted: self.wanted,
            role: None,
            known_rows: false,
        };
        let mut applied = trial.apply(Change { rows: vec![row.clone()], ..Change::default() })?;
        applied.events.iter_mut().for_each(|e| (e.cursor, e.change) = (0, 0));
        let mut foresight = Foresight {
            fate: match applied.records {
                (1, ..) => RowFate::New,
                (_, 1, _) => RowFate::Changed,
                _ => RowFate::Rejected,
            },
            rejects: applied.rejects,
            findings,
            candidates: Vec::new(),
            refused_more: 0,
            not_compared: 0,
            golden_id: None,
            known: false,
            merges: Vec::new(),
            events: applied.events,
        };
        let over = &trial.store;
        let own = (!loaded.records.is_empty()).then(|| loaded.records.own(0));
        if let Some(me) = own.map(|r| over.find(r.source, &r.id)).transpose()?.flatten() {
            if foresight.fate == RowFate::Rejected {
                foresight.fate = RowFate::Unchanged;
            }
            self.candidates(&Frame::new(&self.plan), over, me, &mut foresight)?;
            if let Some(person) = over.person_of(me)?.map(|n| over.person(n)).transpose()?.flatten() {
                let named = self.store.named(&person.golden_id)?;
                foresight.known = named.is_some_and(|n| n.person.is_some());
                let mine = |e: &&Event| e.kind == EventKind::Merged && e.golden_id == person.golden_id;
                foresight.merges =
                    foresight.events.iter().filter(mine).flat_map(|e| e.others.clone()).collect();
                foresight.golden_id = Some(person.golden_id);
            }
        }
        if let Some(role) = role.filter(|_| !sees_all) {
            // Entries hold values as they are, and other brands' records are none of its own.
            foresight.events.clear();
            let mut seen = Vec::new();
            for c in std::mem::take(&mut foresight.candidates) {
                let source = self.source(&c.source)? as u16;
                let record =
                    self.store.find(source, &c.record_id)?.map(|o| self.store.values(o)).transpose()?;
                seen.extend(record.flatten().and_then(|r| seen_record(&role, r)).map(|_| c));
            }
            foresight.candidates = seen;
        }
        Ok(foresight)
    }

    /// Whom a record meets in what would be kept, and what is decided of each.
    fn candidates(
        &self,
        frame: &Frame,
        over: &Overlay<S>,
        me: Ordinal,
        foresight: &mut Foresight,
    ) -> Result<(), Error> {
        let Some(kept) = over.record(me)? else { return Ok(()) };
        let reference = frame.reference(&kept.record);
        let links: BTreeMap<Ordinal, KeptLink> =
            over.links(me)?.into_iter().map(|l| (if l.a == me { l.b } else { l.a }, l)).collect();
        let mut ruled: BTreeMap<Ordinal, Answer> = BTreeMap::new();
        for ruling in self.book.of(&reference) {
            let other = if ruling.a == reference { &ruling.b } else { &ruling.a };
            if let Some(source) = self.plan.source(&other.source)
                && let Some(o) = over.find(source as u16, &other.record_id)?
            {
                ruled.insert(o, ruling.answer);
            }
        }
        let rows = self.met(frame, over, me, kept, links.keys().chain(ruled.keys()))?;
        let scene = frame.scene(rows.iter().map(|(o, r)| (*o, r)), &self.book);
        let counts = frame.counts(over, &scene)?;
        let prepared = frame.prepare(&scene, &counts);
        let weights = self.plan.model.as_ref().map(|m| weigh(&self.plan, m, &prepared));
        let judge = Judge { spec: &self.plan.config.matching, model: weights.as_ref() };
        let recipes: Vec<Vec<Recipe>> = self
            .plan
            .passes
            .iter()
            .map(|p| p.recipes.iter().map(|parts| Recipe::new(parts, &prepared)).collect())
            .collect();
        let mine: Record = scene.number.get(&me).copied().unwrap_or(0);
        let copy = |r: Record| prepared.stand_in[r as usize] != r;
        let names = self.plan.comparison_names();
        for (o, record) in rows.iter().filter(|(o, _)| **o != me) {
            let r = scene.number.get(o).copied().unwrap_or(0);
            let (a, b) = (mine.min(r), mine.max(r));
            // What is kept of the pair; else the best verdict of the passes in which the two meet.
            let found = match links.get(o) {
                Some(l) => Some((l.link, l.refused)),
                None => {
                    let met =
                        |i: &usize| recipes[*i].iter().any(|x| !x.is_sorted() && x.meet(&prepared, a, b));
                    let mut best: Option<Link> = None;
                    for i in (0..recipes.len()).filter(met) {
                        let (verdict, evidence) = self.plan.passes[i].decide(&prepared, &judge, a, b);
                        if best.is_none_or(|l| verdict.decision > l.verdict.decision) {
                            best = Some(Link { a: 0, b: 0, pass: i as u16, verdict, evidence });
                        }
                    }
                    match best {
                        Some(l) if l.verdict.decision != Decision::No => {
                            // A copy meets others through the record that it is a copy of.
                            foresight.not_compared += u64::from(!copy(a) && !copy(b));
                            None
                        }
                        other => other.map(|l| (l, None)),
                    }
                }
            };
            let steward = ruled.get(o).copied();
            let (link, refused) = match (found, steward) {
                (Some(found), _) => found,
                (None, Some(answer)) => (ruling_as_link(answer), None),
                (None, None) => continue,
            };
            let pass = match self.plan.passes.get(usize::from(link.pass)) {
                _ if link.pass == Link::STEWARD => "steward".to_owned(),
                Some(pass) => pass.name.clone(),
                None => String::new(),
            };
            let golden = self.store.person_of(*o)?.map(|n| self.store.person(n)).transpose()?.flatten();
            let RecordRef { source, record_id } = frame.reference(record);
            foresight.candidates.push(Candidate {
                source,
                record_id,
                golden_id: golden.map(|p| p.golden_id),
                decision: link.verdict.decision,
                pass,
                score: link.verdict.score,
                reason: link.verdict.reason,
                refused,
                steward,
                evidence: link.evidence.describe(&names),
            });
        }
        let rank =
            |c: &Candidate| (std::cmp::Reverse((c.decision, c.score)), c.source.clone(), c.record_id.clone());
        foresight.candidates.sort_by_cached_key(rank);
        let kept = foresight.candidates.iter().filter(|c| c.decision != Decision::No).count();
        foresight.refused_more = foresight.candidates.len().saturating_sub(kept + REFUSED) as u64;
        foresight.candidates.truncate(kept + REFUSED);
        Ok(())
    }

    /// The record, those in its blocks, and some more.
    fn met<'o>(
        &self,
        frame: &Frame,
        over: &Overlay<S>,
        me: Ordinal,
        kept: Kept,
        more: impl Iterator<Item = &'o Ordinal>,
    ) -> Result<BTreeMap<Ordinal, OwnRecord>, Error> {
        let scene = frame.scene([(me, &kept.record)], &self.book);
        let counts = frame.counts(over, &scene)?;
        let mut ordinals: BTreeSet<Ordinal> = more.copied().collect();
        for profile in frame.profiles(&scene, &frame.prepare(&scene, &counts)) {
            for (sorted, key) in profile.blocks {
                if !sorted {
                    ordinals.extend(over.keyed(Space::Blocks, key)?);
                }
            }
        }
        let mut rows = BTreeMap::from([(me, kept.record)]);
        for o in ordinals {
            if o != me
                && let Some(record) = over.values(o)?
            {
                rows.insert(o, record);
            }
        }
        Ok(rows)
    }
}

/// A steward's decision on records that no pass brings together.
fn ruling_as_link(answer: Answer) -> Link {
    let decision = if answer == Answer::Same { Decision::Link } else { Decision::No };
    let reason = if answer == Answer::Same { "" } else { "steward" };
    let verdict = Verdict { decision, score: 0, reason };
    Link { a: 0, b: 0, pass: Link::STEWARD, verdict, evidence: Default::default() }
}
