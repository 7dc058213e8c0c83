//! OpenID Connect apps: their requests and the answers on their redirect URIs.

use super::Reply;
use crate::base::params::RawParams;
use crate::base::trace::shorten;
use crate::domain::apps::{App, ApplicationType, Confidentiality, OidcApp, PkceRule, RequestRule};
use crate::domain::definitions::OidcDefinition;
use crate::domain::guests::GuestId;
use crate::domain::organization::PublicUrl;
use crate::domain::permissions::Permissions;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{
    AcrWeight, AcrWish, AppError, AppRequest, AskAccount, AskConsent, FreshProof, Interaction, OidcReturn,
    ResponseMode, ReturnTo, Scopes,
};
use crate::domain::terms::{ClaimNames, TokenTerms};
use crate::keys::ring::KeyRing;
use crate::oidc::authorize::{self, Addressed, AuthorizeRequest, Prompt, PromptStep, Weight};
use crate::oidc::client_rules;
use crate::oidc::errors::{AuthorizeError, OAuthError, UnanswerableRequest};
use crate::oidc::id_token_hint;
use crate::oidc::parameter::ParamFault;
use crate::oidc::redirect_uri::{LoopbackHttp, RedirectUri};
use crate::oidc::requested_claims::{PersonClaim, PersonClaims};
use crate::oidc::scope::{Scope, ScopeSet};

/// What the app asks of `acr`: by `claims` first, then by `acr_values`, each class once.
fn wishes(request: &AuthorizeRequest) -> Vec<AcrWish> {
    let mut wishes: Vec<AcrWish> = Vec::new();
    let mut add = |value: &String, weight| {
        if !wishes.iter().any(|known| known.value == *value) {
            wishes.push(AcrWish { value: value.clone(), weight });
        }
    };
    if let Some(requested) = &request.claims.acr {
        let weight = match requested.weight {
            Weight::Essential => AcrWeight::Essential,
            Weight::Voluntary => AcrWeight::Voluntary,
        };
        requested.values.iter().for_each(|value| add(value, weight));
    }
    request.acr_values.iter().for_each(|value| add(value, AcrWeight::Voluntary));
    wishes
}

/// Why a request was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// Nobody but the visitor may be told.
    Refused(Box<Refusal>),
    /// The app is told by this address.
    Answered {
        /// What the browser does.
        reply: Reply,
        /// The error that it brings.
        error: AuthorizeError,
        /// What is logged.
        refusal: Box<Refusal>,
    },
}

/// Reads who asks and where the answer is to go.
///
/// # Errors
/// [`Code::BadRequest`] where either cannot be read.
pub fn address(params: &RawParams) -> Result<Addressed<'_>, Refusal> {
    Addressed::read(params).map_err(|error| unanswerable(&error))
}

