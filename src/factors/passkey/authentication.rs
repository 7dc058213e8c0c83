//! The authentication by a passkey (WebAuthn Level 2, 7.2).

use webauthn_rs_core::proto::{AuthenticationState, PublicKeyCredential, UserVerificationPolicy};

use super::state::{self, Ceremony};
use super::{Begun, MAX_RESPONSE, RelyingParty, client_data, credential_of, library, record_of};
use crate::base::clock::Timestamp;
use crate::base::encoding::base64url;
use crate::domain::factors::{FactorId, PasskeyMaterial};
use crate::domain::guests::GuestId;
use crate::factors::fault::PasskeyFault;

/// A passkey of the guest, as it is kept.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// Its row.
    pub id: FactorId,
    /// What checks it.
    pub material: &'a PasskeyMaterial,
}

/// A passkey that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// Which.
    pub id: FactorId,
    /// What is to be kept of it from now on. The caller writes it with `advance_passkey`, and accepts
    /// the answer only where the counter rose there too.
    pub material: PasskeyMaterial,
}

impl RelyingParty {
    /// Begins an authentication of `guest` by one of the kept passkeys.
    ///
    /// # Errors
    /// [`PasskeyFault::CredentialUnknown`] where there is none, [`PasskeyFault::RecordMalformed`].
    pub fn begin_authentication(
        &self,
        guest: GuestId,
        kept: &[Kept<'_>],
        now: Timestamp,
    ) -> Result<Begun, PasskeyFault> {
        if kept.is_empty() {
            return Err(PasskeyFault::CredentialUnknown);
        }
        let credentials = kept.iter().map(|passkey| credential_of(passkey.material)).collect::<Result<Vec<_>, _>>()?;
        let builder = self
            .core
            .new_challenge_authenticate_builder(credentials, Some(UserVerificationPolicy::Required))
            .map_err(library::fault)?;
        let (options, mut state) = self.core.generate_challenge_authenticate(builder).map_err(library::fault)?;
        // The passkeys are read afresh when the answer comes: one removed meanwhile must not open.
        state.set_allowed_credentials(Vec::new());
        let state = state::write(Ceremony::Authentication, guest, now, &options.public_key.challenge, &state)?;
        let options = serde_json::to_string(&options).map_err(|_| PasskeyFault::Library)?;
        Ok(Begun { options, state })
    }

    /// Judges the browser's answer. `kept` are the guest's passkeys as they are now.
    ///
    /// # Errors
    /// [`PasskeyFault`], by the step that failed.
    pub fn finish_authentication(
        &self,
        guest: GuestId,
        begun: &[u8],
        response: &[u8],
        kept: &[Kept<'_>],
        now: Timestamp,
    ) -> Result<Used, PasskeyFault> {
        let (challenge, state): (_, AuthenticationState) = state::read(Ceremony::Authentication, guest, now, begun)?;
        if response.len() > MAX_RESPONSE {
            return Err(PasskeyFault::ResponseTooLarge);
        }
        let answer: PublicKeyCredential =
            serde_json::from_slice(response).map_err(|_| PasskeyFault::ResponseMalformed)?;
        if answer.type_ != "public-key" || answer.id != base64url(&answer.raw_id) {
            return Err(PasskeyFault::ResponseMalformed);
        }
        client_data::check(Ceremony::Authentication, &challenge, &self.origin, &answer.response.client_data_json)?;
        let own = kept.iter().find(|passkey| passkey.material.credential_id == answer.raw_id);
        let own = own.ok_or(PasskeyFault::CredentialUnknown)?;
        if answer.get_user_unique_id().is_some_and(|handle| handle != guest.as_bytes()) {
            return Err(PasskeyFault::UserHandleOfAnother);
        }
        let mut credential = credential_of(own.material)?;
        let result = self.core.authenticate_single_credential(&answer, &state, &credential).map_err(library::fault)?;
        credential.counter = result.counter();
        credential.backup_state = result.backup_state();
        let material =
            PasskeyMaterial { record: record_of(&credential)?, counter: credential.counter, ..own.material.clone() };
        Ok(Used { id: own.id, material })
    }
}
