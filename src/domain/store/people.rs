//! Looking through accounts, groups and assignments, outside any unit: each a fresh statement, so that what was just
//! written is found, and no writer waits for who reads.

use async_trait::async_trait;

use super::StoreError;
use super::sign_ins::Once;
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::groups::{Group, GroupId};
use crate::domain::guests::{Guest, GuestId};
use crate::domain::people::{AppAssignment, Person, PersonKey, Principal, Scan};

/// Accounts, groups and assignments as they are.
#[async_trait]
pub trait People {
    /// Accounts that are not removed, in an order, from a place on.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn scan_people(&self, scan: &Scan) -> Result<Vec<Person>, StoreError>;

    /// How many accounts there are that are not removed.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn count_people(&self) -> Result<u64, StoreError>;

    /// One account, also where it is removed and can be restored.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn person(&self, key: &PersonKey) -> Result<Option<Person>, StoreError>;

    /// Groups in the order of their ids, after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn scan_groups(&self, after: Option<GroupId>, limit: u32) -> Result<Vec<Group>, StoreError>;

    /// How many groups there are.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn count_groups(&self) -> Result<u64, StoreError>;

    /// One group.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_group(&self, id: GroupId) -> Result<Option<Group>, StoreError>;

    /// The members of a group that are not removed, in the order of their ids, after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn members_of(&self, group: GroupId, after: Option<GuestId>, limit: u32) -> Result<Vec<Person>, StoreError>;

    /// The owners of a group that are not removed, in the order of their ids, after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn owners_of(&self, group: GroupId, after: Option<GuestId>, limit: u32) -> Result<Vec<Person>, StoreError>;

    /// The groups of a person in the order of their ids, after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn groups_of_person(
        &self,
        guest: GuestId,
        after: Option<GroupId>,
        limit: u32,
    ) -> Result<Vec<Group>, StoreError>;

    /// The apps to which somebody is assigned directly, in the order of their ids.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn apps_of(&self, principal: Principal) -> Result<Vec<AppId>, StoreError>;

    /// Who is assigned to an app directly, people first, in the order of their ids, after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn assigned_to(&self, app: AppId, after: Option<Principal>, limit: u32)
    -> Result<Vec<Principal>, StoreError>;
}

/// Changes of groups and assignments inside a unit, one by one.
#[async_trait]
pub trait Memberships {
    /// Adds a group without members.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `groups_slug_key`.
    async fn insert_group(&mut self, group: &Group, now: Timestamp) -> Result<(), StoreError>;

    /// Gives a group another name and slug; says whether it is there.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `groups_slug_key`.
    async fn update_group(&mut self, group: &Group) -> Result<Once, StoreError>;

    /// A group, which stays as it is until the unit ends.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn hold_group(&mut self, id: GroupId) -> Result<Option<Group>, StoreError>;

    /// Whether an account owns some group.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn owns_any_group(&mut self, guest: GuestId) -> Result<bool, StoreError>;

    /// Whether somebody may manage the members of a group as its owner.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn owns_group(&mut self, group: GroupId, guest: GuestId) -> Result<bool, StoreError>;

    /// How many owners a group has.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn count_owners(&mut self, group: GroupId) -> Result<u64, StoreError>;

    /// Makes somebody an owner of a group; [`Once::Again`] where they are.
    ///
    /// # Errors
    /// [`StoreError::Raced`] where one of both has gone.
    async fn add_owner(&mut self, group: GroupId, guest: GuestId) -> Result<Once, StoreError>;

    /// Takes a group from an owner; [`Once::Again`] where they are none.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn remove_owner(&mut self, group: GroupId, guest: GuestId) -> Result<Once, StoreError>;

    /// Puts a person into a group; [`Once::Again`] where it is a member.
    ///
    /// # Errors
    /// [`StoreError::Raced`] where one of both has gone.
    async fn add_member(&mut self, group: GroupId, guest: GuestId) -> Result<Once, StoreError>;

    /// Takes a person out of a group; [`Once::Again`] where it is no member.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn remove_member(&mut self, group: GroupId, guest: GuestId) -> Result<Once, StoreError>;

    /// Assigns somebody to an app; [`Once::Again`] where they are.
    ///
    /// # Errors
    /// [`StoreError::Raced`] where one of both has gone.
    async fn assign(&mut self, assignment: AppAssignment) -> Result<Once, StoreError>;

    /// Takes an assignment back; [`Once::Again`] where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn unassign(&mut self, assignment: AppAssignment) -> Result<Once, StoreError>;

    /// Writes the display name of an account.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn write_names(&mut self, guest: &Guest) -> Result<(), StoreError>;
}
