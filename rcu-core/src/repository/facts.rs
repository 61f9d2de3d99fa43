//! Rows of every family but customers: which of those delivered are kept, and what they are found by.

use super::erase::TOMBSTONES;
use super::evaluate::rows_of;
use super::ledger::{self, Ledger};
use super::rights::{Aside, RESTRICTED, held};
use super::standing::{KeptFact, Tally};
use super::store::{Ordinal, Space, Store};
use super::tombstone::{Trace, hash_of};
use super::{Applied, Change};
use crate::config::{Family, Plan, SourcePlan, Take, Target};
use crate::error::Error;
use crate::facts::{
    Catalog, CustomerIndex, Loader, Part, RowKeys, id_key, load_consents, owner_key, repeated, row_keys,
    with_all_needs,
};
use crate::ingest::{Input, Reject};
use crate::matching::ruling::RecordRef;
use crate::normalize::Kind;
use crate::records::RecordIndex;
use crate::table::TextColumn;
use std::collections::{BTreeMap, BTreeSet};

/// What a change did to kept facts.
#[derive(Debug, Default)]
pub(super) struct Arrived {
    /// Facts that are new or differ.
    pub put: BTreeSet<Ordinal>,
    /// What rows were found by that were replaced or are gone.
    pub old: Vec<RowKeys>,
    /// Rows that are new, changed, and gone.
    pub rows: (u64, u64, u64),
    /// Positions of the sources whose rows did it.
    pub sources: BTreeSet<u16>,
    /// Whether how customers reach the shops is another.
    pub shops: bool,
    /// What is still to be counted of it.
    pub ledger: Ledger,
}

/// A row that was delivered.
struct Delivered {
    /// Input and row.
    at: (usize, usize),
    keys: RowKeys,
    cells: Vec<(String, String)>,
}

/// Whether rows of a source are kept here.
pub(super) fn is_kept(source: &SourcePlan) -> bool {
    !matches!(source.family, Family::Customers | Family::Companies)
}

/// Writes the facts of a change.
pub(super) fn arrive<S: Store>(
    plan: &Plan,
    store: &mut S,
    secret: &[u8],
    change: &Change,
    applied: &mut Applied,
) -> Result<Arrived, Error> {
    let mut arrived = Arrived::default();
    for (old, new) in &change.renamed {
        arrived.rename(plan, store, old, new.trim())?;
    }
    let erased = !secret.is_empty() && store.meta(TOMBSTONES)?.is_some();
    // What others refer to comes first: a row that needs it is not refused for want of it.
    let mut positions: Vec<usize> = (0..plan.sources.len()).filter(|s| is_kept(&plan.sources[*s])).collect();
    positions
        .sort_by_key(|s| (matches!(plan.sources[*s].family, Family::Transactions | Family::Facts(_)), *s));
    for position in positions {
        let source = &plan.sources[position];
        let deletes: Vec<&RecordRef> = change.deletes.iter().filter(|r| r.source == source.name).collect();
        let gone: BTreeSet<&str> = deletes.iter().map(|r| r.record_id.as_str()).collect();
        for r in &deletes {
            for o in of_id(store, position as u16, &r.record_id)? {
                arrived.remove(plan, store, o)?;
            }
        }
        for (_, key) in change.ended.iter().filter(|(s, _)| *s == source.name) {
            if let Some(o) = store.find_fact(position as u16, key)? {
                arrived.remove(plan, store, o)?;
            }
        }
        let inputs: Vec<&Input> = change.rows.iter().filter(|i| i.source == source.name).collect();
        applied.rejects.extend(inputs.iter().flat_map(|i| i.rejects.iter().cloned()));
        let mut delivered: Vec<Delivered> = Vec::new();
        for (i, input) in inputs.iter().enumerate() {
            for (row, keys) in row_keys(plan, position, input)?.into_iter().enumerate() {
                delivered.push(Delivered { at: (i, row), keys, cells: super::cells(&input.table, row) });
            }
        }
        let refused = refusals(plan, store, position, &delivered)?;
        for (i, (reject, _)) in &refused {
            let (input, row) = delivered[*i].at;
            let (file, line) = (inputs[input].file(row), inputs[input].line(row));
            applied.rejects.push(Reject { file, line, ..reject.clone() });
        }
        let lasting = |i: usize| refused.get(&i).is_some_and(|(_, lasting)| *lasting);
        let readable = delivered.into_iter().enumerate().filter(|(i, _)| !lasting(*i)).map(|(_, d)| d);
        let mut readable: Vec<Delivered> = readable.filter(|d| !gone.contains(d.keys.id.as_str())).collect();
        if erased {
            readable = admit(plan, store, secret, position, readable, &inputs, &mut applied.rejects)?;
        }
        if store.meta(RESTRICTED)?.is_some() {
            let told = (&mut arrived, &mut applied.rejects);
            readable = divert(plan, store, position, readable, &inputs, told)?;
        }
        for d in latest(source, readable, &inputs, &mut applied.rejects) {
            if let Some(same) = arrived.put(plan, store, position as u16, &d)? {
                applied.rejects.push(repeated(source, inputs[d.at.0], d.at.1, same));
            }
        }
    }
    applied.rejects.sort();
    std::mem::take(&mut arrived.ledger).close(store)?;
    Ok(arrived)
}

