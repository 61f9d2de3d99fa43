//! The figures of one customer's lines (`domain.md` §5.2–5.4).

use super::customer::{CustomerAggregates, Lifecycle, UnitFigures, UnitKind};
use super::fact::{Dims, Line, LineKind, NULL};
use super::frame::Frame;
use super::rfm::RawRfm;
use crate::time::Day;
use std::cmp::Reverse;

/// Buffers that are used again for each customer.
#[derive(Default)]
pub(super) struct Scratch {
    visits: Vec<(u32, Day)>,
    channels: Vec<(u32, Day)>,
    days: Vec<Day>,
    shares: Vec<(u32, i64)>,
    by_unit: Vec<(u32, u32)>,
}

/// Fills what the lines of one customer say. The lines are put in the order of their tickets.
pub(super) fn fold(lines: &mut [Line], frame: &Frame, scratch: &mut Scratch, a: &mut CustomerAggregates) {
    scratch.channels.clear();
    if lines.is_empty() {
        return;
    }
    lines.sort_unstable_by_key(|l| l.ticket);
    let lines = &*lines;
    let dims = |l: &Line| &frame.facts.dims[l.dims as usize];
    let (mut total, mut main, mut value) = (0i128, 0i128, 0i128);
    let (mut gross, mut discount, mut returned, mut sold) = (0i128, 0i128, 0i128, 0i128);
    let (mut rates_e18, mut rated) = (0i128, 0i128);
    let (mut rfm_count, mut rfm_money, mut rfm_last) = (0i64, 0i128, None::<Day>);
    let mut margin: Option<i128> = None;
    scratch.visits.clear();
    for ticket in lines.chunk_by(|x, y| x.ticket == y.ticket) {
        let (mut ticket_gross, mut ticket_discount) = (0i128, 0i128);
        let (mut bought_main, mut bought_rfm) = (false, false);
        let of_ticket = scratch.channels.len();
        for l in ticket {
            let d = dims(l);
            let in_main = frame.main.contains(l.day);
            total += i128::from(l.net);
            main += if in_main { i128::from(l.net) } else { 0 };
            rfm_money += if frame.rfm.contains(l.day) { i128::from(l.net) } else { 0 };
            if frame.value.contains(l.day) {
                value += i128::from(l.net);
                if l.extra.margin != NULL {
                    margin = Some(margin.unwrap_or(0) + i128::from(l.extra.margin));
                }
            }
            if d.kind == LineKind::Return {
                returned += if in_main { i128::from(l.extra.quantity) } else { 0 };
                continue;
            }
            if counts_as_purchase(lines, l, frame) {
                a.first_purchase = Some(a.first_purchase.map_or(l.day, |x| x.min(l.day)));
                a.last_purchase = a.last_purchase.max(Some(l.day));
            }
            if in_main {
                sold += i128::from(l.extra.quantity);
                ticket_gross += i128::from(l.net) + i128::from(l.discount);
                ticket_discount += i128::from(l.discount);
            }
            if l.extra.quantity > 0 {
                bought_main |= in_main;
                if frame.rfm.contains(l.day) {
                    bought_rfm = true;
                    rfm_last = rfm_last.max(Some(l.day));
                }
                if frame.in_a_shop(d) {
                    scratch.visits.push((d.store, l.day));
                }
                if d.channel != 0 && frame.favourite_channel.contains(l.day) {
                    // One interaction a ticket and channel, however many lines.
                    let here = (d.channel, l.day);
                    if !scratch.channels[of_ticket..].contains(&here) {
                        scratch.channels.push(here);
                    }
                }
            }
        }
        a.purchase_count += u32::from(bought_main);
        rfm_count += i64::from(bought_rfm);
        gross += ticket_gross;
        discount += ticket_discount;
        if ticket_gross > 0 {
            rates_e18 += ticket_discount * E18 / ticket_gross;
            rated += 1;
        }
    }
    scratch.visits.sort_unstable();
    scratch.visits.dedup();
    a.revenue_total_minor = minor(total);
    a.revenue_minor = minor(main);
    a.value_minor = minor(value);
    a.margin_minor = margin.map(minor);
    a.visits = scratch.visits.iter().filter(|(_, d)| frame.main.contains(*d)).count() as u32;
    a.favourite_store = favourite_store(lines, &scratch.visits, frame);
    a.avg_basket_minor = (a.purchase_count > 0).then(|| div_half_away(main, a.purchase_count.into()));
    a.discount_rate_e4 = (gross > 0).then(|| div_half_away(discount * 10_000, gross));
    a.discount_rate_unweighted_e4 = (rated > 0).then(|| mean_e4(rates_e18, rated));
    a.return_rate_e4 = (sold > 0).then(|| div_half_away(returned * 10_000, sold));
    let as_of = frame.rules.as_of;
    a.recency_days = a.last_purchase.map(|d| as_of.0 - d.0);
    a.lifecycle = Lifecycle::of(a.first_purchase, a.last_purchase, as_of);
    a.reactivated = reactivated(lines, a.last_purchase, frame, &mut scratch.days);
    a.raw_rfm = rfm_last.map(|last| RawRfm {
        recency_days: i64::from(as_of.0 - last.0),
        frequency: rfm_count,
        monetary: minor(rfm_money),
    });
    if frame.has_categories {
        a.appetence_e4 = appetence(lines, frame, &mut scratch.shares);
    }
    if frame.has_brands {
        units(lines, frame, UnitKind::Brand, |d| d.brand, scratch, &mut a.units);
    }
    if frame.has_companies {
        units(lines, frame, UnitKind::Company, |d| d.company, scratch, &mut a.units);
    }
}

