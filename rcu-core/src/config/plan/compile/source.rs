//! A source compiled: its contract, what it takes from which column, whose its rows are.

use super::Compiler;
use crate::config::Config;
use crate::config::family::{CustomerUse, Families, Family};
use crate::config::plan::{FieldInput, SourcePlan, Take, Target};
use crate::config::source::{FieldSource, FieldTable, SourceSpec};
use crate::error::did_you_mean;
use crate::field::{self, COMPOSITE, CompiledField, PERSON_FIELDS};
use crate::normalize::{Context, Options};
use crate::reference::Tables;
use crate::survivorship::SourceTrust;
use crate::time::Day;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Compiler {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn source(
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

    fn check_reliability(&mut self, path: &str, spec: &SourceSpec, fields: &[CompiledField]) {
        let crate::config::Reliability::ByField(map) = &spec.reliability else { return };
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
