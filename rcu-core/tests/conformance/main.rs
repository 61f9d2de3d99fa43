//! One table with every shared suite: cases, right, wrong, set aside, share. Run with
//! `cargo test -p rcu-core --test conformance -- --nocapture`; failures are listed with `RCU_FAILURES=1`.

mod suite;
mod values;

fn main() {
    if suite::shared().is_none() {
        println!("conformance: SKIPPED, the shared suites are not beside this checkout");
        return;
    }
    for s in values::suites() {
        let share = 100.0 * s.right as f64 / (s.right + s.wrong).max(1) as f64;
        println!(
            "{:28} {:18} {:5} {:5} {:5} {:4} {share:6.2} %",
            s.name,
            s.target,
            s.cases,
            s.right,
            s.wrong,
            s.set_aside.len()
        );
        if std::env::var_os("RCU_FAILURES").is_some() {
            s.set_aside.iter().for_each(|(id, line)| println!("  aside {id} {line}"));
            s.failures.iter().for_each(|f| println!("  wrong {f}"));
        }
    }
}
