//! Choosing among the values of a cluster's records.

use super::freshness::freshness_millionths;
use super::spec::{ChoicePlan, Rule, SourceTrust};
use crate::field::{CompiledField, FieldIx};
use crate::intern::Pool;
use crate::matching::cluster::Clusters;
use crate::matching::prepare::Prepared;
use crate::normalize::{Kind, Status};
use crate::records::{Record, Records};
use crate::time::Day;
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Where a golden value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provenance {
    /// The record that supplied it.
    pub record: Record,
    /// Score in thousandths, whatever the rule.
    pub score: u16,
    /// Other values it was preferred to.
    pub beaten: u16,
}

/// One golden column.
#[derive(Debug, Clone, Default)]
pub struct GoldenField {
    /// Value of each cluster: an id of `joined` when that is there, else of the field's own pool; 0 for none.
    pub ids: Vec<u32>,
    /// Provenance of each cluster's value.
    pub from: Vec<Option<Provenance>>,
    /// Texts made of several values, for rules that keep them all.
    pub joined: Option<Pool>,
    /// Further distinct values of a contact field, best first, ` | ` between; ids of `others_pool`.
    pub others: Vec<u32>,
    /// See `others`.
    pub others_pool: Pool,
    /// The first rule of the chain that chose.
    pub rule: Option<Rule>,
}

impl GoldenField {
    /// The value of a cluster.
    pub fn text<'a>(&'a self, records: &'a Records, field: FieldIx, cluster: usize) -> Option<&'a str> {
        match self.ids.get(cluster) {
            None | Some(0) => None,
            Some(id) => Some(self.joined.as_ref().unwrap_or(&records.field(field).pool).get(*id)),
        }
    }
}

/// The golden records, by field.
#[derive(Debug, Clone, Default)]
pub struct Golden {
    /// One column per canonical field.
    pub fields: Vec<GoldenField>,
}

/// One candidate value (or group of values) of a cluster.
#[derive(Clone, Copy)]
struct Candidate {
    record: Record,
    slot: usize,
    /// Value ids of the choice's fields, mixed; equal when the values are.
    same: u64,
    /// Candidates of the cluster with that value, when a rule asks.
    frequency: usize,
    day: i64,
    quality: i64,
    reliability: i64,
    priority: i64,
    usable: bool,
    score: i64,
}

/// What choosing depends on besides the records.
#[derive(Debug, Clone, Copy)]
pub struct Survivorship<'a> {
    /// Canonical fields.
    pub fields: &'a [CompiledField],
    /// The choices, covering each field once.
    pub choices: &'a [ChoicePlan],
    /// Trust by source position.
    pub trust: &'a [SourceTrust],
    /// The day on which recency is judged.
    pub as_of: Day,
}

/// Golden records of all clusters.
pub fn build(plan: &Survivorship, p: &Prepared, clusters: &Clusters) -> Golden {
    let mut golden = Golden { fields: vec![GoldenField::default(); plan.fields.len()] };
    let made: Vec<Vec<(FieldIx, GoldenField)>> =
        plan.choices.par_iter().map(|choice| choose(plan, p, clusters, choice)).collect();
    for (field, column) in made.into_iter().flatten() {
        golden.fields[field] = column;
    }
    golden
}

