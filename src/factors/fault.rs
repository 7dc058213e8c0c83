//! Why a factor is not accepted: the fine cause for log, audit and administrators, and the coarse code
//! that a visitor sees.

use crate::domain::factors::limits::{TallyKey, Wait};
use crate::domain::refusal::{Code, Refusal, Side};

/// Why a factor was not accepted, or could not be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FactorFault {
    /// The input has not the shape of a code.
    #[error("the input is no code")]
    CodeMalformed,
    /// The code of the authenticator app is none of those that are good now.
    #[error("the TOTP code is wrong")]
    TotpWrong,
    /// The code of the authenticator app was right, and has been used, or a later one has.
    #[error("the TOTP code was used before")]
    TotpReplayed,
    /// The recovery code is none that is left.
    #[error("the recovery code is unknown or used")]
    RecoveryCodeWrong,
    /// The mailed code is another.
    #[error("the mailed code is wrong")]
    MailedCodeWrong,
    /// The mailed code was sent too long ago.
    #[error("the mailed code is too old")]
    MailedCodeExpired,
    /// The mailed code has been tried too often; another must be sent.
    #[error("the mailed code was tried too often")]
    MailedCodeExhausted,
    /// The mailed code was made for another guest.
    #[error("the mailed code is another guest's")]
    MailedCodeOfAnother,
    /// Mailed codes are switched off.
    #[error("mailed codes are switched off")]
    MailedCodesOff,
    /// There must be no try yet.
    #[error("too many tries of {0}")]
    Limited(LimitedBy),
    /// A sealed value does not open.
    #[error("a factor's sealed secret does not open")]
    SecretSealed,
    /// AWS-LC could not seal.
    #[error("a factor's secret could not be sealed")]
    SealingFailed,
    /// The text does not fit into a QR code.
    #[error("the text is too long for a QR code")]
    QrTooLong,
    /// A fault of a passkey.
    #[error(transparent)]
    Passkey(#[from] PasskeyFault),
}

/// What was tried too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitedBy {
    /// This factor.
    Factor,
    /// Codes of this account.
    Account,
    /// Codes from this network.
    Network,
}

impl std::fmt::Display for LimitedBy {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Factor => "this factor",
            Self::Account => "this account",
            Self::Network => "this network",
        })
    }
}

impl From<Wait> for FactorFault {
    fn from(wait: Wait) -> Self {
        Self::Limited(match wait.key {
            TallyKey::Factor(..) | TallyKey::Kind(..) | TallyKey::Recovery(..) => LimitedBy::Factor,
            TallyKey::Account(..) | TallyKey::Address(_) => LimitedBy::Account,
            TallyKey::Network(_) => LimitedBy::Network,
        })
    }
}

