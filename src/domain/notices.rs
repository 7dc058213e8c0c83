//! Telling apps that a session has ended, and what a partner says of sessions that have ended with it.

use super::apps::AppId;
use super::authentication::Identity;
use super::guests::GuestId;
use super::sessions::SessionId;
use crate::base::clock::Timestamp;

/// An app that got tokens in a session and wants to know when it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enlisted {
    /// The session.
    pub session: SessionId,
    /// The app.
    pub app: AppId,
    /// Whose session it is.
    pub guest: GuestId,
    /// The person as the app knows them: `sub`.
    pub subject: String,
}

/// A notice on its way: the session has ended and the app has not been told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutNotice {
    /// Who is to be told of what.
    pub to: Enlisted,
    /// How often it was tried.
    pub tries: u32,
    /// When it is due.
    pub next_at: Timestamp,
}

/// Notices of one app on their way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many there are.
    pub notices: u64,
    /// Why the one that was tried most often did not arrive, where any was tried.
    pub fault: Option<String>,
}

/// What is kept of a partner's name of its session, so that it can be found: a hash of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartnerSid(pub [u8; 32]);

/// Which sessions a partner says have ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedOut {
    /// Its session of this name.
    Session(PartnerSid),
    /// All of a person.
    Person(Identity),
    /// Its session of this name, which must be of this person.
    SessionOf(PartnerSid, Identity),
}
