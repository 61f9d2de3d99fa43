//! Rows of customers as they come in: each as it was and as it will be, and records whose source calls them otherwise.

use super::apply::Touched;
use super::erase::Arrival;
use super::rulings::Book;
use super::store::{Kept, Ordinal, Store};
use super::{Applied, Aside, Change, Repository, rights};
use crate::config::{SourcePlan, Take};
use crate::error::Error;
use crate::ingest::{self, Input};
use crate::matching::ruling::RecordRef;
use crate::progress::Silent;
use crate::table::{Column, Table, TextColumn};
use std::collections::{BTreeMap, BTreeSet};

impl<S: Store> Repository<S> {
    /// Gives records other identifiers.
    pub(super) fn rename(
        &mut self,
        change: &Change,
        book: &Book,
        touched: &mut BTreeMap<(u16, String), Touched>,
    ) -> Result<BTreeSet<Ordinal>, Error> {
        let mut moved = BTreeSet::new();
        for (old, new) in &change.renamed {
            let (source, to) = (self.source(&old.source)?, new.trim());
            let number = source as u16;
            let refuse = |reason: &str| {
                let reason = format!("{}:{} {reason}", old.source, old.record_id);
                Err(Error::Argument { argument: "renamed".into(), reason })
            };
            if to.is_empty() {
                return refuse("needs an identifier that is not empty");
            }
            if rights::held(&self.store, number, to)?.is_some() {
                return refuse("cannot take the identifier of a record whose person is restricted");
            }
            if self.store.find(number, to)?.is_some() || touched.contains_key(&(number, to.to_owned())) {
                return refuse("cannot take the identifier of another record; delete one of the two");
            }
            if self.is_erased_name(&old.source, to)? {
                return refuse("cannot take the identifier of somebody who was erased");
            }
            let ordinal = self.called(&(number, old.record_id.clone()), &moved)?;
            let Some((ordinal, kept)) = ordinal.map(|o| Ok((o, self.store.record(o)?))).transpose()? else {
                return refuse("is not kept");
            };
            let Some(kept) = kept else { return refuse("is not kept") };
            let mut renamed = kept.clone();
            to.clone_into(&mut renamed.record.id);
            let id = &self.plan.sources[source].spec.id;
            renamed.cells.iter_mut().filter(|(c, _)| c == id).for_each(|(_, t)| to.clone_into(t));
            // What else a row has of that column is made anew.
            let input = kept_rows(&self.plan.sources[source], std::slice::from_ref(&renamed))?;
            let rows = self.with_shops(std::slice::from_ref(&input))?;
            let loaded = ingest::load_customers(&self.plan, &rows, &Silent)?;
            if loaded.records.is_empty() {
                return refuse("could not be read again under its new identifier");
            }
            let new = Kept { record: loaded.records.own(0), cells: cells(&input.table, 0) };
            moved.insert(ordinal);
            touched.insert(
                (number, to.to_owned()),
                Touched { ordinal: Some(ordinal), old: Some(kept), new: Some(new) },
            );
        }
        for (a, b) in self.book.pairs_without(book) {
            self.store.remove_ruling(&a, &b)?;
        }
        Ok(moved)
    }

