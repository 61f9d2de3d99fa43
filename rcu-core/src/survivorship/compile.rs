//! The rules of a configuration with names resolved to positions, checked as a whole.

use super::condition::{About, Condition, Names};
use super::lock::LockPlan;
use super::spec::{FieldRule, Rule, RuleTable, Rules, SurvivorshipSpec};
use crate::error::{Problem, did_you_mean};
use crate::field::FieldIx;
use crate::normalize::{Kind, any};
use std::collections::BTreeMap;

/// The rules of one field or group, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoicePlan {
    /// Name of the group, or of the field.
    pub name: String,
    /// Fields taken together.
    pub fields: Vec<FieldIx>,
    /// Fields a record must have.
    pub needs: Vec<FieldIx>,
    /// Whether what the chosen record lacks is filled from the next ones.
    pub fill: bool,
    /// How the record is chosen.
    pub rule: RulePlan,
    /// Choices of a level look only at fields of lower ones.
    pub level: usize,
}

/// A rule compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulePlan {
    /// Name in provenance.
    pub name: Rule,
    /// What values are ranked by, in order.
    pub steps: Vec<Step>,
    /// How several values become one, and what stands between two of them.
    pub combine: Option<(Rule, String)>,
    /// Whether two different values make none.
    pub unanimous: bool,
    /// The only source that may supply the value.
    pub main: Option<usize>,
    /// The field whose winning record supplies the value.
    pub follow: Option<FieldIx>,
    /// Condition on the record of a value.
    pub only: Option<Condition>,
    /// Sources that only fill, by position.
    pub fill_only: Vec<bool>,
    /// Rules of some people.
    pub cases: Vec<(Condition, RulePlan)>,
    /// The rule when this one gives nothing.
    pub otherwise: Option<Box<RulePlan>>,
}

/// What two values are ranked by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A rule without settings.
    Plain(Rule),
    /// The largest value of another field of the record, or the record's date of change.
    Latest(Option<FieldIx>),
    /// The smallest.
    Earliest(Option<FieldIx>),
    /// Rank of each source, by position; 0 is preferred most.
    Sources(Vec<u32>),
    /// Values from most to least preferred.
    Ranking(Vec<String>),
    /// Records that fulfil a condition.
    Prefer(Condition),
}

/// All that survivorship takes from a configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SurvivorshipPlan {
    /// The choices, covering each field once.
    pub choices: Vec<ChoicePlan>,
    /// By field, when a record's value counts as verified.
    pub verified: Vec<Option<Condition>>,
    /// Decisions of stewards.
    pub locks: Vec<LockPlan>,
}

impl SurvivorshipPlan {
    /// Compiles the rules; everything that is wrong is added to `problems`.
    pub fn compile(spec: &SurvivorshipSpec, names: &Names, problems: &mut Vec<Problem>) -> SurvivorshipPlan {
        let mut c = Compiler { names, problems };
        c.trust(spec);
        let choices = c.choices(spec);
        let mut verified = vec![None; names.fields.len()];
        for (name, text) in &spec.verified {
            let path = format!("survivorship.verified.{name}");
            if let Some(ix) = c.field(&path, name) {
                verified[ix] = c.condition(&path, text, About::Record);
            }
        }
        let mut plan = SurvivorshipPlan { choices, verified, locks: Vec::new() };
        let own = spec.locks.iter().enumerate().map(|(i, l)| (format!("survivorship.locks[{i}]"), l));
        let of_file = spec.file_locks.iter().flatten().enumerate();
        let of_file = of_file.map(|(i, l)| (format!("survivorship.locks_file row {}", i + 1), l));
        for (path, lock) in own.chain(of_file) {
            let made = LockPlan::compile(lock, &path, names.fields, names.sources, names.context, problems);
            plan.locks.extend(made);
        }
        plan
    }
}

struct Compiler<'a> {
    names: &'a Names<'a>,
    problems: &'a mut Vec<Problem>,
}

