//! Rows of transactions, complaints and stores into [`Facts`], each with its customer.

use crate::aggregate::{Complaint, Facts, Owner, Sale, SaleKind};
use crate::config::{Family, Plan, SourcePlan, Target, family_fields};
use crate::error::Error;
use crate::ingest::{Input, Reader, Reject, SourceCounts, missing_column};
use crate::matching::cluster::Clusters;
use crate::normalize::text::fold_upper;
use crate::normalize::{Context, Kind, Output, into};
use crate::progress::Progress;
use crate::records::RecordIndex;
use crate::table::Column;
use crate::time::Day;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Facts of all sources that are not customers.
#[derive(Debug, Default)]
pub struct LoadedFacts {
    /// The facts.
    pub facts: Facts,
    /// Rows that were not loaded.
    pub rejects: Vec<Reject>,
    /// Counts by source name.
    pub counts: BTreeMap<String, SourceCounts>,
    /// Lines whose store code no store row has, when stores are given.
    pub unknown_store_lines: u64,
}

/// Loads the facts of `inputs`.
///
/// # Errors
/// [`Error::MissingColumn`] when a mapped column is not there.
pub fn load_facts(
    plan: &Plan,
    inputs: &[Input],
    index: &RecordIndex,
    clusters: &Clusters,
    progress: &dyn Progress,
) -> Result<LoadedFacts, Error> {
    let mut loaded = LoadedFacts::default();
    let rows = |family: Family| -> u64 {
        plan.family(family)
            .flat_map(|(_, s)| inputs.iter().filter(move |i| i.source == s.name))
            .map(|i| i.table.rows() as u64)
            .sum()
    };
    progress.stage("facts", rows(Family::Transactions) + rows(Family::Complaints) + rows(Family::Stores));
    let mut known_stores: Option<Vec<String>> = None;
    for (_, source) in plan.family(Family::Stores) {
        for input in inputs.iter().filter(|i| i.source == source.name) {
            let reader = Rows::new(plan, source, input, index, clusters)?;
            let ids = known_stores.get_or_insert_default();
            reader.each(&mut loaded, progress, |_, id, _, _| {
                ids.push(id.to_owned());
                Ok(())
            })?;
        }
    }
    for (_, source) in plan.family(Family::Transactions) {
        for input in inputs.iter().filter(|i| i.source == source.name) {
            sales(plan, source, input, index, clusters, &mut loaded, progress)?;
        }
    }
    for (_, source) in plan.family(Family::Complaints) {
        for input in inputs.iter().filter(|i| i.source == source.name) {
            complaints(plan, source, input, index, clusters, &mut loaded, progress)?;
        }
    }
    if let Some(mut known) = known_stores {
        known.sort_unstable();
        let facts = &loaded.facts;
        let unknown: Vec<bool> = (0..facts.stores.len() as u32)
            .map(|id| id != 0 && known.binary_search_by(|k| k.as_str().cmp(facts.stores.get(id))).is_err())
            .collect();
        loaded.unknown_store_lines = facts.sales.iter().filter(|s| unknown[s.store as usize]).count() as u64;
    }
    loaded.rejects.sort();
    Ok(loaded)
}

/// What a row of facts is refused for.
struct Refused {
    column: &'static str,
    code: &'static str,
    reason: &'static str,
    excluded: bool,
}

fn refuse(column: &'static str, code: &'static str, reason: &'static str) -> Refused {
    Refused { column, code, reason, excluded: false }
}

/// The rows of one input of a family other than customers.
struct Rows<'a> {
    source: &'a SourcePlan,
    input: &'a Input,
    ids: &'a Column,
    /// Readers by position in [`family_fields`].
    readers: Vec<Option<(Reader<'a>, &'a Context)>>,
    customer: Option<(&'a Column, Option<&'a Column>, Option<usize>)>,
    index: &'a RecordIndex<'a>,
    clusters: &'a Clusters,
    plan: &'a Plan,
}

