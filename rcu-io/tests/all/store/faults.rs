//! A full disk, a file that cannot be written, damaged bytes, a file of another time or program.

use super::{numbered, open, options, the_plan};
use crate::living::{change, told};
use rcu_core::Error;
use rcu_core::repository::{Repository, Space, Store};
use rcu_io::store::{Options, SqliteStore, restore};
use std::fs;
use std::path::Path;

fn apply(repository: &mut Repository<SqliteStore>, numbers: std::ops::Range<usize>) -> Result<(), Error> {
    let events: Vec<_> = numbers.map(numbered).collect();
    let change = change(&events, repository, &mut Vec::new());
    repository.apply(change).map(drop)
}

/// A repository of some changes, closed.
fn filled(path: &Path) -> Vec<String> {
    let mut repository = open(path);
    for n in 0..12 {
        apply(&mut repository, 10 * n..10 * n + 10).unwrap();
    }
    all(&repository)
}

fn all(repository: &Repository<SqliteStore>) -> Vec<String> {
    let mut all = told(repository);
    all.extend(repository.changes("nobody", usize::MAX).unwrap().iter().map(|e| format!("{e:?}")));
    all.extend(repository.decisions().map(|r| format!("{r:?}")));
    all
}

#[test]
fn a_full_disk_is_said_and_leaves_the_state_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rcu.db");
    let small = Options { most_bytes: Some(220 << 10), ..options() };
    let store = SqliteStore::open(&path, &the_plan(), small).unwrap();
    let mut repository = Repository::open(the_plan(), store).unwrap().with_secret("not told");
    let mut n = 0;
    let (before, error) = loop {
        let before = all(&repository);
        match apply(&mut repository, n..n + 10) {
            Ok(()) => n += 10,
            Err(e) => break (before, e),
        }
        assert!(n < 5000, "the file never was full");
    };
    assert!(error.to_string().contains("the disk is full"), "{error}");
    assert!(n > 20);
    assert_eq!(all(&repository), before);
    assert!(repository.verify().unwrap().is_clean());
    repository.store().check().unwrap();
    // Again, and once there is room.
    apply(&mut repository, n..n + 10).unwrap_err();
    drop(repository);
    let mut repository = open(&path);
    assert_eq!(all(&repository), before);
    apply(&mut repository, n..n + 10).unwrap();
    assert!(repository.verify().unwrap().is_clean());
}

#[test]
fn a_change_that_is_rolled_back_leaves_nothing_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("rcu.db")).into_store();
    store.begin().unwrap();
    store.add_keyed(Space::Blocks, 1, &(0..500).collect::<Vec<u64>>()).unwrap();
    store.commit().unwrap();
    store.begin().unwrap();
    store.add_keyed(Space::Blocks, 2, &(0..500).collect::<Vec<u64>>()).unwrap();
    store.remove_keyed(Space::Blocks, 1, &[7]).unwrap();
    assert_eq!(
        (store.keyed(Space::Blocks, 7).unwrap(), store.keyed(Space::Blocks, 8).unwrap()),
        (vec![2], vec![1, 2])
    );
    store.roll_back();
    assert_eq!(
        (store.keyed(Space::Blocks, 7).unwrap(), store.keyed(Space::Blocks, 8).unwrap()),
        (vec![1], vec![1])
    );
}

const ROLE: &str = "RCU_TEST_READS_ONLY";

/// What a program sees that may not write.
#[test]
fn reader_of_the_read_only_test() {
    let Some(path) = std::env::var_os(ROLE) else { return };
    let path = Path::new(&path);
    let refused = SqliteStore::open(path, &the_plan(), options()).unwrap_err().to_string();
    assert!(refused.contains("cannot be written"), "{refused}");
    let store = SqliteStore::open_read_only(path, &the_plan(), options()).unwrap();
    store.check().unwrap();
    let mut repository = Repository::open(the_plan(), store).unwrap().with_secret("not told");
    let before = all(&repository);
    let refused = apply(&mut repository, 500..510).unwrap_err().to_string();
    assert!(refused.contains("open to read only"), "{refused}");
    assert_eq!(all(&repository), before);
    assert!(repository.verify().unwrap().is_clean());
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_said_and_can_be_read() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rcu.db");
    let before = filled(&path);
    let mode = |p: &Path, mode| fs::set_permissions(p, fs::Permissions::from_mode(mode)).unwrap();
    mode(&path, 0o444);
    mode(folder.path(), 0o555);
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "store::faults::reader_of_the_read_only_test", "--nocapture"]).env(ROLE, &path);
    // Whoever may do everything has no file that is read-only: then somebody else looks at it.
    let may_all = fs::write(folder.path().join("probe"), "").is_ok();
    if may_all {
        drop(fs::remove_file(folder.path().join("probe")));
        child.uid(65_534);
    }
    let seen = child.output().unwrap();
    mode(folder.path(), 0o755);
    assert!(seen.status.success(), "{}", String::from_utf8_lossy(&seen.stderr));
    mode(&path, 0o644);
    assert_eq!(all(&open(&path)), before);
}

