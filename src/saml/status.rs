//! The status of a Response: what a partner answered, and what it comes to.
//!
//! # Source
//! SAML Core 3.2.2.

/// The one top-level code of an answer that holds an assertion.
pub const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
/// The top-level code that puts the fault on the requester.
pub const REQUESTER: &str = "urn:oasis:names:tc:SAML:2.0:status:Requester";
/// The top-level code that puts the fault on the responder.
pub const RESPONDER: &str = "urn:oasis:names:tc:SAML:2.0:status:Responder";
/// The partner could not sign the person in without showing something.
pub const NO_PASSIVE: &str = "urn:oasis:names:tc:SAML:2.0:status:NoPassive";
/// The person did not succeed in signing in.
pub const AUTHN_FAILED: &str = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed";
/// The partner understood and declined.
pub const REQUEST_DENIED: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied";
/// The partner does not know the person.
pub const UNKNOWN_PRINCIPAL: &str = "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal";
/// The partner cannot give the authentication context that was asked for.
pub const NO_AUTHN_CONTEXT: &str = "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext";
/// The format or qualifier that is asked of the identifier cannot be had.
pub const INVALID_NAME_ID_POLICY: &str = "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy";
/// None of the identity providers that the requester names is known.
pub const NO_SUPPORTED_IDP: &str = "urn:oasis:names:tc:SAML:2.0:status:NoSupportedIDP";
/// The requester allows no further identity provider.
pub const PROXY_COUNT_EXCEEDED: &str = "urn:oasis:names:tc:SAML:2.0:status:ProxyCountExceeded";
/// The request asks for something that is not done here.
pub const REQUEST_UNSUPPORTED: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported";
/// The binding that is asked of the answer is not spoken here.
pub const UNSUPPORTED_BINDING: &str = "urn:oasis:names:tc:SAML:2.0:status:UnsupportedBinding";

/// The most bytes of a status message that are kept.
pub const MAX_STATUS_MESSAGE: usize = 200;

/// The Status element of a Response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The top-level code, a URI.
    pub top: String,
    /// The second-level code, a URI.
    pub second: Option<String>,
    /// The message for people, printable, at most [`MAX_STATUS_MESSAGE`] bytes.
    pub message: Option<String>,
}

impl Status {
    /// Whether the top-level code is [`SUCCESS`].
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.top == SUCCESS
    }

    /// What the answer comes to.
    #[must_use]
    pub fn answer(&self) -> PartnerAnswer {
        self.second.as_deref().map_or(PartnerAnswer::Other, PartnerAnswer::from_code)
    }
}

/// What a partner's error status comes to for the app that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartnerAnswer {
    /// It would have had to show something: `login_required` to an OIDC app.
    NoPassive,
    /// The person failed to sign in: `access_denied`.
    AuthnFailed,
    /// The partner declined, or does not know the person: `access_denied`.
    RequestDenied,
    /// The authentication context asked for cannot be had.
    NoAuthnContext,
    /// Anything else; a fault at the partner.
    Other,
}

/// Second-level codes and what they come to.
const ANSWERS: [(&str, PartnerAnswer); 5] = [
    (NO_PASSIVE, PartnerAnswer::NoPassive),
    (AUTHN_FAILED, PartnerAnswer::AuthnFailed),
    (REQUEST_DENIED, PartnerAnswer::RequestDenied),
    (UNKNOWN_PRINCIPAL, PartnerAnswer::RequestDenied),
    (NO_AUTHN_CONTEXT, PartnerAnswer::NoAuthnContext),
];

impl PartnerAnswer {
    /// Reads a second-level code; one that the table does not hold is [`PartnerAnswer::Other`].
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        ANSWERS.iter().find(|(known, _)| *known == code).map_or(Self::Other, |(_, answer)| *answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(top: &str, second: Option<&str>) -> Status {
        Status { top: top.to_owned(), second: second.map(str::to_owned), message: None }
    }

    #[test]
    fn second_level_codes_come_to_answers() {
        for (code, answer) in ANSWERS {
            assert_eq!(status(RESPONDER, Some(code)).answer(), answer, "{code}");
        }
        assert_eq!(status(REQUESTER, Some("urn:x")).answer(), PartnerAnswer::Other);
        assert_eq!(status(REQUESTER, None).answer(), PartnerAnswer::Other);
    }

    #[test]
    fn only_the_exact_top_level_code_is_success() {
        assert!(status(SUCCESS, None).is_success());
        assert!(!status("Success", None).is_success());
        assert!(!status(RESPONDER, Some(SUCCESS)).is_success());
    }
}
