//! What we publish toward apps.

use crate::domain::organization::PublicUrl;
use crate::keys::jwks::jwks;
use crate::keys::ring::{KeyPurpose, KeyRing};
use crate::oidc::{discovery, jwks as jwks_document};

/// The discovery document (OpenID Connect Discovery 3).
#[must_use]
pub fn discovery(public_url: &PublicUrl) -> String {
    discovery::document(public_url.as_str())
}

/// The keys with which our tokens are verified, in every state of rotation (RFC 7517 5).
#[must_use]
pub fn keys(keys: &KeyRing) -> String {
    jwks_document::document(&jwks(&keys.published(KeyPurpose::Oidc)))
}

/// Where the discovery document is.
pub const DISCOVERY_PATH: &str = discovery::METADATA_PATH;
/// The authorization endpoint.
pub const AUTHORIZE_PATH: &str = discovery::AUTHORIZE_PATH;
/// The token endpoint.
pub const TOKEN_PATH: &str = discovery::TOKEN_PATH;
/// The userinfo endpoint.
pub const USERINFO_PATH: &str = discovery::USERINFO_PATH;
/// Our public keys.
pub const JWKS_PATH: &str = discovery::JWKS_PATH;
/// The end-session endpoint.
pub const END_SESSION_PATH: &str = discovery::LOGOUT_PATH;
