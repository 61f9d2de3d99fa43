//! The model of a plan.

use super::{Entity, FieldEntry, Many, Model, Relation, SourceEntry, rule};
use crate::access::{Area, Sight, area_of};
use crate::aggregate::SHIPPED;
use crate::config::{Cardinality, CustomerUse, Family, OrphanControl, Plan, Take, Target};
use crate::field::{self, COMPOSITE, FieldIx};
use crate::matching::decide::Part;
use crate::matching::pass::Guard;
use crate::normalize::Kind;

const CUSTOMERS: &str = "customers";
const PEOPLE: &str = "golden_records";
const AGGREGATES: &str = "aggregates";
const HOUSEHOLDS: &str = "households";

/// The model and dictionary of a plan.
pub fn of_plan(plan: &Plan) -> Model {
    let mut model = Model { entities: Vec::new(), relations: Vec::new(), fields: Vec::new() };
    let delivered = |family: Family| plan.sources.iter().any(|s| s.family == family);
    for name in plan.families.names() {
        let Some(family) = plan.families.named(name).filter(|f| delivered(*f)) else { continue };
        entity(plan, &mut model, name, family);
    }
    for (name, description) in [
        (PEOPLE, "One row per person: the best value of each field."),
        (AGGREGATES, "Figures of each person."),
        (HOUSEHOLDS, "People who live together; grouped, never merged."),
    ] {
        let (name, description) = (name.to_owned(), description.to_owned());
        model.entities.push(Entity { name, description, sources: Vec::new(), derived: true });
    }
    derived(plan, &mut model);
    relations(plan, &mut model);
    model
}

fn entity(plan: &Plan, model: &mut Model, name: &str, family: Family) {
    let sources = plan.sources.iter().filter(|s| s.family == family);
    let entry = |s: &crate::config::SourcePlan| SourceEntry {
        name: s.name.clone(),
        owner: s.spec.owner.clone(),
        cadence: s.spec.cadence.clone(),
        purposes: s.spec.purposes.clone(),
    };
    let own = plan.config.families.get(name).map_or("", |f| f.description.as_str());
    let description = if own.is_empty() { meaning(name) } else { own }.to_owned();
    let keys = sources.clone().map(|s| format!("{}.{}", s.name, s.spec.id)).collect();
    model.entities.push(Entity {
        name: name.to_owned(),
        description,
        sources: sources.clone().map(entry).collect(),
        derived: false,
    });
    let key = FieldEntry {
        status: "key",
        mapped: keys,
        ..blank(plan, name, "id", Kind::Identifier, Some(Area::Records))
    };
    model.fields.push(key);
    if family == Family::Customers {
        let all = plan.fields.iter().enumerate();
        model.fields.extend(all.map(|(ix, f)| customer_field(plan, ix, &f.name, f.kind)));
        return;
    }
    for (at, (field, kind)) in plan.families.fields(family).into_iter().enumerate() {
        let mapped = mapped(plan, family, |t| *t == Target::Fact(at));
        let area = area_of(usize::MAX, kind);
        let behind = matches!(
            area,
            Area::Name | Area::Birth | Area::Contact | Area::Address | Area::Bank | Area::Note
        );
        let personal = behind && plan.families.customer(family) != CustomerUse::None;
        let refers = plan.families.relations.iter().filter(|r| r.from == family && r.field == at);
        model.fields.push(FieldEntry {
            status: status(&mapped),
            mapped,
            refers_to: refers.map(|r| r.to_name.clone()).collect(),
            ..blank(plan, name, field, kind, personal.then_some(area))
        });
    }
}

fn customer_field(plan: &Plan, ix: FieldIx, name: &str, kind: Kind) -> FieldEntry {
    let composite = |word: &str| COMPOSITE.iter().any(|(n, parts)| *n == word && parts.contains(&ix));
    let feeds = |t: &Target| match t {
        Target::Field(f) => *f == ix,
        Target::Phone => composite("phone"),
        Target::Name => composite("name"),
        Target::Address => composite("address"),
        Target::Fact(_) => false,
    };
    let mapped = mapped(plan, Family::Customers, feeds);
    let customers = || plan.sources.iter().filter(|s| s.family == Family::Customers);
    let reliability = customers().filter(|s| s.inputs.iter().any(|i| feeds(&i.target))).map(|s| {
        let thousandths = s.trust.reliability.get(ix).copied().unwrap_or(0);
        let decay = if s.trust.decay.get(ix).is_some_and(Option::is_some) { ", decaying" } else { "" };
        format!("{} {}.{:03}{decay}", s.name, thousandths / 1000, thousandths % 1000)
    });
    FieldEntry {
        status: status(&mapped),
        mapped,
        excluded: customers()
            .filter(|s| s.spec.exclude.iter().any(|e| e == name))
            .map(|s| s.name.clone())
            .collect(),
        reliability: reliability.collect(),
        rule: rule::of_field(plan, ix),
        passes: passes(plan, ix),
        ..blank(plan, CUSTOMERS, name, kind, Some(area_of(ix, kind)))
    }
}

