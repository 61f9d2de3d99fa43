//! What a row of facts, of statements, or of what facts refer to, is found by when rows are kept one by one.
//!
//! A batch sees all rows at once; a kept repository sees a change and has to find whom it concerns. Whatever one row can
//! do to the figures of another goes through one of these keys: the customer it names, the identifier it shares, the
//! visitor it was known as, the ticket it takes back, the store, product or rate it needs.

use super::catalog::{Catalog, id_column};
use super::cells::{Bound, Cells, amount, boolean, day, moment, normal, thousandths};
use super::money::currency;
use super::owner::{CustomerIndex, Owners};
use super::refused::Refusal;
use crate::aggregate::families::{INTERACTIONS, RATES, TRANSACTIONS, position};
use crate::aggregate::{CellType, ReturnsAt};
use crate::config::{Family, FamilyPlan, Plan, SourcePlan, Take};
use crate::error::Error;
use crate::ingest::{Input, Reject};
use crate::intern::{hash_bytes, mix};
use crate::normalize::Kind;
use crate::normalize::date::Moment;
use crate::normalize::text::fold_upper;
use crate::records::RecordIndex;
use crate::table::{Column, TextColumn};
use crate::time::Day;
use std::collections::BTreeSet;

/// Date of last change, day of the fact, its instant: of two rows of one identifier the one with the larger counts.
pub type RowDate = (Option<Day>, Day, i64);

/// What a row is found by, and whom it finds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowKeys {
    /// Its identifier; empty when it has none.
    pub id: String,
    /// What tells it apart within its source: mostly the identifier.
    pub key: String,
    /// When it is from.
    pub date: RowDate,
    /// Position of the source and identifier of the customer that it names; no source when that is none of the plan's.
    pub owner: Option<(Option<u16>, String)>,
    /// Every key under which it has to be found.
    pub index: Vec<u64>,
    /// Keys of rows that decide with it which of them counts, whose they are, and on which day.
    pub near: Vec<u64>,
    /// Keys of the rows that it needs: its store, its product, rates.
    pub needs: Vec<u64>,
    /// Keys of the rows that need it.
    pub needed_by: Vec<u64>,
}

/// The key of rows that name a customer.
pub fn owner_key(source: u16, id: &str) -> u64 {
    mix(0x8100 + u64::from(source), hash_bytes(id.as_bytes()))
}

/// The key of rows of a source that have this identifier; only those of families whose rows another key tells apart
/// have it.
pub fn id_key(source: u16, id: &str) -> u64 {
    mix(0x9_0000 + u64::from(source), hash_bytes(id.as_bytes()))
}

/// The key of all rows of shops.
pub const SHOPS: u64 = 0xA000_0000;

fn family_code(family: Family) -> u64 {
    match family {
        Family::Customers => 1,
        Family::Companies => 2,
        Family::Transactions => 3,
        Family::Stores => 4,
        Family::Products => 5,
        Family::Rates => 6,
        Family::Consents => 7,
        Family::Facts(i) => 16 + u64::from(i),
    }
}

fn refers_key(to: Family, id: &str) -> u64 {
    mix(0x2_0000_0000 + family_code(to), hash_bytes(id.as_bytes()))
}

fn target_key(family: Family, id: &str) -> u64 {
    mix(0x3_0000_0000 + family_code(family), hash_bytes(id.as_bytes()))
}

/// Days are kept in runs of 32, so that a rate's age costs a few look-ups whatever it is.
fn rate_key(kept: u64, code: &str, run: i32) -> u64 {
    mix(kept, mix(hash_bytes(code.as_bytes()), u64::from(run.unsigned_abs()) << 1 | u64::from(run < 0)))
}

const RATE_ROW: u64 = 0x4_0000_0000;
const IN_CURRENCY: u64 = 0x5_0000_0000;

