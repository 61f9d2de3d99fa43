//! Families of rows: those that are known, those that a configuration declares, and how they refer to each other.

use crate::aggregate::CellType;
use crate::aggregate::families::{
    COMPLAINTS, INTERACTIONS, LOYALTY, PRODUCTS, RATES, REVIEWS, STORES, TRANSACTIONS,
};
use crate::consent::CONSENTS;
use crate::error::{Problem, did_you_mean};
use crate::normalize::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The family a source's rows belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Customers and prospects: the rows that are matched.
    Customers,
    /// Tickets and orders, by line or whole.
    Transactions,
    /// Shops.
    Stores,
    /// Articles.
    Products,
    /// Stored exchange rates.
    Rates,
    /// Statements about being contacted.
    Consents,
    /// Any other facts: a position in [`super::Plan::families`].
    Facts(u16),
}

/// A family of the installation's own, or what it changes in a known one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FamilySpec {
    /// Fields with their kinds. A known family has its own already.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Kind>,
    /// Fields that tell its rows apart, over all sources; absent: the source's `id` does, within the source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    /// The field with the day on which a fact happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Whether its sources say whose a row is.
    pub customer: CustomerUse,
    /// References to other families.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<RelationSpec>,
    /// What it means, for the dictionary.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// Whether the rows of a family belong to customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerUse {
    /// A source may name the customer or not.
    #[default]
    Optional,
    /// Every source names the customer.
    Required,
    /// No source does.
    None,
}

/// A reference of a family's field to another family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RelationSpec {
    /// The field that holds the other row's identifier.
    pub field: String,
    /// The family it points at.
    pub to: String,
    /// How many rows may point at one.
    #[serde(default)]
    pub cardinality: Cardinality,
    /// What becomes of a row that points at none.
    #[serde(default)]
    pub orphans: OrphanControl,
}

/// How many rows may point at one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cardinality {
    /// Any number.
    #[default]
    ManyToOne,
    /// One at most; more are counted in the report.
    OneToOne,
}

/// What becomes of a row that points at nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrphanControl {
    /// It is loaded, and the missing identifier listed.
    #[default]
    List,
    /// It is rejected.
    Reject,
}

/// A family of facts other than transactions, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyPlan {
    /// Its name.
    pub name: String,
    /// Fields in order.
    pub fields: Vec<(String, Kind)>,
    /// The field with a fact's day.
    pub date: Option<usize>,
    /// Fields that tell rows apart over all sources; none: the source's id.
    pub key: Vec<usize>,
    /// Whether its sources name customers.
    pub customer: CustomerUse,
}

/// A reference compiled. `field` is a position in the fields of its family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationPlan {
    /// Family that refers.
    pub from: Family,
    /// Its field.
    pub field: usize,
    /// Name of both, `transactions.store`.
    pub name: String,
    /// Family that is referred to.
    pub to: Family,
    /// Its name.
    pub to_name: String,
    /// How many rows may point at one.
    pub cardinality: Cardinality,
    /// What becomes of a row that points at none.
    pub orphans: OrphanControl,
}

type Fields = &'static [(&'static str, Kind)];

/// Known families of facts but transactions: name, fields, date.
const KNOWN_FACTS: &[(&str, Fields, &str)] = &[
    ("complaints", COMPLAINTS, "opened_at"),
    ("reviews", REVIEWS, "date"),
    ("interactions", INTERACTIONS, "date"),
    ("loyalty", LOYALTY, "date"),
];

/// Known families of rows that are no facts of a customer, and transactions.
const KNOWN: &[(&str, Family, Fields)] = &[
    ("customers", Family::Customers, &[]),
    ("transactions", Family::Transactions, TRANSACTIONS),
    ("stores", Family::Stores, STORES),
    ("products", Family::Products, PRODUCTS),
    ("rates", Family::Rates, RATES),
    ("consents", Family::Consents, CONSENTS),
];

/// References that are checked without being declared, when their target has rows.
const KNOWN_RELATIONS: &[(&str, &str, &str)] = &[
    ("transactions", "store", "stores"),
    ("transactions", "product", "products"),
    ("complaints", "store", "stores"),
    ("reviews", "store", "stores"),
    ("reviews", "product", "products"),
    ("interactions", "store", "stores"),
    ("loyalty", "store", "stores"),
];

/// All families of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Families {
    /// Families of facts but transactions, known ones first.
    pub facts: Vec<FamilyPlan>,
    /// References between families.
    pub relations: Vec<RelationPlan>,
}

