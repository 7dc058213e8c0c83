//! Sessions, codes and access tokens: what stays after a sign-in, each known by a hash of the handle that
//! its holder shows.

use std::time::Duration;

use super::apps::AppId;
use super::assurance::Assurance;
use super::attempts::AttemptId;
use super::circumstances::Circumstances;
use super::factors::proof::FactorProof;
use super::guests::GuestId;
use super::notices::PartnerSid;
use super::partners::PartnerId;
use super::policy::methods::MethodSet;
use super::policy::strengths::StrengthId;
use super::requests::{OidcReturn, Scopes};
use super::terms::TokenTerms;
use crate::base::clock::Timestamp;
use crate::base::encoding::{base64url, from_base64url, sha256};
use crate::base::random::Random;

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

/// Bytes of a handle that tell when it was made, milliseconds as UUIDv7 has them, and its random bytes.
const TIME: usize = 6;
const CHANCE: usize = 32;
/// **Units**: characters of base64url.
const TIME_TEXT: usize = 8;
const HANDLE_TEXT: usize = 51;

/// A fresh handle as base64url text (51 characters): 48 bits of time and 256 random bits. For session
/// cookies, codes, tokens and whatever else names a row and proves a right to it.
#[must_use]
pub fn new_row_handle(now: Timestamp, random: &dyn Random) -> String {
    let millis = u64::try_from(now.micros() / 1_000).unwrap_or_default().to_be_bytes();
    let mut bytes = [0; TIME + CHANCE];
    let (time, chance) = bytes.split_at_mut(TIME);
    time.copy_from_slice(&millis[millis.len() - TIME..]);
    random.fill(chance);
    base64url(bytes)
}

/// What is stored instead of a handle: its time and the first 208 bits of its SHA-256. The time keeps rows
/// that are made together together in an index, so that a commit writes few pages of it; chance alone
/// would give each its own. A handle without a time has its whole SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HandleHash([u8; 32]);

impl HandleHash {
    /// Of a handle as its holder shows it.
    #[must_use]
    pub fn of(handle: &str) -> Self {
        let mut hash = sha256(handle.as_bytes());
        if let Some(time) = time_of(handle) {
            hash.rotate_right(TIME);
            hash[..TIME].copy_from_slice(&time);
        }
        Self(hash)
    }

    /// Of an access token that its readers can look into, by its `jti`. Whoever knows that name alone, as from a log,
    /// has no token.
    #[must_use]
    pub fn of_token_id(id: &str) -> Self {
        Self::of(&format!("at+jwt {id}"))
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

/// The time in a handle, which is whatever its holder says.
fn time_of(handle: &str) -> Option<[u8; TIME]> {
    let text = handle.get(..TIME_TEXT).filter(|_| handle.len() == HANDLE_TEXT)?;
    from_base64url(text)?.try_into().ok()
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
    /// What is kept of the partner's name of its session where it may sign people out by it.
    pub partner_sid: Option<PartnerSid>,
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

/// A refresh token and all that come after it, as they are stored: one of them is good at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshFamily {
    /// What the first half of each of its tokens hashes to.
    pub handle: HandleHash,
    /// SHA-256 of the second half of the token that is good.
    pub current: [u8; 32],
    /// The code that it was made from; a second use of that code ends it.
    pub code: CodeId,
    /// For whom.
    pub app: AppId,
    /// About whom.
    pub guest: GuestId,
    /// From which session, with which it ends.
    pub session: SessionId,
    /// From which attempt.
    pub attempt: AttemptId,
    /// What was granted.
    pub scopes: Scopes,
    /// What each of them is bound to and for.
    pub terms: TokenTerms,
    /// What was decided on.
    pub circumstances: Circumstances,
    /// When the first was made.
    pub issued_at: Timestamp,
    /// When all of them end.
    pub expires_at: Timestamp,
}

/// An opaque token of an app that acts for nobody, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceToken {
    /// What it hashes to.
    pub handle: HandleHash,
    /// Whose.
    pub app: AppId,
    /// What it is bound to and for.
    pub terms: TokenTerms,
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
    /// What it is bound to and for.
    pub terms: TokenTerms,
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
    fn what_is_stored_of_handles_is_ordered_by_their_time() {
        let at = |millis: i64| new_row_handle(Timestamp::from_micros(millis * 1_000), &SystemRandom);
        let (one, two) = (at(1_764_000_000_000), at(1_764_000_000_001));
        assert_eq!(one.len(), HANDLE_TEXT);
        assert!(HandleHash::of(&one).as_bytes() < HandleHash::of(&two).as_bytes());
        let neighbour = at(1_764_000_000_000);
        let (hash, other) = (HandleHash::of(&one), HandleHash::of(&neighbour));
        assert_eq!(hash.as_bytes()[..TIME], 1_764_000_000_000_u64.to_be_bytes()[2..]);
        assert_eq!(hash.as_bytes()[..TIME], other.as_bytes()[..TIME]);
        assert_ne!(hash, other);
    }

    #[test]
    fn each_character_of_a_handle_counts() {
        let handle = new_row_handle(Timestamp::from_micros(1_764_000_000_000_000), &SystemRandom);
        for at in 0..handle.len() {
            let character = if handle.as_bytes()[at] == b'A' { "B" } else { "A" };
            let mut changed = handle.clone();
            changed.replace_range(at..=at, character);
            assert_ne!(HandleHash::of(&changed), HandleHash::of(&handle), "{at}");
        }
    }

    #[test]
    fn other_text_has_its_whole_hash() {
        for text in [
            "",
            "x",
            &"a".repeat(43),
            &"é".repeat(25),
            &format!("{}\u{e9}{}", "a".repeat(7), "a".repeat(42)),
            &"!".repeat(51),
        ] {
            assert_eq!(HandleHash::of(text).as_bytes(), &sha256(text.as_bytes()), "{text}");
        }
    }

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
            partner_sid: None,
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