    /// The rows of a change, each as it was and as it will be; those of restricted people, to be kept aside: by their
    /// identifiers, among them those that were `recognised` by what they hold. A row takes
    /// the place of the kept one unless it is older; of equally old ones the later delivery counts.
    pub(super) fn rows(
        &self,
        change: &Change,
        recognised: &BTreeSet<(u16, String)>,
        applied: &mut Applied,
        touched: &mut BTreeMap<(u16, String), Touched>,
    ) -> Result<Vec<Aside>, Error> {
        let mut asides = Vec::new();
        let rows = self.with_shops(&change.rows)?;
        let loaded = ingest::load_customers(&self.plan, &rows, &Silent)?;
        applied.rejects.extend(loaded.rejects);
        let arrivals = loaded.origins.iter().enumerate().map(|(r, (input, row))| {
            let (input, row) = (&rows[*input as usize], *row as usize);
            let kept = Kept { record: loaded.records.own(r as u32), cells: cells(&input.table, row) };
            Arrival::new(input, row, kept)
        });
        for row in self.admit(arrivals.collect(), &mut applied.rejects)? {
            let key = (row.kept.record.source, row.kept.record.id.clone());
            let renamed =
                |(old, _): &&(RecordRef, String)| old.source == row.source && old.record_id == key.1;
            if let Some((old, _)) = change.renamed.iter().find(renamed) {
                return Err(by_old_name(old));
            }
            if let Some(aside) = rights::held(&self.store, key.0, &key.1)? {
                let source = &self.plan.sources[usize::from(key.0)];
                let (code, reason) = match recognised.contains(&key) {
                    true => (
                        "restricted_subject",
                        "it is of somebody whose data are restricted, under another identifier; the row is kept aside",
                    ),
                    false => ("restricted", "the person's data are restricted; the row is kept aside"),
                };
                applied.rejects.push(row.refused(code, &source.spec.id, reason));
                let at = |cells: &[(String, String)]| -> Result<Option<i64>, Error> {
                    let kept = Kept { cells: cells.to_vec(), ..Kept::default() };
                    let kept = kept_rows(source, std::slice::from_ref(&kept))?;
                    Ok(ingest::changed_at(source, self.plan.zone, &kept.table, 0))
                };
                if at(&row.kept.cells)? >= at(&aside.cells)? {
                    asides.push(Aside { cells: row.kept.cells, ..aside });
                }
                continue;
            }
            let (ordinal, first, old) = match touched.remove(&key) {
                Some(t) => (t.ordinal, t.old.clone(), t.new),
                None => {
                    let ordinal = self.store.find(key.0, &key.1)?;
                    let old = ordinal.map(|o| self.store.record(o)).transpose()?.flatten();
                    (ordinal, old.clone(), old)
                }
            };
            let mut new = Some(row.kept.clone());
            if let Some(old) = &old {
                let source = &self.plan.sources[usize::from(key.0)];
                let at = |k: &Kept| -> Result<Option<i64>, Error> {
                    let kept = kept_rows(source, std::slice::from_ref(k))?;
                    Ok(ingest::changed_at(source, self.plan.zone, &kept.table, 0))
                };
                if old.cells == row.kept.cells {
                    let reason = "the same row is kept already";
                    applied.rejects.push(row.refused("duplicate_delivery", &source.spec.id, reason));
                    new = Some(old.clone());
                } else if at(&row.kept)? < at(old)? {
                    let reason = "the kept row of this record is newer";
                    applied.rejects.push(row.refused("older_delivery", &source.spec.id, reason));
                    new = Some(old.clone());
                }
            }
            if first != new {
                touched.insert(key, Touched { ordinal, old: first, new });
            }
        }
        applied.rejects.sort();
        Ok(asides)
    }
}

/// A change that gives a record another identifier and names it by the one that it had.
pub(super) fn by_old_name(old: &RecordRef) -> Error {
    let reason = format!(
        "{}:{} is given another identifier in this change; name it by that one, or send the rest after it",
        old.source, old.record_id
    );
    Error::Argument { argument: "renamed".into(), reason }
}

/// A row as it was delivered, by column; columns without a value are left out.
pub(super) fn cells(table: &Table, row: usize) -> Vec<(String, String)> {
    let each = table.names().iter().zip(table.columns());
    let mut cells: Vec<(String, String)> =
        each.filter_map(|(name, c)| Some((name.clone(), c.get(row)?.to_owned()))).collect();
    cells.sort();
    cells
}

/// Kept rows as a table of their source, with all columns that are mapped or were delivered.
pub(super) fn kept_rows(source: &SourcePlan, kept: &[Kept]) -> Result<Input, Error> {
    let mut names: BTreeSet<String> = BTreeSet::from([source.spec.id.clone()]);
    for input in source.inputs.iter().chain(&source.updated_at) {
        match &input.take {
            Take::Column(c) => drop(names.insert(c.clone())),
            Take::Join(list) => names.extend(list.iter().cloned()),
            Take::Constant(_) => {}
        }
    }
    names.extend(kept.iter().flat_map(|k| k.cells.iter().map(|(name, _)| name.clone())));
    let columns = names.into_iter().map(|name| {
        let cell = |k: &Kept| -> Option<usize> { k.cells.binary_search_by(|(n, _)| n.cmp(&name)).ok() };
        let texts: TextColumn = kept.iter().map(|k| cell(k).map(|i| k.cells[i].1.as_str())).collect();
        (name, Column::Plain(texts))
    });
    let table = Table::new(columns.collect())?;
    Ok(Input::new(source.name.clone(), table))
}
