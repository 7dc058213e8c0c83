//! Who may do what: one table of acts, with the roles of people and the permissions of apps that allow each.
//! A route or command names its act, and `flows` asks here before it does anything.

use std::net::IpAddr;

use super::apps::AppId;
use super::guests::{GuestId, UserType};
use super::roles::{Role, Roles};

/// Something that is asked of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Inviting a guest. The setting `allow_invites_from` may allow it to more people.
    InviteGuest,
    /// Inviting somebody as a member.
    InviteMember,
    /// Sending an invitation again, or letting a redemption begin anew.
    ResetRedemption,
    /// Reading accounts.
    ReadUsers,
    /// Changing attributes of accounts.
    UpdateUsers,
    /// Blocking accounts, and lifting the block.
    BlockUsers,
    /// Ending the sessions of accounts.
    RevokeSessions,
    /// Removing accounts, so that they can be restored for a while.
    DeleteUsers,
    /// Restoring accounts that were removed.
    RestoreUsers,
    /// Removing accounts for good.
    PurgeUsers,
    /// Reading groups and their members.
    ReadGroups,
    /// Making, changing and removing groups.
    ManageGroups,
    /// Putting people into groups and taking them out.
    ManageGroupMembers,
    /// Reading apps and who is assigned to them.
    ReadApps,
    /// Assigning people and groups to apps.
    AssignApps,
    /// Reading the audit.
    ReadAudit,
    /// Reading the sign-ins.
    ReadSignIns,
    /// Reading reports.
    ReadReports,
    /// Reading policies, and asking what they would decide.
    ReadPolicies,
    /// Changing policies.
    ManagePolicies,
    /// Reading the settings of collaboration.
    ReadCollaboration,
    /// Changing the settings of collaboration.
    ManageCollaboration,
    /// Reading partners.
    ReadPartners,
    /// Changing partners.
    ManagePartners,
    /// Reading who has which role.
    ReadRoles,
    /// Granting roles and taking them away.
    ManageRoles,
    /// Changing what mails say.
    ManageMailTemplates,
    /// Reading one's own account and groups.
    ReadOwn,
}

