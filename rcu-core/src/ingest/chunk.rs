//! Normalised values of a run of rows.

use super::profile::{FieldProfile, Tally};
use super::reader::{Reader, missing_column};
use super::rows::Place;
use crate::config::{Plan, SourcePlan, Target};
use crate::error::Error;
use crate::field::{COMPOSITE, FieldIx};
use crate::normalize::{Context, Kind, Output, Status, into};
use crate::record;
use crate::records::{Accounts, Mark, Record};
use crate::reference::internal::InternalContacts;
use crate::table::{Column, Table, TextColumn};
use crate::time::Day;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The rows of one source to load.
pub(super) struct Set<'a> {
    pub source: &'a SourcePlan,
    /// By input.
    pub tables: Vec<Bound<'a>>,
    pub rows: Vec<Place>,
}

/// The readers of one table.
pub(super) struct Bound<'a> {
    pub ids: &'a Column,
    readers: Vec<Reader<'a>>,
    updated: Option<Reader<'a>>,
    /// Columns with the account's identifier and with the name of its source.
    account: Option<(&'a Column, Option<&'a Column>)>,
}

impl<'a> Bound<'a> {
    pub fn new(source: &'a SourcePlan, table: &'a Table) -> Result<Bound<'a>, Error> {
        let readers =
            source.inputs.iter().map(|i| Reader::bind(i, &source.name, table)).collect::<Result<_, _>>()?;
        let updated = source.updated_at.as_ref().map(|i| Reader::bind(i, &source.name, table)).transpose()?;
        let find =
            |name: &String| table.column(name).ok_or_else(|| missing_column(&source.name, name, table));
        let account = match &source.spec.account {
            Some(a) => Some((find(&a.id)?, a.source_column.as_ref().map(find).transpose()?)),
            None => None,
        };
        Ok(Bound { ids: find(&source.spec.id)?, readers, updated, account })
    }
}

/// Normalised values of a run of rows, texts in one arena per field slot.
pub(super) struct Chunk {
    /// The record of each row.
    pub records: Vec<Record>,
    pub updated: Vec<Option<Day>>,
    pub accounts: Accounts,
    /// By (field, slot): texts and marks, one entry per row.
    pub columns: BTreeMap<(FieldIx, usize), Slot>,
    pub profile: BTreeMap<FieldIx, FieldProfile>,
    /// Values that are no whole together, by the kind of the whole.
    pub wholes: BTreeMap<&'static str, FieldProfile>,
}

impl Chunk {
    pub fn normalize(plan: &Plan, set: &Set, rows: &[Place], internal: &Arc<InternalContacts>) -> Chunk {
        let source = set.source;
        let targets: Vec<(record::Target, &Context)> = source
            .inputs
            .iter()
            .map(|i| {
                let target = match i.target {
                    Target::Field(f) => record::Target::Field(f, plan.fields[f].kind),
                    Target::Phone => record::Target::Phone,
                    Target::Name => record::Target::Name,
                    Target::Address => record::Target::Address,
                    Target::Fact(_) => record::Target::Field(0, Kind::Text),
                };
                (target, &i.context)
            })
            .collect();
        let mut chunk = Chunk {
            records: rows.iter().map(|place| place.record).collect(),
            updated: Vec::with_capacity(rows.len()),
            accounts: Accounts::default(),
            columns: BTreeMap::new(),
            profile: BTreeMap::new(),
            wholes: BTreeMap::new(),
        };
        let mut columns = Columns::new(plan.fields.len(), rows.len());
        let mut tallies: Vec<Tally> = vec![Tally::new(); plan.fields.len()];
        let mut scratch = record::Row::flagging(internal.clone());
        let mut out = Output::new();
        let mut raws: Vec<Option<Cow<str>>> = Vec::new();
        let mut cleared: Vec<usize> = Vec::new();
        for (done, place) in rows.iter().enumerate() {
            let (table, row) = (&set.tables[place.input as usize], place.row as usize);
            chunk.updated.push(match (&table.updated, &source.updated_at) {
                (Some(reader), Some(u)) => reader.get(row).and_then(|raw| day_of(&raw, &u.context, &mut out)),
                _ => None,
            });
            chunk.take_account(plan, source, table, row);
            raws.clear();
            raws.extend(table.readers.iter().map(|r| r.get(row)));
            cleared.clear();
            for (i, input) in source.inputs.iter().enumerate().filter(|(_, i)| !i.clear.is_empty()) {
                if raws[i].as_ref().is_some_and(|raw| input.clear.iter().any(|c| c == raw.trim())) {
                    raws[i] = None;
                    cleared.push(i);
                }
            }
            scratch.normalize(&targets, |i| raws[i].as_deref());
            for (i, whole) in scratch.refused().iter().enumerate() {
                let profile = chunk.wholes.entry(whole.kind.name()).or_default();
                // An address that lacks both is one address.
                let again = i > 0 && scratch.refused()[i - 1].values == whole.values;
                profile.rejected += u64::from(!again);
                *profile.codes.entry(whole.code.name()).or_default() += 1;
            }
            for v in scratch.values() {
                let status = v.out.status();
                tallies[v.field].count(status, v.out.codes());
                if matches!(status, Status::Ok | Status::Corrected) {
                    columns.put(v.field, done, &v.out.text, Mark::new(status, v.out.codes()));
                }
            }
            for i in &cleared {
                fields_of(&source.inputs[*i].target).iter().for_each(|field| columns.erase(*field, done));
            }
        }
        chunk.columns = columns.into_slots();
        for (field, tally) in tallies.iter().enumerate() {
            let profile = tally.profile();
            if profile != FieldProfile::default() {
                chunk.profile.insert(field, profile);
            }
        }
        chunk
    }

