//! Rows of the customer sources into [`Records`]: sorted by source and id, normalised, duplicates and bad rows set aside.

use crate::company::{self, Companies};
use crate::config::{Family, FieldInput, Plan, SourcePlan, Take, Target};
use crate::error::Error;
use crate::field::{COMPOSITE, FieldIx};
use crate::intern::Pool;
use crate::normalize::date::{self, Moment};
use crate::normalize::{Codes, Context, Kind, Output, Status, into};
use crate::parallel;
use crate::progress::Progress;
use crate::record;
use crate::records::{Accounts, FieldColumn, Mark, Records, Slot};
use crate::reference::internal::InternalContacts;
use crate::table::{Column, Table, TextColumn};
use crate::time::{Day, Zone};
use rayon::slice::ParallelSliceMut;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of one source as they were read.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// Name of the source.
    pub source: String,
    /// The rows that could be read.
    pub table: Table,
    /// Line or row number of each row of `table` in what was read; empty when rows are simply numbered from 1.
    pub lines: Vec<u64>,
    /// Rows of the file before the first of `table`, when it holds a part and `lines` is empty.
    pub first_row: u64,
    /// Name of the file of each row, by position in `files`; empty when there is one or none.
    pub file_of: Vec<u16>,
    /// Files read, for messages.
    pub files: Vec<String>,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
}

impl Input {
    /// Rows of a source, numbered from 1.
    pub fn new(source: impl Into<String>, table: Table) -> Input {
        Input { source: source.into(), table, ..Input::default() }
    }

    pub(crate) fn line(&self, row: usize) -> u64 {
        self.lines.get(row).copied().unwrap_or(self.first_row + row as u64 + 1)
    }

    pub(crate) fn file(&self, row: usize) -> String {
        let i = self.file_of.get(row).copied().unwrap_or(0);
        self.files.get(usize::from(i)).cloned().unwrap_or_default()
    }
}

/// A row that was not loaded, and why. Holds no cell content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reject {
    /// The source.
    pub source: String,
    /// The file, when there is one.
    pub file: String,
    /// Line of a text file, row of a table, from 1.
    pub line: u64,
    /// The column at fault, when one is.
    pub column: String,
    /// A stable name.
    pub code: &'static str,
    /// What was found and what would be accepted.
    pub reason: String,
    /// Whether a rule left the row out (`excluded`) rather than a fault (`rejected`).
    pub excluded: bool,
}

/// What became of the values of one field of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FieldProfile {
    /// Values kept as they were.
    pub ok: u64,
    /// Values repaired.
    pub corrected: u64,
    /// Values refused.
    pub rejected: u64,
    /// Nothing there.
    pub empty: u64,
    /// How often each code was given.
    pub codes: BTreeMap<&'static str, u64>,
}

impl FieldProfile {
    /// Counts one value.
    pub fn count(&mut self, out: &Output) {
        match out.status() {
            Status::Ok => self.ok += 1,
            Status::Corrected => self.corrected += 1,
            Status::Rejected => self.rejected += 1,
            Status::Empty => self.empty += 1,
        }
        for c in out.codes().as_slice() {
            *self.codes.entry(c.name()).or_default() += 1;
        }
    }

    fn add(&mut self, other: &FieldProfile) {
        self.ok += other.ok;
        self.corrected += other.corrected;
        self.rejected += other.rejected;
        self.empty += other.empty;
        for (k, n) in &other.codes {
            *self.codes.entry(k).or_default() += n;
        }
    }
}

/// Rows read, loaded, rejected and excluded for one source, and the profile of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SourceCounts {
    /// Rows read.
    pub read: u64,
    /// Rows loaded.
    pub loaded: u64,
    /// Rows rejected for a fault.
    pub rejected: u64,
    /// Rows left out by a rule.
    pub excluded: u64,
    /// Profile by field name. `postcode_city` counts the addresses whose postcode and locality, each well formed, do
    /// not go together.
    pub fields: BTreeMap<String, FieldProfile>,
}

impl SourceCounts {
    /// Whether every row is somewhere.
    pub fn reconciles(&self) -> bool {
        self.read == self.loaded + self.rejected + self.excluded
    }
}

