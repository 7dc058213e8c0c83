//! What holds for the tokens of an app.

use std::time::Duration;

use super::{Confidentiality, IdTokenAlgorithm, OidcApp, PkceRule, RequestRule};
use crate::domain::permissions::Permissions;

/// The rules of one app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRules {
    /// Whether they must be bound to a key.
    pub binding: TokenBinding,
    /// How strict everything is.
    pub profile: Profile,
    /// In which form it gets access tokens for APIs.
    pub form: AccessTokenForm,
    /// The APIs for which it may ask tokens (RFC 8707).
    pub resources: Vec<String>,
    /// The APIs that it is: it may ask what a token for one of them is worth.
    pub serves: Vec<String>,
    /// What it may do here for itself.
    pub permissions: Permissions,
    /// What it may ask to do here in the name of a person.
    pub delegated: Permissions,
}

impl TokenRules {
    /// What holds where nothing is said.
    pub const STANDARD: Self = Self {
        binding: TokenBinding::AsAsked,
        profile: Profile::Plain,
        form: AccessTokenForm::Opaque,
        resources: Vec::new(),
        serves: Vec::new(),
        permissions: Permissions::NONE,
        delegated: Permissions::NONE,
    };
}

/// Which profile of OAuth an app keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// OpenID Connect as it is.
    Plain,
    /// The FAPI 2.0 Security Profile: pushed requests, PKCE, its own keys, bound tokens, refresh tokens that stay, codes
    /// of at most [`MAX_FAPI2_CODE`], no RS256, and the issuer as the only audience of what the app signs.
    Fapi2,
}

/// The form of access tokens for APIs. Those for us alone are opaque in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessTokenForm {
    /// An API asks us what one is worth (RFC 7662).
    Opaque,
    /// An API may read it by itself (RFC 9068), and does not learn that it has been revoked.
    Jwt,
}

/// How long an access token lives that APIs read by themselves, at most: nothing ends it for them before.
pub const MAX_JWT_LIFE: Duration = Duration::from_secs(10 * 60);
/// The most APIs in one list of an app.
pub const MAX_APIS: usize = 64;

/// How long a code may live by the FAPI 2.0 Security Profile (5.3.2.1).
pub const MAX_FAPI2_CODE: Duration = Duration::from_secs(60);

/// Whether access tokens must be bound to a key (RFC 9449 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenBinding {
    /// Where the app shows a proof; else whoever has one may use it.
    AsAsked,
    /// Always: without a proof nothing is issued.
    Required,
}

impl OidcApp {
    /// What contradicts its profile, by the key of the object file; nothing most often (FAPI 2.0 Security Profile 5.3).
    #[must_use]
    pub fn against_profile(&self) -> Option<&'static str> {
        if self.tokens.profile == Profile::Plain {
            return None;
        }
        let rows = [
            ("jwks", !matches!(self.confidentiality, Confidentiality::Keys(_))),
            ("id_token_signed_response_alg", self.id_token_algorithm == IdTokenAlgorithm::Rs256),
            ("require_pkce", self.pkce != PkceRule::Required),
            ("require_pushed_authorization_requests", self.requests != RequestRule::Pushed),
            ("dpop_bound_access_tokens", self.tokens.binding != TokenBinding::Required),
        ];
        rows.iter().find(|(_, differs)| *differs).map(|(name, _)| *name)
    }
}
