//! Refusals: what is public about a "no", and what only administrators see.

use std::time::Duration;

use super::requests::AppError;
use crate::base::trace::{CheckOutcome, Checked};

/// The public, coarse, stable code of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// The request is malformed.
    BadRequest,
    /// No such app.
    AppUnknown,
    /// The redirect URI is not one of the app's.
    RedirectUriRefused,
    /// The app's SAML request cannot be answered as it is.
    SamlRequestRefused,
    /// The app's SAML request is not signed as it must be.
    SamlRequestSignatureRefused,
    /// The app's SAML request was answered before.
    SamlRequestReplayed,
    /// The person cannot be named to the app in the way that it asks.
    NameIdUnavailable,
    /// The app does not take the word of the partner that vouches.
    PartnerNotAccepted,
    /// The app is switched off.
    AppDisabled,
    /// This browser has no such attempt.
    AttemptMissing,
    /// The attempt has taken too long.
    AttemptExpired,
    /// The attempt has been used.
    AttemptSpent,
    /// The partner's message cannot be read.
    SamlResponseMalformed,
    /// The partner's message is not signed as it must be.
    SamlSignatureRefused,
    /// The partner's message does not fit the attempt, the time or us.
    SamlResponseRefused,
    /// The partner's message was accepted before.
    SamlResponseReplayed,
    /// The partner's message answers no request.
    SamlUnsolicited,
    /// The partner's message is encrypted, which is not agreed.
    SamlEncrypted,
    /// The partner's answer or token cannot be read.
    OidcResponseMalformed,
    /// The partner's token is not signed as it must be.
    OidcSignatureRefused,
    /// The partner's answer or token does not fit the attempt, the time or us.
    OidcResponseRefused,
    /// The partner's token was accepted before.
    OidcResponseReplayed,
    /// The partner's answer answers no request.
    OidcUnsolicited,
    /// The partner's own service cannot be asked, or says no to us.
    PartnerUnreachable,
    /// The partner names the person in a way that is not accepted.
    SubjectRefused,
    /// The partner said no.
    PartnerRefused,
    /// The partner is switched off or unknown.
    PartnerDisabled,
    /// The partner states no mail address.
    MailMissing,
    /// The partner says that the mail address is not verified.
    MailUnverified,
    /// The partner states a mail address outside its domains.
    MailDomainRefused,
    /// The person has no account here.
    IdpUserUnknown,
    /// The address belongs to another account.
    AddressConflict,
    /// The account is blocked.
    GuestBlocked,
    /// The account is not assigned to the app.
    NotAssigned,
    /// A policy blocks the person, here, with this, to this app.
    BlockedByPolicy,
    /// The account is not the one that the app expects.
    AccountMismatch,
    /// The person did not agree.
    ConsentDeclined,
    /// A silent request would have needed the person.
    InteractionNeeded,
    /// The partner's proof is older than the app allows.
    ProofTooOld,
    /// The asked assurance cannot be had.
    AssuranceUnmet,
    /// The second factor was not accepted.
    FactorRefused,
    /// The second factor was asked for too long ago.
    FactorExpired,
    /// The second factor was tried too often.
    FactorLimited,
    /// The link of an invitation leads nowhere.
    LinkInvalid,
    /// The lists of this organisation do not let the domain of the address in.
    DomainBlocked,
    /// The person may not end their account here themselves.
    LeaveNotAllowed,
    /// The person may not invite here.
    InviteDisabled,
    /// The code that signs in is not right.
    OtpWrong,
    /// The code that signs in was sent too long ago.
    OtpExpired,
    /// Codes that sign in are switched off.
    OtpDisabled,
    /// Codes that sign in were asked for or tried too often.
    OtpThrottled,
    /// Nobody proves the address: no partner answers for it, and no code does.
    NoMethodJit,
    /// Too many requests from this address.
    TooManyRequests,
    /// The request is too large.
    TooLarge,
    /// Overloaded, draining or without database.
    Unavailable,
    /// A fault of ours.
    Internal,
}