/// Outcome of loading the customer sources.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The records.
    pub records: Records,
    /// Rows that were not loaded.
    pub rejects: Vec<Reject>,
    /// Counts by source name.
    pub counts: BTreeMap<String, SourceCounts>,
    /// Input and row that each record was read from.
    pub origins: Vec<(u32, u32)>,
    /// The companies that customers are contacts of, when the configuration has any.
    pub companies: Option<Companies>,
}

/// The raw texts behind one mapped value.
pub(crate) struct Reader<'a> {
    columns: Vec<&'a Column>,
    constant: Option<&'a str>,
    values: &'a BTreeMap<String, String>,
    otherwise: Option<&'a str>,
}

impl<'a> Reader<'a> {
    /// Binds a mapped value to the columns of a table.
    pub(crate) fn bind(input: &'a FieldInput, source: &str, table: &'a Table) -> Result<Reader<'a>, Error> {
        let find = |name: &String| table.column(name).ok_or_else(|| missing_column(source, name, table));
        let (columns, constant) = match &input.take {
            Take::Column(c) => (vec![find(c)?], None),
            Take::Join(list) => (list.iter().map(find).collect::<Result<_, _>>()?, None),
            Take::Constant(text) => (Vec::new(), Some(text.as_str())),
        };
        Ok(Reader { columns, constant, values: &input.values, otherwise: input.otherwise.as_deref() })
    }

    /// Codes of the only column, when it is a dictionary, and the number of its values. A null's code is above it.
    pub(crate) fn codes(&self) -> Option<(&'a [u32], usize)> {
        match self.columns.as_slice() {
            [Column::Dictionary { codes, values }] => Some((codes, values.len())),
            _ => None,
        }
    }

    /// Whether every row has the same text.
    pub(crate) fn is_constant(&self) -> bool {
        self.constant.is_some()
    }

    /// The raw text of a row.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<Cow<'a, str>> {
        let text = self.text(row);
        match self.otherwise {
            Some(other) if text.as_ref().is_none_or(|t| t.trim().is_empty()) => Some(Cow::Borrowed(other)),
            _ => text,
        }
    }

    fn text(&self, row: usize) -> Option<Cow<'a, str>> {
        let raw = match (self.constant, self.columns.as_slice()) {
            (Some(text), _) => Cow::Borrowed(text),
            (None, [one]) => Cow::Borrowed(one.get(row)?),
            (None, several) => {
                let mut joined = String::new();
                for part in several.iter().filter_map(|c| c.get(row)).map(str::trim).filter(|p| !p.is_empty())
                {
                    if !joined.is_empty() {
                        joined.push(' ');
                    }
                    joined.push_str(part);
                }
                Cow::Owned(joined)
            }
        };
        if self.values.is_empty() {
            return Some(raw);
        }
        match self.values.get(raw.trim()) {
            Some(v) => Some(Cow::Borrowed(v)),
            None => Some(raw),
        }
    }
}

pub(crate) fn missing_column(source: &str, column: &str, table: &Table) -> Error {
    let names = table.names();
    let hint = crate::error::did_you_mean(column, names.iter().map(String::as_str));
    let present =
        if names.is_empty() { "no column".to_owned() } else { format!("{}{hint}", names.join(", ")) };
    Error::MissingColumn { source_name: source.to_owned(), column: column.to_owned(), present }
}

/// The cell limit: a longer cell is a broken file (an unclosed quote), not a customer's value.
pub const MAX_CELL_BYTES: usize = 1 << 20;

