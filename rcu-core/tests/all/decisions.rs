//! What stewards decide holds on every run, whatever the values say.

use crate::common::{run, simple_plan, table};
use rcu_core::ingest::Input;
use rcu_core::matching::ruling::Rulings;
use rcu_core::progress::Silent;
use rcu_core::resolve::{Resolution, resolve};
use serde_json::json;

const COLUMNS: &[&str] = &["last_name", "first_name", "email", "mobile", "street", "postcode", "city"];

const ROWS: &str = "id|updated|last_name|first_name|email|mobile|street|postcode|city
1|2026-01-01|DUPONT|MARIE|marie@free.fr||12 rue des Lilas|69100|Villeurbanne
2|2026-01-01|DUPONT|MARIE|marie@free.fr||12 rue des Lilas|69100|Villeurbanne
3|2026-01-01|DUPONT|MARIE|marie@free.fr|0630124578|||
4|2026-01-01|ROUX|PAUL||0768221045|||
5|2026-01-01|MERCIER|ZOE||0650440912|||
";

const HEAD: &str = "source_a|record_id_a|source_b|record_id_b|decision|date|author|cancelled\n";

fn decided(decisions: &str) -> Resolution {
    let mut plan = simple_plan(COLUMNS, json!({}));
    plan.rulings = Rulings::read(&table(&format!("{HEAD}{decisions}"))).unwrap();
    run(&plan, &[Input::new("s", table(ROWS))])
}

fn together(r: &Resolution, a: &str, b: &str) -> bool {
    let of = |id: &str| r.clusters.of[r.records.ids.iter().position(|x| x == Some(id)).unwrap()];
    of(a) == of(b)
}

#[test]
fn same_joins_records_that_share_nothing() {
    assert!(!together(&decided(""), "4", "5"));
    let r = decided("s|5|s|4|same|2026-02-01|anne|\n");
    assert!(together(&r, "4", "5"));
    assert_eq!(r.links[0].verdict.reason, "steward");
}

#[test]
fn different_parts_equal_records_and_blocks_the_way_round() {
    let r = decided("s|1|s|2|different|2026-02-01|anne|\n");
    assert!(!together(&r, "1", "2"));
    assert!(together(&r, "1", "3") ^ together(&r, "2", "3"));
    assert!(r.links.iter().all(|l| (l.a, l.b) != (0, 1)));
}

#[test]
fn household_parts_persons_and_joins_their_households() {
    let r = decided("s|4|s|5|household|2026-02-01|anne|\n");
    assert!(!together(&r, "4", "5"));
    let house = |id: &str| {
        let at = r.records.ids.iter().position(|x| x == Some(id)).unwrap();
        r.households[r.clusters.of[at] as usize]
    };
    assert_eq!(house("4"), house("5"));
}

#[test]
fn a_cancelled_decision_leaves_no_trace() {
    let r = decided("s|1|s|2|different|2026-02-01|anne|\ns|1|s|2|different|2026-02-02|anne|yes\n");
    let fresh = decided("");
    assert_eq!(
        (r.clusters, r.golden_ids, r.households),
        (fresh.clusters, fresh.golden_ids, fresh.households)
    );
}

#[test]
fn decisions_on_absent_records_are_kept_and_counted() {
    let r = decided("s|1|s|99|same|2026-02-01|anne|\n");
    assert_eq!(r.summary.decisions.waiting, 1);
}

#[test]
fn a_contradiction_is_an_error_that_names_the_records() {
    let mut plan = simple_plan(COLUMNS, json!({}));
    let text = "s|1|s|4|same|||\ns|4|s|5|same|||\ns|1|s|5|different|||\n";
    plan.rulings = Rulings::read(&table(&format!("{HEAD}{text}"))).unwrap();
    let e = resolve(&plan, &[Input::new("s", table(ROWS))], &Silent).unwrap_err();
    assert!(e.to_string().contains("s:1 and s:5"), "{e}");
}
