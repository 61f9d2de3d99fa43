//! Finding a person by any of their ids, and putting their page together.

use super::view::{
    Alternative, ConsentView, ContactView, Doubt, FactView, History, HouseholdView, LinkView, LockView,
    Origin, RecordView, StatementView, ValueView, View360,
};
use crate::config::Plan;
use crate::consent::Said;
use crate::error::{Error, did_you_mean};
use crate::facts::{CustomerIndex, FactIndex};
use crate::identity::{household_id, id_of_record};
use crate::ingest::Input;
use crate::matching::Decision;
use crate::matching::blocking::Link;
use crate::normalize::Kind;
use crate::output::{self, OutColumn, OutTable};
use crate::records::{Record, RecordIndex};
use crate::resolve::Resolution;
use crate::time::Day;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// The people of a run, by any id.
#[derive(Debug)]
pub struct Viewer<'a> {
    plan: &'a Plan,
    r: &'a Resolution,
    index: RecordIndex<'a>,
    people: HashMap<&'a str, u32>,
    aggregates: Option<OutTable>,
    facts: Option<FactIndex<'a>>,
}

impl<'a> Viewer<'a> {
    /// A viewer of a run. With the rows of the run, `inputs`, pages hold facts; without, only what was made of them.
    ///
    /// # Errors
    /// [`Error::MissingColumn`] when `inputs` are not those of the run.
    pub fn new(plan: &'a Plan, r: &'a Resolution, inputs: &'a [Input]) -> Result<Viewer<'a>, Error> {
        let people = CustomerIndex::new(RecordIndex::new(&r.records), &r.clusters.of, r.clusters.len());
        Ok(Viewer {
            plan,
            r,
            index: RecordIndex::new(&r.records),
            people: r.golden_ids.iter().enumerate().map(|(c, id)| (id.as_str(), c as u32)).collect(),
            aggregates: output::table(plan, r, "aggregates"),
            facts: match inputs {
                [] => None,
                inputs => Some(FactIndex::new(plan, inputs, &people, &r.rejects)?),
            },
        })
    }

    /// The person of a golden id, also of one that was absorbed by a merge, or of a record's id as `source:record id`.
    ///
    /// # Errors
    /// [`Error::Argument`] when nobody has it. The message does not repeat the id.
    pub fn find(&self, id: &str) -> Result<u32, Error> {
        let unknown = |reason: String| Error::Argument { argument: "id".into(), reason };
        if let Some(c) = self.people.get(id) {
            return Ok(*c);
        }
        let of = |r: Record| self.r.clusters.of[r as usize];
        if let Some((source, record)) = id.split_once(':') {
            let Some(position) = self.plan.source(source) else {
                let names = self.plan.source_names();
                let hint = did_you_mean(source, names.iter().copied());
                let what = format!("names no declared source{hint}; sources are {}", names.join(", "));
                return Err(unknown(what));
            };
            let found = self.index.find(position, record.trim());
            return found.map(of).ok_or_else(|| unknown(format!("names no loaded record of `{source}`")));
        }
        let records = &self.r.records;
        let absorbed = (0..records.len() as Record).find(|r| {
            let source = &self.plan.sources[usize::from(records.sources[*r as usize])].name;
            id_of_record(source, records.ids.get(*r as usize).unwrap_or("")) == id
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
        let Some(index) = &self.facts else { return Ok(by_family) };
        for fact in index.of(c)? {
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
        let Some(table) = &self.aggregates else { return Map::new() };
        let cell = |column: &OutColumn| cell(column, c as usize);
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
            origins.push(Origin {
                field: f.name.clone(),
                source: self.source_of(from.record),
                record_id: self.id_of(from.record),
                updated_at: self.updated(from.record),
                rule: from.rule.name(),
                score: from.score,
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
