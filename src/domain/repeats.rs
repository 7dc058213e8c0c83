//! Requests that a caller may make again without anything being done twice, by a key of the caller's own
//! (draft-ietf-httpapi-idempotency-key-header).

use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::base::encoding::sha256;

/// How long an answer is kept. **Units**: seconds in a day.
pub const ANSWER_KEPT: Duration = Duration::from_secs(86_400);

/// The longest key. **Units**: bytes.
pub const MAX_KEY: usize = 255;

/// The text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {MAX_KEY} characters of ASCII that can be seen, or spaces")]
pub struct KeyError;

/// What a caller calls a request. **Shape**: 1 to [`MAX_KEY`] printable characters of ASCII.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestKey(String);

impl RequestKey {
    /// Reads a key.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let fits = !text.is_empty() && text.len() <= MAX_KEY && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if fits { Ok(Self(text.to_owned())) } else { Err(KeyError) }
    }
}

impl std::fmt::Debug for RequestKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[key of a request]")
    }
}

/// Names what a caller calls by one key. The key itself is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RepeatId([u8; 32]);

impl RepeatId {
    /// Of whoever asks and the key.
    #[must_use]
    pub fn of(caller: &str, key: &RequestKey) -> Self {
        Self(of_parts(&[caller.as_bytes(), key.0.as_bytes()]))
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

/// What a request asked for; two that differ ask for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Of the parts of a request.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        Self(of_parts(parts))
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

/// Each part with its length before it, so that no two lists are the same bytes.
fn of_parts(parts: &[&[u8]]) -> [u8; 32] {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    sha256(&bytes)
}

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// What was asked.
    pub fingerprint: Fingerprint,
    /// What was answered, sealed.
    pub sealed: Vec<u8>,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_can_be_seen() {
        for good in ["a", "8e03978e-40d5-43e8-bc93-6894a57f9324", "a b", &"x".repeat(MAX_KEY)] {
            assert!(RequestKey::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a\n", "\0", "é", &"x".repeat(MAX_KEY + 1)] {
            assert_eq!(RequestKey::parse(bad), Err(KeyError), "{bad:?}");
        }
    }

    #[test]
    fn a_key_names_another_request_with_each_caller() {
        let key = |text: &str| RequestKey::parse(text).unwrap();
        assert_eq!(RepeatId::of("app:1", &key("a")), RepeatId::of("app:1", &key("a")));
        assert_ne!(RepeatId::of("app:1", &key("a")), RepeatId::of("app:2", &key("a")));
        assert_ne!(RepeatId::of("app:1", &key("2a")), RepeatId::of("app:12", &key("a")));
        assert_ne!(Fingerprint::of(&[b"ab", b"c"]), Fingerprint::of(&[b"a", b"bc"]));
    }
}
