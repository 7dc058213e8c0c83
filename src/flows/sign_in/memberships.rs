//! What an account is in, as far as policies ask for it: read in the unit that decides.

use crate::domain::apps::AppId;
use crate::domain::groups::GroupId;
use crate::domain::guests::GuestId;
use crate::domain::policy::facts::Fact;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::policies::Loaded;

/// The most groups of one account that are compared; whoever is in more is in unknown groups.
pub(crate) const MAX_GROUPS: u32 = 2_048;

/// Groups and roles of an account.
#[derive(Debug, Default)]
pub(crate) struct Memberships {
    /// Its groups, one more than are compared at most.
    pub(crate) groups: Vec<GroupId>,
    /// Its roles; none where no policy asks for them and they were not read.
    pub(crate) roles: Option<Vec<&'static str>>,
}

impl Memberships {
    /// Reads what the policies ask for at an app.
    pub(crate) async fn read(
        unit: &mut dyn UnitOfWork,
        loaded: &Loaded,
        guest: GuestId,
        app: Option<AppId>,
    ) -> Result<Self, StoreError> {
        if loaded.set.policies().is_empty() {
            return Ok(Self::default());
        }
        let groups = unit.groups_of(guest, MAX_GROUPS + 1).await?;
        let app_groups = app.map_or(&[][..], |app| loaded.app_groups_of(app));
        let roles =
            if loaded.set.asks_roles(app, app_groups) { Some(unit.roles_of(guest).await?.words()) } else { None };
        Ok(Self { groups, roles })
    }

    /// The groups, as a policy compares them.
    pub(crate) fn groups_known(&self) -> Fact<&[GroupId]> {
        if self.groups.len() > MAX_GROUPS as usize { Fact::Unknown } else { Fact::Known(&self.groups) }
    }
}
