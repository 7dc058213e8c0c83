//! Passkeys: the registration and authentication ceremonies of WebAuthn, through webauthn-rs.
//!
//! The user is always verified by the authenticator. What a ceremony must remember comes out as opaque
//! bytes, which the caller seals or keeps in a row; a ceremony ends within [`CEREMONY_LIFE`]. Each
//! check has a cause of its own in [`PasskeyFault`].
//!
//! webauthn-rs draws the challenge from the operating system itself, and reads the wall clock where it
//! judges the certificates of an attestation: the exceptions to injected randomness and time.
//!
//! Start reading at [`RelyingParty`], then [`registration`] and [`authentication`].

pub mod attestation;
pub mod authentication;
mod client_data;
mod library;
pub mod registration;
mod state;

use std::time::Duration;

use url::{Host, Url};
use webauthn_rs_core::WebauthnCore;

use self::attestation::Attestation;
use super::fault::PasskeyFault;
use crate::domain::factors::PasskeyMaterial;
use webauthn_rs_core::proto::Credential;

/// How long a ceremony may take, from the challenge to the answer.
pub const CEREMONY_LIFE: Duration = Duration::from_secs(5 * 60);
/// The largest answer of a browser. **Units**: bytes of JSON.
pub const MAX_RESPONSE: usize = 32 * 1024;

/// Whether a passkey is kept so that it can be found without naming the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discoverable {
    /// Not asked for, which spares the few places of a security key. Phones make all discoverable.
    Discouraged,
    /// Demanded.
    Required,
}

/// We, as passkeys know us: the id is the host of `public_url`, the origin is its exact text.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    core: WebauthnCore,
    origin: String,
    attestation: Attestation,
    discoverable: Discoverable,
}

/// A ceremony that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// What the browser's `navigator.credentials` call takes. **Shape**: a JSON object with the member
    /// `publicKey`, binary values in base64url.
    pub options: String,
    /// What must be at hand when the answer comes. The caller seals it and lets it be used once.
    pub state: Vec<u8>,
}

impl RelyingParty {
    /// Ourselves. `public_url` has no path; `name` is what authenticators show.
    ///
    /// # Errors
    /// [`PasskeyFault::HostNotDomain`] where the host is an IP address: there are no passkeys then.
    pub fn new(
        public_url: &str,
        name: &str,
        attestation: Attestation,
        discoverable: Discoverable,
    ) -> Result<Self, PasskeyFault> {
        let url = Url::parse(public_url).map_err(|_| PasskeyFault::HostNotDomain)?;
        let Some(Host::Domain(host)) = url.host() else { return Err(PasskeyFault::HostNotDomain) };
        let origin = url.origin().ascii_serialization();
        // What the constructor's name warns of is held here: the id is the host of the one origin, no
        // other host or port is let in, and both ceremonies demand a verified user.
        let core = WebauthnCore::new_unsafe_experts_only(
            name,
            host,
            vec![url.clone()],
            CEREMONY_LIFE,
            Some(false),
            Some(false),
        );
        Ok(Self { core, origin, attestation, discoverable })
    }
}

/// The credential of a kept passkey, with the counter of its row.
fn credential_of(material: &PasskeyMaterial) -> Result<Credential, PasskeyFault> {
    let mut credential: Credential =
        serde_json::from_slice(&material.record).map_err(|_| PasskeyFault::RecordMalformed)?;
    if credential.cred_id.as_slice() != material.credential_id {
        return Err(PasskeyFault::RecordMalformed);
    }
    credential.counter = material.counter;
    Ok(credential)
}

fn record_of(credential: &Credential) -> Result<Vec<u8>, PasskeyFault> {
    serde_json::to_vec(credential).map_err(|_| PasskeyFault::Library)
}

#[cfg(test)]
mod tests;
