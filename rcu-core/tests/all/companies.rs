//! Companies and contacts (`domain.md` §3.5, §3.7, the company rows of §3.8): two levels, each matched within itself.

use crate::common::{plan, run, table};
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::output::{self, OutColumn, OutTable};
use rcu_core::resolve::Resolution;
use serde_json::{Value, json};

const ACCOUNT: &[&str] =
    &["company_name", "siret", "siren", "vat", "email", "phone", "street", "postcode", "city"];
const CONTACT: &[&str] = &[
    "last_name",
    "first_name",
    "email",
    "phone",
    "birth_date",
    "company_name",
    "siret",
    "street",
    "postcode",
    "city",
    "role",
    "role_since",
    "role_until",
];

// Real shapes: the last figure of each is its check digit.
const SIRET_X: &str = "44306184100013";
const SIRET_Y: &str = "44306184100021";
const SIREN: &str = "443061841";
const OTHER_SIRET: &str = "55210055400013";

fn fields(columns: &[&str]) -> Value {
    columns.iter().map(|c| ((*c).to_owned(), json!(c))).collect::<serde_json::Map<_, _>>().into()
}

/// Accounts `erp`, and contacts `crm` that may name an account of it.
fn b2b(more: Value) -> Plan {
    let mut config = json!({ "sources": {
        "erp": { "family": "companies", "id": "id", "fields": fields(ACCOUNT) },
        "crm": { "id": "id", "fields": fields(CONTACT), "account": { "id": "account", "source": "erp" } },
    } });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    plan(config)
}

/// Rows as `id; field=value; …`.
fn rows(columns: &[&str], rows: &[&str]) -> String {
    let mut text = format!("id|account|{}\n", columns.join("|"));
    for row in rows {
        let (id, cells) = row.split_once(';').unwrap_or((row, ""));
        let cell = |c: &str| {
            let found = cells.split(';').map(str::trim).find_map(|p| p.strip_prefix(&format!("{c}=")));
            found.unwrap_or("").to_owned()
        };
        let cells: Vec<String> = columns.iter().map(|c| cell(c)).collect();
        text.push_str(&format!("{id}|{}|{}\n", cell("account"), cells.join("|")));
    }
    text
}

fn resolve(plan: &Plan, accounts: &[&str], contacts: &[&str]) -> Resolution {
    let erp = Input::new("erp", table(&rows(ACCOUNT, accounts)));
    let crm = Input::new("crm", table(&rows(CONTACT, contacts)));
    run(plan, &[erp, crm])
}

fn cell(t: &OutTable, column: &str, row: usize) -> String {
    match t.column(column).unwrap_or_else(|| panic!("no column {column}")) {
        OutColumn::Text(c) => c.get(row).unwrap_or("").to_owned(),
        OutColumn::Integer(v) => v[row].map_or(String::new(), |n| n.to_string()),
        OutColumn::Day(v) => v[row].map_or(String::new(), |d| rcu_core::time::Day(d).to_string()),
        other => panic!("{other:?}"),
    }
}

fn all(t: &OutTable, columns: &[&str]) -> Vec<Vec<String>> {
    (0..t.rows()).map(|r| columns.iter().map(|c| cell(t, c, r)).collect()).collect()
}

fn get(plan: &Plan, r: &Resolution, name: &str) -> OutTable {
    output::table(plan, r, name).unwrap()
}

/// Company and legal unit of a record.
fn company_of(plan: &Plan, r: &Resolution, id: &str) -> (String, String) {
    let t = get(plan, r, "company_crosswalk");
    let row = (0..t.rows()).find(|i| cell(&t, "record_id", *i) == id).unwrap_or_else(|| panic!("no {id}"));
    (cell(&t, "company_id", row), cell(&t, "group_id", row))
}

/// How two accounts end: `company` one establishment, `group` two of one legal unit, `review`, `apart`.
fn ends(a: &str, b: &str, more: &[&str]) -> &'static str {
    let plan = b2b(json!({}));
    let accounts: Vec<String> = [format!("a; {a}"), format!("b; {b}")]
        .into_iter()
        .chain(more.iter().map(|m| (*m).to_owned()))
        .collect();
    let accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
    let r = resolve(&plan, &accounts, &[]);
    let (x, y) = (company_of(&plan, &r, "a"), company_of(&plan, &r, "b"));
    let review = get(&plan, &r, "company_review");
    let waits = (0..review.rows()).any(|i| {
        (cell(&review, "record_id_a", i), cell(&review, "record_id_b", i)) == ("a".into(), "b".into())
    });
    match () {
        _ if x.0 == y.0 => "company",
        _ if waits => "review",
        _ if x.1 == y.1 => "group",
        _ => "apart",
    }
}

