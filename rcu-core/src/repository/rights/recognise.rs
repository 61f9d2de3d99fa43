//! A restricted person whose source sends them under another identifier: the record is known as an erased person's would
//! be, by name and birth date, or by an address or number under the same name (`domain.md` §7.5), and kept aside with the
//! others. A record that is in use already stays so, whatever it comes to hold.

use super::super::erase::Arrival;
use super::super::scene::{Frame, Nobody};
use super::super::store::{Kept, Ordinal, Store};
use super::super::tombstone::{Trace, name_of, traces};
use super::super::{Change, Repository, cells, facts};
use super::aside::{Aside, RESTRICTED, held};
use crate::config::Family;
use crate::error::Error;
use crate::ingest::{self, Input};
use crate::progress::Silent;
use crate::records::OwnRecord;
use std::collections::{BTreeMap, BTreeSet};

type Hash = [u8; 32];

/// What a record may be known by.
struct Face {
    name: Option<Hash>,
    traces: Vec<(Trace, Hash)>,
}

/// What restricted people are known by.
#[derive(Default)]
struct Marks {
    /// Golden ids by what they have.
    of: BTreeMap<Hash, BTreeSet<String>>,
    /// Names that they go by.
    names: BTreeMap<String, BTreeSet<Hash>>,
}

impl Marks {
    /// The golden id of the restricted person that a record is of; of several the first.
    fn person(&self, face: &Face) -> Option<&str> {
        let known = face.traces.iter().flat_map(|(trace, hash)| {
            let ids = self.of.get(hash).into_iter().flatten();
            ids.filter(|id| {
                let named = |n: Hash| self.names.get(*id).is_some_and(|all| all.contains(&n));
                trace.is_personal() || face.name.is_none_or(named)
            })
        });
        known.min().map(String::as_str)
    }
}

impl<S: Store> Repository<S> {
    /// Rows of a change under identifiers that nothing is kept of, which are of somebody who is restricted.
    pub(in super::super) fn recognised(&self, change: &Change) -> Result<Vec<Aside>, Error> {
        if self.known_rows || self.store.meta(RESTRICTED)?.is_none() {
            return Ok(Vec::new());
        }
        let new = self.newcomers(change)?;
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let marks = self.marks()?;
        let faces = self.faces(new.iter().map(|k| &k.record));
        let aside = |(kept, face): (Kept, Face)| {
            let golden_id = marks.person(&face)?.to_owned();
            let (source, id, cells) = (kept.record.source, kept.record.id, kept.cells);
            Some(Aside { golden_id, is_fact: false, source, id, cells })
        };
        Ok(new.into_iter().zip(faces).filter_map(aside).collect())
    }

    /// Keeps such rows aside, and with them facts that were waiting for their customer. Gives what that did to facts.
    pub(in super::super) fn set_aside(&mut self, asides: &[Aside]) -> Result<facts::Arrived, Error> {
        let identifiers: Vec<(u16, String)> = asides.iter().map(|a| (a.source, a.id.clone())).collect();
        let person: BTreeMap<(u16, &str), &str> =
            asides.iter().map(|a| ((a.source, a.id.as_str()), a.golden_id.as_str())).collect();
        for aside in asides {
            self.store.put_aside(aside)?;
        }
        let (arrived, rows) = facts::take_out(&self.plan, &mut self.store, &identifiers)?;
        for fact in rows {
            let owner = facts::keys_of(&self.plan, &fact)?.owner;
            let owner = owner.as_ref().and_then(|(s, id)| person.get(&((*s)?, id.as_str())));
            let Some(golden_id) = owner.map(|id| (*id).to_owned()) else { continue };
            let (source, id, cells) = (fact.source, fact.key, fact.cells);
            self.store.put_aside(&Aside { golden_id, is_fact: true, source, id, cells })?;
        }
        Ok(arrived)
    }

    /// Rows of customers under new identifiers, as they would be kept.
    fn newcomers(&self, change: &Change) -> Result<Vec<Kept>, Error> {
        let is_customers = |i: &&Input| {
            let source = self.plan.source(&i.source).and_then(|s| self.plan.sources.get(s));
            source.is_some_and(|s| s.family == Family::Customers)
        };
        let inputs: Vec<Input> = change.rows.iter().filter(is_customers).cloned().collect();
        let rows = self.with_shops(&inputs)?;
        let loaded = ingest::load_customers(&self.plan, &rows, &Silent)?;
        let arrivals = loaded.origins.iter().enumerate().filter_map(|(r, (input, row))| {
            let (input, row) = (rows.get(*input as usize)?, *row as usize);
            let kept = Kept { record: loaded.records.own(r as u32), cells: cells(&input.table, row) };
            Some(Arrival::new(input, row, kept))
        });
        let mut new = Vec::new();
        for row in self.admit(arrivals.collect(), &mut Vec::new())? {
            let (source, id) = (row.kept.record.source, row.kept.record.id.as_str());
            let named = change.renamed.iter().any(|(old, to)| old.source == row.source && to.trim() == id);
            let gone = change.deletes.iter().any(|r| r.source == row.source && r.record_id == id);
            let is_known = || {
                Ok::<_, Error>(
                    self.store.find(source, id)?.is_some() || held(&self.store, source, id)?.is_some(),
                )
            };
            if !named && !gone && !is_known()? {
                new.push(row.kept);
            }
        }
        Ok(new)
    }

    /// What the restricted people of the moment are known by.
    fn marks(&self) -> Result<Marks, Error> {
        let mut asides = Vec::new();
        self.store.each_aside(&mut |a| asides.extend((!a.is_fact).then_some(a)))?;
        let mut records = Vec::with_capacity(asides.len());
        for a in &asides {
            records.push(self.read_aside(a.source, &a.id, &a.cells)?);
        }
        let mut marks = Marks::default();
        for (a, face) in asides.into_iter().zip(self.faces(records.iter())) {
            for (_, hash) in face.traces {
                marks.of.entry(hash).or_default().insert(a.golden_id.clone());
            }
            marks.names.entry(a.golden_id).or_default().extend(face.name);
        }
        Ok(marks)
    }

    /// What records are known by, in their order.
    fn faces<'r>(&self, records: impl Iterator<Item = &'r OwnRecord>) -> Vec<Face> {
        let frame = Frame::new(&self.plan);
        let numbered: Vec<(Ordinal, &OwnRecord)> =
            records.enumerate().map(|(i, r)| (i as Ordinal, r)).collect();
        let scene = frame.scene(numbered.iter().copied(), &self.book);
        let prepared = frame.prepare(&scene, &Nobody);
        let mut faces: Vec<(Ordinal, Face)> = Vec::with_capacity(numbered.len());
        for (r, o) in scene.ordinals.iter().enumerate() {
            let source =
                numbered.get(*o as usize).and_then(|(_, n)| self.plan.sources.get(usize::from(n.source)));
            let traces = traces(&self.secret, source.map_or("", |s| s.name.as_str()), &prepared, r as u32);
            faces.push((*o, Face { name: name_of(&self.secret, &prepared, r as u32), traces }));
        }
        faces.sort_by_key(|(o, _)| *o);
        faces.into_iter().map(|(_, face)| face).collect()
    }
}
