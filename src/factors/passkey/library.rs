//! The errors of webauthn-rs as faults of ours.

use webauthn_rs_core::error::WebauthnError;

use crate::factors::fault::PasskeyFault;

/// The fault of an error. What has no row is a malformed answer, or concerns an attestation.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(super) fn fault(error: WebauthnError) -> PasskeyFault {
    use WebauthnError as E;
    match error {
        E::InvalidClientDataType => PasskeyFault::CeremonyMixed,
        E::MismatchedChallenge => PasskeyFault::ChallengeSwapped,
        E::InvalidRPOrigin => PasskeyFault::OriginOfAnother,
        E::CredentialCrossOrigin => PasskeyFault::CrossOrigin,
        E::InvalidRPIDHash => PasskeyFault::RelyingPartyOfAnother,
        E::UserNotPresent => PasskeyFault::UserNotPresent,
        E::UserNotVerified => PasskeyFault::UserNotVerified,
        E::CredentialNotFound => PasskeyFault::CredentialUnknown,
        E::AuthenticationFailure | E::SignatureInvalid => PasskeyFault::SignatureWrong,
        E::CredentialPossibleCompromise => PasskeyFault::CounterCloned,
        E::CredentialBackupEligibilityInconsistent => PasskeyFault::BackupChanged,
        E::CredentialAlteredAlgFromRequest
        | E::COSEKeyInvalidAlgorithm
        | E::COSEKeyEDUnsupported
        | E::COSEKeyInvalidType
        | E::CredentialInsecureCryptography => PasskeyFault::AlgorithmRefused,
        E::CredentialMayNotBeHardwareBound => PasskeyFault::NotHardwareBound,
        E::AttestationUntrustedAaguid => PasskeyFault::ModelNotListed,
        E::Configuration | E::InvalidUsername | E::MissingAttestationCaList => PasskeyFault::Library,
        E::MissingAttestationCredentialData
        | E::ParseBase64Failure(_)
        | E::ParseCBORFailure(_)
        | E::ParseJSONFailure(_)
        | E::ParseNOMFailure
        | E::ParseInsufficientBytesAvailable
        | E::COSEKeyInvalidCBORValue
        | E::COSEKeyECDSAXYInvalid
        | E::COSEKeyRSANEInvalid
        | E::COSEKeyECDSAInvalidCurve
        | E::EcdsaPointInvalid
        | E::RsaParametersInvalid
        | E::InvalidExtensions => PasskeyFault::ResponseMalformed,
        _ => PasskeyFault::AttestationRefused,
    }
}
