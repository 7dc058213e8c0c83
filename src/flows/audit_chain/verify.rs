//! Verifying the audit, in memory that does not grow with it: first the heads in the order of their
//! serials, then node by node the entries, with the heads that speak for them. Others may write meanwhile.

use uuid::Uuid;

use super::PAGE;
use super::heads::ALGORITHM;
use crate::domain::audit::AuditId;
use crate::domain::audit_chain::walk::{ChainFault, NodeWalk};
use crate::domain::audit_chain::{AuditHead, BEGINNING, ChainedEntry, UNLINKED};
use crate::domain::store::StoreError;
use crate::domain::store::audit_chain::Stretch;
use crate::flows::services::Services;
use crate::keys::ring::KeyPurpose;

/// How many faults are told one by one.
const MAX_TOLD: usize = 100;

/// What is wrong with a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadFault {
    /// Its signature is none of a key of ours for heads.
    NotSigned,
    /// Heads before it are gone.
    Removed {
        /// How many.
        count: i64,
    },
    /// The head before it is another one.
    OutOfPlace,
    /// It was kept elsewhere, and is not here any more or another one is.
    NotKept,
}

/// Something wrong, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// At an entry.
    Entry {
        /// The node that wrote it.
        node: String,
        /// Its sequence.
        sequence: i64,
        /// What.
        fault: ChainFault,
    },
    /// At a head.
    Head {
        /// Its serial.
        serial: i64,
        /// The node of which it speaks.
        node: String,
        /// The sequence of which it speaks.
        sequence: i64,
        /// What.
        fault: HeadFault,
    },
    /// There are entries and not one head.
    NoHeads,
}

/// What a verification has seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Entries.
    pub entries: u64,
    /// Nodes.
    pub nodes: u64,
    /// Heads.
    pub heads: u64,
    /// How many faults there are.
    pub faults: u64,
    /// The first hundred of them.
    pub told: Vec<Fault>,
}

impl Verified {
    fn add(&mut self, fault: Fault) {
        self.faults += 1;
        if self.told.len() < MAX_TOLD {
            self.told.push(fault);
        }
    }

    fn entry(&mut self, node: &str, sequence: i64, fault: ChainFault) {
        self.add(Fault::Entry { node: node.to_owned(), sequence, fault });
    }

    fn head(&mut self, head: &AuditHead, fault: HeadFault) {
        let statement = &head.statement;
        let (node, sequence) = (statement.node.clone(), statement.tip.sequence);
        self.add(Fault::Head { serial: statement.serial, node, sequence, fault });
    }
}

/// Verifies everything.
///
/// # Errors
/// [`StoreError`].
pub async fn verify(services: &Services) -> Result<Verified, StoreError> {
    let mut verified = Verified::default();
    verify_heads(services, &mut verified).await?;
    // A node without a name is none of ours, and would else stand before the first.
    let mut node = String::new();
    loop {
        Walker::start(services, &node, &mut verified).run().await?;
        match services.store.audit_node_after(&node).await? {
            Some(next) => node = next,
            None => break,
        }
    }
    if verified.heads == 0 && verified.entries > 0 {
        verified.add(Fault::NoHeads);
    }
    Ok(verified)
}

async fn verify_heads(services: &Services, verified: &mut Verified) -> Result<(), StoreError> {
    let (mut serial, mut hash) = (0, BEGINNING);
    loop {
        let page = services.store.audit_heads(serial, PAGE).await?;
        if page.is_empty() {
            return Ok(());
        }
        for head in page {
            let statement = &head.statement;
            verified.heads += 1;
            if !is_signed(services, &head) {
                verified.head(&head, HeadFault::NotSigned);
            }
            if statement.serial != serial + 1 {
                verified.head(&head, HeadFault::Removed { count: statement.serial - serial - 1 });
            } else if statement.previous != hash {
                verified.head(&head, HeadFault::OutOfPlace);
            }
            (serial, hash) = (statement.serial, statement.hash());
        }
    }
}

fn is_signed(services: &Services, head: &AuditHead) -> bool {
    services
        .keys
        .by_id(head.key)
        .filter(|key| key.purpose == KeyPurpose::Audit)
        .is_some_and(|key| key.public.has_signed(ALGORITHM, &head.statement.bytes(), &head.signature))
}

/// Holds a head that was kept elsewhere against what is here.
///
/// # Errors
/// [`StoreError`].
pub async fn against(services: &Services, kept: &AuditHead, verified: &mut Verified) -> Result<(), StoreError> {
    if !is_signed(services, kept) {
        verified.head(kept, HeadFault::NotSigned);
        return Ok(());
    }
    let statement = &kept.statement;
    let here = services.store.audit_heads(statement.serial.saturating_sub(1), 1).await?;
    if here.first().is_none_or(|head| head.statement != *statement) {
        verified.head(kept, HeadFault::NotKept);
    }
    if statement.tip.place.chain == UNLINKED {
        // The whole walk holds what was written before there were chains to the head that is here.
        return Ok(());
    }
    let found = entry_at(services, &statement.node, statement.tip.sequence).await?;
    if let Some(fault) = NodeWalk::default().hold(&statement.tip, statement.at, found.as_ref()) {
        verified.entry(&statement.node, statement.tip.sequence, fault);
    }
    Ok(())
}

