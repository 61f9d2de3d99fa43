//! Facts of some people, judged as a batch judges those of all: what each row counts for, and where each person stands.

use super::standing::{KeptConsent, KeptFact, Scored, Standing, Tally, Whose};
use super::store::{Ordinal, Store};
use crate::aggregate::{self, Aggregates, CustomerAggregates, Facts, Texts, Totals, UnitKind};
use crate::config::{Family, OBJECTIONS, Plan, SourcePlan};
use crate::consent::{Consents, PersonConsent};
use crate::error::Error;
use crate::facts::{Catalog, CustomerIndex, Loader, Part, columns_of, load_consents};
use crate::ingest::Input;
use crate::matching::cluster::Clusters;
use crate::output::{self, Figures, OutColumn, OutTable};
use crate::records::{RecordIndex, Records};
use crate::table::{Column, Table, TextColumn};
use crate::time::Day;
use std::collections::{BTreeMap, BTreeSet};

/// Columns that a person's facts alone do not decide, and the name of the row.
const OF_ALL: [&str; 5] = ["golden_id", "rfm", "rfm_segment", "status_by_brand", "status_by_company"];

/// Kept cells as a table of their source, with all columns that are read.
pub(super) fn rows_of<'k>(
    source: &SourcePlan,
    rows: impl Iterator<Item = &'k [(String, String)]> + Clone,
) -> Result<Input, Error> {
    let mut names: BTreeSet<String> = columns_of(source);
    names.extend(rows.clone().flatten().map(|(name, _)| name.clone()));
    let columns = names.into_iter().map(|name| {
        let cell = |cells: &'k [(String, String)]| -> Option<&'k str> {
            let at = cells.binary_search_by(|(n, _)| n.as_str().cmp(&name)).ok()?;
            Some(cells[at].1.as_str())
        };
        let texts: TextColumn = rows.clone().map(cell).collect();
        (name, Column::Plain(texts))
    });
    Ok(Input::new(source.name.clone(), Table::new(columns.collect())?))
}

/// Ordinals of rows by the position of their source.
pub(super) type BySource = BTreeMap<u16, Vec<Ordinal>>;

/// Kept facts as one table of each source, and the ordinals of its rows.
pub(super) fn tables(
    plan: &Plan,
    facts: &BTreeMap<Ordinal, KeptFact>,
) -> Result<(Vec<Input>, BySource), Error> {
    let mut of_source: BTreeMap<u16, Vec<Ordinal>> = BTreeMap::new();
    for (o, fact) in facts {
        of_source.entry(fact.source).or_default().push(*o);
    }
    let mut inputs = Vec::new();
    for (source, ordinals) in &of_source {
        let Some(source) = plan.sources.get(usize::from(*source)) else { continue };
        inputs.push(rows_of(source, ordinals.iter().map(|o| facts[o].cells.as_slice()))?);
    }
    Ok((inputs, of_source))
}

/// What facts were found to be.
pub(super) struct Evaluated {
    /// What each row counts for.
    pub tallies: BTreeMap<Ordinal, Tally>,
    /// Money and where it went.
    pub totals: Totals,
    aggregates: Vec<CustomerAggregates>,
    texts: Texts,
    consents: Consents,
}

