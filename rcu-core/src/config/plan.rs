//! A configuration compiled: names resolved to positions, contexts made, everything checked once.

mod compile;

use super::Config;
use super::family::{Families, Family};
use super::source::{FieldSource, SourceSpec};
use crate::access::{Closed, RolePlan};
use crate::aggregate::{CustomPlan, Rules};
use crate::company::CompanySetup;
use crate::consent::ConsentPlan;
use crate::error::{Error, did_you_mean};
use crate::field::{self, COMPANY_FIELDS, COMPOSITE, CompiledField, FieldIx};
use crate::matching::Method;
use crate::matching::compare::Comparisons;
use crate::matching::comparison::CompiledComparison;
use crate::matching::decide::CompiledPass;
use crate::matching::model::Model;
use crate::matching::prepare::{Level, Setting};
use crate::matching::ruling::Rulings;
use crate::normalize::Context;
use crate::privacy::{PurposePlan, Purposes, is_shipped, of_family};
use crate::reference::Tables;
use crate::reference::vocabulary::Currency;
use crate::subscriber::SubscriberPlan;
use crate::survivorship::{SourceTrust, Survivorship, SurvivorshipPlan};
use crate::time::{Day, Zone};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where a raw value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A canonical field.
    Field(FieldIx),
    /// A telephone number of unknown type.
    Phone,
    /// A whole person's name.
    Name,
    /// A whole address.
    Address,
    /// A column of another family: position in [`Families::fields`].
    Fact(usize),
}

/// How a raw value is taken from a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Take {
    /// One column.
    Column(String),
    /// Columns joined by a space.
    Join(Vec<String>),
    /// The same text for every row.
    Constant(String),
}

/// One mapped value of a source.
#[derive(Debug, Clone)]
pub struct FieldInput {
    /// Where it goes.
    pub target: Target,
    /// How it is taken.
    pub take: Take,
    /// The source's own words and what they stand for.
    pub values: BTreeMap<String, String>,
    /// Texts by which the source erases the value.
    pub clear: Vec<String>,
    /// Conventions of this column.
    pub context: Context,
    /// What stands for a blank.
    pub otherwise: Option<String>,
    /// Path in the configuration, for messages.
    pub path: String,
}

/// One source compiled.
#[derive(Debug, Clone)]
pub struct SourcePlan {
    /// Its name.
    pub name: String,
    /// As declared.
    pub spec: SourceSpec,
    /// What its rows are.
    pub family: Family,
    /// Zone of its local times, when it has one of its own.
    pub zone: Option<Zone>,
    /// Its mapped values.
    pub inputs: Vec<FieldInput>,
    /// The date of last change, when declared.
    pub updated_at: Option<FieldInput>,
    /// How far it is trusted.
    pub trust: SourceTrust,
}

impl SourcePlan {
    /// Whether its rows are companies, or customers with a company's name or number or an account.
    fn speaks_of_companies(&self) -> bool {
        let company = |i: &FieldInput| matches!(i.target, Target::Field(f) if COMPANY_FIELDS.contains(&f));
        match self.family {
            Family::Companies => true,
            Family::Customers => self.spec.account.is_some() || self.inputs.iter().any(company),
            _ => false,
        }
    }
}

/// Everything a run needs besides the rows.
#[derive(Debug, Clone)]
pub struct Plan {
    /// As read.
    pub config: Config,
    /// The day on which ages and periods are judged.
    pub as_of: Day,
    /// Canonical fields, built-in ones first.
    pub fields: Vec<CompiledField>,
    /// Sources by name.
    pub sources: Vec<SourcePlan>,
    /// Families and their relations.
    pub families: Families,
    /// Aggregates of the installation's own.
    pub custom: Vec<CustomPlan>,
    /// Zone of local dates.
    pub zone: Zone,
    /// Currency of all sums.
    pub currency: Currency,
    /// Matching passes in order.
    pub passes: Vec<CompiledPass>,
    /// Matching passes over companies, in order.
    pub company_passes: Vec<CompiledPass>,
    /// Comparisons of the installation's own.
    pub comparisons: Vec<CompiledComparison>,
    /// The model of passes with `decide = "model"`; none when no pass asks for one, when it is estimated from the
    /// records of the run, or when its file was not given yet.
    pub model: Option<Model>,
    /// What stewards decided, when their file was given.
    pub rulings: Rulings,
    /// Survivorship choices, covering each field once, and the locks of stewards.
    pub survivorship: SurvivorshipPlan,
    /// Where consents come from and how those of a person's records meet.
    pub consents: ConsentPlan,
    /// What each role sees, by name.
    pub roles: BTreeMap<String, RolePlan>,
    /// Who receives what, by name.
    pub subscribers: BTreeMap<String, SubscriberPlan>,
    /// Why data are processed.
    pub purposes: Purposes,
    /// The source of objections, which a repository adds to those of the configuration.
    pub(crate) objections: Box<SourcePlan>,
    /// Reference tables.
    pub tables: Arc<Tables>,
}

