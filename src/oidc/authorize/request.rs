//! An authentication request that has passed its checks.

use std::time::Duration;

use super::ResponseMode;
use crate::base::secret::SecretText;
use crate::keys::thumbprint::Thumbprint;
use crate::oidc::pkce::CodeChallenge;
use crate::oidc::requested_claims::PersonClaims;
use crate::oidc::scope::ScopeSet;

/// One page that an app may demand (OIDC Core 3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PromptStep {
    /// The person proves itself anew.
    Login,
    /// The person agrees on a page.
    Consent,
    /// The person chooses an account.
    SelectAccount,
}

/// What `prompt` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// Nothing: pages are shown where they are needed.
    Unspecified,
    /// `none`: no page may be shown.
    None,
    /// These pages are demanded; never empty.
    Steps(Vec<PromptStep>),
}

impl Prompt {
    /// Whether no page may be shown.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// Whether `step` is demanded.
    #[must_use]
    pub fn has(&self, step: PromptStep) -> bool {
        matches!(self, Self::Steps(steps) if steps.contains(&step))
    }
}

/// What `claims` asks of the `acr` of the ID token (OIDC Core 5.5.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedAcr {
    /// Whether anything else will do.
    pub weight: Weight,
    /// Classes in order of preference, at least one.
    pub values: Vec<String>,
}

/// What `claims` asks for (OIDC Core 5.5).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestedClaims {
    /// The `acr` of the ID token.
    pub acr: Option<RequestedAcr>,
    /// What the ID token shows whatever the scopes.
    pub in_id_token: PersonClaims,
    /// What userinfo shows whatever the scopes.
    pub at_userinfo: PersonClaims,
    /// The `sub` of the only persons of whom an answer is wanted; anybody where there are none.
    pub subjects: Vec<String>,
}

/// Whether a claim must have one of the values (OIDC Core 5.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// It must, or the sign-in has failed.
    Essential,
    /// It may have another.
    Voluntary,
}

/// An authentication request of the code flow (OIDC Core 3.1.2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizeRequest {
    /// In which way the answer goes back.
    pub mode: ResponseMode,
    /// Who asks.
    pub client_id: String,
    /// Where the answer goes, exactly as presented; it is one of the app's.
    pub redirect_uri: String,
    /// What the answer echoes.
    pub state: Option<String>,
    /// The known scopes; `openid` is among them.
    pub scopes: ScopeSet,
    /// All words of `scope`, those that are not known here too.
    pub scope_words: Vec<String>,
    /// The challenge that the redemption must meet.
    pub code_challenge: Option<CodeChallenge>,
    /// What the ID token repeats.
    pub nonce: Option<String>,
    /// Which pages are demanded or forbidden.
    pub prompt: Prompt,
    /// How long ago the person may have proved itself. **Units**: whole seconds.
    pub max_age: Option<Duration>,
    /// A mail address, most often.
    pub login_hint: Option<String>,
    /// A partner's slug or domain.
    pub domain_hint: Option<String>,
    /// An ID token of ours, not verified yet.
    pub id_token_hint: Option<SecretText>,
    /// Wished classes of assurance in order of preference.
    pub acr_values: Vec<String>,
    /// What `claims` asks for.
    pub claims: RequestedClaims,
    /// Wished languages in order of preference.
    pub ui_locales: Vec<String>,
    /// The key to which the code is bound.
    pub dpop_jkt: Option<Thumbprint>,
    /// The APIs that the tokens are for.
    pub resources: Vec<String>,
}
