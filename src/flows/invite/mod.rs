//! Inviting people: the account is there when the invitation is, and the link leads to it.
//!
//! Start reading at [`invite`]; [`again`] is what follows one. [`address`] judges whom one may invite at all, `target` finds the account, and
//! `make` writes what is new.

pub mod address;
pub mod again;
mod before;
mod mailed;
mod make;
pub mod once;
mod peers;
pub mod redeemed;
pub(crate) mod target;

use crate::domain::collaboration::{Collaboration, InvitesFrom};
use crate::domain::guests::{Binding, Guest, UserType};
use crate::domain::invitations::fault::InviteError;
use crate::domain::invitations::rights::may_invite;
use crate::domain::invitations::wish::Wish;
use crate::domain::invitations::{InvitationId, InvitationStatus, Inviter};
use crate::domain::partners::PartnerId;
use crate::domain::permissions::{Act, Caller};
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::author::Author;
use crate::flows::services::Services;
use crate::flows::sign_in::MAX_TRIES;

use target::Target;

/// What became of an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// The account as it is now.
    pub guest: Guest,
    /// Names the invitation; absent where the account is redeemed already, which takes none.
    pub invitation: Option<InvitationId>,
    /// What the person is to follow; absent where whoever asked may not see it, and a mail alone has it.
    pub link: Option<String>,
    /// How far it has come.
    pub status: InvitationStatus,
    /// Whether the account was there before.
    pub account: Account,
}

/// Whether an account was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// It was made now.
    Made,
    /// It was there.
    Known,
}

/// What holds for all invitations of one unit: who invites, and the settings as they are now.
#[derive(Debug, Clone)]
pub struct Inviting<'a> {
    /// Who invites, and when.
    pub author: Author<'a>,
    /// The settings.
    pub settings: Collaboration,
    /// The partner whose people are ours.
    pub home: Option<PartnerId>,
}

/// Invites somebody. Who is invited already is found again: the same account, and another link to it.
///
/// # Errors
/// [`InviteError`]; nothing was written then.
pub async fn invite(services: &Services, caller: &Caller, wish: &Wish) -> Result<Invited, InviteError> {
    let mut tries = 1;
    loop {
        match attempt(services, caller, wish).await {
            Err(InviteError::Store(StoreError::Raced)) if tries < MAX_TRIES => tries += 1,
            outcome => return outcome,
        }
    }
}

async fn attempt(services: &Services, caller: &Caller, wish: &Wish) -> Result<Invited, InviteError> {
    let mut unit = services.store.unit_of_work().await?;
    let inviting = Inviting::read(unit.as_mut(), Author::new(services, caller)).await?;
    let invited = inviting.one(unit.as_mut(), wish).await?;
    unit.commit().await?;
    Ok(invited)
}

impl<'a> Inviting<'a> {
    /// Reads the settings and judges whether whoever asks may invite at all.
    ///
    /// # Errors
    /// [`InviteError::Disabled`] and its like, or the store's.
    pub async fn read(unit: &mut dyn UnitOfWork, author: Author<'a>) -> Result<Self, InviteError> {
        let settings = unit.collaboration().await?.value;
        may_invite(settings.allow_invites_from, author.caller)?;
        let home = unit.home_partner().await?;
        Ok(Self { author, settings, home })
    }

    /// Reads the settings and judges whether whoever asks may let accounts be redeemed.
    pub(crate) async fn to_redeem(unit: &mut dyn UnitOfWork, author: Author<'a>) -> Result<Self, InviteError> {
        if !author.caller.may(Act::ResetRedemption) {
            return Err(InviteError::NotAllowed { needed: "it takes the role `helpdesk_administrator`" });
        }
        let settings = unit.collaboration().await?.value;
        if settings.allow_invites_from == InvitesFrom::Nobody {
            return Err(InviteError::DisabledForAll);
        }
        let home = unit.home_partner().await?;
        Ok(Self { author, settings, home })
    }

    /// The same, for who begins a redemption anew.
    pub(crate) async fn to_reset(unit: &mut dyn UnitOfWork, author: Author<'a>) -> Result<Self, InviteError> {
        match Self::to_redeem(unit, author).await {
            Err(InviteError::NotAllowed { .. }) => Err(InviteError::ResetNotAllowed),
            read => read,
        }
    }

    /// Whether an account is signed in to at home.
    pub(crate) fn is_internal(&self, guest: &Guest) -> bool {
        matches!(&guest.binding, Binding::Accepted { partner, .. } if self.home == Some(*partner))
    }

    /// Judges one invitation as far as that can be done without writing anything.
    ///
    /// # Errors
    /// [`InviteError`].
    pub async fn judge(&self, unit: &mut dyn UnitOfWork, wish: &Wish) -> Result<(), InviteError> {
        self.judge_rights(unit, wish).await?;
        address::judge(unit, self, &wish.address).await?;
        target::judge_references(unit, wish).await
    }

    /// Invites one person inside the unit.
    ///
    /// # Errors
    /// [`InviteError`]; the unit must be dropped then. [`StoreError::Raced`] means that all of it is to be done again.
    pub async fn one(&self, unit: &mut dyn UnitOfWork, wish: &Wish) -> Result<Invited, InviteError> {
        let wish = &wish.clone().bounded()?;
        self.judge(unit, wish).await?;
        if let Some(id) = wish.account {
            return again::convert(self, unit, wish, id).await;
        }
        match target::find(self, unit, wish).await? {
            Target::New { other_mail } => match peers::home(self, unit, wish).await? {
                Some(home) if !other_mail => make::added(self, unit, wish, home).await,
                _ => make::new(self, unit, wish, other_mail).await,
            },
            Target::Known(guest) => make::known(self, unit, wish, *guest).await,
        }
    }

    /// Who invites.
    #[must_use]
    pub fn inviter(&self) -> Inviter {
        Inviter::of(self.author.caller)
    }

    /// Whether whoever asks may make members, and give what is asked to be given.
    async fn judge_rights(&self, unit: &mut dyn UnitOfWork, wish: &Wish) -> Result<(), InviteError> {
        let caller = self.author.caller;
        if wish.user_type == UserType::Member && !caller.may(Act::InviteMember) {
            return Err(InviteError::NotAllowed { needed: "inviting members takes the role `user_administrator`" });
        }
        if !wish.groups.is_empty() && !caller.may(Act::ManageGroupMembers) {
            return Err(InviteError::NotAllowed { needed: "giving groups takes the right to manage their members" });
        }
        if wish.apps.is_empty() || caller.may(Act::AssignApps) {
            return Ok(());
        }
        target::judge_owner(unit, caller, wish).await
    }
}
