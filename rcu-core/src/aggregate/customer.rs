//! One fold per customer over its facts.

use super::fact::{Facts, Owner, Sale, SaleKind};
use super::rfm::{RfmScores, quintile_scores, segment};
use super::spec::{AggregateSpec, Period};
use crate::normalize::text::fold_upper;
use crate::time::Day;
use rayon::prelude::*;

/// Aggregates of one customer. Sums and counts are 0 and dates and rates null when there is no purchase.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CustomerAggregates {
    /// Net revenue since ever, minor units.
    pub revenue_total_minor: i64,
    /// Net revenue of the main period, minor units.
    pub revenue_minor: i64,
    /// Tickets with a sale line in the main period.
    pub purchase_count: u32,
    /// Distinct (store, day) of such tickets in physical stores.
    pub visits: u32,
    /// Revenue by purchase, minor units, half away from zero.
    pub avg_basket_minor: Option<i64>,
    /// Σ discount / Σ gross of sale lines, in ten-thousandths.
    pub discount_rate_e4: Option<i64>,
    /// Mean of the tickets' own rates, in ten-thousandths.
    pub discount_rate_unweighted_e4: Option<i64>,
    /// Returned quantity / sold quantity in the main period, in ten-thousandths.
    pub return_rate_e4: Option<i64>,
    /// Store code with most visits; an id of [`Facts::stores`], 0 for none.
    pub favourite_store: u32,
    /// First day with a sale.
    pub first_purchase: Option<Day>,
    /// Last day with a sale.
    pub last_purchase: Option<Day>,
    /// Days from the last sale to the reference day.
    pub recency_days: Option<i32>,
    /// RFM scores, for customers with a purchase in the RFM window.
    pub rfm: Option<RfmScores>,
    /// RFM segment.
    pub rfm_segment: Option<&'static str>,
    /// `prospect`, `new`, `active`, `dormant`, `inactive`, `lost`.
    pub lifecycle: &'static str,
    /// Complaints still open.
    pub complaints_open: u32,
    /// Day of the last complaint.
    pub last_complaint: Option<Day>,
    /// An open complaint and a lifetime revenue above the threshold.
    pub priority_care: bool,
}

/// Money in and out, to the cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, schemars::JsonSchema)]
pub struct Totals {
    /// Net revenue of the transactions read.
    pub revenue_in_minor: i64,
    /// Of it, attributed to golden customers.
    pub attributed_minor: i64,
    /// Of it, of orphans: a reference that no record has.
    pub orphans_minor: i64,
    /// Of it, of sales without any reference.
    pub anonymous_minor: i64,
    /// Rows left out by their status, not part of the sum above.
    pub excluded_minor: i64,
    /// Orphan lines.
    pub orphan_lines: u64,
    /// Anonymous lines.
    pub anonymous_lines: u64,
}

impl Totals {
    /// Whether every cent is somewhere.
    pub fn reconciles(&self) -> bool {
        self.revenue_in_minor == self.attributed_minor + self.orphans_minor + self.anonymous_minor
    }
}

/// Aggregates of all customers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aggregates {
    /// One entry per cluster.
    pub customers: Vec<CustomerAggregates>,
    /// Reconciliation.
    pub totals: Totals,
}

/// Recency in days, purchases and net revenue inside the RFM window.
type RawRfm = (i32, u32, i64);

struct Windows {
    as_of: Day,
    main: Period,
    favourite: Period,
    rfm: Period,
}

