//! Tables of figures: aggregates by customer, profiles by brand and company, orphans and missing references.

use super::{Figures, OutColumn, OutTable, golden_ids, text};
use crate::aggregate::{
    CellType, CustomPlan, CustomValue, CustomerAggregates, Lifecycle, RfmScores, SHIPPED, Status, Texts,
    UnitFigures, UnitKind, Web,
};
use crate::config::Plan;
use crate::parallel;
use crate::table::{Column, TextColumn};
use crate::time::Day;
use std::fmt::Write as _;
use std::ops::Range;

type Of<T> = fn(&CustomerAggregates) -> Option<T>;

/// How a column is made from the figures of a customer.
enum Make {
    Integer(Of<i64>),
    /// Units of `10^-scale`.
    Decimal(Of<i64>, u8),
    Day(Of<Day>),
    Boolean(Of<bool>),
    /// A text id.
    Id(Of<u32>),
    /// A position in a list of words.
    Word(&'static [&'static str], fn(&CustomerAggregates, &Scope) -> Option<usize>),
    /// A JSON object; empty ones are null.
    Map(fn(&CustomerAggregates, &Scope, &mut String)),
    Rfm,
}

/// What maps need besides the figures.
struct Scope<'a> {
    texts: &'a Texts,
    as_of: Day,
    former_after: u32,
    /// Brands and companies that somebody bought from.
    units: [Vec<u32>; 2],
}

const LIFECYCLES: &[&str] = &["prospect", "new", "active", "dormant", "inactive", "lost"];
const STATUSES: &[&str] = &["customer", "former", "prospect"];
const SEGMENTS: &[&str] =
    &["champions", "loyal", "big_spenders", "new", "promising", "at_risk", "lost", "standard"];

fn web<T>(a: &CustomerAggregates, of: fn(&Web) -> T) -> Option<T> {
    a.web.as_deref().map(of)
}

/// The columns of [`SHIPPED`] but the first, in its order.
const COLUMNS: &[Make] = &[
    Make::Decimal(|a| Some(a.revenue_minor), 2),
    Make::Decimal(|a| Some(a.revenue_total_minor), 2),
    Make::Integer(|a| Some(a.purchase_count.into())),
    Make::Integer(|a| Some(a.visits.into())),
    Make::Decimal(|a| a.avg_basket_minor, 2),
    Make::Decimal(|a| a.discount_rate_e4, 4),
    Make::Decimal(|a| a.discount_rate_unweighted_e4, 4),
    Make::Decimal(|a| a.return_rate_e4, 4),
    Make::Decimal(|a| Some(a.value_minor), 2),
    Make::Decimal(|a| a.margin_minor, 2),
    Make::Id(|a| Some(a.favourite_store)),
    Make::Id(|a| Some(a.favourite_channel)),
    Make::Day(|a| a.first_purchase),
    Make::Day(|a| a.last_purchase),
    Make::Integer(|a| a.recency_days.map(i64::from)),
    Make::Rfm,
    Make::Word(SEGMENTS, |a, _| SEGMENTS.iter().position(|s| Some(*s) == a.rfm_segment)),
    Make::Word(LIFECYCLES, |a, _| Some(a.lifecycle as usize)),
    Make::Boolean(|a| Some(a.reactivated)),
    Make::Word(STATUSES, |a, s| Some(Status::of(a.last_purchase, s.as_of, s.former_after) as usize)),
    Make::Map(|a, s, out| statuses(a, UnitKind::Brand, s, out)),
    Make::Map(|a, s, out| statuses(a, UnitKind::Company, s, out)),
    Make::Map(|a, s, out| {
        object(out, a.appetence_e4.iter().map(|(id, v)| (s.texts.get(*id), decimal(*v, 4))))
    }),
    Make::Integer(|a| Some(a.care.complaints_open.into())),
    Make::Integer(|a| Some(a.care.complaints_12m.into())),
    Make::Day(|a| a.care.last_complaint),
    Make::Decimal(|a| a.care.mean_resolution_days_e2, 2),
    Make::Integer(|a| a.care.nps_last),
    Make::Decimal(|a| a.care.rating_avg_12m_e2, 2),
    Make::Integer(|a| Some(a.care.reviews_12m.into())),
    Make::Boolean(|a| Some(a.care.unhappy)),
    Make::Boolean(|a| Some(a.care.priority_care)),
    Make::Integer(|a| Some(web(a, |w| w.sessions_30d.into()).unwrap_or(0))),
    Make::Integer(|a| Some(web(a, |w| w.pages_30d.into()).unwrap_or(0))),
    Make::Day(|a| web(a, |w| w.last_visit).flatten()),
    Make::Boolean(|a| Some(web(a, |w| w.abandoned_cart.is_some()).unwrap_or(false))),
    Make::Decimal(|a| web(a, |w| w.abandoned_cart.and_then(|c| c.value_minor)).flatten(), 2),
    Make::Decimal(|a| web(a, |w| w.abandoned_cart.and_then(|c| c.items_milli)).flatten(), 3),
    Make::Integer(|a| Some(web(a, |w| w.newsletter_clicks_90d.into()).unwrap_or(0))),
    Make::Integer(|a| Some(web(a, |w| w.opens_90d.into()).unwrap_or(0))),
    Make::Integer(|a| Some(web(a, |w| w.contacts_30d.into()).unwrap_or(0))),
    Make::Map(|a, s, out| {
        let contacts = a.web.iter().flat_map(|w| &w.last_contact);
        object(out, contacts.map(|(id, day)| (s.texts.get(*id), format!("\"{day}\""))));
    }),
    Make::Decimal(|a| a.loyalty_points_milli, 3),
];