#[test]
fn damaged_bytes_are_found_wherever_they_matter() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rcu.db");
    let before = filled(&path);
    let whole = fs::read(&path).unwrap();
    let (mut found, mut harmless) = (0, 0);
    for i in 0..150 {
        let at = i * whole.len() / 150 + i * 37 % 400;
        let mut bytes = whole.clone();
        // A byte inside a page, or a stretch of them.
        let length = if i % 3 == 0 { 200 } else { 1 };
        for b in bytes.iter_mut().skip(at).take(length) {
            *b ^= 0x15;
        }
        let damaged = folder.path().join(format!("damaged{i}.db"));
        fs::write(&damaged, &bytes).unwrap();
        let seen = SqliteStore::open_read_only(&damaged, &the_plan(), options()).and_then(|store| {
            store.check()?;
            let repository = Repository::open(the_plan(), store)?;
            Ok((all(&repository), repository.verify()?.is_clean()))
        });
        match seen {
            Err(e) => {
                let said = e.to_string();
                let clear = ["damaged", "not a repository", "format", "something else", "makes keys by"];
                assert!(clear.iter().any(|c| said.contains(c)), "{said}");
                found += 1;
            }
            // What is neither a checksum's nor an index's is a link: a fresh build differs.
            Ok((_, false)) => found += 1,
            Ok((now, true)) => {
                assert_eq!(now, before, "byte {at}");
                harmless += 1;
            }
        }
        fs::remove_file(&damaged).unwrap();
    }
    assert!(found > 50, "{found} found, {harmless} harmless");
}

#[test]
fn a_backup_of_a_file_in_use_comes_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (path, backup) = (folder.path().join("rcu.db"), folder.path().join("backup.db"));
    let before = filled(&path);
    let mut repository = open(&path);
    let reader = SqliteStore::open_read_only(&path, &the_plan(), options()).unwrap();
    reader.backup(&backup).unwrap();
    let taken = repository.store().backup(&backup).unwrap_err().to_string();
    assert!(taken.contains("is there already"), "{taken}");
    apply(&mut repository, 900..930).unwrap();
    assert_ne!(all(&repository), before);
    // In use.
    let refused = restore(&backup, &path, &the_plan(), &options()).unwrap_err().to_string();
    assert!(refused.contains("another program"), "{refused}");
    drop(repository);
    restore(&backup, &path, &the_plan(), &options()).unwrap();
    let mut repository = open(&path);
    assert_eq!(all(&repository), before);
    apply(&mut repository, 900..930).unwrap();
    drop(repository);
    // A damaged backup changes nothing.
    let after = all(&open(&path));
    let mut bytes = fs::read(&backup).unwrap();
    // Everywhere: some may be copies that SQLite left between its rows.
    let all_of: Vec<usize> = (0..bytes.len() - 6).filter(|i| &bytes[*i..*i + 6] == b"DUPONT").collect();
    all_of.into_iter().for_each(|at| bytes[at] = b'P');
    fs::write(&backup, bytes).unwrap();
    let refused = restore(&backup, &path, &the_plan(), &options()).unwrap_err().to_string();
    assert!(refused.contains("damaged") && !refused.contains("UPONT"), "{refused}");
    assert_eq!(all(&open(&path)), after);
}

#[test]
fn a_file_of_a_newer_version_or_of_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rcu.db");
    let before = filled(&path);
    let set = |format: i32| {
        let db = rusqlite::Connection::open(&path).unwrap();
        db.pragma_update(None, "user_version", format).unwrap();
    };
    set(99);
    for opened in [
        SqliteStore::open(&path, &the_plan(), options()),
        SqliteStore::open_read_only(&path, &the_plan(), options()),
    ] {
        let said = opened.unwrap_err().to_string();
        assert!(said.contains("has format 99, which is newer than 1"), "{said}");
    }
    set(1);
    assert_eq!(all(&open(&path)), before);
    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    let said = SqliteStore::open(&other, &the_plan(), options()).unwrap_err().to_string();
    assert!(said.contains("something else"), "{said}");
    fs::write(&other, "NOM;PRENOM\nDUPONT;Marie\n".repeat(300)).unwrap();
    let said = SqliteStore::open(&other, &the_plan(), options()).unwrap_err().to_string();
    assert!(said.contains("is not a repository file") && !said.contains("DUPONT"), "{said}");
    let nowhere = folder.path().join("no/folder/rcu.db");
    for opened in [
        SqliteStore::open(&nowhere, &the_plan(), options()),
        SqliteStore::open_read_only(&nowhere, &the_plan(), options()),
    ] {
        let said = opened.unwrap_err().to_string();
        assert!(said.contains("folder"), "{said}");
    }
}

