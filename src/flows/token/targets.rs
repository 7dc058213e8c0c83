//! For which APIs a token is (RFC 8707), and in which form.

use std::time::Duration;

use crate::domain::apps::App;
use crate::domain::apps::token_rules::{AccessTokenForm, MAX_JWT_LIFE};
use crate::domain::terms::TokenTerms;
use crate::downstream::tokens::{self, AppAnswer};

/// The APIs of a new token: those that are asked for, within those that were granted, or all of these. Each must be one
/// that the app may still have tokens for.
pub(super) fn within(app: &App, granted: &[String], asked: &[String]) -> Result<Vec<String>, AppAnswer> {
    if asked.iter().any(|resource| !granted.contains(resource)) {
        return Err(tokens::invalid_target("resource_beyond_grant"));
    }
    allowed(app, if asked.is_empty() { granted } else { asked })
}

/// Those that an app asks for itself.
pub(super) fn allowed(app: &App, asked: &[String]) -> Result<Vec<String>, AppAnswer> {
    let may = |resource: &String| app.oidc().is_some_and(|oidc| oidc.tokens.resources.contains(resource));
    if asked.iter().all(may) { Ok(asked.to_vec()) } else { Err(tokens::invalid_target("resource_not_of_app")) }
}

/// Whether APIs read a token of these terms by themselves.
pub(super) fn is_read_by_apis(app: &App, terms: &TokenTerms) -> bool {
    let form = app.oidc().map(|oidc| oidc.tokens.form);
    form == Some(AccessTokenForm::Jwt) && !terms.resources.is_empty()
}

/// How long such a token lives, where an opaque one would live so long.
pub(super) fn lifetime(is_read_by_apis: bool, usual: Duration) -> Duration {
    if is_read_by_apis { usual.min(MAX_JWT_LIFE) } else { usual }
}
