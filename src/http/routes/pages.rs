//! What our own pages post, and what they are made of.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderValue, Response, StatusCode, header};

use super::app::{peer, request_id};
use super::table;
use crate::base::params::RawParams;
use crate::domain::attempts::AttemptId;
use crate::domain::refusal::{Code, Refusal};
use crate::flows::next::{Arrival, Next};
use crate::flows::sign_in::account::AccountChoice;
use crate::flows::sign_in::consent::ConsentChoice;
use crate::flows::sign_in::home_realm::Answer;
use crate::flows::sign_out::SignOutChoice;
use crate::flows::{sign_in, sign_out};
use crate::http::limits::MAX_FORM;
use crate::http::pages::assets;
use crate::http::pages::home_realm::{ADDRESS_FIELD, BY_FIELD, FORGET_FIELD, ORGANIZATION_FIELD};
use crate::http::request::{self, Asked};
use crate::http::respond;
use crate::http::state::State;
use crate::http::view::ATTEMPT_FIELD;

/// The organisation page once more.
pub async fn organization(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, table::ORGANIZATION, &[ATTEMPT_FIELD], async |asked| {
        let attempt = attempt(&asked.params)?;
        Ok(sign_in::home_realm::show(state.services(), attempt, &asked.visitor).await)
    })
    .await
}

/// The answer to the organisation page.
pub async fn choose_organization(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    const NAMES: &[&str] = &[ATTEMPT_FIELD, ADDRESS_FIELD, ORGANIZATION_FIELD, FORGET_FIELD, BY_FIELD];
    serve(&state, request, table::ORGANIZATION, NAMES, async |asked| {
        // Each answer tells whether a domain is known here, so that whoever tries many is slowed down.
        state.organization.check(asked.visitor.address).map_err(|many| many.refusal("too_many_organizations"))?;
        let attempt = attempt(&asked.params)?;
        let address = optional(&asked.params, ADDRESS_FIELD)?.unwrap_or_default();
        let answer = match (optional(&asked.params, ORGANIZATION_FIELD)?, optional(&asked.params, FORGET_FIELD)?) {
            (_, Some("yes")) => Answer::Forget,
            (_, Some(_)) => return Err(Refusal::new(Code::BadRequest, "forget_unknown")),
            (Some(handle), None) => Answer::Organisation { handle, address },
            (None, None) => match optional(&asked.params, BY_FIELD)? {
                None => Answer::Address(address),
                Some("code") => Answer::CodeByMail(address),
                Some(_) => return Err(Refusal::new(Code::BadRequest, "way_unknown")),
            },
        };
        Ok(sign_in::home_realm::choose(state.services(), attempt, answer, &asked.visitor).await)
    })
    .await
}

/// The answer to the account page.
pub async fn choose_account(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, table::ACCOUNT, &[ATTEMPT_FIELD, "account"], async |asked| {
        let attempt = attempt(&asked.params)?;
        let choice = match optional(&asked.params, "account")? {
            Some("current") => AccountChoice::Continue,
            Some("other") => AccountChoice::Another,
            _ => return Err(Refusal::new(Code::BadRequest, "account_unknown")),
        };
        Ok(sign_in::account::choose(state.services(), attempt, choice, &asked.visitor).await)
    })
    .await
}

/// The answer to the consent page.
pub async fn choose_consent(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, table::CONSENT, &[ATTEMPT_FIELD, "decision"], async |asked| {
        let attempt = attempt(&asked.params)?;
        let choice = match optional(&asked.params, "decision")? {
            Some("accept") => ConsentChoice::Accept,
            Some("cancel") => ConsentChoice::Decline,
            _ => return Err(Refusal::new(Code::BadRequest, "decision_unknown")),
        };
        Ok(sign_in::consent::choose(state.services(), attempt, choice, &asked.visitor).await)
    })
    .await
}

/// The answer to "sign out?".
pub async fn confirm_sign_out(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    serve(&state, request, table::SIGN_OUT, &["token", "decision"], async |asked| {
        let token = optional(&asked.params, "token")?.ok_or(Refusal::new(Code::BadRequest, "token_missing"))?;
        let choice = match optional(&asked.params, "decision")? {
            Some("sign_out") => SignOutChoice::SignOut,
            Some("stay") => SignOutChoice::Stay,
            _ => return Err(Refusal::new(Code::BadRequest, "decision_unknown")),
        };
        Ok(sign_out::confirm(state.services(), token, choice, &asked.visitor).await)
    })
    .await
}

/// Reads the request, refuses forms of other sites, and answers with what `journey` wants.
pub(super) async fn serve(
    state: &Arc<State>,
    request: Request,
    path: &'static str,
    names: &[&'static str],
    journey: impl AsyncFnOnce(&Asked) -> Result<Next, Refusal>,
) -> Response<Body> {
    let (id, peer) = (request_id(&request), peer(&request));
    let (parts, body) = request.into_parts();
    let headers = parts.headers.clone();
    let is_post = parts.method == axum::http::Method::POST;
    // What the headers say decides: the form's own word that it is posted again does not.
    let visitor = request::visitor(state, &headers, peer);
    let next = if let Err(many) = state.authorize.check(visitor.address) {
        Err(many.refusal("too_many_answers"))
    } else {
        match request::read(state, parts, body, peer, id.clone(), MAX_FORM).await {
            Err(refusal) => Err(refusal),
            Ok(_) if is_post && visitor.arrival == Arrival::CrossSite => {
                Err(Refusal::new(Code::BadRequest, "form_of_another_site"))
            }
            Ok(asked) => journey(&asked).await.map(|next| respond::next(state, &asked, &next, path, names)),
        }
    };
    next.unwrap_or_else(|refusal| respond::refused(state, &headers, &refusal, None, &id))
}

pub(super) fn optional<'p>(params: &'p RawParams, name: &'static str) -> Result<Option<&'p str>, Refusal> {
    params.one(name).map_err(|error| Refusal::new(Code::BadRequest, "parameter_doubled").seen(error.to_string()))
}

pub(super) fn attempt(params: &RawParams) -> Result<AttemptId, Refusal> {
    let text = optional(params, ATTEMPT_FIELD)?.ok_or(Refusal::new(Code::BadRequest, "attempt_missing"))?;
    AttemptId::parse(text).map_err(|_| Refusal::new(Code::BadRequest, "attempt_malformed"))
}

/// The icon where browsers look for it by themselves, as beside the discovery document.
pub async fn favicon() -> Response<Body> {
    let icon = &assets::ICON;
    respond::document(StatusCode::OK, icon.content_type, assets::CACHE_FAVICON, icon.bytes)
}

/// Style, icon and script.
pub async fn asset(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    // The path as it came: ours need no escape, and one that is badly encoded is simply not there.
    let Some(asset) = assets::find(request.uri().path()) else {
        let id = request_id(&request);
        return respond::error(&state, request.headers(), StatusCode::NOT_FOUND, &id);
    };
    let params = request.uri().query().and_then(|query| RawParams::parse(query).ok()).unwrap_or_default();
    let version = params.one("v").ok().flatten();
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == asset.etag.as_bytes());
    let cache_control = asset.cache_control(version);
    let mut response = if known {
        respond::empty(StatusCode::NOT_MODIFIED)
    } else {
        respond::document(StatusCode::OK, asset.content_type, cache_control, asset.bytes)
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    if let Ok(etag) = HeaderValue::try_from(asset.etag.as_str()) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}
