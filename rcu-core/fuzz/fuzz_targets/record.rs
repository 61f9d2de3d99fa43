#![no_main]

use libfuzzer_sys::fuzz_target;
use rcu_core::normalize::Context;
use rcu_fuzz::checks;
use std::sync::LazyLock;

static CONTEXTS: LazyLock<Vec<Context>> = LazyLock::new(checks::contexts);

fuzz_target!(|text: &str| CONTEXTS.iter().take(2).for_each(|cx| checks::record(text, cx)));