/// A field of which nothing is known but its kind and who sees it.
fn blank(plan: &Plan, entity: &str, field: &str, kind: Kind, area: Option<Area>) -> FieldEntry {
    let masks = plan.roles.values().filter_map(|role| {
        let sight = role.sees_field(if entity == CUSTOMERS { field } else { "" }, area?);
        (sight != Sight::Clear).then(|| format!("{}: {}", role.name, sight.name()))
    });
    FieldEntry {
        entity: entity.to_owned(),
        field: field.to_owned(),
        kind: kind.name(),
        status: "derived",
        mapped: Vec::new(),
        excluded: Vec::new(),
        reliability: Vec::new(),
        rule: String::new(),
        passes: Vec::new(),
        refers_to: Vec::new(),
        sensitivity: area.map_or("", Area::name),
        masks: masks.collect(),
    }
}

fn status(mapped: &[String]) -> &'static str {
    if mapped.is_empty() { "unmapped" } else { "mapped" }
}

/// Columns that feed a field, with what is done to them before they are normalised.
fn mapped(plan: &Plan, family: Family, feeds: impl Fn(&Target) -> bool) -> Vec<String> {
    let mut columns = Vec::new();
    for s in plan.sources.iter().filter(|s| s.family == family) {
        for input in s.inputs.iter().filter(|i| feeds(&i.target)) {
            let from = match &input.take {
                Take::Column(c) => format!("{}.{c}", s.name),
                Take::Join(all) => format!("{}.{}", s.name, all.join(" + ")),
                Take::Constant(text) => format!("{} = {text}", s.name),
            };
            let split = match input.target {
                Target::Phone => " (by line type)",
                Target::Name => " (part of a whole name)",
                Target::Address => " (part of a whole address)",
                _ => "",
            };
            let words = match input.values.len() {
                0 => String::new(),
                n => format!(" ({n} words translated)"),
            };
            columns.push(format!("{from}{split}{words}"));
        }
    }
    columns
}

/// Passes whose keys, comparisons or guards look at a field.
fn passes(plan: &Plan, ix: FieldIx) -> Vec<String> {
    let looks = |(spec, pass): (&crate::matching::PassSpec, &crate::matching::decide::CompiledPass)| {
        let mut uses = Vec::new();
        if pass.recipes.iter().flatten().any(|p| part_reads(*p, ix)) {
            uses.push("key");
        }
        if spec.compare.keys().any(|name| comparison_reads(plan, name, ix)) {
            uses.push("compared");
        }
        if pass.guards.iter().any(|(g, _)| guard_reads(*g).contains(&ix)) {
            uses.push("guard");
        }
        (!uses.is_empty()).then(|| format!("{} ({})", spec.name, uses.join(", ")))
    };
    plan.config.passes.iter().zip(&plan.passes).filter_map(looks).collect()
}

fn part_reads(part: Part, ix: FieldIx) -> bool {
    match part {
        Part::LastName | Part::PhonexLast => matches!(ix, field::LAST_NAME | field::BIRTH_NAME),
        Part::NamePair => matches!(ix, field::LAST_NAME | field::BIRTH_NAME | field::FIRST_NAME),
        Part::Address => matches!(ix, field::STREET | field::POSTCODE),
        Part::StreetLine => ix == field::STREET,
        other => other.field() == Some(ix),
    }
}

fn comparison_reads(plan: &Plan, name: &str, ix: FieldIx) -> bool {
    match name {
        "last_name" => matches!(ix, field::LAST_NAME | field::BIRTH_NAME),
        "gender" => ix == field::CIVILITY,
        "address" => matches!(ix, field::STREET | field::POSTCODE),
        _ => match plan.comparisons.iter().find(|c| c.name == name) {
            Some(c) => c.field == ix,
            None => plan.fields.get(ix).is_some_and(|f| f.name == name),
        },
    }
}

fn guard_reads(guard: Guard) -> &'static [FieldIx] {
    match guard {
        Guard::NamesCompatible | Guard::CommonName => &[field::LAST_NAME, field::FIRST_NAME],
        Guard::NamesConfirmed => &[
            field::LAST_NAME,
            field::FIRST_NAME,
            field::EMAIL,
            field::MOBILE,
            field::LANDLINE,
            field::LOYALTY_CARD,
            field::STREET,
        ],
        Guard::BirthDate => &[field::BIRTH_DATE],
        Guard::Gender => &[field::CIVILITY],
        Guard::AddressNumber => &[field::STREET],
        Guard::BirthName => &[field::BIRTH_NAME],
        Guard::Employer | Guard::Establishment => &[field::COMPANY_NAME, field::SIREN, field::SIRET],
        Guard::SeveralEstablishments => &[field::SIREN, field::SIRET, field::POSTCODE],
    }
}

