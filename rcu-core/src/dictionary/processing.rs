//! The record of processing activities (GDPR art. 30), from the configuration: one activity for each purpose.

use crate::access::{Sight, area_of};
use crate::config::Plan;
use crate::privacy::{PurposePlan, Term};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What is done with personal data for one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activity {
    /// The purpose with its lawful basis.
    #[serde(flatten)]
    pub purpose: PurposePlan,
    /// Sources whose rows are processed for it, with their families.
    pub sources: Vec<(String, String)>,
    /// Fields of the golden record that may be read for it.
    pub fields: Vec<String>,
    /// Areas that these are of.
    pub categories: Vec<&'static str>,
    /// Subscribers that receive data for it.
    pub recipients: Vec<String>,
    /// Roles that work for it and see some of these fields.
    pub roles: Vec<String>,
    /// Terms: of people, and of rows of the families concerned.
    pub retention: Vec<Term>,
}

/// The activities of a configuration, by purpose; those that nothing is processed for are left out.
pub fn processing(plan: &Plan) -> Vec<Activity> {
    let activity = |purpose: &PurposePlan| {
        let name = purpose.name.as_str();
        let sources: Vec<_> = plan.sources.iter().filter(|s| plan.purposes_of(s).contains(name)).collect();
        let fields: Vec<(usize, &str)> = plan
            .fields
            .iter()
            .enumerate()
            .filter(|(ix, f)| plan.maps(*ix) || is_fed(plan, &f.name))
            .filter(|(_, f)| plan.purposes_of_field(&f.name).contains(name))
            .map(|(ix, f)| (ix, f.name.as_str()))
            .collect();
        let area = |ix: usize| plan.fields.get(ix).map(|f| area_of(ix, f.kind));
        let categories: BTreeSet<&'static str> =
            fields.iter().filter_map(|(ix, _)| area(*ix)).map(|a| a.name()).collect();
        let sees = |role: &&crate::access::RolePlan| {
            let seen =
                |(ix, f): &(usize, &str)| area(*ix).is_some_and(|a| role.sees_field(f, a) != Sight::Hidden);
            role.works_for(name) && fields.iter().any(seen)
        };
        let terms = &plan.config.retention;
        let mut retention: Vec<Term> = terms.of_people(plan.has_accounts());
        for s in &sources {
            retention.extend(terms.of_family(&s.spec.family).filter(|t| !retention.contains(t)));
        }
        let recipients = plan.subscribers.values().filter(|s| s.purpose == name);
        Activity {
            purpose: purpose.clone(),
            sources: sources.iter().map(|s| (s.name.clone(), s.spec.family.clone())).collect(),
            fields: fields.iter().map(|(_, f)| (*f).to_owned()).collect(),
            categories: categories.into_iter().collect(),
            recipients: recipients.map(|s| s.name.clone()).collect(),
            roles: plan.roles.values().filter(sees).map(|r| r.name.clone()).collect(),
            retention,
        }
    };
    let all = plan.purposes.all.values().map(activity);
    all.filter(|a| !a.sources.is_empty() || !a.recipients.is_empty()).collect()
}

/// Whether a composite input of some source may become this field.
fn is_fed(plan: &Plan, field: &str) -> bool {
    let fed = crate::field::COMPOSITE
        .iter()
        .filter(|(_, parts)| parts.iter().any(|p| plan.fields.get(*p).is_some_and(|f| f.name == field)));
    let names: Vec<&str> = fed.map(|(name, _)| *name).collect();
    plan.sources.iter().any(|s| s.spec.fields.keys().any(|f| names.contains(&f.as_str())))
}

fn basis(a: &Activity) -> &'static str {
    a.purpose.basis.map_or("not declared", |b| b.name())
}

fn terms(a: &Activity) -> Vec<String> {
    a.retention.iter().map(|t| format!("{} {}", t.rule, t.months)).collect()
}

/// The record as text.
pub fn processing_text(activities: &[Activity]) -> String {
    let mut t = String::new();
    for a in activities {
        let _ = writeln!(t, "{} ({})", a.purpose.name, basis(a).replace('_', " "));
        let sources: Vec<String> = a.sources.iter().map(|(s, family)| format!("{s} ({family})")).collect();
        let lines = [
            ("what for", a.purpose.text.clone()),
            ("sources", sources.join(", ")),
            ("data", a.categories.join(", ")),
            ("fields", a.fields.join(", ")),
            ("recipients", a.recipients.join(", ")),
            ("roles", a.roles.join(", ")),
            ("kept, in months", terms(a).join(", ")),
        ];
        for (what, text) in lines.iter().filter(|(_, text)| !text.is_empty()) {
            let _ = writeln!(t, "  {what}: {text}");
        }
        t.push('\n');
    }
    t
}

/// The record as CSV: one line for each activity, lists set apart by blanks.
pub fn processing_csv(activities: &[Activity]) -> String {
    let mut t =
        String::from("purpose,basis,text,prospecting,sources,categories,fields,recipients,roles,retention\n");
    for a in activities {
        let sources: Vec<&str> = a.sources.iter().map(|(s, _)| s.as_str()).collect();
        let cells = [
            a.purpose.name.clone(),
            basis(a).to_owned(),
            a.purpose.text.clone(),
            a.purpose.prospecting.to_string(),
            sources.join(" "),
            a.categories.join(" "),
            a.fields.join(" "),
            a.recipients.join(" "),
            a.roles.join(" "),
            terms(a).join("; "),
        ];
        let quoted = cells.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\"")));
        t.push_str(&quoted.collect::<Vec<_>>().join(","));
        t.push('\n');
    }
    t
}
