//! Figures of the installation's own aggregates over one customer's facts.

use super::custom::{CustomPlan, Operation};
use super::customer::CustomValue;
use super::customer::CustomerAggregates;
use super::fact::{CellType, Dims, Line, LineKind, NULL, Row};
use super::frame::{BoundCustom, Frame};
use super::sales::{div_half_away, minor};
use crate::time::Day;

/// Columns of transactions that an aggregate of the installation's own may use.
pub const SALE_COLUMNS: &[(&str, CellType)] = &[
    ("ticket", CellType::Ticket),
    ("date", CellType::Day),
    ("kind", CellType::LineKind),
    ("store", CellType::Text),
    ("channel", CellType::Text),
    ("company", CellType::Text),
    ("brand", CellType::Text),
    ("category", CellType::Text),
    ("product", CellType::Text),
    ("amount", CellType::Money),
    ("gross", CellType::Money),
    ("discount", CellType::Money),
    ("margin", CellType::Money),
    ("quantity", CellType::Thousandths),
];

/// A cell of a line by its position in [`SALE_COLUMNS`].
fn sale_cell(l: &Line, d: &Dims, column: usize) -> i64 {
    let text = |id: u32| if id == 0 { NULL } else { i64::from(id) };
    match column {
        0 => i64::from(l.ticket),
        1 => i64::from(l.day.0),
        2 => i64::from(d.kind == LineKind::Return),
        3 => text(d.store),
        4 => text(d.channel),
        5 => text(d.company),
        6 => text(d.brand),
        7 => text(d.category),
        8 => text(d.product),
        9 => l.net,
        10 => l.net.saturating_add(l.discount),
        11 => l.discount,
        12 => l.extra.margin,
        13 => l.extra.quantity,
        _ => NULL,
    }
}

/// Fills the figures of one customer. `rows` gives the rows of a table of [`super::Facts::tables`].
pub(super) fn fold<'r>(
    lines: &[Line],
    rows: &dyn Fn(usize) -> &'r [Row<'r>],
    frame: &Frame,
    a: &mut CustomerAggregates,
) {
    let dims = |l: &Line| &frame.facts.dims[l.dims as usize];
    a.custom = frame
        .custom
        .iter()
        .map(|c| match (c.table, c.has_facts) {
            (_, false) => one(c, std::iter::empty::<(Day, fn(usize) -> i64)>()),
            (None, _) => one(c, lines.iter().map(|l| (l.day, move |column| sale_cell(l, dims(l), column)))),
            (Some(t), _) => one(c, rows(t).iter().map(|r| (r.day, move |column| r.get(column)))),
        })
        .collect();
}

fn one<C: Fn(usize) -> i64>(c: &BoundCustom, facts: impl Iterator<Item = (Day, C)>) -> CustomValue {
    let plan = c.plan;
    let counted = facts.filter(|(day, cell)| {
        plan.period.contains(*day) && c.filters.iter().all(|(column, test)| test.holds(cell(*column)))
    });
    let Some(by) = plan.by else {
        let mut values: Vec<i64> = counted.map(|(_, cell)| measured(plan, &cell)).collect();
        return CustomValue::One(figure(plan, &mut values));
    };
    let mut keyed: Vec<(i64, i64)> =
        counted.map(|(_, cell)| (cell(by), measured(plan, &cell))).filter(|x| x.0 != NULL).collect();
    keyed.sort_unstable();
    let mut values = Vec::new();
    CustomValue::By(
        keyed
            .chunk_by(|x, y| x.0 == y.0)
            .filter_map(|of_key| {
                values.clear();
                values.extend(of_key.iter().map(|x| x.1));
                figure(plan, &mut values).map(|v| (of_key[0].0, v))
            })
            .collect(),
    )
}

fn measured<C: Fn(usize) -> i64>(plan: &CustomPlan, cell: &C) -> i64 {
    if plan.operation == Operation::Count { 0 } else { cell(plan.column) }
}

fn figure(plan: &CustomPlan, values: &mut Vec<i64>) -> Option<i64> {
    values.retain(|v| *v != NULL);
    let sum = || values.iter().map(|v| i128::from(*v)).sum::<i128>();
    match plan.operation {
        Operation::Count => Some(values.len() as i64),
        Operation::Distinct => {
            values.sort_unstable();
            values.dedup();
            Some(values.len() as i64)
        }
        Operation::Sum => Some(minor(sum())),
        Operation::Min => values.iter().min().copied(),
        Operation::Max => values.iter().max().copied(),
        Operation::Avg => (!values.is_empty()).then(|| div_half_away(sum(), values.len() as i128)),
    }
}
