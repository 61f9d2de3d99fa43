//! The outcome of one suite, and how the shared suites are found and read.

use serde_json::Value;
use std::path::PathBuf;

/// What one suite came to.
pub struct Suite {
    /// Name of the suite, that of its folder.
    pub name: &'static str,
    /// Share to reach, as the issue words it.
    pub target: &'static str,
    /// Rows (or parts) looked at, those set aside included.
    pub cases: usize,
    /// Right answers.
    pub right: usize,
    /// Wrong answers.
    pub wrong: usize,
    /// Rows on which `domain.md` deliberately differs, each with the line that decides it.
    pub set_aside: Vec<(String, &'static str)>,
    /// What went wrong, for reading: id, expected, got.
    pub failures: Vec<String>,
    /// Lines printed below the suite's own: shares of another kind, by category.
    pub notes: Vec<String>,
}

/// Folder of the shared suites: beside the project, or where `RCU_SHARED` points.
pub fn shared() -> Option<PathBuf> {
    let path = match std::env::var_os("RCU_SHARED") {
        Some(p) => PathBuf::from(p),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
    };
    path.join("data/conformance").is_dir().then_some(path)
}

/// Rows of a suite; none when the shared folder is not there.
pub fn cases(suite: &str) -> Vec<Value> {
    let Some(shared) = shared() else { return Vec::new() };
    let file = shared.join("data/conformance").join(suite).join("cases.jsonl");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    text.lines().map(|l| serde_json::from_str(l).expect("a JSON object a line")).collect()
}