/// Fields of what a run makes.
fn derived(plan: &Plan, model: &mut Model) {
    let mut add = |entity: &str, field: &str, kind: Kind, rule: &str, refers_to: &[&str]| {
        let row = FieldEntry {
            rule: rule.to_owned(),
            refers_to: refers_to.iter().map(|r| (*r).to_owned()).collect(),
            ..blank(plan, entity, field, kind, None)
        };
        model.fields.push(row);
    };
    add(PEOPLE, "golden_id", Kind::Identifier, "stable id of the person", &[]);
    add(PEOPLE, "household_id", Kind::Identifier, "smallest golden id of the household", &[HOUSEHOLDS]);
    for f in &plan.fields {
        add(PEOPLE, &f.name, f.kind, &format!("the golden value of customers.{}", f.name), &[]);
    }
    add(
        HOUSEHOLDS,
        "household_id",
        Kind::Identifier,
        "people of one name and address, and decisions of stewards",
        &[],
    );
    add(AGGREGATES, "golden_id", Kind::Identifier, "the person", &[PEOPLE]);
    for name in &SHIPPED[1..] {
        add(AGGREGATES, name, aggregate_kind(name), "shipped aggregate, domain §5", &[]);
    }
    for custom in &plan.custom {
        add(
            AGGREGATES,
            &custom.name,
            Kind::Decimal,
            &format!("aggregates.custom over {}", custom.family),
            &[],
        );
    }
}

/// The kind of a shipped aggregate, by its name.
fn aggregate_kind(name: &str) -> Kind {
    match name {
        n if n.contains("_date") || matches!(n, "last_visit") => Kind::Date,
        "reactivated" | "unhappy" | "priority_care" | "abandoned_cart" => Kind::Boolean,
        "favourite_store" | "favourite_channel" | "rfm" | "rfm_segment" | "lifecycle" | "status" => {
            Kind::Category
        }
        "status_by_brand" | "status_by_company" | "appetence" | "last_contact" => Kind::Text,
        n if n.ends_with("_30d") || n.ends_with("_90d") || n.contains("count") => Kind::Integer,
        "visits" | "recency_days" | "complaints_open" | "complaints_12m" | "nps_last" | "reviews_12m" => {
            Kind::Integer
        }
        _ => Kind::Decimal,
    }
}

fn relations(plan: &Plan, model: &mut Model) {
    let name = |e: &str| e.to_owned();
    let mut all = vec![
        Relation {
            from: name(CUSTOMERS),
            to: name(PEOPLE),
            by: name("crosswalk"),
            cardinality: Many::ManyToOne,
            orphans: "none",
        },
        Relation {
            from: name(AGGREGATES),
            to: name(PEOPLE),
            by: name("golden_id"),
            cardinality: Many::OneToOne,
            orphans: "none",
        },
        Relation {
            from: name(PEOPLE),
            to: name(HOUSEHOLDS),
            by: name("household_id"),
            cardinality: Many::ManyToOne,
            orphans: "none",
        },
    ];
    for s in &plan.sources {
        let Some(customer) = &s.spec.customer else { continue };
        let cardinality = match plan.families.customer(s.family) {
            CustomerUse::Required => Many::ManyToOne,
            _ => Many::ManyToMaybeOne,
        };
        let by = format!("{}.{}", s.name, customer.id);
        let from = plan.families.name(s.family).to_owned();
        all.push(Relation {
            from,
            to: name(CUSTOMERS),
            by,
            cardinality,
            orphans: "listed, attached when the customer arrives",
        });
    }
    let known = |e: &str| model.entities.iter().any(|x| x.name == e);
    for r in &plan.families.relations {
        let from = plan.families.name(r.from);
        if !known(from) || !known(&r.to_name) {
            continue;
        }
        all.push(Relation {
            from: from.to_owned(),
            to: r.to_name.clone(),
            by: r.name.clone(),
            cardinality: if r.cardinality == Cardinality::OneToOne {
                Many::OneToOne
            } else {
                Many::ManyToMaybeOne
            },
            orphans: if r.orphans == OrphanControl::Reject { "rejected" } else { "listed" },
        });
    }
    model.relations = all;
}

/// What the shipped families mean.
fn meaning(family: &str) -> &'static str {
    match family {
        "customers" => "Customers and prospects as each source has them: the rows that are matched.",
        "transactions" => "Lines of tickets and orders: sales, returns, exchanges.",
        "stores" => "Shops.",
        "products" => "Articles.",
        "rates" => "Stored exchange rates.",
        "consents" => "What was said about being contacted, never overwritten.",
        "complaints" => "Complaints.",
        "reviews" => "Reviews and surveys.",
        "interactions" => "Web and newsletter events, contacts.",
        "loyalty" => "Movements of the loyalty scheme.",
        _ => "",
    }
}
