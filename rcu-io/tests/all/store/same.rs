//! The property test of the repository on a file, every answer compared with memory's, with the file closed and opened
//! again between changes.

use super::options;
use super::twin::Twin;
use crate::living::{Event, change, check, event, plans, told};
use proptest::prelude::*;
use rcu_core::config::Plan;
use rcu_core::progress::Silent;
use rcu_core::repository::{Act, MemoryStore, Repository};
use rcu_io::store::SqliteStore;
use std::path::Path;

fn twin(path: &Path, plan: &Plan) -> Twin {
    Twin {
        memory: MemoryStore::default(),
        file: SqliteStore::open(path, plan, options()).unwrap(),
        load: false,
    }
}

fn again(twin: Twin, plan: &Plan) -> Twin {
    let Twin { memory, file, .. } = twin;
    let path = file.path().to_owned();
    drop(file);
    let file = SqliteStore::open(&path, plan, options()).unwrap();
    file.check().unwrap();
    Twin { memory, file, load: false }
}

/// Cases of each property; `PROPTEST_CASES` for more, by hand.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(40)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn a_file_says_what_memory_says_after_any_sequence_of_changes(
        events in prop::collection::vec(event(), 1..30),
        cuts in prop::collection::vec(1..6usize, 1..6),
        reopened in any::<u32>(),
        which in 0..3usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let plan = plans().swap_remove(which);
        let mut changes = 0;
        let store = twin(&folder.path().join("rcu.db"), &plan);
        check(&events, &cuts, plan, store, |store, plan, must| {
            changes += 1;
            if must || reopened >> (changes % 32) & 1 == 1 { again(store, plan) } else { store }
        })?;
    }

    #[test]
    fn a_first_load_says_what_memory_says(
        events in prop::collection::vec(event(), 1..30),
        more in prop::collection::vec(event(), 0..6),
        which in 0..3usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let plan = plans().swap_remove(which);
        let rows: Vec<Event> = events.into_iter().filter(|e| matches!(e, Event::Row { .. })).collect();
        let store = twin(&folder.path().join("rcu.db"), &plan);
        let mut repository = Repository::open(plan.clone(), store).unwrap();
        let first = change(&rows, &repository, &mut Vec::new()).rows;
        repository.load(first, &Act::default(), &Silent).unwrap();
        let before = told(&repository);
        let store = again(repository.into_store(), &plan);
        let mut repository = Repository::open(plan, store).unwrap();
        prop_assert_eq!(told(&repository), before);
        for event in &more {
            let change = change(std::slice::from_ref(event), &repository, &mut Vec::new());
            // Decisions that contradict each other are refused by both.
            drop(repository.apply(change));
        }
        prop_assert!(repository.verify().unwrap().is_clean());
        repository.store().file.check().unwrap();
    }
}
