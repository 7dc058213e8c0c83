//! The cached handle: what routing and rendering look up, at most one second behind the database.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use async_trait::async_trait;
use moka::sync::Cache;

use super::handle::Database;
use super::sql;
use super::sql::directory_changes::{Changes, MOST};
use crate::domain::apps::{App, AppId, AppProtocol};
use crate::domain::collaboration::Collaboration;
use crate::domain::guests::GuestId;
use crate::domain::holders::{Holding, LookUp};
use crate::domain::partners::{Partner, PartnerId};
use crate::domain::sessions::{HandleHash, Session};
use crate::domain::store::StoreError;
use crate::domain::store::directory::Directory;

/// How old an answer may be.
const LIFETIME: Duration = Duration::from_secs(1);
/// How long the changes may take to be told.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long nobody asks for them again after they could not be told.
const PAUSE: Duration = Duration::from_millis(200);
/// The most answers of one kind, "there is none" included: strangers choose some of the keys.
const MAX_ANSWERS: u64 = 10_000;
/// The most partners, and the most apps, that are kept.
const MAX_KEPT: usize = 16_384;
/// How many are read at once to be kept.
const STRETCH: usize = 200;

/// Caches in front of an open database. Partners and apps are kept until the database notes a change of them, for which
/// it is asked once a second; what else is asked is kept for a second.
pub(super) struct CachedDirectory {
    database: Database,
    kept: RwLock<Kept>,
    /// Names that nobody has.
    strangers: Cache<Name, ()>,
    holdings: Cache<LookUp, Arc<Vec<Holding>>>,
    sessions: Answers<HandleHash, Arc<Session>>,
    labels: Answers<GuestId, String>,
    settings: Cache<(), Arc<Collaboration>>,
    /// Absent when the changes are to be asked for.
    is_current: Cache<(), ()>,
    /// Why they could not be asked for a moment ago, so that of many who wait one alone asks in vain.
    trouble: Cache<(), StoreError>,
    /// Held by who asks for the changes.
    turn: tokio::sync::Mutex<()>,
}

/// What is kept. One lock holds it together with the change that it is as new as: nothing that was read before a change
/// is kept after it.
#[derive(Default)]
struct Kept {
    /// The number of the last change that is known.
    seen: i64,
    partners: Objects<PartnerId, Partner>,
    apps: Objects<AppId, App>,
}

/// Objects of one kind with the names by which they are found.
struct Objects<I, T> {
    by_id: HashMap<I, Arc<T>>,
    by_name: HashMap<Name, I>,
}

impl<I, T> Default for Objects<I, T> {
    fn default() -> Self {
        Self { by_id: HashMap::new(), by_name: HashMap::new() }
    }
}

/// By what a partner or an app is found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Name {
    Partner(PartnerId),
    App(AppId),
    PartnerSlug(String),
    AppSlug(String),
    PartnerHandle(String),
    PartnerIssuer(String),
    ClientId(String),
    EntityId(String),
}

/// What is kept by its id and its names.
trait Object {
    type Id: Copy + Eq + Hash;
    fn id(&self) -> Self::Id;
    /// The id that a name is itself.
    fn id_in(name: &Name) -> Option<Self::Id>;
    /// By what else it is found.
    fn names(&self) -> Vec<Name>;
}

impl Object for Partner {
    type Id = PartnerId;

    fn id(&self) -> PartnerId {
        self.id
    }

    fn id_in(name: &Name) -> Option<PartnerId> {
        if let Name::Partner(id) = name { Some(*id) } else { None }
    }

    fn names(&self) -> Vec<Name> {
        let slug = Name::PartnerSlug(self.slug.as_str().to_owned());
        let issuer = Name::PartnerIssuer(self.trust.issuer().to_owned());
        vec![slug, Name::PartnerHandle(self.handle.clone()), issuer]
    }
}

impl Object for App {
    type Id = AppId;

    fn id(&self) -> AppId {
        self.id
    }

    fn id_in(name: &Name) -> Option<AppId> {
        if let Name::App(id) = name { Some(*id) } else { None }
    }

    fn names(&self) -> Vec<Name> {
        let own = match &self.protocol {
            AppProtocol::Oidc(oidc) => Name::ClientId(oidc.client_id.clone()),
            AppProtocol::Saml(saml) => Name::EntityId(saml.entity_id.clone()),
        };
        vec![Name::AppSlug(self.slug.as_str().to_owned()), own]
    }
}

impl<T: Object> Objects<T::Id, T> {
    fn get(&self, name: &Name) -> Option<Arc<T>> {
        let id = T::id_in(name).or_else(|| self.by_name.get(name).copied())?;
        self.by_id.get(&id).cloned()
    }

