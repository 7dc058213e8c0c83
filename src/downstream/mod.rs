//! Toward apps: reads an app's request into a protocol-free one, and turns our answer into the app's
//! protocol.
//!
//! Owns the translation between `domain` and the rooms `oidc` and `saml`. Imports `base`, `keys`,
//! `oidc`, `saml` and `domain`.
//!
//! Invariant: never knows a partner's protocol, a cookie or a table.
//!
//! Start reading at [`oidc`] and [`saml`].

pub mod access_tokens;
pub mod asks;
pub mod backchannel;
pub mod claims;
pub mod logout;
pub mod metadata;
pub mod oidc;
pub mod proofs;
pub mod pushed;
pub mod saml;
pub mod shown;
pub mod start;
pub mod tokens;

use crate::domain::apps::App;
use crate::domain::organization::PublicUrl;
use crate::domain::refusal::Code;
use crate::domain::requests::{AppError, AppRequest, OidcReturn, ReturnTo};

/// How an answer travels to the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The browser goes to this address.
    Redirect(String),
    /// The browser posts a form.
    Form {
        /// Where to: an address of the app's record.
        action: String,
        /// Names and values.
        fields: Vec<(&'static str, String)>,
    },
}

/// How the browser takes a code to the app.
#[must_use]
pub fn granted(request: &OidcReturn, code: &str, public_url: &PublicUrl) -> Reply {
    oidc::reply(request).with_code(code, public_url.as_str()).into()
}

/// How the app is told of a refusal. `app` is its record, `None` only where the answer cannot be made.
pub async fn refused(
    request: &AppRequest,
    app: &App,
    error: AppError,
    code: Code,
    ours: &saml::Ours<'_>,
) -> Option<Reply> {
    match &request.return_to {
        ReturnTo::Oidc(oidc) => {
            Some(oidc::reply(oidc).with_error(&oidc::error(error, code), ours.public_url.as_str()).into())
        }
        // An app that has not asked could make nothing of a fault.
        ReturnTo::Saml(saml) if saml.request_id.is_none() => None,
        ReturnTo::Here(_) => None,
        ReturnTo::Saml(saml) => {
            let status = saml::status(error, request.interaction);
            saml::answer::error(app, &saml.into(), status, ours).await
        }
    }
}

/// Whether an answer may still go where the request wanted it, by the app's present record.
#[must_use]
pub fn may_return(app: &App, return_to: &ReturnTo) -> bool {
    match return_to {
        ReturnTo::Oidc(request) => oidc::may_return(app, request),
        ReturnTo::Saml(request) => saml::may_return(app, request),
        ReturnTo::Here(_) => false,
    }
}