fn choose(
    plan: &Survivorship,
    p: &Prepared,
    clusters: &Clusters,
    choice: &ChoicePlan,
) -> Vec<(FieldIx, GoldenField)> {
    let records = p.records;
    let n = clusters.len();
    let rule = choice.rules.first().copied();
    let mut columns: Vec<GoldenField> = choice
        .fields
        .iter()
        .map(|_| GoldenField { ids: vec![0; n], from: vec![None; n], rule, ..GoldenField::default() })
        .collect();
    if choice.fields.iter().all(|f| records.field(*f).slots.is_empty()) {
        return choice.fields.iter().copied().zip(columns).collect();
    }
    let single = choice.fields.len() == 1;
    let contact = single && plan.fields[choice.fields[0]].contact;
    let joins = single && rule == Some(Rule::Union);
    let mut joined = Pool::default();
    if contact {
        columns[0].others = vec![0; n];
    }
    let mut candidates: Vec<Candidate> = Vec::new();
    for c in 0..n {
        candidates.clear();
        gather(plan, p, choice, clusters.members(c), &mut candidates);
        if candidates.is_empty() {
            continue;
        }
        if candidates.len() > 1 {
            rank(plan, records, choice, &mut candidates);
        }
        let best = candidates[0];
        // Values that differ from the best, in rank order, each once.
        let mut rest: Vec<Candidate> = Vec::new();
        let mut seen = BTreeSet::new();
        for other in &candidates[1..] {
            if other.same != best.same && seen.insert(other.same) {
                rest.push(*other);
            }
        }
        let from = Provenance {
            record: best.record,
            score: best.score.clamp(0, i64::from(u16::MAX)) as u16,
            beaten: rest.len().min(usize::from(u16::MAX)) as u16,
        };
        for (field, column) in choice.fields.iter().zip(&mut columns) {
            let slots = &records.field(*field).slots;
            let id = slots.get(best.slot).map_or(0, |s| s.ids[best.record as usize]);
            if id != 0 {
                column.ids[c] = id;
                column.from[c] = Some(from);
            }
        }
        if (joins || contact) && !rest.is_empty() {
            let field = records.field(choice.fields[0]);
            let text = |list: &[Candidate]| {
                let values: Vec<&str> =
                    list.iter().map(|k| field.pool.get(field.slots[k.slot].ids[k.record as usize])).collect();
                values.join(" | ")
            };
            if joins {
                rest.insert(0, best);
                columns[0].ids[c] = joined.intern(&text(&rest));
            } else {
                let others = text(&rest);
                let column = &mut columns[0];
                column.others[c] = column.others_pool.intern(&others);
            }
        } else if joins {
            columns[0].ids[c] = joined.intern(records.field(choice.fields[0]).pool.get(columns[0].ids[c]));
        }
    }
    if joins {
        columns[0].joined = Some(joined);
    }
    choice.fields.iter().copied().zip(columns).collect()
}

/// The values that may be chosen: rejected and empty ones never are.
fn gather(
    plan: &Survivorship,
    p: &Prepared,
    choice: &ChoicePlan,
    members: &[Record],
    out: &mut Vec<Candidate>,
) {
    let records = p.records;
    let lead = choice.needs.first().or(choice.fields.first()).copied().unwrap_or(0);
    let slots = if choice.fields.len() == 1 { records.field(lead).slots.len() } else { 1 };
    for r in members {
        let i = *r as usize;
        let source = &plan.trust[usize::from(records.sources[i])];
        for slot in 0..slots {
            let has = |f: &FieldIx| records.field(*f).slots.get(slot).is_some_and(|s| s.ids[i] != 0);
            let complete = if choice.needs.is_empty() {
                choice.fields.iter().any(has)
            } else {
                choice.needs.iter().all(has)
            };
            if !complete {
                continue;
            }
            // A group is as good as its worst value.
            let mut quality = 900i64;
            let mut same = 0u64;
            for f in &choice.fields {
                let Some(s) = records.field(*f).slots.get(slot) else { continue };
                same = crate::intern::mix(same, u64::from(s.ids[i]));
                if s.ids[i] != 0 && s.marks[i].status() == Status::Corrected {
                    quality = 700;
                }
            }
            let reliability = i64::from(source.reliability[lead]);
            let day = records.updated[i].map_or(i64::MIN, |d| i64::from(d.0));
            let freshness = if !plan.fields[lead].contact {
                1_000_000
            } else if day == i64::MIN {
                0
            } else {
                i64::from(freshness_millionths(i64::from(plan.as_of.0) - day))
            };
            // 0.4 Q + 0.3 R + 0.3 F in millionths, then rounded to thousandths.
            let score = (400 * quality + 300 * reliability + 3 * freshness / 10 + 500) / 1000;
            out.push(Candidate {
                record: *r,
                slot,
                same,
                frequency: 0,
                day,
                quality,
                reliability,
                priority: -i64::from(source.priority),
                usable: p.is_usable(lead, slot, *r),
                score,
            });
        }
    }
}

