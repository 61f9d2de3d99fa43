//! A configuration compiled: names resolved to positions, contexts made, everything checked once.

use super::Config;
use super::family::{CustomerUse, Families, Family};
use super::source::{FieldSource, FieldTable, SourceSpec};
use crate::access::{RolePlan, compile_roles};
use crate::aggregate::{CustomPlan, Rules, SHIPPED};
use crate::company::CompanySetup;
use crate::consent::ConsentPlan;
use crate::error::{Error, Problem, did_you_mean};
use crate::field::{self, BUILT_IN, COMPANY_FIELDS, COMPOSITE, CompiledField, FieldIx, PERSON_FIELDS};
use crate::matching::blocking::Parts;
use crate::matching::compare::{COMPARISONS, Comparisons};
use crate::matching::comparison::{CompiledComparison, MAX_CUSTOM};
use crate::matching::decide::{CompiledPass, Part};
use crate::matching::model::{Model, Origin};
use crate::matching::prepare::{Level, Setting};
use crate::matching::ruling::Rulings;
use crate::matching::{Method, PassSpec};
use crate::normalize::{Context, Kind, Options};
use crate::privacy::{Purposes, compile_purposes, of_family};
use crate::reference::Tables;
use crate::reference::vocabulary::Currency;
use crate::subscriber::{Known, SubscriberPlan, compile_subscribers};
use crate::survivorship::{self, SourceTrust, Survivorship, SurvivorshipPlan};
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
        Compiler { problems: Vec::new() }.compile(config, today)
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

/// The most passes of one configuration.
const MAX_PASSES: usize = 64;

/// Purposes that a configuration names, with the path of each, and whether they are of prospecting: what consents are
/// asked for is.
fn named_purposes(config: &Config) -> Vec<(String, String, bool)> {
    let mut named = Vec::new();
    for (name, source) in &config.sources {
        let of = source.purposes.iter().enumerate();
        named.extend(of.map(|(i, p)| (format!("sources.{name}.purposes[{i}]"), p.clone(), false)));
    }
    for (name, column) in &config.consents.columns {
        named.push((format!("consents.columns.{name}.purpose"), column.purpose.clone(), true));
    }
    for (name, role) in &config.roles {
        let of = role.purposes.iter().flatten().enumerate();
        named.extend(of.map(|(i, p)| (format!("roles.{name}.purposes[{i}]"), p.clone(), true)));
        let of = role.works_for.iter().flatten().enumerate();
        named.extend(of.map(|(i, p)| (format!("roles.{name}.works_for[{i}]"), p.clone(), false)));
    }
    for (name, subscriber) in &config.subscribers {
        let of = subscriber.purpose.iter();
        named.extend(of.map(|p| (format!("subscribers.{name}.purpose"), p.clone(), false)));
    }
    named
}

struct Compiler {
    problems: Vec<Problem>,
}

