//! From a configuration to a plan: everything checked, every problem told at once.

mod source;

use super::{OBJECTIONS, Plan, SourcePlan, objections, purposes_of_field};
use crate::access::compile_roles;
use crate::aggregate::{CustomPlan, SHIPPED};
use crate::config::Config;
use crate::config::family::Families;
use crate::consent::ConsentPlan;
use crate::error::{Error, Problem, did_you_mean};
use crate::field::{self, BUILT_IN, COMPOSITE, CompiledField};
use crate::matching::blocking::Parts;
use crate::matching::compare::{COMPARISONS, Comparisons};
use crate::matching::comparison::{CompiledComparison, MAX_CUSTOM};
use crate::matching::decide::{CompiledPass, Part};
use crate::matching::model::{Model, Origin};
use crate::matching::{Method, PassSpec};
use crate::normalize::{Context, Kind};
use crate::privacy::compile_purposes;
use crate::reference::vocabulary::Currency;
use crate::subscriber::{Known, compile_subscribers};
use crate::survivorship::{self, SurvivorshipPlan};
use crate::time::{Day, Zone};
use std::collections::{BTreeMap, BTreeSet};

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

/// See [`Plan::compile`].
pub(super) fn compile(config: Config, today: Day) -> Result<Plan, Error> {
    Compiler { problems: Vec::new() }.compile(config, today)
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
}
