//! The documents that partners and apps publish: read again while the gateway runs, kept in the record that
//! decides, and warned of before they end.
//!
//! [`poll`] is one step of the work in the background; [`refresh`] reads the documents of one owner now, for
//! it and for an operator; [`needed`] does so for a visitor who cannot go on without them. What is read is
//! written with the next version of its owner, so that whoever decides notices in their unit, on every node.

mod ends;
pub mod fetch;
mod keep;
pub mod needed;
mod read;
mod schedule;

use tokio::task::JoinSet;

use crate::base::clock::Timestamp;
use crate::domain::apps::App;
use crate::domain::audit::Actor;
use crate::domain::documents::{Owner, Watch};
use crate::domain::partners::Partner;
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::services::Services;

pub use schedule::{FIRST_WAIT, HOURLY, LEASE, SOONEST, after_reading};

/// How many documents are read at once.
pub const PARALLEL: usize = 8;
/// How many watches one round takes up.
const BATCH: u32 = 64;
/// The most rounds of one step; what is left waits for the next.
const MAX_ROUNDS: u32 = 32;
/// How often a reading is done again because its owner has changed meanwhile.
const MAX_TRIES: u32 = 3;

/// Why a document is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Trouble {
    /// The stable, fine name.
    pub cause: &'static str,
    /// What was seen, in words.
    pub message: String,
    /// Whether a document was there and is kept out, rather than none to be had.
    pub kind: TroubleKind,
}

/// Whether there was a document at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubleKind {
    /// None was to be had.
    NoDocument,
    /// There was one, which is kept out.
    KeptOut,
}

/// What became of a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// New documents are taken; what is trusted changed in these.
    Changed(Vec<&'static str>),
    /// They are as they were.
    Unchanged,
    /// The last good ones stay.
    Failed(Trouble),
    /// There is nothing to be fetched: a file was applied.
    NoSource,
    /// There is no such owner any more.
    Gone,
}

impl Outcome {
    const fn word(&self) -> &'static str {
        match self {
            Self::Changed(_) => "changed",
            Self::Unchanged => "unchanged",
            Self::Failed(Trouble { kind: TroubleKind::NoDocument, .. }) => "no_document",
            Self::Failed(Trouble { kind: TroubleKind::KeptOut, .. }) => "kept_out",
            Self::NoSource => "no_source",
            Self::Gone => "gone",
        }
    }
}

/// How many documents a step has read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Polled {
    /// With something new in them.
    pub changed: u32,
    /// As they were.
    pub unchanged: u32,
    /// Not to be had, or kept out.
    pub failed: u32,
}

/// Whose record it is that documents stand in.
#[derive(Debug, Clone)]
enum Record {
    Partner(Box<Partner>),
    App(Box<App>),
}

impl Record {
    fn slug(&self) -> &str {
        match self {
            Self::Partner(partner) => partner.slug.as_str(),
            Self::App(app) => app.slug.as_str(),
        }
    }

    const fn version(&self) -> i64 {
        match self {
            Self::Partner(partner) => partner.version,
            Self::App(app) => app.version,
        }
    }
}

/// Reads what is due, a bounded number at once. Of several nodes each watch is taken by one.
///
/// # Errors
/// [`StoreError`] where it cannot be known what is due.
pub async fn poll(services: &Services) -> Result<Polled, StoreError> {
    let mut polled = Polled::default();
    for _ in 0..MAX_ROUNDS {
        let now = services.clock.now();
        let due = services.store.unit_of_work().await?.list_due_watches(now, BATCH).await?;
        if due.is_empty() {
            break;
        }
        let mut running = JoinSet::new();
        let mut outcomes = Vec::new();
        for watch in due {
            if running.len() == PARALLEL {
                outcomes.extend(running.join_next().await);
            }
            let services = services.clone();
            running.spawn(async move { take_up(&services, &watch, now).await });
        }
        while let Some(outcome) = running.join_next().await {
            outcomes.push(outcome);
        }
        for outcome in outcomes {
            match outcome {
                Ok(Ok(Some(Outcome::Changed(_)))) => polled.changed += 1,
                Ok(Ok(Some(Outcome::Unchanged | Outcome::NoSource))) => polled.unchanged += 1,
                Ok(Ok(Some(Outcome::Failed(_)))) => polled.failed += 1,
                Ok(Ok(Some(Outcome::Gone) | None)) => {}
                // It stays claimed for a while and is due again then.
                Ok(Err(error)) => tracing::warn!(%error, "what was read could not be kept"),
                Err(error) => tracing::error!(%error, "a reading ended early"),
            }
        }
    }
    Ok(polled)
}

/// Reads what is due, unless another node has taken it up.
async fn take_up(services: &Services, watch: &Watch, now: Timestamp) -> Result<Option<Outcome>, StoreError> {
    match claim(services, watch, now).await {
        Ok(Once::First) => {}
        Ok(Once::Again) | Err(StoreError::Raced) => return Ok(None),
        Err(error) => return Err(error),
    }
    refresh(services, watch.owner, &Actor::System, now).await.map(Some)
}

async fn claim(services: &Services, watch: &Watch, now: Timestamp) -> Result<Once, StoreError> {
    let mut unit = services.store.unit_of_work().await?;
    let once = unit.claim_watch(watch.owner, watch.next_at, now.plus(LEASE)).await?;
    unit.commit().await?;
    Ok(once)
}

/// Reads the documents of `owner` now, keeps what is good, and notes when they are due again.
///
/// # Errors
/// [`StoreError`].
pub async fn refresh(services: &Services, owner: Owner, actor: &Actor, now: Timestamp) -> Result<Outcome, StoreError> {
    let mut tries = 1;
    loop {
        let mut unit = services.store.unit_of_work().await?;
        let Some(record) = find(unit.as_mut(), owner).await? else { return Ok(Outcome::Gone) };
        let watch = unit.find_watch(owner).await?.unwrap_or_else(|| Watch::due(owner, now));
        drop(unit);
        // Nothing is held while the network is asked.
        let read = read::read(services, &record, &watch, now).await;
        match keep::keep(services, &record, read, actor, now).await {
            Err(StoreError::Raced) if tries < MAX_TRIES => tries += 1,
            Err(error) => return Err(error),
            Ok(outcome) => {
                metrics::counter!("entente_metadata_reads_total", "outcome" => outcome.word()).increment(1);
                return Ok(outcome);
            }
        }
    }
}

async fn find(unit: &mut dyn UnitOfWork, owner: Owner) -> Result<Option<Record>, StoreError> {
    Ok(match owner {
        Owner::Partner(id) => unit.read_partner(id).await?.map(|partner| Record::Partner(Box::new(partner))),
        Owner::App(id) => unit.read_app(id).await?.map(|app| Record::App(Box::new(app))),
    })
}