/// Loads the customer sources of `inputs` (several inputs of one source are one), and finds the companies that they are
/// contacts of when the configuration has any.
///
/// # Errors
/// [`Error::MissingColumn`] when a mapped column is not there; [`Error::TooLarge`] above 4 billion records;
/// [`Error::Argument`] when stewards join and keep apart the same companies.
pub fn load_customers(plan: &Plan, inputs: &[Input], progress: &dyn Progress) -> Result<Loaded, Error> {
    let mut loaded = Loaded::default();
    let total: usize = plan
        .sources
        .iter()
        .filter(|s| matches!(s.family, Family::Customers | Family::Companies))
        .flat_map(|s| inputs.iter().filter(move |i| i.source == s.name))
        .map(|i| i.table.rows())
        .sum();
    if total >= u32::MAX as usize {
        return Err(Error::TooLarge {
            what: format!("{total} customer rows"),
            limit: "4 294 967 294 rows".into(),
        });
    }
    progress.stage("normalise", total as u64);
    let internal = Arc::new(store_contacts(plan, inputs)?);
    let mut people = load_family(plan, Family::Customers, inputs, &internal, progress, &mut loaded)?;
    if plan.has_companies() {
        let accounts = load_family(plan, Family::Companies, inputs, &internal, progress, &mut loaded)?;
        let names = plan.source_names();
        let trust: Vec<_> = plan.sources.iter().map(|s| s.trust.clone()).collect();
        let setup = plan.company_setup(&names, &trust);
        loaded.companies = Some(company::resolve(&setup, &accounts, &mut people, progress)?);
    }
    loaded.records = people;
    loaded.rejects.sort();
    Ok(loaded)
}

/// The records of all sources of a family, in the order of sources and ids.
fn load_family(
    plan: &Plan,
    family: Family,
    inputs: &[Input],
    internal: &Arc<InternalContacts>,
    progress: &dyn Progress,
    loaded: &mut Loaded,
) -> Result<Records, Error> {
    let mut chunks = Vec::new();
    for (position, source) in plan.family(family) {
        let of_source: Vec<&Input> = inputs.iter().filter(|i| i.source == source.name).collect();
        if of_source.is_empty() {
            continue;
        }
        let numbers: Vec<u32> =
            inputs.iter().zip(0u32..).filter(|(i, _)| i.source == source.name).map(|(_, n)| n).collect();
        let rows = sorted_rows(source, plan.zone, &of_source, loaded)?;
        let counts = loaded.counts.entry(source.name.clone()).or_default();
        counts.loaded = rows.len() as u64;
        loaded.origins.extend(rows.iter().map(|(n, row)| (numbers[*n as usize], *row)));
        let sets: Vec<Bound> =
            of_source.iter().map(|i| Bound::new(source, &i.table)).collect::<Result<_, _>>()?;
        const CHUNK: usize = 1 << 15;
        let made: Vec<Chunk> = parallel::of_each(rows.chunks(CHUNK).collect(), rows.len(), |part| {
            let chunk = Chunk::normalize(plan, position, source, &sets, &of_source, part, internal);
            progress.advance(part.len() as u64);
            chunk
        });
        for chunk in &made {
            for (field, profile) in &chunk.profile {
                counts.fields.entry(plan.fields[*field].name.clone()).or_default().add(profile);
            }
            for (kind, profile) in &chunk.wholes {
                counts.fields.entry((*kind).to_owned()).or_default().add(profile);
            }
        }
        chunks.extend(made);
    }
    assemble(plan, chunks)
}

/// Telephone numbers and addresses of the shops: the till's own number is no customer's.
fn store_contacts(plan: &Plan, inputs: &[Input]) -> Result<InternalContacts, Error> {
    let mut contacts = InternalContacts::default();
    let mut out = Output::new();
    let fields = plan.families.fields(Family::Stores);
    for (_, source) in plan.family(Family::Stores) {
        for input in inputs.iter().filter(|i| i.source == source.name) {
            for column in &source.inputs {
                let Target::Fact(ix) = column.target else { continue };
                let is_email = match fields.get(ix) {
                    Some((_, Kind::Email)) => true,
                    Some((_, Kind::Phone)) => false,
                    _ => continue,
                };
                let reader = Reader::bind(column, &source.name, &input.table)?;
                for row in 0..input.table.rows() {
                    let Some(raw) = reader.get(row) else { continue };
                    into(
                        if is_email { Kind::EmailKey } else { Kind::Phone },
                        &raw,
                        &column.context,
                        &mut out,
                    );
                    match out.value() {
                        Some(key) if is_email => contacts.add_email(key),
                        Some(number) => contacts.add_phone(number),
                        None => {}
                    }
                }
            }
        }
    }
    Ok(contacts)
}

/// The readers of one table.
struct Bound<'a> {
    readers: Vec<Reader<'a>>,
    updated: Option<Reader<'a>>,
    /// Columns with the account's identifier and with the name of its source.
    account: Option<(&'a Column, Option<&'a Column>)>,
}

