//! Numbers that free text must not hold never reach what is kept: the cell is left out, and said.

use super::super::Repository;
use super::super::store::Store;
use crate::config::{Family, FieldInput, SourcePlan, Take, Target};
use crate::error::Error;
use crate::ingest::{Input, Reject};
use crate::normalize::Kind;
use crate::privacy::{Forbidden, forbidden};
use crate::table::{Column, Table, TextColumn};
use std::collections::BTreeSet;

impl<S: Store> Repository<S> {
    /// Takes cells with forbidden numbers out of rows. Looks at columns that are free text, and at those that nothing is
    /// made of: they are kept as they were delivered.
    pub(in super::super) fn forbid(&self, rows: &mut [Input]) -> Result<Vec<Reject>, Error> {
        let mut rejects = Vec::new();
        for input in rows {
            let Some(position) = self.plan.source(&input.source) else { continue };
            let source = &self.plan.sources[position];
            let strict = self.strict(source);
            let mut columns: Vec<(String, Column)> = Vec::new();
            let mut is_changed = false;
            for (name, column) in input.table.names().iter().zip(input.table.columns()) {
                let mut found: Vec<(usize, Forbidden)> = Vec::new();
                if !strict.contains(name) {
                    let each =
                        (0..input.table.rows()).filter_map(|row| Some((row, forbidden(column.get(row)?)?)));
                    found.extend(each);
                }
                if found.is_empty() {
                    columns.push((name.clone(), column.clone()));
                    continue;
                }
                is_changed = true;
                let mut texts = TextColumn::new();
                for row in 0..input.table.rows() {
                    let is_found = found.binary_search_by_key(&row, |(r, _)| *r).is_ok();
                    texts.push(column.get(row).filter(|_| !is_found));
                }
                columns.push((name.clone(), Column::Plain(texts)));
                rejects.extend(
                    found.into_iter().map(|(row, what)| Reject {
                        source: source.name.clone(),
                        file: input.file(row),
                        line: input.line(row),
                        column: name.clone(),
                        code: what.code(),
                        reason: "the text holds a number that must not be kept; the row is kept without it"
                            .to_owned(),
                        excluded: false,
                    }),
                );
            }
            if is_changed {
                input.table = Table::new(columns)?;
            }
        }
        Ok(rejects)
    }

    /// Columns whose values have a form of their own: identifiers, dates, everything that is read as another kind than
    /// text.
    fn strict(&self, source: &SourcePlan) -> BTreeSet<String> {
        let spec = &source.spec;
        let mut strict = BTreeSet::from([spec.id.clone()]);
        for reference in spec.customer.iter().chain(&spec.account) {
            strict.insert(reference.id.clone());
            strict.extend(reference.source_column.clone());
        }
        let fields = match source.family {
            Family::Customers | Family::Companies => Vec::new(),
            family => self.plan.families.fields(family),
        };
        let is_text = |input: &FieldInput| match input.target {
            Target::Field(f) => self.plan.fields.get(f).is_some_and(|f| f.kind == Kind::Text),
            Target::Fact(at) => fields.get(at).is_some_and(|(_, kind)| *kind == Kind::Text),
            Target::Phone | Target::Name | Target::Address => false,
        };
        let typed = source.inputs.iter().filter(|i| !is_text(i)).chain(&source.updated_at);
        for input in typed {
            match &input.take {
                Take::Column(c) => drop(strict.insert(c.clone())),
                Take::Join(list) => strict.extend(list.iter().cloned()),
                Take::Constant(_) => {}
            }
        }
        strict
    }
}
