//! Ranking the candidates of a cluster by the steps of a rule.

use super::choose::{Candidate, Cells, NO_DAY, Survivorship};
use super::compile::{ChoicePlan, RulePlan, Step};
use super::condition::{Bound, Condition};
use super::decimal;
use super::spec::Rule;
use super::trust::SourceTrust;
use crate::field::{CompiledField, FieldIx};
use crate::intern::Pool;
use crate::normalize::Kind;
use crate::records::{Record, Records};
use crate::time::Day;
use std::collections::HashMap;

/// A rule over the records of a run: what depends on a value alone is found once per distinct value.
pub(super) struct BoundRule<'a> {
    pub plan: &'a RulePlan,
    pub cases: Vec<(&'a Condition, BoundRule<'a>)>,
    pub otherwise: Option<Box<BoundRule<'a>>>,
    only: Option<Bound<'a>>,
    steps: Vec<By<'a>>,
    fields: &'a [FieldIx],
    lead: FieldIx,
    /// Place of `lead` among the fields.
    place: usize,
    records: &'a Records,
    trust: &'a [SourceTrust],
    as_of: i64,
}

/// One step: the larger its number for a candidate, the more it is preferred.
enum By<'a> {
    Score,
    Latest,
    Earliest,
    Priority,
    Reliable,
    Trust,
    Quality,
    Valid,
    Complete,
    Longest,
    Shortest,
    Frequent,
    FrequentSources,
    First,
    Last,
    /// Rank of each source, 0 the most preferred.
    Sources(&'a [u32]),
    /// By value id of the choice's (first) field.
    Value(Vec<i64>),
    /// By value id of another field of the record.
    Other(FieldIx, Vec<i64>),
    Prefer(Bound<'a>),
}

/// Buffers of one thread.
#[derive(Default)]
pub(super) struct Buffers {
    keys: Vec<i64>,
    order: Vec<u32>,
    /// The candidates that the rule admits, best first.
    pub ranked: Vec<Candidate>,
    spare: Vec<Candidate>,
}

impl Buffers {
    fn arrange(&mut self) {
        self.spare.clear();
        self.spare.extend(self.order.iter().map(|i| self.ranked[*i as usize]));
        std::mem::swap(&mut self.ranked, &mut self.spare);
    }
}

impl<'a> BoundRule<'a> {
    pub fn new(
        s: &'a Survivorship<'a>,
        records: &'a Records,
        choice: &'a ChoicePlan,
        plan: &'a RulePlan,
        lead: FieldIx,
    ) -> BoundRule<'a> {
        let bind = |c: &'a Condition| c.bind(records, &s.sources, s.as_of);
        let inner = |plan: &'a RulePlan| BoundRule::new(s, records, choice, plan, lead);
        // Values are compared by the first field of the group, whatever fields it needs.
        let first = choice.fields[0];
        BoundRule {
            plan,
            cases: plan.cases.iter().map(|(when, rule)| (when, inner(rule))).collect(),
            otherwise: plan.otherwise.as_deref().map(|rule| Box::new(inner(rule))),
            only: plan.only.as_ref().map(bind),
            steps: plan
                .steps
                .iter()
                .map(|step| match step {
                    Step::Plain(rule) => plain(*rule, &s.fields[first], &records.field(first).pool),
                    Step::Latest(None) => By::Latest,
                    Step::Earliest(None) => By::Earliest,
                    Step::Latest(Some(f)) => By::Other(*f, sizes(&s.fields[*f], &records.field(*f).pool, 1)),
                    Step::Earliest(Some(f)) => {
                        By::Other(*f, sizes(&s.fields[*f], &records.field(*f).pool, -1))
                    }
                    Step::Sources(ranks) => By::Sources(ranks),
                    Step::Ranking(values) => By::Value(by_value(&records.field(first).pool, |text| {
                        let at = values.iter().position(|v| v == text);
                        -(at.unwrap_or(values.len()) as i64)
                    })),
                    Step::Prefer(condition) => By::Prefer(bind(condition)),
                })
                .collect(),
            fields: &choice.fields,
            lead,
            place: choice.fields.iter().position(|f| *f == lead).unwrap_or(0),
            records,
            trust: s.trust,
            as_of: i64::from(s.as_of.0),
        }
    }

    /// Puts the candidates that the rule admits into `b.ranked`, best first. `leader` is the record that won the field
    /// that is followed. Contact values that identify nobody (role addresses, shared numbers) come after all others.
    pub fn rank(&self, all: &[Candidate], leader: Option<Record>, cells: &Cells, b: &mut Buffers) {
        b.ranked.clear();
        match &self.only {
            None => b.ranked.extend_from_slice(all),
            Some(c) => {
                b.ranked.extend(all.iter().filter(|k| c.holds(k.record, cells.mark(self.place, k))));
            }
        }
        let n = b.ranked.len();
        if n < 2 {
            return;
        }
        let width = self.steps.len() + 1;
        b.keys.clear();
        b.keys.resize(n * width, 0);
        for (i, k) in b.ranked.iter().enumerate() {
            let leads = leader == Some(k.record);
            let main = self.plan.main == Some(usize::from(k.source));
            let fills = self.plan.fill_only.get(usize::from(k.source)).copied().unwrap_or(false);
            b.keys[i * width] =
                i64::from(leads) * 8 + i64::from(main) * 4 + i64::from(!fills) * 2 + i64::from(k.usable);
        }
        b.order.clear();
        b.order.extend(0..n as u32);
        // Later steps are looked at only where earlier ones leave a tie.
        for (i, step) in self.steps.iter().enumerate() {
            self.keys(step, &b.ranked, cells, |k, key| b.keys[k * width + i + 1] = key);
            let (keys, till) = (&b.keys, i + 2);
            let key = |k: u32| &keys[k as usize * width..k as usize * width + till];
            b.order.sort_unstable_by(|x, y| key(*y).cmp(key(*x)));
            if b.order.windows(2).all(|w| key(w[0]) != key(w[1])) {
                return b.arrange();
            }
        }
        let Buffers { keys, order, ranked, .. } = b;
        let key = |k: u32| &keys[k as usize * width..(k as usize + 1) * width];
        order.sort_unstable_by(|i, j| {
            let (x, y) = (&ranked[*i as usize], &ranked[*j as usize]);
            key(*j)
                .cmp(key(*i))
                .then(y.quality.cmp(&x.quality))
                .then_with(|| self.reliability(y).cmp(&self.reliability(x)))
                .then(y.day.cmp(&x.day))
                .then_with(|| self.priority(x).cmp(&self.priority(y)))
                .then(x.record.cmp(&y.record))
                .then(x.slot.cmp(&y.slot))
        });
        b.arrange();
    }

    fn keys(&self, step: &By, all: &[Candidate], cells: &Cells, mut put: impl FnMut(usize, i64)) {
        match step {
            By::Frequent => count(all, false, put),
            By::FrequentSources => count(all, true, put),
            _ => all.iter().enumerate().for_each(|(i, k)| put(i, self.key(step, k, cells))),
        }
    }

    fn key(&self, step: &By, k: &Candidate, cells: &Cells) -> i64 {
        match step {
            By::Score => i64::from(k.score),
            By::Latest if k.day == NO_DAY => i64::MIN,
            By::Latest => i64::from(k.day),
            // A value without a date is not the first known.
            By::Earliest if k.day == NO_DAY => i64::MIN,
            By::Earliest => -i64::from(k.day),
            By::Priority => -i64::from(self.priority(k)),
            By::Reliable => i64::from(self.reliability(k)),
            By::Trust => {
                let age = (k.day != NO_DAY).then(|| self.as_of - i64::from(k.day));
                i64::from(self.trust[usize::from(k.source)].at(self.lead, age))
            }
            By::Quality => i64::from(k.quality),
            By::Valid => i64::from(k.quality >= 900 && self.identifies(k, cells)),
            By::Complete => {
                let (filled, letters) = self.size(k, cells, Pool::size);
                filled << 40 | letters
            }
            By::Longest => self.size(k, cells, characters).1,
            By::Shortest => -self.size(k, cells, characters).1,
            By::Frequent | By::FrequentSources => 0,
            By::First => -i64::from(k.record),
            By::Last => i64::from(k.record),
            By::Sources(ranks) => -i64::from(ranks[usize::from(k.source)]),
            By::Value(keys) => keys[cells.id(0, k) as usize],
            By::Other(field, keys) => keys[self.records.field(*field).id(k.record) as usize],
            By::Prefer(condition) => i64::from(condition.holds(k.record, cells.mark(self.place, k))),
        }
    }

    fn reliability(&self, k: &Candidate) -> u32 {
        self.trust[usize::from(k.source)].reliability.get(self.lead).copied().unwrap_or(0)
    }

    /// Rank of the source; 0 is preferred most.
    fn priority(&self, k: &Candidate) -> u32 {
        self.trust[usize::from(k.source)].priority
    }

    /// Whether no value is a suspect or shared one.
    fn identifies(&self, k: &Candidate, cells: &Cells) -> bool {
        (0..self.fields.len()).all(|f| cells.id(f, k) == 0 || cells.mark(f, k).makes_keys())
    }

    /// Parts filled, and their length in all.
    fn size(&self, k: &Candidate, cells: &Cells, length: fn(&Pool, u32) -> usize) -> (i64, i64) {
        let (mut filled, mut letters) = (0, 0);
        for (place, f) in self.fields.iter().enumerate() {
            let id = cells.id(place, k);
            if id != 0 {
                filled += 1;
                letters += length(&self.records.field(*f).pool, id) as i64;
            }
        }
        (filled, letters)
    }
}

