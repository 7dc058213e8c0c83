//! What reports read, outside units and in pages.

use async_trait::async_trait;

use super::StoreError;
use crate::base::clock::Timestamp;
use crate::domain::audit::AuditId;
use crate::domain::guests::GuestId;
use crate::domain::reports::{
    AccountLine, Active, Kind, PartnerLine, Place, RedeemedLine, ReportEntry, ReportFilter, Stretch,
};

/// Reads for reports, each call one fresh statement. A sign-in is successful where somebody was let into an
/// app, by a partner's answer or by a session.
#[async_trait]
pub trait Reports: Send + Sync {
    /// Entries of a stretch in its direction, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn report_entries(
        &self,
        filter: &ReportFilter,
        stretch: &Stretch,
        limit: u32,
    ) -> Result<Vec<ReportEntry>, StoreError>;

    /// The place behind `count` entries of a stretch, whatever they are; absent where it has no more.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn report_place(&self, kind: Kind, stretch: &Stretch, count: u32) -> Result<Option<Place>, StoreError>;

    /// One entry of a log.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn report_entry(&self, kind: Kind, id: AuditId) -> Result<Option<ReportEntry>, StoreError>;

    /// How many accounts signed in with success from `since` to before `until`, members left out.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn count_active(&self, since: Timestamp, until: Timestamp) -> Result<Active, StoreError>;

    /// How often guests signed in with success from `since` to before `until`, by partner and app, the most often first, at
    /// most `limit` lines; members left out.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn count_by_partner(
        &self,
        since: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<PartnerLine>, StoreError>;

    /// Guests behind `after` who have not redeemed their invitation, by id, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_unredeemed(&self, after: Option<GuestId>, limit: u32) -> Result<Vec<AccountLine>, StoreError>;

    /// Guests behind `after` who have redeemed and were made before `since`, by id, at most `limit`, and whether
    /// they have signed in with success since then.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_redeemed(
        &self,
        since: Timestamp,
        after: Option<GuestId>,
        limit: u32,
    ) -> Result<Vec<RedeemedLine>, StoreError>;
}