/// One row per customer of `range`.
pub(super) fn customers(plan: &Plan, r: &Figures, range: Range<usize>) -> OutTable {
    let all = r.aggregates.customers.get(range.clone()).unwrap_or_default();
    let scope = Scope::new(plan, r);
    let ids = golden_ids(r.golden_ids.get(range).unwrap_or_default());
    let mut columns = vec![(SHIPPED[0].to_owned(), OutColumn::Text(Column::Plain(ids)))];
    let made: Vec<OutColumn> = parallel::each(COLUMNS.len(), all.len(), |i| COLUMNS[i].column(all, &scope));
    columns.extend(SHIPPED[1..].iter().map(|n| (*n).to_owned()).zip(made));
    for (i, custom) in plan.custom.iter().enumerate() {
        columns.push((custom.name.clone(), custom_column(custom, i, all, r.texts)));
    }
    OutTable { name: "aggregates", columns }
}

impl Scope<'_> {
    fn new<'a>(plan: &Plan, r: &Figures<'a>) -> Scope<'a> {
        let of = |kind: UnitKind| -> Vec<u32> {
            let units = r.aggregates.customers.iter().flat_map(|a| &a.units);
            let mut ids: Vec<u32> = units.filter(|u| u.kind == kind).map(|u| u.unit).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        Scope {
            texts: r.texts,
            as_of: plan.as_of,
            former_after: plan.config.aggregates.former_after_months,
            units: [of(UnitKind::Brand), of(UnitKind::Company)],
        }
    }
}

impl Make {
    fn column(&self, all: &[CustomerAggregates], scope: &Scope) -> OutColumn {
        match self {
            Make::Integer(of) => OutColumn::Integer(all.iter().map(of).collect()),
            Make::Decimal(of, scale) => OutColumn::Decimal(all.iter().map(of).collect(), *scale),
            Make::Day(of) => OutColumn::Day(all.iter().map(|a| of(a).map(|d| d.0)).collect()),
            Make::Boolean(of) => OutColumn::Boolean(all.iter().map(of).collect()),
            Make::Id(of) => texts_column(scope.texts, all.iter().map(|a| of(a).unwrap_or(0))),
            Make::Word(words, of) => {
                words_column(words, all.iter().map(|a| of(a, scope).map_or(Column::NULL_CODE, |i| i as u32)))
            }
            Make::Map(write) => {
                let mut line = String::new();
                let mut column = TextColumn::with_capacity(all.len(), 0);
                for a in all {
                    line.clear();
                    write(a, scope, &mut line);
                    column.push(Some(line.as_str()).filter(|l| !l.is_empty()));
                }
                OutColumn::Text(Column::Plain(column))
            }
            Make::Rfm => rfm_column(all.iter().map(|a| a.rfm)),
        }
    }
}

/// A dictionary of text ids that are used, in text order.
fn texts_column(texts: &Texts, ids: impl Iterator<Item = u32> + Clone) -> OutColumn {
    let mut code_of = vec![Column::NULL_CODE; texts.len()];
    ids.clone().filter(|id| *id != 0).for_each(|id| code_of[id as usize] = 0);
    let mut values = TextColumn::new();
    for (id, code) in code_of.iter_mut().enumerate().filter(|(_, c)| **c == 0) {
        *code = values.len() as u32;
        values.push(Some(texts.get(id as u32)));
    }
    OutColumn::Text(Column::Dictionary { codes: ids.map(|id| code_of[id as usize]).collect(), values })
}