/// Aggregates of `clusters` customers over their facts at `as_of`. The order of the facts does not matter.
pub fn compute(facts: &Facts, clusters: usize, spec: &AggregateSpec, as_of: Day) -> Aggregates {
    let windows = Windows {
        as_of,
        main: Period::last_months(as_of, spec.period_months),
        favourite: Period::last_months(as_of, spec.favourite_store_months),
        rfm: Period::last_months(as_of, spec.rfm_months),
    };
    let mut totals = Totals {
        revenue_in_minor: facts.revenue_in_minor,
        excluded_minor: facts.revenue_excluded_minor,
        ..Totals::default()
    };
    // Lines by customer, counted and placed: two passes over the sales, no per-customer allocation.
    let mut starts = vec![0u32; clusters + 1];
    for s in &facts.sales {
        match s.owner {
            Owner::Customer(c) => {
                starts[c as usize + 1] += 1;
                totals.attributed_minor += s.net_minor;
            }
            Owner::Orphan => {
                totals.orphans_minor += s.net_minor;
                totals.orphan_lines += 1;
            }
            Owner::Anonymous => {
                totals.anonymous_minor += s.net_minor;
                totals.anonymous_lines += 1;
            }
        }
    }
    for i in 0..clusters {
        starts[i + 1] += starts[i];
    }
    let mut lines = vec![0u32; starts[clusters] as usize];
    let mut next = starts.clone();
    for (i, s) in facts.sales.iter().enumerate() {
        if let Owner::Customer(c) = s.owner {
            lines[next[c as usize] as usize] = i as u32;
            next[c as usize] += 1;
        }
    }
    let remote: Vec<bool> = {
        let words: Vec<String> = spec.remote_channels.iter().map(|w| fold_upper(w)).collect();
        (0..facts.channels.len() as u32)
            .map(|id| words.contains(&fold_upper(facts.channels.get(id))))
            .collect()
    };
    // Store codes in text order, so that ties fall the same way whatever order ids were given in.
    let mut by_code: Vec<u32> = (0..facts.stores.len() as u32).collect();
    by_code.sort_unstable_by_key(|id| facts.stores.get(*id));
    let mut store_rank = vec![0u32; by_code.len()];
    for (rank, id) in by_code.iter().enumerate() {
        store_rank[*id as usize] = rank as u32;
    }

    let mut rows: Vec<(CustomerAggregates, Option<RawRfm>)> = (0..clusters)
        .into_par_iter()
        .map_init(Vec::new, |buffer: &mut Vec<Sale>, c| {
            buffer.clear();
            buffer.extend(
                lines[starts[c] as usize..starts[c + 1] as usize].iter().map(|i| facts.sales[*i as usize]),
            );
            one_customer(buffer, &remote, &store_rank, &windows)
        })
        .collect();

    for c in &facts.complaints {
        if let Owner::Customer(i) = c.owner {
            let a = &mut rows[i as usize].0;
            a.complaints_open += u32::from(c.open);
            a.last_complaint = a.last_complaint.max(Some(c.opened));
        }
    }
    for (a, _) in &mut rows {
        a.priority_care = a.complaints_open > 0 && a.revenue_total_minor > spec.priority_care_minor;
    }
    score_rfm(&mut rows, as_of);
    Aggregates { customers: rows.into_iter().map(|(a, _)| a).collect(), totals }
}

