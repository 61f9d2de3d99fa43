//! One person's page: found by any id, complete, and under the masks of each role in every form.

use crate::common::{plan, run, table};
use rcu_core::access::{Area, Role, Sight};
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::progress::Silent;
use rcu_core::report::of_person;
use rcu_core::repository::{Act, MemoryStore, Repository};
use rcu_core::resolve::Resolution;
use rcu_core::view360::{View360, view_of_kept, view360};
use serde_json::{Value, json};

fn shop(roles: Value) -> Plan {
    plan(json!({
        "fields": { "iban": { "kind": "iban" }, "note": { "kind": "text" } },
        "roles": roles,
        "families": { "repairs": { "fields": { "date": "date", "remark": "text", "caller": "phone" }, "date": "date", "customer": "required" } },
        "sources": {
            "till": {
                "id": "card", "updated_at": "updated", "reliability": 0.6,
                "fields": { "last_name": "last", "first_name": "first", "mobile": "mobile", "email": "mail",
                    "loyalty_card": "card", "birth_date": "born", "street": "street", "postcode": "cp", "city": "city", "note": "note" },
            },
            "web": {
                "id": "id", "updated_at": "updated", "reliability": 0.9,
                "fields": { "last_name": "last", "first_name": "first", "mobile": "mobile", "email": "mail", "iban": "iban", "birth_date": "born" },
            },
            "sales": {
                "family": "transactions", "id": "id", "customer": { "id": "who", "source": "till" },
                "fields": { "date": "date", "store": "store", "amount": "amount" },
            },
            "care": {
                "family": "complaints", "id": "id", "customer": { "id": "who", "source": "web" },
                "fields": { "opened_at": "date", "status": "status", "reason": "reason" },
            },
            "repairs": {
                "family": "repairs", "id": "id", "customer": { "id": "who", "source": "web" },
                "fields": { "date": "date", "remark": "remark", "caller": "caller" },
            },
            "said": {
                "family": "consents", "id": "id", "customer": { "id": "who", "source": "web" },
                "fields": { "purpose": "purpose", "channel": "channel", "status": "status", "date": "date", "proof": "proof", "actor": "actor" },
            },
        },
        "survivorship": { "locks": [
            { "source": "web", "record_id": "w1", "field": "first_name", "kind": "pin", "value": "MARIE-LOUISE",
              "author": "odile", "reason": "called under +33699999999", "date": "2026-10-01" },
        ] },
    }))
}

fn inputs() -> Vec<Input> {
    let input = |source: &str, rows: &str| Input::new(source, table(rows));
    vec![
        input(
            "till",
            "card|updated|last|first|mobile|mail|born|street|cp|city|note\n\
              9250012345678|2024-03-10|DUPONT|Marie|0630124578|marie.dupont@free.fr|12/03/1985|12 rue des Lilas|75008|Paris|call her mother\n\
              9250099999999|2024-03-10|MARTIN|Paul|0688776655|||||\n",
        ),
        input(
            "web",
            "id|updated|last|first|mobile|mail|iban|born\n\
              w1|2025-09-02|Dupont|Marie|0768221045|marie.dupont@free.fr|FR7630006000011234567890189|12/03/1985\n",
        ),
        input(
            "sales",
            "id|who|date|store|amount\nTICKET-1|9250012345678|2026-03-10|A|90,00\nt2|9250012345678|2026-08-01|B|54,00\nt3|nobody|2026-08-01|B|1,00\n\
              TICKET-1|9250012345678|2026-03-10|A|90,00\n",
        ),
        input("care", "id|who|date|status|reason\nCARE-1|w1|2026-11-01|open|tardif\n"),
        input("repairs", "id|who|date|remark|caller\nREP-1|w1|2026-11-02|asked for Jeanne|0612987654\n"),
        input(
            "said",
            "id|who|purpose|channel|status|date|proof|actor\n\
              1|w1|marketing|email|granted|2026-01-01|form 7781|claude\n2|w1|survey|sms|granted|2026-01-01|form 7782|claude\n",
        ),
    ]
}

fn page(plan: &Plan, r: &Resolution, id: &str) -> View360 {
    view360(plan, r, &inputs(), id).unwrap()
}