impl Compiler {
    fn compile(mut self, mut config: Config, today: Day) -> Result<Plan, Error> {
        let as_of = match &config.rcu.as_of {
            None => today,
            Some(text) => Day::parse_iso(text).unwrap_or_else(|| {
                self.problem("rcu.as_of", "is not a calendar day; write it as 2026-11-21");
                today
            }),
        };
        let tables = crate::lists::tables(&config.lists, config.rcu.region, &mut self.problems);
        let fields = self.fields(&config);
        let priorities = self.priorities(&config);
        let families = Families::compile(&config.families, &mut self.problems);
        let mut sources = Vec::new();
        for (name, spec) in &config.sources {
            sources.push(self.source(name, spec, &config, &fields, &families, &priorities, as_of, &tables));
        }
        if config.sources.contains_key(OBJECTIONS) {
            self.problem(
                format!("sources.{OBJECTIONS}"),
                "is the name of what a repository keeps itself; choose another",
            );
        }
        let own =
            self.source(OBJECTIONS, &objections(), &config, &fields, &families, &priorities, as_of, &tables);
        if !config.sources.values().any(|s| s.family == "customers" || s.family == "companies") {
            self.problem(
                "sources",
                "has no source of family `customers` or `companies`; at least one is needed",
            );
        }
        let comparisons = self.comparisons(&config, &fields);
        let all = Comparisons::new(&comparisons);
        if config.companies.enabled && sources.iter().any(SourcePlan::speaks_of_companies) {
            // Contacts have passes of their own besides those of all persons, unless the configuration lists them itself.
            for pass in &config.companies.contact_passes {
                if !config.passes.iter().any(|p| p.name == pass.name) {
                    config.passes.push(pass.clone());
                }
            }
        }
        let passes = self.passes("passes", &config.passes, &fields, &all);
        let company_passes = self.passes("companies.passes", &config.companies.passes, &fields, &all);
        for (i, pass) in company_passes.iter().enumerate().filter(|(_, p)| p.method == Method::Model) {
            let what = format!("is `model`, which weighs persons; pass `{}` is over companies", pass.name);
            self.problem(format!("companies.passes[{i}].decide"), what);
        }
        let model = self.model(&config, &passes, &all);
        if config.matching.review_at > config.matching.link_at {
            self.problem("matching.review_at", "is above `matching.link_at`; it must not be");
        }
        for key in config.matching.max_shared.keys() {
            if !fields.iter().any(|f| f.name == *key) {
                self.unknown_field(format!("matching.max_shared.{key}"), key, &fields, &[]);
            }
        }
        let context = Context { tables: tables.clone(), ..Context::new(config.rcu.region, as_of) };
        let names = survivorship::Names {
            fields: &fields,
            sources: &config.sources.keys().map(String::as_str).collect::<Vec<_>>(),
            context: &context,
        };
        let survivorship = SurvivorshipPlan::compile(&config.survivorship, &names, &mut self.problems);
        let consents = ConsentPlan::compile(&config.consents, &fields, names.sources, &mut self.problems);
        let field_names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
        let roles = compile_roles(&config.roles, &field_names, &mut self.problems);
        let custom = self.custom(&config, &families, as_of);
        let figures: Vec<&str> =
            SHIPPED.iter().copied().chain(custom.iter().map(|c| c.name.as_str())).collect();
        let purposes =
            compile_purposes(&config.purposes, &field_names, &named_purposes(&config), &mut self.problems);
        let by_field: BTreeMap<String, BTreeSet<String>> = fields
            .iter()
            .enumerate()
            .map(|(ix, f)| (f.name.clone(), purposes_of_field(&purposes, &sources, ix, &f.name)))
            .collect();
        let known = Known {
            fields: &fields,
            sources: names.sources,
            roles: &roles,
            figures: &figures,
            purposes: &by_field,
        };
        let subscribers = compile_subscribers(&config.subscribers, &known, &mut self.problems);
        let zone = self.zone("rcu.timezone", Some(&config.rcu.timezone)).unwrap_or_default();
        let currency = self.currency(&config);
        if self.problems.is_empty() {
            Ok(Plan {
                rulings: config.rulings.clone(),
                config,
                as_of,
                fields,
                sources,
                families,
                custom,
                zone,
                currency,
                passes,
                company_passes,
                comparisons,
                model,
                survivorship,
                consents,
                roles,
                subscribers,
                purposes,
                objections: Box::new(own),
                tables,
            })
        } else {
            Err(Error::Config { problems: self.problems })
        }
    }

    fn passes(
        &mut self,
        path: &str,
        specs: &[PassSpec],
        fields: &[CompiledField],
        all: &Comparisons,
    ) -> Vec<CompiledPass> {
        let mut passes = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        for (i, spec) in specs.iter().enumerate() {
            let at = format!("{path}[{i}]");
            if names.contains(&spec.name.as_str()) {
                self.problem(format!("{at}.name"), format!("`{}` comes twice; names must differ", spec.name));
            }
            names.push(&spec.name);
            passes.push(CompiledPass::compile(spec, &at, fields, all, &mut self.problems));
        }
        if passes.len() > MAX_PASSES {
            self.problem(path, format!("holds {} passes; at most {MAX_PASSES} can run", passes.len()));
        }
        let mut parts: Vec<Part> = Vec::new();
        for part in passes.iter().flat_map(|p| p.recipes.iter().flatten()) {
            if !parts.contains(part) {
                parts.push(*part);
            }
        }
        if parts.len() > Parts::MOST {
            let reason =
                format!("name {} different key parts; at most {} can be used", parts.len(), Parts::MOST);
            self.problem(path, reason);
        }
        passes
    }

