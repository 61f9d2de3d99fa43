//! Access and portability (GDPR art. 15, 20): what is kept of a person, said to that person.

use super::super::erase::Subject;
use super::super::evaluate::rows_of;
use super::super::log::{Act, Action};
use super::super::standing::KeptConsent;
use super::super::store::{Kept, Person, Store};
use super::super::{Passage, Repository, kept_rows};
use super::aside::Aside;
use super::contacts::value_of;
use crate::access::{Area, Right, RolePlan, Sight};
use crate::config::{Family, SourcePlan, Take};
use crate::error::Error;
use crate::facts::read_rows;
use crate::ingest;
use crate::matching::ruling::RecordRef;
use crate::privacy::{PurposePlan, Term};
use crate::progress::Silent;
use crate::records::OwnRecord;
use crate::table::Table;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is kept of one person: what they are given when they ask.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Dossier {
    /// The golden id.
    pub golden_id: String,
    /// Other ids that lead to it.
    pub aliases: Vec<String>,
    /// The day for which everything is judged, `YYYY-MM-DD`.
    pub as_of: String,
    /// Whether processing is restricted: the rows are kept and nothing is made of them.
    pub restricted: bool,
    /// What is taken to be right, and where it comes from.
    pub values: Vec<ValueHeld>,
    /// Records, as each source delivered them.
    pub records: Vec<RowHeld>,
    /// Rows of other families, as delivered: purchases, complaints, events, statements about consent.
    pub facts: Vec<RowHeld>,
    /// What is computed of all that: figures, scores, segments.
    pub figures: BTreeMap<String, String>,
    /// The household that the person is counted in.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub household: String,
    /// State of every consent.
    pub consents: Vec<KeptConsent>,
    /// Why the records are taken to be one person.
    pub links: Vec<LinkHeld>,
    /// Pairs with records of somebody else that wait for a decision. Who they are is not said.
    pub doubts: u64,
    /// What was decided by hand: decisions on records, locked values.
    pub decisions: Vec<String>,
    /// Who receives what.
    pub recipients: Vec<Recipient>,
    /// Why data are processed.
    pub purposes: Vec<PurposePlan>,
    /// How long a person is kept, counted from the last contact.
    pub retention: Vec<Term>,
    /// Golden ids of the records over time.
    pub history: Vec<Passage>,
    /// What was done with the person's data, and when, as far as the log names the person.
    pub acts: Vec<(String, Action)>,
}

/// A golden value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ValueHeld {
    /// Field.
    pub field: String,
    /// Value.
    pub value: String,
    /// Source of the record that supplied it.
    pub source: String,
    /// The record.
    pub record_id: String,
    /// The rule that chose it.
    pub rule: &'static str,
    /// Its score in thousandths.
    pub score: u16,
    /// Purposes for which it may be read.
    pub purposes: BTreeSet<String>,
}

/// A row of a source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RowHeld {
    /// Source.
    pub source: String,
    /// Family of its rows.
    pub family: String,
    /// Identifier in it.
    pub id: String,
    /// Date of last change, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<String>,
    /// The row as delivered, by column.
    pub delivered: BTreeMap<String, String>,
    /// Of a record, what was read in it: field, value, and whether it was kept, repaired or refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub read: Vec<(String, String, &'static str)>,
    /// Purposes for which it is processed.
    pub purposes: BTreeSet<String>,
    /// How long it is kept from its own date, where not as long as the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention: Option<Term>,
}

/// A link between two of the person's records.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct LinkHeld {
    /// One record, as `source:record id`.
    pub a: String,
    /// The other.
    pub b: String,
    /// The pass that found it, or `steward`.
    pub pass: String,
    /// `link`, or `review` for a pair that is in doubt.
    pub decision: &'static str,
    /// Its score.
    pub score: i32,
    /// How well each comparison agrees, as `name=level`.
    pub evidence: String,
}

/// Somebody who receives data.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Recipient {
    /// The subscriber.
    pub name: String,
    /// What for.
    pub purpose: String,
    /// Fields that it receives of the person.
    pub fields: Vec<String>,
    /// Aggregates.
    pub figures: Vec<String>,
    /// Whether the person is in its view today.
    pub today: bool,
}

/// What a person provided, in a form that other systems read: source values and what they did, nothing inferred.
#[derive(Debug, Clone, Default)]
pub struct Portable {
    /// The golden id.
    pub golden_id: String,
    /// Rows by source, columns that the source maps.
    pub rows: BTreeMap<String, Table>,
}

