//! Choosing among the values of a cluster's records.

use super::combine::combine;
use super::compile::ChoicePlan;
use super::condition::{Bound, Condition};
use super::freshness::freshness_millionths;
use super::golden::{Beaten, BeatenList, Golden, GoldenField, Provenance};
use super::lock::{self, ByCluster, Divergence, LockKind, LockOutcome, LockPlan};
use super::rank::{BoundRule, Buffers};
use super::spec::Rule;
use super::trust::SourceTrust;
use crate::field::{CompiledField, FieldIx};
use crate::intern::mix;
use crate::matching::cluster::Clusters;
use crate::matching::prepare::Prepared;
use crate::normalize::Status;
use crate::parallel;
use crate::records::{Mark, Record, Records, Slot};
use crate::time::Day;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

/// What choosing depends on besides the records.
#[derive(Debug, Clone)]
pub struct Survivorship<'a> {
    /// Canonical fields.
    pub fields: &'a [CompiledField],
    /// The choices, covering each field once.
    pub choices: &'a [ChoicePlan],
    /// By field, when a record's value counts as verified.
    pub verified: &'a [Option<Condition>],
    /// Decisions of stewards.
    pub locks: &'a [LockPlan],
    /// Source names by position.
    pub sources: Vec<&'a str>,
    /// Trust by source position.
    pub trust: &'a [SourceTrust],
    /// The day on which recency is judged.
    pub as_of: Day,
}

/// One candidate value (or group of values) of a cluster; small, since clusters are sorted by copying them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    /// Value id, or the ids of a group mixed; equal when the values are.
    pub same: u64,
    pub record: Record,
    /// [`NO_DAY`] for none.
    pub day: i32,
    /// Thousandths.
    pub score: i32,
    /// Its place among the members of the run, see [`Cells`].
    pub at: u32,
    pub slot: u16,
    pub source: u16,
    /// Thousandths.
    pub quality: u16,
    /// Whether the value identifies somebody.
    pub usable: bool,
}

/// Golden records of all clusters.
pub fn build(plan: &Survivorship, p: &Prepared, clusters: &Clusters) -> Golden {
    let mut golden = Golden {
        fields: vec![GoldenField::default(); plan.fields.len()],
        beaten: vec![BeatenList::default(); plan.choices.len()],
        locks: lock::place(plan.locks, &plan.sources, p.records, clusters, plan.as_of),
    };
    let locks = lock::by_field(&golden.locks);
    let frame = Frame::new(plan, p, clusters);
    let last = plan.choices.iter().map(|c| c.level).max().unwrap_or(0);
    for level in 0..=last {
        let of_level: Vec<usize> =
            (0..plan.choices.len()).filter(|i| plan.choices[*i].level == level).collect();
        let make = |n: usize| Choice::new(&frame, &plan.choices[of_level[n]], &golden, &locks).all();
        let made: Vec<Made> = parallel::each(of_level.len(), clusters.members.len(), make);
        for (i, made) in of_level.into_iter().zip(made) {
            for (field, mut column) in plan.choices[i].fields.iter().zip(made.columns) {
                column.list = i;
                golden.fields[*field] = column;
            }
            golden.beaten[i] = made.beaten;
            for (lock, divergence) in made.divergences {
                golden.locks[lock].divergence = Some(divergence);
            }
        }
    }
    golden
}

/// What all choices look at.
struct Frame<'a> {
    plan: &'a Survivorship<'a>,
    p: &'a Prepared<'a>,
    records: &'a Records,
    clusters: &'a Clusters,
    /// Of each member, in the order of `clusters.members`: source and day of last change, [`NO_DAY`] for none.
    members: Vec<(u16, i32)>,
    /// See [`FRESHNESS`].
    freshness: &'static [i32],
}

/// By age in days, the part of freshness in a score, in millionths.
static FRESHNESS: LazyLock<Vec<i32>> =
    LazyLock::new(|| (0..OLDEST).map(|age| (3 * freshness_millionths(age as i64) / 10) as i32).collect());

pub(super) const NO_DAY: i32 = i32::MIN;
/// From this age on freshness is 0.
const OLDEST: usize = 32 * 365;

