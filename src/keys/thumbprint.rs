//! Thumbprints of public keys (RFC 7638), by which a token names the key that must be shown with it.

use std::fmt;

use super::public::{KeyKind, PublicKey};
use crate::base::encoding::{base64url, from_base64url, sha256};

/// SHA-256 over the members of a key that are required, in their order (RFC 7638 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// Of a key. Numbers are taken as the key has them, without leading zeros, however a JWK wrote them.
    #[must_use]
    pub fn of(key: &PublicKey) -> Option<Self> {
        let text = match key.kind() {
            KeyKind::Rsa { .. } => {
                let (n, e) = key.rsa_parts()?;
                format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, base64url(e), base64url(n))
            }
            KeyKind::P256 => {
                let (x, y) = key.p256_parts()?;
                format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, base64url(x), base64url(y))
            }
            KeyKind::Ed25519 => {
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, base64url(key.ed25519_part()?))
            }
        };
        Some(Self(sha256(text.as_bytes())))
    }

    /// Reads base64url without padding, of 32 bytes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        from_base64url(text)?.try_into().ok().map(Self)
    }

    /// From a sealed record or row.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// For a sealed record or row.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Thumbprint {
    /// base64url, as `jkt` and `dpop_jkt` have it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&base64url(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::jwk_set::public_jwk;

    fn check(jwk: &str, expected: &str) {
        let key = public_jwk(&serde_json::from_str(jwk).unwrap()).unwrap();
        let thumbprint = Thumbprint::of(&key).unwrap();
        assert_eq!(thumbprint.to_string(), expected);
        assert_eq!(Thumbprint::parse(expected), Some(thumbprint));
    }

    #[test]
    fn thumbprints_are_those_of_the_documents() {
        // RFC 7638 3.1.
        check(
            r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256"}"#,
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
        );
        // RFC 8037 A.3.
        check(
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        );
        // RFC 9449 6.1, the key of the examples.
        check(
            r#"{"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}"#,
            "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
        );
    }

    #[test]
    fn whatever_has_another_length_is_none() {
        for text in
            ["", "AA", "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs=", "NzbLsXh8uDCcd+6MNwXF4W/7noWXFZAfHkxZsRGC9Xs"]
        {
            assert_eq!(Thumbprint::parse(text), None, "{text}");
        }
    }
}