/// Judges `facts`, which hold all that those of the people in `clusters` depend on.
pub(super) fn evaluate(
    plan: &Plan,
    records: &Records,
    clusters: &Clusters,
    facts: &BTreeMap<Ordinal, KeptFact>,
) -> Result<Evaluated, Error> {
    let (inputs, ordinals) = tables(plan, facts)?;
    let owners = CustomerIndex::new(RecordIndex::new(records), &clusters.of, clusters.len());
    let catalog = Catalog::load(plan, &inputs)?;
    let loader = Loader::new(plan, &catalog, &owners);
    let parts: Result<Vec<Option<Part>>, Error> = inputs.iter().map(|i| loader.load(i)).collect();
    let (loaded, told) = loader.join_told(parts?.into_iter().flatten().collect())?;
    let said = load_consents(plan, &inputs, &owners)?;
    let mut tallies: BTreeMap<Ordinal, Tally> = facts.keys().map(|o| (*o, Tally::default())).collect();
    let mut tell = |source: u16, row: u32, tally: Tally| {
        if let Some(o) = ordinals.get(&source).and_then(|of| of.get(row as usize)) {
            tallies.insert(*o, tally);
        }
    };
    for t in told {
        let whose = match (t.whose, t.code) {
            (Some(owner), _) => Whose::of(owner),
            (None, Some("fx_missing")) => Whose::NoRate,
            (None, _) => Whose::LeftOut,
        };
        tell(t.source, t.row, Tally { whose, net_minor: t.net });
    }
    for t in &said.told {
        let whose = match (t.loaded, t.found) {
            (true, true) => Whose::Customer,
            (true, false) => Whose::Orphan,
            (false, _) => Whose::LeftOut,
        };
        tell(t.source, t.row, Tally { whose, net_minor: 0 });
    }
    let consents = Consents::new(&plan.consents, said.said, records, clusters, plan.as_of);
    let aggregates = aggregate::of_some(&loaded.facts, clusters.len(), plan.rules());
    let totals = loaded.facts.totals;
    Ok(Evaluated { tallies, totals, aggregates, texts: loaded.facts.texts, consents })
}

/// People whose rows are made texts at once.
const RUN: usize = 1 << 12;

impl Evaluated {
    /// Where each person stands, household apart, in the order of `clusters`.
    pub fn standings(
        &self,
        plan: &Plan,
        records: &Records,
        nobody: &BTreeMap<String, String>,
        each: &mut dyn FnMut(usize, Standing) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for (run, customers) in self.aggregates.chunks(RUN).enumerate() {
            let first = run * RUN;
            let rendered = Rendered::new(plan, customers, &self.texts);
            for (i, a) in customers.iter().enumerate() {
                let mut standing = rendered.standing(i, nobody);
                standing.rfm = scored(plan, a, &self.texts);
                let of = self.consents.of((first + i) as u32);
                standing.consents = of.iter().map(|c| consent(plan, records, c)).collect();
                each(first + i, standing)?;
            }
        }
        Ok(())
    }
}

/// The figures of somebody without any fact: what a kept person has unless something else is said.
pub(super) fn nobody(plan: &Plan) -> BTreeMap<String, String> {
    let facts = Facts::default();
    let one = aggregate::of_some(&facts, 1, plan.rules());
    Rendered::new(plan, &one, &facts.texts).standing(0, &BTreeMap::new()).figures
}

/// Whether there are rows that figures are made of, or may be.
pub(super) fn has_facts<S: Store>(plan: &Plan, store: &S) -> Result<bool, Error> {
    let is_fact = |f| matches!(f, Family::Transactions | Family::Facts(_) | Family::Consents);
    let own = |s: &&SourcePlan| s.name != OBJECTIONS;
    Ok(plan.sources.iter().filter(own).any(|s| is_fact(s.family)) || store.meta(OBJECTIONS)?.is_some())
}

/// Some customers' figures as texts.
struct Rendered {
    figures: Vec<(String, OutColumn)>,
    /// Rows of the profiles by customer.
    units: BTreeMap<usize, Vec<usize>>,
    profiles: OutTable,
}

impl Rendered {
    fn new(plan: &Plan, customers: &[CustomerAggregates], texts: &Texts) -> Rendered {
        let aggregates = Aggregates { customers: customers.to_vec(), ..Aggregates::default() };
        let names: Vec<String> = (0..customers.len()).map(|i| i.to_string()).collect();
        let f = Figures {
            golden_ids: &names,
            aggregates: &aggregates,
            texts,
            orphans: &[],
            missing: &[],
            rejects: &[],
        };
        let empty = || OutTable { name: "", columns: Vec::new() };
        let mut figures = output::figures(plan, &f, "aggregates").unwrap_or_else(empty).columns;
        figures.retain(|(name, _)| !OF_ALL.contains(&name.as_str()));
        let mut profiles = output::figures(plan, &f, "profiles").unwrap_or_else(empty);
        let mut units: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for row in 0..profiles.rows() {
            let customer = profiles.column("golden_id").and_then(|c| cell(c, row));
            if let Some(customer) = customer.and_then(|c| c.parse().ok()) {
                units.entry(customer).or_default().push(row);
            }
        }
        profiles.columns.retain(|(name, _)| !OF_ALL.contains(&name.as_str()));
        Rendered { figures, units, profiles }
    }