#[test]
fn what_was_deleted_and_purged_is_in_no_byte_of_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rcu.db");
    filled(&path);
    let mut repository = open(&path);
    let marked = "r777";
    let mut cells = vec![(0, {
        let mut row: Vec<Option<String>> = vec![None; 11];
        row[0] = Some(marked.into());
        row[1] = Some("2026-03-01".into());
        row[2] = Some("Quetzalcoatl".into());
        row[3] = Some("Xanthippe".into());
        row[5] = Some("zorglub@example.fr".into());
        row
    })];
    let change = rcu_core::repository::Change { rows: crate::living::inputs(&cells), ..Default::default() };
    repository.apply(change).unwrap();
    // A second version, so that there are old bytes besides those of the last.
    cells[0].1[9] = Some("7 quai Rocambolesque".into());
    cells[0].1[1] = Some("2026-04-01".into());
    let change = rcu_core::repository::Change { rows: crate::living::inputs(&cells), ..Default::default() };
    repository.apply(change).unwrap();
    let words = ["quetzalcoatl", "xanthippe", "zorglub", "rocambolesque"];
    let found = |folder: &Path| -> Vec<&str> {
        let files = fs::read_dir(folder).unwrap().map(|f| fs::read(f.unwrap().path()).unwrap());
        let bytes: Vec<u8> = files.flatten().map(|b| b.to_ascii_lowercase()).collect();
        let has = |w: &str| bytes.windows(w.len()).any(|b| b == w.as_bytes());
        words.into_iter().filter(|w| has(w)).collect()
    };
    assert_eq!(found(folder.path()), words);
    let record = rcu_core::matching::ruling::RecordRef { source: "crm".into(), record_id: marked.into() };
    let subject = rcu_core::repository::Subject::Record(record);
    let act = rcu_core::repository::Act { by: "dpo".into(), ..Default::default() };
    repository.erase(&subject, &act).unwrap();
    let store = repository.into_store();
    // Who reads an older state holds the log.
    let reader = SqliteStore::open_read_only(&path, &the_plan(), options()).unwrap();
    let said = reader.snapshot(|_| Ok(store.sweep().unwrap_err().to_string())).unwrap();
    assert!(said.contains("reads an older state") || said.contains("another program"), "{said}");
    store.sweep().unwrap();
    assert_eq!(found(folder.path()), Vec::<&str>::new());
    store.check().unwrap();
}

#[test]
fn purged_keys_and_counts_leave_no_trace_in_the_index() {
    use rcu_core::repository::Counted;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rcu.db");
    let mut store = open(&path).into_store();
    let key = |r: u32, k: u64| {
        let n = (u64::from(r) << 8 | k).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (n ^ n >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9)
    };
    let keys = |r: u32| (0..20).map(|k| key(r, k)).collect::<Vec<u64>>();
    let value = |r: u32| format!("value {r}");
    for batch in 0..40u32 {
        store.begin().unwrap();
        for r in batch * 50..batch * 50 + 50 {
            store.add_keyed(Space::Blocks, r, &keys(r)).unwrap();
            store.add(Counted::Named, &value(r), 1).unwrap();
        }
        store.commit().unwrap();
    }
    let gone = [3u32, 700, 701, 1999];
    let has = |key: u64| {
        let bytes = fs::read(&path).unwrap();
        bytes.windows(8).any(|w| w == key.to_be_bytes())
    };
    store.empty_log().unwrap();
    assert!(gone.iter().all(|r| has(key(*r, 5))));
    store.begin().unwrap();
    for r in gone {
        store.remove_keyed(Space::Blocks, r, &keys(r)).unwrap();
        store.purge_keys(Space::Blocks, r, &keys(r));
        store.add(Counted::Named, &value(r), -1).unwrap();
        store.purge_count(Counted::Named, &value(r));
    }
    // What is still there stays.
    store.purge_keys(Space::Blocks, 702, &keys(702));
    store.purge_count(Counted::Named, &value(702));
    store.commit().unwrap();
    store.sweep().unwrap();
    let seen = |store: &SqliteStore| {
        for r in 0..2000 {
            let there = !gone.contains(&r);
            let expected: Vec<u32> = if there { vec![r] } else { vec![] };
            assert!(
                keys(r).iter().all(|k| store.keyed(Space::Blocks, *k).unwrap() == expected),
                "record {r}"
            );
            assert_eq!(store.count(Counted::Named, &value(r)).unwrap(), u64::from(there));
        }
    };
    seen(&store);
    assert!(!gone.iter().any(|r| (0..20).any(|k| has(key(*r, k)))));
    drop(store);
    seen(&open(&path).into_store());
}
