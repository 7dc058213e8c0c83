//! Sessions, codes and access tokens: what stays after a sign-in, each known by the SHA-256 of the
//! handle that its holder shows.

use std::time::Duration;

use super::apps::AppId;
use super::assurance::Assurance;
use super::attempts::AttemptId;
use super::circumstances::Circumstances;
use super::factors::proof::FactorProof;
use super::guests::GuestId;
use super::partners::PartnerId;
use super::policy::methods::MethodSet;
use super::policy::strengths::StrengthId;
use super::requests::{OidcReturn, Scopes};
use crate::base::clock::Timestamp;
use crate::base::encoding::sha256;

crate::id_type!(
    /// Names a session; the `sid` of tokens.
    SessionId
);
crate::id_type!(
    /// Names a code, so that its tokens can be found.
    CodeId
);

/// Lifetimes, by default those of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// A session without use.
    pub session_idle: Duration,
    /// A session in whole.
    pub session_whole: Duration,
    /// A code.
    pub code: Duration,
    /// An ID token and an access token.
    pub token: Duration,
}

impl Lifetimes {
    /// Code 60 s, tokens 1 h, session 8 h idle and 24 h whole.
    pub const STANDARD: Self = Self {
        session_idle: Duration::from_secs(8 * 3600),
        session_whole: Duration::from_secs(24 * 3600),
        code: Duration::from_secs(60),
        token: Duration::from_secs(3600),
    };
}

/// The SHA-256 of a handle: what is stored instead of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HandleHash([u8; 32]);

impl HandleHash {
    /// Of a handle as its holder shows it.
    #[must_use]
    pub fn of(handle: &str) -> Self {
        Self(sha256(handle.as_bytes()))
    }

    /// From a row.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// For a row.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its row and `sid`.
    pub id: SessionId,
    /// What its cookie hashes to.
    pub handle: HandleHash,
    /// Whose.
    pub guest: GuestId,
    /// Who vouched.
    pub partner: PartnerId,
    /// The attempt that made it.
    pub attempt: AttemptId,
    /// When it was made here.
    pub started_at: Timestamp,
    /// When it was last used, to within a few minutes.
    pub used_at: Timestamp,
    /// When the person proved themselves at the partner: `auth_time`.
    pub authenticated_at: Timestamp,
    /// How strongly.
    pub assurance: Assurance,
    /// The partner's name of its session.
    pub partner_session_index: Option<String>,
    /// When the partner's session ends, where it said so.
    pub partner_session_ends: Option<Timestamp>,
    /// What the partner's statement showed by its table, whether it counts or not.
    pub home_methods: MethodSet,
    /// The strengths that the partner was asked for when it vouched.
    pub asked_strengths: Vec<StrengthId>,
    /// The second factors that were passed here, the last of each means.
    pub factors: Vec<FactorProof>,
}

/// How far `used_at` may lag, so that not each use writes.
pub const USED_AT_GRAIN: Duration = Duration::from_secs(300);

impl Session {
    /// Whether it is alive at `now`: within its idle and whole life, the partner's own session and
    /// after the last revocation of its guest.
    #[must_use]
    pub fn is_alive(&self, lifetimes: &Lifetimes, valid_from: Timestamp, now: Timestamp) -> bool {
        now < self.used_at.plus(lifetimes.session_idle)
            && now < self.started_at.plus(lifetimes.session_whole)
            && self.partner_session_ends.is_none_or(|end| now < end)
            && self.started_at >= valid_from
    }

    /// Whether the proof is at most `max_age` seconds old at `now`. Zero asks for a new proof in any case
    /// (OIDC Core 3.1.2.1), also where a partner's clock is ahead and the proof is no second old.
    #[must_use]
    pub fn is_proof_within(&self, max_age: Option<u32>, now: Timestamp) -> bool {
        max_age.is_none_or(|seconds| {
            seconds > 0 && now.since(self.authenticated_at) <= Duration::from_secs(u64::from(seconds))
        })
    }
}

/// A code on its way to an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Its row.
    pub id: CodeId,
    /// What it hashes to.
    pub handle: HandleHash,
    /// For whom.
    pub app: AppId,
    /// About whom.
    pub guest: GuestId,
    /// From which session.
    pub session: SessionId,
    /// From which attempt.
    pub attempt: AttemptId,
    /// What the request said.
    pub request: OidcReturn,
    /// What was decided on.
    pub circumstances: Circumstances,
    /// When it was made.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// An opaque access token as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// What it hashes to.
    pub handle: HandleHash,
    /// The code that it was made from; a second use of that code ends it.
    pub code: CodeId,
    /// For whom.
    pub app: AppId,
    /// About whom.
    pub guest: GuestId,
    /// From which session.
    pub session: SessionId,
    /// What it allows to read.
    pub scopes: Scopes,
    /// What was decided on.
    pub circumstances: Circumstances,
    /// When it was made.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemRandom;

    #[test]
    fn a_session_ends_at_each_of_its_ends() {
        let start = Timestamp::from_seconds(1_790_000_000);
        let hour = Duration::from_secs(3600);
        let session = Session {
            id: SessionId::new(start, &SystemRandom),
            handle: HandleHash::of("x"),
            guest: GuestId::new(start, &SystemRandom),
            partner: PartnerId::new(start, &SystemRandom),
            attempt: AttemptId::new(start, &SystemRandom),
            started_at: start,
            used_at: start,
            authenticated_at: start,
            assurance: Assurance::unknown(),
            partner_session_index: None,
            partner_session_ends: None,
            home_methods: MethodSet::EMPTY,
            asked_strengths: Vec::new(),
            factors: Vec::new(),
        };
        let alive = |session: &Session, now: Timestamp| session.is_alive(&Lifetimes::STANDARD, Timestamp::EPOCH, now);
        let tick = Duration::from_micros(1);
        assert!(alive(&session, start.plus(8 * hour - tick)));
        assert!(!alive(&session, start.plus(8 * hour)));
        let used = Session { used_at: start.plus(20 * hour), ..session.clone() };
        assert!(alive(&used, start.plus(24 * hour - tick)));
        assert!(!alive(&used, start.plus(24 * hour)));
        let short = Session { partner_session_ends: Some(start.plus(hour)), ..session.clone() };
        assert!(alive(&short, start.plus(hour - tick)));
        assert!(!alive(&short, start.plus(hour)));
        assert!(session.is_alive(&Lifetimes::STANDARD, start, start));
        assert!(!session.is_alive(&Lifetimes::STANDARD, start.plus(tick), start.plus(hour)));
        assert!(session.is_proof_within(Some(60), start.plus(Duration::from_secs(60))));
        assert!(!session.is_proof_within(Some(60), start.plus(Duration::from_secs(60) + tick)));
        assert!(session.is_proof_within(None, start.plus(24 * hour)));
        assert!(session.is_proof_within(Some(1), start));
        assert!(!session.is_proof_within(Some(0), start));
        assert!(!session.is_proof_within(Some(0), start.minus(hour)), "a partner's clock may be ahead");
    }
}
