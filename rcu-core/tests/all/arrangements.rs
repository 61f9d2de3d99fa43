//! How sources may stand to each other: one source, several, two that are linked and not deduplicated, sources known to
//! hold each person once.

use crate::common::{plan, run, table};
use rcu_core::ingest::Input;
use rcu_core::resolve::Resolution;
use serde_json::{Value, json};

const HEAD: &str = "id|last_name|first_name|email|mobile\n";

/// Three rows of one person and one of another in each source.
fn resolve(sources: &[(&str, bool)]) -> Resolution {
    let fields =
        json!({ "last_name": "last_name", "first_name": "first_name", "email": "email", "mobile": "mobile" });
    let of = |free: bool| json!({ "id": "id", "duplicate_free": free, "fields": fields });
    let declared: serde_json::Map<String, Value> =
        sources.iter().map(|(name, free)| ((*name).to_owned(), of(*free))).collect();
    let rows = "1|DUPONT|MARIE|m.dupont@free.fr|06 30 12 45 78
        2|DUPONT|MARIE|m.dupont@free.fr|
        3|DUPONT|MARIE||06 30 12 45 78
        4|ROUX|PAUL|p.roux@free.fr|";
    let inputs: Vec<Input> =
        sources.iter().map(|(name, _)| Input::new(*name, table(&format!("{HEAD}{rows}")))).collect();
    run(&plan(json!({ "sources": declared })), &inputs)
}

fn sizes(r: &Resolution) -> Vec<usize> {
    let mut sizes: Vec<usize> = (0..r.clusters.len()).map(|c| r.clusters.members(c).len()).collect();
    sizes.sort_unstable();
    sizes
}

/// No cluster holds two records of a source that is free of duplicates.
fn each_once(r: &Resolution, source: u16) -> bool {
    (0..r.clusters.len()).all(|c| {
        let own = r.clusters.members(c).iter().filter(|m| r.records.sources[**m as usize] == source);
        own.count() < 2
    })
}

#[test]
fn one_source_is_deduplicated() {
    assert_eq!(sizes(&resolve(&[("a", false)])), [1, 3]);
}

#[test]
fn several_sources_are_deduplicated_within_and_across() {
    assert_eq!(sizes(&resolve(&[("a", false), ("b", false), ("c", false)])), [3, 9]);
}

#[test]
fn two_sources_are_linked_without_deduplicating_either() {
    let r = resolve(&[("a", true), ("b", true)]);
    assert!(each_once(&r, 0) && each_once(&r, 1));
    assert_eq!(sizes(&r), [2, 2, 2, 2], "each record finds one of the other source");
    let within = |l: &rcu_core::matching::blocking::Link| {
        r.records.sources[l.a as usize] == r.records.sources[l.b as usize]
    };
    assert!(!r.links.iter().any(within), "pairs within a source are not even compared");
}

#[test]
fn a_source_free_of_duplicates_stands_beside_one_that_is_not() {
    let r = resolve(&[("a", true), ("b", false)]);
    assert!(each_once(&r, 0));
    assert!(!each_once(&r, 1));
    assert_eq!(r.records.len(), sizes(&r).iter().sum::<usize>());
}
