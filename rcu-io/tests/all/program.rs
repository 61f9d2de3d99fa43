//! The program on small files made for a test.
#![allow(dead_code)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub fn rcu(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rcu")).args(args).output().unwrap()
}

/// The same with something on its standard input.
pub fn rcu_fed(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rcu"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Most commands read nothing and may be gone already.
    drop(child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes())));
    child.wait_with_output().unwrap()
}

/// Standard error of a run that must be refused as a bad request.
pub fn refused(args: &[&str]) -> String {
    let out = rcu(args);
    let err = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(2), "{err}");
    assert!(!err.contains("panicked"), "{err}");
    err
}

pub fn write(dir: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// A configuration with one CSV source of names, e-mails and dates.
pub const CONFIG: &str = r#"
[rcu]
as_of = "2026-11-21"
[sources.till]
path = "till.csv"
id = "no"
updated_at = "maj"
fields = { last_name = "nom", first_name = "prenom", email = "mail" }
"#;

pub struct Run {
    pub dir: tempfile::TempDir,
    pub out: Output,
}

impl Run {
    /// Resolves `till.csv` with these bytes under [`CONFIG`].
    pub fn of(bytes: impl AsRef<[u8]>) -> Run {
        Run::with(CONFIG, bytes)
    }

    pub fn with(config: &str, bytes: impl AsRef<[u8]>) -> Run {
        let dir = tempfile::tempdir().unwrap();
        let config = write(dir.path(), "rcu.toml", config);
        write(dir.path(), "till.csv", bytes);
        let out = dir.path().join("out");
        let out = rcu(&["resolve", config.to_str().unwrap(), "--out", out.to_str().unwrap(), "--json"]);
        Run { dir, out }
    }

    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.out.stdout).into_owned()
    }

    pub fn summary(&self) -> serde_json::Value {
        assert_eq!(self.out.status.code(), Some(0), "{}", self.stdout());
        serde_json::from_slice(&self.out.stdout).unwrap()
    }

    /// Rejects as (line, column, code, reason).
    pub fn rejects(&self) -> Vec<(String, String, String, String)> {
        let table = rcu_io::read::read_table(&self.dir.path().join("out/rejects.parquet")).unwrap();
        let cell = |c: &str, i: usize| table.column(c).unwrap().get(i).unwrap_or("").to_owned();
        (0..table.rows())
            .map(|i| (cell("line", i), cell("column", i), cell("code", i), cell("reason", i)))
            .collect()
    }
}