/// Rate keys of the days from `first` to `last`.
fn rate_keys(kept: u64, code: &str, first: i64, last: i64, out: &mut Vec<u64>) {
    let run = |d: i64| d.clamp(i64::from(i32::MIN) / 2, i64::from(i32::MAX) / 2).div_euclid(32) as i32;
    // No rate is older than the calendar's own century or so: more runs than this are never needed.
    for r in run(first).max(run(last).saturating_sub(4096))..=run(last) {
        out.push(rate_key(kept, code, r));
    }
}

/// Columns that a source's rows are read from.
pub fn columns_of(source: &SourcePlan) -> BTreeSet<String> {
    let mut names = BTreeSet::from([source.spec.id.clone()]);
    for input in source.inputs.iter().chain(&source.updated_at) {
        match &input.take {
            Take::Column(c) => drop(names.insert(c.clone())),
            Take::Join(list) => names.extend(list.iter().cloned()),
            Take::Constant(_) => {}
        }
    }
    if let Some(c) = &source.spec.customer {
        names.insert(c.id.clone());
        names.extend(c.source_column.clone());
    }
    names
}

/// What rows are judged by when all that they need is there: no day is too late, no reference leads nowhere, every
/// currency has a rate. A row that is rejected even so stays rejected whatever else comes: its own cells are at fault.
pub fn with_all_needs(plan: &Plan) -> (Plan, Catalog) {
    let mut plan = Plan { as_of: Day(i32::MAX), ..plan.clone() };
    plan.families.relations.clear();
    (plan, Catalog::of_all_rates())
}

/// A row that is not kept because another one of its key is: the same again, or a later one.
pub fn repeated(source: &SourcePlan, input: &Input, row: usize, same: bool) -> Reject {
    let why = if same { Refusal::RepeatedDelivery } else { Refusal::RepeatedOlder };
    why.reject(source, input, row)
}

/// Keys of every row of an input; of rows of customers and companies none.
///
/// # Errors
/// [`Error::MissingColumn`] when a mapped column is not there.
pub fn row_keys(plan: &Plan, position: usize, input: &Input) -> Result<Vec<RowKeys>, Error> {
    let Some(source) = plan.sources.get(position) else { return Ok(Vec::new()) };
    if matches!(source.family, Family::Customers | Family::Companies) {
        return Ok(Vec::new());
    }
    let bound = Bound::new(&plan.families, source, input)?;
    let (sources, ids) = (Vec::new(), TextColumn::new());
    let people = CustomerIndex::new(RecordIndex::of_columns(&sources, &ids), &[], 0);
    let owners = Owners::new(plan, source, input, &people)?;
    let read = Read {
        plan,
        source,
        position: position as u16,
        input,
        bound,
        owners,
        ids: id_column(source, input)?,
    };
    Ok((0..input.table.rows()).map(|row| read.row(row)).collect())
}

struct Read<'a> {
    plan: &'a Plan,
    source: &'a SourcePlan,
    position: u16,
    input: &'a Input,
    bound: Bound<'a>,
    owners: Owners<'a>,
    ids: &'a Column,
}

impl<'a> Read<'a> {
    fn cells<T: Copy>(&self, field: usize) -> Cells<'_, 'a, T> {
        self.bound.cells(field)
    }

    /// What a cell that refers to another row says.
    fn text(&self, field: usize, kind: Kind, row: usize) -> Option<String> {
        let (t, cx) = self.bound.cells::<u8>(field).raw(row)?;
        match kind {
            Kind::Identifier | Kind::Category => Some(t.trim().to_owned()),
            kind => normal(kind, &t, cx),
        }
    }

