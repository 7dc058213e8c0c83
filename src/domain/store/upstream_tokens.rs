//! The refresh tokens that partners gave us, one for a session.

use async_trait::async_trait;

use super::StoreError;
use super::sign_ins::Once;
use crate::base::clock::Timestamp;
use crate::domain::guests::GuestId;
use crate::domain::partners::{PartnerId, UpstreamToken};
use crate::domain::sessions::SessionId;

/// Tokens of partners inside a unit. They go with their sessions.
#[async_trait]
pub trait UpstreamTokens {
    /// Adds the token of a session.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_upstream_token(&mut self, token: &UpstreamToken) -> Result<(), StoreError>;

    /// The token of a session.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_upstream_token(&mut self, session: SessionId) -> Result<Option<UpstreamToken>, StoreError>;

    /// Takes the turn to ask, which whoever comes next has at `until`; [`Once::Again`] where it is not due at `now`,
    /// since it has been asked or somebody is asking.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn take_turn(&mut self, session: SessionId, now: Timestamp, until: Timestamp) -> Result<Once, StoreError>;

    /// Writes what the partner said, and the token that is good from now on; [`Once::Again`] where the session has
    /// ended.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn update_upstream_token(&mut self, token: &UpstreamToken) -> Result<Once, StoreError>;

    /// Notes that the statement which began a session showed that its person may look through the partner's directory.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn note_home_reader(&mut self, session: SessionId) -> Result<(), StoreError>;

    /// Whether that is noted of a session of this account with this partner, used after `idle_since` and begun after
    /// `begun_since`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn has_read_home(
        &mut self,
        guest: GuestId,
        partner: PartnerId,
        idle_since: Timestamp,
        begun_since: Timestamp,
    ) -> Result<bool, StoreError>;
}
