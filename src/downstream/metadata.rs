//! What we publish toward apps.

use crate::domain::organization::PublicUrl;
use crate::keys::jwks::jwks;
use crate::keys::ring::{KeyPurpose, KeyRing};
use crate::oidc::{discovery, jwks as jwks_document};
use crate::saml::metadata::published_idp::PublishedIdp;
use crate::saml::names::EntityId;

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
/// The pushed authorization request endpoint.
pub const PUSH_PATH: &str = discovery::PUSH_PATH;
/// The introspection endpoint.
pub const INTROSPECTION_PATH: &str = discovery::INTROSPECTION_PATH;
/// The revocation endpoint.
pub const REVOCATION_PATH: &str = discovery::REVOCATION_PATH;
/// The userinfo endpoint.
pub const USERINFO_PATH: &str = discovery::USERINFO_PATH;
/// Our public keys.
pub const JWKS_PATH: &str = discovery::JWKS_PATH;
/// The end-session endpoint.
pub const END_SESSION_PATH: &str = discovery::LOGOUT_PATH;
/// Our entity ID as identity provider, behind the public URL.
pub const IDP_ENTITY_PATH: &str = "/saml/idp";
/// Where our metadata toward SAML apps is.
pub const IDP_METADATA_PATH: &str = "/saml/idp/metadata";
/// Where SAML apps send their requests, in both bindings.
pub const SSO_PATH: &str = "/saml/idp/sso";

/// Our metadata toward SAML apps, the current key first (SAML Metadata 2.4.3). `None` where a value
/// cannot be written as XML, which the public URL's form excludes.
#[must_use]
pub fn idp_metadata(public_url: &PublicUrl, keys: &KeyRing) -> Option<String> {
    let certificates = keys.certificates(KeyPurpose::SamlSigning);
    let entity_id = EntityId::parse(&public_url.join(IDP_ENTITY_PATH)).ok()?;
    let sso = public_url.join(SSO_PATH);
    PublishedIdp { entity_id: &entity_id, signing_certificates: &certificates, sso: &sso }.write().ok()
}
