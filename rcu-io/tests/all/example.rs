//! The example retailer through the program: reconciled, right, and the same bytes however the files are cut.

use crate::program::rcu;
use std::path::{Path, PathBuf};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

/// Outputs that must not depend on the order of rows. Rejects name lines, so they may.
const SAME: [&str; 7] = [
    "golden.parquet",
    "crosswalk.parquet",
    "links.parquet",
    "review.parquet",
    "aggregates.parquet",
    "provenance.parquet",
    "summary.json",
];

fn resolve(config: &Path, out: &Path, threads: &str) -> Vec<Vec<u8>> {
    let args = ["resolve", config.to_str().unwrap(), "--out", out.to_str().unwrap(), "--threads", threads];
    let run = rcu(&args);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    SAME.iter().map(|f| std::fs::read(out.join(f)).unwrap()).collect()
}

#[test]
fn the_example_is_reconciled_and_right() {
    let dir = tempfile::tempdir().unwrap();
    let config = examples().join("retail.toml");
    resolve(&config, dir.path(), "2");
    let summary: serde_json::Value =
        serde_json::from_slice(&std::fs::read(dir.path().join("summary.json")).unwrap()).unwrap();
    let revenue = &summary["revenue"];
    let n = |k: &str| revenue[k].as_i64().unwrap();
    assert_eq!(n("revenue_in_minor"), n("attributed_minor") + n("orphans_minor") + n("anonymous_minor"));
    assert!(n("revenue_in_minor") > 0 && n("orphans_minor") > 0);
    for (name, c) in summary["sources"].as_object().unwrap() {
        let k = |k: &str| c[k].as_u64().unwrap();
        assert_eq!(k("read"), k("loaded") + k("rejected") + k("excluded"), "{name}");
    }
    let truth = examples().join("data/truth.csv");
    let run = rcu(&["evaluate", dir.path().to_str().unwrap(), "--truth", truth.to_str().unwrap(), "--json"]);
    let quality: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert!(quality["f1"].as_f64().unwrap() >= 0.93, "{quality}");
    let report = std::fs::read_to_string(dir.path().join("report.html")).unwrap();
    assert!(report.contains("reconciles") && !report.contains("does not reconcile"));
    assert!(!report.contains("http"), "the report loads nothing from anywhere");
}

#[test]
fn order_files_and_threads_change_no_byte() {
    let dir = tempfile::tempdir().unwrap();
    let config = examples().join("retail.toml");
    let want = resolve(&config, &dir.path().join("a"), "1");
    assert_eq!(resolve(&config, &dir.path().join("b"), "2"), want);

    // The same rows turned round, and each file cut in two.
    let data = dir.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let mut text = std::fs::read_to_string(&config).unwrap();
    for entry in std::fs::read_dir(examples().join("data")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name == "truth" {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let mut lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()).collect();
        let header = lines.remove(0);
        lines.reverse();
        let (left, right) = lines.split_at(lines.len() / 3);
        for (part, rows) in [("1", left), ("2", right)] {
            let mut out = header.to_vec();
            rows.iter().for_each(|r| {
                out.push(b'\n');
                out.extend_from_slice(r);
            });
            std::fs::write(data.join(format!("{name}{part}.csv")), out).unwrap();
        }
        let (from, to) =
            (format!("\"data/{name}.csv\""), format!("[\"data/{name}2.csv\", \"data/{name}1.csv\"]"));
        text = text.replace(&from, &to);
    }
    let turned = dir.path().join("turned.toml");
    std::fs::write(&turned, text).unwrap();
    let got = resolve(&turned, &dir.path().join("c"), "2");
    for (i, name) in SAME.iter().enumerate() {
        assert!(got[i] == want[i], "{name} differs");
    }
}
