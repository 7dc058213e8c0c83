//! The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0).

use crate::base::params::RawParams;
use crate::domain::apps::App;
use crate::domain::guests::GuestId;
use crate::domain::organization::PublicUrl;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::sessions::SessionId;
use crate::keys::ring::KeyRing;
use crate::oidc::id_token_hint::{self, IdTokenHint};
use crate::oidc::logout::{EndSessionRequest, LogoutError};

use super::oidc::post_logout_uris;

/// What is asked at the end-session endpoint.
#[derive(Debug)]
pub struct LogoutAsk {
    request: EndSessionRequest,
    hint: Option<IdTokenHint>,
}

/// Where the browser is to go afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// To one of the app's registered addresses.
    BackTo(String),
    /// Nowhere: our own page.
    Nothing,
}

impl LogoutAsk {
    /// Reads the request; a hint must be a token of ours, expired or not.
    ///
    /// # Errors
    /// [`Code::BadRequest`].
    pub fn read(params: &RawParams, keys: &KeyRing, public_url: &PublicUrl) -> Result<Self, Refusal> {
        let request = EndSessionRequest::read(params).map_err(|error| refused(&error))?;
        let hint = request
            .id_token_hint
            .as_ref()
            .map(|hint| id_token_hint::verify(hint.expose(), public_url.as_str(), |id| keys.by_id(id)))
            .transpose()
            .map_err(|error| Refusal::new(Code::BadRequest, error.cause()))?;
        Ok(Self { request, hint })
    }

    /// The app that asks, by hint or by name.
    ///
    /// # Errors
    /// [`Code::BadRequest`] where both name different apps.
    pub fn client_id(&self) -> Result<Option<&str>, Refusal> {
        self.request.app(self.hint.as_ref()).map_err(|error| refused(&error))
    }

    /// The session that the hint names.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        SessionId::parse(self.hint.as_ref()?.sid.as_deref()?).ok()
    }

    /// The account that the hint names.
    #[must_use]
    pub fn guest(&self) -> Option<GuestId> {
        GuestId::parse(&self.hint.as_ref()?.oid).ok()
    }

    /// Where the browser is to go: an address that the app has registered, exactly.
    ///
    /// # Errors
    /// [`Code::RedirectUriRefused`].
    pub fn wanted(&self, app: Option<&App>, public_url: &PublicUrl) -> Result<Wanted, Refusal> {
        let registered = app.map(|app| post_logout_uris(app, public_url)).unwrap_or_default();
        let target = self.request.target(&registered).map_err(|error| refused(&error))?;
        Ok(target.map_or(Wanted::Nothing, Wanted::BackTo))
    }
}

fn refused(error: &LogoutError) -> Refusal {
    match error {
        LogoutError::RedirectUriUnregistered { found } => {
            Refusal::new(Code::RedirectUriRefused, error.cause()).seen(found)
        }
        LogoutError::Parameter(_) | LogoutError::ClientIdDiffers { .. } => {
            Refusal::new(Code::BadRequest, error.cause())
        }
    }
}
