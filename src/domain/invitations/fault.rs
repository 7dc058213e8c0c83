//! Why an invitation, or what follows one, is refused: a stable code for programs, a sentence for people that
//! names the fault and what to do.

use super::language::LanguageError;
use super::message::MessageError;
use super::{MAX_GIVEN, MAX_OPEN};
use crate::domain::guest_details::{MAX_SPONSORS, NameError};
use crate::domain::mail::{MailDomain, MailError};
use crate::domain::store::StoreError;
use crate::domain::web_address::WebAddressError;

/// Whose fault it is, as far as an answer over HTTP tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// A field is wrong.
    BadField,
    /// Whoever asks may not, or it is not allowed here.
    NotAllowed,
    /// There is no such account.
    NotFound,
    /// It does not fit what is there.
    Conflict,
    /// The store could not.
    Ours,
}

/// Why an invitation, or what follows one, is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// `allow_invites_from` does not allow it to whoever asks.
    #[error(
        "you may not invite guests here: ask an administrator for the role `guest_inviter`, or to change \
         `allow_invites_from`"
    )]
    Disabled,
    /// `allow_invites_from` is `none`.
    #[error("nobody may invite here: `allow_invites_from` is `none`")]
    DisabledForAll,
    /// `allow_invites_from` lets nobody invite but people with a role.
    #[error(
        "an app that acts for nobody may not invite here: `allow_invites_from` allows it to administrators and guest \
         inviters alone; let one of them sign in to the app"
    )]
    DisabledForApps,
    /// Whoever asks may not do this.
    #[error("you may not do this: {needed}")]
    NotAllowed {
        /// What it takes.
        needed: &'static str,
    },
    /// Whoever asks may not let accounts be redeemed anew.
    #[error("you may not reset redemptions: it takes the role `helpdesk_administrator`")]
    ResetNotAllowed,
    /// The domain is blocked, or is not among those that are allowed.
    #[error("addresses of `{domain}` may not be invited here: the list of domains of `[collaboration]` forbids it")]
    DomainBlocked {
        /// Which.
        domain: MailDomain,
    },
    /// Everybody can have an address there.
    #[error(
        "`{domain}` gives addresses to everybody, and such are not invited here: use the address at the person's \
         company, or set `allow_consumer_domains`"
    )]
    ConsumerAddress {
        /// Which.
        domain: MailDomain,
    },
    /// The address is one of our own people's.
    #[error(
        "`{domain}` is a domain of this organisation, whose people are no guests: they sign in without an invitation"
    )]
    OwnDomain {
        /// Which.
        domain: MailDomain,
    },
    /// The address is another account's.
    #[error(
        "the address belongs to another account, `{id}`, which cannot be invited by it: remove it there, or invite \
         that account by its id"
    )]
    AddressConflict {
        /// Which.
        id: String,
    },
    /// The same, said to who may not read accounts.
    #[error("the address belongs to another account, which cannot be invited by it")]
    AddressInUse,
    /// The address has characters that are not invited.
    #[error(
        "the address cannot be invited: the part before `@` may have letters, digits, `.`, `-`, `_` and `'`, and neither begin nor end with `.` or `-`"
    )]
    EmailChars,
    /// The address is none.
    #[error("{0}")]
    EmailShape(MailError),
    /// The person cannot be sent there.
    #[error("the address to go to afterwards is refused: {0}")]
    RedirectUrl(WebAddressError),
    /// The name is none.
    #[error("the display name {0}")]
    DisplayName(NameError),
    /// The language is none.
    #[error("the language is refused: {0}")]
    Language(LanguageError),
    /// The message cannot be sent.
    #[error("{0}")]
    Message(MessageError),
    /// The address of the copy is none.
    #[error("the address for the copy is refused: {0}")]
    Cc(MailError),
    /// More than one copy.
    #[error("{found} addresses for copies, and one is the most")]
    CcTooMany {
        /// How many.
        found: usize,
    },
    /// More than [`MAX_SPONSORS`].
    #[error("{found} sponsors, and {MAX_SPONSORS} is the most")]
    SponsorsTooMany {
        /// How many.
        found: usize,
    },
    /// A sponsor is neither account nor group.
    #[error("there is no account or group `{id}` that could be a sponsor")]
    SponsorUnknown {
        /// What was named.
        id: String,
    },
    /// More than [`MAX_GIVEN`].
    #[error("{found} {what}, and {MAX_GIVEN} is the most for one invitation")]
    GivenTooMany {
        /// `apps` or `groups`.
        what: &'static str,
        /// How many.
        found: usize,
    },
    /// There is no such app.
    #[error("there is no app `{id}`; nobody was invited")]
    AppUnknown {
        /// What was named.
        id: String,
    },
    /// There is no such group.
    #[error("there is no group `{id}`; nobody was invited")]
    GroupUnknown {
        /// What was named.
        id: String,
    },
    /// There is no such account.
    #[error("there is no account `{name}`: `entente guest list` shows all")]
    GuestUnknown {
        /// What was named.
        name: String,
    },
    /// The account is blocked.
    #[error("the account `{id}` is blocked: unblock it first, then invite it")]
    Blocked {
        /// Which.
        id: String,
    },
    /// The same, said to who may not read accounts.
    #[error("the account of this address is blocked: ask an administrator to unblock it")]
    BlockedUnnamed,
    /// It has too many links.
    #[error(
        "the account `{id}` has {MAX_OPEN} links that nobody has followed: reset its redemption, which ends them all"
    )]
    LinksTooMany {
        /// Which.
        id: String,
    },
    /// The same, said to who may not read accounts.
    #[error(
        "the account of this address has {MAX_OPEN} links that nobody has followed: ask an administrator to reset its \
         redemption, which ends them all"
    )]
    LinksTooManyUnnamed,
    /// Nobody else administers everything.
    #[error(
        "nobody would be left who may do all: give the role of the global administrator to somebody who has signed in \
         first"
    )]
    NobodyLeft,
    /// Its invitation was redeemed.
    #[error("the invitation of `{id}` was redeemed: to begin anew, reset its redemption")]
    AlreadyRedeemed {
        /// Which.
        id: String,
    },
    /// The new address is not the account's.
    #[error("the account `{id}` does not have this address: set it as its `mail` or among its `otherMails` first")]
    AddressNotSet {
        /// Which.
        id: String,
    },
    /// The account has more rights than whoever asks may hand to another person.
    #[error(
        "the account `{id}` holds roles: only a person who may grant roles can let somebody else redeem it, and only \
         they, or a person who has all of its roles, can remove it or bring it back"
    )]
    ResetForbidden {
        /// Which.
        id: String,
    },
    /// The account is one of our own people's.
    #[error(
        "the account `{id}` is of our own people, who redeem nothing: to let it be redeemed from elsewhere, set its \
         `mail` to the address there and invite that address with the id of the account"
    )]
    Internal {
        /// Which.
        id: String,
    },
    /// Nobody has said where to go afterwards, not even earlier.
    #[error("the account `{id}` has no invitation that says where to go afterwards: name the address to go to")]
    RedirectUrlMissing {
        /// Which.
        id: String,
    },
    /// What a removed account had is another's by now.
    #[error(
        "the address or the person of the removed account `{id}` is another account's by now: remove that one first, \
         or leave this one"
    )]
    AddressTaken {
        /// Which.
        id: String,
    },
    /// The account is there.
    #[error("the account `{id}` is not removed: remove it first (`entente guest delete`)")]
    NotRemoved {
        /// Which.
        id: String,
    },
    /// A policy names the account.
    #[error("a policy names the account `{id}`: take it out of the policy first")]
    InPolicy {
        /// Which.
        id: String,
    },
    /// Several removed accounts had the address.
    #[error("several removed accounts had the address `{name}`: name one by its id (`entente guest deleted`)")]
    DeletedAmbiguous {
        /// What was named.
        name: String,
    },
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl InviteError {
    /// Whether another try may help.
    #[must_use]
    pub const fn is_race(&self) -> bool {
        matches!(self, Self::Store(StoreError::Raced))
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.row().0
    }

    /// Whose fault it is.
    #[must_use]
    pub const fn kind(&self) -> FaultKind {
        self.row().1
    }

    const fn row(&self) -> (&'static str, FaultKind) {
        use FaultKind::{BadField, Conflict, NotAllowed, NotFound, Ours};
        match self {
            Self::Disabled | Self::DisabledForAll | Self::DisabledForApps => ("INVITE_DISABLED", NotAllowed),
            Self::NotAllowed { .. } => ("NOT_ALLOWED", NotAllowed),
            Self::DomainBlocked { .. } => ("DOMAIN_BLOCKED", NotAllowed),
            Self::ConsumerAddress { .. } => ("CONSUMER_ADDRESS_REFUSED", NotAllowed),
            Self::OwnDomain { .. } => ("OWN_DOMAIN", BadField),
            Self::AddressConflict { .. } | Self::AddressInUse => ("ADDRESS_CONFLICT", Conflict),
            Self::EmailChars => ("EMAIL_CHARS", BadField),
            Self::EmailShape(_) => ("EMAIL_INVALID", BadField),
            Self::RedirectUrl(_) => ("REDIRECT_URL_INVALID", BadField),
            Self::DisplayName(_) => ("DISPLAY_NAME_INVALID", BadField),
            Self::Language(_) => ("LANGUAGE_INVALID", BadField),
            Self::Message(_) => ("MESSAGE_INVALID", BadField),
            Self::Cc(_) => ("CC_INVALID", BadField),
            Self::CcTooMany { .. } => ("CC_TOO_MANY", BadField),
            Self::SponsorsTooMany { .. } => ("SPONSORS_TOO_MANY", BadField),
            Self::SponsorUnknown { .. } => ("SPONSOR_UNKNOWN", BadField),
            Self::GivenTooMany { .. } => ("GIVEN_TOO_MANY", BadField),
            Self::AppUnknown { .. } => ("APP_UNKNOWN", BadField),
            Self::GroupUnknown { .. } => ("GROUP_UNKNOWN", BadField),
            Self::GuestUnknown { .. } => ("GUEST_UNKNOWN", NotFound),
            Self::Blocked { .. } | Self::BlockedUnnamed => ("GUEST_BLOCKED", Conflict),
            Self::LinksTooMany { .. } | Self::LinksTooManyUnnamed => ("LINKS_TOO_MANY", Conflict),
            Self::NobodyLeft => ("NOBODY_LEFT", Conflict),
            Self::AlreadyRedeemed { .. } => ("ALREADY_REDEEMED", Conflict),
            Self::AddressNotSet { .. } => ("ADDRESS_NOT_SET", Conflict),
            Self::ResetNotAllowed | Self::ResetForbidden { .. } => ("RESET_FORBIDDEN", NotAllowed),
            Self::Internal { .. } => ("INTERNAL_ACCOUNT", Conflict),
            Self::RedirectUrlMissing { .. } => ("REDIRECT_URL_INVALID", BadField),
            Self::AddressTaken { .. } => ("ADDRESS_CONFLICT", Conflict),
            Self::NotRemoved { .. } => ("NOT_REMOVED", Conflict),
            Self::InPolicy { .. } => ("NAMED_BY_POLICY", Conflict),
            Self::DeletedAmbiguous { .. } => ("GUEST_UNKNOWN", NotFound),
            Self::Store(_) => ("UNAVAILABLE", Ours),
        }
    }
}

impl From<MailError> for InviteError {
    fn from(error: MailError) -> Self {
        match error {
            MailError::LocalPart => Self::EmailChars,
            MailError::Shape | MailError::Domain => Self::EmailShape(error),
        }
    }
}
