//! The token and userinfo endpoints: what an app shows, and the external-user token that it gets.

use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::base::sealing::Sealer;
use crate::base::secret::SecretBytes;
use crate::domain::apps::{App, IdTokenAlgorithm, OidcApp};
use crate::domain::assurance::told::Proof;
use crate::domain::authentication::Authentication;
use crate::domain::claims::facts::Carrier;
use crate::domain::claims::set::HAS_GROUPS;
use crate::domain::grants::SessionReading;
use crate::domain::groups::GroupId;
use crate::domain::guests::{Binding, UserType};
use crate::domain::organization::{Organization, PublicUrl};
use crate::domain::permissions::Permissions;
use crate::domain::requests::{AcrWish, Scopes};
use crate::domain::subjects::{alternative_security_id, pairwise_subject};
use crate::domain::terms::{ClaimNames, TokenTerms};
use crate::keys::ring::{KeyPurpose, KeyRing};
use crate::keys::signing::{SignError, Signer};
use crate::oidc::app_claims::{AppClaim, ClaimValue};
use crate::oidc::bearer::{self, BearerError, Scheme};
use crate::oidc::id_token::{AccountKind, IdTokenClaims, Issue, Person};
use crate::oidc::jose::{self, JwsAlgorithm};
use crate::oidc::parameter::ParamFault;
use crate::oidc::scope::ScopeSet;
use crate::oidc::token::TokenResponse;
use crate::oidc::token_error::{CACHE_CONTROL, TokenError, TokenErrorCode};
use crate::oidc::userinfo;

use super::claims::{Known, of_token};
use super::oidc::{from_names, from_scopes};

/// An answer to an app's own request, ready for HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppAnswer {
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: String,
    /// The value of `WWW-Authenticate`.
    pub challenge: Option<String>,
    /// The value of `Cache-Control`.
    pub cache_control: &'static str,
    /// The fine cause of a refusal, for log and metric.
    pub cause: Option<&'static str>,
}

pub(super) fn refused(error: &TokenError) -> AppAnswer {
    AppAnswer {
        status: error.status(),
        body: error.to_json(),
        challenge: error.www_authenticate().map(str::to_owned),
        cache_control: CACHE_CONTROL,
        cause: Some(error.cause),
    }
}

/// The app is not known or has not proven itself.
#[must_use]
pub fn invalid_client(cause: &'static str) -> AppAnswer {
    refused(&TokenError::invalid_client(cause))
}

/// The code is not good any more, for whatever reason.
#[must_use]
pub fn invalid_grant(cause: &'static str) -> AppAnswer {
    refused(&TokenError::invalid_grant(cause))
}

/// The app may not have this token.
#[must_use]
pub fn unauthorized_client(cause: &'static str) -> AppAnswer {
    let fault = ParamFault { cause, description: "this app may not have this token; see its registration" };
    refused(&TokenError::new(TokenErrorCode::UnauthorizedClient, fault))
}

/// The app may have no token for this API (RFC 8707 2).
#[must_use]
pub fn invalid_target(cause: &'static str) -> AppAnswer {
    let fault = ParamFault { cause, description: "resource is none of those that this token may be for" };
    refused(&TokenError::new(TokenErrorCode::InvalidTarget, fault))
}

/// A token for an app that acts for nobody (RFC 6749 4.4.3).
#[must_use]
pub fn of_service(
    access_token: &str,
    terms: &TokenTerms,
    permissions: Permissions,
    lifetime: std::time::Duration,
) -> AppAnswer {
    // A token for another API opens nothing here.
    let permissions = if terms.resources.is_empty() { permissions.words() } else { Vec::new() };
    let response = TokenResponse {
        access_token,
        is_bound: terms.key.is_some(),
        expires_in: lifetime.as_secs(),
        id_token: None,
        refresh_token: None,
        scopes: ScopeSet::default(),
        permissions: &permissions,
    };
    answered(response.to_json())
}

/// The request cannot be read at all.
#[must_use]
pub fn invalid_request(cause: &'static str) -> AppAnswer {
    let fault = ParamFault { cause, description: "the request is malformed" };
    refused(&TokenError::new(TokenErrorCode::InvalidRequest, fault))
}

/// We cannot answer at present.
#[must_use]
pub fn unavailable(cause: &'static str) -> AppAnswer {
    AppAnswer {
        status: 503,
        body: r#"{"error":"temporarily_unavailable","error_description":"try again later"}"#.to_owned(),
        challenge: None,
        cache_control: CACHE_CONTROL,
        cause: Some(cause),
    }
}

/// What an external-user token is made of.
#[derive(Debug)]
pub struct Vouched<'a> {
    /// What is true of session, guest and app.
    pub reading: &'a SessionReading,
    /// How strongly the person is proven.
    pub proof: &'a Proof<'a>,
    /// What the app asked of `acr`.
    pub wishes: &'a [AcrWish],
    /// The app.
    pub app: &'a App,
    /// The guest's groups, where the scope or the app's rules ask for them: at least one more than the answer
    /// holds, where there are so many.
    pub groups: &'a [GroupId],
    /// Ours.
    pub organization: &'a Organization,
    /// Ours.
    pub public_url: &'a PublicUrl,
    /// The salt of subjects.
    pub salt: &'a SecretBytes,
    /// Makes the opaque `altsecid`.
    pub sealer: &'a Sealer,
}

