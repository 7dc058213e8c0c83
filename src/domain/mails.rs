//! Mails on their way: put into the outbox by the transaction of what they tell, and sent after it.
//!
//! A mail is taken up by one node at a time, which has a lease on it while it talks to the server. What became of it
//! is written afterwards; its content goes when it has been sent.

use super::guests::GuestId;
use super::mail::MailAddress;
use crate::base::clock::Timestamp;

crate::id_type!(
    /// Names a mail in the outbox, and on its way: its Message-ID is made of it.
    MailId
);

/// What a mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// A person is invited.
    Invitation,
    /// A file of invitations is done, for who handed it in.
    BulkFinished,
}

impl MailKind {
    /// Every kind, for reading rows.
    pub const ALL: [Self; 2] = [Self::Invitation, Self::BulkFinished];

    /// The stable name in rows and output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::BulkFinished => "bulk",
        }
    }

    /// Whether a person may have blocked mails of this kind.
    #[must_use]
    pub const fn can_be_blocked(self) -> bool {
        match self {
            Self::Invitation => true,
            // Whoever hands in files asks for it.
            Self::BulkFinished => false,
        }
    }
}

/// A mail that is to be sent. Nothing in it is believed to be fit for a header: what is not is found when it is
/// composed.
#[derive(Clone, PartialEq, Eq)]
pub struct QueuedMail {
    /// Its name.
    pub id: MailId,
    /// What it is for.
    pub kind: MailKind,
    /// Whom it is about; it goes with their account.
    pub about: Option<GuestId>,
    /// To whom.
    pub to: MailAddress,
    /// Who gets a copy.
    pub cc: Option<MailAddress>,
    /// Who gets the answers.
    pub reply_to: Option<MailAddress>,
    /// The name beside the sender's address, which is always the same.
    pub sender_name: String,
    /// What it is about.
    pub subject: String,
    /// The text. **Shape**: lines end with `\n`.
    pub text: String,
    /// The same in HTML.
    pub html: Option<String>,
    /// The address at which mails like this one are stopped.
    pub list_unsubscribe: Option<String>,
    /// The tag of the language that it is in.
    pub language: String,
    /// When it was put there.
    pub queued_at: Timestamp,
}

impl std::fmt::Debug for QueuedMail {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("QueuedMail").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A mail as it is kept: all that was written in it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedMail {
    /// Its name.
    pub id: MailId,
    /// What it is for.
    pub kind: MailKind,
    /// Whom it is about.
    pub about: Option<GuestId>,
    /// Addresses, subject, text and the rest.
    pub sealed: Vec<u8>,
    /// When it was put there.
    pub queued_at: Timestamp,
}

/// A mail that this node has a lease on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedMail {
    /// The mail.
    pub mail: SealedMail,
    /// How often it was tried, this time included.
    pub tries: u32,
    /// What became of the last try, where it was tried before; [`OUTCOME_UNKNOWN`] where nobody knows.
    pub last_cause: Option<String>,
    /// How long it is ours; with the node's name it shows that it still is.
    pub until: Timestamp,
}

/// The cause that stands beside a mail from the moment at which a node has taken it up until it has written what
/// became of it: where the node died between, the server may have taken the mail or not.
pub const OUTCOME_UNKNOWN: &str = "mail_outcome_unknown";

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server has taken it; its content goes.
    Sent {
        /// When.
        at: Timestamp,
        /// What is to be said of it nevertheless, such as that a copy was refused.
        cause: Option<&'static str>,
    },
    /// It is tried again.
    PutOff {
        /// When.
        until: Timestamp,
        /// Why.
        cause: &'static str,
    },
    /// It is not tried again by itself. Its content stays for a while, so that a person can have it tried.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        cause: &'static str,
    },
    /// It must not be sent; its content goes.
    Dropped {
        /// When.
        at: Timestamp,
        /// Why.
        cause: &'static str,
    },
}

/// A mail as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRecord {
    /// Its name.
    pub id: MailId,
    /// What it is for.
    pub kind: MailKind,
    /// Whom it is about.
    pub about: Option<GuestId>,
    /// What was written in it, while it is kept.
    pub sealed: Option<Vec<u8>>,
    /// When it was put there.
    pub queued_at: Timestamp,
    /// When it is tried next, where it is.
    pub due_at: Option<Timestamp>,
    /// How often it was tried.
    pub tries: u32,
    /// Which node has it, and until when, where one has had it.
    pub lease: Option<(String, Timestamp)>,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When it was given up.
    pub failed_at: Option<Timestamp>,
    /// What became of the last try, where that needs a word.
    pub cause: Option<String>,
}

/// Where a mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// It is sent when its time comes.
    Waiting,
    /// A node is talking to the server.
    Sending,
    /// The server has taken it.
    Sent,
    /// It was given up.
    Failed,
}

impl MailState {
    /// The stable name in output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

impl MailRecord {
    /// Where it stands at `now`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> MailState {
        if self.sent_at.is_some() {
            MailState::Sent
        } else if self.failed_at.is_some() {
            MailState::Failed
        } else if self.lease.as_ref().is_some_and(|(_, until)| *until > now) {
            MailState::Sending
        } else {
            MailState::Waiting
        }
    }
}

/// Which mails are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// All that are known.
    All,
    /// Those that are neither sent nor given up.
    Unsent,
    /// Those that were given up.
    Failed,
}

/// Who is not to be invited any more, as it is kept: an HMAC of the address, under a key of this installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Recipient(pub [u8; 32]);
