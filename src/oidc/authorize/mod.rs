//! The authorize endpoint: reading an authentication request in two steps, and answering it.
//!
//! First [`Addressed::read`] takes only `client_id` and `redirect_uri`; whatever is wrong with them
//! is shown to the visitor and never redirected. Then, with the rules of that app,
//! [`Addressed::answerable`] checks the redirect URI, and from there on every fault is answered to
//! it (RFC 6749 4.1.2.1).

mod reply;
mod request;

pub(in crate::oidc) use self::reply::append_query;
pub use self::reply::{Answer, Reply, ResponseMode};
pub use self::request::{AuthorizeRequest, Prompt, PromptStep, RequestedAcr, RequestedClaims, Weight};
use super::checks;
use super::client_rules::ClientRules;
use super::errors::{AuthorizeError, OAuthError, UnanswerableRequest};
use super::parameter::{CLIENT_ID, ParamFault, ParamRule, STATE, param_rule};
use super::redirect_uri::{MAX_REDIRECT_URI, check_registered};
use super::resource;
use crate::base::params::RawParams;

/// The parameters that are read here; all others are ignored (RFC 6749 3.1).
pub const PARAMETERS: [&str; 22] = [
    "client_id",
    "redirect_uri",
    "state",
    "request",
    "request_uri",
    "registration",
    "response_type",
    "response_mode",
    "scope",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "prompt",
    "max_age",
    "login_hint",
    "domain_hint",
    "id_token_hint",
    "acr_values",
    "claims",
    "ui_locales",
    "dpop_jkt",
    "resource",
];

const REDIRECT_URI: ParamRule = param_rule!("redirect_uri", MAX_REDIRECT_URI);

/// A request of which it is known who asks and where the answer is to go, neither checked yet.
#[derive(Debug)]
pub struct Addressed<'p> {
    params: &'p RawParams,
    client_id: &'p str,
    redirect_uri: &'p str,
}

impl<'p> Addressed<'p> {
    /// Reads `client_id` and `redirect_uri`, from the query of a GET or the form of a POST (OIDC
    /// Core 3.1.2.1). Both are required.
    ///
    /// # Errors
    /// [`UnanswerableRequest::Parameter`].
    pub fn read(params: &'p RawParams) -> Result<Self, UnanswerableRequest> {
        Ok(Self { params, client_id: CLIENT_ID.required(params)?, redirect_uri: REDIRECT_URI.required(params)? })
    }

    /// Who asks, to be looked up.
    #[must_use]
    pub const fn client_id(&self) -> &'p str {
        self.client_id
    }

    /// Checks the redirect URI against those of the app.
    ///
    /// # Errors
    /// [`UnanswerableRequest::RedirectUri`].
    pub fn answerable<'r>(self, rules: ClientRules<'r>) -> Result<Answerable<'p, 'r>, UnanswerableRequest> {
        check_registered(rules.redirect_uris, self.redirect_uri)?;
        Ok(Answerable { request: self, rules })
    }
}

/// A request that may be answered to its redirect URI, errors included.
#[derive(Debug)]
pub struct Answerable<'p, 'r> {
    request: Addressed<'p>,
    rules: ClientRules<'r>,
}

impl Answerable<'_, '_> {
    /// Where an answer goes, with the `state` to echo. A `state` that is doubled, over-long or
    /// malformed is not echoed; [`read`](Self::read) refuses the request.
    #[must_use]
    pub fn reply(&self) -> Reply {
        let state = self.state().ok().flatten();
        let mode = self.mode().unwrap_or(ResponseMode::Query);
        Reply::new(self.request.redirect_uri.to_owned(), state, mode)
    }

    /// Reads everything else.
    ///
    /// # Errors
    /// [`AuthorizeError`], to be sent through [`reply`](Self::reply).
    pub fn read(&self) -> Result<AuthorizeRequest, AuthorizeError> {
        let params = self.request.params;
        let state = self.state()?;
        checks::request_object::check(params)?;
        checks::response_type::check(params)?;
        let mode = self.mode()?;
        let scopes = checks::scope::read(params)?;
        let scope_words = checks::scope::words_of(params)?;
        let code_challenge = checks::code_challenge::read(params, &self.rules)?;
        let nonce = checks::nonce::read(params)?;
        let prompt = checks::prompt::read(params)?;
        let max_age = checks::max_age::read(params)?;
        let hints = checks::hints::read(params)?;
        Ok(AuthorizeRequest {
            client_id: self.request.client_id.to_owned(),
            redirect_uri: self.request.redirect_uri.to_owned(),
            state,
            mode,
            scopes,
            scope_words,
            code_challenge,
            nonce,
            prompt,
            max_age,
            login_hint: hints.login,
            domain_hint: hints.domain,
            id_token_hint: hints.id_token,
            acr_values: checks::acr_values::read(params)?,
            claims: checks::claims::read(params)?,
            ui_locales: checks::ui_locales::read(params)?,
            dpop_jkt: checks::dpop_jkt::read(params)?,
            resources: resource::read(params).map_err(|fault| AuthorizeError::new(OAuthError::InvalidTarget, fault))?,
        })
    }

    fn mode(&self) -> Result<ResponseMode, AuthorizeError> {
        checks::response_mode::read(self.request.params, self.request.redirect_uri)
    }

    fn state(&self) -> Result<Option<String>, ParamFault> {
        Ok(STATE.optional(self.request.params)?.map(str::to_owned))
    }
}

#[cfg(test)]
mod tests;
