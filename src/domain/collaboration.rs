//! Who may invite whom, and how people redeem: the settings of the whole installation, kept as one row.

use std::collections::BTreeSet;

use super::mail::MailDomain;
use super::web_address::WebAddress;

/// The longest list of domains, one a line. **Units**: characters.
pub const MAX_DOMAIN_LIST: usize = 25_000;

/// The longest life of a link. **Units**: days.
pub const MAX_LINK_DAYS: u32 = 3_650;

/// The longest word on whom to ask about privacy. **Units**: characters.
pub const MAX_PRIVACY_CONTACT: usize = 256;

/// Who may invite guests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitesFrom {
    /// Nobody, administrators included.
    Nobody,
    /// Whom a role allows it.
    AdminsAndGuestInviters,
    /// They and all members, also those from elsewhere.
    AdminsGuestInvitersAndAllMembers,
    /// Everybody who has an account, guests too.
    Everyone,
}

impl InvitesFrom {
    /// The words, by the setting.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("none", Self::Nobody),
        ("admins_and_guest_inviters", Self::AdminsAndGuestInviters),
        ("admins_guest_inviters_and_all_members", Self::AdminsGuestInvitersAndAllMembers),
        ("everyone", Self::Everyone),
    ];
}

/// What guests may see of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuestUserRole {
    /// As much as members.
    Member,
    /// Themselves, whom they know already, and groups that are not hidden.
    Limited,
    /// Themselves alone.
    Restricted,
}

impl GuestUserRole {
    /// The words, by the setting.
    pub const WORDS: [(&'static str, Self); 3] =
        [("member", Self::Member), ("limited", Self::Limited), ("restricted", Self::Restricted)];

    /// The id by which directories of the same shape know it everywhere (`guestUserRoleId`).
    #[must_use]
    pub const fn template_id(self) -> &'static str {
        match self {
            Self::Member => "a0b1b346-4d3e-4e8b-98f8-753987be4970",
            Self::Limited => "10dae51f-b6af-4016-8d66-8c2a99b929b3",
            Self::Restricted => "2af84b1e-32c8-42b7-82bc-daa82404023b",
        }
    }
}

/// A kind of home at which people may redeem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrimaryProvider {
    /// The partner that answers for the very address.
    Organization,
    /// The partner that answers for the domain of the address.
    ExternalFederation,
    /// Providers for everybody.
    SocialIdentityProviders,
}

impl PrimaryProvider {
    /// The words, in the order that holds where none is set.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("organization", Self::Organization),
        ("external_federation", Self::ExternalFederation),
        ("social_identity_providers", Self::SocialIdentityProviders),
    ];
}

/// What is left to somebody whom no primary provider knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FallbackProvider {
    /// What is set up: the code by mail where that is on.
    DefaultConfigured,
    /// The code by mail, which nothing switches off then.
    EmailOneTimePasscode,
}

impl FallbackProvider {
    /// The words, by the setting.
    pub const WORDS: [(&'static str, Self); 2] =
        [("default_configured_idp", Self::DefaultConfigured), ("email_one_time_passcode", Self::EmailOneTimePasscode)];
}

/// A setting that is on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// It is allowed.
    Yes,
    /// It is not.
    No,
}

impl Allowed {
    /// Of a flag.
    #[must_use]
    pub const fn of(flag: bool) -> Self {
        if flag { Self::Yes } else { Self::No }
    }

    /// Whether it is allowed.
    #[must_use]
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }
}

/// A list of domains. **Shape**: at most [`MAX_DOMAIN_LIST`] characters, one domain a line; none of them covers
/// what lies below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainList(BTreeSet<MailDomain>);

/// Why a list of domains is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DomainListError {
    /// Longer than [`MAX_DOMAIN_LIST`].
    #[error(
        "POLICY_TOO_LARGE: the list has {found} characters, one domain a line, and {MAX_DOMAIN_LIST} is the most: \
         shorten it"
    )]
    TooLarge {
        /// How many it has.
        found: usize,
    },
    /// There is none.
    #[error("the list is empty: name a domain, or leave it out")]
    Empty,
}

impl DomainList {
    /// Of domains, in whatever order.
    ///
    /// # Errors
    /// [`DomainListError`].
    pub fn new(domains: impl IntoIterator<Item = MailDomain>) -> Result<Self, DomainListError> {
        let domains: BTreeSet<MailDomain> = domains.into_iter().collect();
        let found = domains.iter().map(|domain| domain.as_str().len() + 1).sum::<usize>().saturating_sub(1);
        match found {
            0 => Err(DomainListError::Empty),
            _ if found > MAX_DOMAIN_LIST => Err(DomainListError::TooLarge { found }),
            _ => Ok(Self(domains)),
        }
    }

    /// Whether this very domain is on the list. What lies below it is another domain.
    #[must_use]
    pub fn has(&self, domain: &MailDomain) -> bool {
        self.0.contains(domain)
    }

    /// One by one, in order.
    pub fn iter(&self) -> impl Iterator<Item = &MailDomain> {
        self.0.iter()
    }
}