impl Portable {
    /// The rows by source, as objects of column and text.
    pub fn objects(&self) -> BTreeMap<&str, Vec<BTreeMap<&str, &str>>> {
        let mut all = BTreeMap::new();
        for (source, table) in &self.rows {
            let rows = (0..table.rows()).map(|row| {
                let cells = table.names().iter().zip(table.columns());
                cells.filter_map(|(name, c)| Some((name.as_str(), c.get(row)?))).collect()
            });
            all.insert(source.as_str(), rows.collect());
        }
        all
    }
}

/// Source, key and cells of a row of another family.
type FactRow = (u16, String, Vec<(String, String)>);

/// Rows of a person, in use or kept aside.
struct Rows {
    golden_id: String,
    person: Option<Person>,
    records: Vec<Kept>,
    facts: Vec<FactRow>,
}

impl<S: Store> Repository<S> {
    /// Everything that is kept of a person, also of one who is restricted. It is written into the log.
    ///
    /// # Errors
    /// [`Error::Argument`] when nobody is meant, or the role does not see everything; those of the store.
    pub fn access(&mut self, subject: &Subject, act: &Act) -> Result<Dossier, Error> {
        self.must_see_all()?;
        let rows = self.rows_held(subject)?;
        let dossier = self.dossier(&rows)?;
        self.note(act, Action::Access, format!("{} access", dossier.golden_id))?;
        Ok(dossier)
    }

    /// What a person provided: source values and what they did. It is written into the log.
    ///
    /// # Errors
    /// As [`Repository::access`].
    pub fn portability(&mut self, subject: &Subject, act: &Act) -> Result<Portable, Error> {
        self.must_see_all()?;
        let held = self.rows_held(subject)?;
        let mut of_source: BTreeMap<u16, Vec<Vec<(String, String)>>> = BTreeMap::new();
        let cells = held.records.into_iter().map(|k| (k.record.source, k.cells));
        for (source, cells) in cells.chain(held.facts.into_iter().map(|(s, _, cells)| (s, cells))) {
            of_source.entry(source).or_default().push(cells);
        }
        let mut rows = BTreeMap::new();
        for (position, mut all) in of_source {
            let Some(source) = self.plan.sources.get(usize::from(position)) else { continue };
            let provided = provided(source);
            all.iter_mut().for_each(|cells| cells.retain(|(name, _)| provided.contains(name)));
            let mut input = rows_of(source, all.iter().map(Vec::as_slice))?;
            let keep: Vec<(String, crate::table::Column)> = input
                .table
                .names()
                .iter()
                .zip(input.table.columns())
                .filter(|(name, _)| provided.contains(*name))
                .map(|(name, c)| (name.clone(), c.clone()))
                .collect();
            input.table = Table::new(keep)?;
            rows.insert(source.name.clone(), input.table);
        }
        self.note(act, Action::Access, format!("{} portability", held.golden_id))?;
        Ok(Portable { golden_id: held.golden_id, rows })
    }

    /// Refuses a role that does not see everything in clear, or may not hand it out: what holds values as they are is not
    /// for it.
    ///
    /// # Errors
    /// [`Error::Argument`] naming the role.
    pub fn must_see_all(&self) -> Result<(), Error> {
        self.role.as_ref().map_or(Ok(()), |role| self.sees_all(role))
    }

    /// Refuses a role that does not see everything in clear.
    pub(in super::super) fn sees_all(&self, role: &RolePlan) -> Result<(), Error> {
        role.must(Right::ReadClear)?;
        role.must(Right::Export)?;
        let all = Area::ALL.iter().all(|a| role.sees(*a) == Sight::Clear)
            && self.plan.fields.iter().all(|f| role.sees_field(&f.name, Area::Note) == Sight::Clear);
        if !all || role.sees_a_part() {
            let reason =
                format!("`{}` does not see all that is kept in clear, and this is all of it", role.name);
            return Err(Error::Argument { argument: "role".into(), reason });
        }
        Ok(())
    }

