//! Bad input: each gives a clear answer with source, row, column and code, loses nothing, and never panics.

use crate::program::{CONFIG, Run, refused, write};

const HEADER: &str = "no;maj;nom;prenom;mail\n";

fn counts(run: &Run) -> (u64, u64, u64, u64) {
    let s = &run.summary()["sources"]["till"];
    let n = |k: &str| s[k].as_u64().unwrap();
    (n("read"), n("loaded"), n("rejected"), n("excluded"))
}

#[test]
fn a_missing_column_is_named_with_the_columns_there_are() {
    let run = Run::of("no;maj;nom;prenoms;mail\n1;2026-01-01;ROY;ANNE;a@free.fr\n");
    assert_eq!(run.out.status.code(), Some(2));
    let e: serde_json::Value = serde_json::from_slice(&run.out.stdout).unwrap();
    let message = e["error"]["message"].as_str().unwrap();
    assert_eq!(e["error"]["code"], "missing_column");
    for part in ["till", "`prenom`", "prenoms", "did you mean `prenoms`"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn every_problem_of_a_configuration_is_reported_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let config = write(
        dir.path(),
        "rcu.toml",
        r#"
        [rcu]
        regoin = "FR"
        [sources.till]
        id = "no"
        familly = "customers"
        delimiter = ";;"
        fields = { frist_name = "prenom" }
        [[passes]]
        name = "p"
        on = ["emial", "fonex(last_name)"]
        compare = { last_name = "equl" }
        decide = "guess"
        "#,
    );
    let err = refused(&["check", config.to_str().unwrap()]);
    for part in [
        "`rcu.regoin`: is not a known key (did you mean `region`?)",
        "`sources.till.familly`: is not a known key (did you mean `family`?)",
        "`sources.till.delimiter`: has 2 characters; use 1 to 1",
        "`passes[0].decide`: `guess` is not known; use one of levels, points",
        "4 problems",
    ] {
        assert!(err.contains(part), "missing {part:?} in:\n{err}");
    }
    // What the schema cannot see is reported together too.
    let config = write(
        dir.path(),
        "rcu.toml",
        r#"
        [sources.till]
        id = "no"
        fields = { frist_name = "prenom" }
        [[passes]]
        name = "p"
        on = ["emial", "fonex(last_name)"]
        compare = { last_name = "equl" }
        "#,
    );
    let err = refused(&["check", config.to_str().unwrap()]);
    for part in [
        "`sources.till.fields.frist_name`",
        "did you mean `first_name`?",
        "`passes[0].on[0]`: `emial` is not a field (did you mean `email`?)",
        "`passes[0].on[1]`: `fonex` is not a function (did you mean `phonex`?)",
        "`passes[0].compare.last_name`: `equl` is not a level of last_name (did you mean `equal`?)",
        "4 problems",
    ] {
        assert!(err.contains(part), "missing {part:?} in:\n{err}");
    }
}

#[test]
fn invalid_utf8_rejects_its_row_only() {
    let mut bytes =
        format!("{HEADER}1;2026-01-01;ROY;HÉLÈNE;a@free.fr\n2;2026-01-01;ROY;ZOÉ;b@free.fr\n").into_bytes();
    bytes.extend_from_slice(b"3;2026-01-01;ROY;AN\xc9;c@free.fr\n");
    let run = Run::of(bytes);
    assert_eq!(counts(&run), (3, 2, 1, 0));
    let (line, column, code, _) = run.rejects().remove(0);
    assert_eq!((line.as_str(), column.as_str(), code.as_str()), ("4", "prenom", "bad_encoding"));
}

#[test]
fn windows_1252_is_read() {
    let run = Run::of(b"no;maj;nom;prenom;mail\n1;2026-01-01;LEF\xc8VRE;H\xe9l\xe8ne;a@free.fr\n");
    assert_eq!(counts(&run), (1, 1, 0, 0));
    let golden = rcu_io::read::read_table(&run.dir.path().join("out/golden.parquet")).unwrap();
    assert_eq!(golden.column("last_name").unwrap().get(0), Some("LEFEVRE"));
    assert_eq!(golden.column("first_name").unwrap().get(0), Some("HELENE"));
}

#[test]
fn a_wrong_delimiter_is_explained() {
    let config = CONFIG.replace("id = \"no\"", "id = \"no\"\ndelimiter = \",\"");
    let run = Run::with(&config, format!("{HEADER}1;2026-01-01;ROY;ANNE;a@free.fr\n"));
    assert_eq!(run.out.status.code(), Some(2));
    assert!(
        run.stdout().contains("looks separated by `;`: set `sources.till.delimiter`"),
        "{}",
        run.stdout()
    );
}

#[test]
fn an_empty_file_and_a_missing_file_are_said() {
    let run = Run::of("");
    assert_eq!(run.out.status.code(), Some(2));
    assert!(run.stdout().contains("is empty: not even a header line"), "{}", run.stdout());
    std::fs::remove_file(run.dir.path().join("till.csv")).unwrap();
    let config = run.dir.path().join("rcu.toml");
    let err =
        refused(&["resolve", config.to_str().unwrap(), "--out", run.dir.path().join("o").to_str().unwrap()]);
    assert!(err.contains("source `till`") && err.contains("does not exist"), "{err}");
}

#[test]
fn a_source_without_a_file_is_said() {
    let config = format!("{CONFIG}[sources.crm]\nid = \"id\"\nfields = {{ last_name = \"nom\" }}\n");
    let run = Run::with(&config, format!("{HEADER}1;2026-01-01;ROY;ANNE;a@free.fr\n"));
    assert_eq!(run.out.status.code(), Some(2));
    assert!(run.stdout().contains("source `crm` has no input: it has no `path`"), "{}", run.stdout());
}

#[test]
fn a_header_alone_is_a_file_without_rows() {
    assert_eq!(counts(&Run::of(HEADER)), (0, 0, 0, 0));
}

#[test]
fn of_two_rows_with_one_id_the_later_is_loaded() {
    let run = Run::of(format!(
        "{HEADER}1;2026-01-01;ROY;ANNE;a@free.fr\n1;2026-03-01;ROY;ANNA;a@free.fr\n2;2026-01-01;ROY;LUC;b@free.fr\n\
         2;2026-01-01;ROY;LUC;b@free.fr\n;2026-01-01;ROY;EVE;c@free.fr\n"
    ));
    assert_eq!(counts(&run), (5, 2, 2, 1));
    let codes: Vec<(String, String)> = run.rejects().into_iter().map(|(l, _, c, _)| (l, c)).collect();
    assert!(codes.contains(&("2".into(), "duplicate_id".into())), "{codes:?}");
    assert!(codes.contains(&("6".into(), "missing_id".into())), "{codes:?}");
    assert!(codes.iter().any(|(_, c)| c == "duplicate_delivery"), "{codes:?}");
}

#[test]
fn a_cell_of_ten_megabytes_rejects_its_row() {
    let huge = "x".repeat(10 << 20);
    let run =
        Run::of(format!("{HEADER}1;2026-01-01;ROY;{huge};a@free.fr\n2;2026-01-01;ROY;ANNE;b@free.fr\n"));
    assert_eq!(counts(&run), (2, 1, 1, 0));
    let (line, column, code, reason) = run.rejects().remove(0);
    assert_eq!((line.as_str(), column.as_str(), code.as_str()), ("2", "prenom", "cell_too_large"));
    assert!(reason.contains("10485760 bytes"), "{reason}");
}

#[test]
fn a_row_of_another_width_is_rejected_with_its_line() {
    let run = Run::of(format!("{HEADER}1;2026-01-01;ROY;ANNE\n2;2026-01-01;ROY;LUC;b@free.fr\n"));
    assert_eq!(counts(&run), (2, 1, 1, 0));
    assert_eq!(run.rejects()[0].2, "bad_column_count");
}

#[test]
fn messages_hold_no_cell() {
    let secret = "SECRETNAME";
    let run = Run::of(format!("{HEADER}1;2026-01-01;{secret};ANNE\n;2026-01-01;{secret};ANNE;a@free.fr\n"));
    assert!(run.rejects().iter().all(|r| !format!("{r:?}").contains(secret)));
    assert!(!run.stdout().contains(secret) && !String::from_utf8_lossy(&run.out.stderr).contains(secret));
}

#[test]
fn a_binary_file_is_no_panic() {
    let noise: Vec<u8> = (0..20_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let run = Run::of(noise);
    let text = format!("{}{}", run.stdout(), String::from_utf8_lossy(&run.out.stderr));
    assert_eq!(run.out.status.code(), Some(2), "{text}");
    assert!(!text.contains("panicked"), "{text}");
}
