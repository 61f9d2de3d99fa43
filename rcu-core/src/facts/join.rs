//! Parts to one set of facts: common numbers for texts and tickets, repeats left out, every row and cent counted.

use super::catalog::Catalog;
use super::part::{Part, PartFacts, Sales};
use super::refused::{Counter, Refusal};
use super::{LoadedFacts, Orphan, attach, relations, repeat};
use crate::aggregate::{
    CellType, Chunk, Dims, Extra, FactTable, Facts, LineKind, NULL, Owner, Packed, ReturnsAt, Texts, Totals,
};
use crate::config::Plan;
use crate::error::Error;
use crate::intern::Pool;
use crate::time::Day;
use rayon::prelude::*;

pub(super) fn join(
    plan: &Plan,
    catalog: &Catalog,
    customers: usize,
    mut parts: Vec<Part>,
    told: Option<&mut Vec<Outcome>>,
) -> Result<LoadedFacts, Error> {
    let texts = Texts::new(parts.iter().flat_map(|p| p.texts.iter().map(|(_, t)| t)));
    parts.par_iter_mut().for_each(|p| common_texts(p, &texts));
    let scopes: Vec<u64> = parts.iter().map(Part::scope).collect();
    repeat::keep_one(&mut parts, &scopes);
    check_range(&parts)?;
    common_tickets(&mut parts)?;

    let mut loaded = LoadedFacts {
        rejects: catalog.rejects.clone(),
        counts: catalog.counts.clone(),
        orphans: orphans(plan, &parts),
        ..LoadedFacts::default()
    };
    for p in &parts {
        let mut counter = Counter::new(&plan.sources[p.source], &p.input);
        for (row, fate) in p.fates.iter().enumerate() {
            match fate {
                None => counter.loaded(),
                Some(why) => counter.refuse(row, *why),
            }
        }
        counter.close(&mut loaded.counts, &mut loaded.rejects);
    }
    loaded.rejects.par_sort_unstable();
    if let Some(told) = told {
        told.extend(parts.iter().flat_map(outcomes));
    }

    let mut facts = Facts { texts, ..Facts::default() };
    let mut event_sources = Vec::new();
    let mut sales = Vec::new();
    for p in parts {
        match p.facts {
            PartFacts::Sales(s) => sales.push((s, p.fates)),
            PartFacts::Rows(_) => append_rows(plan, p, &mut facts.tables, &mut event_sources),
        }
    }
    facts.tables.sort_by(|x, y| x.family.cmp(&y.family));
    if let Some(events) = facts.tables.iter_mut().find(|t| t.family == "interactions") {
        let granted = facts.texts.find("granted");
        loaded.attached_events = attach::visitors(events, &event_sources, granted);
    }
    let by_dims = append_sales(plan, customers, sales, &mut facts);
    (loaded.relations, loaded.missing) = relations::check(plan, catalog, &facts, &by_dims);
    loaded.facts = facts;
    Ok(loaded)
}

/// What became of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Position of its source.
    pub source: u16,
    /// Its row in the input.
    pub row: u32,
    /// Whose it is, without events that are given to a visitor known later; `None` when it was left out or rejected.
    pub whose: Option<Owner>,
    /// Net amount of a line of sales in minor units: of one that counts, or that a rule on its status or kind left out.
    pub net: i64,
    /// Why it does not count: a stable name.
    pub code: Option<&'static str>,
}

fn outcomes<'p>(p: &'p Part) -> impl Iterator<Item = Outcome> + 'p {
    p.fates.iter().enumerate().map(|(row, fate)| {
        let (owner, net) = match &p.facts {
            PartFacts::Sales(s) => {
                (s.lines.get(row).and_then(Packed::whose), s.lines.get(row).map_or(0, |l| l.net))
            }
            PartFacts::Rows(r) => (r.owners.get(row).copied(), 0),
        };
        let sums = matches!(fate, None | Some(Refusal::StatusExcluded | Refusal::KindExcluded));
        Outcome {
            source: p.source as u16,
            row: row as u32,
            whose: owner.filter(|_| fate.is_none()),
            net: if sums { net } else { 0 },
            code: fate.map(Refusal::code),
        }
    })
}

/// Text ids of one part become those of all.
fn common_texts(part: &mut Part, texts: &Texts) {
    let ids: Vec<u32> = (0..part.texts.len() as u32)
        .map(|id| if id == 0 { 0 } else { texts.find(part.texts.get(id)) })
        .collect();
    match &mut part.facts {
        PartFacts::Sales(s) => {
            for d in &mut s.dims.all {
                for text in [
                    &mut d.store,
                    &mut d.channel,
                    &mut d.company,
                    &mut d.brand,
                    &mut d.category,
                    &mut d.product,
                ] {
                    *text = ids[*text as usize];
                }
            }
        }
        PartFacts::Rows(r) => {
            let columns = r.types.len();
            for (i, cell) in r.cells.iter_mut().enumerate() {
                if r.types[i % columns] == CellType::Text && *cell != NULL {
                    *cell = i64::from(ids[*cell as usize]);
                }
            }
        }
    }
    part.texts = Pool::default();
}