impl<'a> Frame<'a> {
    fn new(plan: &'a Survivorship<'a>, p: &'a Prepared<'a>, clusters: &'a Clusters) -> Frame<'a> {
        let records = p.records;
        let n = clusters.members.len();
        let members = parallel::each(n, n, |i| {
            let r = clusters.members[i] as usize;
            (records.sources[r], records.updated[r].map_or(NO_DAY, |d| d.0))
        });
        Frame { plan, p, records, clusters, members, freshness: &FRESHNESS }
    }

    fn freshness(&self, day: i32) -> i32 {
        if day == NO_DAY {
            return 0;
        }
        let age = (i64::from(self.plan.as_of.0) - i64::from(day)).max(0) as usize;
        self.freshness.get(age).copied().unwrap_or(0)
    }
}

/// The columns of one choice.
struct Made {
    columns: Vec<GoldenField>,
    beaten: BeatenList,
    divergences: Vec<(usize, Divergence)>,
}

/// One choice over all clusters.
struct Choice<'a> {
    frame: &'a Frame<'a>,
    plan: &'a ChoicePlan,
    golden: &'a Golden,
    /// The field by which sources are trusted and values age.
    lead: FieldIx,
    /// Reliability of each source for the field, in thousandths.
    reliability: Vec<i32>,
    ages: bool,
    /// Positions of the needed fields among those of the choice.
    needs: Vec<usize>,
    verified: Vec<Option<Bound<'a>>>,
    /// Whether a source erased a value somewhere.
    clears: bool,
    rule: BoundRule<'a>,
    locks: Vec<Option<&'a ByCluster>>,
}

/// What was decided for one cluster.
struct Decision {
    rule: Rule,
    best: Candidate,
    /// The value, when it is no record's.
    made: Option<String>,
}

/// Buffers of one thread.
#[derive(Default)]
struct Scratch {
    cells: Cells,
    all: Vec<Candidate>,
    /// `ranked`: candidates of the last decision in rank order.
    buffers: Buffers,
    /// Those of them whose values differ from the best and among themselves.
    rest: Vec<Candidate>,
}

/// A run of clusters and where its results go.
struct Part<'g> {
    first: usize,
    ids: Vec<&'g mut [u32]>,
    from: Vec<&'g mut [Option<Provenance>]>,
    counts: &'g mut [u32],
}

/// Results of a run that have no fixed place.
#[derive(Default)]
struct Loose {
    beaten: Vec<Beaten>,
    /// (field of the choice, cluster, text)
    texts: Vec<(usize, usize, String)>,
    divergences: Vec<(usize, Divergence)>,
}

/// Values of a run of clusters in the order of their members, so that clusters are read from one end to the other: what
/// waits for memory is this copying alone, many cells at once.
#[derive(Default)]
pub(super) struct Cells {
    /// Place of the first member among all.
    first: usize,
    /// By field of the choice and slot: the value of each member.
    columns: Vec<Vec<Vec<Cell>>>,
}

#[derive(Clone, Copy)]
struct Cell {
    id: u32,
    mark: Mark,
    usable: bool,
}

impl Cells {
    fn gather(choice: &Choice, clusters: Range<usize>) -> Cells {
        let c = choice.frame.clusters;
        let (first, end) = (c.starts[clusters.start] as usize, c.starts[clusters.end] as usize);
        let members = &c.members[first..end];
        let contact = choice.frame.plan.fields[choice.lead].contact && choice.plan.fields.len() == 1;
        let column = |f: &FieldIx| -> Vec<Vec<Cell>> {
            let cell = |slot: usize, s: &Slot, r: Record| Cell {
                id: s.ids[r as usize],
                mark: s.marks[r as usize],
                usable: !contact || choice.frame.p.is_usable(*f, slot, r),
            };
            let slots = choice.frame.records.field(*f).slots.iter().enumerate();
            slots.map(|(i, s)| members.iter().map(|r| cell(i, s, *r)).collect()).collect()
        };
        Cells { first, columns: choice.plan.fields.iter().map(column).collect() }
    }

    /// Value id of a candidate in a field of the choice, by its position in it.
    #[inline]
    pub fn id(&self, field: usize, k: &Candidate) -> u32 {
        self.get(field, k).map_or(0, |c| c.id)
    }