impl Families {
    /// Compiles the declared families beside the known ones.
    pub fn compile(declared: &BTreeMap<String, FamilySpec>, problems: &mut Vec<Problem>) -> Families {
        let own = |fields: Fields| fields.iter().map(|(n, k)| ((*n).to_owned(), *k)).collect::<Vec<_>>();
        let mut all = Families::default();
        for (name, fields, date) in KNOWN_FACTS {
            all.facts.push(FamilyPlan {
                name: (*name).to_owned(),
                fields: own(fields),
                date: fields.iter().position(|(n, _)| n == date),
                key: Vec::new(),
                customer: CustomerUse::Required,
            });
        }
        for (name, spec) in declared {
            if all.named(name).is_none() {
                let family = declare(name, spec, problems);
                all.facts.push(family);
            } else if *spec != (FamilySpec { relations: spec.relations.clone(), ..FamilySpec::default() }) {
                let what = "is a known family: only its `relations` can be given; choose another name for one of your own";
                problems.push(Problem::new(format!("families.{name}"), what));
            }
        }
        for (from, field, to) in KNOWN_RELATIONS {
            if let Some(r) = all.relation(from, field, to) {
                all.relations.push(r);
            }
        }
        for (name, spec) in declared {
            for (i, r) in spec.relations.iter().enumerate() {
                all.declare_relation(name, r, &format!("families.{name}.relations[{i}]"), problems);
            }
        }
        all
    }

    /// The family of that name.
    pub fn named(&self, name: &str) -> Option<Family> {
        let known = KNOWN.iter().find(|(n, ..)| *n == name).map(|(_, f, _)| *f);
        known.or_else(|| self.facts.iter().position(|f| f.name == name).map(|i| Family::Facts(i as u16)))
    }

    /// Names of all families.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        KNOWN.iter().map(|(n, ..)| *n).chain(self.facts.iter().map(|f| f.name.as_str()))
    }

    /// Name of a family.
    pub fn name(&self, family: Family) -> &str {
        match family {
            Family::Facts(i) => self.facts.get(usize::from(i)).map_or("", |f| f.name.as_str()),
            other => KNOWN.iter().find(|(_, f, _)| *f == other).map_or("", |(n, ..)| n),
        }
    }

    /// Names and kinds of the fields that a source of the family may map; none for customers, whose fields are those
    /// of the golden record.
    pub fn fields(&self, family: Family) -> Vec<(&str, Kind)> {
        match family {
            Family::Facts(i) => {
                let family = self.facts.get(usize::from(i));
                family.map_or(Vec::new(), |f| f.fields.iter().map(|(n, k)| (n.as_str(), *k)).collect())
            }
            other => {
                KNOWN.iter().find(|(_, f, _)| *f == other).map_or(Vec::new(), |(.., fields)| fields.to_vec())
            }
        }
    }

    /// Whether sources of the family say whose a row is.
    pub fn customer(&self, family: Family) -> CustomerUse {
        match family {
            Family::Transactions | Family::Consents => CustomerUse::Required,
            Family::Facts(i) => self.facts.get(usize::from(i)).map_or(CustomerUse::Optional, |f| f.customer),
            _ => CustomerUse::None,
        }
    }

    /// Columns of each family of facts, for aggregates of the installation's own.
    pub fn columns(&self) -> BTreeMap<String, Vec<(String, CellType)>> {
        let sales = crate::aggregate::SALE_COLUMNS.iter().map(|(n, t)| ((*n).to_owned(), *t)).collect();
        let facts = self.facts.iter().map(|f| {
            let columns = f.fields.iter().map(|(n, k)| (n.clone(), CellType::of(*k))).collect();
            (f.name.clone(), columns)
        });
        facts.chain([("transactions".to_owned(), sales)]).collect()
    }

    fn relation(&self, from: &str, field: &str, to: &str) -> Option<RelationPlan> {
        let (family, target) = (self.named(from)?, self.named(to)?);
        Some(RelationPlan {
            from: family,
            field: self.fields(family).iter().position(|(n, _)| *n == field)?,
            name: format!("{from}.{field}"),
            to: target,
            to_name: to.to_owned(),
            cardinality: Cardinality::default(),
            orphans: OrphanControl::default(),
        })
    }

    fn declare_relation(&mut self, from: &str, r: &RelationSpec, path: &str, problems: &mut Vec<Problem>) {
        let Some(family) = self.named(from) else { return };
        let fields: Vec<(String, Kind)> =
            self.fields(family).iter().map(|(n, k)| ((*n).to_owned(), *k)).collect();
        match fields.iter().find(|(n, _)| *n == r.field) {
            None => {
                let names = fields.iter().map(|(n, _)| n.as_str());
                let hint = did_you_mean(&r.field, names.clone());
                let listed = names.collect::<Vec<_>>().join(", ");
                let what = format!("`{}` is not a field of {from}{hint}; fields are {listed}", r.field);
                problems.push(Problem::new(format!("{path}.field"), what));
            }
            Some((_, kind)) if CellType::of(*kind) != CellType::Text => {
                let what = format!("`{}` is a {}; a reference is a text or identifier", r.field, kind.name());
                problems.push(Problem::new(format!("{path}.field"), what));
            }
            Some(_) => {}
        }
        const KEPT: [&str; 6] = ["store", "channel", "company", "brand", "category", "product"];
        if family == Family::Transactions && !KEPT.contains(&r.field.as_str()) {
            let what = format!("of transactions these are checked: {}", KEPT.join(", "));
            problems.push(Problem::new(format!("{path}.field"), what));
        }
        if matches!(
            family,
            Family::Stores | Family::Products | Family::Rates | Family::Customers | Family::Consents
        ) {
            let what = "only families of facts have relations that are checked: transactions, complaints, …";
            problems.push(Problem::new(path, what));
        }
        match self.named(&r.to) {
            None => {
                let hint = did_you_mean(&r.to, self.names());
                let listed = self.names().collect::<Vec<_>>().join(", ");
                let what = format!("family `{}` is not declared{hint}; families are {listed}", r.to);
                problems.push(Problem::new(format!("{path}.to"), what));
            }
            Some(Family::Customers) => {
                let what = "customers are named by a source's `customer`, not by a field";
                problems.push(Problem::new(format!("{path}.to"), what));
            }
            Some(_) => {}
        }
        if let Some(plan) = self.relation(from, &r.field, &r.to) {
            let plan = RelationPlan { cardinality: r.cardinality, orphans: r.orphans, ..plan };
            match self.relations.iter_mut().find(|p| p.name == plan.name && p.to == plan.to) {
                Some(known) => *known = plan,
                None => self.relations.push(plan),
            }
        }
    }
}