#[test]
fn companies_end_as_the_specification_says() {
    let name = "company_name=SARL Garage Roy";
    let place = "street=12 rue des Lilas; postcode=69100; city=Villeurbanne";
    let x = format!("siret={SIRET_X}");
    let y = format!("siret={SIRET_Y}");
    let s = format!("siren={SIREN}");
    let vat = "vat=FR64443061841";
    let cases: Vec<(&str, String, String, &[&str], &str)> = vec![
        (
            "C1: one SIRET under two names",
            format!("{name}; {x}"),
            format!("company_name=Roy Auto; {x}"),
            &[],
            "company",
        ),
        (
            "one SIREN, two SIRET",
            format!("{name}; {x}; {place}"),
            format!("{name}; {y}; {place}"),
            &[],
            "group",
        ),
        (
            "C2: SIREN and postcode",
            format!("{name}; {s}; postcode=69100"),
            format!("company_name=X; {x}; postcode=69100"),
            &[],
            "company",
        ),
        (
            "C2: several establishments in the postcode",
            format!("{name}; {s}; postcode=69100"),
            format!("{name}; {x}; postcode=69100"),
            &["c; siret=44306184100021; postcode=69100"],
            "review",
        ),
        (
            "SIREN in another postcode",
            format!("{name}; {s}; postcode=69100"),
            format!("{name}; {x}; postcode=75008"),
            &[],
            "group",
        ),
        (
            "C3: name without its legal form, at one way",
            format!("{name}; {place}"),
            "company_name=ETS GARAGE ROY FRANCE; street=14 r. des Lilas; postcode=69100; city=Villeurbanne"
                .into(),
            &[],
            "company",
        ),
        (
            "C3: another SIREN",
            format!("{name}; {place}; {x}"),
            format!("{name}; {place}; siret={OTHER_SIRET}"),
            &[],
            "apart",
        ),
        (
            "a name in one postcode",
            format!("{name}; {place}"),
            format!("{name}; street=3 place Bellecour; postcode=69100; city=Villeurbanne"),
            &[],
            "review",
        ),
        ("a name alone", name.into(), name.into(), &[], "apart"),
        (
            "C4: one VAT number",
            format!("{name}; {vat}"),
            format!("company_name=Roy Auto; {vat}; {place}"),
            &[],
            "company",
        ),
        (
            "C4: at two postcodes",
            format!("{name}; {vat}; postcode=75008"),
            format!("{name}; {vat}; {place}"),
            &[],
            "review",
        ),
        (
            "a domain is a hint",
            format!("{name}; email=a@garage-roy.fr; postcode=75008"),
            format!("{name}; email=b@garage-roy.fr; {place}"),
            &[],
            "review",
        ),
        (
            "a public provider is none",
            format!("{name}; email=a@orange.fr; postcode=75008"),
            format!("{name}; email=b@orange.fr; {place}"),
            &[],
            "apart",
        ),
    ];
    let mut wrong = Vec::new();
    for (what, a, b, more, want) in &cases {
        for (a, b) in [(a, b), (b, a)] {
            let got = ends(a, b, more);
            if got != *want {
                wrong.push(format!("{what}: want {want}, got {got}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn golden_of(r: &Resolution, id: &str) -> String {
    let at = r.records.ids.iter().position(|x| x == Some(id)).unwrap();
    r.golden_ids[r.clusters.of[at] as usize].clone()
}

#[test]
fn one_contact_in_two_companies_is_one_person_with_two_roles() {
    let plan = b2b(json!({}));
    let r = resolve(
        &plan,
        &[
            &format!("a; company_name=Garage Roy; siret={SIRET_X}"),
            &format!("b; company_name=Acme; siret={OTHER_SIRET}"),
        ],
        &[
            &format!(
                "1; last_name=Dupont; first_name=Jean; phone=06 30 12 45 78; account=a; siret={SIRET_X}; role=Acheteur; role_since=2020-01-01; role_until=2022-12-31"
            ),
            &format!(
                "2; last_name=Dupont; first_name=Jean; phone=06 30 12 45 78; account=b; siret={OTHER_SIRET}; role=Directeur; role_since=2023-01-01"
            ),
        ],
    );
    assert_eq!(golden_of(&r, "1"), golden_of(&r, "2"), "another SIRET does not part one contact");
    let person = golden_of(&r, "1");
    let mut want = vec![
        vec![
            person.clone(),
            company_of(&plan, &r, "a").0,
            "Acheteur".into(),
            "2020-01-01".into(),
            "2022-12-31".into(),
            "crm".into(),
        ],
        vec![
            person,
            company_of(&plan, &r, "b").0,
            "Directeur".into(),
            "2023-01-01".into(),
            String::new(),
            "crm".into(),
        ],
    ];
    let mut got =
        all(&get(&plan, &r, "contacts"), &["golden_id", "company_id", "role", "since", "until", "source"]);
    want.sort();
    got.sort();
    assert_eq!(got, want);
    assert_eq!(company_of(&plan, &r, "1"), company_of(&plan, &r, "a"), "a contact has its account's company");
}

#[test]
fn contacts_meet_by_last_and_first_name_and_company() {
    let plan = b2b(json!({}));
    let r = resolve(
        &plan,
        &[
            &format!("a; company_name=Garage Roy; siret={SIRET_X}"),
            &format!("b; company_name=Garage Roy; siret={OTHER_SIRET}"),
            "c; company_name=Boulangerie Petit; street=3 rue Haute; postcode=75008; city=Paris",
        ],
        &[
            "1; last_name=Dupont; first_name=Jean; account=c",
            "2; last_name=Dupont; first_name=Jean; company_name=SARL Boulangerie Petit",
            "3; last_name=Dupont; first_name=Luc; account=c",
            "4; last_name=Martin; first_name=Anne; account=a",
            "5; last_name=Martin; first_name=Anne; account=b",
            "6; last_name=Durand; first_name=Eve; company_name=Cabinet Noir",
            "7; last_name=Durand; first_name=Eve; company_name=Cabinet Noir SAS",
        ],
    );
    assert_eq!(golden_of(&r, "1"), golden_of(&r, "2"), "the only company of that name is meant");
    assert_ne!(golden_of(&r, "1"), golden_of(&r, "3"));
    assert_ne!(golden_of(&r, "4"), golden_of(&r, "5"), "two companies of one name");
    let review = get(&plan, &r, "review");
    let waiting = all(&review, &["record_id_a", "record_id_b", "reason"]);
    assert_eq!(waiting, [["4", "5", "employer"]]);
    assert_eq!(golden_of(&r, "6"), golden_of(&r, "7"));
    assert_eq!(company_of(&plan, &r, "6"), company_of(&plan, &r, "7"), "a name that nobody else bears");
}

#[test]
fn a_switchboard_and_a_company_mobile_belong_to_the_company() {
    let plan = b2b(json!({}));
    let account = "a; company_name=Garage Roy; phone=01 45 20 11 22";
    let mobile = "b; company_name=Garage Roy; phone=06 30 12 45 78";
    let contacts = [
        "1; last_name=Dupont; first_name=Marie; phone=06 30 12 45 78",
        "2; last_name=Dupont; first_name=Luc; phone=06 30 12 45 78",
        "3; last_name=Dupont; phone=06 30 12 45 78",
        "4; last_name=Roy; first_name=Anne; phone=01 45 20 11 22",
        "5; last_name=Roy; first_name=Paul; phone=01 45 20 11 22",
    ];
    let r = resolve(&plan, &[account, mobile], &contacts);
    assert_eq!((r.clusters.len(), r.summary.households), (5, 5));
    assert_eq!(r.summary.companies.as_ref().unwrap().own_contact_values, 2);
    let without = resolve(&plan, &[], &contacts);
    assert!(without.summary.households < 5, "the same numbers, were they their own, make households");
}

#[test]
fn the_address_of_a_company_is_no_household() {
    let plan = b2b(json!({}));
    let place = "street=12 rue des Lilas; postcode=69100; city=Villeurbanne";
    let row = |id: &str, first: &str, more: &str| {
        format!("{id}; last_name=Roy; first_name={first}; {place}; {more}")
    };
    let at = |more: &str| {
        let (a, b) = (row("1", "Anne", more), row("2", "Paul", more));
        resolve(&plan, &[], &[&a, &b]).summary.households
    };
    assert_eq!((at("company_name=Garage Roy"), at("")), (2, 1));
}

#[test]
fn a_sole_trader_is_a_person_and_a_company_that_are_linked() {
    let plan = b2b(json!({}));
    let r = resolve(
        &plan,
        &[&format!(
            "a; company_name=Roy Paul; siret={SIRET_X}; phone=06 30 12 45 78; email=paul.roy@orange.fr"
        )],
        &[
            &format!("1; last_name=Roy; first_name=Paul; siret={SIRET_X}; phone=06 30 12 45 78"),
            "2; last_name=Roy; first_name=Paul; phone=06 30 12 45 78; email=paul.roy@orange.fr",
        ],
    );
    assert_eq!(
        (r.clusters.len(), r.companies.as_ref().unwrap().clusters.len()),
        (1, 1),
        "the mobile stays his key"
    );
    assert_eq!(get(&plan, &r, "contacts").rows(), 1);
}

#[test]
fn rows_of_customers_without_a_person_are_their_company() {
    let plan = b2b(json!({}));
    let r = resolve(
        &plan,
        &[],
        &[
            &format!("1; company_name=Garage Roy; siret={SIRET_X}"),
            &format!("2; company_name=Roy Auto; siret={SIRET_X}; email=contact@garage-roy.fr"),
            &format!("3; company_name=Garage Roy; siret={SIRET_Y}"),
            &format!("4; company_name=Garage Roy; siret={SIRET_X}; email=jean@garage-roy.fr"),
        ],
    );
    assert_eq!(golden_of(&r, "1"), golden_of(&r, "2"));
    assert_ne!(golden_of(&r, "1"), golden_of(&r, "3"), "another establishment");
    assert_ne!(golden_of(&r, "1"), golden_of(&r, "4"), "somebody's own e-mail");
    assert_eq!(get(&plan, &r, "contacts").rows(), 0);
    let c = r.summary.companies.unwrap();
    assert_eq!((c.records, c.accounts, c.companies, c.legal_units, c.contact_records), (4, 0, 2, 1, 4));
}

#[test]
fn the_golden_company_takes_from_all_its_records() {
    let plan = b2b(json!({}));
    let r = resolve(
        &plan,
        &[
            &format!("a; company_name=S.A.R.L. Garage Roy; siret={SIRET_X}"),
            &format!(
                "b; siret={SIRET_X}; email=contact@garage-roy.fr; phone=01 45 20 11 22; postcode=69100; city=Villeurbanne"
            ),
        ],
        &["1; last_name=Dupont; account=b", "2; last_name=Durand; account=nowhere"],
    );
    let companies = get(&plan, &r, "companies");
    let columns =
        ["company_name", "siren", "siret", "email", "landline", "postcode", "accounts", "contact_records"];
    let want =
        ["SARL GARAGE ROY", SIREN, SIRET_X, "contact@garage-roy.fr", "+33145201122", "69100", "2", "1"];
    assert_eq!(all(&companies, &columns), [want]);
    assert_eq!(r.summary.companies.as_ref().unwrap().unknown_accounts, 1);
}

#[test]
fn stewards_decide_on_companies_too() {
    let mut plan = b2b(json!({}));
    let accounts = [
        &format!("a; company_name=Garage Roy; siret={SIRET_X}")[..],
        &format!("b; company_name=Roy Auto; siret={SIRET_X}"),
        "c; company_name=Chez Paul",
        "d; company_name=Le Petit Paul",
    ];
    let rulings = "source_a|record_id_a|source_b|record_id_b|decision
        erp|a|erp|b|different
        erp|c|erp|d|same
        erp|a|erp|zz|same";
    plan.rulings = rcu_core::matching::ruling::Rulings::read(&table(rulings)).unwrap();
    let r = resolve(&plan, &accounts, &["1; last_name=Dupont"]);
    assert_ne!(company_of(&plan, &r, "a").0, company_of(&plan, &r, "b").0);
    assert_eq!(company_of(&plan, &r, "c").0, company_of(&plan, &r, "d").0);
    let d = r.summary.decisions;
    assert_eq!((d.same, d.different, d.waiting), (1, 1, 1));
}

#[test]
fn a_run_without_companies_says_nothing_of_them() {
    let plan = crate::common::simple_plan(&["last_name", "email"], json!({}));
    let r = run(&plan, &[Input::new("s", table("id|updated|last_name|email\n1||SARL Roy|a@free.fr\n"))]);
    assert!(r.companies.is_none() && r.summary.companies.is_none());
    assert!(!output::written(&plan).contains(&"companies"));
    assert_eq!(get(&plan, &r, "companies").rows(), 0);
    assert_eq!(plan.passes.len(), plan.config.passes.len());
    assert!(plan.passes.iter().all(|p| p.name != "name_employer"));
}

#[test]
fn what_is_wrong_in_the_configuration_is_named() {
    let config = json!({ "sources": {
        "erp": { "family": "companies", "id": "id", "fields": { "last_name": "n", "company_name": "c" } },
        "crm": { "id": "id", "account": { "id": "a", "source": "epr" } },
        "till": { "family": "transactions", "id": "id", "customer": { "id": "c", "source": "erp" },
                  "brand": "A", "fields": { "date": "d", "amount": "m" } },
    }, "companies": { "passes": [{ "name": "x", "on": ["sirett"] }] } });
    let e = Plan::compile(rcu_core::config::Config::from_value(config).unwrap(), crate::common::today())
        .unwrap_err();
    let text = e.to_string();
    for part in [
        "sources.erp.fields.last_name",
        "did you mean `erp`",
        "source `erp` holds companies",
        "sources.till.brand",
        "companies.passes[0].on[0]",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn pick(values: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
        proptest::sample::select(values)
    }

    fn account() -> impl Strategy<Value = String> {
        (
            pick(&["", "company_name=Garage Roy", "company_name=SARL Roy Garage", "company_name=Roy"]),
            pick(&["", "siret=44306184100013", "siret=44306184100021", "siret=55210055400013"]),
            pick(&["", "siren=443061841", "vat=FR64443061841"]),
            pick(&["", "postcode=69100; street=12 rue des Lilas", "postcode=69100", "postcode=75008"]),
            pick(&["", "phone=01 45 20 11 22", "phone=06 30 12 45 78"]),
        )
            .prop_map(|(a, b, c, d, e)| [a, b, c, d, e].join("; "))
    }

    fn contact() -> impl Strategy<Value = String> {
        (
            account(),
            pick(&["", "last_name=Dupont", "last_name=Martin"]),
            pick(&["", "first_name=Jean", "first_name=Marie"]),
            pick(&["", "account=a00", "account=a03", "account=zz"]),
            pick(&["", "email=a@free.fr", "email=contact@x.fr"]),
        )
            .prop_map(|(a, b, c, d, e)| [a.as_str(), b, c, d, e].join("; "))
    }

    fn named(prefix: &str, rows: &[String]) -> Vec<String> {
        rows.iter().enumerate().map(|(i, r)| format!("{prefix}{i:02}; {r}")).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        /// Order, batches and threads change nothing; no company has two SIRET or SIREN; every record is somewhere.
        #[test]
        fn the_set_decides(
            accounts in proptest::collection::vec(account(), 0..12),
            contacts in proptest::collection::vec(contact(), 0..16),
            order in any::<u64>(),
        ) {
            let plan = b2b(json!({}));
            let (a, c) = (named("a", &accounts), named("c", &contacts));
            let inputs = |a: &[&str], c: &[&str]| {
                [Input::new("erp", table(&rows(ACCOUNT, a))), Input::new("crm", table(&rows(CONTACT, c)))]
            };
            let (a, c): (Vec<&str>, Vec<&str>) =
                (a.iter().map(String::as_str).collect(), c.iter().map(String::as_str).collect());
            let r = run(&plan, &inputs(&a, &c));
            let want = output::tables(&plan, &r);
            let turn = |v: &[&str]| {
                let mut v: Vec<String> = v.iter().map(|s| (*s).to_owned()).collect();
                v.sort_by_key(|r| r.bytes().fold(order, |h, b| (h ^ u64::from(b)).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
                v
            };
            let (ta, tc) = (turn(&a), turn(&c));
            let (ta, tc): (Vec<&str>, Vec<&str>) =
                (ta.iter().map(String::as_str).collect(), tc.iter().map(String::as_str).collect());
            let [left, right] = inputs(&ta, &tc[..tc.len() / 2]);
            let cut = [right, inputs(&[], &tc[tc.len() / 2..])[1].clone(), left];
            let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
            prop_assert_eq!(&one.install(|| output::tables(&plan, &run(&plan, &cut))), &want);

            let found = r.companies.unwrap();
            for k in 0..found.clusters.len() {
                for f in [rcu_core::field::SIRET, rcu_core::field::SIREN] {
                    let column = found.records.field(f);
                    let mut ids: Vec<u32> =
                        found.clusters.members(k).iter().map(|r| column.id(*r)).filter(|id| *id != 0).collect();
                    ids.dedup();
                    prop_assert!(ids.len() < 2);
                }
            }
            let accounts_seen = found.origins.iter().filter(|o| matches!(o, rcu_core::company::Origin::Account(_)));
            prop_assert_eq!(accounts_seen.count(), a.len());
        }
    }
}
