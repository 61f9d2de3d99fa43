//! What a matching pass is: the keys that make candidates, the levels a link asks for, the guards that refuse it.

use super::comparison::ComparisonSpec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One matching pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PassSpec {
    /// Name in links and reports.
    pub name: String,
    /// Key recipes. Two records are candidates when all parts of one recipe are equal. A part is a field, or one of
    /// `phonex(f)`, `soundex(f)`, `initial(f)`, `prefix(f,n)`, `suffix(f,n)`, `token(f)` (each word), `qgram(f,n)`,
    /// `year(f)`, `month_day(f)`; `sorted(f,n)` is no key: it pairs each record with the n - 1 that follow it in the
    /// order of the field. `address` is postcode, number and way; `street_line` number and way; `name_pair` last and
    /// first name in either order; `employer` the company that a contact belongs to, `account` the same for records that
    /// name no person; `way` the street without its number. `company_key(f)` is a company's name without legal form and
    /// articles, `domain(f)` the domain of an e-mail address that is no public provider's.
    pub on: KeySpec,
    /// Level that each comparison must reach for a link; a missing value is neutral unless `required` says otherwise.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub compare: BTreeMap<String, CompareSpec>,
    /// Rules that keep a candidate from being linked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<GuardSpec>,
    /// How candidates are decided.
    #[serde(default)]
    pub decide: Method,
}

/// One recipe (`["last_name", "mobile"]`) or several (`[["email"], ["last_name", "mobile"]]`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum KeySpec {
    /// One recipe.
    One(Vec<String>),
    /// Several; each makes candidates.
    Several(Vec<Vec<String>>),
}

impl KeySpec {
    /// The recipes.
    pub fn recipes(&self) -> &[Vec<String>] {
        match self {
            KeySpec::One(r) => std::slice::from_ref(r),
            KeySpec::Several(r) => r,
        }
    }
}

/// How candidates of a pass are decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Link when every comparison reaches its level and no guard trips.
    #[default]
    Levels,
    /// Add up the points of all comparisons and compare with the thresholds.
    Points,
    /// Add up the match weights of the Fellegi–Sunter model (`[model]`) and compare with its thresholds.
    Model,
    /// Review whatever no comparison and no guard refuses: for keys that are a hint and no proof.
    Review,
}

/// What a comparison must reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum CompareSpec {
    /// Lowest level that links; below it the pass does not link.
    Link(String),
    /// Lowest level that links, lowest that goes to review, and whether a missing value refuses the link.
    Levels(CompareLevels),
}

/// See [`CompareSpec::Levels`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareLevels {
    /// Lowest level that links.
    pub link: String,
    /// Lowest level that goes to review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<String>,
    /// Both records must have the value.
    #[serde(default)]
    pub required: bool,
}

/// A guard, by name or with the decision it gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum GuardSpec {
    /// The guard with its usual decision.
    Named(Guard),
    /// The guard with a decision of one's own.
    Then(GuardThen),
}

/// See [`GuardSpec::Then`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardThen {
    /// The guard.
    pub guard: Guard,
    /// What becomes of the pair when it trips.
    pub then: Refusal,
}

/// The rules that can keep two candidates apart (`domain.md` §3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// First names in conflict under one last name: two people of a household, not linked. Both names different, or
    /// a probable marriage: review.
    NamesCompatible,
    /// Birth dates that differ in two components or more: review.
    BirthDate,
    /// Civilities of different gender, and the first name is not epicene: review.
    Gender,
    /// The address has no number: review.
    AddressNumber,
    /// The name is carried by many and nothing else agrees: review.
    CommonName,
    /// Both birth names are known and have nothing in common: review.
    BirthName,
    /// Names that do not agree well need more than one other agreement. First names in conflict: not linked. First names
    /// that only may be one (an initial, part of a compound): review unless an e-mail, mobile or card agrees, since a
    /// household shares the rest. Last names that only look or sound alike: review unless one of e-mail, mobile,
    /// landline, card and address agrees; last names in conflict: unless two of them do.
    NamesConfirmed,
    /// Contacts of two companies that are known apart, though of one name: review.
    Employer,
    /// Of companies: another SIRET is another establishment, another SIREN another company: not linked.
    Establishment,
    /// Of companies: the SIREN has several establishments, in the postcode when one is known, and not both records say
    /// which they are: review.
    SeveralEstablishments,
}

/// What a tripped guard makes of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Not linked.
    No,
    /// Left to the steward.
    Review,
}