/// Whose addresses may be invited and may redeem. It never touches who has redeemed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DomainRule {
    /// Everybody's.
    Any,
    /// Those of these domains alone.
    Allowed(DomainList),
    /// Those of all domains but these.
    Blocked(DomainList),
}

impl DomainRule {
    /// Whether an address of this domain may be invited, and may redeem what it was invited to.
    #[must_use]
    pub fn lets_in(&self, domain: &MailDomain) -> bool {
        match self {
            Self::Any => true,
            Self::Allowed(list) => list.has(domain),
            Self::Blocked(list) => !list.has(domain),
        }
    }
}

/// The settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collaboration {
    /// Who may invite guests.
    pub allow_invites_from: InvitesFrom,
    /// Whose addresses may be invited.
    pub domains: DomainRule,
    /// Whether addresses may be invited that everybody can have.
    pub consumer_domains: Allowed,
    /// What guests may see of the directory.
    pub guest_user_role: GuestUserRole,
    /// How long a link is good. **Units**: days; 0 for ever.
    pub invitation_link_ttl_days: u32,
    /// Whether people without a home prove their address by a code that is mailed.
    pub email_one_time_passcode: Allowed,
    /// At which kinds of home people redeem, the first that knows somebody first. None twice; none at all leaves
    /// the fallback.
    pub identity_provider_order: Vec<PrimaryProvider>,
    /// What is left to somebody whom none of them knows.
    pub fallback: FallbackProvider,
    /// Our statement on privacy.
    pub privacy_url: Option<WebAddress>,
    /// Whom to ask about it.
    pub privacy_contact: Option<String>,
    /// Whether guests may end their account here themselves.
    pub guests_may_leave: Allowed,
}

impl Collaboration {
    /// What holds where nothing is set.
    #[must_use]
    pub fn standard() -> Self {
        Self {
            allow_invites_from: InvitesFrom::Everyone,
            domains: DomainRule::Any,
            consumer_domains: Allowed::Yes,
            guest_user_role: GuestUserRole::Limited,
            invitation_link_ttl_days: 0,
            email_one_time_passcode: Allowed::Yes,
            identity_provider_order: PrimaryProvider::WORDS.iter().map(|(_, provider)| *provider).collect(),
            fallback: FallbackProvider::DefaultConfigured,
            privacy_url: None,
            privacy_contact: None,
            guests_may_leave: Allowed::Yes,
        }
    }

    /// Whether guests may end their account here themselves: it is allowed, and they know whom to ask about their data.
    #[must_use]
    pub const fn lets_guests_leave(&self) -> bool {
        self.guests_may_leave.is_yes() && self.has_privacy_info()
    }

    /// Whether people can find out how the organisation deals with their data.
    #[must_use]
    pub const fn has_privacy_info(&self) -> bool {
        self.privacy_url.is_some() || self.privacy_contact.is_some()
    }

    /// Whether somebody new can redeem at any partner. Providers for everybody are a kind that no partner is of.
    #[must_use]
    pub fn has_primaries(&self) -> bool {
        self.identity_provider_order.iter().any(|kind| *kind != PrimaryProvider::SocialIdentityProviders)
    }

    /// Whether the code by mail must stay on: it was chosen as the fallback, or nobody new could redeem without it.
    #[must_use]
    pub fn forces_codes(&self) -> bool {
        self.fallback == FallbackProvider::EmailOneTimePasscode || !self.has_primaries()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(text: &str) -> MailDomain {
        MailDomain::parse(text).unwrap()
    }

    #[test]
    fn f21_f22_a_list_is_of_the_very_domains() {
        let list = || DomainList::new([domain("fabrikam.example"), domain("Adatum.example")]).unwrap();
        let (allowed, blocked) = (DomainRule::Allowed(list()), DomainRule::Blocked(list()));
        for (text, listed) in [
            ("fabrikam.example", true),
            ("FABRIKAM.example", true),
            ("adatum.example", true),
            ("sub.fabrikam.example", false),
            ("notfabrikam.example", false),
            ("example.com", false),
        ] {
            assert_eq!(allowed.lets_in(&domain(text)), listed, "{text}");
            assert_eq!(blocked.lets_in(&domain(text)), !listed, "{text}");
            assert!(DomainRule::Any.lets_in(&domain(text)), "{text}");
        }
    }

    #[test]
    fn f23_a_list_has_25_000_characters_at_most() {
        // 250 domains of 99 characters, with line ends between them.
        let of = |count: usize, more: &str| {
            let name = |at: usize| format!("{at:04}{}.{}.example", "a".repeat(50), "b".repeat(36));
            (0..count).map(|at| domain(&name(at))).chain(Some(domain(more))).collect::<Vec<_>>()
        };
        assert_eq!(of(1, "x.y")[0].as_str().len(), 99);
        // 249 lines of 100 and one of 100 without its end.
        assert!(DomainList::new(of(249, &format!("{}.{}.example", "c".repeat(54), "d".repeat(37)))).is_ok());
        let over = DomainList::new(of(249, &format!("{}.{}.example", "c".repeat(55), "d".repeat(37))));
        assert_eq!(over, Err(DomainListError::TooLarge { found: 25_001 }));
        assert_eq!(DomainList::new([]), Err(DomainListError::Empty));
    }
}