/// Refuses amounts that could add up to more than 64 bits hold, so that no sum has to be checked later.
fn check_range(parts: &[Part]) -> Result<(), Error> {
    let size = |n: i64| if n == NULL { 0 } else { i128::from(n).abs() };
    let sums = |p: &Part| -> [i128; 3] {
        match &p.facts {
            PartFacts::Sales(s) => {
                let mut money = 0;
                let (mut margin, mut quantity) = (0, 0);
                for l in &s.lines {
                    money += size(l.net) + size(l.discount);
                    if l.extra != 0 {
                        let e = &s.extras[l.extra as usize];
                        margin += size(e.margin);
                        quantity += size(e.quantity);
                    }
                }
                [money, margin, quantity]
            }
            PartFacts::Rows(r) => {
                let columns = r.types.len();
                let number =
                    |(i, c): (usize, &i64)| if r.types[i % columns].is_number() { size(*c) } else { 0 };
                [r.cells.iter().enumerate().map(number).sum(), 0, 0]
            }
        }
    };
    let all: Vec<[i128; 3]> = parts.par_iter().map(sums).collect();
    for k in 0..3 {
        let sum: i128 = all.iter().map(|s| s[k]).sum();
        if sum > i128::from(i64::MAX) {
            return Err(Error::TooLarge {
                what: "the sum of the facts' amounts or quantities".into(),
                limit: "9 223 372 036 854 775 807 of their smallest unit".into(),
            });
        }
    }
    Ok(())
}

/// Ticket numbers of one source become common ones; a row that is a ticket of its own gets a number nobody else has.
fn common_tickets(parts: &mut [Part]) -> Result<(), Error> {
    let mut next = 1u64;
    let mut sources: Vec<usize> = parts.iter().map(|p| p.source).collect();
    sources.sort_unstable();
    sources.dedup();
    for source in sources {
        let mut pool = Pool::default();
        let first = next;
        for p in parts.iter_mut().filter(|p| p.source == source) {
            let PartFacts::Sales(s) = &mut p.facts else { continue };
            let Some(own) = s.tickets.take() else { continue };
            let ids: Vec<u64> = (0..own.len() as u32)
                .map(|id| if id == 0 { 0 } else { first + u64::from(pool.intern(own.get(id))) })
                .collect();
            check_number(first + pool.len() as u64)?;
            s.lines.iter_mut().for_each(|l| l.ticket = ids[l.ticket as usize] as u32);
            s.extras.iter_mut().for_each(|e| e.original = ids[e.original as usize] as u32);
            s.numbered = true;
        }
        next = first + pool.len() as u64;
    }
    for p in parts.iter_mut() {
        let PartFacts::Sales(s) = &mut p.facts else { continue };
        if !s.numbered {
            check_number(next + s.lines.len() as u64)?;
            s.lines.iter_mut().for_each(|l| l.ticket += next as u32);
            next += s.lines.len() as u64;
        }
    }
    Ok(())
}

fn check_number(n: u64) -> Result<(), Error> {
    if n < u64::from(u32::MAX) {
        return Ok(());
    }
    Err(Error::TooLarge { what: "the number of tickets".into(), limit: "4 294 967 294".into() })
}

fn orphans(plan: &Plan, parts: &[Part]) -> Vec<Orphan> {
    let mut all: Vec<Orphan> = parts
        .par_iter()
        .flat_map_iter(|p| {
            let source = &plan.sources[p.source];
            let column = p.id_column();
            p.orphans.iter().filter(|o| p.fates[o.0 as usize].is_none()).map(
                move |(row, named, reference)| {
                    let at = *row as usize;
                    let (day, net_minor) = match &p.facts {
                        PartFacts::Sales(s) => (s.lines[at].day, Some(s.lines[at].net)),
                        PartFacts::Rows(r) => (r.days[at], None),
                    };
                    let source_id = column.and_then(|c| c.get(at)).map(str::trim);
                    Orphan {
                        family: plan.families.name(source.family).to_owned(),
                        source: source.name.clone(),
                        id: source_id.unwrap_or("").to_owned(),
                        customer_source: named
                            .map_or(String::new(), |s| plan.sources[usize::from(s)].name.clone()),
                        customer_id: reference.to_string(),
                        day: Some(day).filter(|d| d.0 != i32::MIN),
                        net_minor,
                    }
                },
            )
        })
        .collect();
    all.par_sort_unstable();
    all
}

