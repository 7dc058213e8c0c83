//! The cached handle: what routing and rendering look up, at most one second old.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use moka::sync::Cache;

use super::handle::Database;
use super::sql;
use crate::domain::apps::{App, AppId};
use crate::domain::guests::GuestId;
use crate::domain::holders::{Holding, LookUp};
use crate::domain::partners::{Partner, PartnerId};
use crate::domain::sessions::{HandleHash, Session};
use crate::domain::store::StoreError;
use crate::domain::store::directory::Directory;

/// How old an answer may be.
const LIFETIME: Duration = Duration::from_secs(1);
/// The most answers of one kind, "there is none" included: strangers choose some of the keys.
const MAX_ANSWERS: u64 = 10_000;

/// Caches in front of an open database.
pub(super) struct CachedDirectory {
    database: Database,
    partners: Answers<PartnerId, Arc<Partner>>,
    partners_by_slug: Answers<String, Arc<Partner>>,
    partners_by_handle: Answers<String, Arc<Partner>>,
    holdings: Answers<LookUp, Arc<Vec<Holding>>>,
    partners_by_issuer: Answers<String, Arc<Partner>>,
    apps: Answers<AppId, Arc<App>>,
    apps_by_slug: Answers<String, Arc<App>>,
    apps_by_client_id: Answers<String, Arc<App>>,
    apps_by_entity_id: Answers<String, Arc<App>>,
    sessions: Answers<HandleHash, Arc<Session>>,
    labels: Answers<GuestId, String>,
}

/// Answers of one kind.
struct Answers<K, V>(Cache<K, Option<V>>);

impl<K: Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Answers<K, V> {
    fn new() -> Self {
        Self(Cache::builder().max_capacity(MAX_ANSWERS).time_to_live(LIFETIME).build())
    }

    /// The kept answer, else the database's. Two who ask at once may both ask the database.
    async fn get_or<Q>(
        &self,
        key: &Q,
        read: impl Future<Output = Result<Option<V>, StoreError>> + Send,
    ) -> Result<Option<V>, StoreError>
    where
        K: std::borrow::Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + Sync + ?Sized,
    {
        if let Some(kept) = self.0.get(key) {
            return Ok(kept);
        }
        // In a place of its own, so that what is at hand costs no more than to look.
        let read = Box::pin(read).await?;
        self.0.insert(key.to_owned(), read.clone());
        Ok(read)
    }
}

impl CachedDirectory {
    pub(super) fn new(database: Database) -> Self {
        Self {
            database,
            partners: Answers::new(),
            partners_by_slug: Answers::new(),
            partners_by_handle: Answers::new(),
            holdings: Answers::new(),
            partners_by_issuer: Answers::new(),
            apps: Answers::new(),
            apps_by_slug: Answers::new(),
            apps_by_client_id: Answers::new(),
            apps_by_entity_id: Answers::new(),
            sessions: Answers::new(),
            labels: Answers::new(),
        }
    }

    /// Keeps by its id what was found by another name: who is looked up for a request is looked up again by id.
    fn known_partner(&self, found: Option<Partner>) -> Option<Arc<Partner>> {
        let partner = shared(found)?;
        self.partners.0.insert(partner.id, Some(Arc::clone(&partner)));
        Some(partner)
    }

    fn known_app(&self, found: Option<App>) -> Option<Arc<App>> {
        let app = shared(found)?;
        self.apps.0.insert(app.id, Some(Arc::clone(&app)));
        Some(app)
    }
}

fn shared<T>(found: Option<T>) -> Option<Arc<T>> {
    found.map(Arc::new)
}

#[async_trait]
impl Directory for CachedDirectory {
    async fn partner(&self, id: PartnerId) -> Result<Option<Arc<Partner>>, StoreError> {
        let mut database = self.database.clone();
        self.partners.get_or(&id, async { sql::partners::by_id(&mut database, id).await.map(shared) }).await
    }

    async fn partner_by_slug(&self, slug: &str) -> Result<Option<Arc<Partner>>, StoreError> {
        let mut database = self.database.clone();
        let read = async { sql::partners::by_slug(&mut database, slug).await.map(|found| self.known_partner(found)) };
        self.partners_by_slug.get_or(slug, read).await
    }

    async fn partner_by_handle(&self, handle: &str) -> Result<Option<Arc<Partner>>, StoreError> {
        let mut database = self.database.clone();
        let read =
            async { sql::partners::by_handle(&mut database, handle).await.map(|found| self.known_partner(found)) };
        self.partners_by_handle.get_or(handle, read).await
    }

    async fn holdings(&self, look_up: &LookUp) -> Result<Arc<Vec<Holding>>, StoreError> {
        let mut database = self.database.clone();
        let read = async { sql::holders::holdings(&mut database, look_up).await.map(|found| shared(Some(found))) };
        Ok(self.holdings.get_or(look_up, read).await?.unwrap_or_default())
    }

    async fn partner_by_issuer(&self, issuer: &str) -> Result<Option<Arc<Partner>>, StoreError> {
        let mut database = self.database.clone();
        let read =
            async { sql::partners::by_entity_id(&mut database, issuer).await.map(|found| self.known_partner(found)) };
        self.partners_by_issuer.get_or(issuer, read).await
    }

    async fn app(&self, id: AppId) -> Result<Option<Arc<App>>, StoreError> {
        let mut database = self.database.clone();
        self.apps.get_or(&id, async { sql::apps::by_id(&mut database, id).await.map(shared) }).await
    }

    async fn app_by_slug(&self, slug: &str) -> Result<Option<Arc<App>>, StoreError> {
        let mut database = self.database.clone();
        let read = async { sql::apps::by_slug(&mut database, slug).await.map(|found| self.known_app(found)) };
        self.apps_by_slug.get_or(slug, read).await
    }

    async fn app_by_client_id(&self, client_id: &str) -> Result<Option<Arc<App>>, StoreError> {
        let mut database = self.database.clone();
        let read = async { sql::apps::by_client_id(&mut database, client_id).await.map(|found| self.known_app(found)) };
        self.apps_by_client_id.get_or(client_id, read).await
    }

    async fn app_by_entity_id(&self, entity_id: &str) -> Result<Option<Arc<App>>, StoreError> {
        let mut database = self.database.clone();
        let read = async { sql::apps::by_entity_id(&mut database, entity_id).await.map(|found| self.known_app(found)) };
        self.apps_by_entity_id.get_or(entity_id, read).await
    }

    async fn session(&self, handle: &HandleHash) -> Result<Option<Arc<Session>>, StoreError> {
        let mut database = self.database.clone();
        let read = async { sql::sessions::by_handle(&mut database, handle).await.map(shared) };
        self.sessions.get_or(handle, read).await
    }

    async fn guest_label(&self, id: GuestId) -> Result<Option<String>, StoreError> {
        let mut database = self.database.clone();
        self.labels.get_or(&id, async { sql::guests::label(&mut database, id).await }).await
    }

    fn forget(&self) {
        self.partners.0.invalidate_all();
        self.partners_by_slug.0.invalidate_all();
        self.partners_by_handle.0.invalidate_all();
        self.holdings.0.invalidate_all();
        self.partners_by_issuer.0.invalidate_all();
        self.apps.0.invalidate_all();
        self.apps_by_slug.0.invalidate_all();
        self.apps_by_client_id.0.invalidate_all();
        self.apps_by_entity_id.0.invalidate_all();
        self.sessions.0.invalidate_all();
        self.labels.0.invalidate_all();
    }
}
