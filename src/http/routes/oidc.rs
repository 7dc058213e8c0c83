//! The face toward OpenID Connect apps.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};

use super::app::{peer, request_id};
use super::table::{AUTHORIZE_PARAMETERS, END_SESSION_PARAMETERS};
use crate::domain::refusal::{Code, Refusal};
use crate::flows::next::{Arrival, DirectAnswer, Next, Readers, View};
use crate::flows::token::possession::AppHeaders;
use crate::flows::{paths, publish, sign_in, sign_out, token, userinfo};
use crate::http::limits::MAX_FORM;
use crate::http::request::{self, Asked, Destination, RequestId};
use crate::http::respond;
use crate::http::state::State;

/// The discovery document.
pub async fn discovery(Shared(state): Shared<Arc<State>>) -> Response<Body> {
    published("application/json", publish::discovery(state.services()))
}

/// Our public keys.
pub async fn jwks(Shared(state): Shared<Arc<State>>) -> Response<Body> {
    published("application/jwk-set+json", publish::jwks(state.services()))
}

/// Public documents are read by scripts of any origin.
fn published(content_type: &'static str, body: String) -> Response<Body> {
    let mut response = respond::document(StatusCode::OK, content_type, "public, max-age=300", body);
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// The authorization endpoint, by GET and POST.
pub async fn authorize(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    let (id, peer) = (request_id(&request), peer(&request));
    if request.method() == Method::HEAD {
        return only_looking(&state, &request, &id);
    }
    let (parts, body) = request.into_parts();
    let headers = parts.headers.clone();
    let address = request::address(&state, &headers, peer);
    if let Err(many) = state.authorize.check(address) {
        let refusal = many.refusal("too_many_authorization_requests");
        return respond::refused(&state, &headers, &refusal, None, &id);
    }
    let asked = match request::read(&state, parts, body, peer, id.clone(), MAX_FORM).await {
        Ok(asked) => asked,
        Err(refusal) => return respond::refused(&state, &headers, &refusal, None, &id),
    };
    if !may_start(&asked) {
        return respond::refused(&state, &headers, &NOT_A_NAVIGATION, None, &id);
    }
    let next = if lacks_our_cookies(&asked) {
        Next { view: View::PostAgain, cookies: Vec::new() }
    } else {
        Box::pin(sign_in::start::start(state.services(), &asked.params, &asked.visitor)).await
    };
    respond::next(&state, &asked, &next, paths::AUTHORIZE, AUTHORIZE_PARAMETERS)
}

/// Who asks by HEAD only looks, as link scanners do: no code is made and no session ended for it.
pub(super) fn only_looking(state: &State, request: &Request, id: &RequestId) -> Response<Body> {
    let mut response = respond::error(state, request.headers(), StatusCode::METHOD_NOT_ALLOWED, id);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
    response
}

/// What another site can have a browser load without the person seeing it must not touch attempts and
/// sessions. Browsers that say nothing are let in.
pub(super) const NOT_A_NAVIGATION: Refusal = Refusal::new(Code::BadRequest, "not_a_navigation");

/// Whether a sign-in may start from what the browser loads: a page of its own, or, for a request that
/// shows nothing, a frame, by which apps look whether the session is still there.
fn may_start(asked: &Asked) -> bool {
    match request::destination(&asked.headers) {
        None | Some(Destination::Document) => true,
        Some(Destination::Frame) => asked.params.one("prompt").is_ok_and(|prompt| prompt == Some("none")),
        Some(Destination::Other) => false,
    }
}

/// A post from another site comes without the session's `Lax` cookie, which a post from our own site
/// brings along.
pub(super) fn lacks_our_cookies(asked: &Asked) -> bool {
    asked.method == Method::POST && asked.visitor.arrival == Arrival::CrossSite && asked.visitor.session.is_none()
}

/// The end-session endpoint, by GET and POST.
pub async fn end_session(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    let (id, peer) = (request_id(&request), peer(&request));
    if request.method() == Method::HEAD {
        return only_looking(&state, &request, &id);
    }
    let (parts, body) = request.into_parts();
    let headers = parts.headers.clone();
    let address = request::address(&state, &headers, peer);
    if let Err(many) = state.end_session.check(address) {
        return respond::refused(&state, &headers, &many.refusal("too_many_sign_outs"), None, &id);
    }
    let asked = match request::read(&state, parts, body, peer, id.clone(), MAX_FORM).await {
        Ok(asked) => asked,
        Err(refusal) => return respond::refused(&state, &headers, &refusal, None, &id),
    };
    if !matches!(request::destination(&asked.headers), None | Some(Destination::Document)) {
        return respond::refused(&state, &headers, &NOT_A_NAVIGATION, None, &id);
    }
    let next = if lacks_our_cookies(&asked) {
        Next { view: View::PostAgain, cookies: Vec::new() }
    } else {
        sign_out::start(state.services(), &asked.params, &asked.visitor).await
    };
    respond::next(&state, &asked, &next, paths::END_SESSION, END_SESSION_PARAMETERS)
}

/// The token endpoint.
pub async fn token(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    match at_desk(&state, request).await {
        Err(response) => response,
        Ok((asked, address)) => {
            let (authorization, dpop) = proving(&asked.headers);
            let headers = AppHeaders { authorization: &authorization, dpop: &dpop };
            answer(Box::pin(token::redeem(state.services(), headers, &asked.params, address)).await, &asked.headers)
        }
    }
}

/// Where apps push requests.
pub async fn push(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    match at_desk(&state, request).await {
        Err(response) => response,
        Ok((asked, _)) => {
            let (authorization, dpop) = proving(&asked.headers);
            let headers = AppHeaders { authorization: &authorization, dpop: &dpop };
            answer(token::push::push(state.services(), headers, &asked.params).await, &asked.headers)
        }
    }
}

/// Where apps ask about tokens.
pub async fn introspect(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    match at_desk(&state, request).await {
        Err(response) => response,
        Ok((asked, address)) => {
            let authorization = authorization(&asked.headers);
            let told = token::shown::introspect(state.services(), &authorization, &asked.params, address);
            answer(Box::pin(told).await, &asked.headers)
        }
    }
}

/// Where apps give tokens back.
pub async fn revoke(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    match at_desk(&state, request).await {
        Err(response) => response,
        Ok((asked, address)) => {
            let authorization = authorization(&asked.headers);
            answer(token::shown::revoke(state.services(), &authorization, &asked.params, address).await, &asked.headers)
        }
    }
}

/// An app's own request by a form, with the address from which it comes; else the answer.
async fn at_desk(state: &Arc<State>, request: Request) -> Result<(Asked, Option<IpAddr>), Response<Body>> {
    let (id, peer) = (request_id(&request), peer(&request));
    let (parts, body) = request.into_parts();
    let address = request::address(state, &parts.headers, peer);
    if let Err(many) = state.token.check(address) {
        return Err(unreadable(&many.refusal("too_many_token_requests"), &id));
    }
    let asked = request::read(state, parts, body, peer, id.clone(), MAX_FORM).await;
    asked.map(|asked| (asked, address)).map_err(|refusal| unreadable(&refusal, &id))
}

/// The userinfo endpoint, by GET and POST.
pub async fn userinfo(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    let (id, peer) = (request_id(&request), peer(&request));
    let (mut parts, body) = request.into_parts();
    let address = request::address(&state, &parts.headers, peer);
    if let Err(many) = state.userinfo.check(address) {
        return unreadable(&many.refusal("too_many_userinfo_requests"), &id);
    }
    let method = parts.method.clone();
    let is_post = method == Method::POST;
    // A post may carry its token in the header and have no form at all.
    if is_post && !parts.headers.contains_key(header::CONTENT_TYPE) {
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        parts.headers.insert(header::CONTENT_TYPE, form);
    }
    match request::read(&state, parts, body, peer, id.clone(), MAX_FORM).await {
        Err(refusal) => unreadable(&refusal, &id),
        Ok(asked) => {
            let (authorization, dpop) = proving(&asked.headers);
            let headers = AppHeaders { authorization: &authorization, dpop: &dpop };
            let form = is_post.then_some(&asked.params);
            answer(userinfo::userinfo(state.services(), headers, method.as_str(), form).await, &asked.headers)
        }
    }
}

fn authorization(headers: &HeaderMap) -> Vec<&[u8]> {
    headers.get_all(header::AUTHORIZATION).iter().map(HeaderValue::as_bytes).collect()
}

/// The headers `Authorization` and `DPoP`.
fn proving(headers: &HeaderMap) -> (Vec<&[u8]>, Vec<&[u8]>) {
    let dpop = headers.get_all("dpop").iter().map(HeaderValue::as_bytes).collect();
    (authorization(headers), dpop)
}

/// An app's own request that is not read. Causes are constants of ours and need no escape.
fn unreadable(refusal: &Refusal, request_id: &RequestId) -> Response<Body> {
    respond::note(refusal, request_id);
    let error = match refusal.code {
        Code::TooManyRequests => "temporarily_unavailable",
        _ => "invalid_request",
    };
    let body = format!(r#"{{"error":"{error}","error_description":"{}"}}"#, refusal.cause);
    respond::with_wait(respond::json(respond::status(refusal.code), body), refusal)
}

fn answer(answer: DirectAnswer, headers: &HeaderMap) -> Response<Body> {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = respond::document(status, "application/json", answer.cache_control, answer.body);
    if let Some(challenge) = answer.challenge.and_then(|text| HeaderValue::try_from(text).ok()) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    let_read(&mut response, &answer.readers, headers);
    response
}

/// Lets the scripts of a page read the answer (Fetch 3.2.3), where the page is one of the app's. Cookies are never
/// looked at here, so there is nothing of the visitor's that another page could use.
fn let_read(response: &mut Response<Body>, readers: &Readers, headers: &HeaderMap) {
    let reader = match readers {
        Readers::Nobody => return,
        Readers::Everybody => Some(HeaderValue::from_static("*")),
        Readers::Origins(origins) => {
            response.headers_mut().insert(header::VARY, HeaderValue::from_static("origin"));
            let asks = headers.get(header::ORIGIN);
            asks.filter(|asks| origins.iter().any(|origin| asks.as_bytes() == origin.as_bytes())).cloned()
        }
    };
    if let Some(reader) = reader {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, reader);
        let shown = HeaderValue::from_static("www-authenticate");
        response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, shown);
    }
}

/// What a browser asks before it lets a script send what a form could not (Fetch 4.8). It says who asks and not for
/// which app, so everybody may send; who may read is decided with the answer.
pub async fn preflight(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    let asks = request.headers();
    if !asks.contains_key(header::ORIGIN) || !asks.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        let mut response = respond::error(&state, asks, StatusCode::METHOD_NOT_ALLOWED, &request_id(&request));
        let methods = if request.uri().path() == paths::USERINFO { "GET,HEAD,POST" } else { "POST" };
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(methods));
        return response;
    }
    let mut response = respond::empty(StatusCode::NO_CONTENT);
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, dpop"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
