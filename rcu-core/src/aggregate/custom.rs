//! Aggregates of the installation's own: declared, checked with the names they use, and bound to facts.

use super::fact::CellType;
use super::spec::Period;
use crate::error::{Problem, did_you_mean};
use crate::normalize::text::fold_upper;
use crate::time::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One aggregate of the installation's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomSpec {
    /// `count`, `distinct(field)`, `sum(field)`, `min(field)`, `max(field)` or `avg(field)`.
    pub measure: String,
    /// Family of the facts.
    #[serde(default = "transactions", skip_serializing_if = "is_transactions")]
    pub family: String,
    /// Conditions by field; a fact counts when all of them hold.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, Condition>,
    /// The facts' days: `12 months`, `90 days`, `ever`, or fixed ones.
    #[serde(default)]
    pub window: Window,
    /// One figure for each value of this field instead of one in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What it means, for the dictionary.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

fn transactions() -> String {
    "transactions".to_owned()
}

fn is_transactions(family: &str) -> bool {
    family == "transactions"
}

/// What a field must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Condition {
    /// Equal to this.
    Is(Scalar),
    /// One of these.
    In(Vec<Scalar>),
    /// Within bounds, or anything but some values.
    Bounds(Bounds),
}

/// A value in a condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// Yes or no.
    Boolean(bool),
    /// A number; amounts in whole units of the currency (`12.5`).
    Number(f64),
    /// A text, compared without regard to case and accents; a day as `2026-11-21`.
    Text(String),
}

/// Bounds of a field.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bounds {
    /// At least this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Scalar>,
    /// More than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above: Option<Scalar>,
    /// At most this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Scalar>,
    /// Less than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below: Option<Scalar>,
    /// None of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<Scalar>,
}

/// Days whose facts count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Window {
    /// `12 months`, `90 days` up to the reference day, or `ever`.
    Last(String),
    /// From a day on, until before another.
    Fixed(FixedWindow),
}

/// A fixed half-open period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedWindow {
    /// First day inside, `YYYY-MM-DD`.
    pub from: String,
    /// First day after, `YYYY-MM-DD`.
    pub until: String,
}

impl Default for Window {
    fn default() -> Self {
        Window::Last("ever".to_owned())
    }
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Facts.
    Count,
    /// Different values.
    Distinct,
    /// Sum.
    Sum,
    /// Smallest value.
    Min,
    /// Largest value.
    Max,
    /// Mean, half away from zero.
    Avg,
}

/// A condition with its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    pub(super) column: usize,
    pub(super) test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    /// One of these numbers.
    In(Vec<i64>),
    /// One of these texts, folded.
    InTexts(Vec<String>),
    /// Between the bounds, both inside, and none of these numbers.
    Within(i64, i64, Vec<i64>),
    /// None of these texts, folded.
    NotTexts(Vec<String>),
}

/// One aggregate compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomPlan {
    /// Its name, that of its output column.
    pub name: String,
    /// Family of the facts.
    pub family: String,
    pub(super) operation: Operation,
    pub(super) column: usize,
    pub(super) filters: Vec<Filter>,
    pub(super) period: Period,
    /// Column that splits it.
    pub(super) by: Option<usize>,
    /// How the figures are meant.
    pub cell: CellType,
    /// How the values of the splitting column are meant.
    pub by_cell: Option<CellType>,
    pub(super) uses_product: bool,
}