impl GuardSpec {
    /// The guard and the decision it gives; `None` keeps the guard's usual decision.
    pub fn parts(&self) -> (Guard, Option<Refusal>) {
        match self {
            GuardSpec::Named(g) => (*g, None),
            GuardSpec::Then(t) => (t.guard, Some(t.then)),
        }
    }
}

/// The three decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Two people, or nothing said.
    No,
    /// Left to the steward.
    Review,
    /// One person.
    Link,
}

impl Decision {
    /// `link`, `review` or `no`.
    pub fn name(self) -> &'static str {
        match self {
            Decision::No => "no",
            Decision::Review => "review",
            Decision::Link => "link",
        }
    }
}

/// Caps, points and thresholds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MatchingSpec {
    /// Comparisons of the installation's own, by name, beside the built-in ones (`last_name`, `first_name`,
    /// `birth_date`, `gender`, `suffix`, `email`, `mobile`, `landline`, `loyalty_card`, `address`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub comparisons: BTreeMap<String, ComparisonSpec>,
    /// Above this number of distinct people (last and first name) a value is shared and makes no key.
    pub max_shared: BTreeMap<String, u32>,
    /// Blocks with more records are split by a second key and reported.
    #[schemars(range(min = 2, max = 1_000_000))]
    pub max_block: u32,
    /// A last and first name carried by more records than this is common.
    pub common_name: u32,
    /// Points of each level, for scores and for passes decided by points.
    pub points: PointsSpec,
    /// Points from which a pass decided by points links.
    pub link_at: i32,
    /// Points from which it goes to review.
    pub review_at: i32,
    /// A birth date is proven when it was written clean and its source's reliability for birth dates reaches this.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub proven_at: f64,
    /// Clusters with more records are reported.
    pub giant_cluster: u32,
    /// Whether records of different brands or companies of the group may be one person.
    pub merge_scope: MergeScope,
}

/// How far identity reaches (`domain.md` §3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MergeScope {
    /// Over all records.
    #[default]
    Group,
    /// Within each company of the group (field `company`, or the source's `company`). Records without one are together.
    Company,
    /// Within each brand (field `brand`, or the source's `brand`). Records without one are together.
    Brand,
}

impl Default for MatchingSpec {
    fn default() -> Self {
        let cap = |pairs: &[(&str, u32)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), *v)).collect();
        MatchingSpec {
            comparisons: BTreeMap::new(),
            max_shared: cap(&[("email", 3), ("mobile", 4), ("landline", 6), ("loyalty_card", 2)]),
            max_block: 1000,
            common_name: 50,
            points: PointsSpec::default(),
            link_at: 90,
            review_at: 60,
            proven_at: 0.7,
            giant_cluster: 20,
            merge_scope: MergeScope::Group,
        }
    }
}

/// Points of agreement and disagreement (`domain.md` §3.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct PointsSpec {
    pub email: i32,
    pub mobile: i32,
    pub landline: i32,
    pub loyalty_card: i32,
    pub birth_date_equal: i32,
    pub birth_date_swapped: i32,
    pub birth_date_one_component: i32,
    pub birth_date_conflict: i32,
    pub last_name_equal: i32,
    pub last_name_included: i32,
    pub last_name_phonetic: i32,
    pub last_name_close: i32,
    pub last_name_conflict: i32,
    pub last_name_marriage: i32,
    pub first_name_equal: i32,
    pub first_name_nickname: i32,
    pub first_name_compatible: i32,
    pub first_name_conflict: i32,
    pub address: i32,
    pub street: i32,
    pub postcode: i32,
    pub gender_conflict: i32,
    pub suffix_conflict: i32,
}

impl Default for PointsSpec {
    fn default() -> Self {
        PointsSpec {
            email: 60,
            mobile: 45,
            landline: 15,
            loyalty_card: 60,
            birth_date_equal: 35,
            birth_date_swapped: 25,
            birth_date_one_component: 10,
            birth_date_conflict: -60,
            last_name_equal: 20,
            last_name_included: 12,
            last_name_phonetic: 12,
            last_name_close: 8,
            last_name_conflict: -20,
            last_name_marriage: -5,
            first_name_equal: 15,
            first_name_nickname: 12,
            first_name_compatible: 5,
            first_name_conflict: -30,
            address: 30,
            street: 15,
            postcode: 5,
            gender_conflict: -20,
            suffix_conflict: -60,
        }
    }
}

