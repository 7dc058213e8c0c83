//! Stable identifiers of a person toward apps. They depend on the organisation's salt, the sector
//! and the account only, never on a partner, an address or a key that is rotated.

use super::apps::App;
use super::authentication::Identity;
use super::guests::GuestId;
use super::partners::MAILED_CODE_ISSUER;
use crate::base::encoding::{base64url, hex};
use crate::base::sealing::{Purpose, Sealer, mac_with};
use crate::base::secret::SecretBytes;

/// The pairwise `sub` of `guest` in the sector of `app` (OIDC Core 8.1): HMAC-SHA-256 under the
/// organisation's salt, base64url, 43 characters.
#[must_use]
pub fn pairwise_subject(salt: &SecretBytes, app: &App, guest: GuestId) -> String {
    let mut message = Vec::with_capacity(app.sector.len() + 17);
    message.extend_from_slice(app.sector.as_bytes());
    message.push(0);
    message.extend_from_slice(guest.as_bytes());
    base64url(mac_with(salt.expose(), &message))
}

/// The opaque `altsecid`: `5::` and 16 hex digits of an HMAC of partner and subject; `1:mail:` and the same for who is
/// proven by mailed codes.
#[must_use]
pub fn alternative_security_id(sealer: &Sealer, identity: &Identity) -> String {
    let mut message = Vec::with_capacity(identity.issuer.len() + identity.subject.len() + 1);
    message.extend_from_slice(identity.issuer.as_bytes());
    message.push(0);
    message.extend_from_slice(identity.subject.as_bytes());
    let kind = if identity.issuer == MAILED_CODE_ISSUER { "1:mail:" } else { "5::" };
    format!("{kind}{}", hex(&sealer.mac(Purpose::AlternativeSecurityId, &message)[..8]))
}
