//! SAML apps: we are their identity provider, and toward partners a proxy.
//!
//! Start reading at [`Asking`] and [`read`]; [`answer`] has the way back, [`registration`] what an app's
//! metadata becomes.

pub mod answer;
mod encryption;
pub mod registration;

use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::base::random::Random;
use crate::domain::apps::{AcsStanding, App, SamlApp, SignedRequests};
use crate::domain::assurance::classes::{Compared, UNSPECIFIED, acceptable};
use crate::domain::organization::PublicUrl;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{
    AcrWeight, AcrWish, AppError, AppRequest, AskAccount, AskConsent, FreshProof, Interaction, NameIdKind, ReturnTo,
    SamlReturn, Scoping,
};
use crate::keys::certificates::Certificate;
use crate::keys::ring::KeyRing;
use crate::keys::signing::Signer;
use crate::saml::accept_request::{
    self, Carried, NameIdKind as AskedName, RequestExpectation, RequestFault, Unmet, Wishes,
};
use crate::saml::messages::authn_request::read::Scoping as AskedScoping;
use crate::saml::messages::authn_request::{Comparison, Wish};
use crate::saml::metadata::acs::{Acs, Standing};
use crate::saml::metadata::sp_reader::RequestSigning;
use crate::saml::names::EntityId;
use crate::saml::status::{
    AUTHN_FAILED, INVALID_NAME_ID_POLICY, NO_AUTHN_CONTEXT, NO_PASSIVE, NO_SUPPORTED_IDP, PROXY_COUNT_EXCEEDED,
    REQUEST_DENIED, REQUESTER, RESPONDER,
};

use super::metadata::{IDP_ENTITY_PATH, SSO_PATH};

/// How old a request may be when it comes, our grace for its clock included.
pub const MAX_REQUEST_AGE: Duration =
    Duration::from_secs(accept_request::MAX_REQUEST_AGE.as_secs() + accept_request::CLOCK_SKEW.as_secs());
/// The most bytes of a hint beside a request.
pub(super) const MAX_HINT: usize = 320;

/// What of ours an answer needs.
#[derive(Clone, Copy)]
pub struct Ours<'a> {
    /// Where we are.
    pub public_url: &'a PublicUrl,
    /// Our keys.
    pub keys: &'a KeyRing,
    /// Signs.
    pub signer: &'a dyn Signer,
    /// Names messages.
    pub random: &'a dyn Random,
    /// The present time.
    pub now: Timestamp,
}

/// In which binding a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// HTTP-Redirect: parameters of the query.
    Redirect,
    /// HTTP-POST: fields of a form.
    Post,
}

/// A request as it came, unproven.
#[derive(Debug)]
pub struct Asking {
    carried: Carried,
    login_hint: Option<String>,
    domain_hint: Option<String>,
}

impl Asking {
    /// Reads a request at the SSO location, and the hints beside it.
    ///
    /// # Errors
    /// [`Code::SamlRequestRefused`] and [`Code::SamlRequestSignatureRefused`].
    pub fn read(params: &RawParams, binding: Binding) -> Result<Self, Refusal> {
        let carried = match binding {
            Binding::Redirect => Carried::by_redirect(params),
            Binding::Post => Carried::by_post(params),
        };
        let hint = |name| match params.one(name) {
            Err(_) => Err(Refusal::new(Code::SamlRequestRefused, "parameter_doubled")),
            Ok(Some(hint)) if hint.len() > MAX_HINT => Err(Refusal::new(Code::SamlRequestRefused, "hint_too_long")),
            Ok(Some(hint)) if hint.chars().any(char::is_control) => {
                Err(Refusal::new(Code::SamlRequestRefused, "hint_malformed"))
            }
            Ok(hint) => Ok(hint.map(str::to_owned)),
        };
        Ok(Self {
            carried: carried.map_err(|fault| refusal(&fault))?,
            login_hint: hint("login_hint")?,
            domain_hint: hint("domain_hint")?,
        })
    }

    /// The entity ID of who says to ask: good for finding the app's record, and for nothing else.
    #[must_use]
    pub fn entity_id(&self) -> &str {
        self.carried.issuer()
    }
}

/// Why a request was not read.
#[derive(Debug)]
pub enum Unread {
    /// Nobody but the visitor may be told.
    Refused(Box<Refusal>),
    /// The app is told by this status, at an address that is its own.
    Unmet {
        /// Where.
        to: answer::Address,
        /// What.
        status: SamlStatus,
        /// What is logged.
        refusal: Box<Refusal>,
    },
}

