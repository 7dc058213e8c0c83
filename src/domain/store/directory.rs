//! The cached handle, for routing and rendering. What it says may be up to a second old and never
//! decides anything.

use std::sync::Arc;

use async_trait::async_trait;

use super::StoreError;
use crate::domain::apps::{App, AppId};
use crate::domain::holders::{Holding, LookUp};
use crate::domain::partners::{Partner, PartnerId};
use crate::domain::sessions::{HandleHash, Session};

/// Looks up what routing and rendering need.
#[async_trait]
pub trait Directory: Send + Sync {
    /// The partner of this id.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn partner(&self, id: PartnerId) -> Result<Option<Arc<Partner>>, StoreError>;

    /// The partner of this slug.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn partner_by_slug(&self, slug: &str) -> Result<Option<Arc<Partner>>, StoreError>;

    /// The partner whose addresses here have this handle.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn partner_by_handle(&self, handle: &str) -> Result<Option<Arc<Partner>>, StoreError>;

    /// What partners hold that covers what is looked up.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn holdings(&self, look_up: &LookUp) -> Result<Arc<Vec<Holding>>, StoreError>;

    /// The partner that calls itself so in its statements.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn partner_by_issuer(&self, issuer: &str) -> Result<Option<Arc<Partner>>, StoreError>;

    /// The app of this id.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn app(&self, id: AppId) -> Result<Option<Arc<App>>, StoreError>;

    /// The app of this slug.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn app_by_slug(&self, slug: &str) -> Result<Option<Arc<App>>, StoreError>;

    /// The app of this OIDC client id.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn app_by_client_id(&self, client_id: &str) -> Result<Option<Arc<App>>, StoreError>;

    /// The app of this SAML entity ID.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn app_by_entity_id(&self, entity_id: &str) -> Result<Option<Arc<App>>, StoreError>;

    /// The session whose cookie hashes to `handle`, alive or not.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn session(&self, handle: &HandleHash) -> Result<Option<Arc<Session>>, StoreError>;

    /// The guest's name for a page: display name, else mail, else `#EXT#` name.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn guest_label(&self, id: crate::domain::guests::GuestId) -> Result<Option<String>, StoreError>;

    /// The settings of collaboration. They lead people, and decide nothing: what decides reads them in its unit.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn collaboration(&self) -> Result<std::sync::Arc<crate::domain::collaboration::Collaboration>, StoreError>;

    /// Drops partners and apps and reads them ahead of their next use. A database that has lost what it had committed, by
    /// a failover or a restore, notes no change: what is kept is believed until this is done again.
    ///
    /// # Errors
    /// [`StoreError`]; what was not read is read when it is used.
    async fn fill(&self) -> Result<(), StoreError>;

    /// Forgets everything that is cached, because this process has just changed the database.
    fn forget(&self);
}