/// The source under whose name a repository keeps what people object to, as statements of the family `consents`.
pub const OBJECTIONS: &str = "rcu_objections";

/// Columns of its rows: identifier, whose it is, and the fields of the family.
fn objections() -> SourceSpec {
    let columns = ["purpose", "channel", "brand", "status", "date", "point", "proof", "actor"];
    let fields = columns.iter().map(|c| ((*c).to_owned(), FieldSource::Column((*c).to_owned())));
    SourceSpec {
        family: "consents".to_owned(),
        path: None,
        format: None,
        delimiter: None,
        encoding: None,
        id: "id".to_owned(),
        updated_at: None,
        customer: Some(super::CustomerRef {
            id: "record_id".to_owned(),
            source: None,
            source_column: Some("source".to_owned()),
        }),
        account: None,
        brand: None,
        company: None,
        region: None,
        timezone: None,
        reliability: super::Reliability::default(),
        duplicate_free: false,
        accounts: false,
        fields: fields.collect(),
        exclude: Vec::new(),
        decimal_separator: None,
        date_order: None,
        owner: None,
        cadence: None,
        purposes: vec!["rights".to_owned()],
    }
}

impl Plan {
    /// Compiles a configuration with the embedded tables and its own lists. `today` is used when the file names no `rcu.as_of`.
    ///
    /// # Errors
    /// [`Error::Config`] with every problem that the schema cannot see.
    pub fn compile(config: Config, today: Day) -> Result<Plan, Error> {
        compile::compile(config, today)
    }

    /// The same plan on another day.
    ///
    /// # Errors
    /// [`Error::Config`] when periods of the installation's own do not hold on that day.
    pub fn on(&self, day: Day) -> Result<Plan, Error> {
        let mut config = self.config.clone();
        config.rcu.as_of = Some(day.to_string());
        let again = Plan::compile(config, day)?;
        let is_kept = self.source(OBJECTIONS).is_some();
        let again = if is_kept { again.kept() } else { again };
        Ok(Plan { as_of: day, sources: again.sources, custom: again.custom, ..self.clone() })
    }

    /// The same plan with the sources that a repository keeps of its own.
    #[must_use]
    pub fn kept(mut self) -> Plan {
        if self.source(OBJECTIONS).is_none() {
            self.sources.push((*self.objections).clone());
        }
        self
    }

    /// Names of all sources that a repository of this plan keeps, in the order of their positions.
    pub fn kept_sources(&self) -> Vec<&str> {
        let mut names = self.source_names();
        if !names.contains(&OBJECTIONS) {
            names.push(OBJECTIONS);
        }
        names
    }

    /// Whether a source holds online accounts.
    pub fn has_accounts(&self) -> bool {
        self.sources.iter().any(|s| s.spec.accounts)
    }

    /// Purposes for which rows of a source are processed.
    pub fn purposes_of(&self, source: &SourcePlan) -> BTreeSet<String> {
        purposes_of(source)
    }

    /// Purposes for which a field of the golden record may be read: those of the sources that map it, as far as each may
    /// use it.
    pub fn purposes_of_field(&self, field: &str) -> BTreeSet<String> {
        let ix = self.field(field).unwrap_or(usize::MAX);
        purposes_of_field(&self.purposes, &self.sources, ix, field)
    }

