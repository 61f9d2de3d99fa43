//! Rows of transactions as lines of sales (`domain.md` §5.1).

use super::catalog::{Catalog, Entry, id_column};
use super::cells::{Bound, Cells, amount, boolean, day, moment, thousandths};
use super::money::{Money, currency, tax, with_tax};
use super::owner::{CustomerIndex, Owners};
use super::part::{Part, PartFacts, Sales};
use super::refused::Refusal;
use crate::aggregate::families::{TRANSACTIONS, position};
use crate::aggregate::{Dims, ExcludedKind, Extra, LineKind, NULL, Packed, ReturnsAt, Tax};
use crate::config::{Family, OrphanControl, Plan, SourcePlan};
use crate::error::Error;
use crate::ingest::Input;
use crate::intern::Pool;
use crate::normalize::date::Moment;
use crate::normalize::money::Amount;
use crate::normalize::text::{fold_upper, trimmed};
use crate::reference::vocabulary::Currency;
use crate::table::Column;
use crate::time::Day;
use std::borrow::Cow;
use std::collections::HashSet;

const fn field(name: &str) -> usize {
    position(TRANSACTIONS, name)
}

/// What a source's word for the kind of a line means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Sale,
    Return,
    Exchange,
    Excluded(ExcludedKind),
    Unknown,
}

fn word_of(text: &str) -> Word {
    match fold_upper(text.trim()).replace(['_', '-', '.'], " ").as_str() {
        "SALE" | "VENTE" | "V" | "S" | "ACHAT" | "PURCHASE" | "ORDER" | "COMMANDE" => Word::Sale,
        "RETURN" | "RETOUR" | "R" | "AVOIR" | "REFUND" | "REMBOURSEMENT" | "CREDIT NOTE" => Word::Return,
        "EXCHANGE" | "ECHANGE" | "E" => Word::Exchange,
        "GIFT CARD" | "GIFTCARD" | "CARTE CADEAU" | "CHEQUE CADEAU" | "BON CADEAU" => {
            Word::Excluded(ExcludedKind::GiftCard)
        }
        "DEPOSIT" | "ACOMPTE" | "ARRHES" | "CONSIGNE" => Word::Excluded(ExcludedKind::Deposit),
        "SHIPPING" | "FRAIS DE PORT" | "PORT" | "LIVRAISON" | "FRAIS DE LIVRAISON" | "DELIVERY" => {
            Word::Excluded(ExcludedKind::Shipping)
        }
        _ => Word::Unknown,
    }
}

/// A text of this table and what the catalog knows of it.
type Known<'c> = (u32, Option<&'c Entry>);

/// The columns of one table of transactions.
struct Columns<'r, 'a, 'c> {
    plan: &'c Plan,
    catalog: &'c Catalog,
    source: &'c SourcePlan,
    excluded_statuses: Vec<String>,
    default_vat: i64,
    keep_products: bool,
    keep_times: bool,
    ids: &'a Column,
    dates: Cells<'r, 'a, Moment>,
    words: Cells<'r, 'a, Word>,
    stores: Cells<'r, 'a, Known<'c>>,
    products: Cells<'r, 'a, Known<'c>>,
    /// Channel, company, brand, category.
    labels: [Cells<'r, 'a, u32>; 4],
    /// Amount, gross, discount, margin, cost.
    amounts: [Cells<'r, 'a, Amount>; 5],
    currencies: Cells<'r, 'a, Option<Currency>>,
    taxes: Cells<'r, 'a, Option<Tax>>,
    vats: Cells<'r, 'a, i64>,
    quantities: Cells<'r, 'a, i64>,
    returns: Cells<'r, 'a, bool>,
    statuses: Cells<'r, 'a, bool>,
    tickets: Cells<'r, 'a, u32>,
    originals: Cells<'r, 'a, u32>,
    original_dates: Cells<'r, 'a, Day>,
    /// References that must lead somewhere.
    references: Vec<(Cells<'r, 'a, bool>, &'c HashSet<String>)>,
}

