//! `rcu plan`, `explain`, `evaluate` and `compare` on the example retailer: what they say agrees with what `resolve` does.

use crate::program::{rcu, refused, write};
use rcu_io::read::read_table;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

fn config() -> String {
    examples().join("retail.toml").display().to_string()
}

fn truth() -> String {
    examples().join("data/truth.csv").display().to_string()
}

fn text(args: &[&str]) -> String {
    let out = rcu(args);
    assert_eq!(out.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

fn json(args: &[&str]) -> Value {
    let mut args = args.to_vec();
    args.push("--json");
    serde_json::from_str(&text(&args)).unwrap()
}

fn resolved(dir: &Path, config: &str) -> String {
    let out = dir.join("out").display().to_string();
    text(&["resolve", config, "--out", &out, "--no-provenance"]);
    out
}

#[test]
fn the_plan_counts_what_the_run_compares() {
    let dir = tempfile::tempdir().unwrap();
    let out = resolved(dir.path(), &config());
    let summary: Value =
        serde_json::from_slice(&std::fs::read(Path::new(&out).join("summary.json")).unwrap()).unwrap();
    let plan = json(&["plan", &config()]);
    for (before, after) in
        plan["passes"].as_array().unwrap().iter().zip(summary["passes"].as_array().unwrap())
    {
        assert_eq!((&before["pass"], &before["candidates"]), (&after["name"], &after["candidates"]));
    }
    assert!(plan["estimate"]["matching_core_seconds"].as_f64().unwrap() > 0.0);
    assert!(plan["proposals"]["recipes"].is_array());
    assert!(json(&["plan", &config(), "--no-proposals"]).get("proposals").is_none());
    let printed = text(&["plan", &config(), "--no-proposals", "--top", "1"]);
    assert!(printed.contains("last_name + mobile") && printed.contains("@"), "{printed}");
}

#[test]
fn a_review_pair_is_explained_masked_and_drawn() {
    let dir = tempfile::tempdir().unwrap();
    let out = resolved(dir.path(), &config());
    let review = read_table(&Path::new(&out).join("review.parquet")).unwrap();
    let cell = |c: &str| review.column(c).unwrap().get(0).unwrap().to_owned();
    let a = format!("{}:{}", cell("source_a"), cell("record_id_a"));
    let b = format!("{}:{}", cell("source_b"), cell("record_id_b"));
    let page = dir.path().join("pair.html");
    let x = json(&["explain", &config(), "--a", &a, "--b", &b, "--html", page.to_str().unwrap()]);
    assert_eq!(x["outcome"], "review");
    let pass = x["passes"].as_array().unwrap().iter().find(|p| p["pass"] == cell("pass").as_str()).unwrap();
    assert_eq!(pass["reason"], cell("reason").as_str());
    assert_eq!(pass["candidate"], true);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("<svg") && !page.contains("http"));
    let (masked, clear) = (
        text(&["explain", &config(), "--a", &a, "--b", &b]),
        text(&["explain", &config(), "--a", &b, "--b", &a, "--clear"]),
    );
    assert!(masked.contains("***") && !clear.contains("***"), "{clear}");
    let report = std::fs::read_to_string(Path::new(&out).join("report.html")).unwrap();
    assert!(report.contains("wait in review</h2>") && report.contains("What each comparison"));
}

#[test]
fn a_configuration_is_evaluated_like_its_outputs() {
    let dir = tempfile::tempdir().unwrap();
    let out = resolved(dir.path(), &config());
    let of_outputs = json(&["evaluate", &out, "--truth", &truth()]);
    let page = dir.path().join("quality.html").display().to_string();
    let e = json(&["evaluate", &config(), "--truth", &truth(), "--examples", "2", "--html", &page]);
    assert_eq!(e["quality"], of_outputs);
    let passes = e["passes"].as_array().unwrap();
    assert_eq!(passes.last().unwrap()["cumulative"], of_outputs);
    assert!(e["examples"]["missed"].as_array().unwrap().len() == 2);
    assert!(std::fs::read_to_string(page).unwrap().contains("polyline"));
    // The estimate sees no label and comes near all the same.
    let estimate = json(&["evaluate", &config()]);
    assert!(estimate.get("quality").is_none());
    let (expected, real) = (&estimate["estimate"], &of_outputs);
    let near = |k: &str, by: f64| (expected[k].as_f64().unwrap() - real[k].as_f64().unwrap()).abs() < by;
    assert!(near("precision", 0.02) && near("recall", 0.05), "{expected} {real}");
    assert!(text(&["evaluate", &config()]).contains("This assumes that"));
}

#[test]
fn labelled_pairs_are_taken_in_place_of_people() {
    let dir = tempfile::tempdir().unwrap();
    let out = resolved(dir.path(), &config());
    let links = read_table(&Path::new(&out).join("links.parquet")).unwrap();
    let mut pairs = String::from("source_a,record_id_a,source_b,record_id_b,label\n");
    for i in 0..50 {
        let cell = |c: &str| links.column(c).unwrap().get(i).unwrap();
        let label = if i < 40 { "same" } else { "different" };
        let row = [cell("source_a"), cell("record_id_a"), cell("source_b"), cell("record_id_b"), label];
        pairs.push_str(&(row.join(",") + "\n"));
    }
    let file = write(dir.path(), "pairs.csv", pairs).display().to_string();
    let q = json(&["evaluate", &out, "--labels", &file]);
    assert_eq!(
        (q["pairs"].as_u64(), q["precision"].as_f64(), q["recall"].as_f64()),
        (Some(50), Some(0.8), Some(1.0))
    );
    assert_eq!(json(&["evaluate", &config(), "--labels", &file])["quality"], q);
}

#[test]
fn two_runs_are_compared() {
    let dir = tempfile::tempdir().unwrap();
    let out = resolved(dir.path(), &config());
    let same = json(&["compare", &out, &config()]);
    assert_eq!((&same["cases"], &same["a"]["people"]), (&0.into(), &same["b"]["people"]));
    assert_eq!(same["a"]["revenue_minor"], same["b"]["revenue_minor"]);

    let mut text_b = std::fs::read_to_string(config()).unwrap();
    text_b.push_str("\n[[passes]]\nname = \"email\"\non = [\"email\"]\nguards = [\"names_compatible\"]\n");
    let b = write(dir.path(), "b.toml", text_b).display().to_string();
    let input = examples().display().to_string();
    let args = ["compare", out.as_str(), b.as_str(), "--input", input.as_str(), "--sample", "3"];
    let c = json(&args);
    assert_eq!(c, json(&args), "the sample is seeded");
    assert!(
        c["people_split"].as_u64().unwrap() > 100 && c["people_merged"].as_u64() < c["people_split"].as_u64(),
        "{c}"
    );
    assert!(c["b"]["people"].as_u64() > c["a"]["people"].as_u64());
    assert_eq!(c["sample"].as_array().unwrap().len(), 3);
    let value = c["sample"][0]["before"][0]["values"]["last_name"].as_str().unwrap();
    assert!(value.ends_with("***"), "{value}");
    let printed = text(&args);
    assert!(printed.contains("links broken") && printed.contains("contactable") && printed.contains("split"));
}

#[test]
fn bad_requests_say_what_would_be_accepted() {
    let explain = |a: &str, b: &str| refused(&["explain", &config(), "--a", a, "--b", b]);
    assert!(explain("0905", "web:1").contains("SOURCE:ID"));
    assert!(explain("poss:1", "web:1").contains("did you mean `pos`"));
    let secret = explain("pos:SECRET", "web:w834866492");
    assert!(secret.contains("no record of that id") && !secret.contains("SECRET"), "{secret}");
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().display().to_string();
    assert!(refused(&["evaluate", &out]).contains("--truth"));
    assert!(refused(&["compare", &out, &config()]).contains("crosswalk"));
    assert!(refused(&["plan", "nowhere.toml"]).contains("nowhere.toml"));
}
