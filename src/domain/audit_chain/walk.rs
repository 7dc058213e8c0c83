//! The walk along the chains of one node, entry by entry in the order of their sequence. It keeps one tip
//! for each chain and nothing else.

use std::collections::BTreeMap;

use super::{BEGINNING, ChainPlace, ChainTip, ChainedEntry, Link, UNLINKED, link};
use crate::base::clock::Timestamp;

/// What is wrong at one entry, or at the place where it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainFault {
    /// A column says something else than the canonical bytes, `canonical` where these are unreadable.
    Altered(&'static str),
    /// The canonical bytes, or the link, are not those that were chained.
    Changed,
    /// Entries that stood before this one in its chain are gone.
    Removed {
        /// How many.
        count: i64,
    },
    /// Another entry has this one's place in its chain, or it stands at another's: it was put in or moved.
    OutOfPlace,
    /// It belongs to no chain, and was not there when the chains began.
    Unlinked,
    /// It is gone, although a head was signed over it.
    Missing {
        /// When the head was signed.
        signed_at: Timestamp,
    },
    /// A head was signed over another one than this.
    NotAsSigned {
        /// When the head was signed.
        signed_at: Timestamp,
    },
}

/// A tip, with the hash that its last entry should have had where that was changed: the next entry may
/// stand behind either.
#[derive(Debug, Clone, Copy)]
struct Reached {
    tip: ChainTip,
    computed: Link,
}

/// The walk along one node.
#[derive(Debug, Default)]
pub struct NodeWalk {
    reached: BTreeMap<i64, Reached>,
    /// How many entries without a link a head speaks for.
    signed_unlinked: i64,
}

impl NodeWalk {
    /// The sequence after which entries of the chain of `entry` are lacking before it. Whoever reads while
    /// others write reads them again from there: they may have been committed since.
    #[must_use]
    pub fn gap_before(&self, entry: &ChainedEntry) -> Option<i64> {
        let place = entry.place.filter(|_| entry.link.is_some())?;
        let (number, sequence) = self
            .reached_of(place.chain)
            .map_or((0, place.chain.saturating_sub(1)), |reached| (reached.tip.place.number, reached.tip.sequence));
        (place.number > number.saturating_add(1)).then_some(sequence)
    }

    /// Whether an entry is the next one of its chain.
    #[must_use]
    pub fn is_continued_by(&self, entry: &ChainedEntry) -> bool {
        let Some(place) = entry.place.filter(|_| entry.link.is_some()) else { return false };
        self.gap_before(entry).is_none()
            && self.reached_of(place.chain).is_none_or(|reached| place.number > reached.tip.place.number)
    }

    /// Takes the next entry and says what is wrong with it.
    pub fn take(&mut self, entry: &ChainedEntry) -> Vec<ChainFault> {
        let mut faults: Vec<_> = entry.altered.map(ChainFault::Altered).into_iter().collect();
        match (entry.place, entry.link) {
            _ if entry.altered == Some("canonical") => {}
            (Some(place), Some(kept)) => faults.extend(self.take_linked(entry, place, kept)),
            (None, None) => self.take_unlinked(entry),
            (Some(_), None) | (None, Some(_)) => faults.push(ChainFault::Changed),
        }
        faults
    }

    fn take_linked(&mut self, entry: &ChainedEntry, place: ChainPlace, kept: Link) -> Option<ChainFault> {
        let before = self.reached_of(place.chain);
        let expected = before.map_or(1, |reached| reached.tip.place.number.saturating_add(1));
        let begins_elsewhere = place.number == 1 && place.chain != entry.sequence;
        let goes_back = before.is_some_and(|reached| entry.sequence <= reached.tip.sequence);
        if place.chain <= UNLINKED || place.number < expected || begins_elsewhere || goes_back {
            return Some(ChainFault::OutOfPlace);
        }
        let tip = ChainTip { place, sequence: entry.sequence, link: kept };
        if place.number > expected {
            self.reached.insert(place.chain, Reached { tip, computed: kept });
            return Some(ChainFault::Removed { count: place.number - expected });
        }
        let previous = before.map_or([BEGINNING; 2], |reached| [reached.tip.link, reached.computed]);
        let fits = previous.iter().any(|previous| link(previous, &entry.canonical) == kept);
        let computed = if fits { kept } else { link(&previous[1], &entry.canonical) };
        self.reached.insert(place.chain, Reached { tip, computed });
        (!fits).then_some(ChainFault::Changed)
    }

    /// Entries without a link stand in one chain, whose hashes are made on the way.
    fn take_unlinked(&mut self, entry: &ChainedEntry) {
        let before = self.reached_of(UNLINKED);
        let (number, previous) = before.map_or((0, BEGINNING), |reached| (reached.tip.place.number, reached.tip.link));
        let computed = link(&previous, &entry.canonical);
        let place = ChainPlace { chain: UNLINKED, number: number.saturating_add(1) };
        let tip = ChainTip { place, sequence: entry.sequence, link: computed };
        self.reached.insert(UNLINKED, Reached { tip, computed });
    }

    /// Holds what a head says of the entry that was just taken, or that should have come by now, to the walk.
    pub fn hold(
        &mut self,
        signed: &ChainTip,
        signed_at: Timestamp,
        found: Option<&ChainedEntry>,
    ) -> Option<ChainFault> {
        let Some(entry) = found else { return Some(ChainFault::Missing { signed_at }) };
        let agrees = if signed.place.chain == UNLINKED {
            self.signed_unlinked = self.signed_unlinked.max(signed.place.number);
            self.unlinked() == Some(*signed)
        } else {
            entry.place == Some(signed.place) && entry.link == Some(signed.link)
        };
        (!agrees).then_some(ChainFault::NotAsSigned { signed_at })
    }

    /// The tip of the entries without a link, where there are any.
    #[must_use]
    pub fn unlinked(&self) -> Option<ChainTip> {
        self.reached_of(UNLINKED).map(|reached| reached.tip)
    }

    /// The last entry without a link that no head speaks for.
    #[must_use]
    pub fn stray(&self) -> Option<i64> {
        self.unlinked().filter(|tip| tip.place.number > self.signed_unlinked).map(|tip| tip.sequence)
    }

    fn reached_of(&self, chain: i64) -> Option<Reached> {
        self.reached.get(&chain).copied()
    }
}

#[cfg(test)]
mod tests;