    fn row(&self, row: usize) -> RowKeys {
        let family = self.source.family;
        let id = self.ids.get(row).map(str::trim).unwrap_or("").to_owned();
        let mut keys = RowKeys { key: id.clone(), id, ..RowKeys::default() };
        keys.owner = self.owners.reference(row).map(|id| (self.owners.source(row), id.to_owned()));
        if let Some((Some(source), id)) = &keys.owner {
            keys.index.push(owner_key(*source, id));
        }
        let zone = self.source.zone.unwrap_or(self.plan.zone);
        let date_field = match family {
            Family::Transactions => Some(position(TRANSACTIONS, "date")),
            Family::Rates => Some(position(RATES, "date")),
            Family::Facts(i) => self.plan.families.facts.get(usize::from(i)).and_then(|f| f.date),
            _ => None,
        };
        let at = date_field.and_then(|f| self.cells::<Moment>(f).get(row, moment));
        let (on, instant) = match at {
            Some(Moment::Day(day)) => (day, zone.instant(day, 0)),
            Some(Moment::Local { day, seconds }) => (day, zone.instant(day, seconds)),
            Some(Moment::Instant(at)) => (zone.day_of(at), at),
            None => (Day(i32::MIN), i64::MIN),
        };
        let updated = self.bound.updated.as_ref();
        keys.date = (Cells::<Day>::new(updated).get(row, day), on, instant);
        match family {
            Family::Transactions => self.sale(row, &mut keys),
            Family::Facts(i) => {
                if let Some(family) = self.plan.families.facts.get(usize::from(i)) {
                    self.fact(family, i, row, &mut keys);
                }
            }
            Family::Consents => {
                keys.key = self.content(&keys.id, row);
                keys.index.push(id_key(self.position, &keys.id));
            }
            Family::Rates => self.rate(row, &mut keys),
            Family::Stores => keys.index.push(SHOPS),
            _ => {}
        }
        for r in self.plan.families.relations.iter().filter(|r| r.from == family) {
            let fields = self.plan.families.fields(family);
            let Some((_, kind)) = fields.get(r.field) else { continue };
            if let Some(text) = self.text(r.field, *kind, row) {
                keys.index.push(refers_key(r.to, &text));
                keys.needs.push(target_key(r.to, &text));
            }
        }
        if self.plan.families.relations.iter().any(|r| r.to == family) {
            keys.index.push(target_key(family, &keys.id));
            keys.needed_by.push(refers_key(family, &keys.id));
        }
        keys.index.extend(&keys.near);
        for list in [&mut keys.index, &mut keys.near, &mut keys.needs, &mut keys.needed_by] {
            list.sort_unstable();
            list.dedup();
        }
        keys
    }

    fn sale(&self, row: usize, keys: &mut RowKeys) {
        if self.plan.config.aggregates.returns_at == ReturnsAt::SaleDate {
            let ticket = |name: &str| self.text(sale(name), Kind::Identifier, row);
            let key = |t: &str| mix(0x6_0000_0000 + u64::from(self.position), hash_bytes(t.as_bytes()));
            let own = ticket("ticket").unwrap_or_else(|| keys.id.clone());
            keys.near.push(key(&own));
            keys.near.extend(ticket("original_ticket").map(|t| key(&t)));
        }
        let said = self.cells::<u8>(sale("currency")).reader_text(row).map(|t| currency(&t));
        for field in ["amount", "gross", "discount", "margin", "cost"] {
            self.money(sale(field), said.map(|c| c.map(|c| c.code())), row, keys);
        }
    }

    fn fact(&self, family: &FamilyPlan, number: u16, row: usize, keys: &mut RowKeys) {
        if family.name == "interactions" {
            let visitor = self.text(position(INTERACTIONS, "visitor"), Kind::Identifier, row);
            let key = |t: String| mix(0x7_0000_0000 + u64::from(self.position), hash_bytes(t.as_bytes()));
            keys.near.extend(visitor.map(key));
        }
        if !family.key.is_empty() {
            let parts = |whole: bool| -> Vec<String> {
                family.key.iter().map(|f| self.part(*f, family.fields.get(*f), whole, row)).collect()
            };
            keys.index.push(id_key(self.position, &keys.id));
            let own = parts(true);
            keys.key = match own.iter().all(String::is_empty) {
                true => self.content(&keys.id, row),
                false => own.join("\u{1f}"),
            };
            let scope = parts(false).join("\u{1f}");
            keys.near.push(mix(0x8_0000_0000 + u64::from(number), hash_bytes(scope.as_bytes())));
        }
        for (i, (_, kind)) in family.fields.iter().enumerate() {
            if CellType::of(*kind) == CellType::Money {
                self.money(i, None, row, keys);
            }
        }
    }