/// Reads the whole request of `app`; `pushed` is what a pushed one is known by.
///
/// # Errors
/// [`Unread`].
pub fn read(
    addressed: Addressed<'_>,
    app: &App,
    pushed: Option<&str>,
    keys: &KeyRing,
    public_url: &PublicUrl,
) -> Result<AppRequest, Unread> {
    let Some(oidc) = app.oidc() else {
        return Err(Unread::Refused(Box::new(Refusal::new(Code::AppUnknown, "client_id_unknown"))));
    };
    let redirect_uris = uris(oidc, &oidc.redirect_uris, public_url);
    let rules = client_rules::ClientRules {
        redirect_uris: &redirect_uris,
        confidentiality: match oidc.confidentiality {
            Confidentiality::Secret { .. } | Confidentiality::Keys(_) => client_rules::Confidentiality::Confidential,
            Confidentiality::Public => client_rules::Confidentiality::Public,
        },
        pkce: match oidc.pkce {
            PkceRule::Required => client_rules::PkceRule::Required,
            PkceRule::Optional => client_rules::PkceRule::Optional,
        },
    };
    let answerable = addressed.answerable(rules).map_err(|error| Unread::Refused(Box::new(unanswerable(&error))))?;
    let told = |error: &AuthorizeError| Unread::Answered {
        reply: answerable.reply().with_error(error, public_url.as_str()).into(),
        error: error.clone(),
        refusal: Box::new(Refusal::new(Code::BadRequest, error.cause)),
    };
    if oidc.requests == RequestRule::Pushed && pushed.is_none() {
        return Err(told(&NOT_PUSHED.into()));
    }
    let request = answerable.read().map_err(|error| told(&error))?;
    if request.resources.iter().any(|resource| !oidc.tokens.resources.contains(resource)) {
        return Err(told(&AuthorizeError::new(OAuthError::InvalidTarget, RESOURCE_REFUSED)));
    }
    let permissions = Permissions::of_words(request.scope_words.iter().map(String::as_str));
    if permissions.within(oidc.tokens.delegated) != permissions {
        return Err(told(&AuthorizeError::new(OAuthError::InvalidScope, PERMISSION_REFUSED)));
    }
    let expected_guest = match &request.id_token_hint {
        None => None,
        Some(hint) => Some(hinted_guest(hint.expose(), oidc, keys, public_url).map_err(|fault| told(&fault.into()))?),
    };
    let (login_hint, organization) = match &request.login_hint {
        Some(hint) => match hint.strip_prefix(ORGANIZATION_HINT) {
            Some(organization) => (None, Some(organization.to_owned())),
            None => (Some(hint.clone()), None),
        },
        None => (None, None),
    };
    Ok(AppRequest {
        app: app.id,
        app_version: app.version,
        interaction: interaction(&request.prompt),
        max_age: request.max_age.map(|age| u32::try_from(age.as_secs()).unwrap_or(u32::MAX)),
        login_hint,
        domain_hint: request.domain_hint.clone().or(organization),
        expected_guest,
        acr: wishes(&request),
        ui_locales: request.ui_locales.clone(),
        return_to: ReturnTo::Oidc(oidc_return(request, pushed.map(str::to_owned), permissions)),
    })
}

/// How a `login_hint` of ours begins that names an organisation: an app that we have begin a sign-in gives it
/// back (OpenID Connect Core 4), and `domain_hint` is nothing that it knows.
pub(super) const ORGANIZATION_HINT: &str = "organization:";

const NOT_PUSHED: ParamFault =
    ParamFault { cause: "request_not_pushed", description: "this app must push its requests (RFC 9126)" };

const PERMISSION_REFUSED: ParamFault = ParamFault {
    cause: "permission_not_of_app",
    description: "scope holds a permission that this app may not ask for",
};

const RESOURCE_REFUSED: ParamFault = ParamFault {
    cause: "resource_not_of_app",
    description: "resource is none of those that this app may have tokens for",
};

fn hinted_guest(hint: &str, oidc: &OidcApp, keys: &KeyRing, public_url: &PublicUrl) -> Result<GuestId, ParamFault> {
    let refused = |cause| ParamFault { cause, description: "id_token_hint is not an ID token that this app was given" };
    let verified = id_token_hint::verify(hint, public_url.as_str(), |id| keys.by_id(id));
    let verified = verified.map_err(|error| refused(error.cause()))?;
    if verified.aud != oidc.client_id {
        return Err(refused("id_token_hint_of_another_app"));
    }
    GuestId::parse(&verified.oid).map_err(|_| refused("id_token_hint_claims_missing"))
}

fn oidc_return(request: AuthorizeRequest, pushed: Option<String>, permissions: Permissions) -> OidcReturn {
    OidcReturn {
        redirect_uri: request.redirect_uri,
        state: request.state,
        nonce: request.nonce,
        scopes: to_scopes(request.scopes),
        code_challenge: request.code_challenge.map(|challenge| challenge.as_str().to_owned()),
        mode: match request.mode {
            authorize::ResponseMode::Query => ResponseMode::Query,
            authorize::ResponseMode::FormPost => ResponseMode::FormPost,
        },
        pushed,
        terms: TokenTerms {
            key: request.dpop_jkt,
            resources: request.resources,
            in_id_token: to_names(request.claims.in_id_token),
            at_userinfo: to_names(request.claims.at_userinfo),
            permissions,
        },
        subjects: request.claims.subjects,
    }
}

