//! When an app that could not be told is tried again.

use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// How long after each try that failed comes the next; after the last there is none.
pub const WAITS: [Duration; 5] = [
    Duration::from_secs(MINUTE),
    Duration::from_secs(5 * MINUTE),
    Duration::from_secs(30 * MINUTE),
    Duration::from_secs(2 * HOUR),
    Duration::from_secs(6 * HOUR),
];
/// How often an app is tried: once more than there are waits.
pub const MAX_TRIES: u32 = 6;
/// How long a notice that has been taken up is nobody else's.
pub const LEASE: Duration = Duration::from_secs(2 * MINUTE);
