//! What a Response is held against: the partner's record, our own names, and the request.

use std::sync::Arc;
use std::time::Duration;

use super::names::EntityId;
use super::subject::SubjectRule;
use crate::keys::oaep::DecryptionKeys;
use crate::keys::public::PublicKey;

/// The longest life of an assertion.
pub const MAX_ASSERTION_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// The largest clock skew that a partner may be given.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(300);

/// The request that a Response must answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedBy<'a> {
    /// The ID of the AuthnRequest.
    Request(&'a str),
    /// Nobody: the partner's record lets it begin, and an answer to anything is refused. The gateway issues
    /// nothing from such a judgement; it asks the partner itself.
    Nobody,
    /// Not known, because somebody judges a captured response: what depends on it is shown as not
    /// judged. Nothing may be issued from such a judgement.
    UnknownToExplain,
}

/// Whether an assertion may be encrypted, and what opens it.
#[derive(Debug, Clone, Copy)]
pub enum Decryption<'a> {
    /// It may not.
    Refused,
    /// It may.
    Accepted(&'a DecryptionKeys),
    /// It must.
    Required(&'a DecryptionKeys),
}

/// What a Response is held against.
#[derive(Debug, Clone)]
pub struct Expectation<'a> {
    /// The partner that was asked; a Response of any other is refused.
    pub partner: &'a EntityId,
    /// The partner's keys; none of them means that nothing verifies.
    pub keys: &'a [Arc<PublicKey>],
    /// Our entity ID as service provider.
    pub audience: &'a EntityId,
    /// The address of our assertion consumer service.
    pub acs: &'a str,
    /// The request that is answered.
    pub asked_by: AskedBy<'a>,
    /// How far the partner's clock may be off.
    pub clock_skew: Duration,
    /// Where the subject is read from.
    pub subject: &'a SubjectRule,
    /// Whether the assertion may be encrypted.
    pub decryption: Decryption<'a>,
}
