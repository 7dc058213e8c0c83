//! Roles of administrators, as the directory grants them to people.

use super::guests::Guest;
use crate::base::clock::Timestamp;

/// What somebody may administer. A person may have several; a guest may have any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything.
    GlobalAdministrator,
    /// Accounts, groups and assignments.
    UserAdministrator,
    /// Invitations, also where only administrators invite.
    GuestInviter,
    /// Redemptions that begin anew, and sessions that end.
    HelpdeskAdministrator,
    /// Who may come from where: partners, settings of collaboration, policies.
    SecurityAdministrator,
    /// Policies.
    ConditionalAccessAdministrator,
    /// Partners.
    ExternalIdentityProviderAdministrator,
    /// Reads the audit, the sign-ins and the reports.
    ReportsReader,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 8] = [
        Self::GlobalAdministrator,
        Self::UserAdministrator,
        Self::GuestInviter,
        Self::HelpdeskAdministrator,
        Self::SecurityAdministrator,
        Self::ConditionalAccessAdministrator,
        Self::ExternalIdentityProviderAdministrator,
        Self::ReportsReader,
    ];

    /// The word in files, commands and rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "global_administrator",
            Self::UserAdministrator => "user_administrator",
            Self::GuestInviter => "guest_inviter",
            Self::HelpdeskAdministrator => "helpdesk_administrator",
            Self::SecurityAdministrator => "security_administrator",
            Self::ConditionalAccessAdministrator => "conditional_access_administrator",
            Self::ExternalIdentityProviderAdministrator => "external_identity_provider_administrator",
            Self::ReportsReader => "reports_reader",
        }
    }

    /// Whether the role changes what others depend on, so that policies must not shut out everybody who has it.
    /// Who invites or reads shuts nobody out by being shut out.
    #[must_use]
    pub const fn administers(self) -> bool {
        !matches!(self, Self::GuestInviter | Self::ReportsReader)
    }

    /// The id by which directories of the same shape know the role everywhere (`roleTemplateId`).
    #[must_use]
    pub const fn template_id(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "62e90394-69f5-4237-9190-012177145e10",
            Self::UserAdministrator => "fe930be7-5e62-47db-91af-98c3a49a38b1",
            Self::GuestInviter => "95e79109-95c0-4d8e-aee3-d01accf2d47b",
            Self::HelpdeskAdministrator => "729827e3-9c14-49f7-bb1b-9608f156bbb8",
            Self::SecurityAdministrator => "194ae4cb-b126-40b2-bd5b-6091b380977d",
            Self::ConditionalAccessAdministrator => "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
            Self::ExternalIdentityProviderAdministrator => "be2f45a1-457d-42af-a067-6ec1fa63bc45",
            Self::ReportsReader => "4a5d8f65-41da-4de4-8968-e035b65339cf",
        }
    }

    /// The role that directories of the same shape know by this id; letters count alike in both cases.
    #[must_use]
    pub fn of_template(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.template_id().eq_ignore_ascii_case(id))
    }

    /// The role of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// The roles of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Roles(u16);

impl Roles {
    /// No role at all.
    pub const NONE: Self = Self(0);

    /// These and one more.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << role as u16)
    }

    /// Whether the role is among them.
    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        self.0 & 1 << role as u16 != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those of a list.
    #[must_use]
    pub fn of(roles: &[Role]) -> Self {
        roles.iter().fold(Self::NONE, |roles, role| roles.with(*role))
    }

    /// Their words, in the order of [`Role::ALL`].
    #[must_use]
    pub fn words(self) -> Vec<&'static str> {
        self.iter().map(Role::as_str).collect()
    }

    /// One by one, in the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }
}

/// A role of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleAssignment {
    /// Whose.
    pub guest: Guest,
    /// Which.
    pub role: Role,
    /// Since when.
    pub granted_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_found_by_its_word_and_by_no_other() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
            assert_eq!(Role::of_template(&role.template_id().to_ascii_uppercase()), Some(role));
            let others = Role::ALL.into_iter().filter(|other| *other != role);
            assert!(others.into_iter().all(|other| other.template_id() != role.template_id()));
        }
        assert_eq!(Role::parse("Global_Administrator"), None);
    }

    #[test]
    fn a_set_has_what_was_put_in_and_nothing_else() {
        let roles = Roles::of(&[Role::ReportsReader, Role::GuestInviter]);
        assert_eq!(roles.iter().collect::<Vec<_>>(), [Role::GuestInviter, Role::ReportsReader]);
        assert!(!roles.has(Role::GlobalAdministrator) && !roles.is_empty() && Roles::NONE.is_empty());
    }
}
