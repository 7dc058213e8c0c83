//! The chains that this process writes in. A unit that audits takes a free chain, or begins one, and holds
//! it until it has ended. So the hash of the entry before is always that of a committed entry or of one of
//! the unit's own, units do not wait for one another, and no statement is spent on it. A chain whose commit
//! did not answer is left for good: nobody knows where it ends.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::handle::Node;
use crate::domain::audit_chain::{BEGINNING, ChainPlace, ChainTip, link};

/// The chains of a process.
#[derive(Debug, Default)]
pub(super) struct Chains {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Those that no unit holds, the one that was used last at the end.
    free: Vec<ChainTip>,
    /// Committed tips that no head speaks for, by chain.
    without_head: BTreeMap<i64, ChainTip>,
}

impl Chains {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Committed tips that no head speaks for.
    pub(super) fn without_head(&self) -> Vec<ChainTip> {
        self.state().without_head.values().copied().collect()
    }

    /// Notes that heads speak for these tips; a chain that has gone on since needs another one.
    pub(super) fn have_heads(&self, tips: &[ChainTip]) {
        let mut state = self.state();
        for tip in tips {
            if state.without_head.get(&tip.place.chain) == Some(tip) {
                state.without_head.remove(&tip.place.chain);
            }
        }
    }
}

/// A chain in the hands of one unit. Dropped, it is free again as it was before.
#[derive(Debug)]
pub(super) struct Held {
    node: Arc<Node>,
    before: Option<ChainTip>,
    now: Option<ChainTip>,
}

impl Held {
    /// Takes a free chain, or one that has yet to begin.
    pub(super) fn take(node: &Arc<Node>) -> Self {
        let before = node.chains.state().free.pop();
        Self { node: Arc::clone(node), before, now: before }
    }

    /// The place of an entry with this sequence.
    pub(super) fn next_place(&self, sequence: i64) -> ChainPlace {
        self.now.map_or(ChainPlace { chain: sequence, number: 1 }, |tip| ChainPlace {
            chain: tip.place.chain,
            number: tip.place.number + 1,
        })
    }

    /// Goes on to an entry and says its hash.
    pub(super) fn add(&mut self, place: ChainPlace, sequence: i64, canonical: &[u8]) -> [u8; 32] {
        let previous = self.now.map_or(BEGINNING, |tip| tip.link);
        let link = link(&previous, canonical);
        self.now = Some(ChainTip { place, sequence, link });
        link
    }

    /// Lets go before the commit; what comes back is to be kept only when that has answered.
    pub(super) fn let_go(mut self) -> LetGo {
        self.before = None;
        LetGo { node: Arc::clone(&self.node), tip: self.now.take() }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(tip) = self.before {
            self.node.chains.state().free.push(tip);
        }
    }
}

/// A chain whose unit is being committed.
#[derive(Debug)]
pub(super) struct LetGo {
    node: Arc<Node>,
    tip: Option<ChainTip>,
}

impl LetGo {
    /// The commit has answered: the chain is free for the next unit.
    pub(super) fn committed(self) {
        if let Some(tip) = self.tip {
            let mut state = self.node.chains.state();
            state.free.push(tip);
            state.without_head.insert(tip.place.chain, tip);
        }
    }
}