/// Loads one table of transactions.
///
/// # Errors
/// [`Error::MissingColumn`] when a mapped column is not there.
pub(super) fn load<'a>(
    plan: &Plan,
    catalog: &Catalog,
    people: &CustomerIndex,
    source: usize,
    input: Cow<'a, Input>,
) -> Result<Part<'a>, Error> {
    let table: &Input = &input;
    let bound = Bound::new(&plan.families, &plan.sources[source], table)?;
    let owners = Owners::new(plan, &plan.sources[source], table, people)?;
    let mut columns = Columns::new(plan, catalog, source, table, &bound)?;
    let mut updates = Cells::<Day>::new(bound.updated.as_ref());
    let rows = table.table.rows();
    let mut sales = Sales {
        lines: Vec::with_capacity(rows),
        extras: vec![Extra::default()],
        tickets: (bound.has(field("ticket")) || bound.has(field("original_ticket"))).then(Pool::default),
        ..Sales::default()
    };
    let mut texts = Pool::default();
    let mut fates = Vec::with_capacity(rows);
    let mut updated = Vec::new();
    let mut orphans = Vec::new();
    let clusters = owners.all(rows);
    for (row, cluster) in clusters.into_iter().enumerate() {
        let mut line = BLANK;
        let fate = columns.read(row, &mut line, &mut texts, &mut sales).err();
        if fate.is_none_or(Refusal::is_excluded) {
            line.owner = cluster;
            if line.owner == Packed::ORPHAN {
                orphans.push((row as u32, owners.source(row), owners.reference(row).unwrap_or("").into()));
            }
        }
        sales.lines.push(line);
        fates.push(fate);
        if bound.updated.is_some() {
            updated.push(updates.get(row, day));
        }
    }
    drop((columns, updates, owners));
    drop(bound);
    let id_name = plan.sources[source].spec.id.clone();
    let facts = PartFacts::Sales(sales);
    Ok(Part { source, input, id_name, keys: None, fates, updated, texts, orphans, facts })
}

const BLANK: Packed =
    Packed { net: 0, discount: 0, owner: Packed::LEFT_OUT, ticket: 0, day: Day(0), dims: 0, extra: 0 };

