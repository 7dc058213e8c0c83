//! Stored policies as an operator reads them, with names in the place of ids.

use std::collections::BTreeMap;

use crate::domain::policy::object::Policy;
use crate::domain::policy::references::{Named, of_policy};
use crate::domain::policy::set::PolicyVersion;
use crate::domain::policy::strengths::{BUILT_IN, StrengthId};
use crate::domain::store::objects::Kept;
use crate::domain::store::policies::PastSet;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::operate::OperateError;
use crate::flows::services::Services;

/// The most past sets that are listed.
const MAX_PAST: u32 = 1_000;

/// What objects that policies name are called now: slugs, and mail addresses of guests.
#[derive(Debug, Clone, Default)]
pub struct ObjectNames(BTreeMap<Named, String>);

impl ObjectNames {
    /// The name of an object, or else its id.
    #[must_use]
    pub fn of(&self, named: Named) -> String {
        self.0.get(&named).cloned().unwrap_or_else(|| named.uuid().to_string())
    }

    /// The name of a strength, built in or not.
    #[must_use]
    pub fn of_strength(&self, id: StrengthId) -> String {
        let built_in = BUILT_IN.iter().find(|(known, _)| *known == id);
        built_in.map_or_else(|| self.of(Named::Strength(id)), |(_, slug)| (*slug).to_owned())
    }

    /// Reads the names of everything that `policies` name.
    pub(super) async fn read(unit: &mut dyn UnitOfWork, policies: &[Policy]) -> Result<Self, StoreError> {
        let mut names = BTreeMap::new();
        for Kept { value, .. } in unit.list_partners().await? {
            names.insert(Named::Partner(value.id), value.slug.to_string());
        }
        for Kept { value, .. } in unit.list_apps().await? {
            names.insert(Named::App(value.id), value.slug.to_string());
        }
        for Kept { value, .. } in unit.list_groups().await? {
            names.insert(Named::Group(value.group.id), value.group.slug.to_string());
        }
        for Kept { value, .. } in unit.list_app_groups().await? {
            names.insert(Named::AppGroup(value.id), value.slug.to_string());
        }
        for Kept { value, .. } in unit.list_named_locations().await? {
            names.insert(Named::Location(value.id), value.slug.to_string());
        }
        for Kept { value, .. } in unit.list_strengths().await? {
            names.insert(Named::Strength(value.id), value.slug.to_string());
        }
        for named in policies.iter().flat_map(of_policy) {
            let Named::Guest(id) = named else { continue };
            if let Some(mail) = unit.guest(id).await?.and_then(|kept| kept.value.guest.mail) {
                names.insert(named, mail.as_str().to_owned());
            }
        }
        Ok(Self(names))
    }
}

/// All policies, by slug, disabled ones too.
///
/// # Errors
/// [`StoreError`].
pub async fn policies(services: &Services) -> Result<(Vec<Policy>, ObjectNames), StoreError> {
    let mut unit = services.store.unit_of_work().await?;
    let policies: Vec<Policy> = unit.list_policies().await?.into_iter().map(|kept| kept.value).collect();
    let names = ObjectNames::read(unit.as_mut(), &policies).await?;
    Ok((policies, names))
}

/// The policy of this slug.
///
/// # Errors
/// [`OperateError`].
pub async fn policy(services: &Services, slug: &str) -> Result<(Policy, ObjectNames), OperateError> {
    let (policies, names) = policies(services).await?;
    let found = policies.into_iter().find(|policy| policy.slug.as_str() == slug);
    let unknown = || OperateError::Unknown { kind: "policy", name: slug.to_owned() };
    found.map(|policy| (policy, names)).ok_or_else(unknown)
}

/// The policy sets that decided here, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn past_sets(services: &Services) -> Result<Vec<PastSet>, StoreError> {
    services.store.unit_of_work().await?.list_policy_sets(MAX_PAST).await
}

/// The text of the policy set of a version; nothing where none of it decided here.
///
/// # Errors
/// [`StoreError`].
pub async fn past_set(services: &Services, version: PolicyVersion) -> Result<Option<String>, StoreError> {
    services.store.unit_of_work().await?.find_policy_set(version).await
}
