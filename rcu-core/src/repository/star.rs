//! A star extract for statistics (`domain.md` A46): around the customers, the facts of each family, what these refer to,
//! and the golden ids that lead to others.

use super::Repository;
use super::evaluate::tables;
use super::standing::KeptFact;
use super::store::{Ordinal, Store};
use crate::access::{Sight, area_in_family, area_of_family};
use crate::config::{CustomerUse, Family, SourcePlan, Take, Target};
use crate::error::Error;
use crate::facts::{FactReader, row_keys};
use crate::normalize::Kind;
use crate::subscriber::{SubscriberPlan, View};
use crate::table::{Column, Table, TextColumn};
use std::collections::BTreeMap;

/// A table beside that of the customers. Its `golden_id` is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StarTable {
    /// The family, or `aliases`.
    pub name: String,
    /// Its rows, all columns text.
    pub table: Table,
}

/// Rows that are read at once.
const PIECE: usize = 20_000;

/// A table that is filled.
struct Filled {
    /// Position among the family's fields, and name.
    fields: Vec<(usize, String)>,
    customers: bool,
    money: bool,
    head: [TextColumn; 5],
    cells: Vec<TextColumn>,
}

impl<S: Store> Repository<S> {
    /// What a subscriber of the view `bi` takes beside its rows; nothing for another one. For each family that its role
    /// sees a table of all kept rows in the order of sources and identifiers: `source`, `id`; where rows are of customers
    /// `golden_id` (none for an orphan or nobody's), of transactions `counts` (for whom) and `net_minor`; then the
    /// family's mapped fields, normalised, without those that say who somebody is. `aliases` says which golden id each former
    /// one leads to.
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown subscriber; those of the store.
    pub fn star(&self, subscriber: &str) -> Result<Vec<StarTable>, Error> {
        let s = self.subscriber(subscriber)?;
        if s.view != View::Bi {
            return Ok(Vec::new());
        }
        let mut order: Vec<(u16, String, Ordinal)> = Vec::new();
        self.store.each_fact(&mut |o, f| order.push((f.source, f.key, o)))?;
        order.sort_unstable();
        let mut filled: BTreeMap<Family, Filled> = BTreeMap::new();
        for source in &self.plan.sources {
            let is_shown = self.is_shown(s, source.family);
            if is_shown && !filled.contains_key(&source.family) {
                filled.insert(source.family, self.empty(s, source.family));
            }
        }
        let of_source = order.chunk_by(|a, b| a.0 == b.0);
        for piece in of_source.flat_map(|rows| rows.chunks(PIECE)) {
            let Some(source) = piece.first().and_then(|(p, ..)| self.plan.sources.get(usize::from(*p)))
            else {
                continue;
            };
            if let Some(table) = filled.get_mut(&source.family) {
                self.fill(s, source, piece, table)?;
            }
        }
        let mut star = Vec::new();
        for (family, f) in filled {
            star.push(StarTable { name: self.plan.families.name(family).to_owned(), table: f.table()? });
        }
        star.push(self.aliases()?);
        Ok(star)
    }

    fn is_shown(&self, s: &SubscriberPlan, family: Family) -> bool {
        // Statements of consent lead to forms and calls; where a person stands is told by figures.
        !matches!(family, Family::Customers | Family::Companies | Family::Consents)
            && s.role.sees(area_of_family(self.plan.families.name(family))) == Sight::Clear
    }

    fn empty(&self, s: &SubscriberPlan, family: Family) -> Filled {
        let name = self.plan.families.name(family);
        let fields = self.plan.families.fields(family).into_iter().enumerate();
        // A shop is nobody: what is where it stands is not personal.
        let clear = |(_, (field, kind)): &(usize, (&str, Kind))| {
            family == Family::Stores
                || area_in_family(name, field, *kind).is_none_or(|area| s.role.sees(area) == Sight::Clear)
        };
        let sources = || self.plan.sources.iter().filter(|s| s.family == family);
        let mapped = |i: usize| {
            sources().flat_map(|s| &s.inputs).any(|input| matches!(input.target, Target::Fact(f) if f == i))
        };
        let fields: Vec<(usize, String)> = fields
            .filter(|(i, _)| mapped(*i))
            .filter(clear)
            .map(|(i, (field, _))| (i, field.to_owned()))
            .collect();
        Filled {
            customers: self.plan.families.customer(family) != CustomerUse::None,
            money: family == Family::Transactions,
            head: Default::default(),
            cells: fields.iter().map(|_| TextColumn::new()).collect(),
            fields,
        }
    }