impl CustomPlan {
    /// Compiles one aggregate over the columns of its family. `names` are the families that there are.
    pub fn compile(
        name: &str,
        spec: &CustomSpec,
        families: &BTreeMap<String, Vec<(String, CellType)>>,
        as_of: Day,
        problems: &mut Vec<Problem>,
    ) -> Option<CustomPlan> {
        let path = format!("aggregates.custom.{name}");
        let Some(columns) = families.get(&spec.family) else {
            let names = families.keys().map(String::as_str);
            let hint = did_you_mean(&spec.family, names.clone());
            let listed = names.collect::<Vec<_>>().join(", ");
            let what = format!("`{}` is not a family of facts{hint}; families are {listed}", spec.family);
            problems.push(Problem::new(format!("{path}.family"), what));
            return None;
        };
        let before = problems.len();
        let mut c = Compiler { columns, path, problems };
        let (operation, column) = c.measure(&spec.measure);
        let cell = match operation {
            Operation::Count | Operation::Distinct => CellType::Integer,
            _ => columns.get(column).map_or(CellType::Integer, |(_, t)| *t),
        };
        let filters =
            spec.filter.iter().filter_map(|(field, condition)| c.filter(field, condition)).collect();
        let period = c.window(&spec.window, as_of);
        let by = spec.by.as_ref().and_then(|b| c.column(b, "by"));
        if let Some((_, CellType::Ticket)) = by.and_then(|b| columns.get(b)) {
            c.problem(
                "by",
                "tickets have no names to split by; use `distinct(ticket)` as the measure".to_owned(),
            );
        }
        let uses = |i: usize| columns.get(i).is_some_and(|(n, _)| n == "product");
        let filters: Vec<Filter> = filters;
        let uses_product = uses(column) && operation != Operation::Count
            || by.is_some_and(uses)
            || filters.iter().any(|f| uses(f.column));
        let plan = CustomPlan {
            name: name.to_owned(),
            family: spec.family.clone(),
            operation,
            column,
            filters,
            period,
            by,
            cell,
            by_cell: by.and_then(|b| columns.get(b)).map(|(_, t)| *t),
            uses_product,
        };
        (problems.len() == before).then_some(plan)
    }

    /// Whether it looks at products, which lines otherwise do not keep.
    pub fn uses_product(&self) -> bool {
        self.uses_product
    }
}

struct Compiler<'a> {
    columns: &'a [(String, CellType)],
    path: String,
    problems: &'a mut Vec<Problem>,
}