fn words_column(words: &[&str], codes: impl Iterator<Item = u32>) -> OutColumn {
    let values = words.iter().map(|w| Some(*w)).collect();
    OutColumn::Text(Column::Dictionary { codes: codes.collect(), values })
}

/// `545`: the three scores.
fn rfm_column(scores: impl Iterator<Item = Option<RfmScores>>) -> OutColumn {
    let code = |s: RfmScores| u32::from(s.r - 1) * 25 + u32::from(s.f - 1) * 5 + u32::from(s.m - 1);
    let words: Vec<String> =
        (0..125).map(|n| format!("{}{}{}", n / 25 + 1, n / 5 % 5 + 1, n % 5 + 1)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    words_column(&words, scores.map(|s| s.map_or(Column::NULL_CODE, code)))
}

/// Writes `{"name":value,…}`, or nothing without an entry.
fn object<'t>(out: &mut String, entries: impl Iterator<Item = (&'t str, String)>) {
    for (name, value) in entries {
        out.push(if out.is_empty() { '{' } else { ',' });
        let name = serde_json::to_string(name).unwrap_or_default();
        let _ = write!(out, "{name}:{value}");
    }
    if !out.is_empty() {
        out.push('}');
    }
}

/// Units of `10^-scale` as a JSON number with all its decimals.
fn decimal(units: i64, scale: u32) -> String {
    if scale == 0 {
        return units.to_string();
    }
    let one = 10u64.pow(scale);
    let sign = if units < 0 { "-" } else { "" };
    let n = units.unsigned_abs();
    format!("{sign}{}.{:0width$}", n / one, n % one, width = scale as usize)
}

/// What somebody is to each brand or company that anybody bought from: customer, former or prospect.
fn statuses(a: &CustomerAggregates, kind: UnitKind, s: &Scope, out: &mut String) {
    let all = &s.units[kind as usize];
    let last =
        |unit: u32| a.units.iter().find(|u| u.kind == kind && u.unit == unit).and_then(|u| u.last_purchase);
    object(
        out,
        all.iter().map(|unit| {
            let status = Status::of(last(*unit), s.as_of, s.former_after);
            (s.texts.get(*unit), format!("\"{}\"", status.name()))
        }),
    );
}

fn custom_column(plan: &CustomPlan, i: usize, all: &[CustomerAggregates], texts: &Texts) -> OutColumn {
    let scale = match plan.cell {
        CellType::Money => 2,
        CellType::Thousandths => 3,
        _ => 0,
    };
    let Some(by) = plan.by_cell else {
        let values = all.iter().map(|a| match a.custom.get(i) {
            Some(CustomValue::One(v)) => *v,
            _ => None,
        });
        return match plan.cell {
            CellType::Day => OutColumn::Day(values.map(|v| v.map(|d| d as i32)).collect()),
            CellType::Money | CellType::Thousandths => OutColumn::Decimal(values.collect(), scale),
            _ => OutColumn::Integer(values.collect()),
        };
    };
    let value = |v: i64| match plan.cell {
        CellType::Day => format!("\"{}\"", Day(v as i32)),
        _ => decimal(v, u32::from(scale)),
    };
    let key = |k: i64| match by {
        CellType::Text => texts.get(k as u32).to_owned(),
        CellType::Day => Day(k as i32).to_string(),
        CellType::LineKind => ["sale", "return"][usize::from(k != 0)].to_owned(),
        CellType::Boolean => (k != 0).to_string(),
        CellType::Money => decimal(k, 2),
        CellType::Thousandths => decimal(k, 3),
        _ => k.to_string(),
    };
    let mut line = String::new();
    let mut column = TextColumn::with_capacity(all.len(), 0);
    for a in all {
        line.clear();
        if let Some(CustomValue::By(entries)) = a.custom.get(i) {
            let named: Vec<(String, String)> = entries.iter().map(|(k, v)| (key(*k), value(*v))).collect();
            object(&mut line, named.iter().map(|(k, v)| (k.as_str(), v.clone())));
        }
        column.push(Some(line.as_str()).filter(|l| !l.is_empty()));
    }
    OutColumn::Text(Column::Plain(column))
}