    fn problem(&mut self, path: impl Into<String>, reason: impl Into<String>) {
        self.problems.push(Problem::new(path, reason));
    }

    fn unknown_field(&mut self, path: String, name: &str, fields: &[CompiledField], more: &[&str]) {
        let known = fields.iter().map(|f| f.name.as_str()).chain(more.iter().copied());
        let hint = did_you_mean(name, known.clone());
        let listed = known.collect::<Vec<_>>().join(", ");
        self.problem(path, format!("`{name}` is not a field{hint}; fields are {listed}"));
    }

    fn fields(&mut self, config: &Config) -> Vec<CompiledField> {
        let mut fields: Vec<CompiledField> = BUILT_IN
            .iter()
            .map(|f| CompiledField { name: f.name.to_owned(), kind: f.kind, contact: f.contact })
            .collect();
        for (name, spec) in &config.fields {
            let taken = field::built_in(name).is_some() || COMPOSITE.iter().any(|(c, _)| c == name);
            if taken {
                self.problem(format!("fields.{name}"), "is the name of a built-in field; choose another");
            } else {
                let contact = matches!(spec.kind, Kind::Email | Kind::Phone);
                fields.push(CompiledField { name: name.clone(), kind: spec.kind, contact });
            }
        }
        fields
    }

    /// Rank of each source: the listed ones first, then by reliability, then by name.
    fn priorities(&mut self, config: &Config) -> BTreeMap<String, u32> {
        let listed = &config.survivorship.source_priority;
        for (i, name) in listed.iter().enumerate() {
            if !config.sources.contains_key(name) {
                let hint = did_you_mean(name, config.sources.keys().map(String::as_str));
                self.problem(
                    format!("survivorship.source_priority[{i}]"),
                    format!("source `{name}` is not declared{hint}"),
                );
            }
        }
        let mut order: Vec<&String> = config.sources.keys().collect();
        order.sort_by_key(|name| {
            let listed = listed.iter().position(|l| l == *name).unwrap_or(usize::MAX);
            (
                listed,
                std::cmp::Reverse(config.sources[*name].reliability.thousandths("default")),
                (*name).clone(),
            )
        });
        order.into_iter().enumerate().map(|(i, n)| (n.clone(), i as u32)).collect()
    }

    fn comparisons(&mut self, config: &Config, fields: &[CompiledField]) -> Vec<CompiledComparison> {
        let own = &config.matching.comparisons;
        if own.len() > MAX_CUSTOM {
            let reason = format!("holds {} comparisons; at most {MAX_CUSTOM} can be added", own.len());
            self.problem("matching.comparisons", reason);
        }
        own.iter()
            .take(MAX_CUSTOM)
            .map(|(name, spec)| {
                let path = format!("matching.comparisons.{name}");
                if COMPARISONS.iter().any(|(n, _)| n == name) {
                    self.problem(path.clone(), "is the name of a built-in comparison; choose another");
                }
                CompiledComparison::compile(name, spec, &path, fields, &mut self.problems)
            })
            .collect()
    }

    fn model(&mut self, config: &Config, passes: &[CompiledPass], all: &Comparisons) -> Option<Model> {
        let spec = &config.model;
        for (i, name) in spec.comparisons.iter().enumerate() {
            if all.position(name).is_none() {
                let hint = did_you_mean(name, all.names());
                let listed = all.names().collect::<Vec<_>>().join(", ");
                let reason = format!("`{name}` is not a comparison{hint}; comparisons are {listed}");
                self.problem(format!("model.comparisons[{i}]"), reason);
            }
        }
        if spec.from == Origin::File && spec.file.is_none() {
            self.problem("model.file", "is missing; name the file that `rcu train` wrote");
        }
        if let (Some(link), Some(review)) = (spec.link_at_bits, spec.review_at_bits)
            && review > link
        {
            self.problem("model.review_at_bits", "is above `model.link_at_bits`; it must not be");
        }
        if let Some(text) = &spec.text {
            return match Model::parse(text) {
                Ok(model) => {
                    self.problems.extend(model.problems("model.file", all));
                    Some(model)
                }
                Err(reason) => {
                    self.problem("model.file", format!("holds no model: {reason}"));
                    None
                }
            };
        }
        let wanted = passes.iter().any(|p| p.method == Method::Model);
        (wanted && spec.from == Origin::Shipped && spec.file.is_none()).then(Model::shipped)
    }