/// Aggregates of one customer's lines, and the raw recency, frequency and monetary value inside the RFM window.
fn one_customer(
    sales: &mut [Sale],
    remote: &[bool],
    store_rank: &[u32],
    w: &Windows,
) -> (CustomerAggregates, Option<RawRfm>) {
    let mut a = CustomerAggregates { lifecycle: "prospect", ..CustomerAggregates::default() };
    if sales.is_empty() {
        return (a, None);
    }
    sales.sort_unstable_by_key(|s| (s.ticket, s.day, s.store, s.kind as u8, s.net_minor, s.discount_minor));
    let (mut gross, mut discount, mut returned, mut sold) = (0i64, 0i64, 0i64, 0i64);
    let (mut rate_sum_e8, mut rated_tickets) = (0i128, 0i128);
    let (mut rfm_count, mut rfm_money) = (0u32, 0i64);
    // (store, day) of purchases in physical stores, for visits.
    let mut visits: Vec<(u32, Day)> = Vec::new();
    for ticket in sales.chunk_by(|x, y| x.ticket == y.ticket) {
        let (mut ticket_gross, mut ticket_discount) = (0i64, 0i64);
        let mut bought_main = false;
        let mut bought_rfm = false;
        for s in ticket {
            a.revenue_total_minor += s.net_minor;
            let in_main = w.main.contains(s.day);
            if in_main {
                a.revenue_minor += s.net_minor;
            }
            if w.rfm.contains(s.day) {
                rfm_money += s.net_minor;
            }
            match s.kind {
                SaleKind::Return if in_main => returned += s.quantity_milli,
                SaleKind::Return => {}
                SaleKind::Sale => {
                    a.first_purchase = Some(a.first_purchase.map_or(s.day, |d| d.min(s.day)));
                    a.last_purchase = a.last_purchase.max(Some(s.day));
                    if in_main {
                        bought_main = true;
                        sold += s.quantity_milli;
                        ticket_gross += s.net_minor + s.discount_minor;
                        ticket_discount += s.discount_minor;
                    }
                    bought_rfm |= w.rfm.contains(s.day);
                    if s.store != 0 && !remote[s.channel as usize] {
                        visits.push((s.store, s.day));
                    }
                }
            }
        }
        a.purchase_count += u32::from(bought_main);
        rfm_count += u32::from(bought_rfm);
        gross += ticket_gross;
        discount += ticket_discount;
        if ticket_gross > 0 {
            rate_sum_e8 += i128::from(ticket_discount) * 100_000_000 / i128::from(ticket_gross);
            rated_tickets += 1;
        }
    }
    visits.sort_unstable();
    visits.dedup();
    a.visits = visits.iter().filter(|(_, d)| w.main.contains(*d)).count() as u32;
    a.favourite_store = favourite_store(sales, &visits, store_rank, w);
    a.avg_basket_minor =
        (a.purchase_count > 0).then(|| div_half_away(a.revenue_minor.into(), a.purchase_count.into()));
    a.discount_rate_e4 = (gross > 0).then(|| div_half_away(i128::from(discount) * 10_000, gross.into()));
    a.discount_rate_unweighted_e4 =
        (rated_tickets > 0).then(|| div_half_away(rate_sum_e8, rated_tickets * 10_000));
    a.return_rate_e4 = (sold > 0).then(|| div_half_away(i128::from(returned) * 10_000, sold.into()));
    a.recency_days = a.last_purchase.map(|d| w.as_of.0 - d.0);
    a.lifecycle = lifecycle(a.first_purchase, a.last_purchase, w.as_of);
    let rfm = a.last_purchase.filter(|_| rfm_count > 0).map(|d| (w.as_of.0 - d.0, rfm_count, rfm_money));
    (a, rfm)
}

/// Most visits in the window; ties: revenue, then the latest visit, then the smallest store code.
fn favourite_store(sales: &[Sale], visits: &[(u32, Day)], store_rank: &[u32], w: &Windows) -> u32 {
    let mut best: Option<(u32, i64, Day, std::cmp::Reverse<u32>, u32)> = None;
    for of_store in visits.chunk_by(|x, y| x.0 == y.0) {
        let store = of_store[0].0;
        let inside = of_store.iter().filter(|(_, d)| w.favourite.contains(*d));
        let Some(latest) = inside.clone().map(|(_, d)| *d).max() else { continue };
        let revenue = sales
            .iter()
            .filter(|s| s.store == store && w.favourite.contains(s.day))
            .map(|s| s.net_minor)
            .sum();
        let rank = std::cmp::Reverse(store_rank[store as usize]);
        let candidate = (inside.count() as u32, revenue, latest, rank, store);
        if best.is_none_or(|b| (candidate.0, candidate.1, candidate.2, candidate.3) > (b.0, b.1, b.2, b.3)) {
            best = Some(candidate);
        }
    }
    best.map_or(0, |b| b.4)
}

/// `domain.md` §5.4, evaluated in order.
fn lifecycle(first: Option<Day>, last: Option<Day>, as_of: Day) -> &'static str {
    let (Some(first), Some(last)) = (first, last) else { return "prospect" };
    if as_of.0 - first.0 <= 90 {
        "new"
    } else if last >= as_of.add_months(-12) {
        "active"
    } else if last >= as_of.add_months(-24) {
        "dormant"
    } else if last >= as_of.add_months(-36) {
        "inactive"
    } else {
        "lost"
    }
}

