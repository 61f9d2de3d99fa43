#![no_main]

use libfuzzer_sys::fuzz_target;
use rcu_core::normalize::Context;
use rcu_fuzz::checks;
use std::sync::LazyLock;

static CONTEXTS: LazyLock<Vec<Context>> = LazyLock::new(checks::contexts);

// France, and one other region in turn: all of them would make a run ten times as long.
fuzz_target!(|text: &str| {
    let at = 1 + text.len() % (CONTEXTS.len() - 1);
    checks::normalize(text, &CONTEXTS[..1]);
    checks::normalize(text, &CONTEXTS[at..=at]);
});
