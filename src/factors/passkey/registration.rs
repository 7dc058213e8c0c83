//! The registration of a passkey (WebAuthn Level 2, 7.1).

use webauthn_rs_core::proto::PublicKeyCredentialDescriptor;
use webauthn_rs_core::proto::{
    AttestationConveyancePreference, AttestationFormat, COSEAlgorithm, CredProtect, Credential,
    CredentialProtectionPolicy, RegisterPublicKeyCredential, RegistrationState, RequestRegistrationExtensions,
    UserVerificationPolicy,
};

use super::attestation::Attestation;
use super::state::{self, Ceremony};
use super::{Begun, Discoverable, MAX_RESPONSE, RelyingParty, client_data, library, record_of};
use crate::base::clock::Timestamp;
use crate::base::encoding::base64url;
use crate::domain::factors::{KeyProtection, PasskeyMaterial};
use crate::domain::guests::GuestId;
use crate::factors::fault::PasskeyFault;

/// Signature algorithms, preferred first. RS256 is what Windows Hello has on older hardware.
const ALGORITHMS: [COSEAlgorithm; 3] = [COSEAlgorithm::ES256, COSEAlgorithm::ES384, COSEAlgorithm::RS256];

/// The names under which an authenticator shows the account. **Shape**: not empty.
#[derive(Debug, Clone, Copy)]
pub struct AccountNames<'a> {
    /// The mail address or `#EXT#` name.
    pub name: &'a str,
    /// What people call the person.
    pub display_name: &'a str,
}

impl RelyingParty {
    /// Begins the registration of a passkey for `guest`, whose kept ones are not registered again.
    ///
    /// # Errors
    /// [`PasskeyFault::Library`] where a name is empty.
    pub fn begin_registration(
        &self,
        guest: GuestId,
        names: AccountNames<'_>,
        kept: &[PasskeyMaterial],
        now: Timestamp,
    ) -> Result<Begun, PasskeyFault> {
        let listed = matches!(self.attestation, Attestation::Listed(_));
        let builder = self
            .core
            .new_challenge_register_builder(guest.as_bytes(), names.name, names.display_name)
            .map_err(library::fault)?
            .user_verification_policy(UserVerificationPolicy::Required)
            .credential_algorithms(ALGORITHMS.to_vec())
            .require_resident_key(self.discoverable == Discoverable::Required)
            .reject_synchronised_authenticators(listed)
            .extensions(Some(extensions(listed)));
        let builder = if listed {
            builder
                .attestation(AttestationConveyancePreference::Direct)
                .attestation_formats(Some(vec![AttestationFormat::Packed, AttestationFormat::Tpm]))
        } else {
            builder.attestation(AttestationConveyancePreference::None)
        };
        let (mut options, state) = self.core.generate_challenge_register(builder).map_err(library::fault)?;
        // Told to the browser only: an answer with a kept credential is refused against the fresh list.
        let excluded = kept.iter().map(|passkey| PublicKeyCredentialDescriptor {
            type_: "public-key".to_owned(),
            id: passkey.credential_id.clone(),
            transports: None,
        });
        options.public_key.exclude_credentials = Some(excluded.collect());
        let state = state::write(Ceremony::Registration, guest, now, &options.public_key.challenge, &state)?;
        let options = serde_json::to_string(&options).map_err(|_| PasskeyFault::Library)?;
        Ok(Begun { options, state })
    }

    /// Judges the browser's answer. `kept` are the guest's passkeys as they are now.
    ///
    /// # Errors
    /// [`PasskeyFault`], by the step that failed.
    pub fn finish_registration(
        &self,
        guest: GuestId,
        begun: &[u8],
        response: &[u8],
        kept: &[PasskeyMaterial],
        now: Timestamp,
    ) -> Result<PasskeyMaterial, PasskeyFault> {
        let (challenge, state): (_, RegistrationState) = state::read(Ceremony::Registration, guest, now, begun)?;
        if response.len() > MAX_RESPONSE {
            return Err(PasskeyFault::ResponseTooLarge);
        }
        let answer: RegisterPublicKeyCredential =
            serde_json::from_slice(response).map_err(|_| PasskeyFault::ResponseMalformed)?;
        if answer.type_ != "public-key" || answer.id != base64url(&answer.raw_id) {
            return Err(PasskeyFault::ResponseMalformed);
        }
        client_data::check(Ceremony::Registration, &challenge, &self.origin, &answer.response.client_data_json)?;
        let roots = match &self.attestation {
            Attestation::None => None,
            Attestation::Listed(list) => Some(list.roots()),
        };
        let credential = self.core.register_credential(&answer, &state, roots).map_err(library::fault)?;
        self.kept_form(&answer, credential, kept)
    }

    fn kept_form(
        &self,
        answer: &RegisterPublicKeyCredential,
        credential: Credential,
        kept: &[PasskeyMaterial],
    ) -> Result<PasskeyMaterial, PasskeyFault> {
        let credential_id = credential.cred_id.as_slice().to_vec();
        // The id beside the attested data is not signed; a difference is a forgery or a broken client.
        if credential_id != answer.raw_id {
            return Err(PasskeyFault::ResponseMalformed);
        }
        if kept.iter().any(|passkey| passkey.credential_id == credential_id) {
            return Err(PasskeyFault::EnrolledAlready);
        }
        let protection = match (&self.attestation, credential.backup_eligible) {
            (Attestation::Listed(_), _) => KeyProtection::Attested,
            (Attestation::None, true) => KeyProtection::Synchronised,
            (Attestation::None, false) => KeyProtection::Unstated,
        };
        let record = record_of(&credential)?;
        Ok(PasskeyMaterial { credential_id, record, counter: credential.counter, protection })
    }
}

/// `credProtect`, so that an authenticator asks for its user at each use; only the models of a list are
/// sure to know it.
fn extensions(listed: bool) -> RequestRegistrationExtensions {
    RequestRegistrationExtensions {
        cred_protect: Some(CredProtect {
            credential_protection_policy: CredentialProtectionPolicy::UserVerificationRequired,
            enforce_credential_protection_policy: Some(listed),
        }),
        uvm: None,
        cred_props: None,
        min_pin_length: None,
        hmac_create_secret: None,
    }
}
