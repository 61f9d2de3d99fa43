//! The rooms of the core, in order: each imports only rooms above it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// From the ground up. A room is a file or a folder of `src`.
const ROOMS: &[&str] = &[
    "time",
    "country",
    "error",
    "progress",
    "parallel",
    "intern",
    "table",
    "reference",
    "normalize",
    "lists",
    "field",
    "mask",
    "access",
    "privacy",
    "record",
    "records",
    "matching",
    "identity",
    "survivorship",
    "household",
    "aggregate",
    "company",
    "consent",
    "subscriber",
    "config",
    "dictionary",
    "ingest",
    "forbid",
    "facts",
    "resolve",
    "explain",
    "preview",
    "evaluation",
    "output",
    "repository",
    "view360",
    "compare_runs",
    "picture",
    "report",
    "arrow",
    "lib",
];

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// Names that follow `crate::` in a line of code, also inside `crate::{a, b::c}`.
fn imported(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or("");
    let mut names = Vec::new();
    for part in code.split("crate::").skip(1) {
        let word =
            |t: &str| t.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        match part.strip_prefix('{') {
            Some(list) => names.extend(list.split('}').next().unwrap_or("").split(',').map(word)),
            None => names.push(word(part)),
        }
    }
    names
}

#[test]
fn no_room_imports_a_room_below_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rank: BTreeMap<&str, usize> = ROOMS.iter().enumerate().map(|(i, r)| (*r, i)).collect();
    let mut all = Vec::new();
    files(&src, &mut all);
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for file in all {
        let inside = file.strip_prefix(&src).unwrap();
        let room = inside.components().next().unwrap().as_os_str().to_string_lossy().replace(".rs", "");
        let own =
            *rank.get(room.as_str()).unwrap_or_else(|| panic!("room `{room}` has no place in the order"));
        let text = std::fs::read_to_string(&file).unwrap();
        for (n, line) in text.lines().enumerate() {
            for name in imported(line) {
                if let Some(other) = rank.get(name.as_str()) {
                    seen += 1;
                    if *other > own {
                        wrong.push(format!("{}:{}: `{room}` imports `{name}`", inside.display(), n + 1));
                    }
                }
            }
        }
    }
    assert!(seen > 100, "only {seen} imports were recognised: has the way of writing them changed?");
    assert!(wrong.is_empty(), "upward imports:\n{}", wrong.join("\n"));
}

#[test]
fn the_test_sees_an_upward_import() {
    assert_eq!(imported("use crate::{config::Plan, time::Day};"), ["config", "time"]);
    assert_eq!(imported("    let x = crate::resolve::resolve(1); // crate::no"), ["resolve"]);
}