    fn rows_held(&self, subject: &Subject) -> Result<Rows, Error> {
        if let Some(golden_id) = self.suspended(subject)? {
            let mut rows =
                Rows { golden_id: golden_id.clone(), person: None, records: Vec::new(), facts: Vec::new() };
            for Aside { is_fact, source, id, cells, .. } in self.store.asides_of(&golden_id)? {
                match is_fact {
                    true => rows.facts.push((source, id, cells)),
                    false => {
                        let record = self.read_aside(source, &id, &cells)?;
                        rows.records.push(Kept { record, cells });
                    }
                }
            }
            return Ok(rows);
        }
        let person = self.meant(subject)?;
        let mut records = Vec::new();
        for o in &person.members {
            records.extend(self.store.record(*o)?);
        }
        let facts = self.facts_of(&person)?.into_iter().map(|f| (f.source, f.key, f.cells)).collect();
        Ok(Rows { golden_id: person.golden_id.clone(), person: Some(person), records, facts })
    }

    /// A row that is kept aside, read by the rules of today.
    pub(in super::super) fn read_aside(
        &self,
        source: u16,
        id: &str,
        cells: &[(String, String)],
    ) -> Result<OwnRecord, Error> {
        let bare = OwnRecord { source, id: id.to_owned(), ..OwnRecord::default() };
        let Some(plan) = self.plan.sources.get(usize::from(source)) else { return Ok(bare) };
        let kept = Kept { cells: cells.to_vec(), ..Kept::default() };
        let input = kept_rows(plan, std::slice::from_ref(&kept))?;
        let rows = self.with_shops(std::slice::from_ref(&input))?;
        let loaded = ingest::load_customers(&self.plan, &rows, &Silent)?;
        Ok(if loaded.records.is_empty() { bare } else { loaded.records.own(0) })
    }

    fn dossier(&self, rows: &Rows) -> Result<Dossier, Error> {
        let plan = &self.plan;
        let mut d = Dossier {
            golden_id: rows.golden_id.clone(),
            as_of: plan.as_of.to_string(),
            restricted: rows.person.is_none(),
            ..Dossier::default()
        };
        let field = |ix: usize| plan.fields.get(ix).map_or("", |f| f.name.as_str()).to_owned();
        let row = |source: u16, id: &str, cells: &[(String, String)]| {
            let source = plan.sources.get(usize::from(source));
            RowHeld {
                source: source.map_or_else(String::new, |s| s.name.clone()),
                family: source.map_or_else(String::new, |s| s.spec.family.clone()),
                id: id.to_owned(),
                delivered: cells.iter().cloned().collect(),
                purposes: source.map(|s| plan.purposes_of(s)).unwrap_or_default(),
                retention: source.and_then(|s| plan.config.retention.of_family(&s.spec.family)),
                ..RowHeld::default()
            }
        };
        for k in &rows.records {
            let mut held = row(k.record.source, &k.record.id, &k.cells);
            held.changed = k.record.updated.map(|d| d.to_string());
            held.read = k
                .record
                .values
                .iter()
                .map(|v| (field(v.field), v.text.clone(), v.mark.status().name()))
                .collect();
            d.records.push(held);
        }
        for (position, key, cells) in &rows.facts {
            let mut held = row(*position, key, cells);
            if let Some(source) = plan.sources.get(usize::from(*position)) {
                let input = rows_of(source, std::iter::once(cells.as_slice()))?;
                let values = read_rows(plan, source, &input)?.pop().unwrap_or_default();
                let terms = &plan.config.retention;
                held.retention = terms.of_row(&source.spec.family, &|name| value_of(&values, name));
            }
            d.facts.push(held);
        }
        for r in &rows.records {
            let me = self.named_record(&r.record);
            for x in self.book.of(&me) {
                let comment = if x.comment.is_empty() { String::new() } else { format!(": {}", x.comment) };
                let other = if x.a == me { &x.b } else { &x.a };
                let own = rows.records.iter().any(|k| self.named_record(&k.record) == *other);
                let other = if own {
                    format!("{}:{}", other.source, other.record_id)
                } else {
                    "another record".into()
                };
                d.decisions.push(format!(
                    "{}:{} and {other}: {}{comment}",
                    me.source,
                    me.record_id,
                    x.answer.name()
                ));
            }
            for l in self.store.locks()? {
                if (l.source.as_ref(), l.record_id.as_ref()) == (Some(&me.source), Some(&me.record_id)) {
                    let value = l.value.as_deref().unwrap_or("no value");
                    d.decisions.push(format!("{} {}: {value} ({})", l.kind.name(), l.field, l.reason));
                }
            }
        }
        d.decisions.sort();
        d.decisions.dedup();
        let mut used: BTreeSet<String> =
            d.records.iter().chain(&d.facts).flat_map(|r| r.purposes.clone()).collect();
        if let Some(person) = &rows.person {
            self.of_person(person, &mut d)?;
            used.extend(d.recipients.iter().map(|r| r.purpose.clone()));
        }
        d.purposes = plan.purposes.all.values().filter(|p| used.contains(&p.name)).cloned().collect();
        d.retention = plan.config.retention.of_people(plan.has_accounts());
        d.history = self.history(&d.golden_id)?.map(|h| h.passages).unwrap_or_default();
        let ids: BTreeSet<&String> = d.aliases.iter().chain([&d.golden_id]).collect();
        let mut from = 1;
        loop {
            let entries = self.store.entries(from, 1000)?;
            let Some(last) = entries.last() else { break };
            from = last.number + 1;
            for e in entries {
                let words = e.about.split([' ', ',']);
                if words.into_iter().any(|w| ids.iter().any(|id| id.as_str() == w)) {
                    d.acts.push((super::object::instant(e.act.at), e.action));
                }
            }
        }
        Ok(d)
    }

