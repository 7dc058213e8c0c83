//! Tells apps that sessions have ended: one step of the work in the background.
//!
//! What is due was put there by the transaction that ended the session, and goes with the transaction that audits
//! what came of it. Nothing is held while an app is asked; a process that ends meanwhile leaves a notice that is due
//! again after [`LEASE`].

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;

use super::schedule::{LEASE, WAITS};
use crate::base::clock::Timestamp;
use crate::domain::apps::{App, AppId};
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::notices::LogoutNotice;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::downstream::backchannel::{NotTold, tell};
use crate::flows::schedule::after;
use crate::flows::services::Services;

/// How many apps are asked at once.
pub const PARALLEL: usize = 16;
/// How many notices one round takes up.
const BATCH: u32 = 64;
/// The most rounds of one step; what is left waits for the next.
const MAX_ROUNDS: u32 = 32;

/// What became of the notices of a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// The app knows.
    pub told: u32,
    /// It is tried again.
    pub put_off: u32,
    /// It is not told.
    pub given_up: u32,
}

/// What became of one notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Told,
    PutOff,
    GivenUp,
    /// Another node has it.
    Elsewhere,
}

impl Outcome {
    const fn word(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::PutOff => "put_off",
            Self::GivenUp => "given_up",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// Apps that gave no answer in this step: their other notices wait with the one that was tried, so that an app which
/// hangs does not hold up the others.
type Silent = Arc<Mutex<BTreeSet<AppId>>>;

/// Tells apps what is due, a bounded number at once. Of several nodes each notice is sent by one.
///
/// # Errors
/// [`StoreError`] where it cannot be known what is due.
pub async fn send(services: &Services) -> Result<Sent, StoreError> {
    let mut sent = Sent::default();
    let silent = Silent::default();
    for _ in 0..MAX_ROUNDS {
        let now = services.clock.now();
        let due = services.store.due_logout_notices(now, BATCH).await?;
        if due.is_empty() {
            break;
        }
        let mut running = JoinSet::new();
        let mut outcomes = Vec::new();
        for notice in due {
            if running.len() == PARALLEL {
                outcomes.extend(running.join_next().await);
            }
            let (services, silent) = (services.clone(), silent.clone());
            running.spawn(async move { take_up(&services, notice, &silent).await });
        }
        while let Some(outcome) = running.join_next().await {
            outcomes.push(outcome);
        }
        let mut is_moving = false;
        for outcome in outcomes {
            is_moving |= matches!(outcome, Ok(Ok(_)));
            match outcome {
                Ok(Ok(Outcome::Told)) => sent.told += 1,
                Ok(Ok(Outcome::PutOff)) => sent.put_off += 1,
                Ok(Ok(Outcome::GivenUp)) => sent.given_up += 1,
                Ok(Ok(Outcome::Elsewhere)) => {}
                // Where it was taken up it stays so for a while, and is due again then.
                Ok(Err(error)) => tracing::warn!(%error, "what became of a logout notice could not be kept"),
                Err(error) => tracing::error!(%error, "a logout notice ended early"),
            }
        }
        if !is_moving {
            break;
        }
    }
    Ok(sent)
}

async fn take_up(services: &Services, due: LogoutNotice, silent: &Silent) -> Result<Outcome, StoreError> {
    // Its turn may come some time after it was found.
    let now = services.clock.now();
    let until = now.plus(LEASE);
    let Some((notice, app)) = claim(services, due, until).await? else { return Ok(Outcome::Elsewhere) };
    let outcome = match attempt(services, &notice, app.as_ref(), silent, now).await {
        Ok(()) => finish(services, &notice, until, Ok(()), now).await?,
        Err((not_told, Again::Later)) => match after(&WAITS, notice.tries, now, services.random.as_ref()) {
            Some(next_at) => put_off(services, &notice, until, next_at, &not_told).await?,
            None => finish(services, &notice, until, Err(&not_told), now).await?,
        },
        Err((not_told, Again::Never)) => finish(services, &notice, until, Err(&not_told), now).await?,
    };
    metrics::counter!("entente_logout_notices_total", "outcome" => outcome.word()).increment(1);
    Ok(outcome)
}

/// Takes the notice, and reads the app as it is now.
async fn claim(
    services: &Services,
    mut notice: LogoutNotice,
    until: Timestamp,
) -> Result<Option<(LogoutNotice, Option<App>)>, StoreError> {
    let claimed = async {
        let mut unit = services.store.unit_of_work().await?;
        // The app's row comes first, as where an app is removed with its notices.
        let app = unit.read_app(notice.to.app).await?;
        let once = unit.claim_notice(&notice, until).await?;
        unit.commit().await?;
        Ok((once, app))
    };
    match claimed.await {
        Ok((Once::First, app)) => {
            notice.tries += 1;
            Ok(Some((notice, app)))
        }
        Ok((Once::Again, _)) | Err(StoreError::Raced) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a notice that did not arrive is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    Later,
    Never,
}

async fn attempt(
    services: &Services,
    notice: &LogoutNotice,
    app: Option<&App>,
    silent: &Silent,
    now: Timestamp,
) -> Result<(), (NotTold, Again)> {
    let never = |cause| Err((NotTold { cause, saw: String::new() }, Again::Never));
    let Some(app) = app else { return never("app_removed") };
    if !app.switch.is_on() {
        return never("app_disabled");
    }
    let agreed = app.oidc().and_then(|oidc| oidc.backchannel_logout.as_ref().map(|logout| (oidc, logout)));
    let Some((oidc, logout)) = agreed else { return never("logout_notice_unwanted") };
    if silent.lock().unwrap_or_else(PoisonError::into_inner).contains(&app.id) {
        let not_told = NotTold { cause: "logout_notice_waits_with_another", saw: String::new() };
        return Err((not_told, Again::Later));
    }
    let web = services.providers.web();
    tell(oidc, logout, &notice.to, web, &services.toward_apps(now)).await.map_err(|not_told| {
        if not_told.is_silence() {
            silent.lock().unwrap_or_else(PoisonError::into_inner).insert(app.id);
        }
        (not_told, Again::Later)
    })
}

async fn put_off(
    services: &Services,
    notice: &LogoutNotice,
    until: Timestamp,
    next_at: Timestamp,
    not_told: &NotTold,
) -> Result<Outcome, StoreError> {
    tracing::info!(app.id = %notice.to.app, session.id = %notice.to.session, cause = not_told.cause, saw = not_told.saw,
        tries = notice.tries, "an app was not told that a session has ended; it is tried again");
    let fault = format!("{} {}", not_told.cause, not_told.saw);
    let mut unit = services.store.unit_of_work().await?;
    let once = unit.put_off_notice(notice, until, next_at, fault.trim_end()).await?;
    unit.commit().await?;
    Ok(if once == Once::First { Outcome::PutOff } else { Outcome::Elsewhere })
}

/// Removes the notice and audits what came of it.
async fn finish(
    services: &Services,
    notice: &LogoutNotice,
    until: Timestamp,
    told: Result<(), &NotTold>,
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    let mut unit = services.store.unit_of_work().await?;
    if unit.delete_notice(notice, until).await? == Once::Again {
        return Ok(Outcome::Elsewhere);
    }
    let activity = if told.is_ok() { Activity::AppTold } else { Activity::AppNotTold };
    let mut entry = AuditEntry::new(AuditId::new(now, services.random.as_ref()), now, activity, Actor::System);
    entry.app = Some(notice.to.app);
    entry.guest = Some(notice.to.guest);
    entry.session = Some(notice.to.session);
    entry.details.push(("tries", notice.tries.to_string()));
    if let Err(not_told) = told {
        entry.cause = Some(not_told.cause);
        if !not_told.saw.is_empty() {
            entry.details.push(("evidence", not_told.saw.clone()));
        }
        tracing::warn!(app.id = %notice.to.app, session.id = %notice.to.session, cause = not_told.cause,
            saw = not_told.saw, tries = notice.tries, "an app is not told that a session has ended");
    }
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    Ok(if told.is_ok() { Outcome::Told } else { Outcome::GivenUp })
}
