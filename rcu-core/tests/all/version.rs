//! One version number: the workspace's. The Python package takes it from its crate; npm needs it written out.

use std::path::Path;

#[test]
fn every_package_has_the_version_of_the_workspace() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |p: &str| std::fs::read_to_string(root.join(p)).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let npm: serde_json::Value = serde_json::from_str(&read("bindings-node/package.json")).unwrap();
    assert_eq!(npm["version"], version);
    let python: toml::Table = toml::from_str(&read("bindings-python/pyproject.toml")).unwrap();
    let dynamic = python["project"]["dynamic"].as_array().unwrap();
    assert!(
        dynamic.iter().any(|d| d.as_str() == Some("version")),
        "maturin takes the version from Cargo.toml"
    );
    for member in ["rcu-core", "rcu-io", "bindings-python", "bindings-node", "benches", "examples"] {
        let manifest: toml::Table = toml::from_str(&read(&format!("{member}/Cargo.toml"))).unwrap();
        assert_eq!(manifest["package"]["version"]["workspace"].as_bool(), Some(true), "{member}");
    }
}