/// The codes of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SamlStatus {
    /// The top-level code.
    pub top: &'static str,
    /// The second-level code.
    pub second: Option<&'static str>,
}

/// Judges a request by the app's record and reads what it asks.
///
/// # Errors
/// [`Unread`].
pub fn read(asking: Asking, app: &App, public_url: &PublicUrl, now: Timestamp) -> Result<AppRequest, Unread> {
    let refused = |code, cause| Unread::Refused(Box::new(Refusal::new(code, cause)));
    let saml = app.saml().ok_or_else(|| refused(Code::AppUnknown, "app_entity_unknown"))?;
    if saml.valid_until.is_some_and(|end| end <= now) {
        return Err(refused(Code::AppDisabled, "app_metadata_expired"));
    }
    let entity_id = EntityId::parse(&saml.entity_id).map_err(|_| refused(Code::Internal, "entity_id_malformed"))?;
    let keys: Vec<_> = saml.certificates.iter().map(|certificate| certificate.key().clone()).collect();
    let acs = services(saml);
    let expected = RequestExpectation {
        app: &entity_id,
        keys: &keys,
        signing: match saml.requests {
            SignedRequests::Required => RequestSigning::Required,
            SignedRequests::Optional => RequestSigning::Optional,
        },
        destination: &public_url.join(SSO_PATH),
        acs: &acs,
    };
    let judged = accept_request::judge(asking.carried, &expected, now);
    let asked = judged.map_err(|fault| Unread::Refused(Box::new(refusal(&fault))))?;
    let signed_by = asked.signed_by.and_then(|place| saml.certificates.get(place)).map(Certificate::fingerprint);
    let to = answer::Address { acs: asked.acs, request_id: Some(asked.id), relay_state: asked.relay_state };
    let wishes = match asked.wishes.and_then(possible) {
        Ok(wishes) => wishes,
        Err(Unmet { status, cause }) => {
            let status = SamlStatus { top: top_of(status), second: Some(status) };
            let refusal = Box::new(Refusal::new(Code::SamlRequestRefused, cause));
            return Err(Unread::Unmet { to, status, refusal });
        }
    };
    let classes = classes(&wishes);
    let subject = wishes.subject.map(|name_id| name_id.value);
    // Who names us has us choose.
    let ours = public_url.join(IDP_ENTITY_PATH);
    let names_us = wishes.scoping.idps.contains(&ours);
    let issuers = if names_us { Vec::new() } else { wishes.scoping.idps.clone() };
    let scoping = scoping(wishes.scoping, &issuers, &saml.entity_id);
    Ok(AppRequest {
        app: app.id,
        app_version: app.version,
        interaction: interaction(wishes.passive, wishes.force_authn),
        max_age: None,
        login_hint: subject.clone().filter(|subject| subject.contains('@')).or(asking.login_hint),
        domain_hint: asking.domain_hint,
        expected_guest: None,
        acr: acr(&classes),
        ui_locales: Vec::new(),
        return_to: ReturnTo::Saml(SamlReturn {
            acs: to.acs,
            request_id: to.request_id,
            relay_state: to.relay_state,
            name_id: match wishes.name_id {
                AskedName::AsAgreed => NameIdKind::AsAgreed,
                AskedName::Persistent => NameIdKind::Persistent,
                AskedName::Email => NameIdKind::Email,
                AskedName::Transient => NameIdKind::Transient,
            },
            classes,
            signed_by,
            subject,
            issuers,
            scoping,
        }),
    })
}

/// What can be had at all: we always ask a partner, so a request that may not be passed on cannot be
/// answered; who must sign in anew must be shown something; and some class must be known that the app
/// takes.
fn possible(wishes: Wishes) -> Result<Wishes, Unmet> {
    if wishes.scoping.proxy_count == Some(0) {
        return Err(Unmet { status: PROXY_COUNT_EXCEEDED, cause: "request_not_to_be_passed_on" });
    }
    if wishes.passive == Wish::Asked && wishes.force_authn == Wish::Asked {
        return Err(Unmet { status: NO_PASSIVE, cause: "request_passive_and_forced" });
    }
    if wishes.context.is_some() && classes(&wishes).is_empty() {
        return Err(Unmet { status: NO_AUTHN_CONTEXT, cause: "context_out_of_reach" });
    }
    Ok(wishes)
}

