#![no_main]

use libfuzzer_sys::fuzz_target;
use rcu_fuzz::checks;

fuzz_target!(|text: &str| checks::config(text));
