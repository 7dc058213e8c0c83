//! What a node does beside its visitors: it sweeps what has ended, a bounded number of rows at a time,
//! and knows whether its database answers.

use std::time::Duration;

use crate::domain::store::StoreError;
use crate::domain::store::upkeep::Swept;
use crate::flows::guest_lives;
use crate::flows::services::Services;

/// The most rows of each kind that one transaction removes.
const BATCH: u32 = 250;
/// The most transactions of one sweep; what is left waits for the next.
const MAX_ROUNDS: u32 = 200;
/// How long it is known what became of a mail, and how long one that was given up can be tried again.
pub const MAILS_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// Removes what has ended and says how much there was.
///
/// # Errors
/// [`StoreError`]; what was removed before stays removed.
pub async fn sweep(services: &Services) -> Result<Swept, StoreError> {
    let now = services.clock.now();
    let lifetimes = &services.settings.lifetimes;
    let mut total = Swept::default();
    for _ in 0..MAX_ROUNDS {
        let mut unit = services.store.unit_of_work().await?;
        let idle_since = now.minus(lifetimes.session_idle);
        let begun_since = now.minus(lifetimes.session_whole);
        // A code that was redeemed stays while its tokens live; those that are younger are not even looked at.
        let codes_since = now.minus(lifetimes.code + lifetimes.token);
        let swept = unit.sweep(now, idle_since, begun_since, codes_since, BATCH).await?;
        unit.commit().await?;
        total.sessions += swept.sessions;
        total.codes += swept.codes;
        total.tokens += swept.tokens;
        total.refresh_tokens += swept.refresh_tokens;
        total.attempts += swept.attempts;
        total.mailed_codes += swept.mailed_codes;
        total.bulk_jobs += swept.bulk_jobs;
        total.tallies += swept.tallies;
        // Mails and answers are swept by themselves.
        let Swept {
            sessions,
            codes,
            tokens,
            refresh_tokens,
            attempts,
            mailed_codes,
            tallies,
            bulk_jobs,
            mails: _,
            answers: _,
        } = swept;
        let most =
            [sessions, codes, tokens, refresh_tokens, attempts, mailed_codes, tallies, bulk_jobs].into_iter().max();
        if most < Some(u64::from(BATCH)) {
            break;
        }
    }
    for _ in 0..MAX_ROUNDS {
        let mut unit = services.store.unit_of_work().await?;
        let mails = unit.sweep_mails(now.minus(MAILS_KEPT), BATCH).await?;
        unit.commit().await?;
        total.mails += mails;
        if mails < u64::from(BATCH) {
            break;
        }
    }
    for _ in 0..MAX_ROUNDS {
        let mut unit = services.store.unit_of_work().await?;
        let answers = unit.sweep_answers(now, BATCH).await?;
        unit.commit().await?;
        total.answers += answers;
        if answers < u64::from(BATCH) {
            break;
        }
    }
    guest_lives::sweep(services).await?;
    services.spills.sweep();
    services.refusals.sweep();
    Ok(total)
}

/// Whether the database answers.
pub async fn is_database_up(services: &Services) -> bool {
    match services.store.ping().await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            false
        }
    }
}