fn characters(pool: &Pool, id: u32) -> usize {
    pool.get(id).chars().count()
}

fn plain<'a>(rule: Rule, field: &CompiledField, pool: &Pool) -> By<'a> {
    let word = |wanted: &'static str| By::Value(by_value(pool, |text| i64::from(text == wanted)));
    match rule {
        Rule::Score => By::Score,
        Rule::SourcePriority => By::Priority,
        Rule::MostComplete => By::Complete,
        Rule::MostReliable => By::Reliable,
        Rule::Trust => By::Trust,
        Rule::BestQuality => By::Quality,
        Rule::ValidFirst => By::Valid,
        Rule::MostFrequent => By::Frequent,
        Rule::MostFrequentSources => By::FrequentSources,
        Rule::First => By::First,
        Rule::Last => By::Last,
        Rule::Longest => By::Longest,
        Rule::Shortest => By::Shortest,
        Rule::Min => By::Value(sizes(field, pool, -1)),
        Rule::Max => By::Value(sizes(field, pool, 1)),
        Rule::AnyTrue => word("true"),
        Rule::AllTrue => word("false"),
        Rule::MostRestrictive => By::Value(by_value(pool, restriction)),
        // Every other rule has a step or flag of its own, see `RulePlan`.
        _ => By::Score,
    }
}

