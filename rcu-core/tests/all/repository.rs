//! The living repository: after any sequence of changes it is what a fresh build of the rows that are left would be.

use crate::living::{Event, change, check, event, golden_of, plans, told};
use proptest::prelude::*;
use rcu_core::progress::Silent;
use rcu_core::repository::{Act, MemoryStore, Repository, Subject};
use std::collections::BTreeSet;

#[test]
fn a_repository_of_other_rules_is_refused() {
    let mut repository = Repository::open(plans().swap_remove(0), MemoryStore::default()).unwrap();
    let row = Event::Row { source: 1, id: 1, day: 1, cells: [0; 9] };
    let change = change(&[row], &repository, &mut Vec::new());
    repository.apply(change).unwrap();
    assert!(Repository::open(plans().swap_remove(1), repository.into_store()).is_err());
}

#[test]
fn who_was_erased_comes_back_neither_by_a_first_load_nor_without_the_secret() {
    let plan = plans().swap_remove(0);
    let mut repository =
        Repository::open(plan.clone(), MemoryStore::default()).unwrap().with_secret("not told");
    let row = Event::Row { source: 1, id: 1, day: 1, cells: [0, 0, 0, 1, 0, 1, 1, 0, 0] };
    let again = || {
        change(
            std::slice::from_ref(&row),
            &Repository::open(plan.clone(), MemoryStore::default()).unwrap(),
            &mut Vec::new(),
        )
    };
    repository.apply(again()).unwrap();
    let who = crate::living::reference((1, 1));
    repository.erase(&Subject::Record(who.clone()), &Act::default()).unwrap();
    assert_eq!(repository.load(again().rows, &Act::default(), &Silent).unwrap_err().code(), "argument");
    let refused = repository.apply(again()).unwrap();
    assert_eq!(refused.rejects[0].code, "erased_subject");
    let mut without = Repository::open(plan.clone(), repository.into_store()).unwrap();
    assert!(without.apply(again()).unwrap_err().to_string().contains("secret"));
    assert_eq!(without.person_of(&who).unwrap(), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 700, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_changes_is_a_fresh_build(
        events in prop::collection::vec(event(), 1..40),
        cuts in prop::collection::vec(1..6usize, 1..6),
        which in 0..3usize,
    ) {
        check(&events, &cuts, plans().swap_remove(which), MemoryStore::default(), |store, _, _| store)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_base_loaded_at_once_is_that_of_its_events(
        events in prop::collection::vec(event(), 1..30),
        more in prop::collection::vec(event(), 0..6),
        which in 0..3usize,
    ) {
        // Of rows of one moment a file keeps the one that its content decides, a repository the one that came last.
        let mut moments = BTreeSet::new();
        let mut first = |e: &Event| match e {
            Event::Row { source, id, day, .. } => moments.insert((*source, *id, *day)),
            _ => false,
        };
        let rows: Vec<Event> = events.into_iter().filter(&mut first).collect();
        let open = || Repository::open(plans().swap_remove(which), MemoryStore::default()).unwrap();
        let (mut at_once, mut one_by_one) = (open(), open());
        let loaded = at_once.load(change(&rows, &at_once, &mut Vec::new()).rows, &Act::default(), &Silent).unwrap();
        prop_assert_eq!(loaded.effect.after.len(), golden_of(&at_once).values().collect::<BTreeSet<_>>().len());
        for event in &rows {
            let change = change(std::slice::from_ref(event), &one_by_one, &mut Vec::new());
            one_by_one.apply(change).unwrap();
        }
        prop_assert_eq!(told(&at_once), told(&one_by_one));
        // Both go on alike.
        for event in &more {
            for repository in [&mut at_once, &mut one_by_one] {
                let change = change(std::slice::from_ref(event), repository, &mut Vec::new());
                // Decisions that contradict each other are refused by both.
                drop(repository.apply(change));
            }
        }
        prop_assert_eq!(told(&at_once), told(&one_by_one));
        prop_assert!(at_once.verify().unwrap().is_clean());
    }
}