impl Compiler<'_> {
    fn problem(&mut self, key: &str, reason: String) {
        self.problems.push(Problem::new(format!("{}.{key}", self.path), reason));
    }

    fn column(&mut self, name: &str, key: &str) -> Option<usize> {
        let found = self.columns.iter().position(|(n, _)| n == name);
        if found.is_none() {
            let names = self.columns.iter().map(|(n, _)| n.as_str());
            let hint = did_you_mean(name, names.clone());
            let listed = names.collect::<Vec<_>>().join(", ");
            self.problem(key, format!("`{name}` is not a field of the family{hint}; fields are {listed}"));
        }
        found
    }

    fn measure(&mut self, text: &str) -> (Operation, usize) {
        const NAMES: &[(&str, Operation)] = &[
            ("count", Operation::Count),
            ("distinct", Operation::Distinct),
            ("sum", Operation::Sum),
            ("min", Operation::Min),
            ("max", Operation::Max),
            ("avg", Operation::Avg),
        ];
        let (word, field) = match text.trim().split_once('(') {
            Some((word, rest)) => (word.trim(), rest.trim().strip_suffix(')').map(str::trim)),
            None => (text.trim(), None),
        };
        let Some((_, operation)) = NAMES.iter().find(|(n, _)| *n == word) else {
            let hint = did_you_mean(word, NAMES.iter().map(|(n, _)| *n));
            let what = format!(
                "`{word}` is no measure{hint}; write count, distinct(field), sum(field), min(field), max(field) or avg(field)"
            );
            self.problem("measure", what);
            return (Operation::Count, 0);
        };
        let field = match (operation, field) {
            (Operation::Count, None) => return (Operation::Count, 0),
            (Operation::Count, Some(_)) => {
                self.problem("measure", "count has no field; write `count` or `distinct(field)`".to_owned());
                return (Operation::Count, 0);
            }
            (_, Some(field)) if !field.is_empty() => field,
            _ => {
                self.problem("measure", format!("names no field; write `{word}(field)`"));
                return (Operation::Count, 0);
            }
        };
        let Some(column) = self.column(field, "measure") else { return (Operation::Count, 0) };
        let cell = self.columns[column].1;
        let fits = match operation {
            Operation::Sum | Operation::Avg => cell.is_number(),
            Operation::Min | Operation::Max => cell.is_number() || cell == CellType::Day,
            _ => true,
        };
        if !fits {
            let numbers: Vec<&str> =
                self.columns.iter().filter(|(_, t)| t.is_number()).map(|(n, _)| n.as_str()).collect();
            self.problem("measure", format!("`{field}` is no number; numbers are {}", numbers.join(", ")));
        }
        (*operation, column)
    }

    fn window(&mut self, window: &Window, as_of: Day) -> Period {
        match window {
            Window::Last(text) if text.trim() == "ever" => Period::EVER,
            Window::Last(text) => {
                let mut words = text.split_whitespace();
                let n = words.next().and_then(|n| n.parse::<u32>().ok()).filter(|n| (1..=36_600).contains(n));
                match (n, words.next(), words.next()) {
                    (Some(n), Some("day" | "days"), None) => Period::last_days(as_of, n),
                    (Some(n), Some("month" | "months"), None) if n <= 1200 => Period::last_months(as_of, n),
                    (Some(n), Some("year" | "years"), None) if n <= 100 => Period::last_months(as_of, n * 12),
                    _ => {
                        let what =
                            "is no period; write `12 months`, `90 days`, `ever`, or { from = …, until = … }";
                        self.problem("window", what.to_owned());
                        Period::EVER
                    }
                }
            }
            Window::Fixed(f) => {
                let mut day = |text: &str, key: &str| {
                    Day::parse_iso(text).unwrap_or_else(|| {
                        self.problem(key, "is not a calendar day; write it as 2026-11-21".to_owned());
                        Day(0)
                    })
                };
                let (start, end) = (day(&f.from, "window.from"), day(&f.until, "window.until"));
                if start > end {
                    self.problem("window", "ends before it begins".to_owned());
                }
                Period { start, end }
            }
        }
    }

    fn filter(&mut self, field: &str, condition: &Condition) -> Option<Filter> {
        let key = format!("filter.{field}");
        let column = self.column(field, &key)?;
        let cell = self.columns[column].1;
        if cell == CellType::Ticket {
            self.problem(&key, "tickets cannot be compared".to_owned());
            return None;
        }
        let test = match condition {
            Condition::Is(v) => self.one_of(std::slice::from_ref(v), cell, &key)?,
            Condition::In(list) => self.one_of(list, cell, &key)?,
            Condition::Bounds(b) => self.bounds(b, cell, &key)?,
        };
        Some(Filter { column, test })
    }

    fn one_of(&mut self, values: &[Scalar], cell: CellType, key: &str) -> Option<Test> {
        if cell == CellType::Text {
            return Some(Test::InTexts(values.iter().map(|v| fold_upper(&text_of(v))).collect()));
        }
        let cells: Vec<i64> = values.iter().filter_map(|v| self.cell(v, cell, key)).collect();
        (cells.len() == values.len()).then_some(Test::In(cells))
    }

    fn bounds(&mut self, b: &Bounds, cell: CellType, key: &str) -> Option<Test> {
        let ends = [&b.from, &b.above, &b.to, &b.below];
        let several = b.from.is_some() && b.above.is_some() || b.to.is_some() && b.below.is_some();
        if several || ends.iter().all(|e| e.is_none()) && b.not.is_empty() {
            let what = "give `from` or `above`, `to` or `below`, or `not`";
            self.problem(key, what.to_owned());
            return None;
        }
        if cell == CellType::Text {
            if ends.iter().any(|e| e.is_some()) {
                self.problem(key, "is a text: it has no bounds; give a value, a list, or `not`".to_owned());
                return None;
            }
            return Some(Test::NotTexts(b.not.iter().map(|v| fold_upper(&text_of(v))).collect()));
        }
        let mut end = |v: &Option<Scalar>| match v {
            None => Some(None),
            Some(v) => self.cell(v, cell, key).map(Some),
        };
        let (from, above, to, below) = (end(&b.from)?, end(&b.above)?, end(&b.to)?, end(&b.below)?);
        let low = from.or(above.map(|v| v.saturating_add(1))).unwrap_or(i64::MIN + 1);
        let high = to.or(below.map(|v| v.saturating_sub(1))).unwrap_or(i64::MAX);
        let not: Vec<i64> = b.not.iter().filter_map(|v| self.cell(v, cell, key)).collect();
        (not.len() == b.not.len()).then_some(Test::Within(low, high, not))
    }

    /// A scalar as a cell of the column.
    fn cell(&mut self, value: &Scalar, cell: CellType, key: &str) -> Option<i64> {
        let times = |n: f64, k: f64| (n.is_finite() && n.abs() < 1e12).then(|| (n * k).round() as i64);
        let found = match (cell, value) {
            (CellType::Integer, Scalar::Number(n)) if n.fract() == 0.0 => times(*n, 1.0),
            (CellType::Thousandths, Scalar::Number(n)) => times(*n, 1000.0),
            (CellType::Money, Scalar::Number(n)) => times(*n, 100.0),
            (CellType::Boolean, Scalar::Boolean(b)) => Some(i64::from(*b)),
            (CellType::Day, Scalar::Text(t)) => Day::parse_iso(t).map(|d| i64::from(d.0)),
            (CellType::LineKind, Scalar::Text(t)) => {
                ["sale", "return"].iter().position(|w| w == t).map(|i| i as i64)
            }
            _ => None,
        };
        if found.is_none() {
            let wanted = match cell {
                CellType::Integer => "a whole number",
                CellType::Thousandths | CellType::Money => "a number",
                CellType::Boolean => "true or false",
                CellType::Day => "a day as \"2026-11-21\"",
                CellType::LineKind => "\"sale\" or \"return\"",
                CellType::Text | CellType::Ticket => "a text",
            };
            self.problem(key, format!("the field is compared with {wanted}"));
        }
        found
    }
}

