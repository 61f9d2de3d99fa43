//! How right a run is: against labels of both forms, pass by pass, at each threshold, and by the model's own estimate.

use crate::common::{simple_plan, table};
use rcu_core::evaluation::{Evaluation, evaluate_people};
use rcu_core::ingest::{Input, load_customers};
use rcu_core::matching::labels::{Judged, Labels};
use rcu_core::matching::prepare::Prepared;
use rcu_core::progress::Silent;
use rcu_core::report;
use rcu_core::resolve::find_people;
use serde_json::{Value, json};

const ROWS: &str = "id|updated|last_name|first_name|email|mobile|birth_date
    a1|2026-01-01|DUPONT|MARIE|m.dupont@free.fr||1985-03-12
    a2|2026-01-01|DUPONT|MARIE|m.dupont@free.fr|06 30 12 45 78|
    a3|2026-01-01|DUPONT|MARIE||06 30 12 45 78|1985-03-12
    b1|2026-01-01|GARCIA|PAUL|p.garcia@free.fr||
    b2|2026-01-01|GARCIA|PAUL||06 98 76 54 32|
    c1|2026-01-01|LEROY|ANNE|anne.leroy@orange.fr||1990-05-06
    c2|2026-01-01|LEROY|ANNE|anne.leroy@orange.fr||1990-05-06
    d1|2026-01-01|PETIT|LUC|luc.petit@orange.fr||";

const TRUTH: &str = "source|record_id|person_id
    s|a1|1
    s|a2|1
    s|a3|1
    s|b1|2
    s|b2|2
    s|c1|3
    s|c2|4
    s|d1|5
    s|gone|5";

fn evaluated(labels: Option<&str>, examples: usize, more: Value) -> Evaluation {
    let plan = simple_plan(&["last_name", "first_name", "email", "mobile", "birth_date"], more);
    let labels = labels.map(|l| Labels::read("labels", &table(l)).unwrap());
    let records = load_customers(&plan, &[Input::new("s", table(ROWS))], &Silent).unwrap().records;
    let prepared = Prepared::new(&plan.setting(), &records);
    let people = find_people(&plan, &prepared, &Silent).unwrap();
    evaluate_people(&plan, &prepared, &people, labels.as_ref(), examples, &Silent)
}

fn two_passes() -> Value {
    json!({ "passes": [
        { "name": "email", "on": ["email"] },
        { "name": "mobile", "on": ["mobile"] },
        { "name": "scored", "on": ["mobile"], "decide": "points" },
    ] })
}

#[test]
fn passes_are_judged_alone_and_together() {
    let e = evaluated(Some(TRUTH), 0, two_passes());
    let Some(Judged::People(q)) = e.quality else { panic!("{e:?}") };
    // Found: a1 a2 a3, c1 c2. True: a1 a2 a3, b1 b2, and d1 with a record that was not loaded.
    assert_eq!((q.predicted_pairs, q.true_positive_pairs, q.true_pairs), (4, 3, 5));
    let labels = e.labels.unwrap();
    assert_eq!((labels.kind, labels.records, labels.records_not_loaded), ("people", 9, 1));
    let alone: Vec<f64> = e.passes.iter().map(|p| p.alone.pairwise().1).collect();
    // 80 points for names and mobile are not enough for a link.
    assert_eq!(alone, [0.2, 0.2, 0.0]);
    assert_eq!(e.passes[2].cumulative, e.quality.unwrap());
    assert_eq!((e.passes[0].links.same, e.passes[0].links.different), (1, 1));
    let reach = e.reachable.unwrap();
    assert_eq!((reach.true_pairs, reach.with_a_key), (4, 2));
}

#[test]
fn labelled_pairs_judge_the_pairs_they_name() {
    let labels = "source_a|record_id_a|source_b|record_id_b|label
        s|a3|s|a1|same
        s|b1|s|b2|1
        s|c1|s|c2|different
        s|a1|s|b1|0";
    let e = evaluated(Some(labels), 0, two_passes());
    let Some(Judged::Pairs(q)) = e.quality else { panic!("{e:?}") };
    assert_eq!((q.pairs, q.true_positive_pairs, q.predicted_pairs, q.true_pairs), (4, 1, 2, 2));
    assert_eq!(e.passes[0].links.unknown, 1, "a1 and a2 are linked and not labelled");
    assert!(e.quality.unwrap().b_cubed().is_none());
}

#[test]
fn thresholds_follow_the_labels() {
    let e = evaluated(Some(TRUTH), 0, json!({}));
    assert_eq!(e.thresholds.len(), 2, "one for the model, one for points");
    for chart in &e.thresholds {
        assert_eq!(chart.by, "labels");
        assert!(chart.points.windows(2).all(|w| w[0].at < w[1].at && w[0].linked >= w[1].linked));
        assert!(chart.points.iter().all(|p| p.f1 <= chart.best.f1));
        // c1 and c2 are labelled two people and agree in everything: no threshold is without a mistake at the top.
        assert!(chart.points[0].precision < 1.0);
    }
    assert!(report::of_evaluation(&e).contains("polyline"));
}

#[test]
fn without_labels_the_model_estimates_and_says_what_it_assumes() {
    let e = evaluated(None, 5, json!({}));
    assert!(e.quality.is_none() && e.passes.is_empty() && e.examples.is_none() && e.reachable.is_none());
    let x = e.estimate.unwrap();
    assert!(x.assumptions.iter().any(|a| a.contains("upper bound")), "{x:?}");
    assert!((0.0..=1.0).contains(&x.precision) && (0.0..=1.0).contains(&x.recall));
    assert!(x.expected_matches <= x.candidates as f64 && x.together > 0);
    assert_eq!(e.thresholds.iter().map(|c| c.by).collect::<Vec<_>>(), ["model"]);
}

#[test]
fn without_a_model_nothing_is_estimated() {
    let e = evaluated(None, 0, two_passes());
    assert!(e.estimate.is_none() && e.thresholds.is_empty());
}

#[test]
fn mistakes_are_shown_by_what_agrees_and_masked() {
    let e = evaluated(Some(TRUTH), 3, two_passes());
    let x = e.examples.as_ref().unwrap();
    assert_eq!((x.missed.len(), x.wrong.len(), x.cut), (1, 1, false));
    assert_eq!((x.missed[0].fate.as_str(), x.missed[0].pairs), ("no common key", 1));
    assert_eq!(x.missed[0].evidence, "last_name=equal first_name=equal");
    assert_eq!((x.wrong[0].a.record_id.as_str(), x.wrong[0].b.record_id.as_str()), ("c1", "c2"));
    assert_eq!(x.wrong[0].fate, "email: link");
    let text = serde_json::to_string(&e).unwrap() + &report::of_evaluation(&e);
    for secret in ["GARCIA", "LEROY", "anne.leroy", "1990-05-06"] {
        assert!(!text.contains(secret), "{secret}");
    }
}