/// One row per customer and brand or company where they bought.
pub(super) fn profiles(plan: &Plan, r: &Figures) -> OutTable {
    let all: Vec<(usize, &UnitFigures)> = r
        .aggregates
        .customers
        .iter()
        .enumerate()
        .flat_map(|(c, a)| a.units.iter().map(move |u| (c, u)))
        .collect();
    let units = || all.iter().map(|x| x.1);
    let day =
        |of: fn(&UnitFigures) -> Option<Day>| OutColumn::Day(units().map(|u| of(u).map(|d| d.0)).collect());
    let money = |of: fn(&UnitFigures) -> i64| OutColumn::Decimal(units().map(|u| Some(of(u))).collect(), 2);
    let months = plan.config.aggregates.former_after_months;
    let status = |u: &UnitFigures| Status::of(u.last_purchase, plan.as_of, months) as u32;
    let lifecycle = |u: &UnitFigures| Lifecycle::of(u.first_purchase, u.last_purchase, plan.as_of) as u32;
    let kinds = [UnitKind::Brand.name(), UnitKind::Company.name()];
    OutTable {
        name: "profiles",
        columns: vec![
            ("golden_id".into(), text(all.iter().map(|x| Some(r.golden_ids[x.0].as_str())))),
            ("dimension".into(), words_column(&kinds, units().map(|u| u.kind as u32))),
            ("name".into(), texts_column(r.texts, all.iter().map(|x| x.1.unit))),
            ("status".into(), words_column(STATUSES, units().map(status))),
            ("lifecycle".into(), words_column(LIFECYCLES, units().map(lifecycle))),
            ("net_revenue".into(), money(|u| u.revenue_minor)),
            ("net_revenue_total".into(), money(|u| u.revenue_total_minor)),
            (
                "purchase_count".into(),
                OutColumn::Integer(units().map(|u| Some(u.purchase_count.into())).collect()),
            ),
            ("first_purchase_date".into(), day(|u| u.first_purchase)),
            ("last_purchase_date".into(), day(|u| u.last_purchase)),
            ("rfm".into(), rfm_column(units().map(|u| u.rfm))),
        ],
    }
}

/// Facts whose customer no record is.
pub(super) fn orphans(r: &Figures) -> OutTable {
    let all = r.orphans;
    OutTable {
        name: "orphans",
        columns: vec![
            ("family".into(), text(all.iter().map(|o| Some(o.family.as_str())))),
            ("source".into(), text(all.iter().map(|o| Some(o.source.as_str())))),
            ("fact_id".into(), text(all.iter().map(|o| Some(o.id.as_str())))),
            (
                "customer_source".into(),
                text(all.iter().map(|o| Some(o.customer_source.as_str()).filter(|s| !s.is_empty()))),
            ),
            ("customer_id".into(), text(all.iter().map(|o| Some(o.customer_id.as_str())))),
            ("date".into(), OutColumn::Day(all.iter().map(|o| o.day.map(|d| d.0)).collect())),
            ("net".into(), OutColumn::Decimal(all.iter().map(|o| o.net_minor).collect(), 2)),
        ],
    }
}

/// Identifiers that facts name and no row has.
pub(super) fn missing(r: &Figures) -> OutTable {
    let all = r.missing;
    OutTable {
        name: "missing_references",
        columns: vec![
            ("reference".into(), text(all.iter().map(|m| Some(m.relation.as_str())))),
            ("family".into(), text(all.iter().map(|m| Some(m.to.as_str())))),
            ("missing_id".into(), text(all.iter().map(|m| Some(m.id.as_str())))),
            ("rows".into(), OutColumn::Integer(all.iter().map(|m| Some(m.rows as i64)).collect())),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_column_has_its_maker() {
        assert_eq!(COLUMNS.len() + 1, SHIPPED.len());
        let names: Vec<&str> = Lifecycle::ALL.iter().map(|l| l.name()).collect();
        assert_eq!(names, LIFECYCLES);
        let statuses = [Status::Customer, Status::Former, Status::Prospect];
        assert_eq!(statuses.map(|s| s.name()), STATUSES);
        assert!(statuses.iter().enumerate().all(|(i, s)| *s as usize == i));
        assert!(Lifecycle::ALL.iter().enumerate().all(|(i, l)| *l as usize == i));
    }

    #[test]
    fn maps_are_json() {
        let mut out = String::new();
        object(&mut out, [("a\"b", decimal(-5, 2)), ("c", decimal(12_345, 4))].into_iter());
        assert_eq!(out, r#"{"a\"b":-0.05,"c":1.2345}"#);
        let mut none = String::new();
        object(&mut none, std::iter::empty());
        assert_eq!(none, "");
    }
}
