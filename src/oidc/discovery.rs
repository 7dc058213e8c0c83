//! The metadata of the OpenID provider (OIDC Discovery 3, RFC 8414 2, RFC 9207 3).

use serde_json::json;

use super::dpop;
use super::scope::Scope;
use crate::keys::jwk_set::TokenAlgorithm;

/// The metadata document (OIDC Discovery 4).
pub const METADATA_PATH: &str = "/.well-known/openid-configuration";
/// The authorization endpoint.
pub const AUTHORIZE_PATH: &str = "/oidc/authorize";
/// The token endpoint.
pub const TOKEN_PATH: &str = "/oidc/token";
/// The pushed authorization request endpoint (RFC 9126).
pub const PUSH_PATH: &str = "/oidc/par";
/// The introspection endpoint (RFC 7662).
pub const INTROSPECTION_PATH: &str = "/oidc/introspect";
/// The revocation endpoint (RFC 7009).
pub const REVOCATION_PATH: &str = "/oidc/revoke";
/// The userinfo endpoint.
pub const USERINFO_PATH: &str = "/oidc/userinfo";
/// The JWK Set.
pub const JWKS_PATH: &str = "/oidc/jwks";
/// The end-session endpoint.
pub const LOGOUT_PATH: &str = "/oidc/logout";

/// The claims that an ID token or userinfo may hold.
pub const CLAIMS: [&str; 25] = [
    "iss",
    "aud",
    "sub",
    "oid",
    "tid",
    "idp",
    "altsecid",
    "acct",
    "email",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "groups",
    "roles",
    "amr",
    "acr",
    "auth_time",
    "sid",
    "nonce",
    "ver",
    "iat",
    "nbf",
    "exp",
    "uti",
];

/// How apps prove themselves; a public one proves nothing.
const AUTH_METHODS: [&str; 4] = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

/// Writes the document of the provider whose issuer is `issuer`: an absolute URL without path, query
/// or trailing slash.
#[must_use]
pub fn document(issuer: &str) -> String {
    let endpoint = |path: &str| format!("{issuer}{path}");
    json!({
        "issuer": issuer,
        "authorization_endpoint": endpoint(AUTHORIZE_PATH),
        "token_endpoint": endpoint(TOKEN_PATH),
        "userinfo_endpoint": endpoint(USERINFO_PATH),
        "pushed_authorization_request_endpoint": endpoint(PUSH_PATH),
        "introspection_endpoint": endpoint(INTROSPECTION_PATH),
        "introspection_endpoint_auth_methods_supported": &AUTH_METHODS[..3],
        "introspection_endpoint_auth_signing_alg_values_supported": TokenAlgorithm::ALL.map(TokenAlgorithm::as_str),
        "revocation_endpoint": endpoint(REVOCATION_PATH),
        "revocation_endpoint_auth_methods_supported": AUTH_METHODS,
        "revocation_endpoint_auth_signing_alg_values_supported": TokenAlgorithm::ALL.map(TokenAlgorithm::as_str),
        "jwks_uri": endpoint(JWKS_PATH),
        "end_session_endpoint": endpoint(LOGOUT_PATH),
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "scopes_supported": Scope::ALL.map(Scope::as_str),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": AUTH_METHODS,
        "token_endpoint_auth_signing_alg_values_supported": TokenAlgorithm::ALL.map(TokenAlgorithm::as_str),
        "dpop_signing_alg_values_supported": dpop::ALGORITHMS.map(TokenAlgorithm::as_str),
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "acr_values_supported": ["https://refeds.org/profile/sfa", "https://refeds.org/profile/mfa", "phr"],
        "claim_types_supported": ["normal"],
        "claims_supported": CLAIMS,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": ["en"],
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "require_request_uri_registration": false,
        "authorization_response_iss_parameter_supported": true,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_says_what_is_supported_and_what_is_not() {
        let document: serde_json::Value = serde_json::from_str(&document("https://gate.example.com")).unwrap();
        for (member, expected) in [
            ("issuer", json!("https://gate.example.com")),
            ("authorization_endpoint", json!("https://gate.example.com/oidc/authorize")),
            ("token_endpoint", json!("https://gate.example.com/oidc/token")),
            ("userinfo_endpoint", json!("https://gate.example.com/oidc/userinfo")),
            ("jwks_uri", json!("https://gate.example.com/oidc/jwks")),
            ("introspection_endpoint", json!("https://gate.example.com/oidc/introspect")),
            ("revocation_endpoint", json!("https://gate.example.com/oidc/revoke")),
            ("grant_types_supported", json!(["authorization_code", "refresh_token", "client_credentials"])),
            ("end_session_endpoint", json!("https://gate.example.com/oidc/logout")),
            ("backchannel_logout_supported", json!(true)),
            ("backchannel_logout_session_supported", json!(true)),
            ("scopes_supported", json!(["openid", "profile", "email", "groups", "offline_access"])),
            ("response_types_supported", json!(["code"])),
            ("response_modes_supported", json!(["query", "form_post"])),
            ("pushed_authorization_request_endpoint", json!("https://gate.example.com/oidc/par")),
            ("code_challenge_methods_supported", json!(["S256"])),
            ("subject_types_supported", json!(["pairwise"])),
            ("id_token_signing_alg_values_supported", json!(["RS256", "ES256"])),
            ("claims_parameter_supported", json!(true)),
            ("request_parameter_supported", json!(false)),
            ("request_uri_parameter_supported", json!(false)),
            ("authorization_response_iss_parameter_supported", json!(true)),
        ] {
            assert_eq!(document[member], expected, "{member}");
        }
    }

    #[test]
    fn a_relying_party_library_reads_the_document() {
        let read: openidconnect::core::CoreProviderMetadata =
            serde_json::from_str(&document("https://gate.example.com")).unwrap();
        assert_eq!(read.issuer().as_str(), "https://gate.example.com");
        assert_eq!(read.token_endpoint().unwrap().as_str(), "https://gate.example.com/oidc/token");
    }
}
