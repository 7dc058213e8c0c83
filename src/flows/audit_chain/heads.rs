//! Heads: how far each chain had come, signed. What is cut off behind the last head is not found, so they
//! are signed often, and may be kept elsewhere.

use uuid::Uuid;

use super::PAGE;
use crate::domain::audit::AuditId;
use crate::domain::audit_chain::walk::NodeWalk;
use crate::domain::audit_chain::{AuditHead, BEGINNING, ChainTip, HeadStatement};
use crate::domain::store::StoreError;
use crate::domain::store::audit_chain::Stretch;
use crate::flows::services::Services;
use crate::keys::ring::KeyPurpose;
use crate::keys::signing::{SignError, SignatureAlgorithm};

/// How heads are signed.
pub const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::EcdsaP256Sha256;
/// How often nodes that sign at once may trip over one another.
const MAX_TRIES: u32 = 16;

/// Why no head was signed.
#[derive(Debug, thiserror::Error)]
pub enum HeadError {
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key could not.
    #[error("heads of the audit cannot be signed: {0}")]
    Sign(#[from] SignError),
}

/// Signs a head for each chain of this process that has gone on since its last one, and says how many.
///
/// # Errors
/// [`HeadError`]; the next call signs then.
pub async fn sign(services: &Services) -> Result<usize, HeadError> {
    let tips = services.store.tips_without_head();
    let node = services.store.audit_node();
    let spoken_for: Vec<_> = tips.iter().map(|tip| (node.to_owned(), *tip)).collect();
    let mut tries = 0;
    loop {
        tries += 1;
        match write(services, &spoken_for).await {
            Ok(()) => break,
            Err(HeadError::Store(StoreError::Taken { .. } | StoreError::Raced)) if tries < MAX_TRIES => {}
            Err(error) => return Err(error),
        }
    }
    services.store.tips_have_heads(&tips);
    Ok(tips.len())
}

/// Signs the very first heads: over what each node wrote before there were chains, and over what this process
/// has written. Does nothing where there is a head.
///
/// # Errors
/// [`HeadError`].
pub async fn begin(services: &Services) -> Result<(), HeadError> {
    if services.store.last_audit_head().await?.is_some() {
        return Ok(());
    }
    let mut spoken_for = Vec::new();
    let mut node = String::new();
    while let Some(next) = services.store.audit_node_after(&node).await? {
        spoken_for.extend(unlinked(services, &next).await?.map(|tip| (next.clone(), tip)));
        node = next;
    }
    let tips = services.store.tips_without_head();
    spoken_for.extend(tips.iter().map(|tip| (services.store.audit_node().to_owned(), *tip)));
    match write(services, &spoken_for).await {
        Ok(()) => {
            services.store.tips_have_heads(&tips);
            Ok(())
        }
        // Another node that started at the same time has signed the same; our own chains follow in a minute.
        Err(HeadError::Store(StoreError::Taken { .. } | StoreError::Raced)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Heads behind the one with this serial, a page at a time.
///
/// # Errors
/// [`StoreError`].
pub async fn page(services: &Services, after: i64) -> Result<Vec<AuditHead>, StoreError> {
    services.store.audit_heads(after, PAGE).await
}

/// The tip of what a node wrote without links.
async fn unlinked(services: &Services, node: &str) -> Result<Option<ChainTip>, StoreError> {
    let mut walk = NodeWalk::default();
    let mut after = (i64::MIN, AuditId::from_uuid(Uuid::nil()));
    loop {
        let stretch = Stretch { node, after, until: i64::MAX, limit: PAGE };
        let page = services.store.chained_entries(stretch).await?;
        let Some(last) = page.last() else { return Ok(walk.unlinked()) };
        after = (last.sequence, last.id);
        for entry in page.iter().filter(|entry| entry.link.is_none()) {
            walk.take(entry);
        }
    }
}

/// Signs and writes heads behind the last one, all or none.
async fn write(services: &Services, spoken_for: &[(String, ChainTip)]) -> Result<(), HeadError> {
    if spoken_for.is_empty() {
        return Ok(());
    }
    let key = services.keys.current(KeyPurpose::Audit, ALGORITHM).ok_or(SignError::UnknownKey)?;
    let last = services.store.last_audit_head().await?;
    let first = last.as_ref().map_or(0, |head| head.statement.serial) + 1;
    let mut previous = last.map_or(BEGINNING, |head| head.statement.hash());
    let at = services.clock.now();
    let mut heads = Vec::with_capacity(spoken_for.len());
    for (serial, (node, tip)) in (first..).zip(spoken_for) {
        let statement = HeadStatement { serial, node: node.clone(), tip: *tip, at, previous };
        previous = statement.hash();
        let signature = services.signer.sign(key.id, ALGORITHM, &statement.bytes()).await?;
        heads.push(AuditHead { statement, key: key.id, signature });
    }
    let mut unit = services.store.unit_of_work().await?;
    for head in &heads {
        unit.insert_audit_head(head).await?;
    }
    Ok(unit.commit().await?)
}
