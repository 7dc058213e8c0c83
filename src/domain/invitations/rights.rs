//! Who may invite, by the setting `allow_invites_from`.

use super::fault::InviteError;
use crate::domain::collaboration::InvitesFrom;
use crate::domain::guests::{GuestId, UserType};
use crate::domain::permissions::{Act, Caller};
use crate::domain::roles::Roles;

/// Whether `caller` may invite guests.
///
/// # Errors
/// [`InviteError::Disabled`], [`InviteError::DisabledForAll`] and [`InviteError::DisabledForApps`].
pub fn may_invite(setting: InvitesFrom, caller: &Caller) -> Result<(), InviteError> {
    if setting == InvitesFrom::Nobody {
        return Err(InviteError::DisabledForAll);
    }
    let may = match caller {
        Caller::Operator(_) => true,
        Caller::App { .. } if setting == InvitesFrom::AdminsAndGuestInviters => {
            return Err(InviteError::DisabledForApps);
        }
        Caller::App { .. } => caller.may(Act::InviteGuest),
        Caller::Person { user_type, .. } => {
            let by_setting = match setting {
                InvitesFrom::Nobody | InvitesFrom::AdminsAndGuestInviters => false,
                InvitesFrom::AdminsGuestInvitersAndAllMembers => *user_type == UserType::Member,
                InvitesFrom::Everyone => true,
            };
            caller.may(Act::InviteGuest) || (by_setting && caller.is_let(Act::InviteGuest))
        }
    };
    if may { Ok(()) } else { Err(InviteError::Disabled) }
}

/// Whether `caller` may hand an account with these roles to whoever follows a link, or end it: what somebody can do
/// who holds roles is not to be had by less than granting any role, and through no app, whoever is behind it.
///
/// # Errors
/// [`InviteError::ResetForbidden`].
pub fn may_hand_over(caller: &Caller, guest: GuestId, held: Roles) -> Result<(), InviteError> {
    let is_direct = matches!(caller, Caller::Operator(_) | Caller::Person { through: None, .. });
    let grants_any = is_direct && caller.may(Act::ManageRoles);
    if held.is_empty() || grants_any {
        return Ok(());
    }
    Err(InviteError::ResetForbidden { id: guest.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f44_an_account_with_roles_is_handed_over_by_who_may_grant_them_alone() {
        let guest = GuestId::from_uuid(ID);
        let held = Roles::of(&[Role::ReportsReader]);
        let may = |caller: &Caller, held| may_hand_over(caller, guest, held).is_ok();
        let helpdesk = person(UserType::Member, &[Role::HelpdeskAdministrator, Role::UserAdministrator], None);
        let all = app(&Permission::ALL);
        let through = person(UserType::Member, &[Role::GlobalAdministrator], Some(&Permission::ALL));
        for caller in [&helpdesk, &all, &through] {
            assert!(may(caller, Roles::NONE) && !may(caller, held), "{caller:?}");
        }
        let global = person(UserType::Member, &[Role::GlobalAdministrator], None);
        for caller in [&global, &Caller::Operator("olga".to_owned())] {
            assert!(may(caller, Roles::NONE) && may(caller, held), "{caller:?}");
        }
    }
    use crate::domain::apps::AppId;
    use crate::domain::permissions::{Permission, Permissions};
    use crate::domain::roles::Role;

    const ID: uuid::Uuid = uuid::Uuid::from_u128(1);

    fn person(user_type: UserType, roles: &[Role], through: Option<&[Permission]>) -> Caller {
        let through = through.map(|let_do| (AppId::from_uuid(ID), Permissions::of(let_do)));
        Caller::Person { guest: GuestId::from_uuid(ID), user_type, roles: Roles::of(roles), through, from: None }
    }

    fn app(permissions: &[Permission]) -> Caller {
        Caller::App { app: AppId::from_uuid(ID), permissions: Permissions::of(permissions), from: None }
    }

    #[test]
    fn f19_f20_the_four_levels_let_invite_whom_they_say() {
        let levels = InvitesFrom::WORDS.map(|(_, level)| level);
        let check = |caller: Caller, expected: [bool; 4]| {
            let found = levels.map(|level| may_invite(level, &caller).is_ok());
            assert_eq!(found, expected, "{caller:?}");
        };
        // The levels: none, admins and guest inviters, members too, everyone.
        check(Caller::Operator("olga".to_owned()), [false, true, true, true]);
        for user_type in [UserType::Guest, UserType::Member] {
            for role in [Role::GlobalAdministrator, Role::UserAdministrator, Role::GuestInviter] {
                check(person(user_type, &[role], None), [false, true, true, true]);
            }
        }
        check(person(UserType::Member, &[], None), [false, false, true, true]);
        check(person(UserType::Member, &[Role::ReportsReader], None), [false, false, true, true]);
        check(person(UserType::Guest, &[], None), [false, false, false, true]);
        check(app(&[Permission::UserInviteAll]), [false, false, true, true]);
        check(app(&[Permission::DirectoryReadWriteAll]), [false, false, true, true]);
        check(app(&[Permission::UserReadAll]), [false; 4]);
        check(app(&[]), [false; 4]);
    }

    #[test]
    fn f19_a_person_invites_through_an_app_only_where_the_app_may() {
        let level = InvitesFrom::Everyone;
        for (user_type, roles) in [(UserType::Guest, &[][..]), (UserType::Member, &[Role::UserAdministrator][..])] {
            assert!(may_invite(level, &person(user_type, roles, Some(&[Permission::UserInviteAll]))).is_ok());
            let refused = may_invite(level, &person(user_type, roles, Some(&[Permission::UserReadAll])));
            assert_eq!(refused, Err(InviteError::Disabled));
        }
    }

    #[test]
    fn f20_an_app_is_told_why() {
        let app = app(&[Permission::UserInviteAll]);
        assert_eq!(may_invite(InvitesFrom::Nobody, &app), Err(InviteError::DisabledForAll));
        assert_eq!(may_invite(InvitesFrom::AdminsAndGuestInviters, &app), Err(InviteError::DisabledForApps));
    }
}