/// Kept rows of an identifier.
fn of_id<S: Store>(store: &S, source: u16, id: &str) -> Result<Vec<Ordinal>, Error> {
    let mut all = store.keyed(Space::Facts, id_key(source, id))?;
    all.extend(store.find_fact(source, id)?);
    let mut found = Vec::new();
    for o in all {
        if !found.contains(&o) && store.fact(o)?.is_some_and(|f| f.source == source && f.id == id) {
            found.push(o);
        }
    }
    Ok(found)
}

/// Of rows with one key the one that counts, whatever their order: the latest, and of equally late ones that with the
/// larger cells.
fn latest(
    source: &SourcePlan,
    delivered: Vec<Delivered>,
    inputs: &[&Input],
    rejects: &mut Vec<Reject>,
) -> Vec<Delivered> {
    let mut by_key: BTreeMap<String, Delivered> = BTreeMap::new();
    for d in delivered {
        match by_key.get_mut(&d.keys.key) {
            None => drop(by_key.insert(d.keys.key.clone(), d)),
            Some(known) => {
                let is_better = (d.keys.date, &d.cells) > (known.keys.date, &known.cells);
                let lost = if is_better { std::mem::replace(known, d) } else { d };
                rejects.push(repeated(source, inputs[lost.at.0], lost.at.1, lost.cells == known.cells));
            }
        }
    }
    by_key.into_values().collect()
}

/// Columns that say whose a row is.
fn without_customer(source: &SourcePlan, cells: &[(String, String)]) -> Vec<(String, String)> {
    let customer = source.spec.customer.as_ref();
    let says = |name: &String| {
        customer.is_some_and(|c| c.id == *name || c.source_column.as_ref().is_some_and(|s| s == name))
    };
    cells.iter().filter(|(name, _)| !says(name)).cloned().collect()
}

/// Holds rows against the tombstones: a sale of an erased person is kept without its customer, any other row is refused.
fn admit<S: Store>(
    plan: &Plan,
    store: &S,
    secret: &[u8],
    position: usize,
    rows: Vec<Delivered>,
    inputs: &[&Input],
    rejects: &mut Vec<Reject>,
) -> Result<Vec<Delivered>, Error> {
    let source = &plan.sources[position];
    let mut admitted = Vec::with_capacity(rows.len());
    for mut d in rows {
        let owner =
            d.keys.owner.as_ref().and_then(|(s, id)| Some((plan.sources.get(usize::from((*s)?))?, id)));
        let hash = owner.map(|(s, id)| hash_of(secret, Trace::Record, &[&s.name, id]));
        if hash.map(|h| store.tombstone(&h)).transpose()?.flatten().is_some() {
            let is_sale = source.family == Family::Transactions;
            let what = if is_sale { "; the sale is kept without its customer" } else { "" };
            rejects.push(Reject {
                source: source.name.clone(),
                file: inputs[d.at.0].file(d.at.1),
                line: inputs[d.at.0].line(d.at.1),
                column: source.spec.customer.as_ref().map_or_else(String::new, |c| c.id.clone()),
                code: "erased_subject",
                reason: format!("the person was erased{what}"),
                excluded: true,
            });
            if !is_sale {
                continue;
            }
            d.cells = without_customer(source, &d.cells);
            let input = rows_of(source, std::iter::once(d.cells.as_slice()))?;
            d.keys = row_keys(plan, position, &input)?.into_iter().next().unwrap_or_default();
        }
        admitted.push(d);
    }
    Ok(admitted)
}

