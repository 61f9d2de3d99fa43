//! The facts of single people, read back from the rows as they were delivered.

use super::catalog::id_column;
use super::cells::{Bound, normal};
use super::is_fact;
use super::owner::{CustomerIndex, Owners};
use crate::aggregate::Packed;
use crate::config::{Family, Plan, SourcePlan};
use crate::error::Error;
use crate::ingest::{Input, Reject};
use crate::normalize::Kind;
use crate::table::Column;
use std::collections::HashSet;

/// One fact of a person, values normalised, in the order of the family's fields; values that are empty or were refused
/// are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonFact {
    /// Family.
    pub family: Family,
    /// Source.
    pub source: String,
    /// Identifier in its source.
    pub id: String,
    /// Field, kind, value.
    pub values: Vec<(String, Kind, String)>,
}

/// Reads the rows of facts of one table.
pub struct FactReader<'a> {
    /// Fields of the family, in order.
    pub fields: Vec<(&'a str, Kind)>,
    bound: Bound<'a>,
    ids: &'a Column,
}

impl<'a> FactReader<'a> {
    /// # Errors
    /// [`Error::MissingColumn`] when a mapped column is not there.
    pub fn new(plan: &'a Plan, source: &'a SourcePlan, input: &'a Input) -> Result<FactReader<'a>, Error> {
        let bound = Bound::new(&plan.families, source, input)?;
        let ids = id_column(source, input)?;
        Ok(FactReader { fields: plan.families.fields(source.family), bound, ids })
    }

    /// Identifier of a row in its source.
    pub fn id(&self, row: usize) -> &'a str {
        self.ids.get(row).unwrap_or("").trim()
    }

    /// Values of a row, normalised, by field; none for one that is empty or was refused.
    pub fn values(&self, row: usize) -> Vec<Option<String>> {
        let fields = self.fields.iter().enumerate();
        let value = |(i, (_, kind)): (usize, &(&str, Kind))| {
            let (t, cx) = self.bound.cells::<u8>(i).raw(row)?;
            match kind {
                Kind::Identifier | Kind::Category => Some(t.trim().to_owned()),
                kind => normal(*kind, &t, cx),
            }
        };
        fields.map(value).collect()
    }
}

/// Values of a row: field, kind, normalised text.
pub type RowValues = Vec<(String, Kind, String)>;

/// The values of every row of a table of a source that is not of customers, normalised, in the order of the family's
/// fields; values that are empty or were refused are left out.
///
/// # Errors
/// [`Error::MissingColumn`] when a mapped column is not there.
pub fn read_rows(plan: &Plan, source: &SourcePlan, input: &Input) -> Result<Vec<RowValues>, Error> {
    let reader = FactReader::new(plan, source, input)?;
    let values = |row: usize| {
        let each = reader.fields.iter().zip(reader.values(row));
        each.filter_map(|((name, kind), value)| Some(((*name).to_owned(), *kind, value?))).collect()
    };
    Ok((0..input.table.rows()).map(values).collect())
}

/// Rows of facts by the person they belong to: positions in the inputs they were made of.
#[derive(Debug, Clone, Default)]
pub struct FactIndex {
    tables: Vec<TableIndex>,
}

#[derive(Debug, Clone)]
struct TableIndex {
    source: usize,
    input: usize,
    /// (cluster, row), sorted.
    rows: Vec<(u32, u32)>,
}

impl FactIndex {
    /// Indexes the rows of `inputs` that were loaded; `rejects` are those that were not.
    ///
    /// # Errors
    /// [`Error::MissingColumn`] when a mapped column is not there.
    pub fn new(
        plan: &Plan,
        inputs: &[Input],
        people: &CustomerIndex,
        rejects: &[Reject],
    ) -> Result<FactIndex, Error> {
        let refused: HashSet<(&str, &str, u64)> =
            rejects.iter().map(|r| (r.source.as_str(), r.file.as_str(), r.line)).collect();
        let mut tables = Vec::new();
        for (position, source) in plan.sources.iter().enumerate().filter(|(_, s)| is_fact(s.family)) {
            for (at, input) in inputs.iter().enumerate().filter(|(_, i)| i.source == source.name) {
                let owners = Owners::new(plan, source, input, people)?;
                let of_person = |c: &u32| !matches!(*c, Packed::ORPHAN | Packed::ANONYMOUS);
                let all = owners.all(input.table.rows()).into_iter().enumerate();
                let mut rows: Vec<(u32, u32)> = all
                    .filter(|(_, c)| of_person(c))
                    .filter(|(row, _)| {
                        let key = (source.name.as_str(), &*input.file(*row), input.line(*row));
                        refused.is_empty() || !refused.contains(&key)
                    })
                    .map(|(row, c)| (c, row as u32))
                    .collect();
                rows.sort_unstable();
                tables.push(TableIndex { source: position, input: at, rows });
            }
        }
        Ok(FactIndex { tables })
    }

    /// The facts of one person, by family, then by date, source and id, out of the inputs that were indexed.
    ///
    /// # Errors
    /// [`Error::MissingColumn`] when a mapped column is not there.
    pub fn of(&self, plan: &Plan, inputs: &[Input], cluster: u32) -> Result<Vec<PersonFact>, Error> {
        let mut facts = Vec::new();
        for t in &self.tables {
            let from = t.rows.partition_point(|(c, _)| *c < cluster);
            let rows: Vec<usize> =
                t.rows[from..].iter().take_while(|(c, _)| *c == cluster).map(|(_, r)| *r as usize).collect();
            let Some(input) = inputs.get(t.input).filter(|_| !rows.is_empty()) else { continue };
            let source = &plan.sources[t.source];
            let reader = FactReader::new(plan, source, input)?;
            for row in rows.into_iter().filter(|r| *r < input.table.rows()) {
                let values = reader.fields.iter().zip(reader.values(row));
                let there = values.filter_map(|((name, kind), v)| Some(((*name).to_owned(), *kind, v?)));
                facts.push(PersonFact {
                    family: source.family,
                    source: source.name.clone(),
                    id: reader.id(row).to_owned(),
                    values: there.collect(),
                });
            }
        }
        let date = |f: &PersonFact| {
            let dated = f.values.iter().find(|(_, k, _)| matches!(k, Kind::Date));
            dated.map(|(_, _, v)| v.clone())
        };
        facts.sort_by(|a, b| {
            a.family
                .cmp(&b.family)
                .then_with(|| date(a).cmp(&date(b)))
                .then_with(|| a.source.cmp(&b.source))
                .then_with(|| a.id.cmp(&b.id))
        });
        Ok(facts)
    }
}