const E18: i128 = 1_000_000_000_000_000_000;

/// Interactions by channel that the lines gave; web events are added to them.
pub(super) fn channels(scratch: &mut Scratch) -> &mut Vec<(u32, Day)> {
    &mut scratch.channels
}

/// The channel with most interactions; ties: the latest, then the smallest name.
pub(super) fn favourite_channel(scratch: &mut Scratch) -> u32 {
    let all = &mut scratch.channels;
    all.sort_unstable();
    let best = all
        .chunk_by(|x, y| x.0 == y.0)
        .map(|c| (c.len(), c.last().map_or(Day(0), |x| x.1), Reverse(c[0].0)))
        .max();
    best.map_or(0, |b| b.2.0)
}

/// Whether a sale line sets purchase dates. By option, a sale that was returned whole does not.
fn counts_as_purchase(lines: &[Line], sale: &Line, frame: &Frame) -> bool {
    if frame.rules.spec.returned_sales_count {
        return true;
    }
    let (mut sold, mut returned) = (0i128, 0i128);
    for l in lines {
        match frame.facts.kind(l) {
            LineKind::Sale if l.ticket == sale.ticket => sold += i128::from(l.extra.quantity),
            LineKind::Return if l.extra.original == sale.ticket => returned += i128::from(l.extra.quantity),
            _ => {}
        }
    }
    returned < sold
}

/// Most visits in the window; ties: revenue, then the latest visit, then the smallest store code.
fn favourite_store(lines: &[Line], visits: &[(u32, Day)], frame: &Frame) -> u32 {
    let period = frame.favourite_store;
    let mut best: Option<(u32, i128, Day, Reverse<u32>)> = None;
    for of_store in visits.chunk_by(|x, y| x.0 == y.0) {
        let store = of_store[0].0;
        let inside = of_store.iter().filter(|(_, d)| period.contains(*d));
        let Some(latest) = inside.clone().map(|(_, d)| *d).max() else { continue };
        let count = inside.count() as u32;
        if best.as_ref().is_some_and(|b| b.0 > count) {
            continue;
        }
        let revenue = lines
            .iter()
            .filter(|l| period.contains(l.day) && frame.facts.dims[l.dims as usize].store == store)
            .map(|l| i128::from(l.net))
            .sum();
        best = best.max(Some((count, revenue, latest, Reverse(store))));
    }
    best.map_or(0, |b| b.3.0)
}

/// Whether a purchase of the last 90 days came more than 24 months after the one before it.
fn reactivated(lines: &[Line], last: Option<Day>, frame: &Frame, days: &mut Vec<Day>) -> bool {
    let since = frame.rules.as_of.0 - 90;
    if last.is_none_or(|d| d.0 < since) {
        return false;
    }
    days.clear();
    days.extend(lines.iter().filter(|l| frame.facts.kind(l) == LineKind::Sale).map(|l| l.day));
    days.sort_unstable();
    days.windows(2).any(|w| w[1].0 >= since && w[1] > w[0].add_months(24))
}

