//! One table with every shared suite: cases, right, wrong, set aside, share. Run with
//! `cargo test -p rcu-core --test conformance -- --nocapture`; failures are listed with `RCU_FAILURES=1`.

mod address;
mod suite;

fn main() {
    if suite::shared().is_none() {
        println!("conformance: SKIPPED, the shared suites are not beside this checkout");
        return;
    }
    let suites: Vec<suite::Suite> = address::suites();
    println!(
        "{:<44} {:>6} {:>6} {:>6} {:>6} {:>7}  target",
        "suite", "cases", "right", "wrong", "aside", "share"
    );
    for s in &suites {
        let share = s.right as f64 * 100.0 / (s.right + s.wrong).max(1) as f64;
        println!(
            "{:<44} {:>6} {:>6} {:>6} {:>6} {:>6.1}%  {}",
            s.name,
            s.cases,
            s.right,
            s.wrong,
            s.set_aside.len(),
            share,
            s.target
        );
        let mut lines: Vec<&str> = s.set_aside.iter().map(|(_, line)| *line).collect();
        lines.sort_unstable();
        lines.dedup();
        for line in lines {
            println!("    set aside: {line}");
        }
        if std::env::var_os("RCU_FAILURES").is_some() {
            for failure in &s.failures {
                println!("    {failure}");
            }
        }
    }
}