impl<'a> Bound<'a> {
    fn new(source: &'a SourcePlan, table: &'a Table) -> Result<Bound<'a>, Error> {
        let readers =
            source.inputs.iter().map(|i| Reader::bind(i, &source.name, table)).collect::<Result<_, _>>()?;
        let updated = source.updated_at.as_ref().map(|i| Reader::bind(i, &source.name, table)).transpose()?;
        let find =
            |name: &String| table.column(name).ok_or_else(|| missing_column(&source.name, name, table));
        let account = match &source.spec.account {
            Some(a) => Some((find(&a.id)?, a.source_column.as_ref().map(find).transpose()?)),
            None => None,
        };
        Ok(Bound { readers, updated, account })
    }
}

/// (input, row) of the rows to load, sorted by record id; the others go to the rejects.
fn sorted_rows(
    source: &SourcePlan,
    zone: Zone,
    inputs: &[&Input],
    loaded: &mut Loaded,
) -> Result<Vec<(u32, u32)>, Error> {
    let mut keyed: Vec<(&str, u32, u32)> = Vec::new();
    let counts = loaded.counts.entry(source.name.clone()).or_default();
    for (n, input) in inputs.iter().enumerate() {
        counts.read += input.table.rows() as u64 + input.rejects.len() as u64;
        counts.rejected += input.rejects.len() as u64;
        loaded.rejects.extend(input.rejects.iter().cloned());
        let ids = input
            .table
            .column(&source.spec.id)
            .ok_or_else(|| missing_column(&source.name, &source.spec.id, &input.table))?;
        keyed.reserve(input.table.rows());
        for row in 0..input.table.rows() {
            match ids.get(row).map(str::trim).filter(|t| !t.is_empty()) {
                Some(id) => keyed.push((id, n as u32, row as u32)),
                None => {
                    counts.rejected += 1;
                    loaded.rejects.push(Reject {
                        source: source.name.clone(),
                        file: input.file(row),
                        line: input.line(row),
                        column: source.spec.id.clone(),
                        code: "missing_id",
                        reason: "the record id is empty; every row needs one".to_owned(),
                        excluded: false,
                    });
                }
            }
        }
    }
    if !keyed.is_sorted_by(|a, b| a.0 < b.0) {
        keyed.par_sort_unstable_by(|a, b| a.0.cmp(b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    }
    let mut rows = Vec::with_capacity(keyed.len());
    for same in keyed.chunk_by(|a, b| a.0 == b.0) {
        if let [(_, n, row)] = same {
            rows.push((*n, *row));
            continue;
        }
        keep_one(source, zone, inputs, same, &mut rows, counts, &mut loaded.rejects);
    }
    Ok(rows)
}

/// Of several rows with one id the latest is loaded; an equal copy is excluded as a repeated delivery, an older or
/// different one is rejected. The choice looks at content only, never at the order of rows or files.
fn keep_one(
    source: &SourcePlan,
    zone: Zone,
    inputs: &[&Input],
    same: &[(&str, u32, u32)],
    rows: &mut Vec<(u32, u32)>,
    counts: &mut SourceCounts,
    rejects: &mut Vec<Reject>,
) {
    let content = |n: u32, row: u32| -> Vec<(String, String)> {
        let table = &inputs[n as usize].table;
        let mut cells: Vec<(String, String)> = table
            .names()
            .iter()
            .zip(table.columns())
            .filter_map(|(name, c)| Some((name.clone(), c.get(row as usize)?.to_owned())))
            .collect();
        cells.sort();
        cells
    };
    let mut candidates: Vec<_> = same
        .iter()
        .map(|(_, n, row)| {
            let at = changed_at(source, zone, &inputs[*n as usize].table, *row as usize);
            (at, content(*n, *row), *n, *row)
        })
        .collect();
    candidates.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| b.1.cmp(&a.1)));
    let (kept_at, kept_content) = (candidates[0].0, candidates[0].1.clone());
    rows.push((candidates[0].2, candidates[0].3));
    for (at, cells, n, row) in &candidates[1..] {
        let input = inputs[*n as usize];
        let excluded = *cells == kept_content;
        let (code, reason) = if excluded {
            ("duplicate_delivery", "the same row was delivered more than once; one is loaded")
        } else if *at < kept_at {
            ("duplicate_id", "another row with this record id has a later date; that one is loaded")
        } else {
            ("duplicate_id", "another row has this record id and differs; ids must be unique within a source")
        };
        if excluded {
            counts.excluded += 1;
        } else {
            counts.rejected += 1;
        }
        rejects.push(Reject {
            source: source.name.clone(),
            file: input.file(*row as usize),
            line: input.line(*row as usize),
            column: source.spec.id.clone(),
            code,
            reason: reason.to_owned(),
            excluded,
        });
    }
}