    /// What comparing depends on.
    pub fn setting(&self) -> Setting<'_> {
        Setting {
            fields: &self.fields,
            spec: &self.config.matching,
            comparisons: &self.comparisons,
            context: Context {
                tables: self.tables.clone(),
                ..Context::new(self.config.rcu.region, self.as_of)
            },
            regions: self.sources.iter().map(|s| s.spec.region.unwrap_or(self.config.rcu.region)).collect(),
            duplicate_free: self.sources.iter().map(|s| s.spec.duplicate_free).collect(),
            sources: self.source_names(),
            rulings: &self.rulings,
            population: None,
            birth_reliability: self
                .sources
                .iter()
                .map(|s| s.trust.reliability.get(field::BIRTH_DATE).copied().unwrap_or(0))
                .collect(),
            level: Level::People,
        }
    }

    /// Whether rows speak of companies: a source of accounts, or customers with a company's name or number or an account.
    pub fn has_companies(&self) -> bool {
        self.config.companies.enabled && self.sources.iter().any(SourcePlan::speaks_of_companies)
    }

    /// What finding companies depends on.
    pub fn company_setup<'a>(&'a self, sources: &'a [&'a str], trust: &'a [SourceTrust]) -> CompanySetup<'a> {
        let people = self.setting();
        // What rows of customers say of one company is never free of duplicates.
        let duplicate_free =
            self.sources.iter().map(|s| s.spec.duplicate_free && s.family == Family::Companies).collect();
        CompanySetup {
            setting: Setting { duplicate_free, level: Level::Companies, ..people },
            passes: &self.company_passes,
            // Locks are on persons.
            survivorship: Survivorship { locks: &[], ..self.survivorship(trust) },
            sources,
            rulings: &self.rulings,
        }
    }

    /// Whether a source maps a field.
    pub fn maps(&self, field: FieldIx) -> bool {
        self.sources.iter().flat_map(|s| &s.inputs).any(|i| i.target == Target::Field(field))
    }

    /// Names and levels of all comparisons.
    pub fn comparison_names(&self) -> Comparisons {
        Comparisons::new(&self.comparisons)
    }

    /// Whether a pass is decided by a model.
    pub fn wants_model(&self) -> bool {
        self.passes.iter().any(|p| p.method == Method::Model)
    }

    /// What choosing golden values depends on.
    pub fn survivorship<'a>(&'a self, trust: &'a [SourceTrust]) -> Survivorship<'a> {
        Survivorship {
            fields: &self.fields,
            choices: &self.survivorship.choices,
            verified: &self.survivorship.verified,
            locks: &self.survivorship.locks,
            sources: self.source_names(),
            trust,
            as_of: self.as_of,
        }
    }

    /// What aggregates depend on.
    pub fn rules(&self) -> Rules<'_> {
        Rules { spec: &self.config.aggregates, custom: &self.custom, as_of: self.as_of, zone: self.zone }
    }

    /// A role by name.
    ///
    /// # Errors
    /// [`Error::Argument`] naming `argument`, with the roles there are.
    pub fn role(&self, argument: &str, name: &str) -> Result<&RolePlan, Error> {
        self.roles.get(name).ok_or_else(|| {
            let known = || self.roles.keys().map(String::as_str);
            let hint = did_you_mean(name, known());
            let reason =
                format!("`{name}` is not a role{hint}; roles are {}", known().collect::<Vec<_>>().join(", "));
            Error::Argument { argument: argument.to_owned(), reason }
        })
    }

    /// A role as it reads for a purpose: what the purpose may not use it does not see. Without one it reads for those that
    /// it works for, of which a source that does not say what it is for serves every one.
    ///
    /// # Errors
    /// [`Error::Argument`] for a purpose that is not there, or that the role does not work for.
    pub fn reading(&self, role: &RolePlan, purpose: Option<&str>) -> Result<RolePlan, Error> {
        let fields: Vec<&str> = self.fields.iter().map(|f| f.name.as_str()).collect();
        let sources = self.sources.len() as u16;
        let Some(word) = purpose else {
            let Some(list) = role.purposes_of_work() else { return Ok(role.clone()) };
            let says = |s: &SourcePlan| !s.spec.purposes.is_empty();
            let unbound = |p: &String| self.purposes.all.get(p).is_none_or(PurposePlan::uses_all);
            if !self.sources.iter().any(says) && list.iter().any(unbound) {
                return Ok(role.clone());
            }
            let of_source = |s: &SourcePlan| -> Vec<&String> {
                let named = purposes_of(s);
                list.iter().filter(|p| !says(s) || named.contains(*p)).collect()
            };
            let served: Vec<Vec<&String>> = self.sources.iter().map(of_source).collect();
            let is_open = |s: u16, field: &str| {
                let of = served.get(usize::from(s)).into_iter().flatten();
                of.into_iter().any(|p| self.purposes.may_use(p, field))
            };
            return Ok(role.clone().reading(None, Closed::new(sources, &fields, is_open)));
        };
        let name = word.trim().to_lowercase();
        let refuse = |reason: String| Error::Argument { argument: "purpose".into(), reason };
        if !self.purposes.all.contains_key(&name) {
            let known = || self.purposes.all.keys().map(String::as_str);
            let hint = did_you_mean(&name, known());
            let listed = known().collect::<Vec<_>>().join(", ");
            return Err(refuse(format!("`{word}` is not a purpose{hint}; purposes are {listed}")));
        }
        if !role.works_for(&name) {
            let own = role.purposes_of_work().into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
            let reason = format!("`{}` does not work for `{name}`; it works for {own}", role.name);
            return Err(refuse(reason));
        }
        // An installation's own purpose is in no family's list: until a source says what it is for, it may use its rows.
        let own = !is_shipped(&name);
        let serves = |s: &SourcePlan| purposes_of(s).contains(&name) || own && s.spec.purposes.is_empty();
        let served: Vec<bool> = self.sources.iter().map(serves).collect();
        let is_open = |s: u16, field: &str| {
            served.get(usize::from(s)).is_some_and(|yes| *yes) && self.purposes.may_use(&name, field)
        };
        let closed = Closed::new(sources, &fields, is_open);
        Ok(role.clone().reading(Some(name), closed))
    }

    /// Source names by position.
    pub fn source_names(&self) -> Vec<&str> {
        self.sources.iter().map(|s| s.name.as_str()).collect()
    }

    /// Position of a canonical field.
    pub fn field(&self, name: &str) -> Option<FieldIx> {
        self.fields.iter().position(|f| f.name == name)
    }

    /// Position of a source.
    pub fn source(&self, name: &str) -> Option<usize> {
        self.sources.iter().position(|s| s.name == name)
    }

    /// The sources of a family, with their positions.
    pub fn family(&self, family: Family) -> impl Iterator<Item = (usize, &SourcePlan)> {
        self.sources.iter().enumerate().filter(move |(_, s)| s.family == family)
    }
}