    fn keep(&mut self, object: &Arc<T>) {
        self.drop(object.id());
        if self.by_id.len() >= MAX_KEPT
            && let Some(other) = self.by_id.keys().next().copied()
        {
            self.drop(other);
        }
        self.by_id.insert(object.id(), Arc::clone(object));
        self.by_name.extend(object.names().into_iter().map(|name| (name, object.id())));
    }

    fn drop(&mut self, id: T::Id) {
        let Some(old) = self.by_id.remove(&id) else { return };
        for name in old.names() {
            // It may be another's by now.
            if self.by_name.get(&name) == Some(&id) {
                self.by_name.remove(&name);
            }
        }
    }
}

/// Answers of one kind.
struct Answers<K, V>(Cache<K, Option<V>>);

impl<K: Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Answers<K, V> {
    fn new() -> Self {
        Self(kept_for(LIFETIME))
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

fn kept_for<K: Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static>(time: Duration) -> Cache<K, V> {
    Cache::builder().max_capacity(MAX_ANSWERS).time_to_live(time).build()
}

impl CachedDirectory {
    pub(super) fn new(database: Database) -> Self {
        Self {
            database,
            kept: RwLock::default(),
            strangers: kept_for(LIFETIME),
            holdings: kept_for(LIFETIME),
            sessions: Answers::new(),
            labels: Answers::new(),
            settings: kept_for(LIFETIME),
            is_current: kept_for(LIFETIME),
            trouble: kept_for(PAUSE),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// Drops what has changed, and says which change is the last that is known.
    async fn catch_up(&self) -> Result<i64, StoreError> {
        if self.is_current.contains_key(&()) {
            return Ok(self.read().seen);
        }
        let _turn = self.turn.lock().await;
        let before = self.read().seen;
        if self.is_current.contains_key(&()) {
            return Ok(before);
        }
        if let Some(error) = self.trouble.get(&()) {
            return Err(error);
        }
        let mut database = self.database.clone();
        let asked = Box::pin(sql::directory_changes::since(&mut database, before));
        let late = |_| Err(StoreError::Unavailable("the database does not say what has changed".to_owned()));
        let changes = match tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(late) {
            Ok(changes) => changes,
            Err(error) => {
                self.trouble.insert((), error.clone());
                return Err(error);
            }
        };
        if changes.number != before {
            self.drop_changed(&changes);
        }
        self.is_current.insert((), ());
        Ok(changes.number)
    }

    fn drop_changed(&self, changes: &Changes) {
        let mut kept = self.write();
        // The numbers of a database that was restored may begin anew.
        if changes.objects.len() >= MOST as usize || changes.number < kept.seen {
            *kept = Kept::default();
        }
        for object in &changes.objects {
            kept.partners.drop(PartnerId::from_uuid(*object));
            kept.apps.drop(AppId::from_uuid(*object));
        }
        kept.seen = changes.number;
        self.holdings.invalidate_all();
        self.strangers.invalidate_all();
    }

    fn read(&self) -> RwLockReadGuard<'_, Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Kept> {
        self.kept.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is found by a name: kept, or read after the changes that are known.
    async fn found<T: Object + Send + Sync>(
        &self,
        name: Name,
        among: fn(&Kept) -> &Objects<T::Id, T>,
        keep_among: fn(&mut Kept) -> &mut Objects<T::Id, T>,
        read: impl Future<Output = Result<Option<T>, StoreError>> + Send,
    ) -> Result<Option<Arc<T>>, StoreError> {
        let seen = self.catch_up().await?;
        if let Some(object) = among(&self.read()).get(&name) {
            return Ok(Some(object));
        }
        if self.strangers.contains_key(&name) {
            return Ok(None);
        }
        let Some(object) = Box::pin(read).await? else {
            // Under the lock, as what is kept: what was read before a change says nothing after it.
            let kept = self.read();
            if kept.seen == seen {
                self.strangers.insert(name, ());
            }
            return Ok(None);
        };
        let object = Arc::new(object);
        let mut kept = self.write();
        if kept.seen == seen {
            keep_among(&mut kept).keep(&object);
        }
        Ok(Some(object))
    }

    async fn found_partner(
        &self,
        name: Name,
        read: impl Future<Output = Result<Option<Partner>, StoreError>> + Send,
    ) -> Result<Option<Arc<Partner>>, StoreError> {
        self.found(name, |kept| &kept.partners, |kept| &mut kept.partners, read).await
    }

    async fn found_app(
        &self,
        name: Name,
        read: impl Future<Output = Result<Option<App>, StoreError>> + Send,
    ) -> Result<Option<Arc<App>>, StoreError> {
        self.found(name, |kept| &kept.apps, |kept| &mut kept.apps, read).await
    }
}

fn shared<T>(found: Option<T>) -> Option<Arc<T>> {
    found.map(Arc::new)
}

#[async_trait]
impl Directory for CachedDirectory {
    async fn partner(&self, id: PartnerId) -> Result<Option<Arc<Partner>>, StoreError> {
        let mut database = self.database.clone();
        self.found_partner(Name::Partner(id), sql::partners::by_id(&mut database, id)).await
    }

    async fn partner_by_slug(&self, slug: &str) -> Result<Option<Arc<Partner>>, StoreError> {
        let mut database = self.database.clone();
        let name = Name::PartnerSlug(slug.to_owned());
        self.found_partner(name, sql::partners::by_slug(&mut database, slug)).await
    }

    async fn partner_by_handle(&self, handle: &str) -> Result<Option<Arc<Partner>>, StoreError> {
        let mut database = self.database.clone();
        let name = Name::PartnerHandle(handle.to_owned());
        self.found_partner(name, sql::partners::by_handle(&mut database, handle)).await
    }

    async fn holdings(&self, look_up: &LookUp) -> Result<Arc<Vec<Holding>>, StoreError> {
        let seen = self.catch_up().await?;
        if let Some(holdings) = self.holdings.get(look_up) {
            return Ok(holdings);
        }
        let holdings = Arc::new(Box::pin(sql::holders::holdings(&mut self.database.clone(), look_up)).await?);
        let kept = self.read();
        if kept.seen == seen {
            self.holdings.insert(look_up.clone(), Arc::clone(&holdings));
        }
        drop(kept);
        Ok(holdings)
    }

    async fn partner_by_issuer(&self, issuer: &str) -> Result<Option<Arc<Partner>>, StoreError> {
        let mut database = self.database.clone();
        let name = Name::PartnerIssuer(issuer.to_owned());
        self.found_partner(name, sql::partners::by_entity_id(&mut database, issuer)).await
    }

    async fn app(&self, id: AppId) -> Result<Option<Arc<App>>, StoreError> {
        let mut database = self.database.clone();
        self.found_app(Name::App(id), sql::apps::by_id(&mut database, id)).await
    }

    async fn app_by_slug(&self, slug: &str) -> Result<Option<Arc<App>>, StoreError> {
        let mut database = self.database.clone();
        self.found_app(Name::AppSlug(slug.to_owned()), sql::apps::by_slug(&mut database, slug)).await
    }

    async fn app_by_client_id(&self, client_id: &str) -> Result<Option<Arc<App>>, StoreError> {
        let mut database = self.database.clone();
        let name = Name::ClientId(client_id.to_owned());
        self.found_app(name, sql::apps::by_client_id(&mut database, client_id)).await
    }

    async fn app_by_entity_id(&self, entity_id: &str) -> Result<Option<Arc<App>>, StoreError> {
        let mut database = self.database.clone();
        let name = Name::EntityId(entity_id.to_owned());
        self.found_app(name, sql::apps::by_entity_id(&mut database, entity_id)).await
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

    async fn collaboration(&self) -> Result<Arc<Collaboration>, StoreError> {
        if let Some(settings) = self.settings.get(&()) {
            return Ok(settings);
        }
        let settings = Arc::new(sql::collaboration::at_rest(&mut self.database.clone()).await?);
        self.settings.insert((), Arc::clone(&settings));
        Ok(settings)
    }

    async fn fill(&self) -> Result<(), StoreError> {
        let mut database = self.database.for_long();
        {
            let mut kept = self.write();
            *kept = Kept { seen: kept.seen, ..Kept::default() };
        }
        let mut last = None;
        for _ in 0..MAX_KEPT / STRETCH {
            let seen = self.catch_up().await?;
            let read = sql::partners::stretch(&mut database, last, STRETCH as i64).await?;
            let Some(end) = read.last() else { break };
            last = Some(end.id);
            let mut kept = self.write();
            if kept.seen == seen {
                read.into_iter().for_each(|partner| kept.partners.keep(&Arc::new(partner)));
            }
        }
        let mut last = None;
        for _ in 0..MAX_KEPT / STRETCH {
            let seen = self.catch_up().await?;
            let read = sql::apps::stretch(&mut database, last, STRETCH as i64).await?;
            let Some(end) = read.last() else { break };
            last = Some(end.id);
            let mut kept = self.write();
            if kept.seen == seen {
                read.into_iter().for_each(|app| kept.apps.keep(&Arc::new(app)));
            }
        }
        Ok(())
    }

    fn forget(&self) {
        self.is_current.invalidate(&());
        self.trouble.invalidate(&());
        self.strangers.invalidate_all();
        self.holdings.invalidate_all();
        self.sessions.0.invalidate_all();
        self.labels.0.invalidate_all();
        self.settings.invalidate(&());
    }
}