impl Code {
    /// Every code, for tests and documentation.
    pub const ALL: [Self; 56] = [
        Self::BadRequest,
        Self::AppUnknown,
        Self::RedirectUriRefused,
        Self::SamlRequestRefused,
        Self::SamlRequestSignatureRefused,
        Self::SamlRequestReplayed,
        Self::NameIdUnavailable,
        Self::PartnerNotAccepted,
        Self::AppDisabled,
        Self::AttemptMissing,
        Self::AttemptExpired,
        Self::AttemptSpent,
        Self::SamlResponseMalformed,
        Self::SamlSignatureRefused,
        Self::SamlResponseRefused,
        Self::SamlResponseReplayed,
        Self::SamlUnsolicited,
        Self::SamlEncrypted,
        Self::OidcResponseMalformed,
        Self::OidcSignatureRefused,
        Self::OidcResponseRefused,
        Self::OidcResponseReplayed,
        Self::OidcUnsolicited,
        Self::PartnerUnreachable,
        Self::SubjectRefused,
        Self::PartnerRefused,
        Self::PartnerDisabled,
        Self::MailMissing,
        Self::MailUnverified,
        Self::MailDomainRefused,
        Self::IdpUserUnknown,
        Self::AddressConflict,
        Self::GuestBlocked,
        Self::NotAssigned,
        Self::BlockedByPolicy,
        Self::AccountMismatch,
        Self::ConsentDeclined,
        Self::InteractionNeeded,
        Self::ProofTooOld,
        Self::AssuranceUnmet,
        Self::FactorRefused,
        Self::FactorExpired,
        Self::FactorLimited,
        Self::LinkInvalid,
        Self::DomainBlocked,
        Self::LeaveNotAllowed,
        Self::InviteDisabled,
        Self::OtpWrong,
        Self::OtpExpired,
        Self::OtpDisabled,
        Self::OtpThrottled,
        Self::NoMethodJit,
        Self::TooManyRequests,
        Self::TooLarge,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The code as it stands on pages, in logs and in documentation.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The key of its message in the catalogue.
    #[must_use]
    pub const fn message_key(self) -> &'static str {
        self.row().1
    }

    /// The side to blame where nothing else is said.
    #[must_use]
    pub const fn side(self) -> Side {
        self.row().2
    }

    /// What the app may be told, where its redirect URI has been validated.
    #[must_use]
    pub const fn app_error(self) -> AppError {
        self.row().3
    }

