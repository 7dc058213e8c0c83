//! From a value to the policies that include or exclude it.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use super::bits::{self, Sparse};
use super::scope::{Include, Scope};

/// The policies that include and exclude what the facts say of one condition.
pub(crate) struct Marks<'m> {
    /// Including.
    pub(crate) include: &'m mut [u64],
    /// Excluding.
    pub(crate) exclude: &'m mut [u64],
}

#[derive(Debug, Default)]
struct Row {
    include: Sparse,
    exclude: Sparse,
}

/// One condition of all policies.
#[derive(Debug)]
pub(crate) struct Keyed<K> {
    rows: HashMap<K, Row>,
    all: Vec<u64>,
    listing: Vec<u64>,
    restricting: Vec<u64>,
}

impl<K: Hash + Eq + Clone> Keyed<K> {
    /// The index of the scopes of policies, in their order.
    pub(crate) fn build<'s>(scopes: impl ExactSizeIterator<Item = &'s Scope<K>>) -> Self
    where
        K: 's,
    {
        let empty = || vec![0; bits::words(scopes.len())];
        let mut index = Self { rows: HashMap::new(), all: empty(), listing: empty(), restricting: empty() };
        for (policy, scope) in scopes.enumerate() {
            match &scope.include {
                Include::All => bits::set(&mut index.all, policy),
                Include::Listed(keys) => {
                    for key in keys {
                        index.rows.entry(key.clone()).or_default().include.push(policy);
                        bits::set(&mut index.listing, policy);
                    }
                }
            }
            for key in &scope.exclude {
                index.rows.entry(key.clone()).or_default().exclude.push(policy);
            }
            if !scope.is_everything() {
                bits::set(&mut index.restricting, policy);
            }
        }
        index
    }

    /// Marks the policies that include everything, which no fact is needed for.
    pub(crate) fn mark_all(&self, marks: &mut Marks<'_>) {
        bits::add(marks.include, &self.all);
    }

    /// Marks by a value that is known to hold.
    pub(crate) fn mark(&self, key: &K, marks: &mut Marks<'_>) {
        self.mark_by(key, marks);
    }

    /// Marks by the borrowed form of a value that is known to hold.
    pub(crate) fn mark_by<Q: Hash + Eq + ?Sized>(&self, key: &Q, marks: &mut Marks<'_>)
    where
        K: Borrow<Q>,
    {
        if let Some(row) = self.rows.get(key) {
            row.include.add_to(marks.include);
            row.exclude.add_to(marks.exclude);
        }
    }

    /// Marks by values that are known to hold.
    pub(crate) fn mark_each<'k>(&self, keys: impl Iterator<Item = &'k K>, marks: &mut Marks<'_>)
    where
        K: 'k,
    {
        if !self.rows.is_empty() {
            keys.for_each(|key| self.mark(key, marks));
        }
    }

    /// Marks where nothing is known: every policy that includes any value, none that excludes one.
    pub(crate) fn mark_unknown(&self, marks: &mut Marks<'_>) {
        bits::add(marks.include, &self.listing);
    }

    /// Marks by values that may hold: they include and never exclude.
    pub(crate) fn mark_possible(&self, is_possible: impl Fn(&K) -> bool, marks: &mut Marks<'_>) {
        for (_, row) in self.rows.iter().filter(|(key, _)| is_possible(key)) {
            row.include.add_to(marks.include);
        }
    }

    /// The policies that this condition restricts in any way.
    pub(crate) fn restricting(&self) -> &[u64] {
        &self.restricting
    }
}
