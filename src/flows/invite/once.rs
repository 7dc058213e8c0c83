//! Invitations as requests that may come again: what was answered is answered again, and nobody is invited twice.

use super::again::{self, Anew, NewAddress};
use super::{Invited, Inviting};
use crate::domain::invitations::fault::InviteError;
use crate::domain::invitations::wish::Wish;
use crate::domain::permissions::Caller;
use crate::domain::store::StoreError;
use crate::flows::author::Author;
use crate::flows::repeats::{self, Repeat, RepeatError};
use crate::flows::services::Services;
use crate::flows::sign_in::MAX_TRIES;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// An invitation.
    Invite(Wish),
    /// The redemption of an account from its beginning.
    Reset(Anew, NewAddress),
}

/// How what became of it is told.
pub type Telling<'a> = &'a (dyn Fn(&Invited) -> Vec<u8> + Send + Sync);

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The invitation is.
    #[error(transparent)]
    Invite(#[from] InviteError),
    /// The key is.
    #[error(transparent)]
    Repeat(#[from] RepeatError),
}

impl From<StoreError> for RequestError {
    fn from(error: StoreError) -> Self {
        Self::Invite(error.into())
    }
}

impl RequestError {
    const fn is_race(&self) -> bool {
        matches!(
            self,
            Self::Invite(InviteError::Store(StoreError::Raced)) | Self::Repeat(RepeatError::Store(StoreError::Raced))
        )
    }
}

/// Does what is asked, and tells what became of it. Where `repeat` came before, what was told then is told again, and
/// nothing is done.
///
/// # Errors
/// [`RequestError`]; nothing was written then.
pub async fn answer(
    services: &Services,
    caller: &Caller,
    request: &Request,
    repeat: Option<&Repeat>,
    telling: Telling<'_>,
) -> Result<Vec<u8>, RequestError> {
    let mut tries = 1;
    loop {
        match attempt(services, caller, request, repeat, telling).await {
            Err(error) if error.is_race() && tries < MAX_TRIES => tries += 1,
            outcome => return outcome,
        }
    }
}

async fn attempt(
    services: &Services,
    caller: &Caller,
    request: &Request,
    repeat: Option<&Repeat>,
    telling: Telling<'_>,
) -> Result<Vec<u8>, RequestError> {
    let mut unit = services.store.unit_of_work().await?;
    let author = Author::new(services, caller);
    // Who may not ask any more is not told either what was answered before.
    let inviting = match request {
        Request::Invite(_) => Inviting::read(unit.as_mut(), author).await?,
        Request::Reset(..) => Inviting::to_reset(unit.as_mut(), author).await?,
    };
    if let Some(repeat) = repeat
        && let Some(answer) = repeats::before(services, unit.as_mut(), repeat, author.now).await?
    {
        return Ok(answer);
    }
    let invited = match request {
        Request::Invite(wish) => inviting.one(unit.as_mut(), wish).await?,
        Request::Reset(anew, address) => again::reset_in(&inviting, unit.as_mut(), anew, address).await?,
    };
    let answer = telling(&invited);
    if let Some(repeat) = repeat {
        repeats::keep(services, unit.as_mut(), repeat, &answer, author.now).await?;
    }
    unit.commit().await?;
    if matches!(request, Request::Reset(..)) {
        services.directory.forget();
    }
    Ok(answer)
}
