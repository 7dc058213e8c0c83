//! Access tokens that APIs read by themselves: made for an app that wants them so, and known again when they are shown.

use std::time::Duration;

use super::oidc::from_scopes;
use super::tokens::{Texts, Vouched, algorithm};
use crate::base::clock::Timestamp;
use crate::domain::apps::App;
use crate::domain::authentication::Authentication;
use crate::domain::claims::facts::Carrier;
use crate::domain::claims::set::HAS_GROUPS;
use crate::domain::organization::PublicUrl;
use crate::domain::requests::Scopes;
use crate::domain::sessions::HandleHash;
use crate::domain::terms::TokenTerms;
use crate::keys::ring::{KeyPurpose, KeyRing};
use crate::keys::signing::{SignError, Signer};
use crate::oidc::access_token::{self, AUTHORIZATION_CLAIMS, AccessToken};
use crate::oidc::jose;
use crate::oidc::scope::ScopeSet;

/// What one token is made of.
#[derive(Debug, Clone, Copy)]
pub struct ForApi<'a> {
    /// The app that gets it.
    pub app: &'a App,
    /// Ours.
    pub public_url: &'a PublicUrl,
    /// Its name.
    pub id: &'a str,
    /// What it is bound to and for.
    pub terms: &'a TokenTerms,
    /// What was granted.
    pub scopes: Scopes,
    /// The person and the session; none where the app acts for nobody.
    pub about: Option<&'a Vouched<'a>>,
    /// When.
    pub now: Timestamp,
    /// How long it lives.
    pub lifetime: Duration,
}

/// Makes and signs one.
///
/// # Errors
/// [`SignError`] where there is no current key for the app's algorithm or it cannot sign.
pub async fn sign(token: &ForApi<'_>, keys: &KeyRing, signer: &dyn Signer) -> Result<String, SignError> {
    let oidc = token.app.oidc().ok_or(SignError::Failed)?;
    let algorithm = algorithm(oidc);
    let key = keys.current(KeyPurpose::Oidc, algorithm.signature_algorithm()).ok_or(SignError::UnknownKey)?;
    let texts = token.about.map(|vouched| Texts::of(vouched, Carrier::Token));
    let has_groups = token.scopes.has(Scopes::GROUPS);
    let mut own = match (token.about, &texts) {
        (Some(vouched), Some(texts)) => texts.own(vouched, has_groups),
        _ => Vec::new(),
    };
    let tells_groups = has_groups || token.app.claims.terms().rules.iter().any(|rule| rule.name == "groups");
    own.retain(|claim| AUTHORIZATION_CLAIMS.contains(&claim.name) || (claim.name == HAS_GROUPS && tells_groups));
    let session = token.about.map(|vouched| &vouched.reading.session);
    let sid = session.map(|session| session.id.to_string());
    let proven_at = session.map(|session| session.authenticated_at);
    let claims = AccessToken {
        issuer: token.public_url.as_str(),
        audience: &token.terms.resources,
        // An app's own token names the app (RFC 9068 2.2).
        subject: texts.as_ref().map_or(&oidc.client_id, |texts| &texts.subject),
        client_id: &oidc.client_id,
        id: token.id,
        scopes: token.about.map_or_else(ScopeSet::default, |_| from_scopes(token.scopes)),
        sid: sid.as_deref(),
        auth_time: proven_at.filter(|at| *at != Authentication::TIME_UNKNOWN),
        acr: token.about.and_then(|vouched| vouched.proof.acr(vouched.wishes)),
        amr: texts.as_ref().map_or(&[], |texts| &texts.methods),
        key: token.terms.key,
        groups: texts.as_ref().filter(|_| has_groups).map_or(&[], |texts| &texts.groups),
        own: &own,
        issued_at: token.now,
        lifetime: token.lifetime,
    };
    let claims = claims.claims();
    let prepared = jose::prepare_typed(access_token::TYPE, algorithm, key.id, &claims);
    let to_sign = prepared.map_err(|_| SignError::Failed)?;
    let signature = signer.sign(to_sign.key(), to_sign.algorithm(), to_sign.signing_input()).await?;
    Ok(to_sign.finish(&signature))
}

/// Whether a token is of this form, as far as can be seen from outside.
#[must_use]
pub fn is_read_by_apis(token: &str) -> bool {
    access_token::is_jwt(token)
}

/// By what an access token is stored, of either form; none where it looks like one of ours and is not.
#[must_use]
pub fn handle_of(token: &str, public_url: &PublicUrl, keys: &KeyRing) -> Option<HandleHash> {
    if !access_token::is_jwt(token) {
        return Some(HandleHash::of(token));
    }
    let payload = jose::verify_typed(token, access_token::TYPE, |id| keys.by_id(id)).ok()?;
    access_token::id_of(&payload, public_url.as_str()).map(|id| HandleHash::of_token_id(&id))
}
