//! What day it is: the core has no clock.

use rcu_core::time::{Day, paris_offset_seconds};

/// Today in Paris, by this machine's clock.
pub fn today() -> Day {
    let seconds = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(0));
    Day((seconds + paris_offset_seconds(seconds)).div_euclid(86_400) as i32)
}
