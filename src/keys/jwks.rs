//! JSON Web Keys as data (RFC 7517, RFC 7518 6); the `oidc` room writes them as JSON.

use std::sync::Arc;

use super::public::KeyKind;
use super::ring::RingKey;
use crate::base::encoding::base64url;

/// One public key of a JWKS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwk {
    /// Names the key.
    pub kid: String,
    /// The algorithm that it is used with: `RS256` or `ES256`.
    pub alg: &'static str,
    /// The key itself.
    pub material: JwkMaterial,
}

/// The parameters of a key, base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JwkMaterial {
    /// `kty` RSA.
    Rsa {
        /// Modulus.
        n: String,
        /// Exponent.
        e: String,
    },
    /// `kty` EC, `crv` P-256.
    P256 {
        /// X coordinate.
        x: String,
        /// Y coordinate.
        y: String,
    },
}

/// The public halves of `keys`.
#[must_use]
pub fn jwks(keys: &[Arc<RingKey>]) -> Vec<Jwk> {
    keys.iter()
        .filter_map(|key| {
            // Ours are never Ed25519.
            let material = match key.public.kind() {
                KeyKind::Rsa { .. } => {
                    let (n, e) = key.public.rsa_parts()?;
                    JwkMaterial::Rsa { n: base64url(n), e: base64url(e) }
                }
                KeyKind::P256 => {
                    let (x, y) = key.public.p256_parts()?;
                    JwkMaterial::P256 { x: base64url(x), y: base64url(y) }
                }
                KeyKind::Ed25519 => return None,
            };
            let alg = match key.public.kind() {
                KeyKind::Rsa { .. } => "RS256",
                KeyKind::P256 => "ES256",
                KeyKind::Ed25519 => return None,
            };
            Some(Jwk { kid: key.id.to_string(), alg, material })
        })
        .collect()
}