pub(super) struct Texts {
    carrier: Carrier,
    oid: String,
    tenant: String,
    altsecid: Option<String>,
    pub(super) groups: Vec<String>,
    pub(super) subject: String,
    pub(super) methods: Vec<String>,
}

impl Texts {
    pub(super) fn of(vouched: &Vouched<'_>, carrier: Carrier) -> Self {
        let guest = &vouched.reading.guest;
        let is_over = vouched.groups.len() > vouched.app.claims.max_groups(carrier);
        let altsecid = match &guest.binding {
            Binding::Accepted { identity, .. } => Some(alternative_security_id(vouched.sealer, identity)),
            Binding::PendingAcceptance => None,
        };
        Self {
            carrier,
            oid: guest.id.to_string(),
            altsecid,
            groups: if is_over || !vouched.app.claims.sends_basic("groups") {
                Vec::new()
            } else {
                vouched.groups.iter().map(ToString::to_string).collect()
            },
            tenant: vouched.organization.id.to_string(),
            methods: vouched.proof.amr(),
            subject: subject(vouched.reading, vouched.app, vouched.salt),
        }
    }

    /// What the app's rules give, and that there are more groups than a token holds.
    pub(super) fn own<'a>(&'a self, vouched: &Vouched<'a>, has_groups: bool) -> Vec<AppClaim<'a>> {
        let known = Known {
            guest: &vouched.reading.guest,
            protocol: vouched.reading.account_protocol(),
            groups: vouched.groups,
            carrier: self.carrier,
            subject: &self.subject,
            tenant: &self.tenant,
            methods: &self.methods,
        };
        let mut own = of_token(vouched.app, &known);
        let is_over = has_groups && vouched.groups.len() > vouched.app.claims.max_groups(self.carrier);
        if is_over && vouched.app.claims.sends_basic("groups") && own.iter().all(|claim| claim.name != HAS_GROUPS) {
            own.push(AppClaim { name: HAS_GROUPS, value: ClaimValue::Flag(true) });
        }
        own
    }

    fn person<'a>(&'a self, vouched: &Vouched<'a>, own: &'a [AppClaim<'a>]) -> Person<'a> {
        let guest = &vouched.reading.guest;
        let mail = guest.proven_mail().map(crate::domain::mail::MailAddress::as_str);
        let usual = |name: &str, value: Option<&'a str>| value.filter(|_| vouched.app.claims.sends_basic(name));
        Person {
            oid: &self.oid,
            account: match guest.user_type {
                UserType::Guest => AccountKind::Guest,
                UserType::Member => AccountKind::Member,
            },
            idp: match &guest.binding {
                Binding::Accepted { identity, .. } => Some(&identity.issuer),
                Binding::PendingAcceptance => None,
            },
            altsecid: self.altsecid.as_deref(),
            email: usual("email", mail),
            name: usual("name", guest.display_name.as_deref()),
            given_name: usual("given_name", guest.given_name.as_deref()),
            family_name: usual("family_name", guest.family_name.as_deref()),
            preferred_username: usual("preferred_username", mail.or(Some(&guest.user_principal_name))),
            groups: &self.groups,
            roles: &[],
            own,
        }
    }
}

/// What is new in one issue of tokens.
#[derive(Debug)]
pub struct Fresh<'a> {
    /// The nonce of the authorization request; none in renewed tokens (OIDC Core 12.2).
    pub nonce: Option<&'a str>,
    /// What was granted.
    pub scopes: Scopes,
    /// The access token beside the ID token.
    pub access_token: &'a str,
    /// What it is bound to and for.
    pub terms: &'a TokenTerms,
    /// The refresh token beside them.
    pub refresh_token: Option<&'a str>,
    /// The ID token's own id.
    pub uti: &'a str,
    /// When.
    pub now: Timestamp,
    /// How long the ID token lives.
    pub lifetime: std::time::Duration,
    /// How long the access token lives.
    pub access_lifetime: std::time::Duration,
}

/// How tokens for the app are signed.
pub(super) const fn algorithm(app: &OidcApp) -> JwsAlgorithm {
    match app.id_token_algorithm {
        IdTokenAlgorithm::Rs256 => JwsAlgorithm::Rs256,
        IdTokenAlgorithm::Es256 => JwsAlgorithm::Es256,
    }
}

/// The person as the app knows them: the `sub` of its tokens.
#[must_use]
pub fn subject(reading: &SessionReading, app: &App, salt: &SecretBytes) -> String {
    let imported = reading.imported_subject.clone();
    imported.unwrap_or_else(|| pairwise_subject(salt, app, reading.guest.id))
}