impl Compiler<'_> {
    fn problem(&mut self, path: impl Into<String>, reason: impl Into<String>) {
        self.problems.push(Problem::new(path, reason));
    }

    fn field(&mut self, path: &str, name: &str) -> Option<FieldIx> {
        let fields = self.names.fields;
        let found = fields.iter().position(|f| f.name == name);
        if found.is_none() {
            let known = fields.iter().map(|f| f.name.as_str());
            let hint = did_you_mean(name, known.clone());
            let listed = known.collect::<Vec<_>>().join(", ");
            self.problem(path, format!("`{name}` is not a field{hint}; fields are {listed}"));
        }
        found
    }

    fn source(&mut self, path: &str, name: &str) -> Option<usize> {
        let found = self.names.sources.iter().position(|s| *s == name);
        if found.is_none() {
            let hint = did_you_mean(name, self.names.sources.iter().copied());
            self.problem(path, format!("source `{name}` is not declared{hint}"));
        }
        found
    }

    fn condition(&mut self, path: &str, text: &str, about: About) -> Option<Condition> {
        match Condition::parse(text, about, self.names) {
            Ok(c) => Some(c),
            Err(reason) => {
                self.problem(path, reason);
                None
            }
        }
    }

    fn trust(&mut self, spec: &SurvivorshipSpec) {
        for (source, fields) in &spec.trust {
            let path = format!("survivorship.trust.{source}");
            self.source(&path, source);
            for (field, t) in fields {
                let path = format!("{path}.{field}");
                if field != "default" {
                    self.field(&path, field);
                }
                if t.min > t.max {
                    self.problem(format!("{path}.min"), "is above `max`; it must not be");
                }
            }
        }
        for (i, o) in spec.reliability.iter().enumerate() {
            let path = format!("survivorship.reliability[{i}]");
            self.source(&format!("{path}.source"), &o.source);
            self.field(&format!("{path}.field"), &o.field);
            if o.reason.trim().is_empty() {
                self.problem(format!("{path}.reason"), "is missing; an override says why");
            }
            let same = |other: &super::trust::ReliabilityOverride| {
                (&other.source, &other.field) == (&o.source, &o.field)
            };
            if spec.reliability[..i].iter().any(same) {
                self.problem(path, "is the second for this source and field; keep one");
            }
        }
    }

    fn choices(&mut self, spec: &SurvivorshipSpec) -> Vec<ChoicePlan> {
        let fields = self.names.fields;
        let mut covered: BTreeMap<FieldIx, String> = BTreeMap::new();
        let mut choices = Vec::new();
        for (name, group) in &spec.groups {
            let path = format!("survivorship.groups.{name}");
            let mut resolve = |list: &[String], key: &str| -> Vec<FieldIx> {
                let found = list.iter().enumerate();
                found.filter_map(|(i, f)| self.field(&format!("{path}.{key}[{i}]"), f)).collect()
            };
            let (members, needs) = (resolve(&group.fields, "fields"), resolve(&group.needs, "needs"));
            for ix in &members {
                if let Some(other) = covered.insert(*ix, name.clone()) {
                    let what =
                        format!("`{}` is in group `{other}` too; a field has one group", fields[*ix].name);
                    self.problem(format!("{path}.fields"), what);
                }
            }
            for ix in needs.iter().filter(|ix| !members.contains(ix)) {
                let what = format!("`{}` is not in the group", fields[*ix].name);
                self.problem(format!("{path}.needs"), what);
            }
            if members.is_empty() {
                self.problem(format!("{path}.fields"), "is empty");
                continue;
            }
            let rule = self.rule(&format!("{path}.rule"), &group.rule, &members);
            let (name, fill) = (name.clone(), group.fill);
            choices.push(ChoicePlan { name, fields: members, needs, fill, rule, level: 0 });
        }
        for name in spec.fields.keys() {
            let path = format!("survivorship.fields.{name}");
            if let Some(ix) = self.field(&path, name)
                && let Some(group) = covered.get(&ix)
            {
                self.problem(path, format!("belongs to group `{group}`, which decides it"));
            }
        }
        for name in spec.kinds.keys() {
            if Kind::from_name(name).is_none() {
                let hint = did_you_mean(name, Kind::ALL.iter().map(|k| k.name()));
                self.problem(format!("survivorship.kinds.{name}"), format!("is not a kind{hint}"));
            }
        }
        for (ix, f) in fields.iter().enumerate().filter(|(ix, _)| !covered.contains_key(ix)) {
            let kind = f.kind.name();
            let (path, rule) = match (spec.fields.get(&f.name), spec.kinds.get(kind)) {
                (Some(rule), _) => (format!("survivorship.fields.{}", f.name), rule),
                (None, Some(rule)) => (format!("survivorship.kinds.{kind}"), rule),
                (None, None) => ("survivorship.default".to_owned(), &spec.default),
            };
            let before = self.problems.len();
            let rule = self.rule(&path, rule, &[ix]);
            // A default that is wrong is wrong for many fields; it is said once.
            let mut seen: Vec<Problem> = self.problems[..before].to_vec();
            for p in self.problems.split_off(before) {
                if !seen.contains(&p) {
                    seen.push(p);
                }
            }
            *self.problems = seen;
            let (name, fields) = (f.name.clone(), vec![ix]);
            choices.push(ChoicePlan { name, fields, needs: Vec::new(), fill: false, rule, level: 0 });
        }
        self.levels(&mut choices);
        choices
    }

    fn rule(&mut self, path: &str, rule: &FieldRule, fields: &[FieldIx]) -> RulePlan {
        match rule {
            FieldRule::One(r) => {
                self.table(path, &RuleTable { rule: Rules::One(*r), ..RuleTable::default() }, fields)
            }
            FieldRule::Chain(c) => {
                self.table(path, &RuleTable { rule: Rules::Chain(c.clone()), ..RuleTable::default() }, fields)
            }
            FieldRule::Table(t) => self.table(path, t, fields),
        }
    }

    fn table(&mut self, path: &str, t: &RuleTable, fields: &[FieldIx]) -> RulePlan {
        let rules = t.rule.as_slice();
        let has = |wanted: &[Rule]| rules.iter().any(|r| wanted.contains(r));
        let settings: [(&str, bool, &[Rule], bool); 6] = [
            ("by", t.by.is_some(), &[Rule::MostRecent, Rule::FirstKnown], false),
            ("source", t.source.is_some(), &[Rule::MainSource], true),
            ("sources", !t.sources.is_empty(), &[Rule::SourcePriority], false),
            ("values", !t.values.is_empty(), &[Rule::Ranking], true),
            ("prefer", t.prefer.is_some(), &[Rule::Expression], true),
            ("separator", t.separator.is_some(), &[Rule::Union, Rule::Concatenate], false),
        ];
        for (key, given, wanted, needed) in settings {
            let listed = wanted.iter().map(|r| format!("`{}`", r.name())).collect::<Vec<_>>().join(", ");
            if given && !has(wanted) {
                self.problem(format!("{path}.{key}"), format!("is for {listed}, which `rule` does not name"));
            } else if needed && !given && has(wanted) {
                self.problem(format!("{path}.{key}"), format!("is missing; {listed} needs it"));
            }
        }
        if rules.is_empty() {
            self.problem(path, "is empty; name a rule");
        }
        if t.follow.is_some() && t.rule != Rules::default() {
            self.problem(format!("{path}.follow"), "takes the place of `rule`; give one of them");
        }
        self.combination(path, rules, fields);
        let by = t.by.as_ref().and_then(|f| self.dated(&format!("{path}.by"), f));
        let sources: Vec<Option<usize>> = t
            .sources
            .iter()
            .enumerate()
            .map(|(i, s)| self.source(&format!("{path}.sources[{i}]"), s))
            .collect();
        let prefer =
            t.prefer.as_ref().and_then(|c| self.condition(&format!("{path}.prefer"), c, About::Record));
        let values = self.ranking(path, &t.values, fields);
        let steps = rules.iter().filter_map(|r| match r {
            Rule::MostRecent => Some(Step::Latest(by)),
            Rule::FirstKnown => Some(Step::Earliest(by)),
            Rule::SourcePriority if !sources.is_empty() => {
                let rank = |s: usize| sources.iter().position(|x| *x == Some(s)).unwrap_or(sources.len());
                Some(Step::Sources((0..self.names.sources.len()).map(|s| rank(s) as u32).collect()))
            }
            Rule::Ranking => Some(Step::Ranking(values.clone())),
            Rule::Expression => prefer.clone().map(Step::Prefer),
            // A union lists the best first.
            Rule::Union => Some(Step::Plain(Rule::Score)),
            Rule::MainSource | Rule::Unanimous | Rule::Concatenate => None,
            Rule::Sum | Rule::Count | Rule::CountDistinct => None,
            plain => Some(Step::Plain(*plain)),
        });
        let steps = steps.collect();
        let first = rules.first().copied().unwrap_or(Rule::Score);
        let between = match first {
            Rule::Concatenate => " ",
            _ => " | ",
        };
        let fill_only: Vec<Option<usize>> = t
            .fill_only
            .iter()
            .enumerate()
            .map(|(i, s)| self.source(&format!("{path}.fill_only[{i}]"), s))
            .collect();
        let mut cases = Vec::new();
        for (i, case) in t.cases.iter().enumerate() {
            let at = format!("{path}.cases[{i}]");
            let when = self.condition(&format!("{at}.when"), &case.when, About::Golden);
            let rule = self.rule(&format!("{at}.rule"), &case.rule, fields);
            cases.extend(when.map(|w| (w, rule)));
        }
        let follow = t.follow.as_ref().and_then(|f| self.field(&format!("{path}.follow"), f));
        RulePlan {
            name: if follow.is_some() { Rule::Follow } else { first },
            steps,
            combine: first
                .combines()
                .then(|| (first, t.separator.clone().unwrap_or_else(|| between.to_owned()))),
            unanimous: has(&[Rule::Unanimous]),
            main: if has(&[Rule::MainSource]) {
                t.source.as_ref().and_then(|s| self.source(&format!("{path}.source"), s))
            } else {
                None
            },
            follow,
            only: t.only.as_ref().and_then(|c| self.condition(&format!("{path}.where"), c, About::Record)),
            fill_only: if fill_only.is_empty() {
                Vec::new()
            } else {
                (0..self.names.sources.len()).map(|s| fill_only.contains(&Some(s))).collect()
            },
            cases,
            otherwise: t
                .otherwise
                .as_ref()
                .map(|r| Box::new(self.rule(&format!("{path}.otherwise"), r, fields))),
        }
    }

    /// Rules that make one value of several stand first, on one field, of a kind that can hold what they make.
    fn combination(&mut self, path: &str, rules: &[Rule], fields: &[FieldIx]) {
        for (i, r) in rules.iter().enumerate().filter(|(_, r)| r.combines()) {
            let name = r.name();
            if i > 0 {
                self.problem(path, format!("`{name}` makes one value of several; it must come first"));
            }
            let [field] = fields else {
                self.problem(
                    path,
                    format!("`{name}` makes one value of several; a group cannot be combined"),
                );
                continue;
            };
            let kind = self.names.fields[*field].kind;
            let number = matches!(kind, Kind::Integer | Kind::Decimal | Kind::Amount | Kind::AmountMinor);
            let what = match r {
                Rule::Sum if !number => "adds numbers",
                Rule::Count | Rule::CountDistinct if matches!(kind, Kind::Date | Kind::BirthDate) => {
                    "gives a number"
                }
                Rule::Union | Rule::Concatenate if matches!(kind, Kind::Date | Kind::BirthDate) => {
                    "gives a text"
                }
                _ => continue,
            };
            let field = &self.names.fields[*field].name;
            self.problem(path, format!("`{name}` {what}; `{field}` is a {}", kind.name()));
        }
    }

    fn dated(&mut self, path: &str, name: &str) -> Option<FieldIx> {
        let field = self.field(path, name)?;
        let kind = self.names.fields[field].kind;
        let ordered = matches!(
            kind,
            Kind::Date | Kind::BirthDate | Kind::Integer | Kind::Decimal | Kind::Amount | Kind::AmountMinor
        );
        if !ordered {
            self.problem(path, format!("`{name}` is a {}; give a field of dates or numbers", kind.name()));
        }
        ordered.then_some(field)
    }

    fn ranking(&mut self, path: &str, values: &[String], fields: &[FieldIx]) -> Vec<String> {
        let Some(field) = fields.first().map(|f| &self.names.fields[*f]) else { return Vec::new() };
        let mut ranked = Vec::new();
        for (i, raw) in values.iter().enumerate() {
            match any(field.kind, raw, self.names.context).value {
                Some(v) => ranked.push(v),
                None => {
                    let what = format!("`{raw}` is not a {}", field.kind.name());
                    self.problem(format!("{path}.values[{i}]"), what);
                }
            }
        }
        ranked
    }

    /// Puts choices after those whose golden values they look at.
    fn levels(&mut self, choices: &mut [ChoicePlan]) {
        fn looks_at(rule: &RulePlan, out: &mut Vec<FieldIx>) {
            out.extend(rule.follow);
            for (when, rule) in &rule.cases {
                out.extend(when.fields());
                looks_at(rule, out);
            }
            if let Some(rule) = &rule.otherwise {
                looks_at(rule, out);
            }
        }
        let decides = |f: FieldIx| choices.iter().position(|c| c.fields.contains(&f));
        let needs: Vec<Vec<usize>> = choices
            .iter()
            .map(|c| {
                let mut fields = Vec::new();
                looks_at(&c.rule, &mut fields);
                fields.into_iter().filter_map(decides).collect()
            })
            .collect();
        let mut levels: Vec<Option<usize>> =
            needs.iter().map(|n| if n.is_empty() { Some(0) } else { None }).collect();
        loop {
            let mut changed = false;
            for i in 0..needs.len() {
                if levels[i].is_none() {
                    let of: Option<Vec<usize>> = needs[i].iter().map(|n| levels[*n]).collect();
                    if let Some(of) = of {
                        levels[i] = of.into_iter().max().map(|m| m + 1);
                        changed = true;
                    }
                }
            }
            if !changed {
                break;
            }
        }
        for (choice, level) in choices.iter_mut().zip(&levels) {
            choice.level = level.unwrap_or(0);
        }
        let stuck: Vec<&str> =
            choices.iter().zip(&levels).filter(|(_, l)| l.is_none()).map(|(c, _)| c.name.as_str()).collect();
        if !stuck.is_empty() {
            let what = format!("{} look at each other's golden values in a circle", stuck.join(", "));
            self.problem("survivorship.fields", what);
        }
    }
}