/// How the request may be passed on, where it says so. Its list goes on where it is about others than us.
fn scoping(asked: AskedScoping, issuers: &[String], entity_id: &str) -> Option<Scoping> {
    let says_nothing = asked.proxy_count.is_none() && asked.requesters.is_empty() && issuers.is_empty();
    (!says_nothing).then(|| {
        let mut requesters = asked.requesters;
        requesters.push(entity_id.to_owned());
        Scoping { proxy_count: asked.proxy_count, idps: issuers.to_vec(), requesters }
    })
}

/// The classes that the app takes; none where it takes any.
fn classes(wishes: &Wishes) -> Vec<String> {
    let Some((comparison, asked)) = &wishes.context else { return Vec::new() };
    let compared = match comparison {
        Comparison::Exact => Compared::Exact,
        Comparison::Minimum => Compared::Minimum,
        Comparison::Maximum => Compared::Maximum,
        Comparison::Better => Compared::Better,
    };
    acceptable(compared, asked)
}

/// One of the classes is needed, unless the one that says nothing will do.
fn acr(classes: &[String]) -> Vec<AcrWish> {
    if classes.iter().any(|class| class == UNSPECIFIED) {
        return Vec::new();
    }
    classes.iter().map(|class| AcrWish { value: class.clone(), weight: AcrWeight::Essential }).collect()
}

const fn interaction(passive: Wish, force: Wish) -> Interaction {
    match (passive, force) {
        (Wish::Asked, _) => Interaction::Silent,
        (Wish::NotAsked, Wish::NotAsked) => Interaction::AS_NEEDED,
        (Wish::NotAsked, Wish::Asked) => Interaction::Shown {
            proof: FreshProof::Asked,
            consent: AskConsent::NotAsked,
            account: AskAccount::NotAsked,
        },
    }
}

fn services(saml: &SamlApp) -> Vec<Acs> {
    let service = |acs: &crate::domain::apps::AcsEndpoint| Acs {
        index: acs.index,
        location: acs.url.clone(),
        standing: match acs.standing {
            AcsStanding::Default => Standing::Default,
            AcsStanding::ByName => Standing::ByName,
        },
    };
    saml.acs.iter().map(service).collect()
}

fn refusal(fault: &RequestFault) -> Refusal {
    let code = match fault {
        RequestFault::Acs { .. } | RequestFault::AcsTwice => Code::RedirectUriRefused,
        fault if fault.is_of_signature() => Code::SamlRequestSignatureRefused,
        _ => Code::SamlRequestRefused,
    };
    Refusal::new(code, fault.cause()).seen(fault.to_string())
}

/// Whether a kept request would be believed by the app's present record too: its assertion consumer service
/// is still one of the app's, and so is the key that signed it, or none need have. Where the app has not asked,
/// sign-ins to it may still begin here.
pub(super) fn may_return(app: &App, request: &SamlReturn) -> bool {
    let Some(saml) = app.saml() else { return false };
    if request.request_id.is_none() {
        return saml.idp_initiated.is_some() && saml.acs.iter().any(|acs| acs.url == request.acs);
    }
    let is_believed = match &request.signed_by {
        Some(key) => saml.certificates.iter().any(|certificate| certificate.fingerprint() == *key),
        None => saml.requests == SignedRequests::Optional,
    };
    is_believed && saml.acs.iter().any(|acs| acs.url == request.acs)
}

/// The status by which an app is told of a refusal (SAML Core 3.2.2.2).
pub(super) const fn status(error: AppError, interaction: Interaction) -> SamlStatus {
    let second = match error {
        AppError::LoginRequired
        | AppError::InteractionRequired
        | AppError::ConsentRequired
        | AppError::AccountSelectionRequired => match interaction {
            Interaction::Silent => Some(NO_PASSIVE),
            Interaction::Shown { .. } => Some(AUTHN_FAILED),
        },
        AppError::AccessDenied => Some(REQUEST_DENIED),
        AppError::UnmetRequirements => Some(NO_AUTHN_CONTEXT),
        AppError::IdentifierUnavailable => Some(INVALID_NAME_ID_POLICY),
        AppError::NoSupportedPartner => Some(NO_SUPPORTED_IDP),
        AppError::TemporarilyUnavailable | AppError::ServerError => None,
    };
    SamlStatus { top: RESPONDER, second }
}

/// Who is to blame: the app for what it asks, except where another would have it.
fn top_of(second: &'static str) -> &'static str {
    if matches!(second, NO_AUTHN_CONTEXT | NO_PASSIVE | PROXY_COUNT_EXCEEDED) { RESPONDER } else { REQUESTER }
}