/// Takes people out of the facts that name their records: sales stay without a customer, all else goes. Gives what was
/// done, and to how many rows.
pub(super) fn unlink<S: Store>(
    plan: &Plan,
    store: &mut S,
    identifiers: &[(u16, String)],
) -> Result<(Arrived, u64), Error> {
    let mut arrived = Arrived::default();
    for (named, id) in identifiers {
        for (o, fact) in arrived.naming(plan, store, *named, id)? {
            arrived.remove(plan, store, o)?;
            if let Some(source) = plan.sources.get(usize::from(fact.source))
                && source.family == Family::Transactions
            {
                arrived.put_cells(plan, store, fact.source, without_customer(source, &fact.cells))?;
            }
        }
    }
    let rows = arrived.rows.2;
    std::mem::take(&mut arrived.ledger).close(store)?;
    Ok((arrived, rows))
}

/// Takes the facts that name some records out, whatever they are. Gives what was done, and the rows.
pub(super) fn take_out<S: Store>(
    plan: &Plan,
    store: &mut S,
    identifiers: &[(u16, String)],
) -> Result<(Arrived, Vec<KeptFact>), Error> {
    let (mut arrived, mut rows) = (Arrived::default(), Vec::new());
    for (named, id) in identifiers {
        for (o, fact) in arrived.naming(plan, store, *named, id)? {
            arrived.remove(plan, store, o)?;
            rows.push(fact);
        }
    }
    std::mem::take(&mut arrived.ledger).close(store)?;
    Ok((arrived, rows))
}

/// Keeps rows of restricted people aside, unless the one that is there is later; gives the others.
fn divert<S: Store>(
    plan: &Plan,
    store: &mut S,
    position: usize,
    rows: Vec<Delivered>,
    inputs: &[&Input],
    (arrived, rejects): (&mut Arrived, &mut Vec<Reject>),
) -> Result<Vec<Delivered>, Error> {
    let (source, number) = (&plan.sources[position], position as u16);
    let mut others = Vec::with_capacity(rows.len());
    for d in rows {
        let owner = match &d.keys.owner {
            Some((Some(s), id)) => held(store, *s, id)?,
            _ => None,
        };
        let there = store.aside(true, number, &d.keys.key)?;
        let Some(owner) = owner else {
            if there.is_some() {
                // It names somebody else now.
                store.remove_aside(true, number, &d.keys.key)?;
            }
            others.push(d);
            continue;
        };
        if let Some(o) = store.find_fact(number, &d.keys.key)? {
            arrived.remove(plan, store, o)?;
        }
        let date = |cells: &[(String, String)]| -> Result<_, Error> {
            let fact = KeptFact { source: number, cells: cells.to_vec(), ..KeptFact::default() };
            Ok(keys_of(plan, &fact)?.date)
        };
        let later = there.map(|t| date(&t.cells)).transpose()?.is_some_and(|kept| kept > d.keys.date);
        if !later {
            let (golden_id, id, cells) = (owner.golden_id, d.keys.key.clone(), d.cells.clone());
            store.put_aside(&Aside { golden_id, is_fact: true, source: number, id, cells })?;
        }
        rejects.push(Reject {
            source: source.name.clone(),
            file: inputs[d.at.0].file(d.at.1),
            line: inputs[d.at.0].line(d.at.1),
            column: source.spec.customer.as_ref().map_or_else(String::new, |c| c.id.clone()),
            code: "restricted",
            reason: "the person's data are restricted; the row is kept aside".to_owned(),
            excluded: true,
        });
    }
    Ok(others)
}