/// Best first. Contact values that identify nobody (role addresses, shared numbers) come after all others.
fn rank(plan: &Survivorship, records: &Records, choice: &ChoicePlan, candidates: &mut [Candidate]) {
    if choice.rules.contains(&Rule::MostFrequent) {
        let mut all: Vec<u64> = candidates.iter().map(|k| k.same).collect();
        all.sort_unstable();
        for k in candidates.iter_mut() {
            k.frequency = all.partition_point(|s| *s <= k.same) - all.partition_point(|s| *s < k.same);
        }
    }
    candidates.sort_by(|a, b| {
        b.usable.cmp(&a.usable).then_with(|| {
            choice
                .rules
                .iter()
                .map(|rule| by_rule(*rule, plan, records, choice, a, b))
                .find(|o| o.is_ne())
                .unwrap_or(Ordering::Equal)
                .then(b.quality.cmp(&a.quality))
                .then(b.reliability.cmp(&a.reliability))
                .then(b.day.cmp(&a.day))
                .then(b.priority.cmp(&a.priority))
                .then(a.record.cmp(&b.record))
                .then(a.slot.cmp(&b.slot))
        })
    });
}

/// `Less` when `a` is preferred.
fn by_rule(
    rule: Rule,
    plan: &Survivorship,
    records: &Records,
    choice: &ChoicePlan,
    a: &Candidate,
    b: &Candidate,
) -> Ordering {
    let text = |k: &Candidate| {
        let column = records.field(choice.fields[0]);
        column.slots.get(k.slot).map_or("", |s| column.pool.get(s.ids[k.record as usize]))
    };
    match rule {
        Rule::Score | Rule::Union => b.score.cmp(&a.score),
        Rule::MostRecent => b.day.cmp(&a.day),
        // A value without a date is not the first known.
        Rule::FirstKnown => {
            let day = |k: &Candidate| if k.day == i64::MIN { i64::MAX } else { k.day };
            day(a).cmp(&day(b))
        }
        Rule::SourcePriority => b.priority.cmp(&a.priority),
        Rule::MostReliable => b.reliability.cmp(&a.reliability),
        Rule::BestQuality => b.quality.cmp(&a.quality),
        Rule::MostComplete => completeness(records, choice, b).cmp(&completeness(records, choice, a)),
        Rule::MostFrequent => b.frequency.cmp(&a.frequency),
        Rule::Min => {
            typed(plan, choice, text(a)).cmp(&typed(plan, choice, text(b))).then_with(|| text(a).cmp(text(b)))
        }
        Rule::Max => {
            typed(plan, choice, text(b)).cmp(&typed(plan, choice, text(a))).then_with(|| text(b).cmp(text(a)))
        }
        Rule::AnyTrue => text(b).eq("true").cmp(&text(a).eq("true")),
        Rule::AllTrue => text(b).eq("false").cmp(&text(a).eq("false")),
        Rule::MostRestrictive => restriction(text(b)).cmp(&restriction(text(a))),
    }
}

/// Parts filled, then letters.
fn completeness(records: &Records, choice: &ChoicePlan, k: &Candidate) -> (usize, usize) {
    let mut filled = 0;
    let mut letters = 0;
    for f in &choice.fields {
        let column = records.field(*f);
        let id = column.slots.get(k.slot).map_or(0, |s| s.ids[k.record as usize]);
        if id != 0 {
            filled += 1;
            letters += column.pool.get(id).len();
        }
    }
    (filled, letters)
}

/// A number that orders like the value: numbers by size in millionths, everything else by its text alone.
fn typed(plan: &Survivorship, choice: &ChoicePlan, text: &str) -> i128 {
    let numeric = matches!(
        plan.fields[choice.fields[0]].kind,
        Kind::Integer | Kind::Decimal | Kind::Amount | Kind::AmountMinor
    );
    if !numeric {
        return 0;
    }
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |t| (true, t));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut n: i128 = whole.parse().unwrap_or(0) * 1_000_000;
    for (i, d) in fraction.bytes().take(6).enumerate() {
        n += i128::from(d.saturating_sub(b'0')) * 10i128.pow(5 - i as u32);
    }
    if negative { -n } else { n }
}

fn restriction(consent: &str) -> u8 {
    match consent {
        "withdrawn" => 3,
        "denied" | "false" => 2,
        "granted" | "true" => 1,
        _ => 0,
    }
}