/// What an app that acts for nobody may do. The words are those of Microsoft Graph, so that programs written
/// for it ask for what they know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Invites guests.
    UserInviteAll,
    /// Reads accounts.
    UserReadAll,
    /// Reads and changes accounts.
    UserReadWriteAll,
    /// Blocks accounts.
    UserEnableDisableAccountAll,
    /// Ends sessions.
    UserRevokeSessionsAll,
    /// Removes and restores accounts.
    UserDeleteRestoreAll,
    /// Reads groups.
    GroupReadAll,
    /// Reads and changes groups.
    GroupReadWriteAll,
    /// Reads members of groups.
    GroupMemberReadAll,
    /// Reads and changes members of groups.
    GroupMemberReadWriteAll,
    /// Reads apps.
    ApplicationReadAll,
    /// Assigns people and groups to apps.
    AppRoleAssignmentReadWriteAll,
    /// Reads the whole directory.
    DirectoryReadAll,
    /// Reads and changes the whole directory.
    DirectoryReadWriteAll,
    /// Reads audit and sign-ins.
    AuditLogReadAll,
    /// Reads reports.
    ReportsReadAll,
    /// Reads policies.
    PolicyReadAll,
    /// Changes policies.
    PolicyReadWriteConditionalAccess,
    /// Changes the settings of collaboration.
    PolicyReadWriteAuthorization,
    /// Reads the account of whoever is signed in.
    UserRead,
    /// Reads who has which role.
    RoleManagementReadDirectory,
    /// Grants roles and takes them away, but for that of the global administrator.
    RoleManagementReadWriteDirectory,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 22] = [
        Self::UserInviteAll,
        Self::UserReadAll,
        Self::UserReadWriteAll,
        Self::UserEnableDisableAccountAll,
        Self::UserRevokeSessionsAll,
        Self::UserDeleteRestoreAll,
        Self::GroupReadAll,
        Self::GroupReadWriteAll,
        Self::GroupMemberReadAll,
        Self::GroupMemberReadWriteAll,
        Self::ApplicationReadAll,
        Self::AppRoleAssignmentReadWriteAll,
        Self::DirectoryReadAll,
        Self::DirectoryReadWriteAll,
        Self::AuditLogReadAll,
        Self::ReportsReadAll,
        Self::PolicyReadAll,
        Self::PolicyReadWriteConditionalAccess,
        Self::PolicyReadWriteAuthorization,
        Self::UserRead,
        Self::RoleManagementReadDirectory,
        Self::RoleManagementReadWriteDirectory,
    ];

    /// The word in files, tokens and scopes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserInviteAll => "User.Invite.All",
            Self::UserReadAll => "User.Read.All",
            Self::UserReadWriteAll => "User.ReadWrite.All",
            Self::UserEnableDisableAccountAll => "User.EnableDisableAccount.All",
            Self::UserRevokeSessionsAll => "User.RevokeSessions.All",
            Self::UserDeleteRestoreAll => "User.DeleteRestore.All",
            Self::GroupReadAll => "Group.Read.All",
            Self::GroupReadWriteAll => "Group.ReadWrite.All",
            Self::GroupMemberReadAll => "GroupMember.Read.All",
            Self::GroupMemberReadWriteAll => "GroupMember.ReadWrite.All",
            Self::ApplicationReadAll => "Application.Read.All",
            Self::AppRoleAssignmentReadWriteAll => "AppRoleAssignment.ReadWrite.All",
            Self::DirectoryReadAll => "Directory.Read.All",
            Self::DirectoryReadWriteAll => "Directory.ReadWrite.All",
            Self::AuditLogReadAll => "AuditLog.Read.All",
            Self::ReportsReadAll => "Reports.Read.All",
            Self::PolicyReadAll => "Policy.Read.All",
            Self::PolicyReadWriteConditionalAccess => "Policy.ReadWrite.ConditionalAccess",
            Self::PolicyReadWriteAuthorization => "Policy.ReadWrite.Authorization",
            Self::UserRead => "User.Read",
            Self::RoleManagementReadDirectory => "RoleManagement.Read.Directory",
            Self::RoleManagementReadWriteDirectory => "RoleManagement.ReadWrite.Directory",
        }
    }

    /// Whether an app may have it that acts for nobody; the others mean something of a person alone.
    #[must_use]
    pub const fn is_of_apps(self) -> bool {
        !matches!(self, Self::UserRead)
    }

    /// The permission of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == word)
    }
}

/// The permissions of one app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u32);

impl Permissions {
    /// None at all.
    pub const NONE: Self = Self(0);

    /// These and one more.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | 1 << permission as u32)
    }

    /// Whether the permission is among them.
    #[must_use]
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & 1 << permission as u32 != 0
    }

    /// Those of a list.
    #[must_use]
    pub fn of(permissions: &[Permission]) -> Self {
        permissions.iter().fold(Self::NONE, |permissions, permission| permissions.with(*permission))
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that are in both.
    #[must_use]
    pub const fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The words, in the order of [`Permission::ALL`].
    #[must_use]
    pub fn words(self) -> Vec<&'static str> {
        self.iter().map(Permission::as_str).collect()
    }

    /// Those of a list of words; words of no permission are left out.
    pub fn of_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        words.into_iter().filter_map(Permission::parse).fold(Self::NONE, Self::with)
    }

    /// One by one, in the order of [`Permission::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.has(*permission))
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Somebody at the command line, by the name of the system user: whoever may run it may do all.
    Operator(String),
    /// An app that acts for nobody.
    App {
        /// Which.
        app: AppId,
        /// What it may do.
        permissions: Permissions,
        /// From where it asks, where that is known: for the audit.
        from: Option<IpAddr>,
    },
    /// A person.
    Person {
        /// Which.
        guest: GuestId,
        /// Guest or member.
        user_type: UserType,
        /// The roles as they are now.
        roles: Roles,
        /// Where an app acts for the person: what it was let do. The person may do no more through it.
        through: Option<(AppId, Permissions)>,
        /// From where they ask, where that is known: for the audit.
        from: Option<IpAddr>,
    },
}

