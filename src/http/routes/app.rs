//! The router: what holds for every request, and which handler answers which address.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::middleware::{self, Next as Rest};
use axum::routing::{any, get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument as _;

use super::{codes, factors, graph, health, invite, mail, oidc, pages, panel, redeem, relying, saml, start, table};
use crate::flows::paths;
use crate::http::request::{RequestId, visitor};
use crate::http::respond;
use crate::http::state::State;

/// The peer of a request whose connection has none, as in a test without a socket.
const NO_PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0);

/// Everything that we answer on.
pub fn router(state: Arc<State>) -> Router {
    let router = Router::new()
        .route(paths::DISCOVERY, get(oidc::discovery))
        .route(paths::JWKS, get(oidc::jwks))
        .route(paths::AUTHORIZE, get(oidc::authorize).post(oidc::authorize))
        .route(paths::TOKEN, post(oidc::token).options(oidc::preflight))
        .route(paths::PUSH, post(oidc::push).options(oidc::preflight))
        .route(paths::INTROSPECT, post(oidc::introspect))
        .route(paths::REVOKE, post(oidc::revoke).options(oidc::preflight))
        .route(paths::USERINFO, get(oidc::userinfo).post(oidc::userinfo).options(oidc::preflight))
        .route(paths::END_SESSION, get(oidc::end_session).post(oidc::end_session))
        .route(paths::IDP_METADATA, get(saml::idp_metadata))
        .route(paths::SSO, get(saml::sso).post(saml::sso))
        .route(paths::START, get(start::start))
        .route(paths::SP_METADATA, get(saml::metadata))
        .route(paths::SP_ENCRYPTION_METADATA, get(saml::encryption_metadata))
        .route(paths::ACS, post(saml::acs))
        .route(paths::RP_CALLBACK, get(relying::callback))
        .route(paths::RP_BACKCHANNEL_LOGOUT, post(relying::backchannel_logout))
        .route(table::ORGANIZATION, get(pages::organization).post(pages::choose_organization))
        .route(table::SIGN_IN_CODE, post(codes::sign_in_code))
        .route(table::ACCOUNT, post(pages::choose_account))
        .route(table::CONSENT, post(pages::choose_consent))
        .route(table::FACTOR, post(factors::factor))
        .route(paths::REDEEM, get(redeem::open).post(redeem::begin))
        .route(table::AGREE, post(redeem::agree))
        .route(paths::LEAVE, get(panel::ask_to_leave).post(panel::leave))
        .route(paths::INVITE, get(invite::show).post(invite::invite))
        .route(paths::INVITE_FILES, get(invite::show_files).post(invite::hand_in))
        .route(paths::INVITE_PREVIEW, get(invite::preview).post(invite::decide))
        .route(paths::INVITE_JOB, get(invite::job).post(invite::change_job))
        .route(paths::INVITE_ROWS, get(invite::rows))
        .route(paths::INVITE_REPORT, post(invite::report))
        .route(paths::PANEL, get(panel::panel))
        .route(paths::SECURITY_INFO, get(factors::security_info).post(factors::manage_factors))
        .route(paths::MAIL_BLOCK, get(mail::show).post(mail::choose))
        .route(table::SIGN_OUT, post(pages::confirm_sign_out))
        .route(table::ASSETS, get(pages::asset))
        .route(table::FAVICON, get(pages::favicon))
        .route(table::OPENAPI, get(graph::openapi::openapi))
        .route(table::LIVE, get(health::live))
        .route(table::READY, get(health::ready))
        .route(graph::table::BASE, any(graph::graph))
        .route(graph::table::BASE_SLASH, any(graph::graph))
        .route(graph::table::ANY, any(graph::graph))
        .route(graph::table::OWN_BASE, any(graph::ours))
        .route(graph::table::OWN_BASE_SLASH, any(graph::ours))
        .route(graph::table::OWN_ANY, any(graph::ours))
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method);
    let guarded = state.clone();
    router
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a handler panicked");
            respond::empty(StatusCode::INTERNAL_SERVER_ERROR)
        }))
        .layer(middleware::from_fn(move |request, rest| guard(guarded.clone(), request, rest)))
        .with_state(state)
}

/// Names the request, bounds its time, measures it, and adds what every response has.
async fn guard(state: Arc<State>, mut request: Request, rest: Rest) -> Response<Body> {
    let services = state.services();
    let began = services.clock.now();
    let id = RequestId(crate::base::ids::new_uuid(began, services.random.as_ref()).to_string());
    request.extensions_mut().insert(id.clone());
    let method = request.method().clone();
    let headers = request.headers().clone();
    let is_api = graph::table::is_of_api(request.uri().path());
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", request.id = %id.0, http.method = %method, http.route = route);
    let answered = tokio::time::timeout(state.request_time, rest.run(request)).instrument(span).await;
    let failed = |status| {
        let by = if is_api { graph::failed } else { respond::error };
        by(&state, &headers, status, &id)
    };
    let mut response = match answered {
        Ok(response) if response.status() == StatusCode::INTERNAL_SERVER_ERROR && is_empty(&response) => {
            failed(StatusCode::INTERNAL_SERVER_ERROR)
        }
        Ok(response) => response,
        Err(_) => failed(StatusCode::SERVICE_UNAVAILABLE),
    };
    let took = services.clock.now().since(began);
    let status = response.status().as_u16().to_string();
    metrics::counter!("entente_requests_total", "route" => route.clone(), "status" => status).increment(1);
    metrics::histogram!("entente_request_seconds", "route" => route).record(took.as_secs_f64());
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::try_from(id.0) {
        headers.insert("x-request-id", value);
    }
    if !services.settings.public_url.is_loopback_http() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

fn is_empty(response: &Response<Body>) -> bool {
    !response.headers().contains_key(header::CONTENT_TYPE)
}

async fn not_found(axum::extract::State(state): axum::extract::State<Arc<State>>, request: Request) -> Response<Body> {
    let address = visitor(&state, request.headers(), peer(&request)).address;
    if let Some(panel) = panel::by_domain(&state, request.method(), request.uri().path(), address).await {
        return panel;
    }
    let id = request_id(&request);
    respond::error(&state, request.headers(), StatusCode::NOT_FOUND, &id)
}

async fn wrong_method(
    axum::extract::State(state): axum::extract::State<Arc<State>>,
    request: Request,
) -> Response<Body> {
    let id = request_id(&request);
    respond::error(&state, request.headers(), StatusCode::METHOD_NOT_ALLOWED, &id)
}

/// The id that the guard gave.
pub(super) fn request_id(request: &Request) -> RequestId {
    request.extensions().get::<RequestId>().cloned().unwrap_or_else(|| RequestId(String::new()))
}

/// The address of the connection.
pub(super) fn peer(request: &Request) -> SocketAddr {
    request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(NO_PEER, |info| info.0)
}