fn score_rfm(rows: &mut [(CustomerAggregates, Option<RawRfm>)], as_of: Day) {
    let population: Vec<usize> = (0..rows.len()).filter(|i| rows[*i].1.is_some()).collect();
    let raw: Vec<RawRfm> = population.iter().filter_map(|i| rows[*i].1).collect();
    // Fewer days are better, so recency is negated: "worse" is always the smaller value.
    let r = quintile_scores(&raw.iter().map(|v| -i64::from(v.0)).collect::<Vec<_>>());
    let f = quintile_scores(&raw.iter().map(|v| i64::from(v.1)).collect::<Vec<_>>());
    let m = quintile_scores(&raw.iter().map(|v| v.2).collect::<Vec<_>>());
    let (Some(r), Some(f), Some(m)) = (r, f, m) else { return };
    for (k, i) in population.into_iter().enumerate() {
        let scores = RfmScores { r: r[k], f: f[k], m: m[k] };
        let a = &mut rows[i].0;
        let age = a.first_purchase.map_or(i32::MAX, |d| as_of.0 - d.0);
        a.rfm = Some(scores);
        a.rfm_segment = Some(segment(scores, age));
    }
}

/// Quotient rounded to the nearest integer, halves away from zero. `d` is positive.
fn div_half_away(n: i128, d: i128) -> i64 {
    let q = (n.abs() * 2 + d) / (2 * d);
    (if n < 0 { -q } else { q }) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(s: &str) -> Day {
        Day::parse_iso(s).unwrap()
    }

    /// The data set of `domain.md` §5.7; T7 is cancelled and so never becomes a fact, T5 has its local day.
    fn worked_example() -> Facts {
        let mut f = Facts::default();
        let (a, b) = (f.stores.intern("A"), f.stores.intern("B"));
        let (shop, web) = (f.channels.intern("magasin"), f.channels.intern("web"));
        let rows = [
            ("2026-03-10", a, shop, 9000, 1000),
            ("2026-03-10", a, shop, 1000, 1000),
            ("2026-06-01", b, shop, 5000, 0),
            ("2026-06-05", b, shop, -5000, 0),
            ("2026-07-15", a, shop, 4000, 0),
            ("2026-08-01", 0, web, 5400, 600),
            ("2025-11-21", b, shop, 3000, 0),
        ];
        for (i, (d, store, channel, net, discount)) in rows.into_iter().enumerate() {
            f.revenue_in_minor += net;
            let ticket = f.tickets.intern(&format!("T{i}"));
            let kind = if net < 0 { SaleKind::Return } else { SaleKind::Sale };
            f.sales.push(Sale {
                owner: Owner::Customer(0),
                ticket,
                store,
                channel,
                day: day(d),
                kind,
                net_minor: net,
                discount_minor: discount,
                quantity_milli: 1000,
            });
        }
        f
    }

    #[test]
    fn worked_example_of_the_specification() {
        let facts = worked_example();
        let all = compute(&facts, 1, &AggregateSpec::default(), day("2026-11-21"));
        let a = &all.customers[0];
        assert_eq!(a.revenue_minor, 19_400);
        assert_eq!((a.purchase_count, a.visits), (5, 3));
        assert_eq!(a.avg_basket_minor, Some(3880));
        assert_eq!(a.discount_rate_e4, Some(963));
        assert_eq!(a.discount_rate_unweighted_e4, Some(1400));
        assert_eq!(a.return_rate_e4, Some(2000));
        assert_eq!(facts.stores.get(a.favourite_store), "A");
        assert_eq!(a.last_purchase, Some(day("2026-08-01")));
        assert_eq!(a.recency_days, Some(112));
        assert_eq!(a.first_purchase, Some(day("2025-11-21")));
        assert_eq!(a.lifecycle, "active");
        assert_eq!(a.rfm, None, "fewer than five customers have no scores");
        assert!(all.totals.reconciles());
    }

    #[test]
    fn the_order_of_facts_does_not_matter() {
        let facts = worked_example();
        let want = compute(&facts, 1, &AggregateSpec::default(), day("2026-11-21"));
        for k in 1..facts.sales.len() {
            let mut turned = facts.clone();
            turned.sales.rotate_left(k);
            turned.sales.reverse();
            assert_eq!(compute(&turned, 1, &AggregateSpec::default(), day("2026-11-21")), want);
        }
    }

    #[test]
    fn a_prospect_has_zeros_and_nulls() {
        let all = compute(&Facts::default(), 1, &AggregateSpec::default(), day("2026-11-21"));
        let a = &all.customers[0];
        assert_eq!((a.revenue_minor, a.visits, a.lifecycle), (0, 0, "prospect"));
        assert_eq!((a.avg_basket_minor, a.last_purchase, a.discount_rate_e4), (None, None, None));
    }
}