    fn standing(&self, customer: usize, nobody: &BTreeMap<String, String>) -> Standing {
        let mut standing = Standing::default();
        for (name, column) in &self.figures {
            // A value that is null where nobody's is not is kept as an empty text.
            let text = cell(column, customer).or_else(|| nobody.get(name).map(|_| String::new()));
            standing.figures.extend(text.filter(|t| nobody.get(name) != Some(t)).map(|t| (name.clone(), t)));
        }
        for row in self.units.get(&customer).into_iter().flatten() {
            let text =
                |name: &str| self.profiles.column(name).and_then(|c| cell(c, *row)).unwrap_or_default();
            let others = self.profiles.columns.iter().filter(|(n, _)| n != "dimension" && n != "name");
            let columns = others.filter_map(|(n, c)| Some((n.clone(), cell(c, *row)?))).collect();
            standing.units.entry(text("dimension")).or_default().insert(text("name"), columns);
        }
        standing
    }
}

/// A cell as outputs write it.
pub(super) fn cell(column: &OutColumn, row: usize) -> Option<String> {
    match column {
        OutColumn::Text(c) => c.get(row).map(str::to_owned),
        OutColumn::Integer(v) => v.get(row).copied().flatten().map(|n| n.to_string()),
        OutColumn::Decimal(v, scale) => v.get(row).copied().flatten().map(|n| decimal(n, *scale)),
        OutColumn::Day(v) => v.get(row).copied().flatten().map(|d| Day(d).to_string()),
        OutColumn::Boolean(v) => v.get(row).copied().flatten().map(|b| b.to_string()),
    }
}

fn decimal(units: i64, scale: u8) -> String {
    let one = 10u64.pow(u32::from(scale));
    let sign = if units < 0 { "-" } else { "" };
    let n = units.unsigned_abs();
    match scale {
        0 => units.to_string(),
        scale => format!("{sign}{}.{:0width$}", n / one, n % one, width = usize::from(scale)),
    }
}

/// What the scores of a person are made of; nothing when thresholds or no population decide.
fn scored(plan: &Plan, a: &CustomerAggregates, texts: &Texts) -> BTreeMap<String, Scored> {
    let age = |first: Option<Day>| first.map_or(i32::MAX, |d| plan.as_of.0 - d.0);
    let of = |raw: aggregate::RawRfm, first| Scored {
        recency_days: raw.recency_days,
        frequency: raw.frequency,
        monetary_minor: raw.monetary,
        first_purchase_days: age(first),
    };
    let mut all: BTreeMap<String, Scored> = BTreeMap::new();
    all.extend(a.raw_rfm.map(|raw| (String::new(), of(raw, a.first_purchase))));
    if plan.config.aggregates.rfm_by_brand {
        let brands = a.units.iter().filter(|u| u.kind == UnitKind::Brand);
        all.extend(
            brands.filter_map(|u| Some((texts.get(u.unit).to_owned(), of(u.raw_rfm?, u.first_purchase)))),
        );
    }
    all
}

fn consent(plan: &Plan, records: &Records, c: &PersonConsent) -> KeptConsent {
    let source = |s: u16| plan.sources.get(usize::from(s)).map_or_else(String::new, |s| s.name.clone());
    let at = c.by.record as usize;
    let statement = &c.by.statement;
    let day = |d: Option<Day>| d.map_or_else(String::new, |d| d.to_string());
    KeptConsent {
        purpose: c.subject.purpose.clone(),
        channel: c.subject.channel.clone(),
        brand: c.subject.brand.clone(),
        state: c.state.name().to_owned(),
        source: records.sources.get(at).map_or_else(String::new, |s| source(*s)),
        record_id: records.ids.get(at).unwrap_or("").to_owned(),
        said_by: source(c.by.source),
        date: day(statement.at.map(|w| w.day)),
        expires: day(statement.expires),
        proof: statement.proof.as_deref().unwrap_or("").to_owned(),
        statements: c.statements,
    }
}