/// The passes of `domain.md` §3.2, one for last names that a slip sets apart, and a scored one for the grey zone.
pub fn default_passes() -> Vec<PassSpec> {
    let recipes = |r: &[&[&str]]| {
        KeySpec::Several(r.iter().map(|p| p.iter().map(|s| (*s).to_owned()).collect()).collect())
    };
    let compare = |c: &[(&str, &str, Option<&str>, bool)]| {
        c.iter()
            .map(|(field, link, review, required)| {
                let levels = CompareLevels {
                    link: (*link).into(),
                    review: review.map(Into::into),
                    required: *required,
                };
                ((*field).to_owned(), CompareSpec::Levels(levels))
            })
            .collect()
    };
    let named = |g: &[Guard]| g.iter().map(|g| GuardSpec::Named(*g)).collect::<Vec<_>>();
    vec![
        PassSpec {
            name: "email".into(),
            on: recipes(&[&["email"]]),
            compare: BTreeMap::new(),
            guards: named(&[Guard::NamesCompatible, Guard::BirthDate]),
            decide: Method::Levels,
        },
        PassSpec {
            name: "name_address".into(),
            on: recipes(&[
                &["last_name", "address"],
                &["last_name", "street_line", "city"],
                &["name_pair", "address"],
            ]),
            compare: compare(&[("first_name", "nickname", Some("compatible"), true)]),
            guards: vec![
                GuardSpec::Then(GuardThen { guard: Guard::BirthDate, then: Refusal::No }),
                GuardSpec::Named(Guard::Gender),
                GuardSpec::Named(Guard::AddressNumber),
            ],
            decide: Method::Levels,
        },
        PassSpec {
            name: "name_mobile".into(),
            on: recipes(&[
                &["last_name", "mobile"],
                &["phonex(last_name)", "mobile"],
                &["name_pair", "mobile"],
            ]),
            compare: compare(&[
                ("last_name", "phonetic", None, true),
                ("first_name", "compatible", None, false),
            ]),
            guards: Vec::new(),
            decide: Method::Levels,
        },
        PassSpec {
            name: "name_birth".into(),
            on: recipes(&[
                &["last_name", "birth_date"],
                &["last_name", "first_name", "year(birth_date)"],
                &["last_name", "first_name", "month_day(birth_date)"],
            ]),
            compare: compare(&[
                ("birth_date", "equal", Some("one_component"), true),
                ("first_name", "nickname", Some("compatible"), true),
            ]),
            guards: named(&[Guard::CommonName, Guard::BirthName, Guard::Gender]),
            decide: Method::Levels,
        },
        PassSpec {
            name: "name_slip".into(),
            on: recipes(&[&["first_name", "email"], &["first_name", "mobile"], &["first_name", "address"]]),
            compare: compare(&[("last_name", "close", None, true), ("first_name", "equal", None, true)]),
            guards: vec![
                GuardSpec::Then(GuardThen { guard: Guard::BirthDate, then: Refusal::No }),
                GuardSpec::Named(Guard::Gender),
                GuardSpec::Named(Guard::AddressNumber),
            ],
            decide: Method::Levels,
        },
        PassSpec {
            name: "scored".into(),
            on: recipes(&[
                &["email"],
                &["mobile"],
                &["loyalty_card"],
                &["landline"],
                &["phonex(last_name)", "birth_date"],
                &["first_name", "birth_date", "postcode"],
                &["name_pair", "birth_date"],
                &["phonex(last_name)", "phonex(first_name)", "postcode"],
                &["address"],
            ]),
            compare: BTreeMap::new(),
            guards: Vec::new(),
            decide: Method::Points,
        },
        PassSpec {
            name: "weighed".into(),
            on: recipes(&[
                &["last_name", "first_name"],
                &["email"],
                &["mobile"],
                &["loyalty_card"],
                &["landline"],
                &["phonex(last_name)", "birth_date"],
                &["first_name", "birth_date"],
                &["name_pair", "birth_date"],
                &["phonex(last_name)", "phonex(first_name)", "postcode"],
                &["address"],
            ]),
            compare: BTreeMap::new(),
            guards: vec![
                GuardSpec::Named(Guard::NamesConfirmed),
                GuardSpec::Then(GuardThen { guard: Guard::BirthDate, then: Refusal::No }),
                GuardSpec::Named(Guard::Gender),
            ],
            decide: Method::Model,
        },
    ]
}
