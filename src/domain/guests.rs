//! Guests: the one local account of a person from a partner.

use super::authentication::Identity;
use super::mail::{MailAddress, MailDomain};
use super::partners::PartnerId;
use crate::base::clock::Timestamp;

crate::id_type!(
    /// Names a guest; the `oid` of tokens.
    GuestId
);

/// Whether a person is from outside or of the organisation itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserType {
    /// From a partner: `acct` 1.
    Guest,
    /// Of the organisation: `acct` 0.
    Member,
}

impl UserType {
    /// Its word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Member => "member",
        }
    }
}

/// How far the invitation of a guest has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    /// Invited, bound to nobody yet.
    PendingAcceptance,
    /// Bound for good to one identity at one partner.
    Accepted {
        /// The partner that vouches.
        partner: PartnerId,
        /// The person there.
        identity: Identity,
    },
}

/// Whether the address of an account is its person's, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailStanding {
    /// It was invited, or proven by a partner.
    Known,
    /// An administrator has set it since the account has its person.
    Unproven,
}

/// Whether a guest may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Active,
    /// An administrator has blocked it.
    Blocked,
    /// It was removed and can be restored for a while. It has neither address nor identity by which it is found.
    Deleted,
}

/// A guest as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// Its row, the `oid`.
    pub id: GuestId,
    /// The `#EXT#` name.
    pub user_principal_name: String,
    /// The address that was invited or first proven; it does not follow the partner's changes.
    pub mail: Option<MailAddress>,
    /// Whether the address counts as the person's.
    pub mail_standing: MailStanding,
    /// Set by whom invited, or else taken from the partner at each sign-in.
    pub display_name: Option<String>,
    /// Whether `display_name` was given here and so is not overwritten by the partner.
    pub name_source: NameSource,
    /// Given name as the partner last stated it.
    pub given_name: Option<String>,
    /// Family name as the partner last stated it.
    pub family_name: Option<String>,
    /// Guest or member.
    pub user_type: UserType,
    /// Bound or not.
    pub binding: Binding,
    /// The only partner that may bind it, where it is pinned.
    pub pinned_partner: Option<PartnerId>,
    /// Active, blocked or removed.
    pub standing: Standing,
    /// Sessions, codes and tokens from before this time are refused.
    pub sessions_valid_from: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Guest {
    /// The address as far as it counts as the person's: what apps are told, what rules and policies are held to, and
    /// where codes go.
    #[must_use]
    pub fn proven_mail(&self) -> Option<&MailAddress> {
        self.mail.as_ref().filter(|_| self.mail_standing == MailStanding::Known)
    }
}

/// Who gave the display name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameSource {
    /// The organisation, when it invited.
    Here,
    /// The partner.
    Partner,
}

/// The `#EXT#` name of a mail address: `ana_fabrikam.example#EXT#@contoso.example`. `clash` is zero
/// at first and grows while the name is taken.
#[must_use]
pub fn external_name(mail: &MailAddress, organization: &MailDomain, clash: u32) -> String {
    let flat = mail.key().replace('@', "_");
    let suffix = if clash == 0 { String::new() } else { clash.to_string() };
    format!("{flat}{suffix}#EXT#@{organization}")
}

/// How many names of one mail address are tried, the first without a number and the others with one,
/// before a name ends in the account's own id.
pub const NUMBERED_NAMES: u32 = 4;

/// The `#EXT#` name for the account `id` after `clash` names were found taken. From
/// [`NUMBERED_NAMES`] on it ends in the id, `ana_fabrikam.example_ID#EXT#@contoso.example`, so that there
/// is always one that is free.
#[must_use]
pub fn free_external_name(id: GuestId, mail: &MailAddress, organization: &MailDomain, clash: u32) -> String {
    if clash < NUMBERED_NAMES {
        return external_name(mail, organization, clash);
    }
    let flat = mail.key().replace('@', "_");
    format!("{flat}_{id}#EXT#@{organization}")
}

/// The `#EXT#` name of an account whose partner states no mail address.
#[must_use]
pub fn external_name_without_mail(id: GuestId, organization: &MailDomain) -> String {
    format!("{id}#EXT#@{organization}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn external_names_have_the_form_that_apps_know() {
        let mail = MailAddress::parse("Ana@Partner.example").unwrap();
        let organization = MailDomain::parse("resource.example").unwrap();
        assert_eq!(external_name(&mail, &organization, 0), "ana_partner.example#EXT#@resource.example");
        assert_eq!(external_name(&mail, &organization, 2), "ana_partner.example2#EXT#@resource.example");
        let id = GuestId::from_uuid(uuid::Uuid::from_u128(1));
        let free = |clash| free_external_name(id, &mail, &organization, clash);
        assert_eq!(free(NUMBERED_NAMES - 1), "ana_partner.example3#EXT#@resource.example");
        assert_eq!(
            free(NUMBERED_NAMES),
            "ana_partner.example_00000000-0000-0000-0000-000000000001#EXT#@resource.example"
        );
    }
}