/// Which roles allow an act, beside the global administrator, and which permissions.
struct Row {
    roles: &'static [Role],
    permissions: &'static [Permission],
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 28] = [
        Self::InviteGuest,
        Self::InviteMember,
        Self::ResetRedemption,
        Self::ReadUsers,
        Self::UpdateUsers,
        Self::BlockUsers,
        Self::RevokeSessions,
        Self::DeleteUsers,
        Self::RestoreUsers,
        Self::PurgeUsers,
        Self::ReadGroups,
        Self::ManageGroups,
        Self::ManageGroupMembers,
        Self::ReadApps,
        Self::AssignApps,
        Self::ReadAudit,
        Self::ReadSignIns,
        Self::ReadReports,
        Self::ReadPolicies,
        Self::ManagePolicies,
        Self::ReadCollaboration,
        Self::ManageCollaboration,
        Self::ReadPartners,
        Self::ManagePartners,
        Self::ReadRoles,
        Self::ManageRoles,
        Self::ManageMailTemplates,
        Self::ReadOwn,
    ];

    const fn row(self) -> Row {
        use Permission as P;
        use Role as R;
        const READERS: &[Role] = &[
            R::UserAdministrator,
            R::GuestInviter,
            R::HelpdeskAdministrator,
            R::SecurityAdministrator,
            R::ConditionalAccessAdministrator,
            R::ExternalIdentityProviderAdministrator,
        ];
        const USER_ADMIN: &[Role] = &[R::UserAdministrator];
        let (roles, permissions): (&'static [Role], &'static [Permission]) = match self {
            Self::InviteGuest => (
                &[R::UserAdministrator, R::GuestInviter],
                &[P::UserInviteAll, P::UserReadWriteAll, P::DirectoryReadWriteAll],
            ),
            Self::InviteMember => (USER_ADMIN, &[P::UserReadWriteAll, P::DirectoryReadWriteAll]),
            Self::ResetRedemption => (
                &[R::UserAdministrator, R::HelpdeskAdministrator],
                &[P::UserInviteAll, P::UserReadWriteAll, P::DirectoryReadWriteAll],
            ),
            Self::ReadUsers => {
                (READERS, &[P::UserReadAll, P::UserReadWriteAll, P::DirectoryReadAll, P::DirectoryReadWriteAll])
            }
            Self::UpdateUsers => (USER_ADMIN, &[P::UserReadWriteAll, P::DirectoryReadWriteAll]),
            Self::BlockUsers => {
                (USER_ADMIN, &[P::UserEnableDisableAccountAll, P::UserReadWriteAll, P::DirectoryReadWriteAll])
            }
            Self::RevokeSessions => (
                &[R::UserAdministrator, R::HelpdeskAdministrator],
                &[P::UserRevokeSessionsAll, P::UserReadWriteAll, P::DirectoryReadWriteAll],
            ),
            Self::DeleteUsers | Self::RestoreUsers | Self::PurgeUsers => {
                (USER_ADMIN, &[P::UserDeleteRestoreAll, P::UserReadWriteAll, P::DirectoryReadWriteAll])
            }
            Self::ReadGroups => (
                READERS,
                &[
                    P::GroupReadAll,
                    P::GroupReadWriteAll,
                    P::GroupMemberReadAll,
                    P::GroupMemberReadWriteAll,
                    P::DirectoryReadAll,
                    P::DirectoryReadWriteAll,
                ],
            ),
            Self::ManageGroups => (USER_ADMIN, &[P::GroupReadWriteAll, P::DirectoryReadWriteAll]),
            Self::ManageGroupMembers => {
                (USER_ADMIN, &[P::GroupMemberReadWriteAll, P::GroupReadWriteAll, P::DirectoryReadWriteAll])
            }
            Self::ReadApps => (
                READERS,
                &[
                    P::ApplicationReadAll,
                    P::AppRoleAssignmentReadWriteAll,
                    P::DirectoryReadAll,
                    P::DirectoryReadWriteAll,
                ],
            ),
            // Assigning gives access to whatever an app holds, so being able to change accounts is not enough
            // for an app.
            Self::AssignApps => (USER_ADMIN, &[P::AppRoleAssignmentReadWriteAll]),
            Self::ReadAudit | Self::ReadSignIns => {
                (&[R::ReportsReader, R::SecurityAdministrator], &[P::AuditLogReadAll])
            }
            Self::ReadReports => (
                &[R::ReportsReader, R::SecurityAdministrator, R::UserAdministrator],
                &[P::ReportsReadAll, P::AuditLogReadAll],
            ),
            Self::ReadPolicies => (
                &[R::ConditionalAccessAdministrator, R::SecurityAdministrator],
                &[P::PolicyReadAll, P::PolicyReadWriteConditionalAccess],
            ),
            Self::ManagePolicies => {
                (&[R::ConditionalAccessAdministrator, R::SecurityAdministrator], &[P::PolicyReadWriteConditionalAccess])
            }
            Self::ReadCollaboration => (
                &[R::SecurityAdministrator, R::UserAdministrator, R::ExternalIdentityProviderAdministrator],
                &[P::PolicyReadAll, P::PolicyReadWriteAuthorization],
            ),
            Self::ManageCollaboration => (&[R::SecurityAdministrator], &[P::PolicyReadWriteAuthorization]),
            Self::ReadPartners => {
                (&[R::SecurityAdministrator, R::ExternalIdentityProviderAdministrator], &[P::PolicyReadAll])
            }
            Self::ManagePartners => (&[R::SecurityAdministrator, R::ExternalIdentityProviderAdministrator], &[]),
            Self::ReadRoles => {
                (&[R::SecurityAdministrator], &[P::RoleManagementReadDirectory, P::RoleManagementReadWriteDirectory])
            }
            // Who grants roles can have any, so nothing less than this permission lets an app do it; and of itself an
            // app makes no global administrator, which `flows` holds.
            Self::ManageRoles => (&[], &[P::RoleManagementReadWriteDirectory]),
            Self::ManageMailTemplates => (USER_ADMIN, &[]),
            // Everybody may; through an app only where it was let read people.
            Self::ReadOwn => (
                &[],
                &[P::UserRead, P::UserReadAll, P::UserReadWriteAll, P::DirectoryReadAll, P::DirectoryReadWriteAll],
            ),
        };
        Row { roles, permissions }
    }

    /// The roles that allow it, beside the global administrator.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        self.row().roles
    }

    /// The permissions that allow it.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        self.row().permissions
    }
}

