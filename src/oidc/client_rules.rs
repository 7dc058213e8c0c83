//! What the registration of an app says about its requests.

use super::redirect_uri::RedirectUri;

/// The kind of an app (OIDC Registration 2, `application_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApplicationType {
    /// Runs on a server or in a browser.
    Web,
    /// Runs on a device: the loopback port rule and private-use schemes of RFC 8252 hold for it.
    Native,
}

/// Whether an app can keep a secret (RFC 6749 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Confidentiality {
    /// It authenticates at the token endpoint.
    Confidential,
    /// It cannot, so PKCE is always required of it (RFC 9700 2.1.1).
    Public,
}

/// Whether a confidential app must use PKCE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PkceRule {
    /// Without a challenge its request is refused.
    Required,
    /// It may.
    Optional,
}

/// The rules by which the authorize requests of one app are read.
#[derive(Debug, Clone, Copy)]
pub struct ClientRules<'a> {
    /// Where it may be answered.
    pub redirect_uris: &'a [RedirectUri],
    /// Whether it can keep a secret.
    pub confidentiality: Confidentiality,
    /// Whether it must use PKCE though it can.
    pub pkce: PkceRule,
}

impl ClientRules<'_> {
    /// Whether a request without a challenge is refused.
    #[must_use]
    pub const fn is_pkce_required(&self) -> bool {
        matches!(self.confidentiality, Confidentiality::Public) || matches!(self.pkce, PkceRule::Required)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pkce_is_required_of_public_apps_whatever_their_switch() {
        let required =
            |confidentiality, pkce| ClientRules { redirect_uris: &[], confidentiality, pkce }.is_pkce_required();
        assert!(required(Confidentiality::Public, PkceRule::Optional));
        assert!(required(Confidentiality::Public, PkceRule::Required));
        assert!(required(Confidentiality::Confidential, PkceRule::Required));
        assert!(!required(Confidentiality::Confidential, PkceRule::Optional));
    }
}
