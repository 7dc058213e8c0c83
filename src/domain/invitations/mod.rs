//! Invitations: each is one link, sent or handed to one person, that leads to one account here.

pub mod consumer;
pub mod fault;
pub mod language;
pub mod message;
pub mod rights;
pub mod wish;

use super::apps::AppId;
use super::groups::GroupId;
use super::guests::GuestId;
use super::mail::MailAddress;
use super::permissions::Caller;
use super::sessions::{HandleHash, new_row_handle};
use super::web_address::WebAddress;
use crate::base::clock::Timestamp;
use crate::base::random::Random;
use language::LanguageTag;
use message::CustomMessage;

crate::id_type!(
    /// Names an invitation; it opens nothing.
    InvitationId
);

/// The most apps, and the most groups, that one invitation gives.
pub const MAX_GIVEN: usize = 50;

/// The most links of one account that have not been redeemed.
pub const MAX_OPEN: u32 = 100;

/// What opens an invitation. Whoever has it may redeem, so it is kept by its hash alone. **Shape**: 51
/// characters of base64url, 256 random bits after 48 bits of time.
pub struct Ticket(String);

impl Ticket {
    /// A fresh one.
    #[must_use]
    pub fn new(now: Timestamp, random: &dyn Random) -> Self {
        Self(new_row_handle(now, random))
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> HandleHash {
        HandleHash::of(&self.0)
    }

    /// The path of its link, to be joined to our address.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/redeem?ticket={}", self.0)
    }
}

impl Inviter {
    /// The one who asks.
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        match caller {
            Caller::Operator(name) => Self::Operator(name.clone()),
            Caller::App { app, .. } => Self::App(*app),
            Caller::Person { guest, .. } => Self::Guest(*guest),
        }
    }
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[secret]")
    }
}

/// Who invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inviter {
    /// Somebody at the command line, by the name of the system user.
    Operator(String),
    /// An app that acts for nobody.
    App(AppId),
    /// A person.
    Guest(GuestId),
}

/// Which account may redeem. A link shows that its holder reads the mail of the address, unless somebody else has
/// it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountMatch {
    /// Whichever the person signs in with.
    Any,
    /// One whose proven address is of the domain of the invited one.
    SameDomain,
    /// One whose proven address is the invited one.
    SameAddress,
}

/// Whether the link may make an account by nothing but a mailed code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailedAccount {
    /// It may.
    Allowed,
    /// It may not, since somebody else has the link too.
    Refused,
}

/// One invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its row.
    pub id: InvitationId,
    /// The account that it leads to.
    pub guest: GuestId,
    /// The address that was invited.
    pub address: MailAddress,
    /// Where the browser goes afterwards.
    pub redirect_url: WebAddress,
    /// Who invited.
    pub inviter: Inviter,
    /// The language of its mail.
    pub language: Option<LanguageTag>,
    /// What the inviter has to say.
    pub message: Option<CustomMessage>,
    /// Who gets a copy of the mail, link included.
    pub cc: Option<MailAddress>,
    /// Which account may redeem.
    pub account_match: AccountMatch,
    /// Whether a mailed code is enough for an account.
    pub mailed_account: MailedAccount,
    /// Apps that the account is assigned to when it is redeemed.
    pub apps: Vec<AppId>,
    /// Groups that the account joins when it is redeemed.
    pub groups: Vec<GroupId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; for ever where that is not said.
    pub expires_at: Option<Timestamp>,
    /// When it was redeemed.
    pub redeemed_at: Option<Timestamp>,
}

impl Invitation {
    /// Whether it may be redeemed with an account whose sign-in has proven `address`, or none.
    #[must_use]
    pub fn takes(&self, address: Option<&MailAddress>) -> bool {
        match self.effective_match() {
            AccountMatch::Any => true,
            AccountMatch::SameDomain => address.is_some_and(|proven| proven.domain() == self.address.domain()),
            AccountMatch::SameAddress => address == Some(&self.address),
        }
    }

    /// Which account may redeem, all in all: where somebody else has a copy of the link, holding it proves nothing.
    const fn effective_match(&self) -> AccountMatch {
        match (self.account_match, &self.cc) {
            (account_match, None) => account_match,
            (_, Some(_)) => AccountMatch::SameAddress,
        }
    }

    /// Whether it takes everybody whom a link of `account_match` to `address` takes.
    #[must_use]
    pub fn takes_all_of(&self, account_match: AccountMatch, address: &MailAddress) -> bool {
        match (self.effective_match(), account_match) {
            (AccountMatch::Any, _) => true,
            (AccountMatch::SameDomain, AccountMatch::SameDomain | AccountMatch::SameAddress) => {
                address.domain() == self.address.domain()
            }
            (AccountMatch::SameAddress, AccountMatch::SameAddress) => *address == self.address,
            (AccountMatch::SameDomain, AccountMatch::Any)
            | (AccountMatch::SameAddress, AccountMatch::Any | AccountMatch::SameDomain) => false,
        }
    }

    /// Whether it can be redeemed no more because of the time.
    #[must_use]
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// How far an invitation has come, as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationStatus {
    /// Nobody has redeemed it.
    PendingAcceptance,
    /// The account is bound to a person.
    Completed,
}

impl InvitationStatus {
    /// The word that programs know.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PendingAcceptance => "PendingAcceptance",
            Self::Completed => "Completed",
        }
    }
}