impl<'r, 'a, 'c> Columns<'r, 'a, 'c> {
    fn new(
        plan: &'c Plan,
        catalog: &'c Catalog,
        source: usize,
        input: &'a Input,
        bound: &'r Bound<'a>,
    ) -> Result<Columns<'r, 'a, 'c>, Error> {
        let spec = &plan.config.aggregates;
        let source = &plan.sources[source];
        let relations = || {
            let pairs = plan.families.relations.iter().zip(&catalog.targets);
            pairs.filter(|(r, _)| r.from == Family::Transactions).filter_map(|(r, t)| Some((r, t.as_ref()?)))
        };
        Ok(Columns {
            plan,
            catalog,
            source,
            excluded_statuses: spec.excluded_statuses.iter().map(|s| fold_upper(s)).collect(),
            default_vat: (spec.vat_percent * 1000.0).round() as i64,
            keep_products: plan.custom.iter().any(|c| c.uses_product())
                || relations().any(|(r, _)| r.field == field("product")),
            keep_times: plan.sources.iter().any(|s| plan.families.name(s.family) == "interactions"),
            ids: id_column(source, input)?,
            dates: bound.cells(field("date")),
            words: bound.cells(field("kind")),
            stores: bound.cells(field("store")),
            products: bound.cells(field("product")),
            labels: ["channel", "company", "brand", "category"].map(|f| bound.cells(field(f))),
            amounts: ["amount", "gross", "discount", "margin", "cost"].map(|f| bound.cells(field(f))),
            currencies: bound.cells(field("currency")),
            taxes: bound.cells(field("tax")),
            vats: bound.cells(field("vat_rate")),
            quantities: bound.cells(field("quantity")),
            returns: bound.cells(field("return")),
            statuses: bound.cells(field("status")),
            tickets: bound.cells(field("ticket")),
            originals: bound.cells(field("original_ticket")),
            original_dates: bound.cells(field("original_date")),
            references: relations()
                .filter(|(r, _)| r.orphans == OrphanControl::Reject)
                .map(|(r, known)| (bound.cells(r.field), known))
                .collect(),
        })
    }

    /// Fills a line but for its owner.
    #[inline]
    fn read(
        &mut self,
        row: usize,
        line: &mut Packed,
        texts: &mut Pool,
        sales: &mut Sales,
    ) -> Result<(), Refusal> {
        let catalog = self.catalog;
        let Some(id) = self.ids.get(row).map(trimmed).filter(|t| !t.is_empty()) else {
            return Err(Refusal::MissingId);
        };
        let Some(moment) = self.dates.get(row, moment) else {
            return Err(if self.dates.is_written(row) { Refusal::BadDate } else { Refusal::MissingDate });
        };
        let store = self.stores.get(row, |t, _| Some((texts.intern(t.trim()), catalog.stores.get(t.trim()))));
        let (store, store_entry) = store.unwrap_or((0, None));
        let zone = || store_entry.and_then(|e| e.zone).or(self.source.zone).unwrap_or(self.plan.zone);
        line.day = match moment {
            Moment::Day(day) | Moment::Local { day, .. } => day,
            Moment::Instant(at) => zone().day_of(at),
        };
        if line.day > self.plan.as_of {
            return Err(Refusal::FutureDate);
        }
        let at = match moment {
            Moment::Local { day, seconds } if self.keep_times => zone().instant(day, seconds),
            Moment::Instant(at) if self.keep_times => at,
            _ => NULL,
        };
        let product = self.products.get(row, |t, _| {
            let id = if self.keep_products { texts.intern(t.trim()) } else { 0 };
            Some((id, catalog.products.get(t.trim())))
        });
        let (product, product_entry) = product.unwrap_or((0, None));
        let refers = |(cells, known): &mut (Cells<bool>, &HashSet<String>)| {
            cells.get(row, |t, _| Some(known.contains(t.trim()))).unwrap_or(true)
        };
        if !self.references.iter_mut().all(refers) {
            return Err(Refusal::UnknownReference);
        }
        let quantity = self.quantities.get(row, thousandths);
        let read = self.amounts(row, line.day, product_entry, quantity);
        let (figures, excluded) = match read {
            Ok(figures) => (figures, self.excluded(row, product_entry)),
            // What is left out by a rule keeps its place, so that its repeats are seen.
            Err(why) if why.is_excluded() => (Figures::default(), Some(why)),
            Err(why) => return Err(why),
        };
        line.net = figures.net;
        line.discount = figures.discount;
        let entries = [product_entry, store_entry];
        let of: [fn(&Entry) -> &String; 4] = [|e| &e.channel, |e| &e.company, |e| &e.brand, |e| &e.category];
        let mut label = [0u32; 4];
        for ((cells, of), id) in self.labels.iter_mut().zip(of).zip(&mut label) {
            *id = match cells.get(row, |t, _| Some(texts.intern(t.trim()))) {
                Some(id) => id,
                None => {
                    let said = entries.into_iter().flatten().map(of).find(|t| !t.is_empty());
                    said.map_or(0, |t| texts.intern(t))
                }
            };
        }
        let [channel, company, brand, category] = label;
        let kind = figures.kind;
        line.dims = sales.dims.intern(Dims { store, channel, company, brand, category, product, kind });
        let mut original = 0;
        line.ticket = match &mut sales.tickets {
            None => row as u32,
            Some(pool) => {
                let said = self.originals.get(row, |t, _| Some(pool.intern(t.trim())));
                original = if kind == LineKind::Return { said.unwrap_or(0) } else { 0 };
                match self.tickets.get(row, |t, _| Some(pool.intern(t.trim()))) {
                    Some(ticket) => ticket,
                    // Without a number a row is a ticket of its own.
                    None if self.tickets.is_mapped() => pool.intern(&format!("\u{1f}{id}")),
                    None => pool.intern(id),
                }
            }
        };
        if kind == LineKind::Return && self.plan.config.aggregates.returns_at == ReturnsAt::SaleDate {
            match self.original_dates.get(row, day) {
                Some(sold) => line.day = sold.min(line.day),
                None => sales.undated_returns.push(row as u32),
            }
        }
        let extra = Extra { quantity: figures.quantity, margin: figures.margin, at, original };
        if extra != Extra::default() {
            if sales.extras.last() != Some(&extra) {
                sales.extras.push(extra);
            }
            line.extra = sales.extras.len() as u32 - 1;
        }
        excluded.map_or(Ok(()), Err)
    }

    /// The rule that leaves a readable line out, if one does.
    fn excluded(&mut self, row: usize, product: Option<&Entry>) -> Option<Refusal> {
        let words = &self.excluded_statuses;
        let status = self.statuses.get(row, |t, _| Some(words.contains(&fold_upper(t.trim()))));
        if status == Some(true) {
            return Some(Refusal::StatusExcluded);
        }
        match self.word(row, product) {
            Some(Word::Excluded(k)) if self.plan.config.aggregates.excluded_kinds.contains(&k) => {
                Some(Refusal::KindExcluded)
            }
            _ => None,
        }
    }

    /// The kind of line that the row or else its product names.
    fn word(&mut self, row: usize, product: Option<&Entry>) -> Option<Word> {
        let said = self.words.get(row, |t, _| Some(word_of(t)));
        said.or_else(|| product.filter(|e| !e.kind.is_empty()).map(|e| word_of(&e.kind)))
    }

    /// Amounts in the currency and tax of all sums, and whether they are those of a return.
    #[inline]
    fn amounts(
        &mut self,
        row: usize,
        on: Day,
        product: Option<&Entry>,
        quantity: Option<i64>,
    ) -> Result<Figures, Refusal> {
        let currency = self.currencies.get(row, |t, _| Some(currency(t)));
        let money = Money { plan: self.plan, catalog: self.catalog, day: on, currency };
        let [nets, grosses, discounts, margins, costs] = &mut self.amounts;
        let net = money.ours(nets.get(row, amount))?;
        let gross = money.ours(grosses.get(row, amount))?;
        let discount = money.ours(discounts.get(row, amount))?.map(i64::abs);
        // An amount that is written and cannot be read is not made up from the others.
        let net = match (net, gross) {
            (Some(net), _) => net,
            (None, Some(gross)) if !nets.is_written(row) => gross - gross.signum() * discount.unwrap_or(0),
            _ => return Err(Refusal::BadAmount),
        };
        let discount = discount.or(gross.map(|g| (g.abs() - net.abs()).max(0))).unwrap_or(0);
        let margin = money.ours(margins.get(row, amount))?;
        let cost = money.ours(costs.get(row, amount))?;

        let returned = self.returns.get(row, boolean) == Some(true);
        let negative = quantity.filter(|q| *q != 0).map_or(net < 0, |q| q < 0);
        let kind = match self.word(row, product) {
            Some(Word::Unknown) => return Err(Refusal::BadKind),
            Some(Word::Return) => LineKind::Return,
            _ if returned || negative => LineKind::Return,
            // A negative amount of a positive quantity is a return, unless the line is said to be a sale: then it is
            // a correction of one.
            None if net < 0 => LineKind::Return,
            _ => LineKind::Sale,
        };
        let wanted = self.plan.config.aggregates.tax;
        let Some(is) = self.taxes.get(row, |t, _| Some(tax(t))).unwrap_or(Some(Tax::Ttc)) else {
            return Err(Refusal::BadTax);
        };
        let mut rate = None;
        let mut turned = |minor: i64, to: Tax| {
            if is == to {
                return minor;
            }
            let rate = *rate.get_or_insert_with(|| {
                let said = self.vats.get(row, thousandths).filter(|r| (0..=100_000).contains(r));
                said.unwrap_or(self.default_vat)
            });
            with_tax(minor, is, to, rate)
        };
        let full = turned(net.abs().saturating_add(discount), wanted);
        let own = turned(net, wanted);
        let is_return = kind == LineKind::Return;
        let signed = |n: i64| if is_return { -n.abs() } else { n };
        let margin = match (margin, cost) {
            (Some(margin), _) => signed(margin),
            // Costs bear no VAT.
            (None, Some(cost)) => signed(turned(net.abs(), Tax::Ht) - cost.abs()),
            (None, None) => NULL,
        };
        Ok(Figures {
            net: signed(own),
            discount: full - own.abs(),
            kind,
            quantity: quantity.map_or(1000, i64::abs),
            margin,
        })
    }
}

/// The figures of one line.
struct Figures {
    net: i64,
    discount: i64,
    kind: LineKind,
    quantity: i64,
    margin: i64,
}

impl Default for Figures {
    fn default() -> Self {
        Figures { net: 0, discount: 0, kind: LineKind::Sale, quantity: 1000, margin: NULL }
    }
}
