//! Accounts and contacts from files: tables of companies are written when the configuration has any, and only then.

use crate::program::{rcu, write};
use std::path::Path;

const ACCOUNTS: &str = "no_compte;raison_sociale;siret;standard;cp
1;S.A.R.L. Garage Roy;443 061 841 00013;01 45 20 11 22;69100
2;Garage Roy;44306184100013;;
3;Acme;55210055400013;;75008
";

const CONTACTS: &str = "id;compte;nom;prenom;portable;fonction;depuis
a;1;Dupont;Jean;06 30 12 45 78;Acheteur;01/01/2020
b;3;Dupont;Jean;06 30 12 45 78;Directeur;01/01/2023
c;2;Martin;Anne;;;
";

const CONFIG: &str = r#"
[rcu]
as_of = "2026-11-21"

[sources.erp]
family = "companies"
path = "accounts.csv"
id = "no_compte"
fields = { company_name = "raison_sociale", siret = "siret", phone = "standard", postcode = "cp" }

[sources.crm]
path = "contacts.csv"
id = "id"
account = { id = "compte", source = "erp" }
fields = { last_name = "nom", first_name = "prenom", mobile = "portable", role = "fonction", role_since = "depuis" }
"#;

fn resolve(dir: &Path, config: &str) -> serde_json::Value {
    write(dir, "accounts.csv", ACCOUNTS);
    write(dir, "contacts.csv", CONTACTS);
    let config = write(dir, "rcu.toml", config);
    let out = dir.join("out");
    let run = rcu(&["resolve", config.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&std::fs::read(out.join("summary.json")).unwrap()).unwrap()
}

#[test]
fn accounts_and_contacts_are_written_as_tables_of_their_own() {
    let dir = tempfile::tempdir().unwrap();
    let summary = resolve(dir.path(), CONFIG);
    let c = &summary["companies"];
    let n = |k: &str| c[k].as_u64().unwrap();
    assert_eq!((n("accounts"), n("companies"), n("legal_units"), n("contact_records")), (3, 2, 2, 3), "{c}");
    assert_eq!(summary["people"], 2);
    assert_eq!(summary["sources"]["erp"]["loaded"], 3);
    for name in ["companies", "company_crosswalk", "contacts", "company_links", "company_review"] {
        assert!(dir.path().join(format!("out/{name}.parquet")).is_file(), "{name}");
    }
    let report = std::fs::read_to_string(dir.path().join("out/report.html")).unwrap();
    assert!(report.contains("<h2>Companies</h2>"));
}

#[test]
fn without_companies_there_is_no_such_table() {
    let dir = tempfile::tempdir().unwrap();
    let only_people = CONFIG.replace("[sources.erp]", "[companies]\nenabled = false\n\n[sources.erp]");
    let summary = resolve(dir.path(), &only_people);
    assert!(summary.get("companies").is_none());
    assert!(!dir.path().join("out/companies.parquet").exists());
    assert!(!dir.path().join("out/brands.parquet").exists());
    assert_eq!(summary["people"], 2);
}
