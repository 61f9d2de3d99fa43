//! A survivorship rule in words.

use crate::config::Plan;
use crate::field::FieldIx;
use crate::survivorship::{Rule, RulePlan, Step};

/// How the golden value of a field is chosen.
pub(super) fn of_field(plan: &Plan, field: FieldIx) -> String {
    let Some(choice) = plan.survivorship.choices.iter().find(|c| c.fields.contains(&field)) else {
        return String::new();
    };
    let mut text = words(plan, &choice.rule);
    if choice.fields.len() > 1 {
        let fill = if choice.fill { ", filled from the next" } else { "" };
        text.push_str(&format!(" (group {} from one record{fill})", choice.name));
    }
    if plan.survivorship.verified.get(field).is_some_and(Option::is_some) {
        text.push_str("; verified on condition");
    }
    text
}

fn words(plan: &Plan, rule: &RulePlan) -> String {
    let name = |f: FieldIx| plan.fields.get(f).map_or("", |f| f.name.as_str());
    let source = |s: usize| plan.sources.get(s).map_or("", |s| s.name.as_str());
    let by = |what: Rule, f: &Option<FieldIx>| match f {
        Some(f) => format!("{} by {}", what.name(), name(*f)),
        None => what.name().to_owned(),
    };
    let mut parts: Vec<String> = Vec::new();
    if let Some(f) = rule.follow {
        parts.push(format!("follow {}", name(f)));
    }
    if let Some(s) = rule.main {
        parts.push(format!("main_source {}", source(s)));
    }
    if rule.unanimous {
        parts.push("unanimous".to_owned());
    }
    if let Some((how, _)) = &rule.combine {
        parts.push(how.name().to_owned());
    }
    parts.extend(rule.steps.iter().map(|step| match step {
        Step::Plain(r) => r.name().to_owned(),
        Step::Latest(f) => by(Rule::MostRecent, f),
        Step::Earliest(f) => by(Rule::FirstKnown, f),
        Step::Sources(ranks) => {
            let mut order: Vec<usize> = (0..ranks.len()).collect();
            order.sort_by_key(|s| ranks[*s]);
            format!("source_priority {}", order.into_iter().map(source).collect::<Vec<_>>().join(" > "))
        }
        Step::Ranking(values) => format!("ranking {}", values.join(" > ")),
        Step::Prefer(_) => "expression".to_owned(),
    }));
    if parts.is_empty() {
        parts.push(rule.name.name().to_owned());
    }
    parts.dedup();
    let mut text = parts.join(", then ");
    if rule.only.is_some() {
        text.push_str(", on condition");
    }
    let fillers: Vec<&str> = (0..rule.fill_only.len()).filter(|s| rule.fill_only[*s]).map(source).collect();
    if !fillers.is_empty() {
        text.push_str(&format!(", {} only fills", fillers.join(" and ")));
    }
    for (_, case) in &rule.cases {
        text.push_str(&format!("; for some people {}", words(plan, case)));
    }
    if let Some(other) = &rule.otherwise {
        text.push_str(&format!("; otherwise {}", words(plan, other)));
    }
    text
}
