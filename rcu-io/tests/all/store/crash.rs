//! A program is killed while it applies changes: what it said is kept is there, whole, and nothing else.

use super::{numbered, open};
use crate::living::{Event, change, golden_table};
use rcu_core::repository::{Follower, MemoryStore, Repository, Store};
use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

const ROLE: &str = "RCU_TEST_WRITES_TO";

/// The writer: applies changes from the one after the last, and says each in a file once it is kept.
#[test]
fn writer_of_the_crash_test() {
    let Some(folder) = std::env::var_os(ROLE).map(PathBuf::from) else { return };
    let mut said = OpenOptions::new().create(true).append(true).open(folder.join("said")).unwrap();
    let mut repository = open(&folder.join("rcu.db"));
    // Faster than a disk that is cut off: what is tested is where the program is, not what the disk has.
    loop {
        let n = next(&repository);
        apply(&mut repository, n);
        said.write_all(&(n as u32).to_le_bytes()).unwrap();
    }
}

/// Two events a change. Every fifth change deletes.
fn events(n: usize) -> Vec<Event> {
    let delete = Event::Delete { source: n % 3, id: n / 5 % 40 };
    [numbered(2 * n), if n % 5 == 4 { delete } else { numbered(2 * n + 1) }].into()
}

fn apply(repository: &mut Repository<impl Store>, n: usize) {
    let change = change(&events(n), repository, &mut Vec::new());
    let applied = repository.apply(change).unwrap();
    assert_eq!(applied.change, n as u64);
}

fn next(repository: &Repository<rcu_io::store::SqliteStore>) -> usize {
    repository.store().changes().unwrap() as usize + 1
}

fn said(folder: &Path) -> Vec<u32> {
    let bytes = fs::read(folder.join("said")).unwrap_or_default();
    bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

#[test]
fn what_was_said_to_be_kept_outlives_any_kill() {
    let all: Vec<u64> = std::thread::scope(|scope| {
        let each: Vec<_> = (0..10).map(|n| scope.spawn(move || round(n))).collect();
        each.into_iter().map(|r| r.join().unwrap()).collect()
    });
    assert!(all.iter().sum::<u64>() >= 200);
}

/// A repository whose writer is killed 21 times.
fn round(round: u64) -> u64 {
    let mut kills = 0;
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rcu.db");
        let mut follower = Follower::default();
        let mut seen: BTreeSet<u64> = BTreeSet::new();
        for kill in 0..21u64 {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "store::crash::writer_of_the_crash_test", "--nocapture"])
                .env(ROLE, folder.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            // Every third dies at any moment, opening included; the others once they write, in the middle of some change.
            let before = said(folder.path()).len();
            for _ in 0..2000 {
                if kill % 3 == 0 || said(folder.path()).len() > before {
                    break;
                }
                sleep(Duration::from_millis(1));
            }
            sleep(Duration::from_micros((round * 21 + kill + 1).wrapping_mul(2_654_435_761) % 25_000));
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
            let mut repository = open(&path);
            let kept = next(&repository) - 1;
            let said = said(folder.path());
            assert!(kept >= said.last().map_or(0, |n| *n as usize), "a change that was said is not there");
            assert!(said.is_sorted_by(|a, b| a < b), "a change was made twice");
            // A consumer that takes a few entries at a time, and is not always in time to say so.
            let entries = repository.changes("shop", 50).unwrap();
            for e in &entries {
                follower.apply(e);
                seen.insert(e.cursor);
            }
            if let Some(e) = entries.last().filter(|_| kill % 3 > 0) {
                repository.acknowledge("shop", e.cursor).unwrap();
            }
        }
        // The same changes without any crash.
        let mut other = Repository::open(super::the_plan(), MemoryStore::default()).unwrap();
        let mut repository = open(&path);
        let kept = next(&repository) - 1;
        (1..=kept).for_each(|n| apply(&mut other, n));
        repository.store().check().unwrap();
        assert_eq!(crate::living::told(&repository), crate::living::told(&other));
        assert_eq!(golden_table(&repository), golden_table(&other));
        assert!(repository.verify().unwrap().is_clean());
        let entries = repository.changes("shop", usize::MAX).unwrap();
        for e in &entries {
            follower.apply(e);
            seen.insert(e.cursor);
        }
        let last = other.changes("shop", usize::MAX).unwrap().last().map_or(0, |e| e.cursor);
        assert!(seen.iter().copied().eq(1..=last), "the consumer missed an entry");
        assert_eq!(follower.golden, golden_table(&repository));
        // Everything goes on.
        apply(&mut repository, kept + 1);
    }
    kills
}
