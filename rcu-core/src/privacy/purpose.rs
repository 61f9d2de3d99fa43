//! Purposes: why data are processed, on which lawful basis, and which fields they may use.

use crate::error::{Problem, did_you_mean};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A lawful basis (GDPR art. 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A contract with the person, or what it asked for before one.
    Contract,
    /// A legitimate interest, weighed against the person's.
    LegitimateInterest,
    /// The person's consent.
    Consent,
    /// A legal duty.
    LegalObligation,
    /// Somebody's vital interests.
    VitalInterests,
    /// A task of public interest.
    PublicTask,
}

impl Basis {
    /// The word in configurations and outputs.
    pub fn name(self) -> &'static str {
        match self {
            Basis::Contract => "contract",
            Basis::LegitimateInterest => "legitimate_interest",
            Basis::Consent => "consent",
            Basis::LegalObligation => "legal_obligation",
            Basis::VitalInterests => "vital_interests",
            Basis::PublicTask => "public_task",
        }
    }
}

/// A purpose of the installation's own, or what it changes in the shipped one of that name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PurposeSpec {
    /// Its lawful basis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// What it is, in words that the people concerned are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether it is prospecting: an objection to prospecting ends it, and it is not for minors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prospecting: Option<bool>,
    /// The only fields that it may use; absent: all but `except`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
    /// Fields that it may not use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub except: Option<Vec<String>>,
}

/// A purpose compiled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PurposePlan {
    /// Its name.
    pub name: String,
    /// Its lawful basis; none when the configuration names the purpose and does not declare it.
    pub basis: Option<Basis>,
    /// What it is.
    pub text: String,
    /// Whether it is prospecting.
    pub prospecting: bool,
    /// The only fields that it may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
    /// Fields that it may not use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
}

impl PurposePlan {
    /// Whether it may use every field.
    pub fn uses_all(&self) -> bool {
        self.fields.is_none() && self.except.is_empty()
    }

    /// Whether it may use a field.
    pub fn uses(&self, field: &str) -> bool {
        let among = |list: &[String]| list.iter().any(|f| f == field);
        self.fields.as_deref().is_none_or(among) && !among(&self.except)
    }
}

/// Name, basis, whether it is prospecting, text.
const SHIPPED: &[(&str, Basis, bool, &str)] = &[
    ("accounting", Basis::LegalObligation, false, "Invoices and accounts that the law asks to keep."),
    ("contract", Basis::Contract, false, "Orders, delivery, after-sales and the loyalty scheme."),
    ("fraud", Basis::LegitimateInterest, false, "Preventing fraud and unpaid orders."),
    ("marketing", Basis::Consent, true, "Offers by e-mail, text message and telephone to those who agreed."),
    (
        "parental_authority",
        Basis::Consent,
        false,
        "A holder of parental authority allows offers to somebody under 15, by the channels that they name.",
    ),
    ("postal_mail", Basis::LegitimateInterest, true, "Offers by post to customers who did not object."),
    (
        "rights",
        Basis::LegalObligation,
        false,
        "Answering rights requests; proof of consents and oppositions.",
    ),
    (
        "service",
        Basis::LegitimateInterest,
        false,
        "Knowing a customer once, in every shop and on the telephone.",
    ),
    (
        "similar_products",
        Basis::LegitimateInterest,
        true,
        "E-mail to customers about products like those they bought, unless they object.",
    ),
    ("statistics", Basis::LegitimateInterest, false, "Figures about customers, about nobody in particular."),
    ("trackers", Basis::Consent, false, "What a visitor does on the web site, with their consent."),
];

/// Fields that shipped purposes of prospecting and statistics never use.
const NEVER: &[&str] = &["iban"];

/// Purposes for which rows of a family are processed unless their source says.
pub fn of_family(family: &str) -> &'static [&'static str] {
    match family {
        "customers" => &[
            "accounting",
            "contract",
            "fraud",
            "marketing",
            "postal_mail",
            "rights",
            "service",
            "similar_products",
            "statistics",
        ],
        "companies" => &["accounting", "contract", "fraud", "marketing", "service", "statistics"],
        "transactions" => &[
            "accounting",
            "contract",
            "fraud",
            "marketing",
            "postal_mail",
            "service",
            "similar_products",
            "statistics",
        ],
        "complaints" | "reviews" => &["contract", "service", "statistics"],
        "interactions" => &["marketing", "service", "statistics", "trackers"],
        "loyalty" => &["contract", "marketing", "service", "similar_products", "statistics"],
        "consents" => {
            &["marketing", "parental_authority", "postal_mail", "rights", "similar_products", "trackers"]
        }
        _ => &["contract", "service", "statistics"],
    }
}

/// Whether a purpose is one of those that come with the library.
pub fn is_shipped(purpose: &str) -> bool {
    SHIPPED.iter().any(|(name, ..)| *name == purpose)
}

/// All purposes of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Purposes {
    /// By name.
    pub all: BTreeMap<String, PurposePlan>,
}

impl Purposes {
    /// Those of prospecting.
    pub fn of_prospecting(&self) -> impl Iterator<Item = &PurposePlan> {
        self.all.values().filter(|p| p.prospecting)
    }