    fn fill(
        &self,
        s: &SubscriberPlan,
        source: &SourcePlan,
        piece: &[(u16, String, Ordinal)],
        out: &mut Filled,
    ) -> Result<(), Error> {
        let mut facts: BTreeMap<Ordinal, KeptFact> = BTreeMap::new();
        for (.., o) in piece {
            facts.extend(self.store.fact(*o)?.map(|f| (*o, f)));
        }
        let (inputs, ordinals) = tables(&self.plan, &facts)?;
        let (Some(input), Some(ordinals)) = (inputs.first(), ordinals.values().next()) else { return Ok(()) };
        let position = self.source(&source.name)?;
        let reader = FactReader::new(&self.plan, source, input)?;
        let keys = row_keys(&self.plan, position, input)?;
        let row_of: BTreeMap<Ordinal, usize> =
            ordinals.iter().enumerate().map(|(row, o)| (*o, row)).collect();
        let names_somebody = self.is_personal_id(s, source);
        for (.., o) in piece {
            let (Some(row), Some(fact)) = (row_of.get(o), facts.get(o)) else { continue };
            let mut person = None;
            if out.customers
                && let Some(Some((Some(of), id))) = keys.get(*row).map(|k| &k.owner)
                && let Some(record) = self.store.find(*of, id)?
                && let Some(number) = self.store.person_of(record)?
            {
                person = self.store.person(number)?.map(|p| p.golden_id);
            }
            let [names, ids, people, counts, net] = &mut out.head;
            names.push(Some(&source.name));
            ids.push(Some(reader.id(*row)).filter(|_| !names_somebody));
            people.push(person.as_deref());
            counts.push(Some(fact.tally.whose.name()));
            net.push(Some(&fact.tally.net_minor.to_string()));
            let values = reader.values(*row);
            for ((field, _), column) in out.fields.iter().zip(&mut out.cells) {
                column.push(values.get(*field).and_then(Option::as_deref));
            }
        }
        Ok(())
    }

    /// Whether the identifiers of a source are values that the role may not see, as a card's number is.
    fn is_personal_id(&self, s: &SubscriberPlan, source: &SourcePlan) -> bool {
        let family = self.plan.families.name(source.family);
        let fields = self.plan.families.fields(source.family);
        source.inputs.iter().any(|i| {
            let Target::Fact(field) = &i.target else { return false };
            let is_id = match &i.take {
                Take::Column(c) => *c == source.spec.id,
                Take::Join(all) => all.contains(&source.spec.id),
                Take::Constant(_) => false,
            };
            let area = fields.get(*field).and_then(|(name, kind)| area_in_family(family, name, *kind));
            is_id && area.is_some_and(|area| s.role.sees(area) != Sight::Clear)
        })
    }

    fn aliases(&self) -> Result<StarTable, Error> {
        let mut all: Vec<(String, String)> = Vec::new();
        self.store.each_person(&mut |_, p| {
            all.extend(p.aliases.iter().map(|alias| (alias.clone(), p.golden_id.clone())));
        })?;
        all.sort_unstable();
        let column = |texts: TextColumn| Column::Plain(texts);
        let table = Table::new(vec![
            ("former_id".to_owned(), column(all.iter().map(|(a, _)| Some(a.as_str())).collect())),
            ("golden_id".to_owned(), column(all.iter().map(|(_, g)| Some(g.as_str())).collect())),
        ])?;
        Ok(StarTable { name: "aliases".to_owned(), table })
    }
}

impl Filled {
    fn table(self) -> Result<Table, Error> {
        let wanted = [true, true, self.customers, self.money, self.money];
        let names = ["source", "id", "golden_id", "counts", "net_minor"];
        let head = names.into_iter().zip(self.head).zip(wanted).filter(|(_, wanted)| *wanted);
        let head = head.map(|((name, column), _)| (name.to_owned(), Column::Plain(column)));
        let cells =
            self.fields.into_iter().map(|(_, name)| name).zip(self.cells.into_iter().map(Column::Plain));
        // A family may have a field of one of these names.
        let taken: Vec<&str> = names.into_iter().zip(wanted).filter(|(_, w)| *w).map(|(n, _)| n).collect();
        let cells = cells.map(|(name, column)| match taken.contains(&name.as_str()) {
            true => (format!("{name}_2"), column),
            false => (name, column),
        });
        Table::new(head.chain(cells).collect())
    }
}
