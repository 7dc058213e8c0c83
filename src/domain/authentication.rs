//! What a partner vouched for, without its protocol.

use super::assurance::Assurance;
use super::partners::PartnerId;
use super::policy::methods::MethodSet;
use crate::base::clock::Timestamp;

/// The stable key of a person: who vouches, and for whom. Never a mail address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The partner's entity ID or issuer.
    pub issuer: String,
    /// The subject within it, exactly as stated.
    pub subject: String,
}

/// The typed record of one statement of a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authentication {
    /// The partner that answered.
    pub partner: PartnerId,
    /// The version of the partner's record under which the statement was verified.
    pub partner_version: i64,
    /// Who.
    pub identity: Identity,
    /// Attributes as stated, names as the protocol has them, each with all its values.
    pub attributes: Vec<(String, Vec<String>)>,
    /// How strongly.
    pub assurance: Assurance,
    /// What the statement showed by the partner's table, whether it counts or not.
    pub home_methods: MethodSet,
    /// When the person proved themselves at the partner.
    pub authenticated_at: Timestamp,
    /// When the partner's own session ends, where it said so.
    pub session_ends: Option<Timestamp>,
    /// The partner's name of its session, for logout.
    pub session_index: Option<String>,
    /// What must not be accepted a second time.
    pub once: OnceKey,
}

impl Authentication {
    /// The time of a proof where the partner does not tell it: older than any proof that is asked for, so that
    /// whoever asks for a fresh one never takes it.
    pub const TIME_UNKNOWN: Timestamp = Timestamp::from_seconds(0);
}

/// What identifies a message that must be accepted once only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnceKey {
    /// Who made it.
    pub issuer: String,
    /// Its ID.
    pub id: String,
    /// Until when a second one could still be valid.
    pub until: Timestamp,
}
