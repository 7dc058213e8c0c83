//! When documents are read again.

use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::base::random::Random;

/// How often documents are read.
pub const HOURLY: Duration = Duration::from_secs(60 * 60);
/// How soon they are read again at the soonest, whatever they ask for.
pub const SOONEST: Duration = Duration::from_secs(5 * 60);
/// How soon after a failure they are read again; the wait doubles with each, up to an hour.
pub const FIRST_WAIT: Duration = Duration::from_secs(60);
/// How long a reading that has been taken up is nobody else's.
pub const LEASE: Duration = Duration::from_secs(2 * 60);
/// How often a document that an administrator has applied is looked at: only its end can come nearer.
const UNFETCHED: Duration = Duration::from_secs(6 * 60 * 60);

/// When documents are due again after a good reading: in an hour, or as soon as `cacheDuration` asks for it;
/// a document that ends before is read in the middle of what is left.
#[must_use]
pub fn after_reading(
    now: Timestamp,
    cache_duration: Option<Duration>,
    end: Option<Timestamp>,
    random: &dyn Random,
) -> Timestamp {
    let asked = cache_duration.unwrap_or(HOURLY);
    let left = end.map_or(HOURLY, |end| end.since(now) / 2);
    now.plus(jittered(HOURLY.min(asked).min(left).max(SOONEST), random))
}

/// When documents are due again after so many failures in a row.
#[must_use]
pub fn after_failure(now: Timestamp, failures: u32, random: &dyn Random) -> Timestamp {
    let doublings = failures.saturating_sub(1).min(16);
    now.plus(jittered((FIRST_WAIT * 2_u32.pow(doublings)).min(HOURLY), random))
}

/// When a document that is not fetched is looked at again.
#[must_use]
pub fn unfetched(now: Timestamp, random: &dyn Random) -> Timestamp {
    now.plus(jittered(UNFETCHED, random))
}

/// Up to a tenth sooner, so that what began together does not stay together.
fn jittered(wait: Duration, random: &dyn Random) -> Duration {
    let mut byte = [0];
    random.fill(&mut byte);
    wait - wait * u32::from(byte[0]) / 2560
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

    fn minutes(count: u64) -> Duration {
        Duration::from_secs(count * 60)
    }

    #[test]
    fn a_good_reading_is_good_for_an_hour_or_for_less() {
        let check = |cache: Option<u64>, left: Option<u64>, expected: u64| {
            let end = left.map(|left| NOW.plus(minutes(left)));
            let next = after_reading(NOW, cache.map(minutes), end, &Byte(0));
            assert_eq!(next, NOW.plus(minutes(expected)), "{cache:?} {left:?}");
        };
        check(None, None, 60);
        check(Some(24 * 60), None, 60);
        check(Some(20), None, 20);
        check(Some(0), None, 5);
        check(None, Some(24 * 60), 60);
        check(None, Some(60), 30);
        check(None, Some(1), 5);
        check(Some(10), Some(60), 10);
    }

    #[test]
    fn waits_after_failures_double_up_to_an_hour() {
        for (failures, expected) in [(0, 1), (1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (40, 60), (u32::MAX, 60)] {
            assert_eq!(after_failure(NOW, failures, &Byte(0)), NOW.plus(minutes(expected)), "{failures}");
        }
    }

    #[test]
    fn waits_are_up_to_a_tenth_shorter() {
        let next = after_reading(NOW, None, None, &Byte(255));
        assert!(next < NOW.plus(minutes(60)) && next > NOW.plus(minutes(54)), "{next}");
    }
}