/// Rows that a batch would not load, why, and whether that lasts whatever else comes.
fn refusals<S: Store>(
    plan: &Plan,
    store: &S,
    position: usize,
    delivered: &[Delivered],
) -> Result<BTreeMap<usize, (Reject, bool)>, Error> {
    if delivered.is_empty() {
        return Ok(BTreeMap::new());
    }
    let source = &plan.sources[position];
    let is_fact = matches!(source.family, Family::Transactions | Family::Facts(_));
    let mut inputs = vec![rows_of(source, delivered.iter().map(|d| d.cells.as_slice()))?];
    let needs: BTreeSet<u64> = delivered.iter().flat_map(|d| d.keys.needs.iter().copied()).collect();
    let mut needed: BTreeMap<Ordinal, KeptFact> = BTreeMap::new();
    for key in needs {
        for o in store.keyed(Space::Facts, key)? {
            if let Some(fact) = store.fact(o)? {
                needed.insert(o, fact);
            }
        }
    }
    inputs.extend(super::evaluate::tables(plan, &needed)?.0);
    let (sources, ids) = (Vec::new(), TextColumn::new());
    let people = CustomerIndex::new(RecordIndex::of_columns(&sources, &ids), &[], 0);
    let of_rows = |rejects: Vec<Reject>| -> BTreeMap<usize, Reject> {
        let own =
            rejects.into_iter().filter(|r| r.source == source.name && !r.code.starts_with("duplicate_"));
        let at = |r: &Reject| usize::try_from(r.line).ok()?.checked_sub(1).filter(|i| *i < delivered.len());
        own.filter_map(|r| Some((at(&r)?, r))).collect()
    };
    let rejects = |plan: &Plan, catalog: &Catalog| -> Result<BTreeMap<usize, Reject>, Error> {
        let loader = Loader::new(plan, catalog, &people);
        let part: Option<Part> = loader.load(&inputs[0])?;
        Ok(of_rows(loader.join(part.into_iter().collect())?.rejects))
    };
    let refused = match source.family {
        _ if is_fact => rejects(plan, &Catalog::load(plan, &inputs)?)?,
        Family::Consents => of_rows(load_consents(plan, &inputs[..1], &people)?.rejects),
        _ => of_rows(Catalog::load(plan, &inputs[..1])?.rejects),
    };
    let mut lasting: BTreeSet<usize> = BTreeSet::new();
    if is_fact && refused.values().any(|r| !r.excluded) {
        let (plan, catalog) = with_all_needs(plan);
        lasting.extend(rejects(&plan, &catalog)?.into_iter().filter(|(_, r)| !r.excluded).map(|(i, _)| i));
    } else if !is_fact {
        lasting.extend(refused.keys());
    }
    Ok(refused.into_iter().map(|(i, r)| (i, (r, lasting.contains(&i)))).collect())
}

impl Arrived {
    /// Facts that name a record.
    fn naming<S: Store>(
        &self,
        plan: &Plan,
        store: &S,
        source: u16,
        id: &str,
    ) -> Result<Vec<(Ordinal, KeptFact)>, Error> {
        let mut found = Vec::new();
        for o in store.keyed(Space::Facts, owner_key(source, id))? {
            let Some(fact) = store.fact(o)? else { continue };
            if keys_of(plan, &fact)?.owner.is_some_and(|(s, named)| (s, named.as_str()) == (Some(source), id))
            {
                found.push((o, fact));
            }
        }
        Ok(found)
    }

    /// Lets the facts of a record name it by its new identifier.
    fn rename<S: Store>(
        &mut self,
        plan: &Plan,
        store: &mut S,
        old: &RecordRef,
        new: &str,
    ) -> Result<(), Error> {
        let Some(named) = plan.source(&old.source) else { return Ok(()) };
        for (o, fact) in self.naming(plan, store, named as u16, &old.record_id)? {
            let source = plan.sources.get(usize::from(fact.source));
            let Some(column) = source.and_then(|s| s.spec.customer.as_ref()).map(|c| &c.id) else { continue };
            let mut cells = fact.cells;
            cells.iter_mut().filter(|(name, _)| name == column).for_each(|(_, text)| new.clone_into(text));
            self.remove(plan, store, o)?;
            self.put_cells(plan, store, fact.source, cells)?;
        }
        Ok(())
    }

    fn put_cells<S: Store>(
        &mut self,
        plan: &Plan,
        store: &mut S,
        source: u16,
        cells: Vec<(String, String)>,
    ) -> Result<(), Error> {
        let fact = KeptFact { source, cells, ..KeptFact::default() };
        let keys = keys_of(plan, &fact)?;
        self.put(plan, store, source, &Delivered { at: (0, 0), keys, cells: fact.cells })?;
        Ok(())
    }

