//! Data that would make every record meet every other: the work stays in proportion to the records, and the summary
//! says what happened. Bounds are on pairs, never on seconds.

use crate::common::{run, simple_plan, table};
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::resolve::{Resolution, Summary};
use serde_json::json;

const COLUMNS: &[&str] =
    &["last_name", "first_name", "suffix", "email", "mobile", "birth_date", "street", "postcode", "city"];

const MAX_BLOCK: u64 = 100;

fn plan() -> Plan {
    simple_plan(COLUMNS, json!({ "matching": { "max_block": MAX_BLOCK } }))
}

/// `row(i)` gives the cells after id and date.
fn resolved(n: usize, row: impl Fn(usize) -> String) -> Resolution {
    let mut text = format!("id|updated|{}\n", COLUMNS.join("|"));
    (0..n).for_each(|i| text.push_str(&format!("r{i}|2026-01-01|{}\n", row(i))));
    let r = run(&plan(), &[Input::new("s", table(&text))]);
    assert!(r.summary.reconciles());
    r
}

fn candidates(s: &Summary) -> u64 {
    s.passes.iter().map(|p| p.candidates).max().unwrap_or(0)
}

/// A word of its own for each number, unlike the others.
fn word(i: usize) -> String {
    let letters = b"BCDFGLMNPRSTV";
    let mut n = i.wrapping_mul(7919) % 28_561 + 28_561;
    let mut word = String::new();
    while n > 0 {
        word.push(char::from(letters[n % 13]));
        word.push(['A', 'O', 'I', 'U', 'E'][n % 5]);
        n /= 13;
    }
    word
}

#[test]
fn a_record_that_comes_two_hundred_thousand_times_is_one_person() {
    const N: usize = 200_000;
    let r = resolved(N, |_| {
        "DUPONT|MARIE||marie@free.fr|0630124578|1985-03-12|12 rue des Lilas|69100|Villeurbanne".into()
    });
    let s = &r.summary;
    assert_eq!(s.people, 1);
    // All stand for one another: each is compared with the first and with nobody else.
    assert_eq!(candidates(s), N as u64 - 1);
    assert_eq!((s.largest_cluster, s.giant_clusters), (N as u64, 1));
    assert!(s.passes.iter().all(|p| p.largest_block == N as u64 && p.pairs_not_compared == 0));
}

#[test]
fn one_who_is_someone_else_among_a_hundred_thousand_equals_stays_apart() {
    const N: usize = 100_000;
    let r = resolved(N, |i| {
        let suffix = if i == 77_777 { "FILS" } else { "PERE" };
        format!(
            "DUPONT|MARIE|{suffix}|marie@free.fr|0630124578|1985-03-12|12 rue des Lilas|69100|Villeurbanne"
        )
    });
    assert_eq!(r.summary.cluster_sizes.into_iter().collect::<Vec<_>>(), [(1, 1), (N as u64 - 1, 1)]);
    assert!(r.links.len() < 2 * N, "{}", r.links.len());
}

#[test]
fn a_contact_that_everybody_gives_is_listed_and_makes_no_pair() {
    const N: usize = 30_000;
    let r =
        resolved(N, |i| format!("{}|{}||accueil@magasin.fr|0630124578||||", word(i), word(i / 3 + 20_000)));
    let s = &r.summary;
    assert_eq!(s.shared_values.get("mobile"), Some(&1));
    let shared = r.shared.iter().find(|v| v.field == "mobile").unwrap();
    assert_eq!(shared.records, N as u64 as u32);
    assert!(shared.people > 10_000);
    assert!(candidates(s) < N as u64, "{}", candidates(s));
}

#[test]
fn an_address_that_everybody_has_is_split_and_reported() {
    const N: usize = 10_000;
    let r = resolved(N, |i| {
        format!("{}|{}||||1985-03-12|12 rue des Lilas|69100|Villeurbanne", word(i), word(i % 50))
    });
    bounded_and_reported(&r.summary, N);
}

#[test]
fn a_name_that_everybody_has_is_split_and_reported() {
    const N: usize = 10_000;
    let r = resolved(N, |i| format!("MARTIN|MARIE||m{i}@free.fr||||{:05}|", 1000 + i % 20));
    bounded_and_reported(&r.summary, N);
}

fn bounded_and_reported(s: &Summary, n: usize) {
    assert!(candidates(s) <= n as u64 * MAX_BLOCK, "{}", candidates(s));
    assert!(
        s.passes
            .iter()
            .any(|p| p.split_blocks > 0 && p.pairs_not_compared > 0 && p.largest_block == n as u64)
    );
}

#[test]
fn empty_rows_are_nobody_and_meet_nobody() {
    const N: usize = 20_000;
    let r = resolved(N, |_| "||||||||".into());
    assert_eq!((r.summary.people, candidates(&r.summary)), (N as u64, 0));
    assert!(r.links.is_empty());
}

#[test]
fn names_of_two_hundred_letters_cost_no_more_than_others() {
    const N: usize = 600;
    // Each name comes twice, the second time with a slip in the middle.
    let r = resolved(N, |i| {
        let mut name: String =
            (0..34).map(|k| word(i / 2 * 34 + k)).collect::<String>().chars().take(200).collect();
        if i % 2 == 1 {
            name.replace_range(100..101, "X");
        }
        let p = i / 2;
        let born = format!("{}-{:02}-12", 1950 + p % 50, p / 50 + 1);
        format!("{name}|MARIE||n{p}@free.fr||{born}|{} rue des Lilas|69100|Villeurbanne", p + 1)
    });
    assert_eq!(r.summary.cluster_sizes.into_iter().collect::<Vec<_>>(), [(2, N as u64 / 2)]);
    assert!(r.summary.passes.iter().all(|p| p.candidates <= (N * N / 2) as u64));
}
