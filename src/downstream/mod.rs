//! Toward apps: reads an app's request into a protocol-free one, and turns our answer into the app's
//! protocol.
//!
//! Owns the translation between `domain` and the `oidc` room. Imports `base`, `keys`, `oidc` and
//! `domain`.
//!
//! Invariant: never knows a partner's protocol, a cookie or a table.
//!
//! Start reading at [`oidc`].

pub mod logout;
pub mod metadata;
pub mod oidc;
pub mod tokens;

use crate::domain::apps::App;
use crate::domain::organization::PublicUrl;
use crate::domain::refusal::Code;
use crate::domain::requests::{AppError, ReturnTo};

/// The address on which the browser takes a granted answer to the app.
#[must_use]
pub fn granted(return_to: &ReturnTo, code: &str, public_url: &PublicUrl) -> String {
    let ReturnTo::Oidc(request) = return_to;
    oidc::reply(request).with_code(code, public_url.as_str())
}

/// The address on which the browser takes a refusal to the app.
#[must_use]
pub fn refused(return_to: &ReturnTo, error: AppError, code: Code, public_url: &PublicUrl) -> String {
    let ReturnTo::Oidc(request) = return_to;
    oidc::reply(request).with_error(&oidc::error(error, code), public_url.as_str())
}

/// Whether an answer may still go where the request wanted it, by the app's present record.
#[must_use]
pub fn may_return(app: &App, return_to: &ReturnTo) -> bool {
    let ReturnTo::Oidc(request) = return_to;
    oidc::may_return(app, request)
}
