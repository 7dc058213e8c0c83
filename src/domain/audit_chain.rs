//! The audit as chains of hashes: how an entry is linked to the one before, and what a signed head says.
//!
//! A node writes in several chains, as many as it has units that write at the same time: a unit holds one
//! until it has ended, so none waits for another, and what was rolled back leaves no gap. A chain is named
//! by the sequence of its first entry. Start reading at [`link`], then [`walk`].

pub mod walk;

use super::audit::AuditId;
use crate::base::clock::Timestamp;
use crate::base::encoding::sha256;
use crate::keys::signing::KeyId;

/// The hash that an entry has in its chain.
pub type Link = [u8; 32];

/// What stands before the first entry of a chain.
pub const BEGINNING: Link = [0; 32];
/// The chain of what a node wrote before there were chains: its entries have no link of their own.
pub const UNLINKED: i64 = 0;

const LINK_TAG: &[u8] = b"entente audit link 1\0";
const HEAD_TAG: &[u8] = b"entente audit head 1\0";
const HASH_TAG: &[u8] = b"entente audit head hash 1\0";

/// The hash of an entry with these canonical bytes behind one with the hash `previous`.
#[must_use]
pub fn link(previous: &Link, canonical: &[u8]) -> Link {
    sha256(&[LINK_TAG, previous, canonical].concat())
}

/// Where an entry stands among those of its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainPlace {
    /// Its chain: the sequence of that chain's first entry.
    pub chain: i64,
    /// Its number there, without gaps from 1.
    pub number: i64,
}

/// How far a chain has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainTip {
    /// The place of its last entry.
    pub place: ChainPlace,
    /// The sequence of that entry.
    pub sequence: i64,
    /// Its hash.
    pub link: Link,
}

/// An entry as a walk along the chains reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainedEntry {
    /// Its row.
    pub id: AuditId,
    /// Its number among all that its node wrote.
    pub sequence: i64,
    /// Its place by its canonical bytes; absent in entries from before there were chains.
    pub place: Option<ChainPlace>,
    /// Its hash as it is kept.
    pub link: Option<Link>,
    /// Its canonical bytes.
    pub canonical: Vec<u8>,
    /// The first column that does not say what the bytes say; `canonical` where they say nothing.
    pub altered: Option<&'static str>,
}

/// What a head says: that a chain had come so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadStatement {
    /// Its number among all heads of the installation, without gaps from 1.
    pub serial: i64,
    /// The node.
    pub node: String,
    /// How far one of its chains had come.
    pub tip: ChainTip,
    /// When it was signed.
    pub at: Timestamp,
    /// The hash of the head before, [`BEGINNING`] for the first.
    pub previous: [u8; 32],
}

impl HeadStatement {
    /// What is signed: each number in eight bytes, the name of the node with its length last.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let ChainTip { place, sequence, link } = self.tip;
        let mut bytes = HEAD_TAG.to_vec();
        for number in [self.serial, place.chain, place.number, sequence, self.at.micros()] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend(link);
        bytes.extend(self.previous);
        bytes.extend((self.node.len() as u64).to_be_bytes());
        bytes.extend(self.node.as_bytes());
        bytes
    }

    /// What the next head names as the one before.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        sha256(&[HASH_TAG, &self.bytes()].concat())
    }
}

/// A head as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    /// What it says.
    pub statement: HeadStatement,
    /// The key that signed.
    pub key: KeyId,
    /// The signature over [`HeadStatement::bytes`], ECDSA on P-256 with SHA-256.
    pub signature: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement() -> HeadStatement {
        HeadStatement {
            serial: 1,
            node: "one".to_owned(),
            tip: ChainTip { place: ChainPlace { chain: 2, number: 3 }, sequence: 4, link: [5; 32] },
            at: Timestamp::from_seconds(6),
            previous: [7; 32],
        }
    }

    #[test]
    fn a_link_depends_on_both_of_its_parts() {
        assert_eq!(link(&BEGINNING, b"entry"), link(&BEGINNING, b"entry"));
        assert_ne!(link(&BEGINNING, b"entry"), link(&BEGINNING, b"entry "));
        assert_ne!(link(&BEGINNING, b"entry"), link(&[1; 32], b"entry"));
    }

    #[test]
    fn every_field_of_a_head_is_in_what_is_signed() {
        let with = |change: fn(&mut HeadStatement)| {
            let mut changed = statement();
            change(&mut changed);
            changed
        };
        let all = [
            statement(),
            with(|head| head.serial += 1),
            with(|head| head.node.push('x')),
            with(|head| head.tip.place.chain += 1),
            with(|head| head.tip.place.number += 1),
            with(|head| head.tip.sequence += 1),
            with(|head| head.tip.link[31] ^= 1),
            with(|head| head.at = Timestamp::from_micros(head.at.micros() + 1)),
            with(|head| head.previous[0] ^= 1),
        ];
        let bytes: std::collections::BTreeSet<_> = all.iter().map(HeadStatement::bytes).collect();
        let hashes: std::collections::BTreeSet<_> = all.iter().map(HeadStatement::hash).collect();
        assert_eq!((bytes.len(), hashes.len()), (all.len(), all.len()));
    }
}