fn restriction(consent: &str) -> i64 {
    match consent {
        "withdrawn" => 3,
        "denied" | "false" => 2,
        "granted" | "true" => 1,
        _ => 0,
    }
}

/// By pool id, what `f` says of the value; entry 0, which stands for none, is preferred least.
fn by_value(pool: &Pool, f: impl Fn(&str) -> i64) -> Vec<i64> {
    std::iter::once(i64::MIN).chain(pool.iter().map(|(_, text)| f(text))).collect()
}

/// By pool id, the place of the value among all by size (`sign` 1) or against it (-1): dates by day, numbers exactly,
/// texts by letters.
fn sizes(field: &CompiledField, pool: &Pool, sign: i64) -> Vec<i64> {
    match field.kind {
        Kind::Date | Kind::BirthDate => {
            by_value(pool, |t| Day::parse_iso(t).map_or(i64::MIN, |d| sign * i64::from(d.0)))
        }
        kind => {
            let number = matches!(kind, Kind::Integer | Kind::Decimal | Kind::Amount | Kind::AmountMinor);
            let mut ids: Vec<u32> = (1..pool.len() as u32).collect();
            ids.sort_by(|a, b| {
                let (a, b) = (pool.get(*a), pool.get(*b));
                if number { decimal::compare(a, b).then_with(|| a.cmp(b)) } else { a.cmp(b) }
            });
            let mut place = vec![i64::MIN; pool.len()];
            for (i, id) in ids.iter().enumerate() {
                place[*id as usize] = sign * i as i64;
            }
            place
        }
    }
}

/// How many candidates, or sources, have each one's value.
fn count(all: &[Candidate], by_source: bool, mut put: impl FnMut(usize, i64)) {
    let mut counts: HashMap<u64, i64> = HashMap::with_capacity(all.len());
    let mut seen: Vec<(u64, u16)> = Vec::new();
    for k in all {
        if by_source {
            if seen.contains(&(k.same, k.source)) {
                continue;
            }
            seen.push((k.same, k.source));
        }
        *counts.entry(k.same).or_default() += 1;
    }
    for (i, k) in all.iter().enumerate() {
        put(i, counts.get(&k.same).copied().unwrap_or(0));
    }
}