#[test]
fn everything_known_of_a_person_is_on_the_page() {
    let plan = shop(json!({}));
    let r = run(&plan, &inputs());
    let v = page(&plan, &r, "till:9250012345678");
    let json = serde_json::to_value(&v).unwrap();
    assert_eq!(json["records"].as_array().unwrap().len(), 2);
    let value = |field: &str| v.identity.iter().find(|x| x.field == field).and_then(|x| x.value.as_deref());
    assert_eq!(
        (value("last_name"), value("first_name"), value("birth_date")),
        (Some("DUPONT"), Some("MARIE LOUISE"), Some("1985-03-12"))
    );
    let mobiles: Vec<(u32, &str, u16)> = v
        .contacts
        .iter()
        .filter(|c| c.field == "mobile")
        .map(|c| (c.rank, c.value.as_deref().unwrap(), c.score))
        .collect();
    assert_eq!(mobiles, [(1, "+33768221045", 759), (2, "+33630124578", 586)], "§4.2, both ok, ranks kept");
    let states: Vec<(String, &str)> = v.consents.iter().map(|c| (c.subject(), c.state)).collect();
    assert_eq!(states, [("marketing/email".to_owned(), "granted"), ("survey/sms".to_owned(), "granted")]);
    assert_eq!(v.consents[0].statements[0].proof.as_deref(), Some("form 7781"));
    let counts: Vec<(&str, usize)> = v.facts.iter().map(|(f, all)| (f.as_str(), all.len())).collect();
    assert_eq!(
        counts,
        [("complaints", 1), ("repairs", 1), ("transactions", 2)],
        "the repeated delivery is not shown twice"
    );
    assert_eq!(json["facts"]["transactions"][1]["values"]["amount"], "54.00");
    assert_eq!(
        (&json["aggregates"]["net_revenue"], &json["aggregates"]["complaints_open"]),
        (&json!("144.00"), &json!(1))
    );
    let origin = v.provenance.iter().find(|o| o.field == "first_name").unwrap();
    assert_eq!(
        (origin.rule, origin.author.as_deref(), origin.updated_at.as_deref()),
        ("locked", Some("odile"), Some("2026-10-01"))
    );
    let origin = v.provenance.iter().find(|o| o.field == "mobile").unwrap();
    assert_eq!(
        (origin.source.as_str(), origin.record_id.as_str(), origin.rule, origin.beat.len()),
        ("web", "w1", "score", 1)
    );
    let history = v.history.as_ref().unwrap();
    assert_eq!((history.links.len(), history.links[0].pass.as_str(), history.locks.len()), (1, "email", 1));
    assert!(v.household.as_ref().unwrap().others.is_empty());
}

#[test]
fn any_id_of_the_person_finds_them() {
    let plan = shop(json!({}));
    let r = run(&plan, &inputs());
    let whole = page(&plan, &r, "web:w1");
    for id in ["web/w1", "till:9250012345678", " till/9250012345678 ", whole.golden_id.as_str()] {
        assert_eq!(page(&plan, &r, id), whole, "{id}");
    }
    let absorbed = ["till:9250012345678", "web:w1"].map(|id| {
        let (source, record) = id.split_once(':').unwrap();
        rcu_core::identity::id_of_record(source, record)
    });
    for id in absorbed {
        assert_eq!(page(&plan, &r, &id).golden_id, whole.golden_id, "an id that a merge absorbed");
    }
    for (id, said) in
        [("web:w2", "no loaded record of `web`"), ("wep:w1", "did you mean `web`"), ("g000", "no golden id")]
    {
        let e = view360(&plan, &r, &inputs(), id).unwrap_err();
        assert_eq!(e.code(), "argument");
        assert!(e.to_string().contains(said) && !e.to_string().contains("w1"), "{e}");
    }
}

#[test]
fn a_page_without_rows_has_all_but_the_facts() {
    let plan = shop(json!({}));
    let r = run(&plan, &inputs());
    let bare = rcu_core::view360::Viewer::new(&plan, &r).view("web:w1").unwrap();
    let mut whole = page(&plan, &r, "web:w1");
    assert!(bare.facts.is_empty());
    let kept = rcu_core::view360::KeptFacts::new(&plan, inputs());
    for _ in 0..2 {
        assert_eq!(kept.view(&plan, &r, "web:w1", None).unwrap(), whole);
    }
    assert_eq!(kept.view(&plan, &r, "web:w1", Some("bi")).unwrap().role.as_deref(), Some("bi"));
    assert_eq!(kept.view(&plan, &r, "web:w1", Some("b")).unwrap_err().code(), "argument");
    whole.facts.clear();
    assert_eq!(bare, whole);
}

/// What stands for each area of the test's person in clear.
const CLEAR: &[(Area, &[&str])] = &[
    (Area::Name, &["DUPONT", "MARIE"]),
    (Area::Birth, &["1985-03"]),
    (Area::Contact, &["marie.dupont", "30124578", "68221045", "12987654"]),
    (Area::Address, &["LILAS"]),
    (Area::Bank, &["30006000011234567890189"]),
    (Area::Card, &["92500123", "9250012345678"]),
    (Area::Note, &["mother", "699999999", "Jeanne"]),
    (Area::Consents, &["7781"]),
    (Area::Purchases, &["TICKET-1", "90.00", "54.00"]),
    (Area::Complaints, &["CARE-1", "tardif", "complaints_open", "unhappy"]),
    (Area::Facts, &["REP-1", "2026-11-02"]),
    (Area::Provenance, &["most_reliable"]),
    (Area::History, &["linked", "in_force"]),
];

