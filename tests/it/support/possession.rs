//! Apps that hold a key and show it (DPoP).

use std::sync::atomic::{AtomicU32, Ordering};

use entente::base::encoding::{base64url, sha256};
use entente::keys::jwk_set::public_jwk;
use entente::keys::public::PublicKey;
use entente::keys::signing::{SignatureAlgorithm, SigningKey};
use entente::keys::thumbprint::Thumbprint;
use serde_json::{Value, json};

use super::client::Page;
use super::gateway::Gateway;

/// Who holds a key.
pub struct Holder {
    key: SigningKey,
    jwk: Value,
    count: AtomicU32,
}

impl Holder {
    /// With a fresh key.
    pub fn new() -> Self {
        let key = SigningKey::generate_p256().unwrap();
        let public = PublicKey::from_spki(&key.spki().unwrap()).unwrap();
        let (x, y) = public.p256_parts().unwrap();
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)});
        Self { key, jwk, count: AtomicU32::new(0) }
    }

    /// What names the key.
    pub fn thumbprint(&self) -> String {
        Thumbprint::of(&public_jwk(&self.jwk).unwrap()).unwrap().to_string()
    }

    /// The claims of a fresh proof for a request.
    pub fn claims(&self, gateway: &Gateway, method: &str, path: &str) -> Value {
        let id = self.count.fetch_add(1, Ordering::Relaxed);
        json!({"jti": id.to_string(), "htm": method, "htu": format!("{}{path}", gateway.url), "iat": gateway.now().seconds()})
    }

    /// A proof of these claims.
    pub fn sign(&self, claims: &Value) -> String {
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk});
        let input = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
        let signature = self.key.sign(SignatureAlgorithm::EcdsaP256Sha256, input.as_bytes()).unwrap();
        format!("{input}.{}", base64url(signature))
    }

    /// A fresh proof for a form to an endpoint.
    pub fn proof(&self, gateway: &Gateway, path: &str) -> String {
        self.sign(&self.claims(gateway, "POST", path))
    }

    /// Posts a form with a fresh proof.
    pub async fn post(&self, gateway: &Gateway, path: &str, parts: &[&[(&str, &str)]]) -> Page {
        self.post_with(gateway, path, &self.proof(gateway, path), parts).await
    }

    /// Posts a form with this proof.
    pub async fn post_with(&self, gateway: &Gateway, path: &str, proof: &str, parts: &[&[(&str, &str)]]) -> Page {
        gateway.client().with_header("dpop", proof).post(path, &parts.concat()).await
    }

    /// A fresh proof for a use of a token at userinfo.
    pub fn proof_of_use(&self, gateway: &Gateway, token: &str) -> String {
        let mut claims = self.claims(gateway, "GET", "/oidc/userinfo");
        claims["ath"] = base64url(sha256(token.as_bytes())).into();
        self.sign(&claims)
    }

    /// Uses a token at userinfo with a fresh proof.
    pub async fn userinfo(&self, gateway: &Gateway, token: &str) -> Page {
        shown(gateway, token, &self.proof_of_use(gateway, token)).await
    }
}

/// Uses a token at userinfo with this proof.
pub async fn shown(gateway: &Gateway, token: &str, proof: &str) -> Page {
    let client = gateway.client().with_header("dpop", proof);
    client.with_header("authorization", &format!("DPoP {token}")).get("/oidc/userinfo").await
}
