//! What a party of the demo keeps in memory under a random handle: sessions, and questions that wait
//! for their answer. Bounded in number and in time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::base::random::{Random, new_handle};

/// The most things on one shelf; above it the one that ends first makes room.
pub const MAX_KEPT: usize = 10_000;

/// Keeps things for a while, each under a handle of 256 random bits.
#[derive(Debug)]
pub struct Shelf<T> {
    kept: Mutex<HashMap<String, Kept<T>>>,
    life: Duration,
}

#[derive(Debug)]
struct Kept<T> {
    ends: Timestamp,
    thing: T,
}

impl<T: Clone> Shelf<T> {
    /// An empty shelf whose things stay for `life`.
    #[must_use]
    pub fn new(life: Duration) -> Self {
        Self { kept: Mutex::new(HashMap::new()), life }
    }

    /// Keeps `thing` and names it.
    pub fn put(&self, thing: T, now: Timestamp, random: &dyn Random) -> String {
        let handle = new_handle(random);
        let mut kept = self.lock();
        if kept.len() >= MAX_KEPT {
            kept.retain(|_, kept| now < kept.ends);
        }
        if kept.len() >= MAX_KEPT {
            let first = kept.iter().min_by_key(|(_, kept)| kept.ends).map(|(handle, _)| handle.clone());
            first.and_then(|handle| kept.remove(&handle));
        }
        kept.insert(handle.clone(), Kept { ends: now.plus(self.life), thing });
        handle
    }

    /// What is kept under `handle`.
    pub fn find(&self, handle: &str, now: Timestamp) -> Option<T> {
        self.lock().get(handle).filter(|kept| now < kept.ends).map(|kept| kept.thing.clone())
    }

    /// What is kept under `handle`, once.
    pub fn take(&self, handle: &str, now: Timestamp) -> Option<T> {
        self.lock().remove(handle).filter(|kept| now < kept.ends).map(|kept| kept.thing)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Kept<T>>> {
        // Nothing here panics while it holds the lock, so a poisoned one is whole.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemRandom;

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

    #[test]
    fn a_thing_is_taken_once_and_ends_in_time() {
        let shelf = Shelf::new(Duration::from_secs(10));
        let handle = shelf.put("thing", NOW, &SystemRandom);
        assert_eq!(shelf.find(&handle, NOW.plus(Duration::from_micros(9_999_999))), Some("thing"));
        assert_eq!(shelf.find(&handle, NOW.plus(Duration::from_secs(10))), None);
        assert_eq!(shelf.find("another", NOW), None);
        assert_eq!(shelf.take(&handle, NOW), Some("thing"));
        assert_eq!(shelf.take(&handle, NOW), None);
    }

    #[test]
    fn a_full_shelf_lets_the_oldest_go() {
        let shelf = Shelf::new(Duration::from_secs(10));
        let first = shelf.put(0, NOW.minus(Duration::from_secs(1)), &SystemRandom);
        for number in 1..MAX_KEPT {
            shelf.put(number, NOW, &SystemRandom);
        }
        assert_eq!(shelf.find(&first, NOW), Some(0));
        let last = shelf.put(MAX_KEPT, NOW, &SystemRandom);
        assert_eq!(shelf.find(&first, NOW), None);
        assert_eq!(shelf.find(&last, NOW), Some(MAX_KEPT));
    }
}
