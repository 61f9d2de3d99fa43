//! How companies are matched, and which passes contacts have besides those of all persons.

use crate::matching::pass::{CompareLevels, CompareSpec, Guard, GuardSpec, GuardThen, Refusal};
use crate::matching::{KeySpec, Method, PassSpec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Companies and contacts (`domain.md` §3.5, §3.7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CompanySpec {
    /// Whether companies are made at all. They are made when a source is of family `companies`, or when a source of
    /// customers maps a company's name or number or names its `account`.
    pub enabled: bool,
    /// Matching passes over companies, in order. Absent: SIRET; SIREN and postcode; name, postcode and way; VAT number;
    /// and two hints that only go to review.
    pub passes: Vec<PassSpec>,
    /// Passes over persons that companies add to `passes`: same name in one company, and rows that name a company and no
    /// person.
    pub contact_passes: Vec<PassSpec>,
}

impl Default for CompanySpec {
    fn default() -> Self {
        CompanySpec { enabled: true, passes: company_passes(), contact_passes: contact_passes() }
    }
}

fn pass(name: &str, recipes: &[&[&str]], guards: &[Guard], decide: Method) -> PassSpec {
    let on = recipes.iter().map(|r| r.iter().map(|s| (*s).to_owned()).collect()).collect();
    PassSpec {
        name: name.into(),
        on: KeySpec::Several(on),
        compare: BTreeMap::new(),
        guards: guards.iter().map(|g| GuardSpec::Named(*g)).collect(),
        decide,
    }
}

fn levels(link: &str, review: &str, required: bool) -> CompareSpec {
    CompareSpec::Levels(CompareLevels { link: link.into(), review: Some(review.into()), required })
}

/// C1 to C4 of `domain.md` §3.5, then a name without the way and a common e-mail domain as hints.
fn company_passes() -> Vec<PassSpec> {
    const NAME: &str = "company_key(company_name)";
    let both = &[Guard::Establishment, Guard::SeveralEstablishments];
    let mut vat = pass("vat", &[&["vat"]], both, Method::Levels);
    // A VAT number is the legal unit's: at another postcode it may be another establishment.
    vat.compare.insert("address".into(), levels("postcode", "differs", false));
    vec![
        pass("siret", &[&["siret"]], &[], Method::Levels),
        pass("siren_postcode", &[&["siren", "postcode"]], both, Method::Levels),
        pass("name_address", &[&[NAME, "postcode", "way"]], &[Guard::Establishment], Method::Levels),
        vat,
        pass("name_postcode", &[&[NAME, "postcode"]], &[Guard::Establishment], Method::Review),
        pass("name_domain", &[&[NAME, "domain(email)"]], &[Guard::Establishment], Method::Review),
    ]
}

/// What `domain.md` §3.7 gives contacts besides e-mail and mobile.
fn contact_passes() -> Vec<PassSpec> {
    let mut named = pass(
        "name_employer",
        &[&["last_name", "employer"], &["name_pair", "employer"]],
        &[Guard::Employer, Guard::Gender, Guard::CommonName],
        Method::Levels,
    );
    named.compare.insert("first_name".into(), levels("nickname", "compatible", true));
    let then = GuardThen { guard: Guard::BirthDate, then: Refusal::No };
    named.guards.push(GuardSpec::Then(then));
    vec![named, pass("account", &[&["account"]], &[Guard::Employer, Guard::Establishment], Method::Levels)]
}
