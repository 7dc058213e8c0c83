//! What is said of tokens that are shown to us: whether one is active, and that one was given back.

use super::oidc::from_scopes;
use super::tokens::{AppAnswer, Vouched, answered, subject};
use crate::base::clock::Timestamp;
use crate::domain::apps::App;
use crate::domain::organization::PublicUrl;
use crate::domain::permissions::Permissions;
use crate::domain::requests::Scopes;
use crate::domain::terms::TokenTerms;
use crate::oidc::introspection;
use crate::oidc::token::token_type;

/// A token that is active, for the app whose it is, or for an API that it is for.
#[derive(Debug)]
pub struct Active<'a> {
    /// The app.
    pub app: &'a App,
    /// Ours.
    pub public_url: &'a PublicUrl,
    /// Whether it opens anything; a refresh token does not.
    pub kind: TokenKind,
    /// What it is for.
    pub scopes: Scopes,
    /// What it lets the app do here, as the app's record is now.
    pub permissions: Permissions,
    /// What it is bound to and for.
    pub terms: &'a TokenTerms,
    /// The APIs of which whoever asks is told; the app alone where there are none.
    pub audience: &'a [String],
    /// When it was made.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The person and the session; none where the token is about nobody.
    pub about: Option<&'a Vouched<'a>>,
}

/// Kinds of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// An access token.
    Access,
    /// A refresh token.
    Refresh,
}

/// What is said of an active token (RFC 7662 2.2).
#[must_use]
pub fn active(token: &Active<'_>) -> AppAnswer {
    let Some(oidc) = token.app.oidc() else { return inactive() };
    let subject = token.about.map(|vouched| subject(vouched.reading, vouched.app, vouched.salt));
    let audience = token.audience;
    let permissions = if audience.is_empty() { token.permissions.words() } else { Vec::new() };
    let sid = token.about.map(|vouched| vouched.reading.session.id.to_string());
    let active = introspection::Active {
        issuer: token.public_url.as_str(),
        client_id: &oidc.client_id,
        token_type: (token.kind == TokenKind::Access).then_some(token_type(token.terms.key.is_some())),
        audience,
        key: token.terms.key,
        scopes: token.about.map(|_| from_scopes(token.scopes)).unwrap_or_default(),
        permissions: &permissions,
        issued_at: token.issued_at,
        expires_at: token.expires_at,
        subject: subject.as_deref(),
        sid: sid.as_deref(),
    };
    answered(active.to_json())
}

/// What is said of every other token.
#[must_use]
pub fn inactive() -> AppAnswer {
    answered(introspection::inactive())
}

/// What is said of a token that was given back, whether it was alive or not (RFC 7009 2.2).
#[must_use]
pub fn given_back() -> AppAnswer {
    answered("{}".to_owned())
}
