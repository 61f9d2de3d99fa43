//! Numbers that free text must not hold are never kept: the cell is left out, and said (`domain.md` §7.7).

use crate::config::{Family, FieldInput, Plan, SourcePlan, Take, Target};
use crate::error::Error;
use crate::ingest::{Input, Reject};
use crate::normalize::Kind;
use crate::privacy::{Forbidden, forbidden};
use crate::table::{Column, Table, TextColumn};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Which columns are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looked {
    /// Free text that something is made of.
    Used,
    /// That, and columns that nothing is made of: a repository keeps rows as they were delivered.
    Delivered,
}

/// Rows without the cells that hold forbidden numbers, and these cells. The rows themselves when there is none.
///
/// # Errors
/// None that a table which was read can give.
pub(crate) fn without_forbidden<'i>(
    plan: &Plan,
    inputs: &'i [Input],
    looked: Looked,
) -> Result<(Cow<'i, [Input]>, Vec<Reject>), Error> {
    let (mut inputs, mut rejects) = (Cow::Borrowed(inputs), Vec::new());
    for i in 0..inputs.len() {
        let input = &inputs[i];
        let Some(position) = plan.source(&input.source) else { continue };
        let columns = Columns::of(plan, &plan.sources[position]);
        let mut changed: Vec<(usize, Column)> = Vec::new();
        for (at, (name, column)) in input.table.names().iter().zip(input.table.columns()).enumerate() {
            if !columns.may_hold(name, looked) {
                continue;
            }
            let rows = 0..input.table.rows();
            let found: Vec<(usize, Forbidden)> =
                rows.filter_map(|row| Some((row, forbidden(column.get(row)?)?))).collect();
            if found.is_empty() {
                continue;
            }
            let mut texts = TextColumn::new();
            for row in 0..input.table.rows() {
                let is_found = found.binary_search_by_key(&row, |(r, _)| *r).is_ok();
                texts.push(column.get(row).filter(|_| !is_found));
            }
            changed.push((at, Column::Plain(texts)));
            rejects.extend(found.into_iter().map(|(row, what)| Reject {
                source: input.source.clone(),
                file: input.file(row),
                line: input.line(row),
                column: name.clone(),
                code: what.code(),
                reason:
                    "the text holds a number that must not be kept; the row is kept without it".to_owned(),
                excluded: false,
            }));
        }
        if !changed.is_empty() {
            let table = &input.table;
            let mut columns: Vec<(String, Column)> =
                table.names().iter().cloned().zip(table.columns().iter().cloned()).collect();
            for (at, column) in changed {
                columns[at].1 = column;
            }
            inputs.to_mut()[i].table = Table::new(columns)?;
        }
    }
    Ok((inputs, rejects))
}

/// Columns of a source by what is made of them.
struct Columns {
    /// Identifiers, dates, everything that has a form of its own.
    strict: BTreeSet<String>,
    /// Free text.
    free: BTreeSet<String>,
}

impl Columns {
    fn of(plan: &Plan, source: &SourcePlan) -> Columns {
        let spec = &source.spec;
        let mut columns = Columns { strict: BTreeSet::from([spec.id.clone()]), free: BTreeSet::new() };
        for reference in spec.customer.iter().chain(&spec.account) {
            columns.strict.insert(reference.id.clone());
            columns.strict.extend(reference.source_column.clone());
        }
        let fields = match source.family {
            Family::Customers | Family::Companies => Vec::new(),
            family => plan.families.fields(family),
        };
        let is_text = |input: &FieldInput| match input.target {
            Target::Field(f) => plan.fields.get(f).is_some_and(|f| f.kind == Kind::Text),
            Target::Fact(at) => fields.get(at).is_some_and(|(_, kind)| *kind == Kind::Text),
            Target::Phone | Target::Name | Target::Address => false,
        };
        columns.strict.extend(source.updated_at.iter().flat_map(taken));
        for input in &source.inputs {
            let of = if is_text(input) { &mut columns.free } else { &mut columns.strict };
            of.extend(taken(input));
        }
        columns
    }

    fn may_hold(&self, column: &str, looked: Looked) -> bool {
        !self.strict.contains(column) && (looked == Looked::Delivered || self.free.contains(column))
    }
}

/// The columns that a value is made of.
fn taken(input: &FieldInput) -> Vec<String> {
    match &input.take {
        Take::Column(c) => vec![c.clone()],
        Take::Join(list) => list.clone(),
        Take::Constant(_) => Vec::new(),
    }
}