fn text_of(value: &Scalar) -> String {
    match value {
        Scalar::Text(t) => t.clone(),
        Scalar::Number(n) => n.to_string(),
        Scalar::Boolean(b) => b.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn compile(spec: serde_json::Value) -> Result<CustomPlan, Vec<String>> {
        let spec: CustomSpec = serde_json::from_value(spec).unwrap();
        let columns = [
            ("ticket", CellType::Ticket),
            ("channel", CellType::Text),
            ("amount", CellType::Money),
            ("date", CellType::Day),
            ("kind", CellType::LineKind),
        ];
        let columns = columns.map(|(n, t)| (n.to_owned(), t)).to_vec();
        let families = BTreeMap::from([("transactions".to_owned(), columns)]);
        let mut problems = Vec::new();
        let plan =
            CustomPlan::compile("x", &spec, &families, Day::parse_iso("2026-11-21").unwrap(), &mut problems);
        plan.ok_or_else(|| problems.into_iter().map(|p| format!("{}: {}", p.path, p.reason)).collect())
    }

    #[test]
    fn a_condition_becomes_cells_of_its_column() {
        let plan = compile(json!({
            "measure": "sum(amount)", "window": "90 days", "by": "channel",
            "filter": { "amount": { "from": 10, "below": 500.5 }, "channel": ["Web", "Télé"], "kind": "sale" },
        }))
        .unwrap();
        assert_eq!(plan.filters[0].test, Test::Within(1000, 50_049, vec![]));
        assert_eq!(plan.filters[1].test, Test::InTexts(vec!["WEB".into(), "TELE".into()]));
        assert_eq!(plan.filters[2].test, Test::In(vec![0]));
        assert_eq!(plan.period.end.0 - plan.period.start.0, 90);
        assert_eq!((plan.cell, plan.by), (CellType::Money, Some(1)));
    }

    #[test]
    fn every_problem_is_named_with_its_place() {
        let problems = compile(json!({
            "measure": "summ(amount)", "window": "soon", "by": "chanel",
            "filter": { "amount": "ten", "channel": { "from": "a" }, "dat": "2026-01-01" },
        }))
        .unwrap_err();
        for (place, word) in [
            ("x.measure", "did you mean `sum`"),
            ("x.window", "90 days"),
            ("x.by", "did you mean `channel`"),
            ("x.filter.amount", "a number"),
            ("x.filter.channel", "no bounds"),
            ("x.filter.dat", "did you mean `date`"),
        ] {
            assert!(problems.iter().any(|p| p.contains(place) && p.contains(word)), "{place}: {problems:?}");
        }
        let p = compile(json!({ "measure": "sum(channel)" })).unwrap_err();
        assert!(p[0].contains("no number"), "{p:?}");
        let p = compile(json!({ "measure": "count", "family": "transaction" })).unwrap_err();
        assert!(p[0].contains("did you mean `transactions`"), "{p:?}");
    }

    #[test]
    fn fixed_windows_are_half_open() {
        let plan =
            compile(json!({ "measure": "count", "window": { "from": "2026-01-01", "until": "2026-02-01" } }))
                .unwrap();
        assert!(plan.period.contains(Day::parse_iso("2026-01-31").unwrap()));
        assert!(!plan.period.contains(Day::parse_iso("2026-02-01").unwrap()));
    }
}
