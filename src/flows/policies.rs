//! The policies that decide: compiled once, shared by every request, swapped whole.
//!
//! Who decides inside a unit reads [`policy_revision`](crate::domain::store::policies::PolicyObjects) there.
//! Where it is another than that of [`Policies::current`], the unit is dropped, [`Policies::reload`] is
//! called, and the act is done again: so a change on another node decides at the next request.

pub mod cases;
pub mod impact;
pub mod view;
pub mod what_if;

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::Mutex;

use crate::domain::apps::AppId;
use crate::domain::policy::facts::AppGroupId;
use crate::domain::policy::faults::PolicyFault;
use crate::domain::policy::set::PolicySet;
use crate::domain::store::objects::Kept;
use crate::domain::store::{Store, StoreError, UnitOfWork};

/// The policies as they were at a revision.
#[derive(Debug)]
pub struct Loaded {
    /// The revision of the store that they were read at.
    pub revision: i64,
    /// All of them, compiled.
    pub set: PolicySet,
    /// The groups of each app, sorted; an app without groups is not in it.
    pub app_groups: HashMap<AppId, Vec<AppGroupId>>,
}

impl Loaded {
    /// The groups of apps that `app` is in.
    #[must_use]
    pub fn app_groups_of(&self, app: AppId) -> &[AppGroupId] {
        self.app_groups.get(&app).map_or(&[], Vec::as_slice)
    }
}

/// The policies of this process.
#[derive(Debug)]
pub struct Policies {
    current: ArcSwap<Loaded>,
    /// Held while they are read, so that what was read later is not replaced by what was read before.
    reading: Mutex<()>,
}

impl Policies {
    /// Reads and compiles what is stored.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Corrupt`] where what is stored cannot be compiled.
    pub async fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let loaded = read(store.unit_of_work().await?.as_mut()).await?;
        Ok(Self { current: ArcSwap::from_pointee(loaded), reading: Mutex::new(()) })
    }

    /// The policies that decide now.
    #[must_use]
    pub fn current(&self) -> Arc<Loaded> {
        self.current.load_full()
    }

    /// Reads the policies again where their revision has moved, and puts them in the place of the current
    /// ones.
    ///
    /// # Errors
    /// As [`Policies::load`]; the current ones stay then, and whoever decides by the revision is refused.
    pub async fn reload(&self, store: &dyn Store) -> Result<Arc<Loaded>, StoreError> {
        let _reading = self.reading.lock().await;
        let mut unit = store.unit_of_work().await?;
        let current = self.current();
        if unit.policy_revision().await? == current.revision {
            return Ok(current);
        }
        let loaded = Arc::new(read(unit.as_mut()).await?);
        remember(unit, &loaded.set).await?;
        self.current.store(Arc::clone(&loaded));
        tracing::info!(revision = loaded.revision, version = %loaded.set.version(), "policies loaded");
        Ok(loaded)
    }
}

/// Keeps the text of the set that decides under its version, so that its decisions can be explained when
/// the policies are long gone.
///
/// # Errors
/// [`StoreError`].
pub async fn remember(mut unit: Box<dyn UnitOfWork>, set: &PolicySet) -> Result<(), StoreError> {
    if unit.find_policy_set(set.version()).await?.is_none() {
        unit.remember_policy_set(set.version(), set.canonical()).await?;
        unit.commit().await?;
    }
    Ok(())
}

/// Reads and compiles what is stored, as the unit has it.
pub(in crate::flows) async fn read(unit: &mut dyn UnitOfWork) -> Result<Loaded, StoreError> {
    let revision = unit.policy_revision().await?;
    let policies = values(unit.list_policies().await?);
    let locations = values(unit.list_named_locations().await?);
    let strengths = values(unit.list_strengths().await?);
    let set = PolicySet::compile(&policies, &locations, &strengths).map_err(|faults| broken(&faults))?;
    let mut app_groups: HashMap<AppId, Vec<AppGroupId>> = HashMap::new();
    for group in values(unit.list_app_groups().await?) {
        for app in group.apps {
            app_groups.entry(app).or_default().push(group.id);
        }
    }
    app_groups.values_mut().for_each(|groups| groups.sort_unstable());
    Ok(Loaded { revision, set, app_groups })
}

fn values<T>(kept: Vec<Kept<T>>) -> Vec<T> {
    kept.into_iter().map(|kept| kept.value).collect()
}

/// What is stored was compiled before it was written, so this is the work of another hand or of another
/// version.
fn broken(faults: &[PolicyFault]) -> StoreError {
    let row = faults.first().map(ToString::to_string).unwrap_or_default();
    StoreError::Corrupt { table: "policies", column: "conditions", row }
}