/// When a row was last changed, in seconds since 1970-01-01T00:00:00Z; a day without a time is its first second.
pub(crate) fn changed_at(source: &SourcePlan, zone: Zone, table: &Table, row: usize) -> Option<i64> {
    let u = source.updated_at.as_ref()?;
    let raw = Reader::bind(u, &source.name, table).ok()?.get(row)?;
    let zone = source.zone.unwrap_or(zone);
    Some(match date::parse_moment(&raw, &u.context, &mut Codes::new())? {
        Moment::Day(day) => zone.instant(day, 0),
        Moment::Local { day, seconds } => zone.instant(day, seconds),
        Moment::Instant(at) => at,
    })
}

/// The calendar day of a raw text, when it has one.
pub(crate) fn day_of(raw: &str, cx: &Context, out: &mut Output) -> Option<Day> {
    into(Kind::Date, raw, cx, out);
    out.value().and_then(Day::parse_iso)
}

/// Normalised values of a run of rows, texts in one arena per field slot.
struct Chunk {
    source: u16,
    ids: TextColumn,
    updated: Vec<Option<Day>>,
    accounts: Accounts,
    /// By (field, slot): texts and marks, one entry per row.
    columns: BTreeMap<(FieldIx, usize), (TextColumn, Vec<Mark>)>,
    profile: BTreeMap<FieldIx, FieldProfile>,
    /// Values that are no whole together, by the kind of the whole.
    wholes: BTreeMap<&'static str, FieldProfile>,
}

impl Chunk {
    fn normalize(
        plan: &Plan,
        position: usize,
        source: &SourcePlan,
        sets: &[Bound],
        inputs: &[&Input],
        rows: &[(u32, u32)],
        internal: &Arc<InternalContacts>,
    ) -> Chunk {
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
            source: position as u16,
            ids: TextColumn::with_capacity(rows.len(), rows.len() * 12),
            updated: Vec::with_capacity(rows.len()),
            accounts: Accounts::default(),
            columns: BTreeMap::new(),
            profile: BTreeMap::new(),
            wholes: BTreeMap::new(),
        };
        let mut columns: Vec<Vec<(TextColumn, Vec<Mark>)>> = vec![Vec::new(); plan.fields.len()];
        let mut profiles: Vec<FieldProfile> = vec![FieldProfile::default(); plan.fields.len()];
        let mut scratch = record::Row::flagging(internal.clone());
        let mut out = Output::new();
        let mut raws: Vec<Option<Cow<str>>> = Vec::new();
        let mut cleared: Vec<usize> = Vec::new();
        for (done, (n, row)) in rows.iter().enumerate() {
            let (set, input, row) = (&sets[*n as usize], inputs[*n as usize], *row as usize);
            chunk.ids.push(input.table.column(&source.spec.id).and_then(|c| c.get(row)).map(str::trim));
            chunk.updated.push(match (&set.updated, &source.updated_at) {
                (Some(reader), Some(u)) => reader.get(row).and_then(|raw| day_of(&raw, &u.context, &mut out)),
                _ => None,
            });
            if let (Some((id, of)), Some(spec)) = (set.account, &source.spec.account) {
                let text =
                    |c: &'_ Column| c.get(row).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
                let name = of.map_or_else(|| spec.source.clone(), text);
                let id = text(id);
                // A source that is not there has no rows either: the account is reported as not found.
                let position = name.and_then(|n| plan.source(&n)).unwrap_or(plan.sources.len());
                let named = id.as_ref().map_or(u16::MAX, |_| position.min(usize::from(u16::MAX - 1)) as u16);
                chunk.accounts.sources.push(named);
                chunk.accounts.ids.push(id.as_deref());
            }
            raws.clear();
            raws.extend(set.readers.iter().map(|r| r.get(row)));
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
                profiles[v.field].count(&v.out);
                let Some(text) = v.out.value() else { continue };
                let slots = &mut columns[v.field];
                // The first slot of the field that this row has not filled yet; equal values are kept once.
                let mut slot = 0;
                while slot < slots.len()
                    && slots[slot].0.len() > done
                    && slots[slot].0.get(done) != Some(text)
                {
                    slot += 1;
                }
                if slot < slots.len() && slots[slot].0.len() > done {
                    continue;
                }
                if slot == slots.len() {
                    slots.push((
                        TextColumn::with_capacity(rows.len(), rows.len() * 8),
                        Vec::with_capacity(rows.len()),
                    ));
                }
                let (texts, marks) = &mut slots[slot];
                fill(texts, marks, done);
                texts.push(Some(text));
                marks.push(Mark::new(v.out.status(), v.out.codes()));
            }
            for i in &cleared {
                for field in fields_of(&source.inputs[*i].target) {
                    let slots = &mut columns[*field];
                    if slots.is_empty() {
                        slots.push((TextColumn::new(), Vec::new()));
                    }
                    // A value from another column of the record stands beside the erasure of this one.
                    let (texts, marks) = &mut slots[0];
                    if texts.len() <= done {
                        fill(texts, marks, done);
                        texts.push(None);
                        marks.push(Mark::erasure());
                    }
                }
            }
        }
        for (field, slots) in columns.into_iter().enumerate() {
            for (slot, (mut texts, mut marks)) in slots.into_iter().enumerate() {
                fill(&mut texts, &mut marks, rows.len());
                chunk.columns.insert((field, slot), (texts, marks));
            }
        }
        for (field, p) in profiles.into_iter().enumerate() {
            if p != FieldProfile::default() {
                chunk.profile.insert(field, p);
            }
        }
        chunk
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