/// Why a passkey was not accepted, in the order of the steps of WebAuthn.
///
/// # Source
/// WebAuthn Level 2, 7.1 (registration) and 7.2 (authentication).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyFault {
    /// `public_url` has an IP address as its host, which cannot be the id of a relying party.
    #[error("the host of `public_url` is no domain")]
    HostNotDomain,
    /// The list of attestation roots is empty or holds something that is no certificate.
    #[error("the list of accepted authenticators is unusable")]
    AttestationListUnusable,
    /// The state of the ceremony cannot be read.
    #[error("the state of the ceremony is malformed")]
    StateMalformed,
    /// The state belongs to the other ceremony.
    #[error("the state is that of another ceremony")]
    StateOfAnotherCeremony,
    /// The state belongs to another guest.
    #[error("the state is another guest's")]
    StateOfAnotherGuest,
    /// The ceremony took too long.
    #[error("the ceremony took too long")]
    Expired,
    /// The browser's answer is larger than any real one.
    #[error("the answer is too large")]
    ResponseTooLarge,
    /// The browser's answer cannot be read.
    #[error("the answer is malformed")]
    ResponseMalformed,
    /// The answer is that of the other ceremony.
    #[error("`type` of the client data is that of another ceremony")]
    CeremonyMixed,
    /// The answer is to another challenge.
    #[error("the challenge is not the one that was sent")]
    ChallengeSwapped,
    /// The answer was made at another origin.
    #[error("the origin is not ours")]
    OriginOfAnother,
    /// The answer was made inside a frame of another site.
    #[error("the ceremony ran inside a frame of another site")]
    CrossOrigin,
    /// The answer names another relying party.
    #[error("the relying party id is not ours")]
    RelyingPartyOfAnother,
    /// Nobody was there.
    #[error("the user was not present")]
    UserNotPresent,
    /// The person was not verified by the authenticator.
    #[error("the user was not verified")]
    UserNotVerified,
    /// The credential is none of the guest's.
    #[error("the credential is none of the guest's")]
    CredentialUnknown,
    /// The authenticator says that the credential is another person's.
    #[error("the user handle is another guest's")]
    UserHandleOfAnother,
    /// The signature does not fit the key.
    #[error("the signature is wrong")]
    SignatureWrong,
    /// The counter did not rise: there is a copy of the key.
    #[error("the signature counter did not rise")]
    CounterCloned,
    /// The credential claims another backup eligibility than at registration.
    #[error("the backup flags contradict the registration")]
    BackupChanged,
    /// The key has an algorithm that was not offered.
    #[error("the key's algorithm was not offered")]
    AlgorithmRefused,
    /// The credential is enrolled already.
    #[error("the credential is enrolled already")]
    EnrolledAlready,
    /// The attestation is missing, wrong or of nobody on the list.
    #[error("the attestation is not accepted")]
    AttestationRefused,
    /// The model of the authenticator is not on the list.
    #[error("the authenticator's model is not on the list")]
    ModelNotListed,
    /// The key may leave its device, which the list forbids.
    #[error("the key is not bound to hardware")]
    NotHardwareBound,
    /// The kept record of a passkey cannot be read.
    #[error("the kept record is malformed")]
    RecordMalformed,
    /// The library failed in a way that no input explains.
    #[error("webauthn-rs failed")]
    Library,
}

impl FactorFault {
    /// The fine cause, stable.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        self.row().1
    }

    /// The refusal of a sign-in or an enrolment that ends by it.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        let (code, cause, side) = self.row();
        Refusal { side, ..Refusal::new(code, cause) }
    }

    const fn row(&self) -> (Code, &'static str, Side) {
        use Code::{FactorExpired, FactorLimited, FactorRefused, Internal};
        use Side::{Us, Visitor};
        match self {
            Self::CodeMalformed => (FactorRefused, "factor_code_malformed", Visitor),
            Self::TotpWrong => (FactorRefused, "totp_wrong", Visitor),
            Self::TotpReplayed => (FactorRefused, "totp_replayed", Visitor),
            Self::RecoveryCodeWrong => (FactorRefused, "recovery_code_wrong", Visitor),
            Self::MailedCodeWrong => (FactorRefused, "mailed_code_wrong", Visitor),
            Self::MailedCodeExpired => (FactorExpired, "mailed_code_expired", Visitor),
            Self::MailedCodeExhausted => (FactorLimited, "mailed_code_exhausted", Visitor),
            Self::MailedCodeOfAnother => (FactorRefused, "mailed_code_of_another_guest", Visitor),
            Self::MailedCodesOff => (FactorRefused, "mailed_codes_off", Us),
            Self::Limited(LimitedBy::Factor) => (FactorLimited, "factor_tried_too_often", Visitor),
            Self::Limited(LimitedBy::Account) => (FactorLimited, "account_codes_tried_too_often", Visitor),
            Self::Limited(LimitedBy::Network) => (FactorLimited, "network_codes_tried_too_often", Visitor),
            Self::SecretSealed => (Internal, "factor_secret_sealed", Us),
            Self::SealingFailed => (Internal, "factor_sealing_failed", Us),
            Self::QrTooLong => (Internal, "qr_text_too_long", Us),
            Self::Passkey(fault) => fault.row(),
        }
    }
}

