//! Our public keys as a JWK Set (RFC 7517 5).

use serde_json::{Value, json};

use crate::keys::jwks::{Jwk, JwkMaterial};

/// The media type of the document (RFC 7517 8.5.2).
pub const CONTENT_TYPE: &str = "application/jwk-set+json";

/// Writes the document.
#[must_use]
pub fn document(keys: &[Jwk]) -> String {
    let keys: Vec<Value> = keys.iter().map(entry).collect();
    json!({ "keys": keys }).to_string()
}

fn entry(key: &Jwk) -> Value {
    match &key.material {
        JwkMaterial::Rsa { n, e } => {
            json!({ "kty": "RSA", "use": "sig", "alg": key.alg, "kid": key.kid, "n": n, "e": e })
        }
        JwkMaterial::P256 { x, y } => {
            json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": key.alg, "kid": key.kid, "x": x, "y": y })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_key_are_written() {
        let rsa = JwkMaterial::Rsa { n: "AQ".to_owned(), e: "AQAB".to_owned() };
        let p256 = JwkMaterial::P256 { x: "eA".to_owned(), y: "eQ".to_owned() };
        let keys = [
            Jwk { kid: "k1".to_owned(), alg: "RS256", material: rsa },
            Jwk { kid: "k2".to_owned(), alg: "ES256", material: p256 },
        ];
        let expected = concat!(
            r#"{"keys":[{"alg":"RS256","e":"AQAB","kid":"k1","kty":"RSA","n":"AQ","use":"sig"},"#,
            r#"{"alg":"ES256","crv":"P-256","kid":"k2","kty":"EC","use":"sig","x":"eA","y":"eQ"}]}"#
        );
        assert_eq!(document(&keys), expected);
        assert_eq!(document(&[]), r#"{"keys":[]}"#);
    }
}