#[test]
fn no_mask_is_bypassed_in_text_json_or_html() {
    let plan = shop(
        json!({ "partner": { "sees": { "place": "clear", "history": "clear", "provenance": "clear" } } }),
    );
    let r = run(&plan, &inputs());
    let whole = page(&plan, &r, "web:w1");
    let clear = serde_json::to_string(&whole).unwrap() + &whole.text() + &of_person(&whole);
    for (area, texts) in CLEAR {
        assert!(texts.iter().all(|t| clear.contains(t)), "{area:?} stands on the whole page");
    }
    assert!(Role::ALL.len() == 11 && plan.roles.len() == 12);
    for (name, role) in &plan.roles {
        let view = whole.clone().for_role(role, &plan);
        let forms = [
            ("json", serde_json::to_string(&view).unwrap()),
            ("text", view.text()),
            ("html", of_person(&view)),
        ];
        for (area, texts) in CLEAR {
            let sees = role.sees(*area);
            // The role's contacts are open where the person agreed: by e-mail, and by sms for another purpose only.
            let agreed = |t: &&&str| sees == Sight::Consented && **t == "marie.dupont";
            for (form, shown) in &forms {
                for text in texts.iter().filter(|t| sees != Sight::Clear && !agreed(t)) {
                    assert!(!shown.contains(text), "{name} sees {text} of {area:?} in {form}: {shown}");
                }
            }
        }
        assert!(name != "marketing" || forms.iter().all(|(_, t)| t.contains("marie.dupont@free.fr")));
    }
}

#[test]
fn masks_are_those_of_the_specification() {
    let plan = shop(json!({}));
    let r = run(&plan, &inputs());
    let v = page(&plan, &r, "web:w1").for_role(plan.role("role", "store").unwrap(), &plan);
    let value =
        |field: &str| v.identity.iter().find(|x| x.field == field).map(|x| (x.value.as_deref(), x.masked));
    assert_eq!(value("birth_date"), Some((Some("1985"), true)));
    assert_eq!(value("iban"), Some((Some("FR76*******************0189"), true)));
    assert_eq!(value("street"), Some((None, true)));
    assert_eq!(
        (value("postcode"), value("city")),
        (Some((Some("75008"), false)), Some((Some("PARIS"), false)))
    );
    let contacts: Vec<Option<&str>> = v.contacts.iter().map(|c| c.value.as_deref()).collect();
    assert_eq!(contacts, [Some("m***@free.fr"), Some("+337****1045"), Some("+336****4578")]);
    assert_eq!(v.records.iter().map(|r| r.record_id.as_str()).collect::<Vec<_>>(), ["***5678", "w1"]);
    let v = page(&plan, &r, "web:w1").for_role(plan.role("role", "product").unwrap(), &plan);
    assert_eq!(v.identity[0].value.as_deref(), Some("D***"));
}

#[test]
fn roles_are_configured_and_unknown_ones_refused() {
    let plan = shop(json!({
        "sales": { "fields": { "email": "hidden" } },
        "pollster": { "like": "marketing", "purposes": ["survey"] },
    }));
    let r = run(&plan, &inputs());
    let contacts = |role: &str| -> Vec<(String, bool)> {
        let v = page(&plan, &r, "web:w1").for_role(plan.role("role", role).unwrap(), &plan);
        v.contacts.iter().map(|c| (c.field.clone(), c.masked)).collect()
    };
    assert_eq!(contacts("sales"), [("mobile".to_owned(), false), ("mobile".to_owned(), false)]);
    let want = [("email".to_owned(), true), ("mobile".to_owned(), false), ("mobile".to_owned(), false)];
    assert_eq!(contacts("pollster"), want, "agreed to surveys by sms");
    let e = plan.role("--role", "marketting").unwrap_err();
    assert!(e.to_string().contains("did you mean `marketing`"), "{e}");
}

#[test]
fn a_person_of_a_repository_has_the_page_of_a_batch() {
    let plan = shop(json!({}));
    let r = run(&plan, &inputs());
    let mut repository = Repository::open(plan.clone(), MemoryStore::default()).unwrap();
    repository.load(inputs(), &Act::default(), &Silent).unwrap();
    for id in ["till:9250012345678", "till:9250099999999", "web:w1"] {
        let (kept, batch) = (view_of_kept(&repository, id).unwrap().unwrap(), page(&plan, &r, id));
        assert_eq!(serde_json::to_value(&kept).unwrap(), serde_json::to_value(&batch).unwrap(), "{id}");
        assert_eq!(view_of_kept(&repository, &batch.golden_id).unwrap().unwrap(), kept);
    }
    assert_eq!(view_of_kept(&repository, "gnobody").unwrap(), None);
    assert_eq!(view_of_kept(&repository, "shop:1").unwrap_err().code(), "unknown_source");
}