    /// Keeps a row unless the one that is kept is later or the same: then says whether it is the same.
    fn put<S: Store>(
        &mut self,
        plan: &Plan,
        store: &mut S,
        source: u16,
        d: &Delivered,
    ) -> Result<Option<bool>, Error> {
        let ordinal = store.find_fact(source, &d.keys.key)?;
        let old = ordinal.map(|o| store.fact(o)).transpose()?.flatten();
        let mut tally = Tally::default();
        let (mut had, mut before) = (Vec::new(), Vec::new());
        if let Some(old) = old {
            if old.cells == d.cells {
                return Ok(Some(true));
            }
            let keys = keys_of(plan, &old)?;
            if keys.date > d.keys.date {
                return Ok(Some(false));
            }
            tally = old.tally;
            had.clone_from(&keys.index);
            before = old.cells;
            self.old.push(keys);
            self.rows.1 += 1;
        } else {
            self.ledger.count(plan, source, tally, 1);
            self.rows.0 += 1;
        }
        let keys = &d.keys;
        let fact =
            KeptFact { source, id: keys.id.clone(), key: keys.key.clone(), cells: d.cells.clone(), tally };
        let o = store.put_fact(ordinal, &fact)?;
        let lost: Vec<u64> = had.iter().copied().filter(|k| keys.index.binary_search(k).is_err()).collect();
        let won: Vec<u64> = keys.index.iter().copied().filter(|k| had.binary_search(k).is_err()).collect();
        store.remove_keyed(Space::Facts, o, &lost)?;
        store.add_keyed(Space::Facts, o, &won)?;
        self.put.insert(o);
        self.tell(plan, source, &before, &fact.cells);
        Ok(None)
    }

    fn remove<S: Store>(&mut self, plan: &Plan, store: &mut S, o: Ordinal) -> Result<(), Error> {
        let Some(fact) = store.fact(o)? else { return Ok(()) };
        let keys = keys_of(plan, &fact)?;
        store.remove_keyed(Space::Facts, o, &keys.index)?;
        store.remove_fact(o)?;
        self.ledger.count(plan, fact.source, fact.tally, -1);
        self.put.remove(&o);
        self.old.push(keys);
        self.rows.2 += 1;
        self.tell(plan, fact.source, &fact.cells, &[]);
        Ok(())
    }

    /// Adds what another part of the same change did to facts.
    pub fn and(mut self, other: Arrived) -> Arrived {
        self.put.extend(other.put);
        self.old.extend(other.old);
        let ((new, changed, gone), more) = (self.rows, other.rows);
        self.rows = (new + more.0, changed + more.1, gone + more.2);
        self.sources.extend(other.sources);
        self.shops |= other.shops;
        self
    }

    fn tell(&mut self, plan: &Plan, source: u16, old: &[(String, String)], new: &[(String, String)]) {
        self.sources.insert(source);
        let Some(source) = plan.sources.get(usize::from(source)) else { return };
        if source.family == Family::Stores && reach(plan, source, old) != reach(plan, source, new) {
            self.shops = true;
        }
    }
}

/// Telephones and e-mails of a shop, as they are written.
fn reach<'c>(plan: &Plan, source: &SourcePlan, cells: &'c [(String, String)]) -> Vec<&'c (String, String)> {
    let fields = plan.families.fields(Family::Stores);
    let is_reach = |t: Target| match t {
        Target::Fact(at) => fields.get(at).is_some_and(|(_, k)| matches!(k, Kind::Phone | Kind::Email)),
        _ => false,
    };
    let inputs = source.inputs.iter().filter(|i| is_reach(i.target));
    let columns: Vec<&String> = inputs
        .flat_map(|i| match &i.take {
            Take::Column(c) => vec![c],
            Take::Join(list) => list.iter().collect(),
            Take::Constant(_) => Vec::new(),
        })
        .collect();
    cells.iter().filter(|(name, _)| columns.contains(&name)).collect()
}

/// Counts all kept rows as new ones and puts them under the keys that a plan gives them.
pub(super) fn index_again<S: Store>(plan: &Plan, store: &mut S) -> Result<(), Error> {
    let mut all: Vec<(Ordinal, KeptFact)> = Vec::new();
    store.each_fact(&mut |o, f| all.push((o, f)))?;
    ledger::clear(store)?;
    super::scores::clear_units(store)?;
    let mut counted = Ledger::default();
    for (o, fact) in all {
        let keys = keys_of(plan, &fact)?;
        store.add_keyed(Space::Facts, o, &keys.index)?;
        let fact = KeptFact { id: keys.id, key: keys.key, tally: Tally::default(), ..fact };
        counted.count(plan, fact.source, fact.tally, 1);
        store.put_fact(Some(o), &fact)?;
    }
    counted.close(store)
}

/// What a kept row is found by.
pub(super) fn keys_of(plan: &Plan, fact: &KeptFact) -> Result<RowKeys, Error> {
    let position = usize::from(fact.source);
    let Some(source) = plan.sources.get(position) else { return Ok(RowKeys::default()) };
    let input = rows_of(source, std::iter::once(fact.cells.as_slice()))?;
    Ok(row_keys(plan, position, &input)?.into_iter().next().unwrap_or_default())
}
