//! Reads and writes of partners, apps, groups and guests by administrators.

use async_trait::async_trait;

use super::StoreError;
use super::sign_ins::Once;
use crate::base::clock::Timestamp;
use crate::domain::apps::{App, AppId};
use crate::domain::domain_proofs::{DomainProof, ProofKind};
use crate::domain::groups::{Group, GroupId};
use crate::domain::guests::{Guest, GuestId, Standing};
use crate::domain::mail::MailDomain;
use crate::domain::partners::{Partner, PartnerId, Switch};
use crate::domain::roles::Roles;

/// What put an object there; pruning removes only what `apply` put there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// An object file.
    Applied,
    /// The first sign-in of a person.
    SignIn,
    /// An invitation.
    Invited,
    /// The installation itself.
    BuiltIn,
    /// Somebody who asked for it by the directory API.
    Asked,
}

/// An object and what put it there.
#[derive(Debug, Clone)]
pub struct Kept<T> {
    /// The object.
    pub value: T,
    /// What put it there.
    pub provenance: Provenance,
}

/// A group with its members and apps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeGroup {
    /// The group.
    pub group: Group,
    /// Its members, in the order of their ids.
    pub members: Vec<GuestId>,
    /// Who may manage its members, in the order of their ids.
    pub owners: Vec<GuestId>,
    /// Its apps, in the order of their ids.
    pub apps: Vec<AppId>,
}

/// A guest with the apps that it is assigned to directly, and its roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeGuest {
    /// The guest.
    pub guest: Guest,
    /// Directly assigned apps, in the order of their ids.
    pub apps: Vec<AppId>,
    /// Its roles.
    pub roles: Roles,
}

/// Administration inside a unit.
#[async_trait]
pub trait Objects {
    /// All partners, by slug.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_partners(&mut self) -> Result<Vec<Kept<Partner>>, StoreError>;

    /// Adds a partner with its domains.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `partners_slug_key`, `partners_entity_id_key` or `partner_domains_pkey`.
    async fn insert_partner(&mut self, partner: &Partner, provenance: Provenance) -> Result<(), StoreError>;

    /// Writes a partner whose version is one more than the stored one, with its domains.
    ///
    /// # Errors
    /// [`StoreError::Raced`] where the stored version is another, [`StoreError::Taken`] as when adding.
    async fn update_partner(&mut self, partner: &Partner, provenance: Provenance) -> Result<(), StoreError>;

    /// Switches a partner on or off; its version grows. [`Once::Again`] where it was so already.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn switch_partner(&mut self, id: PartnerId, switch: Switch) -> Result<Once, StoreError>;

    /// Removes a partner. Guests bound through it stay and cannot sign in.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_partner(&mut self, id: PartnerId) -> Result<(), StoreError>;

    /// What is recorded of the domains of a partner, by domain.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_domain_proofs(&mut self, id: PartnerId) -> Result<Vec<DomainProof>, StoreError>;

    /// Records what shows a domain to be a partner's; what is recorded already stays as it is.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_domain_proof(&mut self, id: PartnerId, proof: &DomainProof) -> Result<(), StoreError>;

    /// Takes back what was recorded of a domain.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_domain_proof(
        &mut self,
        id: PartnerId,
        domain: &MailDomain,
        kind: ProofKind,
    ) -> Result<(), StoreError>;

    /// Makes the version of a partner grow, so that what was judged before is judged again.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn touch_partner(&mut self, id: PartnerId) -> Result<(), StoreError>;

    /// All apps, by slug.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_apps(&mut self) -> Result<Vec<Kept<App>>, StoreError>;

    /// Adds an app.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `apps_slug_key`, `apps_client_id_key` or `apps_entity_id_key`.
    async fn insert_app(&mut self, app: &App, provenance: Provenance) -> Result<(), StoreError>;

    /// Writes an app whose version is one more than the stored one.
    ///
    /// # Errors
    /// [`StoreError::Raced`] and [`StoreError::Taken`].
    async fn update_app(&mut self, app: &App, provenance: Provenance) -> Result<(), StoreError>;

    /// Switches an app on or off; its version grows. [`Once::Again`] where it was so already.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn switch_app(&mut self, id: AppId, switch: Switch) -> Result<Once, StoreError>;

    /// Removes an app with its grants, codes and tokens.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_app(&mut self, id: AppId) -> Result<(), StoreError>;

    /// All groups with members and apps, by slug.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_groups(&mut self) -> Result<Vec<Kept<WholeGroup>>, StoreError>;

    /// Adds or writes a group with exactly these members, owners and apps.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `groups_slug_key`.
    async fn upsert_group(&mut self, group: &WholeGroup, provenance: Provenance) -> Result<(), StoreError>;

    /// Removes a group with its memberships and grants.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_group(&mut self, id: GroupId) -> Result<(), StoreError>;

    /// Guests that are not removed, in the order of their ids, after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_guests(&mut self, after: Option<GuestId>, limit: u32) -> Result<Vec<Kept<WholeGuest>>, StoreError>;

    /// The guest of this id, also where it is removed and can be restored.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn guest(&mut self, id: GuestId) -> Result<Option<Kept<WholeGuest>>, StoreError>;

    /// The guest with this address, compared by its lower-case key.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn guest_by_mail_key(&mut self, key: &str) -> Result<Option<Kept<WholeGuest>>, StoreError>;

    /// Writes what an object file says of a guest: mail, name, pin, and exactly these apps. Roles are granted and
    /// revoked one by one.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `guests_mail_key`.
    async fn update_guest(&mut self, guest: &WholeGuest, provenance: Provenance) -> Result<(), StoreError>;

    /// Sets the directly assigned apps of a guest.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn set_guest_apps(&mut self, id: GuestId, apps: &[AppId]) -> Result<(), StoreError>;

    /// Removes a guest for good with its sessions, codes, tokens, grants and memberships.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_guest(&mut self, id: GuestId) -> Result<(), StoreError>;

    /// Blocks or unblocks a guest; blocking ends its sessions, codes and tokens. [`Once::Again`]
    /// where it was so already, or is removed.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn set_guest_standing(&mut self, id: GuestId, standing: Standing, now: Timestamp)
    -> Result<Once, StoreError>;

    /// Ends all sessions, codes and tokens of a guest and refuses those from before `now`; says how
    /// many sessions there were.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn revoke_guest(&mut self, id: GuestId, now: Timestamp) -> Result<u64, StoreError>;
}
