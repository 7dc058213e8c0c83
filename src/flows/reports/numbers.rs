//! Outcomes of sign-ins as numbers, for programs that tell them apart by numbers. They are ours, mean nothing elsewhere,
//! and stay: a new code gets the next one.

use crate::domain::refusal::Code;

/// Somebody was let in.
pub const SUCCESS: i64 = 0;
/// Somebody was asked for something more.
pub const INTERRUPTED: i64 = 1;
/// What is written down and not known to this release.
pub const OTHER: i64 = 2;

/// The number of a refusal, by its code in the audit.
#[must_use]
pub fn of_code(code: &str) -> i64 {
    Code::ALL.into_iter().find(|known| known.as_str() == code).map_or(OTHER, number)
}

const fn number(code: Code) -> i64 {
    match code {
        Code::BadRequest => 1001,
        Code::AppUnknown => 1002,
        Code::RedirectUriRefused => 1003,
        Code::SamlRequestRefused => 1004,
        Code::SamlRequestSignatureRefused => 1005,
        Code::SamlRequestReplayed => 1006,
        Code::NameIdUnavailable => 1007,
        Code::PartnerNotAccepted => 1008,
        Code::AppDisabled => 1009,
        Code::AttemptMissing => 1010,
        Code::AttemptExpired => 1011,
        Code::AttemptSpent => 1012,
        Code::SamlResponseMalformed => 1013,
        Code::SamlSignatureRefused => 1014,
        Code::SamlResponseRefused => 1015,
        Code::SamlResponseReplayed => 1016,
        Code::SamlUnsolicited => 1017,
        Code::SamlEncrypted => 1018,
        Code::OidcResponseMalformed => 1019,
        Code::OidcSignatureRefused => 1020,
        Code::OidcResponseRefused => 1021,
        Code::OidcResponseReplayed => 1022,
        Code::OidcUnsolicited => 1023,
        Code::PartnerUnreachable => 1024,
        Code::SubjectRefused => 1025,
        Code::PartnerRefused => 1026,
        Code::PartnerDisabled => 1027,
        Code::MailMissing => 1028,
        Code::MailUnverified => 1029,
        Code::MailDomainRefused => 1030,
        Code::IdpUserUnknown => 1031,
        Code::AddressConflict => 1032,
        Code::GuestBlocked => 1033,
        Code::NotAssigned => 1034,
        Code::BlockedByPolicy => 1035,
        Code::AccountMismatch => 1036,
        Code::ConsentDeclined => 1037,
        Code::InteractionNeeded => 1038,
        Code::ProofTooOld => 1039,
        Code::AssuranceUnmet => 1040,
        Code::FactorRefused => 1041,
        Code::FactorExpired => 1042,
        Code::FactorLimited => 1043,
        Code::LinkInvalid => 1044,
        Code::DomainBlocked => 1045,
        Code::LeaveNotAllowed => 1046,
        Code::OtpWrong => 1047,
        Code::OtpExpired => 1048,
        Code::OtpDisabled => 1049,
        Code::OtpThrottled => 1050,
        Code::TooManyRequests => 1051,
        Code::TooLarge => 1052,
        Code::Unavailable => 1053,
        Code::Internal => 1054,
        Code::InviteDisabled => 1055,
        Code::NoMethodJit => 1056,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_a_number_of_its_own_that_stays() {
        let mut numbers: Vec<_> = Code::ALL.into_iter().map(number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), Code::ALL.len());
        assert!(numbers.iter().all(|number| *number > 1_000));
        assert_eq!((of_code("BAD_REQUEST"), of_code("SAML_RESPONSE_REFUSED"), of_code("INTERNAL")), (1001, 1015, 1054));
        assert_eq!(of_code("NOTHING"), OTHER);
    }
}