    /// Mark of a candidate's value in a field of the choice.
    pub fn mark(&self, field: usize, k: &Candidate) -> Mark {
        self.get(field, k).map_or(Mark::default(), |c| c.mark)
    }

    #[inline]
    fn get(&self, field: usize, k: &Candidate) -> Option<&Cell> {
        self.columns[field].get(usize::from(k.slot))?.get(k.at as usize)
    }

    /// Whether two candidates have the same value.
    fn equal(&self, a: &Candidate, b: &Candidate) -> bool {
        let fields = self.columns.len();
        a.same == b.same && (fields == 1 || (0..fields).all(|f| self.id(f, a) == self.id(f, b)))
    }
}

/// Clusters that one thread takes at a time.
const RUN: usize = 1 << 13;

impl<'a> Choice<'a> {
    fn new(
        frame: &'a Frame<'a>,
        plan: &'a ChoicePlan,
        golden: &'a Golden,
        locks: &'a BTreeMap<FieldIx, ByCluster>,
    ) -> Choice<'a> {
        let (s, records) = (frame.plan, frame.records);
        let lead = plan.needs.first().or(plan.fields.first()).copied().unwrap_or(0);
        let bind = |c: &'a Condition| c.bind(records, &s.sources, s.as_of);
        let verified = plan.fields.iter().map(|f| s.verified.get(*f)?.as_ref().map(bind)).collect();
        let column = records.field(lead);
        Choice {
            frame,
            plan,
            golden,
            lead,
            reliability: s
                .trust
                .iter()
                .map(|t| t.reliability.get(lead).copied().unwrap_or(0) as i32)
                .collect(),
            ages: s.fields[lead].contact,
            needs: plan.needs.iter().filter_map(|n| plan.fields.iter().position(|f| f == n)).collect(),
            verified,
            clears: column.slots.iter().any(|s| s.marks.iter().any(|m| m.clears())),
            rule: BoundRule::new(s, records, plan, &plan.rule, lead),
            locks: plan.fields.iter().map(|f| locks.get(f)).collect(),
        }
    }

    fn all(&self) -> Made {
        let n = self.frame.clusters.len();
        let fields = &self.plan.fields;
        let empty = || fields.iter().map(|_| GoldenField::default()).collect::<Vec<_>>();
        let nothing = fields.iter().all(|f| self.frame.records.field(*f).slots.is_empty());
        if nothing && self.locks.iter().all(Option::is_none) {
            return Made { columns: empty(), beaten: BeatenList::default(), divergences: Vec::new() };
        }
        let mut columns = empty();
        for c in &mut columns {
            c.ids = vec![0; n];
            c.from = vec![None; n];
        }
        let mut counts = vec![0u32; n];
        let loose: Vec<Loose> = {
            let (mut ids, mut from) = (Vec::new(), Vec::new());
            for c in &mut columns {
                ids.push(c.ids.chunks_mut(RUN));
                from.push(c.from.chunks_mut(RUN));
            }
            let parts: Vec<Part> = counts
                .chunks_mut(RUN)
                .enumerate()
                .map(|(i, counts)| Part {
                    first: i * RUN,
                    ids: ids.iter_mut().filter_map(Iterator::next).collect(),
                    from: from.iter_mut().filter_map(Iterator::next).collect(),
                    counts,
                })
                .collect();
            parallel::of_each(parts, n, |part| self.run(part))
        };
        let mut beaten = Vec::with_capacity(loose.iter().map(|l| l.beaten.len()).sum());
        let mut divergences = Vec::new();
        for l in loose {
            beaten.extend(l.beaten);
            divergences.extend(l.divergences);
            for (k, cluster, text) in l.texts {
                columns[k].ids[cluster] = columns[k].own.intern(&text) | GoldenField::OWN;
            }
        }
        Made { columns, beaten: BeatenList::new(counts.into_iter(), beaten), divergences }
    }

    fn run(&self, mut part: Part) -> Loose {
        let mut loose = Loose::default();
        let cells = Cells::gather(self, part.first..part.first + part.counts.len());
        let mut scratch = Scratch { cells, ..Scratch::default() };
        let single = self.plan.fields.len() == 1;
        for i in 0..part.counts.len() {
            let c = part.first + i;
            let mut candidates = std::mem::take(&mut scratch.all);
            candidates.clear();
            if single {
                self.gather_single(c, &scratch.cells, &mut candidates);
            } else {
                self.gather_group(c, &scratch.cells, &mut candidates);
            }
            let locked = self.locks.iter().any(|l| l.is_some_and(|l| l.contains_key(&(c as u32))));
            if locked {
                self.ignore(c, &scratch.cells, &mut candidates);
            }
            scratch.rest.clear();
            let decision = if candidates.is_empty() {
                None
            } else {
                self.decide(&self.rule, c, &candidates, &mut scratch)
            };
            scratch.all = candidates;
            if let Some(d) = &decision {
                self.put(i, c, d, &scratch, &mut part, &mut loose);
            }
            if locked {
                self.pin(i, c, decision.as_ref(), &mut scratch, &mut part, &mut loose);
            }
        }
        loose
    }

    /// Writes a decision into the columns.
    fn put(&self, i: usize, c: usize, d: &Decision, s: &Scratch, part: &mut Part, loose: &mut Loose) {
        // Of values that are all kept in one, none is beaten.
        let lost: &[Candidate] = if d.made.is_some() { &[] } else { &s.rest };
        let from = Provenance {
            record: d.best.record,
            score: thousandths(d.best.score),
            beaten: lost.len().min(usize::from(u16::MAX)) as u16,
            rule: d.rule,
        };
        for (k, _) in self.plan.fields.iter().enumerate() {
            if let Some(text) = &d.made {
                loose.texts.push((k, c, text.clone()));
                part.from[k][i] = Some(from);
                continue;
            }
            let mut id = s.cells.id(k, &d.best);
            let mut from = from;
            if id == 0
                && self.plan.fill
                && let Some(filler) = s.buffers.ranked.iter().find(|c| s.cells.id(k, c) != 0)
            {
                id = s.cells.id(k, filler);
                from = Provenance {
                    record: filler.record,
                    score: thousandths(filler.score),
                    beaten: 0,
                    rule: d.rule,
                };
            }
            if id != 0 {
                part.ids[k][i] = id;
                part.from[k][i] = Some(from);
            }
        }
        part.counts[i] = lost.len() as u32;
        loose.beaten.extend(lost.iter().map(|k| Beaten {
            record: k.record,
            slot: k.slot,
            score: thousandths(k.score),
        }));
    }

    /// The values of one field that may be chosen: rejected and empty ones never are.
    fn gather_single(&self, c: usize, cells: &Cells, out: &mut Vec<Candidate>) {
        let clusters = self.frame.clusters;
        let (from, to) = (clusters.starts[c] as usize, clusters.starts[c + 1] as usize);
        for k in from..to {
            for (slot, column) in cells.columns[0].iter().enumerate() {
                let Cell { id, mark, usable } = column[k - cells.first];
                if id != 0 {
                    let quality = match &self.verified[0] {
                        Some(v) if v.holds(clusters.members[k], mark) => 1000,
                        _ if mark.status() == Status::Corrected => 700,
                        _ => 900,
                    };
                    out.push(self.candidate(k, k - cells.first, slot, u64::from(id), quality, usable));
                }
            }
        }
        if self.clears {
            self.clear(from..to, out);
        }
    }

    /// The records that may supply a group.
    fn gather_group(&self, c: usize, cells: &Cells, out: &mut Vec<Candidate>) {
        let clusters = self.frame.clusters;
        let (from, to) = (clusters.starts[c] as usize, clusters.starts[c + 1] as usize);
        for k in from..to {
            let at = k - cells.first;
            let has = |f: &usize| cells.columns[*f].first().is_some_and(|c| c[at].id != 0);
            let complete = if self.needs.is_empty() {
                (0..self.plan.fields.len()).any(|f| has(&f))
            } else {
                self.needs.iter().all(has)
            };
            if !complete {
                continue;
            }
            let record = clusters.members[k];
            // A group is as good as its worst value.
            let (mut quality, mut same) = (1000, 0);
            for (column, verified) in cells.columns.iter().zip(&self.verified) {
                let Some(Cell { id, mark, .. }) = column.first().map(|c| c[at]) else { continue };
                same = mix(same, u64::from(id));
                if id != 0 {
                    quality = quality.min(match verified {
                        Some(v) if v.holds(record, mark) => 1000,
                        _ if mark.status() == Status::Corrected => 700,
                        _ => 900,
                    });
                }
            }
            out.push(self.candidate(k, at, 0, same, quality, true));
        }
        if self.clears {
            self.clear(from..to, out);
        }
    }

    #[inline]
    fn candidate(
        &self,
        k: usize,
        at: usize,
        slot: usize,
        same: u64,
        quality: u16,
        usable: bool,
    ) -> Candidate {
        let (source, day) = self.frame.members[k];
        let record = self.frame.clusters.members[k];
        let reliability = self.reliability[usize::from(source)];
        let fresh = if self.ages { self.frame.freshness(day) } else { 300_000 };
        Candidate {
            same,
            record,
            day,
            // 0.4 Q + 0.3 R + 0.3 F in millionths, then rounded to thousandths.
            score: (400 * i32::from(quality) + 300 * reliability + fresh + 500) / 1000,
            at: at as u32,
            slot: slot as u16,
            source,
            quality,
            usable,
        }
    }

    /// Takes out what a master source erased: values that are not dated after the erasure.
    fn clear(&self, members: Range<usize>, out: &mut Vec<Candidate>) {
        let column = self.frame.records.field(self.lead);
        let cleared = members
            .filter(|k| {
                let record = self.frame.clusters.members[*k] as usize;
                column.slots.iter().any(|s| s.marks[record].clears())
            })
            .map(|k| match self.frame.members[k].1 {
                // An erasure without a date is one of everything.
                NO_DAY => i32::MAX,
                day => day,
            })
            .max();
        if let Some(day) = cleared {
            out.retain(|k| k.day > day);
        }
    }

    /// Decides by a rule, its cases and its fallback. Leaves the ranked candidates in `s`.
    fn decide(&self, rule: &BoundRule, c: usize, all: &[Candidate], s: &mut Scratch) -> Option<Decision> {
        for (when, case) in &rule.cases {
            if self.is_case(when, c) {
                return self.decide(case, c, all, s).or_else(|| self.otherwise(rule, c, all, s));
            }
        }
        self.by_rule(rule, c, all, s).or_else(|| self.otherwise(rule, c, all, s))
    }

    fn otherwise(&self, rule: &BoundRule, c: usize, all: &[Candidate], s: &mut Scratch) -> Option<Decision> {
        self.decide(rule.otherwise.as_deref()?, c, all, s)
    }

    fn is_case(&self, when: &Condition, c: usize) -> bool {
        let (records, clusters) = (self.frame.records, self.frame.clusters);
        let value = |f: FieldIx| self.golden.fields[f].text(records, f, c);
        let members = clusters.members(c);
        let mut sources: Vec<&str> = members
            .iter()
            .map(|r| self.frame.plan.sources[usize::from(records.sources[*r as usize])])
            .collect();
        sources.dedup();
        when.of_golden(&value, &sources, members.len())
    }

    fn by_rule(&self, rule: &BoundRule, c: usize, all: &[Candidate], s: &mut Scratch) -> Option<Decision> {
        s.rest.clear();
        let leader = rule.plan.follow.map(|f| self.golden.fields[f].provenance(c).map(|p| p.record));
        rule.rank(all, leader.flatten(), &s.cells, &mut s.buffers);
        let ranked = &s.buffers.ranked;
        let best = *ranked.first()?;
        if leader.is_some_and(|l| l != Some(best.record))
            || rule.plan.main.is_some_and(|m| usize::from(best.source) != m)
        {
            return None;
        }
        // Values that differ from the best, in rank order, each once.
        for other in &ranked[1..] {
            let cells = &s.cells;
            if !cells.equal(other, &best) && s.rest.iter().all(|r| !cells.equal(r, other)) {
                s.rest.push(*other);
            }
        }
        if rule.plan.unanimous && !s.rest.is_empty() {
            s.rest.clear();
            return None;
        }
        let made = match &rule.plan.combine {
            None => None,
            Some((how, between)) => {
                let column = self.frame.records.field(self.lead);
                let text = |k: &Candidate| column.pool.get(s.cells.id(0, k));
                let distinct = std::iter::once(&best).chain(&s.rest).map(text);
                Some(combine(*how, between, ranked.iter().map(text), distinct)?)
            }
        };
        Some(Decision { rule: rule.plan.name, best, made })
    }

    /// The locks on a field of this choice in a cluster.
    fn locks_of(&self, k: usize, c: usize) -> impl Iterator<Item = (usize, &'a LockOutcome)> + use<'a> {
        let golden = self.golden;
        let list = self.locks[k].and_then(|l| l.get(&(c as u32))).map_or(&[][..], Vec::as_slice);
        list.iter().map(move |i| (*i, &golden.locks[*i]))
    }

    /// Takes out the values that a steward ignores. Of a group, the records that have one.
    fn ignore(&self, c: usize, cells: &Cells, out: &mut Vec<Candidate>) {
        for (k, field) in self.plan.fields.iter().enumerate() {
            for (_, lock) in self.locks_of(k, c).filter(|(_, l)| l.lock.lock.kind == LockKind::Ignore) {
                let ignored =
                    self.frame.records.field(*field).pool.find(lock.lock.value.as_deref().unwrap_or(""));
                if ignored != 0 {
                    out.retain(|c| cells.id(k, c) != ignored);
                }
            }
        }
    }

    /// Puts the steward's values in place of those of the sources, and notes where the sources say otherwise.
    fn pin(
        &self,
        i: usize,
        c: usize,
        decision: Option<&Decision>,
        s: &mut Scratch,
        part: &mut Part,
        loose: &mut Loose,
    ) {
        for (k, field) in self.plan.fields.iter().enumerate() {
            let deciding = self.locks_of(k, c).find(|(_, l)| l.lock.lock.kind != LockKind::Ignore);
            let Some((at, outcome)) = deciding else { continue };
            let lock = &outcome.lock;
            let column = self.frame.records.field(*field);
            let (id, from) = (part.ids[k][i], part.from[k][i]);
            let made = loose.texts.iter().position(|(f, cluster, _)| (*f, *cluster) == (k, c));
            let found = match made {
                Some(at) => Some(loose.texts.swap_remove(at).2),
                None => (id != 0).then(|| column.pool.get(id).to_owned()),
            };
            if let (Some(value), Some(from)) = (&found, from)
                && lock.value.as_ref() != Some(value)
            {
                let since = self.frame.records.updated[from.record as usize].max(lock.date);
                let divergence = Divergence { value: value.clone(), record: from.record, since };
                loose.divergences.push((at, divergence));
            }
            part.ids[k][i] = 0;
            part.from[k][i] = None;
            let Some(value) = &lock.value else { continue };
            // The pinned value may be one that a record has; else the record that the lock names stands for it.
            let pinned = column.pool.find(value);
            let bearer = s.all.iter().find(|c| pinned != 0 && s.cells.id(k, c) == pinned);
            let record = bearer.map(|k| k.record).or(outcome.record);
            if bearer.is_some() {
                part.ids[k][i] = pinned;
            } else {
                loose.texts.push((k, c, value.clone()));
            }
            let mut beaten = from.map_or(0, |f| f.beaten);
            if self.plan.fields.len() == 1 {
                beaten = self.beat(i, pinned, decision, s, part, loose);
            }
            part.from[k][i] =
                record.map(|record| Provenance { record, score: 1000, beaten, rule: Rule::Locked });
        }
    }

    /// What a pinned value beat: all other values of the sources, those of the last decision included.
    fn beat(
        &self,
        i: usize,
        pinned: u32,
        decision: Option<&Decision>,
        s: &mut Scratch,
        part: &mut Part,
        loose: &mut Loose,
    ) -> u16 {
        loose.beaten.truncate(loose.beaten.len() - part.counts[i] as usize);
        let lost: Vec<Candidate> = decision
            .iter()
            .map(|d| d.best)
            .chain(s.rest.iter().copied())
            .filter(|k| pinned == 0 || s.cells.id(0, k) != pinned)
            .collect();
        part.counts[i] = lost.len() as u32;
        loose.beaten.extend(lost.iter().map(|k| Beaten {
            record: k.record,
            slot: k.slot,
            score: thousandths(k.score),
        }));
        lost.len().min(usize::from(u16::MAX)) as u16
    }
}

fn thousandths(score: i32) -> u16 {
    score.clamp(0, i32::from(u16::MAX)) as u16
}