    const fn row(self) -> (&'static str, &'static str, Side, AppError) {
        use AppError::{
            AccessDenied, IdentifierUnavailable, InteractionRequired, LoginRequired, NoSupportedPartner, ServerError,
            TemporarilyUnavailable, UnmetRequirements,
        };
        use Side::{App, Partner, Us, Visitor};
        match self {
            Self::BadRequest => ("BAD_REQUEST", "refusal-bad-request", App, ServerError),
            Self::AppUnknown => ("APP_UNKNOWN", "refusal-unknown-app", App, AccessDenied),
            Self::RedirectUriRefused => ("REDIRECT_URI_REFUSED", "refusal-redirect-uri", App, AccessDenied),
            Self::SamlRequestRefused => ("SAML_REQUEST_REFUSED", "refusal-app-request", App, ServerError),
            Self::SamlRequestSignatureRefused => {
                ("SAML_REQUEST_SIGNATURE_REFUSED", "refusal-app-signature", App, AccessDenied)
            }
            Self::SamlRequestReplayed => ("SAML_REQUEST_REPLAYED", "refusal-request-replayed", Visitor, AccessDenied),
            Self::NameIdUnavailable => ("NAME_ID_UNAVAILABLE", "refusal-name-id", App, IdentifierUnavailable),
            Self::PartnerNotAccepted => {
                ("PARTNER_NOT_ACCEPTED", "refusal-partner-not-accepted", App, NoSupportedPartner)
            }
            Self::AppDisabled => ("APP_DISABLED", "refusal-app-disabled", Us, AccessDenied),
            Self::AttemptMissing => ("ATTEMPT_MISSING", "refusal-attempt-missing", Visitor, AccessDenied),
            Self::AttemptExpired => ("ATTEMPT_EXPIRED", "refusal-attempt-expired", Visitor, AccessDenied),
            Self::AttemptSpent => ("ATTEMPT_SPENT", "refusal-attempt-spent", Visitor, AccessDenied),
            Self::SamlResponseMalformed => ("SAML_RESPONSE_MALFORMED", "refusal-partner-answer", Partner, ServerError),
            Self::SamlSignatureRefused => ("SAML_SIGNATURE_REFUSED", "refusal-signature", Partner, ServerError),
            Self::SamlResponseRefused => ("SAML_RESPONSE_REFUSED", "refusal-partner-answer", Partner, ServerError),
            Self::SamlResponseReplayed => ("SAML_RESPONSE_REPLAYED", "refusal-replayed", Visitor, AccessDenied),
            Self::SamlUnsolicited => ("SAML_UNSOLICITED", "refusal-unsolicited", Partner, AccessDenied),
            Self::SamlEncrypted => ("SAML_ENCRYPTED", "refusal-encrypted", Partner, ServerError),
            Self::OidcResponseMalformed => ("OIDC_RESPONSE_MALFORMED", "refusal-partner-answer", Partner, ServerError),
            Self::OidcSignatureRefused => ("OIDC_SIGNATURE_REFUSED", "refusal-signature", Partner, ServerError),
            Self::OidcResponseRefused => ("OIDC_RESPONSE_REFUSED", "refusal-partner-answer", Partner, ServerError),
            Self::OidcResponseReplayed => ("OIDC_RESPONSE_REPLAYED", "refusal-replayed", Visitor, AccessDenied),
            Self::OidcUnsolicited => ("OIDC_UNSOLICITED", "refusal-unsolicited", Partner, AccessDenied),
            Self::PartnerUnreachable => {
                ("PARTNER_UNREACHABLE", "refusal-partner-unreachable", Partner, TemporarilyUnavailable)
            }
            Self::SubjectRefused => ("SUBJECT_REFUSED", "refusal-subject", Partner, AccessDenied),
            Self::PartnerRefused => ("PARTNER_REFUSED", "refusal-partner-said-no", Partner, AccessDenied),
            Self::PartnerDisabled => ("PARTNER_DISABLED", "refusal-partner-disabled", Us, AccessDenied),
            Self::MailMissing => ("MAIL_MISSING", "refusal-mail-missing", Partner, AccessDenied),
            Self::MailUnverified => ("MAIL_UNVERIFIED", "refusal-mail-unverified", Partner, AccessDenied),
            Self::MailDomainRefused => ("MAIL_DOMAIN_REFUSED", "refusal-mail-domain", Partner, AccessDenied),
            Self::IdpUserUnknown => ("IDP_USER_UNKNOWN", "refusal-not-invited", Visitor, AccessDenied),
            Self::AddressConflict => ("ADDRESS_CONFLICT", "refusal-identity-conflict", Us, AccessDenied),
            Self::GuestBlocked => ("GUEST_BLOCKED", "refusal-guest-blocked", Us, AccessDenied),
            Self::NotAssigned => ("NOT_ASSIGNED", "refusal-not-assigned", Us, AccessDenied),
            Self::BlockedByPolicy => ("BLOCKED_BY_POLICY", "refusal-blocked-by-policy", Us, AccessDenied),
            Self::AccountMismatch => ("ACCOUNT_MISMATCH", "refusal-other-account", Visitor, LoginRequired),
            Self::ConsentDeclined => ("CONSENT_DECLINED", "refusal-consent-declined", Visitor, AccessDenied),
            Self::InteractionNeeded => ("INTERACTION_NEEDED", "refusal-session-ended", Visitor, InteractionRequired),
            Self::ProofTooOld => ("PROOF_TOO_OLD", "refusal-proof-too-old", Partner, LoginRequired),
            Self::AssuranceUnmet => ("ASSURANCE_UNMET", "refusal-context", Partner, UnmetRequirements),
            Self::FactorRefused => ("FACTOR_REFUSED", "refusal-factor", Visitor, AccessDenied),
            Self::FactorExpired => ("FACTOR_EXPIRED", "refusal-factor-expired", Visitor, AccessDenied),
            Self::FactorLimited => ("FACTOR_LIMITED", "refusal-factor-limited", Visitor, AccessDenied),
            Self::LinkInvalid => ("LINK_INVALID", "refusal-link-invalid", Visitor, AccessDenied),
            Self::DomainBlocked => ("DOMAIN_BLOCKED", "refusal-domain-blocked", Us, AccessDenied),
            Self::LeaveNotAllowed => ("LEAVE_NOT_ALLOWED", "refusal-leave-not-allowed", Us, AccessDenied),
            Self::InviteDisabled => ("INVITE_DISABLED", "refusal-invite-disabled", Us, AccessDenied),
            Self::OtpWrong => ("OTP_WRONG", "refusal-code-wrong", Visitor, AccessDenied),
            Self::OtpExpired => ("OTP_EXPIRED", "refusal-code-expired", Visitor, AccessDenied),
            Self::OtpDisabled => ("OTP_DISABLED", "refusal-code-disabled", Us, AccessDenied),
            Self::OtpThrottled => ("OTP_THROTTLED", "refusal-code-throttled", Visitor, TemporarilyUnavailable),
            Self::NoMethodJit => ("NO_METHOD_JIT", "refusal-no-method", Us, AccessDenied),
            Self::TooManyRequests => {
                ("TOO_MANY_REQUESTS", "refusal-too-many-requests", Visitor, TemporarilyUnavailable)
            }
            Self::TooLarge => ("TOO_LARGE", "refusal-too-large", Visitor, ServerError),
            Self::Unavailable => ("UNAVAILABLE", "refusal-unavailable", Us, TemporarilyUnavailable),
            Self::Internal => ("INTERNAL", "refusal-internal", Us, ServerError),
        }
    }
}

