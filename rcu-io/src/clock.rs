//! What day it is: the core has no clock.

use rcu_core::time::{Day, paris_offset_seconds};

/// Today in Paris, by this machine's clock.
pub fn today() -> Day {
    let seconds = now();
    Day((seconds + paris_offset_seconds(seconds)).div_euclid(86_400) as i32)
}

/// This moment, in seconds since 1970-01-01T00:00:00Z, by this machine's clock.
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}