fn declare(name: &str, spec: &FamilySpec, problems: &mut Vec<Problem>) -> FamilyPlan {
    let path = format!("families.{name}");
    let fields: Vec<(String, Kind)> = spec.fields.iter().map(|(n, k)| (n.clone(), *k)).collect();
    if fields.is_empty() {
        problems.push(Problem::new(format!("{path}.fields"), "is empty; name its fields with their kinds"));
    }
    let mut find = |field: &str, at: String| {
        let found = fields.iter().position(|(n, _)| n == field);
        if found.is_none() && !fields.is_empty() {
            let names = fields.iter().map(|(n, _)| n.as_str());
            let hint = did_you_mean(field, names.clone());
            let listed = names.collect::<Vec<_>>().join(", ");
            problems
                .push(Problem::new(at, format!("`{field}` is not a field of it{hint}; fields are {listed}")));
        }
        found
    };
    let date = spec.date.as_ref().and_then(|d| find(d, format!("{path}.date")));
    let key: Vec<usize> =
        spec.key.iter().enumerate().filter_map(|(i, k)| find(k, format!("{path}.key[{i}]"))).collect();
    if let Some((field, kind)) =
        date.and_then(|d| fields.get(d)).filter(|(_, k)| CellType::of(*k) != CellType::Day)
    {
        let what = format!("`{field}` is a {}; give a field of kind date", kind.name());
        problems.push(Problem::new(format!("{path}.date"), what));
    }
    FamilyPlan { name: name.to_owned(), fields, date, key, customer: spec.customer }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn compile(value: serde_json::Value) -> (Families, Vec<String>) {
        let declared = serde_json::from_value(value).unwrap();
        let mut problems = Vec::new();
        let families = Families::compile(&declared, &mut problems);
        (families, problems.into_iter().map(|p| format!("{}: {}", p.path, p.reason)).collect())
    }

    #[test]
    fn a_declared_family_stands_beside_the_known_ones() {
        let (f, problems) = compile(json!({
            "visits": {
                "fields": { "at": "date", "store": "identifier", "minutes": "integer" }, "date": "at",
                "relations": [{ "field": "store", "to": "stores", "orphans": "reject" }],
            },
            "transactions": { "relations": [{ "field": "store", "to": "stores", "cardinality": "one_to_one" }] },
        }));
        assert_eq!(problems, Vec::<String>::new());
        let visits = f.named("visits").unwrap();
        assert_eq!((f.name(visits), f.fields(visits).len()), ("visits", 3));
        let of = |name: &str| f.relations.iter().filter(|r| r.name == name).collect::<Vec<_>>();
        assert_eq!(of("visits.store")[0].orphans, OrphanControl::Reject);
        assert_eq!(of("transactions.store").len(), 1, "a declared relation replaces the known one");
        assert_eq!(of("transactions.store")[0].cardinality, Cardinality::OneToOne);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let (_, problems) = compile(json!({
            "visits": {
                "fields": { "at": "date", "minutes": "integer" }, "date": "minutes", "key": ["att"],
                "relations": [{ "field": "minutes", "to": "store" }],
            },
            "stores": { "fields": { "x": "text" } },
        }));
        for (place, word) in [
            ("families.visits.date", "kind date"),
            ("families.visits.key[0]", "did you mean `at`"),
            ("families.visits.relations[0].field", "is a integer"),
            ("families.visits.relations[0].to", "did you mean `stores`"),
            ("families.stores", "known family"),
        ] {
            assert!(
                problems.iter().any(|p| p.starts_with(place) && p.contains(word)),
                "{place}: {problems:?}"
            );
        }
    }
}
