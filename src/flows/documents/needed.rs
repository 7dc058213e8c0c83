//! Documents that somebody cannot go on without: those of an OIDC partner that have not been read yet, or
//! that lack the key which a token names, and the keys of an app that signed with one which is not known. What
//! fetches is awaited in a place of its own, since nearly everybody does without.

use std::sync::Arc;
use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::domain::apps::App;
use crate::domain::audit::Actor;
use crate::domain::documents::Owner;
use crate::domain::partners::{OidcTrust, Partner, PartnerId, Trust};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::store::StoreError;
use crate::flows::services::Services;
use crate::flows::sign_in::store_refusal;
use crate::upstream::providers::{KEYS_AGAIN, TRY_AGAIN};

use super::{Outcome, refresh};

/// The partner with the documents that it needs to be asked.
///
/// # Errors
/// [`Code::PartnerUnreachable`] where there are none and none can be had.
pub async fn with_documents(
    services: &Services,
    partner: Arc<Partner>,
    now: Timestamp,
) -> Result<Arc<Partner>, Refusal> {
    let Trust::Oidc(trust) = &partner.trust else { return Ok(partner) };
    if services.providers.documents(partner.id, trust).is_ok() {
        return Ok(partner);
    }
    let (read, refusal) = again(services, partner.id, trust, TRY_AGAIN, now).await?;
    let Trust::Oidc(trust) = &read.trust else { return Ok(read) };
    match services.providers.documents(read.id, trust) {
        Ok(_) => Ok(read),
        Err(unusable) => Err(refusal.unwrap_or(unusable)),
    }
}

/// The partner with documents that were read anew, since a token names a key that is not among them; it is
/// as it was where they were read within the last minute.
///
/// # Errors
/// The store could not.
pub async fn with_newer_keys(
    services: &Services,
    partner: Arc<Partner>,
    now: Timestamp,
) -> Result<Arc<Partner>, Refusal> {
    let Trust::Oidc(trust) = &partner.trust else { return Ok(partner) };
    again(services, partner.id, trust, KEYS_AGAIN, now).await.map(|(partner, _)| partner)
}

/// Reads the documents again, where nobody has meanwhile and `after` has gone by since the last time. One
/// visitor of this process reads, the others wait for it.
async fn again(
    services: &Services,
    id: PartnerId,
    known: &OidcTrust,
    after: Duration,
    now: Timestamp,
) -> Result<(Arc<Partner>, Option<Refusal>), Refusal> {
    let mut turn = services.providers.turn(id).await;
    let fresh = stored(services, id).await?;
    let is_newer = matches!(&fresh.trust, Trust::Oidc(trust) if trust.documents != known.documents);
    if is_newer {
        services.directory.forget();
    }
    if is_newer || !turn.is_due(after, now) {
        return Ok((fresh, turn.refusal()));
    }
    let outcome = Box::pin(refresh(services, Owner::Partner(id), &Actor::System, now)).await;
    let refusal = match outcome.map_err(|error| store_refusal(&error))? {
        Outcome::Failed(trouble) => Some(Refusal::new(Code::PartnerUnreachable, trouble.cause).seen(trouble.message)),
        Outcome::Changed(_) | Outcome::Unchanged | Outcome::NoSource | Outcome::Gone => None,
    };
    turn.note(now, refusal.clone());
    Ok((stored(services, id).await?, refusal))
}

/// The app with keys that were read anew, since it signed with one that is not among them; none where there is nothing
/// to be fetched, or where they were read within the last minute.
///
/// # Errors
/// [`StoreError`].
pub async fn with_newer_app_keys(services: &Services, known: &App, now: Timestamp) -> Result<Option<App>, StoreError> {
    if known.keys_source().is_none() {
        return Ok(None);
    }
    let mut turn = services.providers.app_turn(known.id).await;
    let fresh = services.store.unit_of_work().await?.read_app(known.id).await?;
    if let Some(fresh) = fresh.filter(|fresh| fresh.version != known.version) {
        services.directory.forget();
        return Ok(Some(fresh));
    }
    if !turn.is_due(KEYS_AGAIN, now) {
        return Ok(None);
    }
    let outcome = Box::pin(refresh(services, Owner::App(known.id), &Actor::System, now)).await?;
    turn.note(now, None);
    match outcome {
        Outcome::Changed(_) => services.store.unit_of_work().await?.read_app(known.id).await,
        Outcome::Unchanged | Outcome::Failed(_) | Outcome::NoSource | Outcome::Gone => Ok(None),
    }
}

async fn stored(services: &Services, id: PartnerId) -> Result<Arc<Partner>, Refusal> {
    let mut unit = services.store.unit_of_work().await.map_err(|error| store_refusal(&error))?;
    let partner = unit.read_partner(id).await.map_err(|error| store_refusal(&error))?;
    partner.map(Arc::new).ok_or(Refusal::new(Code::PartnerDisabled, "partner_removed"))
}
