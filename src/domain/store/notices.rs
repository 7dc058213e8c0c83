//! Notices to apps that a session has ended. They become due with the end of their session by themselves, whatever
//! ends it, in the same transaction.

use async_trait::async_trait;

use super::StoreError;
use super::sign_ins::Once;
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::notices::{Enlisted, LogoutNotice, Waiting};

/// Notices inside a unit. Which are due is asked outside, of
/// [`Store::due_logout_notices`](super::Store::due_logout_notices).
#[async_trait]
pub trait LogoutNotices {
    /// Notes that the app is to be told when the session ends; nothing where it is noted already.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn enlist(&mut self, enlisted: &Enlisted) -> Result<(), StoreError>;

    /// Takes a due notice until `until` and counts the try; [`Once::Again`] where another node has it.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn claim_notice(&mut self, notice: &LogoutNotice, until: Timestamp) -> Result<Once, StoreError>;

    /// Puts off a notice that was taken until `until`; [`Once::Again`] where it is no longer taken so.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn put_off_notice(
        &mut self,
        notice: &LogoutNotice,
        until: Timestamp,
        next_at: Timestamp,
        fault: &str,
    ) -> Result<Once, StoreError>;

    /// Removes a notice that was taken until `until`; [`Once::Again`] where it is no longer taken so.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_notice(&mut self, notice: &LogoutNotice, until: Timestamp) -> Result<Once, StoreError>;

    /// The notices of an app that are on their way.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn waiting_notices(&mut self, app: AppId) -> Result<Waiting, StoreError>;
}