fn purposes_of(source: &SourcePlan) -> BTreeSet<String> {
    match source.spec.purposes.is_empty() {
        true => of_family(&source.spec.family).iter().map(|p| (*p).to_owned()).collect(),
        false => source.spec.purposes.iter().map(|p| p.trim().to_lowercase()).collect(),
    }
}

fn purposes_of_field(
    purposes: &Purposes,
    sources: &[SourcePlan],
    ix: FieldIx,
    field: &str,
) -> BTreeSet<String> {
    let maps = |s: &&SourcePlan| s.inputs.iter().any(|i| feeds(i.target, ix));
    let declares = |s: &SourcePlan| !s.spec.purposes.is_empty();
    let mapping: Vec<&SourcePlan> = sources.iter().filter(maps).collect();
    // Until a source says what it is for, every purpose may use what it maps, its own word for one among them.
    let among: BTreeSet<String> = match !mapping.is_empty() && mapping.iter().all(|s| declares(s)) {
        true => mapping.into_iter().flat_map(purposes_of).collect(),
        false => purposes.all.keys().cloned().collect(),
    };
    purposes.using(field, &among).map(str::to_owned).collect()
}

/// Whether a mapped value may become one of a field.
fn feeds(target: Target, field: FieldIx) -> bool {
    let of = |name: &str| COMPOSITE.iter().any(|(n, parts)| *n == name && parts.contains(&field));
    match target {
        Target::Field(f) => f == field,
        Target::Phone => of("phone"),
        Target::Name => of("name"),
        Target::Address => of("address"),
        Target::Fact(_) => false,
    }
}
