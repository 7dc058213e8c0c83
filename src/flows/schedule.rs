//! When what did not arrive is tried again.

use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::base::random::Random;

/// When the next try is due after so many; none where there is none. `waits` says how long after each try that failed
/// comes the next. Up to a tenth sooner, so that what failed together does not stay together.
pub(super) fn after(waits: &[Duration], tries: u32, now: Timestamp, random: &dyn Random) -> Option<Timestamp> {
    let failed = usize::try_from(tries).ok()?.saturating_sub(1);
    let wait = *waits.get(failed)?;
    let mut byte = [0];
    random.fill(&mut byte);
    Some(now.plus(wait - wait * u32::from(byte[0]) / 2560))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const WAITS: [Duration; 3] = [Duration::from_secs(60), Duration::from_secs(300), Duration::from_secs(1_800)];

    struct Byte(u8);

    impl Random for Byte {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn waits_grow_and_end() {
        for (tries, expected) in [(1, Some(60)), (2, Some(300)), (3, Some(1_800))] {
            let expected = expected.map(|seconds| NOW.plus(Duration::from_secs(seconds)));
            assert_eq!(after(&WAITS, tries, NOW, &Byte(0)), expected, "{tries}");
        }
        for tries in [4, 5, u32::MAX] {
            assert_eq!(after(&WAITS, tries, NOW, &Byte(0)), None);
        }
        let sooner = after(&WAITS, 1, NOW, &Byte(255)).unwrap();
        assert!(sooner < NOW.plus(WAITS[0]) && sooner > NOW.plus(WAITS[0] * 9 / 10), "{sooner}");
    }
}
