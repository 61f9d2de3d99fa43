//! The conceptual model and the data dictionary follow the configuration.

use crate::common::plan;
use rcu_core::dictionary::{FieldEntry, Many, Model, of_plan};
use serde_json::json;

fn model() -> Model {
    of_plan(&plan(json!({
        "fields": { "iban": { "kind": "iban" } },
        "families": {
            "warranties": {
                "fields": { "sold_on": "date", "ticket": "identifier", "shop": "identifier", "caller": "phone" }, "date": "sold_on",
                "relations": [{ "field": "shop", "to": "stores", "cardinality": "one_to_one", "orphans": "reject" }],
                "description": "Warranties | sold",
            },
        },
        "sources": {
            "till": {
                "id": "no", "updated_at": "maj", "reliability": { "default": 0.6, "birth_date": 0.3 }, "owner": "Odile", "purposes": ["sales"],
                "exclude": ["email"],
                "fields": { "name": "nom", "birth_date": "ne", "email": "mail", "phone": "tel", "civility": { "column": "civ", "values": { "1": "M" } } },
            },
            "web": { "id": "id", "fields": { "last_name": "last", "street": { "join": ["n", "way"] }, "country": { "constant": "FR" } } },
            "sales": { "family": "transactions", "id": "id", "customer": { "id": "who", "source": "till" }, "fields": { "date": "d", "store": "s", "amount": "a" } },
            "shops": { "family": "stores", "id": "id", "fields": { "name": "n", "city": "c" } },
            "warranties": { "family": "warranties", "id": "id", "customer": { "id": "who", "source": "till" }, "fields": { "sold_on": "d", "shop": "s", "caller": "c" } },
        },
        "survivorship": { "fields": { "birth_date": { "rule": "source_priority", "sources": ["web", "till"], "otherwise": "longest" } } },
        "roles": { "partner": { "sees": { "name": "clear" } } },
    })))
}

fn field<'a>(m: &'a Model, entity: &str, name: &str) -> &'a FieldEntry {
    m.fields.iter().find(|f| f.entity == entity && f.field == name).unwrap()
}

#[test]
fn entities_are_the_families_that_are_delivered_and_what_a_run_makes() {
    let m = model();
    let names: Vec<&str> = m.entities.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(
        names,
        ["customers", "transactions", "stores", "warranties", "golden_records", "aggregates", "households"]
    );
    assert_eq!(m.entities[0].sources[0].owner.as_deref(), Some("Odile"));
    let relation = |from: &str, to: &str| m.relations.iter().find(|r| r.from == from && r.to == to).unwrap();
    assert_eq!(relation("customers", "golden_records").cardinality, Many::ManyToOne);
    assert_eq!(relation("transactions", "customers").by, "sales.who");
    assert_eq!(relation("transactions", "stores").cardinality, Many::ManyToMaybeOne);
    let own = relation("warranties", "stores");
    assert_eq!((own.cardinality, own.orphans), (Many::OneToOne, "rejected"));
    assert_eq!(relation("warranties", "customers").cardinality, Many::ManyToMaybeOne);
    assert!(m.relations.iter().all(|r| names.contains(&r.from.as_str()) && names.contains(&r.to.as_str())));
}

#[test]
fn the_dictionary_has_one_row_for_each_field() {
    let m = model();
    let birth = field(&m, "customers", "birth_date");
    assert_eq!((birth.kind, birth.status, birth.sensitivity), ("birth_date", "mapped", "birth"));
    assert_eq!(
        (&birth.mapped[..], &birth.reliability[..]),
        (&["till.ne".to_owned()][..], &["till 0.300".to_owned()][..])
    );
    assert!(birth.rule.contains("web > till") && birth.rule.ends_with("otherwise longest"), "{}", birth.rule);
    assert!(
        birth.passes.iter().any(|p| p.contains("key")) && birth.passes.iter().any(|p| p.contains("guard")),
        "{:?}",
        birth.passes
    );
    assert!(
        birth.masks.contains(&"store: masked".to_owned())
            && birth.masks.contains(&"partner: hidden".to_owned())
    );
    assert!(!birth.masks.iter().any(|m| m.starts_with("admin")));
    let email = field(&m, "customers", "email");
    assert_eq!((email.status, &email.excluded[..]), ("unmapped", &["till".to_owned()][..]));
    assert_eq!(field(&m, "customers", "last_name").mapped, ["till.nom (part of a whole name)", "web.last"]);
    assert_eq!(field(&m, "customers", "street").mapped, ["web.n + way"]);
    assert_eq!(field(&m, "customers", "country").mapped, ["web = FR"]);
    assert_eq!(field(&m, "customers", "civility").mapped[0], "till.civ (1 words translated)");
    assert!(field(&m, "customers", "street").rule.contains("group address from one record"));
    assert_eq!(field(&m, "customers", "iban").sensitivity, "bank");
    assert_eq!(field(&m, "warranties", "shop").refers_to, ["stores"]);
    assert_eq!(
        (field(&m, "warranties", "caller").sensitivity, field(&m, "stores", "city").sensitivity),
        ("contact", "")
    );
    assert_eq!(field(&m, "aggregates", "net_revenue").status, "derived");
    let mut all: Vec<(&str, &str)> = m.fields.iter().map(|f| (f.entity.as_str(), f.field.as_str())).collect();
    let n = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), n, "each once");
}

#[test]
fn it_is_written_as_mermaid_markdown_and_csv() {
    let m = model();
    let diagram = m.mermaid();
    assert!(diagram.starts_with("erDiagram\n"));
    for line in [
        "  customers }o--|| golden_records : \"crosswalk\"\n",
        "  transactions }o--|| customers : \"sales.who\"\n",
        "  warranties |o--|| stores : \"warranties.shop\"\n",
        "  customers {\n    identifier id PK\n",
        "    identifier shop FK\n",
    ] {
        assert!(diagram.contains(line), "{line}{diagram}");
    }
    assert!(!diagram.contains(" email"), "no source feeds it");
    let page = m.markdown();
    assert!(
        page.contains("```mermaid") && page.contains("Warranties \\| sold") && page.contains("owner Odile")
    );
    let csv = m.csv();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), m.fields.len() + 1);
    assert!(lines[0].starts_with("entity,field,type,status,mapped"));
    for format in rcu_core::dictionary::FORMATS {
        assert!(!m.write("format", format).unwrap().is_empty());
    }
    assert!(m.write("format", "mermaide").unwrap_err().to_string().contains("did you mean `mermaid`"));
}