fn interaction(prompt: &Prompt) -> Interaction {
    let pick = |step, yes, no| if prompt.has(step) { yes } else { no };
    match prompt {
        Prompt::None => Interaction::Silent,
        Prompt::Unspecified | Prompt::Steps(_) => Interaction::Shown {
            proof: if prompt.has(PromptStep::Login) { FreshProof::Asked } else { FreshProof::NotAsked },
            consent: if prompt.has(PromptStep::Consent) { AskConsent::Asked } else { AskConsent::NotAsked },
            account: pick(PromptStep::SelectAccount, AskAccount::Asked, AskAccount::NotAsked),
        },
    }
}

fn unanswerable(error: &UnanswerableRequest) -> Refusal {
    match error {
        UnanswerableRequest::Parameter(fault) => Refusal::new(Code::BadRequest, fault.cause),
        UnanswerableRequest::RedirectUri(mismatch) => {
            Refusal::new(Code::RedirectUriRefused, error.cause()).seen(&mismatch.found)
        }
    }
}

/// Whether http on loopback is accepted of apps: only where the gateway itself is there.
#[must_use]
pub fn loopback_http(public_url: &PublicUrl) -> LoopbackHttp {
    if public_url.is_loopback_http() { LoopbackHttp::Allowed } else { LoopbackHttp::Refused }
}

/// The kind of an app as the `oidc` room has it.
#[must_use]
pub const fn application_type(kind: ApplicationType) -> client_rules::ApplicationType {
    match kind {
        ApplicationType::Web => client_rules::ApplicationType::Web,
        ApplicationType::Native => client_rules::ApplicationType::Native,
    }
}

/// Every fault of the URIs that an app asks for, in words.
#[must_use]
pub fn registration_faults(definition: &OidcDefinition, public_url: &PublicUrl) -> Vec<String> {
    let kind = application_type(definition.application_type);
    let lists = [
        ("redirect_uris", &definition.redirect_uris),
        ("post_logout_redirect_uris", &definition.post_logout_redirect_uris),
    ];
    let written = lists.into_iter().flat_map(|(name, uris)| uris.iter().map(move |uri| (name, uri)));
    let fault = |(name, uri): (&str, &String)| {
        let error = RedirectUri::register(uri, kind, loopback_http(public_url)).err()?;
        Some(format!("`{name}`, `{}`: {error}", shorten(uri.clone())))
    };
    let initiate = definition.initiate_login_uri.iter().filter_map(|uri| {
        let error = RedirectUri::register(uri, client_rules::ApplicationType::Web, loopback_http(public_url)).err()?;
        Some(format!("`initiate_login_uri`, `{}`: {error}", shorten(uri.clone())))
    });
    // What is for us would be read here as if the app had been told to ask us.
    let is_ours = |api: &&String| api.trim_end_matches('/') == public_url.as_str();
    let ours = definition.tokens.resources.iter().filter(is_ours);
    let ours = ours.map(|api| format!("`resources`, `{api}`: must not be the `public_url` of the gateway"));
    let logout = definition.backchannel_logout.as_ref();
    let logout = logout.and_then(|logout| super::backchannel::registration_fault(&logout.uri, public_url));
    written.filter_map(fault).chain(initiate).chain(ours).chain(logout).collect()
}

/// The post-logout redirect URIs of an app; an app that is no relying party has none.
#[must_use]
pub fn post_logout_uris(app: &App, public_url: &PublicUrl) -> Vec<RedirectUri> {
    app.oidc().map(|oidc| uris(oidc, &oidc.post_logout_redirect_uris, public_url)).unwrap_or_default()
}

/// URIs of an app; one that the rules no longer accept is left out.
fn uris(oidc: &OidcApp, written: &[String], public_url: &PublicUrl) -> Vec<RedirectUri> {
    let kind = application_type(oidc.application_type);
    written.iter().filter_map(|uri| RedirectUri::register(uri, kind, loopback_http(public_url)).ok()).collect()
}

/// Where a web app is, for a link that answers nothing: the origin of its redirect URIs, where all of
/// them have the same. Other apps are not found by a link.
#[must_use]
pub fn home(app: &App) -> Option<String> {
    let oidc = app.oidc().filter(|oidc| oidc.application_type == ApplicationType::Web)?;
    let mut origins = oidc.redirect_uris.iter().map(|uri| url::Url::parse(uri).ok().map(|url| url.origin()));
    let first = origins.next()??;
    let is_one = first.is_tuple() && origins.all(|other| other.as_ref() == Some(&first));
    is_one.then(|| format!("{}/", first.ascii_serialization()))
}

