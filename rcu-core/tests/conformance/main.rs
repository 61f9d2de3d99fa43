//! One table with every shared suite: cases, right, wrong, set aside, share. Run with
//! `cargo test -p rcu-core --test conformance -- --nocapture`; failures are listed with `RCU_FAILURES=1`.

mod suite;

fn main() {
    if suite::shared().is_none() {
        println!("conformance: SKIPPED, the shared suites are not beside this checkout");
    }
}