/// Whose side the fault is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The partner's identity provider.
    Partner,
    /// The app.
    App,
    /// The person or their browser.
    Visitor,
    /// The gateway, its settings or its administrators.
    Us,
}

impl Side {
    /// The word in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::App => "app",
            Self::Visitor => "visitor",
            Self::Us => "us",
        }
    }
}

/// A "no" on its way up: the code is public, the cause is for log, metric, audit and administrators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Public, coarse, stable.
    pub code: Code,
    /// Private, fine, stable, `snake_case`.
    pub cause: &'static str,
    /// Whose side.
    pub side: Side,
    /// What the app may be told.
    pub app_error: AppError,
    /// What was seen, for administrators; never personal.
    pub evidence: Option<String>,
    /// The check table, where one was walked.
    pub checks: Vec<Checked>,
    /// How long to wait before asking again, where that is known.
    pub wait: Option<Duration>,
    /// What explains a decision of the policies, for the audit.
    pub details: Vec<(&'static str, String)>,
}

impl Refusal {
    /// A refusal with the side and app error of its code.
    #[must_use]
    pub const fn new(code: Code, cause: &'static str) -> Self {
        let (side, app_error) = (code.side(), code.app_error());
        Self { code, cause, side, app_error, evidence: None, checks: Vec::new(), wait: None, details: Vec::new() }
    }

    /// Whether a partner's signature held on what is refused. Only then does it count as theirs, and may be written
    /// down; what strangers send in their name is logged and counted.
    #[must_use]
    pub fn is_of_signer(&self) -> bool {
        self.checks.iter().any(|check| check.name == "signature" && check.outcome == CheckOutcome::Passed)
    }

    /// The same, with what was seen.
    #[must_use]
    pub fn seen(mut self, evidence: impl Into<String>) -> Self {
        self.evidence = Some(crate::base::trace::shorten(evidence.into()));
        self
    }

    /// The same, good to be asked again after `wait`.
    #[must_use]
    pub const fn until_after(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// The same, telling the app something else.
    #[must_use]
    pub const fn telling(mut self, app_error: AppError) -> Self {
        self.app_error = app_error;
        self
    }

    /// The same, with what explains the decision.
    #[must_use]
    pub fn explained(mut self, details: &[(&'static str, String)]) -> Self {
        self.details = details.to_vec();
        self
    }

    /// The same, with the check table.
    #[must_use]
    pub fn with_checks(mut self, checks: Vec<Checked>) -> Self {
        self.checks = checks;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct() {
        let mut codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Code::ALL.len());
    }
}
