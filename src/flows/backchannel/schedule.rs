//! When an app that could not be told is tried again.

use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::base::random::Random;

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
/// How often an app is tried.
pub const MAX_TRIES: u32 = 6;
/// How long a notice that has been taken up is nobody else's.
pub const LEASE: Duration = Duration::from_secs(2 * MINUTE);

/// When the next try is due after so many; none where there is none. Up to a tenth sooner, so that what failed
/// together does not stay together.
pub(super) fn after(tries: u32, now: Timestamp, random: &dyn Random) -> Option<Timestamp> {
    let failed = usize::try_from(tries).ok()?.saturating_sub(1);
    let wait = *WAITS.get(failed)?;
    let mut byte = [0];
    random.fill(&mut byte);
    Some(now.plus(wait - wait * u32::from(byte[0]) / 2560))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    struct Byte(u8);

    impl Random for Byte {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn waits_grow_and_end() {
        for (tries, expected) in [(1, Some(60)), (2, Some(300)), (3, Some(1_800)), (4, Some(7_200)), (5, Some(21_600))]
        {
            let expected = expected.map(|seconds| NOW.plus(Duration::from_secs(seconds)));
            assert_eq!(after(tries, NOW, &Byte(0)), expected, "{tries}");
        }
        for tries in [MAX_TRIES, MAX_TRIES + 1, u32::MAX] {
            assert_eq!(after(tries, NOW, &Byte(0)), None);
        }
        let sooner = after(1, NOW, &Byte(255)).unwrap();
        assert!(sooner < NOW.plus(WAITS[0]) && sooner > NOW.plus(WAITS[0] * 9 / 10), "{sooner}");
    }
}
