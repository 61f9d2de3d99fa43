//! One program writes, several read.

use super::{numbered, open, options, the_plan};
use crate::living::{change, golden_table};
use rcu_core::repository::{Follower, Repository};
use rcu_io::store::{Options, SqliteStore};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const ROLE: &str = "RCU_TEST_FOLLOWS";

/// A reader: at any moment the feed tells the golden table of the same state.
#[test]
fn reader_of_the_test_of_several() {
    let Some(path) = std::env::var_os(ROLE) else { return };
    let store = SqliteStore::open_read_only(Path::new(&path), &the_plan(), options()).unwrap();
    let repository = Repository::open(the_plan(), store).unwrap();
    let (mut last, mut states) = (0, 0);
    while last < 60 {
        let store = repository.store();
        let change = store
            .snapshot(|store| {
                let mut follower = Follower::default();
                repository.changes("reader", usize::MAX)?.iter().for_each(|e| follower.apply(e));
                assert_eq!(follower.golden, golden_table(&repository));
                if states % 8 == 0 {
                    assert!(repository.verify()?.is_clean());
                }
                store.changes()
            })
            .unwrap();
        assert!(change >= last, "an older state came back");
        states += u64::from(change > last);
        last = change;
    }
    assert!(states > 1, "saw {states} states");
}

#[test]
fn readers_see_whole_changes_while_one_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rcu.db");
    let mut repository = open(&path);
    let mut write = |n: usize| {
        let change = change(
            &[numbered(3 * n), numbered(3 * n + 1), numbered(3 * n + 2)],
            &repository,
            &mut Vec::new(),
        );
        repository.apply(change).unwrap();
    };
    (0..10).for_each(&mut write);
    let readers: Vec<_> = (0..3)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "store::several::reader_of_the_test_of_several", "--nocapture"])
                .env(ROLE, &path)
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for n in 10..60 {
        write(n);
        std::thread::sleep(Duration::from_millis(15));
    }
    for reader in readers {
        let seen = reader.wait_with_output().unwrap();
        assert!(seen.status.success(), "{}", String::from_utf8_lossy(&seen.stderr));
    }
}

#[test]
fn a_second_writer_waits_or_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rcu.db");
    let first = open(&path);
    let wait = |wait| Options { wait, ..options() };
    let said =
        SqliteStore::open(&path, &the_plan(), wait(Duration::from_millis(30))).unwrap_err().to_string();
    assert!(said.contains("another program has it open to write"), "{said}");
    let second = std::thread::spawn({
        let path = path.clone();
        move || SqliteStore::open(&path, &the_plan(), wait(Duration::from_secs(20))).map(drop)
    });
    std::thread::sleep(Duration::from_millis(60));
    drop(first);
    second.join().unwrap().unwrap();
}
