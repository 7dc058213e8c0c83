//! The acts of a sign-in and of what follows it.

use async_trait::async_trait;

use super::StoreError;
use crate::base::clock::Timestamp;
use crate::domain::apps::{App, AppId};
use crate::domain::attempts::AttemptId;
use crate::domain::authentication::{Identity, OnceKey};
use crate::domain::factors::proof::FactorProof;
use crate::domain::grants::{Grant, SessionReading, SignInReading};
use crate::domain::groups::GroupId;
use crate::domain::guests::{Guest, GuestId};
use crate::domain::holders::{Holding, LookUp};
use crate::domain::mail::MailAddress;
use crate::domain::notices::SignedOut;
use crate::domain::partners::{Partner, PartnerId};
use crate::domain::sessions::{AccessToken, Code, CodeId, HandleHash, Session, SessionId};

/// What became of an act that succeeds once only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once {
    /// It was the first.
    First,
    /// It has been done before.
    Again,
}

/// What became of taking a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenCode {
    /// It was there and had not been taken; it may have expired.
    Taken(Code),
    /// It had been taken before.
    Again(Code),
    /// There is no such code.
    Unknown,
}

/// Reads and writes of one sign-in. All reads are fresh; rows that were read stay as they are until
/// the unit ends.
#[async_trait]
pub trait SignIns {
    /// Takes an attempt: the first caller gets [`Once::First`], everyone else, on any node,
    /// [`Once::Again`]. Remembered until `until`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn take_attempt(&mut self, id: AttemptId, until: Timestamp) -> Result<Once, StoreError>;

    /// Remembers that a message was accepted.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn remember_once(&mut self, key: &OnceKey) -> Result<Once, StoreError>;

    /// What is true of a sign-in: partner, app, the guest bound to `identity` and its grant, in one
    /// joined statement.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn read_sign_in(
        &mut self,
        partner: PartnerId,
        app: AppId,
        identity: &Identity,
    ) -> Result<SignInReading, StoreError>;

    /// The live guest with this address, bound or not, and whether it is assigned to `app`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn read_guest_by_mail(
        &mut self,
        mail: &MailAddress,
        app: AppId,
    ) -> Result<Option<(Guest, Grant)>, StoreError>;

    /// What partners hold that covers what is looked up.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn holdings(&mut self, look_up: &LookUp) -> Result<Vec<Holding>, StoreError>;

    /// What is true of a use of a session by `app`, in one joined statement.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn read_session(&mut self, handle: &HandleHash, app: AppId) -> Result<Option<SessionReading>, StoreError>;

    /// As [`read_session`](Self::read_session), by id.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn read_session_by_id(&mut self, id: SessionId, app: AppId) -> Result<Option<SessionReading>, StoreError>;

    /// The partner's whole record, fresh, for verifying a message again.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn read_partner(&mut self, id: PartnerId) -> Result<Option<Partner>, StoreError>;

    /// The app's whole record, fresh.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn read_app(&mut self, id: AppId) -> Result<Option<App>, StoreError>;

    /// The apps that are on and that a guest may use, by the id: those that it is assigned to, directly or through a group,
    /// and those of everybody.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn apps_open_to(&mut self, guest: GuestId) -> Result<Vec<AppId>, StoreError>;

    /// The groups of a guest, at most `limit`, in the order of their ids.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn groups_of(&mut self, guest: GuestId, limit: u32) -> Result<Vec<GroupId>, StoreError>;

    /// Adds a guest.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `guests_upn_key`, `guests_mail_key` or `guests_identity_key`.
    async fn insert_guest(&mut self, guest: &Guest, provenance: super::objects::Provenance) -> Result<(), StoreError>;

    /// Binds a pending guest to an identity and updates its names; [`Once::Again`] where it was bound
    /// meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `guests_identity_key`.
    async fn bind_guest(&mut self, guest: &Guest) -> Result<Once, StoreError>;

    /// Writes the names of a guest as the partner last stated them.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn update_guest_names(&mut self, guest: &Guest) -> Result<(), StoreError>;

    /// Adds a session.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_session(&mut self, session: &Session) -> Result<(), StoreError>;

    /// Notes that a session was used.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn touch_session(&mut self, id: SessionId, used_at: Timestamp) -> Result<(), StoreError>;

    /// Adds a second factor that was passed to a session, in the place of the last of the same kind, and
    /// gives the session another handle, so that what the browser held before is worth nothing;
    /// [`Once::Again`] where the session has ended.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn add_factor_proof(
        &mut self,
        id: SessionId,
        proof: &FactorProof,
        handle: &HandleHash,
    ) -> Result<Once, StoreError>;

    /// Ends a session with its codes and tokens; [`Once::Again`] where it had ended.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn end_session(&mut self, id: SessionId, now: Timestamp) -> Result<Once, StoreError>;

    /// Ends the sessions that a partner says have ended, of those that it vouched for; says which there were.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn end_signed_out(
        &mut self,
        partner: PartnerId,
        whose: &SignedOut,
    ) -> Result<Vec<(SessionId, GuestId)>, StoreError>;

    /// Adds a code.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_code(&mut self, code: &Code) -> Result<(), StoreError>;

    /// Takes a code: the first caller gets it, everyone else learns that it was taken.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn take_code(&mut self, handle: &HandleHash, now: Timestamp) -> Result<TakenCode, StoreError>;

    /// Adds an access token.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_access_token(&mut self, token: &AccessToken) -> Result<(), StoreError>;

    /// Ends the tokens that were made from a code, in the session that the code was of, refresh tokens
    /// included, and says how many access tokens and families there were.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn end_tokens_of_code(&mut self, code: CodeId, session: SessionId) -> Result<u64, StoreError>;

    /// Adds the row of an attempt in its second life, or of one too large for its cookie: sealed
    /// bytes under a handle.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_attempt(
        &mut self,
        id: AttemptId,
        handle: &HandleHash,
        sealed: &[u8],
        expires_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Takes the row of an attempt by its handle, so that no step is made twice; absent where there
    /// is none, it was taken, or it has expired at `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn take_attempt_row(
        &mut self,
        handle: &HandleHash,
        now: Timestamp,
    ) -> Result<Option<(AttemptId, Vec<u8>)>, StoreError>;

    /// Reads the row of an attempt without taking it, for rendering its page again.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_attempt_row(
        &mut self,
        handle: &HandleHash,
        now: Timestamp,
    ) -> Result<Option<(AttemptId, Vec<u8>)>, StoreError>;
}
