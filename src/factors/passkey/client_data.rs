//! Our own reading of the client data, stricter than that of webauthn-rs: the origin is compared as
//! text, and a frame of another site is refused in both ceremonies. It may only refuse; what is
//! accepted is judged again by webauthn-rs from the same bytes.

use serde::Deserialize;

use super::state::Ceremony;
use crate::base::encoding::base64url;
use crate::base::secret::same_bytes;
use crate::factors::fault::PasskeyFault;

/// The members that are checked. One that stands twice is an error.
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: Option<bool>,
    #[serde(rename = "topOrigin", default)]
    top_origin: Option<String>,
}

/// Checks type, challenge, origin and frame.
///
/// # Source
/// WebAuthn Level 2, 7.1 steps 7 to 9 and 7.2 steps 11 to 13; Level 3, 7.1 step 10 (`topOrigin`).
pub(super) fn check(ceremony: Ceremony, challenge: &[u8], origin: &str, json: &[u8]) -> Result<(), PasskeyFault> {
    let data: ClientData = serde_json::from_slice(json).map_err(|_| PasskeyFault::ResponseMalformed)?;
    let kind = match ceremony {
        Ceremony::Registration => "webauthn.create",
        Ceremony::Authentication => "webauthn.get",
    };
    if data.kind != kind {
        return Err(PasskeyFault::CeremonyMixed);
    }
    if !same_bytes(data.challenge.as_bytes(), base64url(challenge).as_bytes()) {
        return Err(PasskeyFault::ChallengeSwapped);
    }
    if data.origin != origin {
        return Err(PasskeyFault::OriginOfAnother);
    }
    if data.cross_origin == Some(true) || data.top_origin.is_some() {
        return Err(PasskeyFault::CrossOrigin);
    }
    Ok(())
}