fn append_rows(plan: &Plan, part: Part, tables: &mut Vec<FactTable>, event_sources: &mut Vec<u16>) {
    let PartFacts::Rows(r) = part.facts else { return };
    let family = &plan.families.facts[r.family];
    let at = tables.iter().position(|t| t.family == family.name).unwrap_or_else(|| {
        let columns = family.fields.iter().map(|(n, k)| (n.clone(), CellType::of(*k))).collect();
        tables.push(FactTable { family: family.name.clone(), columns, ..FactTable::default() });
        tables.len() - 1
    });
    let (table, columns) = (&mut tables[at], r.types.len());
    for row in (0..r.owners.len()).filter(|row| part.fates[*row].is_none()) {
        table.owners.push(r.owners[row]);
        table.days.push(r.days[row]);
        table.instants.push(r.instants[row]);
        table.cells.extend_from_slice(&r.cells[row * columns..(row + 1) * columns]);
        if family.name == "interactions" {
            event_sources.push(part.source as u16);
        }
    }
}

/// Puts the lines into their customers' blocks. Gives the number of loaded lines of each combination.
fn append_sales(
    plan: &Plan,
    customers: usize,
    mut sales: Vec<(Sales, Vec<Option<Refusal>>)>,
    facts: &mut Facts,
) -> Vec<u64> {
    let mut dims: Vec<Dims> = sales.iter().flat_map(|(s, _)| s.dims.all.iter().copied()).collect();
    dims.sort_unstable();
    dims.dedup();
    let mut totals = Totals::default();
    if plan.config.aggregates.returns_at == ReturnsAt::SaleDate {
        totals.returns_without_sale = returns_to_their_sale(&mut sales);
    }
    facts.extras = vec![Extra::default()];
    let firsts: Vec<u32> = sales
        .iter_mut()
        .map(|(s, _)| {
            let first = facts.extras.len() as u32 - 1;
            facts.extras.extend(s.extras.drain(1..));
            first
        })
        .collect();
    let chunks: Vec<(Chunk, Totals, Vec<u64>)> = sales
        .into_par_iter()
        .zip(firsts)
        .map(|((mut s, fates), first)| {
            let ids: Vec<u32> =
                s.dims.all.iter().map(|d| dims.binary_search(d).unwrap_or(0) as u32).collect();
            let mut totals = Totals::default();
            let mut by_dims = vec![0u64; dims.len()];
            for (l, fate) in s.lines.iter_mut().zip(&fates) {
                match fate {
                    None => {
                        l.dims = ids[l.dims as usize];
                        by_dims[l.dims as usize] += 1;
                        if let Some(owner) = l.whose() {
                            totals.count(owner, l.net);
                        }
                        l.extra += if l.extra == 0 { 0 } else { first };
                    }
                    Some(why) => {
                        match why {
                            Refusal::FxMissing => totals.fx_missing += 1,
                            Refusal::StatusExcluded | Refusal::KindExcluded => totals.excluded_minor += l.net,
                            _ => {}
                        }
                        l.owner = Packed::LEFT_OUT;
                    }
                }
            }
            (Chunk::new(&s.lines, customers), totals, by_dims)
        })
        .collect();
    let mut by_dims = vec![0u64; dims.len()];
    for (chunk, of_chunk, lines) in chunks {
        totals.add(&of_chunk);
        by_dims.iter_mut().zip(lines).for_each(|(sum, n)| *sum += n);
        facts.chunks.push(chunk);
    }
    facts.totals = totals;
    facts.dims = dims;
    by_dims
}

/// Dates returns by the first day of the ticket they take back. Gives the number of those whose sale is not known.
fn returns_to_their_sale(sales: &mut [(Sales, Vec<Option<Refusal>>)]) -> u64 {
    let mut sold: std::collections::HashMap<u32, Day> = std::collections::HashMap::new();
    let kind = |s: &Sales, dims: u32| s.dims.all[dims as usize].kind;
    for (s, fates) in sales.iter() {
        for (l, _) in s.lines.iter().zip(fates).filter(|(_, f)| f.is_none()) {
            if kind(s, l.dims) == LineKind::Sale {
                sold.entry(l.ticket).and_modify(|d| *d = (*d).min(l.day)).or_insert(l.day);
            }
        }
    }
    let mut unknown = 0;
    for (s, fates) in sales.iter_mut() {
        for row in std::mem::take(&mut s.undated_returns) {
            if fates[row as usize].is_some() {
                continue;
            }
            let l = &mut s.lines[row as usize];
            match sold.get(&s.extras[l.extra as usize].original) {
                Some(day) => l.day = *day,
                None => unknown += 1,
            }
        }
    }
    unknown
}