impl<'a> Rows<'a> {
    fn new(
        plan: &'a Plan,
        source: &'a SourcePlan,
        input: &'a Input,
        index: &'a RecordIndex<'a>,
        clusters: &'a Clusters,
    ) -> Result<Rows<'a>, Error> {
        let find = |name: &str| {
            input.table.column(name).ok_or_else(|| missing_column(&source.name, name, &input.table))
        };
        let mut readers: Vec<_> = family_fields(source.spec.family).iter().map(|_| None).collect();
        for i in &source.inputs {
            if let Target::Fact(position) = i.target {
                readers[position] = Some((Reader::bind(i, &source.name, &input.table)?, &i.context));
            }
        }
        let customer = match &source.spec.customer {
            None => None,
            Some(c) => Some((
                find(&c.id)?,
                c.source_column.as_deref().map(find).transpose()?,
                c.source.as_deref().and_then(|s| plan.source(s)),
            )),
        };
        Ok(Rows { source, input, ids: find(&source.spec.id)?, readers, customer, index, clusters, plan })
    }

    /// Raw text of a field of the family.
    fn raw(&self, field: &str, row: usize) -> Option<(Cow<'a, str>, &'a Context)> {
        let position = family_fields(self.source.spec.family).iter().position(|(n, _)| *n == field)?;
        let (reader, cx) = self.readers[position].as_ref()?;
        reader.get(row).filter(|t| !t.trim().is_empty()).map(|t| (t, *cx))
    }

    fn owner(&self, row: usize) -> Owner {
        let Some((ids, sources, fixed)) = &self.customer else { return Owner::Anonymous };
        let Some(id) = ids.get(row).map(str::trim).filter(|t| !t.is_empty()) else { return Owner::Anonymous };
        let source = match sources {
            Some(column) => column.get(row).and_then(|s| self.plan.source(s.trim())),
            None => *fixed,
        };
        match source.and_then(|s| self.index.find(s, id)) {
            Some(record) => Owner::Customer(self.clusters.of[record as usize]),
            None => Owner::Orphan,
        }
    }

    /// Calls `take` for every row with an id and counts what becomes of it.
    fn each(
        &self,
        loaded: &mut LoadedFacts,
        progress: &dyn Progress,
        mut take: impl FnMut(usize, &str, &mut Facts, &mut Output) -> Result<(), Refused>,
    ) -> Result<(), Error> {
        let mut out = Output::new();
        let mut counts = loaded.counts.remove(&self.source.name).unwrap_or_default();
        counts.read += self.input.table.rows() as u64 + self.input.rejects.len() as u64;
        counts.rejected += self.input.rejects.len() as u64;
        loaded.rejects.extend(self.input.rejects.iter().cloned());
        let mut since = 0;
        for row in 0..self.input.table.rows() {
            let outcome = match self.ids.get(row).map(str::trim).filter(|t| !t.is_empty()) {
                None => Err(refuse("", "missing_id", "the row id is empty; every row needs one")),
                Some(id) => take(row, id, &mut loaded.facts, &mut out),
            };
            match outcome {
                Ok(()) => counts.loaded += 1,
                Err(r) => {
                    if r.excluded {
                        counts.excluded += 1;
                    } else {
                        counts.rejected += 1;
                    }
                    let column = if r.column.is_empty() { self.source.spec.id.as_str() } else { r.column };
                    loaded.rejects.push(Reject {
                        source: self.source.name.clone(),
                        file: self.input.file(row),
                        line: self.input.line(row),
                        column: column.to_owned(),
                        code: r.code,
                        reason: r.reason.to_owned(),
                        excluded: r.excluded,
                    });
                }
            }
            since += 1;
            if since == 1 << 15 {
                progress.advance(since);
                since = 0;
            }
        }
        progress.advance(since);
        loaded.counts.insert(self.source.name.clone(), counts);
        Ok(())
    }
}

/// Minor units of an amount, when it is one.
fn amount(raw: Option<(Cow<str>, &Context)>, out: &mut Output) -> Option<i64> {
    let (text, cx) = raw?;
    into(Kind::Amount, &text, cx, out);
    minor_units(out.value()?)
}

/// `12.50` to 1250, whatever the number of decimals.
fn minor_units(text: &str) -> Option<i64> {
    let negative = text.starts_with('-');
    let mut n = 0i64;
    for b in text.bytes().filter(u8::is_ascii_digit) {
        n = n.checked_mul(10)?.checked_add(i64::from(b - b'0'))?;
    }
    Some(if negative { -n } else { n })
}