    #[allow(clippy::too_many_arguments)]
    fn source(
        &mut self,
        name: &str,
        spec: &SourceSpec,
        config: &Config,
        fields: &[CompiledField],
        families: &Families,
        priorities: &BTreeMap<String, u32>,
        as_of: Day,
        tables: &Arc<Tables>,
    ) -> SourcePlan {
        let path = format!("sources.{name}");
        let base = Context {
            region: spec.region.unwrap_or(config.rcu.region),
            as_of,
            options: Options {
                decimal_separator: self
                    .separator(&format!("{path}.decimal_separator"), &spec.decimal_separator),
                date_order: spec.date_order.unwrap_or_default(),
                allow_special: false,
            },
            tables: tables.clone(),
        };
        for (i, f) in spec.exclude.iter().enumerate() {
            if !fields.iter().any(|c| c.name == *f) {
                self.unknown_field(format!("{path}.exclude[{i}]"), f, fields, &[]);
            }
        }
        self.check_reliability(&path, spec, fields);
        let family = families.named(&spec.family).unwrap_or_else(|| {
            let hint = did_you_mean(&spec.family, families.names());
            let listed = families.names().collect::<Vec<_>>().join(", ");
            let what = format!("`{}` is not a family{hint}; families are {listed}", spec.family);
            self.problem(format!("{path}.family"), what);
            Family::Customers
        });
        match (families.customer(family), &spec.customer) {
            (CustomerUse::None, Some(_)) => self.problem(
                format!("{path}.customer"),
                format!("is for facts of customers; rows of {} are nobody's", spec.family),
            ),
            (CustomerUse::None, None) | (CustomerUse::Optional, None) => {}
            _ => self.check_customer(&path, spec, config),
        }
        let known_family = families.named(&spec.family).is_some();
        let zone = self.zone(&format!("{path}.timezone"), spec.timezone.as_deref());
        let composite: Vec<&str> = COMPOSITE.iter().map(|(n, _)| *n).collect();
        let mut inputs = Vec::new();
        for (field_name, source) in &spec.fields {
            let at = format!("{path}.fields.{field_name}");
            let target = match family {
                // Of an unknown family no field can be judged.
                _ if !known_family => None,
                Family::Customers | Family::Companies => match field_name.as_str() {
                    "phone" => Some(Target::Phone),
                    "name" if family == Family::Companies => {
                        self.problem(at.clone(), "is a person's; a company has a `company_name`");
                        None
                    }
                    "name" => Some(Target::Name),
                    "address" => Some(Target::Address),
                    other => {
                        let ix = fields.iter().position(|f| f.name == other);
                        if ix.is_none() {
                            self.unknown_field(at.clone(), other, fields, &composite);
                        }
                        if family == Family::Companies && ix.is_some_and(|ix| PERSON_FIELDS.contains(&ix)) {
                            self.problem(at.clone(), "is a person's; rows of companies have none");
                        }
                        ix.filter(|ix| !spec.exclude.contains(&fields[*ix].name)).map(Target::Field)
                    }
                },
                family => {
                    let known = families.fields(family);
                    let ix = known.iter().position(|(n, _)| *n == field_name.as_str());
                    if ix.is_none() {
                        let names = known.iter().map(|(n, _)| *n);
                        let hint = did_you_mean(field_name, names.clone());
                        let listed = names.collect::<Vec<_>>().join(", ");
                        self.problem(
                            at.clone(),
                            format!("is not a field of {}{hint}; fields are {listed}", spec.family),
                        );
                    }
                    ix.map(Target::Fact)
                }
            };
            if let Some(target) = target {
                self.inputs(source, target, &at, &base, &mut inputs);
            }
        }
        self.needed_fields(&path, spec, family, families);
        self.check_account(&path, spec, family, config);
        for (name, ix, constant) in
            [("brand", field::BRAND, &spec.brand), ("company", field::COMPANY, &spec.company)]
        {
            let Some(constant) = constant else { continue };
            if !matches!(family, Family::Customers | Family::Companies) {
                let what =
                    format!("is for customers and companies; map the field `{name}` of {}", spec.family);
                self.problem(format!("{path}.{name}"), what);
                continue;
            }
            let target = Target::Field(ix);
            match inputs.iter_mut().find(|i| i.target == target) {
                Some(mapped) => mapped.otherwise = Some(constant.clone()),
                None => inputs.push(FieldInput {
                    target,
                    take: Take::Constant(constant.clone()),
                    values: BTreeMap::new(),
                    context: base.clone(),
                    clear: Vec::new(),
                    otherwise: None,
                    path: format!("{path}.{name}"),
                }),
            }
        }
        let mut updated = Vec::new();
        if let Some(source) = &spec.updated_at {
            self.inputs(source, Target::Fact(0), &format!("{path}.updated_at"), &base, &mut updated);
        }
        SourcePlan {
            name: name.to_owned(),
            spec: spec.clone(),
            family,
            zone,
            inputs,
            updated_at: updated.into_iter().next(),
            trust: SourceTrust::new(
                name,
                fields,
                |f| spec.reliability.thousandths(f),
                priorities.get(name).copied().unwrap_or(u32::MAX),
                &config.survivorship,
            ),
        }
    }

