//! Finding a person by any of their ids, and putting their page together.

use super::view::{
    Alternative, ConsentView, ContactView, Doubt, FactView, History, HouseholdView, LinkView, LockView,
    Origin, RecordView, StatementView, ValueView, View360,
};
use crate::config::Plan;
use crate::consent::Said;
use crate::error::{Error, did_you_mean};
use crate::facts::{CustomerIndex, FactIndex, is_fact};
use crate::identity::{household_id, id_of_record};
use crate::ingest::Input;
use crate::matching::Decision;
use crate::matching::blocking::Link;
use crate::normalize::Kind;
use crate::output::{self, Figures, OutColumn};
use crate::records::{Record, RecordIndex};
use crate::resolve::Resolution;
use crate::survivorship::Rule;
use crate::time::Day;
use rayon::prelude::*;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Indexes the facts of a run, for pages that hold them. Their rows stay where they are.
///
/// # Errors
/// [`Error::MissingColumn`] when `inputs` are not those of the run.
pub fn index_facts(plan: &Plan, r: &Resolution, inputs: &[Input]) -> Result<FactIndex, Error> {
    let people = CustomerIndex::new(RecordIndex::new(&r.records), &r.clusters.of, r.clusters.len());
    FactIndex::new(plan, inputs, &people, &r.rejects)
}

/// Everything known of one person, found by a golden id or by a record's id, from a run and its rows. For many people
/// make one [`Viewer`].
///
/// # Errors
/// Those of [`Viewer::find`] and [`index_facts`].
pub fn view360(plan: &Plan, r: &Resolution, inputs: &[Input], id: &str) -> Result<View360, Error> {
    let facts = index_facts(plan, r, inputs)?;
    Viewer::new(plan, r).with_facts(inputs, &facts).view(id)
}

/// The facts of a run's rows, kept for pages; they are indexed when the first page is asked for.
#[derive(Debug, Default)]
pub struct KeptFacts {
    inputs: Vec<Input>,
    index: OnceLock<FactIndex>,
}

impl KeptFacts {
    /// Keeps the rows that are facts, and lets go of the others.
    pub fn new(plan: &Plan, mut inputs: Vec<Input>) -> KeptFacts {
        inputs.retain(|i| plan.sources.iter().any(|s| s.name == i.source && is_fact(s.family)));
        KeptFacts { inputs, index: OnceLock::new() }
    }

    /// The page of a person, as a role sees it; without a role, all of it.
    ///
    /// # Errors
    /// Those of [`Viewer::find`], and [`Error::Argument`] for an unknown role.
    pub fn view(&self, plan: &Plan, r: &Resolution, id: &str, role: Option<&str>) -> Result<View360, Error> {
        let role = role.map(|name| plan.role("role", name)).transpose()?;
        let index = match self.index.get() {
            Some(index) => index,
            None => {
                let made = index_facts(plan, r, &self.inputs)?;
                self.index.get_or_init(|| made)
            }
        };
        let view = Viewer::new(plan, r).with_facts(&self.inputs, index).view(id)?;
        Ok(match role {
            Some(role) => view.for_role(role, plan),
            None => view,
        })
    }
}

/// The people of a run.
#[derive(Debug, Clone, Copy)]
pub struct Viewer<'a> {
    plan: &'a Plan,
    r: &'a Resolution,
    facts: Option<(&'a [Input], &'a FactIndex)>,
}

