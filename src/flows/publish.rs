//! What we publish: metadata toward partners, discovery and keys toward apps.

use crate::downstream;
use crate::flows::services::Services;
use crate::upstream;
use crate::upstream::metadata::Toward;

/// Our SAML metadata toward partners; `None` where it cannot be written.
#[must_use]
pub fn sp_metadata(services: &Services) -> Option<String> {
    upstream::metadata::sp_metadata(&services.settings.public_url, &services.keys, Toward::Signing)
}

/// The same with the certificate to encrypt to, for partners that encrypt.
#[must_use]
pub fn sp_encryption_metadata(services: &Services) -> Option<String> {
    upstream::metadata::sp_metadata(&services.settings.public_url, &services.keys, Toward::Encrypting)
}

/// Our SAML metadata toward apps; `None` where it cannot be written.
#[must_use]
pub fn idp_metadata(services: &Services) -> Option<String> {
    downstream::metadata::idp_metadata(&services.settings.public_url, &services.keys)
}

/// The OpenID Connect discovery document.
#[must_use]
pub fn discovery(services: &Services) -> String {
    downstream::metadata::discovery(&services.settings.public_url)
}

/// The keys with which our tokens are verified.
#[must_use]
pub fn jwks(services: &Services) -> String {
    downstream::metadata::keys(&services.keys)
}