    /// Whether a purpose may use a field; one that nobody declared uses what it asks for.
    pub fn may_use(&self, purpose: &str, field: &str) -> bool {
        self.all.get(purpose).is_none_or(|p| p.uses(field))
    }

    /// Names of the purposes that may use a field, among some.
    pub fn using<'p>(
        &'p self,
        field: &'p str,
        among: &'p BTreeSet<String>,
    ) -> impl Iterator<Item = &'p str> + 'p {
        self.all.values().filter(move |p| among.contains(&p.name) && p.uses(field)).map(|p| p.name.as_str())
    }
}

/// The shipped purposes, those of a configuration, and those that it names elsewhere without declaring them: path and
/// name. A name that is nearly one of the others is a slip.
pub fn compile_purposes(
    specs: &BTreeMap<String, PurposeSpec>,
    fields: &[&str],
    named: &[(String, String, bool)],
    problems: &mut Vec<Problem>,
) -> Purposes {
    let shipped = SHIPPED.iter().map(|(name, basis, prospecting, text)| {
        let spares =
            matches!(*name, "marketing" | "postal_mail" | "similar_products" | "statistics" | "trackers");
        let plan = PurposePlan {
            name: (*name).to_owned(),
            basis: Some(*basis),
            text: (*text).to_owned(),
            prospecting: *prospecting,
            fields: None,
            except: if spares { NEVER.iter().map(|f| (*f).to_owned()).collect() } else { Vec::new() },
        };
        (plan.name.clone(), plan)
    });
    let mut all: BTreeMap<String, PurposePlan> = shipped.collect();
    for (name, spec) in specs {
        let key = name.trim().to_lowercase();
        let path = format!("purposes.{name}");
        let known = all.get(&key).cloned();
        if known.is_none() && spec.basis.is_none() {
            let what = "is missing; a purpose has a lawful basis: contract, legitimate_interest, consent, \
                        legal_obligation, vital_interests or public_task";
            problems.push(Problem::new(format!("{path}.basis"), what));
        }
        let mut plan = known.unwrap_or_else(|| implied(&key, false));
        plan.basis = spec.basis.or(plan.basis);
        plan.prospecting = spec.prospecting.unwrap_or(plan.prospecting);
        if let Some(text) = &spec.text {
            plan.text.clone_from(text);
        }
        for (part, list) in [("fields", &spec.fields), ("except", &spec.except)] {
            for (i, field) in list.iter().flatten().enumerate().filter(|(_, f)| !fields.contains(&f.as_str()))
            {
                let hint = did_you_mean(field, fields.iter().copied());
                let what = format!("`{field}` is not a field{hint}; fields are {}", fields.join(", "));
                problems.push(Problem::new(format!("{path}.{part}[{i}]"), what));
            }
        }
        plan.fields = spec.fields.clone().or(plan.fields);
        plan.except = spec.except.clone().unwrap_or(plan.except);
        all.insert(key, plan);
    }
    for (path, name, prospecting) in named {
        let key = name.trim().to_lowercase();
        if key.is_empty() || all.contains_key(&key) {
            continue;
        }
        let hint = did_you_mean(&key, all.keys().map(String::as_str));
        if !hint.is_empty() {
            let known = all.keys().cloned().collect::<Vec<_>>().join(", ");
            problems.push(Problem::new(
                path.clone(),
                format!("`{name}` is not a purpose{hint}; known are {known}"),
            ));
        }
        all.insert(key.clone(), implied(&key, *prospecting));
    }
    Purposes { all }
}

fn implied(name: &str, prospecting: bool) -> PurposePlan {
    PurposePlan {
        name: name.to_owned(),
        basis: None,
        text: String::new(),
        prospecting,
        fields: None,
        except: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_declares_a_purpose_or_changes_a_shipped_one() {
        let specs: BTreeMap<String, PurposeSpec> = serde_json::from_value(serde_json::json!({
            "statistics": { "except": ["email"] },
            "survey": { "basis": "consent", "text": "A survey a year.", "fields": ["email", "emial"] },
            "bare": {},
        }))
        .unwrap();
        let mut problems = Vec::new();
        let named = [
            ("subscribers.x.purpose".to_owned(), "newsletter".to_owned(), true),
            ("subscribers.y.purpose".to_owned(), "marketting".to_owned(), false),
        ];
        let purposes = compile_purposes(&specs, &["email", "city"], &named, &mut problems);
        assert!(purposes.may_use("statistics", "city") && !purposes.may_use("statistics", "email"));
        assert!(purposes.may_use("survey", "email") && !purposes.may_use("survey", "city"));
        assert!(purposes.all["newsletter"].basis.is_none() && purposes.all["newsletter"].prospecting);
        let paths: Vec<&str> = problems.iter().map(|p| p.path.as_str()).collect();
        assert_eq!(paths, ["purposes.bare.basis", "purposes.survey.fields[1]", "subscribers.y.purpose"]);
        assert!(problems[2].reason.contains("did you mean `marketing`"));
    }

    #[test]
    fn every_family_is_processed_for_shipped_purposes() {
        let families = [
            "customers",
            "companies",
            "transactions",
            "complaints",
            "interactions",
            "loyalty",
            "consents",
            "own",
        ];
        for purpose in families.iter().flat_map(|f| of_family(f)) {
            assert!(SHIPPED.iter().any(|(name, ..)| name == purpose), "{purpose}");
        }
    }
}
