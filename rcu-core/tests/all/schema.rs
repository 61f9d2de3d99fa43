//! The generated JSON Schema is committed for editors; `RCU_WRITE_SCHEMA=1 cargo test -p rcu-core --test all schema::` renews it.

use rcu_core::config::Config;
use std::path::Path;

#[test]
fn the_committed_schema_is_the_generated_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/rcu.schema.json");
    let want = serde_json::to_string_pretty(&Config::json_schema()).unwrap() + "\n";
    if std::env::var_os("RCU_WRITE_SCHEMA").is_some() {
        std::fs::write(&path, &want).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == want, "rcu.schema.json is out of date; renew it with RCU_WRITE_SCHEMA=1");
}