    /// A part of a family's key. Money in another currency is equal at one rate and not at another: what is looked for
    /// leaves it out (`whole` is false), what tells rows apart takes it as it is written.
    fn part(&self, field: usize, of: Option<&(String, Kind)>, whole: bool, row: usize) -> String {
        let Some((_, kind)) = of else { return String::new() };
        let number = |n: Option<i64>| n.map_or(String::new(), |n| n.to_string());
        match CellType::of(*kind) {
            CellType::Money if whole => self.cells::<u8>(field).reader_text(row).unwrap_or_default(),
            CellType::Money => String::new(),
            CellType::Thousandths => number(self.cells(field).get(row, thousandths)),
            CellType::Integer => {
                number(self.cells(field).get(row, |t, cx| normal(Kind::Integer, t, cx)?.parse().ok()))
            }
            CellType::Boolean => number(self.cells(field).get(row, boolean).map(i64::from)),
            CellType::Day => number(self.cells(field).get(row, day).map(|d| i64::from(d.0))),
            _ => self.text(field, *kind, row).unwrap_or_default(),
        }
    }

    /// Rates that an amount needs. The day of a sale is that of its store, which is a day away at most.
    fn money(&self, field: usize, said: Option<Option<&str>>, row: usize, keys: &mut RowKeys) {
        let Some(a) = self.cells(field).get(row, amount) else { return };
        let Some(code) = said.unwrap_or(Some(a.currency.code())).filter(|c| *c != self.plan.currency.code())
        else {
            return;
        };
        let on = i64::from(keys.date.1.0);
        let age = i64::from(self.plan.config.aggregates.fx_max_age_days);
        rate_keys(IN_CURRENCY, code, on - 1, on + 1, &mut keys.index);
        rate_keys(RATE_ROW, code, on - 1 - age, on + 1, &mut keys.needs);
    }

    fn rate(&self, row: usize, keys: &mut RowKeys) {
        let field = |name: &str| RATES.iter().position(|(n, _)| *n == name).unwrap_or(RATES.len());
        let Some(on) = self.cells(field("date")).get(row, day) else { return };
        let code = self.cells::<u8>(field("currency")).reader_text(row).map(|c| fold_upper(&c));
        let code = code.unwrap_or_default();
        keys.key = format!("{on}\u{1f}{code}");
        keys.index.push(id_key(self.position, &keys.id));
        let (on, age) = (i64::from(on.0), i64::from(self.plan.config.aggregates.fx_max_age_days));
        rate_keys(RATE_ROW, &code, on, on, &mut keys.index);
        rate_keys(IN_CURRENCY, &code, on - 1, on + 1 + age, &mut keys.needed_by);
    }

    /// An identifier with a number for everything that is read of the row.
    fn content(&self, id: &str, row: usize) -> String {
        let mut sum = [0x51, 0x52];
        for name in columns_of(self.source) {
            let Some(text) = self.input.table.column(&name).and_then(|c| c.get(row)) else { continue };
            for (i, s) in sum.iter_mut().enumerate() {
                let cell = mix(hash_bytes(name.as_bytes()) ^ i as u64, hash_bytes(text.trim().as_bytes()));
                *s = mix(*s, cell);
            }
        }
        format!("{id}\u{1f}{:016x}{:016x}", sum[0], sum[1])
    }
}

fn sale(field: &str) -> usize {
    TRANSACTIONS.iter().position(|(n, _)| *n == field).unwrap_or(TRANSACTIONS.len())
}