impl Roles {
    /// Whether one of the roles allows the act.
    #[must_use]
    pub fn allow(self, act: Act) -> bool {
        self.has(Role::GlobalAdministrator) || act.row().roles.iter().any(|role| self.has(*role))
    }
}

impl Permissions {
    /// Whether one of the permissions allows the act.
    #[must_use]
    pub fn allow(self, act: Act) -> bool {
        act.row().permissions.iter().any(|permission| self.has(*permission))
    }
}

impl Caller {
    /// The same, asking from this network address.
    #[must_use]
    pub fn asking_from(mut self, address: Option<IpAddr>) -> Self {
        match &mut self {
            Self::App { from, .. } | Self::Person { from, .. } => *from = address,
            Self::Operator(_) => {}
        }
        self
    }

    /// From where they ask, where that is known.
    #[must_use]
    pub const fn from(&self) -> Option<IpAddr> {
        match self {
            Self::App { from, .. } | Self::Person { from, .. } => *from,
            Self::Operator(_) => None,
        }
    }

    /// Whether roles or permissions allow the act. What somebody may do as the owner of an app or group, or
    /// because everybody may, is asked elsewhere, beside this.
    #[must_use]
    pub fn may(&self, act: Act) -> bool {
        match self {
            Self::Operator(_) => true,
            Self::App { permissions, .. } => permissions.allow(act),
            Self::Person { roles, .. } => roles.allow(act) && self.is_let(act),
        }
    }