async fn entry_at(services: &Services, node: &str, sequence: i64) -> Result<Option<ChainedEntry>, StoreError> {
    let after = (sequence, AuditId::from_uuid(Uuid::nil()));
    let stretch = Stretch { node, after, until: sequence, limit: 1 };
    Ok(services.store.chained_entries(stretch).await?.pop())
}

/// Walks along one node.
struct Walker<'a> {
    services: &'a Services,
    node: &'a str,
    walk: NodeWalk,
    heads: Vec<AuditHead>,
    /// The head behind which the next page begins, and whether there may be one.
    heads_after: Option<(i64, i64)>,
    verified: &'a mut Verified,
}

impl<'a> Walker<'a> {
    fn start(services: &'a Services, node: &'a str, verified: &'a mut Verified) -> Self {
        let heads_after = Some((i64::MIN, i64::MIN));
        Self { services, node, walk: NodeWalk::default(), heads: Vec::new(), heads_after, verified }
    }

    async fn run(mut self) -> Result<(), StoreError> {
        let mut after = (i64::MIN, AuditId::from_uuid(Uuid::nil()));
        let mut is_empty = true;
        loop {
            // Before the entries: whatever these heads speak of was committed before them.
            self.read_heads().await?;
            let stretch = Stretch { node: self.node, after, until: i64::MAX, limit: PAGE };
            let page = self.services.store.chained_entries(stretch).await?;
            let Some(last) = page.last() else { break };
            after = (last.sequence, last.id);
            is_empty = false;
            for entry in &page {
                self.hold_passed(entry.sequence).await?;
                if let Some(from) = self.walk.gap_before(entry) {
                    self.fill(from, entry).await?;
                }
                self.take(entry);
                self.hold_here(entry).await?;
            }
        }
        self.hold_passed(i64::MAX).await?;
        if let Some(sequence) = self.walk.stray() {
            self.verified.entry(self.node, sequence, ChainFault::Unlinked);
        }
        self.verified.nodes += u64::from(!is_empty);
        Ok(())
    }

    fn take(&mut self, entry: &ChainedEntry) {
        self.verified.entries += 1;
        for fault in self.walk.take(entry) {
            self.verified.entry(self.node, entry.sequence, fault);
        }
    }

    /// Takes what was committed in the chain of `entry` while its stretch had been read already.
    async fn fill(&mut self, from: i64, entry: &ChainedEntry) -> Result<(), StoreError> {
        let chain = entry.place.map(|place| place.chain);
        let mut after = (from, AuditId::from_uuid(Uuid::max()));
        loop {
            let stretch = Stretch { node: self.node, after, until: entry.sequence.saturating_sub(1), limit: PAGE };
            let page = self.services.store.chained_entries(stretch).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = (last.sequence, last.id);
            for late in page.iter().filter(|late| late.place.map(|place| place.chain) == chain) {
                if self.walk.is_continued_by(late) {
                    self.take(late);
                }
            }
        }
    }

    async fn read_heads(&mut self) -> Result<(), StoreError> {
        let Some(after) = self.heads_after.filter(|_| self.heads.is_empty()) else { return Ok(()) };
        let mut page = self.services.store.audit_heads_of(self.node, after, PAGE).await?;
        self.heads_after = page.last().map(|head| (head.statement.tip.sequence, head.statement.serial));
        page.reverse();
        self.heads = page;
        Ok(())
    }

    async fn next_head_until(&mut self, sequence: i64) -> Result<Option<AuditHead>, StoreError> {
        self.read_heads().await?;
        Ok(self.heads.pop_if(|head| head.statement.tip.sequence <= sequence))
    }

    /// Heads whose entry was not read where it should have been: it is gone, or came late.
    async fn hold_passed(&mut self, sequence: i64) -> Result<(), StoreError> {
        while let Some(head) = self.next_head_until(sequence.saturating_sub(1)).await? {
            let tip = &head.statement.tip;
            let found = entry_at(self.services, self.node, tip.sequence).await?;
            if let Some(fault) = self.walk.hold(tip, head.statement.at, found.as_ref()) {
                self.verified.entry(self.node, tip.sequence, fault);
            }
        }
        Ok(())
    }

    /// Heads that speak of the entry which was just taken.
    async fn hold_here(&mut self, entry: &ChainedEntry) -> Result<(), StoreError> {
        while let Some(head) = self.next_head_until(entry.sequence).await? {
            if let Some(fault) = self.walk.hold(&head.statement.tip, head.statement.at, Some(entry)) {
                self.verified.entry(self.node, entry.sequence, fault);
            }
        }
        Ok(())
    }
}