impl PasskeyFault {
    const fn row(&self) -> (Code, &'static str, Side) {
        use Code::{FactorExpired, FactorRefused, Internal};
        use Side::{Us, Visitor};
        match self {
            Self::HostNotDomain => (Internal, "passkey_host_not_domain", Us),
            Self::AttestationListUnusable => (Internal, "passkey_attestation_list_unusable", Us),
            Self::StateMalformed => (FactorRefused, "passkey_state_malformed", Us),
            Self::StateOfAnotherCeremony => (FactorRefused, "passkey_state_of_another_ceremony", Visitor),
            Self::StateOfAnotherGuest => (FactorRefused, "passkey_state_of_another_guest", Visitor),
            Self::Expired => (FactorExpired, "passkey_challenge_expired", Visitor),
            Self::ResponseTooLarge => (FactorRefused, "passkey_response_too_large", Visitor),
            Self::ResponseMalformed => (FactorRefused, "passkey_response_malformed", Visitor),
            Self::CeremonyMixed => (FactorRefused, "passkey_ceremony_mixed", Visitor),
            Self::ChallengeSwapped => (FactorRefused, "passkey_challenge_swapped", Visitor),
            Self::OriginOfAnother => (FactorRefused, "passkey_origin_not_ours", Visitor),
            Self::CrossOrigin => (FactorRefused, "passkey_cross_origin", Visitor),
            Self::RelyingPartyOfAnother => (FactorRefused, "passkey_relying_party_not_ours", Visitor),
            Self::UserNotPresent => (FactorRefused, "passkey_user_not_present", Visitor),
            Self::UserNotVerified => (FactorRefused, "passkey_user_not_verified", Visitor),
            Self::CredentialUnknown => (FactorRefused, "passkey_unknown", Visitor),
            Self::UserHandleOfAnother => (FactorRefused, "passkey_of_another_guest", Visitor),
            Self::SignatureWrong => (FactorRefused, "passkey_signature_wrong", Visitor),
            Self::CounterCloned => (FactorRefused, "passkey_counter_cloned", Visitor),
            Self::BackupChanged => (FactorRefused, "passkey_backup_changed", Visitor),
            Self::AlgorithmRefused => (FactorRefused, "passkey_algorithm_refused", Visitor),
            Self::EnrolledAlready => (FactorRefused, "passkey_enrolled_already", Visitor),
            Self::AttestationRefused => (FactorRefused, "passkey_attestation_refused", Visitor),
            Self::ModelNotListed => (FactorRefused, "passkey_model_not_listed", Visitor),
            Self::NotHardwareBound => (FactorRefused, "passkey_not_hardware_bound", Visitor),
            Self::RecordMalformed => (Internal, "passkey_record_malformed", Us),
            Self::Library => (Internal, "passkey_library_failed", Us),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Timestamp;
    use crate::base::random::SystemRandom;
    use crate::domain::factors::limits::Lane;
    use crate::domain::guests::GuestId;

    #[test]
    fn a_wait_is_a_refusal_with_the_cause_of_what_has_risen() {
        let guest = GuestId::new(Timestamp::EPOCH, &SystemRandom);
        let wait = Wait { key: TallyKey::Account(guest, Lane::Unknown), until: Timestamp::from_seconds(60) };
        let refusal = FactorFault::from(wait).refusal();
        assert_eq!((refusal.code, refusal.cause), (Code::FactorLimited, "account_codes_tried_too_often"));
    }

    #[test]
    fn a_fault_of_ours_is_not_blamed_on_the_visitor() {
        let refusal = FactorFault::from(PasskeyFault::RecordMalformed).refusal();
        assert_eq!((refusal.code, refusal.side), (Code::Internal, Side::Us));
        let refusal = FactorFault::MailedCodesOff.refusal();
        assert_eq!((refusal.code, refusal.side), (Code::FactorRefused, Side::Us));
    }
}
