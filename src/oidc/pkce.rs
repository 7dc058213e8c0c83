//! Proof Key for Code Exchange (RFC 7636), S256 only: `plain` shows the verifier to whoever reads
//! the authorize request (RFC 9700 2.1.1).

use crate::base::encoding::{base64url, sha256};
use crate::base::secret::{SecretText, same_bytes};

/// The shortest challenge or verifier. **Units**: characters.
pub const MIN_LENGTH: usize = 43;
/// The longest challenge or verifier. **Units**: characters.
pub const MAX_LENGTH: usize = 128;

/// A challenge of the method S256.
///
/// **Shape**: 43 to 128 unreserved characters (RFC 7636 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeChallenge(String);

impl CodeChallenge {
    /// Reads a challenge; `None` where it is not of that shape.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_well_formed(text).then(|| Self(text.to_owned()))
    }

    /// The text, to be stored with the code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `verifier` is the one that this challenge was made of, in constant time.
    #[must_use]
    pub fn is_met_by(&self, verifier: &CodeVerifier) -> bool {
        let expected = base64url(sha256(verifier.0.expose().as_bytes()));
        same_bytes(expected.as_bytes(), self.0.as_bytes())
    }
}

/// A verifier.
///
/// **Shape**: 43 to 128 unreserved characters (RFC 7636 4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeVerifier(SecretText);

impl CodeVerifier {
    /// Reads a verifier; `None` where it is not of that shape.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_well_formed(text).then(|| Self(SecretText::new(text.to_owned())))
    }
}

/// Why challenge and verifier do not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PkceError {
    /// The request had a challenge, the redemption has no verifier.
    #[error("code_verifier is missing")]
    VerifierMissing,
    /// The request had no challenge, the redemption has a verifier: the sign of a downgrade
    /// (RFC 9700 4.8.2).
    #[error("code_verifier is given for a code that was asked for without a code_challenge")]
    VerifierUnasked,
    /// The verifier is another one.
    #[error("code_verifier does not match")]
    Mismatch,
}

/// Checks the verifier of a redemption against the challenge of the request (RFC 7636 4.6).
///
/// # Errors
/// [`PkceError`].
pub fn check(challenge: Option<&CodeChallenge>, verifier: Option<&CodeVerifier>) -> Result<(), PkceError> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(PkceError::VerifierMissing),
        (None, Some(_)) => Err(PkceError::VerifierUnasked),
        (Some(challenge), Some(verifier)) if challenge.is_met_by(verifier) => Ok(()),
        (Some(_), Some(_)) => Err(PkceError::Mismatch),
    }
}

fn is_well_formed(text: &str) -> bool {
    (MIN_LENGTH..=MAX_LENGTH).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636 B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_holds() {
        let challenge = CodeChallenge::parse(CHALLENGE).unwrap();
        let verifier = CodeVerifier::parse(VERIFIER).unwrap();
        assert_eq!(check(Some(&challenge), Some(&verifier)), Ok(()));
        assert_eq!(check(None, None), Ok(()));
    }

    #[test]
    fn a_plain_comparison_never_succeeds() {
        let challenge = CodeChallenge::parse(VERIFIER).unwrap();
        let verifier = CodeVerifier::parse(VERIFIER).unwrap();
        assert_eq!(check(Some(&challenge), Some(&verifier)), Err(PkceError::Mismatch));
    }

    #[test]
    fn one_without_the_other_is_refused() {
        let challenge = CodeChallenge::parse(CHALLENGE).unwrap();
        let verifier = CodeVerifier::parse(VERIFIER).unwrap();
        assert_eq!(check(Some(&challenge), None), Err(PkceError::VerifierMissing));
        assert_eq!(check(None, Some(&verifier)), Err(PkceError::VerifierUnasked));
    }

    #[test]
    fn length_and_characters_are_held_at_both_ends() {
        for (text, expected) in [
            ("a".repeat(42), false),
            ("a".repeat(43), true),
            ("a".repeat(128), true),
            ("a".repeat(129), false),
            ("~._-".repeat(11), true),
            (format!("{}=", "a".repeat(43)), false),
            (format!("{}é", "a".repeat(43)), false),
            (String::new(), false),
        ] {
            assert_eq!(CodeChallenge::parse(&text).is_some(), expected, "{text}");
            assert_eq!(CodeVerifier::parse(&text).is_some(), expected, "{text}");
        }
    }

    #[test]
    fn a_verifier_is_not_printed() {
        assert!(!format!("{:?}", CodeVerifier::parse(VERIFIER).unwrap()).contains(VERIFIER));
    }
}
