//! One table with every shared suite: cases, right, wrong, set aside, share. Run with
//! `cargo test -p rcu-core --test conformance`; failures are listed with `RCU_FAILURES=1`.
//!
//! A row is set aside where `domain.md` deliberately differs from the suite; a suite that must do so with more than a
//! tenth of its rows says so. A suite with a floor fails the run when its share falls below it.
#![allow(clippy::unwrap_used)] // a test may stop at what it did not expect

mod address;
mod email;
mod names;
mod pairs;
mod phone;
mod suite;
mod values;

fn main() {
    if suite::shared().is_none() {
        println!("conformance: SKIPPED, the shared suites are not beside this checkout");
        return;
    }
    let suites: Vec<suite::Suite> = [
        phone::suites(),
        email::suites(),
        names::suites(),
        pairs::suites(),
        address::suites(),
        values::suites(),
    ]
    .into_iter()
    .flatten()
    .collect();
    println!(
        "{:<44} {:>7} {:>7} {:>6} {:>6} {:>8}  target",
        "suite", "cases", "right", "wrong", "aside", "share"
    );
    for s in &suites {
        let share = share(s);
        let aside = s.set_aside.len();
        println!(
            "{:<44} {:>7} {:>7} {:>6} {aside:>6} {share:>7.2}%  {}",
            s.name, s.cases, s.right, s.wrong, s.target
        );
        let mut lines: Vec<&str> = s.set_aside.iter().map(|(_, line)| *line).collect();
        lines.sort_unstable();
        for same in lines.chunk_by(|a, b| a == b) {
            println!("    {:>5} set aside: {}", same.len(), same[0]);
        }
        if aside * 10 > s.cases {
            println!("    {:.1} % of the rows are set aside", aside as f64 * 100.0 / s.cases as f64);
        }
        s.notes.iter().for_each(|note| println!("    {note}"));
        if std::env::var_os("RCU_FAILURES").is_some() {
            s.failures.iter().for_each(|f| println!("    wrong: {f}"));
        }
    }
    let low: Vec<&str> =
        suites.iter().filter(|s| floor(s.target).is_some_and(|f| share(s) < f)).map(|s| s.name).collect();
    assert!(low.is_empty(), "below their target: {}", low.join(", "));
}

/// Share of right answers among the rows not set aside, in per cent.
fn share(s: &suite::Suite) -> f64 {
    s.right as f64 * 100.0 / (s.right + s.wrong).max(1) as f64
}

/// The share that a target asks for (`>= 98 %`, `100 %`); none for suites that are only reported.
fn floor(target: &str) -> Option<f64> {
    let number = target.split_once(">= ").map_or(target, |(_, n)| n);
    number.split_once(" %")?.0.parse().ok()
}