fn sales(
    plan: &Plan,
    source: &SourcePlan,
    input: &Input,
    index: &RecordIndex,
    clusters: &Clusters,
    loaded: &mut LoadedFacts,
    progress: &dyn Progress,
) -> Result<(), Error> {
    let rows = Rows::new(plan, source, input, index, clusters)?;
    let excluded: Vec<String> =
        plan.config.aggregates.excluded_statuses.iter().map(|s| fold_upper(s)).collect();
    let mut ticket_text = String::new();
    rows.each(loaded, progress, |row, id, facts, out| {
        let day = match rows.raw("date", row) {
            None => return Err(refuse("date", "missing_date", "the date is empty; a sale needs one")),
            Some((raw, cx)) => crate::ingest::day_of(&raw, cx, out).ok_or_else(|| {
                refuse("date", "bad_date", "the date cannot be read; see the accepted forms")
            })?,
        };
        if day > plan.as_of {
            return Err(refuse("date", "future_date", "the date lies after the reference day"));
        }
        let net = amount(rows.raw("amount", row), out)
            .ok_or_else(|| refuse("amount", "bad_amount", "the amount is empty or cannot be read"))?;
        let status = rows.raw("status", row).map(|(t, _)| fold_upper(t.trim()));
        if status.is_some_and(|s| excluded.contains(&s)) {
            facts.revenue_excluded_minor += net;
            return Err(Refused {
                column: "status",
                code: "status_excluded",
                reason: "the status is one of `aggregates.excluded_statuses`",
                excluded: true,
            });
        }
        let discount = amount(rows.raw("discount", row), out)
            .or_else(|| amount(rows.raw("gross", row), out).map(|gross| gross - net))
            .unwrap_or(0);
        let quantity = rows.raw("quantity", row).and_then(|(t, cx)| {
            into(Kind::Decimal, &t, cx, out);
            out.value().and_then(thousandths)
        });
        let returned = rows.raw("return", row).is_some_and(|(t, cx)| {
            into(Kind::Boolean, &t, cx, out);
            out.value() == Some("true")
        });
        let kind = if returned || net < 0 || quantity.is_some_and(|q| q < 0) {
            SaleKind::Return
        } else {
            SaleKind::Sale
        };
        let net_minor = if kind == SaleKind::Return { -net.abs() } else { net };
        ticket_text.clear();
        ticket_text.push_str(&source.name);
        ticket_text.push('\u{1f}');
        match rows.raw("ticket", row) {
            Some((t, _)) => ticket_text.push_str(t.trim()),
            None => ticket_text.push_str(id),
        }
        let text_id = |pool: &mut crate::intern::Pool, field: &str| {
            rows.raw(field, row).map_or(0, |(t, _)| pool.intern(t.trim()))
        };
        let store = text_id(&mut facts.stores, "store");
        let channel = text_id(&mut facts.channels, "channel");
        facts.revenue_in_minor += net_minor;
        let sale = Sale {
            owner: rows.owner(row),
            ticket: facts.tickets.intern(&ticket_text),
            store,
            channel,
            day,
            kind,
            net_minor,
            discount_minor: discount.abs(),
            quantity_milli: quantity.map_or(1000, i64::abs),
        };
        facts.sales.push(sale);
        Ok(())
    })
}

fn thousandths(decimal: &str) -> Option<i64> {
    let (negative, digits) = decimal.strip_prefix('-').map_or((false, decimal), |t| (true, t));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut n = whole.parse::<i64>().ok()?.checked_mul(1000)?;
    for (i, d) in fraction.bytes().take(3).enumerate() {
        n += i64::from(d.saturating_sub(b'0')) * [100, 10, 1][i];
    }
    Some(if negative { -n } else { n })
}

fn complaints(
    plan: &Plan,
    source: &SourcePlan,
    input: &Input,
    index: &RecordIndex,
    clusters: &Clusters,
    loaded: &mut LoadedFacts,
    progress: &dyn Progress,
) -> Result<(), Error> {
    let rows = Rows::new(plan, source, input, index, clusters)?;
    rows.each(loaded, progress, |row, _, facts, out| {
        let day = |field: &str, out: &mut Output| -> Option<Day> {
            rows.raw(field, row).and_then(|(raw, cx)| crate::ingest::day_of(&raw, cx, out))
        };
        let opened = day("opened_at", out)
            .ok_or_else(|| refuse("opened_at", "bad_date", "the opening date is empty or cannot be read"))?;
        let closed = day("closed_at", out).is_some()
            || rows.raw("status", row).is_some_and(|(t, _)| {
                matches!(
                    fold_upper(t.trim()).as_str(),
                    "CLOS" | "CLOSE" | "CLOSED" | "FERME" | "RESOLU" | "RESOLVED" | "TRAITE"
                )
            });
        facts.complaints.push(Complaint { owner: rows.owner(row), opened, open: !closed });
        Ok(())
    })
}
