//! Compact JWS (RFC 7515 7.1) with RS256 and ES256: preparing what a signer signs, and verifying
//! what we once signed.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::encoding::{base64url, from_base64url};
use crate::keys::public::KeyKind;
use crate::keys::ring::{KeyPurpose, RingKey};
use crate::keys::signing::{KeyId, SignatureAlgorithm};

/// The signature algorithms of tokens (RFC 7518 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JwsAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, which every library knows.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

impl JwsAlgorithm {
    /// Reads `RS256` or `ES256`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }

    /// The value of `alg`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    /// The same algorithm in the words of the signer.
    #[must_use]
    pub const fn signature_algorithm(self) -> SignatureAlgorithm {
        match self {
            Self::Rs256 => SignatureAlgorithm::RsaSha256,
            Self::Es256 => SignatureAlgorithm::EcdsaP256Sha256,
        }
    }

    const fn of(kind: KeyKind) -> Option<Self> {
        match kind {
            KeyKind::Rsa { .. } => Some(Self::Rs256),
            KeyKind::P256 => Some(Self::Es256),
            KeyKind::Ed25519 => None,
        }
    }
}

/// The claims cannot be written as JSON.
#[derive(Debug, thiserror::Error)]
#[error("claims cannot be written as JSON")]
pub struct ClaimsError(#[from] serde_json::Error);

/// A token that lacks its signature; it has no `Debug`, since its text is personal.
pub struct JwsToSign {
    key: KeyId,
    algorithm: JwsAlgorithm,
    text: String,
}

/// Writes header (`alg`, `kid`, `typ` JWT) and claims; the caller awaits the signature.
///
/// # Errors
/// [`ClaimsError`] where the claims are no JSON.
pub fn prepare(algorithm: JwsAlgorithm, key: KeyId, claims: &impl Serialize) -> Result<JwsToSign, ClaimsError> {
    prepare_typed("JWT", algorithm, key, claims)
}

/// As [`prepare`], with another `typ`: one of our constants.
///
/// # Errors
/// [`ClaimsError`] where the claims are no JSON.
pub fn prepare_typed(
    typ: &'static str,
    algorithm: JwsAlgorithm,
    key: KeyId,
    claims: &impl Serialize,
) -> Result<JwsToSign, ClaimsError> {
    // Nothing in the header needs to be escaped: the identifier is a UUID.
    let header = format!(r#"{{"alg":"{}","kid":"{key}","typ":"{typ}"}}"#, algorithm.as_str());
    let mut text = base64url(header);
    text.push('.');
    text.push_str(&base64url(serde_json::to_vec(claims)?));
    Ok(JwsToSign { key, algorithm, text })
}

impl JwsToSign {
    /// The key that is to sign.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// The algorithm that it is to sign with.
    #[must_use]
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm.signature_algorithm()
    }

    /// The octets to sign (RFC 7515 5.1).
    #[must_use]
    pub const fn signing_input(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The token with its signature; of ECDSA `r` and `s`, 32 bytes each (RFC 7518 3.4).
    #[must_use]
    pub fn finish(self, signature: &[u8]) -> String {
        let mut token = self.text;
        token.push('.');
        token.push_str(&base64url(signature));
        token
    }
}

/// Why a token is not one of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Not three parts of base64url, or no header that can be read.
    #[error("not a compact JWS")]
    Malformed,
    /// A header of another type, or one with critical extensions.
    #[error("JWS is of another type")]
    Type,
    /// No key of ours for tokens has this name.
    #[error("JWS names no key of ours")]
    UnknownKey,
    /// The algorithm is not that of the key.
    #[error("JWS algorithm `{found}` is not that of its key")]
    Algorithm {
        /// The algorithm that the header names.
        found: String,
    },
    /// The signature does not verify.
    #[error("JWS signature does not verify")]
    Signature,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
    crit: Option<serde_json::Value>,
}

/// Verifies a token that we signed and gives its payload. The key is found by name in our own ring
/// and fixes the algorithm; the header is only compared with it (RFC 8725 3.1).
///
/// # Errors
/// [`JwsError`].
pub fn verify(token: &str, find_key: impl FnOnce(KeyId) -> Option<Arc<RingKey>>) -> Result<Vec<u8>, JwsError> {
    verify_typed(token, "JWT", find_key)
}

/// As [`verify`], of a token of another type.
///
/// # Errors
/// [`JwsError`].
pub fn verify_typed(
    token: &str,
    typ: &str,
    find_key: impl FnOnce(KeyId) -> Option<Arc<RingKey>>,
) -> Result<Vec<u8>, JwsError> {
    let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(JwsError::Malformed)?;
    let header = from_base64url(header).ok_or(JwsError::Malformed)?;
    let payload = from_base64url(payload).ok_or(JwsError::Malformed)?;
    let signature = from_base64url(signature).ok_or(JwsError::Malformed)?;
    let header: Header = serde_json::from_slice(&header).map_err(|_| JwsError::Malformed)?;
    if header.typ != typ || header.crit.is_some() {
        return Err(JwsError::Type);
    }
    let key = KeyId::parse(&header.kid)
        .ok()
        .and_then(find_key)
        .filter(|key| key.purpose == KeyPurpose::Oidc)
        .ok_or(JwsError::UnknownKey)?;
    let algorithm = JwsAlgorithm::of(key.public.kind()).ok_or(JwsError::UnknownKey)?;
    if header.alg != algorithm.as_str() {
        return Err(JwsError::Algorithm { found: crate::base::trace::shorten(header.alg) });
    }
    if key.public.has_signed(algorithm.signature_algorithm(), signed.as_bytes(), &signature) {
        Ok(payload)
    } else {
        Err(JwsError::Signature)
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::base::clock::Timestamp;
    use crate::base::random::SystemRandom;
    use crate::keys::public::PublicKey;
    use crate::keys::ring::{KeyRing, KeyState};
    use crate::keys::signing::SigningKey;

    fn ring_key(purpose: KeyPurpose, key: SigningKey) -> RingKey {
        let created_at = Timestamp::from_seconds(1_790_000_000);
        let public = PublicKey::from_spki(&key.spki().unwrap()).unwrap();
        let id = KeyId::new(created_at, &SystemRandom);
        RingKey { id, purpose, state: KeyState::Current, key, public, certificate: None, created_at }
    }

    /// A ring with an ECDSA and an RSA key for tokens and an ECDSA key for SAML.
    pub(in crate::oidc) fn ring() -> KeyRing {
        KeyRing::new(vec![
            ring_key(KeyPurpose::Oidc, SigningKey::generate_p256().unwrap()),
            ring_key(KeyPurpose::Oidc, SigningKey::generate_rsa().unwrap()),
            ring_key(KeyPurpose::SamlSigning, SigningKey::generate_p256().unwrap()),
        ])
    }

    /// Signs claims with the current key of the ring.
    pub(in crate::oidc) fn sign(ring: &KeyRing, algorithm: JwsAlgorithm, claims: &impl Serialize) -> String {
        let key = ring.current(KeyPurpose::Oidc, algorithm.signature_algorithm()).unwrap();
        let jws = prepare(algorithm, key.id, claims).unwrap();
        let signature = key.key.sign(jws.algorithm(), jws.signing_input()).unwrap();
        jws.finish(&signature)
    }

    /// Signs any header and claims with a key.
    pub(in crate::oidc) fn sign_raw(key: &RingKey, header: &str, claims: &str) -> String {
        let input = format!("{}.{}", base64url(header), base64url(claims));
        let signature = key.key.sign(key.key.default_algorithm(), input.as_bytes()).unwrap();
        format!("{input}.{}", base64url(signature))
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::hmac;
    use proptest::prelude::*;
    use serde_json::json;

    use super::testing::{ring, sign, sign_raw};
    use super::*;

    #[test]
    fn what_we_signed_verifies_with_both_algorithms() {
        let ring = ring();
        for algorithm in [JwsAlgorithm::Rs256, JwsAlgorithm::Es256] {
            let token = sign(&ring, algorithm, &json!({"sub": "ana"}));
            let key = ring.current(KeyPurpose::Oidc, algorithm.signature_algorithm()).unwrap();
            let expected = format!(r#"{{"alg":"{}","kid":"{}","typ":"JWT"}}"#, algorithm.as_str(), key.id);
            assert_eq!(from_base64url(token.split('.').next().unwrap()).unwrap(), expected.as_bytes());
            assert_eq!(verify(&token, |id| ring.by_id(id)).unwrap(), br#"{"sub":"ana"}"#);
            assert_eq!(JwsAlgorithm::parse(algorithm.as_str()), Some(algorithm));
        }
        assert_eq!(JwsAlgorithm::parse("none"), None);
    }

    #[test]
    fn another_library_verifies_our_tokens() {
        let ring = ring();
        let jwks = crate::oidc::jwks::document(&crate::keys::jwks::jwks(&ring.published(KeyPurpose::Oidc)));
        let jwks: jsonwebtoken::jwk::JwkSet = serde_json::from_str(&jwks).unwrap();
        for (algorithm, other) in [
            (JwsAlgorithm::Rs256, jsonwebtoken::Algorithm::RS256),
            (JwsAlgorithm::Es256, jsonwebtoken::Algorithm::ES256),
        ] {
            let token = sign(&ring, algorithm, &json!({"sub": "ana", "aud": "payroll", "exp": 4_000_000_000_u64}));
            let kid = jsonwebtoken::decode_header(&token).unwrap().kid.unwrap();
            let key = jsonwebtoken::DecodingKey::from_jwk(jwks.find(&kid).unwrap()).unwrap();
            let mut validation = jsonwebtoken::Validation::new(other);
            validation.set_audience(&["payroll"]);
            let read = jsonwebtoken::decode::<serde_json::Value>(&token, &key, &validation).unwrap();
            assert_eq!(read.claims["sub"], "ana");
        }
    }

    #[test]
    fn algorithms_are_never_taken_from_the_header() {
        let ring = ring();
        let rsa = ring.current(KeyPurpose::Oidc, SignatureAlgorithm::RsaSha256).unwrap();
        let ecdsa = ring.current(KeyPurpose::Oidc, SignatureAlgorithm::EcdsaP256Sha256).unwrap();
        let header = |alg: &str, key: &RingKey| format!(r#"{{"alg":"{alg}","kid":"{}","typ":"JWT"}}"#, key.id);
        for (alg, key) in
            [("none", &rsa), ("HS256", &rsa), ("RS512", &rsa), ("ES256", &rsa), ("RS256", &ecdsa), ("", &rsa)]
        {
            let token = sign_raw(key, &header(alg, key), "{}");
            let expected = Err(JwsError::Algorithm { found: alg.to_owned() });
            assert_eq!(verify(&token, |id| ring.by_id(id)), expected);
        }
        let unsigned = format!("{}.{}.", base64url(header("none", &rsa)), base64url("{}"));
        let expected = Err(JwsError::Algorithm { found: "none".to_owned() });
        assert_eq!(verify(&unsigned, |id| ring.by_id(id)), expected);

        let input = format!("{}.{}", base64url(header("HS256", &rsa)), base64url("{}"));
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &rsa.key.spki().unwrap());
        let token = format!("{input}.{}", base64url(hmac::sign(&secret, input.as_bytes())));
        let expected = Err(JwsError::Algorithm { found: "HS256".to_owned() });
        assert_eq!(verify(&token, |id| ring.by_id(id)), expected);
    }

    #[test]
    fn keys_of_others_and_of_other_purposes_do_not_verify() {
        let (ring, other) = (ring(), ring());
        let token = sign(&other, JwsAlgorithm::Es256, &json!({}));
        assert_eq!(verify(&token, |id| ring.by_id(id)), Err(JwsError::UnknownKey));
        let ours = ring.current(KeyPurpose::Oidc, SignatureAlgorithm::EcdsaP256Sha256);
        assert_eq!(verify(&token, |_| ours), Err(JwsError::Signature));
        let saml = ring.current(KeyPurpose::SamlSigning, SignatureAlgorithm::EcdsaP256Sha256).unwrap();
        let token = sign_raw(&saml, &format!(r#"{{"alg":"ES256","kid":"{}","typ":"JWT"}}"#, saml.id), "{}");
        assert_eq!(verify(&token, |id| ring.by_id(id)), Err(JwsError::UnknownKey));
        let token = sign_raw(&saml, r#"{"alg":"ES256","kid":"../key","typ":"JWT"}"#, "{}");
        assert_eq!(verify(&token, |id| ring.by_id(id)), Err(JwsError::UnknownKey));
    }

    #[test]
    fn a_changed_token_does_not_verify() {
        let ring = ring();
        let token = sign(&ring, JwsAlgorithm::Es256, &json!({"sub": "ana"}));
        let parts: Vec<&str> = token.split('.').collect();
        let verify = |token: &str| verify(token, |id| ring.by_id(id));
        let other = base64url(r#"{"sub":"bob"}"#);
        assert_eq!(verify(&format!("{}.{other}.{}", parts[0], parts[2])), Err(JwsError::Signature));
        assert_eq!(verify(&format!("{}.{}.", parts[0], parts[1])), Err(JwsError::Signature));
        for malformed in [
            String::new(),
            "a".to_owned(),
            "a.b".to_owned(),
            "..".to_owned(),
            format!("{}.{}", parts[0], parts[1]),
            format!("{token}.x"),
            format!("{token}="),
            format!(" {token}"),
            format!("{}.{}", base64url("[]"), &token[parts[0].len() + 1..]),
        ] {
            assert_eq!(verify(&malformed), Err(JwsError::Malformed), "{malformed}");
        }
    }

    #[test]
    fn tokens_of_other_types_and_with_extensions_are_refused() {
        let ring = ring();
        let key = ring.current(KeyPurpose::Oidc, SignatureAlgorithm::EcdsaP256Sha256).unwrap();
        let check = |rest: &str, expected: Result<Vec<u8>, JwsError>| {
            let token = sign_raw(&key, &format!(r#"{{"alg":"ES256","kid":"{}"{rest}}}"#, key.id), "{}");
            assert_eq!(verify(&token, |id| ring.by_id(id)), expected, "{rest}");
        };
        check(r#","typ":"JWT""#, Ok(b"{}".to_vec()));
        check(r#","typ":"JWT","jku":"https://evil.example","x5c":[]"#, Ok(b"{}".to_vec()));
        check(r#","typ":"at+jwt""#, Err(JwsError::Type));
        check(r#","typ":"JWT","crit":["b64"],"b64":false"#, Err(JwsError::Type));
        check("", Err(JwsError::Malformed));
        check(r#","typ":"JWT","alg":"none""#, Err(JwsError::Malformed));
    }

    proptest! {
        #[test]
        fn verifying_never_panics(token in "[A-Za-z0-9_.=-]{0,80}", header in ".{0,60}") {
            prop_assert!(verify(&token, |_| None).is_err());
            let signed = format!("{}.e30.", base64url(header));
            prop_assert!(verify(&signed, |_| None).is_err());
        }
    }
}