/// Makes and signs the external-user token and the answer around it.
///
/// # Errors
/// [`SignError`] where there is no current key for the app's algorithm or it cannot sign.
pub async fn issue(
    vouched: &Vouched<'_>,
    fresh: &Fresh<'_>,
    keys: &KeyRing,
    signer: &dyn Signer,
) -> Result<AppAnswer, SignError> {
    // An app that speaks something else has no code to redeem.
    let oidc = vouched.app.oidc().ok_or(SignError::Failed)?;
    let algorithm = algorithm(oidc);
    let key = keys.current(KeyPurpose::Oidc, algorithm.signature_algorithm()).ok_or(SignError::UnknownKey)?;
    let texts = Texts::of(vouched, Carrier::Token);
    let session = &vouched.reading.session;
    let asked = fresh.terms.in_id_token;
    let own = texts.own(vouched, fresh.scopes.with(asked.scopes()).has(Scopes::GROUPS));
    let sid = session.id.to_string();
    let scopes = from_scopes(fresh.scopes);
    let claims = IdTokenClaims::new(
        &Issue {
            issuer: vouched.public_url.as_str(),
            tenant: &texts.tenant,
            audience: &oidc.client_id,
            subject: &texts.subject,
            scopes,
            asked: from_names(asked),
            nonce: fresh.nonce,
            sid: Some(&sid),
            acr: vouched.proof.acr(vouched.wishes),
            amr: &texts.methods,
            auth_time: Some(session.authenticated_at).filter(|at| *at != Authentication::TIME_UNKNOWN),
            access_token: Some(fresh.access_token),
            uti: fresh.uti,
            issued_at: fresh.now,
            lifetime: fresh.lifetime,
        },
        &texts.person(vouched, &own),
    );
    let to_sign = jose::prepare(algorithm, key.id, &claims).map_err(|_| SignError::Failed)?;
    let signature = signer.sign(to_sign.key(), to_sign.algorithm(), to_sign.signing_input()).await?;
    let id_token = to_sign.finish(&signature);
    let permissions = if fresh.terms.resources.is_empty() { fresh.terms.permissions.words() } else { Vec::new() };
    let response = TokenResponse {
        access_token: fresh.access_token,
        is_bound: fresh.terms.key.is_some(),
        expires_in: fresh.access_lifetime.as_secs(),
        id_token: Some(&id_token),
        refresh_token: fresh.refresh_token,
        scopes,
        permissions: &permissions,
    };
    Ok(answered(response.to_json()))
}

/// A good answer with this JSON.
pub(super) fn answered(body: String) -> AppAnswer {
    AppAnswer { status: 200, body, challenge: None, cache_control: CACHE_CONTROL, cause: None }
}

/// Reads the access token of a userinfo request; `form` is `None` for a GET.
///
/// # Errors
/// The answer to give instead.
pub fn read_shown(authorization: &[&[u8]], form: Option<&RawParams>) -> Result<ShownToken, AppAnswer> {
    bearer::read(authorization, form).map(ShownToken).map_err(|error| refused_at_resource(&error, Scheme::Bearer))
}

/// An access token as it is shown at userinfo.
#[derive(Debug)]
pub struct ShownToken(bearer::Shown);

impl ShownToken {
    /// The token.
    #[must_use]
    pub fn token(&self) -> &str {
        self.0.token.expose()
    }

    /// Whether a proof of the key that it is bound to must stand beside it.
    #[must_use]
    pub fn is_with_proof(&self) -> bool {
        self.0.scheme == Scheme::Dpop
    }
}

/// The access token is not good any more, for whatever reason.
#[must_use]
pub fn invalid_token(cause: &'static str) -> AppAnswer {
    refused_at_resource(&BearerError::invalid_token(cause), Scheme::Bearer)
}

const INVALID_TOKEN: &str = r#"{"error":"invalid_token"}"#;

/// The same refusal of a token toward who must show, or has shown, a proof beside it.
#[must_use]
pub fn toward_holder(answer: AppAnswer) -> AppAnswer {
    match answer {
        AppAnswer { status: 401, cause: Some(cause), body, .. } if body == INVALID_TOKEN => {
            refused_at_resource(&BearerError::invalid_token(cause), Scheme::Dpop)
        }
        other => other,
    }
}

pub(super) fn refused_at_resource(error: &BearerError, scheme: Scheme) -> AppAnswer {
    let name = match error {
        BearerError::Missing => "invalid_token",
        BearerError::Refused { code, .. } => code.as_str(),
    };
    AppAnswer {
        status: error.status(),
        body: format!(r#"{{"error":"{name}"}}"#),
        challenge: Some(error.www_authenticate(userinfo::REALM, scheme)),
        cache_control: CACHE_CONTROL,
        cause: Some(error.cause()),
    }
}

/// The claims of a person for userinfo.
#[must_use]
pub fn userinfo(vouched: &Vouched<'_>, scopes: Scopes, asked: ClaimNames) -> AppAnswer {
    let texts = Texts::of(vouched, Carrier::Document);
    let own = texts.own(vouched, scopes.with(asked.scopes()).has(Scopes::GROUPS));
    let person = texts.person(vouched, &own);
    match userinfo::document(&texts.subject, &person, from_scopes(scopes), from_names(asked)) {
        Ok(body) => answered(body),
        Err(_) => unavailable("claims_unwritable"),
    }
}
