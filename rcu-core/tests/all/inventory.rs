//! The table of reference data in `data/README.md` is what is compiled in;
//! `RCU_WRITE_SCHEMA=1 cargo test -p rcu-core --test all inventory::` renews it.

use rcu_core::reference::inventory::markdown;
use std::path::Path;

const BEGIN: &str = "<!-- begin inventory -->\n";
const END: &str = "<!-- end inventory -->";

#[test]
fn the_readme_of_the_data_shows_what_is_compiled_in() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let want = format!("{before}{BEGIN}{}{END}{after}", markdown(&[]));
    if std::env::var_os("RCU_WRITE_SCHEMA").is_some() {
        std::fs::write(&path, &want).unwrap();
    } else {
        assert!(text == want, "data/README.md is out of date; renew it with RCU_WRITE_SCHEMA=1");
    }
}