/// Shares of positive net revenue by category in ten-thousandths, largest remainders rounded up so that they add up.
fn appetence(lines: &[Line], frame: &Frame, sums: &mut Vec<(u32, i64)>) -> Vec<(u32, i64)> {
    sums.clear();
    for l in lines.iter().filter(|l| frame.appetence.contains(l.day)) {
        let category = frame.facts.dims[l.dims as usize].category;
        match sums.iter_mut().find(|s| s.0 == category) {
            Some(s) => s.1 = s.1.saturating_add(l.net),
            None => sums.push((category, l.net)),
        }
    }
    sums.retain(|s| s.0 != 0 && s.1 > 0);
    sums.sort_unstable();
    let all: i128 = sums.iter().map(|s| i128::from(s.1)).sum();
    let mut left = 10_000;
    let mut shares: Vec<(u32, i64)> = Vec::with_capacity(sums.len());
    let mut rests: Vec<(Reverse<i128>, usize)> = Vec::with_capacity(sums.len());
    for (i, (category, sum)) in sums.iter().enumerate() {
        let scaled = i128::from(*sum) * 10_000;
        let share = (scaled / all) as i64;
        shares.push((*category, share));
        rests.push((Reverse(scaled % all), i));
        left -= share;
    }
    rests.sort_unstable();
    for (_, i) in rests.into_iter().take(left.max(0) as usize) {
        shares[i].1 += 1;
    }
    shares
}

/// Figures by brand or company, in the order of their names.
fn units(
    lines: &[Line],
    frame: &Frame,
    kind: UnitKind,
    of: fn(&Dims) -> u32,
    scratch: &mut Scratch,
    out: &mut Vec<UnitFigures>,
) {
    let order = &mut scratch.by_unit;
    order.clear();
    order.extend(lines.iter().enumerate().map(|(i, l)| (of(&frame.facts.dims[l.dims as usize]), i as u32)));
    order.retain(|x| x.0 != 0);
    // Lines stay in the order of their tickets within a unit.
    order.sort_unstable();
    for of_unit in order.chunk_by(|x, y| x.0 == y.0) {
        let mut u = UnitFigures {
            kind,
            unit: of_unit[0].0,
            revenue_total_minor: 0,
            revenue_minor: 0,
            purchase_count: 0,
            first_purchase: None,
            last_purchase: None,
            raw_rfm: None,
            rfm: None,
        };
        let (mut total, mut main, mut money) = (0i128, 0i128, 0i128);
        let (mut frequency, mut last_in_rfm) = (0i64, None::<Day>);
        for ticket in of_unit.chunk_by(|x, y| lines[x.1 as usize].ticket == lines[y.1 as usize].ticket) {
            let (mut bought_main, mut bought_rfm) = (false, false);
            for l in ticket.iter().map(|x| &lines[x.1 as usize]) {
                let (in_main, in_rfm) = (frame.main.contains(l.day), frame.rfm.contains(l.day));
                total += i128::from(l.net);
                main += if in_main { i128::from(l.net) } else { 0 };
                money += if in_rfm { i128::from(l.net) } else { 0 };
                if frame.facts.kind(l) == LineKind::Return {
                    continue;
                }
                if counts_as_purchase(lines, l, frame) {
                    u.first_purchase = Some(u.first_purchase.map_or(l.day, |x| x.min(l.day)));
                    u.last_purchase = u.last_purchase.max(Some(l.day));
                }
                if l.extra.quantity > 0 {
                    bought_main |= in_main;
                    bought_rfm |= in_rfm;
                    last_in_rfm = if in_rfm { last_in_rfm.max(Some(l.day)) } else { last_in_rfm };
                }
            }
            u.purchase_count += u32::from(bought_main);
            frequency += i64::from(bought_rfm);
        }
        u.revenue_total_minor = minor(total);
        u.revenue_minor = minor(main);
        u.raw_rfm = last_in_rfm.map(|last| RawRfm {
            recency_days: i64::from(frame.rules.as_of.0 - last.0),
            frequency,
            monetary: minor(money),
        });
        out.push(u);
    }
}

/// Minor units of a sum. Loading refuses facts whose amounts could add up to more than 64 bits.
pub(super) fn minor(sum: i128) -> i64 {
    sum.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
}

/// Quotient rounded to the nearest integer, halves away from zero. `d` is positive.
pub(super) fn div_half_away(n: i128, d: i128) -> i64 {
    let q = (n.abs() * 2 + d) / (2 * d);
    minor(if n < 0 { -q } else { q })
}

/// Mean of `n` rates whose sum, in units of 1e-18, is short by at most `n` of them: what is lost there must not turn a
/// half, so the mean is rounded to 1e-12 first.
fn mean_e4(sum_e18: i128, n: i128) -> i64 {
    div_half_away(i128::from(div_half_away(sum_e18, n * 1_000_000)), 100_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!((div_half_away(5, 2), div_half_away(-5, 2), div_half_away(4, 3)), (3, -3, 1));
        let third = E18 / 3;
        assert_eq!(mean_e4(third * 3, 3), 3333);
        // 1/3 and 2/3 are each cut short; their mean is a half all the same.
        assert_eq!(mean_e4(third + E18 * 2 / 3, 2), 5000);
        assert_eq!(mean_e4(E18 / 10_000 / 2, 1), 1);
    }
}
