//! What the activities of the audit are called in the reports: the directory's category, service and name.

/// One activity in the words of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The stable name in the audit.
    pub activity: &'static str,
    /// The category.
    pub category: &'static str,
    /// The service that logged it.
    pub service: &'static str,
    /// The name for people.
    pub display: &'static str,
}

const INVITED: (&str, &str) = ("UserManagement", "Invited users");
const USERS: (&str, &str) = ("UserManagement", "Core Directory");
const ROLES: (&str, &str) = ("RoleManagement", "Core Directory");
const METHODS: (&str, &str) = ("UserManagement", "Authentication Methods");
const OBJECTS: (&str, &str) = ("DirectoryManagement", "Core Directory");
const PARTNERS: (&str, &str) = ("CrossTenantAccessSettings", "Partners");
const TOLD: (&str, &str) = ("Authentication", "Single sign-out");
const KEYS: (&str, &str) = ("KeyManagement", "Core Directory");

const fn named(
    activity: &'static str,
    (category, service): (&'static str, &'static str),
    display: &'static str,
) -> Named {
    Named { activity, category, service, display }
}

/// Every activity that has a name of its own; others are called by their stable name.
pub const NAMED: &[Named] = &[
    named("guest_invited", INVITED, "Invite external user"),
    named("redemption_reset", INVITED, "Invite external user with reset invitation status"),
    named("internal_invited", INVITED, "Invite internal user to B2B collaboration"),
    named("guest_bound", INVITED, "Redeem external user invite"),
    named("invitation_redeemed", INVITED, "Redeem external user invite"),
    named("bulk_invite_started", INVITED, "Bulk invite users - started (bulk)"),
    named("bulk_invite_finished", INVITED, "Bulk invite users - finished (bulk)"),
    named("bulk_invite_stopped", INVITED, "Bulk invite users - stopped (bulk)"),
    named("bulk_invite_resumed", INVITED, "Bulk invite users - resumed (bulk)"),
    named("bulk_invite_removed", INVITED, "Bulk invite users - removed (bulk)"),
    named("bulk_report_read", INVITED, "Download bulk invite results"),
    named("guest_removed", INVITED, "Delete external user"),
    named("guest_deleted", INVITED, "Delete external user"),
    named("mail_unwanted", INVITED, "Email not sent, user unsubscribed"),
    named("mail_subscribed", INVITED, "Email subscribed"),
    named("mail_unsubscribed", INVITED, "Email unsubscribed"),
    named("mail_sent", INVITED, "Email sent"),
    named("mail_failed", INVITED, "Email not sent"),
    named("mail_retried", INVITED, "Email sent again"),
    named("guest_added", USERS, "Add user"),
    named("guest_changed", USERS, "Update user"),
    named("guest_restored", USERS, "Restore user"),
    named("guest_purged", USERS, "Hard delete user"),
    named("sessions_revoked", USERS, "Revoke sign-in sessions"),
    named("role_granted", ROLES, "Add member to role"),
    named("role_revoked", ROLES, "Remove member from role"),
    named("factor_enrolled", METHODS, "User registered security info"),
    named("factor_renamed", METHODS, "User changed security info"),
    named("factor_removed", METHODS, "User deleted security info"),
    named("factors_reset", METHODS, "Admin deleted security info"),
    named("recovery_codes_made", METHODS, "User registered security info"),
    named("object_added", OBJECTS, "Add object"),
    named("object_changed", OBJECTS, "Update object"),
    named("object_removed", OBJECTS, "Delete object"),
    named("key_added", KEYS, "Add key"),
    named("metadata_changed", PARTNERS, "Update metadata"),
    named("metadata_refused", PARTNERS, "Refuse metadata"),
    named("metadata_ending", PARTNERS, "Metadata ends soon"),
    named("partner_withdrew", PARTNERS, "Partner withdrew an account"),
    named("partner_sign_out", TOLD, "Partner signed out"),
    named("partner_sign_out_refused", TOLD, "Partner sign-out refused"),
    named("app_told", TOLD, "App told of the end of a session"),
    named("app_not_told", TOLD, "App not told of the end of a session"),
];

/// The words of an activity, where it has its own.
#[must_use]
pub fn of(activity: &str) -> Option<&'static Named> {
    NAMED.iter().find(|named| named.activity == activity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reports::Kind;

    #[test]
    fn each_activity_has_one_row() {
        let mut names: Vec<_> = NAMED.iter().map(|named| named.activity).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), NAMED.len());
        let directory = Kind::Directory.activities();
        assert!(NAMED.iter().all(|named| directory.iter().any(|activity| activity.as_str() == named.activity)));
    }

    #[test]
    fn f96_activities_of_invited_users_have_the_names_of_the_directory() {
        for (activity, expected) in [
            ("guest_invited", "Invite external user"),
            ("redemption_reset", "Invite external user with reset invitation status"),
            ("internal_invited", "Invite internal user to B2B collaboration"),
            ("guest_bound", "Redeem external user invite"),
            ("guest_deleted", "Delete external user"),
            ("mail_unwanted", "Email not sent, user unsubscribed"),
            ("mail_subscribed", "Email subscribed"),
            ("mail_unsubscribed", "Email unsubscribed"),
        ] {
            let named = of(activity).unwrap();
            assert_eq!((named.display, named.category, named.service), (expected, "UserManagement", "Invited users"));
        }
        assert_eq!(of("sign_in"), None);
    }
}
