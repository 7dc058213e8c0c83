//! What reports read, outside units and in pages.

use async_trait::async_trait;

use super::StoreError;
use crate::base::clock::Timestamp;
use crate::domain::guests::GuestId;
use crate::domain::reports::{AccountLine, Active, Place, ReportEntry, ReportFilter};

/// Reads for reports, each call one fresh statement. A sign-in is successful where somebody was let into an
/// app, by a partner's answer or by a session.
#[async_trait]
pub trait Reports: Send + Sync {
    /// Entries behind `after`, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn report_entries(
        &self,
        filter: &ReportFilter,
        after: Option<Place>,
        limit: u32,
    ) -> Result<Vec<ReportEntry>, StoreError>;

    /// How many accounts signed in with success from `since` to before `until`, members left out.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn count_active(&self, since: Timestamp, until: Timestamp) -> Result<Active, StoreError>;

    /// The accounts that signed in with success from `since` to before `until`, each once.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_active(&self, since: Timestamp, until: Timestamp) -> Result<Vec<GuestId>, StoreError>;

    /// Guests behind `after` who have not redeemed their invitation, by id, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_unredeemed(&self, after: Option<GuestId>, limit: u32) -> Result<Vec<AccountLine>, StoreError>;

    /// Guests behind `after` who have redeemed and were made before `made_before`, by id, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_redeemed(
        &self,
        made_before: Timestamp,
        after: Option<GuestId>,
        limit: u32,
    ) -> Result<Vec<AccountLine>, StoreError>;
}