    /// What follows from the rows of a person who is in use.
    fn of_person(&self, person: &Person, d: &mut Dossier) -> Result<(), Error> {
        let plan = &self.plan;
        d.aliases.clone_from(&person.aliases);
        for v in &person.values {
            let Some(f) = plan.fields.get(v.field) else { continue };
            let from = self.reference(v.from)?;
            d.values.push(ValueHeld {
                field: f.name.clone(),
                value: v.text.clone(),
                source: from.as_ref().map_or_else(String::new, |r| r.source.clone()),
                record_id: from.map_or_else(String::new, |r| r.record_id),
                rule: v.rule.name(),
                score: v.score,
                purposes: plan.purposes_of_field(&f.name),
            });
        }
        d.figures = self.figures(&person.golden_id)?.unwrap_or_default();
        let standing = self.standing(&person.golden_id)?.unwrap_or_default();
        (d.household, d.consents) = (standing.household, standing.consents);
        let names = plan.comparison_names();
        let mut others = BTreeSet::new();
        for o in &person.members {
            for l in self.store.links(*o)? {
                let own = person.members.contains(&l.a) && person.members.contains(&l.b);
                if !own {
                    others.insert((l.a, l.b));
                    continue;
                }
                if l.a != *o {
                    continue;
                }
                let name = |o| -> Result<String, Error> {
                    Ok(self
                        .reference(o)?
                        .map_or_else(String::new, |r| format!("{}:{}", r.source, r.record_id)))
                };
                d.links.push(LinkHeld {
                    a: name(l.a)?,
                    b: name(l.b)?,
                    pass: plan
                        .passes
                        .get(usize::from(l.link.pass))
                        .map_or_else(|| "steward".to_owned(), |p| p.name.clone()),
                    decision: l.link.verdict.decision.name(),
                    score: l.link.verdict.score,
                    evidence: l.link.evidence.describe(&names),
                });
            }
        }
        d.doubts = others.len() as u64;
        d.links.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
        for s in plan.subscribers.values() {
            let name = |(ix, _): &(usize, Sight)| plan.fields.get(*ix).map(|f| f.name.clone());
            d.recipients.push(Recipient {
                name: s.name.clone(),
                purpose: s.purpose.clone(),
                fields: s.fields.iter().filter_map(name).collect(),
                figures: s.figures.clone(),
                today: self.is_in_view(s, person)?,
            });
        }
        Ok(())
    }

    pub(in super::super) fn named_record(&self, record: &OwnRecord) -> RecordRef {
        let source = self.plan.sources.get(usize::from(record.source)).map_or("", |s| s.name.as_str());
        RecordRef { source: source.to_owned(), record_id: record.id.clone() }
    }
}

/// Columns that a source maps: what the person gave, not what the source made of it for itself.
fn provided(source: &SourcePlan) -> BTreeSet<String> {
    let mut names = BTreeSet::from([source.spec.id.clone()]);
    for input in source.inputs.iter().chain(&source.updated_at) {
        match &input.take {
            Take::Column(c) => drop(names.insert(c.clone())),
            Take::Join(list) => names.extend(list.iter().cloned()),
            Take::Constant(_) => {}
        }
    }
    if source.family != Family::Customers {
        names.extend(source.spec.customer.iter().map(|c| c.id.clone()));
    }
    names
}