/// Chunks, which come in record order, to columns with distinct values numbered.
fn assemble(plan: &Plan, chunks: Vec<Chunk>) -> Result<Records, Error> {
    let mut records = Records::default();
    for c in &chunks {
        records.sources.extend(std::iter::repeat_n(c.source, c.ids.len()));
        records.ids.extend_from(&c.ids);
        records.updated.extend_from_slice(&c.updated);
    }
    let total = records.len();
    if chunks.iter().any(|c| !c.accounts.sources.is_empty()) {
        for c in &chunks {
            match c.accounts.sources.is_empty() {
                true => (0..c.ids.len()).for_each(|_| {
                    records.accounts.sources.push(u16::MAX);
                    records.accounts.ids.push(None);
                }),
                false => {
                    records.accounts.sources.extend_from_slice(&c.accounts.sources);
                    records.accounts.ids.extend_from(&c.accounts.ids);
                }
            }
        }
    }
    let columns: Vec<FieldColumn> = parallel::each(plan.fields.len(), total, |field| {
        let slots =
            chunks.iter().flat_map(|c| c.columns.range((field, 0)..(field + 1, 0)).map(|((_, s), _)| s + 1));
        let mut column = FieldColumn { pool: Pool::default(), slots: Vec::new() };
        for slot in 0..slots.max().unwrap_or(0) {
            let mut s = Slot { ids: Vec::with_capacity(total), marks: Vec::with_capacity(total) };
            for c in &chunks {
                match c.columns.get(&(field, slot)) {
                    Some((texts, marks)) => {
                        s.ids.extend(texts.iter().map(|t| t.map_or(0, |t| column.pool.intern(t))));
                        s.marks.extend_from_slice(marks);
                    }
                    None => {
                        s.ids.resize(s.ids.len() + c.ids.len(), 0);
                        s.marks.resize(s.marks.len() + c.ids.len(), Mark::default());
                    }
                }
            }
            column.slots.push(s);
        }
        column
    });
    for (field, c) in columns.iter().enumerate() {
        if c.pool.text_bytes() > u32::MAX as usize - MAX_CELL_BYTES {
            let what = format!("distinct values of `{}`", plan.fields[field].name);
            return Err(Error::TooLarge { what, limit: "4 GiB of text".into() });
        }
    }
    records.fields = columns;
    Ok(records)
}