/// Whether the redirect URI of a kept request is still one of the app's.
pub(super) fn may_return(app: &App, request: &OidcReturn) -> bool {
    let Some(oidc) = app.oidc() else { return false };
    let kind = application_type(oidc.application_type);
    // Whether http on loopback is accepted was decided when the URI was registered; here the question
    // is only whether the same URI still is.
    oidc.redirect_uris
        .iter()
        .filter_map(|uri| RedirectUri::register(uri, kind, LoopbackHttp::Allowed).ok())
        .any(|uri| uri.accepts(&request.redirect_uri))
}

pub(super) fn reply(request: &OidcReturn) -> authorize::Reply {
    let mode = match request.mode {
        ResponseMode::Query => authorize::ResponseMode::Query,
        ResponseMode::FormPost => authorize::ResponseMode::FormPost,
    };
    authorize::Reply::new(request.redirect_uri.clone(), request.state.clone(), mode)
}

impl From<authorize::Answer> for Reply {
    fn from(answer: authorize::Answer) -> Self {
        match answer {
            authorize::Answer::Redirect(url) => Self::Redirect(url),
            authorize::Answer::Form { action, fields } => Self::Form { action, fields },
        }
    }
}

pub(super) fn error(error: AppError, code: Code) -> AuthorizeError {
    let error = match error {
        AppError::LoginRequired => OAuthError::LoginRequired,
        AppError::InteractionRequired => OAuthError::InteractionRequired,
        AppError::ConsentRequired => OAuthError::ConsentRequired,
        AppError::AccountSelectionRequired => OAuthError::AccountSelectionRequired,
        AppError::AccessDenied => OAuthError::AccessDenied,
        AppError::UnmetRequirements => OAuthError::UnmetAuthenticationRequirements,
        // Only a SAML request can ask for what these deny.
        AppError::IdentifierUnavailable | AppError::NoSupportedPartner => OAuthError::AccessDenied,
        AppError::TemporarilyUnavailable => OAuthError::TemporarilyUnavailable,
        AppError::ServerError => OAuthError::ServerError,
    };
    AuthorizeError::new(error, ParamFault { cause: code.as_str(), description: code.as_str() })
}

/// Scopes as the domain has them.
#[must_use]
pub fn to_scopes(scopes: ScopeSet) -> Scopes {
    PAIRS.iter().filter(|(scope, _)| scopes.has(*scope)).fold(Scopes::default(), |all, (_, one)| all.with(*one))
}

/// Scopes as the `oidc` room has them; `openid` is always among them.
#[must_use]
pub fn from_scopes(scopes: Scopes) -> ScopeSet {
    let openid = ScopeSet::default().with(Scope::OpenId);
    PAIRS.iter().filter(|(_, one)| scopes.has(*one)).fold(openid, |all, (scope, _)| all.with(*scope))
}

/// Claims that are asked for by name, as the domain has them.
fn to_names(claims: PersonClaims) -> ClaimNames {
    NAMES.iter().filter(|(claim, _)| claims.has(*claim)).fold(ClaimNames::NONE, |all, (_, one)| all.with(*one))
}

/// Claims that are asked for by name, as the `oidc` room has them.
#[must_use]
pub fn from_names(names: ClaimNames) -> PersonClaims {
    NAMES.iter().filter(|(_, one)| names.has(*one)).fold(PersonClaims::default(), |all, (claim, _)| all.with(*claim))
}

const NAMES: [(PersonClaim, ClaimNames); 6] = [
    (PersonClaim::Email, ClaimNames::EMAIL),
    (PersonClaim::Name, ClaimNames::NAME),
    (PersonClaim::GivenName, ClaimNames::GIVEN_NAME),
    (PersonClaim::FamilyName, ClaimNames::FAMILY_NAME),
    (PersonClaim::PreferredUsername, ClaimNames::PREFERRED_USERNAME),
    (PersonClaim::Groups, ClaimNames::GROUPS),
];

const PAIRS: [(Scope, Scopes); 4] = [
    (Scope::Profile, Scopes::PROFILE),
    (Scope::Email, Scopes::EMAIL),
    (Scope::Groups, Scopes::GROUPS),
    (Scope::OfflineAccess, Scopes::OFFLINE_ACCESS),
];
