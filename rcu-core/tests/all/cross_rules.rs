//! The rules across fields in a batch: what they count, and that the shops' own contacts link nobody.

use crate::common::{plan, run, table};
use rcu_core::ingest::Input;
use serde_json::json;

#[test]
fn the_shops_own_contacts_link_nobody() {
    let plan = plan(json!({ "sources": {
        "till": { "id": "id", "fields": { "last_name": "nom", "first_name": "prenom", "phone": "tel", "email": "mail" } },
        "shops": { "family": "stores", "id": "id", "fields": { "phone": "tel", "email": "mail" } },
    } }));
    let shared = "id | nom | prenom | tel | mail
        1 | Roy | Anne | 06 30 12 45 78 | boutique.lyon@free.fr
        2 | Roy | Anne | 0630124578 | boutique.lyon@free.fr";
    let shops = "id | tel | mail
        s1 | +33 6 30 12 45 78 | Boutique.Lyon@Free.fr";
    let till = || Input::new("till", table(shared));

    let linked = run(&plan, &[till()]);
    assert_eq!(linked.summary.people, 1);
    let apart = run(&plan, &[till(), Input::new("shops", table(shops))]);
    assert_eq!(apart.summary.people, 2);
    let profile = &apart.summary.sources["till"].fields;
    for field in ["mobile", "email"] {
        assert_eq!(profile[field].codes["internal_contact"], 2, "{field}");
        assert_eq!(profile[field].ok, 2, "the values stay");
    }
}

#[test]
fn what_the_rules_did_is_counted_by_field() {
    let plan = plan(json!({ "sources": { "till": { "id": "id", "fields": {
        "last_name": "nom", "landline": "fixe", "email": "mail", "postcode": "cp", "city": "ville",
    } } } }));
    let rows = "id | nom | fixe | mail | cp | ville
        1 | Roy | 06 30 12 45 78 | | 59000 | Lile
        2 | SARL Roy | | 01 45 20 11 22 | 69003 | Paris
        3 | zoe@free.fr | | | 75008 | ";
    let result = run(&plan, &[Input::new("till", table(rows))]);
    let profile = &result.summary.sources["till"].fields;
    let n = |field: &str, code: &str| profile[field].codes.get(code).copied().unwrap_or(0);
    assert_eq!(n("mobile", "phone_type_swapped"), 1);
    assert_eq!(n("landline", "field_swapped"), 1);
    assert_eq!(n("email", "field_swapped"), 1);
    assert_eq!(n("company_name", "field_swapped"), 1);
    assert_eq!(n("last_name", "company_in_name"), 1);
    assert_eq!(n("city", "city_repaired"), 1);
    assert_eq!(n("city", "city_inferred"), 1);
    assert_eq!(n("postcode_city", "postcode_city_mismatch"), 1);
    assert_eq!((profile["postcode_city"].rejected, profile["city"].rejected), (1, 0), "both values stay");
}