    /// Whether nothing stands between the person and the act: an app that acts for the person may do what it
    /// was let do. An app that acts for nobody has no rights but its permissions.
    #[must_use]
    pub fn is_let(&self, act: Act) -> bool {
        match self {
            Self::Operator(_) => true,
            Self::App { permissions, .. } => permissions.allow(act),
            Self::Person { through, .. } => through.is_none_or(|(_, let_do)| let_do.allow(act)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(roles: &[Role], through: Option<&[Permission]>) -> Caller {
        let app = AppId::from_uuid(uuid::Uuid::from_u128(2));
        Caller::Person {
            guest: GuestId::from_uuid(uuid::Uuid::from_u128(1)),
            user_type: UserType::Member,
            roles: Roles::of(roles),
            through: through.map(|let_do| (app, Permissions::of(let_do))),
            from: None,
        }
    }

    fn app(permissions: &[Permission]) -> Caller {
        Caller::App {
            app: AppId::from_uuid(uuid::Uuid::from_u128(2)),
            permissions: Permissions::of(permissions),
            from: None,
        }
    }

    #[test]
    fn a_global_administrator_may_do_all_and_somebody_without_a_role_nothing() {
        for act in Act::ALL {
            assert!(person(&[Role::GlobalAdministrator], None).may(act), "{act:?}");
            assert!(!person(&[], None).may(act), "{act:?}");
            assert!(!app(&[]).may(act), "{act:?}");
        }
    }

    #[test]
    fn each_role_allows_what_its_row_says_and_nothing_else() {
        let check = |role: Role, allowed: &[Act]| {
            let found: Vec<Act> = Act::ALL.into_iter().filter(|act| person(&[role], None).may(*act)).collect();
            assert_eq!(found, allowed, "{role:?}");
        };
        check(Role::GuestInviter, &[Act::InviteGuest, Act::ReadUsers, Act::ReadGroups, Act::ReadApps]);
        check(
            Role::HelpdeskAdministrator,
            &[Act::ResetRedemption, Act::ReadUsers, Act::RevokeSessions, Act::ReadGroups, Act::ReadApps],
        );
        check(Role::ReportsReader, &[Act::ReadAudit, Act::ReadSignIns, Act::ReadReports]);
        check(
            Role::ConditionalAccessAdministrator,
            &[Act::ReadUsers, Act::ReadGroups, Act::ReadApps, Act::ReadPolicies, Act::ManagePolicies],
        );
    }

    #[test]
    fn an_app_may_do_what_its_permissions_say() {
        assert!(app(&[Permission::UserInviteAll]).may(Act::InviteGuest));
        assert!(!app(&[Permission::UserInviteAll]).may(Act::InviteMember));
        assert!(!app(&[Permission::UserInviteAll]).may(Act::ReadUsers));
        for permission in Permission::ALL {
            let may = permission == Permission::RoleManagementReadWriteDirectory;
            assert_eq!(app(&[permission]).may(Act::ManageRoles), may, "{permission:?}");
        }
    }

    #[test]
    fn a_person_may_do_no_more_through_an_app_than_the_app_was_let_do() {
        let roles = [Role::UserAdministrator];
        assert!(person(&roles, None).may(Act::DeleteUsers));
        assert!(person(&roles, Some(&[Permission::UserReadWriteAll])).may(Act::DeleteUsers));
        assert!(!person(&roles, Some(&[Permission::UserReadAll])).may(Act::DeleteUsers));
        assert!(!person(&[], Some(&[Permission::UserReadWriteAll])).may(Act::DeleteUsers));
    }

    #[test]
    fn every_permission_is_found_by_its_word() {
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.as_str()), Some(permission));
        }
        assert_eq!(Permission::parse("user.invite.all"), None);
    }
}
