//! Requests that come again by a key of the caller's: the answer that was given stands in the transaction of what was
//! done, so that neither is ever there without the other, and whoever asks again gets it and nothing is done.
//!
//! An answer may have a secret in it that is kept nowhere else, as the link of an invitation, so it is sealed for its row.
//! What was refused is not kept, since nothing was done.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::base::clock::Timestamp;
use crate::base::sealing::Purpose;
use crate::domain::permissions::Caller;
use crate::domain::repeats::{ANSWER_KEPT, Fingerprint, KeptAnswer, RepeatId, RequestKey};
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::services::Services;

/// A request that may come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    id: RepeatId,
    fingerprint: Fingerprint,
}

impl Repeat {
    /// What `caller` calls by `key`. An app in between is another caller than the person, or another app, is.
    #[must_use]
    pub fn of(caller: &Caller, key: &RequestKey, fingerprint: Fingerprint) -> Self {
        let name = match caller {
            Caller::Operator(name) => format!("operator {name}"),
            Caller::App { app, .. } => format!("app {app}"),
            Caller::Person { guest, through: None, .. } => format!("person {guest}"),
            Caller::Person { guest, through: Some((app, _)), .. } => format!("person {guest} app {app}"),
        };
        Self { id: RepeatId::of(&name, key), fingerprint }
    }

    /// Where its answer is kept, as what is sealed knows it.
    fn place(&self) -> Vec<u8> {
        [b"kept_answers ".as_slice(), self.id.as_bytes()].concat()
    }
}

/// Why a request that comes again is not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RepeatError {
    /// The key stands for another request.
    #[error("the key stands for another request of the last 24 hours: use a new key for each request")]
    OtherRequest,
    /// What was kept does not open.
    #[error("the answer was sealed under a secret key that this node does not have: use a new key")]
    Unreadable,
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The answer that was given when the request came for the first time.
///
/// # Errors
/// [`RepeatError`].
pub async fn before(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    repeat: &Repeat,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, RepeatError> {
    let Some(kept) = unit.kept_answer(repeat.id, now).await? else { return Ok(None) };
    if kept.fingerprint != repeat.fingerprint {
        return Err(RepeatError::OtherRequest);
    }
    let opened = services.sealer.open(Purpose::KeptAnswer, &repeat.place(), &kept.sealed);
    opened.map(Some).map_err(|_| RepeatError::Unreadable)
}

/// Keeps an answer, in the unit of what was done.
///
/// # Errors
/// [`StoreError::Raced`] where the same key was first used by another meanwhile: whoever does all of it again finds that
/// answer.
pub async fn keep(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    repeat: &Repeat,
    answer: &[u8],
    now: Timestamp,
) -> Result<(), StoreError> {
    let sealed = services.sealer.seal(services.random.as_ref(), Purpose::KeptAnswer, &repeat.place(), answer);
    let sealed = sealed.map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let kept = KeptAnswer { fingerprint: repeat.fingerprint, sealed, expires_at: now.plus(ANSWER_KEPT) };
    match unit.keep_answer(repeat.id, &kept, now).await? {
        Once::First => Ok(()),
        Once::Again => Err(StoreError::Raced),
    }
}

/// The requests that this node is working on.
#[derive(Debug, Default)]
pub struct InWork(Mutex<BTreeSet<RepeatId>>);

impl InWork {
    /// Begins to work on a request; nothing where it is being worked on.
    #[must_use]
    pub fn begin(&self, repeat: &Repeat) -> Option<Turn<'_>> {
        let is_new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(repeat.id);
        is_new.then_some(Turn { all: self, id: repeat.id })
    }
}

/// While it lives, the request is being worked on.
#[derive(Debug)]
pub struct Turn<'a> {
    all: &'a InWork,
    id: RepeatId,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::apps::AppId;
    use crate::domain::guests::{GuestId, UserType};
    use crate::domain::permissions::Permissions;
    use crate::domain::roles::Roles;

    #[test]
    fn each_caller_has_keys_of_its_own() {
        let key = RequestKey::parse("a").unwrap();
        let id = uuid::Uuid::from_u128;
        let person = |guest, app: Option<u128>| Caller::Person {
            guest: GuestId::from_uuid(id(guest)),
            user_type: UserType::Member,
            roles: Roles::NONE,
            through: app.map(|app| (AppId::from_uuid(id(app)), Permissions::NONE)),
            from: None,
        };
        let app = |app| Caller::App { app: AppId::from_uuid(id(app)), permissions: Permissions::NONE, from: None };
        let callers = [app(1), app(2), person(1, None), person(1, Some(1)), person(1, Some(2)), person(2, Some(1))];
        let ids: BTreeSet<RepeatId> =
            callers.iter().map(|caller| Repeat::of(caller, &key, Fingerprint::of(&[])).id).collect();
        assert_eq!(ids.len(), callers.len());
    }

    #[test]
    fn a_request_is_worked_on_once_at_a_time() {
        let caller = Caller::Operator("olga".to_owned());
        let repeat = |key| Repeat::of(&caller, &RequestKey::parse(key).unwrap(), Fingerprint::of(&[]));
        let all = InWork::default();
        let turn = all.begin(&repeat("a"));
        assert!(turn.is_some() && all.begin(&repeat("a")).is_none() && all.begin(&repeat("b")).is_some());
        drop(turn);
        assert!(all.begin(&repeat("a")).is_some());
    }
}