    fn needed_fields(&mut self, path: &str, spec: &SourceSpec, family: Family, families: &Families) {
        let mut needed: Vec<&str> = match family {
            Family::Transactions => vec!["date"],
            Family::Rates => vec!["date", "currency", "rate"],
            Family::Consents => vec!["status"],
            Family::Facts(i) => {
                let f = &families.facts[usize::from(i)];
                f.date.iter().chain(&f.key).map(|d| f.fields[*d].0.as_str()).collect()
            }
            _ => Vec::new(),
        };
        if family == Family::Transactions && !spec.fields.contains_key("gross") {
            needed.push("amount");
        }
        for field in needed {
            if !spec.fields.contains_key(field) {
                let what = format!("is missing; {} need it", spec.family);
                self.problem(format!("{path}.fields.{field}"), what);
            }
        }
    }

    fn zone(&mut self, path: &str, name: Option<&str>) -> Option<Zone> {
        let name = name?;
        let zone = Zone::named(name);
        if zone.is_none() {
            let hint = did_you_mean(name, Zone::names());
            self.problem(
                path,
                format!("`{name}` is not a time zone of the table{hint}; write it as Europe/Paris"),
            );
        }
        zone
    }

    fn currency(&mut self, config: &Config) -> Currency {
        let own = Currency::of_region(config.rcu.region);
        let Some(code) = &config.aggregates.currency else { return own };
        match Currency::from_code(code) {
            Some(c) if c.minor_digits() == 2 => c,
            Some(_) => {
                self.problem("aggregates.currency", "has no two decimals; sums are kept in hundredths");
                own
            }
            None => {
                self.problem(
                    "aggregates.currency",
                    "is not a currency that amounts are read in; write it as EUR",
                );
                own
            }
        }
    }

    fn custom(&mut self, config: &Config, families: &Families, as_of: Day) -> Vec<CustomPlan> {
        let columns = families.columns();
        let specs = config.aggregates.custom.iter();
        let plans: Vec<CustomPlan> = specs
            .filter_map(|(name, spec)| CustomPlan::compile(name, spec, &columns, as_of, &mut self.problems))
            .collect();
        for plan in &plans {
            if crate::aggregate::is_shipped(&plan.name) {
                let what = "is the name of a shipped aggregate; choose another";
                self.problem(format!("aggregates.custom.{}", plan.name), what);
            }
        }
        plans
    }

    fn check_reliability(&mut self, path: &str, spec: &SourceSpec, fields: &[CompiledField]) {
        let super::Reliability::ByField(map) = &spec.reliability else { return };
        for (key, value) in map {
            let at = format!("{path}.reliability.{key}");
            if key != "default" && !fields.iter().any(|f| f.name == *key) {
                self.unknown_field(at.clone(), key, fields, &["default"]);
            }
            if !(0.0..=1.0).contains(value) {
                self.problem(at, format!("{value} is out of range; use 0 to 1"));
            }
        }
    }