impl<'a> Viewer<'a> {
    /// A viewer of a run; without its rows, pages hold what was made of the facts and not the facts.
    pub fn new(plan: &'a Plan, r: &'a Resolution) -> Viewer<'a> {
        Viewer { plan, r, facts: None }
    }

    /// The same with the facts in the rows of the run, indexed by [`index_facts`].
    #[must_use]
    pub fn with_facts(self, inputs: &'a [Input], index: &'a FactIndex) -> Viewer<'a> {
        Viewer { facts: Some((inputs, index)), ..self }
    }

    /// The person of a golden id, also of one that was absorbed by a merge, or of a record's id written as
    /// `source:record id` or `source/record id`.
    ///
    /// # Errors
    /// [`Error::Argument`] when nobody has it. The message does not repeat the id.
    pub fn find(&self, id: &str) -> Result<u32, Error> {
        let unknown = |reason: String| Error::Argument { argument: "id".into(), reason };
        let id = id.trim();
        if let Some(c) = self.r.golden_ids.iter().position(|g| g == id) {
            return Ok(c as u32);
        }
        let records = &self.r.records;
        let of = |r: usize| self.r.clusters.of[r];
        let cut =
            |at: char| id.split_once(at).and_then(|(s, record)| Some((self.plan.source(s.trim())?, record)));
        if let Some((source, record)) = cut(':').or_else(|| cut('/')) {
            let record = record.trim();
            let is =
                |r: &usize| usize::from(records.sources[*r]) == source && records.ids.get(*r) == Some(record);
            let name = &self.plan.sources[source].name;
            let found = (0..records.len()).find(is);
            return found.map(of).ok_or_else(|| unknown(format!("names no loaded record of `{name}`")));
        }
        if let Some((source, _)) = id.split_once(':').or_else(|| id.split_once('/')) {
            let names = self.plan.source_names();
            let hint = did_you_mean(source, names.iter().copied());
            let what = format!("names no declared source{hint}; sources are {}", names.join(", "));
            return Err(unknown(what));
        }
        let absorbed = (0..records.len()).into_par_iter().find_first(|r| {
            let source = &self.plan.sources[usize::from(records.sources[*r])].name;
            id_of_record(source, records.ids.get(*r).unwrap_or("")) == id
        });
        absorbed.map(of).ok_or_else(|| {
            unknown("is no golden id of this run; give a golden id, or `source:record id`".into())
        })
    }

    /// The page of the person of an id.
    ///
    /// # Errors
    /// Those of [`Viewer::find`].
    pub fn view(&self, id: &str) -> Result<View360, Error> {
        self.page(self.find(id)?)
    }

    /// The page of a cluster.
    ///
    /// # Errors
    /// [`Error::MissingColumn`] when the inputs are not those of the run.
    pub fn page(&self, c: u32) -> Result<View360, Error> {
        Ok(View360 {
            golden_id: self.r.golden_ids[c as usize].clone(),
            as_of: self.plan.as_of.to_string(),
            role: None,
            purpose: None,
            records: self.records(c),
            identity: self.identity(c),
            contacts: self.contacts(c),
            consents: self.consents(c),
            facts: self.facts(c)?,
            aggregates: self.aggregates(c),
            household: Some(self.household(c)),
            provenance: self.provenance(c),
            history: Some(self.history(c)),
        })
    }

    fn source_of(&self, r: Record) -> String {
        self.plan.sources[usize::from(self.r.records.sources[r as usize])].name.clone()
    }

    fn id_of(&self, r: Record) -> String {
        self.r.records.ids.get(r as usize).unwrap_or("").to_owned()
    }

    fn updated(&self, r: Record) -> Option<String> {
        self.r.records.updated[r as usize].map(|d| d.to_string())
    }

    fn named(&self, r: Record) -> String {
        format!("{}:{}", self.source_of(r), self.id_of(r))
    }

    fn is_contact(&self, field: usize) -> bool {
        matches!(self.plan.fields[field].kind, Kind::Email | Kind::Phone)
    }

    fn records(&self, c: u32) -> Vec<RecordView> {
        let view = |r: &Record| RecordView {
            source: self.source_of(*r),
            record_id: self.id_of(*r),
            updated_at: self.updated(*r),
        };
        self.r.clusters.members(c as usize).iter().map(view).collect()
    }

    fn identity(&self, c: u32) -> Vec<ValueView> {
        let mut values = Vec::new();
        for (ix, f) in self.plan.fields.iter().enumerate().filter(|(ix, _)| !self.is_contact(*ix)) {
            if let Some(value) = self.r.golden.fields[ix].text(&self.r.records, ix, c as usize) {
                let value = Some(value.to_owned());
                values.push(ValueView { field: f.name.clone(), value, masked: false });
            }
        }
        values
    }

    fn contacts(&self, c: u32) -> Vec<ContactView> {
        let (golden, records) = (&self.r.golden, &self.r.records);
        let mut contacts = Vec::new();
        for (ix, f) in self.plan.fields.iter().enumerate().filter(|(ix, _)| self.is_contact(*ix)) {
            let mut add = |value: &str, rank: usize, record: Record, score: u16| {
                contacts.push(ContactView {
                    field: f.name.clone(),
                    rank: rank as u32,
                    value: Some(value.to_owned()),
                    score,
                    updated_at: self.updated(record),
                    masked: false,
                });
            };
            let field = &golden.fields[ix];
            if let (Some(value), Some(from)) =
                (field.text(records, ix, c as usize), field.provenance(c as usize))
            {
                add(value, 1, from.record, from.score);
            }
            for (i, (value, b)) in golden.others(records, ix, c as usize).enumerate() {
                add(value, i + 2, b.record, b.score);
            }
        }
        contacts
    }

    fn consents(&self, c: u32) -> Vec<ConsentView> {
        let mut said: Vec<Said> = Vec::new();
        for r in self.r.clusters.members(c as usize) {
            self.r.consents.of_record(&self.plan.consents, &self.r.records, *r, &mut said);
        }
        let statement = |s: &Said| {
            let detail = s.statement.collection.clone().unwrap_or_default();
            StatementView {
                status: s.statement.status,
                date: s.statement.at.map(|w| w.day.to_string()),
                expires: s.statement.expires.map(|d| d.to_string()),
                proof: s.statement.proof.as_deref().map(str::to_owned),
                point: detail.point,
                text_version: detail.text_version,
                actor: detail.actor,
                source: self.plan.sources[usize::from(s.source)].name.clone(),
                record: Some(self.named(s.record)),
            }
        };
        let view = |p: &crate::consent::PersonConsent| ConsentView {
            purpose: p.subject.purpose.clone(),
            channel: p.subject.channel.clone(),
            brand: p.subject.brand.clone(),
            state: p.state.name(),
            contactable: p.state.allows(),
            statements: said.iter().filter(|s| s.statement.subject == p.subject).map(statement).collect(),
        };
        self.r.consents.of(c).iter().map(view).collect()
    }

    fn facts(&self, c: u32) -> Result<BTreeMap<String, Vec<FactView>>, Error> {
        let mut by_family: BTreeMap<String, Vec<FactView>> = BTreeMap::new();
        let Some((inputs, index)) = self.facts else { return Ok(by_family) };
        for fact in index.of(self.plan, inputs, c)? {
            let values = fact.values.into_iter().map(|(name, kind, text)| {
                let value = match kind {
                    Kind::Boolean => Value::Bool(text == "true"),
                    Kind::Integer => text.parse::<i64>().map_or(Value::String(text), Value::from),
                    _ => Value::String(text),
                };
                (name, value)
            });
            let view = FactView { source: fact.source, id: fact.id, values: values.collect() };
            let family = self.plan.families.name(fact.family).to_owned();
            by_family.entry(family).or_default().push(view);
        }
        Ok(by_family)
    }

    fn aggregates(&self, c: u32) -> Map<String, Value> {
        let table = output::aggregates_of(self.plan, &Figures::of(self.r), c as usize);
        let cell = |column: &OutColumn| cell(column, 0);
        let rows = table.columns.iter().filter(|(n, _)| n != "golden_id");
        rows.filter_map(|(n, column)| Some((n.clone(), cell(column)?))).collect()
    }

    fn household(&self, c: u32) -> HouseholdView {
        let all = &self.r.households;
        let first = all[c as usize];
        let others = (0..all.len()).filter(|o| all[*o] == first && *o != c as usize);
        HouseholdView {
            id: household_id(&self.r.golden_ids[first as usize]),
            others: others.map(|o| self.r.golden_ids[o].clone()).collect(),
        }
    }

    fn provenance(&self, c: u32) -> Vec<Origin> {
        let golden = &self.r.golden;
        let mut origins = Vec::new();
        for (ix, f) in self.plan.fields.iter().enumerate() {
            let Some(from) = golden.fields[ix].provenance(c as usize) else { continue };
            let beat = golden.others(&self.r.records, ix, c as usize).map(|(value, b)| Alternative {
                value: Some(value.to_owned()),
                source: self.source_of(b.record),
                record_id: self.id_of(b.record),
                score: b.score,
            });
            let lock = golden.lock_on(ix, c).filter(|_| from.rule == Rule::Locked);
            let dated = match lock {
                Some(l) => l.lock.date.map(|d| d.to_string()),
                None => self.updated(from.record),
            };
            origins.push(Origin {
                field: f.name.clone(),
                source: self.source_of(from.record),
                record_id: self.id_of(from.record),
                updated_at: dated,
                rule: from.rule.name(),
                score: from.score,
                author: lock.map(|l| l.lock.lock.author.clone()),
                reason: lock.map(|l| l.lock.lock.reason.clone()),
                beat: beat.collect(),
            });
        }
        origins
    }

    fn history(&self, c: u32) -> History {
        let of = |r: Record| self.r.clusters.of[r as usize];
        let pass = |p: u16| match self.plan.passes.get(usize::from(p)) {
            _ if p == Link::STEWARD => "steward".to_owned(),
            Some(pass) => pass.name.clone(),
            None => String::new(),
        };
        let (mut links, mut doubts) = (Vec::new(), Vec::new());
        let mut doubt = |l: &Link, reason: &str| {
            let (own, other) = if of(l.a) == c { (l.a, l.b) } else { (l.b, l.a) };
            doubts.push(Doubt {
                own: self.named(own),
                other: self.named(other),
                golden_id: self.r.golden_ids[of(other) as usize].clone(),
                reason: reason.to_owned(),
                score: l.verdict.score,
            });
        };
        for l in self.r.links.iter().filter(|l| of(l.a) == c || of(l.b) == c) {
            if of(l.a) == of(l.b) {
                links.push(LinkView {
                    a: self.named(l.a),
                    b: self.named(l.b),
                    pass: pass(l.pass),
                    score: l.verdict.score,
                    evidence: l.evidence.describe(&self.r.comparisons),
                });
            } else if l.verdict.decision == Decision::Review {
                doubt(l, l.verdict.reason);
            }
        }
        for f in self.r.clusters.refused.iter().filter(|f| of(f.link.a) == c || of(f.link.b) == c) {
            doubt(&f.link, f.reason);
        }
        let locks = self.r.golden.locks.iter().filter(|l| l.cluster == Some(c)).map(|l| LockView {
            field: self.plan.fields[l.lock.field].name.clone(),
            kind: l.lock.lock.kind.name(),
            value: l.lock.value.clone(),
            state: l.state.name(),
            author: l.lock.lock.author.clone(),
            reason: l.lock.lock.reason.clone(),
        });
        History { links, doubts, locks: locks.collect() }
    }
}

/// A cell as JSON; decimals as texts, so that they are exact; texts that are JSON objects as such.
fn cell(column: &OutColumn, row: usize) -> Option<Value> {
    match column {
        OutColumn::Text(c) => c.get(row).map(|t| match t.starts_with('{') {
            true => serde_json::from_str(t).unwrap_or_else(|_| t.into()),
            false => t.into(),
        }),
        OutColumn::Integer(v) => v[row].map(Value::from),
        OutColumn::Day(v) => v[row].map(|d| Day(d).to_string().into()),
        OutColumn::Boolean(v) => v[row].map(Value::Bool),
        OutColumn::Decimal(v, scale) => v[row].map(|n| decimal(n, *scale).into()),
    }
}

fn decimal(units: i64, scale: u8) -> String {
    let scale = usize::from(scale);
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if units < 0 { "-" } else { "" };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}
