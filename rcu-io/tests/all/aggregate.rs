//! `rcu aggregate`, and facts read from a Parquet file group by group.

use crate::program::rcu;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use rcu_core::table::Table;
use rcu_io::read::read_table;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

fn run(args: &[&str]) {
    let run = rcu(args);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
}

/// Rows by golden id.
fn rows(path: &Path) -> BTreeMap<String, Vec<Option<String>>> {
    let t = read_table(path).unwrap();
    let ids = t.column("golden_id").unwrap();
    (0..t.rows())
        .map(|i| {
            let row = t.columns().iter().map(|c| c.get(i).map(str::to_owned)).collect();
            (ids.get(i).unwrap().to_owned(), row)
        })
        .collect()
}

#[test]
fn aggregates_from_a_crosswalk_are_those_of_the_run() {
    let dir = tempfile::tempdir().unwrap();
    let (config, out) = (examples().join("retail.toml"), dir.path().join("out"));
    let (config, out) = (config.to_str().unwrap(), out.to_str().unwrap());
    run(&["resolve", config, "--out", out]);
    let again = dir.path().join("again");
    run(&["aggregate", config, "--crosswalk", out, "--out", again.to_str().unwrap()]);
    let (want, got) =
        (rows(&Path::new(out).join("aggregates.parquet")), rows(&again.join("aggregates.parquet")));
    assert!(want.len() > 2000);
    assert!(want == got, "figures differ");
    for name in ["orphans.parquet", "missing_references.parquet"] {
        assert_eq!(
            std::fs::read(Path::new(out).join(name)).unwrap(),
            std::fs::read(again.join(name)).unwrap()
        );
    }
}

/// Writes a table with groups of so many rows.
fn write_groups(table: &Table, path: &Path, rows: usize) {
    let columns = table.names().iter().zip(table.columns()).map(|(name, c)| {
        let texts: StringArray = (0..c.len()).map(|i| c.get(i)).collect();
        (name.as_str(), Arc::new(texts) as ArrayRef, true)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(rows)).build();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn groups_of_a_parquet_file_give_what_the_csv_gives() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let config = std::fs::read_to_string(examples().join("retail.toml")).unwrap();
    // A row that cannot be loaded, far from the start: its number must be that of the file.
    let csv = std::fs::read_to_string(examples().join("data/transactions.csv")).unwrap();
    let mut lines: Vec<String> = csv.lines().map(str::to_owned).collect();
    let broken = lines[15_001].replacen("2", "x", 40);
    lines[15_001] = broken;
    std::fs::write(data.join("transactions.csv"), lines.join("\n") + "\n").unwrap();
    for entry in std::fs::read_dir(examples().join("data")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if name != "transactions.csv" {
            std::fs::copy(&path, data.join(name)).unwrap();
        }
    }
    write_groups(
        &read_table(&data.join("transactions.csv")).unwrap(),
        &data.join("transactions.parquet"),
        700,
    );
    let mut outputs = Vec::new();
    for (name, text) in [
        ("csv", config.clone()),
        ("parquet", config.replace("data/transactions.csv", "data/transactions.parquet")),
    ] {
        let file = dir.path().join(format!("{name}.toml"));
        std::fs::write(&file, text).unwrap();
        let out = dir.path().join(name);
        run(&["resolve", file.to_str().unwrap(), "--out", out.to_str().unwrap()]);
        outputs.push(out);
    }
    for name in ["aggregates.parquet", "orphans.parquet", "summary.json"] {
        let [a, b] = [0, 1].map(|i: usize| std::fs::read(outputs[i].join(name)).unwrap());
        assert!(a == b, "{name} differs");
    }
    let reject = |i: usize| {
        let t = read_table(&outputs[i].join("rejects.parquet")).unwrap();
        assert_eq!(t.rows(), 1);
        (
            t.column("file").unwrap().get(0).unwrap().to_owned(),
            t.column("line").unwrap().get(0).unwrap().to_owned(),
        )
    };
    // A CSV file's header is its first line.
    assert_eq!(reject(0), ("transactions.csv".to_owned(), "15002".to_owned()));
    assert_eq!(reject(1), ("transactions.parquet".to_owned(), "15001".to_owned()));
}