    fn take_account(&mut self, plan: &Plan, source: &SourcePlan, table: &Bound, row: usize) {
        let (Some((id, of)), Some(spec)) = (table.account, &source.spec.account) else { return };
        let text = |c: &Column| c.get(row).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
        let name = of.map_or_else(|| spec.source.clone(), text);
        let id = text(id);
        // A source that is not there has no rows either: the account is reported as not found.
        let position = name.and_then(|n| plan.source(&n)).unwrap_or(plan.sources.len());
        let named = id.as_ref().map_or(u16::MAX, |_| position.min(usize::from(u16::MAX - 1)) as u16);
        self.accounts.sources.push(named);
        self.accounts.ids.push(id.as_deref());
    }
}

/// Texts and marks of one slot of a field, one entry per row.
type Slot = (TextColumn, Vec<Mark>);

/// The slots of every field while rows are read.
struct Columns {
    slots: Vec<Vec<Slot>>,
    rows: usize,
}

impl Columns {
    fn new(fields: usize, rows: usize) -> Columns {
        Columns { slots: vec![Vec::new(); fields], rows }
    }

    /// Puts a value of row `done` into the first slot of the field that the row has not filled yet; equal values are
    /// kept once.
    fn put(&mut self, field: FieldIx, done: usize, text: &str, mark: Mark) {
        let slots = &mut self.slots[field];
        let mut slot = 0;
        while slot < slots.len() && slots[slot].0.len() > done {
            if slots[slot].0.get(done) == Some(text) {
                return;
            }
            slot += 1;
        }
        if slot == slots.len() {
            let texts = TextColumn::with_capacity(self.rows, self.rows * 8);
            slots.push((texts, Vec::with_capacity(self.rows)));
        }
        let (texts, marks) = &mut slots[slot];
        fill(texts, marks, done);
        texts.push(Some(text));
        marks.push(mark);
    }

    /// Says that the source, as master of the field, erased its value, unless the row gives another one.
    fn erase(&mut self, field: FieldIx, done: usize) {
        let slots = &mut self.slots[field];
        if slots.is_empty() {
            slots.push((TextColumn::new(), Vec::new()));
        }
        let (texts, marks) = &mut slots[0];
        if texts.len() <= done {
            fill(texts, marks, done);
            texts.push(None);
            marks.push(Mark::erasure());
        }
    }

    fn into_slots(self) -> BTreeMap<(FieldIx, usize), Slot> {
        let mut all = BTreeMap::new();
        for (field, slots) in self.slots.into_iter().enumerate() {
            for (slot, (mut texts, mut marks)) in slots.into_iter().enumerate() {
                fill(&mut texts, &mut marks, self.rows);
                all.insert((field, slot), (texts, marks));
            }
        }
        all
    }
}

/// The canonical fields that a mapped value feeds.
fn fields_of(target: &Target) -> &[FieldIx] {
    let composite = |name: &str| COMPOSITE.iter().find(|(n, _)| *n == name).map_or(&[][..], |(_, f)| *f);
    match target {
        Target::Field(f) => std::slice::from_ref(f),
        Target::Phone => composite("phone"),
        Target::Name => composite("name"),
        Target::Address => composite("address"),
        Target::Fact(_) => &[],
    }
}

fn fill(texts: &mut TextColumn, marks: &mut Vec<Mark>, rows: usize) {
    while texts.len() < rows {
        texts.push(None);
        marks.push(Mark::default());
    }
}

/// The calendar day of a raw text, when it has one.
fn day_of(raw: &str, cx: &Context, out: &mut Output) -> Option<Day> {
    into(Kind::Date, raw, cx, out);
    out.value().and_then(Day::parse_iso)
}