    fn check_customer(&mut self, path: &str, spec: &SourceSpec, config: &Config) {
        let Some(c) = &spec.customer else {
            let what = format!("is missing; {} need to say whose they are", spec.family);
            return self.problem(format!("{path}.customer"), what);
        };
        match (&c.source, &c.source_column) {
            (None, None) | (Some(_), Some(_)) => self.problem(
                format!("{path}.customer"),
                "names the customer's source either by `source` or by `source_column`; give one of them",
            ),
            (Some(s), None) if !config.sources.contains_key(s) => {
                let hint = did_you_mean(s, config.sources.keys().map(String::as_str));
                self.problem(
                    format!("{path}.customer.source"),
                    format!("source `{s}` is not declared{hint}"),
                );
            }
            (Some(s), None) if config.sources.get(s).is_some_and(|x| x.family == "companies") => {
                let what = format!("source `{s}` holds companies; facts belong to customers");
                self.problem(format!("{path}.customer.source"), what);
            }
            _ => {}
        }
    }

    fn check_account(&mut self, path: &str, spec: &SourceSpec, family: Family, config: &Config) {
        let Some(account) = &spec.account else { return };
        if family != Family::Customers {
            let what =
                format!("is for customers, who are contacts of companies; rows of {} are not", spec.family);
            return self.problem(format!("{path}.account"), what);
        }
        match (&account.source, &account.source_column) {
            (None, None) | (Some(_), Some(_)) => self.problem(
                format!("{path}.account"),
                "names the account's source either by `source` or by `source_column`; give one of them",
            ),
            (Some(s), None) => match config.sources.get(s) {
                Some(source) if source.family == "companies" => {}
                Some(_) => {
                    let what = format!("source `{s}` is not of family `companies`");
                    self.problem(format!("{path}.account.source"), what);
                }
                None => {
                    let hint = did_you_mean(s, config.sources.keys().map(String::as_str));
                    self.problem(
                        format!("{path}.account.source"),
                        format!("source `{s}` is not declared{hint}"),
                    );
                }
            },
            (None, Some(_)) => {}
        }
    }

    fn separator(&mut self, path: &str, text: &Option<String>) -> Option<char> {
        let c = text.as_ref()?.chars().next();
        if !matches!(c, Some('.' | ',')) {
            self.problem(path, "is not a decimal separator; use `.` or `,`");
        }
        c
    }

    fn inputs(
        &mut self,
        source: &FieldSource,
        target: Target,
        path: &str,
        base: &Context,
        out: &mut Vec<FieldInput>,
    ) {
        let plain = |take| FieldInput {
            target,
            take,
            values: BTreeMap::new(),
            clear: Vec::new(),
            context: base.clone(),
            otherwise: None,
            path: path.to_owned(),
        };
        match source {
            FieldSource::Column(c) => out.push(plain(Take::Column(c.clone()))),
            FieldSource::Several(list) => {
                for (i, s) in list.iter().enumerate() {
                    self.inputs(s, target, &format!("{path}[{i}]"), base, out);
                }
            }
            FieldSource::Table(t) => {
                let Some(take) = self.take(t, path) else { return };
                let mut context = base.clone();
                if let Some(order) = t.date_order {
                    context.options.date_order = order;
                }
                if t.decimal_separator.is_some() {
                    context.options.decimal_separator =
                        self.separator(&format!("{path}.decimal_separator"), &t.decimal_separator);
                }
                out.push(FieldInput {
                    target,
                    take,
                    values: t.values.clone(),
                    clear: t.clear.clone(),
                    context,
                    otherwise: None,
                    path: path.to_owned(),
                });
            }
        }
    }

    fn take(&mut self, t: &FieldTable, path: &str) -> Option<Take> {
        let given = usize::from(t.column.is_some())
            + usize::from(!t.join.is_empty())
            + usize::from(t.constant.is_some());
        if given != 1 {
            self.problem(path, "needs exactly one of `column`, `join`, `constant`");
            return None;
        }
        t.column
            .clone()
            .map(Take::Column)
            .or_else(|| t.constant.clone().map(Take::Constant))
            .or_else(|| Some(Take::Join(t.join.clone())))
    }
}
